//! The program itself, on a profile of its own in a temporary directory.

use postwren::mail::account::{Endpoint, Protocol};
use serde_json::Value;
use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};

/// What a run of the program left behind.
#[derive(Debug)]
pub struct Ran {
    pub code: Option<i32>,
    pub out: String,
    pub err: String,
}

impl Ran {
    /// The run succeeded; its standard output.
    #[track_caller]
    pub fn done(self) -> String {
        assert_eq!(self.code, Some(0), "{self:#?}");
        self.out
    }

    /// The run failed with this exit status and said why; its standard error.
    #[track_caller]
    pub fn failed(self, code: i32) -> String {
        assert_eq!(self.code, Some(code), "{self:#?}");
        assert!(!self.err.trim().is_empty(), "it failed without a word: {self:#?}");
        assert!(!self.err.contains("panicked"), "{self:#?}");
        self.err
    }

    /// The JSON array that a successful run printed.
    #[track_caller]
    pub fn json(self) -> Vec<Value> {
        let out = self.done();
        match serde_json::from_str(&out) {
            Ok(Value::Array(all)) => all,
            other => panic!("no JSON array: {other:?} in {out}"),
        }
    }
}

/// A person at a terminal without a desktop: no keyring, English, nothing of the tester's own.
pub struct Program {
    home: tempfile::TempDir,
}

impl Program {
    pub fn new() -> Program {
        Program { home: tempfile::Builder::new().prefix("postwren-test-").tempdir().expect("a directory") }
    }

    /// Where its profile lies.
    pub fn profile(&self) -> PathBuf {
        self.home.path().join("profile")
    }

    /// A place for files of the test.
    pub fn home(&self) -> &Path {
        self.home.path()
    }

    /// Leaves everything where it is, for whoever looks for what went wrong.
    pub fn keep(self) -> PathBuf {
        self.home.keep()
    }

    /// The program with these arguments, not started yet.
    pub fn command(&self, arguments: &[&str]) -> Command {
        // Another build of the program may be tried, the released one for example.
        let built = || env!("CARGO_BIN_EXE_postwren").into();
        let mut command = Command::new(std::env::var_os("POSTWREN_BIN").unwrap_or_else(built));
        command.args(arguments).current_dir(self.home.path()).env_clear();
        for kept in ["PATH", "TMPDIR", "LD_LIBRARY_PATH", "RUST_BACKTRACE", "LLVM_PROFILE_FILE"] {
            if let Some(value) = std::env::var_os(kept) {
                command.env(kept, value);
            }
        }
        command.env("HOME", self.home.path()).env("LANG", "C.UTF-8").env("TZ", "UTC");
        command.env("DBUS_SESSION_BUS_ADDRESS", "unix:path=/nonexistent").env("XDG_RUNTIME_DIR", self.home.path());
        command.stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command
    }

    /// Runs it to its end.
    pub fn bare(&self, arguments: &[&str]) -> Ran {
        self.wait(self.command(arguments), None)
    }

    /// Runs it on its profile.
    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.with_input(arguments, "")
    }

    /// Runs it on its profile with this standard input.
    pub fn with_input(&self, arguments: &[&str], input: &str) -> Ran {
        let profile = self.profile();
        let mut all = vec!["--profile", profile.to_str().expect("UTF-8")];
        all.extend(arguments);
        let mut command = self.command(&all);
        command.stdin(Stdio::piped());
        self.wait(command, Some(input))
    }

    fn wait(&self, mut command: Command, input: Option<&str>) -> Ran {
        let mut child = command.spawn().expect("the program starts");
        if let Some(input) = input {
            // A program that does not read it may be gone already.
            let _ = child.stdin.take().expect("its input").write_all(input.as_bytes());
        }
        let output = child.wait_with_output().expect("its end");
        let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
        Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
    }
}

/// An account whose password a command prints.
pub struct NewAccount<'a> {
    pub name: &'a str,
    pub email: &'a str,
    pub password: &'a str,
    pub incoming: Endpoint,
    pub outgoing: Endpoint,
    pub ca_pem: &'a str,
}

impl Program {
    /// Starts it on the profile and leaves it running, silent.
    pub fn start(&self, arguments: &[&str]) -> Child {
        let profile = self.profile();
        let mut all = vec!["--profile", profile.to_str().expect("UTF-8")];
        all.extend(arguments);
        self.command(&all).stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts")
    }

    pub fn add(&self, account: &NewAccount<'_>) {
        self.add_with(account, &[]);
    }

    /// A POP3 account that keeps mail on its server for so many days, `always` or `never`; others as they are.
    pub fn add_keeping(&self, account: &NewAccount<'_>, keep: &str) {
        let is_pop3 = account.incoming.protocol == Protocol::Pop3;
        let keeping = ["--pop3-keep", keep];
        self.add_with(account, if is_pop3 { &keeping } else { &[] });
    }

    fn add_with(&self, account: &NewAccount<'_>, more: &[&str]) {
        let ca = self.home().join(format!("{}.pem", account.name));
        std::fs::write(&ca, account.ca_pem).expect("write");
        let (incoming, outgoing) = (account.incoming.to_string(), account.outgoing.to_string());
        let kind = if incoming.starts_with("imap") { "--imap" } else { "--pop3" };
        let password = format!("echo {}", account.password);
        let who = ["--name", account.name, "--email", account.email, "--user", account.email];
        let servers = [kind, &incoming, "--smtp", &outgoing, "--ca", ca.to_str().expect("UTF-8")];
        let arguments = [&["account", "add"][..], &who, &servers, &["--password-command", &password], more].concat();
        self.run(&arguments).done();
    }

    /// The message files of a Maildir: of `cur` and `new`.
    pub fn files(&self, account: &str, mailbox: &str) -> Vec<PathBuf> {
        let maildir = self.profile().join("mail").join(account).join(mailbox);
        let listed =
            |part: &str| std::fs::read_dir(maildir.join(part)).into_iter().flatten().flatten().map(|e| e.path());
        ["cur", "new"].into_iter().flat_map(listed).collect()
    }
}
