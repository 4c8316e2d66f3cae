//! A mailbox whose directory is gone: its disk is not there, or somebody removed it. Nothing is concluded from that,
//! and the mailbox stands still until the directory is back, or the person says that it does not come back.

use super::account::worker::Worker;
use super::command::Receipt;
use super::foreign;
use super::model::{MailboxId, Protocol, Question};
use super::platform::Mode;
use super::problem::{Problem, ProblemKind};
use super::state::{AccountState, Result, Shared};
use crate::mail::ids::MessageId;
use crate::storage::{self, LedgerEntry, LedgerState, Store};
use std::collections::HashSet;
use std::sync::Arc;

/// What of an account's mailboxes waits for the person's word.
pub(super) fn questions(state: &AccountState) -> Vec<Question> {
    let told: Vec<(MailboxId, Problem)> =
        state.memory().told.iter().map(|(id, problem)| (*id, problem.clone())).collect();
    let mut asked: Vec<Question> = told
        .into_iter()
        .filter(|(_, problem)| problem.kind.is_question())
        .map(|(id, problem)| Question { mailbox: Some(id), problem: problem.of(state.name()) })
        .collect();
    asked.sort_by_key(|question| question.mailbox);
    asked
}

/// The person says that it is back, or may be: what was missing is looked at.
pub(super) fn look_again(shared: &Arc<Shared>, state: &Arc<AccountState>) {
    let gone = missing(state);
    if gone.is_empty() || shared.mode != Mode::Interactive {
        return;
    }
    let worker = Worker { shared: shared.clone(), state: state.clone() };
    shared.spawn(async move {
        for id in gone {
            if worker.shared.db(move |store| store.expect_there(id)).await.is_ok() {
                worker.relieve(id);
                if let Err(problem) = foreign::look_at(&worker, vec![id]).await {
                    worker.failed(problem);
                }
            }
        }
    });
}

fn missing(state: &AccountState) -> Vec<MailboxId> {
    let memory = state.memory();
    let gone = memory.told.iter().filter(|(_, told)| matches!(told.kind, ProblemKind::StoreMissing { .. }));
    gone.map(|(id, _)| *id).collect()
}

/// It does not come back: an empty one takes its place, and its mail is fetched again.
pub(super) async fn fetch_again(shared: &Arc<Shared>, mailbox: MailboxId) -> Result<Receipt> {
    let found = shared.db(move |store| store.mailbox(mailbox)).await?;
    let found = found.ok_or_else(|| Problem::not_found(format!("mailbox {}", mailbox.0)))?;
    let state = shared.account(&found.account)?;
    let worker = Worker { shared: shared.clone(), state };
    let is_pop3 = worker.state.account.incoming.protocol == Protocol::Pop3;
    let _visit = worker.state.visit.lock().await;
    let begun = shared
        .change(move |store| {
            if store.expect_there(mailbox).is_ok() {
                return Ok(None);
            }
            if is_pop3 {
                forget_downloads(store, &found.account, mailbox)?;
            }
            store.begin_again(mailbox).map(Some)
        })
        .await?;
    worker.relieve(mailbox);
    if begun.is_none() {
        foreign::look_at(&worker, vec![mailbox]).await?;
    }
    worker.state.memory().seen.remove(&mailbox);
    worker.state.memory().kept.remove(&mailbox);
    worker.changed(mailbox);
    worker.state.refresh.notify_one();
    Ok(Receipt { count: begun.map_or(0, |gone| gone.len()), ..Receipt::default() })
}

/// What was downloaded into the mailbox is downloaded again, as far as the server still has it, and does not go from
/// there before.
fn forget_downloads(store: &Store, account: &str, mailbox: MailboxId) -> storage::Result<()> {
    let gone: HashSet<MessageId> = store.indexed(mailbox)?.into_iter().collect();
    let lost = |entry: &LedgerEntry| {
        let downloaded = matches!(entry.state, LedgerState::Downloaded | LedgerState::RemoveAt(_));
        downloaded && entry.message.is_some_and(|id| gone.contains(&id))
    };
    let lost: Vec<String> = store.ledger().entries(account)?.into_iter().filter(lost).map(|entry| entry.uidl).collect();
    store.ledger().forget(account, &lost)
}
