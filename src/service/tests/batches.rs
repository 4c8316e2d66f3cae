//! Many submissions that are recorded together: wherever it is cut, each message's state is true, none goes twice by
//! itself, none is lost, and each that was taken is filed once.

use super::*;
use crate::demo::Fault;
use std::collections::BTreeMap;

const COUNT: usize = 30;

fn name(n: usize) -> String {
    format!("number {n:02}")
}

impl World {
    async fn queue_many(&self) {
        for n in 0..COUNT {
            let raw = format!("From: <{ADA}>\r\nTo: <{POP}>\r\nSubject: {}\r\n\r\nHello.\r\n", name(n)).into_bytes();
            let command = Command::SubmitRaw { account: None, raw, when: SendTime::After(0), report: false };
            self.execute(command).await;
        }
    }

    /// How often the server took each message.
    fn taken(&self) -> BTreeMap<String, usize> {
        let mut taken = BTreeMap::new();
        for submission in self.server.submissions() {
            let text = String::from_utf8_lossy(&submission.raw).into_owned();
            let subject = text.lines().find_map(|line| line.strip_prefix("Subject: ")).unwrap_or_default();
            *taken.entry(subject.to_string()).or_default() += 1;
        }
        taken
    }

    /// Holds every entry against what the server has, lets the person decide where nobody can know, and in the end
    /// every message went once and is filed once; how many were in doubt.
    async fn settle_many(&self, case: &str) -> usize {
        let (taken, mut doubts) = (self.taken(), 0);
        assert!(taken.values().all(|times| *times == 1), "{case}: {taken:?}");
        let left = self.handle.outbox().await.unwrap();
        for n in 0..COUNT {
            let is_taken = taken.contains_key(&name(n));
            let entry = left.iter().find(|item| item.subject == name(n));
            match (is_taken, entry.map(|item| (item.id, &item.submission))) {
                (true, None) | (false, Some((_, Submission::Waiting { .. }))) => {}
                (true, Some((id, Submission::Unknown))) => {
                    self.execute(Command::MarkSent { id }).await;
                    doubts += 1;
                }
                (false, Some((id, Submission::Unknown | Submission::Refused { .. }))) => {
                    self.execute(Command::RetrySubmission { id, corrected: Vec::new() }).await;
                    doubts += 1;
                }
                other => panic!("{case}: {}: {other:?}", name(n)),
            }
        }
        self.later(4000);
        self.synchronise().await;
        let taken = self.taken();
        assert!(taken.len() == COUNT && taken.values().all(|times| *times == 1), "{case}: {taken:?}");
        assert_eq!(self.handle.outbox().await.unwrap(), [], "{case}");
        self.synchronise().await;
        let all: Vec<String> = (0..COUNT).map(name).collect();
        assert_eq!((self.subjects("Sent").await, self.subjects_there("Sent")), (all.clone(), all), "{case}");
        doubts
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_at_any_step_of_a_batch_leaves_at_most_one_in_doubt() {
    for (event, done) in [("MAIL", false), ("RCPT", false), ("DATA", false), ("DATA-END", false), ("DATA-END", true)] {
        for nth in [2, 9, 25] {
            let world = World::imap().await;
            world.queue_many().await;
            let fault = Fault::on(Protocol::Smtp, event).nth(nth);
            world.server.fault(if done { fault.done().close() } else { fault.close() });
            let _ = world.handle.synchronise(None).await;
            let doubts = world.settle_many(&format!("{event} {nth}")).await;
            assert_eq!(doubts, usize::from(event == "DATA-END"), "{event} {nth}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_in_a_batch_is_that_message_alone() {
    for (event, reply) in [
        ("MAIL", "451 4.3.0 later"),
        ("RCPT", "550 5.1.1 no such user"),
        ("DATA", "554 5.7.1 not this one"),
        ("DATA-END", "452 4.3.1 no room"),
        ("DATA-END", "554 5.7.1 spam"),
    ] {
        let world = World::imap().await;
        world.queue_many().await;
        world.server.fault(Fault::on(Protocol::Smtp, event).nth(9).status(reply));
        let _ = world.handle.synchronise(None).await;
        let left = world.handle.outbox().await.unwrap();
        assert_eq!(left.iter().map(|item| item.subject.clone()).collect::<Vec<_>>(), [name(8)], "{event} {reply}");
        assert_eq!(world.taken().len(), COUNT - 1);
        world.settle_many(&format!("{event} {reply}")).await;
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_failure_at_any_step_of_the_books_loses_and_doubles_nothing() {
    for step in (1..120).step_by(7) {
        let world = World::imap().await;
        world.queue_many().await;
        world.handle.shared().store.die_at(step);
        let _ = world.handle.synchronise(None).await;
        world.handle.shared().store.die_at(0);
        // What the dead left is taken up by the next.
        let world = world.restart().await;
        let _ = world.handle.synchronise(None).await;
        world.settle_many(&format!("step {step}")).await;
    }
}
