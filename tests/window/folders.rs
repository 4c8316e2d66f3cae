//! Messages and folders by the pointer: dragged, copied, renamed, moved and taken back, with the server's state
//! read afterwards by a client of another make.

use crate::support::desktop::{self, eventually};
use crate::support::lab::{Client, DAVE, Lab};
use crate::support::raw::Raw;
use crate::{PATIENCE, Screen};
use postwren::mail::account::{Protocol::Imap, Security::Tls};
use tokio::runtime::Runtime;

/// The middle of the first folder's line, and from one line to the next.
const FIRST_FOLDER: (i32, i32) = (90, 170);
const LINE: i32 = 32;
/// From one message to the next.
const ROW: i32 = 72;

/// The server, asked directly.
struct Server {
    runtime: Runtime,
    raw: Raw,
    /// The folder that holds all of this test.
    tree: String,
}

impl Server {
    fn new(lab: &Lab) -> Server {
        let runtime = Runtime::new().expect("a runtime");
        let pem = std::fs::read_to_string(&lab.ca).expect("the authority");
        let endpoint = lab.endpoint(DAVE, Imap, Tls);
        let mut raw = runtime.block_on(Raw::connect(&endpoint, &pem));
        runtime.block_on(raw.line());
        let nanos = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0, |d| d.as_nanos());
        // Before every other folder that a person may have.
        let mut server = Server { runtime, raw, tree: format!("0-{nanos}") };
        server.ask(&format!("LOGIN {DAVE} {}", lab.password));
        server
    }

    fn ask(&mut self, command: &str) -> Vec<String> {
        self.runtime.block_on(self.raw.imap_ok(command))
    }

    fn path(&self, folder: &str) -> String {
        if folder.is_empty() { self.tree.clone() } else { format!("{}/{folder}", self.tree) }
    }

    fn create(&mut self, folder: &str) {
        let path = self.path(folder);
        self.ask(&format!("CREATE {path}"));
        self.ask(&format!("SUBSCRIBE {path}"));
    }

    fn append(&mut self, folder: &str, subject: &str, day: u32) {
        let raw =
            format!("From: {DAVE}\r\nDate: {day} Nov 2026 10:00:00 +0000\r\nSubject: {subject}\r\n\r\nHello.\r\n");
        let path = self.path(folder);
        self.ask(&format!("APPEND {path} {{{}+}}\r\n{raw}", raw.len()));
    }

    /// The folders of this test, below its own.
    fn folders(&mut self) -> Vec<String> {
        let lines = self.ask(&format!("LIST \"\" {}/*", self.tree));
        let prefix = format!("{}/", self.tree);
        let name = |line: &String| {
            let at = line.find(&prefix)? + prefix.len();
            Some(line.get(at..)?.trim_end_matches('"').to_string())
        };
        let mut all: Vec<String> = lines.iter().filter_map(name).collect();
        all.sort();
        all
    }

    /// The subjects in a folder, which must be there.
    fn subjects(&mut self, folder: &str) -> Vec<String> {
        let path = self.path(folder);
        self.ask(&format!("EXAMINE {path}"));
        let lines = self.ask("UID FETCH 1:* (FLAGS BODY.PEEK[HEADER.FIELDS (SUBJECT)])");
        self.ask("UNSELECT");
        let mut all: Vec<String> =
            lines.iter().filter_map(|line| line.strip_prefix("Subject: ").map(String::from)).collect();
        all.sort();
        all
    }

    #[track_caller]
    fn awaits(&mut self, what: &str, mut is_so: impl FnMut(&mut Server) -> bool) {
        eventually(PATIENCE, what, || is_so(self));
    }
}

/// The middle of a folder's line in a window on one account, by where the command line lists it.
fn line(client: &Client, path: &str) -> (i32, i32) {
    let all = client.run(&["mailboxes", "--json"]).json();
    let at = all.iter().position(|mailbox| mailbox["path"] == path);
    let at = at.unwrap_or_else(|| panic!("no {path} in {all:?}"));
    (FIRST_FOLDER.0, FIRST_FOLDER.1 + LINE * i32::try_from(at).expect("a line"))
}

