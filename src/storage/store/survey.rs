//! What other programs did to a Maildir: told, so that it can be queued for the server, before the index
//! forgets how it was before.
//!
//! Whether anything was done is told by the times and numbers of `cur` and `new`: as long as these are the
//! ones of the last look, nothing was, and a mailbox of any size costs two questions to the file system. A
//! time so young that another change may still get the same one is not kept.

use super::diff::Found;
use super::{Reconciled, Store, Stored, identity, lock};
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::uid::{Uid, UidValidity};
use crate::storage::error::Result;
use crate::storage::index::messages;
use crate::storage::maildir::name::MessageName;
use crate::storage::maildir::{Listing, Maildir, Place};
use std::collections::{BTreeSet, HashSet};
use std::os::unix::fs::MetadataExt;
use std::time::{Duration, SystemTime};

/// Files read between two transactions.
const CHUNK: usize = 256;
/// A directory's time younger than this may be given again to another change; file systems that count
/// whole seconds need more.
const TICK: Duration = Duration::from_millis(100);
const COARSE_TICK: Duration = Duration::from_millis(2100);

/// Who hears of changes, before they are in the index.
pub(super) type Watch<'a> = Option<&'a mut dyn FnMut(&Noticed) -> Result<()>>;

/// Changes that other programs made in one mailbox.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Noticed {
    pub mailbox: MailboxId,
    pub flags: Vec<Reflagged>,
    pub arrived: Vec<Arrived>,
    pub added: Vec<Added>,
}

/// A message whose flags are others now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Reflagged {
    pub id: MessageId,
    pub uid: Option<Uid>,
    pub before: Flags,
    pub after: Flags,
}

/// A message that was moved here from another mailbox of the account.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrived {
    pub id: MessageId,
    pub from: MailboxId,
    /// Its number there.
    pub uid: Option<Uid>,
    pub size: u64,
    pub message_id: Option<String>,
    pub flags: Flags,
}

/// A message that is new.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Added {
    pub id: MessageId,
    /// The server has it.
    pub is_numbered: bool,
    pub flags: Flags,
    pub size: u64,
    pub message_id: Option<String>,
}

/// A message whose file is gone; its row is still there, see [`Store::let_go`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gone {
    pub id: MessageId,
    pub uid: Option<(UidValidity, Uid)>,
    pub flags: Flags,
    pub server_flags: Flags,
    pub size: u64,
    pub message_id: Option<String>,
}

/// What a look at a mailbox found.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Survey {
    pub done: Reconciled,
    pub gone: Vec<Gone>,
    /// Messages that it had before.
    pub total: u64,
}

/// One pass over the names of a mailbox.
#[derive(Default)]
pub(super) struct Compared {
    pub done: Reconciled,
    pub found: Vec<Found>,
    pub gone: Vec<Stored>,
}

impl Noticed {
    pub fn is_empty(&self) -> bool {
        self.flags.is_empty() && self.arrived.is_empty() && self.added.is_empty()
    }
}

impl Store {
    /// Whether a mailbox's directories are as they were when they were last compared with the index.
    pub fn is_untouched(&self, mailbox: MailboxId) -> Result<bool> {
        let record = self.record(mailbox)?;
        let seen = self.inner.index.read(|c| crate::storage::index::mailboxes::seen(c, mailbox))?;
        let now = Stamp::of(&self.maildir(&record)).map(|stamp| stamp.text);
        let same = seen.is_some() && now == seen;
        if same {
            lock(&self.inner.compared).insert(mailbox);
        }
        Ok(same)
    }

    /// Takes in what other programs did to a mailbox. `tell` hears of it first, in pieces, and is to make it durable;
    /// after a crash it may hear of the same again. Rows of messages that are gone stay.
    ///
    /// # Errors
    /// [`Error::Missing`](crate::storage::Error::Missing) where the mailbox's directory is gone, or is an empty one
    /// that is not ours: nothing is concluded from that.
    pub fn survey(&self, mailbox: MailboxId, tell: &mut dyn FnMut(&Noticed) -> Result<()>) -> Result<Survey> {
        let only = BTreeSet::from([mailbox]);
        let before = self.record(mailbox)?;
        let maildir = self.maildir(&before);
        let (compared, stamp) = self.exclusive(&only, || {
            // Before anything is read: what another program does while the names are read and recorded must show. After
            // a look that itself renamed something there is none; the next one has nothing to rename.
            let stamp = Stamp::of(&maildir).filter(Stamp::is_settled);
            let compared = self.compare(mailbox, Some(&mut *tell))?;
            let now = Stamp::of(&maildir).map(|now| now.text);
            let stamp = stamp.filter(|before| now.as_ref() == Some(&before.text));
            let again = if compared.gone.is_empty() { HashSet::new() } else { bases(&maildir)? };
            let is_back =
                |old: &Stored| MessageName::parse(&old.file_name).is_some_and(|name| again.contains(name.base()));
            // A listing may miss what is renamed while it is read: only what two of them miss is gone.
            let gone: Vec<Stored> = compared.gone.iter().filter(|old| !is_back(old)).cloned().collect();
            let whole = gone.len() == compared.gone.len();
            Ok((Compared { gone, ..compared }, stamp.filter(|_| whole)))
        })?;
        let Compared { mut done, mut found, gone } = compared;
        found.sort_by_key(|f| std::cmp::Reverse(f.entry.name.arrival()));
        while !found.is_empty() {
            let rest = found.split_off(found.len().min(CHUNK));
            let chunk = std::mem::replace(&mut found, rest);
            let added = self.exclusive(&only, || self.take_in_files(mailbox, chunk, Some(&mut *tell)))?;
            done.added = done.added.saturating_add(added);
        }
        let stamp = stamp.filter(|_| gone.is_empty()).map(|stamp| stamp.text);
        self.inner.index.write(|w| w.set_seen(mailbox, stamp.as_deref()))?;
        lock(&self.inner.compared).insert(mailbox);
        self.note_completeness()?;
        let validity = before.stored.state.uid_validity;
        let gone = gone.into_iter().map(|old| Gone {
            id: old.id,
            uid: validity.zip(old.uid),
            flags: old.flags,
            server_flags: old.server_flags,
            size: old.size,
            message_id: old.message_id,
        });
        Ok(Survey { done, gone: gone.collect(), total: before.stored.total })
    }

