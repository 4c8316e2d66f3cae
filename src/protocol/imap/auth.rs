//! LOGIN and AUTHENTICATE (RFC 3501, sections 6.2.2 and 6.2.3; SASL-IR, RFC 4959; XOAUTH2).
//! What is sent here never reaches a log or the transcript.

use super::Session;
use super::code::Code;
use super::command::Command;
use super::dispatch::Done;
use crate::mail::account::AuthMethod;
use crate::protocol::error::{Error, Result};
use crate::protocol::net::REPLY;
use crate::protocol::sasl::{self, Credentials};

impl Session {
    /// Authenticates by the best way that the server offers and the account allows, then learns
    /// the capabilities anew.
    pub(super) async fn authenticate(&mut self, credentials: &Credentials) -> Result<()> {
        if !credentials.is_sendable() {
            return Err(Error::NoMechanism);
        }
        self.recorder.hide(credentials.forms());
        let result = match credentials.method {
            AuthMethod::XOAuth2 if self.capabilities.offers("XOAUTH2") => {
                self.sasl("XOAUTH2", &credentials.xoauth2()).await
            }
            AuthMethod::XOAuth2 => Err(Error::NoMechanism),
            AuthMethod::Password if self.capabilities.offers("PLAIN") => self.sasl("PLAIN", &credentials.plain()).await,
            AuthMethod::Password if !self.capabilities.has("LOGINDISABLED") => self.login(credentials).await,
            AuthMethod::Password => Err(Error::NoMechanism),
        };
        // What was true before is void; the answer may bring the new list along.
        self.capabilities = Default::default();
        match result? {
            Done { code: Some(Code { name, arguments }) } if name == "CAPABILITY" => {
                self.capabilities = super::Capabilities::parse(arguments.split_ascii_whitespace());
                Ok(())
            }
            _ => self.ask_capabilities().await,
        }
    }

    async fn login(&mut self, credentials: &Credentials) -> Result<Done> {
        let command = Command::secret("LOGIN ", "LOGIN …").string(&credentials.user).words(" ");
        self.run(command.string(&credentials.secret), |_| false).await.map_err(authentication)
    }

    /// One payload, with the command where the server takes it so, else in answer to its challenge.
    async fn sasl(&mut self, mechanism: &str, payload: &str) -> Result<Done> {
        let at_once = self.capabilities.has("SASL-IR");
        let shown = if at_once { format!("AUTHENTICATE {mechanism} …") } else { format!("AUTHENTICATE {mechanism}") };
        let words = if at_once { format!("AUTHENTICATE {mechanism} {payload}") } else { shown.clone() };
        let nobody = &mut |_: &super::dispatch::Reply| false;
        let tag = self.send(Command::secret(words, shown), REPLY, nobody).await?;
        if !at_once {
            self.await_continue(&tag, REPLY, nobody).await.map_err(authentication)?;
            self.line(payload, "…").await?;
        }
        // XOAUTH2 explains a refusal in one more challenge, to be answered with an empty line.
        let mut reason = None;
        loop {
            match self.next(REPLY).await? {
                super::dispatch::Event::Continue(challenge) if reason.is_none() => {
                    reason = Some(sasl::challenge(&challenge).unwrap_or_default());
                    self.line("", "").await?;
                }
                super::dispatch::Event::Continue(_) => return self.broken("a challenge too many"),
                super::dispatch::Event::Untagged(reply) => self.note(&reply),
                super::dispatch::Event::Done(done, result) if done == tag => {
                    return result.map_err(authentication).map_err(|error| match (error, &reason) {
                        (Error::Authentication { reply }, Some(why)) if !why.is_empty() => {
                            let why = self.recorder.scrub(why).chars().take(500).collect::<String>();
                            Error::Authentication { reply: format!("{reply} {why}") }
                        }
                        (error, _) => error,
                    });
                }
                super::dispatch::Event::Done(..) => return self.broken("an answer to a command that was not sent"),
            }
        }
    }
}

/// A refusal at this point is about user name and password, unless the server says that it is
/// the server itself that is unwell (RFC 5530).
fn authentication(error: Error) -> Error {
    match error {
        Error::Refused { code: Some(code), reply }
            if matches!(code.as_str(), "UNAVAILABLE" | "INUSE" | "LIMIT" | "SERVERBUG" | "CONTACTADMIN") =>
        {
            Error::Refused { code: Some(code), reply }
        }
        Error::Refused { reply, .. } => Error::Authentication { reply },
        error => error,
    }
}
