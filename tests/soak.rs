//! F13, F18: for a while everybody works on one account at once: Postwren watching, another mail program on the
//! account, and another one on Postwren's own Maildirs; Postwren is killed now and then. In the end, when all are
//! quiet, both sides hold the same, and every message that nobody deleted is there, once.
//!
//! It runs against the lab's Dovecot for `POSTWREN_SOAK` minutes (`tests/run --soak 30`), and not at all without.

mod support;

use postwren::mail::account::Protocol::Imap;
use postwren::mail::account::Security::Tls;
use sha2::{Digest, Sha256};
use std::collections::{BTreeMap, BTreeSet};
use std::path::{Path, PathBuf};
use std::process::Child;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};
use support::lab::{Client, DAVE, Lab};
use support::raw::Raw;

/// Where messages are.
const BOXES: [&str; 3] = ["INBOX", "Soak A", "Soak B"];

/// Between two deeds of one actor, at most.
const PAUSE_MS: u64 = 100;

/// More than this are not kept: what is done to them counts, not how many they are.
const MOST: usize = 1_000;

/// What everybody did, counted; and the messages that must be there in the end.
#[derive(Default)]
struct Book {
    counts: Mutex<BTreeMap<&'static str, usize>>,
    alive: Mutex<BTreeSet<String>>,
    next: AtomicUsize,
    over: AtomicBool,
}

impl Book {
    fn count(&self, deed: &'static str) {
        *self.counts.lock().expect("counts").entry(deed).or_default() += 1;
    }

    /// A new message of an actor, whose number is in its name: nobody else moves or deletes it.
    fn write(&self, actor: &str) -> (String, String) {
        let n = self.next.fetch_add(1, Ordering::Relaxed);
        let id = format!("soak-{actor}-{n}@lab.test");
        let filling = format!("line of {id}\r\n").repeat(n % 60);
        let text = format!(
            "From: Soak <{DAVE}>\r\nTo: {DAVE}\r\nSubject: {id}\r\nMessage-ID: <{id}>\r\n\
             Date: Mon, 23 Nov 2026 09:00:00 +0000\r\n\r\n{filling}"
        );
        self.alive.lock().expect("alive").insert(id.clone());
        (id, text)
    }

    fn has_room(&self) -> bool {
        self.alive.lock().expect("alive").len() < MOST
    }

    fn bury(&self, id: &str) {
        self.alive.lock().expect("alive").remove(id);
    }
}

fn minutes() -> Option<f64> {
    std::env::var("POSTWREN_SOAK").ok()?.parse().ok()
}

#[tokio::test(flavor = "multi_thread")]
#[ignore = "takes as long as POSTWREN_SOAK says"]
async fn everybody_works_on_one_account() {
    let (Some(lab), Some(minutes)) = (Lab::find(), minutes()) else {
        println!("skipped: it needs the lab and POSTWREN_SOAK, a number of minutes");
        return;
    };
    let mut server = log_in(&lab).await;
    clear(&mut server).await;
    let client = lab.client(DAVE, Imap, Tls);
    client.run(&["sync"]).done();
    let book = Arc::new(Book::default());

    let account = tokio::spawn(on_the_account(log_in(&lab).await, book.clone()));
    let maildir = {
        let (root, book) = (mail_of(&client), book.clone());
        std::thread::spawn(move || on_the_maildir(&root, &book))
    };
    watch_and_die(&client, &book, Duration::from_secs_f64(minutes * 60.0)).await;
    book.over.store(true, Ordering::Relaxed);
    account.await.expect("the mail program on the account");
    maildir.join().expect("the mail program on the Maildirs");

    quiet(&client).await;
    for (deed, count) in book.counts.lock().expect("counts").iter() {
        println!("soak: {count:6} {deed}");
    }
    judge(&client, &mut server, &book).await;
}

