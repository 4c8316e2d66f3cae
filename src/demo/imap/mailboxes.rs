//! The tree of mailboxes: LIST (with RFC 5258 and 6154), LSUB, CREATE, DELETE, RENAME, SUBSCRIBE, STATUS.

use super::super::store::Mailbox;
use super::command::{Token, string};
use super::{Session, Status, utf7};
use crate::mail::flags::Flags;
use crate::mail::mailbox::{MailboxPath, Role};
use std::collections::BTreeMap;

impl Session<'_> {
    /// The path for a mailbox name as the client writes it.
    pub(super) fn path(&self, token: Option<&Token>) -> Result<String, Status> {
        let name = token.and_then(Token::text).ok_or_else(|| Status::bad("which mailbox?"))?;
        let name = utf7::decode(&name).ok_or_else(|| Status::bad("this is no modified UTF-7"))?;
        Ok(MailboxPath::from_server(&name, Some(self.shared.delimiter)).0)
    }

    fn wire_name(&self, path: &str) -> String {
        utf7::encode(&MailboxPath(path.to_string()).to_server(Some(self.shared.delimiter)))
    }

    pub(super) fn list(&mut self, account: usize, arguments: &[Token]) -> Status {
        let (selection, arguments) = split_list(arguments);
        let [Some(reference), Some(pattern)] = [0, 1].map(|i| arguments.get(i).and_then(Token::text)) else {
            return Status::bad("LIST reference pattern");
        };
        let wants = |word: &str| selection.iter().any(|w| w.eq_ignore_ascii_case(word));
        let (only_subscribed, only_special) = (wants("SUBSCRIBED"), wants("SPECIAL-USE"));
        let returns_subscribed =
            only_subscribed || arguments.iter().filter_map(Token::text).any(|w| w.eq_ignore_ascii_case("SUBSCRIBED"));
        if pattern.is_empty() {
            self.wire.say(format!("* LIST (\\Noselect) \"{}\" \"\"\r\n", self.shared.delimiter));
            return Status::ok("that is the delimiter");
        }
        let pattern = format!("{reference}{pattern}");
        let lines: Vec<String> = {
            let state = self.shared.store.look();
            let Some(account) = state.accounts.get(account) else { return Status::no("no account") };
            account
                .mailboxes
                .iter()
                .filter(|(path, _)| !only_subscribed || account.subscriptions.contains(*path))
                .filter(|(_, mailbox)| !only_special || mailbox.role.is_some())
                .map(|(path, mailbox)| {
                    let mut attributes = attributes(self, path, mailbox, &account.mailboxes);
                    if returns_subscribed && account.subscriptions.contains(path) {
                        attributes.push("\\Subscribed");
                    }
                    (self.wire_name(path), attributes)
                })
                .filter(|(name, _)| matches(name.as_bytes(), pattern.as_bytes(), self.shared.delimiter))
                .map(|(name, attributes)| self.list_line("LIST", &attributes, &name))
                .collect()
        };
        self.wire.say(lines.concat());
        if let Some(items) = returned_status(arguments).filter(|_| self.offers("LIST-STATUS")) {
            self.say_states(account, &pattern, items);
        }
        Status::ok("that is all")
    }

    /// LIST-STATUS (RFC 5819).
    fn say_states(&mut self, account: usize, pattern: &str, items: &[Token]) {
        let lines: Vec<String> = {
            let state = self.shared.store.look();
            let mailboxes = state.accounts.get(account).map(|a| a.mailboxes.iter()).into_iter().flatten();
            let named = mailboxes.map(|(path, mailbox)| (self.wire_name(path), mailbox));
            named
                .filter(|(name, _)| matches(name.as_bytes(), pattern.as_bytes(), self.shared.delimiter))
                .filter_map(|(name, mailbox)| Some((name, self.status_items(mailbox, items)?)))
                .map(|(name, items)| format!("* STATUS {} ({items})\r\n", string(&name)))
                .collect()
        };
        self.wire.say(lines.concat());
    }

    pub(super) fn lsub(&mut self, account: usize, arguments: &[Token]) -> Status {
        let [Some(reference), Some(pattern)] = [0, 1].map(|i| arguments.get(i).and_then(Token::text)) else {
            return Status::bad("LSUB reference pattern");
        };
        let pattern = format!("{reference}{pattern}");
        let lines: Vec<String> = {
            let state = self.shared.store.look();
            let subscriptions = state.accounts.get(account).map(|a| a.subscriptions.iter()).into_iter().flatten();
            subscriptions
                .map(|path| self.wire_name(path))
                .filter(|name| matches(name.as_bytes(), pattern.as_bytes(), self.shared.delimiter))
                .map(|name| self.list_line("LSUB", &[], &name))
                .collect()
        };
        self.wire.say(lines.concat());
        Status::ok("that is all")
    }

    fn list_line(&self, kind: &str, attributes: &[&str], name: &str) -> String {
        format!("* {kind} ({}) \"{}\" {}\r\n", attributes.join(" "), self.shared.delimiter, string(name))
    }

    pub(super) fn create(&mut self, account: usize, arguments: &[Token]) -> Status {
        let path = match self.path(arguments.first()) {
            Ok(path) => path,
            Err(status) => return status,
        };
        let role = arguments.iter().filter_map(Token::text).find_map(|word| Role::from_special_use(&word));
        match self.shared.store.change(|state| state.create(account, &path, role)) {
            Ok(()) => Status::ok("made"),
            Err(refusal) => refusal.into(),
        }
    }

    pub(super) fn delete(&mut self, account: usize, arguments: &[Token]) -> Status {
        let path = match self.path(arguments.first()) {
            Ok(path) => path,
            Err(status) => return status,
        };
        match self.shared.store.change(|state| state.delete(account, &path)) {
            Ok(()) => Status::ok("gone"),
            Err(refusal) => refusal.into(),
        }
    }

    pub(super) fn rename(&mut self, account: usize, arguments: &[Token]) -> Status {
        let (from, to) = match (self.path(arguments.first()), self.path(arguments.get(1))) {
            (Ok(from), Ok(to)) => (from, to),
            (Err(status), _) | (_, Err(status)) => return status,
        };
        match self.shared.store.change(|state| state.rename(account, &from, &to)) {
            Ok(()) => Status::ok("renamed"),
            Err(refusal) => refusal.into(),
        }
    }

    pub(super) fn subscribe(&mut self, account: usize, arguments: &[Token], to: bool) -> Status {
        let path = match self.path(arguments.first()) {
            Ok(path) => path,
            Err(status) => return status,
        };
        match self.shared.store.change(|state| state.subscribe(account, &path, to)) {
            Ok(()) => Status::ok("noted"),
            Err(refusal) => refusal.into(),
        }
    }

    pub(super) fn status(&mut self, account: usize, arguments: &[Token]) -> Status {
        let path = match self.path(arguments.first()) {
            Ok(path) => path,
            Err(status) => return status,
        };
        let items = {
            let state = self.shared.store.look();
            match state.mailbox(account, &path) {
                Ok(mailbox) => self.status_items(mailbox, arguments.get(1..).unwrap_or_default()),
                Err(refusal) => return refusal.into(),
            }
        };
        let Some(items) = items else { return Status::bad("STATUS of what?") };
        let name = string(&self.wire_name(&path));
        self.wire.say(format!("* STATUS {name} ({items})\r\n"));
        Status::ok("so it stands")
    }

    fn status_items(&self, mailbox: &Mailbox, asked: &[Token]) -> Option<String> {
        let mut items = Vec::new();
        for token in asked {
            let Token::Atom(item) = token else { continue };
            let item = item.to_ascii_uppercase();
            let value = match item.as_str() {
                "MESSAGES" => mailbox.messages.len() as u64,
                "RECENT" => 0,
                "UIDNEXT" => mailbox.next.into(),
                "UIDVALIDITY" => mailbox.validity.into(),
                "UNSEEN" => mailbox.messages.iter().filter(|m| !m.flags.contains(Flags::SEEN)).count() as u64,
                "SIZE" => mailbox.messages.iter().map(|m| m.raw.len() as u64).sum(),
                "HIGHESTMODSEQ" if self.offers("CONDSTORE") => mailbox.mod_seq,
                _ => return None,
            };
            items.push(format!("{item} {value}"));
        }
        Some(items.join(" "))
    }
}

