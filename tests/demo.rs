//! The demo server, spoken to line by line: the whole chain inside it, and the faults it can make.

mod support;

use postwren::demo::scripted::Scripted;
use postwren::demo::{Certificate, Demo, DemoServer, Fault};
use postwren::mail::account::Protocol::{Imap, Pop3, Smtp};
use postwren::mail::account::Security::{None as Plain, StartTls, Tls};
use postwren::mail::account::{Endpoint, Protocol, Security};
use postwren::mail::flags::Flags;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::Duration;
use support::raw::Raw;

const ADA: &str = "ada@lovelace.example";
const POP: &str = "ada@pop.example";

async fn two_accounts() -> DemoServer {
    DemoServer::builder().account(ADA, "pw").account(POP, "pw").start().await.expect("start")
}

/// Connected, greeted, and with TLS.
async fn open(server: &DemoServer, protocol: Protocol, security: Security) -> Raw {
    let mut raw = Raw::connect(&server.endpoint(protocol, security), server.ca_pem()).await;
    raw.line().await;
    if security == StartTls {
        match protocol {
            Imap => drop(raw.imap_ok("STARTTLS").await),
            Pop3 => assert!(raw.ask("STLS").await.starts_with("+OK")),
            Smtp => {
                raw.smtp("EHLO test").await;
                assert!(raw.ask("STARTTLS").await.starts_with("220"));
            }
        }
        raw.handshake().await.expect("TLS");
    }
    raw
}

async fn imap(server: &DemoServer, security: Security) -> Raw {
    let mut raw = open(server, Imap, security).await;
    raw.imap_ok(&format!("LOGIN {ADA} pw")).await;
    raw
}

async fn pop3(server: &DemoServer, security: Security) -> Raw {
    let mut raw = open(server, Pop3, security).await;
    raw.ask(&format!("USER {POP}")).await;
    assert!(raw.ask("PASS pw").await.starts_with("+OK"));
    raw
}

async fn smtp(server: &DemoServer, security: Security) -> Raw {
    let mut raw = open(server, Smtp, security).await;
    raw.smtp("EHLO test").await;
    // NUL ada@lovelace.example NUL pw
    let reply = raw.ask("AUTH PLAIN AGFkYUBsb3ZlbGFjZS5leGFtcGxlAHB3").await;
    assert!(reply.starts_with("235"), "{reply}");
    raw
}

/// A transaction up to the reply after the dot.
async fn submit(raw: &mut Raw, to: &[&str], message: &str) -> Option<String> {
    assert!(raw.ask(&format!("MAIL FROM:<{ADA}>")).await.starts_with("250"));
    for to in to {
        assert!(raw.ask(&format!("RCPT TO:<{to}>")).await.starts_with("250"));
    }
    assert!(raw.ask("DATA").await.starts_with("354"));
    raw.send(format!("{message}\r\n.\r\n")).await;
    raw.try_line().await
}

#[tokio::test]
async fn a_message_goes_the_whole_way() {
    for security in [Tls, StartTls] {
        let server = two_accounts().await;
        let mut watching = imap(&server, security).await;
        watching.imap_ok("SELECT INBOX").await;
        watching.send("i IDLE\r\n").await;
        assert!(watching.line().await.starts_with('+'));

        let mut raw = smtp(&server, security).await;
        let reply = submit(&mut raw, &[ADA, POP], "Subject: note G\r\n\r\n..dots\r\n...").await;
        assert!(reply.as_deref().is_some_and(|r| r.starts_with("250 2.0.0 ")), "{reply:?}");

        assert_eq!(watching.line().await, "* 1 EXISTS");
        watching.send("DONE\r\n").await;
        assert!(watching.line().await.starts_with("i OK"));
        let fetched = watching.imap_ok("UID FETCH 1:* (FLAGS BODY.PEEK[])").await;
        assert!(fetched[0].starts_with("* 1 FETCH (UID 1 FLAGS () BODY[] {"), "{fetched:?}");
        assert!(fetched.iter().any(|l| l.contains("with ESMTPSA (TLSv1_3) id demo000001")), "{fetched:?}");
        assert_eq!(&fetched[fetched.len() - 5..fetched.len() - 2], ["", ".dots", ".."]);

        let mut pop = pop3(&server, security).await;
        let retrieved = pop.pop3("RETR 1").await;
        assert_eq!(&retrieved[retrieved.len() - 4..], ["Subject: note G", "", "..dots", "..."]);
        assert!(pop.ask("DELE 1").await.starts_with("+OK"));
        assert_eq!(server.messages(POP, "INBOX").len(), 1, "DELE alone deletes nothing");
        assert!(pop.ask("QUIT").await.starts_with("+OK"));
        assert!(server.messages(POP, "INBOX").is_empty());

        let taken = server.submissions();
        assert_eq!((taken.len(), taken[0].recipients.len()), (1, 2));
        assert_eq!(&*taken[0].raw, b"Subject: note G\r\n\r\n.dots\r\n..\r\n");
        assert_eq!(taken[0].account, ADA);
    }
}

