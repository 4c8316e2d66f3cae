//! The credentials of PLAIN (RFC 4616) and XOAUTH2, read from their base64 payloads.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;

/// What a client offered as proof.
#[derive(Clone, PartialEq, Eq)]
pub(super) enum Proof {
    Password { user: String, password: String },
    Token { user: String, token: String },
}

/// Decodes one base64 line of a SASL exchange as text.
pub(super) fn text(line: &[u8]) -> Option<String> {
    String::from_utf8(STANDARD.decode(line.trim_ascii()).ok()?).ok()
}

pub(super) fn base64(text: &str) -> String {
    STANDARD.encode(text)
}

/// `authzid NUL authcid NUL password`, base64.
pub(super) fn plain(line: &[u8]) -> Option<Proof> {
    let text = text(line)?;
    let mut parts = text.split('\0');
    let (_, user, password) = (parts.next()?, parts.next()?, parts.next()?);
    let whole = parts.next().is_none() && !user.is_empty();
    whole.then(|| Proof::Password { user: user.into(), password: password.into() })
}

/// `user=… ^A auth=Bearer … ^A ^A`, base64.
pub(super) fn xoauth2(line: &[u8]) -> Option<Proof> {
    let text = text(line)?;
    let mut parts = text.split('\u{1}');
    let user = parts.next()?.strip_prefix("user=")?;
    let token = parts.next()?.strip_prefix("auth=Bearer ")?;
    Some(Proof::Token { user: user.into(), token: token.into() })
}

/// What a server says, base64, when it refuses a token; the client answers with an empty line.
pub(super) fn token_refused() -> String {
    base64(r#"{"status":"400","schemes":"Bearer","scope":"mail"}"#)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn payloads_are_read_and_nonsense_is_not() {
        let proof = plain(base64("\0ada\0secret").as_bytes());
        assert!(proof == Some(Proof::Password { user: "ada".into(), password: "secret".into() }));
        let proof = xoauth2(base64("user=ada\u{1}auth=Bearer t0ken\u{1}\u{1}").as_bytes());
        assert!(proof == Some(Proof::Token { user: "ada".into(), token: "t0ken".into() }));
        for bad in ["", "!", "YQ==", "AAA=", "AAAAAA=="] {
            assert!(plain(bad.as_bytes()).is_none() && xoauth2(bad.as_bytes()).is_none(), "{bad}");
        }
    }
}
