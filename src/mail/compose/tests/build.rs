use super::*;
use crate::mail::compose::{self, BuildError, envelope, from_message};
use crate::mail::mime::{self, Content};
use crate::mail::text::fold_white;
use proptest::prelude::*;

type Load<'a> = &'a mut dyn FnMut(&DraftAttachment) -> std::io::Result<Vec<u8>>;

/// In memory, with the bytes of attachments as they are given.
fn build(draft: &Draft, from: &Address, now: &jiff::Zoned, id: &str, load: Load<'_>) -> Result<Vec<u8>, BuildError> {
    let (mut out, mut open) = (Vec::new(), opened(load));
    compose::build(draft, from, now, id, &mut open, &mut out).map(|()| out)
}

fn build_draft(
    draft: &Draft,
    from: &Address,
    now: &jiff::Zoned,
    id: &str,
    load: Load<'_>,
) -> Result<Vec<u8>, BuildError> {
    let (mut out, mut open) = (Vec::new(), opened(load));
    compose::build_draft(draft, from, now, id, &mut open, &mut out).map(|()| out)
}

fn opened(load: Load<'_>) -> impl FnMut(&DraftAttachment) -> std::io::Result<Box<dyn std::io::Read>> {
    move |file| Ok(Box::new(std::io::Cursor::new(load(file)?)) as Box<dyn std::io::Read>)
}

fn bytes_of(draft: &Draft) -> Vec<u8> {
    let mut load = |file: &DraftAttachment| Ok(format!("bytes of {}", file.path.display()).into_bytes());
    build(draft, &ada(), &noon(), ID, &mut load).unwrap()
}

fn lines(raw: &[u8]) -> Vec<&str> {
    std::str::from_utf8(raw).unwrap().split("\r\n").collect()
}

#[test]
fn a_plain_message_is_as_small_as_it_can_be() {
    let mut draft = draft("Hello", "Dear Bob,\n.\nbye");
    draft.in_reply_to = vec!["1@y.example".into()];
    draft.references = vec!["0@y.example".into(), "1@y.example".into()];
    draft.bcc = vec![person("", "hidden@z.example")];
    let raw = bytes_of(&draft);
    let expected = [
        "Date: Tue, 24 Nov 2026 12:00:00 +0100",
        "From: \"Ada Lovelace\" <ada@x.example>",
        "Message-ID: <10.ff@x.example>",
        "Subject: Hello",
        "In-Reply-To: <1@y.example>",
        "References: <0@y.example> <1@y.example>",
        "MIME-Version: 1.0",
        "To: Bob <bob@y.example>",
        "Content-Type: text/plain; charset=utf-8",
        "Content-Transfer-Encoding: 7bit",
    ];
    let lines = lines(&raw);
    for line in expected {
        assert!(lines.contains(&line), "{line} in {lines:#?}");
    }
    assert!(lines.iter().any(|l| l.starts_with("User-Agent: Postwren/")));
    assert!(raw.ends_with(b"\r\n\r\nDear Bob,\r\n.\r\nbye\r\n"), "{lines:#?}");
    assert_eq!(
        bytes_of(&super::draft("Hello", "bye\n")).iter().rev().skip(2).take(3).copied().collect::<Vec<_>>(),
        b"eyb"
    );
    assert!(!String::from_utf8_lossy(&raw).contains("hidden"));
}

#[test]
fn every_text_comes_back() {
    for (subject, body) in [
        ("Grüße", "Schöne Grüße\n\n  eingerückt  \n-- \nAda"),
        ("=?utf-8?Q?not_a_word?=", "=?utf-8?Q?not_a_word?="),
        ("日本語の件名はとても長くなることがありますので折り返しが必要です。確認してください。", "日本語"),
        (&"long".repeat(500), &"x".repeat(5000)),
        ("", ""),
        ("a  b", "From here\n>From there\n.\n..\n"),
        ("🦀", "emoji 🦀\r\nCRLF\rCR"),
    ] {
        let raw = bytes_of(&draft(subject, body));
        assert!(raw.is_ascii());
        assert!(raw.split(|b| *b == b'\n').all(|l| l.len() < 1000 && (l.is_empty() || l.ends_with(b"\r"))));
        let content = mime::content(&raw);
        assert_eq!(content.envelope.subject, fold_white(subject));
        assert_eq!(content.text, body.replace("\r\n", "\n").replace('\r', "\n").trim_end(), "{body:?}");
        assert_eq!(content.defects, []);
    }
}

