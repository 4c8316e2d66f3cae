//! From the press of a key to the pixels: opening one message after the other, texts and newsletters, in the real window.
//!
//! `cargo bench --bench open -- [MESSAGES]`, at most 60 of each kind where no number is given. Xvfb, openbox, xdotool
//! and import are needed. `POSTWREN_CORPUS` names the directories (with `:` between them) whose messages and pages of
//! HTML are opened, made-up mail without it, whose HTML is plain; `POSTWREN_BIN` another build of the program;
//! `POSTWREN_SCREENSHOTS` where pictures of the first and the last message of each kind are kept, to see that what is
//! measured is what is meant.
//!
//! Each kind has a profile of its own, with an account whose Inbox has the messages, unread, all of their words read;
//! nothing answers at its server. The window is drawn by software. When the program rests `j` is pressed for the first
//! message, which is not counted, and then for each of the others, always after the pane rested for 0.6 s, so that
//! nothing is left from the one before; then `k` all the way back, to messages that were open already and are read.
//!
//! A press is a request of XTEST; the time runs from just before it is sent. From then on the reader's pane is read
//! over and over, and compared with the reading before, header and body apart: **first** is the first reading that
//! differs, **settled** the last one. The body of a newsletter changes when the page before it goes, and again when its
//! own is there: *body settled* is from the press to the page. A text is there in one step. (The line between the two
//! lies below the header; a banner, where there is one, is read with the body, and comes before it.) Where a message
//! looks as the one before, no change is seen; such messages are counted apart.
//!
//! The error is the time between two readings, which is printed, and always to the program's loss: a change is noted
//! when the reading that shows it is here. The readings themselves take the display and a processor from the program
//! for half of the time.

mod corpus;
#[path = "../support/desktop.rs"]
#[allow(dead_code)]
mod desktop;
mod dovecot;
#[path = "corpora/files.rs"]
mod files;
mod inbox;
#[path = "open/letters.rs"]
mod letters;
mod measure;
#[path = "open/pixels.rs"]
mod pixels;
mod profile;
mod program;
mod settle;

use desktop::Desktop;
use pixels::{Change, Eyes, Part, Seen};
use postwren::mail::flags::Flags;
use postwren::mail::uid::{Uid, UidValidity};
use postwren::storage::{Incoming, IncomingBody};
use profile::with_account;
use program::postwren;
use settle::Watched;
use std::path::Path;
use std::process::Stdio;
use std::time::Duration;

/// Messages of each kind.
const MOST: usize = 60;
/// The window that [`PANE`] is a part of.
const WINDOW: (u16, u16) = (1280, 800);
/// The reader's pane: its header, and below row `split` what the message says.
const PANE: Part = Part { left: 640, top: 56, width: 480, height: 560, split: 180 };

fn main() {
    let most = std::env::args().find_map(|argument| argument.parse().ok()).unwrap_or(MOST);
    let letters = letters::gather(most);
    let desktop = Desktop::start();
    for (kind, messages) in [("texts", letters.texts), ("newsletters", letters.pages)] {
        if messages.len() > 1 {
            open_all(&desktop, kind, messages);
        } else {
            println!("{kind}: none to open");
        }
    }
}

fn open_all(desktop: &Desktop, kind: &str, messages: Vec<Vec<u8>>) {
    let directory = tempfile::tempdir().expect("a directory");
    let profile = directory.path().join("profile");
    fill(&profile, messages);
    let subjects = subjects(&profile);
    let mut command = postwren(&profile);
    if std::env::var_os("POSTWREN_LOG").is_none() {
        command.stderr(Stdio::null());
    }
    let mut watched = Watched::start(desktop, &mut command, "postwren");
    watched.settled(desktop);
    let window = desktop.window("Postwren$");
    desktop.activate(&window);
    // Away from all that would answer to it.
    desktop.xdotool(&["mousemove", "1599", "999"]);
    let eyes = Eyes::new(desktop, &window, PANE);
    assert_eq!(eyes.size(), WINDOW, "the pane is known for a window of this size");
    // From nothing to the first message; what is measured is from message to message.
    eyes.press('j');
    desktop.picture(&window, &format!("open-{kind}-first"));
    let there = series(&watched, &eyes, 'j', subjects.iter().skip(1));
    desktop.picture(&window, &format!("open-{kind}-last"));
    println!("{kind}: {} messages, one after the other for the first time", subjects.len() - 1);
    there.print();
    let back = series(&watched, &eyes, 'k', subjects.iter().rev().skip(1));
    println!("{kind}: the same backwards, each for the second time");
    back.print();
}

