//! AUTH, or USER and PASS (RFC 5034; RFC 1939, section 7; XOAUTH2). What is sent here never
//! reaches a log or the transcript.

use super::Session;
use crate::mail::account::AuthMethod;
use crate::protocol::error::{Error, Result};
use crate::protocol::sasl::Credentials;
use async_pop::sasl::{OAuth2Authenticator, PlainAuthenticator};

/// What async-pop is told instead of the secret.
const PLACEHOLDER: &str = "hidden";

impl Session {
    /// Authenticates by the best way that the server offers and the account allows, and learns
    /// the capabilities anew.
    pub(super) async fn authenticate(&mut self, credentials: &Credentials) -> Result<()> {
        if !credentials.is_sendable() {
            return Err(Error::NoMechanism);
        }
        self.relay.wire.recorder().hide(credentials.forms());
        self.relay.credentials = Some(credentials.clone());
        let user = credentials.user.as_str();
        let result = match credentials.method {
            AuthMethod::XOAuth2 if self.capabilities().offers("XOAUTH2") => {
                let call = self.client.auth(OAuth2Authenticator::new(user, PLACEHOLDER));
                self.relay.carry(call).await.map(drop)
            }
            AuthMethod::XOAuth2 => Err(Error::NoMechanism),
            AuthMethod::Password if self.capabilities().offers("PLAIN") => {
                let call = self.client.auth(PlainAuthenticator::new(user, PLACEHOLDER));
                self.relay.carry(call).await.map(drop)
            }
            AuthMethod::Password => self.relay.carry(self.client.login(user, PLACEHOLDER)).await.map(drop),
        };
        self.relay.credentials = None;
        result.map_err(authentication)
    }
}

fn says_locked(reply: &str) -> bool {
    let reply = reply.to_ascii_lowercase();
    ["already locked", "is locked", "unable to lock", "in use"].iter().any(|words| reply.contains(words))
        && ["maildrop", "mailbox", "mail drop"].iter().any(|what| reply.contains(what))
}

/// A refusal at this point is about user name and password, unless the server says that it is
/// the maildrop or the server itself (RFC 2449, section 8.1; RFC 3206).
fn authentication(error: Error) -> Error {
    match error {
        Error::Refused { code: Some(code), reply }
            if matches!(code.as_str(), "IN-USE" | "LOGIN-DELAY" | "SYS/TEMP" | "SYS/PERM") =>
        {
            Error::Refused { code: Some(code), reply }
        }
        // The words of RFC 1939 itself, from before there were codes.
        Error::Refused { code: None, reply } if says_locked(&reply) => {
            Error::Refused { code: Some("IN-USE".into()), reply }
        }
        Error::Refused { reply, .. } => Error::Authentication { reply },
        error => error,
    }
}
