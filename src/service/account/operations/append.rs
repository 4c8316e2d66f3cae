//! A message that is only here goes to the server, once: the mailbox is searched for it before every try,
//! because the last try may have succeeded without our hearing of it, and because some servers file
//! what they send themselves. And it is searched for after, where the server does not say where it put it:
//! an answer of OK is not yet a message.
//!
//! A message without a Message-ID is known again by its bytes: what has none there, is not known here, and is as large
//! is fetched and compared. Until its operation is done a synchronisation leaves such messages alone (`adopt`).
//!
//! Its bytes go from the Maildir's file to the server in pieces, whatever its size.

use super::find::Wanted;
use super::{Executor, Outcome, wants_creation};
use crate::mail::flags::Flags;
use crate::mail::ids::MessageId;
use crate::mail::mailbox::MailboxPath;
use crate::mail::uid::Uid;
use crate::protocol::imap::{FetchPlan, Fetched, FetchedHeader, MessageFile, UidSet, content_hash};
use crate::service::account::identity;
use crate::service::account::line::wire_name;
use crate::service::problem::{Problem, ProblemKind};
use crate::service::state::Result;
use crate::storage::{self, Operation, StoredMailbox};
use std::collections::HashSet;
use std::path::Path;
use tokio::sync::mpsc;

impl Executor<'_> {
    pub(super) async fn append(
        &mut self,
        operation: &Operation,
        message: MessageId,
        path: &MailboxPath,
        flags: Flags,
    ) -> Result<Outcome> {
        let mailbox = self.mailbox(path).await?;
        let located = self.worker.shared.db(move |store| store.locate(message)).await?;
        let Some(located) = located.filter(|l| !l.held) else {
            let id = operation.id;
            if self.worker.shared.db(move |store| store.operations().accounts_after(&[id])).await?.is_empty() {
                return Ok(Outcome::Done);
            }
            // A crash kept the copy from being made: what waits for its arrival must not go.
            let what = format!("{path} ({message})");
            return Ok(Outcome::Never(Problem::new(ProblemKind::NotFound { what }, "the copy was not made")));
        };
        if located.uid.is_some() && located.mailbox == mailbox.id {
            return Ok(Outcome::Done);
        }
        let selected = self.open(&mailbox).await?;
        let located_path = located.path.clone();
        let read = self
            .worker
            .shared
            .db(move |store| {
                let file = store.open_message(message)?;
                let file = MessageFile::new(file).map_err(|e| storage::Error::io(&located_path, e))?;
                Ok((file, store.row(message)?.map(|row| row.date)))
            })
            .await;
        let (file, date) = match read {
            // Another program has just taken the file away. Who looks where it went settles this operation too.
            Err(problem) if matches!(problem.kind, ProblemKind::NotFound { .. }) => return Ok(Outcome::Later(problem)),
            read => read?,
        };
        let wanted = Wanted { message, uid: None, message_id: located.message_id.as_deref(), size: 0 };
        // Without a Message-ID only a repeat has anything to look for.
        if wanted.message_id.is_some() || operation.attempts > 0 {
            // Lets the server notice what came meanwhile.
            self.line.session.noop().await.map_err(|e| self.line.problem(e))?;
            if let Some(uid) = self.arrived(&mailbox, &wanted, &file).await? {
                self.placed(message, &mailbox, selected.uid_validity, uid).await?;
                return Ok(Outcome::Done);
            }
        }
        let mut keywords = mailbox.keywords.names(located.flags);
        keywords.retain(|name| selected.permanent.keeps(name));
        let name = wire_name(&mailbox.meta);
        let appended = match self.line.session.append_file(&name, flags.system(), &keywords, date, &file).await {
            Err(error) if wants_creation(&error) => {
                self.make_unless_renamed(&mailbox).await?;
                let name = wire_name(&self.again(&mailbox).await?.meta);
                self.line.session.append_file(&name, flags.system(), &keywords, date, &file).await
            }
            result => result,
        };
        if let Some((validity, uid)) = appended.map_err(|e| self.problem(e))? {
            self.placed(message, &mailbox, validity, uid).await?;
            return Ok(Outcome::Done);
        }
        self.line.session.noop().await.map_err(|e| self.line.problem(e))?;
        match self.arrived(&mailbox, &wanted, &file).await? {
            Some(uid) => {
                self.placed(message, &mailbox, selected.uid_validity, uid).await?;
                Ok(Outcome::Done)
            }
            None => {
                let kind = ProblemKind::NotStored { mailbox: path.to_string() };
                Ok(Outcome::Later(Problem::new(kind, "")))
            }
        }
    }

    /// The message in the open mailbox: by Message-ID, else by its bytes among what has none and is not known here.
    async fn arrived(
        &mut self,
        mailbox: &StoredMailbox,
        wanted: &Wanted<'_>,
        file: &MessageFile,
    ) -> Result<Option<Uid>> {
        if wanted.message_id.is_some() {
            return Ok(self.search(mailbox, wanted).await?.last().copied());
        }
        let id = mailbox.id;
        let known = self.worker.shared.db(move |store| store.known(id)).await?;
        let known: HashSet<Uid> = known.into_iter().filter_map(|k| k.uid).collect();
        let there = self.line.session.search_all().await.map_err(|e| self.problem(e))?;
        let set: UidSet = there.into_iter().filter(|uid| !known.contains(uid)).collect();
        if set.is_empty() {
            return Ok(None);
        }
        let mut headers: Vec<FetchedHeader> = Vec::new();
        let fetched = self.line.session.fetch_headers(&set, |h| headers.push(h)).await;
        fetched.map_err(|e| self.problem(e))?;
        let fits =
            |h: &&FetchedHeader| identity::of(h).is_none() && h.size.is_none_or(|own| u64::from(own) == file.size);
        let candidates: UidSet = headers.iter().filter(fits).map(|h| h.uid).collect();
        if candidates.is_empty() { Ok(None) } else { self.same_bytes(mailbox, candidates, file).await }
    }

    /// The newest of these messages that has the same bytes.
    async fn same_bytes(
        &mut self,
        mailbox: &StoredMailbox,
        candidates: UidSet,
        file: &MessageFile,
    ) -> Result<Option<Uid>> {
        let id = mailbox.id;
        let spool = self.worker.shared.db(move |store| Ok(store.scratch(id)?.path().parent().map(Path::to_path_buf)));
        let spool = spool.await?.unwrap_or_else(std::env::temp_dir);
        let (to, mut from) = mpsc::channel::<Fetched>(1);
        let session = &mut self.line.session;
        let fetching = async move {
            let result = session.fetch_bodies([candidates], FetchPlan { window: 1, spool: &spool }, &to).await;
            drop(to);
            result
        };
        let comparing = async {
            let mut found = None;
            while let Some(fetched) = from.recv().await {
                let hashed = tokio::task::spawn_blocking(move || (fetched.uid, content_hash(&fetched.body)));
                // What cannot be read is taken for another: that may double the message, and never loses it.
                let Ok((uid, Ok(hash))) = hashed.await else { continue };
                if hash == Some(file.hash) {
                    found = found.max(Some(uid));
                }
            }
            found
        };
        let (fetched, found) = tokio::join!(fetching, comparing);
        fetched.map_err(|e| self.line.problem(e))?;
        Ok(found)
    }
}
