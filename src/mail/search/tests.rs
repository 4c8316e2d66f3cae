use super::*;
use jiff::Zoned;
use proptest::prelude::*;

fn now() -> Zoned {
    "2026-11-24T10:00:00+01:00[Europe/Berlin]".parse().unwrap()
}
fn read(line: &str) -> Expression {
    parse(line, &now(), false)
}
fn text(field: Field, words: &str) -> Expression {
    Expression::Text(Text { field, words: words.into(), prefix: false })
}
fn any(words: &str) -> Expression {
    text(Field::Anywhere, words)
}
fn not(e: Expression) -> Expression {
    Expression::Not(Box::new(e))
}

#[test]
fn words_phrases_and_operators_are_read() {
    assert_eq!(read("engine mill"), Expression::All(vec![any("engine"), any("mill")]));
    assert_eq!(read("\"difference engine\""), any("difference engine"));
    assert_eq!(read("from:ada"), text(Field::From, "ada"));
    assert_eq!(read("SUBJECT:\"the mill\" x"), Expression::All(vec![text(Field::Subject, "the mill"), any("x")]));
    assert_eq!(read("https://example.org/a"), any("https://example.org/a"));
    assert_eq!(read("carr*"), Expression::Text(Text { field: Field::Anywhere, words: "carr".into(), prefix: true }));
}

#[test]
fn either_without_and_groups_bind_as_people_expect() {
    assert_eq!(read("a b OR c"), Expression::Any(vec![Expression::All(vec![any("a"), any("b")]), any("c")]));
    assert_eq!(read("(a OR b) -c"), Expression::All(vec![Expression::Any(vec![any("a"), any("b")]), not(any("c"))]));
    assert_eq!(read("a AND NOT b"), Expression::All(vec![any("a"), not(any("b"))]));
    assert_eq!(read("well-known"), any("well-known"));
}

#[test]
fn dates_sizes_and_states_are_read() {
    let at = |text: &str| text.parse::<jiff::Timestamp>().unwrap().as_second();
    let filter = |f: Filter| Expression::Filter(f);
    assert_eq!(read("before:2026-11"), filter(Filter::Before(at("2026-10-31T23:00:00Z"))));
    assert_eq!(read("after:2026"), filter(Filter::Since(at("2025-12-31T23:00:00Z"))));
    assert_eq!(
        read("on:yesterday"),
        Expression::All(vec![
            filter(Filter::Since(at("2026-11-22T23:00:00Z"))),
            filter(Filter::Before(at("2026-11-23T23:00:00Z")))
        ])
    );
    assert_eq!(read("after:7d"), filter(Filter::Since(at("2026-11-16T23:00:00Z"))));
    assert_eq!(read("larger:5M"), filter(Filter::Larger(5_000_000)));
    assert_eq!(read("smaller:20kb"), filter(Filter::Smaller(20_000)));
    assert_eq!(read("is:unread"), filter(Filter::Flag { flag: Flags::SEEN, set: false }));
    assert_eq!(read("has:attachment"), filter(Filter::Attachment));
    assert_eq!(read("in:\"Sent Items\""), filter(Filter::In("Sent Items".into())));
}

#[test]
fn what_is_not_finished_yet_is_no_error() {
    for line in ["", " ", "-", "from:", "before:20", "is:un", "(", ")", "\"", "NOT", "OR", "larger:x", "*", "in:"] {
        assert!(read(line).is_empty(), "{line:?}: {:?}", read(line));
    }
    assert_eq!(read("a OR"), any("a"));
    assert_eq!(read("(a"), any("a"));
    assert_eq!(read("a) b"), Expression::All(vec![any("a"), any("b")]));
    assert_eq!(read("\"the en"), any("the en"));
}

#[test]
fn the_word_that_is_typed_may_go_on() {
    let last = |line: &str| parse(line, &now(), true).words().last().map(|t| t.prefix);
    assert_eq!(last("the eng"), Some(true));
    assert_eq!(last("the eng "), Some(false));
    assert_eq!(last("\"the eng\""), Some(false));
    assert_eq!(last("from:ad"), Some(true));
    assert_eq!(last("the e"), Some(false), "a single letter would find half of all mail");
    assert_eq!(last("会"), Some(true));
}

proptest! {
    #[test]
    fn any_line_has_a_meaning(line in "[\\PC\"()\\-:* ]{0,120}", typing: bool) {
        let _ = parse(&line, &now(), typing).words();
    }

    #[test]
    fn operators_in_any_order_have_a_meaning(parts in proptest::collection::vec(
        proptest::sample::select(vec!["(", ")", "-", "OR", "NOT", "AND", "from:a", "before:2020-02-30", "\"x y\"", "on:0001", "w*"]),
        0..40)) {
        let _ = parse(&parts.join(" "), &now(), true);
    }
}
