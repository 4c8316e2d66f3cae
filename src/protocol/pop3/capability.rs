//! What a server says it can do (CAPA, RFC 2449).

use super::wire::{Show, Wait, Wire};
use crate::protocol::error::{Error, Result};
use std::collections::BTreeSet;
use std::time::Duration;

/// Lines of a list of capabilities.
const MAX_LINES: usize = 200;
/// Those of them that a transcript shows.
const SHOWN: usize = 40;

/// How long the server keeps messages (RFC 2449, section 6.7).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Expire {
    Never,
    /// At least so many days; with 0, mail may not be left there at all.
    Days(u32),
}

/// What a server offers, as it said after the last change of state.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Capabilities {
    /// Whether the server knows CAPA at all. If not, UIDL, TOP and STLS are tried, for they are
    /// older than it; nothing else is.
    pub is_known: bool,
    pub uidl: bool,
    pub top: bool,
    /// Commands may be sent ahead of the answers.
    pub pipelining: bool,
    pub stls: bool,
    /// SASL mechanisms, in capitals.
    pub sasl: BTreeSet<String>,
    pub expire: Option<Expire>,
    /// How much time must pass between two log-ins.
    pub login_delay: Option<Duration>,
}

impl Capabilities {
    /// Those of a server that does not know CAPA.
    fn unknown() -> Capabilities {
        Capabilities { uidl: true, top: true, stls: true, ..Capabilities::default() }
    }

    /// Whether a SASL mechanism, given in capitals, is offered.
    pub fn offers(&self, mechanism: &str) -> bool {
        self.sasl.contains(mechanism)
    }

    fn note(&mut self, line: &str) {
        let mut words = line.split_ascii_whitespace().map(str::to_ascii_uppercase);
        let name = words.next().unwrap_or_default();
        match name.as_str() {
            "UIDL" => self.uidl = true,
            "TOP" => self.top = true,
            "PIPELINING" => self.pipelining = true,
            "STLS" => self.stls = true,
            "SASL" => self.sasl.extend(words),
            "EXPIRE" => {
                self.expire = words.next().and_then(|word| match word.as_str() {
                    "NEVER" => Some(Expire::Never),
                    days => days.parse().ok().map(Expire::Days),
                });
            }
            "LOGIN-DELAY" => {
                self.login_delay = words.next().and_then(|word| word.parse().ok()).map(Duration::from_secs);
            }
            _ => {}
        }
    }
}

/// Asks for them. A refusal says that the server does not know CAPA.
pub(super) async fn ask(wire: &mut Wire) -> Result<Capabilities> {
    wire.say("CAPA", "CAPA").await?;
    match wire.ok(Wait::Usual, Show::Shown).await {
        Ok(_) => {}
        Err(Error::Refused { .. }) => return Ok(Capabilities::unknown()),
        Err(error) => return Err(error),
    }
    let mut found = Capabilities { is_known: true, ..Capabilities::default() };
    let mut count = 0_usize;
    let recorder = wire.recorder().clone();
    wire.lines(|line| {
        count = count.saturating_add(1);
        if count > MAX_LINES {
            return Err(Error::TooLarge { what: "list of capabilities", limit: MAX_LINES as u64 });
        }
        if count <= SHOWN {
            recorder.server(line);
        }
        found.note(&String::from_utf8_lossy(line));
        Ok(())
    })
    .await?;
    Ok(found)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(lines: &[&str]) -> Capabilities {
        let mut all = Capabilities::default();
        lines.iter().for_each(|line| all.note(line));
        all
    }

    #[test]
    fn lines_are_understood_with_what_follows_their_name() {
        let all = parsed(&[
            "top",
            "UIDL ",
            "SASL PLAIN xoauth2 SCRAM-SHA-256-PLUS",
            "EXPIRE 30 USER",
            "LOGIN-DELAY 900 USER",
            "IMPLEMENTATION x y (z)",
            "",
            "UTF8 USER",
        ]);
        assert!(all.top && all.uidl && !all.pipelining && !all.stls);
        assert!(all.offers("XOAUTH2") && all.offers("SCRAM-SHA-256-PLUS") && !all.offers("SCRAM-SHA-256"));
        assert_eq!((all.expire, all.login_delay), (Some(Expire::Days(30)), Some(Duration::from_secs(900))));
        assert_eq!(parsed(&["EXPIRE NEVER"]).expire, Some(Expire::Never));
        assert_eq!(parsed(&["EXPIRE soon", "LOGIN-DELAY"]), Capabilities::default());
    }
}
