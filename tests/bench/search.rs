//! Reading every word of a hundred thousand messages, and ten questions about them: beside notmuch and mu where they
//! are installed, and against a plain scan.
//!
//! `cargo bench --bench search -- [MESSAGES] [noscan] [index]`; 100,000 where no number is given, `index` measures
//! that alone. `POSTWREN_CORPUS` names a Maildir, or a directory of files, that serves instead of made-up mail;
//! `POSTWREN_PEERS` a directory in which the databases of the others are kept from run to run, `POSTWREN_PROFILE` one
//! for ours. Each figure of a question is the median of many whole processes, in turns.

mod corpus;
mod dovecot;
mod indexers;
mod measure;
mod program;
mod scan;

use indexers::{Indexer, Program};
use jiff::Zoned;
use measure::{Cost, median, quick, ratio, run};
use postwren::mail::search::{Expression, parse};
use postwren::storage::{Order, Profile, Store, StoredMailbox};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Rounds of each question, and processes of one program in a round.
const ROUNDS: usize = 5;
const EACH: usize = 5;
/// Times that each question is asked inside a program.
const ASKED: usize = 200;

/// What is asked, in the words of each program.
struct Question {
    name: &'static str,
    ours: &'static str,
    notmuch: &'static str,
    mu: &'static str,
}

const BOOLEAN: &str = "(invoice or meeting) and number and not from:alice";
const QUESTIONS: [Question; 10] = [
    Question { name: "word", ours: "invoice", notmuch: "invoice", mu: "invoice" },
    Question { name: "two words", ours: "invoice meeting", notmuch: "invoice meeting", mu: "invoice meeting" },
    Question { name: "phrase", ours: "\"of the\"", notmuch: "\"of the\"", mu: "\"of the\"" },
    Question { name: "from", ours: "from:alice", notmuch: "from:alice", mu: "from:alice" },
    Question { name: "subject", ours: "subject:invoice", notmuch: "subject:invoice", mu: "subject:invoice" },
    Question {
        name: "date range",
        ours: "date:2024",
        notmuch: "date:2024-01-01..2024-12-31",
        mu: "date:2024-01-01..2024-12-31",
    },
    Question { name: "boolean", ours: "(invoice OR meeting) number -from:alice", notmuch: BOOLEAN, mu: BOOLEAN },
    Question { name: "prefix", ours: "inv*", notmuch: "inv*", mu: "inv*" },
    Question { name: "CJK", ours: "会議", notmuch: "会議", mu: "会議" },
    Question { name: "none found", ours: "zyxwvut", notmuch: "zyxwvut", mu: "zyxwvut" },
];

impl Question {
    fn of(&self, program: Program) -> &'static str {
        match program {
            Program::Notmuch => self.notmuch,
            Program::Mu => self.mu,
        }
    }

    fn expression(&self) -> Expression {
        parse(self.ours, &Zoned::now(), false)
    }
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let said = |word: &str| arguments.iter().any(|a| a == word);
    let count = arguments.iter().find_map(|a| a.parse().ok()).unwrap_or(100_000);
    let directory = tempfile::tempdir().expect("a directory");
    let kept = |variable: &str, name: &str| {
        std::env::var_os(variable).map_or_else(|| directory.path().join(name), PathBuf::from)
    };
    let maildir = maildir(directory.path(), count);
    let peers = indexers::installed(&kept("POSTWREN_PEERS", "peers"), &maildir);
    let profile = kept("POSTWREN_PROFILE", "profile");
    index(&profile, &maildir, &peers);
    if said("index") {
        return;
    }
    let store = Store::open(&Profile::open(&profile).expect("a profile")).expect("a store");
    let mailbox = store.mailboxes(Some("local")).expect("mailboxes").into_iter().find(|m| m.total > 0);
    let mailbox = mailbox.expect("what was imported");
    inside(&store);
    if !said("noscan") {
        compare(&store, &mailbox, &peers);
    }
    drop(store);
    processes(&profile, &peers);
}

/// The mail, as a Maildir.
fn maildir(directory: &Path, count: usize) -> PathBuf {
    let given = std::env::var_os("POSTWREN_CORPUS").map(PathBuf::from);
    if let Some(given) = given.as_ref().filter(|given| given.join("cur").is_dir()) {
        return given.clone();
    }
    let maildir = directory.join("maildir");
    for part in ["cur", "new", "tmp"] {
        std::fs::create_dir_all(maildir.join(part)).expect("a directory");
    }
    let put = |i: usize, bytes: Vec<u8>| {
        std::fs::write(maildir.join(format!("cur/{i:07}.bench:2,S")), bytes).expect("a message");
    };
    match given {
        None => (0..count).for_each(|i| put(i, corpus::message(1, i, count))),
        Some(given) => {
            let files = std::fs::read_dir(given).expect("the corpus").map(|file| file.expect("an entry").path());
            let files = files.filter(|file| file.is_file()).take(count);
            files.enumerate().for_each(|(i, file)| put(i, std::fs::read(file).expect("a message")));
        }
    }
    maildir
}

