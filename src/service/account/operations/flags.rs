//! Flags of many messages by one STORE.

use super::find::Wanted;
use super::{Executor, Outcome};
use crate::mail::flags::Flags;
use crate::mail::ids::MessageId;
use crate::mail::mailbox::MailboxPath;
use crate::mail::uid::Uid;
use crate::protocol::imap::UidSet;
use crate::service::problem::{Problem, ProblemKind};
use crate::service::state::Result;
use crate::storage::{OpKind, Operation, Store};

/// What becomes of the flags.
pub(super) struct Change {
    pub add: Flags,
    pub remove: Flags,
    pub add_keywords: Vec<String>,
    pub remove_keywords: Vec<String>,
}

impl Executor<'_> {
    pub(super) async fn set_flags(
        &mut self,
        group: &[Operation],
        path: &MailboxPath,
        change: Change,
    ) -> Result<Vec<Outcome>> {
        let mailbox = self.mailbox(path).await?;
        let selected = self.open(&mailbox).await?;
        if selected.read_only {
            let problem = Problem::new(ProblemKind::ReadOnly { mailbox: path.to_string() }, "");
            return Ok(group.iter().map(|_| Outcome::Never(problem.clone())).collect());
        }
        let mut found: Vec<Option<(MessageId, Uid)>> = Vec::new();
        for operation in group {
            let OpKind::SetFlags { message, uid, .. } = operation.kind else { continue };
            let wanted = Wanted { message, uid, message_id: None, size: 0 };
            let uid = self.number(&mailbox, selected.uid_validity, &wanted).await?;
            found.push(uid.map(|uid| (message, uid)));
        }
        let set: UidSet = found.iter().flatten().map(|(_, uid)| *uid).collect();
        let permanent = &selected.permanent;
        let kept = |flags: Flags| Flags(flags.0 & permanent.flags.0);
        let known =
            |names: &[String]| -> Vec<String> { names.iter().filter(|n| permanent.keeps(n)).cloned().collect() };
        if !set.is_empty() {
            let session = &mut self.line.session;
            let stored = session.add_flags(&set, kept(change.add), &known(&change.add_keywords)).await;
            stored.map_err(|e| self.line.problem(e))?;
            let session = &mut self.line.session;
            let stored = session.remove_flags(&set, kept(change.remove), &known(&change.remove_keywords)).await;
            stored.map_err(|e| self.line.problem(e))?;
        }
        let (id, changed) = (mailbox.id, found.clone());
        self.worker
            .shared
            .change(move |store| {
                let Some(mailbox) = store.mailbox(id)? else { return Ok(()) };
                let add = change.add.union(mailbox.keywords.flags(&change.add_keywords));
                let remove = change.remove.union(mailbox.keywords.flags(&change.remove_keywords));
                let told: Vec<(Uid, Flags, Flags)> = changed
                    .into_iter()
                    .flatten()
                    .map(|(message, uid)| told(store, id, message, uid, add, remove))
                    .filter_map(Result::transpose)
                    .collect::<crate::storage::Result<_>>()?;
                store.set_server_flags(id, &told)
            })
            .await?;
        // A message that is gone has no flags; the synchronisation finds out where it went.
        Ok(found.into_iter().map(|_| Outcome::Done).collect())
    }
}

/// What the server has said by accepting the change.
fn told(
    store: &Store,
    mailbox: crate::mail::ids::MailboxId,
    message: MessageId,
    uid: Uid,
    add: Flags,
    remove: Flags,
) -> crate::storage::Result<Option<(Uid, Flags, Flags)>> {
    let located = store.locate(message)?.filter(|l| l.mailbox == mailbox && l.uid.is_some_and(|(_, u)| u == uid));
    Ok(located.map(|l| (uid, l.server_flags.union(add).without(remove), l.flags)))
}
