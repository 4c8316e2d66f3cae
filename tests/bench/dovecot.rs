//! A Dovecot of our own on loopback with one user, for measurements.

#![allow(dead_code, reason = "each program uses its part")]

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Runs until dropped. Needs root, dovecot and openssl.
pub struct Dovecot {
    directory: tempfile::TempDir,
    /// Of IMAP.
    pub port: u16,
    pub pop3_port: u16,
}

/// Names of one file: ext4 has room for 65,000.
const LINKS: usize = 5_000;

pub const USER: &str = "me@example.org";
pub const PASSWORD: &str = "secret";

impl Dovecot {
    pub fn start() -> Dovecot {
        let directory = tempfile::Builder::new().prefix("pwb").tempdir_in("/tmp").expect("a directory");
        let root = directory.path();
        // Dovecot's processes of other users must be able to look inside.
        shell(&format!("chmod 755 {}", root.display()));
        let (port, pop3_port) = (free_port(), free_port());
        certificate(root);
        let at = root.display();
        shell(&format!(
            "mkdir -p {at}/mail/Maildir/cur {at}/mail/Maildir/new {at}/mail/Maildir/tmp {at}/run {at}/state"
        ));
        std::fs::write(root.join("users"), format!("{USER}:{{PLAIN}}{PASSWORD}:65534:65534::{at}/mail::\n"))
            .expect("users");
        std::fs::write(root.join("dovecot.conf"), configuration(root, port, pop3_port)).expect("configuration");
        shell(&format!("chown -R 65534:65534 {at}/mail && /usr/sbin/dovecot -c {at}/dovecot.conf"));
        let dovecot = Dovecot { directory, port, pop3_port };
        for _ in 0..100 {
            if std::net::TcpStream::connect(("127.0.0.1", port)).is_ok() {
                return dovecot;
            }
            std::thread::sleep(std::time::Duration::from_millis(50));
        }
        panic!("Dovecot does not answer: {}", std::fs::read_to_string(dovecot.path().join("log")).unwrap_or_default());
    }

    fn path(&self) -> &Path {
        self.directory.path()
    }

    pub fn ca(&self) -> PathBuf {
        self.path().join("ca.pem")
    }

    /// Writes a message into the Inbox.
    pub fn put(&self, i: usize, bytes: &[u8]) {
        let name = format!("{}.M{i:07}.bench,S={}:2,", 1_480_000_000 + i, bytes.len());
        std::fs::write(self.path().join("mail/Maildir/cur").join(name), bytes).expect("a message");
    }

    /// Fills a mailbox with small messages: names of a few files, for what they say does not matter.
    pub fn fill_small(&self, mailbox: &str, count: usize) {
        let maildir = self.path().join("mail/Maildir");
        let directory = if mailbox == "INBOX" { maildir } else { maildir.join(format!(".{mailbox}")) };
        let own = |path: &Path| std::os::unix::fs::chown(path, Some(65534), Some(65534)).expect("an owner");
        for part in ["", "cur", "new", "tmp"] {
            std::fs::create_dir_all(directory.join(part)).expect("a directory");
            own(&directory.join(part));
        }
        for from in (0..count).step_by(LINKS) {
            let bytes = small(from);
            let source = self.path().join(format!("mail/small-{from}"));
            if !source.exists() {
                std::fs::write(&source, &bytes).expect("a message");
                own(&source);
            }
            for i in from..count.min(from + LINKS) {
                let name = format!("{}.M{i:07}.bench,S={}:2,", 1_480_000_000 + i, bytes.len());
                std::fs::hard_link(&source, directory.join("cur").join(name)).expect("a message");
            }
        }
    }

    /// Gives a run of messages the flag `\\Flagged`, as another program would that works on the server's Maildir.
    pub fn flag(&self, from: usize, count: usize) {
        let directory = self.path().join("mail/Maildir/cur");
        for entry in std::fs::read_dir(&directory).expect("the Maildir") {
            let name = entry.expect("an entry").file_name().to_string_lossy().into_owned();
            let number = name.split_once(".M").and_then(|(_, rest)| rest.split('.').next()?.parse::<usize>().ok());
            if number.is_some_and(|n| (from..from + count).contains(&n)) && name.ends_with(":2,") {
                std::fs::rename(directory.join(&name), directory.join(format!("{name}F"))).expect("a flag");
            }
        }
    }

