//! F1, F4, F5, F6: the program is killed at, or refused, one system call after the other, by strace. Then it runs
//! undisturbed, and everything is as if nothing had been.

use crate::jobs::{Job, Place, in_words};
use crate::support::program::Ran;
use crate::tally::{Tally, every};
use std::os::unix::process::ExitStatusExt;
use std::path::Path;
use std::process::{Command, Stdio};

/// What strikes, at which calls.
#[derive(Clone, Copy, Debug)]
struct Strike {
    class: &'static str,
    calls: &'static str,
    /// `signal=KILL`, or `error=…`.
    what: &'static str,
    /// From the N-th call on, and not at it alone.
    lasting: bool,
}

/// strace counts the calls of each thread for itself, so each group of calls is stepped through alone.
const WRITES: &str = "write,?pwrite64,?writev,?pwritev,?sendto";
const SYNCS: &str = "fsync,fdatasync,?syncfs,?sync_file_range";
const NAMES: &str = "?rename,?renameat,?renameat2,?link,?linkat,?unlink,?unlinkat,?mkdir,?mkdirat";
const SIZES: &str = "?ftruncate,?fallocate";
/// Of the calls that write, those that write to files alone.
const FILES: &str = "?pwrite64,?pwritev";

const fn strike(class: &'static str, calls: &'static str, what: &'static str, lasting: bool) -> Strike {
    Strike { class, calls, what, lasting }
}

const KILLS: [Strike; 4] = [
    strike("F1 kill", SYNCS, "signal=KILL", false),
    strike("F1 kill", NAMES, "signal=KILL", false),
    strike("F1 kill", WRITES, "signal=KILL", false),
    strike("F1 kill", SIZES, "signal=KILL", false),
];

const ERRORS: [Strike; 12] = [
    strike("F5 EIO", SYNCS, "error=EIO", false),
    strike("F4 ENOSPC", FILES, "error=ENOSPC", true),
    strike("F4 ENOSPC", NAMES, "error=ENOSPC", false),
    strike("F5 EIO", SYNCS, "error=EIO", true),
    strike("F4 ENOSPC", FILES, "error=ENOSPC", false),
    strike("F5 EIO", FILES, "error=EIO", false),
    strike("F5 EIO", "?pread64", "error=EIO", false),
    strike("F5 EIO", NAMES, "error=EIO", false),
    strike("F6 EDQUOT", FILES, "error=EDQUOT", true),
    strike("F6 EDQUOT", NAMES, "error=EDQUOT", true),
    strike("F6 EROFS", NAMES, "error=EROFS", true),
    strike("F6 EACCES", NAMES, "error=EACCES", true),
];

/// Never reached.
const FAR: usize = 2_000;

/// Numbers of calls to strike: all, every so many-th, or a few that lie ever farther apart.
fn next(n: usize) -> usize {
    match every(0) {
        0 => n * 8,
        step => n + step,
    }
}

/// Runs a command under a strike; what it left, whether the strike was met, and whether it was killed.
fn struck(place: &Place, arguments: &[String], strike: Strike, n: usize) -> (Ran, bool, bool) {
    let profile = place.program.profile();
    let log = place.program.home().join("strace.log");
    let mut all: Vec<&str> = vec!["--profile", profile.to_str().expect("UTF-8")];
    all.extend(arguments.iter().map(String::as_str));
    let bare = place.program.command(&all);
    let tail = if strike.lasting { "+" } else { "" };
    let mut command = Command::new("timeout");
    command.args(["-k", "5", "120", "strace", "-f", "-qq", "-o"]).arg(&log);
    command.args(["-e", &format!("trace={}", strike.calls)]);
    command.args(["-e", &format!("inject={}:{}:when={n}{tail}", strike.calls, strike.what)]);
    command.arg(bare.get_program()).args(bare.get_args());
    command.current_dir(place.program.home()).env_clear();
    for (name, value) in bare.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    let output = command.stdin(Stdio::null()).output().expect("strace runs");
    let killed = output.status.signal() == Some(9) || output.status.code() == Some(137);
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    let trace = std::fs::read_to_string(&log).unwrap_or_default();
    let ran = Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) };
    (ran, killed || trace.contains("(INJECTED)"), killed)
}

