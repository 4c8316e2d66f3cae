//! F9 and F10: servers that say one thing and do another, refuse after all was said, or have lost what was asked for.
//! The message stays, the reason is told, and as soon as the server is itself again everything ends as it should.

use crate::scene::{Scene, finish};
use crate::tally::{Tally, every};
use crate::world::{ADA, World, note};
use postwren::demo::{Fault, FaultAt};
use postwren::service::Command;
use postwren::service::model::{Protocol, Submission};

/// What a server says that has not done it.
const REFUSALS: [&str; 10] = [
    "NO failed",
    "NO [OVERQUOTA] full",
    "NO [TRYCREATE] no such mailbox",
    "NO [READ-ONLY] not here",
    "NO [LIMIT] too much",
    "NO [INUSE] busy",
    "NO [UNAVAILABLE] down",
    "NO [SERVERBUG] oops",
    "NO [NOPERM] not you",
    "BAD what",
];

/// What a server says that has done it.
const LIES: [&str; 6] = [
    "OK done",
    "OK [COPYUID 4242 1 77] done",
    "OK [COPYUID 0 0 0] done",
    "OK [APPENDUID 4242 77] done",
    "NO though it is done",
    "BAD though it is done",
];

/// The command that carries a scene.
fn commands(scene: Scene) -> &'static [&'static str] {
    match scene {
        Scene::Append | Scene::Replace => &["APPEND", "APPEND-END"],
        Scene::Move | Scene::MoveWithoutUidplus => &["UID MOVE"],
        Scene::MoveWithoutMove => &["UID COPY", "UID STORE", "UID EXPUNGE"],
        Scene::MoveWithoutBoth => &["UID COPY", "UID STORE"],
        Scene::Copy => &["UID COPY"],
        Scene::Expunge => &["UID STORE", "UID EXPUNGE"],
        Scene::Store => &["UID STORE"],
        _ => &[],
    }
}

const ON_IMAP: [Scene; 9] = [
    Scene::Append,
    Scene::Replace,
    Scene::Move,
    Scene::MoveWithoutMove,
    Scene::MoveWithoutUidplus,
    Scene::MoveWithoutBoth,
    Scene::Copy,
    Scene::Expunge,
    Scene::Store,
];

/// What goes wrong with a command.
type Deed = Box<dyn Fn(FaultAt) -> Fault + Send + Sync>;

/// All that can be wrong with one command.
fn faults(command: &str) -> Vec<(String, Deed)> {
    let mut faults: Vec<(String, Deed)> = vec![("the end".into(), Box::new(FaultAt::close))];
    for words in REFUSALS {
        faults.push((words.to_string(), Box::new(move |at| at.status(words))));
    }
    // Before the literal nothing can have been done.
    if command != "APPEND" {
        for words in LIES {
            faults.push((format!("done: {words}"), Box::new(move |at| at.done().status(words))));
        }
        faults.push(("done, then the end".into(), Box::new(|at| at.done().close())));
        faults.push(("done, then a reset".into(), Box::new(|at| at.done().reset())));
    }
    faults
}

/// Nowhere must the message be gone from both sides, whatever the server said.
async fn is_somewhere(world: &World, scene: Scene, n: usize) -> Result<(), String> {
    if scene == Scene::Expunge {
        return Ok(());
    }
    let paths = ["INBOX", "Archive", "Drafts", "Sent", "Trash"];
    let mut places = 0;
    for path in paths {
        places += world.here(path).await.get(&note(n)).copied().unwrap_or(0);
    }
    if places == 0 { Err("lost here while the server failed".into()) } else { Ok(()) }
}

/// One server, one fault after the other: each once, and each until somebody has repaired it.
async fn try_all(scene: Scene) -> Tally {
    let mut tally = Tally::default();
    let mut world = scene.world().await;
    world.synchronise().await;
    let (mut n, mut turn) = (0, scene as usize);
    for command in commands(scene) {
        for (name, deed) in faults(command) {
            for lasting in [false, true] {
                turn += 1;
                if turn % every(6) != 0 {
                    continue;
                }
                n += 1;
                scene.prepare(&world, n).await;
                let entry = scene.act(&world, n).await;
                let at = Fault::on(Protocol::Imap, command);
                world.server.fault(deed(if lasting { at.always() } else { at }));
                let mut told = Vec::new();
                for _ in 0..3 {
                    told.push(world.try_synchronise().await);
                    world.later(3600);
                }
                let kept = is_somewhere(&world, scene, n).await;
                world.server.clear_faults();
                restore(&world, scene);
                let verdict = match (kept, finish(&world).await) {
                    (Err(what), _) => Err(what),
                    (_, Err(what)) => Err(format!("it does not go on: {what}")),
                    _ => scene.judge(&world, n, entry).await,
                };
                match verdict {
                    Ok(unknown) => tally.well(true, unknown),
                    Err(wrong) => {
                        tally.wrong(
                            true,
                            format!("{scene:?}, {command}: {name}, lasting {lasting}: {wrong}; told {told:?}"),
                        );
                        world = scene.world().await;
                        world.synchronise().await;
                    }
                }
            }
        }
    }
    tally
}

/// [`World`]'s own incapacities go with its faults and have to be said again.
fn restore(world: &World, scene: Scene) {
    scene.incapacities().into_iter().for_each(|fault| world.server.fault(fault));
}

