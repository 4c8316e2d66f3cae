//! An account: who the person is there, and which servers receive and send.

use super::mailbox::MailboxPath;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// The protocol spoken at an endpoint.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Protocol {
    Imap,
    Pop3,
    Smtp,
}

/// How a connection is protected. There is no opportunistic kind.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Security {
    /// TLS from the first byte (RFC 8314).
    Tls,
    /// STARTTLS or STLS, required: without it nothing is said.
    StartTls,
    /// Plain text, by the person's explicit choice.
    None,
}

/// A server to connect to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Endpoint {
    pub protocol: Protocol,
    pub host: String,
    pub port: u16,
    pub security: Security,
}

/// Why a server URL was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointError {
    #[error("“{0}” is not a server URL such as imaps://mail.example.org")]
    NotAUrl(String),
    #[error("“{0}” names no mail protocol; use imaps, imap, pop3s, pop3, smtps or smtp")]
    Scheme(String),
    #[error("“{0}” names no host")]
    Host(String),
    #[error("“{0}” has parts that a server URL cannot have; a password never belongs there")]
    Parts(String),
}

impl Endpoint {
    /// Port that RFC 8314 and IANA give to this protocol and protection.
    pub const fn default_port(protocol: Protocol, security: Security) -> u16 {
        match (protocol, security) {
            (Protocol::Imap, Security::Tls) => 993,
            (Protocol::Imap, _) => 143,
            (Protocol::Pop3, Security::Tls) => 995,
            (Protocol::Pop3, _) => 110,
            (Protocol::Smtp, Security::Tls) => 465,
            (Protocol::Smtp, _) => 587,
        }
    }

    /// Reads `imaps://host[:port]`, `imap://host[:port]` (STARTTLS required), `?security=none`, likewise POP3 and SMTP.
    pub fn parse(text: &str) -> Result<Endpoint, EndpointError> {
        let url = url::Url::parse(text).map_err(|_| EndpointError::NotAUrl(text.into()))?;
        let (protocol, mut security) = match url.scheme() {
            "imaps" => (Protocol::Imap, Security::Tls),
            "imap" => (Protocol::Imap, Security::StartTls),
            "pop3s" => (Protocol::Pop3, Security::Tls),
            "pop3" => (Protocol::Pop3, Security::StartTls),
            "smtps" => (Protocol::Smtp, Security::Tls),
            "smtp" => (Protocol::Smtp, Security::StartTls),
            other => return Err(EndpointError::Scheme(other.into())),
        };
        if !url.username().is_empty() || url.password().is_some() || !matches!(url.path(), "" | "/") {
            return Err(EndpointError::Parts(text.into()));
        }
        match (url.query(), security) {
            (None, _) => {}
            (Some("security=none"), Security::StartTls) => security = Security::None,
            _ => return Err(EndpointError::Parts(text.into())),
        }
        let host = url.host_str().filter(|h| !h.is_empty()).ok_or_else(|| EndpointError::Host(text.into()))?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_string();
        let port = url.port().unwrap_or(Self::default_port(protocol, security));
        Ok(Endpoint { protocol, host, port, security })
    }
}

impl std::fmt::Display for Endpoint {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let name = match self.protocol {
            Protocol::Imap => "imap",
            Protocol::Pop3 => "pop3",
            Protocol::Smtp => "smtp",
        };
        let s = if self.security == Security::Tls { "s" } else { "" };
        let query = if self.security == Security::None { "?security=none" } else { "" };
        if self.host.contains(':') {
            write!(f, "{name}{s}://[{}]:{}{query}", self.host, self.port)
        } else {
            write!(f, "{name}{s}://{}:{}{query}", self.host, self.port)
        }
    }
}

/// What happens to mail on a POP3 server after it is safe here.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Pop3Keep {
    /// It stays on the server.
    #[default]
    Always,
    /// It is removed this many days after it was downloaded.
    Days(u32),
    /// It is removed as soon as it is safe here: the protocol's own default.
    Never,
}

/// Where the password comes from.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum SecretSource {
    /// The system keyring.
    #[default]
    Keyring,
    /// The first line that this shell command prints.
    Command(String),
    /// A file of mode 0600 in the profile, where no keyring service answers.
    File,
}

/// How the person proves who they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum AuthMethod {
    /// A password: PLAIN or LOGIN, whichever the server offers, over TLS.
    #[default]
    Password,
    /// The secret is an OAuth 2 access token (XOAUTH2).
    XOAuth2,
}

