//! DELE of what may go: durable here, read back equal, due by the person's choice, and seen in this session to be the
//! message that is here. The marks become deletions by QUIT alone, and are believed only after its good end.

use super::identity::Maildrop;
use super::{DAY, Ledger, Worker, remember};
use crate::protocol::Error;
use crate::protocol::pop3::Session;
use crate::service::model::Pop3Keep;
use crate::service::problem_from::of_protocol;
use crate::service::state::Result;
use crate::storage::{LedgerEntry, LedgerState};
use std::collections::HashSet;

/// Nothing waits longer than the person said, counted from now: a clock that ran ahead when a message came, or a
/// choice that was made since, does not keep it there for years.
pub(super) async fn bound(worker: &Worker, ledger: &mut Ledger) -> Result<()> {
    let now = worker.shared.now();
    let latest = match worker.state.account.pop3_keep {
        Pop3Keep::Always => return Ok(()),
        Pop3Keep::Days(days) => now.saturating_add(DAY.saturating_mul(days.into())),
        Pop3Keep::Never => now,
    };
    let is_late = |entry: &&LedgerEntry| matches!(entry.state, LedgerState::RemoveAt(at) if at > latest);
    let sooner = |entry: &LedgerEntry| LedgerEntry { state: LedgerState::RemoveAt(latest), ..entry.clone() };
    let sooner: Vec<LedgerEntry> = ledger.values().filter(is_late).map(sooner).collect();
    remember(worker, ledger, sooner).await
}

/// Removes what is due from the server, and ends the session; whether anything was.
pub(super) async fn remove_due(
    worker: &Worker,
    mut session: Session,
    maildrop: &Maildrop,
    ledger: &Ledger,
) -> Result<bool> {
    let (now, account) = (worker.shared.now(), &worker.state.account);
    let problem = |error: Error| of_protocol(error, &account.incoming);
    let may_go = |entry: &&LedgerEntry| match entry.state {
        LedgerState::RemoveAt(at) => at <= now,
        // Left over: its removal was confirmed once.
        LedgerState::Removed => true,
        LedgerState::Known | LedgerState::Downloaded => false,
    };
    let mut due: Vec<(u32, &LedgerEntry)> = Vec::new();
    if account.pop3_keep != Pop3Keep::Always {
        let verified = maildrop.verified.iter();
        due.extend(verified.filter_map(|(number, key)| Some((*number, ledger.get(key).filter(may_go)?))));
        due.sort_unstable_by_key(|(number, _)| *number);
    }
    if due.is_empty() {
        // Nothing depends on how it ends.
        let _ = session.quit().await;
        return Ok(false);
    }
    let numbers: Vec<u32> = due.iter().map(|(number, _)| *number).collect();
    let outcomes = session.delete(&numbers).await.map_err(problem)?;
    session.quit().await.map_err(problem)?;
    let taken: HashSet<u32> = outcomes.into_iter().filter(|(_, outcome)| outcome.is_ok()).map(|(n, _)| n).collect();
    let removed: Vec<LedgerEntry> = due
        .into_iter()
        .filter(|(number, _)| taken.contains(number))
        .map(|(_, entry)| LedgerEntry { state: LedgerState::Removed, ..entry.clone() })
        .collect();
    let name = account.name.clone();
    worker.shared.db(move |store| store.ledger().set(&name, &removed)).await?;
    Ok(true)
}
