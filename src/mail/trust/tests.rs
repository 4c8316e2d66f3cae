use super::*;
use crate::mail::account::Account;
use proptest::prelude::*;

fn account(host: &str, named: Option<&str>) -> Authority {
    let mut account = Account { authserv_id: named.map(str::to_string), ..Account::default() };
    account.incoming.host = host.into();
    Authority::of(&account)
}

/// By the server `mx.own.example` from outside, with fields above and below its Received.
fn message(above: &str, below: &str, rest: &str) -> Vec<u8> {
    format!(
        "Return-Path: <ada@x.example>\r\n\
         Received: from mx.own.example (localhost [127.0.0.1]) by imap.own.example (Dovecot) with LMTP id 1; Tue, 24 Nov 2026 08:00:02 +0100\r\n\
         {above}Received: from out.x.example (out.x.example [192.0.2.1]) (using TLSv1.3 with cipher TLS_AES_256_GCM_SHA384) by mx.own.example (Postfix)\r\n\
         \twith ESMTPS id 2; Tue, 24 Nov 2026 08:00:01 +0100\r\n\
         {below}Received: from laptop ([10.0.0.1]) by out.x.example with ESMTPA id 3; Tue, 24 Nov 2026 08:00:00 +0100\r\n\
         {rest}From: Ada <ada@x.example>\r\nSubject: x\r\n\r\nHello\r\n"
    )
    .into_bytes()
}

const PASS: &str = "Authentication-Results: mx.own.example; dkim=pass (2048-bit key) header.d=x.example header.i=@x.example;\r\n \
    spf=pass smtp.mailfrom=ada@x.example; dmarc=pass (p=reject) header.from=x.example\r\n";

#[test]
fn results_of_the_own_server_are_believed() {
    let trust = assess(&message(PASS, "", ""), &account("imap.own.example", None), None);
    assert_eq!(trust.verdict, Verdict::Verified, "{trust:?}");
    assert_eq!(trust.evidence, Evidence::Server { name: "mx.own.example".into() });
    assert_eq!(trust.domain.as_deref(), Some("x.example"));
    let methods: Vec<(CheckMethod, Outcome, bool)> =
        trust.checks.iter().map(|c| (c.method, c.outcome, c.aligned)).collect();
    use {CheckMethod::*, Outcome::Pass};
    assert_eq!(methods, [(Dmarc, Pass, true), (Dkim, Pass, true), (Spf, Pass, true)]);
    assert!(has_results(&message(PASS, "", ""), &account("imap.own.example", None)));
}

#[test]
fn results_of_others_are_not() {
    let own = account("imap.own.example", None);
    // Where anybody can write: right below the entry, and below that.
    for raw in [message("", PASS, ""), message("", "", PASS)] {
        let trust = assess(&raw, &own, None);
        assert_ne!(trust.verdict, Verdict::Verified, "{trust:?}");
        assert_eq!(trust.evidence, Evidence::None);
        assert!(!has_results(&raw, &own));
    }
    // In the own name, right below its Received: told.
    assert_eq!(assess(&message("", PASS, ""), &own, None).suspicions, [Suspicion::ForgedResults]);
    let other = PASS.replace("mx.own.example", "mx.evil.example");
    assert_eq!(assess(&message(&other, "", ""), &own, None).verdict, Verdict::NotChecked);
    assert_eq!(assess(&message("", &other, ""), &own, None).verdict, Verdict::NotChecked);
    // The true one says that it failed, a forged one below it that all is well.
    let fail = PASS.replace("pass", "fail");
    let trust = assess(&message(&fail, PASS, ""), &own, None);
    assert!(matches!(trust.verdict, Verdict::Failed | Verdict::Suspicious), "{trust:?}");
    assert!(trust.checks.iter().all(|check| check.outcome == Outcome::Fail));
}

