//! The way a message came: its Received fields (RFC 5321, 4.4), read leniently, the last hop first.

use super::results::{Authority, related};
use super::{Hop, HopSecurity, Transit};
use crate::mail::mime::{self, Header};
use crate::mail::text;
use std::net::IpAddr;

/// Hops that are told.
pub const MAX_HOPS: usize = 50;

/// Bytes of one field.
const MAX_FIELD: usize = 4 << 10;

/// Reads one field.
pub fn hop(value: &[u8]) -> Hop {
    read(&line_of(value))
}

fn line_of(value: &[u8]) -> String {
    mime::decoded_line(value.get(..MAX_FIELD).unwrap_or(value))
}

fn read(line: &str) -> Hop {
    let (route, date) = line.rsplit_once(';').unwrap_or((line, ""));
    let (words, comments) = without_comments(route);
    let mut clauses = Clauses::default();
    clauses.read(&words);
    let security = security(&clauses, &comments, &words, from_clause(line));
    Hop {
        from: clauses.from,
        by: clauses.by,
        protocol: clauses.with,
        security,
        at: mime::moment(date.trim().as_bytes()),
        certain: false,
    }
}

#[derive(Default)]
struct Clauses {
    from: Option<String>,
    by: Option<String>,
    with: Option<String>,
}

impl Clauses {
    /// `from X by Y with Z id …`: each the word after its own.
    fn read(&mut self, words: &str) {
        let mut words = words.split_whitespace().peekable();
        while let Some(word) = words.next() {
            let place = match word.to_ascii_lowercase().as_str() {
                "from" => &mut self.from,
                "by" => &mut self.by,
                "with" => &mut self.with,
                _ => continue,
            };
            if place.is_none() {
                *place = words.next_if(|next| !next.eq_ignore_ascii_case("by")).map(shown);
            }
        }
    }
}

fn shown(word: &str) -> String {
    text::truncate(word.trim_matches(['[', ']', ',']), 255).to_string()
}

/// The words outside of brackets, and those inside.
fn without_comments(route: &str) -> (String, String) {
    let (mut words, mut comments, mut depth) = (String::new(), String::new(), 0u32);
    for c in route.chars() {
        match c {
            '(' => depth = depth.saturating_add(1),
            ')' => {
                depth = depth.saturating_sub(1);
                comments.push(' ');
                words.push(' ');
            }
            c if depth > 0 => comments.push(c),
            c => words.push(c),
        }
    }
    (words, comments)
}

/// RFC 3848 and 8314 put it into the protocol's name; most also write the version beside it.
fn security(clauses: &Clauses, comments: &str, words: &str, from: &str) -> HopSecurity {
    let protocol = clauses.with.as_deref().unwrap_or_default().to_ascii_uppercase();
    let version = version(comments).or_else(|| version(words));
    let says_tls = matches!(
        protocol.as_str(),
        "ESMTPS"
            | "ESMTPSA"
            | "SMTPS"
            | "UTF8SMTPS"
            | "UTF8SMTPSA"
            | "LMTPS"
            | "LMTPSA"
            | "UTF8LMTPS"
            | "UTF8LMTPSA"
            | "HTTPS"
    );
    if says_tls || version.is_some() {
        return HopSecurity::Encrypted { version };
    }
    let calls_itself = clauses.from.as_deref().unwrap_or_default();
    let unaddressed = addresses(from).next().is_none();
    let by_itself =
        clauses.from.is_none() || unaddressed && matches!(calls_itself, "localhost" | "localhost.localdomain");
    let loops = !unaddressed && addresses(from).all(|address| address.is_loopback());
    if by_itself || loops || protocol == "LOCAL" || comments.contains("from userid") {
        return HopSecurity::Local;
    }
    match protocol.as_str() {
        "SMTP" | "ESMTP" | "ESMTPA" | "UTF8SMTP" | "UTF8SMTPA" | "LMTP" | "LMTPA" | "UTF8LMTP" | "HTTP" => {
            HopSecurity::Clear
        }
        _ => HopSecurity::Unknown,
    }
}

/// `TLSv1.3`, `TLS1_2`, `TLS1.3` as `TLS1.3`; SSL by its name.
fn version(text: &str) -> Option<String> {
    let upper = text.to_ascii_uppercase();
    let at = upper.find("TLSV1").or_else(|| upper.find("TLS1"))?;
    let rest = upper.get(at..)?.trim_start_matches("TLS").trim_start_matches('V');
    let digits: String = rest.chars().take(3).map(|c| if c == '_' { '.' } else { c }).collect();
    match digits.as_str() {
        "1.0" | "1.1" | "1.2" | "1.3" => Some(format!("TLS{digits}")),
        _ => Some("TLS1.0".into()),
    }
}

