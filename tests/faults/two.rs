//! Two clients of one account, on the lab's Dovecot: each does what a person does, on the line or off it, the line
//! breaks and the program is begun anew. In the end both hold what the server holds; nothing is lost, and nothing is
//! there twice but what was copied, or what both of them moved before either could know of the other.
//!
//! `POSTWREN_FAULTS=all` plays many more sequences than a quick run.

use crate::relay::{Cut, Direction, Relay};
use crate::support::lab::{DAVE, Lab};
use crate::support::raw::Raw;
use crate::tally::{Tally, every};
use crate::world::started;
use postwren::mail::account::Protocol::Imap;
use postwren::mail::account::Security::Tls;
use postwren::service::command::Secret;
use postwren::service::model::*;
use postwren::service::{Command, Handle, Platform};
use postwren::storage::MemorySecrets;
use proptest::prelude::*;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;
use std::sync::atomic::{AtomicI64, AtomicU32, Ordering};
use tempfile::TempDir;

const BOXES: [&str; 3] = ["Two A", "Two B", "Two C"];
/// Messages to begin with, in each mailbox.
const FIRST: u32 = 2;
/// Rounds of each client after which nothing may wait.
const ROUNDS: usize = 5;

/// Something that happens; numbers pick among what there is. `usize` in the first place is whose doing it is.
#[derive(Clone, Debug)]
enum Step {
    Flag(usize, usize, u8, bool),
    Move(usize, usize, usize),
    Copy(usize, usize, usize),
    Delete(usize, usize),
    Undo(usize),
    Sync(usize),
    Offline(usize, bool),
    /// The line breaks after so many bytes of the next connections.
    Cut(usize, usize, bool, u64),
    Restart(usize),
    /// Mail comes.
    Deliver(usize),
}

fn step() -> impl Strategy<Value = Step> {
    let (who, n) = (0..2usize, 0..64usize);
    prop_oneof![
        4 => (who.clone(), n.clone(), 0..3u8, any::<bool>()).prop_map(|(who, n, bit, on)| Step::Flag(who, n, bit, on)),
        6 => (who.clone(), n.clone(), 0..3usize).prop_map(|(who, n, to)| Step::Move(who, n, to)),
        1 => (who.clone(), n.clone(), 0..3usize).prop_map(|(who, n, to)| Step::Copy(who, n, to)),
        2 => (who.clone(), n.clone()).prop_map(|(who, n)| Step::Delete(who, n)),
        2 => who.clone().prop_map(Step::Undo),
        6 => who.clone().prop_map(Step::Sync),
        2 => (who.clone(), any::<bool>()).prop_map(|(who, off)| Step::Offline(who, off)),
        2 => (who.clone(), 0..3usize, any::<bool>(), 0..9000u64)
            .prop_map(|(who, connection, to_server, after)| Step::Cut(who, connection, to_server, after)),
        1 => who.prop_map(Step::Restart),
        1 => (0..3usize).prop_map(Step::Deliver),
    ]
}

/// A client: a profile of its own, and a line of its own.
struct Side {
    handle: Handle,
    line: Relay,
    platform: Platform,
    ahead: Arc<AtomicI64>,
    _dir: TempDir,
}

impl Side {
    async fn new(lab: &Lab) -> Side {
        let mut account = lab.account(DAVE, Imap, Tls);
        let line = Relay::before(account.incoming.port).await.expect("a relay");
        account.incoming.port = line.port;
        account.secret = SecretSource::Keyring;
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
        let handle = started(&platform).await;
        let secret = Some(Secret(lab.password.clone()));
        handle.execute(Command::AddAccount { account: Box::new(account), secret }).await.expect("the account");
        let side = Side { handle, line, platform, ahead, _dir: dir };
        side.round().await.expect("a first round");
        side
    }

    async fn restart(self) -> Side {
        let Side { handle, line, platform, ahead, _dir } = self;
        handle.stop().await;
        drop(handle);
        let handle = started(&platform).await;
        Side { handle, line, platform, ahead, _dir }
    }

    async fn round(&self) -> Result<(), postwren::service::Problem> {
        self.handle.synchronise(None).await.into_iter().try_for_each(|(_, result)| result.map(drop))
    }

    /// Of the mailboxes that are played with: the Trash is the fourth.
    async fn places(&self) -> Vec<MailboxView> {
        let all = self.handle.mailboxes(None).await.expect("mailboxes");
        let named = |path: &str| all.iter().find(|m| m.path.0 == path).cloned();
        let trash = all.iter().find(|m| m.role == Some(Role::Trash)).cloned();
        BOXES.iter().filter_map(|path| named(path)).chain(trash).collect()
    }

