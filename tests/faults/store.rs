//! F14 and F16: a store that is not where it was, and sizes beyond the usual. Whatever happened to the directories,
//! nothing of it reaches the server; and what is large costs the disk, not the memory.

use crate::jobs::{Job, Place, in_words};
use crate::tally::{Tally, every};
use crate::world::{ADA, message};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::Duration;

/// What somebody did to a directory.
#[derive(Clone, Copy, Debug)]
enum Swap {
    Away,
    Dangling,
    Empty,
    EmptyMaildir,
    File,
}

/// Puts the directory aside and something else in its place.
fn swap(dir: &Path, aside: &Path, what: Swap) {
    std::fs::rename(dir, aside).expect("put aside");
    match what {
        Swap::Away => {}
        Swap::Dangling => std::os::unix::fs::symlink("/nowhere/at/all", dir).expect("a link"),
        Swap::Empty => std::fs::create_dir(dir).expect("a directory"),
        Swap::EmptyMaildir => {
            ["cur", "new", "tmp"].iter().for_each(|sub| std::fs::create_dir_all(dir.join(sub)).expect("a directory"));
        }
        Swap::File => std::fs::write(dir, b"no directory").expect("a file"),
    }
}

/// As it was before, whatever lies there now.
fn restore(dir: &Path, aside: &Path) {
    match dir.symlink_metadata() {
        Ok(found) if found.is_dir() => std::fs::remove_dir_all(dir).expect("removed"),
        Ok(_) => std::fs::remove_file(dir).expect("removed"),
        Err(_) => {}
    }
    std::fs::rename(aside, dir).expect("put back");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_store_that_is_not_where_it_was() {
    let mut tally = Tally::default();
    let dirs = ["mail/ada/INBOX", "mail/ada/INBOX/cur", "mail/ada", "mail"];
    let swaps = [Swap::Away, Swap::Dangling, Swap::Empty, Swap::EmptyMaildir, Swap::File];
    let points = dirs.iter().flat_map(|dir| swaps.iter().map(move |what| (dir, *what)));
    // One after the other, or every third.
    for (number, (dir, what)) in points.enumerate().step_by(every(3)) {
        let mut place = Place::new(Job::FirstSync).await;
        place.prepare(1);
        place.program.run(&["sync"]).done();
        // Even the one who lets removals be carried out did not mean this.
        place.program.run(&["account", "set", "ada", "--removals", "carry"]).done();
        let (dir, aside): (PathBuf, _) = (place.program.profile().join(dir), place.program.home().join("aside"));
        let before = place.server.messages(ADA, "INBOX").len();
        swap(&dir, &aside, what);
        place.server.deliver(ADA, "INBOX", message(800 + number).as_bytes()).expect("delivered");
        let runs = [place.program.run(&["sync"]), place.program.run(&["sync"])];
        let words = runs.iter().try_for_each(in_words);
        let after = place.server.messages(ADA, "INBOX").len();
        let removed = place.server.messages(ADA, "Trash").len();
        restore(&dir, &aside);
        let verdict = match words {
            Err(what) => Err(what),
            Ok(()) if after < before + 1 || removed > 0 => {
                Err(format!("lost: the server has {after} of {} messages and {removed} in its Trash", before + 1))
            }
            Ok(()) => place.finish(1).and_then(|_| place.judge(1)),
        };
        match verdict {
            Ok(()) => tally.well(runs.iter().any(|ran| ran.code != Some(0)), false),
            Err(words) => tally.wrong(true, format!("{} {what:?}: {words}; {runs:?}", dir.display())),
        }
    }
    tally.report("F14 the store is not where it was");
}

/// Runs the program to its end; its peak of memory in bytes.
fn measured(place: &Place, arguments: &[&str]) -> Result<u64, String> {
    let profile = place.program.profile();
    let all = [&["--profile", profile.to_str().expect("UTF-8")], arguments].concat();
    let mut command = place.program.command(&all);
    let mut running = command.stdout(Stdio::null()).stderr(Stdio::null()).spawn().expect("the program starts");
    let status = format!("/proc/{}/status", running.id());
    let mut peak = 0;
    loop {
        let text = std::fs::read_to_string(&status).unwrap_or_default();
        let line = text.lines().find_map(|line| line.strip_prefix("VmHWM:"));
        let kib: Option<u64> = line.and_then(|line| line.trim().trim_end_matches(" kB").parse().ok());
        peak = kib.map_or(peak, |kib| peak.max(kib * 1024));
        if let Some(status) = running.try_wait().expect("its state") {
            return if status.success() { Ok(peak) } else { Err(format!("{arguments:?}: {status}")) };
        }
        std::thread::sleep(Duration::from_millis(10));
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_large_costs_no_memory() {
    /// What the program may take at most, whatever comes.
    const MOST: u64 = 512 << 20;
    let mut tally = Tally::default();
    let is_quick = every(0) != 1;
    let (size, mailboxes) = if is_quick { (96 << 20, 300) } else { (1 << 30, 5_000) };
    let mut place = Place::new(Job::FirstSync).await;
    place.prepare(1);
    let line = format!("{}\r\n", "x".repeat(76));
    let mut text = message(900);
    text.reserve(size + line.len());
    while text.len() < size {
        text.push_str(&line);
    }
    place.server.deliver(ADA, "INBOX", text.as_bytes()).expect("delivered");
    drop(text);
    for n in 0..mailboxes {
        place.server.create(ADA, &format!("Deep/{}/{n}", n % 50), None);
    }
    for turn in ["all of it", "nothing new"] {
        let verdict = measured(&place, &["sync"]).and_then(|peak| match peak {
            // Of so large a message it holds but a part.
            peak if peak > MOST => Err(format!("{} MiB of memory", peak >> 20)),
            peak if is_quick && peak > (size as u64) + (64 << 20) => {
                Err(format!("{} MiB for a message of {} MiB", peak >> 20, size >> 20))
            }
            peak => {
                println!("{turn}: {} MiB", peak >> 20);
                Ok(())
            }
        });
        match verdict {
            Ok(()) => tally.well(true, false),
            Err(what) => tally.wrong(true, format!("{turn}: {what}")),
        }
    }
    match place.finish(1).and_then(|_| place.judge(1)) {
        Ok(()) => tally.well(true, false),
        Err(what) => tally.wrong(true, what),
    }
    tally.report(&format!("F16 a message of {} MiB, {mailboxes} mailboxes", size >> 20));
}
