//! Measurements, run by hand: `cargo test --lib -- --ignored --nocapture storage::store::tests::speed`.

use super::*;
use std::time::Instant;

/// Processor seconds of this process, own and system's.
fn cpu() -> f64 {
    let stat = std::fs::read_to_string("/proc/self/stat").unwrap_or_default();
    let after = stat.rsplit(')').next().unwrap_or_default();
    let ticks: u32 = after.split_whitespace().skip(11).take(2).filter_map(|t| t.parse::<u32>().ok()).sum();
    f64::from(ticks) / 100.0
}

#[test]
#[ignore = "a measurement"]
fn ten_thousand_messages() {
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    let text = "The quick brown fox jumps over the lazy dog, again and again.\r\n".repeat(290);
    for size in [256u32, 500] {
        let (wall, busy) = (Instant::now(), cpu());
        for batch in 0..10_000 / size {
            let messages = (0..size).map(|n| {
                let mut one = incoming(batch * size + n + 1 + size * 1_000_000);
                if let IncomingBody::Bytes(bytes) = &mut one.body {
                    bytes.extend_from_slice(text.as_bytes());
                }
                one
            });
            desk.store().deliver(inbox, messages.collect()).unwrap();
        }
        eprintln!("deliver, batches of {size}: {:.2} s, {:.2} s CPU", wall.elapsed().as_secs_f64(), cpu() - busy);
    }
    let wall = Instant::now();
    desk.store().reconcile(inbox).unwrap();
    eprintln!("reconcile {} unchanged: {:.2} s", whole(desk.store(), inbox).total, wall.elapsed().as_secs_f64());
}

#[test]
#[ignore = "a measurement"]
fn pages_of_large_mailboxes() {
    for n in [100_000i64, 1_000_000] {
        let mut desk = Desk::new();
        let inbox = desk.mailbox("INBOX");
        let wall = Instant::now();
        paging::fill(desk.store(), inbox, (0..n).map(|i| i * 60));
        eprintln!("{n} rows: filled in {:.1} s", wall.elapsed().as_secs_f64());
        desk.store = None;
        let wall = Instant::now();
        let store = desk.reopen();
        eprintln!("  open {:.1} ms", wall.elapsed().as_secs_f64() * 1e3);
        let total = u64::try_from(n).unwrap();
        for start in [0, total / 3, total / 2 + 17, total - 50, 0, total / 3] {
            let wall = Instant::now();
            let page = store.page(&Query::Mailbox(inbox), start..start + 50).unwrap();
            assert_eq!(page.rows.len(), 50);
            eprintln!("  page at {start}: {:.2} ms", wall.elapsed().as_secs_f64() * 1e3);
        }
    }
}
