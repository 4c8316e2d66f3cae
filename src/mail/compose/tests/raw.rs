use super::*;
use crate::mail::compose::raw::{PrepareError, crlf, prepare};
use proptest::prelude::*;

fn try_prepare(raw: &[u8]) -> Result<(String, Vec<String>), PrepareError> {
    let prepared = prepare(raw, &ada(), &noon(), ID)?;
    Ok((String::from_utf8_lossy(&prepared.bytes).into_owned(), prepared.recipients))
}

#[test]
fn what_is_missing_is_added_and_what_is_hidden_leaves() {
    let raw = b"To: Bob <bob@y.example>\nCc: c@y.example, bob@Y.example\nBcc: h@y.example\n fold@y.example\nSubject: hi\n\nbody";
    let prepared = prepare(raw, &ada(), &noon(), ID);
    // The folded Bcc line is no list of addresses.
    assert!(matches!(prepared, Err(PrepareError::Recipient(_))), "{prepared:?}");
    let raw = b"To: Bob <bob@y.example>\nCc: c@y.example, bob@Y.example\nBcc: h@y.example,\n i@y.example\nSubject: =?utf-8?Q?hi?=\n\nbody";
    let prepared = prepare(raw, &ada(), &noon(), ID).unwrap();
    assert_eq!(prepared.recipients, ["bob@y.example", "c@y.example", "h@y.example", "i@y.example"]);
    assert_eq!((prepared.subject.as_str(), prepared.message_id.as_str()), ("hi", ID));
    assert_eq!(prepared.reverse_path, "ada@x.example");
    let expected = "Message-ID: <10.ff@x.example>\r\nDate: Tue, 24 Nov 2026 12:00:00 +0100\r\n\
                    From: Ada Lovelace <ada@x.example>\r\nTo: Bob <bob@y.example>\r\n\
                    Cc: c@y.example, bob@Y.example\r\nSubject: =?utf-8?Q?hi?=\r\n\r\nbody\r\n";
    assert_eq!(String::from_utf8(prepared.bytes).unwrap(), expected);
}

#[test]
fn what_is_there_stays() {
    let raw = "From: a@x.example\r\nDate: Tue, 24 Nov 2026 12:00:00 +0100\r\nMessage-ID: <own@x.example>\r\n\
               To: b@y.example\r\nX-Folded: one\r\n\ttwo\r\n\r\nbody\r\n";
    let prepared = prepare(raw.as_bytes(), &ada(), &noon(), ID).unwrap();
    assert_eq!(String::from_utf8(prepared.bytes).unwrap(), raw);
    assert_eq!(prepared.message_id, "own@x.example");
    let mbox = format!("From ada Tue Nov 24\n{raw}");
    assert_eq!(try_prepare(mbox.as_bytes()).unwrap().0, raw);
}

#[test]
fn resent_mail_goes_to_those_it_is_resent_to() {
    let raw = b"Resent-To: r@y.example\nResent-Bcc: s@y.example\nResent-To: earlier@y.example\nTo: b@y.example\n\nx";
    let (bytes, recipients) = try_prepare(raw).unwrap();
    assert_eq!(recipients, ["r@y.example", "s@y.example"]);
    assert!(!bytes.contains("Resent-Bcc") && bytes.contains("To: b@y.example"));
}

#[test]
fn undeclared_utf_8_is_declared() {
    let (bytes, _) = try_prepare("To: b@y.example\n\nGrüße".as_bytes()).unwrap();
    assert!(bytes.contains("\r\nContent-Type: text/plain; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n"));
    assert_eq!(crate::mail::mime::content(bytes.as_bytes()).text, "Grüße");
}

#[test]
fn what_cannot_be_read_in_one_way_is_refused() {
    use PrepareError::*;
    let table: [(&[u8], PrepareError); 15] = [
        (b"", NoHeader),
        (b"just text", NoHeader),
        (b"\nTo: b@y.example\n", NoHeader),
        (b" To: b@y.example\n\n", NoHeader),
        (b"To: b@y.example\nno field\n\nx", HeaderLine(2)),
        (b"To : b@y.example\n\nx", NoHeader),
        (b"Subject: x\n\nx", NoRecipients),
        (b"To: undisclosed-recipients:;\n\nx", NoRecipients),
        (b"To: nobody\n\nx", Recipient("nobody <>".into())),
        (b"To: b@y.example\nFrom: a@x\nfrom: c@x\n\nx", Repeated("From")),
        (b"To: b@y.example\n\nx\0", Nul),
        (b"To: b@y.example\nX: \xFF\n\nx", HeaderBytes),
        (b"To: b@y.example\nX: a\n \xFF\n\nx", HeaderBytes),
        (&[b"To: b@y.example\n\nx\n", &[b'a'; 999][..]].concat(), LongLine(4)),
        (&[b"To: b@y.example\n", &b"X: y\n".repeat(300_000)[..]].concat(), HeaderSize),
    ];
    for (raw, expected) in table {
        assert_eq!(try_prepare(raw).unwrap_err(), expected, "{:?}", raw.get(..40));
    }
    assert!(matches!(prepare(b"To: b@y\n\n", &person("", "x"), &noon(), ID), Err(From(_))));
}

#[test]
fn no_bare_line_end_survives() {
    assert_eq!(crlf(b"a\nb\r\nc\rd\n.\r\n\n.\n\r.\r\n"), b"a\r\nb\r\nc\r\nd\r\n.\r\n\r\n.\r\n\r\n.\r\n");
    assert_eq!(crlf(b""), b"");
    let smuggled = b"To: b@y.example\r\n\r\nx\n.\r\nMAIL FROM:<e@z>\r\r\n.\n";
    let (bytes, _) = try_prepare(smuggled).unwrap();
    assert!(bytes.ends_with("x\r\n.\r\nMAIL FROM:<e@z>\r\n\r\n.\r\n"));
}

proptest! {
    #[test]
    fn line_ends_are_always_pairs(raw in proptest::collection::vec(prop_oneof![Just(b'\r'), Just(b'\n'), Just(b'.'), any::<u8>()], 0..200)) {
        let out = crlf(&raw);
        for (at, b) in out.iter().enumerate() {
            prop_assert!(*b != b'\n' || at > 0 && out[at - 1] == b'\r');
            prop_assert!(*b != b'\r' || out.get(at + 1) == Some(&b'\n'));
        }
        prop_assert_eq!(crlf(&out), out);
    }

    #[test]
    fn any_input_is_prepared_or_refused(head in "((To|Bcc|From|Date|X|Subject): ?[a-z@<>, \".:;é]{0,30}(\r\n|\n|\r)( [a-z@]{0,9}\n)?){0,5}", body in ".{0,40}") {
        let raw = format!("{head}\n{body}");
        if let Ok(prepared) = prepare(raw.as_bytes(), &ada(), &noon(), ID) {
            prop_assert!(!prepared.recipients.is_empty());
            prop_assert!(prepared.recipients.iter().all(|r| !r.contains(['\r', '\n', '<', '>', ' '])));
            let content = crate::mail::mime::content(&prepared.bytes);
            prop_assert!(content.envelope.bcc.is_empty());
            prop_assert_eq!(content.envelope.message_id.as_deref(), Some(prepared.message_id.as_str()));
        }
    }
}
