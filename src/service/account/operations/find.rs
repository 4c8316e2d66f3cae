//! Where a message is on the server: by the number that it was known by, or by Message-ID.

use super::super::identity;
use super::super::line::wire_name;
use super::{Executor, wants_creation};
use crate::mail::ids::MessageId;
use crate::mail::mailbox::MailboxPath;
use crate::mail::uid::{Uid, UidValidity};
use crate::protocol::imap::{FetchedHeader, MailboxName, Selected, UidSet};
use crate::service::problem::{Problem, ProblemKind};
use crate::service::state::{Result, locked};
use crate::storage::{OpKind, ServerUid, Store, StoredMailbox};
use std::collections::{HashMap, HashSet};
use std::sync::atomic::Ordering;

/// A message that is looked for.
pub(super) struct Wanted<'a> {
    pub message: MessageId,
    pub uid: ServerUid,
    /// Without angle brackets.
    pub message_id: Option<&'a str>,
    /// Of its bytes; 0 where unknown.
    pub size: u64,
}

impl Executor<'_> {
    /// Opens a mailbox, making it on the server where it is only known here.
    pub(super) async fn open(&mut self, mailbox: &StoredMailbox) -> Result<Selected> {
        let name = wire_name(&mailbox.meta);
        self.line.follow_names(self.worker.state.names.load(Ordering::SeqCst));
        match self.line.ensure_selected(&name).await {
            Err(error) if wants_creation(&error) => {
                self.make_unless_renamed(mailbox).await?;
                let name = wire_name(&self.again(mailbox).await?.meta);
                self.line.select(&name).await.map_err(|e| self.problem(e))
            }
            result => result.map_err(|e| self.problem(e)),
        }
    }

    /// The message's number in the mailbox, which is open.
    pub(super) async fn number(
        &mut self,
        mailbox: &StoredMailbox,
        validity: UidValidity,
        wanted: &Wanted<'_>,
    ) -> Result<Option<Uid>> {
        let current = |uid: ServerUid| uid.filter(|(v, _)| *v == validity).map(|(_, uid)| uid);
        if let Some(uid) = current(wanted.uid) {
            return Ok(Some(uid));
        }
        let known = locked(&self.worker.state.placed).get(&(wanted.message, mailbox.id)).copied();
        if let Some(uid) = current(known) {
            return Ok(Some(uid));
        }
        let message = wanted.message;
        let located = self.worker.shared.db(move |store| store.locate(message)).await?;
        let here = located.as_ref().filter(|l| l.mailbox == mailbox.id);
        if let Some(uid) = here.and_then(|l| current(l.uid)) {
            return Ok(Some(uid));
        }
        let message_id = wanted.message_id.map(String::from).or_else(|| located.and_then(|l| l.message_id));
        let wanted = Wanted { message_id: message_id.as_deref(), ..*wanted };
        Ok(self.search(mailbox, &wanted).await?.last().copied())
    }

    /// Messages of the open mailbox with this Message-ID (and this size, where it is known) that are not
    /// known here as other messages; oldest first.
    pub(super) async fn search(&mut self, mailbox: &StoredMailbox, wanted: &Wanted<'_>) -> Result<Vec<Uid>> {
        let Some(message_id) = wanted.message_id else { return Ok(Vec::new()) };
        let found = self.line.session.search_message_id(message_id).await.map_err(|e| self.problem(e))?;
        if found.is_empty() {
            return Ok(found);
        }
        let (id, message) = (mailbox.id, wanted.message);
        let known = self.worker.shared.db(move |store| store.known(id)).await?;
        let others: HashSet<Uid> = known.into_iter().filter(|k| k.id != message).filter_map(|k| k.uid).collect();
        let set: UidSet = found.into_iter().filter(|uid| !others.contains(uid)).collect();
        if set.is_empty() {
            return Ok(Vec::new());
        }
        // SEARCH finds parts of words; only the whole Message-ID is meant.
        let mut headers: Vec<FetchedHeader> = Vec::new();
        let fetched = self.line.session.fetch_headers(&set, |h| headers.push(h)).await;
        fetched.map_err(|e| self.problem(e))?;
        let fits = |h: &FetchedHeader| {
            identity::of(h).as_deref() == Some(message_id)
                && (wanted.size == 0 || h.size.is_none_or(|size| u64::from(size) == wanted.size))
        };
        let mut uids: Vec<Uid> = headers.iter().filter(|h| fits(h)).map(|h| h.uid).collect();
        uids.sort_unstable();
        uids.dedup();
        Ok(uids)
    }

    /// The same for many messages, each found in another number: by itself where there are few; else all that is not
    /// known here is looked at once, for a search for each would take longer.
    pub(super) async fn search_all(
        &mut self,
        mailbox: &StoredMailbox,
        wanted: &[Wanted<'_>],
    ) -> Result<Vec<Option<Uid>>> {
        /// More than these are not searched one by one.
        const FEW: usize = 8;
        let mut found = Vec::with_capacity(wanted.len());
        let mut taken: HashSet<Uid> = HashSet::new();
        if wanted.len() <= FEW {
            for one in wanted {
                let all = self.search(mailbox, one).await?;
                found.push(all.into_iter().rev().find(|uid| taken.insert(*uid)));
            }
            return Ok(found);
        }
        let (id, own) = (mailbox.id, wanted.iter().map(|w| w.message).collect::<HashSet<_>>());
        let known = self.worker.shared.db(move |store| store.known(id)).await?;
        let others: HashSet<Uid> = known.into_iter().filter(|k| !own.contains(&k.id)).filter_map(|k| k.uid).collect();
        let there = self.line.session.search_all().await.map_err(|e| self.problem(e))?;
        let set: UidSet = there.into_iter().filter(|uid| !others.contains(uid)).collect();
        let ids: HashSet<&str> = wanted.iter().filter_map(|w| w.message_id).collect();
        let mut candidates: HashMap<String, Vec<(Uid, Option<u32>)>> = HashMap::new();
        if !set.is_empty() && !ids.is_empty() {
            let mut keep = |header: FetchedHeader| {
                if let Some(message_id) = identity::of(&header).filter(|id| ids.contains(id.as_str())) {
                    candidates.entry(message_id).or_default().push((header.uid, header.size));
                }
            };
            let fetched = self.line.session.fetch_headers(&set, &mut keep).await;
            fetched.map_err(|e| self.problem(e))?;
        }
        candidates.values_mut().for_each(|all| all.sort_unstable());
        for one in wanted {
            let all = one.message_id.and_then(|id| candidates.get(id)).map(Vec::as_slice).unwrap_or_default();
            let fits = |size: Option<u32>| one.size == 0 || size.is_none_or(|size| u64::from(size) == one.size);
            let newest = all.iter().rev().find(|(uid, size)| fits(*size) && !taken.contains(uid)).map(|(uid, _)| *uid);
            taken.extend(newest);
            found.push(newest);
        }
        Ok(found)
    }

    /// Remembers the number that a message has in a mailbox, in the index where it still lies there.
    pub(super) async fn placed(
        &mut self,
        message: MessageId,
        mailbox: &StoredMailbox,
        validity: UidValidity,
        uid: Uid,
    ) -> Result<()> {
        self.placed_all(&[(message, uid)], mailbox, validity).await
    }

    /// The same for many, together.
    pub(super) async fn placed_all(
        &mut self,
        placed: &[(MessageId, Uid)],
        mailbox: &StoredMailbox,
        validity: UidValidity,
    ) -> Result<()> {
        if placed.is_empty() {
            return Ok(());
        }
        let (id, known_validity) = (mailbox.id, mailbox.state.uid_validity);
        locked(&self.worker.state.placed)
            .extend(placed.iter().map(|(message, uid)| ((*message, mailbox.id), (validity, *uid))));
        // A mailbox that was renumbered, or never seen, is sorted out by its synchronisation.
        if known_validity.is_some_and(|known| known != validity) {
            return Ok(());
        }
        let (path, placed) = (mailbox.meta.path.clone(), placed.to_vec());
        self.worker
            .shared
            .change(move |store| {
                let (mut numbers, mut late) = (Vec::with_capacity(placed.len()), Vec::new());
                for (message, uid) in placed {
                    let Some(located) = store.locate(message)?.filter(|l| !l.held) else { continue };
                    if located.mailbox != id {
                        // A crash kept it from being shown where it was wanted; it is there now, unless it is to go on.
                        if !ends_in(store, message, &path)? {
                            continue;
                        }
                        late.push(message);
                    } else if located.uid.is_some() {
                        continue;
                    }
                    numbers.push((message, uid, None));
                }
                if !late.is_empty() {
                    store.move_local(&late, id)?;
                }
                super::super::adopt::give_numbers(store, id, validity, &numbers)
            })
            .await
    }

    /// Makes a mailbox that the server does not have. One that it had may have been renamed by another program: then
    /// the operations that name it follow, and this one ends as naming what is not there.
    pub(super) async fn make_unless_renamed(&mut self, mailbox: &StoredMailbox) -> Result<()> {
        if mailbox.state.uid_validity.is_some() {
            super::super::mailboxes::refresh(self.worker, self.line).await?;
            let now = self.again(mailbox).await?;
            if now.meta.path != mailbox.meta.path {
                return Err(Problem::not_found(mailbox.meta.path.to_string()));
            }
        }
        self.create(&mailbox.meta.path).await
    }

    /// Makes a mailbox on the server; one that is there already is fine, and one that nobody knows any more.
    pub(super) async fn create(&mut self, path: &MailboxPath) -> Result<()> {
        let account = self.worker.account().to_string();
        let mut stored = match self.mailbox(path).await {
            Err(problem) if matches!(problem.kind, ProblemKind::NotFound { .. }) => return Ok(()),
            found => found?,
        };
        let mut delimiter = stored.meta.delimiter;
        if delimiter.is_none() {
            let all = self.worker.shared.db(move |store| store.mailboxes(Some(&account))).await?;
            delimiter = all.iter().find_map(|m| m.meta.delimiter);
        }
        if delimiter.is_none() {
            let listing = self.line.session.list().await.map_err(|e| self.problem(e))?;
            delimiter = listing.mailboxes.iter().find_map(|m| m.delimiter);
        }
        let name = MailboxName::from_path(path, delimiter);
        match self.line.session.create(&name).await {
            Ok(()) => {}
            Err(error) if self.line.session.is_broken() => return Err(self.problem(error)),
            Err(error) => {
                let listing = self.line.session.list().await.map_err(|e| self.problem(e))?;
                if !listing.mailboxes.iter().any(|m| m.name == name) {
                    return Err(self.problem(error));
                }
            }
        }
        stored.meta.server_name = name.0;
        stored.meta.delimiter = delimiter;
        let account = self.worker.account().to_string();
        self.worker.shared.db(move |store| store.ensure_mailbox(&account, &stored.meta)).await?;
        Ok(())
    }
}

/// Whether what is queued leaves a message in this mailbox in the end.
fn ends_in(store: &Store, message: MessageId, path: &MailboxPath) -> crate::storage::Result<bool> {
    let waiting = store.operations().concerning(&[message])?;
    let last = waiting.iter().rev().find_map(|op| match &op.kind {
        OpKind::Move { to, .. } | OpKind::Append { mailbox: to, .. } => Some(to == path),
        OpKind::Expunge { .. } => Some(false),
        _ => None,
    });
    Ok(last.unwrap_or(false))
}
