//! Words found, forgotten, found again after losses.

use super::*;
use crate::mail::search::parse;
use crate::storage::search::Order;

fn now() -> jiff::Zoned {
    "2026-11-24T10:00:00+00:00[UTC]".parse().unwrap()
}

fn letter(n: u32, from: &str, subject: &str, body: &str) -> Incoming {
    let raw = format!(
        "From: {from}\r\nTo: bob@b.test\r\nSubject: {subject}\r\nDate: {} Nov 2026 10:00:00 +0000\r\n\
         Message-ID: <w{n}@a.test>\r\nContent-Type: text/plain; charset=utf-8\r\n\r\n{body}\r\n",
        n.min(28)
    );
    incoming(n, raw.into_bytes())
}

fn incoming(n: u32, raw: Vec<u8>) -> Incoming {
    Incoming {
        uid: Some((V, Uid(n))),
        flags: Flags::empty(),
        internal_date: Some(1_700_000_000),
        body: IncomingBody::Bytes(raw),
    }
}

fn catch_up(store: &Store) -> u64 {
    let mut read = 0;
    loop {
        let step = store.index_words().unwrap();
        read += step.read;
        if step.left == 0 {
            return read;
        }
    }
}

fn subjects(store: &Store, line: &str) -> Vec<String> {
    let found = store.search(&parse(line, &now(), false), Order::Date, 0..50).unwrap();
    found.rows.into_iter().map(|row| row.subject).collect()
}

fn filled() -> (Desk, MailboxId) {
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    let letters = vec![
        letter(1, "Ada <ada@a.test>", "one", "The difference engine"),
        letter(2, "Charles <c@c.test>", "two", "An engine of difference"),
        letter(3, "Ada <ada@a.test>", "three", "Größe und Übung, 東京で会議"),
        letter(4, "Mary <m@m.test>", "four engines", "nothing"),
    ];
    desk.store().deliver(inbox, letters).unwrap();
    assert_eq!(catch_up(desk.store()), 4);
    (desk, inbox)
}

#[test]
fn words_phrases_fields_and_filters_find_what_they_say() {
    let (desk, _) = filled();
    let store = desk.store();
    assert_eq!(subjects(store, "engine"), ["two", "one"]);
    assert_eq!(subjects(store, "engine*"), ["four engines", "two", "one"]);
    assert_eq!(subjects(store, "\"difference engine\""), ["one"]);
    assert_eq!(subjects(store, "from:ada engine"), ["one"]);
    assert_eq!(subjects(store, "engine -from:ada"), ["two"]);
    assert_eq!(subjects(store, "-from:ada"), ["four engines", "two"]);
    assert_eq!(subjects(store, "grosse OR subject:two"), ["two"]);
    assert_eq!(subjects(store, "größe"), ["three"]);
    assert_eq!(subjects(store, "ubung"), ["three"]);
    assert_eq!(subjects(store, "会議"), ["three"]);
    assert_eq!(subjects(store, "議会"), [""; 0]);
    assert_eq!(subjects(store, "after:2026-11-02 before:2026-11-04"), ["three", "two"]);
    assert_eq!(subjects(store, "engine after:2026-11-02"), ["two"]);
    assert_eq!(subjects(store, "is:unread in:inbox engine"), ["two", "one"]);
    assert_eq!(subjects(store, "in:archive engine"), [""; 0]);
    assert_eq!(subjects(store, "(engine OR from:mary) is:starred"), [""; 0]);
    assert_eq!(subjects(store, "subject:one OR is:starred"), ["one"]);
    assert_eq!(subjects(store, "w3@a.test"), ["three"]);
    assert_eq!(subjects(store, ""), ["four engines", "three", "two", "one"]);
}

#[test]
fn what_went_is_not_found_and_what_came_is() {
    let (desk, inbox) = filled();
    let store = desk.store();
    let id = store.search(&parse("subject:one", &now(), false), Order::Date, 0..1).unwrap().rows[0].id;
    store.forget(inbox, &[id]).unwrap();
    assert_eq!(subjects(store, "engine"), ["two"], "before the words were taken out");
    // The newest row's place in the order must not be given again.
    let last = store.search(&parse("subject:four", &now(), false), Order::Date, 0..1).unwrap().rows[0].id;
    store.forget(inbox, &[last]).unwrap();
    store.deliver(inbox, vec![letter(9, "Eve <e@e.test>", "five", "an engine")]).unwrap();
    assert_eq!(catch_up(store), 1);
    assert_eq!(subjects(store, "engine"), ["five", "two"]);
    let found = store.search(&parse("", &now(), false), Order::Date, 0..50).unwrap();
    assert_eq!((found.searched, found.waiting), (3, 0));
}

#[test]
fn a_lost_index_costs_no_reading_and_lost_words_are_read_again() {
    let (mut desk, _) = filled();
    let store = desk.store();
    store.rebuild(&mut |_, _, _| {}).unwrap();
    assert_eq!(catch_up(store), 0, "each was read before");
    assert_eq!(subjects(store, "engine"), ["two", "one"]);
    std::fs::remove_file(desk.profile().search()).unwrap();
    let store = desk.reopen();
    assert_eq!(catch_up(store), 4);
    assert_eq!(subjects(store, "engine"), ["two", "one"]);
    desk.store = None;
    std::fs::write(desk.profile().search(), b"garbage").unwrap();
    assert_eq!(catch_up(desk.reopen()), 4);
}

#[test]
fn hits_equal_a_plain_scan() {
    let desk = Desk::new();
    let inbox = desk.mailbox("INBOX");
    let words = ["mill", "card", "carry", "wheel", "engine", "table"];
    let mut random = fastrand::Rng::with_seed(7);
    let texts: Vec<Vec<&str>> =
        (0..300).map(|_| (0..random.usize(1..6)).map(|_| words[random.usize(..words.len())]).collect()).collect();
    let letters = (1..).zip(&texts).map(|(n, t)| letter(n, "a@a.test", &format!("s{n}"), &t.join(" "))).collect();
    desk.store().deliver(inbox, letters).unwrap();
    catch_up(desk.store());
    let count = |line: &str| desk.store().search_ids(&parse(line, &now(), false)).unwrap().len();
    for a in words {
        for b in words {
            let has = |t: &[&str], w: &str| t.contains(&w);
            assert_eq!(count(&format!("{a} {b}")), texts.iter().filter(|t| has(t, a) && has(t, b)).count());
            assert_eq!(count(&format!("{a} OR {b}")), texts.iter().filter(|t| has(t, a) || has(t, b)).count());
            assert_eq!(count(&format!("{a} -{b}")), texts.iter().filter(|t| has(t, a) && !has(t, b)).count());
            let phrase = texts.iter().filter(|t| t.windows(2).any(|w| w == [a, b])).count();
            assert_eq!(count(&format!("\"{a} {b}\"")), phrase, "{a} {b}");
        }
    }
}