/// Postwren works by itself; every now and then it is killed in the middle of it, and begins again.
async fn watch_and_die(client: &Client, book: &Book, time: Duration) {
    let end = Instant::now() + time;
    let mut running: Child = client.program.start(&["sync", "--watch"]);
    while Instant::now() < end {
        let life = Duration::from_secs(fastrand::u64(20..90)).min(end.saturating_duration_since(Instant::now()));
        tokio::time::sleep(life).await;
        if let Some(status) = running.try_wait().expect("its state") {
            panic!("Postwren ended by itself: {status}");
        }
        running.kill().expect("kill");
        running.wait().expect("its end");
        book.count("kills of Postwren");
        running = client.program.start(&["sync", "--watch"]);
    }
    // What the others did last it sees while it still watches.
    book.over.store(true, Ordering::Relaxed);
    tokio::time::sleep(Duration::from_secs(10)).await;
    running.kill().expect("kill");
    running.wait().expect("its end");
}

async fn log_in(lab: &Lab) -> Raw {
    let ca = std::fs::read_to_string(&lab.ca).expect("the lab's authority");
    let mut endpoint = lab.endpoint(DAVE, Imap, Tls);
    endpoint.host = "127.0.0.1".into();
    let mut raw = Raw::connect(&endpoint, &ca).await;
    raw.line().await;
    raw.imap_ok(&format!("LOGIN {DAVE} {}", lab.password)).await;
    raw
}

/// An account with nothing but three empty mailboxes.
async fn clear(server: &mut Raw) {
    for path in BOXES {
        server.imap(&format!("CREATE \"{path}\"")).await;
        server.imap(&format!("SUBSCRIBE \"{path}\"")).await;
        server.imap_ok(&format!("SELECT \"{path}\"")).await;
        server.imap_ok("UID STORE 1:* +FLAGS.SILENT (\\Deleted)").await;
        server.imap_ok("EXPUNGE").await;
    }
}

/// UIDs of a mailbox with the Message-IDs of their messages.
async fn numbered(server: &mut Raw, path: &str) -> Vec<(u32, String, String)> {
    server.imap_ok(&format!("SELECT \"{path}\"")).await;
    let mut all = Vec::new();
    for line in server.imap("UID FETCH 1:* (UID FLAGS BODY.PEEK[HEADER.FIELDS (Message-ID)])").await {
        if let Some((_, rest)) = line.split_once("UID ")
            && line.contains(" FETCH ")
        {
            let uid = rest.split(|c: char| !c.is_ascii_digit()).next().and_then(|n| n.parse().ok()).unwrap_or(0);
            let flags = line.split_once("FLAGS (").and_then(|(_, rest)| rest.split(')').next()).unwrap_or("");
            all.push((uid, String::new(), flags.to_string()));
        }
        if let Some(id) = line.strip_prefix("Message-ID: <").or_else(|| line.strip_prefix("Message-Id: <"))
            && let Some(last) = all.last_mut()
        {
            last.1 = id.trim_end_matches('>').to_string();
        }
    }
    all
}

/// Another program on the account: it appends, flags, moves and deletes.
async fn on_the_account(mut server: Raw, book: Arc<Book>) {
    while !book.over.load(Ordering::Relaxed) {
        tokio::time::sleep(Duration::from_millis(fastrand::u64(0..PAUSE_MS))).await;
        let from = BOXES[fastrand::usize(..BOXES.len())];
        let all = numbered(&mut server, from).await;
        // Only what this one wrote is moved or deleted by it; flags are everybody's.
        let own: Vec<&(u32, String, String)> = all.iter().filter(|(_, id, _)| id.contains("-account-")).collect();
        match fastrand::u32(0..10) {
            0..4 if book.has_room() => {
                let (_, text) = book.write("account");
                server
                    .send(format!("a{} APPEND \"{from}\" {{{}+}}\r\n{text}\r\n", fastrand::u32(..), text.len()))
                    .await;
                while !server.line().await.contains(" OK ") {}
                book.count("appended to the account");
            }
            4..7 if !all.is_empty() => {
                let (uid, _, _) = all[fastrand::usize(..all.len())];
                let (sign, flag) =
                    (['+', '-'][fastrand::usize(..2)], ["\\Seen", "\\Flagged", "\\Answered"][fastrand::usize(..3)]);
                server.imap(&format!("UID STORE {uid} {sign}FLAGS.SILENT ({flag})")).await;
                book.count("flagged on the account");
            }
            7..9 if !own.is_empty() => {
                let to = BOXES[fastrand::usize(..BOXES.len())];
                if to != from {
                    let uid = own[fastrand::usize(..own.len())].0;
                    server.imap(&format!("UID MOVE {uid} \"{to}\"")).await;
                    book.count("moved on the account");
                }
            }
            9 if own.len() > 5 => {
                let (uid, id, _) = own[fastrand::usize(..own.len())];
                book.bury(id);
                server.imap_ok(&format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)")).await;
                server.imap_ok(&format!("UID EXPUNGE {uid}")).await;
                book.count("deleted on the account");
            }
            _ => {}
        }
    }
}

