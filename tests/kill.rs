//! kill -9 at random instants: of a first download, and of submissions. Nothing may be lost,
//! nothing doubled, no message sent twice.
//!
//! `POSTWREN_KILLS` sets how often each is killed; the quick run kills less.

#[path = "bench/dovecot.rs"]
mod dovecot;
mod support;

use dovecot::Dovecot;
use postwren::mail::account::Endpoint;

use postwren::demo::DemoServer;
use postwren::mail::account::{Protocol, Security};
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::time::{Duration, Instant};
use support::program::{NewAccount, Program};

const ADA: &str = "ada@lovelace.example";

fn kills() -> usize {
    std::env::var("POSTWREN_KILLS").ok().and_then(|n| n.parse().ok()).unwrap_or(12)
}

/// A message of some 0.5 to 20 kB that no other is equal to.
fn message(i: usize) -> String {
    let lines = (0..(i * 37) % 250).map(|line| format!("line {line} of message {i}, which is like no other\r\n"));
    format!(
        "From: Charles <charles@babbage.example>\r\nTo: {ADA}\r\nSubject: Message {i}\r\n\
         Date: Mon, 23 Nov 2026 09:{:02}:{:02} +0000\r\nMessage-ID: <kill-{i}@babbage.example>\r\n\r\n{}",
        (i / 60) % 60,
        i % 60,
        lines.collect::<String>()
    )
}

fn account<'a>(server: &'a DemoServer, ca_pem: &'a str) -> NewAccount<'a> {
    NewAccount {
        name: "ada",
        email: ADA,
        password: "pw",
        incoming: server.endpoint(Protocol::Imap, Security::Tls),
        outgoing: server.endpoint(Protocol::Smtp, Security::StartTls),
        ca_pem,
    }
}

/// Starts the program, lets it work for a while, and kills it. Whether it ended by itself before.
fn killed_after(program: &Program, arguments: &[&str], time: Duration) -> bool {
    let mut child = program.start(arguments);
    let end = Instant::now() + time;
    while Instant::now() < end {
        if child.try_wait().expect("wait").is_some() {
            return true;
        }
        std::thread::sleep(Duration::from_millis(1));
    }
    child.kill().expect("kill");
    child.wait().expect("wait");
    false
}

fn random_time(longest: Duration) -> Duration {
    longest.mul_f64(fastrand::f64())
}

/// Messages of the download that is killed.
const DOWNLOADED: usize = 2000;

#[tokio::test(flavor = "multi_thread")]
async fn a_first_download_survives_being_killed() {
    let server = DemoServer::builder().account(ADA, "pw").start().await.expect("start");
    for i in 0..DOWNLOADED {
        server.deliver(ADA, "INBOX", message(i).as_bytes());
    }
    let ca_pem = server.ca_pem().to_string();
    download_while_killed(&account(&server, &ca_pem), kills());
}

#[test]
fn a_first_download_from_dovecot_survives_being_killed() {
    if !Path::new("/usr/sbin/dovecot").exists() {
        println!("skipped: Dovecot is not there");
        return;
    }
    let server = Dovecot::start();
    for i in 0..DOWNLOADED {
        server.put(i, message(i).replace("\r\n", "\n").as_bytes());
    }
    server.own();
    let ca_pem = std::fs::read_to_string(server.ca()).expect("the certificate");
    let endpoint = |url: String| Endpoint::parse(&url).expect("a URL");
    let account = NewAccount {
        name: "ada",
        email: dovecot::USER,
        password: dovecot::PASSWORD,
        incoming: endpoint(format!("imaps://localhost:{}", server.port)),
        outgoing: endpoint("smtps://localhost:9".into()),
        ca_pem: &ca_pem,
    };
    // It takes several times as long as our own server does.
    download_while_killed(&account, std::env::var("POSTWREN_KILLS").map_or(4, |_| kills()));
}