/// One point: the job, with one of its commands struck.
fn point(place: &mut Place, count: usize, step: usize, strike: Strike, n: usize) -> Result<(bool, bool), String> {
    place.prepare(count);
    let steps = place.steps(count);
    for before in &steps[..step] {
        run(place, before).done();
    }
    let (ran, met, killed) = struck(place, &steps[step], strike, n);
    if ran.code == Some(124) {
        return Err("it hangs".into());
    }
    // The dynamic loader reads too, and speaks for itself.
    let is_loading = ran.code == Some(127) && ran.err.contains("error while loading shared libraries");
    if !killed && !is_loading {
        in_words(&ran)?;
        if ran.code == Some(0) && step == 0 && !place.is_recorded(count) {
            return Err("lost: it said that it was done".into());
        }
    }
    let recorded = place.is_recorded(count);
    if !recorded {
        run(place, &steps[0]).done();
    }
    let unknown = place.finish(count)?;
    place.judge(count).map_err(|what| format!("{what}; recorded at first: {recorded}; it said {ran:?}"))?;
    Ok((met, unknown))
}

fn run(place: &Place, arguments: &[String]) -> Ran {
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    place.program.run(&arguments)
}

fn is_available() -> bool {
    let there = Path::new("/usr/bin/strace").exists();
    if !there {
        println!("skipped: strace is not there");
    }
    there
}

/// Whether a panic of a point is one of its verdicts: the helpers of the program speak so.
fn caught<T>(work: impl FnOnce() -> Result<T, String>) -> Result<T, String> {
    let result = std::panic::catch_unwind(std::panic::AssertUnwindSafe(work));
    result.unwrap_or_else(|panic| {
        let words = panic.downcast_ref::<String>().cloned();
        Err(words.or_else(|| panic.downcast_ref::<&str>().map(|s| (*s).to_string())).unwrap_or_default())
    })
}

async fn strike_all(job: Job, strikes: &[Strike], class: &str) {
    if !is_available() {
        return;
    }
    let mut tally = Tally::default();
    let mut place = Place::new(job).await;
    let mut count = 0;
    for strike in strikes {
        for step in 0..steps_of(job) {
            let mut n = 1;
            while n < FAR {
                count += 1;
                let verdict = caught(|| point(&mut place, count, step, *strike, n));
                match verdict {
                    Ok((met, unknown)) => {
                        if !met {
                            // Nor will it be farther on.
                            break;
                        }
                        tally.well(true, unknown);
                    }
                    Err(what) => {
                        tally.wrong(
                            true,
                            format!("{job:?}, command {step}, {} at {} {n}: {what}", strike.what, strike.calls),
                        );
                        place = Place::new(job).await;
                        count = 0;
                    }
                }
                n = next(n);
            }
        }
    }
    tally.report(&format!("{class}, {job:?}"));
}

fn steps_of(job: Job) -> usize {
    match job {
        Job::FirstSync | Job::Receive | Job::Rebuild => 1,
        _ => 2,
    }
}

/// The quick run does with less.
fn selected(strikes: &'static [Strike], quick: usize) -> &'static [Strike] {
    if every(0) == 0 { &strikes[..quick] } else { strikes }
}

macro_rules! jobs {
    ($($killed:ident, $refused:ident: $job:expr;)*) => {$(
        #[tokio::test(flavor = "multi_thread")]
        async fn $killed() {
            strike_all($job, selected(&KILLS, 2), KILLS[0].class).await;
        }

        #[tokio::test(flavor = "multi_thread")]
        async fn $refused() {
            strike_all($job, selected(&ERRORS, 2), "F4, F5, F6 errors").await;
        }
    )*};
}

jobs! {
    a_first_sync_killed, a_first_sync_refused: Job::FirstSync;
    a_flag_killed, a_flag_refused: Job::Flag;
    a_move_killed, a_move_refused: Job::Move;
    a_deletion_killed, a_deletion_refused: Job::Delete;
    a_copy_killed, a_copy_refused: Job::Copy;
    a_new_mailbox_killed, a_new_mailbox_refused: Job::Create;
    a_submission_killed, a_submission_refused: Job::Send;
    a_reception_by_pop3_killed, a_reception_by_pop3_refused: Job::Receive;
    a_rebuilding_killed, a_rebuilding_refused: Job::Rebuild;
}
