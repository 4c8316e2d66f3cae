//! The demo's mail: some fifty messages for two accounts, in many languages, charsets and shapes.
//!
//! They lie in `assets/demo/*.eml` with LF line ends. `{{date}}` in them becomes the date that the
//! table here gives, counted back from the start of the demo, so that there is always mail of today
//! and of yesterday; `{{date +0900 -90s}}` is the same in another zone and some seconds off.

use super::store::{NewMessage, Store};
use super::wire::find;
use crate::mail::flags::Flags;
use crate::mail::mailbox::Role;
use jiff::tz::{Offset, TimeZone};
use jiff::{ToSpan, Zoned};

/// The IMAP account.
pub(super) const ADA: &str = "ada@lovelace.example";
/// The POP3 account.
pub(super) const POP: &str = "ada@pop.example";

/// When a message came.
#[derive(Clone, Copy)]
enum When {
    /// Minutes before the start.
    Minutes(i64),
    /// Days before the start, and the time of that day in hours and minutes.
    Days(i64, i8, i8),
}
use When::{Days, Minutes};

struct Entry {
    account: &'static str,
    path: &'static str,
    /// Maildir letters.
    flags: &'static str,
    when: When,
    raw: &'static [u8],
}

macro_rules! mail {
    ($account:expr, $path:expr, $flags:expr, $when:expr, $file:literal) => {
        Entry {
            account: $account,
            path: $path,
            flags: $flags,
            when: $when,
            raw: include_bytes!(concat!("../../assets/demo/", $file, ".eml")),
        }
    };
}

const INBOX: &str = "INBOX";
const ENGINE: &str = "Projects/Analytical Engine";
const SOCIETY: &str = "Projects/Royal Society";

/// Mailboxes besides the INBOX of the IMAP account.
const MAILBOXES: [(&str, Option<Role>); 8] = [
    ("Drafts", Some(Role::Drafts)),
    ("Sent", Some(Role::Sent)),
    ("Archive", Some(Role::Archive)),
    ("Projects", None),
    (ENGINE, None),
    (SOCIETY, None),
    ("Junk", Some(Role::Junk)),
    ("Trash", Some(Role::Trash)),
];

/// Oldest first within each mailbox, as mail arrives.
#[rustfmt::skip]
const MAIL: &[Entry] = &[
    mail!(ADA, INBOX, "", Days(13, 9, 20), "jang"),
    mail!(ADA, INBOX, "S", Days(12, 22, 4), "bounce"),
    mail!(ADA, INBOX, "", Days(11, 8, 15), "hypatia"),
    mail!(ADA, INBOX, "", Days(10, 11, 0), "malformed"),
    mail!(ADA, INBOX, "", Days(10, 10, 31), "forwarded"),
    mail!(ADA, INBOX, "S", Days(10, 16, 45), "engine-1"),
    mail!(ADA, INBOX, "FS", Days(9, 19, 12), "lectures"),
    mail!(ADA, INBOX, "", Days(9, 7, 58), "ponies"),
    mail!(ADA, INBOX, "", Days(8, 13, 30), "dinner"),
    mail!(ADA, INBOX, "", Days(7, 15, 27), "portrait"),
    mail!(ADA, INBOX, "RS", Days(6, 10, 3), "connexion-1"),
    mail!(ADA, INBOX, "S", Days(6, 12, 40), "herschel"),
    mail!(ADA, INBOX, "S", Days(6, 17, 22), "hebrew"),
    mail!(ADA, INBOX, "", Days(5, 8, 46), "li-shanlan"),
    mail!(ADA, INBOX, "", Days(5, 18, 9), "chebyshev"),
    mail!(ADA, INBOX, "S", Days(4, 9, 0), "post-office"),
    mail!(ADA, INBOX, "S", Days(4, 14, 33), "menabrea-2"),
    mail!(ADA, INBOX, "RS", Days(3, 9, 51), "connexion-3"),
    mail!(ADA, INBOX, "S", Days(3, 14, 10), "astrolabe"),
    mail!(ADA, INBOX, "S", Days(1, 7, 30), "bernoulli-52"),
    mail!(ADA, INBOX, "S", Days(1, 15, 2), "github"),
    mail!(ADA, INBOX, "S", Days(1, 17, 20), "connexion-5"),
    mail!(ADA, INBOX, "", Minutes(63), "nakamura"),
    mail!(ADA, INBOX, "", Minutes(45), "royal-society-minutes"),
    mail!(ADA, INBOX, "", Minutes(18), "engine-3"),
    mail!(ADA, "Drafts", "DS", Days(4, 20, 15), "draft-loom"),
    mail!(ADA, "Drafts", "DS", Minutes(71), "draft-note-g"),
    mail!(ADA, "Sent", "S", Days(8, 11, 5), "menabrea-1"),
    mail!(ADA, "Sent", "S", Days(5, 21, 30), "connexion-2"),
    mail!(ADA, "Sent", "S", Days(2, 16, 18), "connexion-4"),
    mail!(ADA, "Sent", "S", Days(2, 20, 41), "engine-2"),
    mail!(ADA, "Sent", "S", Days(2, 21, 0), "sent-to-myself"),
    mail!(ADA, "Archive", "S", Days(340, 12, 0), "wheatstone"),
    mail!(ADA, "Archive", "RS", Days(120, 18, 30), "faraday"),
    mail!(ADA, "Archive", "S", Days(41, 16, 2), "telegram"),
    mail!(ADA, ENGINE, "S", Days(30, 10, 10), "clement-estimate"),
    mail!(ADA, ENGINE, "S", Days(16, 15, 48), "mill-drawings"),
    mail!(ADA, ENGINE, "", Days(3, 11, 26), "jacquard"),
    mail!(ADA, ENGINE, "", Days(2, 9, 9), "github-issue"),
    mail!(ADA, ENGINE, "", Days(1, 18, 55), "clement-carriage"),
    mail!(ADA, ENGINE, "S", Minutes(190), "drawings"),
    mail!(ADA, SOCIETY, "S", Days(60, 12, 0), "catalogue"),
    mail!(ADA, SOCIETY, "S", Days(22, 12, 0), "fellowship"),
    mail!(ADA, "Junk", "", Days(3, 3, 33), "lottery"),
    mail!(ADA, "Junk", "", Days(1, 4, 1), "phishing"),
    mail!(ADA, "Trash", "S", Days(8, 7, 30), "bernoulli-51"),
    mail!(POP, INBOX, "", Days(6, 6, 0), "pop-digest"),
    mail!(POP, INBOX, "", Days(4, 13, 13), "pop-danish"),
    mail!(POP, INBOX, "", Days(2, 10, 55), "pop-variables"),
    mail!(POP, INBOX, "", Days(1, 9, 14), "pop-babbage"),
    mail!(POP, INBOX, "", Minutes(2), "welcome"),
];

