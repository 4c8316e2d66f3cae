//! F4 and F6 on real file systems: a full disk, one that cannot be written, one that belongs to somebody else, and
//! too few file handles. The program says what is wrong, keeps what it has, and goes on when it can.

use crate::jobs::{Job, Place, in_words};
use crate::support::program::Ran;
use crate::tally::{Tally, every};
use crate::world::{ADA, message};
use std::process::Command;

/// Runs a shell script with the program's own environment; `$PW` in it is the program on its profile.
fn script(place: &Place, wrapper: &[&str], text: &str) -> Ran {
    let profile = place.program.profile();
    let bare = place.program.command(&["--profile", profile.to_str().expect("UTF-8")]);
    let mut words = vec![bare.get_program().to_str().expect("UTF-8").to_string()];
    words.extend(bare.get_args().map(|word| word.to_str().expect("UTF-8").to_string()));
    let mut all: Vec<&str> = wrapper.to_vec();
    all.extend(["sh", "-c", text]);
    let mut command = Command::new(all[0]);
    command.args(&all[1..]).current_dir(place.program.home()).env_clear();
    for (name, value) in bare.get_envs() {
        if let Some(value) = value {
            command.env(name, value);
        }
    }
    let output = command.env("PW", words.join(" ")).env("PROFILE", profile).output().expect("sh runs");
    let text = |bytes: Vec<u8>| String::from_utf8_lossy(&bytes).into_owned();
    Ran { code: output.status.code(), out: text(output.stdout), err: text(output.stderr) }
}

/// Whether file systems can be mounted in a namespace of our own.
fn can_mount() -> bool {
    let mounted = Command::new("unshare").args(["-rm", "sh", "-c", "mount -t tmpfs tmpfs /mnt"]).output();
    let can = mounted.is_ok_and(|output| output.status.success());
    if !can {
        println!("skipped: no file system can be mounted here");
    }
    can
}

const ALONE: [&str; 2] = ["unshare", "-rm"];

#[tokio::test(flavor = "multi_thread")]
async fn too_few_file_handles() {
    let mut tally = Tally::default();
    let mut place = Place::new(Job::FirstSync).await;
    place.prepare(1);
    // With fewer not even the runtime comes up.
    for handles in (10..64).step_by(every(9)) {
        place.anew();
        let ran = script(&place, &["timeout", "60"], &format!("ulimit -n {handles}; exec $PW sync"));
        // Below what the dynamic loader needs it is not the program that speaks.
        let loads = !ran.err.contains("error while loading shared libraries") && ran.code != Some(127);
        let verdict = if loads { in_words(&ran) } else { Ok(()) };
        match verdict.and_then(|()| place.finish(1)).and_then(|_| place.judge(1)) {
            Ok(()) => tally.well(ran.code != Some(0), false),
            Err(what) => tally.wrong(true, format!("{handles} handles: {what}")),
        }
    }
    tally.report("F6 EMFILE");
}

/// Lowers, or lifts, how many files a running program may have open.
fn limit_files(child: &std::process::Child, most: &str) {
    let limit = format!("--nofile={most}:");
    let status = Command::new("prlimit").args(["--pid", &child.id().to_string(), &limit]).status();
    assert!(status.expect("prlimit runs").success());
}

/// Descriptors run out while it works: it says so, loses nothing, and goes on by itself when there are some again.
#[tokio::test(flavor = "multi_thread")]
async fn file_handles_that_run_out_meanwhile() {
    let mut tally = Tally::default();
    let mut place = Place::new(Job::FirstSync).await;
    place.prepare(1);
    place.program.run(&["sync"]).done();
    let words = place.program.home().join("watch.err");
    let profile = place.program.profile();
    let mut command = place.program.command(&["--profile", profile.to_str().expect("UTF-8"), "sync", "--watch"]);
    command.stdout(std::process::Stdio::null()).stderr(std::fs::File::create(&words).expect("create"));
    let mut running = command.spawn().expect("the program starts");
    let here = |place: &Place| place.program.files("ada", "INBOX").len();
    let said = || std::fs::read_to_string(&words).expect("read");
    let mut expected = here(&place);
    let rounds = if every(0) == 0 { 2 } else { 6 };
    for round in 0..rounds {
        // Once with none left at all, then with a few.
        limit_files(&running, if round == 0 { "4" } else { "16" });
        for n in 0..3 {
            place.server.deliver(ADA, "INBOX", message(700 + round * 10 + n).as_bytes()).expect("delivered");
        }
        expected += 3;
        tokio::time::sleep(std::time::Duration::from_secs(4)).await;
        let short = here(&place) < expected;
        let has_ended = running.try_wait().expect("its state").is_some();
        limit_files(&running, "1024");
        let begun = std::time::Instant::now();
        while here(&place) < expected && begun.elapsed().as_secs() < 90 && !has_ended {
            // What comes now wakes a watch whose connection was given up.
            tokio::time::sleep(std::time::Duration::from_millis(200)).await;
        }
        let count = here(&place);
        let words = said();
        let verdict = if has_ended {
            Err(format!("it ended: {words}"))
        } else if words.contains("panicked") {
            Err(format!("it panicked: {words}"))
        } else if count != expected {
            Err(format!("{count} of {expected} messages are here: {words}"))
        } else if short && !words.contains("files open") {
            Err(format!("it did not say why: {words}"))
        } else {
            Ok(())
        };
        match verdict {
            Ok(()) => tally.well(short, false),
            Err(what) => {
                tally.wrong(true, format!("round {round}: {what}"));
                break;
            }
        }
    }
    running.kill().expect("kill");
    running.wait().expect("its end");
    match place.finish(1).and_then(|_| place.judge(1)) {
        Ok(()) => tally.well(true, false),
        Err(what) => tally.wrong(true, format!("afterwards: {what}")),
    }
    tally.report("F6 EMFILE while it runs");
}

