//! Scenes: what is done to mail while something breaks, and what must be true of it in the end.

use crate::relay::Relay;
use crate::world::{ADA, POP, World, message, note};
use postwren::demo::Fault;
use postwren::service::Command;
use postwren::service::model::{DraftOrigin, Flags, MailboxPath, Protocol, Submission};

/// What the person, or somebody else, does; and what must be true in the end.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Scene {
    Fetch,
    Append,
    Replace,
    Move,
    MoveWithoutMove,
    MoveWithoutUidplus,
    MoveWithoutBoth,
    Copy,
    Expunge,
    Store,
    Create,
    Send,
    Pop3,
}

pub const SCENES: [Scene; 13] = [
    Scene::Fetch,
    Scene::Append,
    Scene::Replace,
    Scene::Move,
    Scene::MoveWithoutMove,
    Scene::MoveWithoutUidplus,
    Scene::MoveWithoutBoth,
    Scene::Copy,
    Scene::Expunge,
    Scene::Store,
    Scene::Create,
    Scene::Send,
    Scene::Pop3,
];

impl Scene {
    /// What its server cannot do.
    pub fn incapacities(self) -> Vec<Fault> {
        let words: &[&str] = match self {
            Scene::MoveWithoutMove => &["MOVE"],
            Scene::MoveWithoutUidplus => &["UIDPLUS"],
            Scene::MoveWithoutBoth => &["MOVE", "UIDPLUS"],
            _ => &[],
        };
        words.iter().map(|word| Fault::omit(Protocol::Imap, word)).collect()
    }

    pub async fn world(self) -> World {
        match self {
            Scene::Pop3 => World::pop3(Vec::new()).await,
            _ => World::imap(self.incapacities()).await,
        }
    }

    pub fn relay(self, world: &World) -> &Relay {
        match self {
            Scene::Send => &world.smtp,
            Scene::Pop3 => &world.pop3,
            _ => &world.imap,
        }
    }

    /// What comes before, on a whole line: the message that something will be done to.
    pub async fn prepare(self, world: &World, n: usize) {
        match self {
            Scene::Fetch | Scene::Append | Scene::Send | Scene::Pop3 | Scene::Create => return,
            Scene::Replace => {
                let draft = Box::new(world.draft(&note(n)).await);
                world.execute(Command::KeepDraft { draft }).await;
            }
            Scene::Expunge => {
                world.deliver(ADA, n);
                world.synchronise().await;
                let id = world.row("INBOX", &note(n)).await.id;
                world.execute(Command::Delete { ids: vec![id] }).await;
            }
            _ => world.deliver(ADA, n),
        }
        world.synchronise().await;
    }

    /// What is done, recorded here or on the server; the line breaks while it is carried over.
    pub async fn act(self, world: &World, n: usize) -> Option<i64> {
        let subject = note(n);
        let row = |path: &'static str| world.row(path, &subject);
        match self {
            Scene::Fetch => (0..3).for_each(|k| world.deliver(ADA, n * 3 + k)),
            Scene::Pop3 => (0..3).for_each(|k| world.deliver(POP, n * 3 + k)),
            Scene::Append => {
                let draft = Box::new(world.draft(&note(n)).await);
                world.execute(Command::KeepDraft { draft }).await;
            }
            Scene::Replace => {
                let origin = DraftOrigin::Draft(row("Drafts").await.id.0);
                let mut draft = world.handle.begin(origin, false).await.expect("the draft");
                draft.body = "Changed.\n".into();
                world.execute(Command::KeepDraft { draft: Box::new(draft) }).await;
            }
            Scene::Move | Scene::MoveWithoutMove | Scene::MoveWithoutUidplus | Scene::MoveWithoutBoth => {
                let (id, to) = (row("INBOX").await.id, world.mailbox("Archive").await.id);
                world.execute(Command::Move { ids: vec![id], to }).await;
            }
            Scene::Copy => {
                let (id, to) = (row("INBOX").await.id, world.mailbox("Archive").await.id);
                world.execute(Command::Copy { ids: vec![id], to }).await;
            }
            Scene::Expunge => {
                let id = row("Trash").await.id;
                world.execute(Command::Delete { ids: vec![id] }).await;
                world.later(60);
            }
            Scene::Store => {
                let id = row("INBOX").await.id;
                world.execute(Command::SetFlags { ids: vec![id], add: Flags::FLAGGED, remove: Flags::empty() }).await;
            }
            Scene::Create => {
                let path = MailboxPath(format!("box {n}"));
                world.execute(Command::CreateMailbox { account: "ada".into(), path }).await;
            }
            Scene::Send => return Some(world.submit(&note(n)).await),
        }
        None
    }