#[test]
fn files_arrive_unchanged_under_their_names() {
    let mut draft = draft("x", "see");
    draft.attachments = vec![
        file("a.pdf", "application/pdf"),
        file("Übersicht \"neu\".ods", "application/vnd.oasis.opendocument.spreadsheet"),
        file(&format!("{}.txt", "long name ".repeat(15)), "text/plain"),
        file("日本語.txt", "text/plain"),
        file("evil.bin", "multipart/mixed; boundary=x\r\nBcc: y"),
        file("mail.eml", "message/rfc822"),
    ];
    let mail = b"From: a@b\r\nSubject: in\r\n\r\ntext\r\n".to_vec();
    let broken = b"From: a@b\nSubject: in\n\nGr\xC3\xBC\xC3\x9Fe".to_vec();
    for eml in [mail, broken] {
        let mut load = |file: &DraftAttachment| match file.file_name.as_str() {
            "mail.eml" => Ok(eml.clone()),
            "日本語.txt" => Ok("日本語".into()),
            name => Ok([name.as_bytes(), b"\0\r\n\n"].concat()),
        };
        let raw = build(&draft, &ada(), &noon(), ID, &mut load).unwrap();
        let content = mime::content(&raw);
        assert_eq!((content.text.as_str(), content.attachments.len()), ("see", draft.attachments.len()));
        for (sent, found) in draft.attachments.iter().zip(&content.attachments) {
            let (_, bytes) = mime::attachment(&raw, found.index).unwrap();
            assert_eq!(bytes, load(sent).unwrap(), "{}", sent.file_name);
            assert_eq!(found.file_name, mime::safe_file_name(Some(&sent.file_name), ""));
            assert!(!found.media_type.starts_with("multipart/"));
        }
        assert!(raw.is_ascii());
    }
}

#[test]
fn text_files_keep_their_line_ends_and_white_space() {
    let contents: [&[u8]; 9] = [
        b"one\ntwo\n",
        b"one\r\ntwo\r\n",
        b"one\rtwo\r",
        b"mixed\n\r\n\r\rend",
        b"trailing \t \nspaces   ",
        b"",
        b"\n\n\n",
        b".\nFrom here\n..\n",
        "Gr\u{fc}\u{df}e\n".as_bytes(),
    ];
    for media_type in ["text/plain", "text/csv", "application/json", "message/rfc822", "message/delivery-status"] {
        for bytes in contents {
            let mut draft = draft("Files", "here");
            draft.attachments = vec![file("notes.txt", media_type)];
            let raw = build(&draft, &ada(), &noon(), ID, &mut |_| Ok(bytes.to_vec())).unwrap();
            let (_, arrived) = mime::attachment(&raw, 0).expect("the file");
            assert_eq!(arrived, bytes, "{media_type} {:?}", String::from_utf8_lossy(bytes));
            let kept = build_draft(&draft, &ada(), &noon(), ID, &mut |_| Ok(bytes.to_vec())).unwrap();
            assert_eq!(mime::attachment(&kept, 0).expect("the file").1, bytes, "kept as a draft");
        }
    }
}

#[test]
fn no_text_becomes_a_header_field() {
    let mut draft = draft("x\r\nBcc: evil@z.example", "ok");
    draft.to = vec![person("Bob\r\nBcc: evil@z.example", "bob@y.example")];
    draft.references = vec!["a@b>\r\nBcc: evil@z.example".into(), "fine@b".into()];
    let raw = bytes_of(&draft);
    let content = mime::content(&raw);
    assert!(content.envelope.bcc.is_empty());
    assert!(!lines(&raw).iter().any(|l| l.to_ascii_lowercase().starts_with("bcc")));
    assert_eq!(content.envelope.references, ["fine@b"]);
    for bad in ["a@b\r\nX: y", "no at", "a@b>", ""] {
        let result = build(&draft, &ada(), &noon(), bad, &mut |_| Ok(vec![]));
        assert!(matches!(result, Err(BuildError::MessageId(_))), "{bad:?}");
    }
    draft.to = vec![person("", "bob@y.example>\r\nRCPT TO:<evil@z.example")];
    assert!(matches!(build(&draft, &ada(), &noon(), ID, &mut |_| Ok(vec![])), Err(BuildError::Recipient(_))));
}

