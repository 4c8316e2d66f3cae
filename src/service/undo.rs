//! Taking changes back: the inverse of each command lies in the log beside its operations, for a day. It is carried
//! out as a change of its own, whose operations meet those of the command: what no server has heard of cancels out,
//! and what one has is answered by the opposite, whatever part of the command was carried out by then.

mod back;

use super::command::Receipt;
use super::dispatch::change;
use super::model::{UndoEntry, UndoKind};
use super::problem::Problem;
use super::state::{Result, Shared};
use crate::mail::flags::Flags;
use crate::mail::mailbox::MailboxPath;
use serde::{Deserialize, Serialize};
use std::sync::Arc;

/// Seconds for which inverses are kept: a day.
pub(super) const KEPT: i64 = 24 * 60 * 60;

/// What takes one command back.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub(super) struct Inverse {
    /// What the command was, for people.
    pub kind: Option<UndoKind>,
    /// How many messages it concerned.
    pub count: u64,
    /// Flags that were added and removed.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub flags: Vec<FlagChange>,
    /// Messages that were moved, with where from.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub moved: Vec<Moved>,
    /// Messages that are held, to be deleted for good.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub held: Vec<u64>,
    /// Copies that were made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub copied: Vec<u64>,
    /// Mailboxes that were made.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub created: Vec<Created>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub renamed: Vec<Renamed>,
    /// Mailboxes that were deleted, the deepest first.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub deleted: Vec<Deleted>,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub subscribed: Vec<Subscribed>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct FlagChange {
    pub message: u64,
    /// Without keywords: their bits differ between mailboxes.
    pub added: Flags,
    pub removed: Flags,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub added_keywords: Vec<String>,
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub removed_keywords: Vec<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Moved {
    pub message: u64,
    pub account: String,
    pub from: MailboxPath,
    /// The same mailbox by its number, for it may be renamed meanwhile.
    #[serde(default)]
    pub mailbox: Option<i64>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Created {
    pub account: String,
    pub mailbox: i64,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Renamed {
    pub mailbox: i64,
    pub from: MailboxPath,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Deleted {
    pub account: String,
    pub mailbox: i64,
    pub path: MailboxPath,
    /// Its messages go with it.
    pub for_good: bool,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub(super) struct Subscribed {
    pub mailbox: i64,
    pub was: bool,
}

impl Inverse {
    pub fn of(kind: UndoKind) -> Inverse {
        Inverse { kind: Some(kind), ..Inverse::default() }
    }
    pub fn is_empty(&self) -> bool {
        let Inverse { kind: _, count: _, flags, moved, held, copied, created, renamed, deleted, subscribed } = self;
        flags.is_empty()
            && moved.is_empty()
            && held.is_empty()
            && copied.is_empty()
            && created.is_empty()
            && renamed.is_empty()
            && deleted.is_empty()
            && subscribed.is_empty()
    }
    /// How many messages it concerns.
    fn messages(&self) -> usize {
        let moved = self.flags.len().saturating_add(self.moved.len());
        moved.saturating_add(self.held.len()).saturating_add(self.copied.len())
    }
    /// For people. Inverses of before there was a history do not say it themselves.
    fn kind(&self) -> UndoKind {
        let guess = match self {
            Inverse { copied, .. } if !copied.is_empty() && self.moved.is_empty() => UndoKind::Copy,
            Inverse { held, .. } if !held.is_empty() => UndoKind::Delete,
            Inverse { moved, .. } if !moved.is_empty() => UndoKind::Move,
            _ => UndoKind::Flags,
        };
        self.kind.unwrap_or(guess)
    }
}

/// Takes a command back.
///
/// # Errors
/// [`ProblemKind::NotFound`](super::ProblemKind::NotFound) where it was taken back already or too long ago.
pub(super) async fn undo(shared: &Arc<Shared>, token: i64) -> Result<Receipt> {
    let not_found = || Problem::not_found("the change to take back");
    let json = shared.db(move |store| store.undo_log().peek(token)).await?.ok_or_else(not_found)?.1;
    let inverse: Inverse = serde_json::from_str(&json).map_err(|_| not_found())?;
    change(shared, move |change| {
        // Taken meanwhile, as by a second Ctrl Z.
        if change.store.undo_log().peek(token)?.is_none() {
            return Err(crate::storage::Error::NotFound("the change to take back".into()));
        }
        change.takes = Some(token);
        change.count = inverse.messages();
        back::take_back(change, &inverse)?;
        Ok(None)
    })
    .await
}

/// Takes the latest command back that can be.
///
/// # Errors
/// As [`undo`].
pub(super) async fn undo_last(shared: &Arc<Shared>) -> Result<Receipt> {
    let since = shared.now().saturating_sub(KEPT);
    let last = shared.db(move |store| store.undo_log().history(since, 1)).await?.into_iter().next();
    let last = last.ok_or_else(|| Problem::not_found("a change to take back"))?;
    undo(shared, last.token).await
}

/// What can be taken back, the newest first.
pub(super) async fn history(shared: &Arc<Shared>) -> Result<Vec<UndoEntry>> {
    let since = shared.now().saturating_sub(KEPT);
    let all = shared.db(move |store| store.undo_log().history(since, usize::MAX)).await?;
    let entry = |logged: crate::storage::Logged| {
        let inverse: Inverse = serde_json::from_str(&logged.inverse).ok()?;
        let count = inverse.count.max(inverse.messages() as u64);
        Some(UndoEntry { token: logged.token, at: logged.at, kind: inverse.kind(), count })
    };
    Ok(all.into_iter().filter_map(entry).collect())
}
