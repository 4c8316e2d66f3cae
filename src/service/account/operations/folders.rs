//! Mailboxes renamed, deleted and subscribed to on the server (RFC 9051, sections 6.3.5 to 6.3.8). Each is tried, and
//! what the server refuses is looked at in its list: what is as it was wanted is done, whoever did it.

use super::{Executor, Outcome};
use crate::mail::flags::Flags;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mailbox::MailboxPath;
use crate::mail::uid::Uid;
use crate::protocol::Error;
use crate::protocol::imap::{MailboxName, UidSet};
use crate::service::account::line::wire_name;
use crate::service::event::Event;
use crate::service::problem::{Problem, ProblemKind};
use crate::service::state::Result;
use crate::storage::{self, MailboxMeta, OpKind, Store, StoredMailbox};
use std::collections::BTreeSet;
use std::sync::atomic::Ordering;

impl Executor<'_> {
    pub(super) async fn rename(&mut self, mailbox: MailboxId, from: &MailboxPath, to: &MailboxPath) -> Result<Outcome> {
        let Some(stored) = self.worker.shared.db(move |store| store.mailbox(mailbox)).await? else {
            return Ok(Outcome::Done);
        };
        let (old, new) = (wire_name(&stored.meta), MailboxName::from_path(to, stored.meta.delimiter));
        if old != new {
            self.line.leave(&old).await.map_err(|e| self.problem(e))?;
            match self.line.session.rename_mailbox(&old, &new).await {
                Ok(()) => {}
                Err(error) if self.line.session.is_broken() => return Err(self.problem(error)),
                Err(error) => {
                    let names = self.names().await?;
                    match (names.contains(&old), names.contains(&new)) {
                        // Renamed by a try that was cut; or gone altogether, which the list of mailboxes will tell.
                        (false, _) => {}
                        (true, true) => return Ok(Outcome::Never(self.problem(error))),
                        (true, false) => return Ok(self.refused(error)),
                    }
                }
            }
        }
        self.worker.state.names.fetch_add(1, Ordering::SeqCst);
        let below = self.below(&stored).await?;
        if stored.meta.subscribed && old != new {
            // Servers leave subscriptions with the old names.
            let moved = below.iter().filter_map(|m| {
                let rest = m.meta.server_name.strip_prefix(&old.0)?;
                Some((wire_name(&m.meta), MailboxName(format!("{}{rest}", new.0))))
            });
            for (old, new) in std::iter::once((old.clone(), new.clone())).chain(moved) {
                self.subscription(&new, true).await?;
                self.subscription(&old, false).await?;
            }
        }
        let (from, to) = (from.clone(), to.clone());
        self.worker.shared.change(move |store| renamed(store, mailbox, &from, &to, new)).await?;
        self.tell();
        Ok(Outcome::Done)
    }

    pub(super) async fn delete(&mut self, mailbox: MailboxId, for_good: bool, seen: Option<Uid>) -> Result<Outcome> {
        let Some(stored) = self.worker.shared.db(move |store| store.mailbox(mailbox)).await? else {
            return Ok(Outcome::Done);
        };
        let name = wire_name(&stored.meta);
        if stored.meta.selectable {
            match self.line.session.status(&name).await {
                Ok(status) => {
                    let empty = status.messages == Some(0);
                    let none_new = for_good && seen.is_some() && status.uid_next.is_some_and(|next| Some(next) <= seen);
                    if !empty && !none_new && !self.holds_only_marked(&stored).await? {
                        let kind = ProblemKind::MailCame { mailbox: stored.meta.path.to_string() };
                        return Ok(Outcome::Never(Problem::new(kind, "")));
                    }
                }
                Err(error) if self.line.session.is_broken() => return Err(self.problem(error)),
                // There is none, or it is only a level: the list tells.
                Err(_) => {}
            }
        }
        self.line.leave(&name).await.map_err(|e| self.problem(e))?;
        match self.line.session.delete_mailbox(&name).await {
            Ok(()) => {}
            Err(error) if self.line.session.is_broken() => return Err(self.problem(error)),
            Err(error) => {
                if self.names().await?.contains(&name) {
                    return Ok(self.refused(error));
                }
            }
        }
        self.worker.state.names.fetch_add(1, Ordering::SeqCst);
        self.subscription(&name, false).await?;
        let kept = self.worker.shared.change(move |store| removed(store, mailbox, for_good)).await?;
        self.tell();
        let Some(messages) = kept else { return Ok(Outcome::Done) };
        let kind = ProblemKind::KeptHere { mailbox: stored.meta.path.to_string(), messages };
        Ok(Outcome::Never(Problem::new(kind, "")))
    }

    pub(super) async fn subscribe(&mut self, path: &MailboxPath, subscribed: bool) -> Result<Outcome> {
        let stored = self.mailbox(path).await?;
        let name = wire_name(&stored.meta);
        let session = &mut self.line.session;
        let said = if subscribed { session.subscribe(&name).await } else { session.unsubscribe(&name).await };
        match said {
            Ok(()) => {}
            Err(error) if self.line.session.is_broken() => return Err(self.problem(error)),
            Err(error) => return Ok(Outcome::Never(self.problem(error))),
        }
        let account = self.worker.account().to_string();
        let meta = MailboxMeta { subscribed, ..stored.meta };
        self.worker.shared.db(move |store| store.ensure_mailbox(&account, &meta)).await?;
        Ok(Outcome::Done)
    }

    /// Tells the server of a subscription; that it keeps none does no harm.
    async fn subscription(&mut self, name: &MailboxName, subscribed: bool) -> Result<()> {
        let session = &mut self.line.session;
        let said = if subscribed { session.subscribe(name).await } else { session.unsubscribe(name).await };
        match said {
            Err(error) if self.line.session.is_broken() => Err(self.problem(error)),
            _ => Ok(()),
        }
    }

    /// What the server calls its mailboxes.
    async fn names(&mut self) -> Result<BTreeSet<MailboxName>> {
        let listing = self.line.session.list().await.map_err(|e| self.problem(e))?;
        Ok(listing.mailboxes.into_iter().map(|m| m.name).collect())
    }

    /// Mailboxes below this one.
    async fn below(&self, mailbox: &StoredMailbox) -> Result<Vec<StoredMailbox>> {
        let account = self.worker.account().to_string();
        let all = self.worker.shared.db(move |store| store.mailboxes(Some(&account))).await?;
        Ok(all.into_iter().filter(|m| m.id != mailbox.id && m.meta.path.is_within(&mailbox.meta.path)).collect())
    }

    /// Whether everything in the mailbox is marked as deleted: what moved away on a server without UIDPLUS.
    async fn holds_only_marked(&mut self, mailbox: &StoredMailbox) -> Result<bool> {
        let mut marked = true;
        let opened = self.line.select(&wire_name(&mailbox.meta)).await.map_err(|e| self.problem(e))?;
        if opened.exists == 0 {
            return Ok(true);
        }
        let mut seen = 0_u32;
        let fetched = self
            .line
            .session
            .fetch_flags(&UidSet::all(), None, |f| {
                seen = seen.saturating_add(1);
                marked &= f.flags.contains(Flags::DELETED);
            })
            .await;
        fetched.map_err(|e| self.problem(e))?;
        Ok(marked && seen >= opened.exists)
    }

    /// A server that says that it can never be does not change its mind.
    fn refused(&self, error: Error) -> Outcome {
        const FINAL: [&str; 3] = ["CANNOT", "NOPERM", "ALREADYEXISTS"];
        let is_final = matches!(&error, Error::Refused { code: Some(code), .. } if FINAL.contains(&code.as_str()));
        let problem = self.problem(error);
        if is_final { Outcome::Never(problem) } else { Outcome::Later(problem) }
    }

    fn tell(&self) {
        self.worker.shared.emit(Event::Mailboxes { account: self.worker.account().to_string() });
    }
}

