//! The service's events as messages: bursts are drawn together, so that ten thousand arriving rows cost a
//! few redraws and not ten thousand.

use crate::service::{Event, Handle};
use iced::Subscription;
use iced::futures::channel::mpsc::Sender;
use iced::futures::{SinkExt, Stream};
use std::hash::{Hash, Hasher};
use std::time::Duration;
use tokio::sync::broadcast::error::{RecvError, TryRecvError};

/// How long a burst is collected.
const GATHER: Duration = Duration::from_millis(60);

/// There is one service; its subscription is always the same one.
struct Source(Handle);

impl Hash for Source {
    fn hash<H: Hasher>(&self, state: &mut H) {
        "service".hash(state);
    }
}

/// Events, in bundles without repetition.
pub fn subscription(handle: &Handle) -> Subscription<Vec<Event>> {
    Subscription::run_with(Source(handle.clone()), |source| stream(source.0.clone()))
}

fn stream(handle: Handle) -> impl Stream<Item = Vec<Event>> {
    iced::stream::channel(8, async move |mut out: Sender<Vec<Event>>| {
        let mut receiver = handle.subscribe();
        // What happened before this subscription began is asked for, not missed.
        let mut bundle = vec![Event::Lagged];
        loop {
            loop {
                match receiver.try_recv() {
                    Ok(event) => gather(&mut bundle, event),
                    Err(TryRecvError::Lagged(_)) => gather(&mut bundle, Event::Lagged),
                    Err(TryRecvError::Empty) => break,
                    Err(TryRecvError::Closed) => return,
                }
            }
            if !bundle.is_empty() && out.send(std::mem::take(&mut bundle)).await.is_err() {
                return;
            }
            match receiver.recv().await {
                Ok(event) => gather(&mut bundle, event),
                Err(RecvError::Lagged(_)) => gather(&mut bundle, Event::Lagged),
                Err(RecvError::Closed) => return,
            }
            tokio::time::sleep(GATHER).await;
        }
    })
}

/// Adds an event to a bundle: the same hint once, of states and progress the latest.
pub fn gather(bundle: &mut Vec<Event>, event: Event) {
    let replaced = |old: &Event| match (old, &event) {
        (Event::Connection { account: a, .. }, Event::Connection { account: b, .. }) => a == b,
        (Event::Progress(a), Event::Progress(b)) => a.account == b.account && a.mailbox == b.mailbox,
        (a, b) => a == b,
    };
    bundle.retain(|old| !replaced(old));
    bundle.push(event);
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::event::Progress;
    use crate::service::model::{Connection, MailboxId, MailboxPath};

    #[test]
    fn a_burst_becomes_one_hint_of_each_kind() {
        let mut bundle = Vec::new();
        for n in 0..10_000 {
            gather(&mut bundle, Event::Mailbox { id: MailboxId(1) });
            gather(
                &mut bundle,
                Event::Progress(Progress {
                    account: "a".into(),
                    mailbox: MailboxPath("INBOX".into()),
                    done: n,
                    total: 10_000,
                    rate: 1,
                    finished: false,
                }),
            );
            gather(&mut bundle, Event::Connection { account: "a".into(), connection: Connection::Synchronising });
        }
        assert_eq!(bundle.len(), 3);
        assert!(bundle.iter().any(|e| matches!(e, Event::Progress(p) if p.done == 9_999)));
    }
}
