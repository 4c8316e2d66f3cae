//! From the network to the disk: messages come through a bounded channel, gather to batches, and
//! each batch is stored on a blocking thread while the next one is received. So the network never
//! waits for one disk flush per message, and memory stays bounded by two batches and the channel.

use super::arrival;
use super::event::{Event, Progress};
use super::problem::Problem;
use super::state::{AccountState, Result, Shared};
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mailbox::MailboxPath;
use crate::storage::{Incoming, IncomingBody};
use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::mpsc::Receiver;
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Messages of a full batch.
const BATCH: usize = 500;
/// The first batch is small, so that the list shows mail at once.
const FIRST_BATCH: usize = 50;
/// Bytes of a full batch.
const BATCH_BYTES: u64 = 16 * 1024 * 1024;
/// A batch that is not full is stored when nothing came for this long.
const PAUSE: Duration = Duration::from_millis(300);
/// Between two reports of progress.
const REPORT: Duration = Duration::from_millis(200);
/// The rate is the one over this long.
const RATE_WINDOW: Duration = Duration::from_secs(3);
/// Between two hints that a mailbox changed, so that a list is not drawn anew all the time.
const HINT: Duration = Duration::from_millis(500);

/// Where messages go, and who hears of it.
pub(super) struct Receiving {
    pub shared: Arc<Shared>,
    pub state: Arc<AccountState>,
    pub mailbox: MailboxId,
    pub path: MailboxPath,
    /// Messages that were here before, where they count.
    pub before: u64,
    /// Messages that are to come.
    pub total: u64,
}

/// A stored batch: what the sender gave each message along, with its id here.
pub(super) type Stored<T> = Vec<(T, MessageId)>;

impl Receiving {
    /// Stores what comes until the channel ends; `stored` hears of each batch once it is durable.
    ///
    /// # Errors
    /// What the disk says. The channel is closed then, so that the sender ends too.
    pub async fn run<T: Send + 'static>(
        self,
        mut from: Receiver<(T, Incoming)>,
        mut stored: impl FnMut(Stored<T>),
    ) -> Result<u64> {
        let mut report = Report::new(&self);
        let mut gathering: (Vec<T>, Vec<Incoming>) = Default::default();
        let (mut bytes, mut limit, mut done) = (0_u64, FIRST_BATCH, 0_u64);
        let mut writing: Option<JoinHandle<Result<Stored<T>>>> = None;
        let mut finish = |batch: Stored<T>, report: &mut Report| {
            done = done.saturating_add(batch.len() as u64);
            stored(batch);
            report.stored(done);
            done
        };
        loop {
            let next = tokio::time::timeout(PAUSE, from.recv()).await;
            let (ended, paused) = (matches!(next, Ok(None)), next.is_err());
            if let Ok(Some((tag, incoming))) = next {
                bytes = bytes.saturating_add(size(&incoming));
                gathering.0.push(tag);
                gathering.1.push(incoming);
            }
            let full = gathering.1.len() >= limit || bytes >= BATCH_BYTES;
            if writing.as_ref().is_some_and(JoinHandle::is_finished) || full || ended {
                // A second full batch waits for the first.
                if let Some(task) = writing.take() {
                    finish(task.await.map_err(super::problem_from::of_join)??, &mut report);
                }
            }
            if !gathering.1.is_empty() && (full || ended || paused && writing.is_none()) {
                writing = Some(self.store(std::mem::take(&mut gathering)));
                (bytes, limit) = (0, BATCH);
            }
            if ended && writing.is_none() && gathering.1.is_empty() {
                break;
            }
            if ended && let Some(task) = writing.take() {
                finish(task.await.map_err(super::problem_from::of_join)??, &mut report);
                break;
            }
        }
        report.finished(done);
        Ok(done)
    }

    fn store<T: Send + 'static>(&self, batch: (Vec<T>, Vec<Incoming>)) -> JoinHandle<Result<Stored<T>>> {
        let (store, mailbox) = (self.shared.store.clone(), self.mailbox);
        let now = self.shared.now();
        let verify = arrival::is_wanted(&self.shared, self.state.name());
        tokio::task::spawn_blocking(move || {
            let fresh = if verify { arrival::fresh(&batch.1, now) } else { Vec::new() };
            let ids = store.deliver(mailbox, batch.1).map_err(super::problem_from::of_storage)?;
            if verify && let Ok(Some(mailbox)) = store.mailbox(mailbox) {
                arrival::expect(&store, &mailbox, &ids, &fresh, now);
            }
            if ids.len() != batch.0.len() {
                return Err(Problem::new(super::ProblemKind::Internal, "a batch was stored in part"));
            }
            Ok(batch.0.into_iter().zip(ids).collect())
        })
    }
}

fn size(incoming: &Incoming) -> u64 {
    match &incoming.body {
        IncomingBody::Bytes(bytes) | IncomingBody::Headers { bytes, .. } => bytes.len() as u64,
        // It lies on the disk already.
        IncomingBody::File(_) | IncomingBody::Durable(_) => 0,
    }
}

/// Tells of progress, not too often.
struct Report<'a> {
    to: &'a Receiving,
    told: Option<Instant>,
    hinted: Option<Instant>,
    /// When how many were done.
    past: VecDeque<(Instant, u64)>,
}

impl<'a> Report<'a> {
    fn new(to: &'a Receiving) -> Report<'a> {
        Report { to, told: None, hinted: None, past: VecDeque::from([(Instant::now(), 0)]) }
    }

    fn stored(&mut self, done: u64) {
        let now = Instant::now();
        self.past.push_back((now, done));
        while self.past.len() > 2 && self.past.front().is_some_and(|(at, _)| now - *at > RATE_WINDOW) {
            self.past.pop_front();
        }
        if self.told.is_none_or(|at| now - at >= REPORT) {
            self.told = Some(now);
            self.tell(done, false);
        }
        if self.hinted.is_none_or(|at| now - at >= HINT) {
            self.hinted = Some(now);
            self.hint();
        }
    }

    fn finished(&mut self, done: u64) {
        if done > 0 {
            self.hint();
        }
        self.tell(done, true);
    }

    fn hint(&self) {
        self.to.shared.emit(Event::Mailbox { id: self.to.mailbox });
        self.to.shared.emit(Event::Mailboxes { account: self.to.state.name().to_string() });
    }

    fn tell(&self, done: u64, finished: bool) {
        let (account, mailbox) = (self.to.state.name().to_string(), self.to.path.clone());
        let total = self.to.before.saturating_add(self.to.total.max(done));
        let done = self.to.before.saturating_add(done);
        self.to.shared.emit(Event::Progress(Progress { account, mailbox, done, total, rate: self.rate(), finished }));
    }

    fn rate(&self) -> u64 {
        let (Some((start, before)), Some((_, now))) = (self.past.front(), self.past.back()) else { return 0 };
        let millis = u64::try_from(start.elapsed().as_millis()).unwrap_or(u64::MAX).max(1);
        now.saturating_sub(*before).saturating_mul(1000) / millis
    }
}
