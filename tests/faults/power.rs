//! F2: the power fails. The profile lies on an ext4 in a file; while the program works it is stopped, and the file
//! is copied: what the system had not written yet is not in it, as on a disk that lost power. From each copy the
//! program must come to the same end, and nothing that the server was allowed to forget may be missing in it.
//!
//! It needs root and loop devices, and is part of the whole run alone: `POSTWREN_FAULTS` says so.

use crate::jobs::{Job, Place};
use crate::tally::{Tally, every};
use crate::world::{POP, message, subject};
use postwren::service::model::Flags;
use std::collections::BTreeSet;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Duration;

/// Copies that are taken in one run of the program, at most.
const MOST: usize = 25;
const RUNS: usize = 3;
const MESSAGES: usize = 150;

fn shell(line: &str) -> Result<String, String> {
    let output = Command::new("sh").args(["-c", line]).output().map_err(|error| error.to_string())?;
    let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).trim().to_string();
    if output.status.success() { Ok(text(&output.stdout)) } else { Err(format!("{line}: {}", text(&output.stderr))) }
}

/// An ext4 in a file, mounted until dropped.
struct Disk {
    image: PathBuf,
    at: PathBuf,
    device: String,
}

impl Disk {
    fn format(image: &Path, at: &Path) -> Result<Disk, String> {
        shell(&format!("truncate -s 96M {0} && mkfs.ext4 -q -F {0}", image.display()))?;
        Disk::mount(image, at)
    }

    fn mount(image: &Path, at: &Path) -> Result<Disk, String> {
        shell(&format!("mkdir -p {}", at.display()))?;
        let device = shell(&format!("losetup -f --show {}", image.display()))?;
        let disk = Disk { image: image.into(), at: at.into(), device };
        shell(&format!("mount {} {}", disk.device, at.display()))?;
        Ok(disk)
    }

    /// How much was written to the device so far.
    fn written(&self) -> String {
        let name = self.device.trim_start_matches("/dev/");
        std::fs::read_to_string(format!("/sys/block/{name}/stat")).unwrap_or_default()
    }

    /// The disk as it would be found after a loss of power now. What is written meanwhile would blur it.
    fn copy(&self, to: &Path) -> Result<(), String> {
        for _ in 0..20 {
            let before = self.written();
            shell(&format!("cp --sparse=always {} {}", self.image.display(), to.display()))?;
            if self.written() == before {
                return Ok(());
            }
        }
        Err("the disk is never quiet".into())
    }
}

impl Drop for Disk {
    fn drop(&mut self) {
        let _ = shell(&format!("umount {}; losetup -d {}", self.at.display(), self.device));
    }
}

/// A copy, and what the server had forgotten by then.
struct Blackout {
    image: PathBuf,
    forgotten: BTreeSet<String>,
}

/// Subjects that the server still has.
fn remembered(place: &Place) -> BTreeSet<String> {
    place
        .server
        .messages(POP, "INBOX")
        .iter()
        .filter(|m| !m.flags.contains(Flags::DELETED))
        .map(|m| subject(&m.raw))
        .collect()
}

/// Lets the program receive by POP3 and takes copies of its disk on the way.
fn receive(place: &Place, disk: &Disk, directory: &Path, run: usize) -> Result<Vec<Blackout>, String> {
    let all = remembered(place);
    let profile = place.program.profile();
    let mut child = place
        .program
        .command(&["--profile", profile.to_str().expect("UTF-8"), "sync"])
        .stdout(Stdio::null())
        .stderr(Stdio::null())
        .spawn()
        .map_err(|error| error.to_string())?;
    let mut blackouts = Vec::new();
    while blackouts.len() < MOST && child.try_wait().map_err(|error| error.to_string())?.is_none() {
        std::thread::sleep(Duration::from_micros(fastrand::u64(500..15_000)));
        if shell(&format!("kill -STOP {}", child.id())).is_err() {
            break;
        }
        let image = directory.join(format!("blackout-{run}-{}.img", blackouts.len()));
        let copied = disk.copy(&image);
        // Whatever the server forgets in between it was told before.
        let forgotten = all.difference(&remembered(place)).cloned().collect();
        let _ = shell(&format!("kill -CONT {}", child.id()));
        copied?;
        blackouts.push(Blackout { image, forgotten });
    }
    child.wait().map_err(|error| error.to_string())?;
    Ok(blackouts)
}

