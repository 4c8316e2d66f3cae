//! The one way in: cheap to clone, safe to use from any task.

use super::command::{Command, Receipt};
use super::event::Event;
use super::model::*;
use super::problem::{Problem, ProblemKind};
use std::ops::Range;
use tokio::sync::broadcast;

/// A running service.
#[derive(Clone, Debug)]
pub struct Handle {
    events: broadcast::Sender<Event>,
}

type Result<T> = std::result::Result<T, Problem>;

fn unbuilt<T>() -> Result<T> {
    Err(Problem::new(ProblemKind::Internal, "not built yet"))
}

impl Handle {
    /// Carries out a command: durable and shown here when this returns.
    pub async fn execute(&self, _command: Command) -> Result<Receipt> {
        unbuilt()
    }
    /// Events from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.events.subscribe()
    }
    pub async fn accounts(&self) -> Result<Vec<AccountView>> {
        unbuilt()
    }
    /// Mailboxes of one account, or of all: roles first in their fixed order, then by name, parents before children.
    pub async fn mailboxes(&self, _account: Option<&str>) -> Result<Vec<MailboxView>> {
        unbuilt()
    }
    /// Rows of a query, newest first.
    pub async fn envelopes(&self, _query: &Query, _range: Range<u64>) -> Result<Page> {
        unbuilt()
    }
    pub async fn message(&self, _id: MessageId) -> Result<MessageView> {
        unbuilt()
    }
    /// The stored bytes.
    pub async fn raw(&self, _id: MessageId) -> Result<Vec<u8>> {
        unbuilt()
    }
    pub async fn attachment(&self, _id: MessageId, _index: usize) -> Result<(Attachment, Vec<u8>)> {
        unbuilt()
    }
    /// The Outbox, oldest first; accepted entries leave it.
    pub async fn outbox(&self) -> Result<Vec<OutboxItem>> {
        unbuilt()
    }
    /// Drafts being written: what a kill left open.
    pub async fn drafts(&self) -> Result<Vec<Draft>> {
        unbuilt()
    }
    /// A draft to start with: reply, reply to all, forward, or editing a message of the Drafts mailbox.
    pub async fn begin(&self, _origin: DraftOrigin, _reply_all: bool) -> Result<Draft> {
        unbuilt()
    }
    /// Recorded dialogues, oldest line first.
    pub async fn transcript(&self, _account: Option<&str>) -> Result<Vec<TranscriptLine>> {
        unbuilt()
    }
    /// Tries the servers of settings that may not be saved yet. Sends no mail.
    pub async fn check(&self, _account: &Account, _secret: Option<super::command::Secret>) -> Result<CheckReport> {
        unbuilt()
    }
    /// Where a password given now would go.
    pub async fn secret_place(&self) -> SecretPlace {
        SecretPlace::File
    }
    /// Receives, carries out what is queued and sends the Outbox, once, and waits for the end:
    /// for one account or for all, each with its own outcome.
    pub async fn synchronise(&self, _account: Option<&str>) -> Vec<(String, Result<SyncSummary>)> {
        Vec::new()
    }
    /// Sends this Outbox entry now and waits until its state is no longer waiting or sending.
    pub async fn deliver(&self, _id: i64) -> Result<OutboxItem> {
        unbuilt()
    }
    /// Writes an attachment to a file; an existing file is replaced only whole.
    pub async fn save_attachment(&self, _id: MessageId, _index: usize, _to: &std::path::Path) -> Result<()> {
        unbuilt()
    }
    /// People written to or heard from whose name or address has a word that begins so, the most used first.
    pub async fn addresses(&self, _prefix: &str, _limit: usize) -> Result<Vec<Address>> {
        unbuilt()
    }
    /// Changes that wait for their server, oldest first.
    pub async fn queue(&self) -> Result<Vec<QueuedOperation>> {
        unbuilt()
    }
    pub async fn preferences(&self) -> Result<Preferences> {
        unbuilt()
    }
    /// Checks every mailbox against its Maildir; with `rebuild` the index is made anew. Lines for the person.
    pub async fn doctor(&self, _rebuild: bool) -> Result<Vec<String>> {
        unbuilt()
    }
    /// Finishes what is under way and stops. Nothing is lost by not calling it.
    pub async fn stop(&self) {}
}
