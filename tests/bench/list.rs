//! Lists of a large mailbox beside those of one of a thousand messages: the index by itself, made-up rows.
//!
//! `cargo bench --bench list -- [MESSAGES…]`; 100,000 and 1,000,000 where none are given. `fill` in the place of a number
//! measures only how fast rows are put in.
//!
//! An order by sender, subject or size is made when it is first asked for ("made in"), and kept: the ratios are of what
//! a person does in it afterwards. Each figure is CPU time, the mean of many turns, and the ratio is to the same with a
//! thousand messages in the same run.

mod inbox;
mod rows;

use inbox::with_inbox;
use postwren::mail::ids::MailboxId;
use postwren::mail::listing::{Filter, Sort, SortBy};
use postwren::storage::{ListQuery, Query, RowAlone, Store};
use rows::row;

const SMALL: u64 = 1000;
/// Rows of a screen.
const SCREEN: u64 = 20;
const TURNS: usize = 300;
/// Messages of a transaction, as in a delivery.
const BATCH: u32 = 256;

struct Desk {
    _dir: tempfile::TempDir,
    store: Store,
    inbox: MailboxId,
    messages: u64,
}

fn main() {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let mut counts: Vec<u32> = arguments.iter().filter_map(|a| a.parse().ok()).collect();
    if counts.is_empty() {
        counts = vec![100_000, 1_000_000];
    }
    let only_fill = arguments.iter().any(|a| a == "fill");
    let small = (!only_fill).then(|| Desk::fill(1000));
    for count in counts {
        let large = Desk::fill(count);
        if let Some(small) = &small {
            compare(small, &large);
        }
    }
}

impl Desk {
    fn fill(count: u32) -> Desk {
        let dir = tempfile::tempdir().expect("a directory");
        let (store, inbox) = with_inbox(dir.path(), "bench");
        let begin = busy();
        let mut uid = 0;
        while uid < count {
            let batch: Vec<RowAlone> = (uid..count.min(uid + BATCH)).map(row).collect();
            store.put_rows_alone(inbox, &batch).expect("rows");
            uid += BATCH;
        }
        let seconds = (busy() - begin) / 1e6;
        println!("{count} messages put in: {seconds:.2} s of CPU, {:.0} messages/s", f64::from(count) / seconds);
        Desk { _dir: dir, store, inbox, messages: u64::from(count) }
    }

    fn page(&self, query: &ListQuery, start: u64, count: u64) -> u64 {
        let page = self.store.list(query, start..start + count).expect("a page");
        page.total
    }
}

/// Microseconds that this thread has run: what else the machine does is not counted.
fn busy() -> f64 {
    let text = std::fs::read_to_string("/proc/thread-self/schedstat").unwrap_or_default();
    text.split(' ').next().and_then(|ns| ns.parse::<f64>().ok()).unwrap_or_default() / 1e3
}

/// Microseconds of a turn: the kernel counts in steps of some milliseconds, so many turns are taken together.
fn time(mut turn: impl FnMut(usize)) -> f64 {
    turn(0);
    let begin = busy();
    (0..TURNS).for_each(&mut turn);
    (busy() - begin) / TURNS as f64
}

fn compare(small: &Desk, large: &Desk) {
    println!("{:40} {:>10} {:>10} {:>7}   made in", "", SMALL, large.messages, "ratio");
    let filters = [("", Filter::default()), (" unread", Filter { unread: true, ..Filter::default() })];
    for threaded in [false, true] {
        for (by, name) in
            [(SortBy::Date, "date"), (SortBy::Sender, "sender"), (SortBy::Subject, "subject"), (SortBy::Size, "size")]
        {
            for (what, filter) in &filters {
                if *what == " unread" && by != SortBy::Date {
                    continue;
                }
                let label = format!("{} by {name}{what}", if threaded { "conversations" } else { "messages" });
                measure(small, large, &label, |desk| ListQuery {
                    of: Query::Mailbox(desk.inbox),
                    threaded,
                    sort: Sort { by, ascending: false },
                    filter: filter.clone(),
                });
            }
        }
    }
    let text = Filter { text: "invoice".into(), ..Filter::default() };
    measure(small, large, "messages with a word", |desk| ListQuery {
        of: Query::Mailbox(desk.inbox),
        threaded: false,
        sort: Sort::default(),
        filter: text.clone(),
    });
    println!("resident: {} MiB", resident());
}

/// Opening, scrolling ten screens and jumping into the middle of one list.
fn measure(small: &Desk, large: &Desk, label: &str, query: impl Fn(&Desk) -> ListQuery) {
    let begin = busy();
    let total = large.page(&query(large), 0, SCREEN);
    let made = (busy() - begin) / 1e3;
    let small_total = small.page(&query(small), 0, SCREEN);
    let open = |desk: &Desk| {
        let query = query(desk);
        time(|_| {
            desk.page(&query, 0, SCREEN);
        })
    };
    let scroll = |desk: &Desk| {
        let query = query(desk);
        time(|_| {
            (0..10).for_each(|screen| {
                desk.page(&query, screen * SCREEN, SCREEN);
            })
        })
    };
    let jump = |desk: &Desk, total: u64| {
        let query = query(desk);
        time(|n| {
            desk.page(&query, total / 2 + n as u64 * 7 % (total / 3), SCREEN);
        })
    };
    for (what, a, b) in [
        ("open", open(small), open(large)),
        ("ten screens", scroll(small), scroll(large)),
        ("jump", jump(small, small_total), jump(large, total)),
    ] {
        let made = if what == "open" { format!("{made:8.1} ms, {total} rows") } else { String::new() };
        println!("{:40} {a:7.0} µs {b:7.0} µs {:7.2}  {made}", format!("{label}: {what}"), b / a);
    }
}

/// MiB of this process's resident set.
fn resident() -> u64 {
    let status = std::fs::read_to_string("/proc/self/status").unwrap_or_default();
    let line = status.lines().find_map(|l| l.strip_prefix("VmRSS:")).unwrap_or_default();
    line.trim().trim_end_matches(" kB").trim().parse::<u64>().unwrap_or_default() / 1024
}