/// What is wrong with the disk after the blackout, and with what the program makes of it.
fn recover(place: &Place, blackout: &Blackout, wanted: &BTreeSet<String>) -> Result<(), String> {
    let _disk = Disk::mount(&blackout.image, &place.program.profile())?;
    let files = place.program.files("pop", "INBOX");
    let mut found = BTreeSet::new();
    for file in files {
        let raw = std::fs::read(&file).map_err(|error| error.to_string())?;
        let subject = subject(&raw);
        let number: usize =
            subject.strip_prefix("note ").and_then(|n| n.parse().ok()).ok_or("a torn message in sight")?;
        if raw != message(number).as_bytes() {
            return Err(format!("a torn message in sight: {subject}"));
        }
        if !found.insert(subject) {
            return Err("doubled: two files of the same message".into());
        }
    }
    let lost = blackout.forgotten.difference(&found).count();
    if lost > 0 {
        return Err(format!("lost: {lost} that the server was told to forget"));
    }
    let rebuilt = place.program.run(&["doctor", "--rebuild-index"]);
    let synchronised = place.program.run(&["sync"]);
    for ran in [rebuilt, synchronised] {
        if ran.code != Some(0) {
            return Err(format!("it does not go on: {ran:?}"));
        }
    }
    let rows = place.program.run(&["list", "pop/INBOX", "--limit", "100000", "--json"]).json();
    let listed: Vec<String> = rows.iter().filter_map(|row| Some(row["subject"].as_str()?.to_string())).collect();
    let distinct: BTreeSet<String> = listed.iter().cloned().collect();
    if distinct.len() != listed.len() {
        return Err("doubled: two rows of the same message".into());
    }
    // What the server had at the time of the blackout it has no longer; only what was on the disk can be asked for.
    match found.difference(&distinct).chain(blackout.forgotten.difference(&distinct)).count() {
        0 if distinct.is_subset(wanted) => Ok(()),
        0 => Err("messages that nobody sent".into()),
        lost => Err(format!("lost: {lost} after the index was made anew")),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn power_that_fails() {
    if every(0) == 0 {
        println!("skipped: part of the whole run alone");
        return;
    }
    let mut tally = Tally::default();
    for run in 0..RUNS {
        let place = Place::new(Job::Receive).await;
        let directory = place.program.home().to_path_buf();
        let profile = place.program.profile();
        let kept = directory.join("kept");
        std::fs::rename(&profile, &kept).expect("rename");
        let disk = match Disk::format(&directory.join("disk.img"), &profile) {
            Ok(disk) => disk,
            Err(reason) => {
                println!("skipped: no file system of our own: {reason}");
                return;
            }
        };
        shell(&format!("cp -a {}/. {}/ && sync -f {}", kept.display(), profile.display(), profile.display()))
            .expect("a profile");
        for n in 0..MESSAGES {
            place.server.deliver(POP, "INBOX", message(n).as_bytes()).expect("delivered");
        }
        let wanted = remembered(&place);
        let blackouts = receive(&place, &disk, &directory, run).unwrap_or_else(|what| panic!("{what}"));
        drop(disk);
        for blackout in &blackouts {
            match recover(&place, blackout, &wanted) {
                Ok(()) => tally.well(!blackout.forgotten.is_empty(), false),
                Err(what) => tally.wrong(true, format!("{}: {what}", blackout.image.display())),
            }
            let _ = std::fs::remove_file(&blackout.image);
        }
    }
    tally.report("F2 power loss (struck: the server had forgotten some)");
}
