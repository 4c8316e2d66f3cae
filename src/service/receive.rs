//! From the network to the disk: messages come through a bounded channel, gather to batches, and each batch is stored
//! on a blocking thread while the next ones are received: one may wait for the disk, and another be read through,
//! while the network brings a third. Memory stays bounded by these few batches and the channel; who fills the channel
//! can hold a [`Budget`], so that large messages do not add up.

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
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::task::JoinHandle;
use tokio::time::Instant;

/// Messages of a full batch.
const BATCH: usize = 256;
/// The first batch is small, so that the list shows mail at once.
const FIRST_BATCH: usize = 50;
/// Bytes of a full batch.
const BATCH_BYTES: u64 = 6 * 1024 * 1024;
/// Batches of one mailbox that are stored at once,
const STORING: usize = 3;
/// and of all: their files may be open until they are durable.
pub(super) const STORING_IN_ALL: usize = 3;
/// KiB of messages between the network and the disk: the batches being stored, and the one that gathers.
const BUDGET: u32 = 24 * 1024;
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
        let mut writing: VecDeque<JoinHandle<Result<Stored<T>>>> = VecDeque::new();
        let mut finish = |batch: Stored<T>, report: &mut Report| {
            done = done.saturating_add(batch.len() as u64);
            stored(batch);
            report.stored(done);
        };
        let mut ended = false;
        let mut failed = None;
        while !ended && failed.is_none() {
            let next = tokio::time::timeout(PAUSE, from.recv()).await;
            ended = matches!(next, Ok(None));
            let paused = next.is_err();
            if let Ok(Some((tag, incoming))) = next {
                bytes = bytes.saturating_add(size(&incoming));
                gathering.0.push(tag);
                gathering.1.push(incoming);
            }
            let full = gathering.1.len() >= limit || bytes >= BATCH_BYTES;
            while writing.front().is_some_and(JoinHandle::is_finished) || full && writing.len() >= STORING {
                let Some(task) = writing.pop_front() else { break };
                match joined(task).await {
                    Ok(batch) => finish(batch, &mut report),
                    Err(problem) => failed = Some(problem),
                }
            }
            // What is under way fills the pause anyhow.
            let due = full || ended || paused && writing.len() < STORING;
            if !gathering.1.is_empty() && due && failed.is_none() {
                writing.push_back(self.store(std::mem::take(&mut gathering)));
                (bytes, limit) = (0, BATCH);
            }
        }
        // Whoever sends hears of the failure now; what is under way ends before this returns.
        drop(from);
        for task in writing {
            match joined(task).await {
                Ok(batch) => finish(batch, &mut report),
                Err(problem) => failed = failed.or(Some(problem)),
            }
        }
        if let Some(problem) = failed {
            return Err(problem);
        }
        report.finished(done);
        Ok(done)
    }

    fn store<T: Send + 'static>(&self, batch: (Vec<T>, Vec<Incoming>)) -> JoinHandle<Result<Stored<T>>> {
        let (store, mailbox, storing) = (self.shared.store.clone(), self.mailbox, self.shared.storing.clone());
        let now = self.shared.now();
        let verify = arrival::is_wanted(&self.shared, self.state.name());
        let work = move || {
            let fresh = if verify { arrival::fresh(&batch.1, now) } else { Vec::new() };
            let ids = store.deliver(mailbox, batch.1).map_err(super::problem_from::of_storage)?;
            if verify && let Ok(Some(mailbox)) = store.mailbox(mailbox) {
                arrival::expect(&store, &mailbox, &ids, &fresh, now);
            }
            if ids.len() != batch.0.len() {
                return Err(Problem::new(super::ProblemKind::Internal, "a batch was stored in part"));
            }
            Ok(batch.0.into_iter().zip(ids).collect())
        };
        tokio::spawn(async move {
            // Never closed.
            let _turn = storing.acquire().await;
            tokio::task::spawn_blocking(work).await.map_err(super::problem_from::of_join)?
        })
    }
}

async fn joined<T>(task: JoinHandle<Result<Stored<T>>>) -> Result<Stored<T>> {
    task.await.map_err(super::problem_from::of_join)?
}

/// How much of what was received may wait for the disk.
#[derive(Clone)]
pub(super) struct Budget(Arc<Semaphore>);

/// A message's share of a [`Budget`], given back when it is dropped.
pub(super) struct Share(#[expect(dead_code, reason = "it is held, not read")] Option<OwnedSemaphorePermit>);

impl Budget {
    pub fn new() -> Budget {
        Budget(Arc::new(Semaphore::new(BUDGET as usize)))
    }

    /// Waits until there is room for this message.
    pub async fn share(&self, incoming: &Incoming) -> Share {
        let kib = u32::try_from(size(incoming) / 1024).unwrap_or(u32::MAX).clamp(1, BUDGET);
        // Never closed.
        Share(self.0.clone().acquire_many_owned(kib).await.ok())
    }
}

fn size(incoming: &Incoming) -> u64 {
    match &incoming.body {
        IncomingBody::Bytes(bytes) | IncomingBody::Headers { bytes, .. } => bytes.len() as u64,
        // It lies on the disk already.
        IncomingBody::File(_) | IncomingBody::Durable(..) => 0,
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::flags::Flags;
    use futures::FutureExt;

    fn message(kib: usize) -> Incoming {
        let body = IncomingBody::Bytes(vec![b'x'; kib * 1024]);
        Incoming { uid: None, flags: Flags::empty(), internal_date: None, body }
    }

    #[tokio::test]
    async fn a_budget_bounds_what_waits_and_lets_the_largest_through() {
        let budget = Budget::new();
        let half = message(BUDGET as usize / 2);
        let (first, second) = (budget.share(&half).await, budget.share(&half).await);
        assert!(budget.share(&message(0)).now_or_never().is_none(), "even the smallest waits");
        drop(first);
        let third = budget.share(&message(1)).now_or_never();
        assert!(third.is_some());
        drop((second, third));
        assert!(budget.share(&message(BUDGET as usize * 2)).now_or_never().is_some());
    }
}