#[tokio::test]
async fn recipients_are_refused_one_by_one_with_a_reason() {
    let server = two_accounts().await;
    server.fault(Fault::refuse_recipient("pop.example", "450 4.2.0 come back later"));
    let mut raw = smtp(&server, Tls).await;
    assert!(raw.ask("RCPT TO:<a@b>").await.starts_with("503"));
    assert!(raw.ask(&format!("MAIL FROM:<{ADA}> SIZE=26214401")).await.starts_with("552 5.3.4"));
    assert!(raw.ask(&format!("MAIL FROM:<{ADA}> SIZE=10 BODY=8BITMIME SMTPUTF8")).await.starts_with("250"));
    assert!(raw.ask("RCPT TO:<eve@lovelace.example>").await.starts_with("550 5.1.1"));
    let foreign = raw.ask("RCPT TO:<charles@babbage.example>").await;
    assert_eq!(foreign, "550 5.7.1 this is a demo server: it delivers only to lovelace.example and pop.example");
    assert_eq!(raw.ask(&format!("RCPT TO:<{POP}>")).await, "450 4.2.0 come back later");
    assert!(raw.ask("DATA").await.starts_with("503"));
    assert!(raw.ask(&format!("RCPT TO:<{ADA}>")).await.starts_with("250"));
    assert!(raw.ask("DATA").await.starts_with("354"));
    assert!(raw.ask("Subject: x\r\n\r\nx\r\n.").await.starts_with("250"));
    assert_eq!(server.messages(ADA, "INBOX").len(), 1);
    assert!(server.messages(POP, "INBOX").is_empty());
}

#[tokio::test]
async fn passwords_are_taken_over_tls_only_and_seen_otherwise() {
    let server = two_accounts().await;
    let mut raw = open(&server, Imap, Plain).await;
    let capabilities = raw.imap_ok("CAPABILITY").await;
    assert!(capabilities[0].contains("STARTTLS LOGINDISABLED") || capabilities[0].contains("LOGINDISABLED STARTTLS"));
    assert!(raw.imap(&format!("LOGIN {ADA} pw")).await[0].starts_with("NO [PRIVACYREQUIRED]"));
    let mut raw = open(&server, Pop3, Plain).await;
    raw.ask(&format!("USER {POP}")).await;
    assert!(raw.ask("PASS pw").await.starts_with("-ERR"));
    let mut raw = open(&server, Smtp, Plain).await;
    assert!(!raw.smtp("EHLO x").await.iter().any(|l| l.contains("AUTH")));
    assert!(raw.ask("AUTH PLAIN AGFkYUBsb3ZlbGFjZS5leGFtcGxlAHB3").await.starts_with("538"));
    for (protocol, user) in [(Imap, ADA), (Pop3, POP), (Smtp, ADA)] {
        let seen = &server.connections(protocol)[0];
        assert_eq!(seen.credentials_before_tls, [user]);
        assert!(!seen.tls && !seen.before_tls.is_empty());
        assert!(!seen.commands.concat().contains("pw"), "{:?}", seen.commands);
    }
    let server = DemoServer::builder().account(ADA, "pw").allow_plain().start().await.unwrap();
    imap(&server, Plain).await;
    smtp(&server, Plain).await;
}

