//! The store against a real directory: what every test needs, and what must hold after each.

mod crash;
mod delivering;
mod filing;
mod mailboxes;
mod paging;
mod partial;
mod reconcile;
mod searching;
mod speed;

use super::*;
use crate::mail::mailbox::{MailboxPath, Role};
use crate::storage::index::{Page, Query, Row, StoredMailbox, SyncState};
use crate::storage::maildir::{Listing, MailboxMeta, Place};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tempfile::TempDir;

/// A profile of its own with an open store.
pub(super) struct Desk {
    pub dir: TempDir,
    store: Option<Store>,
}

pub(super) const V: UidValidity = UidValidity(7);

impl Desk {
    pub fn new() -> Desk {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open(&Profile::open(dir.path()).unwrap()).unwrap();
        Desk { dir, store: Some(store) }
    }
    pub fn store(&self) -> &Store {
        self.store.as_ref().unwrap()
    }
    pub fn profile(&self) -> Profile {
        Profile::open(self.dir.path()).unwrap()
    }
    /// As after a restart.
    pub fn reopen(&mut self) -> &Store {
        self.store = None;
        self.store = Some(Store::open(&self.profile()).unwrap());
        self.store()
    }
    /// As after a restart without `index.db`.
    pub fn reopen_without_index(&mut self) -> &Store {
        self.store = None;
        for file in ["index.db", "index.db-wal", "index.db-shm"] {
            let _ = std::fs::remove_file(self.dir.path().join(file));
        }
        self.reopen()
    }
    pub fn mailbox(&self, path: &str) -> MailboxId {
        self.store().ensure_mailbox("work", &meta(path)).unwrap()
    }
    pub fn cur(&self, mailbox: MailboxId) -> PathBuf {
        let record = self.store().record(mailbox).unwrap();
        self.store().maildir(&record).place(Place::Cur)
    }
    /// Runs until the n-th step that changes the disk; true where that was reached.
    pub fn crashes_at(&self, n: i64, act: impl FnOnce(&Store)) -> bool {
        self.store().inner.crash.arm(n);
        let result = catch_unwind(AssertUnwindSafe(|| act(self.store())));
        self.store().inner.crash.arm(0);
        match result {
            Ok(()) => false,
            Err(panic) if panic.is::<crate::storage::fail::Crashed>() => true,
            Err(panic) => std::panic::resume_unwind(panic),
        }
    }
}

pub(super) fn meta(path: &str) -> MailboxMeta {
    let role = match path {
        "INBOX" => Some(Role::Inbox),
        "Sent" => Some(Role::Sent),
        _ => None,
    };
    MailboxMeta {
        path: MailboxPath(path.into()),
        server_name: path.into(),
        delimiter: Some('/'),
        role,
        selectable: true,
        subscribed: true,
    }
}

/// A message that differs from every other by its number, dated a minute after the one before.
pub(super) fn raw(n: u32) -> Vec<u8> {
    let at = jiff::Timestamp::from_second(1_700_000_000 + i64::from(n) * 60).unwrap();
    let date = at.strftime("%a, %d %b %Y %H:%M:%S +0000");
    format!(
        "From: Person {n} <p{n}@a.test>\r\nTo: bob@b.test\r\nSubject: Message {n}\r\nDate: {date}\r\n\
         Message-ID: <m{n}@a.test>\r\n\r\nText of {n}\r\n"
    )
    .into_bytes()
}

pub(super) fn incoming(n: u32) -> Incoming {
    Incoming {
        uid: Some((V, Uid(n))),
        flags: if n.is_multiple_of(2) { Flags::SEEN } else { Flags::empty() },
        internal_date: Some(1_700_000_000 + i64::from(n)),
        body: IncomingBody::Bytes(raw(n)),
    }
}

pub(super) fn local(n: u32) -> Incoming {
    Incoming { uid: None, flags: Flags::SEEN, internal_date: Some(1_700_000_000), body: IncomingBody::Bytes(raw(n)) }
}

/// The headers of [`raw`], as a server gives them.
pub(super) fn headers(n: u32) -> Incoming {
    let whole = raw(n);
    let end = whole.windows(4).position(|w| w == b"\r\n\r\n").unwrap() + 4;
    let body = IncomingBody::Headers { bytes: whole[..end].to_vec(), size: whole.len() as u64 };
    Incoming { body, ..incoming(n) }
}

