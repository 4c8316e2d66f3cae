//! How an answer and a forwarded message begin.

use super::{DraftParts, quote, subject, without_signature};
use crate::mail::address::Address;
use crate::mail::envelope::Envelope;
use crate::mail::message_id;
use crate::mail::mime::Content;
use crate::mail::text;

/// Recipients that an answer to all starts with at most.
const MAX_RECIPIENTS: usize = 500;
/// Message-IDs of References: the first, which names the thread, and the last.
const MAX_REFERENCES: usize = 40;

/// An answer, to the sender or to all. `me` are the person's own addresses, who is not written to unless alone.
/// `attribution` is the line above the quote, such as `On … Ada wrote:`.
pub fn reply(original: &Content, me: &[Address], all: bool, attribution: &str) -> DraftParts {
    let envelope = &original.envelope;
    let (mut to, mut cc) = (Vec::new(), Vec::new());
    let senders = if envelope.reply_to.is_empty() { &envelope.from } else { &envelope.reply_to };
    let own = !envelope.from.is_empty() && envelope.from.iter().all(|a| is_among(a, me));
    if own && !envelope.to.is_empty() {
        // An answer to oneself goes on to those who were written to.
        add(&mut to, &[], &envelope.to, &[]);
    } else {
        add(&mut to, &[], senders, &[]);
    }
    if all {
        add(&mut to, &[], &envelope.to, me);
        add(&mut cc, &to, &envelope.cc, me);
        // Of several who are answered, oneself is not one.
        if to.len() > 1 {
            to.retain(|a| !is_among(a, me));
        }
    }
    let quoted = quote(without_signature(&original.text));
    let attribution = text::fold_white(&text::display_safe(attribution));
    DraftParts {
        to,
        cc,
        subject: subject::reply(&envelope.subject),
        body: if quoted.is_empty() { String::new() } else { format!("\n\n{attribution}\n{quoted}") },
        in_reply_to: envelope.message_id.iter().filter(|id| message_id::is_writable(id)).cloned().collect(),
        references: references(envelope),
        ..DraftParts::default()
    }
}

/// The words of a forwarded message's header block, in the person's language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ForwardWords {
    /// Such as `---------- Forwarded message ----------`.
    pub title: String,
    /// Labels without their colon: `From`, `Date`, `Subject`, `To`, `Cc`.
    pub from: String,
    pub date: String,
    pub subject: String,
    pub to: String,
    pub cc: String,
    /// When it was sent, as the person reads dates; empty where it is unknown.
    pub sent: String,
}

/// A message passed on: header block, its whole text, and its attachments to copy, pictures of its text too.
pub fn forward(original: &Content, words: &ForwardWords) -> DraftParts {
    let envelope = &original.envelope;
    let mut block = format!("\n\n{}\n", one_line(&words.title));
    let mut line = |label: &str, value: String| {
        if !value.is_empty() {
            block.push_str(&format!("{}: {value}\n", one_line(label)));
        }
    };
    line(&words.from, people(&envelope.from));
    line(&words.date, one_line(&words.sent));
    line(&words.subject, one_line(&envelope.subject));
    line(&words.to, people(&envelope.to));
    line(&words.cc, people(&envelope.cc));
    DraftParts {
        subject: subject::forward(&envelope.subject),
        body: format!("{block}\n{}\n", original.text.trim_end()),
        references: references(envelope),
        attachments: original.attachments.iter().filter(|a| !a.unpacked).map(|a| a.index).collect(),
        ..DraftParts::default()
    }
}

fn one_line(value: &str) -> String {
    text::fold_white(&text::display_safe(value))
}

fn people(list: &[Address]) -> String {
    let shown: Vec<String> = list.iter().take(MAX_RECIPIENTS).map(Address::to_string).collect();
    shown.join(", ")
}

fn is_among(address: &Address, list: &[Address]) -> bool {
    list.iter().any(|other| other.same_person(address))
}

/// Adds addresses that can be written to, each mailbox once.
fn add(list: &mut Vec<Address>, before: &[Address], more: &[Address], but: &[Address]) {
    use std::collections::HashSet;
    let key = |a: &Address| a.addr.to_lowercase();
    let mut seen: HashSet<String> = list.iter().chain(before).map(key).collect();
    for address in more {
        if list.len() >= MAX_RECIPIENTS {
            break;
        }
        if !address.addr.is_empty() && !is_among(address, but) && seen.insert(key(address)) {
            list.push(address.clone());
        }
    }
}

/// RFC 5322, 3.6.4: the original's References (else its In-Reply-To, where that is one) and its Message-ID.
fn references(envelope: &Envelope) -> Vec<String> {
    let parents = match (envelope.references.as_slice(), envelope.in_reply_to.as_slice()) {
        ([], [one]) => std::slice::from_ref(one),
        (references, _) => references,
    };
    let mut ids: Vec<String> = Vec::new();
    for id in parents.iter().chain(&envelope.message_id) {
        if message_id::is_writable(id) {
            // A repeated id counts where it stands last.
            ids.retain(|known| known != id);
            ids.push(id.clone());
        }
    }
    if ids.len() > MAX_REFERENCES {
        ids.drain(1..=ids.len().saturating_sub(MAX_REFERENCES));
    }
    ids
}
