//! The main job as a person does it: the real program in a real window, by clicks and keys, and real servers
//! behind it. `POSTWREN_SCREENSHOTS=DIR` keeps pictures of the way.
#![cfg(feature = "gui")]

#[path = "window/folders.rs"]
mod folders;
mod support;

use postwren::mail::account::Protocol::{Imap, Pop3};
use postwren::mail::account::Security::{StartTls, Tls};
use postwren::mail::account::{Endpoint, Protocol};
use postwren::mail::mime;
use std::path::{Path, PathBuf};
use support::desktop::{self, Desktop, eventually};
use support::lab::{ALICE, BOB, CAROL, Client, DAVE, Lab, id, unique};
use support::program::Program;

/// Seconds that a busy machine and real servers may take for one step.
const PATIENCE: u64 = 60;

/// The list of messages within the main window: width, height, left, top.
const LIST: [u32; 4] = [380, 700, 236, 60];

/// Places within windows of 1280 by 800 and 880 by 680 pixels.
mod place {
    pub const NEW_MESSAGE: (i32, i32) = (116, 28);
    pub const OUTBOX: (i32, i32) = (66, 96);
    pub const FIRST_MESSAGE: (i32, i32) = (400, 92);
    pub const INCOMING_HOST: (i32, i32) = (620, 381);
    pub const INCOMING_PORT: (i32, i32) = (828, 381);
    pub const INCOMING_STARTTLS: (i32, i32) = (655, 421);
    pub const OUTGOING_HOST: (i32, i32) = (620, 569);
    pub const OUTGOING_PORT: (i32, i32) = (828, 569);
    pub const OUTGOING_STARTTLS: (i32, i32) = (655, 609);
    pub const ADVANCED: (i32, i32) = (460, 664);
    pub const CA_FILE: (i32, i32) = (640, 702);
}

/// The program with its window on a display of its own.
struct Screen {
    desktop: Desktop,
}

impl Screen {
    fn new(program: &Program) -> Screen {
        let mut screen = Screen { desktop: Desktop::start() };
        screen.open(program);
        screen
    }

    fn open(&mut self, program: &Program) {
        let profile = program.profile();
        let mut command = program.command(&["--profile", profile.to_str().expect("UTF-8")]);
        self.desktop.put(&mut command);
        command.stdout(std::process::Stdio::null()).stderr(std::process::Stdio::inherit());
        self.desktop.keep(command.spawn().expect("the program starts"));
    }

    fn main_window(&self) -> String {
        self.desktop.window("Postwren$")
    }

    fn click(&self, window: &str, (x, y): (i32, i32)) {
        self.desktop.activate(window);
        self.desktop.click(window, x, y);
    }

    /// Clicks on a field and replaces what stands in it.
    fn fill(&self, window: &str, place: (i32, i32), text: &str) {
        self.click(window, place);
        self.desktop.key("ctrl+a");
        self.desktop.write(text);
    }

    fn tab(&self, times: usize) {
        (0..times).for_each(|_| self.desktop.key("Tab"));
    }

    /// Writes a message into a fresh compose window, up to its text; returns the window.
    fn compose(&self, recipients: &[&str], subject: &str, text: &str) -> String {
        let window = self.desktop.window("^New message$");
        self.desktop.activate(&window);
        for recipient in recipients {
            self.desktop.write(&format!("{recipient},"));
        }
        // Past Cc and Bcc.
        self.tab(3);
        self.desktop.write(subject);
        self.tab(1);
        self.desktop.write(text);
        assert_eq!(self.desktop.window(subject), window, "the title is the subject");
        window
    }

    /// Ends the program as a person does.
    fn quit(&mut self) {
        let main = self.main_window();
        self.desktop.activate(&main);
        self.desktop.key("ctrl+q");
        assert!(self.desktop.await_newest(PATIENCE), "it did not quit, or not well");
    }
}