#[tokio::test]
async fn tokens_open_and_wrong_ones_get_the_dance_of_xoauth2() {
    use base64::Engine;
    let token = |t: &str| {
        let text = format!("user={ADA}\u{1}auth=Bearer {t}\u{1}\u{1}");
        base64::engine::general_purpose::STANDARD.encode(text)
    };
    let server = DemoServer::builder().account(ADA, "pw").token(ADA, "good").start().await.unwrap();
    let mut raw = open(&server, Imap, Tls).await;
    raw.send(format!("a AUTHENTICATE XOAUTH2 {}\r\n", token("bad"))).await;
    assert!(raw.line().await.starts_with("+ eyJ"));
    assert!(raw.ask("").await.starts_with("a NO [AUTHENTICATIONFAILED]"));
    raw.imap_ok(&format!("AUTHENTICATE XOAUTH2 {}", token("good"))).await;
    let mut raw = open(&server, Smtp, Tls).await;
    raw.smtp("EHLO x").await;
    assert!(raw.ask(&format!("AUTH XOAUTH2 {}", token("bad"))).await.starts_with("334 "));
    assert!(raw.ask("").await.starts_with("535"));
    assert!(raw.ask(&format!("AUTH XOAUTH2 {}", token("good"))).await.starts_with("235"));
    let mut raw = open(&server, Pop3, Tls).await;
    assert!(raw.ask(&format!("AUTH XOAUTH2 {}", token("good"))).await.starts_with("+OK"));
}

#[tokio::test]
async fn mailboxes_are_made_renamed_listed_and_deleted() {
    let server = two_accounts().await;
    let mut raw = imap(&server, Tls).await;
    raw.imap_ok("CREATE \"Projects/&AMQ-rger\"").await;
    raw.imap_ok("CREATE Sent (USE (\\Sent))").await;
    assert_eq!(server.mailboxes(ADA), ["INBOX", "Projects", "Projects/Ärger", "Sent"]);
    let list = raw.imap_ok("LIST \"\" \"*\" RETURN (SPECIAL-USE)").await;
    assert_eq!(
        &list[..4],
        [
            "* LIST (\\HasNoChildren) \"/\" \"INBOX\"",
            "* LIST (\\HasChildren) \"/\" \"Projects\"",
            "* LIST (\\HasNoChildren) \"/\" \"Projects/&AMQ-rger\"",
            "* LIST (\\HasNoChildren \\Sent) \"/\" \"Sent\"",
        ]
    );
    assert!(raw.imap("CREATE Sent").await[0].starts_with("NO [ALREADYEXISTS]"));
    raw.imap_ok("RENAME Projects Work").await;
    assert_eq!(server.mailboxes(ADA), ["INBOX", "Sent", "Work", "Work/Ärger"]);
    assert!(raw.imap("DELETE Work").await[0].starts_with("NO"));
    raw.imap_ok("DELETE \"Work/&AMQ-rger\"").await;
    raw.imap_ok("SUBSCRIBE Work").await;
    raw.imap_ok("SUBSCRIBE Sent").await;
    assert_eq!(raw.imap_ok("LSUB \"\" *").await.len(), 4, "what is made is not subscribed by that");
    raw.imap_ok("UNSUBSCRIBE Work").await;
    assert_eq!(raw.imap_ok("LSUB \"\" *").await.len(), 3);
    let status = raw.imap_ok("STATUS INBOX (MESSAGES UNSEEN UIDNEXT)").await;
    assert_eq!(status[0], "* STATUS \"INBOX\" (MESSAGES 0 UNSEEN 0 UIDNEXT 1)");
}

#[tokio::test]
async fn filing_and_deleting_are_seen_by_the_other_session() {
    let server = two_accounts().await;
    server.create(ADA, "Archive", None);
    for n in 1..=4 {
        server.deliver(ADA, "INBOX", format!("Subject: {n}\r\nMessage-ID: <{n}@x>\r\n\r\n{n}\r\n").as_bytes());
    }
    let mut raw = imap(&server, Tls).await;
    let mut other = imap(&server, Tls).await;
    raw.imap_ok("SELECT INBOX").await;
    other.imap_ok("SELECT INBOX").await;
    let stored = raw.imap_ok("UID STORE 2 +FLAGS (\\Seen $Forwarded Work)").await;
    assert_eq!(stored[0], "* 2 FETCH (UID 2 FLAGS ($Forwarded \\Seen Work))");
    assert_eq!(raw.imap_ok("UID STORE 3 +FLAGS.SILENT (\\Deleted)").await.len(), 1, "silent");
    let news = other.imap_ok("NOOP").await;
    assert_eq!(news.len(), 3, "{news:?}");
    let moved = raw.imap_ok("UID MOVE 1,2 Archive").await;
    let validity = server.mailbox(ADA, "Archive").unwrap().uid_validity;
    assert_eq!(moved[0], format!("* OK [COPYUID {validity} 1:2 1:2] moved"));
    assert_eq!(&moved[1..3], ["* 2 EXPUNGE", "* 1 EXPUNGE"]);
    raw.imap_ok("UID EXPUNGE 4").await;
    assert_eq!(server.messages(ADA, "INBOX").len(), 2, "4 is not marked");
    assert_eq!(raw.imap_ok("UID EXPUNGE 3:4").await[0], "* 1 EXPUNGE");
    assert_eq!(other.imap_ok("NOOP").await.len(), 4);
    assert!(raw.imap("UID COPY 4 Nowhere").await[0].starts_with("NO [TRYCREATE]"));
    assert_eq!(raw.imap_ok("UID SEARCH HEADER Message-ID <4@x>").await[0], "* SEARCH 4");
    assert_eq!(raw.imap_ok("UID SEARCH NOT ALL").await[0], "* SEARCH");
    let archived = server.messages(ADA, "Archive");
    assert!(archived[1].flags.contains(Flags::SEEN) && archived[1].keywords.contains("Work"));
}

