//! Whatever a person does, whatever another client does meanwhile, wherever the line is cut and the program dies:
//! in the end both sides hold the same, and no message is lost or there twice.

use super::*;
use crate::demo::Fault;
use proptest::prelude::*;
use proptest::test_runner::{RngAlgorithm, TestRng, TestRunner};
use std::collections::{BTreeMap, BTreeSet};

const IMAP: Protocol = Protocol::Imap;
const FOLDERS: [&str; 4] = ["INBOX", "Archive", "Work", "Work/Old"];
const COMMANDS: [&str; 12] = [
    "UID MOVE",
    "UID COPY",
    "UID STORE",
    "UID EXPUNGE",
    "UID FETCH",
    "CREATE",
    "RENAME",
    "DELETE",
    "SELECT",
    "STATUS",
    "LIST",
    "*",
];

/// Something that happens. Numbers pick among what there is.
#[derive(Clone, Debug)]
enum Step {
    Flag(usize, u8, bool),
    Move(usize, usize),
    Copy(usize, usize),
    Delete(usize),
    Rename(usize, u8),
    DeleteMailbox(usize),
    Create(u8),
    Empty(usize),
    Undo,
    Cancel(usize),
    Sync,
    Later,
    Restart,
    /// Die at this step of the disk's changes, in what happens next.
    Die(u8),
    /// Cut the line at the n-th such command, which is carried out or not.
    Cut(usize, u32, bool),
    Refuse(usize, u32),
    OtherFlags(usize, u8),
    OtherExpunges(usize),
    OtherDelivers(usize),
    OtherRenames(usize, u8),
}

fn step() -> impl Strategy<Value = Step> {
    let n = 0..64_usize;
    prop_oneof![
        4 => (n.clone(), 0..3u8, any::<bool>()).prop_map(|(n, bit, on)| Step::Flag(n, bit, on)),
        6 => (n.clone(), n.clone()).prop_map(|(n, to)| Step::Move(n, to)),
        1 => (n.clone(), n.clone()).prop_map(|(n, to)| Step::Copy(n, to)),
        2 => n.clone().prop_map(Step::Delete),
        2 => (n.clone(), 0..4u8).prop_map(|(n, name)| Step::Rename(n, name)),
        2 => n.clone().prop_map(Step::DeleteMailbox),
        1 => (0..4u8).prop_map(Step::Create),
        1 => n.clone().prop_map(Step::Empty),
        3 => Just(Step::Undo),
        1 => n.clone().prop_map(Step::Cancel),
        5 => Just(Step::Sync),
        1 => Just(Step::Later),
        2 => Just(Step::Restart),
        3 => (1..40u8).prop_map(Step::Die),
        4 => (n.clone(), 1..4u32, any::<bool>()).prop_map(|(n, nth, done)| Step::Cut(n, nth, done)),
        1 => (n.clone(), 1..3u32).prop_map(|(n, nth)| Step::Refuse(n, nth)),
        1 => (n.clone(), 0..3u8).prop_map(|(n, bit)| Step::OtherFlags(n, bit)),
        1 => n.clone().prop_map(Step::OtherExpunges),
        1 => n.clone().prop_map(Step::OtherDelivers),
        1 => (n, 0..4u8).prop_map(|(n, name)| Step::OtherRenames(n, name)),
    ]
}

/// What must be true of the messages.
#[derive(Default)]
struct Model {
    delivered: u32,
    /// Deleted for good by somebody: they may be gone.
    may_be_gone: BTreeSet<String>,
    /// Copied: there may be several.
    may_be_many: BTreeSet<String>,
}

async fn mailboxes(world: &World) -> Vec<MailboxView> {
    world.handle.mailboxes(Some("ada")).await.unwrap()
}

async fn all_rows(world: &World) -> Vec<(MailboxView, Row)> {
    let mut rows = Vec::new();
    for mailbox in mailboxes(world).await {
        let page = world.handle.envelopes(&Query::Mailbox(mailbox.id), 0..1000).await.unwrap();
        rows.extend(page.rows.into_iter().map(|row| (mailbox.clone(), row)));
    }
    rows
}

