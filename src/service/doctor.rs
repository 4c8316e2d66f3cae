//! The check-up: does the index say what the Maildirs hold?

use super::account::worker::Worker;
use super::event::Event;
use super::foreign;
use super::state::{Result, Shared};
use std::sync::Arc;

/// Compares every mailbox with its directory, or makes the whole index anew.
pub(super) async fn run(shared: &Arc<Shared>, rebuild: bool) -> Result<Vec<String>> {
    let states = shared.accounts();
    let own = states.clone();
    let lines = shared
        .change(move |store| {
            if rebuild {
                let found = store.rebuild(&mut |_, _, _| {})?;
                let mailboxes = store.mailboxes(None)?;
                let total: u64 = mailboxes.iter().map(|m| m.total).sum();
                return Ok(vec![
                    format!("index made anew: {total} messages in {} mailboxes", mailboxes.len()),
                    format!("{} added, {} removed, {} changed", found.added, found.removed, found.changed),
                ]);
            }
            let mut lines = Vec::new();
            for mailbox in store.mailboxes(None)? {
                let name = format!("{}/{}", mailbox.account, mailbox.meta.path);
                let compared = match own.iter().find(|state| state.name() == mailbox.account) {
                    // What other programs did is not only counted: the server is to hear of it.
                    Some(state) => foreign::compare(store, state, mailbox.id),
                    None => store.reconcile(mailbox.id),
                };
                lines.push(match compared {
                    Ok(found) if found == Default::default() => format!("{name}: {} messages, in order", mailbox.total),
                    Ok(found) => {
                        format!("{name}: {} added, {} removed, {} changed", found.added, found.removed, found.changed)
                    }
                    Err(error) => format!("{name}: {error}"),
                });
            }
            Ok(lines)
        })
        .await?;
    for state in states {
        foreign::look(&Worker { shared: shared.clone(), state }).await?;
    }
    shared.emit(Event::Lagged);
    Ok(lines)
}
