//! A server, a line to it that can break, and a service on a profile of its own.

use crate::relay::Relay;
use postwren::demo::{DemoServer, Fault};
use postwren::mail::account::{Endpoint, Security};
use postwren::service::command::Secret;
use postwren::service::model::*;
use postwren::service::{Command, Handle, Mode, Platform, Problem, ProblemKind, Receipt, SendTime, start};
use postwren::storage::MemorySecrets;
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;

pub const ADA: &str = "ada@lovelace.example";
pub const POP: &str = "ada@pop.example";
pub const BOB: &str = "bob@lovelace.example";

pub struct World {
    pub server: DemoServer,
    pub handle: Handle,
    pub imap: Relay,
    pub pop3: Relay,
    pub smtp: Relay,
    platform: Platform,
    ahead: Arc<AtomicI64>,
    _dir: TempDir,
}

impl World {
    /// Nobody's account yet.
    async fn empty(faults: Vec<Fault>) -> World {
        let mut builder = DemoServer::builder().account(ADA, "pw").account(POP, "pw").account(BOB, "pw").allow_plain();
        for fault in faults {
            builder = builder.fault(fault);
        }
        let server = builder.start().await.expect("start");
        let port = |protocol| server.endpoint(protocol, Security::None).port;
        let imap = Relay::before(port(Protocol::Imap)).await.expect("a relay");
        let pop3 = Relay::before(port(Protocol::Pop3)).await.expect("a relay");
        let smtp = Relay::before(port(Protocol::Smtp)).await.expect("a relay");
        let dir = tempfile::tempdir().expect("a directory");
        let ahead = Arc::new(AtomicI64::new(0));
        let clock = {
            let (ahead, system) = (ahead.clone(), Platform::system(None).clock);
            Arc::new(move || system() + ahead.load(Ordering::Relaxed))
        };
        let platform = Platform {
            secrets: Some(Arc::new(MemorySecrets::new())),
            clock,
            ..Platform::system(Some(dir.path().join("profile")))
        };
        let handle = start(platform.clone(), Mode::Batch).await.expect("start");
        World { server, handle, imap, pop3, smtp, platform, ahead, _dir: dir }
    }

    /// With Ada's IMAP account and its usual mailboxes.
    pub async fn imap(faults: Vec<Fault>) -> World {
        let world = World::empty(faults).await;
        for (path, role) in
            [("Drafts", Role::Drafts), ("Sent", Role::Sent), ("Trash", Role::Trash), ("Archive", Role::Archive)]
        {
            assert!(world.server.create(ADA, path, Some(role)));
        }
        world.add("ada", ADA, Protocol::Imap, world.imap.port).await;
        world
    }

    /// With a POP3 account that empties its server.
    pub async fn pop3(faults: Vec<Fault>) -> World {
        let world = World::empty(faults).await;
        world.add("pop", POP, Protocol::Pop3, world.pop3.port).await;
        world
    }

    async fn add(&self, name: &str, email: &str, protocol: Protocol, port: u16) {
        let plain = |protocol, port| Endpoint { protocol, host: "127.0.0.1".into(), port, security: Security::None };
        let account = Account {
            name: name.into(),
            person: "Ada Lovelace".into(),
            email: email.into(),
            user: email.into(),
            incoming: plain(protocol, port),
            outgoing: plain(Protocol::Smtp, self.smtp.port),
            secret: SecretSource::Keyring,
            pop3_keep: Pop3Keep::Never,
            ..Account::default()
        };
        let secret = Some(Secret("pw".into()));
        self.execute(Command::AddAccount { account: Box::new(account), secret }).await;
    }

