use super::*;
use proptest::prelude::*;

fn outline(text: &str) -> Vec<(BlockKind, String)> {
    Prose::of(text).blocks.into_iter().map(|block| (block.kind, block.text)).collect()
}

#[test]
fn a_text_is_taken_apart() {
    use BlockKind::*;
    let table: [(&str, Vec<(BlockKind, &str)>); 8] = [
        ("Hello\nthere", vec![(Written, "Hello\nthere")]),
        (
            "Dear Bob,\n\nyou wrote:\n> one\n>> two\n> > three\n>\n> four\n\nYours\n-- \nAda\nLovelace",
            vec![
                (Written, "Dear Bob,\n\nyou wrote:"),
                (Quoted(1), "one"),
                (Quoted(2), "two\nthree"),
                (Quoted(1), "\nfour"),
                (Written, "Yours"),
                (Signature, "Ada\nLovelace"),
            ],
        ),
        // Answered above the quotation, with the signature between.
        (
            "Fine.\n-- \nAda\n\nOn Monday Bob wrote:\n> Well?",
            vec![(Written, "Fine."), (Signature, "Ada"), (Written, "On Monday Bob wrote:"), (Quoted(1), "Well?")],
        ),
        (">From the start\n> x", vec![(Written, "From the start"), (Quoted(1), "x")]),
        ("a\n--\nlost blank", vec![(Written, "a"), (Signature, "lost blank")]),
        ("> -- \n> quoted signature", vec![(Quoted(1), "-- \nquoted signature")]),
        ("-- \n-- \nx", vec![(Signature, "-- \nx")]),
        ("", vec![]),
    ];
    for (text, expected) in table {
        let expected: Vec<(BlockKind, String)> = expected.into_iter().map(|(k, t)| (k, t.to_string())).collect();
        assert_eq!(outline(text), expected, "{text:?}");
    }
    let long = format!("a\n-- \n{}", "x\n".repeat(200));
    assert!(outline(&long).iter().all(|(kind, _)| *kind == Written));
}

#[test]
fn links_and_addresses_are_found() {
    let table: [(&str, &[&str]); 24] = [
        ("see https://a.example/x?y=(z).", &["https://a.example/x?y=(z)"]),
        ("(https://a.example/b)", &["https://a.example/b"]),
        ("<https://a.example/b>,", &["https://a.example/b"]),
        ("HTTP://A.example/", &["HTTP://A.example/"]),
        ("www.a.example, and www. alone", &["https://www.a.example"]),
        ("xhttps://a.example", &[]),
        ("https://", &[]),
        ("http://[::1]/x", &["http://[::1]/x"]),
        ("ftp://a.example/f", &["ftp://a.example/f"]),
        ("javascript://a.example", &[]),
        ("file:///etc/passwd", &[]),
        ("Ada <ada@x.example>; bob.b+c@y.example.", &["ada@x.example", "bob.b+c@y.example"]),
        ("mailto:ada@x.example?subject=hi", &["ada@x.example?subject=hi"]),
        ("'ada@x.example'", &["ada@x.example"]),
        ("a@b, @x.example, a@b..example, a@x.e, a@-", &[]),
        ("a@x.example@y.example", &["a@x.example"]),
        ("jörg@müller.example", &["jörg@müller.example"]),
        ("詳細はhttps://a.example/日本。次", &["https://a.example/日本"]),
        ("見る https://a.example/日本。次", &["https://a.example/日本"]),
        ("https://a.example/1 https://a.example/2", &["https://a.example/1", "https://a.example/2"]),
        ("https://a.example/))))", &["https://a.example/"]),
        ("https://en.wiki.example/Rust_(language)", &["https://en.wiki.example/Rust_(language)"]),
        ("ada@www.x.example", &["ada@www.x.example"]),
        ("*https://a.example*", &["https://a.example"]),
    ];
    for (text, expected) in table {
        let found: Vec<String> = links(text)
            .into_iter()
            .map(|link| match link.target {
                LinkTarget::Web(target) | LinkTarget::Mail(target) => target,
            })
            .collect();
        // A URL does not begin inside a word of letters, Japanese ones too.
        let expected: &[&str] = if text.starts_with("詳細") { &[] } else { expected };
        assert_eq!(found, expected, "{text:?}");
    }
}

#[test]
fn hostile_texts_are_bounded() {
    for text in [
        "> a\nb\n".repeat(200_000),
        "a@".repeat(500_000),
        "http://".repeat(200_000),
        format!("http://a.example/{}", ")".repeat(1_000_000)),
        "www.".repeat(500_000),
        ">".repeat(1_000_000),
        "-- \n".repeat(300_000),
        "a@b.example ".repeat(100_000),
        ":".repeat(1_000_000),
        "https://a.example/ ".repeat(100_000),
    ] {
        let prose = Prose::of(&text);
        assert!(prose.blocks.len() <= MAX_BLOCKS + 2);
        assert!(prose.blocks.iter().map(|block| block.links.len()).sum::<usize>() <= MAX_LINKS);
    }
}

proptest! {
    #[test]
    fn no_word_is_lost(text in "([> -]{0,4}[a-c é中@:/.]{0,9}\n){0,40}") {
        let bare = |s: &str| s.chars().filter(|c| c.is_alphanumeric()).collect::<String>();
        let prose = Prose::of(&text);
        let all: String = prose.blocks.iter().map(|block| block.text.as_str()).collect();
        prop_assert_eq!(bare(&all), bare(&text));
        for block in &prose.blocks {
            let mut last = 0;
            for link in &block.links {
                prop_assert!(link.range.start >= last && block.text.get(link.range.clone()).is_some());
                last = link.range.end;
            }
        }
    }

    #[test]
    fn any_text_gives_an_answer(text in "\\PC{0,300}") {
        let prose = Prose::of(&text);
        prop_assert!(prose.blocks.iter().all(|b| b.links.iter().all(|l| b.text.get(l.range.clone()).is_some())));
    }
}
