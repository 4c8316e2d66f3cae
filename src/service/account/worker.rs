//! What every step of an account's work has at hand.

use crate::mail::ids::MailboxId;
use crate::service::event::Event;
use crate::service::problem::Problem;
use crate::service::state::{AccountState, Shared};
use std::sync::Arc;

/// The account that is worked for, and the service around it.
#[derive(Clone)]
pub(in crate::service) struct Worker {
    pub shared: Arc<Shared>,
    pub state: Arc<AccountState>,
}

impl Worker {
    pub fn account(&self) -> &str {
        self.state.name()
    }
    /// Rows of a mailbox changed, and so its counts.
    pub fn changed(&self, id: MailboxId) {
        self.shared.emit(Event::Mailbox { id });
        self.shared.emit(Event::Mailboxes { account: self.account().to_string() });
    }
    pub fn failed(&self, problem: Problem) {
        self.shared.failed(&self.state, problem);
    }
}
