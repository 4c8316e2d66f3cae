use super::*;

fn listed(all: &[(&str, u64)]) -> Vec<Listed> {
    let numbered = all.iter().zip(1..);
    numbered.map(|((uidl, size), number)| Listed { number, uidl: (*uidl).into(), size: Some(*size) }).collect()
}

fn entry(key: &str, hash: &str, size: u64, state: LedgerState) -> (String, LedgerEntry) {
    let header_hash = Some(hash.to_string());
    (key.into(), LedgerEntry { uidl: key.into(), header_hash, size: Some(size), message: None, state })
}

/// A question's kind, by the message's number.
fn kinds(maildrop: &Maildrop) -> String {
    let kind = |q: &Question| match q {
        Question::New(_) => 'n',
        Question::Known(_) => 'k',
        Question::Same(..) => 's',
        Question::Which => 'w',
    };
    maildrop.questions.values().map(kind).collect()
}

const HERE: LedgerState = LedgerState::Downloaded;

#[test]
fn an_id_is_believed_only_where_nothing_speaks_against_it() {
    let ledger = Ledger::from([
        entry("a", "ha", 1, HERE),
        entry("b", "hb", 2, HERE),
        entry("c", "hc", 3, LedgerState::RemoveAt(100)),
        entry("d", "hd", 4, LedgerState::RemoveAt(101)),
        entry("e", "he", 5, LedgerState::Removed),
        entry("f", "hf", 6, LedgerState::Known),
    ]);
    let there = listed(&[("a", 1), ("b", 7), ("c", 3), ("d", 4), ("e", 5), ("f", 6), ("g", 7)]);
    let mut maildrop = Maildrop::new(there, &ledger, 100);
    assert_eq!(kinds(&maildrop), "kssksnn");
    assert_eq!(maildrop.wanted().iter().map(|(n, _)| *n).collect::<Vec<_>>(), [7, 6, 5, 3, 2]);
    assert_eq!(maildrop.answered(2, "hb"), Answer::Known("b".into()));
    assert_eq!(maildrop.answered(3, "other"), Answer::New("c".into()), "its id was given again");
    assert_eq!(maildrop.verified, HashMap::from([(2, "b".to_string())]));
    let changed = maildrop.changes(&ledger);
    assert_eq!(changed.iter().map(|e| (&*e.uidl, e.size)).collect::<Vec<_>>(), [("b", Some(7))]);
}

#[test]
fn two_messages_of_one_id_are_told_apart_by_their_headers() {
    let there = listed(&[("x", 1), ("x", 2), ("y", 3), ("", 4)]);
    let mut maildrop = Maildrop::new(there.clone(), &Ledger::new(), 0);
    assert_eq!(kinds(&maildrop), "wwnw");
    assert_eq!(maildrop.answered(1, "h1"), Answer::New("x h1".into()));
    assert_eq!(maildrop.answered(2, "h2"), Answer::New("x h2".into()));
    assert_eq!(maildrop.answered(4, "h2"), Answer::New(" h2 2".into()), "a twin is another message");
    let ledger = Ledger::from([entry("x h1", "h1", 1, HERE), entry("y", "hy", 3, HERE)]);
    let mut maildrop = Maildrop::new(there, &ledger, 0);
    assert_eq!(maildrop.answered(1, "h1"), Answer::Known("x h1".into()));
    assert_eq!(maildrop.answered(2, "h1"), Answer::New("x h1 2".into()));
}

#[test]
fn numbers_are_no_ids_and_new_ids_are_compared() {
    let mut maildrop = Maildrop::new(listed(&[("1", 5), ("2", 5)]), &Ledger::new(), 0);
    assert!(maildrop.is_anonymous);
    assert_eq!(maildrop.answered(1, "h"), Answer::New(" h".into()));
    let ledger = Ledger::from([entry("a", "ha", 1, HERE), entry("b", "hb", 2, LedgerState::Removed)]);
    let mut maildrop = Maildrop::new(listed(&[("p", 1), ("q", 2), ("r", 3)]), &ledger, 0);
    assert_eq!(kinds(&maildrop), "www");
    assert_eq!(maildrop.answered(1, "ha"), Answer::Known("a".into()));
    assert_eq!(maildrop.answered(2, "hb"), Answer::New("q hb".into()), "what went once is no proof");
    assert_eq!(maildrop.changes(&ledger).iter().map(|e| &*e.uidl).collect::<Vec<_>>(), ["p"]);
    // One new message beside none that is known is just new.
    assert_eq!(kinds(&Maildrop::new(listed(&[("p", 1)]), &ledger, 0)), "n");
}

#[test]
fn a_landmark_stands_for_what_precedes_it() {
    let there = listed(&[("", 5), ("", 6), ("", 7)]);
    let text = |count: usize| {
        let mut maildrop = Maildrop::new(there.clone(), &Ledger::new(), 0);
        maildrop.there.truncate(count);
        super::super::landmark::text(&maildrop.there, "hash")
    };
    let mark = |count| Ledger::from([entry(" landmark", &text(count), 0, LedgerState::Known)]);
    assert_eq!(Landmark::of(&mark(2), &there, 0).map(|m| (m.count, m.number)), Some((2, 2)));
    assert_eq!(Landmark::of(&mark(3), &listed(&[("", 5), ("", 6)]), 0), None, "fewer than there were");
    assert_eq!(Landmark::of(&mark(2), &listed(&[("", 5), ("", 7), ("", 7)]), 0), None, "another size");
    let mut due = mark(2);
    due.extend([entry(" h", "h", 5, LedgerState::RemoveAt(9))]);
    assert!(Landmark::of(&due, &there, 8).is_some() && Landmark::of(&due, &there, 9).is_none());
    assert_eq!(Landmark::of(&Ledger::new(), &there, 0), None);
}
