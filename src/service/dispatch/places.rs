//! What every change of stored messages needs: which accounts have a server that must hear of it, and
//! one place where operations, inverse and touched mailboxes gather.

use crate::mail::ids::MailboxId;
use crate::service::command::{Receipt, UndoToken};
use crate::service::event::Event;
use crate::service::model::Protocol;
use crate::service::state::{Result, Shared};
use crate::service::undo::Inverse;
use crate::storage::{self, NewOperation, OpKind, Store};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

/// A command in the making.
pub(super) struct Change<'a> {
    pub store: &'a Store,
    /// Whether each account's mailboxes are on a server.
    imap: BTreeMap<String, bool>,
    pub now: i64,
    operations: Vec<(String, OpKind, i64)>,
    pub inverse: Inverse,
    pub touched: BTreeSet<MailboxId>,
    pub count: usize,
}

/// What is left to be told when a change is done.
pub(super) struct Done {
    touched: BTreeSet<MailboxId>,
    accounts: BTreeSet<String>,
    receipt: Receipt,
}

impl Change<'_> {
    pub fn is_imap(&self, account: &str) -> bool {
        self.imap.get(account).copied().unwrap_or(false)
    }
    pub fn queue(&mut self, account: &str, kind: OpKind) {
        self.queue_at(account, kind, 0);
    }
    /// Not before this Unix time.
    pub fn queue_at(&mut self, account: &str, kind: OpKind, not_before: i64) {
        self.operations.push((account.to_string(), kind, not_before));
    }

    /// Makes operations and inverse durable: after this the change may be shown.
    pub fn record(&mut self) -> storage::Result<Option<UndoToken>> {
        if self.operations.is_empty() && self.inverse.is_empty() {
            return Ok(None);
        }
        let queue = self.store.operations();
        let group = queue.new_group()?;
        let new: Vec<NewOperation> = std::mem::take(&mut self.operations)
            .into_iter()
            .map(|(account, kind, not_before)| NewOperation { account, kind, not_before, group })
            .collect();
        if self.inverse.is_empty() {
            return queue.enqueue(&new).map(|_| None);
        }
        let json = serde_json::to_string(&self.inverse).map_err(|e| storage::Error::Invalid(e.to_string()))?;
        let (_, token) = queue.enqueue_with_undo(&new, group, &json)?;
        Ok(Some(UndoToken(token)))
    }
}

/// Makes a change, alone among all changes; `work` prepares it, records it, and then shows it.
pub(super) async fn change(
    shared: &Arc<Shared>,
    work: impl FnOnce(&mut Change<'_>) -> storage::Result<Option<UndoToken>> + Send + 'static,
) -> Result<Receipt> {
    let imap: BTreeMap<String, bool> = shared
        .accounts()
        .iter()
        .map(|state| (state.name().to_string(), state.account.incoming.protocol == Protocol::Imap))
        .collect();
    let now = shared.now();
    let done = shared
        .change(move |store| {
            let (operations, inverse, touched) = Default::default();
            let mut change = Change { store, imap, now, operations, inverse, touched, count: 0 };
            let undo = work(&mut change)?;
            let mut accounts = BTreeSet::new();
            for id in &change.touched {
                accounts.extend(store.mailbox(*id)?.map(|m| m.account));
            }
            let receipt = Receipt { undo, count: change.count, ..Receipt::default() };
            Ok(Done { touched: change.touched, accounts, receipt })
        })
        .await?;
    done.touched.iter().for_each(|id| shared.emit(Event::Mailbox { id: *id }));
    for account in &done.accounts {
        shared.emit(Event::Mailboxes { account: account.clone() });
        if let Ok(state) = shared.account(account) {
            state.work.notify_one();
        }
    }
    Ok(done.receipt)
}
