//! The selected mailbox: the client's view of it, and what changes it: SELECT, STORE, COPY, MOVE
//! (RFC 6851), EXPUNGE, UID EXPUNGE (RFC 4315), APPEND.

use super::super::store::{Mailbox, Message, NewMessage};
use super::command::{Set, Token, as_set};
use super::{Enabled, Session, Status};
use crate::mail::flags::Flags;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};

/// A mailbox as the client was told of it.
pub(super) struct Selected {
    pub path: String,
    validity: u32,
    read_only: bool,
    /// UID of each message in order, with the change of its flags that was told last.
    pub view: Vec<(u32, u64)>,
}

impl Selected {
    /// The UIDs that a set means, in order of the view, with their sequence numbers.
    pub fn chosen(&self, set: &str, by_uid: bool) -> Option<Vec<(u32, u32)>> {
        let greatest = match by_uid {
            true => self.view.last().map_or(0, |(uid, _)| *uid),
            false => u32::try_from(self.view.len()).unwrap_or(u32::MAX),
        };
        let set = Set::parse(set, greatest)?;
        let numbered = (1..).zip(self.view.iter().map(|(uid, _)| *uid));
        Some(numbered.filter(|(n, uid)| set.contains(if by_uid { *uid } else { *n })).collect())
    }
}

