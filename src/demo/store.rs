//! The mail of the demo's accounts, in memory, shared by its three services.
//!
//! Every change grows one counter, which waiting sessions watch; what changed they find out by
//! comparing with what they have told their client.

use super::sasl::Proof;
use crate::mail::flags::Flags;
use crate::mail::mailbox::Role;
use jiff::Timestamp;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::watch;

const MOST_MAILBOXES: usize = 10_000;
const LONGEST_NAME: usize = 400;
const MOST_BYTES: usize = 1 << 30;
const MOST_KEYWORDS: usize = 64;

/// The INBOX's name.
pub(super) const INBOX: &str = "INBOX";

/// Why the store did not do something.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Refusal {
    NoMailbox,
    Exists,
    BadName,
    Full,
}

/// One message of a mailbox.
#[derive(Clone, Debug)]
pub struct Message {
    pub uid: u32,
    pub flags: Flags,
    /// Keywords besides those that [`Flags`] knows.
    pub keywords: BTreeSet<String>,
    /// IMAP's INTERNALDATE.
    pub date: Timestamp,
    /// As stored, CRLF line ends where it came that way.
    pub raw: Arc<[u8]>,
    /// POP3's unique id, as long as it does not expire.
    pub unique: u64,
    /// The store's counter when flags or keywords last changed.
    pub(super) change: u64,
}

impl Message {
    /// Flags and keywords as IMAP writes them.
    pub(super) fn imap_flags(&self) -> String {
        let system = self.flags.to_imap().into_iter();
        system.chain(self.keywords.iter().map(String::as_str)).collect::<Vec<_>>().join(" ")
    }
}

#[derive(Clone, Debug)]
pub(super) struct Mailbox {
    pub validity: u32,
    pub next: u32,
    pub messages: Vec<Message>,
    pub role: Option<Role>,
    /// The store's counter when anything in it last changed: HIGHESTMODSEQ (RFC 7162).
    pub mod_seq: u64,
    /// UIDs that went, with the counter of then.
    pub vanished: Vec<(u32, u64)>,
}

pub(super) struct Account {
    pub email: String,
    password: String,
    token: Option<String>,
    /// By path, segments joined with `/`.
    pub mailboxes: BTreeMap<String, Mailbox>,
    /// Paths that are subscribed to. They outlive their mailboxes, and stay when these are renamed.
    pub subscriptions: BTreeSet<String>,
}

#[derive(Default)]
pub(super) struct State {
    pub accounts: Vec<Account>,
    bytes: usize,
    /// Grows with every change.
    counter: u64,
    validity: u32,
}

/// The store and its bell.
pub(super) struct Store {
    state: Mutex<State>,
    bell: watch::Sender<u64>,
}

impl Store {
    pub fn new() -> Store {
        Store { state: Mutex::default(), bell: watch::Sender::new(0) }
    }

    /// Looks at the state.
    pub fn look(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Changes the state and rings the bell.
    pub fn change<T>(&self, work: impl FnOnce(&mut State) -> T) -> T {
        let result = work(&mut self.look());
        self.bell.send_modify(|n| *n = n.wrapping_add(1));
        result
    }

    /// Rings at every change.
    pub fn bell(&self) -> watch::Receiver<u64> {
        self.bell.subscribe()
    }
}

/// `INBOX` in any case is one name.
pub(super) fn canonical(path: &str) -> &str {
    if path.eq_ignore_ascii_case(INBOX) { INBOX } else { path }
}

impl State {
    pub fn add_account(&mut self, email: &str, password: &str, token: Option<String>) -> usize {
        let (email, password) = (email.to_string(), password.to_string());
        self.accounts.push(Account {
            email,
            password,
            token,
            mailboxes: BTreeMap::new(),
            subscriptions: BTreeSet::new(),
        });
        let index = self.accounts.len().saturating_sub(1);
        let _ = self.create_subscribed(index, INBOX, None);
        index
    }

    pub fn set_token(&mut self, email: &str, token: &str) {
        if let Some(account) = self.accounts.iter_mut().find(|a| a.email.eq_ignore_ascii_case(email)) {
            account.token = Some(token.to_string());
        }
    }

