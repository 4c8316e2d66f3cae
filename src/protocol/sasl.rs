//! Payloads of the SASL mechanisms that we speak: PLAIN (RFC 4616), LOGIN (a draft that never
//! became one), XOAUTH2 (Google, Microsoft).

use crate::mail::account::AuthMethod;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use std::fmt;

/// A user and what proves it: a password, or an OAuth 2 access token.
#[derive(Clone, PartialEq, Eq)]
pub struct Credentials {
    pub user: String,
    pub secret: String,
    pub method: AuthMethod,
}

impl fmt::Debug for Credentials {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Credentials({:?}, {:?})", self.user, self.method)
    }
}

impl Credentials {
    pub fn password(user: impl Into<String>, secret: impl Into<String>) -> Credentials {
        Credentials { user: user.into(), secret: secret.into(), method: AuthMethod::Password }
    }
    pub fn token(user: impl Into<String>, secret: impl Into<String>) -> Credentials {
        Credentials { user: user.into(), secret: secret.into(), method: AuthMethod::XOAuth2 }
    }

    /// The response of PLAIN, in base64.
    pub fn plain(&self) -> String {
        STANDARD.encode(format!("\0{}\0{}", self.user, self.secret))
    }
    /// The two responses of LOGIN, in base64: user, then password.
    pub fn login(&self) -> (String, String) {
        (STANDARD.encode(&self.user), STANDARD.encode(&self.secret))
    }
    /// The response of XOAUTH2, in base64.
    pub fn xoauth2(&self) -> String {
        STANDARD.encode(format!("user={}\x01auth=Bearer {}\x01\x01", self.user, self.secret))
    }

    /// Whether a NUL or a line end within would change the meaning of a payload or a command.
    pub fn is_sendable(&self) -> bool {
        let clean = |text: &str| !text.contains(['\0', '\r', '\n', '\x01']);
        clean(&self.user) && clean(&self.secret)
    }

    /// Every form in which the secret goes over the wire, to be hidden from transcripts and errors.
    pub fn forms(&self) -> Vec<String> {
        let quoted = self.secret.replace('\\', "\\\\").replace('"', "\\\"");
        vec![self.secret.clone(), quoted, self.plain(), self.login().1, self.xoauth2()]
    }
}

/// What a base64 challenge says, for words; XOAUTH2 explains its refusal so.
pub fn challenge(text: &str) -> Option<String> {
    let bytes = STANDARD.decode(text.trim()).ok()?;
    String::from_utf8(bytes).ok().filter(|text| !text.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_are_as_their_specifications_show() {
        assert_eq!(Credentials::password("tim", "tanstaaftanstaaf").plain(), "AHRpbQB0YW5zdGFhZnRhbnN0YWFm");
        assert_eq!(Credentials::password("u", "p").login(), ("dQ==".into(), "cA==".into()));
        assert_eq!(
            Credentials::token("someuser@example.com", "ya29.vF9dft4qmTc2Nvb3RlckBhdHRhdmlzdGEuY29tCg").xoauth2(),
            "dXNlcj1zb21ldXNlckBleGFtcGxlLmNvbQFhdXRoPUJlYXJlciB5YTI5LnZGOWRmdDRxbVRjMk52YjNSbGNrQmhkSFJoZG1semRHRXVZMjl0Q2cBAQ=="
        );
    }

    #[test]
    fn the_secret_is_not_shown_and_cannot_add_lines() {
        let credentials = Credentials::password("ada", "hunter2");
        assert!(!format!("{credentials:?}").contains("hunter2"));
        assert!(!Credentials::password("ada", "a\r\nb").is_sendable());
        assert!(credentials.is_sendable());
    }
}