impl Session<'_> {
    pub(super) fn select(&mut self, account: usize, arguments: &[Token], read_only: bool) -> Status {
        self.selected = None;
        let asked = |word: &str| arguments.iter().any(|t| matches!(t, Token::Atom(a) if a.eq_ignore_ascii_case(word)));
        let resumed = match (asked("QRESYNC"), self.enabled) {
            (true, Enabled::QResync) => match resumed(arguments) {
                Some(resumed) => Some(resumed),
                None => return Status::bad("QRESYNC (uidvalidity modseq [uids])"),
            },
            (true, _) => return Status::bad("ENABLE QRESYNC first"),
            (false, _) => None,
        };
        if asked("CONDSTORE") && self.offers("CONDSTORE") {
            self.enabled = self.enabled.max(Enabled::CondStore);
        }
        let path = match self.path(arguments.first()) {
            Ok(path) => path,
            Err(status) => return status,
        };
        let (told, view, validity) = {
            let state = self.shared.store.look();
            let mailbox = match state.mailbox(account, &path) {
                Ok(mailbox) => mailbox,
                Err(refusal) => return refusal.into(),
            };
            let view = mailbox.messages.iter().map(|m| (m.uid, m.change)).collect();
            let mut told = opening(mailbox);
            if self.offers("CONDSTORE") {
                told.push_str(&format!("* OK [HIGHESTMODSEQ {}] the latest\r\n", mailbox.mod_seq));
            }
            if let Some((_, since)) = resumed.filter(|(validity, _)| *validity == mailbox.validity) {
                told.push_str(&missed(mailbox, since));
            }
            (told, view, mailbox.validity)
        };
        self.wire.say(told);
        self.selected = Some(Selected { path, validity, read_only, view });
        Status::ok(if read_only { "[READ-ONLY] look, do not touch" } else { "[READ-WRITE] yours" })
    }

    /// Says what changed since last time. False where the mailbox is no longer the one selected.
    pub(super) fn sync(&mut self) -> bool {
        let (Some(selected), Some(account)) = (&mut self.selected, self.account) else { return true };
        let state = self.shared.store.look();
        let Some(mailbox) = state.mailbox(account, &selected.path).ok().filter(|m| m.validity == selected.validity)
        else {
            return false;
        };
        let now: BTreeMap<u32, u64> = mailbox.messages.iter().map(|m| (m.uid, m.change)).collect();
        let mut words = String::new();
        let mut gone: Vec<(usize, u32)> =
            (1..).zip(&selected.view).filter(|(_, (u, _))| !now.contains_key(u)).map(|(n, (u, _))| (n, *u)).collect();
        if self.enabled < Enabled::QResync {
            gone.reverse();
            words.extend(gone.iter().map(|(n, _)| format!("* {n} EXPUNGE\r\n")));
        } else if !gone.is_empty() {
            words.push_str(&format!("* VANISHED {}\r\n", as_set(gone.iter().map(|(_, uid)| *uid))));
        }
        selected.view.retain(|(uid, _)| now.contains_key(uid));
        let known: BTreeSet<u32> = selected.view.iter().map(|(uid, _)| *uid).collect();
        let new = mailbox.messages.iter().filter(|m| !known.contains(&m.uid));
        let mut view: Vec<(u32, u64)> = new.map(|m| (m.uid, m.change)).collect();
        let any_new = !view.is_empty();
        selected.view.append(&mut view);
        if any_new {
            words.push_str(&format!("* {} EXISTS\r\n", selected.view.len()));
        }
        let changed = (1..).zip(&mut selected.view).filter(|(_, (uid, told))| now.get(uid) != Some(told));
        for (n, (uid, told)) in changed {
            if let Some(message) = mailbox.messages.iter().find(|m| m.uid == *uid) {
                *told = message.change;
                words.push_str(&flags_line(n, message, self.enabled));
            }
        }
        drop(state);
        self.wire.say(words);
        true
    }

    /// The account and the selected mailbox, if it may be changed.
    fn writable(&self) -> Result<(usize, &Selected), Status> {
        match (self.account, &self.selected) {
            (Some(account), Some(selected)) if !selected.read_only => Ok((account, selected)),
            (Some(_), Some(_)) => Err(Status::no("[READ-ONLY] this mailbox was opened for reading")),
            _ => Err(Status::bad("select a mailbox first")),
        }
    }

    pub(super) fn store(&mut self, arguments: &[Token], by_uid: bool) -> Status {
        self.try_store(arguments, by_uid).unwrap_or_else(|status| status)
    }

    fn try_store(&mut self, arguments: &[Token], by_uid: bool) -> Result<Status, Status> {
        let (account, selected) = self.writable()?;
        let words: Vec<String> = arguments.iter().filter_map(Token::text).collect();
        let [set, item, names @ ..] = words.as_slice() else { return Err(Status::bad("STORE set FLAGS (…)")) };
        let chosen = selected.chosen(set, by_uid).ok_or_else(|| Status::bad("which messages?"))?;
        let (flags, keywords) = read_flags(names).ok_or_else(|| Status::bad("no such flag"))?;
        let item = item.to_ascii_uppercase();
        let (item, silent) = match item.strip_suffix(".SILENT") {
            Some(item) => (item, true),
            None => (item.as_str(), false),
        };
        let work: fn(&mut Flags, &mut BTreeSet<String>, Flags, &BTreeSet<String>) = match item {
            "FLAGS" => |f, k, flags, keywords| (*f, *k) = (flags, keywords.clone()),
            "+FLAGS" => |f, k, flags, keywords| {
                *f = f.union(flags);
                k.extend(keywords.iter().cloned());
            },
            "-FLAGS" => |f, k, flags, keywords| {
                *f = f.without(flags);
                k.retain(|word| !keywords.contains(word));
            },
            _ => return Err(Status::bad("STORE set FLAGS (…)")),
        };
        let uids: BTreeSet<u32> = chosen.iter().map(|(_, uid)| *uid).collect();
        let path = selected.path.clone();
        self.shared.store.change(|state| state.alter(account, &path, &uids, |f, k| work(f, k, flags, &keywords)))?;
        self.tell_stored(account, &uids, silent);
        Ok(Status::ok("stored"))
    }

    /// Marks the flags of these messages as told, and says them unless that was to be silent.
    fn tell_stored(&mut self, account: usize, uids: &BTreeSet<u32>, silent: bool) {
        let Some(selected) = &mut self.selected else { return };
        let state = self.shared.store.look();
        let Ok(mailbox) = state.mailbox(account, &selected.path) else { return };
        let now: BTreeMap<u32, _> = mailbox.messages.iter().map(|m| (m.uid, m)).collect();
        for (n, (uid, told)) in (1..).zip(&mut selected.view).filter(|(_, (uid, _))| uids.contains(uid)) {
            let Some(message) = now.get(uid) else { continue };
            *told = message.change;
            if !silent {
                self.wire.say(flags_line(n, message, self.enabled));
            }
        }
    }

    pub(super) fn copy(&mut self, arguments: &[Token], by_uid: bool, and_remove: bool) -> Status {
        self.try_copy(arguments, by_uid, and_remove).unwrap_or_else(|status| status)
    }

    fn try_copy(&mut self, arguments: &[Token], by_uid: bool, and_remove: bool) -> Result<Status, Status> {
        let (account, selected) = match (self.account, &self.selected) {
            (Some(account), Some(selected)) if !and_remove => (account, selected),
            _ => self.writable()?,
        };
        let set = arguments.first().and_then(Token::text).unwrap_or_default();
        let chosen = selected.chosen(&set, by_uid).ok_or_else(|| Status::bad("which messages?"))?;
        let uids = chosen.into_iter().map(|(_, uid)| uid).collect();
        let from = selected.path.clone();
        let to = self.path(arguments.get(1))?;
        let copied = self.shared.store.change(|state| state.copy(account, &from, &uids, &to, and_remove));
        let (validity, pairs) = copied.map_err(|refusal| match Status::from(refusal) {
            Status(kind, words) => Status(kind, words.replace("[NONEXISTENT]", "[TRYCREATE]")),
        })?;
        let code = match self.offers("UIDPLUS") && !pairs.is_empty() {
            true => {
                let (old, new): (Vec<u32>, Vec<u32>) = pairs.into_iter().unzip();
                format!("[COPYUID {validity} {} {}] ", as_set(old), as_set(new))
            }
            false => String::new(),
        };
        if and_remove && !code.is_empty() {
            self.wire.say(format!("* OK {code}moved\r\n"));
            return Ok(Status::ok("done"));
        }
        Ok(Status::ok(format!("{code}done")))
    }

    /// Takes away what is marked as deleted, all of it or the UIDs of a set.
    pub(super) fn expunge(&mut self, uids: Option<String>) -> Status {
        let (account, selected) = match self.writable() {
            Ok(found) => found,
            Err(status) => return status,
        };
        let among: Option<BTreeSet<u32>> = match uids.map(|set| selected.chosen(&set, true)) {
            None => None,
            Some(Some(chosen)) => Some(chosen.into_iter().map(|(_, uid)| uid).collect()),
            Some(None) => return Status::bad("which messages?"),
        };
        let path = selected.path.clone();
        let removed = self.shared.store.change(|state| {
            state.remove(account, &path, |m| {
                m.flags.contains(Flags::DELETED) && among.as_ref().is_none_or(|uids| uids.contains(&m.uid))
            })
        });
        removed.map_or_else(Status::from, |()| Status::ok("expunged"))
    }

    pub(super) fn close(&mut self) -> Status {
        if self.selected.as_ref().is_some_and(|s| !s.read_only) {
            self.expunge(None);
        }
        self.selected = None;
        Status::ok("closed")
    }

    pub(super) fn append(&mut self, account: usize, arguments: &[Token]) -> Status {
        let path = match self.path(arguments.first()) {
            Ok(path) => path,
            Err(status) => return status,
        };
        let Some(new) = appended(arguments.get(1..).unwrap_or_default()) else {
            return Status::bad("APPEND mailbox (flags) \"date\" {literal}");
        };
        match self.shared.store.change(|state| state.append(account, &path, new)) {
            Ok((validity, uid)) if self.offers("UIDPLUS") => Status::ok(format!("[APPENDUID {validity} {uid}] stored")),
            Ok(_) => Status::ok("stored"),
            Err(super::Refusal::NoMailbox) => Status::no("[TRYCREATE] no such mailbox"),
            Err(refusal) => refusal.into(),
        }
    }
}