pub(super) fn whole(store: &Store, mailbox: MailboxId) -> Page {
    store.page(&Query::Mailbox(mailbox), 0..u64::MAX).unwrap()
}

pub(super) fn subjects(store: &Store, mailbox: MailboxId) -> Vec<String> {
    whole(store, mailbox).rows.into_iter().map(|r| r.subject).collect()
}

/// Everything that must come back: mailboxes with their counts, rows, what a synchronisation knows.
pub(super) type View = Vec<(StoredMailbox, Vec<Row>, Vec<Known>)>;

pub(super) fn view(store: &Store) -> View {
    let boxes = store.mailboxes(None).unwrap();
    boxes
        .into_iter()
        .map(|mut mailbox| {
            let rows = whole(store, mailbox.id).rows;
            let mut known = store.known(mailbox.id).unwrap();
            known.sort_by_key(|k| k.id);
            // Not kept in the Maildir: a rebuilt index synchronises afresh.
            mailbox.state = SyncState { uid_validity: mailbox.state.uid_validity, ..SyncState::default() };
            known.iter_mut().for_each(|k| k.server_flags = k.flags);
            (mailbox, rows, known)
        })
        .collect()
}

/// Index and directories say the same, and the index agrees with itself.
pub(super) fn assert_in_step(store: &Store) {
    let mut ids = HashSet::new();
    for mailbox in store.mailboxes(None).unwrap() {
        let record = store.record(mailbox.id).unwrap();
        let maildir = store.maildir(&record);
        let stored = store.inner.index.read(|c| messages::all(c, mailbox.id)).unwrap();
        for place in [Place::Cur, Place::Held, Place::Headers] {
            let listing = Listing::read(&maildir.place(place)).unwrap();
            let on_disk: BTreeSet<String> = listing.into_iter().map(|e| e.file_name).collect();
            let in_index: BTreeSet<String> =
                stored.iter().filter(|s| s.place == place).map(|s| s.file_name.clone()).collect();
            assert_eq!(on_disk, in_index, "{} {place:?}", mailbox.meta.path);
        }
        assert_eq!(std::fs::read_dir(maildir.tmp()).unwrap().count(), 0, "tmp of {}", mailbox.meta.path);
        let page = whole(store, mailbox.id);
        assert_eq!(page.total, u64::try_from(page.rows.len()).unwrap());
        assert_eq!(page.unread, page.rows.iter().filter(|r| !r.flags.contains(Flags::SEEN)).count() as u64);
        assert_eq!((page.total, page.unread), (mailbox.total, mailbox.unread));
        assert!(page.rows.windows(2).all(|w| (w[0].date, w[0].id) > (w[1].date, w[1].id)));
        let count = |sql: &str| -> i64 {
            let index = &store.inner.index;
            index.read(|c| Ok(c.query_row(sql, [mailbox.id.0], |r| r.get::<_, f64>(0))? as i64)).unwrap()
        };
        let (total, unread) = (i64::try_from(page.total).unwrap(), i64::try_from(page.unread).unwrap());
        assert_eq!(count("SELECT total(n) FROM bucket WHERE mailbox = ?1 AND kind = 0"), total);
        assert_eq!(count("SELECT total(total) FROM conversation WHERE mailbox = ?1"), total);
        assert_eq!(count("SELECT total(unread) FROM conversation WHERE mailbox = ?1"), unread);
        let conversations = count("SELECT total(1) FROM conversation WHERE mailbox = ?1");
        assert_eq!(count("SELECT total(n) FROM bucket WHERE mailbox = ?1 AND kind = 1"), conversations);
        assert_eq!(count("SELECT total(conversations) FROM mailbox WHERE id = ?1"), conversations);
        assert_eq!(count("SELECT total(1) FROM brief WHERE mailbox = ?1"), i64::try_from(stored.len()).unwrap());
        for one in &stored {
            assert!(ids.insert(one.id), "{} is there twice", one.id);
            let name = crate::storage::maildir::name::MessageName::parse(&one.file_name).unwrap();
            assert_eq!(name.flags(), one.flags);
        }
    }
}
