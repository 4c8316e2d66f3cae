mod corpus;
mod whole;

use super::*;
use crate::mail::address::Address;
use proptest::prelude::*;

fn person(name: &str, addr: &str) -> Address {
    Address::new(name, addr)
}

/// A message with a good From and Date around the given lines.
fn message(rest: &str) -> Vec<u8> {
    format!("From: Ada <ada@x.example>\r\nDate: Tue, 24 Nov 2026 08:00:00 +0100\r\n{rest}").into_bytes()
}

#[test]
fn an_envelope_is_read() {
    let raw = message(
        "To: \"Babbage, Charles\" <c@x.example>, friends: a@x.example, B <b@x.example>;\r\n\
         Cc: =?utf-8?Q?J=C3=B6rg?= <j@x.example>\r\nReply-To: r@x.example\r\nSubject: =?utf-8?B?SsO2?=\r\n =?utf-8?B?cmc=?= here\r\n\
         Message-ID: <1@x.example>\r\nIn-Reply-To: <0@x.example>\r\nReferences: <a@x> <0@x.example>\r\n\r\nHello",
    );
    let summary = summary(&raw);
    let envelope = summary.envelope;
    assert_eq!(envelope.from, [person("Ada", "ada@x.example")]);
    let to = [person("Babbage, Charles", "c@x.example"), person("", "a@x.example"), person("B", "b@x.example")];
    assert_eq!(envelope.to, to);
    assert_eq!(envelope.cc, [person("Jörg", "j@x.example")]);
    assert_eq!(envelope.reply_to, [person("", "r@x.example")]);
    assert_eq!(envelope.subject, "Jörg here");
    assert_eq!(envelope.message_id.as_deref(), Some("1@x.example"));
    assert_eq!(envelope.in_reply_to, ["0@x.example"]);
    assert_eq!(envelope.references, ["a@x", "0@x.example"]);
    assert_eq!(envelope.date, Some(1_795_503_600));
    assert_eq!(summary.preview, "Hello");
    assert_eq!(summary.defects, []);
}

#[test]
fn odd_senders_are_shown_as_they_are_and_flagged() {
    let table: [(&[u8], Address, &[Defect]); 12] = [
        (b"From: a@x.example (Ada)", person("Ada", "a@x.example"), &[]),
        (b"From: J\xF6rg <j@x.example>", person("Jörg", "j@x.example"), &[]),
        ("From: Jörg <j@x.example>".as_bytes(), person("Jörg", "j@x.example"), &[]),
        (
            b"From: \"potus@whitehouse.example\" <evil@x.example>",
            person("potus@whitehouse.example", "evil@x.example"),
            &[],
        ),
        (
            b"From: =?utf-8?Q?a=00b=0Ac?= <e@x.example>",
            person("a\u{FFFD}b\u{FFFD}c", "e@x.example"),
            &[Defect::Disguise],
        ),
        ("From: a\u{202E}b <e@x.example>".as_bytes(), person("a\u{FFFD}b", "e@x.example"), &[Defect::Disguise]),
        (b"From: nobody", person("nobody", ""), &[Defect::From]),
        (b"From: J <j@x(comment). example>", person("J (comment)", "j@x.example"), &[]),
        (b"From: ,, <", person(",, <", ""), &[Defect::From]),
        (b"From: <@relay.example:a@x.example>", person("", "a@x.example"), &[]),
        (b"From: a@x.example b@x.example", person("", "a@x.example"), &[Defect::From]),
        (b"From: <a@x.example>\r\nFrom: <b@x.example>", person("", "a@x.example"), &[Defect::From]),
    ];
    for (from, expected, defects) in table {
        let raw = [from, b"\r\nDate: Tue, 24 Nov 2026 08:00:00 +0100\r\n\r\n"].concat();
        let summary = summary(&raw);
        assert_eq!(summary.envelope.from.first(), Some(&expected), "{from:?}");
        assert_eq!(summary.defects, defects, "{from:?}");
    }
    // Mailsploit: the address that mail would go to is not the one in the decoded word.
    let raw = b"From: =?utf-8?b?cG90dXNAeC5leGFtcGxl?==?utf-8?Q?=00?=@evil.example\r\n\r\n";
    let from = &summary(raw).envelope.from[0];
    assert!(from.addr.ends_with("@evil.example") && !from.addr.contains("potus"), "{from:?}");
}

#[test]
fn dates_are_read_or_named_as_unreadable() {
    let table = [
        ("Tue, 24 Nov 2026 08:00:00 +0100", Some(1_795_503_600)),
        ("24 Nov 2026 08:00:00 GMT", Some(1_795_507_200)),
        ("Tue, 24 Nov 2026 08:00 -0500", Some(1_795_525_200)),
        ("never", None),
        ("Tue, 24 Nov 99999 08:00:00 +0000", None),
        ("", None),
    ];
    for (date, expected) in table {
        let summary = summary(format!("From: a@x.example\r\nDate: {date}\r\n\r\n").as_bytes());
        assert_eq!(summary.envelope.date, expected, "{date:?}");
        assert_eq!(summary.defects.contains(&Defect::Date), expected.is_none());
    }
}

