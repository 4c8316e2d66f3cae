//! Rows without files, for measuring the index by itself at sizes whose files would take an hour to write.

use super::{Store, identity};
use crate::mail::envelope::Envelope;
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mime::Summary;
use crate::mail::uid::{Uid, UidValidity};
use crate::storage::error::Result;
use crate::storage::index::messages::NewMessage;
use crate::storage::maildir::Place;

/// What the index is told of a message.
#[derive(Clone, Debug, Default)]
pub struct RowAlone {
    pub uid: u32,
    pub flags: Flags,
    /// Unix seconds.
    pub arrival: i64,
    /// Bytes.
    pub size: u64,
    pub envelope: Envelope,
    pub preview: String,
    pub attachments: u32,
}

impl Store {
    /// Puts rows into the index in one transaction, as a delivery does. A comparison with the mailbox's directory
    /// would take them out again: for measurements only.
    ///
    /// # Errors
    /// What the database says.
    #[doc(hidden)]
    pub fn put_rows_alone(&self, mailbox: MailboxId, rows: &[RowAlone]) -> Result<Vec<MessageId>> {
        let path = self.record(mailbox)?.stored.meta.path;
        self.inner.index.write(|w| {
            let mut ids = Vec::with_capacity(rows.len());
            for row in rows {
                let seed = identity::Seed::Server(UidValidity(1), Uid(row.uid));
                let id = identity::message("alone", &path, seed, 0);
                let summary = Summary {
                    envelope: row.envelope.clone(),
                    preview: row.preview.clone(),
                    attachments: row.attachments,
                    ..Summary::default()
                };
                w.put(&NewMessage {
                    id,
                    mailbox,
                    place: Place::Cur,
                    file_name: &format!("{}.M{id}.postwren:2,{}", row.arrival, row.flags.to_maildir()),
                    uid: Some(Uid(row.uid)),
                    flags: row.flags,
                    server_flags: row.flags,
                    arrival: row.arrival,
                    size: row.size,
                    summary: &summary,
                })?;
                ids.push(id);
            }
            Ok(ids)
        })
    }
}
