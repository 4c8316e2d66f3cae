//! Jobs of the real program, each a few commands, against a server in this process; and what must be true when they
//! are done, however often they were begun.

use crate::support::program::{NewAccount, Program, Ran};
use crate::world::{ADA, BOB, POP, message, note, subject};
use postwren::demo::DemoServer;
use postwren::mail::account::{Protocol, Security};
use postwren::mail::flags::Flags;
use postwren::mail::mailbox::Role;
use serde_json::Value;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Job {
    FirstSync,
    Flag,
    Move,
    Delete,
    Copy,
    Create,
    Send,
    Receive,
    Rebuild,
}

const PATHS: [&str; 5] = ["INBOX", "Archive", "Drafts", "Sent", "Trash"];

/// Messages that a first synchronisation brings.
const FIRST: usize = 12;

pub struct Place {
    pub server: DemoServer,
    pub program: Program,
    job: Job,
    incoming: Security,
}

impl Place {
    pub async fn new(job: Job) -> Place {
        Place::with(job, Security::Tls).await
    }

    /// One where the dialogue with the incoming server can be read along.
    pub async fn plain(job: Job) -> Place {
        Place::with(job, Security::None).await
    }

    async fn with(job: Job, incoming: Security) -> Place {
        let server =
            DemoServer::builder().account(ADA, "pw").account(POP, "pw").account(BOB, "pw").allow_plain().start().await;
        let server = server.expect("start");
        for (path, role) in
            [("Drafts", Role::Drafts), ("Sent", Role::Sent), ("Trash", Role::Trash), ("Archive", Role::Archive)]
        {
            assert!(server.create(ADA, path, Some(role)));
        }
        let mut place = Place { server, program: Program::new(), job, incoming };
        place.add();
        place
    }

    /// A new profile, where the job needs one that knows nothing.
    pub fn anew(&mut self) {
        self.program = Program::new();
        self.add();
    }

    fn add(&mut self) {
        let (name, email, protocol) = match self.job {
            Job::Receive => ("pop", POP, Protocol::Pop3),
            _ => ("ada", ADA, Protocol::Imap),
        };
        let account = NewAccount {
            name,
            email,
            password: "pw",
            incoming: self.server.endpoint(protocol, self.incoming),
            outgoing: self.server.endpoint(Protocol::Smtp, Security::Tls),
            ca_pem: self.server.ca_pem(),
        };
        self.program.add_keeping(&account, "never");
        if self.job != Job::FirstSync {
            self.program.run(&["sync"]).done();
        }
    }

    /// What comes before the job, undisturbed: the message that it is about.
    pub fn prepare(&mut self, n: usize) {
        match self.job {
            Job::FirstSync => {
                if n == 1 {
                    (0..FIRST).for_each(|k| self.deliver(ADA, k));
                } else {
                    self.anew();
                }
            }
            Job::Flag | Job::Move | Job::Delete | Job::Copy | Job::Rebuild => {
                self.deliver(ADA, n);
                self.program.run(&["sync"]).done();
            }
            Job::Receive => (0..3).for_each(|k| self.deliver(POP, n * 3 + k)),
            Job::Create | Job::Send => {}
        }
    }

    fn deliver(&self, email: &str, n: usize) {
        self.server.deliver(email, "INBOX", message(n).as_bytes()).expect("delivered");
    }

    /// The commands of the job.
    pub fn steps(&self, n: usize) -> Vec<Vec<String>> {
        let id =
            || self.row("INBOX", &note(n)).and_then(|row| row["id"].as_str().map(String::from)).unwrap_or_default();
        let first: Vec<String> = match self.job {
            Job::FirstSync | Job::Receive => return vec![vec!["sync".into()]],
            Job::Rebuild => return vec![vec!["doctor".into(), "--rebuild-index".into()]],
            Job::Flag => vec!["flag".into(), id(), "+flagged".into()],
            Job::Move => vec!["move".into(), id(), "ada/Archive".into()],
            Job::Copy => vec!["copy".into(), id(), "ada/Archive".into()],
            Job::Delete => vec!["delete".into(), id()],
            Job::Create => vec!["mailbox".into(), "create".into(), format!("ada/box-{n}")],
            Job::Send => {
                let file = self.program.home().join(format!("{n}.eml"));
                let text = message(n)
                    .replace("charles@babbage.example", ADA)
                    .replace(&format!("To: {ADA}"), &format!("To: {BOB}"));
                std::fs::write(&file, text).expect("write");
                vec!["send".into(), "--queue".into(), file.display().to_string()]
            }
        };
        vec![first, vec!["sync".into()]]
    }

    /// Whether the first command has taken effect here. What has not may be said again.
    pub fn is_recorded(&self, n: usize) -> bool {
        let subject = note(n);
        match self.job {
            Job::FirstSync | Job::Receive | Job::Rebuild => true,
            Job::Flag => self.row("INBOX", &subject).is_some_and(|row| row["flags"].to_string().contains("flagged")),
            Job::Move | Job::Copy => self.row("Archive", &subject).is_some(),
            Job::Delete => self.row("Trash", &subject).is_some(),
            Job::Create => {
                // An empty mailbox that is here and nowhere recorded is a wish that was never uttered.
                let all = self.program.run(&["queue", "--json"]).json();
                let is_queued = all.iter().any(|operation| operation.to_string().contains(&format!("box-{n}\"")));
                is_queued || self.server.mailboxes(ADA).contains(&format!("box-{n}"))
            }
            Job::Send => self.taken(n) > 0 || self.outbox(n).is_some(),
        }
    }

    fn row(&self, path: &str, wanted: &str) -> Option<Value> {
        self.rows(path).into_iter().find(|row| row["subject"] == wanted)
    }