fn mail_of(client: &Client) -> PathBuf {
    client.program.profile().join("mail").join(&client.user)
}

/// The message files of a Maildir with its `new` and `cur`.
fn files(root: &Path, path: &str) -> Vec<PathBuf> {
    let parts = ["cur", "new"].into_iter().map(|part| root.join(path).join(part));
    parts.flat_map(|part| std::fs::read_dir(part).into_iter().flatten().flatten().map(|entry| entry.path())).collect()
}

fn id_of(raw: &[u8]) -> String {
    let text = String::from_utf8_lossy(raw);
    let found = text.lines().find_map(|line| line.strip_prefix("Message-ID: <"));
    found.unwrap_or_default().trim_end_matches(['>', '\r']).to_string()
}

/// Another program on the Maildirs: it delivers, renames for flags, and moves, as the Maildir's rules say.
fn on_the_maildir(root: &Path, book: &Book) {
    while !book.over.load(Ordering::Relaxed) {
        std::thread::sleep(Duration::from_millis(fastrand::u64(0..PAUSE_MS)));
        let from = BOXES[fastrand::usize(..BOXES.len())];
        let all = files(root, from);
        match fastrand::u32(0..10) {
            0..3 if book.has_room() => deliver(root, from, book),
            3..8 if !all.is_empty() => flag(&all[fastrand::usize(..all.len())], book),
            8..10 if !all.is_empty() => move_to(root, from, &all[fastrand::usize(..all.len())], book),
            _ => {}
        }
    }
}

fn deliver(root: &Path, path: &str, book: &Book) {
    if !root.join(path).join("tmp").is_dir() {
        return;
    }
    let (id, text) = book.write("maildir");
    let name = format!("1790000000.M{}P1.soak", id.replace(['@', '.'], "_"));
    let temporary = root.join(path).join("tmp").join(&name);
    std::fs::write(&temporary, text).expect("write");
    std::fs::rename(temporary, root.join(path).join("new").join(name)).expect("deliver");
    book.count("delivered into a Maildir");
}

/// Renames a file for another flag. Postwren may have been faster: then it is not there any more.
fn flag(file: &Path, book: &Book) {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (base, flags) = name.split_once(":2,").unwrap_or((&name, ""));
    let mut flags: BTreeSet<char> = flags.chars().collect();
    let flag = ['S', 'F', 'R'][fastrand::usize(..3)];
    if !flags.remove(&flag) {
        flags.insert(flag);
    }
    let Some(cur) = file.parent().and_then(Path::parent).map(|maildir| maildir.join("cur")) else { return };
    let new = cur.join(format!("{base}:2,{}", flags.into_iter().collect::<String>()));
    if std::fs::rename(file, new).is_ok() {
        book.count("flagged in a Maildir");
    }
}

