//! A stand-in for `mail::mime::summary` until that is here.

use crate::mail::address::Address;
use crate::mail::mime::Summary;

pub(super) fn summary(raw: &[u8]) -> Summary {
    let text = String::from_utf8_lossy(raw);
    let (head, body) = text.split_once("\r\n\r\n").or_else(|| text.split_once("\n\n")).unwrap_or((&text, ""));
    let mut summary = Summary::default();
    let address = |v: &str| {
        let addr = v.rsplit_once('<').map_or(v, |(_, a)| a.trim_end_matches('>'));
        let name = v.rsplit_once('<').map_or("", |(n, _)| n.trim().trim_matches('"'));
        Address { name: name.into(), addr: addr.into() }
    };
    let id = |v: &str| v.trim_start_matches('<').trim_end_matches('>').to_string();
    for line in head.lines() {
        let Some((name, value)) = line.split_once(':') else { continue };
        let value = value.trim();
        let envelope = &mut summary.envelope;
        match name.to_ascii_lowercase().as_str() {
            "subject" => envelope.subject = value.into(),
            "message-id" => envelope.message_id = Some(id(value)),
            "from" => envelope.from.push(address(value)),
            "to" => envelope.to.push(address(value)),
            "date" => {
                envelope.date = jiff::fmt::rfc2822::parse(value).ok().map(|z| z.timestamp().as_second());
            }
            _ => {}
        }
    }
    summary.preview = body.chars().take(200).collect();
    summary
}