/// What the openings of many messages were.
struct Series<'a> {
    opened: Vec<(&'a str, Seen)>,
    /// Seconds of all of the program's processes.
    cpu: f64,
}

fn series<'a>(watched: &Watched, eyes: &Eyes, key: char, subjects: impl Iterator<Item = &'a String>) -> Series<'a> {
    let before = watched.cpu();
    let opened: Vec<_> = subjects.map(|subject| (subject.as_str(), eyes.press(key))).collect();
    Series { opened, cpu: watched.cpu() - before }
}

impl Series<'_> {
    fn print(&self) {
        self.line("header first", |seen| first(seen.upper));
        self.line("body first", |seen| first(seen.lower));
        self.line("header settled", |seen| last(seen.upper));
        self.line("body settled", |seen| last(seen.lower));
        let readings = self.opened.iter().flat_map(|(_, seen)| seen.readings.iter().copied().map(|d| ("", d)));
        let (median, p90, (_, worst)) = spread(readings.collect()).expect("readings");
        let cpu = self.cpu * 1000.0 / self.opened.len() as f64;
        println!("  between two readings: median {median:.1} ms, p90 {p90:.1} ms, worst {worst:.1} ms");
        println!("  CPU of the program for each opening: {cpu:.0} ms");
    }

    fn line(&self, name: &str, of: impl Fn(&Seen) -> Option<Duration>) {
        let all: Vec<_> = self.opened.iter().filter_map(|(subject, seen)| Some((*subject, of(seen)?))).collect();
        let unchanged = self.opened.len() - all.len();
        let Some((median, p90, (subject, worst))) = spread(all) else {
            println!("  {name:<15} never");
            return;
        };
        print!("  {name:<15} median {median:6.1} ms  p90 {p90:6.1} ms  worst {worst:6.1} ms ({subject})");
        println!("{}", if unchanged > 0 { format!("; {unchanged} without a change") } else { String::new() });
    }
}

fn first(change: Change) -> Option<Duration> {
    change.map(|(first, _)| first)
}

fn last(change: Change) -> Option<Duration> {
    change.map(|(_, last)| last)
}

/// Milliseconds: median, the ninth of ten, and the worst with its name.
fn spread(mut all: Vec<(&str, Duration)>) -> Option<(f64, f64, (&str, f64))> {
    all.sort_by_key(|(_, time)| *time);
    let milliseconds = |time: Duration| time.as_secs_f64() * 1000.0;
    let at = |tenths: usize| all.get(all.len() * tenths / 10).or(all.last()).map(|(_, time)| milliseconds(*time));
    let (subject, worst) = all.last().copied()?;
    Some((at(5)?, at(9)?, (subject, milliseconds(worst))))
}

/// A profile with an account whose Inbox has these messages, unread, all of their words read.
fn fill(profile: &Path, messages: Vec<Vec<u8>>) {
    let (store, inbox) = with_account(profile);
    let incoming = (1..).zip(messages).map(|(number, message)| Incoming {
        uid: Some((UidValidity(1), Uid(number))),
        flags: Flags::default(),
        internal_date: None,
        body: IncomingBody::Bytes(message),
    });
    store.deliver(inbox, incoming.collect()).expect("a delivery");
    while store.index_words().expect("words").left > 0 {}
}

/// The subjects as the list shows them, from above.
fn subjects(profile: &Path) -> Vec<String> {
    let output =
        postwren(profile).args(["list", "me/INBOX", "--json"]).stdout(Stdio::piped()).output().expect("a list");
    let rows: Vec<serde_json::Value> = serde_json::from_slice(&output.stdout).expect("rows");
    rows.iter().map(|row| row["subject"].as_str().unwrap_or_default().to_string()).collect()
}