/// Carries a command out; that it is refused or dies is part of the game.
async fn attempt(world: &World, command: Command) {
    let _ = world.handle.execute(command).await;
}

async fn take(world: World, model: &mut Model, step: &Step) -> World {
    let rows = all_rows(&world).await;
    let places = mailboxes(&world).await;
    let row = |n: usize| (!rows.is_empty()).then(|| rows[n % rows.len()].clone());
    let place = |n: usize| places[n % places.len()].clone();
    let name = |n: u8| MailboxPath(["Fresh", "Work/New", "Deep/Er", "Work"][usize::from(n) % 4].into());
    let there = world.server.mailboxes(ADA);
    let path_there = |n: usize| there[n % there.len()].clone();
    match step.clone() {
        Step::Flag(n, bit, on) => {
            if let Some((_, row)) = row(n) {
                let (flag, none) = (Flags(1 << bit), Flags::empty());
                let (add, remove) = if on { (flag, none) } else { (none, flag) };
                attempt(&world, Command::SetFlags { ids: vec![row.id], add, remove }).await;
            }
        }
        Step::Move(n, to) => {
            if let Some((_, row)) = row(n) {
                attempt(&world, Command::Move { ids: vec![row.id], to: place(to).id }).await;
            }
        }
        Step::Copy(n, to) => {
            if let Some((_, row)) = row(n) {
                model.may_be_many.insert(row.subject.clone());
                attempt(&world, Command::Copy { ids: vec![row.id], to: place(to).id }).await;
            }
        }
        Step::Delete(n) => {
            if let Some((mailbox, row)) = row(n) {
                if mailbox.role == Some(Role::Trash) {
                    model.may_be_gone.insert(row.subject.clone());
                }
                attempt(&world, Command::Delete { ids: vec![row.id] }).await;
            }
        }
        Step::Rename(n, to) => attempt(&world, Command::RenameMailbox { mailbox: place(n).id, to: name(to) }).await,
        Step::DeleteMailbox(n) => attempt(&world, Command::DeleteMailbox { mailbox: place(n).id }).await,
        Step::Create(n) => attempt(&world, Command::CreateMailbox { account: "ada".into(), path: name(n) }).await,
        Step::Empty(n) => {
            let mailbox = place(n);
            if mailbox.role == Some(Role::Trash) {
                let inside = rows.iter().filter(|(m, _)| m.id == mailbox.id);
                model.may_be_gone.extend(inside.map(|(_, row)| row.subject.clone()));
            }
            attempt(&world, Command::EmptyMailbox { mailbox: mailbox.id }).await;
        }
        Step::Undo => attempt(&world, Command::UndoLast).await,
        Step::Cancel(n) => {
            let queue = world.handle.queue().await.unwrap();
            if !queue.is_empty() {
                attempt(&world, Command::CancelOperation { id: queue[n % queue.len()].id }).await;
            }
        }
        Step::Sync => drop(world.handle.synchronise(None).await),
        Step::Later => world.later(40),
        Step::Restart => return world.restart().await,
        Step::Die(n) => world.handle.store().die_at(i64::from(n)),
        Step::Cut(n, nth, done) => {
            let fault = Fault::on(IMAP, COMMANDS[n % COMMANDS.len()]).nth(nth);
            world.server.fault(if done { fault.done().close() } else { fault.close() });
        }
        Step::Refuse(n, nth) => {
            // What the refused command was to do, not whether there is a connection at all.
            world.server.fault(Fault::on(IMAP, COMMANDS[n % 8]).nth(nth).status("NO [UNAVAILABLE] not now"));
        }
        Step::OtherFlags(n, bit) => {
            let path = path_there(n);
            if let Some(message) = world.server.messages(ADA, &path).first() {
                world.server.set_flags(ADA, &path, message.uid, Flags(1 << bit));
            }
        }
        Step::OtherExpunges(n) => {
            let path = path_there(n);
            if let Some(message) = world.server.messages(ADA, &path).last() {
                let text = String::from_utf8_lossy(&message.raw).into_owned();
                let subject = text.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap_or_default();
                model.may_be_gone.insert(subject.to_string());
                world.server.expunge(ADA, &path, message.uid);
            }
        }
        Step::OtherDelivers(n) => {
            model.delivered += 1;
            world.deliver(&path_there(n), model.delivered..model.delivered + 1);
        }
        Step::OtherRenames(n, to) => drop(world.server.rename(ADA, &path_there(n), &name(to).0)),
    }
    world
}