/// Moves one of its own files to another Maildir, under a new name, as mutt does.
fn move_to(root: &Path, from: &str, file: &Path, book: &Book) {
    let to = BOXES[fastrand::usize(..BOXES.len())];
    let Ok(raw) = std::fs::read(file) else { return };
    if to == from || !id_of(&raw).contains("-maildir-") || !root.join(to).join("cur").is_dir() {
        return;
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let flags = name.split_once(":2,").map_or("", |(_, flags)| flags).to_string();
    let new = format!("1790000001.M{}P2.soak:2,{flags}", fastrand::u64(..));
    if std::fs::rename(file, root.join(to).join("cur").join(new)).is_ok() {
        book.count("moved between Maildirs");
    }
}

/// Rounds until nothing waits.
async fn quiet(client: &Client) {
    let end = Instant::now() + Duration::from_secs(300);
    let mut calm = 0;
    while calm < 3 {
        assert!(Instant::now() < end, "it never comes to rest: {:?}", client.run(&["queue", "--json"]));
        let ran = client.run(&["sync"]);
        let waiting = client.run(&["queue", "--json"]).json().len();
        calm = if ran.code == Some(0) && waiting == 0 { calm + 1 } else { 0 };
        if ran.code != Some(0) {
            println!("soak: {}", ran.err.trim());
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    }
}

/// Where a message is, its flags, and a hash of its bytes.
type State = BTreeMap<String, Vec<(String, String, String)>>;

fn put(state: &mut State, path: &str, flags: String, raw: &[u8]) {
    // Dovecot keeps line ends of its own; what is between them is compared.
    let text = String::from_utf8_lossy(raw).replace("\r\n", "\n");
    let hash = Sha256::digest(text.as_bytes()).iter().map(|byte| format!("{byte:02x}")).collect();
    state.entry(id_of(raw)).or_default().push((path.to_string(), flags, hash));
}

fn here(client: &Client) -> State {
    let mut state = State::new();
    for path in BOXES {
        for file in files(&mail_of(client), path) {
            let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
            let flags = name.split_once(":2,").map_or("", |(_, flags)| flags);
            let flags: String =
                flags.chars().filter(|flag| "SFR".contains(*flag)).collect::<BTreeSet<_>>().into_iter().collect();
            put(&mut state, path, flags, &std::fs::read(&file).expect("read"));
        }
    }
    state
}

async fn there(server: &mut Raw) -> State {
    let mut state = State::new();
    for path in BOXES {
        for (uid, _, flags) in numbered(server, path).await {
            let letters = [("\\Answered", 'R'), ("\\Flagged", 'F'), ("\\Seen", 'S')];
            let flags: String = letters
                .iter()
                .filter(|(word, _)| flags.contains(word))
                .map(|(_, letter)| *letter)
                .collect::<BTreeSet<_>>()
                .into_iter()
                .collect();
            let lines = server.imap_ok(&format!("UID FETCH {uid} (BODY.PEEK[])")).await;
            // The first line announces it, the last two end it.
            let body = lines.get(1..lines.len().saturating_sub(2)).unwrap_or_default();
            let text = body.iter().map(|line| format!("{line}\r\n")).collect::<String>();
            put(&mut state, path, flags, text.as_bytes());
        }
    }
    state
}

async fn judge(client: &Client, server: &mut Raw, book: &Book) {
    let (here, there) = (here(client), there(server).await);
    let alive = book.alive.lock().expect("alive").clone();
    let lost: Vec<&String> = alive.iter().filter(|id| !there.contains_key(*id) || !here.contains_key(*id)).collect();
    let doubled: Vec<&String> =
        here.iter().chain(&there).filter(|(_, places)| places.len() > 1).map(|(id, _)| id).collect();
    let risen: Vec<&String> = there.keys().filter(|id| !alive.contains(*id)).collect();
    let differ: Vec<_> =
        alive.iter().filter(|id| here.get(*id) != there.get(*id)).map(|id| (id, here.get(id), there.get(id))).collect();
    println!(
        "soak: {} messages in the end, {} lost, {} doubled, {} risen from the dead, {} that differ",
        alive.len(),
        lost.len(),
        doubled.len(),
        risen.len(),
        differ.len()
    );
    assert!(lost.is_empty(), "lost: {lost:?}");
    assert!(doubled.is_empty(), "doubled: {doubled:?}");
    assert!(risen.is_empty(), "deleted, but there: {risen:?}");
    assert!(differ.is_empty(), "the two sides differ: {differ:#?}");
}