/// Everything about an account but its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Account {
    /// Its name here, also its directory's name: see [`Account::valid_name`].
    pub name: String,
    /// The person's display name in From.
    #[serde(default)]
    pub person: String,
    /// The addr-spec of From.
    pub email: String,
    pub user: String,
    pub incoming: Endpoint,
    pub outgoing: Endpoint,
    #[serde(default)]
    pub auth: AuthMethod,
    #[serde(default)]
    pub secret: SecretSource,
    /// A PEM file with one more certificate authority to trust for this account.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ca_file: Option<PathBuf>,
    #[serde(default)]
    pub pop3_keep: Pop3Keep,
    /// How much of the mail on an IMAP server is kept here.
    #[serde(default, skip_serializing_if = "Offline::is_default")]
    pub offline: Offline,
    /// Mailboxes beside the Inbox whose news is announced at once (IDLE), each by a connection of its own.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pinned: Vec<MailboxPath>,
    /// Connections that the incoming server is asked for at most; 0 for Postwren's own choice.
    #[serde(default, skip_serializing_if = "is_zero")]
    pub connections: u8,
    /// What connections to this account's servers go through.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub proxy: Option<Proxy>,
    /// Whether removals that another program made in the Maildir are carried to the server: asked once.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub carry_removals: Option<bool>,
    /// The name under which the account's own server writes Authentication-Results (RFC 8601, 2.5), where it cannot
    /// be told from its host.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub authserv_id: Option<String>,
}

impl Default for Account {
    /// An account without name and servers, for the fields that most callers leave alone.
    fn default() -> Account {
        let endpoint = |protocol| Endpoint { protocol, host: String::new(), port: 0, security: Security::Tls };
        Account {
            name: String::new(),
            person: String::new(),
            email: String::new(),
            user: String::new(),
            incoming: endpoint(Protocol::Imap),
            outgoing: endpoint(Protocol::Smtp),
            auth: AuthMethod::default(),
            secret: SecretSource::default(),
            ca_file: None,
            pop3_keep: Pop3Keep::default(),
            offline: Offline::default(),
            pinned: Vec::new(),
            connections: 0,
            proxy: None,
            carry_removals: None,
            authserv_id: None,
        }
    }
}

fn is_zero(n: &u8) -> bool {
    *n == 0
}

/// How much of an IMAP account's mail is kept here. What is not kept is listed all the same and
/// fetched when it is opened.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Offline {
    /// Every message: a full copy.
    #[default]
    Full,
    /// Messages of the last so many months; of older ones the headers.
    Months(u32),
    /// Headers; the messages when they are opened.
    Headers,
}

impl Offline {
    fn is_default(&self) -> bool {
        *self == Offline::default()
    }
}

/// A proxy in front of an account's servers. Names are resolved by it, not here. A password for it is
/// kept with the account's secrets, under [`Proxy::secret_name`].
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Proxy {
    pub kind: ProxyKind,
    pub host: String,
    pub port: u16,
    /// For proxies that want to know who one is.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
}

impl Proxy {
    /// Reads `socks5://[user@]host[:port]` or `http://[user@]host[:port]`; the ports are 1080 and 3128 without.
    ///
    /// # Errors
    /// A password in it, for it would be seen; anything else that is no proxy's URL.
    pub fn parse(text: &str) -> Result<Proxy, ProxyError> {
        let fault = || ProxyError::NotAProxy(text.to_string());
        // A URL of a scheme that url does not know is read by looser rules: this one's are the same.
        let rest = text.strip_prefix("socks5://").map(|rest| (ProxyKind::Socks5, 1080, rest));
        let rest = rest.or_else(|| text.strip_prefix("http://").map(|rest| (ProxyKind::Http, 3128, rest)));
        let (kind, port, rest) = rest.ok_or_else(fault)?;
        let url = url::Url::parse(&format!("ftp://{rest}")).map_err(|_| fault())?;
        if url.password().is_some() {
            return Err(ProxyError::Password);
        }
        if !matches!(url.path(), "" | "/") || url.query().is_some() || url.fragment().is_some() {
            return Err(fault());
        }
        let host = url.host_str().filter(|host| !host.is_empty()).ok_or_else(fault)?;
        let host = host.trim_start_matches('[').trim_end_matches(']').to_string();
        let user = match url.username() {
            "" => None,
            user => Some(percent_decoded(user).ok_or_else(fault)?),
        };
        // The port that belongs to the scheme in its place is not told.
        let port = url.port().unwrap_or(if rest.trim_end_matches('/').ends_with(":21") { 21 } else { port });
        Ok(Proxy { kind, host, port, user })
    }

    /// Under which name the secret store keeps the proxy's password for an account. No account can have it.
    pub fn secret_name(account: &str) -> String {
        format!("{account}/proxy")
    }
}

