//! The whole service against the demo server: what a person does, what goes wrong on the way, and
//! what both sides hold in the end.

mod accounts;
mod batches;
mod clock;
mod connections;
mod convergence;
mod drafts;
mod export;
mod flags;
mod folders;
mod hostile;
mod interactive;
mod keywords;
mod leaving;
mod letters;
mod lists;
mod local;
mod maildir;
mod maildir_folders;
mod network;
mod offline;
mod places;
mod pop3;
mod pop3_identity;
mod queue;
mod receiving;
mod resync;
mod safety;
mod scale;
mod senders;
mod submission;

use super::model::*;
use super::{Command, Handle, Mode, Platform, Problem, Receipt, SendTime, start};
use crate::demo::DemoServer;
use crate::mail::account::Security;
use crate::service::command::Secret;
use crate::storage::MemorySecrets;
use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, Ordering};
use std::time::Duration;
use tempfile::TempDir;

/// What the server said, where that is why something waits.
fn reply(reason: &Option<Problem>) -> &str {
    match reason.as_ref().map(|reason| &reason.kind) {
        Some(super::ProblemKind::Refused { reply, .. } | super::ProblemKind::Authentication { reply, .. }) => reply,
        _ => "",
    }
}

pub(super) const ADA: &str = "ada@lovelace.example";
pub(super) const POP: &str = "ada@pop.example";
pub(super) const BOB: &str = "bob@lovelace.example";

/// A server, a profile, and a service on it.
pub(super) struct World {
    pub server: DemoServer,
    pub handle: Handle,
    platform: Platform,
    mode: Mode,
    ahead: Arc<AtomicI64>,
    dir: TempDir,
}

impl World {
    /// A server with both accounts and a service without any.
    pub async fn empty(mode: Mode) -> World {
        World::on(mode, &[]).await
    }

    /// The same with a server that knows more extensions of IMAP.
    pub async fn on(mode: Mode, extensions: &[&str]) -> World {
        let builder = DemoServer::builder().account(ADA, "pw").account(POP, "pw").account(BOB, "pw");
        let server = builder.extensions(extensions).start().await.unwrap();
        let dir = tempfile::tempdir().unwrap();
        std::fs::write(dir.path().join("ca.pem"), server.ca_pem()).unwrap();
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
        let handle = start(platform.clone(), mode).await.unwrap();
        World { server, handle, platform, mode, ahead, dir }
    }

    /// The same with Ada's IMAP account, which has the usual mailboxes.
    pub async fn imap() -> World {
        World::imap_with(&[]).await
    }

    /// The same with a server that knows more extensions of IMAP.
    pub async fn imap_with(extensions: &[&str]) -> World {
        let world = World::on(Mode::Batch, extensions).await;
        for (path, role) in
            [("Drafts", Role::Drafts), ("Sent", Role::Sent), ("Trash", Role::Trash), ("Archive", Role::Archive)]
        {
            assert!(world.server.create(ADA, path, Some(role)));
        }
        world.add(world.account()).await;
        world
    }

    /// The same with the POP3 account.
    pub async fn pop3(keep: Pop3Keep) -> World {
        let world = World::empty(Mode::Batch).await;
        world.add(world.pop3_account(keep)).await;
        world
    }

    pub fn account(&self) -> Account {
        Account {
            name: "ada".into(),
            person: "Ada Lovelace".into(),
            email: ADA.into(),
            user: ADA.into(),
            incoming: self.server.endpoint(Protocol::Imap, Security::Tls),
            outgoing: self.server.endpoint(Protocol::Smtp, Security::StartTls),
            auth: AuthMethod::Password,
            secret: SecretSource::Keyring,
            ca_file: Some(self.dir.path().join("ca.pem")),
            pop3_keep: Pop3Keep::Always,
            ..Account::default()
        }
    }

    pub fn pop3_account(&self, keep: Pop3Keep) -> Account {
        Account {
            name: "pop".into(),
            email: POP.into(),
            user: POP.into(),
            incoming: self.server.endpoint(Protocol::Pop3, Security::Tls),
            pop3_keep: keep,
            ..self.account()
        }
    }