    /// Rows of messages whose files are gone go too. A file that is there again keeps its row.
    pub fn let_go(&self, mailbox: MailboxId, ids: &[MessageId]) -> Result<()> {
        self.exclusive(&BTreeSet::from([mailbox]), || {
            let maildir = self.maildir(&self.record(mailbox)?);
            let there = bases(&maildir)?;
            let stored = self.stored(ids)?.into_iter().filter(|s| s.mailbox == mailbox && s.place == Place::Cur);
            let gone: Vec<Stored> = stored
                .filter(|s| MessageName::parse(&s.file_name).is_none_or(|name| !there.contains(name.base())))
                .collect();
            self.inner.index.write(|w| gone.iter().try_for_each(|old| w.take(old)))
        })
    }

    /// Whether files of these names in a mailbox's `cur` are, or are not, there as the index has it: changes of our
    /// own. Names of other programs are never explained.
    pub fn explains(&self, mailbox: MailboxId, names: &HashSet<String>) -> Result<bool> {
        self.exclusive(&BTreeSet::from([mailbox]), || {
            let cur = self.maildir(&self.record(mailbox)?).place(Place::Cur);
            for name in names {
                let own = MessageName::parse(name).and_then(|parsed| parsed.identity());
                let Some(own) = own else { return Ok(false) };
                let row = self.inner.index.read(|c| messages::find(c, own.id))?;
                let known = row.is_some_and(|row| {
                    let is_it = row.mailbox == mailbox && row.place == Place::Cur && row.file_name == *name;
                    // A name of ours may carry flags that another program set meanwhile.
                    is_it && MessageName::parse(name).is_some_and(|parsed| parsed.flags() == row.flags)
                });
                if known != cur.join(name).exists() {
                    return Ok(false);
                }
            }
            Ok(true)
        })
    }

    /// Whether a message that the server has was brought to its mailbox from this side, and not fetched from there: its
    /// id says so.
    pub fn is_of_here(&self, id: MessageId) -> Result<bool> {
        /// An id is taken by another message, rarely.
        const ATTEMPTS: u32 = 4;
        let found = self.inner.index.read(|c| messages::find(c, id))?;
        let Some((uid, old)) = found.and_then(|old| Some((old.uid?, old))) else { return Ok(false) };
        let stored = self.record(old.mailbox)?.stored;
        let Some(validity) = stored.state.uid_validity else { return Ok(false) };
        let seed = identity::Seed::Server(validity, uid);
        let fetched = |attempt| identity::message(&stored.account, &stored.meta.path, seed, attempt) == id;
        Ok(!(0..ATTEMPTS).any(fetched))
    }

    /// The server is asked for everything in a mailbox again, whatever was in step before.
    pub fn expect_all(&self, mailbox: MailboxId) -> Result<()> {
        self.exclusive(&BTreeSet::from([mailbox]), || {
            let state = self.record(mailbox)?.stored.state;
            let state = crate::storage::SyncState { exists: None, highest_mod_seq: None, uid_next: None, ..state };
            self.inner.index.write(|w| w.set_state(mailbox, &state))
        })
    }

    /// Where other programs change a mailbox: its `cur` and its `new`.
    pub fn watched_dirs(&self, mailbox: MailboxId) -> Result<[std::path::PathBuf; 2]> {
        let maildir = self.maildir(&self.record(mailbox)?);
        Ok([maildir.place(Place::Cur), maildir.new_dir()])
    }
}

fn bases(maildir: &Maildir) -> Result<HashSet<String>> {
    Ok(Listing::read(&maildir.place(Place::Cur))?.into_iter().map(|e| e.name.base().to_string()).collect())
}

/// By what a change of a mailbox's directories shows.
struct Stamp {
    text: String,
    youngest: SystemTime,
}

impl Stamp {
    fn of(maildir: &Maildir) -> Option<Stamp> {
        let cur = std::fs::metadata(maildir.place(Place::Cur)).ok()?;
        let new = std::fs::metadata(maildir.new_dir()).ok()?;
        let one = |m: &std::fs::Metadata| format!("{}.{}.{}.{}", m.dev(), m.ino(), m.mtime(), m.mtime_nsec());
        let youngest = cur.modified().ok()?.max(new.modified().ok()?);
        Some(Stamp { text: format!("{} {}", one(&cur), one(&new)), youngest })
    }

    fn is_settled(&self) -> bool {
        let fraction = self.youngest.duration_since(SystemTime::UNIX_EPOCH).map_or(0, |d| d.subsec_nanos());
        let tick = if fraction == 0 { COARSE_TICK } else { TICK };
        SystemTime::now().duration_since(self.youngest).is_ok_and(|age| age > tick)
    }
}