async fn play(steps: Vec<Step>, without_move: bool) -> Result<(), TestCaseError> {
    let mut world = World::imap().await;
    if without_move {
        world.server.fault(Fault::omit(IMAP, "MOVE"));
    }
    let mut model = Model::default();
    for folder in FOLDERS {
        world.server.create(ADA, folder, None);
        world.deliver(folder, model.delivered + 1..model.delivered + 4);
        model.delivered += 3;
    }
    world.synchronise().await;
    let mut dying = false;
    for step in &steps {
        world = take(world, &mut model, step).await;
        if dying && !matches!(step, Step::Die(_)) {
            world.handle.store().die_at(0);
            world = world.restart().await;
            dying = false;
        }
        dying |= matches!(step, Step::Die(_));
    }
    world.handle.store().die_at(0);
    world.server.clear_faults();
    if without_move {
        world.server.fault(Fault::omit(IMAP, "MOVE"));
    }
    let mut world = world.restart().await;
    for _ in 0..6 {
        world.later(4000);
        for (_, result) in world.handle.synchronise(None).await {
            // That a mailbox is gone, or a name taken, is said and then over.
            drop(result);
        }
    }
    world.synchronise().await;
    prop_assert_eq!(world.handle.queue().await.unwrap(), []);
    for mailbox in mailboxes(&world).await {
        let path = &mailbox.path.0;
        prop_assert_eq!(world.subjects(path).await, world.subjects_there(path), "{}", path);
    }
    world.agree().await;
    let here: Vec<String> = mailboxes(&world).await.into_iter().map(|m| m.path.0).collect();
    prop_assert_eq!(here.into_iter().collect::<BTreeSet<_>>(), world.server.mailboxes(ADA).into_iter().collect());
    let mut counts: BTreeMap<String, usize> = BTreeMap::new();
    for path in world.server.mailboxes(ADA) {
        for subject in world.subjects_there(&path) {
            *counts.entry(subject).or_default() += 1;
        }
    }
    for n in 1..=model.delivered {
        let subject = format!("note {n:05}");
        let count = counts.get(&subject).copied().unwrap_or(0);
        prop_assert!(count > 0 || model.may_be_gone.contains(&subject), "{subject} is lost");
        prop_assert!(count < 2 || model.may_be_many.contains(&subject), "{subject} is there {count} times");
    }
    // Nothing is shown by chance: the same after another start.
    world = world.restart().await;
    world.synchronise().await;
    world.agree().await;
    Ok(())
}

/// The same sequences every time; `POSTWREN_SEQUENCES=1000` tries so many others.
#[test]
fn both_sides_end_alike() {
    let more = std::env::var("POSTWREN_SEQUENCES").ok().and_then(|n| n.parse().ok());
    let cases = more.unwrap_or(12);
    let config =
        ProptestConfig { max_shrink_iters: 60, failure_persistence: None, ..ProptestConfig::with_cases(cases) };
    let mut runner = match more {
        Some(_) => TestRunner::new(config),
        None => TestRunner::new_with_rng(config, TestRng::deterministic_rng(RngAlgorithm::ChaCha)),
    };
    let sequences = (prop::collection::vec(step(), 1..24), any::<bool>());
    let result = runner.run(&sequences, |(steps, without_move)| {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        runtime.block_on(play(steps, without_move))
    });
    if let Err(failure) = result {
        panic!("{failure}");
    }
}