#[tokio::test(flavor = "multi_thread")]
async fn imap_servers_that_refuse_or_lie() {
    let all = futures::future::join_all(ON_IMAP.map(try_all)).await;
    all.into_iter().fold(Tally::default(), Tally::and).report("F9, F10 refusals and lies on IMAP");
}

/// SMTP: the Outbox says what is true, and what is refused goes when the person says so.
#[tokio::test(flavor = "multi_thread")]
async fn submission_servers_that_refuse_or_lie() {
    let mut tally = Tally::default();
    let world = Scene::Send.world().await;
    world.synchronise().await;
    let mut n = 0;
    for event in ["EHLO", "AUTH", "MAIL", "RCPT", "DATA", "DATA-END"] {
        for reply in [
            "421 4.3.2 going down",
            "452 4.3.1 full",
            "454 4.7.0 later",
            "550 5.7.1 no",
            "552 5.2.2 quota",
            "554 5.0.0 no",
        ] {
            n += 1;
            let id = world.submit(&note(n)).await;
            world.server.fault(Fault::on(Protocol::Smtp, event).status(reply));
            let _ = world.try_synchronise().await;
            let item = world.outbox_item(id).await.map(|item| item.submission);
            let name = format!("Send, {event}: {reply}");
            let taken = world.taken(&note(n));
            world.server.clear_faults();
            let honest = match &item {
                // Some servers do without what was refused, and so did we.
                None => taken == 1,
                Some(Submission::Refused { .. } | Submission::Waiting { .. }) => taken == 0,
                Some(_) => false,
            };
            if !honest {
                tally.wrong(true, format!("{name}: {item:?}, taken {taken} times"));
                continue;
            }
            world.later(100_000);
            if matches!(item, Some(Submission::Refused { .. })) {
                world.execute(Command::RetrySubmission { id, corrected: Vec::new() }).await;
            }
            let verdict = match finish(&world).await {
                Ok(()) => Scene::Send.judge(&world, n, Some(id)).await,
                Err(what) => Err(what),
            };
            match verdict {
                Ok(unknown) => tally.well(true, unknown),
                Err(what) => tally.wrong(true, format!("{name}: {what}")),
            }
        }
    }
    tally.report("F9 refusals on submission");
}

type NamedDeed = (&'static str, fn(FaultAt) -> Fault);

const ON_POP3: [NamedDeed; 8] = [
    ("no", |at| at.status("-ERR no")),
    ("in use", |at| at.status("-ERR [IN-USE] locked")),
    ("some are left", |at| at.status("-ERR [SYS/TEMP] some deleted messages not removed")),
    ("done, but no", |at| at.done().status("-ERR no")),
    ("done, then the end", |at| at.done().close()),
    ("done, then a reset", |at| at.done().reset()),
    ("the end", FaultAt::close),
    ("garbage", |at| at.reply("\x01\x02 what\r\n")),
];

/// POP3: nothing goes from the server that is not here, and nothing comes twice.
#[tokio::test(flavor = "multi_thread")]
async fn pop3_servers_that_refuse_or_lie() {
    let mut tally = Tally::default();
    let world = Scene::Pop3.world().await;
    world.synchronise().await;
    let mut n = 0;
    for command in ["STAT", "UIDL", "LIST", "RETR", "DELE", "QUIT", "CAPA"] {
        for (name, what) in ON_POP3 {
            for nth in [1, 2] {
                n += 1;
                Scene::Pop3.act(&world, n).await;
                world.server.fault(what(Fault::on(Protocol::Pop3, command).nth(nth)));
                let told = world.try_synchronise().await;
                world.server.clear_faults();
                let verdict = match finish(&world).await {
                    Ok(()) => Scene::Pop3.judge(&world, n, None).await,
                    Err(what) => Err(what),
                };
                match verdict {
                    Ok(unknown) => tally.well(true, unknown),
                    Err(wrong) => tally.wrong(true, format!("Pop3, {command} {nth}: {name}: {wrong}; told {told:?}")),
                }
            }
        }
    }
    tally.report("F9 refusals on POP3");
}

/// F10: the mailbox that a message is on its way to, or comes from, is gone when the server hears of it.
#[tokio::test(flavor = "multi_thread")]
async fn mailboxes_that_vanish_on_the_way() {
    let mut tally = Tally::default();
    for scene in [Scene::Move, Scene::MoveWithoutMove, Scene::MoveWithoutUidplus, Scene::MoveWithoutBoth, Scene::Copy] {
        for gone in ["Archive", "INBOX"] {
            let world = scene.world().await;
            world.synchronise().await;
            scene.prepare(&world, 1).await;
            scene.act(&world, 1).await;
            // INBOX cannot go; what is in it can.
            if gone == "INBOX" {
                let uids: Vec<u32> = world.server.messages(ADA, "INBOX").iter().map(|m| m.uid).collect();
                uids.into_iter().for_each(|uid| world.server.expunge(ADA, "INBOX", uid));
            } else {
                assert!(world.server.rename(ADA, "Archive", "Elsewhere"));
            }
            let mut told = Vec::new();
            for _ in 0..4 {
                told.push(world.try_synchronise().await);
                world.later(3600);
            }
            let mut here = 0;
            for mailbox in world.handle.mailboxes(None).await.expect("mailboxes") {
                here += world.here(&mailbox.path.0).await.get(&note(1)).copied().unwrap_or(0);
            }
            match here {
                0 => tally.wrong(true, format!("{scene:?}, {gone} gone: lost; told {told:?}")),
                _ => tally.well(true, false),
            }
        }
    }
    tally.report("F10 mailboxes that vanish on the way");
}
