//! F3: torn and reordered writes. The program receives by POP3 under strace; of what it wrote every state is put
//! together that POSIX allows after a loss of power at any step: what was not synchronised is there, is missing, or is
//! there in part. In each of them a message in sight is whole, none is there twice, and what the server was told to
//! forget is there. Of some states the program itself must make a profile that works.

use crate::jobs::{Job, Place};
use crate::oplog::{CALLS, Disk, Fate, Log, Op};
use crate::support::program::Program;
use crate::tally::{Tally, every};
use crate::world::{POP, message, note, subject};
use std::collections::BTreeSet;
use std::path::Path;
use std::process::{Command, Stdio};

/// Messages of the reception, and states that are tried: quick, or all.
const MESSAGES: (usize, usize) = (12, 40);
const STATES: (usize, usize) = (400, 12_000);

/// Of so many states one is given to the program.
const LIVED: usize = 200;

/// The reception under strace; none where it cannot be watched.
fn watched(place: &Place) -> Option<(Log, Disk)> {
    if !Path::new("/usr/bin/strace").exists() {
        println!("skipped: strace is not there");
        return None;
    }
    let profile = place.program.profile();
    let first = Disk::read(&profile);
    let log = place.program.home().join("strace.log");
    let bare = place.program.command(&["--profile", profile.to_str().expect("UTF-8"), "sync"]);
    let mut command = Command::new("timeout");
    command.args(["-k", "5", "300", "strace", "-f", "-qq", "-xx", "-s", "4000000", "-o"]).arg(&log);
    command.args(["-e", &format!("trace={CALLS}")]).arg(bare.get_program()).args(bare.get_args());
    command.current_dir(place.program.home()).env_clear();
    let set = bare.get_envs().filter_map(|(name, value)| Some((name, value?)));
    command.envs(set).stdin(Stdio::null());
    let output = command.output().expect("strace runs");
    assert!(output.status.success(), "{output:?}");
    let text = std::fs::read_to_string(&log).expect("the log");
    let log = Log::read(&text, &profile, first);
    Some((log, Disk::read(&profile)))
}

/// Numbers of the messages that the server has forgotten after so many steps.
fn forgotten(ops: &[Op], count: usize) -> BTreeSet<usize> {
    let mut maildrop: Vec<usize> = (0..count).collect();
    let (mut marked, mut gone) = (BTreeSet::new(), BTreeSet::new());
    for op in ops {
        let Op::Said { bytes } = op else { continue };
        for line in String::from_utf8_lossy(bytes).lines() {
            match line.split_once(' ') {
                Some(("DELE", number)) => {
                    let number: usize = number.trim().parse().expect("a number");
                    marked.insert(maildrop[number - 1]);
                }
                None if line.trim() == "QUIT" => {
                    maildrop.retain(|n| !marked.contains(n));
                    gone.append(&mut marked);
                }
                _ => {}
            }
        }
    }
    gone
}

/// What is wrong with the messages in sight.
fn look(disk: &Disk, inbox: &str, gone: &BTreeSet<usize>) -> Result<(), String> {
    let mut seen = BTreeSet::new();
    let in_sight = |path: &str| ["cur/", "new/"].iter().any(|dir| path.starts_with(&format!("{inbox}/{dir}")));
    for (path, file) in disk.names.iter().filter(|(path, _)| in_sight(path)) {
        let raw = &disk.files[*file];
        let number = subject(raw).strip_prefix("note ").and_then(|n| n.parse::<usize>().ok());
        let Some(number) = number.filter(|n| raw == message(*n).as_bytes()) else {
            return Err(format!("torn: {path} of {} bytes", raw.len()));
        };
        if !seen.insert(number) {
            return Err(format!("doubled: {number}"));
        }
    }
    let lost = gone.difference(&seen).count();
    if lost > 0 { Err(format!("lost: {lost} that the server was told to forget")) } else { Ok(()) }
}

