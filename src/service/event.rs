//! What happened, told to every face that listens. Events are hints to ask again:
//! they name what changed, and a listener that lags asks for everything it shows.

use super::model::*;
use super::problem::Problem;
use tokio::sync::broadcast::{Receiver, error::RecvError};

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Event {
    /// Accounts were added, removed or changed.
    Accounts,
    /// An account's list of mailboxes, or their counts.
    Mailboxes {
        account: String,
    },
    /// Rows of this mailbox came, went or changed, or its conversations joined or parted.
    Mailbox {
        id: MailboxId,
    },
    Connection {
        account: String,
        connection: Connection,
    },
    Progress(Progress),
    Export(ExportProgress),
    /// The account's waiting operations changed.
    Queue {
        account: String,
    },
    /// An Outbox entry changed.
    Outbox {
        id: i64,
    },
    /// Saved searches came, went or were renamed.
    SavedSearches,
    /// Something failed that no command is waiting for.
    Failed(Problem),
    /// The listener was too slow and missed events: ask for all.
    Lagged,
}

/// A long transfer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Progress {
    pub account: String,
    pub mailbox: MailboxPath,
    pub done: u64,
    pub total: u64,
    /// Messages a second, over the last seconds.
    pub rate: u64,
    /// True for the last report of a transfer.
    pub finished: bool,
}

/// How far an export is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct ExportProgress {
    pub mailbox: MailboxId,
    /// Messages.
    pub done: u64,
    pub total: u64,
    /// True for the last report, however it ended.
    pub finished: bool,
}

/// Waits until rows of some mailbox came, went or changed. False where the service has ended.
pub(super) async fn mail_moved(events: &mut Receiver<Event>) -> bool {
    loop {
        match events.recv().await {
            Ok(Event::Mailbox { .. } | Event::Lagged) | Err(RecvError::Lagged(_)) => return true,
            Ok(_) => {}
            Err(RecvError::Closed) => return false,
        }
    }
}
