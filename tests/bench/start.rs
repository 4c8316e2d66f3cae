//! From exec to a settled list, what that costs, and the memory of all processes then, with many messages in the folder:
//! beside Claws Mail on the same messages, where it is installed.
//!
//! `cargo bench --bench start -- [MESSAGES…]`; 100,000 and 1,000,000 where none are given. Xvfb, openbox and xdotool
//! are needed. `POSTWREN_CORPUS` names a directory whose files serve instead of made-up mail. Above 200,000 messages
//! there are rows without files, and no Claws Mail. Nothing answers at the account's server, so nothing is fetched.
//!
//! Each program is started once before it is measured: what it keeps for the next time is there.

#[allow(dead_code)]
mod claws;
mod corpus;
#[path = "../support/desktop.rs"]
#[allow(dead_code)]
mod desktop;
mod dovecot;
mod inbox;
mod measure;
mod profile;
mod program;
mod rows;
mod settle;

use claws::Claws;
use desktop::Desktop;
use postwren::mail::flags::Flags;
use postwren::mail::ids::MailboxId;
use postwren::mail::uid::{Uid, UidValidity};
use postwren::storage::{Incoming, IncomingBody, RowAlone, Store};
use profile::with_account;
use program::postwren;
use settle::{Settled, Watched};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::time::{Duration, Instant};

const RUNS: usize = 5;
/// More messages than this have no files.
const FILES: usize = 200_000;
/// Messages of a delivery.
const BATCH: usize = 256;

fn main() {
    let mut counts: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    if counts.is_empty() {
        counts = vec![100_000, 1_000_000];
    }
    let desktop = Desktop::start();
    for count in counts {
        let directory = tempfile::tempdir().expect("a directory");
        let profile = directory.path().join("profile");
        fill(&profile, count);
        let claws = (count <= FILES).then(|| Claws::new(&directory.path().join("claws"))).flatten();
        if let Some(claws) = &claws {
            copy(&profile, &claws.inbox());
            // It reads every message once.
            theirs(&desktop, claws);
        }
        ours(&desktop, &profile);
        let mut own = Vec::new();
        let mut others = Vec::new();
        for _ in 0..RUNS {
            own.push(ours(&desktop, &profile));
            others.extend(claws.as_ref().map(|claws| theirs(&desktop, claws)));
        }
        let shown = middle(own.iter().map(|run| run.0));
        let own = median(&own.iter().map(|run| run.1).collect::<Vec<_>>());
        println!("{count} messages, median of {RUNS}");
        println!("postwren     first rows {shown:.2} s, {}", words(&own));
        if !others.is_empty() {
            let others = median(&others);
            println!("Claws Mail   {}", words(&others));
            let (time, cpu, pss) = (own.settled / others.settled, own.cpu / others.cpu, own.pss / others.pss);
            println!("ratios: settled {time:.2}, CPU {cpu:.2}, PSS {pss:.2}");
        }
    }
}

fn words(run: &Settled) -> String {
    let Settled { mapped, settled, cpu, pss } = run;
    format!("window {mapped:.2} s, settled {settled:.2} s, {cpu:.2} s of CPU, {pss:.0} MiB PSS")
}

fn middle(values: impl Iterator<Item = f64>) -> f64 {
    let mut values: Vec<f64> = values.collect();
    values.sort_by(f64::total_cmp);
    values.get(values.len() / 2).copied().unwrap_or_default()
}

fn median(runs: &[Settled]) -> Settled {
    let of = |field: fn(&Settled) -> f64| middle(runs.iter().map(field));
    Settled { mapped: of(|r| r.mapped), settled: of(|r| r.settled), cpu: of(|r| r.cpu), pss: of(|r| r.pss) }
}

/// A profile with an account whose Inbox has so many messages, all of their words read.
fn fill(profile: &Path, count: usize) {
    let (store, inbox) = with_account(profile);
    if count > FILES {
        // A directory that is as it was when it was looked at is not compared with the rows.
        std::thread::sleep(Duration::from_secs(3));
        store.survey(inbox, &mut |_| Ok(())).expect("a look");
        for from in (0..count).step_by(BATCH) {
            let batch: Vec<RowAlone> =
                (from..count.min(from + BATCH)).map(|n| rows::row(u32::try_from(n).expect("a number"))).collect();
            store.put_rows_alone(inbox, &batch).expect("rows");
        }
    } else {
        deliver(&store, inbox, count);
    }
    while store.index_words().expect("words").left > 0 {}
}

fn deliver(store: &Store, inbox: MailboxId, count: usize) {
    let files = std::env::var_os("POSTWREN_CORPUS").map(|directory| files(Path::new(&directory)));
    let message = |i: usize| match &files {
        Some(files) => std::fs::read(files.get(i).expect("enough messages")).expect("a message"),
        None => corpus::message(1, i, count),
    };
    for from in (0..count).step_by(BATCH) {
        let incoming = |i: usize| Incoming {
            uid: Some((UidValidity(1), Uid(u32::try_from(i).expect("a number") + 1))),
            flags: Flags::SEEN,
            internal_date: None,
            body: IncomingBody::Bytes(message(i)),
        };
        store.deliver(inbox, (from..count.min(from + BATCH)).map(incoming).collect()).expect("a delivery");
    }
}

fn files(directory: &Path) -> Vec<PathBuf> {
    let all = std::fs::read_dir(directory).expect("the directory").map(|file| file.expect("an entry").path());
    let mut files: Vec<PathBuf> = all.filter(|file| file.is_file()).collect();
    files.sort();
    files
}

/// The same messages for an MH folder.
fn copy(profile: &Path, inbox: &Path) {
    for (file, number) in files(&profile.join("mail/me/INBOX/cur")).iter().zip(1..) {
        std::fs::hard_link(file, inbox.join(format!("{number}"))).expect("a message");
    }
}

/// Seconds until the first rows, and the rest.
fn ours(desktop: &Desktop, profile: &Path) -> (f64, Settled) {
    let mut command = postwren(profile);
    command.env("POSTWREN_LOG", "postwren=info").stderr(Stdio::piped());
    let begin = Instant::now();
    let mut watched = Watched::start(desktop, &mut command, "postwren");
    let words = watched.child().stderr.take().expect("its log");
    let (tell, told) = std::sync::mpsc::channel();
    // Reads on to the end, so that the program never waits for us.
    std::thread::spawn(move || {
        for line in BufReader::new(words).lines().map_while(Result::ok) {
            if line.contains("first rows shown") {
                let _ = tell.send(begin.elapsed().as_secs_f64());
            }
        }
    });
    let settled = watched.settled(desktop);
    (told.try_recv().unwrap_or(f64::NAN), settled)
}

fn theirs(desktop: &Desktop, claws: &Claws) -> Settled {
    let mut command = claws.command();
    let mut watched = Watched::start(desktop, &mut command, "claws-mail");
    let settled = watched.settled(desktop);
    claws.exit();
    settled
}
