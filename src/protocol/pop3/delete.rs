//! DELE (RFC 1939, section 5). It marks; [`Session::quit`] deletes.

use super::Session;
use super::wire::{Show, Wait};
use crate::protocol::error::{Error, Result};
use crate::protocol::transcript::thousands;

/// Commands under way at once, where the server offers PIPELINING.
const WINDOW: usize = 64;
/// Commands that a transcript shows one by one before it begins to count.
const SHOWN: usize = 3;

impl Session {
    /// Marks messages as deleted: for each, in the order given, whether the server took it. They
    /// are there until [`Session::quit`] has returned without an error, and are there again after
    /// any other end.
    ///
    /// # Errors
    /// Those of the connection: then nothing is deleted.
    pub async fn delete(&mut self, numbers: &[u32]) -> Result<Vec<(u32, Result<()>)>> {
        let window = if self.capabilities().pipelining { WINDOW } else { 1 };
        let wire = &mut self.relay.wire;
        wire.begin()?;
        let mut outcomes = Vec::with_capacity(numbers.len());
        for batch in numbers.chunks(window) {
            let shown = SHOWN.saturating_sub(outcomes.len());
            batch.iter().take(shown).for_each(|number| wire.recorder().client(&format!("DELE {number}")));
            let lines: String = batch.iter().map(|number| format!("DELE {number}\r\n")).collect();
            wire.write(&lines).await?;
            for number in batch {
                let show = if outcomes.len() < SHOWN { Show::Shown } else { Show::Hidden };
                let outcome = match wire.ok(Wait::Usual, show).await {
                    Ok(_) => Ok(()),
                    Err(error @ Error::Refused { .. }) => {
                        wire.recorder().note(&format!("that was to DELE {number}"));
                        Err(error)
                    }
                    Err(error) => return Err(error),
                };
                outcomes.push((*number, outcome));
            }
        }
        let more = outcomes.len().saturating_sub(SHOWN);
        if more > 0 {
            wire.recorder().note(&format!("{} more DELE", thousands(more as u64)));
        }
        wire.finish();
        Ok(outcomes)
    }
}
