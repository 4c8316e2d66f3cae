//! The lab: real Postfix, Dovecot and DNS on loopback, started by `tests/lab/lab.sh` (`tests/run` does so).
//! Tests that need it skip with a word where it is not there, as under a plain `cargo test`.

use super::program::{Program, Ran};
use postwren::mail::account::{Account, AuthMethod, Endpoint, Pop3Keep, Protocol, SecretSource, Security};
use serde_json::Value;
use std::path::PathBuf;
use std::time::{Duration, Instant};

/// A person of the lab, with a client of their own.
pub const ALICE: &str = "alice@a.test";
pub const CAROL: &str = "carol@a.test";
pub const BOB: &str = "bob@b.test";
pub const DAVE: &str = "dave@b.test";

/// How long real servers may take before a test gives up on them.
const PATIENCE: Duration = Duration::from_secs(60);

/// Between two looks.
const PAUSE: Duration = Duration::from_millis(300);

/// Where the lab's servers are. All listen on localhost.
#[derive(Clone, Debug)]
pub struct Lab {
    /// The certificate of its authority.
    pub ca: PathBuf,
    /// Everybody's password.
    pub password: String,
}

/// A port from the environment.
fn port(name: &str) -> u16 {
    let variable = format!("POSTWREN_LAB_{name}");
    let value = std::env::var(&variable).unwrap_or_else(|_| panic!("{variable} is not set"));
    value.parse().unwrap_or_else(|_| panic!("{variable} is no port: {value}"))
}

impl Lab {
    /// The running lab, or `None` with a word about it.
    pub fn find() -> Option<Lab> {
        let (Ok(ca), Ok(password)) = (std::env::var("POSTWREN_LAB_CA"), std::env::var("POSTWREN_LAB_PASSWORD")) else {
            eprintln!("skipped: it needs the lab, which tests/run starts");
            return None;
        };
        Some(Lab { ca: ca.into(), password })
    }

    /// Where a person's mail is served. Both domains share the Dovecot; each has its own submission.
    pub fn endpoint(&self, user: &str, protocol: Protocol, security: Security) -> Endpoint {
        let implicit = security == Security::Tls;
        let port = match (protocol, implicit, user.ends_with("@a.test")) {
            (Protocol::Imap, true, _) => port("IMAPS"),
            (Protocol::Imap, false, _) => port("IMAP"),
            (Protocol::Pop3, true, _) => port("POP3S"),
            (Protocol::Pop3, false, _) => port("POP3"),
            (Protocol::Smtp, true, true) => port("A_SMTPS"),
            (Protocol::Smtp, false, true) => port("A_SUBMISSION"),
            (Protocol::Smtp, true, false) => port("B_SMTPS"),
            (Protocol::Smtp, false, false) => port("B_SUBMISSION"),
        };
        Endpoint { protocol, host: "localhost".into(), port, security }
    }

    /// A person's account, for tests that drive the service itself.
    pub fn account(&self, user: &str, protocol: Protocol, security: Security) -> Account {
        Account {
            name: user.into(),
            person: String::new(),
            email: user.into(),
            user: user.into(),
            incoming: self.endpoint(user, protocol, security),
            outgoing: self.endpoint(user, Protocol::Smtp, security),
            auth: AuthMethod::Password,
            secret: SecretSource::File,
            ca_file: Some(self.ca.clone()),
            pop3_keep: Pop3Keep::Always,
            ..Account::default()
        }
    }

    /// A program of this person's own, with the account set up on it under the name of their address.
    pub fn client(&self, user: &str, protocol: Protocol, security: Security) -> Client {
        let client = Client { program: Program::new(), user: user.into() };
        self.add(&client, protocol, security, &["--ca", &self.ca.display().to_string()]).done();
        client
    }

    /// Adds the account to a program, with these arguments besides.
    pub fn add(&self, client: &Client, protocol: Protocol, security: Security, more: &[&str]) -> Ran {
        let incoming = self.endpoint(&client.user, protocol, security).to_string();
        let smtp = self.endpoint(&client.user, Protocol::Smtp, security).to_string();
        let kind = if protocol == Protocol::Pop3 { "--pop3" } else { "--imap" };
        let user = client.user.as_str();
        let mut arguments = vec!["account", "add", "--name", user, "--email", user, "--user", user];
        arguments.extend([kind, &incoming, "--smtp", &smtp, "--password-stdin"]);
        arguments.extend(more);
        client.program.with_input(&arguments, &format!("{}\n", self.password))
    }
}

/// A person with a program.
pub struct Client {
    pub program: Program,
    pub user: String,
}

impl Client {
    /// A person whose account is not set up yet.
    pub fn new(user: &str) -> Client {
        Client { program: Program::new(), user: user.into() }
    }

    pub fn run(&self, arguments: &[&str]) -> Ran {
        self.program.run(arguments)
    }

    /// Sends a message, with these arguments besides.
    pub fn send(&self, message: &str, more: &[&str]) -> Ran {
        let mut arguments = vec!["send"];
        arguments.extend(more);
        self.program.with_input(&arguments, message)
    }

    /// `user/mailbox`, as the command line names it.
    pub fn mailbox(&self, path: &str) -> String {
        format!("{}/{path}", self.user)
    }

    /// The messages with this subject in a mailbox, as it stands here.
    pub fn list(&self, path: &str, subject: &str) -> Vec<Value> {
        let all = self.run(&["list", &self.mailbox(path), "--json"]).json();
        all.into_iter().filter(|row| row["subject"] == subject).collect()
    }

    /// Receives until a message with this subject is in the mailbox, and returns its row.
    #[track_caller]
    pub fn await_message(&self, path: &str, subject: &str) -> Value {
        let start = Instant::now();
        loop {
            let sync = self.run(&["sync"]);
            if sync.code == Some(0)
                && let Some(row) = self.list(path, subject).pop()
            {
                return row;
            }
            assert!(start.elapsed() < PATIENCE, "“{subject}” never came to {}/{path}: {sync:#?}", self.user);
            std::thread::sleep(PAUSE);
        }
    }

    /// Lets another program of the same person and this one synchronise until no message with this subject is left.
    #[track_caller]
    pub fn await_absence(&self, other: &Client, path: &str, subject: &str) {
        let start = Instant::now();
        loop {
            other.run(&["sync"]).done();
            self.run(&["sync"]).done();
            if self.list(path, subject).is_empty() {
                return;
            }
            assert!(start.elapsed() < PATIENCE, "“{subject}” never left {}/{path}", self.user);
            std::thread::sleep(PAUSE);
        }
    }
}

/// A subject that no other test has.
pub fn unique(about: &str) -> String {
    let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_nanos());
    format!("{about} {}-{nanos}", std::process::id())
}

/// The id of a listed message.
pub fn id(row: &Value) -> String {
    row["id"].as_str().unwrap_or_else(|| panic!("no id in {row}")).to_string()
}
