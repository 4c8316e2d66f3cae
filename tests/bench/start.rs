//! From exec to the first rows in the window, and the memory it then has, with many messages in the folder.
//!
//! `cargo bench --bench start -- [MESSAGES…]`, as root, with dovecot-imapd, openssl, Xvfb, openbox and xdotool.

mod corpus;
#[path = "../support/desktop.rs"]
#[allow(dead_code)]
mod desktop;
mod dovecot;
#[allow(dead_code)]
mod measure;

use desktop::Desktop;
use dovecot::{Dovecot, PASSWORD, USER};
use measure::run;
use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

const RUNS: usize = 5;

fn main() {
    let mut counts: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    if counts.is_empty() {
        counts = vec![10_000, 100_000];
    }
    let desktop = Desktop::start();
    for count in counts {
        let server = Dovecot::start();
        corpus::fill(&server, count);
        let directory = tempfile::tempdir().expect("a directory");
        let profile = directory.path().join("profile");
        fill(&server, &profile);
        let mut runs: Vec<(f64, f64)> = (0..RUNS).map(|_| window(&desktop, &profile)).collect();
        runs.sort_by(|a, b| a.0.total_cmp(&b.0));
        let (seconds, memory) = runs.get(RUNS / 2).copied().unwrap_or_default();
        let slowest = runs.last().map_or(0.0, |run| run.0);
        println!(
            "{count} messages: first rows after {seconds:.2} s (slowest {slowest:.2}), {memory:.0} MiB PSS; median of {RUNS}"
        );
    }
}

/// Receives everything into a new profile.
fn fill(server: &Dovecot, profile: &Path) {
    let imap = format!("imaps://localhost:{}", server.port);
    let password = format!("echo {PASSWORD}");
    let ca = server.ca();
    let who = ["--name", "me", "--email", USER, "--user", USER, "--imap", &imap, "--smtp", "smtps://localhost:9"];
    let mut add = postwren(profile);
    run(add.args(["account", "add"]).args(who).args(["--password-command", &password, "--ca"]).arg(ca));
    let cost = run(postwren(profile).arg("sync"));
    println!("received: {cost}");
}

fn postwren(profile: &Path) -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_postwren"));
    command.arg("--profile").arg(profile).env_remove("DBUS_SESSION_BUS_ADDRESS");
    command.stdin(Stdio::null()).stdout(Stdio::null());
    command
}

/// Seconds until the first rows, and MiB of memory some seconds later.
fn window(desktop: &Desktop, profile: &Path) -> (f64, f64) {
    let mut command = postwren(profile);
    desktop.put(&mut command);
    command.env("POSTWREN_LOG", "postwren=info").stderr(Stdio::piped());
    let begin = Instant::now();
    let mut child = command.spawn().expect("the window starts");
    let words = child.stderr.take().expect("its log");
    let (tell, told) = std::sync::mpsc::channel();
    // Reads on to the end, so that the program never waits for us.
    std::thread::spawn(move || {
        for line in BufReader::new(words).lines().map_while(Result::ok) {
            if line.contains("first rows shown") {
                let _ = tell.send(begin.elapsed());
            }
        }
    });
    let shown = told.recv_timeout(Duration::from_secs(60)).expect("rows within a minute");
    std::thread::sleep(Duration::from_secs(3));
    let memory = memory(child.id());
    let _ = child.kill();
    let _ = child.wait();
    (shown.as_secs_f64(), memory)
}

/// Proportional set size in MiB.
fn memory(pid: u32) -> f64 {
    let rollup = std::fs::read_to_string(format!("/proc/{pid}/smaps_rollup")).unwrap_or_default();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse::<f64>().unwrap_or_default() / 1024.0
}