/// A change of flags.
fn flags_line(number: u32, message: &Message, enabled: Enabled) -> String {
    let mod_seq = match enabled {
        Enabled::Nothing => String::new(),
        Enabled::CondStore | Enabled::QResync => format!(" MODSEQ ({})", message.change),
    };
    format!("* {number} FETCH (UID {} FLAGS ({}){mod_seq})\r\n", message.uid, message.imap_flags())
}

/// UIDVALIDITY and modification sequence in `(QRESYNC (…))`.
fn resumed(arguments: &[Token]) -> Option<(u32, u64)> {
    let is_word = |t: &Token| matches!(t, Token::Atom(word) if word.eq_ignore_ascii_case("QRESYNC"));
    let at = arguments.iter().position(is_word)?;
    let number = |i: usize| arguments.get(at.saturating_add(i)).and_then(Token::text)?.parse::<u64>().ok();
    Some((u32::try_from(number(2)?).ok()?, number(3)?))
}

/// What a client missed since a modification sequence.
fn missed(mailbox: &Mailbox, since: u64) -> String {
    let gone = mailbox.vanished.iter().filter(|(_, change)| *change > since).map(|(uid, _)| *uid);
    let gone: BTreeSet<u32> = gone.collect();
    let mut words = String::new();
    if !gone.is_empty() {
        words.push_str(&format!("* VANISHED (EARLIER) {}\r\n", as_set(gone)));
    }
    let changed = (1..).zip(&mailbox.messages).filter(|(_, m)| m.change > since);
    words.extend(changed.map(|(n, message)| flags_line(n, message, Enabled::QResync)));
    words
}