/// Fills in the set-up page, tests, and signs in.
fn set_up(screen: &Screen, lab: &Lab) {
    let desktop = &screen.desktop;
    let window = desktop.window("^Account set-up$");
    desktop.activate(&window);
    // The first field has the keyboard.
    desktop.write("Alice Example");
    screen.tab(1);
    desktop.write(ALICE);
    screen.tab(1);
    desktop.write(&lab.password);
    let (incoming, outgoing) = (lab.endpoint(ALICE, Imap, StartTls), lab.endpoint(ALICE, Protocol::Smtp, StartTls));
    screen.fill(&window, place::INCOMING_HOST, &incoming.host);
    screen.fill(&window, place::INCOMING_PORT, &incoming.port.to_string());
    screen.click(&window, place::INCOMING_STARTTLS);
    screen.fill(&window, place::OUTGOING_HOST, &outgoing.host);
    screen.fill(&window, place::OUTGOING_PORT, &outgoing.port.to_string());
    screen.click(&window, place::OUTGOING_STARTTLS);
    screen.click(&window, place::ADVANCED);
    screen.fill(&window, place::CA_FILE, lab.ca.to_str().expect("UTF-8"));
    desktop.picture(&window, "add-account");
    // Choose a file, password from a command, demo, Test.
    screen.tab(4);
    let before = desktop.pixels(&window, [500, 700, 390, 60]);
    desktop.key("space");
    eventually(PATIENCE, "the test says something", || desktop.pixels(&window, [500, 700, 390, 60]) != before);
    // Where both servers answered well, the keyboard is on Sign in; it is pressed until it has come there.
    eventually(PATIENCE, "the mailbox shows", || {
        desktop.key("Return");
        std::thread::sleep(std::time::Duration::from_millis(500));
        desktop.has_window("Postwren$")
    });
    desktop.picture(&window, "main-first");
}

/// The message as the recipient's program holds it.
fn received(client: &Client, subject: &str) -> Vec<u8> {
    let row = client.await_message("INBOX", subject);
    client.run(&["show", &id(&row), "--raw"]).done().into_bytes()
}

/// The file of a message with this subject in a Maildir of the profile.
fn file_of(program: &Program, mailbox: &str, subject: &str) -> Option<PathBuf> {
    let holds = |path: &PathBuf| std::fs::read(path).is_ok_and(|raw| mime::summary(&raw).envelope.subject == subject);
    program.files(ALICE, mailbox).into_iter().find(holds)
}

#[test]
fn by_hand_from_the_set_up_to_the_answer() {
    let (Some(lab), true) = (Lab::find(), desktop::is_available()) else { return };
    let alice = Client::new(ALICE);
    let (bob, carol) = (lab.client(BOB, Imap, Tls), lab.client(CAROL, Pop3, Tls));
    let mut screen = Screen::new(&alice.program);
    set_up(&screen, &lab);

    // A message with a file dropped on it, to both domains.
    let subject = unique("by hand");
    let bytes: Vec<u8> = (0..70_000_u32).map(|n| (n.wrapping_mul(n) >> 3) as u8).collect();
    let file = alice.program.home().join("prüfung 1.bin");
    std::fs::write(&file, &bytes).expect("a file");
    screen.click(&screen.main_window(), place::NEW_MESSAGE);
    let compose = screen.compose(&[BOB, CAROL], &subject, "Dear both, greetings.\n.a line with a dot");
    screen.desktop.drop_files(&compose, &[Path::new(&file)]);
    screen.desktop.picture(&compose, "compose");
    eventually(PATIENCE, "the file is attached", || {
        draft_of(&alice.program).is_some_and(|draft| draft["attachments"][0]["size"] == bytes.len())
    });
    screen.desktop.key("ctrl+Return");
    eventually(PATIENCE, "the compose window closes", || !screen.desktop.has_window(&subject));

    for client in [&bob, &carol] {
        let raw = received(client, &subject);
        let content = mime::content(&raw);
        assert_eq!(content.text.trim_end(), "Dear both, greetings.\n.a line with a dot", "{}", client.user);
        let (attachment, got) = mime::attachment(&raw, 0).expect("an attachment");
        assert_eq!((attachment.file_name.as_str(), got == bytes), ("prüfung 1.bin", true), "{}", client.user);
        let header = String::from_utf8_lossy(&raw);
        let header = header.split("\r\n\r\n").next().unwrap_or_default();
        assert!(header.contains("From: \"Alice Example\" <alice@a.test>"), "{header}");
        assert!(!header.to_lowercase().contains("\nbcc:"), "{header}");
        let stations: &[_] = if client.user == BOB { &["by mx.a.test", "by mx.b.test"] } else { &["by mx.a.test"] };
        stations.iter().for_each(|station| assert!(header.contains(station), "it did not pass {station}: {header}"));
    }
    eventually(PATIENCE, "the copy is in Sent", || file_of(&alice.program, "Sent", &subject).is_some());

    // Bob's answer comes by itself, and is read by a click.
    let main = screen.main_window();
    screen.desktop.activate(&main);
    let before = screen.desktop.pixels(&main, LIST);
    let answer = unique("answer");
    bob.send(&format!("From: {BOB}\nTo: {ALICE}\nSubject: {answer}\n\nThank you.\n"), &[]).done();
    eventually(PATIENCE, "the answer is in the Maildir", || file_of(&alice.program, "INBOX", &answer).is_some());
    eventually(PATIENCE, "the answer is in the list", || screen.desktop.pixels(&main, LIST) != before);
    screen.click(&main, place::FIRST_MESSAGE);
    screen.desktop.picture(&main, "answer");
    eventually(PATIENCE, "the answer is marked as read", || {
        file_of(&alice.program, "INBOX", &answer).is_some_and(|path| path.to_string_lossy().ends_with("S"))
    });

    screen.quit();
    assert_eq!(alice.run(&["outbox", "--json"]).json().len(), 0);
    let transcript = alice.run(&["transcript"]).done();
    assert!(transcript.contains(" IDLE"), "the answer was asked for: {transcript}");
    assert!(transcript.contains("STARTTLS") && !transcript.contains(&lab.password), "{transcript}");
    alice.run(&["sync"]).done();
    assert_eq!(alice.list("Sent", &subject).len(), 1, "Sent holds it once");
}

