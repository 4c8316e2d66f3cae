//! One round with a server: what is queued goes there, what is new comes here.

use super::line::Line;
use super::operations;
use super::sync::{self, Scope};
use super::worker::Worker;
use crate::service::model::{Connection, Protocol, SyncSummary};
use crate::service::state::{Memory, Result};

/// One complete round, with a connection of its own where there is none: receive, and carry out what is queued.
pub(in crate::service) async fn once(worker: &Worker) -> Result<SyncSummary> {
    let mut summary = SyncSummary::default();
    let mut memory = worker.state.cycle.lock().await;
    worker.shared.set_connection(&worker.state, Connection::Connecting);
    let result = match worker.state.account.incoming.protocol {
        Protocol::Imap => imap(worker, &mut memory, &mut summary).await,
        Protocol::Pop3 | Protocol::Smtp => crate::service::account::pop3::round(worker, &mut summary).await,
    };
    let connection = match &result {
        Ok(()) => Connection::Synchronised { at: worker.shared.now() },
        Err(problem) => Connection::Failed { problem: problem.clone(), retry_at: None },
    };
    worker.shared.set_connection(&worker.state, connection);
    result.map(|()| summary).map_err(|problem| problem.of(worker.account()))
}

/// Carries out what is queued, and nothing else.
pub(in crate::service) async fn operations_only(worker: &Worker) -> Result<()> {
    let mut summary = SyncSummary::default();
    if worker.state.account.incoming.protocol != Protocol::Imap {
        return crate::service::account::pop3::local_operations(worker, &mut summary).await.map(drop);
    }
    let mut line = Line::connect(&worker.shared, &worker.state).await?;
    let result = operations::run(worker, &mut line, &mut summary).await;
    if !line.session.is_broken() {
        line.session.logout().await;
    }
    result.map(drop)
}

async fn imap(worker: &Worker, memory: &mut Memory, summary: &mut SyncSummary) -> Result<()> {
    let mut line = Line::connect(&worker.shared, &worker.state).await?;
    worker.shared.set_connection(&worker.state, Connection::Synchronising);
    let result = round(worker, &mut line, Scope::Full, memory, summary).await;
    if !line.session.is_broken() {
        line.session.logout().await;
    }
    result
}

/// Operations first, so that what is fetched already has them; and again after, for what the fetching queued.
pub(super) async fn round(
    worker: &Worker,
    line: &mut Line,
    scope: Scope,
    memory: &mut Memory,
    summary: &mut SyncSummary,
) -> Result<()> {
    operations::run(worker, line, summary).await?;
    let synchronised = sync::run(worker, line, scope, memory, summary).await;
    if !line.session.is_broken() {
        operations::run(worker, line, summary).await?;
    }
    synchronised
}