    pub async fn add(&self, account: Account) {
        let secret = Some(Secret("pw".into()));
        self.execute(Command::AddAccount { account: Box::new(account), secret }).await;
    }

    pub fn profile(&self) -> PathBuf {
        self.platform.profile.clone()
    }

    /// Moves the service's clock.
    pub fn later(&self, seconds: i64) {
        self.ahead.fetch_add(seconds, Ordering::Relaxed);
    }

    /// Ends the service and starts another on the same profile.
    pub async fn restart(self) -> World {
        let World { server, handle, platform, mode, ahead, dir } = self;
        handle.stop().await;
        drop(handle);
        let handle = started(&platform, mode).await;
        World { server, handle, platform, mode, ahead, dir }
    }

    pub async fn execute(&self, command: Command) -> Receipt {
        self.handle.execute(command).await.unwrap()
    }

    /// One round for every account, all of which must succeed.
    pub async fn synchronise(&self) -> SyncSummary {
        let mut all = SyncSummary::default();
        for (account, result) in self.handle.synchronise(None).await {
            let summary = result.unwrap_or_else(|problem| panic!("{account}: {problem}"));
            all.received += summary.received;
            all.flags += summary.flags;
            all.removed += summary.removed;
            all.operations += summary.operations;
            all.sent += summary.sent;
        }
        all
    }

    /// One round that must fail for the first account.
    pub async fn fails(&self) -> Problem {
        let results = self.handle.synchronise(None).await;
        results.into_iter().next().unwrap().1.unwrap_err()
    }

    pub async fn mailbox(&self, path: &str) -> MailboxView {
        let all = self.handle.mailboxes(None).await.unwrap();
        all.into_iter().find(|m| m.path.0 == path).unwrap_or_else(|| panic!("no mailbox {path}"))
    }

    pub async fn rows(&self, path: &str) -> Vec<Row> {
        let id = self.mailbox(path).await.id;
        self.handle.envelopes(&Query::Mailbox(id), 0..10_000).await.unwrap().rows
    }

    /// Subjects of a mailbox here, sorted.
    pub async fn subjects(&self, path: &str) -> Vec<String> {
        let mut subjects: Vec<String> = self.rows(path).await.into_iter().map(|row| row.subject).collect();
        subjects.sort();
        subjects
    }

    /// Subjects of a mailbox on the server, sorted.
    pub fn subjects_there(&self, path: &str) -> Vec<String> {
        let subject = |raw: &[u8]| {
            let text = String::from_utf8_lossy(raw);
            let line = text.lines().find_map(|line| line.strip_prefix("Subject: "));
            line.unwrap_or_default().to_string()
        };
        let mut subjects: Vec<String> = self.server.messages(ADA, path).iter().map(|m| subject(&m.raw)).collect();
        subjects.sort();
        subjects
    }

    pub async fn row(&self, path: &str, subject: &str) -> Row {
        let rows = self.rows(path).await;
        rows.into_iter().find(|row| row.subject == subject).unwrap_or_else(|| panic!("no “{subject}” in {path}"))
    }

    /// Both sides hold the same messages with the same flags, and nothing waits.
    pub async fn agree(&self) {
        self.nothing_foreign_was_expunged();
        assert_eq!(self.handle.queue().await.unwrap(), []);
        for mailbox in self.handle.mailboxes(Some("ada")).await.unwrap() {
            let path = &mailbox.path.0;
            let mut here = Vec::new();
            for row in self.rows(path).await {
                here.push((self.handle.raw(row.id).await.unwrap(), shown(row.flags.system(), row.keywords)));
            }
            let there = self.server.messages(ADA, path);
            let keywords = |m: &crate::demo::Message| m.keywords.iter().cloned().collect();
            let mut there: Vec<(Vec<u8>, String)> =
                there.iter().map(|m| (m.raw.to_vec(), shown(m.flags, keywords(m)))).collect();
            here.sort();
            there.sort();
            let words = |all: &[(Vec<u8>, String)]| -> Vec<(String, String)> {
                all.iter().map(|(raw, flags)| (String::from_utf8_lossy(raw).into_owned(), flags.clone())).collect()
            };
            assert_eq!(words(&here), words(&there), "{path}");
        }
    }