#[test]
fn whom_the_person_named_is_believed_beside_the_entry() {
    let named = account("imap.own.example", Some("mx.own.example"));
    assert_eq!(assess(&message("", PASS, ""), &named, None).verdict, Verdict::Verified);
    assert_eq!(assess(&message("", "", PASS), &named, None).verdict, Verdict::NotChecked);
    let gmail = "Delivered-To: bob@gmail.com\r\nReceived: by 2002:a05:6402:1 with SMTP id x; Tue, 24 Nov 2026 08:00:02 +0100\r\n\
        Received: from out.x.example (out.x.example. [192.0.2.1]) by mx.google.com with ESMTPS id y for <bob@gmail.com>\r\n \
        (version=TLS1_3 cipher=TLS_AES_256_GCM_SHA384 bits=256/256); Tue, 24 Nov 2026 08:00:01 +0100\r\n\
        Authentication-Results: mx.google.com; dkim=pass header.i=@x.example header.s=s; spf=pass smtp.mailfrom=ada@x.example;\r\n \
        dmarc=pass (p=NONE) header.from=x.example\r\nFrom: ada@x.example\r\n\r\n";
    let trust = assess(gmail.as_bytes(), &account("imap.gmail.com", None), None);
    assert_eq!((trust.verdict, trust.transit), (Verdict::Verified, Transit::Encrypted), "{trust:?}");
    assert_eq!(assess(gmail.as_bytes(), &account("imap.own.example", None), None).verdict, Verdict::NotChecked);
}

#[test]
fn who_calls_itself_like_the_own_server_is_still_somebody_else() {
    let own = account("imap.own.example", None);
    for hello in [
        "mx.own.example (evil.example [198.51.100.9])",
        "[10.0.0.1] (unknown [198.51.100.9])",
        "localhost",
        "mx.own.example",
        "[198.51.100.9] (helo=[127.0.0.1])",
    ] {
        let raw = format!(
            "Received: from {hello} by mx.own.example (Postfix) with ESMTP id 2; Tue, 24 Nov 2026 08:00:01 +0100\r\n{PASS}\
             Received: from x by mx.own.example with ESMTPS id 1; Tue, 24 Nov 2026 08:00:00 +0100\r\nFrom: ada@x.example\r\n\r\n"
        );
        let trust = assess(raw.as_bytes(), &own, None);
        assert_eq!((trust.verdict, trust.suspicions.len()), (Verdict::Suspicious, 1), "{hello}: {trust:?}");
        assert!(!trust.hops[1].certain);
    }
}

#[test]
fn the_origin_is_told_by_the_own_server_alone() {
    let own = account("imap.own.example", None);
    let origin = origin(&message("", "", ""), &own).unwrap();
    let expected = Origin {
        address: "192.0.2.1".parse().unwrap(),
        helo: "out.x.example".into(),
        host: "mx.own.example".into(),
        reverse_path: "ada@x.example".into(),
    };
    assert_eq!(origin, expected);
    for received in ["from a ([10.0.0.1]) by b; x", "from [192.0.2.7] (x [192.0.2.1]) by b; x", "by b; x", ""] {
        let raw = format!("Received: {received}\r\n\r\n");
        assert_eq!(super::origin(raw.as_bytes(), &own), None, "{received}");
    }
}

#[test]
fn checks_make_one_verdict() {
    let own = account("imap.own.example", None);
    let table = [
        ("dmarc=pass header.from=x.example", Verdict::Verified),
        ("dmarc=fail header.from=x.example; dkim=pass header.d=x.example", Verdict::Failed),
        ("dkim=pass header.d=mail.x.example", Verdict::Verified),
        ("dkim=pass header.d=evil.example", Verdict::Unknown),
        ("dkim=pass header.d=example", Verdict::Unknown),
        ("dkim=fail header.d=x.example", Verdict::Failed),
        ("dkim=fail header.d=x.example; spf=pass smtp.mailfrom=x.example", Verdict::Verified),
        ("spf=softfail smtp.mailfrom=x.example", Verdict::Unknown),
        ("spf=pass smtp.mailfrom=bounce.lists.example", Verdict::Unknown),
        ("dkim=none", Verdict::Unknown),
        ("none", Verdict::Unknown),
        ("dkim=pass reason=\"a; dmarc=pass header.from=x.example\" header.d=evil.example", Verdict::Unknown),
        ("dkim=none (dmarc=pass header.from=x.example)", Verdict::Unknown),
    ];
    for (results, verdict) in table {
        let field = format!("Authentication-Results: mx.own.example 1; {results}\r\n");
        assert_eq!(assess(&message(&field, "", ""), &own, None).verdict, verdict, "{results}");
    }
}

