use super::*;
use proptest::prelude::*;

fn read(typed: &str) -> Vec<Result<(String, String), BadAddressReason>> {
    parse_list(typed).into_iter().map(|r| r.map(|a| (a.name, a.addr)).map_err(|e| e.reason)).collect()
}

fn ok(name: &str, addr: &str) -> Result<(String, String), BadAddressReason> {
    Ok((name.into(), addr.into()))
}

#[test]
fn what_people_type_is_understood() {
    use BadAddressReason::*;
    let table = [
        ("a@b.example", vec![ok("", "a@b.example")]),
        (" a@b.example , ", vec![ok("", "a@b.example")]),
        ("<a@b.example>", vec![ok("", "a@b.example")]),
        ("Ada Lovelace <ada@x.example>", vec![ok("Ada Lovelace", "ada@x.example")]),
        ("\"Lovelace, Ada\" <ada@x.example>", vec![ok("Lovelace, Ada", "ada@x.example")]),
        ("\"The \\\"A\\\"\" <ada@x.example>", vec![ok("The \"A\"", "ada@x.example")]),
        ("ada@x.example (Ada)", vec![ok("Ada", "ada@x.example")]),
        ("mailto:ada@x.example", vec![ok("", "ada@x.example")]),
        ("a@x.example; b@x.example", vec![ok("", "a@x.example"), ok("", "b@x.example")]),
        ("a@x.example\nb@x.example\r\n", vec![ok("", "a@x.example"), ok("", "b@x.example")]),
        ("a@x.example b@x.example", vec![ok("", "a@x.example"), ok("", "b@x.example")]),
        (
            "Lovelace, Ada <a@x.example>; Babbage, C <c@x.example>",
            vec![ok("Lovelace, Ada", "a@x.example"), ok("Babbage, C", "c@x.example")],
        ),
        ("friends: a@x.example, B <b@x.example>;", vec![ok("", "a@x.example"), ok("B", "b@x.example")]),
        ("=?utf-8?Q?J=C3=B6rg?= <j@x.example>", vec![ok("Jörg", "j@x.example")]),
        ("Jörg <jörg@bücher.example>", vec![ok("Jörg", "jörg@bücher.example")]),
        ("a@x.example.", vec![ok("", "a@x.example")]),
        ("root@localhost", vec![ok("", "root@localhost")]),
        ("a@[192.0.2.1]", vec![ok("", "a@[192.0.2.1]")]),
        ("\"a b\"@x.example", vec![ok("", "\"a b\"@x.example")]),
        ("bob, Alice <a@x.example>", vec![Err(NoAt), ok("Alice", "a@x.example")]),
        ("a@b@c.example", vec![Err(LocalPart)]),
        ("a@", vec![Err(Domain)]),
        ("@x.example", vec![Err(LocalPart)]),
        ("a..b@x.example", vec![Err(LocalPart)]),
        ("a@-x.example", vec![Err(Domain)]),
        ("a@x y.example", vec![Err(Domain)]),
        ("a@b>\r\nRCPT TO:<x", vec![Err(Domain), Err(NoAt)]),
        ("a\u{202E}b@x.example", vec![Err(LocalPart)]),
        ("\"never closed <a@x.example>\nb@x.example", vec![Err(LocalPart), ok("", "b@x.example")]),
        ("", vec![]),
        (" ,;\n", vec![]),
    ];
    for (typed, expected) in table {
        assert_eq!(read(typed), expected, "{typed:?}");
    }
}

#[test]
fn addresses_are_written_as_rfc_5322_wants() {
    let table = [
        ("", "a@x.example", "a@x.example"),
        ("Ada Lovelace", "a@x.example", "Ada Lovelace <a@x.example>"),
        ("Lovelace, Ada", "a@x.example", "\"Lovelace, Ada\" <a@x.example>"),
        ("a\"b\\c", "a@x.example", "\"a\\\"b\\\\c\" <a@x.example>"),
        ("J. Doe", "a@x.example", "\"J. Doe\" <a@x.example>"),
        ("Jörg", "a@x.example", "Jörg <a@x.example>"),
        ("x\r\nBcc: b@c", "a@x.example", "\"x\u{FFFD}\u{FFFD}Bcc: b@c\" <a@x.example>"),
    ];
    for (name, addr, expected) in table {
        assert_eq!(Address::new(name, addr).to_string(), expected);
    }
}

#[test]
fn domains_compare_as_they_are_looked_up() {
    let same = |a: &str, b: &str| Address::new("", a).same_mailbox(&Address::new("x", b));
    assert!(same("ada@X.example", "ada@x.EXAMPLE"));
    assert!(same("ada@bücher.example", "ada@xn--bcher-kva.example"));
    assert!(!same("Ada@x.example", "ada@x.example"));
    assert!(!same("ada@x.example", "ada@y.example"));
    assert!(Address::new("", "Ada@x.example").same_person(&Address::new("", "ada@X.example")));
    assert_eq!(to_wire("jörg@Bücher.example").as_deref(), Some("jörg@xn--bcher-kva.example"));
    assert_eq!(to_wire("no address"), None);
}

#[test]
fn a_hundred_thousand_addresses_are_read() {
    let typed = "Person <p@x.example>, ".repeat(100_000);
    let found = parse_list(&typed);
    assert_eq!(found.len(), 100_000);
    assert!(found.iter().all(Result::is_ok));
}

proptest! {
    #[test]
    fn any_text_is_read_without_panic(typed in ".{0,200}") {
        for address in parse_list(&typed).into_iter().flatten() {
            prop_assert!(address.is_valid());
            prop_assert!(!address.to_string().contains(['\r', '\n', '\0']));
        }
    }

    #[test]
    fn what_is_written_is_read_back(name in "[^\\p{C}“”„']{0,30}", local in "[a-z0-9+_-]{1,20}(\\.[a-z0-9]{1,5})?") {
        let address = Address::new(text::fold_white(&name), format!("{local}@x.example"));
        prop_assert_eq!(parse_list(&address.to_string()), vec![Ok(address)]);
    }
}
