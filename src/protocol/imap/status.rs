//! STATUS: the state of a mailbox that is not selected (RFC 3501, section 6.3.10; CONDSTORE, RFC 7162).

use super::command::Command;
use super::{MailboxName, Session};
use crate::mail::uid::{ModSeq, Uid, UidValidity};
use crate::protocol::error::Result;
use async_imap::imap_proto::{MailboxDatum, Response, StatusAttribute};

/// What a server says about a mailbox.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    pub messages: Option<u32>,
    pub unseen: Option<u32>,
    pub uid_next: Option<Uid>,
    pub uid_validity: Option<UidValidity>,
    /// Only where the server has CONDSTORE.
    pub highest_mod_seq: Option<ModSeq>,
}

impl Status {
    pub(super) fn of(attributes: &[StatusAttribute]) -> Status {
        let mut status = Status::default();
        for attribute in attributes {
            match attribute {
                StatusAttribute::Messages(n) => status.messages = Some(*n),
                StatusAttribute::Unseen(n) => status.unseen = Some(*n),
                StatusAttribute::UidNext(n) => status.uid_next = Some(Uid(*n)),
                StatusAttribute::UidValidity(n) => status.uid_validity = Some(UidValidity(*n)),
                StatusAttribute::HighestModSeq(n) => status.highest_mod_seq = Some(ModSeq(*n)),
                _ => {}
            }
        }
        status
    }
}

impl Session {
    /// The items asked for, in parentheses.
    pub(super) fn status_items(&self) -> &'static str {
        if self.capabilities.has("CONDSTORE") || self.capabilities.has("QRESYNC") {
            "(MESSAGES UNSEEN UIDNEXT UIDVALIDITY HIGHESTMODSEQ)"
        } else {
            "(MESSAGES UNSEEN UIDNEXT UIDVALIDITY)"
        }
    }

    /// The state of one mailbox. Not for the selected one: there the server may answer from memory.
    pub async fn status(&mut self, name: &MailboxName) -> Result<Status> {
        let command = Command::new("STATUS ").string(&name.0).words(" ").words(self.status_items());
        let mut found = None;
        self.run(command, |reply| {
            let Response::MailboxData(MailboxDatum::Status { status, .. }) = reply.parsed() else { return false };
            found = Some(Status::of(status));
            true
        })
        .await?;
        match found {
            Some(status) => Ok(status),
            None => self.broken("STATUS without an answer"),
        }
    }
}