#[test]
fn bodies_are_decoded() {
    let table = [
        (
            "Content-Type: text/plain; charset=iso-8859-1\r\nContent-Transfer-Encoding: quoted-printable\r\n\r\nJ=F6rg=\r\n!",
            "Jörg!",
        ),
        ("Content-Transfer-Encoding: base64\r\n\r\nSsO2cmc=\r\n", "Jörg"),
        ("\r\nline\r\nline\r\n\r\n", "line\nline"),
        ("Content-Type: text/html\r\n\r\n<p>a<p>b", "a\n\nb"),
        ("Content-Type: text/html\r\n\r\n<meta charset=utf-8><p>ö", "ö"),
        ("Content-Type: text/plain; format=flowed\r\n\r\na \r\nb\r\n", "a b"),
        ("Content-Type: text\r\n\r\nx", "x"),
        ("Content-Type: nonsense\r\n\r\nx", ""),
        ("", ""),
    ];
    for (rest, expected) in table {
        assert_eq!(content(&message(rest)).text, expected, "{rest:?}");
    }
}

fn multipart(kind: &str, parts: &[&str]) -> Vec<u8> {
    let mut raw = format!("Content-Type: multipart/{kind}; boundary=b\r\n\r\n");
    for part in parts {
        raw += &format!("--b\r\n{part}\r\n");
    }
    message(&(raw + "--b--\r\n"))
}

const PLAIN: &str = "\r\nplain";
const HTML: &str = "Content-Type: text/html\r\n\r\n<b>rich</b><img src=cid:1>";
const PICTURE: &str = "Content-Type: image/png\r\nContent-ID: <1>\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA";
const PDF: &str = "Content-Type: application/pdf; name=a.pdf\r\nContent-Transfer-Encoding: base64\r\n\r\nJVBERi0=";
const NOTE: &str = "Content-Disposition: attachment; filename=note.txt\r\n\r\nnote";

#[test]
fn text_and_attachments_are_told_apart() {
    type Case<'a> = (&'a str, &'a [&'a str], &'a str, &'a [&'a str], u32);
    let cases: [Case<'_>; 10] = [
        ("alternative", &[PLAIN, HTML], "plain", &[], 0),
        ("alternative", &["\r\n  ", HTML], "rich", &[], 0),
        ("alternative", &[HTML, "\r\n  "], "rich", &[], 0),
        ("alternative", &[HTML], "rich", &[], 0),
        ("mixed", &[PLAIN, PDF], "plain", &["a.pdf"], 1),
        ("mixed", &[PLAIN, NOTE], "plain", &["note.txt"], 1),
        ("mixed", &[PLAIN, "\r\nfooter"], "plain\n\nfooter", &[], 0),
        ("related", &[HTML, PICTURE], "rich", &["attachment.png"], 0),
        ("mixed", &[HTML, PICTURE, PDF], "rich", &["attachment.png", "a.pdf"], 1),
        ("signed", &[PLAIN, "Content-Type: application/pgp-signature\r\n\r\nx"], "plain", &["attachment.asc"], 0),
    ];
    for (kind, parts, text, names, counted) in cases {
        let raw = multipart(kind, parts);
        let content = content(&raw);
        let found: Vec<&str> = content.attachments.iter().map(|a| a.file_name.as_str()).collect();
        assert_eq!((content.text.as_str(), found.as_slice()), (text, names), "{kind} {parts:?}");
        let summary = summary(&raw);
        assert_eq!(summary.attachments, counted, "{kind} {parts:?}");
        assert_eq!(Some(summary.preview.as_str()), text.split("\n\n").next());
    }
    let raw = multipart("mixed", &[PLAIN, PDF]);
    let (attachment, bytes) = attachment(&raw, 0).unwrap();
    assert_eq!((attachment.size, bytes.as_slice()), (5, &b"%PDF-"[..]));
    assert_eq!(super::attachment(&raw, 1), None);
}

#[test]
fn attached_messages_are_called_after_their_subject() {
    let inner = "Content-Type: message/rfc822\r\n\r\nSubject: =?utf-8?Q?Gr=C3=BC=C3=9Fe=2F?= all\r\n\r\nhello";
    let content = content(&multipart("mixed", &[PLAIN, inner]));
    assert_eq!(content.attachments[0].file_name, "Grüße_ all.eml");
    assert_eq!(content.text, "plain");
    let (_, bytes) = attachment(&multipart("mixed", &[PLAIN, inner]), 0).unwrap();
    assert_eq!(super::content(&bytes).text, "hello");
}

