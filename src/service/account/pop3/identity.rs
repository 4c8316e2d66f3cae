//! Which message is which. A UIDL alone is not believed where a mistake would lose mail: servers give one id to two
//! messages, give an id again to another message, or number their messages and call that an id. So a message is
//! known by its UIDL *and* the hash of its header:
//!
//! | UIDL | believed | else |
//! |---|---|---|
//! | its own, of the remembered size | to be the message that is here, so that it is not fetched again | |
//! | its own, of another size, or due for removal, or once gone | | the header is compared first |
//! | none of them known, in a maildrop of which we know some | | headers are compared: the server gave new ids |
//! | of two messages, or none, or its number | | the header is its identity |
//!
//! Headers come by TOP; from a server without it, with the whole message, which is dropped if it is here already.

use super::landmark::Landmark;
use super::{Ledger, header};
use crate::protocol::pop3::{Body, RetrievePlan, Session};
use crate::protocol::{Error, Result};
use crate::storage::{LedgerEntry, LedgerState};
use std::collections::{BTreeMap, HashMap, HashSet};

/// A message as the server lists it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Listed {
    pub number: u32,
    /// Empty where it has none.
    pub uidl: String,
    pub size: Option<u64>,
}

/// What must be done to know a message.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Question {
    /// It is new: to be fetched under this key.
    New(String),
    /// Known by its key, as far as that can be believed.
    Known(String),
    /// It must have this header to be the one of the key.
    Same(String, String),
    /// Its header says who it is.
    Which,
}

/// What a header said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Answer {
    /// It is here, or was, under this key.
    Known(String),
    /// To be fetched and remembered under this key.
    New(String),
}

/// The maildrop of one session.
pub(super) struct Maildrop {
    pub there: Vec<Listed>,
    questions: BTreeMap<u32, Question>,
    /// Those that are new here, and fetched.
    fetched: HashSet<u32>,
    /// Those with an id that no other has.
    own: HashSet<u32>,
    /// Keys of messages whose header was seen in this session, or that were fetched in it.
    pub verified: HashMap<u32, String>,
    /// Headers seen in this session.
    pub hashes: HashMap<u32, String>,
    by_header: ByHeader,
    /// No message has an id of its own.
    pub is_anonymous: bool,
}

/// Keys by the header's hash, each given to one message of a session: twins are two messages.
#[derive(Default)]
struct ByHeader {
    keys: HashMap<String, Vec<String>>,
    used: HashMap<String, usize>,
}

impl ByHeader {
    fn answer(&mut self, uidl: &str, hash: &str) -> Answer {
        let used = self.used.entry(hash.to_string()).or_default();
        let at = *used;
        *used = used.saturating_add(1);
        match self.keys.get(hash).and_then(|keys| keys.get(at)) {
            Some(key) => Answer::Known(key.clone()),
            // No UIDL has a space.
            None if at == 0 => Answer::New(format!("{uidl} {hash}")),
            None => Answer::New(format!("{uidl} {hash} {}", at.saturating_add(1))),
        }
    }
}

