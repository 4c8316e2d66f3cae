//! The words of a message, for searching.

use super::body::{self, Selection};
use super::structure::Structure;
use super::{Content, guard, head, readable, reader};
use crate::mail::address::Address;

/// Everything of a message that words are found in, by where they stand.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Searchable {
    /// Names and addresses of From and Reply-To.
    pub from: String,
    /// Names and addresses of To, Cc and Bcc.
    pub to: String,
    pub subject: String,
    /// The readable text.
    pub body: String,
    /// Names of the attachments, one a line.
    pub files: String,
    /// Message-ID.
    pub message_id: String,
}

/// Attached messages within attached messages whose text is found.
const DEEPEST: u8 = 3;

/// Reads the words of a message, those of attached messages too. Files that are attached are not decoded. Any bytes
/// give an answer.
pub fn searchable(raw: &[u8]) -> Searchable {
    read(raw, 0)
}

fn read(raw: &[u8], depth: u8) -> Searchable {
    let raw = readable(raw);
    let structure = Structure::parse(&raw);
    let mut selection = Selection::of(&structure);
    let (envelope, _) = head(&structure);
    let sources = std::mem::take(&mut selection.attachments);
    // The text made of the markup is wanted, not the markup.
    selection.html = None;
    let mut content = Content::default();
    reader::read(&structure, &selection, &mut content);
    let names: Vec<String> = sources.iter().filter_map(|source| body::name(&structure, *source)).collect();
    let mut found = Searchable {
        from: people(&[&envelope.from, &envelope.reply_to]),
        to: people(&[&envelope.to, &envelope.cc, &envelope.bcc]),
        subject: envelope.subject,
        body: content.text,
        files: names.join("\n"),
        message_id: envelope.message_id.unwrap_or_default(),
    };
    if depth < DEEPEST {
        for attached in sources.iter().filter_map(|source| body::attached_message(&structure, *source)) {
            let inner = read(&attached, depth.saturating_add(1));
            if found.body.len() > guard::MAX_TEXT {
                break;
            }
            for part in [inner.from, inner.subject, inner.body, inner.files] {
                found.body.push('\n');
                found.body.push_str(&part);
            }
        }
    }
    found
}

fn people(lists: &[&Vec<Address>]) -> String {
    let mut text = String::new();
    for address in lists.iter().flat_map(|list| list.iter()) {
        for part in [&address.name, &address.addr] {
            text.push_str(part);
            text.push(' ');
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_found_where_they_stand() {
        let raw = b"From: Ada <ada@a.test>\r\nReply-To: list@a.test\r\nTo: bob@b.test\r\nCc: Carol <c@c.test>\r\nSubject: =?utf-8?q?M=C3=BChle?=\r\n\
            Message-ID: <x@a.test>\r\nMIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n\
            <p>The <b>mill</b></p><script>hidden</script>\r\n--b\r\nContent-Type: application/pdf; name=\"plan.pdf\"\r\nContent-Transfer-Encoding: base64\r\n\r\nAAAA\r\n--b--\r\n";
        let found = searchable(raw);
        assert!(found.from.contains("Ada ada@a.test") && found.from.contains("list@a.test"), "{}", found.from);
        assert!(found.to.contains("bob@b.test") && found.to.contains("Carol c@c.test"), "{}", found.to);
        assert_eq!((found.subject.as_str(), found.files.as_str()), ("Mühle", "plan.pdf"));
        assert!(found.body.contains("The mill") && !found.body.contains("hidden"), "{}", found.body);
        assert_eq!(found.message_id, "x@a.test");
    }
}