    /// Messages of this game, each with its mailbox.
    async fn rows(&self, game: &str) -> Vec<(MailboxView, Row)> {
        let mut rows = Vec::new();
        for place in self.places().await {
            let page = self.handle.envelopes(&Query::Mailbox(place.id), 0..100_000).await.expect("rows");
            let own = page.rows.into_iter().filter(|row| row.subject.starts_with(game));
            rows.extend(own.map(|row| (place.clone(), row)));
        }
        rows.sort_by(|a, b| (&a.1.subject, a.0.id.0).cmp(&(&b.1.subject, b.0.id.0)));
        rows
    }

    /// What is where, with its flags.
    async fn state(&self, game: &str) -> Vec<(String, String, u64)> {
        let rows = self.rows(game).await.into_iter();
        let mut all: Vec<_> = rows.map(|(place, row)| (row.subject, place.path.0, u64::from(row.flags.0))).collect();
        all.sort();
        all
    }
}

/// What must be true of the messages.
#[derive(Default)]
struct Model {
    delivered: BTreeSet<String>,
    /// Deleted for good by somebody: they may be gone.
    may_be_gone: BTreeSet<String>,
    /// Copied, or moved by both.
    may_be_many: BTreeSet<String>,
    moved_by: HashMap<String, BTreeSet<usize>>,
}

impl Model {
    /// A client moves a message. Where both do, neither knew of the other: it may be in both places.
    fn moves(&mut self, who: usize, subject: &str) {
        let by = self.moved_by.entry(subject.into()).or_default();
        by.insert(who);
        if by.len() > 1 {
            self.may_be_many.insert(subject.into());
        }
    }
}

async fn log_in(lab: &Lab) -> Raw {
    let ca = std::fs::read_to_string(&lab.ca).expect("the lab's authority");
    let mut endpoint = lab.endpoint(DAVE, Imap, Tls);
    endpoint.host = "127.0.0.1".into();
    let mut raw = Raw::connect(&endpoint, &ca).await;
    raw.line().await;
    raw.imap_ok(&format!("LOGIN {DAVE} {}", lab.password)).await;
    raw
}

async fn deliver(server: &mut Raw, path: &str, subject: &str) {
    let id = subject.replace(' ', ".");
    let text = format!(
        "From: Game <{DAVE}>\r\nTo: {DAVE}\r\nSubject: {subject}\r\nMessage-ID: <{id}@lab.test>\r\n\
         Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n\r\nText of {subject}.\r\n"
    );
    let tag = format!("a{}", fastrand::u32(..));
    server.send(format!("{tag} APPEND \"{path}\" {{{}+}}\r\n{text}\r\n", text.len())).await;
    loop {
        let line = server.line().await;
        if let Some(answer) = line.strip_prefix(&tag) {
            assert!(answer.starts_with(" OK"), "APPEND: {line}");
            return;
        }
    }
}

struct Game {
    name: String,
    server: Raw,
    sides: Vec<Option<Side>>,
    model: Model,
}

impl Game {
    async fn new(lab: &Lab) -> Game {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("game {}-{number}-{:08x}", std::process::id(), fastrand::u32(..));
        let mut game = Game { name, server: log_in(lab).await, sides: Vec::new(), model: Model::default() };
        for path in BOXES {
            game.server.imap(&format!("CREATE \"{path}\"")).await;
            game.server.imap_ok(&format!("SELECT \"{path}\"")).await;
            game.server.imap("UID STORE 1:* +FLAGS.SILENT (\\Deleted)").await;
            game.server.imap_ok("EXPUNGE").await;
        }
        for place in 0..BOXES.len() {
            for _ in 0..FIRST {
                game.deliver(place).await;
            }
        }
        for _ in 0..2 {
            game.sides.push(Some(Side::new(lab).await));
        }
        game
    }

    async fn deliver(&mut self, place: usize) {
        let subject = format!("{} {:03}", self.name, self.model.delivered.len());
        deliver(&mut self.server, BOXES[place], &subject).await;
        self.model.delivered.insert(subject);
    }

    fn side(&self, who: usize) -> &Side {
        self.sides[who].as_ref().expect("a client")
    }

