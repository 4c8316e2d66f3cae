//! What a header by itself shows about its sender.

use super::results::related;
use super::script::{self, Oddity};
use super::{Note, Suspicion};
use crate::mail::address::{self, Address};
use crate::mail::mime::{self, Header};
use crate::mail::prose::{self, LinkTarget};
use crate::mail::text;

/// The authors, and what is to be said of them.
pub struct Sender {
    pub authors: Vec<Address>,
    pub suspicions: Vec<Suspicion>,
    pub notes: Vec<Note>,
}

impl Sender {
    pub fn of(header: &Header<'_>) -> Sender {
        let authors = people(header, "from");
        let mut sender = Sender { authors, suspicions: Vec::new(), notes: Vec::new() };
        sender.pretences(header);
        sender.others(header);
        sender
    }

    /// The domain of the one author.
    pub fn domain(&self) -> Option<String> {
        let author = self.authors.first()?;
        address::split(&author.addr).map(|(_, domain)| domain.to_lowercase())
    }

    fn pretences(&mut self, header: &Header<'_>) {
        let several = self.authors.iter().filter(|author| !author.addr.is_empty()).count() > 1;
        if header.all("from").take(2).count() > 1 || several && header.first("sender").is_none() {
            self.suspicions.push(Suspicion::SeveralAuthors);
        }
        for author in self.authors.iter().take(5) {
            if hides(&author.name, false) || hides(&author.addr, true) {
                push(&mut self.suspicions, Suspicion::Hidden);
            }
            if let Some(shown) = other_address(author) {
                push(&mut self.suspicions, Suspicion::NameIsAddress { shown, real: author.addr.clone() });
            }
            let Some((_, domain)) = address::split(&author.addr) else { continue };
            match script::oddity(domain) {
                Some((Oddity::MixedScripts, domain, ascii)) => {
                    push(&mut self.suspicions, Suspicion::MixedScripts { domain, ascii });
                }
                Some((Oddity::LookAlike, domain, ascii)) => {
                    push(&mut self.suspicions, Suspicion::LookAlike { domain, ascii });
                }
                Some((Oddity::International, domain, ascii)) => {
                    push(&mut self.notes, Note::International { domain, ascii });
                }
                None => {}
            }
        }
    }

    fn others(&mut self, header: &Header<'_>) {
        let Some(author) = self.authors.first().filter(|author| !author.addr.is_empty()).cloned() else { return };
        let differs = |other: &Address| !other.addr.is_empty() && !author.same_person(other);
        if let Some(sender) = people(header, "sender").into_iter().find(differs) {
            self.notes.push(Note::SenderDiffers { address: sender.addr });
        }
        let replies = people(header, "reply-to");
        // An author among several to answer to is not left out.
        if !replies.iter().any(|reply| author.same_person(reply))
            && let Some(reply) = replies.into_iter().find(differs)
        {
            self.notes.push(Note::ReplyToDiffers { address: reply.addr });
        }
        if let Some(path) = people(header, "return-path").into_iter().find(differs) {
            self.notes.push(Note::ReturnPathDiffers { address: path.addr });
        }
    }
}

fn push<T: PartialEq>(to: &mut Vec<T>, value: T) {
    if !to.contains(&value) {
        to.push(value);
    }
}

fn people(header: &Header<'_>, name: &str) -> Vec<Address> {
    let mut found = Vec::new();
    for value in header.all(name).take(5) {
        found.extend(mime::address_field(value).into_iter().take(20));
    }
    found
}

/// Characters that hide something. What the reader of the header already marked is among them. In names, joiners
/// and direction marks are ordinary in many languages; in an address nothing invisible is.
fn hides(value: &str, in_address: bool) -> bool {
    value.chars().any(|c| match c {
        text::MARK
        | '\u{200B}'
        | '\u{2060}'..='\u{2064}'
        | '\u{FEFF}'
        | '\u{AD}'
        | '\u{180E}'
        | '\u{E0000}'..='\u{E007F}' => true,
        '\u{200C}'..='\u{200F}' | '\u{61C}' | '\u{34F}' | '\u{3164}' | '\u{115F}' => in_address,
        c => in_address && c.is_whitespace(),
    })
}

/// An address in the name that is of somebody else.
fn other_address(author: &Address) -> Option<String> {
    // Wide forms of the sign are drawn almost like it; marks stand where a character was taken out.
    let name = author.name.replace(['＠', '﹫'], "@").replace(text::MARK, " ");
    let own = address::split(&author.addr).map(|(_, domain)| domain.to_string()).unwrap_or_default();
    prose::links(&name).into_iter().find_map(|link| match link.target {
        LinkTarget::Mail(shown) => {
            let domain = address::split(&shown).map(|(_, domain)| domain.to_string())?;
            (!related(&domain, &own)).then_some(shown)
        }
        LinkTarget::Web(_) => None,
    })
}
