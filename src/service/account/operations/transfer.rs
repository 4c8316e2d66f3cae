//! Messages moved and copied. By MOVE where the server has it; else copied, the copy seen, and only then
//! the original marked and removed (architecture, invariant 4).

use super::find::Wanted;
use super::{Executor, Outcome, wants_creation};
use crate::mail::ids::MessageId;
use crate::mail::mailbox::MailboxPath;
use crate::mail::uid::{Uid, UidValidity};
use crate::protocol::Error;
use crate::protocol::imap::{Copied, FetchedHeader, UidSet};
use crate::service::account::identity;
use crate::service::account::line::wire_name;
use crate::service::problem::{Problem, ProblemKind};
use crate::service::state::Result;
use crate::storage::{NewOperation, OpKind, Operation, ServerUid, StoredMailbox};
use std::collections::{HashMap, HashSet};

/// A message on its way.
struct Item {
    /// The message here that is to have the new number.
    message: MessageId,
    /// The message whose number in the source is wanted.
    source: MessageId,
    message_id: Option<String>,
    size: u64,
    uid: ServerUid,
    /// It may have been tried before.
    again: bool,
    /// Where it is in the source now.
    number: Option<Uid>,
}

/// Where messages arrived: by number in the source.
#[derive(Default)]
struct Arrived {
    validity: Option<UidValidity>,
    uids: HashMap<Uid, Uid>,
}

