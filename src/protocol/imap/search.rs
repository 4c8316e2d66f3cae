//! SEARCH (RFC 3501, section 6.4.4).

use super::Session;
use super::command::Command;
use super::dispatch::LONG;
use crate::mail::uid::Uid;
use crate::protocol::error::Result;
use async_imap::imap_proto::{MailboxDatum, Response};

impl Session {
    /// Messages of the selected mailbox whose Message-ID contains this text, oldest first.
    pub async fn search_message_id(&mut self, message_id: &str) -> Result<Vec<Uid>> {
        self.search(Command::new("UID SEARCH HEADER MESSAGE-ID ").string(message_id)).await
    }

    /// Every message of the selected mailbox, oldest first.
    pub async fn search_all(&mut self) -> Result<Vec<Uid>> {
        self.search(Command::new("UID SEARCH ALL")).await
    }

    /// Messages of the selected mailbox that the server received on this day or later, oldest first.
    pub async fn search_since(&mut self, day: jiff::civil::Date) -> Result<Vec<Uid>> {
        self.search(Command::new(format!("UID SEARCH SINCE {}", day.strftime("%-d-%b-%Y")))).await
    }

    async fn search(&mut self, command: Command) -> Result<Vec<Uid>> {
        let mut found = None;
        self.run_for(LONG, command, |reply| {
            let Response::MailboxData(MailboxDatum::Search(uids)) = reply.parsed() else { return false };
            found.get_or_insert_with(Vec::new).extend(uids.iter().filter(|u| **u > 0).map(|u| Uid(*u)));
            true
        })
        .await?;
        // RFC 3501 wants an empty answer even where nothing matched; some servers leave it out.
        let mut found: Vec<Uid> = found.unwrap_or_default();
        found.sort_unstable();
        found.dedup();
        Ok(found)
    }
}
