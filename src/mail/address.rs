//! Addresses of people (RFC 5322, 3.4), read generously and written strictly.

use super::text;
use serde::{Deserialize, Serialize};
use std::fmt;

mod list;

pub use list::{BadAddress, BadAddressReason, parse_list};

/// One address: an addr-spec with, perhaps, a display name.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Address {
    /// Display name, decoded; empty where there is none.
    pub name: String,
    /// `local-part@domain` as received. May be malformed in mail from outside.
    pub addr: String,
}

impl Address {
    pub fn new(name: impl Into<String>, addr: impl Into<String>) -> Address {
        Address { name: name.into(), addr: addr.into() }
    }

    /// Whether mail can be sent to it: see [`is_valid`].
    pub fn is_valid(&self) -> bool {
        is_valid(&self.addr)
    }

    /// Whether both name the same mailbox: domains compare without case and as A-labels, local parts exactly
    /// (RFC 5321, 2.4). Display names do not matter.
    pub fn same_mailbox(&self, other: &Address) -> bool {
        match (split(&self.addr), split(&other.addr)) {
            (Some((local, domain)), Some((other_local, other_domain))) => {
                local == other_local && same_domain(domain, other_domain)
            }
            _ => self.addr == other.addr,
        }
    }

    /// The same, with local parts compared without case too, as nearly every server does: good for finding one's
    /// own address among recipients, too generous for removing somebody else's.
    pub fn same_person(&self, other: &Address) -> bool {
        match (split(&self.addr), split(&other.addr)) {
            (Some((local, domain)), Some((other_local, other_domain))) => {
                local.to_lowercase() == other_local.to_lowercase() && same_domain(domain, other_domain)
            }
            _ => self.addr.eq_ignore_ascii_case(&other.addr),
        }
    }
}

/// RFC 5322 with UTF-8 (RFC 6532): the name is quoted where its characters demand it, so that [`parse_list`] reads
/// the same back.
impl fmt::Display for Address {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = text::fold_white(&text::display_safe(&self.name));
        if name.is_empty() {
            return f.write_str(&self.addr);
        }
        if name.chars().all(|c| c == ' ' || is_atext(c)) && !name.contains("=?") {
            return write!(f, "{name} <{}>", self.addr);
        }
        write!(f, "\"{}\" <{}>", name.replace('\\', "\\\\").replace('"', "\\\""), self.addr)
    }
}

/// Characters of an atom (RFC 5322, 3.2.3), with every non-ASCII one that is visible (RFC 6532).
fn is_atext(c: char) -> bool {
    c.is_ascii_alphanumeric() || "!#$%&'*+-/=?^_`{|}~".contains(c) || (!c.is_ascii() && !c.is_control())
}

/// Local part and domain of an addr-spec. A quoted local part may contain an `@`, so the last one counts.
pub fn split(addr: &str) -> Option<(&str, &str)> {
    addr.rsplit_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty())
}

/// Whether mail can be sent to this addr-spec: local part a dot-atom or quoted string of at most 64 bytes, domain
/// one that IDNA accepts, or an address literal. `localhost` and other single labels are fine: they exist.
pub fn is_valid(addr: &str) -> bool {
    reason(addr).is_none()
}

/// The addr-spec as SMTP wants it: its domain as A-labels. `None` where it is not valid.
pub fn to_wire(addr: &str) -> Option<String> {
    let (local, domain) = split(addr)?;
    is_valid(addr).then(|| domain_to_ascii(domain)).flatten().map(|domain| format!("{local}@{domain}"))
}

fn reason(addr: &str) -> Option<BadAddressReason> {
    let Some((local, domain)) = addr.rsplit_once('@') else { return Some(BadAddressReason::NoAt) };
    if !is_local_part(local) {
        return Some(BadAddressReason::LocalPart);
    }
    match domain_to_ascii(domain) {
        Some(ascii) if lettre::Address::new(local, &ascii).is_ok() => None,
        Some(_) => Some(BadAddressReason::LocalPart),
        None => Some(BadAddressReason::Domain),
    }
}

fn is_local_part(local: &str) -> bool {
    if local.is_empty() || local.len() > 64 {
        return false;
    }
    match local.strip_prefix('"') {
        None => local.split('.').all(|atom| !atom.is_empty() && atom.chars().all(|c| is_atext(c) && !is_hidden(c))),
        Some(rest) => rest.strip_suffix('"').is_some_and(is_quoted_content),
    }
}

/// White space and direction characters look like nothing or like something else: no mailbox has them.
fn is_hidden(c: char) -> bool {
    c.is_whitespace() || text::display_safe(c.encode_utf8(&mut [0; 4])).contains(text::MARK)
}

fn is_quoted_content(content: &str) -> bool {
    let mut escaped = false;
    for c in content.chars() {
        match c {
            c if c.is_control() => return false,
            _ if escaped => escaped = false,
            '\\' => escaped = true,
            '"' => return false,
            _ => {}
        }
    }
    !escaped
}

/// A domain as A-labels in lower case (IDNA, UTS 46), or an address literal as it stands. `None` where it is neither.
pub fn domain_to_ascii(domain: &str) -> Option<String> {
    if let Some(literal) = domain.strip_prefix('[').and_then(|d| d.strip_suffix(']')) {
        let address = literal.strip_prefix("IPv6:").unwrap_or(literal);
        return address.parse::<std::net::IpAddr>().is_ok().then(|| domain.to_string());
    }
    let domain = domain.strip_suffix('.').unwrap_or(domain);
    // `Host::parse` would undo percent-encoding, which no mail address has.
    if domain.is_empty() || domain.len() > 1000 || domain.contains(['%', '_']) {
        return None;
    }
    let ascii = match url::Host::parse(domain).ok()? {
        url::Host::Domain(ascii) => ascii,
        _ => return None,
    };
    let label = |l: &str| !l.is_empty() && l.len() <= 63 && !l.starts_with('-') && !l.ends_with('-');
    (ascii.len() <= 253 && ascii.split('.').all(label)).then_some(ascii)
}

fn same_domain(a: &str, b: &str) -> bool {
    a.eq_ignore_ascii_case(b) || matches!((domain_to_ascii(a), domain_to_ascii(b)), (Some(a), Some(b)) if a == b)
}

#[cfg(test)]
mod tests;