    /// Has the server read its Inbox, so that this is no cost of the one that asks first. Needs curl.
    pub fn look(&self) {
        shell(&format!(
            "curl -s --cacert {}/ca.pem -u {USER}:{PASSWORD} -X 'SELECT INBOX' imaps://localhost:{}/",
            self.path().display(),
            self.port
        ));
    }

    /// Gives the mail to the user that Dovecot reads it as.
    pub fn own(&self) {
        shell(&format!("chown -R 65534:65534 {}/mail", self.path().display()));
    }
}

impl Drop for Dovecot {
    fn drop(&mut self) {
        let pid = std::fs::read_to_string(self.path().join("run/master.pid")).unwrap_or_default();
        if !pid.trim().is_empty() {
            shell(&format!("kill {}", pid.trim()));
        }
    }
}

/// A message that is not worth its own file.
fn small(number: usize) -> Vec<u8> {
    format!(
        "Date: Mon, 01 May 2023 10:00:00 +0000\nFrom: Ada <ada@example.com>\nTo: Me <{USER}>\n\
         Subject: A small message\nMessage-ID: <small-{number}@example.com>\n\nThis one is among very many.\n"
    )
    .into_bytes()
}

fn shell(line: &str) {
    let status = Command::new("sh").args(["-c", line]).stdout(Stdio::null()).status().expect("sh");
    assert!(status.success(), "{line}");
}

fn free_port() -> u16 {
    let socket = std::net::TcpListener::bind("127.0.0.1:0").expect("a port");
    socket.local_addr().expect("a port").port()
}

fn certificate(root: &Path) {
    let at = root.display();
    let key = "-newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes";
    shell(&format!(
        "cd {at} && openssl req -x509 {key} -keyout ca.key -out ca.pem -days 30 -subj '/CN=Bench CA' \
         -addext basicConstraints=critical,CA:TRUE -addext keyUsage=critical,keyCertSign 2>/dev/null \
         && openssl req {key} -keyout srv.key -out srv.csr -subj /CN=localhost 2>/dev/null \
         && printf 'subjectAltName=DNS:localhost,IP:127.0.0.1\\nbasicConstraints=CA:FALSE\\n' >srv.ext \
         && openssl x509 -req -in srv.csr -CA ca.pem -CAkey ca.key -CAcreateserial -days 30 -extfile srv.ext -out srv.pem 2>/dev/null"
    ));
}

fn configuration(root: &Path, port: u16, pop3_port: u16) -> String {
    let at = root.display();
    // Only what measures POP3 needs it installed.
    let has_pop3 = Path::new("/usr/lib/dovecot/pop3-login").exists();
    let (protocols, pop3) = if has_pop3 {
        let listeners = format!(
            "inet_listener pop3 {{\n    port = 0\n  }}\n  inet_listener pop3s {{\n    port = {pop3_port}\n    ssl = yes\n  }}"
        );
        ("imap pop3", format!("service pop3-login {{\n  {listeners}\n}}\n"))
    } else {
        ("imap", String::new())
    };
    format!(
        "base_dir = {at}/run\nstate_dir = {at}/state\ninstance_name = bench\nlog_path = {at}/log\nprotocols = {protocols}\nlisten = 127.0.0.1\n\
         ssl = required\nssl_cert = <{at}/srv.pem\nssl_key = <{at}/srv.key\nauth_mechanisms = plain\n\
         passdb {{\n  driver = passwd-file\n  args = {at}/users\n}}\nuserdb {{\n  driver = passwd-file\n  args = {at}/users\n}}\n\
         first_valid_uid = 1\nmail_location = maildir:~/Maildir\nmail_max_userip_connections = 50\n\
         service imap-login {{\n  inet_listener imap {{\n    port = 0\n  }}\n  inet_listener imaps {{\n    port = {port}\n    ssl = yes\n  }}\n}}\n\
         service stats {{\n  process_min_avail = 1\n}}\n{pop3}"
    )
}