/// Text with its `%XX` undone; none where that is no text.
fn percent_decoded(text: &str) -> Option<String> {
    let mut out = Vec::new();
    let mut bytes = text.bytes();
    while let Some(byte) = bytes.next() {
        out.push(match byte {
            b'%' => {
                let (high, low) = (char::from(bytes.next()?).to_digit(16)?, char::from(bytes.next()?).to_digit(16)?);
                u8::try_from(high.checked_mul(16)?.checked_add(low)?).ok()?
            }
            byte => byte,
        });
    }
    String::from_utf8(out).ok().filter(|text| !text.chars().any(char::is_control))
}

impl std::fmt::Display for Proxy {
    /// For people: without the user.
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let scheme = match self.kind {
            ProxyKind::Socks5 => "socks5",
            ProxyKind::Http => "http",
        };
        if self.host.contains(':') {
            write!(f, "{scheme}://[{}]:{}", self.host, self.port)
        } else {
            write!(f, "{scheme}://{}:{}", self.host, self.port)
        }
    }
}

/// Why a proxy's URL was not understood.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum ProxyError {
    #[error("“{0}” is not a proxy such as socks5://127.0.0.1:9050 or http://user@proxy.example.org:3128")]
    NotAProxy(String),
    #[error("a password does not belong into a proxy’s URL, where others can read it")]
    Password,
}

/// The protocol that a proxy speaks.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ProxyKind {
    /// RFC 1928, user names by RFC 1929.
    Socks5,
    /// CONNECT, RFC 9110, section 9.3.6.
    Http,
}

impl Account {
    /// Who mail of this account comes from.
    pub fn identity(&self) -> super::address::Address {
        super::address::Address::new(&self.person, &self.email)
    }

    /// Whether a name can be a directory's name everywhere and part of `ACCOUNT/path`.
    pub fn valid_name(name: &str) -> bool {
        !name.is_empty()
            && name.len() <= 100
            && !name.starts_with(['.', '-'])
            && !name.ends_with(['.', ' '])
            && name
                .chars()
                .all(|c| !c.is_control() && !matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|'))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn server_urls_are_read_and_written_back() {
        let e = Endpoint::parse("imaps://mail.example.org").unwrap();
        assert_eq!((e.port, e.security), (993, Security::Tls));
        let e = Endpoint::parse("smtp://127.0.0.1:11587").unwrap();
        assert_eq!((e.port, e.security, e.protocol), (11587, Security::StartTls, Protocol::Smtp));
        let e = Endpoint::parse("pop3://h?security=none").unwrap();
        assert_eq!((e.port, e.security), (110, Security::None));
        for url in ["imaps://mail.example.org:993", "pop3://h:110?security=none", "smtps://[::1]:465"] {
            assert_eq!(Endpoint::parse(url).unwrap().to_string(), url);
        }
        for bad in
            ["", "mail.example.org", "http://h", "imaps://", "imaps://u:p@h", "imaps://h?security=none", "imap://h/x"]
        {
            assert!(Endpoint::parse(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn proxies_are_read_without_their_password() {
        let proxy = Proxy::parse("socks5://127.0.0.1:9050").unwrap();
        assert_eq!((proxy.kind, proxy.port, proxy.user), (ProxyKind::Socks5, 9050, None));
        let proxy = Proxy::parse("http://ada%40work@[::1]/").unwrap();
        assert_eq!((&*proxy.host, proxy.port, proxy.user.as_deref()), ("::1", 3128, Some("ada@work")));
        assert_eq!(proxy.to_string(), "http://[::1]:3128");
        assert_eq!(Proxy::parse("http://proxy:80").unwrap().port, 80);
        assert_eq!(Proxy::parse("socks5://proxy:21").unwrap().port, 21);
        assert_eq!(Proxy::parse("socks5://proxy").unwrap().port, 1080);
        assert_eq!(Proxy::parse("socks5://u:p@proxy"), Err(ProxyError::Password));
        for bad in [
            "",
            "proxy",
            "socks4://x",
            "https://x",
            "http://",
            "http://x/y",
            "http://x?y",
            "http://x:99999",
            "http://%00@x",
        ] {
            assert!(Proxy::parse(bad).is_err(), "{bad}");
        }
        assert!(!Account::valid_name(&Proxy::secret_name("ada")));
    }

    #[test]
    fn names_that_would_leave_their_directory_are_refused() {
        for bad in ["", ".", "..", "a/b", ".x", "-x", "a\\b", "a\0"] {
            assert!(!Account::valid_name(bad), "{bad:?}");
        }
        assert!(Account::valid_name("ada@lovelace.example"));
    }
}