fn row(number: i32) -> (i32, i32) {
    (crate::place::FIRST_MESSAGE.0, crate::place::FIRST_MESSAGE.1 + ROW * number)
}

#[test]
fn the_gestures_of_folders_reach_the_server_and_are_taken_back() {
    let (Some(lab), true) = (Lab::find(), desktop::is_available()) else { return };
    let mut server = Server::new(&lab);
    ["", "From", "Other", "To"].into_iter().for_each(|folder| server.create(folder));
    let all = ["one", "two", "three", "four"];
    (20..).zip(all).for_each(|(day, subject)| server.append("From", subject, day));
    let dave = lab.client(DAVE, Imap, Tls);
    dave.run(&["sync"]).done();
    let [from, other, to] = ["From", "Other", "To"].map(|folder| line(&dave, &server.path(folder)));

    let mut screen = Screen::new(&dave.program);
    let main = screen.main_window();
    let empty = screen.desktop.pixels(&main, crate::LIST);
    screen.click(&main, from);
    eventually(PATIENCE, "the messages are listed", || screen.desktop.pixels(&main, crate::LIST) != empty);
    let desktop = &screen.desktop;

    // The three newest are selected and dragged together.
    screen.click(&main, row(0));
    desktop.holding("shift", || desktop.click(&main, row(2).0, row(2).1));
    desktop.drag(&main, row(1), to, || desktop.picture(&main, "drag-move"));
    server.awaits("three were moved", |s| s.subjects("To") == ["four", "three", "two"]);
    assert_eq!(server.subjects("From"), ["one"]);
    desktop.picture(&main, "drag-moved");

    // With Ctrl it stays as well.
    desktop.drag(&main, row(0), (other.0, other.1 - 2), || ());
    server.awaits("it was moved", |s| s.subjects("Other") == ["one"] && s.subjects("From").is_empty());
    desktop.key("ctrl+z");
    server.awaits("it is back", |s| s.subjects("From") == ["one"] && s.subjects("Other").is_empty());
    let held = || assert!(desktop.xdotool(&["keydown", "ctrl"]).status.success(), "hold ctrl");
    desktop.drag(&main, row(0), other, || {
        held();
        std::thread::sleep(std::time::Duration::from_millis(200));
        desktop.picture(&main, "drag-copy");
    });
    assert!(desktop.xdotool(&["keyup", "ctrl"]).status.success(), "let ctrl go");
    server.awaits("it was copied", |s| s.subjects("Other") == ["one"]);
    assert_eq!(server.subjects("From"), ["one"]);

    // A folder is renamed in its line, and dragged into another.
    screen.click(&main, other);
    desktop.key("F2");
    desktop.write("Renamed");
    desktop.picture(&main, "folder-rename");
    desktop.key("Return");
    server.awaits("it was renamed", |s| s.folders() == ["From", "Renamed", "To"]);
    assert_eq!(server.subjects("Renamed"), ["one"]);
    desktop.drag(&main, other, from, || desktop.picture(&main, "drag-folder"));
    server.awaits("it was moved into From", |s| s.folders() == ["From", "From/Renamed", "To"]);
    assert_eq!(server.subjects("From/Renamed"), ["one"]);

    // All of it is taken back, one after the other.
    desktop.key("ctrl+z");
    server.awaits("the move of the folder is undone", |s| s.folders() == ["From", "Renamed", "To"]);
    desktop.key("ctrl+z");
    server.awaits("its name is back", |s| s.folders() == ["From", "Other", "To"]);
    desktop.key("ctrl+z");
    server.awaits("the copy is gone", |s| s.subjects("Other").is_empty());
    desktop.key("ctrl+z");
    server.awaits("the messages are back", |s| s.subjects("From").len() == 4 && s.subjects("To").is_empty());
    desktop.picture(&main, "drag-undone");
    screen.quit();
    assert_eq!(dave.run(&["queue", "--json"]).json().len(), 0, "nothing waits");
}