/// What a field says before `by`: of the other side, partly in that side's own words.
fn from_clause(line: &str) -> &str {
    if line.get(..3).is_some_and(|start| start.eq_ignore_ascii_case("by ")) {
        return "";
    }
    line.split_once(" by ").map_or(line, |(from, _)| from)
}

/// Every address in such a clause: that of the connection, and others where the other side called itself by one.
fn addresses(from: &str) -> impl Iterator<Item = IpAddr> {
    from.split(['[', '(', ' ', ']', ')', '=']).filter_map(|word| {
        let word = word.strip_prefix("IPv6:").unwrap_or(word);
        word.trim_end_matches([',', '.']).parse().ok()
    })
}

/// Whether the own server took a message from a machine of its own. What the other side called itself proves
/// nothing, so an address must say so, and none may say otherwise.
fn is_internal(from: &str) -> bool {
    let mut all = addresses(from).peekable();
    from.is_empty() || all.peek().is_some() && all.all(|address| !is_outside(&address))
}

/// The way of a message, and at which of its header's fields foreign words begin: the Received field by which the
/// own server took it from somebody else.
pub struct Way {
    pub hops: Vec<Hop>,
    /// Position among all fields of the header.
    pub entry: Option<usize>,
    pub transit: Transit,
}

/// Reads all Received fields. What stands above the entry nobody but the own server could write: every server puts
/// its field on top (RFC 5321, 4.4), and the topmost of all is the own one's, however it is called.
pub fn way(header: &Header<'_>, authority: &Authority) -> Way {
    let fields = header.fields.iter().enumerate().filter(|(_, field)| field.name.eq_ignore_ascii_case(b"received"));
    let mut way = Way { hops: Vec::new(), entry: None, transit: Transit::Unknown };
    let mut own_host: Option<String> = None;
    for (at, field) in fields.take(MAX_HOPS) {
        let line = line_of(field.value);
        let mut hop = read(&line);
        let own = |host: &str| authority.owns(host) || own_host.as_deref().is_some_and(|own| related(host, own));
        hop.certain = way.entry.is_none() && (way.hops.is_empty() || hop.by.as_deref().is_some_and(own));
        if way.entry.is_none() && !(hop.certain && is_internal(from_clause(&line))) {
            way.entry = Some(at);
        }
        if way.hops.is_empty() {
            own_host.clone_from(&hop.by);
        }
        way.hops.push(hop);
    }
    way.transit = transit(&way.hops);
    way
}

fn transit(hops: &[Hop]) -> Transit {
    let left: Vec<&Hop> = hops.iter().filter(|hop| hop.security != HopSecurity::Local).collect();
    let encrypted = |hop: &&Hop| matches!(hop.security, HopSecurity::Encrypted { .. });
    match () {
        () if left.iter().any(|hop| hop.security == HopSecurity::Clear) => Transit::Clear,
        () if !left.is_empty() && left.iter().all(encrypted) => Transit::Encrypted,
        () => Transit::Unknown,
    }
}

/// From where the own server took a message, as its Received field and Return-Path say.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Origin {
    pub address: IpAddr,
    /// What that host called itself.
    pub helo: String,
    /// The own server.
    pub host: String,
    /// The envelope sender (RFC 5321, 4.4); empty for reports.
    pub reverse_path: String,
}

/// The origin of a message, where the own server tells it and it lies outside.
pub fn origin(raw: &[u8], authority: &Authority) -> Option<Origin> {
    let (header, _) = mime::split_header(raw);
    let way = way(&header, authority);
    let field = header.fields.get(way.entry?)?;
    let line = line_of(field.value);
    let hop = read(&line);
    if !way.hops.iter().any(|known| known.certain && *known == Hop { certain: true, ..hop.clone() }) {
        return None;
    }
    // Where the other side called itself by an address too, nobody knows which is which.
    let mut outside = addresses(from_clause(&line)).filter(is_outside);
    let address = outside.next().filter(|first| outside.all(|other| other == *first))?;
    let path = header.first("return-path").map(mime::address_field).unwrap_or_default();
    let reverse_path = path.into_iter().map(|address| address.addr).find(|addr| !addr.is_empty()).unwrap_or_default();
    Some(Origin { address, helo: hop.from?, host: hop.by?, reverse_path })
}

fn is_outside(address: &IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => !(v4.is_private() || v4.is_loopback() || v4.is_link_local() || v4.is_unspecified()),
        IpAddr::V6(v6) => {
            !(v6.is_loopback() || v6.is_unspecified() || v6.is_unique_local() || v6.is_unicast_link_local())
        }
    }
}
