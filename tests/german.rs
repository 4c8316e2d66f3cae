//! The second language is there at run time, not only in its file.

use postwren::i18n::{choose, problem, units};
use postwren::service::problem::ProxyFault;
use postwren::service::{Problem, ProblemKind};

/// One test: the language is a setting of the whole process.
#[test]
fn german_words_numbers_and_dates() {
    choose(Some("de"));
    let server = || "mail.example.org:993".to_string();
    let reply = || "Sorry".to_string();
    for (kind, word) in [
        (ProblemKind::Unreachable { server: server() }, "nicht zu erreichen"),
        (ProblemKind::TimedOut { server: server() }, "nicht rechtzeitig"),
        (ProblemKind::Authentication { server: server(), reply: reply() }, "Er sagte: „Sorry“"),
        (ProblemKind::NoSecret, "Passwortbefehl"),
        (ProblemKind::TooLarge { size: 71_400_000, limit: 25_000_000 }, "71,4\u{a0}MB"),
        (ProblemKind::Held { mailbox: "INBOX".into(), removals: 6000, total: 10_000 }, "6.000 der 10.000"),
        (ProblemKind::SomeRefused { refused: 1, total: 3 }, "Einer von 3 Empfängern"),
        (ProblemKind::UnknownOutcome, "riss"),
        (ProblemKind::NotStored { mailbox: "Archive".into() }, "dort ist sie nicht"),
        (ProblemKind::Proxy { proxy: server(), fault: ProxyFault::WrongLogin }, "nicht angenommen"),
        (ProblemKind::Internal, "schiefgegangen"),
    ] {
        let words = problem::words(&Problem::new(kind, ""));
        assert!(words.what.contains(word), "{}", words.what);
        assert!(words.advice.ends_with('.'), "{}", words.advice);
    }
    // Why something waits: the server's own words as it said them, and ours in German.
    let why = |kind, detail: &str| problem::reason(&Problem::new(kind, detail));
    assert_eq!(why(ProblemKind::Refused { server: server(), reply: reply() }, "refused: Sorry"), "Sorry");
    assert_eq!(why(ProblemKind::Offline, "no route"), "Es gibt keine Netzverbindung");
    assert_eq!(
        why(ProblemKind::RemovedHere { mailbox: "INBOX".into(), removals: 1 }, ""),
        "Ein anderes Programm hat auf diesem Rechner eine Nachricht aus INBOX entfernt"
    );
    assert_eq!(
        why(ProblemKind::CopyFirst { mailbox: "bob/Archive".into() }, ""),
        "Die Kopie ist noch nicht in bob/Archive angekommen"
    );
    assert!(why(ProblemKind::Internal, "a step failed").ends_with("(a step failed)"));
    let old = ProblemKind::Said { words: "removed here by another program".into() };
    assert_eq!(why(old, ""), "removed here by another program");
    let now: jiff::Zoned = "2026-11-24T10:00:00+01:00[Europe/Berlin]".parse().expect("a moment");
    let at = |text: &str| text.parse::<jiff::Timestamp>().expect("a moment").as_second();
    assert_eq!(units::short_date(at("2026-11-23T08:00:00Z"), &now), "Gestern");
    assert_eq!(units::full_date(at("2026-03-02T08:42:00Z"), &now), "Mo 2. März 2026, 09:42");
    assert_eq!(units::messages(1), "1 Nachricht");
    assert_eq!(units::messages(48_203), "48.203 Nachrichten");
    choose(Some("en"));
    assert_eq!(units::short_date(at("2026-11-23T08:00:00Z"), &now), "Yesterday");
}
