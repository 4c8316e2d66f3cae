//! What every change of stored messages and mailboxes needs: which accounts have a server that must hear of it, one
//! place where operations, inverse and touched mailboxes gather, and how they meet what waits already.
//!
//! A change prepares itself, [records](Change::record) itself, and is shown then. What waits is coalesced with it
//! ([`crate::storage::coalesce`]); while that is done the rows concerned are claimed, so that no connection takes them.

use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mailbox::MailboxPath;
use crate::service::command::{Receipt, UndoToken};
use crate::service::event::Event;
use crate::service::model::Protocol;
use crate::service::state::{AccountState, Result, Shared, locked};
use crate::service::undo::Inverse;
use crate::storage::{self, Home, Merged, NewOperation, OpId, OpKind, Operation, Store, Wish, coalesce};
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

/// Messages that are shown in their new places together: others may change the store in between.
const BATCH: usize = 1000;
/// More messages than this, and the whole queue is read rather than what concerns each.
const FEW: usize = 500;

/// A command in the making.
pub(in crate::service) struct Change<'a> {
    pub store: &'a Store,
    states: BTreeMap<String, Arc<AccountState>>,
    pub now: i64,
    wishes: Vec<Wish>,
    /// Operations taken out of the queue.
    cancelled: Vec<OpId>,
    claims: Claims,
    /// The inverse that this change is.
    pub takes: Option<i64>,
    pub inverse: Inverse,
    pub touched: BTreeSet<MailboxId>,
    /// Accounts whose queue changes.
    queues: BTreeSet<String>,
    pub count: usize,
}

/// Operations that nobody else may touch meanwhile; free again when this goes.
#[derive(Default)]
struct Claims(Vec<(Arc<AccountState>, OpId)>);

impl Drop for Claims {
    fn drop(&mut self) {
        for (state, id) in &self.0 {
            locked(&state.in_flight).remove(id);
        }
    }
}

/// What is left to be told when a change is done.
struct Done {
    touched: BTreeSet<MailboxId>,
    accounts: BTreeSet<String>,
    queues: BTreeSet<String>,
    receipt: Receipt,
}

/// What is shown once a change is recorded.
#[derive(Default)]
pub(in crate::service) struct Effects {
    pub flags: Vec<(MessageId, Flags)>,
    pub moves: BTreeMap<MailboxId, Vec<MessageId>>,
    /// Messages that are copied to each mailbox.
    pub copies: BTreeMap<MailboxId, Vec<MessageId>>,
    pub hold: Vec<MessageId>,
    pub unhold: Vec<MessageId>,
    /// Held ones that go for good.
    pub drop: Vec<MessageId>,
}

impl Effects {
    pub fn show(&self, store: &Store) -> storage::Result<()> {
        let batches =
            |ids: &[MessageId], act: &dyn Fn(&[MessageId]) -> storage::Result<()>| ids.chunks(BATCH).try_for_each(act);
        batches(&self.unhold, &|ids| store.unhold(ids))?;
        for (target, ids) in &self.copies {
            batches(ids, &|ids| store.copy_local(ids, *target).map(drop))?;
        }
        for (target, ids) in &self.moves {
            batches(ids, &|ids| store.move_local(ids, *target))?;
        }
        self.flags.chunks(BATCH).try_for_each(|flags| store.set_local_flags(flags))?;
        batches(&self.hold, &|ids| store.hold(ids))?;
        batches(&self.drop, &|ids| store.drop_held(ids))
    }
}

