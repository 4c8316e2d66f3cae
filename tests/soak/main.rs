//! F13, F18: for a while everybody works on one account at once: Postwren watching, another mail program on the
//! account, and another one on Postwren's own Maildirs; Postwren is killed now and then. When all are quiet, the
//! watching Postwren must bring both sides in step by itself; and then every message that nobody deleted is there,
//! once, on both sides.
//!
//! It runs against the lab's Dovecot for `POSTWREN_SOAK` minutes (`tests/run --soak 30`), and not at all without.
//! What it finds wrong it spells out, and it keeps the profile with the watching program's log.

mod actors;
mod book;
mod sides;
#[path = "../support/mod.rs"]
mod support;

use actors::{on_the_account, on_the_maildir};
use book::Book;
use postwren::mail::account::Protocol::Imap;
use postwren::mail::account::Security::Tls;
use sides::{Verdict, here, there};
use std::fs::{File, OpenOptions};
use std::path::PathBuf;
use std::process::{Child, Stdio};
use std::sync::Arc;
use std::time::{Duration, Instant};
use support::lab::{Client, DAVE, Lab};
use support::program::Ran;
use support::raw::Raw;

/// Where messages are.
const BOXES: [&str; 3] = ["INBOX", "Soak A", "Soak B"];

/// Between two lines about how it goes.
const NEWS: Duration = Duration::from_secs(20);

/// The watching program looks at every mailbox each two minutes; on a busy machine it may need a second look.
const REST: Duration = Duration::from_secs(300);

/// One round of `postwren sync`, or a look into the queue, that takes longer than this hangs.
const ROUND: Duration = Duration::from_secs(120);

/// Rounds until nothing waits, at most.
const ROUNDS: usize = 30;

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
    clear(&mut log_in(&lab).await).await;
    let client = lab.client(DAVE, Imap, Tls);
    client.run(&["sync"]).done();
    let book = Arc::new(Book::default());

    let account = tokio::spawn(on_the_account(log_in(&lab).await, book.clone()));
    let maildir = {
        let (root, book) = (mail_of(&client), book.clone());
        std::thread::spawn(move || on_the_maildir(&root, &book))
    };
    let mut watching = watch_and_die(&client, &book, Duration::from_secs_f64(minutes * 60.0)).await;
    book.close();
    account.await.expect("the mail program on the account");
    maildir.join().expect("the mail program on the Maildirs");
    for (deed, count) in book.counts() {
        println!("soak: {count:6} {deed}");
    }
    // So many are deleted between two looks at a mailbox that Postwren asks; the person says yes.
    kill(&mut watching);
    let answered = run(&client, &["sync", "--accept-removals", DAVE]).await.expect("a round");
    println!("soak: {}", answered.out.trim());
    let watching = self::watching(&client);
    // Not a connection of the beginning: servers end those on which nothing was said for half an hour.
    let wrong = end(&client, &mut log_in(&lab).await, &book, watching).await;
    if !wrong.is_empty() {
        let profile = client.program.keep();
        panic!("{}\nthe profile is kept: {}", wrong.join("\n"), profile.display());
    }
}

/// Postwren works by itself; every now and then it is killed in the middle of it, and begins again. The last one goes
/// on.
async fn watch_and_die(client: &Client, book: &Book, time: Duration) -> Child {
    let begin = Instant::now();
    let mut running = watching(client);
    while begin.elapsed() < time {
        let life = Duration::from_secs(fastrand::u64(20..90)).min(time.saturating_sub(begin.elapsed()));
        let death = Instant::now() + life;
        while Instant::now() < death {
            tokio::time::sleep(NEWS.min(death.saturating_duration_since(Instant::now()))).await;
            let (deeds, alive) = (book.deeds(), book.alive().len());
            println!("soak: {:4} s, {deeds} deeds, {alive} messages", begin.elapsed().as_secs());
        }
        if let Some(status) = running.try_wait().expect("its state") {
            panic!("Postwren ended by itself: {status}");
        }
        kill(&mut running);
        book.count("kills of Postwren");
        running = watching(client);
    }
    running
}