    fn rows(&self, path: &str) -> Vec<Value> {
        let name = format!("{}/{path}", self.account());
        self.program.run(&["list", &name, "--limit", "100000", "--json"]).json()
    }

    fn account(&self) -> &'static str {
        if self.job == Job::Receive { "pop" } else { "ada" }
    }

    fn taken(&self, n: usize) -> usize {
        self.server.submissions().iter().filter(|taken| subject(&taken.raw) == note(n)).count()
    }

    fn outbox(&self, n: usize) -> Option<Value> {
        let items = self.program.run(&["outbox", "--json"]).json();
        items.into_iter().find(|item| item["subject"] == note(n))
    }

    /// Undisturbed rounds until everything is carried out; what failed.
    pub fn finish(&self, n: usize) -> Result<bool, String> {
        let mut unknown = false;
        let mut ran = self.program.run(&["sync"]);
        if self.job == Job::Send
            && let Some(item) = self.outbox(n)
        {
            unknown = self.settle(n, &item)?;
            ran = self.program.run(&["sync"]);
        }
        if ran.code != Some(0) {
            return Err(format!("it does not go on: {ran:?}"));
        }
        let again = self.program.run(&["sync"]);
        if again.code == Some(0) { Ok(unknown) } else { Err(format!("it does not go on: {again:?}")) }
    }

    /// An entry that is still there must be unknown, and what the person says of it is done.
    fn settle(&self, n: usize, item: &Value) -> Result<bool, String> {
        let taken = self.taken(n);
        let id = item["id"].to_string();
        let verb = match (item["state"].as_str(), taken) {
            (Some("unknown"), 1) => "sent",
            (Some("unknown" | "waiting"), 0) => "retry",
            (state, _) => return Err(format!("the Outbox says {state:?}, taken {taken} times")),
        };
        let ran = self.program.run(&["outbox", verb, &id]);
        if ran.code == Some(0) { Ok(item["state"] == "unknown") } else { Err(format!("outbox {verb}: {ran:?}")) }
    }

    /// What is wrong in the end.
    pub fn judge(&self, n: usize) -> Result<(), String> {
        let subject = note(n);
        let once = |path: &str| match self.rows(path).iter().filter(|row| row["subject"] == subject).count() {
            1 => Ok(()),
            0 => Err(format!("lost: not in {path}")),
            count => Err(format!("doubled: {count} times in {path}")),
        };
        match self.job {
            Job::Flag => {
                once("INBOX")?;
                let there = self.server.messages(ADA, "INBOX");
                let flagged =
                    there.iter().any(|m| crate::world::subject(&m.raw) == subject && m.flags.contains(Flags::FLAGGED));
                if !flagged {
                    return Err("the server has no flag".into());
                }
            }
            Job::Move => once("Archive")?,
            Job::Delete => once("Trash")?,
            Job::Copy => once("Archive").and(once("INBOX"))?,
            Job::Send => {
                once("Sent")?;
                if self.taken(n) != 1 {
                    return Err(format!("sent {} times", self.taken(n)));
                }
            }
            Job::Create if !self.server.mailboxes(ADA).contains(&format!("box-{n}")) => {
                let queue = self.program.run(&["queue", "--json"]).out;
                let mailboxes = self.program.run(&["mailboxes"]).out;
                return Err(format!("it was not made; waiting: {queue}, here: {mailboxes}"));
            }
            Job::Receive => return self.all_received(n),
            Job::Rebuild => once("INBOX")?,
            Job::FirstSync | Job::Create => {}
        }
        self.same_bytes()
    }

    fn all_received(&self, n: usize) -> Result<(), String> {
        let mut here = self.bytes("INBOX");
        here.sort();
        let count = here.len();
        here.dedup();
        if here.len() != count {
            return Err("doubled: two files of the same message".into());
        }
        let wanted = (0..3).map(|k| message(n * 3 + k).into_bytes());
        let lost = wanted.filter(|raw| here.binary_search(raw).is_err()).count();
        if lost > 0 {
            return Err(format!("lost: {lost} of three"));
        }
        match self.server.messages(POP, "INBOX").len() {
            0 => Ok(()),
            left => Err(format!("{left} are left on the server")),
        }
    }

    fn bytes(&self, path: &str) -> Vec<Vec<u8>> {
        let files = self.program.files(self.account(), path);
        files.iter().map(|file| std::fs::read(file).expect("read")).collect()
    }

    /// File for file, byte for byte, the same here and there, and each file has its row.
    fn same_bytes(&self) -> Result<(), String> {
        for path in PATHS {
            let mut here = self.bytes(path);
            let mut there: Vec<Vec<u8>> = self.server.messages(ADA, path).iter().map(|m| m.raw.to_vec()).collect();
            here.sort();
            there.sort();
            if here != there {
                let names = |all: &[Vec<u8>]| all.iter().map(|raw| subject(raw)).collect::<Vec<_>>();
                return Err(format!("{path}: other bytes, here {:?}, there {:?}", names(&here), names(&there)));
            }
            let rows = self.rows(path).len();
            if rows != here.len() {
                return Err(format!("{path}: {rows} rows of {} files", here.len()));
            }
        }
        Ok(())
    }
}

/// A command that failed said why, in words.
pub fn in_words(ran: &Ran) -> Result<(), String> {
    if ran.err.contains("panicked") || ran.out.contains("panicked") {
        return Err(format!("it panicked: {}", ran.err));
    }
    match ran.code {
        Some(0) => Ok(()),
        Some(1) if !ran.err.trim().is_empty() => Ok(()),
        _ => Err(format!("it failed without a word: {ran:?}")),
    }
}