    pub fn later(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Ends the service and starts another on the same profile.
    pub async fn restart(mut self) -> World {
        self.handle.stop().await;
        // The lock is free as soon as the last task is gone.
        let platform = self.platform.clone();
        let World { server, handle, imap, pop3, smtp, platform: _, ahead, _dir } = self;
        drop(handle);
        let handle = started(&platform).await;
        self = World { server, handle, imap, pop3, smtp, platform, ahead, _dir };
        self
    }

    pub async fn execute(&self, command: Command) -> Receipt {
        self.handle.execute(command).await.expect("the command")
    }

    /// One round; the first problem.
    pub async fn try_synchronise(&self) -> Result<(), Problem> {
        self.handle.synchronise(None).await.into_iter().try_for_each(|(_, result)| result.map(drop))
    }

    pub async fn synchronise(&self) {
        self.try_synchronise().await.expect("a round");
    }

    pub async fn settle(&self) {
        self.imap.settle().await;
        self.pop3.settle().await;
        self.smtp.settle().await;
    }

    pub async fn mailbox(&self, path: &str) -> MailboxView {
        let all = self.handle.mailboxes(None).await.expect("mailboxes");
        all.into_iter().find(|m| m.path.0 == path).unwrap_or_else(|| panic!("no mailbox {path}"))
    }

    pub async fn rows(&self, path: &str) -> Vec<Row> {
        let id = self.mailbox(path).await.id;
        self.handle.envelopes(&Query::Mailbox(id), 0..100_000).await.expect("rows").rows
    }

    pub async fn row(&self, path: &str, subject: &str) -> Row {
        let rows = self.rows(path).await;
        rows.into_iter().find(|row| row.subject == subject).unwrap_or_else(|| panic!("no “{subject}” in {path}"))
    }

    /// How often each subject is in a mailbox here.
    pub async fn here(&self, path: &str) -> BTreeMap<String, usize> {
        counted(self.rows(path).await.into_iter().map(|row| row.subject))
    }

    /// The same; nothing where there is no such mailbox.
    pub async fn here_or_nothing(&self, path: &str) -> Option<BTreeMap<String, usize>> {
        let all = self.handle.mailboxes(None).await.expect("mailboxes");
        match all.iter().any(|mailbox| mailbox.path.0 == path) {
            true => Some(self.here(path).await),
            false => None,
        }
    }

    /// How often each subject is in a mailbox of the server, without what is marked to go.
    pub fn there(&self, email: &str, path: &str) -> BTreeMap<String, usize> {
        let messages = self.server.messages(email, path);
        let left = messages.iter().filter(|message| !message.flags.contains(Flags::DELETED));
        counted(left.map(|message| subject(&message.raw)))
    }

    /// Both sides hold the same bytes with the same flags, and nothing waits; what differs.
    pub async fn disagreement(&self) -> Option<String> {
        let queue = self.handle.queue().await.expect("the queue");
        if !queue.is_empty() {
            return Some(format!("still waiting: {queue:?}"));
        }
        for mailbox in self.handle.mailboxes(Some("ada")).await.expect("mailboxes") {
            let path = &mailbox.path.0;
            let mut here = Vec::new();
            for row in self.rows(path).await {
                let raw = self.handle.raw(row.id).await.expect("the bytes");
                here.push((raw, row.flags.0));
            }
            let there = self.server.messages(ADA, path);
            let mut there: Vec<(Vec<u8>, u32)> = there.iter().map(|m| (m.raw.to_vec(), m.flags.0)).collect();
            here.sort();
            there.sort();
            if here != there {
                let words = |all: &[(Vec<u8>, u32)]| {
                    all.iter()
                        .map(|(raw, flags)| format!("{} {flags:x} {}", subject(raw), raw.len()))
                        .collect::<Vec<_>>()
                };
                return Some(format!("{path}: here {:?}, there {:?}", words(&here), words(&there)));
            }
        }
        None
    }

    pub fn deliver(&self, email: &str, n: usize) {
        self.server.deliver(email, "INBOX", message(n).as_bytes()).expect("delivered");
    }

    /// A draft to Bob.
    pub async fn draft(&self, subject: &str) -> Draft {
        let mut draft = self.handle.begin(DraftOrigin::New, false).await.expect("a draft");
        draft.account = "ada".into();
        draft.to = vec![Address { name: String::new(), addr: BOB.into() }];
        draft.subject = subject.into();
        draft.body = "Dear reader,\nthis is it.\n".into();
        self.execute(Command::SaveDraft { draft: Box::new(draft.clone()) }).await;
        draft
    }

    /// Into the Outbox; its entry.
    pub async fn submit(&self, subject: &str) -> i64 {
        let draft = Box::new(self.draft(subject).await);
        let receipt = self.execute(Command::Submit { draft, when: SendTime::After(0), report: false }).await;
        receipt.outbox.expect("an entry")
    }

    pub async fn outbox_item(&self, id: i64) -> Option<OutboxItem> {
        self.handle.outbox().await.expect("the Outbox").into_iter().find(|item| item.id == id)
    }

    /// How often the server took a message with this subject.
    pub fn taken(&self, wanted: &str) -> usize {
        self.server.submissions().iter().filter(|taken| subject(&taken.raw) == wanted).count()
    }
}

pub async fn started(platform: &Platform) -> Handle {
    for _ in 0..400 {
        match start(platform.clone(), Mode::Batch).await {
            Ok(handle) => return handle,
            Err(problem) if problem.kind == ProblemKind::Locked => tokio::time::sleep(Duration::from_millis(25)).await,
            Err(problem) => panic!("{problem}"),
        }
    }
    panic!("the profile stays locked");
}

fn counted(subjects: impl Iterator<Item = String>) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    subjects.for_each(|subject| *counts.entry(subject).or_default() += 1);
    counts
}

pub fn subject(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    text.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap_or_default().to_string()
}

/// The subject of a numbered message.
pub fn note(n: usize) -> String {
    format!("note {n:05}")
}

/// A message that no other is equal to.
pub fn message(n: usize) -> String {
    let filling = "All work and no play makes a dull message.\r\n.and a line with a dot\r\n".repeat(n % 5);
    format!(
        "From: Charles <charles@babbage.example>\r\nTo: {ADA}\r\nSubject: {}\r\n\
         Message-ID: <note{n}@babbage.example>\r\nDate: Mon, 2 Nov 2026 10:{:02}:{:02} +0000\r\n\r\nNote {n}.\r\n{filling}",
        note(n),
        (n / 60) % 60,
        n % 60,
    )
}
