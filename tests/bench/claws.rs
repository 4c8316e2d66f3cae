//! Claws Mail over an MH folder, set up so that its window opens on that folder.

use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

/// Claws Mail with a home of its own.
pub struct Claws {
    home: PathBuf,
}

impl Claws {
    /// None where it is not installed.
    pub fn new(home: &Path) -> Option<Claws> {
        let mut version = Command::new("claws-mail");
        version.arg("--version").stdout(Stdio::null()).stderr(Stdio::null());
        if !version.status().is_ok_and(|status| status.success()) {
            println!("Claws Mail is not installed: left out");
            return None;
        }
        let (settings, mail) = (home.join(".claws-mail"), home.join("Mail"));
        for part in ["inbox", "sent", "draft", "queue", "trash"] {
            std::fs::create_dir_all(mail.join(part)).expect("a directory");
        }
        std::fs::create_dir_all(&settings).expect("a directory");
        let put = |name: &str, text: &str| std::fs::write(settings.join(name), text).expect("a setting");
        put(
            "accountrc",
            "[Account: 1]\naccount_name=me\nis_default=1\nname=Me\naddress=me@example.org\nprotocol=5\n\
             receive_server=localhost\nsmtp_server=localhost\nuser_id=me\ninbox=#mh/Mailbox/inbox\n",
        );
        put(
            "folderlist.xml",
            &format!(
                "<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<folderlist>\n\
                 <folder type=\"mh\" name=\"Mailbox\" path=\"{}\">\n\
                 <folderitem type=\"inbox\" name=\"inbox\" path=\"inbox\" />\n\
                 <folderitem type=\"outbox\" name=\"sent\" path=\"sent\" />\n\
                 <folderitem type=\"draft\" name=\"draft\" path=\"draft\" />\n\
                 <folderitem type=\"queue\" name=\"queue\" path=\"queue\" />\n\
                 <folderitem type=\"trash\" name=\"trash\" path=\"trash\" />\n</folder>\n</folderlist>\n",
                mail.display()
            ),
        );
        put(
            "clawsrc",
            "[Common]\nmainwin_x=0\nmainwin_y=0\nmainwin_width=1280\nmainwin_height=800\n\
             check_on_startup=0\nnever_send_retrcpt=1\nopen_inbox_on_startup=1\nshow_trayicon=0\n",
        );
        Some(Claws { home: home.into() })
    }

    /// Where messages go, called 1, 2, 3 and so on.
    pub fn inbox(&self) -> PathBuf {
        self.home.join("Mail/inbox")
    }

    pub fn command(&self) -> Command {
        let mut command = Command::new("claws-mail");
        command.args(["--select", "#mh/Mailbox/inbox"]);
        let runtime = self.home.join("run");
        std::fs::create_dir_all(&runtime).expect("a directory");
        command.env("HOME", &self.home).env("XDG_RUNTIME_DIR", runtime).env("GDK_BACKEND", "x11");
        command.env("NO_AT_BRIDGE", "1").env("GTK_A11Y", "none").env_remove("DBUS_SESSION_BUS_ADDRESS");
        command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        command
    }

    /// Ends it as a person does, so that it keeps its cache.
    pub fn exit(&self) {
        let mut command = self.command();
        let _ = command.arg("--exit").status();
    }
}
