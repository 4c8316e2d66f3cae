//! What can go wrong between here and a server. Each kind is a variant of its own, so that
//! the service words it without reading text.

use serde::{Deserialize, Serialize};
use std::io;
use std::path::PathBuf;

/// The result of every conversation.
pub type Result<T> = std::result::Result<T, Error>;

/// A conversation that failed. Server replies in it were scrubbed of secrets.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    /// The host's name has no address.
    #[error("no address: {0}")]
    Resolve(#[source] io::Error),
    /// No address of the host answered.
    #[error("no connection: {0}")]
    Connect(#[source] io::Error),
    /// The proxy in front of the server was not reached or did not let us through.
    #[error("proxy {proxy}: {fault}")]
    Proxy { proxy: String, fault: ProxyFault },
    /// What answers speaks HTTP: the sign-in page of a network, in the server's place.
    #[error("a web server answered in the place of the mail server")]
    Intercepted,
    /// A step took longer than its deadline.
    #[error("no answer in time: {step}")]
    TimedOut { step: &'static str },
    /// The server's certificate does not prove who it is.
    #[error("certificate refused ({reason}), issued by {issuer}")]
    Certificate { reason: CertificateFailure, issuer: String },
    /// The handshake failed for another reason.
    #[error("TLS: {0}")]
    Tls(String),
    /// The account's own certificate authority could not be read.
    #[error("certificate file {path}: {reason}")]
    CaFile { path: PathBuf, reason: String },
    /// Encryption is required and the server does not offer or grant it.
    #[error("the server offers no encryption")]
    NoStartTls,
    /// The server had said more before encryption began than it was asked (response injection).
    #[error("the server sent data ahead of the encryption")]
    BytesBeforeTls,
    /// The server greets an unencrypted connection as authenticated, which would skip encryption.
    #[error("the server claims to know us before encryption")]
    Preauth,
    /// The server offers no way to authenticate that we may use.
    #[error("no usable way to authenticate")]
    NoMechanism,
    /// User name, password or token were refused.
    #[error("authentication refused: {reply}")]
    Authentication { reply: String },
    /// The server said no: tagged NO or BAD, `-ERR`, 4xx or 5xx. `code` is the response code
    /// (`TRYCREATE`, `5.7.1`) where there is one.
    #[error("refused: {reply}")]
    Refused { code: Option<String>, reply: String },
    /// The server has not the extension that this would need.
    #[error("the server does not offer {0}")]
    Unsupported(&'static str),
    /// The server broke the grammar of the protocol.
    #[error("the server broke the protocol: {0}")]
    Protocol(String),
    /// Something is larger than we accept or the server takes; `limit` in bytes, or a count.
    #[error("{what} is larger than {limit}")]
    TooLarge { what: &'static str, limit: u64 },
    /// The connection ended where it must not.
    #[error("the connection was closed")]
    Closed,
    /// The connection broke.
    #[error("connection: {0}")]
    Io(#[source] io::Error),
}

/// What a proxy did, or did not.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error, Serialize, Deserialize)]
#[serde(rename_all = "snake_case", tag = "fault")]
pub enum ProxyFault {
    /// No connection to it; with the system's words.
    #[error("{words}")]
    Unreachable { words: String },
    #[error("no answer in time")]
    Silent,
    #[error("it closed the connection")]
    Closed,
    /// The connection to it broke; with the system's words.
    #[error("{words}")]
    Broken { words: String },
    #[error("it wants a user name and password")]
    WantsLogin,
    #[error("it takes no user name and password")]
    TakesNoLogin,
    #[error("user name or password is wrong")]
    WrongLogin,
    /// A name or password that has no room in the protocol.
    #[error("a name or password is longer than SOCKS5 can say")]
    TooLong,
    #[error("it does not speak {protocol}")]
    Foreign { protocol: String },
    /// The status of SOCKS5 (RFC 1928, section 6).
    #[error("{}", socks_words(*status))]
    Socks { status: u8 },
    /// What an HTTP proxy answered: its status and its words.
    #[error("{reply}")]
    Http { reply: String },
}

/// RFC 1928, section 6, for the log.
fn socks_words(status: u8) -> &'static str {
    match status {
        1 => "general failure",
        2 => "not allowed by its rules",
        3 => "network unreachable",
        4 => "host unreachable",
        5 => "connection refused",
        6 => "it took too long",
        7 => "it cannot do that",
        8 => "it does not know such addresses",
        _ => "an unknown failure",
    }
}

/// Why a certificate was refused.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum CertificateFailure {
    /// It is for other names.
    #[error("it is for {}", presented.join(", "))]
    Name { presented: Vec<String> },
    /// It ended at this Unix time.
    #[error("it expired")]
    Expired { at: i64 },
    /// It begins at this Unix time.
    #[error("it is not yet valid")]
    NotYetValid { at: i64 },
    /// Nobody trusted has signed it.
    #[error("its issuer is unknown")]
    UnknownIssuer,
    /// Anything else, in the TLS library's words.
    #[error("{0}")]
    Other(String),
}

impl Error {
    /// Whether the conversation can go on after it: only where the server said no, or
    /// nothing was sent.
    pub fn leaves_connection_usable(&self) -> bool {
        matches!(self, Error::Refused { .. } | Error::Unsupported(_) | Error::TooLarge { what: "message", .. })
    }
}

impl From<io::Error> for Error {
    /// An end of the stream is [`Error::Closed`]; an error of ours that went through a stream comes back as it was.
    fn from(error: io::Error) -> Error {
        if error.get_ref().is_some_and(|inner| inner.is::<Error>()) {
            return match error.into_inner().map(|inner| inner.downcast::<Error>()) {
                Some(Ok(own)) => *own,
                _ => Error::Closed,
            };
        }
        match error.kind() {
            io::ErrorKind::UnexpectedEof
            | io::ErrorKind::ConnectionReset
            | io::ErrorKind::ConnectionAborted
            | io::ErrorKind::BrokenPipe => Error::Closed,
            _ => Error::Io(error),
        }
    }
}

impl From<Error> for io::Error {
    fn from(error: Error) -> io::Error {
        io::Error::other(error)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn our_own_errors_survive_the_way_through_a_stream() {
        let through = io::Error::from(Error::TooLarge { what: "literal", limit: 7 });
        assert!(matches!(Error::from(through), Error::TooLarge { what: "literal", limit: 7 }));
        assert!(matches!(Error::from(io::Error::from(io::ErrorKind::UnexpectedEof)), Error::Closed));
        assert!(matches!(Error::from(io::Error::other("x")), Error::Io(_)));
    }
}
