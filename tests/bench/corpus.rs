//! A corpus of made-up mail: the same seed gives the same bytes. Sizes are log-normal between 4 and 20 kB,
//! with the trace headers, HTML alternatives and attachments that real mail has.

#![allow(dead_code, reason = "each program uses its part")]

use crate::dovecot::Dovecot;
use base64::Engine as _;
use fastrand::Rng;
use std::fmt::Write as _;
use std::sync::OnceLock;

const WORDS: &[&str] = &[
    "engine",
    "mill",
    "card",
    "table",
    "variable",
    "column",
    "carry",
    "wheel",
    "the",
    "of",
    "and",
    "to",
    "with",
    "meeting",
    "minutes",
    "proof",
    "printer",
    "figure",
    "number",
    "letter",
    "Größe",
    "Übung",
    "façade",
    "naïve",
    "会議",
    "資料",
    "отчёт",
    "встреча",
    "αριθμός",
    "is",
    "was",
    "will",
    "before",
    "after",
    "quarter",
    "invoice",
];
const NAMES: &[&str] = &[
    "Charles Babbage",
    "Mary Somerville",
    "Luigi Menabrea",
    "Ada Lovelace",
    "中村 ひかり",
    "Søren Hansen",
    "José Ruiz",
    "Alice Walker",
];
/// Words that are made of syllables, beside [`WORDS`].
const MADE: usize = 20_000;
const SYLLABLES: &[&str] =
    &["ba", "con", "der", "fil", "gra", "hol", "ker", "lan", "mor", "net", "pol", "que", "ram", "tek"];

/// Fills the server's Inbox; how many bytes. `POSTWREN_CORPUS` names a directory whose files serve instead.
pub fn fill(server: &Dovecot, count: usize) -> usize {
    let mut bytes = 0;
    let mut put = |i: usize, message: &[u8]| {
        bytes += message.len();
        server.put(i, message);
    };
    match std::env::var_os("POSTWREN_CORPUS") {
        Some(directory) => {
            let files = std::fs::read_dir(directory).expect("the corpus");
            let mut files: Vec<_> = files.map(|f| f.expect("an entry").path()).filter(|f| f.is_file()).collect();
            files.sort();
            assert!(files.len() >= count, "the corpus has {} messages only", files.len());
            for (i, file) in files.iter().take(count).enumerate() {
                put(i, &std::fs::read(file).expect("a message"));
            }
        }
        None => (0..count).for_each(|i| put(i, &message(1, i, count))),
    }
    server.own();
    bytes
}

/// One message with LF line ends, as a Maildir keeps it; `i` of `n` places its date.
pub fn message(seed: u64, i: usize, n: usize) -> Vec<u8> {
    let mut rng = Rng::with_seed(seed.wrapping_mul(1_000_003).wrapping_add(i as u64));
    let size = size(&mut rng);
    let at = 1_480_000_000 + (i as i64 * 315_000_000) / n.max(1) as i64;
    let date = jiff::Timestamp::from_second(at).expect("a date").strftime("%a, %d %b %Y %H:%M:%S +0000").to_string();
    let mut text = headers(&mut rng, i, &date);
    let attachment = rng.u8(..100) < 15;
    let html = rng.u8(..100) < 60;
    let body = size.saturating_sub(text.len());
    let _ = write!(text, "Content-Type: multipart/mixed; boundary=\"mixed-{i}\"\n\n--mixed-{i}\n");
    let share = if attachment { body / 2 } else { body };
    if html {
        let _ = write!(text, "Content-Type: multipart/alternative; boundary=\"alt-{i}\"\n\n--alt-{i}\n");
        plain(&mut rng, &mut text, share / 3);
        let _ =
            write!(text, "\n--alt-{i}\nContent-Type: text/html; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n");
        page(&mut rng, &mut text, share * 2 / 3);
        let _ = write!(text, "\n--alt-{i}--\n");
    } else {
        plain(&mut rng, &mut text, share);
    }
    if attachment {
        let bytes: Vec<u8> = (0..body * 3 / 8).map(|_| rng.u8(..)).collect();
        let _ = write!(
            text,
            "\n--mixed-{i}\nContent-Type: application/pdf; name=\"table-{i}.pdf\"\n\
             Content-Disposition: attachment; filename=\"table-{i}.pdf\"\nContent-Transfer-Encoding: base64\n\n"
        );
        let encoded = base64::engine::general_purpose::STANDARD.encode(bytes);
        for line in encoded.as_bytes().chunks(76) {
            text.push_str(&String::from_utf8_lossy(line));
            text.push('\n');
        }
    }
    let _ = write!(text, "\n--mixed-{i}--\n");
    text.into_bytes()
}