impl Executor<'_> {
    pub(super) async fn move_group(
        &mut self,
        group: &[Operation],
        from: &MailboxPath,
        to: &MailboxPath,
    ) -> Result<Vec<Outcome>> {
        let (source, target) = (self.mailbox(from).await?, self.mailbox(to).await?);
        let mut items = items(group);
        self.locate_all(&source, &mut items).await?;
        if self.line.has("MOVE") {
            let arrived = self.move_all(&source, &target, &items).await?;
            let mut outcomes = Vec::new();
            for item in &items {
                outcomes.push(self.moved(&target, item, &arrived).await?);
            }
            return Ok(outcomes);
        }
        let arrived = self.copy_all(&source, &target, &mut items).await?;
        self.miss_absent(&source, &mut items, &arrived).await?;
        self.open(&source).await?;
        let seen = items.iter().filter_map(|i| i.number).filter(|uid| arrived.uids.contains_key(uid));
        self.remove_numbers(&seen.collect()).await?;
        let mut outcomes = Vec::new();
        for item in &items {
            let verified = item.number.is_none_or(|uid| arrived.uids.contains_key(&uid));
            outcomes.push(if verified { self.moved(&target, item, &arrived).await? } else { unseen(&target) });
        }
        Ok(outcomes)
    }

    pub(super) async fn copy_group(
        &mut self,
        group: &[Operation],
        from: &MailboxPath,
        to: &MailboxPath,
    ) -> Result<Vec<Outcome>> {
        let (source, target) = (self.mailbox(from).await?, self.mailbox(to).await?);
        let mut items = items(group);
        self.locate_all(&source, &mut items).await?;
        let arrived = self.copy_all(&source, &target, &mut items).await?;
        self.miss_absent(&source, &mut items, &arrived).await?;
        let mut outcomes = Vec::new();
        for item in &items {
            let verified = item.number.is_none_or(|uid| arrived.uids.contains_key(&uid));
            outcomes.push(if verified { self.moved(&target, item, &arrived).await? } else { unseen(&target) });
        }
        Ok(outcomes)
    }

    /// Opens the source and finds each message in it.
    async fn locate_all(&mut self, source: &StoredMailbox, items: &mut [Item]) -> Result<()> {
        let selected = self.open(source).await?;
        for item in items.iter_mut() {
            let wanted =
                Wanted { message: item.source, uid: item.uid, message_id: item.message_id.as_deref(), size: item.size };
            item.number = self.number(source, selected.uid_validity, &wanted).await?;
        }
        Ok(())
    }

    async fn move_all(&mut self, source: &StoredMailbox, target: &StoredMailbox, items: &[Item]) -> Result<Arrived> {
        let set: UidSet = items.iter().filter_map(|i| i.number).collect();
        if set.is_empty() {
            return Ok(Arrived::default());
        }
        let copied = match self.line.session.move_messages(&set, &wire_name(&target.meta)).await {
            Err(error) if wants_creation(&error) => {
                let name = self.created(target, source).await?;
                self.line.session.move_messages(&set, &name).await
            }
            result => result,
        };
        copied.map(Arrived::from).map_err(|e| self.problem(e))
    }

    /// Makes the target and opens the source again.
    async fn created(
        &mut self,
        target: &StoredMailbox,
        source: &StoredMailbox,
    ) -> Result<crate::protocol::imap::MailboxName> {
        self.make_unless_renamed(target).await?;
        let made = self.again(target).await?;
        self.open(source).await?;
        Ok(wire_name(&made.meta))
    }

    /// Copies what is not seen in the target yet, and looks for the copies. Of what the result does not
    /// name, no copy was seen.
    async fn copy_all(
        &mut self,
        source: &StoredMailbox,
        target: &StoredMailbox,
        items: &mut [Item],
    ) -> Result<Arrived> {
        let mut arrived = Arrived::default();
        if items.iter().any(|i| i.again && i.message_id.is_some()) {
            self.find_copies(target, items, &mut arrived).await?;
        }
        let set: UidSet = items.iter().filter_map(|i| i.number).filter(|u| !arrived.uids.contains_key(u)).collect();
        if set.is_empty() {
            return Ok(arrived);
        }
        let name = wire_name(&target.meta);
        let before = match self.line.session.status(&name).await {
            Err(error) if is_absent(&error) => {
                self.make_unless_renamed(target).await?;
                None
            }
            result => result.map_err(|e| self.problem(e))?.uid_next,
        };
        let name = wire_name(&self.again(target).await?.meta);
        self.open(source).await?;
        let copied = self.line.session.copy_messages(&set, &name).await.map_err(|e| self.problem(e))?;
        match copied {
            Some(copied) => {
                let told = Arrived::from(Some(copied));
                arrived.validity = told.validity;
                arrived.uids.extend(told.uids);
            }
            None => self.see_copies(target, before, items, &mut arrived).await?,
        }
        Ok(arrived)
    }

    /// What was not copied may be gone from the source: then its number says nothing any more.
    async fn miss_absent(&mut self, source: &StoredMailbox, items: &mut [Item], arrived: &Arrived) -> Result<()> {
        let unseen = |item: &Item| item.number.filter(|uid| !arrived.uids.contains_key(uid));
        let set: UidSet = items.iter().filter_map(unseen).collect();
        if set.is_empty() {
            return Ok(());
        }
        self.open(source).await?;
        // Lets the server notice what went meanwhile.
        self.line.session.noop().await.map_err(|e| self.problem(e))?;
        let mut there: HashSet<Uid> = HashSet::new();
        let asked = self.line.session.fetch_flags(&set, None, |answer| there.extend([answer.uid])).await;
        asked.map_err(|e| self.problem(e))?;
        for item in items.iter_mut().filter(|item| unseen(item).is_some_and(|uid| !there.contains(&uid))) {
            item.number = None;
        }
        Ok(())
    }

    /// Copies that an earlier try has left in the target: with the Message-ID and size, and not known here as others.
    async fn find_copies(&mut self, target: &StoredMailbox, items: &[Item], arrived: &mut Arrived) -> Result<()> {
        let selected = self.open(target).await?;
        let mut taken: HashSet<Uid> = HashSet::new();
        for item in items.iter().filter(|i| i.again) {
            let Some(number) = item.number else { continue };
            let found = self.search(target, &item.wanted()).await?;
            if let Some(uid) = found.into_iter().find(|uid| taken.insert(*uid)) {
                arrived.uids.insert(number, uid);
            }
        }
        arrived.validity = Some(selected.uid_validity);
        Ok(())
    }

    /// The server did not tell where its copies are: they are among what is new in the target.
    async fn see_copies(
        &mut self,
        target: &StoredMailbox,
        before: Option<Uid>,
        items: &[Item],
        arrived: &mut Arrived,
    ) -> Result<()> {
        let target = self.again(target).await?;
        let opened = self.line.select(&wire_name(&target.meta)).await;
        let selected = opened.map_err(|e| self.problem(e))?;
        let mut headers: Vec<FetchedHeader> = Vec::new();
        if selected.exists > 0 {
            let since = UidSet::since(before.unwrap_or(Uid(1)));
            let fetched = self.line.session.fetch_headers(&since, |h| headers.push(h)).await;
            fetched.map_err(|e| self.problem(e))?;
        }
        headers.retain(|h| before.is_none_or(|before| h.uid >= before));
        for item in items {
            let Some(number) = item.number.filter(|uid| !arrived.uids.contains_key(uid)) else { continue };
            let same = |h: &FetchedHeader| {
                identity::of(h) == item.message_id && h.size.is_none_or(|size| u64::from(size) == item.size)
            };
            if let Some(at) = headers.iter().position(same) {
                arrived.uids.insert(number, headers.swap_remove(at).uid);
            }
        }
        arrived.validity = Some(selected.uid_validity);
        Ok(())
    }

    /// The end of one message's way, as far as the server told.
    async fn moved(&mut self, target: &StoredMailbox, item: &Item, arrived: &Arrived) -> Result<Outcome> {
        let new = item.number.and_then(|uid| arrived.uids.get(&uid)).copied();
        if let (Some(validity), Some(uid)) = (arrived.validity, new) {
            self.placed(item.message, target, validity, uid).await?;
            return Ok(Outcome::Done);
        }
        if item.number.is_some() && !self.line.has("UIDPLUS") {
            // It moved, and the synchronisation of the target will recognise it.
            return Ok(Outcome::Done);
        }
        // It was not in the source: an earlier try moved it, or another program took it away.
        let selected = self.open(target).await?;
        if let Some(uid) = self.search(target, &item.wanted()).await?.last().copied() {
            self.placed(item.message, target, selected.uid_validity, uid).await?;
            return Ok(Outcome::Done);
        }
        self.bring_back(target, item).await
    }

    /// The server has the message no longer, and it is still here: it goes to where the person wants it.
    async fn bring_back(&mut self, target: &StoredMailbox, item: &Item) -> Result<Outcome> {
        let (message, account, path) = (item.message, self.worker.account().to_string(), target.meta.path.clone());
        let queued = self
            .worker
            .shared
            .change(move |store| {
                let Some(located) = store.locate(message)?.filter(|l| l.uid.is_none() && !l.held) else {
                    return Ok(true);
                };
                if located.message_id.is_none() {
                    return Ok(false);
                }
                let group = store.operations().new_group()?;
                let kind = OpKind::Append { message, mailbox: path, flags: located.flags };
                store.operations().enqueue(&[NewOperation { account, kind, not_before: 0, group }])?;
                Ok(true)
            })
            .await?;
        if queued {
            return Ok(Outcome::Done);
        }
        let what = format!("{} ({})", target.meta.path, item.message);
        let problem = Problem::new(ProblemKind::NotFound { what }, "it is no longer on the server, and is kept here");
        Ok(Outcome::Never(problem))
    }
}

