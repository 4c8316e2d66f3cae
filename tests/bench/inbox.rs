//! An empty Inbox to put messages into.

use postwren::mail::ids::MailboxId;
use postwren::mail::mailbox::{MailboxPath, Role};
use postwren::storage::{MailboxMeta, Profile, Store};
use std::path::Path;

/// The store of a profile, with an empty Inbox of this account.
pub fn with_inbox(profile: &Path, account: &str) -> (Store, MailboxId) {
    let store = Store::open(&Profile::open(profile).expect("a profile")).expect("a store");
    let meta = MailboxMeta {
        path: MailboxPath("INBOX".into()),
        server_name: "INBOX".into(),
        delimiter: Some('/'),
        role: Some(Role::Inbox),
        selectable: true,
        subscribed: true,
    };
    let inbox = store.ensure_mailbox(account, &meta).expect("a mailbox");
    (store, inbox)
}