impl Maildrop {
    /// Asks of every listed message who it is.
    pub fn new(there: Vec<Listed>, ledger: &Ledger, now: i64) -> Maildrop {
        let mut counts: HashMap<&str, usize> = HashMap::new();
        there.iter().for_each(|m| *counts.entry(m.uidl.as_str()).or_default() += 1);
        let are_numbers = there.iter().all(|m| m.uidl == m.number.to_string());
        let is_anonymous = are_numbers || there.iter().all(|m| m.uidl.is_empty());
        let is_own = |m: &Listed| !is_anonymous && !m.uidl.is_empty() && counts.get(m.uidl.as_str()) == Some(&1);
        // What was removed from the server once is no proof of what is there now.
        let is_here = |entry: &&LedgerEntry| matches!(entry.state, LedgerState::Downloaded | LedgerState::RemoveAt(_));
        let knows_some = ledger.values().any(|entry| is_here(&entry));
        // One stranger beside none that is known is just new, unless what is known has no ids.
        let may_be_others = there.len() > 1 || ledger.values().any(|e| is_here(&e) && e.uidl.starts_with(' '));
        let gave_new_ids = knows_some && may_be_others && !there.iter().any(|m| ledger.contains_key(&m.uidl));
        let mut keys: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for entry in ledger.values().filter(is_here) {
            if let Some(hash) = &entry.header_hash {
                keys.entry(hash.clone()).or_default().push(entry.uidl.clone());
            }
        }
        let question = |m: &Listed| match ledger.get(&m.uidl).filter(|_| is_own(m)) {
            _ if !is_own(m) || gave_new_ids => Question::Which,
            Some(entry) => asked(entry, m.size, now),
            None => Question::New(m.uidl.clone()),
        };
        let questions = there.iter().map(|m| (m.number, question(m))).collect();
        let own = there.iter().filter(|m| is_own(m)).map(|m| m.number).collect();
        Maildrop {
            questions,
            fetched: HashSet::new(),
            own,
            there,
            verified: HashMap::new(),
            hashes: HashMap::new(),
            by_header: ByHeader { keys: keys.into_iter().collect(), used: HashMap::new() },
            is_anonymous,
        }
    }

    /// Looks at the headers that questions need, where the server shows headers alone.
    pub async fn look(&mut self, session: &mut Session, ledger: &Ledger, now: i64) -> Result<()> {
        if self.is_anonymous
            && let Some(mark) = Landmark::of(ledger, &self.there, now)
            && self.stands(session, &mark).await?
        {
            let passed = self.there.get(..mark.count).unwrap_or_default();
            for message in passed {
                self.questions.insert(message.number, Question::Known(String::new()));
            }
        }
        let needs_header = |q: &Question| matches!(q, Question::Same(..) | Question::Which);
        let numbers: Vec<u32> = self.questions.iter().filter(|(_, q)| needs_header(q)).map(|(n, _)| *n).collect();
        if numbers.is_empty() {
            return Ok(());
        }
        let mut seen = Vec::with_capacity(numbers.len());
        let take = |number, header: Result<&[u8]>| seen.extend(header.ok().map(|h| (number, header::hash(h))));
        match session.headers(&numbers, take).await {
            Ok(()) | Err(Error::Unsupported(_)) => {}
            Err(error) => return Err(error),
        }
        for (number, hash) in seen {
            let answer = self.answered(number, &hash);
            self.questions.insert(
                number,
                match answer {
                    Answer::Known(key) => Question::Known(key),
                    Answer::New(key) => Question::New(key),
                },
            );
        }
        Ok(())
    }

    /// Whether the landmark is where it was.
    async fn stands(&mut self, session: &mut Session, mark: &Landmark) -> Result<bool> {
        let hash = match session.top(mark.number, 0).await {
            Ok(header) => Some(header::hash(&header)),
            // Without TOP it must be fetched to be known: one message in the place of all.
            Err(Error::Unsupported(_) | Error::Refused { .. }) => by_whole(session, mark.number).await?,
            Err(error) => return Err(error),
        };
        let stands = hash.as_deref() == Some(&*mark.hash);
        self.hashes.extend(hash.map(|hash| (mark.number, hash)));
        Ok(stands)
    }

    /// Messages to fetch, the newest first: they have the highest numbers.
    pub fn wanted(&self) -> Vec<(u32, Option<u64>)> {
        let is_wanted = |m: &&Listed| !matches!(self.questions.get(&m.number), None | Some(Question::Known(_)));
        self.there.iter().rev().filter(is_wanted).map(|m| (m.number, m.size)).collect()
    }