    /// The account with this address.
    pub fn account_of(&self, address: &str) -> Option<usize> {
        self.accounts.iter().position(|a| a.email.eq_ignore_ascii_case(address))
    }

    /// The account that the proof is good for.
    pub fn login(&self, proof: &Proof) -> Option<usize> {
        let (user, good): (&str, fn(&Account, &Proof) -> bool) = match proof {
            Proof::Password { user, .. } => {
                (user, |a, p| matches!(p, Proof::Password { password, .. } if *password == a.password))
            }
            Proof::Token { user, .. } => {
                (user, |a, p| matches!(p, Proof::Token { token, .. } if a.token.as_ref() == Some(token)))
            }
        };
        self.account_of(user).filter(|i| self.accounts.get(*i).is_some_and(|a| good(a, proof)))
    }

    /// The domains that the accounts have, each once.
    pub fn domains(&self) -> BTreeSet<&str> {
        self.accounts.iter().filter_map(|a| a.email.rsplit_once('@')).map(|(_, domain)| domain).collect()
    }

    pub fn mailbox(&self, account: usize, path: &str) -> Result<&Mailbox, Refusal> {
        self.accounts.get(account).and_then(|a| a.mailboxes.get(canonical(path))).ok_or(Refusal::NoMailbox)
    }

    pub fn mailbox_mut(&mut self, account: usize, path: &str) -> Result<&mut Mailbox, Refusal> {
        self.accounts.get_mut(account).and_then(|a| a.mailboxes.get_mut(canonical(path))).ok_or(Refusal::NoMailbox)
    }

    pub fn tick(&mut self) -> u64 {
        self.counter = self.counter.saturating_add(1);
        self.counter
    }

    /// Makes a mailbox, and those above it.
    pub fn create(&mut self, account: usize, path: &str, role: Option<Role>) -> Result<(), Refusal> {
        let path = canonical(path.trim_end_matches('/'));
        if path.is_empty() || path.len() > LONGEST_NAME || path.split('/').any(str::is_empty) {
            return Err(Refusal::BadName);
        }
        if self.mailbox(account, path).is_ok() {
            return Err(Refusal::Exists);
        }
        if let Some((above, _)) = path.rsplit_once('/') {
            match self.create(account, above, None) {
                Ok(()) | Err(Refusal::Exists) => {}
                Err(refusal) => return Err(refusal),
            }
        }
        self.validity = self.validity.saturating_add(1);
        let validity = 1_000_000_000_u32.saturating_add(self.validity);
        if self.accounts.get(account).ok_or(Refusal::NoMailbox)?.mailboxes.len() >= MOST_MAILBOXES {
            return Err(Refusal::Full);
        }
        let mod_seq = self.tick();
        let mailbox = Mailbox { validity, next: 1, messages: Vec::new(), role, mod_seq, vanished: Vec::new() };
        let account = self.accounts.get_mut(account).ok_or(Refusal::NoMailbox)?;
        account.mailboxes.insert(path.to_string(), mailbox);
        Ok(())
    }

    /// Makes a mailbox and those above it, and subscribes to them all.
    pub fn create_subscribed(&mut self, account: usize, path: &str, role: Option<Role>) -> Result<(), Refusal> {
        self.create(account, path, role)?;
        let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
        ends.filter_map(|end| path.get(..end)).try_for_each(|path| self.subscribe(account, path, true))
    }

    /// Subscribes to a mailbox, or no longer; a name without a mailbox can only be left.
    pub fn subscribe(&mut self, account: usize, path: &str, to: bool) -> Result<(), Refusal> {
        let path = canonical(path).to_string();
        if to {
            self.mailbox(account, &path)?;
        }
        let subscriptions = &mut self.accounts.get_mut(account).ok_or(Refusal::NoMailbox)?.subscriptions;
        if to {
            subscriptions.insert(path);
        } else if !subscriptions.remove(&path) {
            self.mailbox(account, &path)?;
        }
        Ok(())
    }

