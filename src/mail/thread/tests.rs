//! Conversations against a model that is too slow to be wrong, and the cases that people know.

use super::*;
use proptest::prelude::*;

fn member(at: i64, id: &str, references: &[&str], subject: &str) -> Member {
    let references: Vec<String> = references.iter().map(|r| r.to_string()).collect();
    let own = Some(id).filter(|id| !id.is_empty());
    Member { key: (at, at), ties: Ties::of("ada", own, &[], &references, subject) }
}

fn all_one(members: &[Member]) -> bool {
    conversations(members).iter().all(|n| *n == 0)
}

#[test]
fn answers_meet_in_what_never_came() {
    assert!(all_one(&[
        member(1, "b", &["a"], "Re: x"),
        member(2, "c", &["a"], "Other"),
        member(3, "d", &["a", "c"], "")
    ]));
    let loops = [member(1, "a", &["b"], "x"), member(2, "b", &["a", "b"], "x"), member(3, "c", &["c"], "x")];
    assert_eq!(conversations(&loops), [0, 0, 1]);
}

#[test]
fn the_middle_of_a_long_chain_may_be_missing() {
    let ids: Vec<String> = (0..40).map(|n| format!("m{n}")).collect();
    let at = |n: usize| {
        let references: Vec<&str> = ids.iter().take(n).map(String::as_str).collect();
        member(i64::try_from(n).unwrap(), &ids[n], &references, "Re: x")
    };
    assert!(all_one(&[at(3), at(20), at(39)]));
}

#[test]
fn a_forged_reference_joins_a_handful_and_not_thousands() {
    let ids: Vec<String> = (0..5000).map(|n| format!("m{n}")).collect();
    let mut members: Vec<Member> = ids.iter().map(|id| member(1, id, &[], "News")).collect();
    let all: Vec<&str> = ids.iter().map(String::as_str).collect();
    members.push(member(2, "forged", &all, "Re: News"));
    let distinct: std::collections::HashSet<usize> = conversations(&members).into_iter().collect();
    assert!(distinct.len() > 5000 - MAX_REFERENCES, "{}", distinct.len());
}

#[test]
fn a_subject_ties_an_answer_without_references_to_what_came_right_before_it() {
    let day = 86_400;
    let invoices =
        [member(0, "a", &[], "Invoice"), member(day, "b", &[], "Invoice"), member(2 * day, "c", &[], "WG: Invoice")];
    assert_eq!(conversations(&invoices), [0, 1, 2]);
    let answered = [&invoices[..2], &[member(3 * day, "d", &[], "AW: Invoice")]].concat();
    assert_eq!(conversations(&answered), [0, 1, 1]);
    // Too late; before it; with a reference of its own; without a subject.
    assert_eq!(conversations(&[member(0, "a", &[], "x"), member(31 * day, "b", &[], "Re: x")]), [0, 1]);
    assert_eq!(conversations(&[member(5, "a", &[], "x"), member(1, "b", &[], "Re: x")]), [0, 1]);
    assert_eq!(conversations(&[member(0, "a", &[], "x"), member(1, "b", &["z"], "Re: x")]), [0, 1]);
    assert_eq!(conversations(&[member(0, "a", &[], "Re:"), member(1, "b", &[], "Re:")]), [0, 1]);
    let other = Member { key: (1, 2), ties: Ties::of("eve", Some("b"), &[], &[], "Re: x") };
    assert_eq!(conversations(&[member(0, "a", &[], "x"), other]), [0, 1]);
}

/// Any messages over a few ids and subjects, so that they meet often.
fn members() -> impl Strategy<Value = Vec<Member>> {
    let id = || prop_oneof![Just(String::new()), (0..12u8).prop_map(|n| format!("m{n}"))];
    let subject = prop_oneof![Just("x"), Just("Re: x"), Just("AW: y"), Just("y"), Just("Fwd: x"), Just("")];
    let references = prop::collection::vec((0..12u8).prop_map(|n| format!("m{n}")), 0..7);
    let one = (0..60i64, id(), references, subject, prop::bool::ANY).prop_map(|(day, id, references, subject, eve)| {
        let account = if eve { "eve" } else { "ada" };
        let own = Some(id.as_str()).filter(|id| !id.is_empty());
        (day * 86_400, Ties::of(account, own, &[], &references, subject))
    });
    prop::collection::vec(one, 0..20).prop_map(|all| {
        let numbered = all.into_iter().zip(0i64..);
        numbered.map(|((date, ties), id)| Member { key: (date, id), ties }).collect()
    })
}

/// Every pair is looked at until nothing changes.
fn model(members: &[Member]) -> Vec<usize> {
    let tied = |a: &Member, b: &Member| {
        if a.ties.nodes().any(|node| b.ties.nodes().any(|other| node == other)) {
            return true;
        }
        let (first, second) = if a.key < b.key { (a, b) } else { (b, a) };
        let between = |c: &Member| c.ties.topic == first.ties.topic && c.key > first.key && c.key < second.key;
        second.ties.follows
            && first.ties.topic == second.ties.topic
            && second.key.0 - first.key.0 <= SUBJECT_WINDOW
            && !members.iter().any(between)
    };
    let mut label: Vec<usize> = (0..members.len()).collect();
    loop {
        let before = label.clone();
        for a in 0..members.len() {
            for b in 0..members.len() {
                if tied(&members[a], &members[b]) {
                    let low = label[a].min(label[b]);
                    (label[a], label[b]) = (low, low);
                }
            }
        }
        if before == label {
            return label;
        }
    }
}

fn same_partition(a: &[usize], b: &[usize]) -> bool {
    (0..a.len()).all(|i| (0..i).all(|j| (a[i] == a[j]) == (b[i] == b[j])))
}

proptest! {
    #[test]
    fn conversations_are_those_of_the_model_in_any_order(members in members(), seed in any::<u64>()) {
        let found = conversations(&members);
        prop_assert!(same_partition(&found, &model(&members)));
        let mut order: Vec<usize> = (0..members.len()).collect();
        fastrand::Rng::with_seed(seed).shuffle(&mut order);
        let shuffled: Vec<Member> = order.iter().map(|at| members[*at].clone()).collect();
        let again = conversations(&shuffled);
        let mut back = vec![0; members.len()];
        order.iter().zip(again).for_each(|(at, n)| back[*at] = n);
        prop_assert!(same_partition(&found, &back));
    }
}
