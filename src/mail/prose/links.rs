//! Links and mail addresses in plain text.
//!
//! The text is cut into words once, and each word is looked at once; within one every character is touched a bounded
//! number of times.

use super::{Link, LinkTarget, MAX_LINKS};
use crate::mail::text::truncate;
use std::ops::Range;

/// What a URL can begin with.
const SCHEMES: [&str; 4] = ["https://", "http://", "ftp://", "mailto:"];

/// Bytes of the local part and of the domain of an address (RFC 5321, 4.5.3.1).
const MAX_LOCAL: usize = 64;
const MAX_DOMAIN: usize = 255;

/// Bytes of one URL.
const MAX_URL: usize = 8 << 10;

/// The links of a text in order, none within another; at most [`MAX_LINKS`].
pub fn find(text: &str) -> Vec<Link> {
    bounded(text, MAX_LINKS)
}

pub(super) fn bounded(text: &str, budget: usize) -> Vec<Link> {
    let mut found = Vec::new();
    let mut at = 0usize;
    for word in text.split(ends_word) {
        if found.len() >= budget {
            break;
        }
        in_word(word, at, &mut found);
        // One character was between two words; its length is found in the text, for it may be of several bytes.
        at = at.saturating_add(word.len());
        at = at.saturating_add(text.get(at..).and_then(|rest| rest.chars().next()).map_or(0, char::len_utf8));
    }
    found.truncate(budget);
    found
}

/// Characters that no link has within it. East Asian punctuation is among them: no blank stands around it.
fn ends_word(c: char) -> bool {
    c.is_whitespace()
        || c.is_control()
        || matches!(c, '<' | '>' | '"' | '“' | '”' | '„' | '`' | '«' | '»' | '|' | '\u{FFFD}')
        || matches!(
            c,
            '、' | '。' | '，' | '；' | '：' | '！' | '？' | '（' | '）' | '「' | '」' | '『' | '』' | '【' | '】'
        )
}

fn in_word(word: &str, at: usize, found: &mut Vec<Link>) {
    if let Some((start, scheme)) = scheme(word) {
        let link = trimmed(truncate(word.get(start..).unwrap_or_default(), MAX_URL));
        let rest = link.get(scheme.len()..).unwrap_or_default();
        let begins = rest.chars().next().is_some_and(|c| c.is_alphanumeric() || c == '[');
        if begins && (scheme != "www." || rest.contains('.')) {
            let start = at.saturating_add(start);
            let target = match scheme {
                "mailto:" => LinkTarget::Mail(rest.to_string()),
                "www." => LinkTarget::Web(format!("https://{link}")),
                _ => LinkTarget::Web(link.to_string()),
            };
            found.push(Link { range: start..start.saturating_add(link.len()), target });
        }
        return;
    }
    let mut from = 0usize;
    for (sign, _) in word.match_indices('@') {
        if sign < from {
            continue;
        }
        if let Some(range) = address(word, from, sign) {
            from = range.end;
            let target = LinkTarget::Mail(word.get(range.clone()).unwrap_or_default().to_string());
            found.push(Link { range: at.saturating_add(range.start)..at.saturating_add(range.end), target });
        }
    }
}

/// Where a URL begins in a word, and with what. It does not begin in the middle of a run of letters.
fn scheme(word: &str) -> Option<(usize, &'static str)> {
    let free = |at: usize| !word.get(..at).and_then(|b| b.chars().next_back()).is_some_and(char::is_alphanumeric);
    let mut best: Option<(usize, &'static str)> = None;
    for (colon, _) in word.match_indices(':').take(8) {
        for scheme in SCHEMES {
            let before = scheme.find(':').unwrap_or(0);
            let Some(start) = colon.checked_sub(before) else { continue };
            let end = start.saturating_add(scheme.len());
            let is_scheme = word.get(start..end).is_some_and(|text| text.eq_ignore_ascii_case(scheme));
            if is_scheme && free(start) && best.is_none_or(|(at, _)| start < at) {
                best = Some((start, scheme));
            }
        }
    }
    let www = word.match_indices("www.").map(|(at, _)| at).take(8).find(|at| free(*at));
    match (best, www) {
        (Some((at, scheme)), Some(www)) if at < www => Some((at, scheme)),
        (_, Some(www)) if !word.get(..www).is_some_and(|before| before.contains('@')) => Some((www, "www.")),
        (best, _) => best,
    }
}

/// Without what belongs to the sentence: its point, and a bracket that was opened before the link.
fn trimmed(link: &str) -> &str {
    const PAIRS: [(char, char); 3] = [('(', ')'), ('[', ']'), ('{', '}')];
    let mut surplus = PAIRS.map(|(open, close)| {
        let count = |wanted: char| link.chars().filter(|c| *c == wanted).count();
        count(close).saturating_sub(count(open))
    });
    let mut end = link.len();
    while let Some(last) = link.get(..end).and_then(|rest| rest.chars().next_back()) {
        let pair = PAIRS.iter().position(|(_, close)| *close == last);
        match pair.and_then(|at| surplus.get_mut(at)) {
            Some(left) if *left > 0 => *left = left.saturating_sub(1),
            _ if matches!(last, '.' | ',' | ';' | ':' | '!' | '?' | '\'' | '*' | '_' | '’' | '…') => {}
            _ => break,
        }
        end = end.saturating_sub(last.len_utf8());
    }
    link.get(..end).unwrap_or_default()
}

/// The address around an `@`, no further left than `from`.
fn address(word: &str, from: usize, sign: usize) -> Option<Range<usize>> {
    let local =
        |c: char| c.is_alphanumeric() || matches!(c, '.' | '_' | '+' | '-' | '%' | '=' | '~' | '&' | '\'' | '#');
    let label = |c: char| c.is_alphanumeric() || matches!(c, '.' | '-');
    let before = word.get(from..sign)?;
    let mut start = sign;
    for c in before.chars().rev().take_while(|c| local(*c)) {
        start = start.saturating_sub(c.len_utf8());
        if sign.saturating_sub(start) > MAX_LOCAL {
            return None;
        }
    }
    let name = word.get(start..sign)?;
    let name = name.trim_start_matches(['.', '\'', '-', '&', '=', '~', '#']);
    let start = sign.saturating_sub(name.len());
    let domain_at = sign.saturating_add(1);
    let after = truncate(word.get(domain_at..)?, MAX_DOMAIN.saturating_add(1));
    let length = after.find(|c: char| !label(c)).unwrap_or(after.len());
    let domain = after.get(..length)?.trim_end_matches(['.', '-']);
    let (_, top) = domain.rsplit_once('.')?;
    let good_top = top.chars().count() >= 2 && (top.chars().all(char::is_alphabetic) || top.starts_with("xn--"));
    let good = !name.is_empty() && !name.ends_with('.') && domain.len() <= MAX_DOMAIN && good_top;
    let empty_label = domain.split('.').any(str::is_empty);
    (good && !empty_label).then(|| start..domain_at.saturating_add(domain.len()))
}
