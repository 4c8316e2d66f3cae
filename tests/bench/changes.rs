//! What a later synchronisation costs, beside mbsync in the same run: nothing new in a small and in a large
//! mailbox, and 100 new messages with 1,000 changed flags.
//!
//! `cargo bench --bench changes -- [LARGE [MIDDLE [RUNS]]]`, as root, with dovecot-imapd, isync and openssl installed.

mod clients;
mod corpus;
mod dovecot;
mod measure;
mod program;

use clients::{Mbsync, Postwren};
use dovecot::Dovecot;
use measure::{Cost, median, ratio};

/// Messages of the small mailbox.
const SMALL: usize = 1000;
/// New messages and changed flags of one round.
const NEW: usize = 100;
const CHANGED: usize = 1000;

fn main() {
    let numbers: Vec<usize> = std::env::args().filter_map(|a| a.parse().ok()).collect();
    let number = |at: usize, default: usize| numbers.get(at).copied().unwrap_or(default);
    let (large, middle, runs) = (number(0, 100_000), number(1, 10_000), number(2, 5));
    let [small, _] = nothing_new(SMALL, runs);
    let [ours, theirs] = nothing_new(large, runs);
    ratio("mbsync, nothing new", ours, theirs);
    println!("postwren, {large} messages / {SMALL} messages, nothing new: wall {:.2}", ours.wall / small.wall);
    changed(middle, runs);
}

/// Rounds in which nothing happened.
fn nothing_new(count: usize, runs: usize) -> [Cost; 2] {
    let server = Dovecot::start();
    server.fill_small("INBOX", count);
    let (postwren, mbsync) = (Postwren::new(&server), Mbsync::new(&server, false));
    let first = postwren.sync();
    assert_eq!(postwren.inbox().len(), count, "messages on disk");
    mbsync.sync();
    let mut costs: [Vec<Cost>; 2] = Default::default();
    for _ in 0..runs {
        let [ours, theirs] = &mut costs;
        ours.push(postwren.sync());
        theirs.push(mbsync.sync());
    }
    let [ours, theirs] = costs.map(median);
    println!("{count} messages: postwren's first download      {first}");
    println!("{count} messages, nothing new: postwren          {ours}");
    println!("{count} messages, nothing new: mbsync            {theirs}");
    [ours, theirs]
}

/// Rounds in which messages came and flags changed on the server.
fn changed(count: usize, runs: usize) {
    let server = Dovecot::start();
    corpus::fill(&server, count);
    let (postwren, mbsync) = (Postwren::new(&server), Mbsync::new(&server, false));
    postwren.sync();
    mbsync.sync();
    let mut costs: [Vec<Cost>; 2] = Default::default();
    for round in 0..runs {
        server.flag(round * CHANGED % count, CHANGED);
        for i in 0..NEW {
            let i = count + round * NEW + i;
            server.put(i, &corpus::message(2, i, i + 1));
        }
        server.own();
        // The server's own reading of its Maildir is nobody's cost.
        server.look();
        let [ours, theirs] = &mut costs;
        if round % 2 == 0 {
            ours.push(postwren.sync());
            theirs.push(mbsync.sync());
        } else {
            theirs.push(mbsync.sync());
            ours.push(postwren.sync());
        }
        let expected = count + (round + 1) * NEW;
        let seen = ((round + 1) * CHANGED).min(count);
        for (name, files) in [("postwren", postwren.inbox()), ("mbsync", mbsync.inbox())] {
            assert_eq!(files.len(), expected, "{name}'s messages");
            let flagged = files.iter().filter(|f| f.rsplit_once(":2,").is_some_and(|(_, l)| l.contains('F'))).count();
            assert_eq!(flagged, seen, "{name}'s flags");
        }
    }
    let [ours, theirs] = costs.map(median);
    println!("{NEW} new, {CHANGED} changed in {count}: postwren, durable  {ours}");
    println!("{NEW} new, {CHANGED} changed in {count}: mbsync FSync no    {theirs}");
    ratio("mbsync FSync no, changes", ours, theirs);
}
