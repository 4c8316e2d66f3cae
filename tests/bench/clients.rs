//! The programs that are compared, each with a place of its own that lasts from run to run.

#![allow(dead_code, reason = "each program uses its part")]

use crate::dovecot::{Dovecot, PASSWORD, USER};
use crate::measure::{Cost, run};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Postwren with a profile.
pub struct Postwren {
    directory: tempfile::TempDir,
}

impl Postwren {
    /// A new profile with the server's account.
    pub fn new(server: &Dovecot) -> Postwren {
        Postwren::with(server, "--imap", &format!("imaps://localhost:{}", server.port))
    }

    /// The same by POP3; mail stays on the server.
    pub fn by_pop3(server: &Dovecot) -> Postwren {
        Postwren::with(server, "--pop3", &format!("pop3s://localhost:{}", server.pop3_port))
    }

    fn with(server: &Dovecot, protocol: &str, url: &str) -> Postwren {
        let postwren = Postwren { directory: tempfile::tempdir().expect("a directory") };
        postwren.add(server, "me", protocol, url);
        postwren
    }

    /// A new profile with so many accounts, all of them on the same mail.
    pub fn with_accounts(server: &Dovecot, count: usize) -> Postwren {
        let postwren = Postwren { directory: tempfile::tempdir().expect("a directory") };
        for i in 0..count {
            postwren.add(server, &format!("me{i}"), "--imap", &format!("imaps://localhost:{}", server.port));
        }
        postwren
    }

    fn add(&self, server: &Dovecot, name: &str, protocol: &str, url: &str) {
        let password = format!("echo {PASSWORD}");
        let ca = server.ca();
        let ca = ca.to_str().expect("UTF-8");
        let servers = [protocol, url, "--smtp", "smtps://localhost:9", "--ca", ca];
        let person = ["--name", name, "--email", USER, "--user", USER, "--password-command", &password];
        run(self.command().args(["account", "add"]).args(person).args(servers));
    }

    pub fn command(&self) -> Command {
        crate::program::postwren(&self.directory.path().join("profile"))
    }

    pub fn sync(&self) -> Cost {
        run(self.command().arg("sync"))
    }

    /// The same until every word is searchable.
    pub fn sync_searchable(&self) -> Cost {
        run(self.command().args(["sync", "--searchable"]))
    }

    /// Names of the files in the Inbox.
    pub fn inbox(&self) -> Vec<String> {
        names(&self.directory.path().join("profile/mail/me/INBOX/cur"))
    }

    /// How many messages the Maildirs have.
    pub fn messages(&self) -> usize {
        let mut waiting = vec![self.directory.path().join("profile/mail")];
        let mut found = 0;
        while let Some(directory) = waiting.pop() {
            let is_cur = directory.ends_with("cur");
            for entry in std::fs::read_dir(&directory).expect("the Maildir") {
                let entry = entry.expect("an entry");
                match entry.file_type().expect("a type").is_dir() {
                    true => waiting.push(entry.path()),
                    false => found += usize::from(is_cur),
                }
            }
        }
        found
    }

    /// MB of the index and the queue.
    pub fn databases(&self) -> f64 {
        let size =
            |name: &str| std::fs::metadata(self.directory.path().join("profile").join(name)).map_or(0, |m| m.len());
        ["index.db", "index.db-wal", "queue.db"].map(size).into_iter().sum::<u64>() as f64 / 1e6
    }
}

/// mbsync with its state.
pub struct Mbsync {
    directory: tempfile::TempDir,
}

impl Mbsync {
    pub fn new(server: &Dovecot, fsync: bool) -> Mbsync {
        let directory = tempfile::tempdir().expect("a directory");
        let at = directory.path().display();
        std::fs::create_dir(directory.path().join("mail")).expect("a directory");
        let configuration = format!(
            "FSync {}\nIMAPAccount me\nHost localhost\nPort {}\nUser {USER}\nPass {PASSWORD}\nSSLType IMAPS\nCertificateFile {}\nAuthMechs PLAIN\n\n\
             IMAPStore remote\nAccount me\n\nMaildirStore local\nPath {at}/mail/\nInbox {at}/mail/INBOX\nSubFolders Verbatim\n\n\
             Channel inbox\nFar :remote:\nNear :local:\nPatterns INBOX\nCreate Near\nSyncState {at}/state-\n",
            if fsync { "yes" } else { "no" },
            server.port,
            server.ca().display()
        );
        std::fs::write(directory.path().join("mbsyncrc"), configuration).expect("configuration");
        Mbsync { directory }
    }

    pub fn sync(&self) -> Cost {
        let mut command = Command::new("mbsync");
        command.arg("-q").arg("-c").arg(self.directory.path().join("mbsyncrc")).arg("inbox");
        run(command.stdin(Stdio::null()).stdout(Stdio::null()))
    }

    /// Makes what was synchronised searchable with mu, whose two steps count as one.
    pub fn index(&self) -> Cost {
        let mu = |arguments: &[&str]| {
            let mut command = Command::new("mu");
            command.args(arguments).arg("--quiet").arg("--muhome").arg(self.directory.path().join("mu"));
            command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
            command
        };
        let mail = self.directory.path().join("mail");
        let prepared = run(mu(&["init"]).arg("--maildir").arg(mail));
        prepared + run(&mut mu(&["index"]))
    }

    /// Names of the files in the Inbox.
    pub fn inbox(&self) -> Vec<String> {
        let at: PathBuf = self.directory.path().join("mail/INBOX");
        let mut all = names(&at.join("cur"));
        all.extend(names(&at.join("new")));
        all
    }
}

/// mpop, which delivers to a Maildir and syncs each message.
pub struct Mpop {
    directory: tempfile::TempDir,
}

impl Mpop {
    pub fn new(server: &Dovecot) -> Mpop {
        let directory = tempfile::tempdir().expect("a directory");
        let at = directory.path().display();
        for part in ["cur", "new", "tmp"] {
            std::fs::create_dir_all(directory.path().join("mail").join(part)).expect("a directory");
        }
        let configuration = format!(
            "defaults\ntls on\ntls_starttls off\ntls_trust_file {}\nkeep on\nuidls_file {at}/uidls\ndelivery maildir {at}/mail\n\n\
             account me\nhost localhost\nport {}\nuser {USER}\npassword {PASSWORD}\n\naccount default : me\n",
            server.ca().display(),
            server.pop3_port
        );
        let file = directory.path().join("mpoprc");
        std::fs::write(&file, configuration).expect("configuration");
        let owner = std::os::unix::fs::PermissionsExt::from_mode(0o600);
        std::fs::set_permissions(&file, owner).expect("permissions");
        Mpop { directory }
    }

    pub fn fetch(&self) -> Cost {
        let mut command = Command::new("mpop");
        command.arg("-q").arg("-C").arg(self.directory.path().join("mpoprc"));
        run(command.stdin(Stdio::null()).stdout(Stdio::null()))
    }

    /// Names of the files that were delivered.
    pub fn inbox(&self) -> Vec<String> {
        names(&self.directory.path().join("mail/new"))
    }
}

fn names(directory: &Path) -> Vec<String> {
    let entries = std::fs::read_dir(directory).expect("the Maildir");
    entries.map(|entry| entry.expect("an entry").file_name().to_string_lossy().into_owned()).collect()
}