#[test]
fn what_was_found_at_arrival_counts_where_the_server_says_nothing() {
    let check =
        Check { method: CheckMethod::Dkim, outcome: Outcome::Pass, domain: Some("x.example".into()), aligned: true };
    let arrival = Arrival { at: 7, checks: vec![check] };
    let own = account("imap.own.example", None);
    let trust = assess(&message("", "", ""), &own, Some(&arrival));
    assert_eq!((trust.verdict, trust.evidence), (Verdict::Verified, Evidence::Arrival { at: 7 }));
    let fail = PASS.replace("pass", "fail");
    assert_eq!(assess(&message(&fail, "", ""), &own, Some(&arrival)).verdict, Verdict::Failed);
}

#[test]
fn pretences_are_exposed() {
    let suspicions = |from: &str| {
        let raw = format!("From: {from}\r\nSubject: x\r\n\r\n");
        assess(raw.as_bytes(), &Authority::default(), None).suspicions
    };
    let table: [(&str, usize); 13] = [
        ("Ada <ada@x.example>", 0),
        ("\"potus@whitehouse.example\" <evil@x.test>", 1),
        ("\"ada@x.example\" <ada@x.example>", 0),
        ("\"info@x.example\" <noreply@mail.x.example>", 0),
        ("=?utf-8?Q?potus=40whitehouse.example=00?= <evil@x.test>", 2),
        ("=?utf-8?Q?a=E2=80=AEb?= <ada@x.example>", 1),
        ("=?utf-8?Q?a=E2=80=8Bb?= <ada@x.example>", 1),
        // Persian has joiners within its words.
        ("=?utf-8?B?2YXbjOKAjNiu2YjYp9mH2YU=?= <ada@x.example>", 0),
        ("Pay <service@p\u{430}ypal.example>", 1),
        ("Pay <service@xn--80ak6aa92e.com>", 1),
        ("a@x.example, b@y.example", 1),
        ("a@x.example\r\nFrom: b@y.example", 1),
        ("Support ＠ potus＠whitehouse.example <evil@x.test>", 1),
    ];
    for (from, count) in table {
        assert_eq!(suspicions(from).len(), count, "{from}: {:?}", suspicions(from));
    }
    let raw = "From: Ada <ada@x.example>\r\nSender: list@lists.example\r\nReply-To: Ada <ada@y.example>\r\nReturn-Path: <bounce@lists.example>\r\n\r\n";
    let trust = assess(raw.as_bytes(), &Authority::default(), None);
    assert_eq!(trust.suspicions, []);
    let expected = [
        Note::SenderDiffers { address: "list@lists.example".into() },
        Note::ReplyToDiffers { address: "ada@y.example".into() },
        Note::ReturnPathDiffers { address: "bounce@lists.example".into() },
    ];
    assert_eq!(trust.notes, expected);
}

