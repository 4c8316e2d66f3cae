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
    /// Tells of a mailbox's own trouble, once as long as it is the same.
    pub fn tell(&self, id: MailboxId, problem: Problem) {
        let before = self.state.memory().told.insert(id, problem.clone());
        if before.as_ref().is_none_or(|before| before.kind != problem.kind) {
            self.asked_anew(before.is_some_and(|before| before.kind.is_question()) || problem.kind.is_question());
            self.failed(problem);
        }
    }
    /// A mailbox has no trouble any more.
    pub fn relieve(&self, id: MailboxId) {
        let before = self.state.memory().told.remove(&id);
        self.asked_anew(before.is_some_and(|before| before.kind.is_question()));
    }
    /// What waits for the person's word is other than before.
    fn asked_anew(&self, is_other: bool) {
        if is_other {
            self.shared.emit(Event::Accounts);
        }
    }
    pub fn failed(&self, problem: Problem) {
        self.shared.failed(&self.state, problem);
    }
}
