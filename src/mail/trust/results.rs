//! Authentication-Results (RFC 8601), and whose are believed.
//!
//! Anybody can write such a field. Two places can be told apart: above the Received field by which the own server
//! took the message nobody else can write, so what bears the own server's name there is believed. Right below it
//! stand the fields of servers that add theirs second, and the first fields of whoever sent the message. There only
//! names are believed that the person gave ([`crate::mail::account::Account::authserv_id`]) or that belong to
//! providers known to remove forged ones as RFC 8601, section 5, demands. Anywhere else nothing is.

use super::{Check, CheckMethod, Outcome};
use crate::mail::account::Account;
use crate::mail::mime::{self, Header};

/// Bytes of one field, results of one message.
const MAX_FIELD: usize = 16 << 10;
const MAX_CHECKS: usize = 50;

/// Who may speak about the mail of an account.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Authority {
    /// The domain of the account's incoming server.
    domain: Option<String>,
    /// Names believed right below the entry, too.
    named: Vec<String>,
}

/// Providers whose servers write results under another domain than that of their IMAP host. All of them remove
/// forged fields.
const PROVIDERS: [(&str, &[&str]); 12] = [
    ("gmail.com", &["mx.google.com"]),
    ("googlemail.com", &["mx.google.com"]),
    ("fastmail.com", &["messagingengine.com"]),
    ("messagingengine.com", &["messagingengine.com"]),
    ("yahoo.com", &["yahoo.com"]),
    ("aol.com", &["aol.com", "yahoo.com"]),
    ("me.com", &["icloud.com"]),
    ("icloud.com", &["icloud.com"]),
    ("gmx.net", &["gmx.net"]),
    ("gmx.com", &["gmx.net", "gmx.com"]),
    ("web.de", &["web.de"]),
    ("mailbox.org", &["mailbox.org"]),
];

impl Authority {
    /// Who speaks for an account: its own server, and whom the person named.
    pub fn of(account: &Account) -> Authority {
        let domain = organisation(&account.incoming.host);
        let known = PROVIDERS.iter().filter(|(provider, _)| domain.as_deref() == Some(provider));
        let known = known.flat_map(|(_, names)| names.iter().map(|name| name.to_string()));
        let own = account.authserv_id.iter().map(|name| name.trim().trim_end_matches('.').to_ascii_lowercase());
        Authority { named: own.filter(|name| !name.is_empty()).chain(known).collect(), domain }
    }

    /// Whether a host is one of the own server's.
    pub fn owns(&self, host: &str) -> bool {
        self.domain.as_deref().is_some_and(|domain| within(host, domain)) || self.names(host)
    }

    fn names(&self, host: &str) -> bool {
        self.named.iter().any(|name| within(host, name))
    }
}

/// Whether a host is a domain or below it.
pub fn within(host: &str, domain: &str) -> bool {
    let (host, domain) = (host.trim_end_matches('.').to_ascii_lowercase(), domain.to_ascii_lowercase());
    host.strip_suffix(&domain).is_some_and(|rest| rest.is_empty() || rest.ends_with('.')) && !domain.is_empty()
}

/// The domain that a host's owner has, without the list of public suffixes: the host without its first label where
/// enough is left, and where what is left is no place that only registries have (`co.uk`).
pub fn organisation(host: &str) -> Option<String> {
    let host = host.trim_end_matches('.').to_ascii_lowercase();
    if host.is_empty() || host.parse::<std::net::IpAddr>().is_ok() {
        return None;
    }
    let Some((_, rest)) = host.split_once('.') else { return Some(host) };
    let Some((second, top)) = rest.split_once('.') else {
        return Some(if rest.contains('.') { rest.to_string() } else { host.clone() });
    };
    let registry = !top.contains('.')
        && top.len() == 2
        && matches!(second, "co" | "com" | "org" | "net" | "ac" | "gov" | "edu" | "or" | "ne" | "go" | "gob" | "id");
    Some(if registry { host } else { rest.to_string() })
}

/// Whether two hosts are of one organisation.
pub fn related(one: &str, other: &str) -> bool {
    match (organisation(one), organisation(other)) {
        (Some(a), Some(b)) => within(one, &b) || within(other, &a),
        _ => one.eq_ignore_ascii_case(other),
    }
}

/// What was found among the fields.
#[derive(Debug, Default)]
pub struct Found {
    /// The name under which the own server writes.
    pub name: Option<String>,
    pub checks: Vec<Check>,
    /// Somebody else wrote in the own server's name.
    pub forged: bool,
}

/// Whether the own server wrote results into a message's header.
pub fn has_results(raw: &[u8], authority: &Authority) -> bool {
    let (header, _) = mime::split_header(raw);
    let way = super::received::way(&header, authority);
    find(&header, authority, way.entry, None).name.is_some()
}

