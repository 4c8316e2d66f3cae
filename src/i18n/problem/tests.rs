use super::*;

/// One of every kind. The match makes the compiler ask for new ones.
fn every_kind() -> Vec<ProblemKind> {
    let server = || "mail.example.org:993".to_string();
    let reply = || "Sorry, not today".to_string();
    let certificate =
        |reason| ProblemKind::Certificate { server: server(), reason, issuer: "Example Authority".to_string() };
    let proxy = |fault| ProblemKind::Proxy { proxy: "proxy.example.org:1080".into(), fault };
    let all = vec![
        ProblemKind::Unreachable { server: server() },
        ProblemKind::TimedOut { server: server() },
        certificate(CertificateReason::Name { presented: vec!["a.example".into(), "b.example".into()] }),
        certificate(CertificateReason::Expired { at: 1_700_000_000 }),
        certificate(CertificateReason::NotYetValid { at: 1_700_000_000 }),
        certificate(CertificateReason::UnknownIssuer),
        certificate(CertificateReason::Other { words: "bad signature".into() }),
        ProblemKind::NoEncryption { server: server() },
        ProblemKind::Authentication { server: server(), reply: reply() },
        ProblemKind::Authentication { server: server(), reply: String::new() },
        ProblemKind::NoSecret,
        ProblemKind::Refused { server: server(), reply: reply() },
        ProblemKind::Protocol { server: server() },
        ProblemKind::TooLarge { size: 71_000_000, limit: 25_000_000 },
        ProblemKind::DiskFull,
        ProblemKind::Disk { path: "/home/ada/mail".into() },
        ProblemKind::TooManyFiles,
        ProblemKind::Locked,
        ProblemKind::NotFound { what: "ada/Nowhere".into() },
        ProblemKind::HeadersOnly,
        ProblemKind::Invalid { what: "“x” is no address".into() },
        ProblemKind::Held { mailbox: "INBOX".into(), removals: 60, total: 100 },
        ProblemKind::RemovedHere { mailbox: "ada/INBOX".into(), removals: 4 },
        ProblemKind::StoreMissing { path: "/home/ada/mail".into() },
        ProblemKind::Offline,
        ProblemKind::CaptivePortal { server: server() },
        proxy(ProxyFault::Unreachable { words: "no route".into() }),
        proxy(ProxyFault::Closed),
        proxy(ProxyFault::WantsLogin),
        proxy(ProxyFault::TakesNoLogin),
        proxy(ProxyFault::WrongLogin),
        proxy(ProxyFault::TooLong),
        proxy(ProxyFault::Foreign { protocol: "SOCKS5".into() }),
        proxy(ProxyFault::Socks { status: 1 }),
        proxy(ProxyFault::Socks { status: 2 }),
        proxy(ProxyFault::Socks { status: 4 }),
        proxy(ProxyFault::Socks { status: 5 }),
        proxy(ProxyFault::Socks { status: 6 }),
        proxy(ProxyFault::Http { reply: reply() }),
        ProblemKind::InUse { server: server() },
        ProblemKind::SomeRefused { refused: 1, total: 3 },
        ProblemKind::UnknownOutcome,
        ProblemKind::NoReports { server: server() },
        ProblemKind::NotStored { mailbox: "Archive".into() },
        ProblemKind::ReadOnly { mailbox: "Archive".into() },
        ProblemKind::MailCame { mailbox: "Archive".into() },
        ProblemKind::KeptHere { mailbox: "Archive".into(), messages: 2 },
        ProblemKind::CopyFirst { mailbox: "bob/Archive".into() },
        ProblemKind::Said { words: "Try tomorrow.".into() },
        ProblemKind::Unprintable,
        ProblemKind::Internal,
    ];
    for kind in &all {
        match kind {
            ProblemKind::Unreachable { .. }
            | ProblemKind::TimedOut { .. }
            | ProblemKind::Certificate { .. }
            | ProblemKind::NoEncryption { .. }
            | ProblemKind::Authentication { .. }
            | ProblemKind::NoSecret
            | ProblemKind::Refused { .. }
            | ProblemKind::Protocol { .. }
            | ProblemKind::TooLarge { .. }
            | ProblemKind::DiskFull
            | ProblemKind::Disk { .. }
            | ProblemKind::TooManyFiles
            | ProblemKind::Locked
            | ProblemKind::NotFound { .. }
            | ProblemKind::HeadersOnly
            | ProblemKind::Invalid { .. }
            | ProblemKind::Held { .. }
            | ProblemKind::RemovedHere { .. }
            | ProblemKind::StoreMissing { .. }
            | ProblemKind::Offline
            | ProblemKind::CaptivePortal { .. }
            | ProblemKind::Proxy { .. }
            | ProblemKind::InUse { .. }
            | ProblemKind::SomeRefused { .. }
            | ProblemKind::UnknownOutcome
            | ProblemKind::NoReports { .. }
            | ProblemKind::NotStored { .. }
            | ProblemKind::ReadOnly { .. }
            | ProblemKind::MailCame { .. }
            | ProblemKind::KeptHere { .. }
            | ProblemKind::CopyFirst { .. }
            | ProblemKind::Said { .. }
            | ProblemKind::Unprintable
            | ProblemKind::Internal => {}
        }
    }
    all
}