/// Fills the accounts, which are there already.
pub(super) fn fill(store: &Store, now: &Zoned) {
    store.change(|state| {
        let Some(ada) = state.account_of(ADA) else { return };
        for (path, role) in MAILBOXES {
            let _ = state.create_subscribed(ada, path, role);
        }
        for entry in MAIL {
            let Some(account) = state.account_of(entry.account) else { continue };
            let date = entry.when.before(now);
            let raw = with_line_ends(&dated(entry.raw, &date));
            let flags = Flags::from_maildir(entry.flags);
            let _ = state.append(account, entry.path, NewMessage { flags, ..NewMessage::plain(raw, date.timestamp()) });
        }
    });
}

impl When {
    /// The moment; `now` itself where the calendar has no such one.
    fn before(self, now: &Zoned) -> Zoned {
        let moment = match self {
            Minutes(n) => now.checked_sub(n.minutes()),
            Days(n, hour, minute) => {
                now.checked_sub(n.days()).and_then(|d| d.with().hour(hour).minute(minute).second(0).build())
            }
        };
        moment.unwrap_or_else(|_| now.clone())
    }
}

/// Replaces each `{{date …}}`.
fn dated(raw: &[u8], date: &Zoned) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    let mut rest = raw;
    while let Some(start) = find(rest, b"{{date") {
        let (before, after) = rest.split_at(start);
        out.extend_from_slice(before);
        let Some(end) = find(after, b"}}") else { break };
        let words = after.get(6..end).unwrap_or_default();
        out.extend_from_slice(written(date, &String::from_utf8_lossy(words)).as_bytes());
        rest = after.get(end.saturating_add(2)..).unwrap_or_default();
    }
    out.extend_from_slice(rest);
    out
}

/// The date as in a message (RFC 5322, 3.3), changed by words such as `+0900` and `-90s`.
fn written(date: &Zoned, words: &str) -> String {
    let mut date = date.clone();
    for word in words.split_ascii_whitespace() {
        if let Some(seconds) = word.strip_suffix('s').and_then(|n| n.parse::<i64>().ok()) {
            date = date.checked_add(seconds.seconds()).unwrap_or(date);
        } else if let Ok(zone) = word.parse::<i32>() {
            let minutes = zone.unsigned_abs() % 100 + zone.unsigned_abs() / 100 * 60;
            let seconds = i32::try_from(minutes * 60).unwrap_or(0) * zone.signum();
            if let Ok(offset) = Offset::from_seconds(seconds) {
                date = date.with_time_zone(TimeZone::fixed(offset));
            }
        }
    }
    jiff::fmt::rfc2822::to_string(&date).unwrap_or_default()
}

