//! A session with what the service must remember about it: which mailbox is open, and how the
//! server's refusals become problems.

use crate::mail::account::Endpoint;
use crate::protocol::imap::{Access, MailboxName, Selected, Session};
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
}

impl Line {
    /// Connects and authenticates.
    pub async fn connect(shared: &Shared, state: &AccountState) -> Result<Line> {
        let incoming = &state.account.incoming;
        let connecting::Access { credentials, route } = connecting::Access::of(shared, &state.account).await?;
        let session = Session::connect(incoming, &route, &credentials, &state.transcript);
        let session = connecting::ready(shared, state, incoming, session).await?;
        Ok(Line { session, endpoint: incoming.clone(), selected: None })
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

    /// Opens a mailbox unless it is open; its counts may be older.
    pub async fn ensure_selected(&mut self, name: &MailboxName) -> protocol::Result<Selected> {
        match &self.selected {
            Some((open, selected)) if open == name => Ok(selected.clone()),
            _ => self.select(name).await,
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
