use super::*;
use crate::mail::mime;
use proptest::prelude::*;

fn report(kind: &str, body: &str) -> Vec<Report> {
    let raw = format!(
        "From: MAILER-DAEMON@x.example\r\nDate: Tue, 24 Nov 2026 08:00:00 +0100\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\n\r\nWords\r\n\
         --b\r\nContent-Type: message/{kind}\r\n\r\n{body}\r\n--b\r\nContent-Type: text/rfc822-headers\r\n\r\nSubject: =?utf-8?Q?M=C3=BChle?=\r\n\
         Message-ID: <1@x.example>\r\nDate: Tue, 24 Nov 2026 08:00:00 +0100\r\n\r\n--b--\r\n"
    );
    mime::content(raw.as_bytes()).reports
}

#[test]
fn a_bounce_becomes_facts() {
    let body = "Reporting-MTA: dns; mx.x.example\r\nArrival-Date: Tue, 24 Nov 2026 08:00:00 +0100\r\n\
        Original-Envelope-Id: QQ314159\r\n\r\n\
        Final-Recipient: rfc822; bob@y.example\r\nOriginal-Recipient: rfc822;b@x.example\r\nAction: failed\r\n\
        Status: 5.1.1 (no mailbox)\r\nRemote-MTA: dns; mail.y.example\r\nDiagnostic-Code: smtp; 550 5.1.1 User; unknown\r\n\r\n\r\n\
        Final-Recipient: rfc822;<carol@y.example>\r\nAction: delayed\r\nStatus: 4.4.1\r\nWill-Retry-Until: Wed, 25 Nov 2026 08:00:00 +0100\r\n";
    let found = report("delivery-status", body);
    let [Report::Delivery(found)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!(found.reporting_host.as_deref(), Some("mx.x.example"));
    assert_eq!((found.arrived, found.envelope_id.as_deref()), (Some(1_795_503_600), Some("QQ314159")));
    assert_eq!(found.original.subject.as_deref(), Some("Mühle"));
    assert_eq!(found.original.message_id.as_deref(), Some("1@x.example"));
    assert_eq!(found.original.date, Some(1_795_503_600));
    let [bob, carol] = found.recipients.as_slice() else { panic!("{found:?}") };
    assert_eq!((bob.address.as_str(), bob.original.as_deref()), ("bob@y.example", Some("b@x.example")));
    assert_eq!((bob.action, bob.reason), (Action::Failed, Reason::NoSuchMailbox));
    assert_eq!(bob.status.map(|status| status.to_string()).as_deref(), Some("5.1.1"));
    assert_eq!(bob.diagnostic.as_deref(), Some("550 5.1.1 User; unknown"));
    assert_eq!(bob.remote_host.as_deref(), Some("mail.y.example"));
    assert_eq!(
        (carol.address.as_str(), carol.action, carol.reason),
        ("carol@y.example", Action::Delayed, Reason::NoAnswer)
    );
    assert_eq!(carol.will_retry_until, Some(1_795_590_000));
}

#[test]
fn sloppy_bounces_are_read() {
    // Without the empty line between the groups; without a report about the message; with words instead of codes.
    let table = [
        (
            "Reporting-MTA: dns;x\r\nFinal-Recipient: rfc822;a@y.example\r\nAction: failed\r\nStatus: 5.2.2\r\n",
            Reason::MailboxFull,
        ),
        (
            "\r\n\r\nFinal-Recipient: rfc822;a@y.example\r\nStatus: 5.0.0\r\nDiagnostic-Code: smtp;550 no such user here\r\n",
            Reason::NoSuchMailbox,
        ),
        (
            "Final-Recipient: a@y.example\r\nAction: failed\r\nDiagnostic-Code: smtp; 554-5.7.26 DMARC\r\n",
            Reason::SenderNotProved,
        ),
        ("Final-Recipient: a@y.example\r\nAction: failed\r\nStatus: 5.0.0\r\n", Reason::Unsaid),
        (
            "Final-Recipient: a@y.example\r\nAction: failed\r\nStatus: 5.7.1\r\nDiagnostic-Code: smtp;550 spam\r\n",
            Reason::NotAllowed,
        ),
        ("Final-Recipient: a@y.example\r\nAction: delivered\r\nStatus: 2.1.5\r\n", Reason::Unsaid),
    ];
    for (body, reason) in table {
        let found = report("delivery-status", body);
        let [Report::Delivery(found)] = found.as_slice() else { panic!("{body}: {found:?}") };
        assert_eq!(
            (found.recipients[0].address.as_str(), found.recipients[0].reason),
            ("a@y.example", reason),
            "{body}"
        );
    }
    for body in ["", "\r\n\r\n", "prose\r\n", "Reporting-MTA: dns;x\r\n"] {
        assert_eq!(report("delivery-status", body), [], "{body:?}");
    }
}

#[test]
fn a_receipt_becomes_facts() {
    let body = "Reporting-UA: joes-pc; Foomail 97\r\nOriginal-Recipient: rfc822;Joe@x.example\r\nFinal-Recipient: rfc822;joe@x.example\r\n\
        Original-Message-ID: <199509192301.23456@example.org>\r\nDisposition: manual-action/MDN-sent-manually; displayed\r\n";
    let found = report("disposition-notification", body);
    let [Report::Disposition(found)] = found.as_slice() else { panic!("{found:?}") };
    assert_eq!((found.recipient.as_str(), found.disposition), ("joe@x.example", Disposition::Displayed));
    assert_eq!((found.automatic, found.sent_automatically, &found.original_recipient), (false, false, &None));
    assert_eq!(found.original.message_id.as_deref(), Some("199509192301.23456@example.org"));
    assert_eq!(found.original.subject.as_deref(), Some("Mühle"));
    let body = "Final-Recipient: rfc822;joe@x.example\r\nDisposition: automatic-action/MDN-sent-automatically; deleted/error\r\nError: out of paper\r\n";
    let found = report("disposition-notification", body);
    let [Report::Disposition(found)] = found.as_slice() else { panic!("{found:?}") };
    assert!(found.automatic && found.sent_automatically && found.disposition == Disposition::Deleted);
    assert_eq!(found.error.as_deref(), Some("out of paper"));
}

#[test]
fn codes_are_read_as_they_are_written() {
    for (text, expected) in [
        ("5.1.1", Some((5, 1, 1))),
        ("4.7.26 (x)", Some((4, 7, 26))),
        ("3.1.1", None),
        ("5.1", None),
        ("5.1.1.1", None),
        ("127.0.0.1", None),
        ("5.1111.1", None),
        ("", None),
    ] {
        let status = expected.map(|(class, subject, detail)| Status { class, subject, detail });
        assert_eq!(Status::parse(text), status, "{text}");
    }
    assert_eq!(Status::within("550-5.7.1 [1.2.3.4] x").map(|s| s.to_string()).as_deref(), Some("5.7.1"));
}

#[test]
fn floods_are_bounded() {
    let many = "Final-Recipient: rfc822;a@y.example\r\nAction: failed\r\n\r\n".repeat(20_000);
    let found = report("delivery-status", &many);
    let [Report::Delivery(found)] = found.as_slice() else { panic!("none") };
    assert!(found.recipients.len() <= MAX_RECIPIENTS && found.shortened);
    assert!(super::groups::of("\r\n".repeat(500_000).as_bytes()).0.is_empty());
}

proptest! {
    #[test]
    fn any_body_gives_an_answer(body in proptest::collection::vec(any::<u8>(), 0..400)) {
        let _ = delivery(&body, Original::default());
        let _ = disposition(&body, Original::default());
    }

    #[test]
    fn any_fields_give_an_answer(body in "((Final-Recipient|Action|Status|Disposition|Diagnostic-Code|X): ?[ -~é;/.<>0-9]{0,40}\r?\n(\r?\n)?){0,12}") {
        if let Some(report) = delivery(body.as_bytes(), Original::default()) {
            prop_assert!(!report.recipients.is_empty());
        }
        let _ = disposition(body.as_bytes(), Original::default());
    }
}