fn with_line_ends(raw: &[u8]) -> Vec<u8> {
    let mut out = Vec::with_capacity(raw.len());
    for line in raw.split_inclusive(|b| *b == b'\n') {
        match line.strip_suffix(b"\n") {
            Some(line) => {
                out.extend_from_slice(line);
                out.extend_from_slice(b"\r\n");
            }
            None => out.extend_from_slice(line),
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;
    use mail_parser::{MessageParser, MimeHeaders};
    use std::collections::BTreeSet;

    fn filled(now: &str) -> Store {
        let store = Store::new();
        store.change(|s| {
            s.add_account(ADA, "x", None);
            s.add_account(POP, "x", None);
        });
        fill(&store, &now.parse().unwrap());
        store
    }

    #[test]
    fn the_mailboxes_hold_what_the_pictures_promise() {
        let store = filled("2026-11-23T10:00:00+00:00[UTC]");
        let state = store.look();
        let unread = |path: &str| {
            let mailbox = state.mailbox(0, path).unwrap();
            mailbox.messages.iter().filter(|m| !m.flags.contains(Flags::SEEN)).count()
        };
        assert_eq!((unread(INBOX), unread(ENGINE)), (12, 3));
        assert_eq!(state.mailbox(0, "Drafts").unwrap().messages.len(), 2);
        assert_eq!(state.mailbox(1, INBOX).unwrap().messages.len(), 5);
        let all: usize = state.accounts.iter().flat_map(|a| a.mailboxes.values()).map(|m| m.messages.len()).sum();
        assert_eq!(all, MAIL.len(), "every message found its mailbox");
        assert_eq!(state.mailbox(0, "Sent").unwrap().role, Some(Role::Sent));
    }

    #[test]
    fn no_placeholder_stays_and_no_message_is_of_the_future() {
        for now in ["2026-11-23T00:05:00+01:00[Europe/Berlin]", "2028-02-29T23:59:00-08:00[America/Los_Angeles]"] {
            let now: Zoned = now.parse().unwrap();
            let store = filled(&now.to_string());
            let state = store.look();
            for message in state.accounts.iter().flat_map(|a| a.mailboxes.values()).flat_map(|m| &m.messages) {
                assert!(find(&message.raw, b"{{").is_none());
                assert!(message.date <= now.timestamp());
                assert!(message.raw.split(|b| *b == b'\n').rev().skip(1).all(|line| line.ends_with(b"\r")));
            }
        }
    }

    #[test]
    fn all_but_the_malformed_one_parse_without_a_stain() {
        let store = filled("2026-11-23T10:00:00+00:00[UTC]");
        let state = store.look();
        let (mut ids, mut subjects, mut attachments) = (BTreeSet::new(), Vec::new(), Vec::new());
        for message in state.accounts.iter().flat_map(|a| a.mailboxes.values()).flat_map(|m| &m.messages) {
            let parsed = MessageParser::default().parse(&*message.raw).unwrap();
            if find(&message.raw, b"never-closed").is_some() {
                continue;
            }
            assert!(ids.insert(parsed.message_id().unwrap().to_string()), "{:?} twice", parsed.message_id());
            assert_eq!(parsed.date().unwrap().to_timestamp(), message.date.as_second(), "{:?}", parsed.subject());
            let text = parsed.body_text(0).unwrap_or_default();
            assert!(!text.trim().is_empty() && !text.contains('\u{fffd}'), "{:?}: {text}", parsed.subject());
            subjects.push(parsed.subject().unwrap_or_default().to_string());
            attachments.extend(parsed.attachments().filter_map(|a| a.attachment_name().map(str::to_string)));
        }
        for subject in
            ["論文の草稿について", "О параллелограммах и полиномах", "《代数学》译稿已成", "측우기 관측 기록"]
        {
            assert!(subjects.iter().any(|s| s == subject), "{subject} in {subjects:?}");
        }
        for name in ["mill-carriage.pdf", "punched-cards.png", "الأسطرلاب.png", "Bahn des Kometen – Übersicht.csv"]
        {
            assert!(attachments.iter().any(|a| a == name), "{name} in {attachments:?}");
        }
    }

    #[test]
    fn dates_can_be_in_other_zones() {
        let date: Zoned = "2026-11-23T10:00:00+00:00[UTC]".parse().unwrap();
        assert_eq!(dated(b"<{{date +0930 -60s}}>", &date), b"<Mon, 23 Nov 2026 19:29:00 +0930>");
        assert_eq!(dated(b"{{date", &date), b"{{date");
    }
}
