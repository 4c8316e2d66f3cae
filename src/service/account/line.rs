//! A session with what the service must remember about it: which mailbox is open, and how the
//! server's refusals become problems.

use crate::mail::account::Endpoint;
use crate::protocol::imap::{Access, MailboxName, Missed, Resume, Selected, Session};
use crate::protocol::{self, Error};
use crate::service::connecting;
use crate::service::problem::Problem;
use crate::service::problem_from::of_protocol;
use crate::service::state::{AccountState, Result, Shared};
use crate::storage::MailboxMeta;

/// An authenticated IMAP connection.
pub(in crate::service) struct Line {
    pub session: Session,
    endpoint: Endpoint,
    selected: Option<(MailboxName, Selected)>,
    /// Of the account's names, when the mailbox was opened: see [`AccountState::names`].
    names: u64,
}

impl Line {
    /// Connects and authenticates.
    pub async fn connect(shared: &Shared, state: &AccountState) -> Result<Line> {
        let incoming = &state.account.incoming;
        let connecting::Access { credentials, route } = connecting::Access::of(shared, &state.account).await?;
        let session = Session::connect(incoming, &route, &credentials, &state.transcript);
        let session = connecting::ready(shared, state, incoming, session).await?;
        Ok(Line { session, endpoint: incoming.clone(), selected: None, names: 0 })
    }

    /// An error of this conversation, as a problem.
    pub fn problem(&self, error: Error) -> Problem {
        of_protocol(error, &self.endpoint)
    }

    /// Opens a mailbox afresh: numbers and counts are the server's of now.
    pub async fn select(&mut self, name: &MailboxName) -> protocol::Result<Selected> {
        self.selected = None;
        let selected = self.session.select(name, Access::ReadWrite).await?;
        self.selected = Some((name.clone(), selected.clone()));
        Ok(selected)
    }

    /// The same; where the server can tell it, with what changed since.
    pub async fn resume(
        &mut self,
        name: &MailboxName,
        from: Option<Resume>,
    ) -> protocol::Result<(Selected, Option<Missed>)> {
        let Some(from) = from else { return Ok((self.select(name).await?, None)) };
        self.selected = None;
        let (selected, missed) = self.session.resume(name, Access::ReadWrite, from).await?;
        self.selected = Some((name.clone(), selected.clone()));
        Ok((selected, missed))
    }

    /// Opens a mailbox unless it is open; its counts may be older.
    pub async fn ensure_selected(&mut self, name: &MailboxName) -> protocol::Result<Selected> {
        match &self.selected {
            Some((open, selected)) if open == name => Ok(selected.clone()),
            _ => self.select(name).await,
        }
    }

    /// Leaves a mailbox that was renamed or is to go: what it is called now may be another.
    pub async fn leave(&mut self, name: &MailboxName) -> protocol::Result<()> {
        match self.selected.take() {
            Some((open, _)) if open == *name => self.select(&MailboxName("INBOX".into())).await.map(drop),
            other => {
                self.selected = other;
                Ok(())
            }
        }
    }

    /// Trusts no name that was given before mailboxes were last renamed or deleted, on whichever connection.
    pub fn follow_names(&mut self, names: u64) {
        if self.names != names {
            (self.selected, self.names) = (None, names);
        }
    }

    /// Whether the server keeps modification sequences.
    pub fn has_condstore(&self) -> bool {
        let capabilities = self.session.capabilities();
        capabilities.has("CONDSTORE") || capabilities.has("QRESYNC")
    }
    pub fn has(&self, capability: &str) -> bool {
        self.session.capabilities().has(capability)
    }
}

/// The name of a mailbox on the wire. It is kept exactly as the server wrote it, for a name that is no
/// valid modified UTF-7 could not be made again from what people see.
pub(in crate::service) fn wire_name(meta: &MailboxMeta) -> MailboxName {
    MailboxName(meta.server_name.clone())
}
