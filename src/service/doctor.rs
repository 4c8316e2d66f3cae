//! The check-up: does the index say what the Maildirs hold?

use super::event::Event;
use super::state::{Result, Shared};
use std::sync::Arc;

/// Compares every mailbox with its directory, or makes the whole index anew.
pub(super) async fn run(shared: &Arc<Shared>, rebuild: bool) -> Result<Vec<String>> {
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
                lines.push(match store.reconcile(mailbox.id) {
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
    shared.emit(Event::Lagged);
    Ok(lines)
}