    /// Whatever was done: never by what also removes what other programs have marked as deleted.
    pub fn nothing_foreign_was_expunged(&self) {
        for command in self.server.commands(Protocol::Imap) {
            let verb = command.split(' ').next().unwrap_or_default().to_ascii_uppercase();
            assert!(verb != "EXPUNGE" && verb != "CLOSE", "{command}");
        }
    }

    /// Delivers numbered messages to a mailbox on the server.
    pub fn deliver(&self, path: &str, numbers: std::ops::Range<u32>) {
        for n in numbers {
            self.server.deliver(ADA, path, message(n).as_bytes()).unwrap();
        }
    }

    /// How often a command was sent to the server, over all connections so far.
    pub fn count(&self, protocol: Protocol, command: &str) -> usize {
        let commands = self.server.commands(protocol);
        commands.iter().filter(|c| c.to_ascii_uppercase().starts_with(&command.to_ascii_uppercase())).count()
    }

    /// A draft to these recipients, saved.
    pub async fn draft(&self, account: &str, to: &[&str], subject: &str) -> Draft {
        let mut draft = self.handle.begin(DraftOrigin::New, false).await.unwrap();
        draft.account = account.into();
        draft.to = to.iter().map(|addr| Address { name: String::new(), addr: (*addr).into() }).collect();
        draft.subject = subject.into();
        draft.body = "Dear reader,\nthis is it.\n".into();
        self.execute(Command::SaveDraft { draft: Box::new(draft.clone()) }).await;
        draft
    }

    /// Submits a draft; the Outbox entry.
    pub async fn submit(&self, draft: &Draft) -> i64 {
        let receipt = self
            .execute(Command::Submit { draft: Box::new(draft.clone()), when: SendTime::After(0), report: false })
            .await;
        receipt.outbox.unwrap()
    }

    pub async fn outbox_item(&self, id: i64) -> Option<OutboxItem> {
        self.handle.outbox().await.unwrap().into_iter().find(|item| item.id == id)
    }
}

/// Flags and keywords in one order.
fn shown(flags: Flags, mut keywords: Vec<String>) -> String {
    keywords.sort();
    format!("{} {}", flags.to_maildir(), keywords.join(" "))
}

/// The lock of a service that has ended is free as soon as its last task is gone.
async fn started(platform: &Platform, mode: Mode) -> Handle {
    for _ in 0..200 {
        match start(platform.clone(), mode).await {
            Ok(handle) => return handle,
            Err(problem) if problem.kind == super::ProblemKind::Locked => {
                tokio::time::sleep(Duration::from_millis(25)).await;
            }
            Err(problem) => panic!("{problem}"),
        }
    }
    panic!("the profile stays locked");
}

/// The store beneath the service.
pub(super) fn store_of(world: &World) -> crate::storage::Store {
    world.handle.shared().store.clone()
}

/// Waits until something holds.
pub(super) async fn until<F: Future<Output = bool>>(what: &str, mut holds: impl FnMut() -> F) {
    for _ in 0..400 {
        if holds().await {
            return;
        }
        tokio::time::sleep(Duration::from_millis(25)).await;
    }
    panic!("never: {what}");
}

/// A message with a number in it.
pub(super) fn message(n: u32) -> String {
    let filling = "All work and no play makes a dull message.\r\n".repeat(usize::try_from(n % 40).unwrap());
    format!(
        "From: Charles <charles@babbage.example>\r\nTo: {ADA}\r\nSubject: note {n:05}\r\n\
         Message-ID: <note{n}@babbage.example>\r\nDate: Mon, 2 Nov 2026 10:{:02}:{:02} +0000\r\n\r\nNote {n}.\r\n{filling}",
        (n / 60) % 60,
        n % 60,
    )
}