/// The server calls the mailbox so now. Its path here is what the person wants by now; where a crash kept the wish
/// from being shown, the path follows, too.
fn renamed(
    store: &Store,
    mailbox: MailboxId,
    from: &MailboxPath,
    to: &MailboxPath,
    new: MailboxName,
) -> storage::Result<()> {
    let Some(stored) = store.mailbox(mailbox)? else { return Ok(()) };
    let meta = stored.meta;
    let again = |kind: &OpKind| matches!(kind, OpKind::RenameMailbox { mailbox: id, .. } if *id == mailbox);
    let pending = store.operations().pending(Some(&stored.account))?;
    let is_last = pending.iter().filter(|op| again(&op.kind)).count() < 2;
    let is_free = store.find_mailbox(&stored.account, to)?.is_none();
    let path = if meta.path == *from && is_last && is_free { to.clone() } else { meta.path };
    store.rename_mailbox(mailbox, &MailboxMeta { path, server_name: new.0, ..meta })
}

/// The server's mailbox is gone. How many messages keep it here, where some do.
fn removed(store: &Store, mailbox: MailboxId, for_good: bool) -> storage::Result<Option<u64>> {
    if for_good {
        let all: Vec<MessageId> = store.known(mailbox)?.into_iter().map(|known| known.id).collect();
        store.hold(&all)?;
        store.drop_held(&all)?;
    }
    match store.remove_mailbox(mailbox) {
        Ok(()) => Ok(None),
        Err(storage::Error::LocalOnly { messages, .. }) => Ok(Some(messages)),
        Err(error) => Err(error),
    }
}