    /// What a message is whose header was seen.
    pub fn answered(&mut self, number: u32, hash: &str) -> Answer {
        self.hashes.insert(number, hash.to_string());
        let uidl = self.listed(number).map(|m| m.uidl.clone()).unwrap_or_default();
        let answer = match self.questions.get(&number) {
            Some(Question::Same(key, known)) if known == hash => Answer::Known(key.clone()),
            // One id for two messages, one after the other: the old one is no longer there.
            Some(Question::Same(key, _) | Question::New(key)) => Answer::New(key.clone()),
            Some(Question::Known(key)) => Answer::Known(key.clone()),
            Some(Question::Which) | None => {
                let uidl = if self.is_anonymous { "" } else { &uidl };
                self.by_header.answer(uidl, hash)
            }
        };
        if let Answer::Known(key) = &answer {
            self.verified.insert(number, key.clone());
        }
        answer
    }

    /// A message is on its way to the disk, to be remembered under this key.
    pub fn fetched(&mut self, number: u32, key: &str) {
        self.fetched.insert(number);
        self.verified.insert(number, key.to_string());
    }

    /// Whether every message is known or was fetched.
    pub fn is_settled(&self) -> bool {
        self.there.iter().all(|m| {
            matches!(self.questions.get(&m.number), Some(Question::Known(_))) || self.verified.contains_key(&m.number)
        })
    }

    pub fn listed(&self, number: u32) -> Option<&Listed> {
        self.there.binary_search_by_key(&number, |m| m.number).ok().and_then(|at| self.there.get(at))
    }

    /// What the ledger must learn of messages that are here: a new size, a new id.
    pub fn changes(&self, ledger: &Ledger) -> Vec<LedgerEntry> {
        let mut changed = Vec::new();
        for message in self.there.iter().filter(|m| !self.fetched.contains(&m.number)) {
            let known = match self.questions.get(&message.number) {
                Some(Question::Known(key)) => Some(key),
                _ => self.verified.get(&message.number),
            };
            let Some(entry) = known.and_then(|key| ledger.get(key)) else { continue };
            let size = message.size.or(entry.size);
            if self.own.contains(&message.number) && !ledger.contains_key(&message.uidl) {
                changed.push(LedgerEntry { uidl: message.uidl.clone(), size, ..entry.clone() });
            } else if size != entry.size {
                changed.push(LedgerEntry { size, ..entry.clone() });
            }
        }
        changed
    }
}

/// The header's hash of a message that is fetched for this alone; none where the server does not give it.
async fn by_whole(session: &mut Session, number: u32) -> Result<Option<String>> {
    let spool = std::env::temp_dir();
    let (to, mut from) = tokio::sync::mpsc::channel(1);
    let fetching = async {
        let done = session.retrieve([(number, None)], RetrievePlan { window: 1, spool: &spool }, &to).await;
        drop(to);
        done
    };
    let (done, got) = tokio::join!(fetching, from.recv());
    done?;
    Ok(match got.map(|got| got.body) {
        Some(Ok(Body::Bytes(bytes))) => Some(header::hash(&bytes)),
        Some(Ok(Body::Spooled { file, .. })) => header::of_file(file.path()).ok().map(|(_, header)| header),
        _ => None,
    })
}

/// What is asked of a message whose id is in the ledger.
fn asked(entry: &LedgerEntry, size: Option<u64>, now: i64) -> Question {
    let key = entry.uidl.clone();
    let is_due = matches!(entry.state, LedgerState::RemoveAt(at) if at <= now);
    let has_other_size = size.zip(entry.size).is_some_and(|(there, here)| there != here);
    match (&entry.header_hash, entry.state) {
        (_, LedgerState::Known) => Question::New(key),
        (Some(hash), LedgerState::Removed) => Question::Same(key, hash.clone()),
        (Some(hash), _) if is_due || has_other_size => Question::Same(key, hash.clone()),
        // Without a header to compare it can only be fetched: what is here is not doubled.
        (None, _) if is_due || has_other_size || entry.state == LedgerState::Removed => Question::New(key),
        _ => Question::Known(key),
    }
}

#[cfg(test)]
#[path = "identity/tests.rs"]
mod tests;