/// The profile is moved onto a small disk, which is made larger when it was full once.
#[tokio::test(flavor = "multi_thread")]
async fn a_full_disk() {
    if !can_mount() {
        return;
    }
    let mut tally = Tally::default();
    for kib in (400..3_000).step_by(100 * every(8)) {
        let mut place = Place::new(Job::FirstSync).await;
        place.prepare(1);
        // Two megabytes, as large messages that fill it in the middle of one.
        for n in 900..910 {
            let text = format!("{}{}", message(n), "x".repeat(70).repeat(2_900));
            place.server.deliver(ADA, "INBOX", text.as_bytes()).expect("delivered");
        }
        let text = format!(
            "mv $PROFILE template && mkdir $PROFILE && mount -t tmpfs -o size={kib}k tmpfs $PROFILE \
             && cp -a template/. $PROFILE/ || exit 99
             $PW sync; echo \"first $?\"
             $PW list ada/INBOX >list 2>&1; echo \"list $?\"
             mount -o remount,size=64m $PROFILE || exit 98
             $PW sync; echo \"second $?\"
             rm -rf template; cp -a $PROFILE template; umount $PROFILE; rmdir $PROFILE; mv template $PROFILE"
        );
        let ran = script(&place, &ALONE, &text);
        let said = |line: &str| ran.out.contains(line);
        let verdict = if ran.code != Some(0) {
            // The profile as it was does not fit at all.
            if ran.code == Some(99) { Ok(()) } else { Err(format!("the script failed: {ran:?}")) }
        } else if ran.err.contains("panicked") {
            Err(format!("it panicked: {}", ran.err))
        } else if !said("first 0") && ran.err.trim().is_empty() {
            Err("it failed without a word".into())
        } else if !said("second 0") {
            Err(format!("it does not go on: {ran:?}"))
        } else {
            place.finish(1).and_then(|_| place.judge(1))
        };
        match verdict {
            Ok(()) => tally.well(!said("first 0"), false),
            Err(what) => tally.wrong(true, format!("{kib} KiB: {what}")),
        }
    }
    tally.report("F4 a full disk (tmpfs)");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_disk_that_cannot_be_written() {
    if !can_mount() {
        return;
    }
    let mut tally = Tally::default();
    let mut place = Place::new(Job::Move).await;
    place.prepare(1);
    let steps = place.steps(1);
    for command in
        [&["sync".to_string()][..], &steps[0], &["list".to_string(), "ada/INBOX".into()], &["doctor".to_string()]]
    {
        let text = format!(
            "mount --bind $PROFILE $PROFILE && mount -o remount,bind,ro $PROFILE || exit 99\n$PW {}",
            command.join(" ")
        );
        let ran = script(&place, &ALONE, &text);
        let verdict = if ran.code == Some(99) { Err("it cannot be mounted".into()) } else { in_words(&ran) };
        match verdict {
            Ok(()) => tally.well(ran.code != Some(0), false),
            Err(what) => tally.wrong(true, format!("{command:?}: {what}")),
        }
    }
    let verdict = match place.is_recorded(1) {
        true => Err("something was written".to_string()),
        false => {
            place.program.run(&steps[0].iter().map(String::as_str).collect::<Vec<_>>()).done();
            place.finish(1).and_then(|_| place.judge(1))
        }
    };
    match verdict {
        Ok(()) => tally.well(true, false),
        Err(what) => tally.wrong(true, format!("afterwards: {what}")),
    }
    tally.report("F6 EROFS");
}

/// As a user who may not even look into the profile.
#[tokio::test(flavor = "multi_thread")]
async fn a_profile_of_somebody_else() {
    let nobody = ["setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"];
    let is_root = Command::new(nobody[0]).args(&nobody[1..]).arg("true").output().is_ok_and(|o| o.status.success());
    if !is_root {
        println!("skipped: it needs root, to be somebody else");
        return;
    }
    let mut tally = Tally::default();
    let mut place = Place::new(Job::Move).await;
    place.prepare(1);
    for command in ["sync", "list ada/INBOX", "doctor"] {
        let ran = script(&place, &nobody, &format!("cd /; exec $PW {command}"));
        let refused = ran.code == Some(126) || ran.code == Some(127);
        // Where even the program cannot be reached, nothing is tried.
        let verdict = if refused { Ok(()) } else { in_words(&ran) };
        match verdict {
            Ok(()) if ran.code == Some(0) => tally.wrong(true, format!("{command} worked")),
            Ok(()) => tally.well(!refused, false),
            Err(what) => tally.wrong(true, format!("{command}: {what}")),
        }
    }
    tally.report("F6 EACCES");
}