impl Item {
    fn wanted(&self) -> Wanted<'_> {
        let message_id = self.message_id.as_deref();
        Wanted { message: self.message, uid: None, message_id, size: self.size }
    }
}

impl From<Option<Copied>> for Arrived {
    fn from(copied: Option<Copied>) -> Arrived {
        let validity = copied.as_ref().map(|c| c.validity);
        Arrived { validity, uids: copied.into_iter().flat_map(|c| c.pairs).collect() }
    }
}

fn items(group: &[Operation]) -> Vec<Item> {
    let item = |operation: &Operation| {
        let again = operation.attempts > 0;
        match operation.kind.clone() {
            OpKind::Move { message, message_id, size, uid, .. } => {
                Some(Item { message, source: message, message_id, size, uid, again, number: None })
            }
            OpKind::Copy { message, source, message_id, size, uid, .. } => {
                Some(Item { message, source, message_id, size, uid, again, number: None })
            }
            _ => None,
        }
    };
    group.iter().filter_map(item).collect()
}

fn unseen(target: &StoredMailbox) -> Outcome {
    let kind = ProblemKind::Refused { server: String::new(), reply: String::new() };
    Outcome::Later(Problem::new(kind, format!("the copy was not seen in {}; the original stays", target.meta.path)))
}

/// STATUS of a mailbox that does not exist is refused without any code by many servers.
fn is_absent(error: &Error) -> bool {
    matches!(error, Error::Refused { .. })
}
