//! The connection to an account's submission server, kept for a while: the next message need not wait for it.

use crate::protocol::smtp::Submission;
use crate::service::account::worker::Worker;
use crate::service::connecting::{Access, ready};
use crate::service::state::Result;
use std::collections::HashMap;
use std::time::{Duration, Instant};

/// How long an idle connection is kept. Servers end them after minutes.
const KEEP: Duration = Duration::from_secs(30);

/// What one submission of an account leaves for the next. Losing it costs a connection, nothing else.
#[derive(Default)]
pub(in crate::service) struct Kept {
    line: Option<Line>,
    /// When Sent is looked into again for entries of which nobody knows, Unix seconds.
    pub looks: HashMap<i64, i64>,
}

struct Line {
    session: Submission,
    /// Nothing was said on it by this run yet: the server may have left meanwhile.
    is_stale: bool,
    used: Instant,
    /// The same by the clock, which goes on while the machine sleeps.
    used_at: i64,
}

impl Kept {
    /// A session that is ready, and whether it is an old one, which may turn out to be dead.
    ///
    /// # Errors
    /// The server could not be reached or did not let us in.
    pub async fn session(&mut self, worker: &Worker) -> Result<(&mut Submission, bool)> {
        if self.line.as_ref().is_some_and(|line| line.session.is_broken() || line.is_over(worker.shared.now())) {
            self.line = None;
        }
        let line = match self.line.take() {
            Some(line) => line,
            None => Line {
                session: connect(worker).await?,
                is_stale: false,
                used: Instant::now(),
                used_at: worker.shared.now(),
            },
        };
        let line = self.line.insert(line);
        Ok((&mut line.session, line.is_stale))
    }

    /// A message went over it: from now on a connection that ends may be a server's limit, and the next is worth a try.
    pub fn used(&mut self, now: i64) {
        if let Some(line) = &mut self.line {
            (line.is_stale, line.used, line.used_at) = (true, Instant::now(), now);
        }
    }

    /// How long the connection may still idle; nothing where there is none.
    pub fn left(&self) -> Option<Duration> {
        self.line.as_ref().map(|line| KEEP.saturating_sub(line.used.elapsed()))
    }

    /// Says goodbye if it has idled long enough.
    pub async fn expire(&mut self, now: i64) {
        if self.line.as_ref().is_some_and(|line| line.is_over(now)) {
            self.quit().await;
        }
    }

    pub async fn quit(&mut self) {
        if let Some(line) = self.line.take().filter(|line| !line.session.is_broken()) {
            line.session.quit().await;
        }
    }
}

impl Line {
    fn is_over(&self, now: i64) -> bool {
        let seconds = i64::try_from(KEEP.as_secs()).unwrap_or(i64::MAX);
        self.used.elapsed() >= KEEP || !(0..=seconds).contains(&now.saturating_sub(self.used_at))
    }
}

async fn connect(worker: &Worker) -> Result<Submission> {
    let account = &worker.state.account;
    let Access { credentials, route } = Access::of(&worker.shared, account).await?;
    let connecting = Submission::connect(&account.outgoing, &route, &credentials, &worker.state.transcript);
    ready(&worker.shared, &worker.state, &account.outgoing, connecting).await
}
