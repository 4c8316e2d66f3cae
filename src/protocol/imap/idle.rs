//! Waiting for news: IDLE (RFC 2177), or NOOP now and then where it is missing.

use super::Session;
use super::command::Command;
use super::dispatch::Event;
use crate::protocol::error::{Error, Result};
use crate::protocol::net::REPLY;
use std::time::Duration;
use tokio::time::{Instant, sleep_until, timeout};

/// IDLE is begun anew this often: servers may hang up after 30 minutes (RFC 2177), and routers
/// forget silent connections long before.
const RENEW: Duration = Duration::from_secs(9 * 60);
/// After news, how long more of it may follow before the caller is woken.
const SETTLE: Duration = Duration::from_millis(50);

/// Why waiting ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Wake {
    /// The mailbox changed: see [`Session::take_changes`].
    Changed,
    /// The caller's future came first.
    Cancelled,
}

impl Session {
    /// Waits in the selected mailbox until it changes or `cancel` is ready. Afterwards the session
    /// takes commands again. Without IDLE it asks every `poll`.
    pub async fn wait(&mut self, poll: Duration, cancel: impl Future<Output = ()>) -> Result<Wake> {
        tokio::pin!(cancel);
        loop {
            if !self.changes.is_empty() {
                return Ok(Wake::Changed);
            }
            let cancelled = if self.capabilities.has("IDLE") {
                self.idle(&mut cancel, RENEW).await?
            } else {
                let cancelled = timeout(poll, &mut cancel).await.is_ok();
                if !cancelled {
                    self.noop().await?;
                }
                cancelled
            };
            if cancelled {
                return Ok(Wake::Cancelled);
            }
        }
    }

    /// One IDLE: until news, the cancellation (`true`), or the time is up.
    async fn idle(&mut self, cancel: &mut (impl Future<Output = ()> + Unpin), limit: Duration) -> Result<bool> {
        let nobody = &mut |_: &super::dispatch::Reply| false;
        let tag = self.send(Command::new("IDLE"), REPLY, nobody).await?;
        self.await_continue(&tag, REPLY, nobody).await?;
        let mut end = Instant::now() + limit;
        let mut cancelled = false;
        loop {
            tokio::select! {
                () = &mut *cancel, if !cancelled => {
                    cancelled = true;
                    break;
                }
                () = sleep_until(end) => break,
                // Longer than the time that is left, so the deadline above always comes first.
                event = self.next(limit.saturating_mul(2)) => match event? {
                    Event::Untagged(reply) => {
                        self.note(&reply);
                        if !self.changes.is_empty() {
                            end = end.min(Instant::now() + SETTLE);
                        }
                    }
                    Event::Done(done, Err(error)) if done == tag => return Err(error),
                    Event::Done(..) | Event::Continue(_) => return self.broken("IDLE ended by itself"),
                },
            }
        }
        self.line("DONE", "DONE").await?;
        match self.finish(&tag, REPLY, nobody).await {
            Ok(_) => Ok(cancelled),
            Err(Error::Refused { reply, .. }) => self.broken(&format!("IDLE refused at its end: {reply}")),
            Err(error) => Err(error),
        }
    }
}
