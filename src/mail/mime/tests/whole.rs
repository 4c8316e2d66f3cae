//! Everything that a reader asks of a message, over the corpus and over what a stranger may make of it.

use super::corpus::{names, read};
use super::*;
use crate::mail::account::Account;
use crate::mail::source;
use crate::mail::trust::{Authority, assess};
use std::path::Path;
use std::time::{Duration, Instant};

/// Asks all of it, and checks what holds for any bytes.
fn everything(raw: &[u8], authority: &Authority) {
    let content = content(raw);
    assert_eq!(summary(raw).envelope, content.envelope);
    for block in &content.prose.blocks {
        assert!(!block.text.is_empty());
        assert!(block.links.iter().all(|link| block.text.get(link.range.clone()).is_some()));
    }
    let letters = |text: &str| text.chars().filter(|c| c.is_alphanumeric()).count();
    let apart: usize = content.prose.blocks.iter().map(|block| letters(&block.text)).sum();
    assert_eq!(apart, letters(&content.text));
    for listed in content.attachments.iter().take(30) {
        let (again, bytes) = attachment(raw, listed.index).expect("what is listed is there");
        assert_eq!((&again, again.size), (listed, bytes.len() as u64));
        assert!(!listed.file_name.is_empty() && !listed.file_name.contains(['/', '\\', '\0', '\u{202E}']));
        if let Some(inner) = message_within(raw, &[listed.index]) {
            let inner = self::content(&inner);
            assert!(inner.prose.blocks.len() <= crate::mail::prose::MAX_BLOCKS + 2);
        }
    }
    assess(raw, authority, None);
    assert!(source::fields(raw).len() <= guard::MAX_FIELDS);
}

fn authority() -> Authority {
    let mut account = Account::default();
    account.incoming.host = "imap.example.com".into();
    Authority::of(&account)
}

#[test]
fn every_message_of_the_corpus_can_be_asked_everything() {
    names().iter().for_each(|name| everything(&read(name), &authority()));
}

/// Such as `POSTWREN_CORPUS=some/folder cargo test --lib folder_of_messages -- --ignored --nocapture`.
#[test]
#[ignore = "reads a folder of messages that the environment names"]
fn a_folder_of_messages_can_be_asked_everything() {
    let folder = std::env::var("POSTWREN_CORPUS").expect("POSTWREN_CORPUS names a folder");
    let (mut open, mut files, mut bytes) = (vec![Path::new(&folder).to_path_buf()], 0_usize, 0_usize);
    let mut slowest = (Duration::ZERO, String::new());
    let (mut list, mut reader) = (Duration::ZERO, Duration::ZERO);
    while let Some(path) = open.pop() {
        if path.is_dir() {
            open.extend(std::fs::read_dir(&path).unwrap().map(|entry| entry.unwrap().path()));
            continue;
        }
        let Ok(raw) = std::fs::read(&path) else { continue };
        let begin = Instant::now();
        summary(&raw);
        list += begin.elapsed();
        let begin = Instant::now();
        content(&raw);
        assess(&raw, &authority(), None);
        reader += begin.elapsed();
        let begin = Instant::now();
        everything(&raw, &authority());
        if begin.elapsed() > slowest.0 {
            slowest = (begin.elapsed(), path.display().to_string());
        }
        files += 1;
        bytes += raw.len();
    }
    let rate = |time: Duration| bytes as f64 / 1e6 / time.as_secs_f64();
    println!(
        "{files} files, {bytes} bytes; list {:.1} MB/s, reader {:.1} MB/s; slowest {slowest:?}",
        rate(list),
        rate(reader)
    );
    assert!(files > 0);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn damaged_messages_can_be_asked_everything(
        which in any::<proptest::sample::Index>(), from in any::<proptest::sample::Index>(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..30),
        cut in proptest::option::of(any::<proptest::sample::Index>()),
        spliced in proptest::option::of(any::<proptest::sample::Index>()),
    ) {
        let names = names();
        let mut raw = read(which.get::<String>(&names));
        if let Some(other) = spliced {
            let other = read(other.get::<String>(&names));
            let at = from.index(raw.len());
            raw.splice(at..at, other.into_iter().take(20_000));
        }
        for (at, byte) in changes {
            let at = at.index(raw.len());
            raw[at] = byte;
        }
        if let Some(cut) = cut {
            raw.truncate(cut.index(raw.len()) + 1);
        }
        everything(&raw, &authority());
    }
}