#[tokio::test]
async fn append_takes_both_kinds_of_literals_and_tells_the_uid() {
    let server = two_accounts().await;
    let mut raw = imap(&server, Tls).await;
    let validity = server.mailbox(ADA, "INBOX").unwrap().uid_validity;
    raw.send("a APPEND INBOX (\\Seen) \"17-Jul-1996 02:44:25 -0700\" {12}\r\n").await;
    assert!(raw.line().await.starts_with('+'));
    raw.send("A: b\r\n\r\nabcd\r\n").await;
    assert_eq!(raw.line().await, format!("a OK [APPENDUID {validity} 1] stored"));
    let stored = raw.imap_ok("APPEND INBOX {2+}\r\nhi").await;
    assert_eq!(stored, [format!("OK [APPENDUID {validity} 2] stored")]);
    raw.imap_ok("EXAMINE INBOX").await;
    let fetched = raw.imap_ok("FETCH 1 (INTERNALDATE RFC822.SIZE FLAGS BODY[]<3.5>)").await;
    assert_eq!(
        &fetched[..3],
        ["* 1 FETCH (INTERNALDATE \"17-Jul-1996 09:44:25 +0000\" RFC822.SIZE 12 FLAGS (\\Seen) BODY[]<3> {5}", "b", ""]
    );
    assert!(raw.imap("STORE 1 FLAGS ()").await[0].starts_with("NO [READ-ONLY]"));
    assert!(raw.imap("APPEND Nowhere {2+}\r\nhi").await[0].starts_with("NO [TRYCREATE]"));
}

#[tokio::test]
async fn the_line_after_the_dot_can_be_lost_in_both_ways() {
    for (fault, delivered) in
        [(Fault::on(Smtp, "DATA-END").close(), 0), (Fault::on(Smtp, "DATA-END").done().close(), 1)]
    {
        let server = two_accounts().await;
        server.fault(fault);
        let mut raw = smtp(&server, Tls).await;
        assert_eq!(submit(&mut raw, &[ADA], "Subject: x\r\n\r\nx").await, None);
        assert_eq!(server.messages(ADA, "INBOX").len(), delivered);
        let mut raw = smtp(&server, Tls).await;
        assert!(submit(&mut raw, &[ADA], "Subject: x\r\n\r\nx").await.is_some(), "once only");
    }
}

#[tokio::test]
async fn commands_are_answered_as_a_fault_says() {
    let server = two_accounts().await;
    server.create(ADA, "Archive", None);
    for _ in 0..3 {
        server.deliver(ADA, "INBOX", b"A: b\r\n\r\n");
    }
    server.fault(Fault::on(Imap, "UID MOVE").nth(2).status("NO [OVERQUOTA] full"));
    server.fault(Fault::on(Imap, "UID COPY").done().status("BAD what?"));
    server.fault(Fault::on(Imap, "NOOP").before("* 99 EXISTS\r\n"));
    server.fault(Fault::on(Imap, "UID FETCH").containing("RFC822").reply("* 1 FETCH (garbage\r\n{tag} OK\r\n"));
    let mut raw = imap(&server, Tls).await;
    raw.imap_ok("SELECT INBOX").await;
    raw.imap_ok("UID MOVE 1 Archive").await;
    assert_eq!(raw.imap("UID MOVE 2 Archive").await, ["NO [OVERQUOTA] full"]);
    raw.imap_ok("UID MOVE 2 Archive").await;
    assert_eq!(raw.imap("UID COPY 3 Archive").await, ["BAD what?"]);
    assert_eq!(server.messages(ADA, "Archive").len(), 3, "copied all the same");
    assert_eq!(raw.imap_ok("NOOP").await[0], "* 99 EXISTS");
    raw.imap_ok("UID FETCH 3 (FLAGS)").await;
    assert_eq!(raw.imap("UID FETCH 3 (RFC822.SIZE)").await, ["* 1 FETCH (garbage", "OK"]);
    server.fault(Fault::on(Imap, "NOOP").stall());
    raw.send("x NOOP\r\n").await;
    assert!(raw.is_silent(Duration::from_millis(200)).await);
}

