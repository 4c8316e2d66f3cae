//! Mailboxes of the person's making.

use super::places::change;
use crate::mail::mailbox::{MailboxPath, Role};
use crate::protocol::imap::MailboxName;
use crate::service::command::Receipt;
use crate::service::event::Event;
use crate::service::problem::Problem;
use crate::service::state::{Result, Shared};
use crate::storage::{MailboxMeta, OpKind};
use std::sync::Arc;

const LONGEST_NAME: usize = 200;

/// Makes a mailbox, here at once; one that is there already is fine.
pub(super) async fn create(shared: &Arc<Shared>, account: &str, path: MailboxPath) -> Result<Receipt> {
    let segments_fit = path.0.split('/').all(|segment| {
        let fits = !segment.is_empty() && segment.len() <= LONGEST_NAME && segment.trim() == segment;
        fits && !segment.chars().any(char::is_control)
    });
    if !segments_fit || path.0.eq_ignore_ascii_case("inbox") {
        return Err(Problem::invalid(format!("“{path}” cannot be a mailbox's name")));
    }
    let account = shared.account(account)?.name().to_string();
    let changed = account.clone();
    let receipt = change(shared, move |change| {
        if change.store.find_mailbox(&account, &path)?.is_some() {
            return Ok(None);
        }
        let all = change.store.mailboxes(Some(&account))?;
        let delimiter = all.iter().find_map(|m| m.meta.delimiter);
        let role = Role::from_name(path.name())
            .filter(|role| path.depth() == 0 && all.iter().all(|m| m.meta.role != Some(*role)));
        let server_name = MailboxName::from_path(&path, delimiter).0;
        if change.is_imap(&account) {
            change.queue(&account, OpKind::CreateMailbox { path: path.clone() });
        }
        let undo = change.record()?;
        let meta = MailboxMeta { path, server_name, delimiter, role, selectable: true, subscribed: true };
        let id = change.store.ensure_mailbox(&account, &meta)?;
        change.touched.insert(id);
        Ok(undo)
    })
    .await?;
    shared.emit(Event::Mailboxes { account: changed });
    Ok(receipt)
}
