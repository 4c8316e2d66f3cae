//! A message of the Drafts mailbox, to be written on.

use super::DraftParts;
use crate::mail::address::Address;
use crate::mail::mime::Content;

/// The draft that a message was kept from. What stands as a name without an address becomes unfinished text again.
pub fn from_message(content: &Content) -> DraftParts {
    let envelope = &content.envelope;
    let (to, to_text) = split(&envelope.to);
    let (cc, cc_text) = split(&envelope.cc);
    let (bcc, bcc_text) = split(&envelope.bcc);
    DraftParts {
        to,
        cc,
        bcc,
        subject: envelope.subject.clone(),
        body: content.text.clone(),
        in_reply_to: envelope.in_reply_to.clone(),
        references: envelope.references.clone(),
        attachments: content.attachments.iter().filter(|a| !a.unpacked).map(|a| a.index).collect(),
        unfinished: [to_text, cc_text, bcc_text],
    }
}

fn split(list: &[Address]) -> (Vec<Address>, String) {
    let (finished, rest): (Vec<&Address>, Vec<&Address>) = list.iter().partition(|a| a.is_valid());
    let typed: Vec<String> = rest.into_iter().map(as_typed).collect();
    (finished.into_iter().cloned().collect(), typed.join(", "))
}

fn as_typed(address: &Address) -> String {
    match (address.name.as_str(), address.addr.as_str()) {
        (name, "") => name.to_string(),
        ("", addr) => addr.to_string(),
        _ => address.to_string(),
    }
}