#[tokio::test]
async fn the_line_is_cut_at_any_byte() {
    let server = two_accounts().await;
    server.deliver(POP, "INBOX", b"Subject: x\r\n\r\nbody\r\n");
    let whole = {
        let mut raw = pop3(&server, Tls).await;
        raw.send("RETR 1\r\nQUIT\r\n").await;
        raw.rest().await;
        server.connections(Pop3)[0].sent
    };
    for k in 0..whole {
        server.clear_faults();
        server.fault(Fault::after_sent(Pop3, k).close());
        let mut raw = Raw::connect(&server.endpoint(Pop3, Tls), server.ca_pem()).await;
        raw.send(format!("USER {POP}\r\nPASS pw\r\nRETR 1\r\nQUIT\r\n")).await;
        assert_eq!(raw.rest().await.len() as u64, k);
    }
    server.clear_faults();
    server.fault(Fault::after_received(Pop3, 3).stall());
    let mut raw = Raw::connect(&server.endpoint(Pop3, Tls), server.ca_pem()).await;
    raw.line().await;
    raw.send("CAPA\r\n").await;
    assert!(raw.is_silent(Duration::from_millis(200)).await);
}

#[tokio::test]
async fn capabilities_can_be_missing() {
    let server = two_accounts().await;
    server.create(ADA, "Sent", Some(postwren::mail::mailbox::Role::Sent));
    server.deliver(ADA, "INBOX", b"A: b\r\n\r\n");
    for capability in ["MOVE", "UIDPLUS", "IDLE", "SPECIAL-USE"] {
        server.fault(Fault::omit(Imap, capability));
    }
    server.fault(Fault::omit(Smtp, "STARTTLS"));
    let mut raw = imap(&server, Tls).await;
    let capabilities = raw.imap_ok("CAPABILITY").await.concat();
    assert!(!["MOVE", "UIDPLUS", "IDLE", "SPECIAL-USE"].iter().any(|c| capabilities.contains(c)), "{capabilities}");
    raw.imap_ok("SELECT INBOX").await;
    assert!(raw.imap("UID MOVE 1 Sent").await[0].starts_with("BAD"));
    assert!(raw.imap("UID EXPUNGE 1").await[0].starts_with("BAD"));
    assert!(raw.imap("IDLE").await[0].starts_with("BAD"));
    assert_eq!(raw.imap_ok("UID COPY 1 Sent").await, ["OK done"]);
    assert!(!raw.imap_ok("LIST \"\" *").await.concat().contains("\\Sent"));
    let mut raw = open(&server, Smtp, Plain).await;
    assert!(!raw.smtp("EHLO x").await.concat().contains("STARTTLS"));
    assert!(raw.ask("STARTTLS").await.starts_with("502"));
}

#[tokio::test]
async fn bytes_can_be_injected_before_tls() {
    let server = two_accounts().await;
    server.fault(Fault::on(Smtp, "STARTTLS").inject("250-evil\r\n250 AUTH LOGIN\r\n"));
    let mut raw = Raw::connect_plain(&server.endpoint(Smtp, StartTls), server.ca_pem()).await;
    raw.line().await;
    raw.smtp("EHLO x").await;
    assert!(raw.ask("STARTTLS").await.starts_with("220"));
    assert_eq!((raw.line().await, raw.line().await), ("250-evil".into(), "250 AUTH LOGIN".into()));
    raw.handshake().await.expect("TLS follows");
    server.fault(Fault::preauth());
    let mut raw = Raw::connect_plain(&server.endpoint(Imap, StartTls), server.ca_pem()).await;
    assert!(raw.line().await.starts_with("* PREAUTH"));
    raw.imap_ok("SELECT INBOX").await;
}

