//! An envelope on its way through MAIL and RCPT, with what is known of each recipient.

use super::path::path;
use super::reply::Reply;
use super::submission::{Outcome, RecipientReply, SubmissionEnvelope};

/// Characters beyond ASCII in header or addresses.
#[derive(Clone, Copy, Debug)]
pub(super) struct Characters {
    /// SMTPUTF8 is there.
    pub offered: bool,
    pub needed: bool,
}

/// An envelope with what is known of each recipient.
pub(super) struct Transaction {
    /// What MAIL says.
    pub sender: String,
    recipients: Vec<Recipient>,
    pub characters: Characters,
}

struct Recipient {
    address: String,
    /// What RCPT says.
    path: String,
    /// None until it is known.
    reply: Option<RecipientReply>,
}

impl Transaction {
    /// Sorts out what cannot be sent as it is.
    pub fn new(envelope: &SubmissionEnvelope<'_>, mut characters: Characters) -> Transaction {
        let sender = match envelope.reverse_path {
            "" => Some(String::new()),
            address => path(address),
        };
        let mut none = None;
        match &sender {
            None => none = Some(Reply::local(553, "5.1.7", "the sender's address cannot be sent")),
            Some(sender) if !sender.is_ascii() && !characters.offered => {
                none = Some(Reply::local(553, "5.6.7", "the server takes no sender beyond ASCII (SMTPUTF8)"));
            }
            Some(sender) => characters.needed |= !sender.is_ascii(),
        }
        let mut recipients = Vec::with_capacity(envelope.recipients.len());
        for address in envelope.recipients {
            let path = path(address);
            let reply = match &path {
                _ if none.is_some() => none.clone(),
                None => Some(Reply::local(553, "5.1.3", "this is no address that mail can be sent to")),
                Some(path) if !path.is_ascii() && !characters.offered => {
                    Some(Reply::local(553, "5.6.7", "the server takes no address beyond ASCII (SMTPUTF8)"))
                }
                Some(path) => {
                    characters.needed |= !path.is_ascii();
                    None
                }
            };
            let reply = reply.as_ref().map(refused);
            recipients.push(Recipient { address: address.clone(), path: path.unwrap_or_default(), reply });
        }
        Transaction { sender: sender.unwrap_or_default(), recipients, characters }
    }

    /// The paths of those of whom nothing is known yet, with their places.
    pub fn asked(&self) -> impl Iterator<Item = (usize, &str)> {
        let unknown = self.recipients.iter().enumerate().filter(|(_, recipient)| recipient.reply.is_none());
        unknown.map(|(place, recipient)| (place, recipient.path.as_str()))
    }

    /// Whether the server took at least one.
    pub fn has_accepted(&self) -> bool {
        self.recipients.iter().any(|recipient| recipient.reply == Some(RecipientReply::Accepted))
    }

    pub fn accept(&mut self, place: usize) {
        if let Some(recipient) = self.recipients.get_mut(place) {
            recipient.reply = Some(RecipientReply::Accepted);
        }
    }

    pub fn refuse(&mut self, place: usize, reply: &Reply) {
        if let Some(recipient) = self.recipients.get_mut(place) {
            recipient.reply = Some(refused(reply));
        }
    }

    /// DATA or the message was refused: the server has it for nobody.
    pub fn refuse_accepted(&mut self, reply: &Reply) {
        let accepted = self.recipients.iter_mut().filter(|r| r.reply == Some(RecipientReply::Accepted));
        accepted.for_each(|recipient| recipient.reply = Some(refused(reply)));
    }

    pub fn outcome(self, accepted: Option<Reply>) -> Outcome {
        let unasked = || refused(&Reply::local(451, "4.3.0", "the server was not asked"));
        let known = |recipient: Recipient| (recipient.address, recipient.reply.unwrap_or_else(unasked));
        let recipients = self.recipients.into_iter().map(known);
        Outcome { recipients: recipients.collect(), accepted }
    }
}

fn refused(reply: &Reply) -> RecipientReply {
    RecipientReply::Refused { permanent: reply.permanent(), reply: reply.clone() }
}