/// What it costs until every word is found, from files to the last word.
fn index(profile: &Path, maildir: &Path, peers: &[Indexer]) {
    let mut costs = Vec::new();
    for peer in peers.iter().filter(|peer| !peer.is_made()) {
        let cost = peer.index();
        println!("{:10} {cost}", peer.program.name());
        costs.push((peer.program.name(), cost));
    }
    if profile.join("search.db").exists() {
        println!("the profile was filled before: not measured");
        return;
    }
    let store = run(postwren(profile).arg("import").arg(maildir).args(["--to", "local/Bench"]));
    println!("postwren   {store}  storing, lists, conversations");
    // The first search reads what is not read yet.
    let words = run(postwren(profile).args(["search", "zyxwvut"]));
    println!("postwren   {words}  words");
    println!("postwren   {}  together", store + words);
    println!("databases: index {} MB, search {} MB", size(&profile.join("index.db")), size(&profile.join("search.db")));
    for (name, cost) in costs {
        ratio(name, store + words, cost);
    }
}

fn size(file: &Path) -> u64 {
    std::fs::metadata(file).map_or(0, |meta| meta.len()) / 1_000_000
}

/// The program without its remarks.
fn postwren(profile: &Path) -> Command {
    let mut command = program::postwren(profile);
    command.stderr(Stdio::null());
    command
}

/// How long a search takes inside a program that runs: the newest fifty with their rows.
fn inside(store: &Store) {
    println!("{:12} {:>9} {:>9} {:>9}   inside the program, newest 50", "", "p50 ms", "p99 ms", "max ms");
    let mut all = Vec::new();
    for question in &QUESTIONS {
        let expression = question.expression();
        let mut times: Vec<f64> = (0..ASKED)
            .map(|_| {
                let begin = Instant::now();
                store.search(&expression, Order::Date, 0..50).expect("an answer");
                begin.elapsed().as_secs_f64() * 1e3
            })
            .collect();
        all.extend_from_slice(&times);
        tell(question.name, &mut times);
    }
    tell("all", &mut all);
}

fn tell(name: &str, times: &mut [f64]) {
    times.sort_by(f64::total_cmp);
    let at = |share: f64| times.get((times.len() as f64 * share) as usize).or(times.last()).copied().unwrap_or(0.0);
    println!("{name:12} {:9.3} {:9.3} {:9.3}", at(0.5), at(0.99), at(1.0));
}

/// What is found, beside a plain scan; that the two are one is asserted.
fn compare(store: &Store, mailbox: &StoredMailbox, peers: &[Indexer]) {
    let expressions: Vec<Expression> = QUESTIONS.iter().map(Question::expression).collect();
    let scanned = scan::find(store, mailbox, &expressions);
    for ((question, expression), scanned) in QUESTIONS.iter().zip(&expressions).zip(&scanned) {
        let found = store.search_ids(expression).expect("an answer");
        let others: Vec<String> = peers
            .iter()
            .map(|peer| format!("{} {}", peer.program.name(), peer.count(question.of(peer.program))))
            .collect();
        let same = found.iter().copied().collect::<std::collections::BTreeSet<_>>() == *scanned;
        println!("{:12} {} found, plain scan {}; {}", question.name, found.len(), scanned.len(), others.join(", "));
        assert!(same && found.len() == scanned.len(), "{}: not what a plain scan finds", question.name);
    }
}

/// Whole processes, in turns.
fn processes(profile: &Path, peers: &[Indexer]) {
    println!("whole process, newest 50, ms of wall time and of CPU, median of {}", ROUNDS * EACH);
    let mut worst: f64 = 0.0;
    for question in &QUESTIONS {
        let mut programs: Vec<(&str, Command)> = vec![("postwren", postwren(profile))];
        programs[0].1.args(["search", question.ours, "--limit", "50"]);
        programs.extend(peers.iter().map(|peer| (peer.program.name(), peer.search(question.of(peer.program)))));
        let mut costs: Vec<Vec<Cost>> = vec![Vec::new(); programs.len()];
        for _ in 0..ROUNDS {
            for ((_, command), costs) in programs.iter_mut().zip(&mut costs) {
                costs.extend(quick(command, EACH));
            }
        }
        let figures: Vec<(f64, f64)> = costs
            .into_iter()
            .map(|costs| {
                let cpu = costs.iter().map(|cost| cost.cpu).sum::<f64>() / costs.len() as f64;
                (median(costs).wall * 1e3, cpu * 1e3)
            })
            .collect();
        let fastest = figures.iter().skip(1).map(|figure| figure.0).fold(f64::INFINITY, f64::min);
        let ours = figures.first().map_or(0.0, |figure| figure.0);
        let words: Vec<String> = programs
            .iter()
            .zip(&figures)
            .map(|((name, _), (wall, cpu))| format!("{name} {wall:6.1} ({cpu:5.1})"))
            .collect();
        let beside = if fastest.is_finite() { format!("  ratio {:.2}", ours / fastest) } else { String::new() };
        worst = worst.max(if fastest.is_finite() { ours / fastest } else { 0.0 });
        println!("{:12} {}{beside}", question.name, words.join("  "));
    }
    if !peers.is_empty() {
        println!("worst ratio to the faster of them {worst:.2}");
    }
}
