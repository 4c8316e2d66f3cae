//! TOP n 0 for many messages (RFC 1939, section 7), pipelined: the headers by which messages are told apart.

use super::Session;
use super::retrieve::MAX_TOP;
use super::unstuff::Unstuffer;
use super::wire::{Show, Wait};
use crate::protocol::error::{Error, Result};
use crate::protocol::transcript::thousands;
use std::collections::VecDeque;

/// Commands under way at once, where the server offers PIPELINING.
const WINDOW: usize = 16;
/// Commands that a transcript shows one by one before it begins to count.
const SHOWN: u64 = 3;

impl Session {
    /// Hands each header to `take`, in the order of the numbers, or [`Error::Refused`] where the server does not give
    /// this one.
    ///
    /// # Errors
    /// [`Error::Unsupported`] where the server has no TOP; those of the connection.
    pub async fn headers(&mut self, numbers: &[u32], mut take: impl FnMut(u32, Result<&[u8]>)) -> Result<()> {
        let capabilities = self.capabilities();
        if !capabilities.top {
            return Err(Error::Unsupported("TOP"));
        }
        let window = if capabilities.pipelining { WINDOW } else { 1 };
        let wire = &mut self.relay.wire;
        wire.begin()?;
        let mut numbers = numbers.iter().copied();
        let (mut flights, mut done, mut bytes) = (VecDeque::with_capacity(window), 0_u64, 0_u64);
        let mut text = Vec::new();
        loop {
            let mut batch = String::new();
            while flights.len() < window {
                let Some(number) = numbers.next() else { break };
                batch.push_str(&format!("TOP {number} 0\r\n"));
                flights.push_back(number);
            }
            if !batch.is_empty() {
                wire.write(&batch).await?;
            }
            let Some(number) = flights.pop_front() else { break };
            let show = if done < SHOWN { Show::Shown } else { Show::Hidden };
            if show == Show::Shown {
                wire.recorder().client(&format!("TOP {number} 0"));
            }
            match wire.ok(Wait::Long, show).await {
                Ok(_) => {
                    let mut unstuffer = Unstuffer::default();
                    text.clear();
                    while !wire.content(&mut unstuffer, &mut text).await? {
                        if text.len() > MAX_TOP {
                            return Err(Error::TooLarge { what: "header", limit: MAX_TOP as u64 });
                        }
                    }
                    bytes = bytes.saturating_add(text.len() as u64);
                    take(number, Ok(&text));
                }
                Err(error @ Error::Refused { .. }) => take(number, Err(error)),
                Err(error) => return Err(error),
            }
            done = done.saturating_add(1);
        }
        wire.recorder().note(&format!("… {} headers, {} bytes", thousands(done), thousands(bytes)));
        wire.finish();
        Ok(())
    }
}
