//! The messages that are opened: texts, and newsletters as they usually are.

use crate::corpus;
use crate::files::{self, File};
use postwren::mail::mime;
use std::collections::BTreeSet;
use std::path::PathBuf;

/// Bytes of HTML of a usual newsletter.
const USUAL: std::ops::Range<usize> = 2_000..150_000;
/// Letters that the text of a message has at least, so that it reaches below its header.
const LEAST: usize = 400;
/// How many made-up messages are looked through where there is no corpus.
const MADE: usize = 2_000;

/// Messages that stand alone, each with a subject of its own.
#[derive(Default)]
pub struct Letters {
    pub texts: Vec<Vec<u8>>,
    pub pages: Vec<Vec<u8>>,
}

/// At most so many of each kind, from the directories of `POSTWREN_CORPUS` (with `:` between them), spread over all
/// that they have; made up where it is not set.
pub fn gather(most: usize) -> Letters {
    let mut letters = Letters::default();
    let mut subjects = BTreeSet::new();
    let paths: Vec<PathBuf> =
        std::env::var_os("POSTWREN_CORPUS").map(|paths| std::env::split_paths(&paths).collect()).unwrap_or_default();
    let found = files::below(&paths);
    let count = if paths.is_empty() { MADE } else { found.len() };
    for at in 0..count {
        let raw = match found.get(at) {
            Some(file) if file.is_page() => around(file),
            Some(file) if file.is_mbox() => continue,
            Some(file) => file.message(),
            None => corpus::message(1, at, count),
        };
        let (content, summary) = (mime::content(&raw), mime::summary(&raw));
        let envelope = &summary.envelope;
        // What belongs to a conversation would be shown with all of it.
        if !envelope.in_reply_to.is_empty()
            || !envelope.references.is_empty()
            || !subjects.insert(envelope.subject.clone())
        {
            continue;
        }
        match &content.html {
            Some(html) if USUAL.contains(&html.len()) => letters.pages.push(raw),
            None if content.text.len() > LEAST => letters.texts.push(raw),
            _ => {}
        }
    }
    Letters { texts: spread(letters.texts, most), pages: spread(letters.pages, most) }
}

/// A page as the HTML of a message.
fn around(file: &File) -> Vec<u8> {
    let head = format!(
        "From: News <news@example.org>\r\nTo: me@example.org\r\nSubject: {}\r\nMIME-Version: 1.0\r\n\
         Content-Type: text/html; charset=utf-8\r\nContent-Transfer-Encoding: 8bit\r\n\r\n",
        file.name
    );
    [head.into_bytes(), file.bytes()].concat()
}

fn spread(all: Vec<Vec<u8>>, most: usize) -> Vec<Vec<u8>> {
    let count = all.len();
    let kept = |at: usize| at * most / count != (at + 1) * most / count;
    if count <= most {
        return all;
    }
    all.into_iter().enumerate().filter(|(at, _)| kept(*at)).map(|(_, raw)| raw).collect()
}
