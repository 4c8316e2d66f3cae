//! A profile that is made for a measurement, with an account in it.

use crate::inbox::with_inbox;
use crate::measure::run;
use crate::program::postwren;
use postwren::mail::ids::MailboxId;
use postwren::storage::Store;
use std::path::Path;

/// Adds the account `me`, at whose server nothing answers, and opens its store with an empty Inbox.
pub fn with_account(profile: &Path) -> (Store, MailboxId) {
    let who = ["--name", "me", "--email", "me@example.org", "--user", "me", "--password-command", "true"];
    let servers = ["--imap", "imaps://localhost:9", "--smtp", "smtps://localhost:9"];
    run(postwren(profile).args(["account", "add"]).args(who).args(servers));
    with_inbox(profile, "me")
}