    async fn take(&mut self, step: &Step) {
        let who = match *step {
            Step::Deliver(place) => return self.deliver(place).await,
            Step::Restart(who) => {
                let side = self.sides[who].take().expect("a client");
                self.sides[who] = Some(side.restart().await);
                return;
            }
            Step::Sync(who)
            | Step::Undo(who)
            | Step::Delete(who, _)
            | Step::Offline(who, _)
            | Step::Flag(who, ..)
            | Step::Move(who, ..)
            | Step::Copy(who, ..)
            | Step::Cut(who, ..) => who,
        };
        let name = self.name.clone();
        let side = self.sides[who].as_ref().expect("a client");
        let (rows, places) = (side.rows(&name).await, side.places().await);
        let row = |n: usize| (!rows.is_empty()).then(|| rows[n % rows.len()].clone());
        let command = match *step {
            Step::Flag(_, n, bit, on) => row(n).map(|(_, row)| {
                let (flag, none) = (Flags(1 << bit), Flags::empty());
                let (add, remove) = if on { (flag, none) } else { (none, flag) };
                Command::SetFlags { ids: vec![row.id], add, remove }
            }),
            Step::Move(_, n, to) => row(n).map(|(_, row)| {
                self.model.moves(who, &row.subject);
                Command::Move { ids: vec![row.id], to: places[to % places.len()].id }
            }),
            Step::Copy(_, n, to) => row(n).map(|(_, row)| {
                self.model.may_be_many.insert(row.subject.clone());
                Command::Copy { ids: vec![row.id], to: places[to % places.len()].id }
            }),
            Step::Delete(_, n) => row(n).map(|(place, row)| {
                self.model.moves(who, &row.subject);
                if place.role == Some(Role::Trash) {
                    self.model.may_be_gone.insert(row.subject.clone());
                }
                Command::Delete { ids: vec![row.id] }
            }),
            Step::Undo(_) => Some(Command::UndoLast),
            Step::Sync(_) => {
                // That the line is down, or breaks, is part of the game.
                let _ = side.round().await;
                None
            }
            Step::Offline(_, off) => {
                side.line.hold(off);
                None
            }
            Step::Cut(_, connection, to_server, after) => {
                let direction = if to_server { Direction::ToServer } else { Direction::ToClient };
                side.line.arm(Some(Cut { connection, direction, after }));
                None
            }
            Step::Restart(_) | Step::Deliver(_) => None,
        };
        if let Some(command) = command {
            // There may be nothing to take back.
            let _ = side.handle.execute(command).await;
        }
    }

    /// The lines hold, and everybody has time.
    async fn settle(&self) -> Result<(), String> {
        for who in 0..2 {
            self.side(who).line.arm(None);
        }
        for _ in 0..ROUNDS {
            for who in 0..2 {
                let side = self.side(who);
                side.ahead.fetch_add(4000, Ordering::Relaxed);
                // That one of both wishes can never be is said once.
                let _ = side.round().await;
            }
        }
        for who in 0..2 {
            self.side(who).round().await.map_err(|problem| format!("client {who} does not come to rest: {problem}"))?;
            let waits = self.side(who).handle.queue().await.expect("the queue");
            if !waits.is_empty() {
                return Err(format!("client {who} is not done: {waits:?}"));
            }
        }
        Ok(())
    }

    async fn judge(&self, lab: &Lab) -> Result<(), String> {
        self.settle().await?;
        // What the server has, by one who was never there.
        let there = Side::new(lab).await.state(&self.name).await;
        for who in 0..2 {
            let here = self.side(who).state(&self.name).await;
            if here != there {
                return Err(format!("client {who} differs:\n  here  {here:?}\n  there {there:?}"));
            }
        }
        let mut counts: BTreeMap<&str, usize> = BTreeMap::new();
        there.iter().for_each(|(subject, ..)| *counts.entry(subject).or_default() += 1);
        for subject in &self.model.delivered {
            match counts.get(subject.as_str()).copied().unwrap_or(0) {
                0 if !self.model.may_be_gone.contains(subject) => return Err(format!("lost: {subject}")),
                count if count > 1 && !self.model.may_be_many.contains(subject) => {
                    return Err(format!("doubled: {subject} is there {count} times"));
                }
                _ => {}
            }
        }
        Ok(())
    }
}

async fn play(lab: &Lab, steps: &[Step]) -> Result<(), String> {
    let mut game = Game::new(lab).await;
    for step in steps {
        game.take(step).await;
    }
    game.judge(lab).await
}

#[test]
fn two_clients_of_one_account() {
    let Some(lab) = Lab::find() else { return };
    let cases = match every(0) {
        0 => 5,
        step => u32::try_from(200 / step.max(1)).unwrap_or(1).max(5),
    };
    let config = Config { max_shrink_iters: 24, failure_persistence: None, ..Config::with_cases(cases) };
    let mut runner = TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha));
    let tally = std::cell::RefCell::new(Tally::default());
    let result = runner.run(&prop::collection::vec(step(), 4..30), |steps| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        match runtime.block_on(play(&lab, &steps)) {
            Ok(()) => {
                tally.borrow_mut().well(true, false);
                Ok(())
            }
            Err(what) => Err(TestCaseError::fail(what)),
        }
    });
    let mut tally = tally.into_inner();
    if let Err(failure) = result {
        tally.wrong(true, failure.to_string());
    }
    tally.report("F12, F13 two clients of one account");
}