#[test]
fn the_envelope_names_each_recipient_once() {
    let mut draft = draft("x", "y");
    draft.to = vec![person("B", "bob@bücher.example"), person("", "bob@BÜCHER.example")];
    draft.bcc = vec![person("", "c@x.example"), person("", "bob@xn--bcher-kva.example")];
    draft.unfinished[1] = "d@x.example, E <e@x.example>".into();
    let (from, to) = envelope(&draft, &ada()).unwrap();
    assert_eq!(from, "ada@x.example");
    assert_eq!(to, ["bob@xn--bcher-kva.example", "d@x.example", "e@x.example", "c@x.example"]);
    let content = mime::content(&bytes_of(&draft));
    assert_eq!(content.envelope.cc.len(), 2);
    assert_eq!(content.envelope.to[0].addr, "bob@xn--bcher-kva.example");
    draft.unfinished[2] = "nobody".into();
    assert!(matches!(envelope(&draft, &ada()), Err(BuildError::Recipient(bad)) if bad.text == "nobody"));
    assert!(matches!(envelope(&draft, &person("", "x")), Err(BuildError::From(_))));
    draft.unfinished = Default::default();
    (draft.to, draft.bcc) = (vec![], vec![]);
    assert!(matches!(envelope(&draft, &ada()), Err(BuildError::NoRecipients)));
}

#[test]
fn hidden_recipients_alone_are_sent_to_and_named_nowhere() {
    let mut draft = draft("x", "y");
    (draft.to, draft.bcc) = (vec![], vec![person("", "h@x.example")]);
    let raw = bytes_of(&draft);
    assert!(lines(&raw).contains(&"To: undisclosed-recipients:;"));
    assert!(!String::from_utf8_lossy(&raw).contains("h@x.example"));
    assert_eq!(envelope(&draft, &ada()).unwrap().1, ["h@x.example"]);
}

fn kept(draft: &Draft) -> Content {
    let mut load = |file: &DraftAttachment| Ok(file.file_name.clone().into_bytes());
    mime::content(&build_draft(draft, &ada(), &noon(), ID, &mut load).unwrap())
}

#[test]
fn a_kept_draft_is_read_back() {
    let mut draft = draft("Grüße", "half a sen");
    draft.to = vec![person("Böb, B", "bob@y.example"), person("", "c@y.example")];
    draft.bcc = vec![person("", "hidden@y.example")];
    draft.unfinished = ["not yet, two".into(), "jö".into(), String::new()];
    draft.in_reply_to = vec!["1@y.example".into()];
    draft.references = vec!["0@y.example".into(), "1@y.example".into()];
    draft.attachments = vec![file("a.pdf", "application/pdf")];
    let parts = from_message(&kept(&draft));
    assert_eq!(parts.attachments, [0]);
    let mut back = parts.into_draft("1", "x", DraftOrigin::New);
    back.attachments = draft.attachments.clone();
    assert_eq!(back, draft);
    // Nothing written yet.
    let empty = Draft { to: vec![], ..super::draft("", "") };
    assert_eq!(from_message(&kept(&empty)).into_draft("1", "x", DraftOrigin::New), empty);
}

fn text_strategy() -> impl Strategy<Value = String> {
    prop_oneof!["[ -~]{0,120}", "[^\\p{C}]{0,60}", "[a-zä🦀 \n]{0,200}", any::<String>()]
}

proptest! {
    #[test]
    fn anything_written_is_read_back(
        subject in text_strategy(), body in text_strategy(), name in "[^\\p{C}\"\\\\]{0,40}", attached in "[^\\p{C}]{0,40}",
        bytes in proptest::collection::vec(any::<u8>(), 0..200),
    ) {
        let mut draft = draft(&subject, &body);
        draft.to = vec![person(&name, "bob@y.example")];
        draft.attachments = vec![file(&attached, "application/octet-stream")];
        let raw = build(&draft, &ada(), &noon(), ID, &mut |_| Ok(bytes.clone())).unwrap();
        prop_assert!(raw.is_ascii());
        let content = mime::content(&raw);
        let safe = crate::mail::text::display_safe(&subject).into_owned();
        prop_assert_eq!(&content.envelope.subject, &fold_white(&safe));
        prop_assert_eq!(&content.envelope.to[0].addr, "bob@y.example");
        let name = fold_white(&crate::mail::text::display_safe(&name)).replace("=?", "= ?");
        prop_assert_eq!(&content.envelope.to[0].name, &name);
        let shown = crate::mail::text::body_safe(&body.replace('\0', "\u{FFFD}"));
        prop_assert_eq!(content.text.as_str(), shown.trim_end());
        prop_assert_eq!(&content.attachments[0].file_name, &mime::safe_file_name(Some(&attached), "application/octet-stream"));
        prop_assert_eq!(mime::attachment(&raw, 0).unwrap().1, bytes);
        prop_assert!(content.envelope.bcc.is_empty());
    }
}