#[test]
fn messages_within_messages_are_opened_up_to_a_depth() {
    let mut raw = message("Subject: core\r\n\r\nthe core\r\n");
    for level in 0..20 {
        let mut outer = message(&format!("Subject: level {level}\r\nContent-Type: message/rfc822\r\n\r\n"));
        outer.extend(&raw);
        raw = outer;
    }
    let inner = message_within(&raw, &[0, 0]).expect("two levels in");
    assert_eq!(content(&inner).envelope.subject, "level 17");
    assert!(message_within(&raw, &[0; guard::MAX_WITHIN]).is_some());
    assert_eq!(message_within(&raw, &[0; guard::MAX_WITHIN + 1]), None);
    assert_eq!(message_within(&raw, &[0, 7]), None);
    let digest = message(
        "Content-Type: multipart/digest; boundary=b\r\n\r\n--b\r\n\r\nSubject: one\r\n\r\n1\r\n--b\r\n\r\nSubject: two\r\n\r\n2\r\n--b--\r\n",
    );
    let kinds: Vec<AttachmentKind> = content(&digest).attachments.iter().map(|a| a.kind).collect();
    assert_eq!(kinds, [AttachmentKind::Message; 2]);
    assert_eq!(content(&message_within(&digest, &[1]).unwrap()).text, "2");
}

#[test]
fn seals_are_named_and_judged_by_nobody() {
    use crate::mail::seal::{Act::*, Technique::*};
    let of = |rest: &str| -> Vec<(crate::mail::seal::Technique, crate::mail::seal::Act, bool)> {
        content(&message(rest)).seals.iter().map(|seal| (seal.technique, seal.act, seal.whole)).collect()
    };
    let table = [
        (
            "Content-Type: multipart/signed; protocol=\"application/pkcs7-signature\"; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b\r\nContent-Type: application/pkcs7-signature\r\n\r\n--b--",
            vec![(Smime, Signed, true)],
        ),
        (
            "Content-Type: multipart/signed; protocol=\"application/pgp-signature\"; boundary=b\r\n\r\n--b\r\n\r\nx\r\n--b--",
            vec![(OpenPgp, Signed, true)],
        ),
        (
            "Content-Type: multipart/encrypted; protocol=\"application/pgp-encrypted\"; boundary=b\r\n\r\n--b\r\nContent-Type: application/pgp-encrypted\r\n\r\n--b--",
            vec![(OpenPgp, Encrypted, true)],
        ),
        ("Content-Type: application/pkcs7-mime; smime-type=enveloped-data\r\n\r\nx", vec![(Smime, Encrypted, true)]),
        ("Content-Type: application/x-pkcs7-mime; smime-type=signed-data\r\n\r\nx", vec![(Smime, Signed, true)]),
        ("\r\nhello\r\n-----BEGIN PGP MESSAGE-----\r\nx\r\n", vec![(OpenPgp, Encrypted, false)]),
        ("\r\n-----BEGIN PGP SIGNED MESSAGE-----\r\nx\r\n", vec![(OpenPgp, Signed, true)]),
        ("\r\nhello", vec![]),
    ];
    for (rest, expected) in table {
        assert_eq!(of(rest), expected, "{rest}");
    }
}

#[test]
fn defects_are_named() {
    let table: [(&[u8], Defect); 6] = [
        (b"Content-Type: multipart/mixed\r\n\r\n--x\r\n\r\ntext", Defect::NoBoundary),
        (b"Subject: a\xFF\r\n\r\n", Defect::HeaderBytes),
        (b"Subject: a\r\nSubject: b\r\n\r\n", Defect::Duplicate("Subject".into())),
        (b"Content-Transfer-Encoding: x-yenc\r\n\r\nx", Defect::UnknownEncoding("x-yenc".into())),
        (b"\r\na\0b", Defect::Nul),
        (b"Content-Type: text/plain; charset=utf-7\r\n\r\n+AGE-", Defect::UnknownCharset("utf-7".into())),
    ];
    for (rest, defect) in table {
        let raw = [&message("")[..], rest].concat();
        assert_eq!(content(&raw).defects, [defect], "{:?}", String::from_utf8_lossy(rest));
    }
}

#[test]
fn flowed_text_keeps_what_it_quotes_apart_from_what_it_stuffs() {
    let raw = message(
        "Content-Type: text/plain; format=flowed; delsp=yes\r\n\r\n> quoted \r\n> on\r\n >stuffed \r\nagain\r\n-- \r\nAda\r\n",
    );
    let content = content(&raw);
    let seen: Vec<(crate::mail::prose::BlockKind, &str)> =
        content.prose.blocks.iter().map(|b| (b.kind, b.text.as_str())).collect();
    use crate::mail::prose::BlockKind::*;
    assert_eq!(seen, [(Quoted(1), "quotedon"), (Written, ">stuffedagain"), (Signature, "Ada")]);
    assert_eq!(content.text, "> quotedon\n>stuffedagain\n-- \nAda");
}
