//! Between async-pop and the server: takes the commands that it writes to a pipe in memory, says
//! them to the server with the secrets put in, and hands back answers that it can take. See the
//! module's documentation for why.

use super::capability::{self, Capabilities};
use super::reply::{Refusal, Reply};
use super::wire::{Show, Wait, Wire};
use crate::protocol::error::{Error, Result};
use crate::protocol::sasl::{self, Credentials};
use async_pop::error::ErrorKind;
use std::convert::Infallible;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader, DuplexStream};

/// Bytes that the pipe holds.
const PIPE: usize = 16 * 1024;
/// Bytes of an answer's text that are handed on, well below the 2,048 that async-pop reads at once.
const MAX_TEXT: usize = 1000;
/// The longest AUTH command that may carry its response along (RFC 5034, section 4).
const MAX_AUTH: usize = 253;

/// The filter beneath async-pop, and the connection.
#[derive(Debug)]
pub(super) struct Relay {
    pub wire: Wire,
    pub capabilities: Capabilities,
    /// What stands in for the placeholder that async-pop was given, while it authenticates.
    pub credentials: Option<Credentials>,
    pipe: BufReader<DuplexStream>,
    /// The last `-ERR`, of which async-pop keeps only the text.
    refusal: Option<Refusal>,
}

impl Relay {
    /// A relay on a connection that has greeted us, and async-pop's end of the pipe.
    pub fn new(wire: Wire) -> (Relay, DuplexStream) {
        let (ours, theirs) = tokio::io::duplex(PIPE);
        let capabilities = Capabilities::default();
        (Relay { wire, capabilities, credentials: None, pipe: BufReader::new(ours), refusal: None }, theirs)
    }

    /// Hands async-pop the greeting that it waits for; the server said it before, maybe on a line
    /// that was not encrypted then.
    pub async fn greet(&mut self) -> Result<()> {
        Ok(self.pipe.get_mut().write_all(b"+OK\r\n").await?)
    }

    /// Runs one of async-pop's calls to its end.
    pub async fn carry<T>(&mut self, call: impl Future<Output = async_pop::error::Result<T>>) -> Result<T> {
        self.wire.begin()?;
        self.refusal = None;
        let result = tokio::select! {
            biased;
            result = call => result,
            Err(error) = self.serve() => return Err(error),
        };
        match result {
            Ok(value) => {
                self.wire.finish();
                Ok(value)
            }
            Err(error) => match (error.kind(), self.refusal.take()) {
                (ErrorKind::ServerError(_), Some(refusal)) => {
                    self.wire.finish();
                    Err(refusal.into_error(self.wire.recorder()))
                }
                _ => Err(self.wire.broken("an answer that cannot be read")),
            },
        }
    }

    async fn serve(&mut self) -> Result<Infallible> {
        loop {
            let mut line = String::new();
            if self.pipe.read_line(&mut line).await? == 0 {
                return Err(Error::Closed);
            }
            let answer = self.exchange(line.trim_end_matches(['\r', '\n'])).await?;
            // In one write, so that it comes in one read.
            self.pipe.get_mut().write_all(answer.as_bytes()).await?;
        }
    }

    /// Says a command of async-pop's to the server; the answer to hand back.
    async fn exchange(&mut self, command: &str) -> Result<String> {
        let (verb, rest) = command.split_once(' ').unwrap_or((command, ""));
        let reply = match (verb, &self.credentials) {
            ("CAPA", _) => {
                self.capabilities = capability::ask(&mut self.wire).await?;
                return Ok(listed(&self.capabilities));
            }
            ("AUTH", Some(credentials)) => {
                let (mechanism, _) = rest.split_once(' ').unwrap_or((rest, ""));
                let payload = if mechanism == "XOAUTH2" { credentials.xoauth2() } else { credentials.plain() };
                self.auth(mechanism, &payload).await?
            }
            ("PASS", Some(credentials)) => {
                let line = format!("PASS {}", credentials.secret);
                self.wire.say(&line, "PASS …").await?;
                self.wire.reply(Wait::Long, Show::Shown).await?
            }
            _ => {
                self.wire.say(command, command).await?;
                let wait = if matches!(verb, "QUIT" | "STAT") { Wait::Long } else { Wait::Usual };
                self.wire.reply(wait, Show::Shown).await?
            }
        };
        let fit = |text: &str| shortened(&self.wire.recorder().scrub(text));
        match reply {
            Reply::Ok(text) => Ok(format!("+OK {}\r\n", fit(&text))),
            Reply::Refused(refusal) => {
                let answer = format!("-ERR {}\r\n", fit(&refusal.text));
                self.refusal = Some(refusal);
                Ok(answer)
            }
            Reply::Challenge(_) => Err(self.wire.broken("a challenge that nobody asked for")),
        }
    }

    /// The exchange of AUTH (RFC 5034) to its last line: one payload, with the command where it
    /// is short enough, else in answer to an empty challenge.
    async fn auth(&mut self, mechanism: &str, payload: &str) -> Result<Reply> {
        let whole = format!("AUTH {mechanism} {payload}");
        if whole.len() <= MAX_AUTH {
            self.wire.say(&whole, &format!("AUTH {mechanism} …")).await?;
        } else {
            let bare = format!("AUTH {mechanism}");
            self.wire.say(&bare, &bare).await?;
        }
        let (mut answered, mut reason) = (false, None);
        loop {
            match self.wire.reply(Wait::Long, Show::Shown).await? {
                // Also from servers that do not take the response along with the command.
                Reply::Challenge(challenge) if challenge.is_empty() && !answered => {
                    answered = true;
                    self.wire.say(payload, "…").await?;
                }
                // XOAUTH2 explains a refusal in one more challenge, to be answered with an empty line.
                Reply::Challenge(challenge) if reason.is_none() => {
                    answered = true;
                    reason = Some(sasl::challenge(&challenge).unwrap_or_default());
                    self.wire.say("", "").await?;
                }
                Reply::Challenge(_) => return Err(self.wire.broken("a challenge too many")),
                Reply::Ok(text) => return Ok(Reply::Ok(text)),
                Reply::Refused(Refusal { code, text }) => {
                    let text = format!("{text} {}", reason.unwrap_or_default()).trim().to_string();
                    return Ok(Reply::Refused(Refusal { code, text }));
                }
            }
        }
    }
}

/// Text that async-pop can take: one line, no more than it reads at once.
fn shortened(text: &str) -> String {
    let mut out = String::new();
    for c in text.chars().filter(|c| !c.is_control()) {
        if out.len().saturating_add(c.len_utf8()) > MAX_TEXT {
            break;
        }
        out.push(c);
    }
    out
}

/// Capabilities as async-pop can read them: those that decide what it does.
fn listed(capabilities: &Capabilities) -> String {
    if !capabilities.is_known {
        return "-ERR\r\n".into();
    }
    let known = ["PLAIN", "XOAUTH2"].into_iter().filter(|mechanism| capabilities.offers(mechanism));
    let sasl: Vec<&str> = ["SASL"].into_iter().chain(known).collect();
    let sasl = if sasl.len() > 1 { format!("{}\r\n", sasl.join(" ")) } else { String::new() };
    format!("+OK\r\n{sasl}.\r\n")
}
