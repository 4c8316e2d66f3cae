//! A first download from Dovecot over TLS, beside mbsync in the same run: ours is durable and indexed.
//!
//! `cargo bench --bench receive -- [MESSAGES [RUNS]]`, as root, with dovecot-imapd, isync and openssl installed.

mod corpus;
mod dovecot;
mod measure;

use dovecot::{Dovecot, PASSWORD, USER};
use measure::{Cost, median, run};
use std::path::Path;
use std::process::{Command, Stdio};

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let (count, runs) = (numbers.first().copied().unwrap_or(10_000), numbers.get(1).copied().unwrap_or(3));
    let server = Dovecot::start();
    let mut bytes = 0;
    for i in 0..count {
        let message = corpus::message(1, i, count);
        bytes += message.len();
        server.put(i, &message);
    }
    server.own();
    println!("{count} messages, {:.1} MB, Dovecot over TLS on loopback; medians of {runs} runs", bytes as f64 / 1e6);
    let mut costs: [Vec<Cost>; 4] = Default::default();
    // Once for the server's own caches.
    mbsync(&server, false);
    for _ in 0..runs {
        let [ours, again, synced, unsynced] = &mut costs;
        let (first, second) = postwren(&server, count);
        ours.push(first);
        again.push(second);
        synced.push(mbsync(&server, true));
        unsynced.push(mbsync(&server, false));
    }
    let [ours, again, synced, unsynced] = costs.map(median);
    println!("postwren sync, durable and indexed   {ours}");
    println!("postwren sync, nothing new           {again}");
    println!("mbsync, FSync yes (its default)      {synced}");
    println!("mbsync, FSync no                     {unsynced}");
    let ratio = |name: &str, peer: Cost| {
        println!(
            "postwren / {name}: wall {:.2}, CPU {:.2}, memory {:.2}",
            ours.wall / peer.wall,
            ours.cpu / peer.cpu,
            ours.peak / peer.peak
        );
    };
    ratio("mbsync FSync yes", synced);
    ratio("mbsync FSync no", unsynced);
}

fn postwren(server: &Dovecot, count: usize) -> (Cost, Cost) {
    let directory = tempfile::tempdir().expect("a directory");
    let ca = server.ca();
    let program = |arguments: &[&str]| {
        let mut command = Command::new(env!("CARGO_BIN_EXE_postwren"));
        command.arg("--profile").arg(directory.path().join("profile")).args(arguments);
        command.env_remove("DBUS_SESSION_BUS_ADDRESS").stdin(Stdio::null()).stdout(Stdio::null());
        command
    };
    let imap = format!("imaps://localhost:{}", server.port);
    let password = format!("echo {PASSWORD}");
    let ca = ca.to_str().expect("UTF-8");
    run(&mut program(&[
        "account",
        "add",
        "--name",
        "me",
        "--email",
        USER,
        "--user",
        USER,
        "--imap",
        &imap,
        "--smtp",
        "smtps://localhost:9",
        "--password-command",
        &password,
        "--ca",
        ca,
    ]));
    let first = run(&mut program(&["sync"]));
    let files = std::fs::read_dir(directory.path().join("profile/mail/me/INBOX/cur")).expect("the Maildir").count();
    assert_eq!(files, count, "messages on disk");
    let second = run(&mut program(&["sync"]));
    (first, second)
}

fn mbsync(server: &Dovecot, fsync: bool) -> Cost {
    let directory = tempfile::tempdir().expect("a directory");
    let at = directory.path().display();
    std::fs::create_dir(directory.path().join("mail")).expect("a directory");
    let configuration = format!(
        "FSync {}\nIMAPAccount me\nHost localhost\nPort {}\nUser {USER}\nPass {PASSWORD}\nSSLType IMAPS\nCertificateFile {}\nAuthMechs PLAIN\n\n\
         IMAPStore remote\nAccount me\n\nMaildirStore local\nPath {at}/mail/\nInbox {at}/mail/INBOX\nSubFolders Verbatim\n\n\
         Channel inbox\nFar :remote:\nNear :local:\nPatterns INBOX\nCreate Near\nSyncState {at}/state-\n",
        if fsync { "yes" } else { "no" },
        server.port,
        server.ca().display()
    );
    let file = directory.path().join("mbsyncrc");
    std::fs::write(&file, configuration).expect("configuration");
    run(&mut mbsync_command(&file))
}

fn mbsync_command(file: &Path) -> Command {
    let mut command = Command::new("mbsync");
    command.arg("-q").arg("-c").arg(file).arg("inbox").stdin(Stdio::null()).stdout(Stdio::null());
    command
}