#[test]
fn files_inside_the_text_are_attachments() {
    let raw = message("\r\nsee:\r\nbegin 644 ../cat.txt\r\n#0V%T\r\n`\r\nend\r\nbye\r\n");
    let content = content(&raw);
    assert_eq!(content.text, "see:\nbye");
    assert_eq!(content.attachments[0].file_name, "cat.txt");
    assert_eq!(attachment(&raw, 0).unwrap().1, b"Cat");
    let summary = summary(&raw);
    assert_eq!((summary.attachments, summary.preview.as_str()), (1, "see:"));
}

#[test]
fn defects_are_named_and_the_rest_is_shown() {
    let cut = multipart("mixed", &[PLAIN, PDF]);
    let cut = &cut[..cut.len() - 20];
    let table: [(&[u8], Defect, &str); 7] = [
        (b"just some text\r\nwithout headers", Defect::NoHeaders, "just some text\nwithout headers"),
        (cut, Defect::Unterminated, "plain"),
        (b"Content-Transfer-Encoding: base64\r\n\r\nSsO2cm!c=", Defect::Encoding, "Jörg"),
        (b"Content-Type: text/plain; charset=utf-8\r\n\r\n\xC3\xA4\xFF", Defect::Charset("utf-8".into()), "ä\u{FFFD}"),
        (b"Content-Type: text/plain; charset=x-klingon\r\n\r\nx", Defect::UnknownCharset("x-klingon".into()), "x"),
        (b"Subject: a\rb\r\n\r\nx", Defect::Disguise, "x"),
        (b"From: a@x.example\rSubject: mac\r\rold mac", Defect::Date, "old mac"),
    ];
    for (raw, defect, text) in table {
        let content = content(raw);
        assert!(content.defects.contains(&defect), "{defect:?} {:?}", content.defects);
        assert_eq!(content.text, text, "{defect:?}");
    }
}

#[test]
fn bombs_give_an_answer() {
    let rfc822 = "Content-Type: message/rfc822\r\n\r\n".repeat(25_000);
    assert_eq!(content(&message(&rfc822)).attachments.len(), 1);
    let parts = message("Content-Type: multipart/mixed; boundary=b\r\n\r\n");
    let parts = [parts, b"--b\r\n\r\nx\r\n".repeat(100_000)].concat();
    assert_eq!(content(&parts).defects, [Defect::TooManyParts]);
    let header = message(&format!("Subject: {}\r\n\r\nbody", "x".repeat(1 << 20)));
    assert_eq!(
        (content(&header).text.as_str(), summary(&header).envelope.subject.len()),
        ("body", guard::MAX_TEXT_FIELD - 1)
    );
    let to = message(&format!("To: {}\r\n\r\n", "Someone <someone@x.example>, ".repeat(100_000)));
    assert_eq!(summary(&to).envelope.to.len(), guard::MAX_ADDRESSES);
    let comments = message(&format!("To: {}\r\nReferences: {}\r\n\r\n", "(".repeat(400_000), "<a@b>".repeat(100_000)));
    assert_eq!(summary(&comments).envelope.references.len(), guard::MAX_REFERENCES);
    let text = message(&format!("\r\n{}", "line of text\r\n".repeat(400_000)));
    let content = content(&text);
    assert!(content.text.len() <= guard::MAX_TEXT && content.defects == [Defect::Shortened]);
}

proptest! {
    #[test]
    fn any_bytes_give_an_answer(raw in proptest::collection::vec(any::<u8>(), 0..400)) {
        let content = content(&raw);
        summary(&raw);
        for at in 0..content.attachments.len() {
            prop_assert!(attachment(&raw, at).is_some());
        }
    }

    #[test]
    fn any_header_gives_an_answer(
        name in "(From|To|Subject|Date|Content-Type|Content-Disposition|References|Message-ID)",
        value in "([a-z@<>\",;:()\\\\=?*' \t.0-9%ö\u{202e}]|\r\n |=\\?utf-8\\?[QB]\\?[A-Za-z0-9=_]{0,8}\\?=){0,60}",
    ) {
        let raw = format!("{name}: {value}\r\n\r\nbody");
        let summary = summary(raw.as_bytes());
        let one_line = |s: &str| !s.contains(['\r', '\n', '\0']);
        prop_assert!(one_line(&summary.envelope.subject));
        prop_assert!(summary.envelope.from.iter().chain(&summary.envelope.to).all(|a| one_line(&a.name) && one_line(&a.addr)));
        content(raw.as_bytes());
    }

    #[test]
    fn a_changed_message_gives_an_answer(at in 0usize..2000, byte in any::<u8>(), cut in 0usize..2000) {
        let mut raw = multipart("mixed", &[PLAIN, HTML, PICTURE, PDF, NOTE]);
        let length = raw.len();
        raw[at % length] = byte;
        raw.truncate(cut % length);
        let content = content(&raw);
        for at in 0..content.attachments.len() {
            prop_assert!(attachment(&raw, at).is_some());
        }
    }
}