/// The untagged answers to SELECT.
fn opening(mailbox: &Mailbox) -> String {
    const FLAGS: &str = "\\Answered \\Flagged \\Deleted \\Seen \\Draft $Forwarded";
    let unseen = (1..).zip(&mailbox.messages).find(|(_, m)| !m.flags.contains(Flags::SEEN));
    let unseen = unseen.map(|(n, _): (u32, _)| format!("* OK [UNSEEN {n}] first unseen\r\n")).unwrap_or_default();
    format!(
        "* FLAGS ({FLAGS})\r\n* OK [PERMANENTFLAGS ({FLAGS} \\*)] kept\r\n* {} EXISTS\r\n* 0 RECENT\r\n{unseen}\
         * OK [UIDVALIDITY {}] its generation\r\n* OK [UIDNEXT {}] the next\r\n",
        mailbox.messages.len(),
        mailbox.validity,
        mailbox.next
    )
}

/// Flags and keywords; `None` where one cannot be.
fn read_flags(names: &[String]) -> Option<(Flags, BTreeSet<String>)> {
    let (mut flags, mut keywords) = (Flags::empty(), BTreeSet::new());
    for name in names {
        let known = Flags::from_imap(name);
        if !known.is_empty() {
            flags = flags.union(known);
        } else if name.len() <= 100 && name.bytes().all(|b| b.is_ascii_graphic() && !b"\\\"%*(){]".contains(&b)) {
            keywords.insert(name.clone());
        } else if !name.eq_ignore_ascii_case("\\Recent") {
            return None;
        }
    }
    Some((flags, keywords))
}

/// What follows the mailbox in APPEND: flags, date and message, the first two optional.
fn appended(arguments: &[Token]) -> Option<NewMessage> {
    let (raw, before) = match arguments.split_last()? {
        (Token::Text(raw), before) => (raw.clone(), before),
        _ => return None,
    };
    let names: Vec<String> =
        before.iter().filter_map(|t| if let Token::Atom(a) = t { Some(a.clone()) } else { None }).collect();
    let (flags, keywords) = read_flags(&names)?;
    let date = before.iter().find_map(|t| if let Token::Text(text) = t { Some(text) } else { None });
    let date = match date {
        Some(text) => internal_date(std::str::from_utf8(text).ok()?)?,
        None => Timestamp::now(),
    };
    Some(NewMessage { flags, keywords, date, raw: raw.into() })
}

/// Reads `17-Jul-1996 02:44:25 -0700`, the day perhaps with a space for its first digit.
fn internal_date(text: &str) -> Option<Timestamp> {
    Timestamp::strptime("%d-%b-%Y %H:%M:%S %z", text.trim()).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn dates_of_append_are_read() {
        let date = internal_date(" 7-Jul-1996 02:44:25 -0700").unwrap();
        assert_eq!(date.to_string(), "1996-07-07T09:44:25Z");
        assert!(internal_date("yesterday").is_none());
    }

    #[test]
    fn flags_are_read_and_impossible_ones_refused() {
        let names = ["\\seen", "$Forwarded", "Work", "\\Recent"].map(String::from);
        let (flags, keywords) = read_flags(&names).unwrap();
        assert_eq!(flags, Flags::SEEN.union(Flags::FORWARDED));
        assert_eq!(keywords, BTreeSet::from(["Work".to_string()]));
        assert!(read_flags(&["\\Nonsense".to_string()]).is_none());
    }
}