/// What `RETURN (… STATUS (items) …)` asks for.
fn returned_status(arguments: &[Token]) -> Option<&[Token]> {
    let is_status = |token: &Token| matches!(token, Token::Atom(word) if word.eq_ignore_ascii_case("STATUS"));
    let at = arguments.iter().skip(2).position(is_status)?.saturating_add(4);
    let items = arguments.get(at..)?;
    items.get(..items.iter().position(|t| *t == Token::Close)?)
}

fn attributes(session: &Session, path: &str, mailbox: &Mailbox, all: &BTreeMap<String, Mailbox>) -> Vec<&'static str> {
    let below = format!("{path}/");
    let children = all.range(below.clone()..).next().is_some_and(|(next, _)| next.starts_with(&below));
    let mut attributes = vec![if children { "\\HasChildren" } else { "\\HasNoChildren" }];
    if session.offers("SPECIAL-USE") {
        attributes.extend(match mailbox.role {
            None | Some(Role::Inbox) => None,
            Some(Role::Drafts) => Some("\\Drafts"),
            Some(Role::Sent) => Some("\\Sent"),
            Some(Role::Archive) => Some("\\Archive"),
            Some(Role::Junk) => Some("\\Junk"),
            Some(Role::Trash) => Some("\\Trash"),
            Some(Role::All) => Some("\\All"),
            Some(Role::Flagged) => Some("\\Flagged"),
        });
    }
    attributes
}

