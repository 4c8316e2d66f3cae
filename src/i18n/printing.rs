//! What stands above a printed message, and the paper that is usual here.

use super::{LOADER, units};
use crate::fl;
use crate::mail::address::Address;
use crate::mail::mime::Content;
use crate::service::printing::{Heading, Paper};
use i18n_embed::{DesktopLanguageRequester, LanguageLoader};
use jiff::Zoned;

/// Addresses of one field, and attachments, that are named one by one.
const MOST: usize = 100;

/// Who wrote what to whom, when, and with what.
pub fn heading(content: &Content, now: &Zoned) -> Heading {
    let envelope = &content.envelope;
    let subject = envelope.subject.trim();
    let date = envelope.date.map(|at| units::full_date_with_zone(at, now)).unwrap_or_default();
    let listed = content.attachments.iter().filter(|attachment| !attachment.inline && !attachment.technical);
    let files = some(listed.map(|file| format!("{} ({})", file.file_name, units::size(file.size))));
    let fields = [
        (fl!("header-from"), addresses(&envelope.from)),
        (fl!("header-to"), addresses(&envelope.to)),
        (fl!("header-cc"), addresses(&envelope.cc)),
        (fl!("header-date"), date),
        (fl!("print-attachments"), files),
    ];
    Heading {
        subject: if subject.is_empty() { fl!("no-subject") } else { subject.to_string() },
        fields: fields.into_iter().filter(|(_, words)| !words.is_empty()).collect(),
        language: LOADER.current_language().language.to_string(),
    }
}

fn addresses(all: &[Address]) -> String {
    some(all.iter().map(|address| match (address.name.trim(), address.addr.as_str()) {
        ("", addr) => addr.to_string(),
        (name, "") => name.to_string(),
        (name, addr) => format!("{name} <{addr}>"),
    }))
}

fn some(all: impl Iterator<Item = String>) -> String {
    let mut words: Vec<String> = all.take(MOST.saturating_add(1)).collect();
    if words.len() > MOST {
        words.truncate(MOST);
        words.push("…".into());
    }
    words.join(", ")
}

/// The paper that is usual where this person is: `LC_PAPER` says it, else the desktop's language.
pub fn paper() -> Paper {
    let said = |name: &str| std::env::var(name).ok().filter(|value| !value.is_empty());
    let locale = said("LC_ALL").or_else(|| said("LC_PAPER")).or_else(|| said("LANG"));
    let locale = locale.or_else(|| DesktopLanguageRequester::requested_languages().first().map(ToString::to_string));
    Paper::of_locale(&locale.unwrap_or_default())
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::mime;

    #[test]
    fn a_heading_says_what_there_is_and_no_more() {
        let raw = b"From: Ada <ada@example.org>\r\nTo: b@example.org\r\nSubject:\r\n\r\ntext";
        let heading = heading(&mime::content(raw), &Zoned::now());
        assert_eq!(heading.subject, fl!("no-subject"));
        let words: Vec<&str> = heading.fields.iter().map(|(_, words)| words.as_str()).collect();
        assert_eq!(words, ["Ada <ada@example.org>", "b@example.org"]);
    }
}