#[test]
fn every_kind_has_its_own_sentence_and_advice() {
    let mut seen = std::collections::HashSet::new();
    for kind in every_kind() {
        let words = words(&Problem::new(kind.clone(), "errno 5").of("ada"));
        for part in [&words.what, &words.advice] {
            assert!(part.ends_with(['.', '!', '?', '”']), "{kind:?}: {part}");
            assert!(!part.contains("problem-") && !part.contains('{') && !part.contains("No localization"), "{part}");
        }
        assert!(seen.insert(words.what.clone()), "{kind:?} is worded like another: {}", words.what);
        assert_eq!(words.details.as_deref(), Some("errno 5"));
    }
}

#[test]
fn a_sentence_names_the_server_its_reply_and_the_account() {
    let kind = ProblemKind::Authentication { server: "mail.example.org:993".into(), reply: "No such user".into() };
    let words = words(&Problem::new(kind, "No such user").of("ada"));
    for name in ["ada", "mail.example.org:993", "No such user"] {
        assert!(words.what.contains(name), "{name} is missing: {}", words.what);
    }
    assert_eq!(words.details, None, "what was said once is not said again");
}

/// A loader of one language, apart from the one that the program shares.
fn loader(language: &str) -> i18n_embed::fluent::FluentLanguageLoader {
    let loader = i18n_embed::fluent::fluent_language_loader!();
    let language = language.parse().expect("a language");
    i18n_embed::select(&loader, &crate::i18n::Translations, &[language]).expect("its words");
    loader.set_use_isolating(false);
    loader
}

#[test]
fn counted_words_are_right_for_one_and_for_many() {
    let said = |language: &str, refused: u64, total: u64| {
        let shown = (refused.to_string(), total.to_string());
        let (of, count) = (total, refused);
        let loader = loader(language);
        i18n_embed_fl::fl!(loader, "problem-some-refused", count = count, of = of, refused = shown.0, total = shown.1)
    };
    assert_eq!(said("en", 1, 1), "The recipient was refused.");
    assert_eq!(said("en", 1, 3), "One of 3 recipients was refused.");
    assert_eq!(said("en", 2, 3), "2 of 3 recipients were refused.");
    assert_eq!(said("de", 1, 1), "Der Empfänger wurde abgelehnt.");
    assert_eq!(said("de", 1, 3), "Einer von 3 Empfängern wurde abgelehnt.");
    assert_eq!(said("de", 2, 3), "2 von 3 Empfängern wurden abgelehnt.");
    let days = |language: &str, count: u16| i18n_embed_fl::fl!(loader(language), "setup-days-unit", count = count);
    assert_eq!([days("en", 1), days("en", 30), days("de", 1), days("de", 30)], ["day", "days", "Tag", "Tage"]);
}

#[test]
fn a_certificate_is_told_with_name_date_and_issuer() {
    let reason = CertificateReason::Expired { at: 1_700_000_000 };
    let text = certificate("mail.example.org:993", &reason, "Example Authority");
    for name in ["mail.example.org:993", "2023", "Example Authority"] {
        assert!(text.contains(name), "{name} is missing: {text}");
    }
    let reason = CertificateReason::Name { presented: vec!["other.example".into()] };
    assert!(certificate("mail.example.org:993", &reason, "").contains("other.example"));
}

/// Message names of a Fluent file with the variables that each one uses.
fn messages(ftl: &str) -> std::collections::BTreeMap<String, std::collections::BTreeSet<String>> {
    let mut all = std::collections::BTreeMap::new();
    let mut current = None;
    for line in ftl.lines().filter(|line| !line.starts_with('#')) {
        if let Some((name, _)) = line.split_once(" =").filter(|(name, _)| !name.starts_with([' ', '['])) {
            current = Some(name.to_string());
            all.insert(name.to_string(), std::collections::BTreeSet::new());
        }
        let Some(variables) = current.as_ref().and_then(|name| all.get_mut(name)) else { continue };
        for rest in line.split('$').skip(1) {
            variables.insert(rest.chars().take_while(|c| c.is_alphanumeric() || *c == '-' || *c == '_').collect());
        }
    }
    all
}

#[test]
fn german_says_all_that_english_says() {
    let english = messages(include_str!("../../../i18n/en/postwren.ftl"));
    let german = messages(include_str!("../../../i18n/de/postwren.ftl"));
    let missing: Vec<_> = english.keys().filter(|name| !german.contains_key(*name)).collect();
    let surplus: Vec<_> = german.keys().filter(|name| !english.contains_key(*name)).collect();
    assert!(missing.is_empty() && surplus.is_empty(), "missing in German: {missing:?}, in English: {surplus:?}");
    for (name, variables) in &english {
        assert_eq!(Some(variables), german.get(name), "{name} uses other variables in German");
    }
}
