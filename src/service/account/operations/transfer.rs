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
            return self.moved(&target, &items, &arrived).await;
        }
        let arrived = self.copy_all(&source, &target, &mut items).await?;
        self.miss_absent(&source, &mut items, &arrived).await?;
        self.open(&source).await?;
        let seen = items.iter().filter_map(|i| i.number).filter(|uid| arrived.uids.contains_key(uid));
        self.remove_numbers(&seen.collect()).await?;
        self.verified(&target, items, &arrived).await
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
        self.verified(&target, items, &arrived).await
    }

    /// Of messages whose copies were not seen the originals stay, and it is tried again.
    async fn verified(&mut self, target: &StoredMailbox, items: Vec<Item>, arrived: &Arrived) -> Result<Vec<Outcome>> {
        let is_seen = |item: &Item| item.number.is_none_or(|uid| arrived.uids.contains_key(&uid));
        let seen: Vec<bool> = items.iter().map(is_seen).collect();
        let items: Vec<Item> = items.into_iter().filter(is_seen).collect();
        let mut moved = self.moved(target, &items, arrived).await?.into_iter();
        let outcome = |seen: bool| if seen { moved.next() } else { None };
        Ok(seen.into_iter().map(outcome).map(|outcome| outcome.unwrap_or_else(|| unseen(target))).collect())
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
        let again: Vec<&Item> = items.iter().filter(|i| i.again && i.number.is_some()).collect();
        let wanted: Vec<Wanted<'_>> = again.iter().map(|item| item.wanted()).collect();
        let found = self.search_all(target, &wanted).await?;
        for (item, found) in again.iter().zip(found) {
            arrived.uids.extend(item.number.zip(found));
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
        let mut new: HashMap<Option<String>, Vec<FetchedHeader>> = HashMap::new();
        headers.into_iter().for_each(|header| new.entry(identity::of(&header)).or_default().push(header));
        for item in items {
            let Some(number) = item.number.filter(|uid| !arrived.uids.contains_key(uid)) else { continue };
            let Some(same) = new.get_mut(&item.message_id) else { continue };
            let fits = |h: &FetchedHeader| h.size.is_none_or(|size| u64::from(size) == item.size);
            if let Some(at) = same.iter().position(fits) {
                arrived.uids.insert(number, same.swap_remove(at).uid);
            }
        }
        arrived.validity = Some(selected.uid_validity);
        Ok(())
    }

    /// The end of messages' way, as far as the server told.
    async fn moved(&mut self, target: &StoredMailbox, items: &[Item], arrived: &Arrived) -> Result<Vec<Outcome>> {
        let new = |item: &Item| item.number.and_then(|uid| arrived.uids.get(&uid)).copied();
        let told = |item: &Item| arrived.validity.and_then(|_| new(item)).map(|uid| (item.message, uid));
        if let Some(validity) = arrived.validity {
            self.placed_all(&items.iter().filter_map(told).collect::<Vec<_>>(), target, validity).await?;
        }
        // Where it moved and the server does not tell numbers, the synchronisation of the target will recognise it.
        let is_done = |item: &Item| told(item).is_some() || item.number.is_some() && !self.line.has("UIDPLUS");
        let done: Vec<bool> = items.iter().map(is_done).collect();
        // What was not in the source: an earlier try moved it, or another program took it away.
        let strays: Vec<&Item> = items.iter().zip(&done).filter(|(_, done)| !**done).map(|(item, _)| item).collect();
        let mut ends = self.strays(target, &strays).await?.into_iter();
        let end = |done: bool| if done { None } else { ends.next() };
        Ok(done.into_iter().map(end).map(|end| end.unwrap_or(Outcome::Done)).collect())
    }

    /// Messages that may be in the target already; if not, they are brought there.
    async fn strays(&mut self, target: &StoredMailbox, items: &[&Item]) -> Result<Vec<Outcome>> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let selected = self.open(target).await?;
        let wanted: Vec<Wanted<'_>> = items.iter().map(|item| item.wanted()).collect();
        let found = self.search_all(target, &wanted).await?;
        let there: Vec<(MessageId, Uid)> =
            items.iter().zip(&found).filter_map(|(item, uid)| Some((item.message, (*uid)?))).collect();
        self.placed_all(&there, target, selected.uid_validity).await?;
        let lost: Vec<&Item> = items.iter().zip(&found).filter(|(_, uid)| uid.is_none()).map(|(i, _)| *i).collect();
        let mut brought = self.bring_back(target, &lost).await?.into_iter();
        let end = |found: Option<Uid>| if found.is_some() { None } else { brought.next() };
        Ok(found.into_iter().map(end).map(|end| end.unwrap_or(Outcome::Done)).collect())
    }

    /// The server has the messages no longer, and they are still here: they go to where the person wants them.
    async fn bring_back(&mut self, target: &StoredMailbox, items: &[&Item]) -> Result<Vec<Outcome>> {
        if items.is_empty() {
            return Ok(Vec::new());
        }
        let messages: Vec<MessageId> = items.iter().map(|item| item.message).collect();
        let (account, path) = (self.worker.account().to_string(), target.meta.path.clone());
        let queued = self
            .worker
            .shared
            .change(move |store| {
                let (mut queued, mut new) = (Vec::with_capacity(messages.len()), Vec::new());
                for message in messages {
                    let located = store.locate(message)?.filter(|l| l.uid.is_none() && !l.held);
                    let is_known_by_its_id = located.as_ref().is_none_or(|l| l.message_id.is_some());
                    queued.push(is_known_by_its_id);
                    if let Some(located) = located.filter(|_| is_known_by_its_id) {
                        let kind = OpKind::Append { message, mailbox: path.clone(), flags: located.flags };
                        new.push(NewOperation { account: account.clone(), kind, not_before: 0, group: 0 });
                    }
                }
                if !new.is_empty() {
                    let group = store.operations().new_group()?;
                    new.iter_mut().for_each(|operation| operation.group = group);
                    store.operations().enqueue(&new)?;
                }
                Ok(queued)
            })
            .await?;
        let outcome = |(item, queued): (&&Item, bool)| {
            if queued {
                return Outcome::Done;
            }
            let what = format!("{} ({})", target.meta.path, item.message);
            Outcome::Never(Problem::new(
                ProblemKind::NotFound { what },
                "it is no longer on the server, and is kept here",
            ))
        };
        Ok(items.iter().zip(queued).map(outcome).collect())
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
    let kind = ProblemKind::NotStored { mailbox: target.meta.path.to_string() };
    Outcome::Later(Problem::new(kind, "the original stays"))
}

/// STATUS of a mailbox that does not exist is refused without any code by many servers.
fn is_absent(error: &Error) -> bool {
    matches!(error, Error::Refused { .. })
}