    /// What is wrong in the end, and whether an entry of the Outbox was left unknown.
    pub async fn judge(self, world: &World, n: usize, entry: Option<i64>) -> Result<bool, String> {
        let mut unknown = false;
        if let Some(id) = entry {
            unknown = settle_submission(world, n, id).await?;
        }
        let subject = note(n);
        let (home, away) = match self {
            Scene::Append | Scene::Replace => ("Drafts", "INBOX"),
            Scene::Send => ("Sent", "Drafts"),
            Scene::Store => ("INBOX", "Archive"),
            Scene::Expunge => {
                let gone = |all: std::collections::BTreeMap<String, usize>| !all.contains_key(&subject);
                let is_gone = gone(world.there(ADA, "Trash")) && gone(world.there(ADA, "INBOX"));
                return is_gone
                    .then_some(false)
                    .ok_or_else(|| "it is still there".into())
                    .and(agrees(self, world).await);
            }
            Scene::Create => {
                let made = world.server.mailboxes(ADA).into_iter().filter(|path| *path == format!("box {n}")).count();
                return (made == 1)
                    .then_some(false)
                    .ok_or_else(|| format!("made {made} times"))
                    .and(agrees(self, world).await);
            }
            Scene::Fetch | Scene::Pop3 => {
                for k in 0..3 {
                    once(world.here("INBOX").await.get(&note(n * 3 + k)), "INBOX here")?;
                }
                return match self {
                    Scene::Pop3 => all_received(world, n).await,
                    _ => agrees(self, world).await,
                };
            }
            _ => ("Archive", "INBOX"),
        };
        once(world.here(home).await.get(&subject), &format!("{home} here"))?;
        once(world.there(ADA, home).get(&subject), &format!("{home} there"))?;
        let copies = usize::from(self == Scene::Copy);
        if world.there(ADA, away).get(&subject).copied().unwrap_or(0) != copies {
            return Err(format!("doubled: in {away} there, too"));
        }
        agrees(self, world).await.map(|_| unknown)
    }
}

async fn agrees(scene: Scene, world: &World) -> Result<bool, String> {
    // Without UIDPLUS the originals stay on the server, marked.
    let left = scene == Scene::MoveWithoutBoth || scene == Scene::MoveWithoutUidplus;
    match world.disagreement().await {
        Some(what) if !left => Err(what),
        _ => Ok(false),
    }
}

fn once(count: Option<&usize>, place: &str) -> Result<(), String> {
    match count {
        Some(1) => Ok(()),
        None => Err(format!("lost: not in {place}")),
        Some(n) => Err(format!("doubled: {n} times in {place}")),
    }
}

/// Every byte of what POP3 brought is here, and nothing is left there.
async fn all_received(world: &World, n: usize) -> Result<bool, String> {
    for k in 0..3 {
        let row = world.row("INBOX", &note(n * 3 + k)).await;
        if world.handle.raw(row.id).await.expect("the bytes") != message(n * 3 + k).as_bytes() {
            return Err("other bytes than were sent".into());
        }
    }
    let left = world.server.messages(POP, "INBOX").len();
    if left == 0 { Ok(false) } else { Err(format!("{left} were not removed")) }
}

/// The Outbox was honest; what is unknown is settled by the person.
async fn settle_submission(world: &World, n: usize, id: i64) -> Result<bool, String> {
    let subject = note(n);
    let taken = world.taken(&subject);
    match world.outbox_item(id).await.map(|item| item.submission) {
        None if taken == 1 => Ok(false),
        None => Err(format!("lost: it left the Outbox and was taken {taken} times")),
        Some(Submission::Unknown) if taken <= 1 => {
            let command = match taken {
                1 => Command::MarkSent { id },
                _ => Command::RetrySubmission { id, corrected: Vec::new() },
            };
            world.execute(command).await;
            world.later(3600);
            world.synchronise().await;
            world.synchronise().await;
            match world.taken(&subject) {
                1 => Ok(true),
                other => Err(format!("taken {other} times after the person's word")),
            }
        }
        Some(other) => Err(format!("{other:?}, taken {taken} times")),
    }
}

/// Rounds until nothing is left to do, and one more.
pub async fn finish(world: &World) -> Result<(), String> {
    let mut last = String::new();
    for _ in 0..4 {
        // Past every wait before the next try.
        world.later(3600);
        match world.try_synchronise().await {
            Ok(()) if world.handle.queue().await.expect("the queue").is_empty() => {
                return world.try_synchronise().await.map_err(|problem| problem.to_string());
            }
            Ok(()) => last = format!("{:?}", world.handle.queue().await.expect("the queue")),
            Err(problem) => last = problem.to_string(),
        }
    }
    Err(last)
}
