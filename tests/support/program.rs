//! The real program as a child process, with a profile of its own.

use postwren::mail::account::Endpoint;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output, Stdio};

/// A profile in a temporary directory, and the program that works on it.
pub struct Program {
    directory: tempfile::TempDir,
}

/// An account to add.
pub struct NewAccount<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub password: &'a str,
    pub incoming: Endpoint,
    pub outgoing: Endpoint,
    pub ca_pem: &'a str,
}

impl Program {
    pub fn new() -> Program {
        Program { directory: tempfile::tempdir().expect("a temporary directory") }
    }

    pub fn profile(&self) -> PathBuf {
        self.directory.path().join("profile")
    }

    /// The program with these arguments, not yet started.
    pub fn command(&self, arguments: &[&str]) -> Command {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postwren"));
        command.arg("--profile").arg(self.profile()).args(arguments).stdin(Stdio::null());
        // No keyring of the person who runs the tests is touched.
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").env("XDG_RUNTIME_DIR", self.directory.path());
        command
    }

    /// Runs it to its end.
    pub fn run(&self, arguments: &[&str]) -> Output {
        self.command(arguments).output().expect("the program starts")
    }

    /// Runs it to its end, which must be good; what it printed.
    pub fn ok(&self, arguments: &[&str]) -> String {
        let output = self.run(arguments);
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(output.status.success(), "postwren {arguments:?}: {}\n{errors}", output.status);
        String::from_utf8(output.stdout).expect("UTF-8")
    }

    /// The same, read as JSON.
    pub fn json(&self, arguments: &[&str]) -> serde_json::Value {
        serde_json::from_str(&self.ok(arguments)).expect("JSON")
    }

    /// Starts it and leaves it running, silent.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let mut command = self.command(arguments);
        command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
    }

    /// Adds an account whose password a command prints.
    pub fn add(&self, account: &NewAccount<'_>) {
        let ca = self.directory.path().join(format!("{}.pem", account.name));
        std::fs::write(&ca, account.ca_pem).expect("write");
        let incoming = account.incoming.to_string();
        let kind = if incoming.starts_with("imap") { "--imap" } else { "--pop3" };
        let password = format!("echo {}", account.password);
        self.ok(&[
            "account",
            "add",
            "--name",
            account.name,
            "--email",
            account.email,
            "--user",
            account.email,
            kind,
            &incoming,
            "--smtp",
            &account.outgoing.to_string(),
            "--password-command",
            &password,
            "--ca",
            ca.to_str().expect("UTF-8"),
        ]);
    }

    /// The message files of a Maildir: of `cur` and `new`.
    pub fn files(&self, account: &str, mailbox: &str) -> Vec<PathBuf> {
        let maildir = self.profile().join("mail").join(account).join(mailbox);
        ["cur", "new"].iter().flat_map(|part| listed(&maildir.join(part))).collect()
    }
}

fn listed(directory: &Path) -> Vec<PathBuf> {
    let entries = std::fs::read_dir(directory).map(|entries| entries.flatten().map(|e| e.path()).collect());
    entries.unwrap_or_default()
}
