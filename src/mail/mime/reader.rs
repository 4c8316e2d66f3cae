//! The readable text of a message.

use super::body::{self, Selection};
use super::structure::{Part, Structure};
use super::{Content, Defect, TextOrigin, charset, flowed, guard, transfer};
use crate::mail::prose::Prose;
use crate::mail::{html, text};
use std::borrow::Cow;

/// Fills in text, HTML and what is wrong with them.
pub fn read(structure: &Structure<'_>, selection: &Selection, content: &mut Content) {
    let mut defects = Vec::new();
    for part in selection.text.iter().filter_map(|at| structure.parts.get(*at)) {
        let is_html = part.media.is("text", "html");
        let decoded = if is_html { html_text(part, &mut defects) } else { plain(part, &mut defects) };
        let flow = if is_html { None } else { flow(part) };
        let shown = match flow {
            Some(delsp) => Cow::Owned(flowed::marked(flowed::lines(&decoded, delsp))),
            None => Cow::Borrowed(decoded.as_str()),
        };
        let shown = shown.trim_end();
        if shown.is_empty() {
            continue;
        }
        // A stuffed `>` is a mark in the joined text, but no quotation: so each part is taken apart by its own rules.
        if selection.apart {
            content.prose.append(match flow {
                Some(delsp) => crate::mail::prose::of_lines(flowed::lines(&decoded, delsp)),
                None => Prose::of(shown),
            });
        }
        if !content.text.is_empty() {
            content.text.push_str("\n\n");
        }
        content.text.push_str(shown);
        content.origin = match (content.origin, is_html) {
            (_, true) | (TextOrigin::Html, _) => TextOrigin::Html,
            _ => TextOrigin::Plain,
        };
        if content.text.len() > guard::MAX_TEXT {
            let end = text::truncate(&content.text, guard::MAX_TEXT).len();
            content.text.truncate(end);
            if selection.apart {
                content.prose = Prose::of(&content.text);
            }
            defects.push(Defect::Shortened);
            break;
        }
    }
    if let Some(part) = selection.html.and_then(|at| structure.parts.get(at)) {
        let markup = html_source(part, &mut defects);
        content.remote = html::remote_count(&markup);
        content.html = Some(markup);
    }
    for defect in defects {
        if !content.defects.contains(&defect) {
            content.defects.push(defect);
        }
    }
}

/// A plain part with `\n` line ends, without the files inside it.
fn plain(part: &Part<'_>, defects: &mut Vec<Defect>) -> String {
    let without_files = without_embedded(part);
    let source = without_files.as_deref().unwrap_or(part.body);
    let (bytes, broken) = transfer::decode(bounded(source, defects), part.encoding);
    if broken {
        defects.push(Defect::Encoding);
    }
    let (decoded, defect) = charset::decode(&bytes, part.media.parameter("charset"));
    defects.extend(defect);
    text::body_safe(&decoded)
}

/// Whether a part is `format=flowed`, and then its DelSp (RFC 3676, 4).
fn flow(part: &Part<'_>) -> Option<bool> {
    let says = |name: &str, value: &str| part.media.parameter(name).is_some_and(|v| v.eq_ignore_ascii_case(value));
    says("format", "flowed").then(|| says("delsp", "yes"))
}

fn without_embedded(part: &Part<'_>) -> Option<Vec<u8>> {
    let mut rest = Vec::new();
    let mut at = 0;
    for block in body::embedded(part) {
        rest.extend_from_slice(part.body.get(at..block.range.start).unwrap_or_default());
        at = block.range.end;
    }
    (at > 0).then(|| {
        rest.extend_from_slice(part.body.get(at..).unwrap_or_default());
        rest
    })
}

fn html_text(part: &Part<'_>, defects: &mut Vec<Defect>) -> String {
    let (shown, cut) = html::to_text(&html_source(part, defects));
    if cut {
        defects.push(Defect::Shortened);
    }
    shown
}

fn html_source(part: &Part<'_>, defects: &mut Vec<Defect>) -> String {
    let (bytes, broken) = transfer::decode(bounded(part.body, defects), part.encoding);
    if broken {
        defects.push(Defect::Encoding);
    }
    let declared = html_charset(part, &bytes);
    let (decoded, defect) = charset::decode(&bytes, declared.as_deref());
    defects.extend(defect);
    if decoded.len() > guard::MAX_TEXT {
        defects.push(Defect::Shortened);
    }
    text::truncate(&decoded, guard::MAX_TEXT).to_string()
}

/// So much of a body that, decoded, it cannot fall short of [`guard::MAX_TEXT`] unless it is at its end.
fn bounded<'a>(body: &'a [u8], defects: &mut Vec<Defect>) -> &'a [u8] {
    match body.get(..guard::MAX_TEXT.saturating_mul(4)) {
        Some(head) if head.len() < body.len() => {
            defects.push(Defect::Shortened);
            head
        }
        _ => body,
    }
}

/// The declared charset of an HTML part: in its header, else in its own `meta`.
pub fn html_charset(part: &Part<'_>, bytes: &[u8]) -> Option<String> {
    if let Some(declared) = part.media.parameter("charset") {
        return Some(declared.to_string());
    }
    let head = bytes.get(..1024).unwrap_or(bytes).to_ascii_lowercase();
    let at = memchr::memmem::find(&head, b"charset=")?.saturating_add(8);
    let rest = head.get(at..)?.iter().skip_while(|b| matches!(b, b'"' | b'\'' | b' '));
    let name: Vec<u8> = rest.take_while(|b| b.is_ascii_alphanumeric() || b"-_.:".contains(b)).copied().collect();
    String::from_utf8(name).ok().filter(|name| !name.is_empty())
}