/// Starts Postwren, with a log beside its profile.
fn watching(client: &Client) -> Child {
    let profile = client.program.profile();
    let log = OpenOptions::new().create(true).append(true).open(client.program.home().join("watch.log"));
    let mut command = client.program.command(&["--profile", profile.to_str().expect("UTF-8"), "sync", "--watch"]);
    command.env("POSTWREN_LOG", "debug").stdout(Stdio::null()).stderr(log.expect("a log"));
    command.spawn().expect("the program starts")
}

fn kill(child: &mut Child) {
    child.kill().expect("kill");
    child.wait().expect("its end");
}

/// What is wrong once everybody else is quiet: first as the watching program leaves it, then after rounds from outside.
async fn end(client: &Client, server: &mut Raw, book: &Book, mut watching: Child) -> Vec<String> {
    let mut wrong = Vec::new();
    if let Err(words) = comes_to_rest(client, server, book).await {
        println!("soak: the watching program does not come to rest: {words}");
        wrong.push(format!("watching, it did not come to rest within {REST:?}: {words}"));
    }
    kill(&mut watching);
    if let Err(words) = quiet(client).await {
        println!("soak: {words}");
        wrong.push(words);
    }
    let verdict = Verdict::of(&book.alive(), &here(&mail_of(client)), &there(server).await);
    println!("soak: in the end {}", verdict.line());
    if !verdict.is_well() {
        wrong.push(verdict.words());
    }
    wrong
}

/// The watching program by itself brings both sides in step; how they differ, where it does not in time.
async fn comes_to_rest(client: &Client, server: &mut Raw, book: &Book) -> Result<(), String> {
    let (begin, alive) = (Instant::now(), book.alive());
    let mut told = Instant::now();
    loop {
        let verdict = Verdict::of(&alive, &here(&mail_of(client)), &there(server).await);
        if verdict.is_well() {
            println!("soak: both sides are in step after {} s", begin.elapsed().as_secs());
            return Ok(());
        }
        if begin.elapsed() > REST {
            return Err(verdict.words());
        }
        if told.elapsed() > NEWS {
            told = Instant::now();
            println!("soak: resting for {:3} s: {}", begin.elapsed().as_secs(), verdict.line());
        }
        tokio::time::sleep(Duration::from_secs(2)).await;
    }
}

/// Rounds until nothing waits, three in a row; what is wrong with the last, where there is no end of it.
async fn quiet(client: &Client) -> Result<(), String> {
    let mut calm = 0;
    let mut last = String::new();
    for round in 1..=ROUNDS {
        let begin = Instant::now();
        let ran = run(client, &["sync"]).await?;
        let queue = run(client, &["queue", "--json"]).await?;
        let waiting = queue.json();
        println!(
            "soak: round {round}: {} s, status {:?}, {} wait {}",
            begin.elapsed().as_secs(),
            ran.code,
            waiting.len(),
            ran.err.trim()
        );
        calm = if ran.code == Some(0) && waiting.is_empty() { calm + 1 } else { 0 };
        if calm == 3 {
            return Ok(());
        }
        last = format!("status {:?}: {}; waiting: {waiting:#?}", ran.code, ran.err.trim());
        if ran.code != Some(0) {
            tokio::time::sleep(Duration::from_secs(2)).await;
        }
    }
    Err(format!("it is not at rest after {ROUNDS} rounds: {last}"))
}

/// Runs the program to its end, but not for ever.
async fn run(client: &Client, arguments: &[&str]) -> Result<Ran, String> {
    let place = |name: &str| client.program.home().join(name);
    let (out, err) = (place("run.out"), place("run.err"));
    let profile = client.program.profile();
    let all = [&["--profile", profile.to_str().expect("UTF-8")], arguments].concat();
    let mut command = client.program.command(&all);
    command.stdout(File::create(&out).expect("create")).stderr(File::create(&err).expect("create"));
    let mut child = command.spawn().expect("the program starts");
    let text = |path: &PathBuf| std::fs::read_to_string(path).expect("read");
    let end = Instant::now() + ROUND;
    loop {
        if let Some(status) = child.try_wait().expect("its state") {
            return Ok(Ran { code: status.code(), out: text(&out), err: text(&err) });
        }
        if Instant::now() > end {
            kill(&mut child);
            return Err(format!("postwren {arguments:?} does not end within {ROUND:?}: {}", text(&err)));
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
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

fn mail_of(client: &Client) -> PathBuf {
    client.program.profile().join("mail").join(&client.user)
}