#[tokio::test]
async fn certificates_can_be_wrong() {
    for (kind, word) in [
        (Certificate::WrongName, "not valid for name"),
        (Certificate::Expired, "expired"),
        (Certificate::NotYetValid, "not valid yet"),
        (Certificate::SelfSigned, "UnknownIssuer"),
        (Certificate::UnknownAuthority, ""),
    ] {
        let server = DemoServer::builder().certificate(kind).start().await.unwrap();
        let mut raw = Raw::connect_plain(&server.endpoint(Imap, Tls), server.ca_pem()).await;
        let error = raw.handshake().await.expect_err("must be refused").to_string();
        assert!(error.contains(word), "{kind:?}: {error}");
    }
}

#[tokio::test]
async fn a_new_generation_ends_the_session() {
    let server = two_accounts().await;
    server.deliver(ADA, "INBOX", b"A: b\r\n\r\n");
    server.deliver(ADA, "INBOX", b"A: c\r\n\r\n");
    server.expunge(ADA, "INBOX", 1);
    let mut raw = imap(&server, Tls).await;
    raw.imap_ok("SELECT INBOX").await;
    server.renumber(ADA, "INBOX", 7);
    raw.send("a NOOP\r\n").await;
    assert!(raw.line().await.starts_with("* BYE"));
    let mut raw = imap(&server, Tls).await;
    let told = raw.imap_ok("SELECT INBOX").await.concat();
    assert!(told.contains("[UIDVALIDITY 7]") && told.contains("[UIDNEXT 2]"), "{told}");
    server.drop_connections();
    assert_eq!(raw.try_line().await, None);
}

#[tokio::test]
async fn sizes_can_be_lies() {
    let server = two_accounts().await;
    server.deliver(ADA, "INBOX", b"A: b\r\n\r\n");
    server.deliver(POP, "INBOX", b"A: b\r\n\r\n");
    server.fault(Fault::wrong_size(Imap, 1000));
    server.fault(Fault::wrong_size(Pop3, -5));
    let mut raw = imap(&server, Tls).await;
    raw.imap_ok("SELECT INBOX").await;
    assert!(raw.imap_ok("FETCH 1 (RFC822.SIZE)").await[0].contains("RFC822.SIZE 1008"));
    let mut raw = pop3(&server, StartTls).await;
    assert_eq!(raw.pop3("LIST").await, ["+OK", "1 3"]);
}

#[tokio::test]
async fn the_demo_opens_with_its_mail_and_carries_more() {
    let demo = Demo::start(&jiff::Zoned::now()).await.unwrap();
    let accounts = demo.accounts(std::path::Path::new("ca.pem"));
    assert_eq!(accounts.len(), 2);
    for (account, password) in &accounts {
        let mut raw = Raw::connect(&account.incoming, demo.ca_pem()).await;
        raw.line().await;
        if account.incoming.protocol == Imap {
            raw.imap_ok(&format!("LOGIN {} {password}", account.user)).await;
            let told = raw.imap_ok("SELECT INBOX").await.concat();
            assert!(told.contains("* 25 EXISTS"), "{told}");
            let bodies = raw.imap_ok("UID FETCH 1:* (BODY.PEEK[])").await.concat();
            assert!(bodies.contains("The cards for the seventh degree are punched"));
        } else {
            raw.ask(&format!("USER {}", account.user)).await;
            assert!(raw.ask(&format!("PASS {password}")).await.starts_with("+OK"));
            assert!(raw.ask("STAT").await.starts_with("+OK 5 "));
            let digest = raw.pop3("RETR 1").await;
            assert!(digest.contains(&"..A line that begins with a dot, to see whether it survives.".to_string()));
            assert!(digest.contains(&"..".to_string()) && digest.last().unwrap().contains("single dot"));
        }
    }
}

#[tokio::test]
async fn a_script_is_played_to_every_client() {
    let script = Scripted::plain()
        .send("* OK hi\r\n")
        .expect("starttls")
        .send("{tag} OK\r\n")
        .start_tls()
        .expect("LOGIN")
        .send("{tag} OK in\r\n");
    let server = script.start().await.unwrap();
    let endpoint = Endpoint { protocol: Imap, host: "127.0.0.1".into(), port: server.port(), security: StartTls };
    let mut raw = Raw::connect(&endpoint, server.ca_pem()).await;
    raw.line().await;
    raw.imap_ok("STARTTLS").await;
    raw.handshake().await.unwrap();
    raw.imap_ok("LOGIN a b").await;
    assert_eq!(raw.try_line().await, None);
    let mut raw = Raw::connect(&endpoint, server.ca_pem()).await;
    raw.line().await;
    raw.send("x NOOP\r\n").await;
    assert_eq!(raw.try_line().await, None);
    assert_eq!(server.lines(), ["t1 STARTTLS", "t2 LOGIN a b", "!x NOOP"]);
}