/// Downloads again and again, is killed at random instants, and must come to the same end each time.
fn download_while_killed(account: &NewAccount<'_>, kills: usize) {
    let first = Program::new();
    first.add(account);
    let begin = Instant::now();
    first.run(&["sync"]).done();
    let longest = begin.elapsed();
    assert_complete(&first, DOWNLOADED);
    let mut killed = 0;
    while killed < kills {
        let program = Program::new();
        program.add(account);
        while killed < kills && !killed_after(&program, &["sync"], random_time(longest)) {
            killed += 1;
        }
        program.run(&["sync"]).done();
        assert_complete(&program, DOWNLOADED);
        println!("killed {killed} times, at most {longest:?} after the start");
    }
}

/// Every message once, each with the bytes that the server has.
fn assert_complete(program: &Program, count: usize) {
    let files = program.files("ada", "INBOX");
    let mut found = BTreeSet::new();
    for file in &files {
        let bytes = std::fs::read(file).expect("read");
        assert!(found.insert(bytes), "{file:?} is a message that is there already");
    }
    let sent: BTreeSet<Vec<u8>> = (0..count).map(|i| message(i).into_bytes()).collect();
    assert_eq!(found.len(), count, "messages on disk");
    assert!(found == sent, "other bytes on disk than the server sent");
    let listed = program.run(&["list", "ada/INBOX", "--limit", "100000", "--json"]).json();
    let ids: BTreeSet<&str> = listed.iter().filter_map(|row| row.get("id")?.as_str()).collect();
    assert_eq!((listed.len(), ids.len()), (count, count), "rows, and their ids");
}

#[tokio::test(flavor = "multi_thread")]
async fn submissions_survive_being_killed() {
    const MESSAGES: usize = 20;
    let ca_of = |server: &DemoServer| server.ca_pem().to_string();
    let mut killed = 0;
    let mut unknown = 0;
    let mut longest = None;
    while killed < kills() {
        let server = DemoServer::builder().account(ADA, "pw").start().await.expect("start");
        let ca_pem = ca_of(&server);
        let program = Program::new();
        program.add(&account(&server, &ca_pem));
        for i in 0..MESSAGES {
            let file = program.profile().with_extension(format!("{i}.eml"));
            let text = message(i).replace("charles@babbage.example", ADA);
            std::fs::write(&file, text).expect("write");
            program.run(&["send", "--queue", file.to_str().expect("UTF-8")]).done();
        }
        let Some(longest) = longest else {
            let begin = Instant::now();
            program.run(&["sync"]).done();
            longest = Some(begin.elapsed());
            assert_eq!(sent(&server).len(), MESSAGES);
            continue;
        };
        while killed < kills() && !killed_after(&program, &["sync"], random_time(longest)) {
            killed += 1;
        }
        // An entry whose fate is unknown keeps this from being a success; what it left is looked at below.
        program.run(&["sync"]);
        unknown += assert_none_twice_none_lost(&program, &server, MESSAGES);
        println!("killed {killed} times, {unknown} unknown");
    }
}

/// How often the server took each message, by its Message-ID.
fn sent(server: &DemoServer) -> BTreeMap<String, usize> {
    let mut sent = BTreeMap::new();
    for submission in server.submissions() {
        let text = String::from_utf8_lossy(&submission.raw).into_owned();
        let id = text.lines().find_map(|line| line.strip_prefix("Message-ID: ")).unwrap_or_default().to_string();
        *sent.entry(id).or_default() += 1;
    }
    sent
}

/// Every message was taken once, or is still in the Outbox, honest about itself; how many of those.
fn assert_none_twice_none_lost(program: &Program, server: &DemoServer, count: usize) -> usize {
    let sent = sent(server);
    assert!(sent.values().all(|times| *times == 1), "sent twice: {sent:?}");
    let outbox = program.run(&["outbox", "--json"]).json();
    let state = |item: &serde_json::Value| item["state"].as_str().unwrap_or_default().to_string();
    let left: BTreeMap<String, String> =
        outbox.iter().map(|item| (item["message_id"].as_str().unwrap_or_default().to_string(), state(item))).collect();
    for i in 0..count {
        let id = format!("kill-{i}@babbage.example");
        let taken = sent.contains_key(&format!("<{id}>"));
        let kept = left.iter().find(|(kept, _)| kept.contains(&id)).map(|(_, state)| state.as_str());
        match (taken, kept) {
            (true, None) | (_, Some("unknown")) => {}
            other => panic!("message {i}: {other:?}"),
        }
    }
    left.len()
}