/// The only draft that is being written, as it lies in the profile.
fn draft_of(program: &Program) -> Option<serde_json::Value> {
    let all = std::fs::read_dir(program.profile().join("drafts")).ok()?;
    let mut all = all.flatten().filter_map(|entry| std::fs::read(entry.path().join("draft.json")).ok());
    let draft = serde_json::from_slice(&all.next()?).ok()?;
    assert!(all.next().is_none(), "more than one draft");
    Some(draft)
}

#[test]
fn a_killed_window_comes_back_with_what_was_written() {
    if !desktop::is_available() {
        return;
    }
    let program = Program::new();
    let dead = |protocol| Endpoint { protocol, host: "localhost".into(), port: 1, security: Tls }.to_string();
    let (imap, smtp) = (dead(Imap), dead(Protocol::Smtp));
    let who = ["account", "add", "--name", ALICE, "--email", ALICE, "--user", ALICE, "--password-stdin"];
    program.with_input(&[&who[..], &["--imap", &imap, "--smtp", &smtp]].concat(), "secret\n").done();

    let mut screen = Screen::new(&program);
    let main = screen.main_window();
    screen.desktop.activate(&main);
    screen.desktop.key("ctrl+n");
    let subject = unique("half written");
    screen.compose(&[BOB, DAVE], &subject, "Dear Bob, this is not fini");
    eventually(PATIENCE, "what was written is on the disk", || {
        draft_of(&program).is_some_and(|draft| draft["body"] == "Dear Bob, this is not fini")
    });
    screen.desktop.kill_newest();
    eventually(PATIENCE, "its windows are gone", || !screen.desktop.has_window(&subject));

    screen.open(&program);
    let window = screen.desktop.window(&subject);
    screen.desktop.activate(&window);
    screen.desktop.picture(&window, "compose-restored");
    let draft = draft_of(&program).expect("a draft");
    assert_eq!((&draft["subject"], draft["to"].as_array().map(Vec::len)), (&subject.as_str().into(), Some(2)));
    // It is written on, not only shown: the text has the keyboard.
    screen.desktop.key("ctrl+End");
    screen.desktop.write("shed");
    eventually(PATIENCE, "the text goes on", || {
        draft_of(&program).is_some_and(|draft| draft["body"] == "Dear Bob, this is not finished")
    });
}

#[test]
fn a_refused_recipient_stays_in_the_outbox() {
    let (Some(lab), true) = (Lab::find(), desktop::is_available()) else { return };
    let alice = lab.client(ALICE, Imap, StartTls);
    let (bob, carol) = (lab.client(BOB, Imap, Tls), lab.client(CAROL, Pop3, Tls));
    let mut screen = Screen::new(&alice.program);
    let main = screen.main_window();
    screen.desktop.activate(&main);
    screen.desktop.key("ctrl+n");
    let subject = unique("one refused");
    screen.compose(&[BOB, "nobody@a.test", CAROL], &subject, "Hello.");
    screen.desktop.key("ctrl+Return");
    eventually(PATIENCE, "the compose window closes", || !screen.desktop.has_window(&subject));
    bob.await_message("INBOX", &subject);
    carol.await_message("INBOX", &subject);
    screen.click(&main, place::OUTBOX);
    screen.click(&main, place::FIRST_MESSAGE);
    screen.desktop.picture(&main, "outbox-refused");
    screen.quit();

    let outbox = alice.run(&["outbox", "--json"]).json();
    assert_eq!((outbox.len(), &outbox[0]["state"]), (1, &"refused".into()), "{outbox:?}");
    let recipients = outbox[0]["recipients"].as_array().expect("recipients");
    let of = |address: &str| recipients.iter().find(|r| r["address"] == address).map(ToString::to_string);
    assert!(of("nobody@a.test").is_some_and(|outcome| outcome.contains("550")), "{recipients:?}");
    for taken in [BOB, CAROL] {
        assert!(of(taken).is_none_or(|outcome| !outcome.contains("550")), "{recipients:?}");
    }
}