/// Lines that a hostile or broken client might say, and random bytes between them.
fn hostile(random: &mut fastrand::Rng) -> Vec<u8> {
    const LINES: &[&str] = &[
        "a LOGIN {99999999999}",
        "a LOGIN {3+}",
        "a LOGIN \"",
        "UID",
        "a UID",
        "a UID FETCH",
        "a FETCH 1:* (BODY[]<",
        "",
        "a SELECT INBOX",
        "a UID FETCH 4294967295:*,0 BODY[]<99999999999999999999.1>",
        "a FETCH 1:* BODY[HEADER.FIELDS (",
        "a SEARCH NOT NOT NOT OR ((((",
        "a UID STORE 1:* +FLAGS (\\Nonsense \\Seen",
        "a LIST \"\" %*%*%*%*%*%*%*%*%*%*",
        "a APPEND INBOX {5+}\r\nabc",
        "a APPEND INBOX (\\Seen) \"nonsense\" {2+}\r\nhi",
        "a RENAME INBOX &-",
        "a CREATE &AAA-",
        "a CREATE ////",
        "a IDLE",
        "DONE",
        "a AUTHENTICATE PLAIN ====",
        "* OK",
        "a STARTTLS x",
        "RETR 0",
        "RETR -1",
        "TOP 1 99999999999999999999",
        "TOP 1",
        "DELE 18446744073709551616",
        "LIST x",
        "UIDL 9",
        "AUTH PLAIN",
        "AUTH",
        "PASS",
        "MAIL FROM:<>",
        "MAIL FROM:<<>>",
        "RCPT TO:<@>",
        "RCPT TO:<a@lovelace.example> X=Y",
        "DATA",
        ".",
        "EHLO",
        "EHLO \0",
        "AUTH LOGIN =",
        "AUTH XOAUTH2 !",
        "RSET",
        "QUIT now",
        "a MOVE * INBOX",
        "a COPY 1:* \"{9}\"",
        "a EXPUNGE",
        "a UID EXPUNGE 1",
    ];
    let mut bytes = Vec::new();
    for _ in 0..random.usize(1..40) {
        match random.u8(0..10) {
            0 => bytes.extend((0..random.usize(0..400)).map(|_| random.u8(..))),
            1 => bytes.extend(std::iter::repeat_n(b'x', random.usize(0..100_000))),
            _ => bytes.extend_from_slice(random.choice(LINES).unwrap_or(&"").as_bytes()),
        }
        bytes.extend_from_slice(random.choice(["\r\n", "\r\n", "\r\n", "\n", ""]).unwrap_or("\r\n").as_bytes());
    }
    bytes
}

static PANICS: AtomicU32 = AtomicU32::new(0);

#[tokio::test]
async fn a_hostile_client_harms_nobody() {
    let usual = std::panic::take_hook();
    std::panic::set_hook(Box::new(move |info| {
        if info.location().is_some_and(|l| l.file().contains("demo/")) {
            PANICS.fetch_add(1, Ordering::SeqCst);
        }
        usual(info);
    }));
    let server = two_accounts().await;
    for seed in 0..120 {
        let mut random = fastrand::Rng::with_seed(seed);
        let mut raw = match seed % 6 {
            0 => imap(&server, Tls).await,
            1 => smtp(&server, Tls).await,
            2 => pop3(&server, Tls).await,
            3 => open(&server, Imap, Plain).await,
            4 => open(&server, Smtp, Plain).await,
            _ => open(&server, Pop3, Plain).await,
        };
        // The server may hang up in the middle.
        raw.try_send(hostile(&mut random)).await;
        raw.drain(Duration::from_millis(10)).await;
    }
    assert_eq!(PANICS.load(Ordering::SeqCst), 0);
    let mut raw = smtp(&server, Tls).await;
    assert!(submit(&mut raw, &[POP], "Subject: still here\r\n\r\n").await.is_some());
}
