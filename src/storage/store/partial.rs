//! Messages of which only the headers are here: how they become whole, and what a crash in between leaves.
//!
//! They lie in a directory of their own (`Place::Headers`) under our names with the size of the whole, are
//! listed, flagged, moved and deleted like all others, and go the way of every delivery when the rest
//! comes: the whole message is durable in `cur` and indexed, then the headers' file goes. So at every instant one
//! of the two is there; where both are, the whole one is the message.

use super::Store;
use super::diff::{Diff, Found};
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::uid::Uid;
use crate::storage::error::Result;
use crate::storage::files;
use crate::storage::index::messages::{self, Stored};
use crate::storage::maildir::Maildir;
use crate::storage::maildir::name::MessageName;
use std::collections::HashMap;

impl Store {
    /// Where a message's headers and the whole of it are both there, the headers go. The value are whole messages
    /// whose row is that of the headers: the row goes too, and they are to be read as new files are.
    pub(super) fn settle_headers(&self, maildir: &Maildir, diff: &mut Diff<'_>) -> Result<Vec<Found>> {
        let mut new = Vec::new();
        let mut headers: HashMap<MessageId, Found> = HashMap::new();
        let mut others = Vec::new();
        for found in std::mem::take(&mut diff.unmatched) {
            match found.entry.name.identity() {
                Some(own) if is_headers(&found.entry.file_name) => drop(headers.insert(own.id, found)),
                _ => others.push(found),
            }
        }
        for found in others {
            let id = found.entry.name.identity().map(|own| own.id);
            let row = match id {
                Some(id) => self.inner.index.read(|c| messages::find(c, id))?.filter(Stored::is_headers),
                None => None,
            };
            if let Some(id) = id {
                if let Some(less) = headers.remove(&id) {
                    files::remove(&maildir.place(less.place).join(&less.entry.file_name))?;
                }
                let met = diff.files.get(&id).filter(|(_, file_name)| is_headers(file_name));
                if let Some((place, file_name)) = met {
                    files::remove(&maildir.place(*place).join(file_name))?;
                    diff.files.remove(&id);
                    diff.moved.retain(|moved| moved.old.id != id);
                }
            }
            match row.filter(|row| row.mailbox == diff.mailbox()) {
                Some(row) => {
                    diff.files.insert(row.id, (found.place, found.entry.file_name.clone()));
                    diff.without_file.insert(row.id, row);
                    new.push(found);
                }
                None => diff.unmatched.push(found),
            }
        }
        for (id, less) in headers {
            // The row is the whole message's already.
            if diff.files.get(&id).is_some_and(|(_, file_name)| !is_headers(file_name)) {
                files::remove(&maildir.place(less.place).join(&less.entry.file_name))?;
            } else {
                diff.unmatched.push(less);
            }
        }
        Ok(new)
    }

    /// The numbers of messages in a mailbox of which only the headers are here, ascending.
    pub fn headers_only(&self, mailbox: MailboxId) -> Result<Vec<Uid>> {
        self.inner.index.read(|c| messages::headers_only(c, mailbox))
    }
}

fn is_headers(file_name: &str) -> bool {
    MessageName::parse(file_name).is_some_and(|name| name.whole_size().is_some())
}
