//! The mailbox that the person looks at: synchronised at once, whatever else is under way.

use super::board::Work;
use super::cycle::synchronise;
use super::limit::Limit;
use super::line::{Line, wire_name};
use super::sync::Scope;
use super::worker::Worker;
use super::{crew, pool};
use crate::mail::ids::MailboxId;
use crate::service::Mode;
use crate::service::model::{Protocol, SyncSummary};
use crate::service::state::{Result, Shared};
use std::sync::Arc;

/// The person looks at a mailbox, or at none.
pub(in crate::service) async fn look(shared: &Arc<Shared>, mailbox: Option<MailboxId>) -> Result<()> {
    if shared.mode != Mode::Interactive {
        return Ok(());
    }
    let owner = match mailbox {
        Some(id) => shared.db(move |store| store.mailbox(id)).await?.map(|m| m.account),
        None => None,
    };
    for state in shared.accounts() {
        let here = mailbox.filter(|_| owner.as_deref() == Some(state.name()));
        if state.account.incoming.protocol == Protocol::Imap && state.board.look(here) {
            crew::muster(&Worker { shared: shared.clone(), state });
        }
    }
    Ok(())
}

/// Synchronises it. Who downloads it gives it back; what the person asks for meanwhile comes before its rest.
pub(super) async fn run(worker: &Worker, line: &mut Line, id: MailboxId) -> Result<()> {
    let account = worker.account().to_string();
    let stored = worker.shared.db(move |store| store.mailbox(id)).await?;
    let Some(stored) = stored.filter(|s| s.meta.selectable && s.account == account) else { return Ok(()) };
    let board = &worker.state.board;
    // Whether it changed is asked first; but of a mailbox that is open a server may say what was (RFC 3501, 6.3.10).
    let changed = stored.state.exists.is_none() || line.is_open(&wire_name(&stored.meta));
    let work = Work { stored, status: None, held: None, changed };
    let hand = board.claim(id).await;
    let limit = Limit::new(board, &hand.wanted).yields();
    // The only connection goes back to the Inbox soon.
    let alone = !worker.state.pool.is_staffed(pool::Kind::Look);
    let limit = if alone { limit.most(super::cycle::SLICE) } else { limit };
    match synchronise(worker, line, &work, Scope::Full, limit, &mut SyncSummary::default()).await {
        Ok(true) => drop(hand),
        Ok(false) => {
            board.put([Work { changed: true, ..work }]);
            drop(hand);
            crew::muster(worker);
        }
        Err(problem) => {
            // It was wanted before it was looked at, perhaps.
            board.put([work]);
            return Err(problem);
        }
    }
    Ok(())
}
