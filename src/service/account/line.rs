//! A session with what the service must remember about it: which mailbox is open, and how the
//! server's refusals become problems.

use super::pool::Seat;
use crate::mail::account::Endpoint;
use crate::protocol::imap::{Access, MailboxName, Missed, Resume, Selected, Session};
use crate::protocol::{self, Error};
use crate::service::connecting;
use crate::service::problem::{Problem, ProblemKind};
use crate::service::problem_from::of_protocol;
use crate::service::state::{AccountState, Result, Shared};
use crate::storage::MailboxMeta;

/// An authenticated IMAP connection.
pub(in crate::service) struct Line {
    pub session: Session,
    endpoint: Endpoint,
    selected: Option<(MailboxName, Selected)>,
    _seat: Seat,
    /// Of the account's names, when the mailbox was opened: see [`AccountState::names`].
    names: u64,
}

impl Line {
    /// Connects and authenticates.
    pub async fn connect(shared: &Shared, state: &AccountState) -> Result<Line> {
        Line::open(shared, state, state.pool.first()).await.map_err(|(problem, _)| problem)
    }

    /// One more connection; none where there is no room for it, or the server lets no more in.
    pub async fn another(shared: &Shared, state: &AccountState) -> Result<Option<Line>> {
        let Some(seat) = state.pool.another() else { return Ok(None) };
        match Line::open(shared, state, seat).await {
            Ok(line) => Ok(Some(line)),
            // The same name and password were good a moment ago.
            Err((
                Problem { kind: ProblemKind::Authentication { .. } | ProblemKind::Refused { .. }, detail, .. },
                seat,
            )) => {
                tracing::info!(account = state.name(), detail, "one connection fewer");
                state.pool.refused(seat);
                Ok(None)
            }
            Err((problem, _)) => Err(problem),
        }
    }

    /// Says goodbye where that is possible.
    pub async fn close(self) {
        if !self.session.is_broken() {
            self.session.logout().await;
        }
    }

    async fn open(shared: &Shared, state: &AccountState, seat: Seat) -> Result<Line, (Problem, Seat)> {
        match Line::session(shared, state).await {
            Ok(session) => {
                Ok(Line { session, endpoint: state.account.incoming.clone(), selected: None, names: 0, _seat: seat })
            }
            Err(problem) => Err((problem, seat)),
        }
    }

    async fn session(shared: &Shared, state: &AccountState) -> Result<Session> {
        let connecting::Access { credentials, route } = connecting::Access::of(shared, &state.account).await?;
        let session = Session::connect(&state.account.incoming, &route, &credentials, &state.transcript);
        connecting::ready(shared, state, &state.account.incoming, session).await
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

    /// Whether this is the mailbox that is open.
    pub fn is_open(&self, name: &MailboxName) -> bool {
        self.selected.as_ref().is_some_and(|(open, _)| open == name)
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