/// Puts the state on a disk, and lets the program live with it.
fn live(disk: &Disk, root: &Path, gone: &BTreeSet<usize>) -> Result<(), String> {
    let program = Program::new();
    for (path, file) in &disk.names {
        let Ok(relative) = Path::new(path).strip_prefix(root) else { continue };
        let target = program.profile().join(relative);
        std::fs::create_dir_all(target.parent().expect("a directory")).expect("create");
        std::fs::write(target, &disk.files[*file]).expect("write");
    }
    for dir in ["cur", "new", "tmp"] {
        std::fs::create_dir_all(program.profile().join("mail/pop/INBOX").join(dir)).expect("create");
    }
    for arguments in [&["list", "pop/INBOX", "--limit", "1000", "--json"][..], &["doctor", "--rebuild-index"]] {
        let ran = program.run(arguments);
        if ran.code != Some(0) {
            return Err(format!("{arguments:?} fails: {ran:?}"));
        }
    }
    let rows = program.run(&["list", "pop/INBOX", "--limit", "1000", "--json"]).json();
    let listed: Vec<&str> = rows.iter().filter_map(|row| row["subject"].as_str()).collect();
    let distinct: BTreeSet<&str> = listed.iter().copied().collect();
    if distinct.len() != listed.len() {
        return Err("doubled: two rows of a message".into());
    }
    match gone.iter().filter(|n| !distinct.contains(note(**n).as_str())).count() {
        0 => Ok(()),
        lost => Err(format!("lost: {lost} after the index was made anew")),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn torn_and_reordered_writes() {
    let is_quick = every(0) == 0;
    let (count, states) = if is_quick { (MESSAGES.0, STATES.0) } else { (MESSAGES.1, STATES.1) };
    let place = Place::plain(Job::Receive).await;
    for n in 0..count {
        place.server.deliver(POP, "INBOX", message(n).as_bytes()).expect("delivered");
    }
    let Some((log, now)) = watched(&place) else { return };
    let root = place.program.profile();
    let inbox = root.join("mail/pop/INBOX").display().to_string();
    let everything = forgotten(&log.ops, count);
    assert_eq!(everything.len(), count, "the server was told to forget all, and the log has it");
    // With nothing lost the log makes what the disk holds.
    let whole = log.disk(log.ops.len(), &[], || Fate::There);
    look(&whole, &inbox, &everything).expect("the log is complete");
    let messages = |disk: &Disk| disk.names.keys().filter(|p| p.starts_with(&inbox)).cloned().collect::<BTreeSet<_>>();
    assert_eq!(messages(&whole), messages(&now), "the log is complete");

    // Had nothing been synchronised, it would show: otherwise nothing is proved below.
    let careless = log.careless();
    let end = careless.ops.len();
    let nothing = careless.disk(end, &careless.loose(end), || Fate::Missing);
    assert!(look(&nothing, &inbox, &everything).is_err(), "a program that synchronises nothing loses mail");

    let mut tally = Tally::default();
    let share = (states / log.ops.len()).max(2);
    for end in 1..=log.ops.len() {
        let (loose, gone) = (log.loose(end), forgotten(&log.ops[..end], count));
        for n in 0..share {
            let disk = log.disk(end, &loose, || match n {
                0 => Fate::Missing,
                1 => Fate::There,
                _ => [Fate::There, Fate::Missing, Fate::Torn][fastrand::usize(..3)],
            });
            let mut verdict = look(&disk, &inbox, &gone);
            if verdict.is_ok() && tally.points % LIVED == LIVED - 1 {
                verdict = live(&disk, &root, &gone);
            }
            match verdict {
                Ok(()) => tally.well(!loose.is_empty(), false),
                Err(what) => tally.wrong(true, format!("step {end} of {}, state {n}: {what}", log.ops.len())),
            }
        }
    }
    tally.report("F3 torn and reordered writes (struck: something was not synchronised)");
}
