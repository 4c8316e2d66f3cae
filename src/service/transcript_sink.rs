//! From the recorders of connections to the logs on disk: gathered and written twice a second,
//! so that a fast dialogue costs no write per line. What a flood brings beyond the queue is dropped.

use crate::protocol::transcript::{Direction, Line, Transcript};
use crate::storage::Transcripts;
use crate::storage::transcripts::{Speaker, TranscriptLine};
use std::collections::BTreeMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use super::state::locked;

/// Lines that wait to be written; the oldest stay.
const MOST: usize = 20_000;
const EVERY: Duration = Duration::from_millis(500);

/// Gathers lines of all accounts. Cheap to clone.
#[derive(Clone)]
pub(super) struct TranscriptSink {
    waiting: Arc<Mutex<BTreeMap<String, Vec<TranscriptLine>>>>,
    log: Transcripts,
}

impl TranscriptSink {
    pub fn new(log: Transcripts) -> TranscriptSink {
        TranscriptSink { waiting: Arc::default(), log }
    }

    /// A transcript whose lines also go to the account's log.
    pub fn transcript(&self, account: &str) -> Transcript {
        let (waiting, account) = (self.waiting.clone(), account.to_string());
        Transcript::with_sink(Arc::new(move |line: &Line| {
            let mut waiting = locked(&waiting);
            if let Some(lines) = waiting.get_mut(&account) {
                if lines.len() < MOST {
                    lines.push(stored(line));
                }
            } else {
                waiting.insert(account.clone(), vec![stored(line)]);
            }
        }))
    }

    /// Writes what waits. Blocks. A log that cannot be written must not hold up mail.
    pub fn flush(&self) {
        for (account, lines) in std::mem::take(&mut *locked(&self.waiting)) {
            if let Err(error) = self.log.append(&account, &lines) {
                tracing::warn!(account, %error, "a transcript could not be written");
            }
        }
    }

    /// Flushes for ever.
    pub async fn run(self) {
        loop {
            tokio::time::sleep(EVERY).await;
            if !locked(&self.waiting).is_empty() {
                let sink = self.clone();
                // It only fails where the runtime ends.
                let _ = tokio::task::spawn_blocking(move || sink.flush()).await;
            }
        }
    }

    /// Forgets what waits of an account.
    pub fn drop_account(&self, account: &str) {
        locked(&self.waiting).remove(account);
    }
}

fn stored(line: &Line) -> TranscriptLine {
    let speaker = match line.direction {
        Direction::Client => Speaker::Client,
        Direction::Server => Speaker::Server,
        Direction::Note => Speaker::Note,
    };
    TranscriptLine { at: line.at, connection: line.connection.to_string(), speaker, text: line.text.clone() }
}