impl Change<'_> {
    pub fn is_imap(&self, account: &str) -> bool {
        self.states.get(account).is_some_and(|state| state.account.incoming.protocol == Protocol::Imap)
    }
    /// Wishes something of an account's server; the value names it to [`Change::queue_after`].
    pub fn queue(&mut self, account: &str, kind: OpKind) -> usize {
        self.queue_at(account, kind, 0)
    }
    /// Not before this Unix time.
    pub fn queue_at(&mut self, account: &str, kind: OpKind, not_before: i64) -> usize {
        let new = NewOperation { account: account.to_string(), kind, not_before, group: 0 };
        self.wishes.push(Wish { new, after: None });
        self.wishes.len().saturating_sub(1)
    }
    /// Only when another wish of this change has been carried out.
    pub fn queue_after(&mut self, account: &str, kind: OpKind, after: Option<usize>) {
        let at = self.queue(account, kind);
        if let Some(wish) = self.wishes.get_mut(at) {
            wish.after = after;
        }
    }

    /// Takes a waiting operation out of the queue with this change; false where it is under way.
    pub fn cancel(&mut self, operation: &Operation) -> bool {
        let Some(state) = self.states.get(&operation.account) else { return false };
        if !locked(&state.in_flight).insert(operation.id) {
            return false;
        }
        self.claims.0.push((state.clone(), operation.id));
        self.cancelled.push(operation.id);
        self.queues.insert(operation.account.clone());
        true
    }

    /// Makes operations and inverse durable: after this the change may be shown.
    pub fn record(&mut self) -> storage::Result<Option<UndoToken>> {
        let is_nothing = self.wishes.is_empty() && self.cancelled.is_empty() && self.takes.is_none();
        if is_nothing && self.inverse.is_empty() {
            return Ok(None);
        }
        let queue = self.store.operations();
        let group = queue.new_group()?;
        let mut wishes = std::mem::take(&mut self.wishes);
        wishes.iter_mut().for_each(|wish| wish.new.group = group);
        self.queues.extend(wishes.iter().map(|wish| wish.new.account.clone()));
        let mut merged = self.plan(wishes)?;
        merged.dropped.append(&mut self.cancelled);
        self.go_home(&merged)?;
        self.inverse.count = self.count as u64;
        let json = match self.inverse.is_empty() {
            true => None,
            false => Some(serde_json::to_string(&self.inverse).map_err(|e| storage::Error::Invalid(e.to_string()))?),
        };
        let token = queue.apply(&merged, group, json.as_deref(), self.takes)?;
        self.claims = Claims::default();
        Ok(token.map(UndoToken))
    }

    /// How the wishes meet what waits. What will be touched is claimed.
    fn plan(&mut self, wishes: Vec<Wish>) -> storage::Result<Merged> {
        let folders = wishes.iter().any(|wish| wish.new.kind.message().is_none());
        let messages: BTreeSet<MessageId> = wishes.iter().flat_map(|wish| wish.new.kind.messages()).collect();
        let mut guards: BTreeMap<&str, _> =
            self.states.iter().map(|(name, state)| (name.as_str(), locked(&state.in_flight))).collect();
        let queue = self.store.operations();
        let waiting = if folders || messages.len() > FEW {
            queue.pending(None)?
        } else {
            queue.concerning(&messages.into_iter().collect::<Vec<_>>())?
        };
        let accounts: HashMap<OpId, String> = waiting.iter().map(|op| (op.id, op.account.clone())).collect();
        let untouchable: HashSet<OpId> = guards.values().flat_map(|ids| ids.iter().copied()).collect();
        let merged = coalesce(waiting, &untouchable, wishes);
        for id in merged.replaced.iter().map(|(id, _)| id).chain(&merged.dropped) {
            let Some(account) = accounts.get(id) else { continue };
            if let (Some(guard), Some(state)) = (guards.get_mut(account.as_str()), self.states.get(account))
                && guard.insert(*id)
            {
                self.claims.0.push((state.clone(), *id));
            }
        }
        Ok(merged)
    }

    /// Messages whose moves cancelled out go back, with the numbers that they never lost, before the moves go from
    /// the queue: whatever happens in between, both sides mean the same.
    fn go_home(&self, merged: &Merged) -> storage::Result<()> {
        let mut homes: BTreeMap<(&str, &MailboxPath), Vec<&Home>> = BTreeMap::new();
        for home in &merged.home {
            homes.entry((&home.account, &home.mailbox)).or_default().push(home);
        }
        for ((account, path), homes) in homes {
            let Some(mailbox) = self.store.find_mailbox(account, path)? else { continue };
            for homes in homes.chunks(BATCH) {
                let (mut ids, mut numbers) = (Vec::with_capacity(homes.len()), BTreeMap::<_, Vec<_>>::new());
                for home in homes {
                    let Some(located) = self.store.locate(home.message)?.filter(|l| l.uid.is_none()) else { continue };
                    ids.push(home.message);
                    if let Some((validity, uid)) = home.uid.filter(|(v, _)| mailbox.state.uid_validity == Some(*v)) {
                        numbers.entry(validity).or_default().push((home.message, uid, located.server_flags));
                    }
                }
                self.store.move_local(&ids, mailbox.id)?;
                for (validity, numbers) in numbers {
                    self.store.adopt_all(mailbox.id, validity, &numbers)?;
                }
            }
        }
        Ok(())
    }
}

/// Makes a change, alone among all changes; `work` prepares it, records it, and then shows it.
pub(in crate::service) async fn change(
    shared: &Arc<Shared>,
    work: impl FnOnce(&mut Change<'_>) -> storage::Result<Option<UndoToken>> + Send + 'static,
) -> Result<Receipt> {
    let states: BTreeMap<String, Arc<AccountState>> =
        shared.all_accounts().into_iter().map(|state| (state.name().to_string(), state)).collect();
    let now = shared.now();
    let done = shared
        .change(move |store| {
            let mut change = Change {
                store,
                states,
                now,
                wishes: Vec::new(),
                cancelled: Vec::new(),
                claims: Claims::default(),
                takes: None,
                inverse: Inverse::default(),
                touched: BTreeSet::new(),
                queues: BTreeSet::new(),
                count: 0,
            };
            let undo = work(&mut change)?;
            let mut accounts = change.queues.clone();
            for id in &change.touched {
                accounts.extend(store.mailbox(*id)?.map(|m| m.account));
            }
            let receipt = Receipt { undo, count: change.count, ..Receipt::default() };
            let Change { touched, queues, .. } = change;
            Ok(Done { touched, accounts, queues, receipt })
        })
        .await?;
    done.touched.iter().for_each(|id| shared.emit(Event::Mailbox { id: *id }));
    for account in &done.accounts {
        shared.emit(Event::Mailboxes { account: account.clone() });
        if let Ok(state) = shared.owner(account) {
            state.work.notify_one();
        }
    }
    for account in done.queues {
        shared.emit(Event::Queue { account });
    }
    Ok(done.receipt)
}
