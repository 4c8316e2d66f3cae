//! AUTH (RFC 4954) with PLAIN, LOGIN and XOAUTH2. What is sent here never reaches a log or the
//! transcript.

use super::Submission;
use super::reply::Reply;
use super::session::Command;
use crate::mail::account::AuthMethod;
use crate::protocol::error::{Error, Result};
use crate::protocol::sasl::{self, Credentials};

/// Longest command line with its end; a longer payload waits for the server's leave (RFC 4954, 4).
const MAX_COMMAND: usize = 512;

impl Submission {
    /// Authenticates by the best way that the server offers and the account allows.
    pub(super) async fn authenticate(&mut self, credentials: &Credentials) -> Result<()> {
        if !credentials.is_sendable() {
            return Err(Error::NoMechanism);
        }
        self.recorder.hide(credentials.forms());
        let (user, password) = credentials.login();
        let (mechanism, payloads) = match credentials.method {
            AuthMethod::XOAuth2 if self.offer.has_mechanism("XOAUTH2") => ("XOAUTH2", vec![credentials.xoauth2()]),
            AuthMethod::Password if self.offer.has_mechanism("PLAIN") => ("PLAIN", vec![credentials.plain()]),
            AuthMethod::Password if self.offer.has_mechanism("LOGIN") => ("LOGIN", vec![user, password]),
            AuthMethod::XOAuth2 | AuthMethod::Password => return Err(Error::NoMechanism),
        };
        self.sasl(mechanism, payloads).await?;
        self.mechanism = mechanism;
        Ok(())
    }

    async fn sasl(&mut self, mechanism: &str, payloads: Vec<String>) -> Result<()> {
        let bare = format!("AUTH {mechanism}");
        let mut payloads = payloads.into_iter();
        let at_once = format!("{bare} {}", payloads.as_slice().first().map_or("", String::as_str));
        // LOGIN never had the payload in the command.
        let fits = mechanism != "LOGIN" && at_once.len().saturating_add(2) <= MAX_COMMAND;
        let command = if fits { Command::secret(at_once, format!("{bare} …")) } else { Command::new(bare) };
        if fits {
            payloads.next();
        }
        let mut reply = self.command(command).await?;
        // A challenge beyond our payloads: XOAUTH2 explains a refusal so, and wants an empty line
        // for it; any other exchange is called off (RFC 4954, 4).
        let mut reason = None;
        while reply.intermediate() {
            let answer = match (payloads.next(), &reason) {
                (Some(payload), _) => Command::secret(payload, "…"),
                (None, None) => {
                    reason = Some(sasl::challenge(&reply.text).unwrap_or_default());
                    Command::new(if mechanism == "XOAUTH2" { "" } else { "*" })
                }
                (None, Some(_)) => return Err(self.out_of_step("a challenge too many")),
            };
            reply = self.command(answer).await?;
        }
        if reply.positive() {
            let is_whole = payloads.next().is_none() && reason.is_none();
            return if is_whole { Ok(()) } else { Err(self.out_of_step("welcome before the credentials")) };
        }
        Err(self.refusal(reply, &reason.unwrap_or_default()))
    }

    /// A refusal for good is about user name, password or token; the server's passing troubles
    /// are not, and neither is a mechanism that it offered and does not have.
    fn refusal(&self, reply: Reply, reason: &str) -> Error {
        if reply.code == 504 {
            return Error::NoMechanism;
        }
        if !reply.permanent() {
            return reply.into_error();
        }
        let reason: String = self.recorder.scrub(reason).chars().filter(|c| !c.is_control()).take(500).collect();
        Error::Authentication { reply: format!("{reply} {reason}").trim_end().to_string() }
    }

    fn out_of_step(&mut self, what: &str) -> Error {
        self.is_broken = true;
        Error::Protocol(what.into())
    }
}