#[test]
fn hops_say_whether_they_were_encrypted() {
    let tls = |version: &str| HopSecurity::Encrypted { version: Some(version.into()) };
    let table = [
        (
            "from a.example (a.example [192.0.2.1]) by b.example with ESMTPS id 1; x",
            HopSecurity::Encrypted { version: None },
        ),
        ("from a.example by b.example with esmtps (TLS1.3) tls TLS_AES (Exim 4.96) id 1; x", tls("TLS1.3")),
        ("from a.example (using TLSv1.2 with cipher X) by b.example (Postfix) with ESMTP id 1; x", tls("TLS1.2")),
        (
            "from a.example (a [10.0.0.1]) by b.example with Microsoft SMTP Server (version=TLS1_2, cipher=X) id 1; x",
            tls("TLS1.2"),
        ),
        ("from a.example by b.example with ESMTP id 1; x", HopSecurity::Clear),
        ("from a.example by b.example with UTF8SMTPSA; x", HopSecurity::Encrypted { version: None }),
        ("from localhost (localhost [127.0.0.1]) by b.example with ESMTP; x", HopSecurity::Local),
        ("by b.example (Postfix, from userid 0) id 1; x", HopSecurity::Local),
        ("from a.example by b.example with mapi id 1; x", HopSecurity::Unknown),
        ("", HopSecurity::Local),
    ];
    for (value, security) in table {
        assert_eq!(received::hop(value.as_bytes()).security, security, "{value}");
    }
    let trust = assess(&message("", "", ""), &account("imap.own.example", None), None);
    let seen: Vec<(Option<&str>, bool)> = trust.hops.iter().map(|hop| (hop.from.as_deref(), hop.certain)).collect();
    assert_eq!(seen, [(Some("mx.own.example"), true), (Some("out.x.example"), true), (Some("laptop"), false)]);
    assert_eq!((trust.transit, trust.hops[1].at), (Transit::Clear, Some(1_795_503_601)));
}

#[test]
fn organisations_are_told_apart() {
    use results::{aligned, organisation, related};
    for (host, expected) in [
        ("imap.example.org", Some("example.org")),
        ("example.org", Some("example.org")),
        ("example.co.uk", Some("example.co.uk")),
        ("mail.example.co.uk", Some("example.co.uk")),
        ("localhost", Some("localhost")),
        ("192.0.2.1", None),
        ("", None),
    ] {
        assert_eq!(organisation(host).as_deref(), expected, "{host}");
    }
    assert!(related("a.example.org", "example.org") && !related("example.org", "example.com"));
    assert!(
        aligned("x.example", "x.example") && aligned("m.x.example", "x.example") && aligned("x.example", "m.x.example")
    );
    assert!(!aligned("org", "x.org") && !aligned("co.uk", "x.co.uk") && !aligned("evilx.example", "x.example"));
}

#[test]
fn floods_are_bounded() {
    let results =
        format!("Authentication-Results: a; {}\r\n", "dkim=pass header.d=x.example; ".repeat(100_000)).repeat(3);
    let received = "Received: from a by b with SMTP; x\r\n".repeat(2_000);
    let raw = format!("{received}{results}From: {}\r\n\r\n", "\"a@b.example\" <c@d.example>, ".repeat(50_000));
    let trust = assess(raw.as_bytes(), &account("b", None), None);
    assert!(trust.hops.len() <= received::MAX_HOPS && trust.checks.len() <= 50 && trust.suspicions.len() <= 20);
}

proptest! {
    #[test]
    fn any_header_gives_an_answer(
        fields in "((From|Received|Authentication-Results|Sender|Reply-To): ?[ -~éаｧ\u{202E}]{0,80}\r?\n){0,10}",
    ) {
        let _ = assess(fields.as_bytes(), &account("imap.own.example", Some("x")), None);
    }

    #[test]
    fn nothing_that_a_sender_writes_is_believed(
        fields in "((From|Authentication-Results|Received|Sender): (mx.own.example|imap.own.example|a.example)?;? ?(dmarc=pass header.from=x.example|from a by mx.own.example with ESMTPS|[ -~]{0,30})\r\n){0,8}",
    ) {
        // Whatever stands below the entry: the verdict is never that of the own server.
        let raw = message("", "", &fields);
        prop_assert_ne!(assess(&raw, &account("imap.own.example", None), None).verdict, Verdict::Verified);
        let raw = message("", &fields, "");
        prop_assert_ne!(assess(&raw, &account("imap.own.example", None), None).verdict, Verdict::Verified);
    }
}