    /// Deletes a mailbox with its mail. Refused for INBOX, and where there are mailboxes below.
    pub fn delete(&mut self, account: usize, path: &str) -> Result<(), Refusal> {
        let path = canonical(path);
        if path == INBOX {
            return Err(Refusal::BadName);
        }
        let below = format!("{path}/");
        let account = self.accounts.get_mut(account).ok_or(Refusal::NoMailbox)?;
        if account.mailboxes.keys().any(|k| k.starts_with(&below)) {
            return Err(Refusal::Exists);
        }
        let gone = account.mailboxes.remove(path).ok_or(Refusal::NoMailbox)?;
        let bytes: usize = gone.messages.iter().map(|m| m.raw.len()).sum();
        self.bytes = self.bytes.saturating_sub(bytes);
        Ok(())
    }

    /// Renames a mailbox and all below it. Renaming INBOX is refused here.
    pub fn rename(&mut self, account: usize, from: &str, to: &str) -> Result<(), Refusal> {
        let (from, to) = (canonical(from), canonical(to));
        if from == INBOX || to.starts_with(&format!("{from}/")) {
            return Err(Refusal::BadName);
        }
        self.mailbox(account, from)?;
        self.create(account, to, None)?;
        let mailboxes = &mut self.accounts.get_mut(account).ok_or(Refusal::NoMailbox)?.mailboxes;
        let moved: Vec<String> = mailboxes
            .keys()
            .filter(|k| k.strip_prefix(from).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
            .cloned()
            .collect();
        for old in moved {
            if let (Some(mailbox), Some(rest)) = (mailboxes.remove(&old), old.strip_prefix(from)) {
                mailboxes.insert(format!("{to}{rest}"), mailbox);
            }
        }
        Ok(())
    }

    /// Adds a message; its UIDVALIDITY and UID.
    pub fn append(&mut self, account: usize, path: &str, new: NewMessage) -> Result<(u32, u32), Refusal> {
        let bytes = self.bytes.saturating_add(new.raw.len());
        if bytes > MOST_BYTES {
            return Err(Refusal::Full);
        }
        let change = self.tick();
        let mailbox = self.mailbox_mut(account, path)?;
        let uid = mailbox.next;
        mailbox.next = mailbox.next.checked_add(1).ok_or(Refusal::Full)?;
        let NewMessage { flags, keywords, date, raw } = new;
        mailbox.messages.push(Message { uid, flags, keywords, date, raw, unique: change, change });
        mailbox.mod_seq = change;
        let validity = mailbox.validity;
        self.bytes = bytes;
        Ok((validity, uid))
    }

    /// Copies or moves messages; the target's UIDVALIDITY, and source and target UIDs pairwise.
    pub fn copy(
        &mut self,
        account: usize,
        from: &str,
        uids: &BTreeSet<u32>,
        to: &str,
        and_remove: bool,
    ) -> Result<(u32, Vec<(u32, u32)>), Refusal> {
        let validity = self.mailbox(account, to)?.validity;
        let source = self.mailbox(account, from)?;
        let found: Vec<Message> = source.messages.iter().filter(|m| uids.contains(&m.uid)).cloned().collect();
        let mut pairs = Vec::new();
        for message in found {
            let Message { uid, flags, keywords, date, raw, .. } = message;
            let (_, new) = self.append(account, to, NewMessage { flags, keywords, date, raw })?;
            pairs.push((uid, new));
        }
        if and_remove {
            let moved: BTreeSet<u32> = pairs.iter().map(|(old, _)| *old).collect();
            self.remove(account, from, |m| moved.contains(&m.uid))?;
        }
        Ok((validity, pairs))
    }

    /// Takes messages away for good.
    pub fn remove(&mut self, account: usize, path: &str, which: impl Fn(&Message) -> bool) -> Result<(), Refusal> {
        let change = self.tick();
        let mailbox = self.mailbox_mut(account, path)?;
        let mut gone = 0_usize;
        let vanished = &mut mailbox.vanished;
        mailbox.messages.retain(|m| {
            let goes = which(m);
            if goes {
                gone = gone.saturating_add(m.raw.len());
                vanished.push((m.uid, change));
            }
            !goes
        });
        if gone > 0 {
            mailbox.mod_seq = change;
        }
        self.bytes = self.bytes.saturating_sub(gone);
        Ok(())
    }

    /// Changes flags and keywords of some messages.
    pub fn alter(
        &mut self,
        account: usize,
        path: &str,
        uids: &BTreeSet<u32>,
        work: impl Fn(&mut Flags, &mut BTreeSet<String>),
    ) -> Result<(), Refusal> {
        let change = self.tick();
        let mailbox = self.mailbox_mut(account, path)?;
        for message in mailbox.messages.iter_mut().filter(|m| uids.contains(&m.uid)) {
            let (mut flags, mut keywords) = (message.flags, message.keywords.clone());
            work(&mut flags, &mut keywords);
            if keywords.len() <= MOST_KEYWORDS && (flags != message.flags || keywords != message.keywords) {
                (message.flags, message.keywords, message.change) = (flags, keywords, change);
                mailbox.mod_seq = change;
            }
        }
        Ok(())
    }
}

/// A message on its way in.
pub(super) struct NewMessage {
    pub flags: Flags,
    pub keywords: BTreeSet<String>,
    pub date: Timestamp,
    pub raw: Arc<[u8]>,
}

impl NewMessage {
    pub fn plain(raw: impl Into<Arc<[u8]>>, date: Timestamp) -> NewMessage {
        NewMessage { flags: Flags::empty(), keywords: BTreeSet::new(), date, raw: raw.into() }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn state() -> State {
        let mut state = State::default();
        state.add_account("ada@lovelace.example", "pw", Some("t0ken".into()));
        state
    }

    fn message(text: &str) -> NewMessage {
        NewMessage::plain(text.as_bytes(), Timestamp::UNIX_EPOCH)
    }

    #[test]
    fn only_the_right_proof_opens() {
        let state = state();
        let proof = |user: &str, password: &str| Proof::Password { user: user.into(), password: password.into() };
        assert_eq!(state.login(&proof("Ada@lovelace.example", "pw")), Some(0));
        assert_eq!(state.login(&proof("ada@lovelace.example", "t0ken")), None);
        assert_eq!(state.login(&proof("eve@lovelace.example", "pw")), None);
        let token = Proof::Token { user: "ada@lovelace.example".into(), token: "t0ken".into() };
        assert_eq!(state.login(&token), Some(0));
    }

    #[test]
    fn moving_takes_away_and_numbers_anew() {
        let mut state = state();
        state.create(0, "Projects/Engine", None).unwrap();
        for text in ["a", "b", "c"] {
            state.append(0, "inbox", message(text)).unwrap();
        }
        let (_, pairs) = state.copy(0, INBOX, &BTreeSet::from([1, 3, 9]), "Projects/Engine", true).unwrap();
        assert_eq!(pairs, [(1, 1), (3, 2)]);
        assert_eq!(state.mailbox(0, INBOX).unwrap().messages.len(), 1);
        assert_eq!(state.append(0, INBOX, message("d")).unwrap().1, 4, "a UID is never given twice");
        assert_eq!(state.copy(0, INBOX, &BTreeSet::from([2]), "nowhere", true), Err(Refusal::NoMailbox));
    }

    #[test]
    fn renaming_takes_what_is_below_along() {
        let mut state = state();
        state.create(0, "A/B", None).unwrap();
        state.rename(0, "A", "C").unwrap();
        let paths: Vec<&String> = state.accounts[0].mailboxes.keys().collect();
        assert_eq!(paths, ["C", "C/B", "INBOX"]);
        assert_eq!(state.rename(0, "C", "C/D"), Err(Refusal::BadName));
        assert_eq!(state.delete(0, "C"), Err(Refusal::Exists));
    }

    #[test]
    fn subscriptions_are_of_names_and_outlive_mailboxes() {
        let mut state = state();
        state.create_subscribed(0, "A/B", None).unwrap();
        state.rename(0, "A/B", "A/C").unwrap();
        state.delete(0, "A/C").unwrap();
        let names = |state: &State| state.accounts[0].subscriptions.iter().cloned().collect::<Vec<_>>();
        assert_eq!(names(&state), ["A", "A/B", "INBOX"]);
        state.subscribe(0, "A/B", false).unwrap();
        assert_eq!(state.subscribe(0, "A/B", false), Err(Refusal::NoMailbox));
        assert_eq!(state.subscribe(0, "A/B", true), Err(Refusal::NoMailbox));
        assert_eq!(names(&state), ["A", "INBOX"]);
    }
}