/// Selection options before the reference: `(SPECIAL-USE) "" "*"`.
fn split_list(arguments: &[Token]) -> (Vec<String>, &[Token]) {
    if arguments.first() != Some(&Token::Open) {
        return (Vec::new(), arguments);
    }
    let close = arguments.iter().position(|t| *t == Token::Close).unwrap_or(0);
    let options = arguments.get(1..close).unwrap_or_default().iter().filter_map(Token::text).collect();
    (options, arguments.get(close.saturating_add(1)..).unwrap_or_default())
}

/// `*` is anything, `%` anything without a delimiter. The work is bounded by name times pattern.
fn matches(name: &[u8], pattern: &[u8], delimiter: char) -> bool {
    // reach[i]: the pattern so far matches name[..i].
    let mut reach = vec![false; name.len().saturating_add(1)];
    if let Some(start) = reach.first_mut() {
        *start = true;
    }
    for p in pattern {
        let mut next = vec![false; reach.len()];
        let mut run = false;
        for (i, slot) in next.iter_mut().enumerate() {
            let here = reach.get(i).copied().unwrap_or(false);
            let previous = i.checked_sub(1);
            let byte = previous.and_then(|at| name.get(at)).copied();
            *slot = match p {
                b'*' | b'%' => {
                    let stops = *p == b'%' && byte.is_some_and(|b| char::from(b) == delimiter);
                    run = here || (run && !stops);
                    run
                }
                _ => {
                    let before = previous.and_then(|at| reach.get(at)).copied().unwrap_or(false);
                    before && byte == Some(*p)
                }
            };
        }
        reach = next;
    }
    reach.last() == Some(&true)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn patterns_know_the_delimiter() {
        let all = ["INBOX", "Projects", "Projects/Engine", "Projects/Engine/Mill"];
        let found = |pattern: &str| -> Vec<&str> {
            all.into_iter().filter(|n| matches(n.as_bytes(), pattern.as_bytes(), '/')).collect()
        };
        assert_eq!(found("*"), all);
        assert_eq!(found("%"), ["INBOX", "Projects"]);
        assert_eq!(found("Projects/%"), ["Projects/Engine"]);
        assert_eq!(found("*Mill"), ["Projects/Engine/Mill"]);
        assert_eq!(found("INBOX"), ["INBOX"]);
        assert!(found("").is_empty());
    }
}