/// Log-normal about 9 kB, cut at 4 and 20 kB.
fn size(rng: &mut Rng) -> usize {
    let (a, b) = (rng.f64().max(1e-9), rng.f64());
    let normal = (-2.0 * a.ln()).sqrt() * (std::f64::consts::TAU * b).cos();
    ((9000.0 * (normal * 0.5).exp()) as usize).clamp(4000, 20_000)
}

fn headers(rng: &mut Rng, i: usize, date: &str) -> String {
    let mut text = String::new();
    for hop in 0..rng.usize(2..5) {
        let _ = write!(
            text,
            "Received: from mx{hop}.example.com (mx{hop}.example.com [192.0.2.{}])\n\tby in.example.org with ESMTPS id {:012X}\n\tfor <me@example.org>; {date}\n",
            rng.u8(1..254),
            rng.u64(..) >> 16
        );
    }
    let bytes: Vec<u8> = (0..256).map(|_| rng.u8(..)).collect();
    let signature = base64::engine::general_purpose::STANDARD.encode(bytes);
    let folded: Vec<String> = signature.as_bytes().chunks(70).map(|l| String::from_utf8_lossy(l).into()).collect();
    let _ = write!(
        text,
        "DKIM-Signature: v=1; a=rsa-sha256; c=relaxed/relaxed; d=example.com; s=s1;\n\th=from:to:subject:date;\n\tb={}\n",
        folded.join("\n\t ")
    );
    let name = NAMES.get(rng.usize(..NAMES.len())).copied().unwrap_or_default();
    let subject: Vec<&str> = (0..rng.usize(3..9)).map(|_| word(rng)).collect();
    let _ = write!(
        text,
        "From: {} <p{}@example.com>\nTo: Me <me@example.org>\nSubject: {}\nDate: {date}\nMessage-ID: <{i}.{:x}@example.com>\nMIME-Version: 1.0\n",
        encoded(name),
        rng.u16(..500),
        encoded(&subject.join(" ")),
        rng.u64(..)
    );
    text
}

/// An encoded word (RFC 2047), or the text itself where it is ASCII.
fn encoded(text: &str) -> String {
    if text.is_ascii() {
        return text.into();
    }
    let words = text
        .split(' ')
        .map(|word| format!("=?utf-8?B?{}?=", base64::engine::general_purpose::STANDARD.encode(format!("{word} "))));
    words.collect::<Vec<_>>().join("\n ")
}

/// Every other one of [`WORDS`]; of the made ones few are frequent and most are rare, as in a language.
fn word(rng: &mut Rng) -> &'static str {
    static MADE_UP: OnceLock<Vec<String>> = OnceLock::new();
    if rng.bool() {
        return WORDS.get(rng.usize(..WORDS.len())).copied().unwrap_or_default();
    }
    let made = MADE_UP.get_or_init(|| {
        let mut rng = Rng::with_seed(7);
        let mut syllable = || SYLLABLES.get(rng.usize(..SYLLABLES.len())).copied().unwrap_or_default();
        (0..MADE).map(|_| [syllable(), syllable(), syllable(), syllable()].concat()).collect()
    });
    let rank = (MADE as f64).powf(rng.f64()) as usize;
    made.get(rank.min(MADE - 1)).map_or("", String::as_str)
}

fn sentence(rng: &mut Rng) -> String {
    let words: Vec<&str> = (0..rng.usize(6..14)).map(|_| word(rng)).collect();
    format!("{}.", words.join(" "))
}

fn plain(rng: &mut Rng, text: &mut String, size: usize) {
    text.push_str("Content-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n");
    let end = text.len() + size;
    while text.len() < end {
        text.push_str(&sentence(rng));
        text.push('\n');
    }
}

fn page(rng: &mut Rng, text: &mut String, size: usize) {
    text.push_str("<!DOCTYPE html>\n<html><head><style>p{margin:0;color:#222}</style></head><body>\n");
    let end = text.len() + size;
    while text.len() < end {
        let _ = writeln!(text, "<p style=\"font-family:Arial;font-size:14px;line-height:1.5\">{}</p>", sentence(rng));
    }
    text.push_str("</body></html>\n");
}