/// Reads the fields. `entry` is the position of the Received field by which the own server took the message; `from`
/// the domain in From.
pub fn find(header: &Header<'_>, authority: &Authority, entry: Option<usize>, from: Option<&str>) -> Found {
    let mut found = Found::default();
    let next_received = entry.and_then(|entry| {
        let received = header.fields.iter().enumerate().filter(|(_, f)| f.name.eq_ignore_ascii_case(b"received"));
        received.map(|(at, _)| at).find(|at| *at > entry)
    });
    let own_host = header.first("received").and_then(|value| super::received::hop(value).by);
    for (at, field) in header.fields.iter().enumerate() {
        if !field.name.eq_ignore_ascii_case(b"authentication-results") {
            continue;
        }
        let line = mime::decoded_line(field.value.get(..MAX_FIELD).unwrap_or(field.value));
        let (id, mut checks) = parse(&line, from);
        let above = entry.is_some_and(|entry| at < entry);
        let beside = entry.is_some_and(|entry| at > entry) && next_received.is_none_or(|next| at < next);
        let own = authority.owns(&id) || own_host.as_deref().is_some_and(|host| !id.is_empty() && related(&id, host));
        // Servers of one large provider write no name at all.
        let nameless = id.is_empty() && own_host.as_deref().is_some_and(|host| within(host, "outlook.com"));
        let believed = match &found.name {
            // More fields of the same server, such as one for each check, may follow the first.
            Some(name) => (above || beside && authority.names(&id)) && *name == id,
            None => above && (own || nameless) || (beside || entry.is_none()) && authority.names(&id),
        };
        match believed {
            true => {
                found.name = Some(id);
                found.checks.append(&mut checks);
                found.checks.truncate(MAX_CHECKS);
            }
            // A server may leave what it already found in a message that came back to it.
            false if own && !above && !beside => {}
            false if own && found.name.as_deref() != Some(&id) => found.forged |= !above,
            false => {}
        }
    }
    found.checks.sort_by_key(|check| (check.method, check.outcome != Outcome::Pass));
    found
}

/// The authserv-id and the results of a field. `from` is the domain that they should speak about.
pub fn parse(line: &str, from: Option<&str>) -> (String, Vec<Check>) {
    let bare = without_comments(line);
    let mut parts = bare.split(';');
    let first = parts.next().unwrap_or_default();
    let id = first.split_whitespace().next().unwrap_or_default();
    // A field without a name begins with a result.
    let (id, results) = if id.contains('=') { ("", Some(first)) } else { (id, None) };
    let results = results.into_iter().chain(parts).take(MAX_CHECKS);
    (id.trim_matches('"').to_ascii_lowercase(), results.filter_map(|part| result(part, from)).collect())
}

/// `dkim=pass reason="…" header.d=example.org`.
fn result(part: &str, from: Option<&str>) -> Option<Check> {
    let mut words = part.split_whitespace();
    let (method, outcome) = words.next()?.split_once('=')?;
    let method = match method.split('/').next().unwrap_or_default().to_ascii_lowercase().as_str() {
        "dmarc" => CheckMethod::Dmarc,
        "dkim" => CheckMethod::Dkim,
        "spf" => CheckMethod::Spf,
        "arc" => CheckMethod::Arc,
        _ => return None,
    };
    let outcome = match outcome.to_ascii_lowercase().as_str() {
        "pass" | "bestguesspass" => Outcome::Pass,
        "fail" | "hardfail" => Outcome::Fail,
        "softfail" => Outcome::SoftFail,
        "neutral" => Outcome::Neutral,
        "none" => Outcome::None,
        "temperror" => Outcome::TempError,
        "permerror" => Outcome::PermError,
        "policy" => Outcome::Policy,
        _ => return None,
    };
    let wanted: &[&str] = match method {
        CheckMethod::Dmarc => &["header.from"],
        CheckMethod::Dkim => &["header.d", "header.i"],
        CheckMethod::Spf => &["smtp.mailfrom", "smtp.helo", "smtp.mail", "envelope-from"],
        CheckMethod::Arc => &[],
    };
    let mut domain: Option<(usize, String)> = None;
    for word in words.take(20) {
        let Some((property, value)) = word.split_once('=') else { continue };
        let Some(rank) = wanted.iter().position(|w| property.eq_ignore_ascii_case(w)) else { continue };
        let value = value.trim_matches(['"', '<', '>', ',']);
        let value = value.rsplit_once('@').map_or(value, |(_, domain)| domain).to_ascii_lowercase();
        if !value.is_empty() && domain.as_ref().is_none_or(|(best, _)| rank < *best) {
            domain = Some((rank, value));
        }
    }
    let domain = domain.map(|(_, domain)| domain);
    let aligned = match (&domain, from) {
        (Some(domain), Some(from)) => aligned(domain, from),
        // DMARC is about From by itself.
        (None, Some(_)) => method == CheckMethod::Dmarc,
        _ => false,
    };
    Some(Check { method, outcome, domain, aligned })
}

/// Relaxed alignment (RFC 7489, 3.1): the same domain, or one of them below the other.
pub fn aligned(domain: &str, from: &str) -> bool {
    let broad = |of: &str| of.split('.').count() >= 2 && organisation(&format!("x.{of}")).as_deref() == Some(of);
    within(domain, from) && broad(from) || within(from, domain) && broad(domain)
}

fn without_comments(line: &str) -> String {
    let (mut out, mut depth, mut quoted) = (String::with_capacity(line.len()), 0u32, false);
    for c in line.chars() {
        match c {
            '"' if depth == 0 => quoted = !quoted,
            '(' if !quoted => depth = depth.saturating_add(1),
            ')' if !quoted => {
                depth = depth.saturating_sub(1);
                out.push(' ');
            }
            // What is quoted is one word: a reason may hold a semicolon.
            c if depth == 0 && quoted && (c == ';' || c.is_whitespace()) => out.push('_'),
            c if depth == 0 => out.push(c),
            _ => {}
        }
    }
    out
}
