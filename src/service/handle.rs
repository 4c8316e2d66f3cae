//! The one way in: cheap to clone, safe to use from any task.

use super::command::{Command, Receipt};
use super::event::Event;
use super::model::*;
use super::platform::Mode;
use super::state::{Result, Shared, locked};
use super::{account, check, compose, dispatch, doctor, lists, local, save, search, submission, view};
use crate::mail::trust::{self, Authority};
use crate::mail::{mime, source};
use crate::storage::{OpId, OutboxState, Readable, Store};
use std::collections::HashSet;
use std::fmt;
use std::ops::Range;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::broadcast;

/// How long the end may take before tasks are cut off; what they do is safe to cut off.
const STOP: Duration = Duration::from_millis(1500);

/// A running service. It ends when the last handle is dropped, or by [`Handle::stop`].
#[derive(Clone)]
pub struct Handle {
    inner: Arc<Inner>,
}

struct Inner {
    shared: Arc<Shared>,
}

impl Drop for Inner {
    fn drop(&mut self) {
        self.shared.stop.send_replace(true);
    }
}

impl fmt::Debug for Handle {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Handle({})", self.inner.shared.platform.profile.display())
    }
}

impl Handle {
    pub(super) fn new(shared: Arc<Shared>) -> Handle {
        Handle { inner: Arc::new(Inner { shared }) }
    }

    pub(super) fn shared(&self) -> &Arc<Shared> {
        &self.inner.shared
    }

    /// For tests that let it die.
    #[cfg(test)]
    pub(super) fn store(&self) -> &Store {
        &self.shared().store
    }

    async fn db<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> crate::storage::Result<T> + Send + 'static,
    ) -> Result<T> {
        self.shared().db(work).await
    }

    /// Carries out a command: durable and shown here when this returns.
    pub async fn execute(&self, command: Command) -> Result<Receipt> {
        let shared = self.shared().clone();
        // In a task of its own: a command whose caller goes away is carried out all the same.
        let work = tokio::spawn(async move { dispatch::execute(&shared, command).await });
        work.await.map_err(super::problem_from::of_join)?
    }

    /// Events from now on.
    pub fn subscribe(&self) -> broadcast::Receiver<Event> {
        self.shared().events.subscribe()
    }

    pub async fn accounts(&self) -> Result<Vec<AccountView>> {
        let removals = self.db(super::foreign::unanswered).await?;
        let view = |state: Arc<super::state::AccountState>| {
            let own = removals.iter().filter(|(account, _)| account == state.name()).map(|(_, q)| q.clone());
            let questions = super::missing::questions(&state).into_iter().chain(own).collect();
            AccountView { account: state.account.clone(), connection: state.connection(), questions }
        };
        let accounts = self.shared().accounts_in_order();
        Ok(accounts.into_iter().map(view).collect())
    }

    /// Mailboxes of one account, or of all: roles first in their fixed order, then by name, parents before children.
    pub async fn mailboxes(&self, account: Option<&str>) -> Result<Vec<MailboxView>> {
        let accounts = self.shared().accounts_in_order();
        let order = accounts.iter().chain([&self.shared().local]).map(|s| s.name().to_string()).collect::<Vec<_>>();
        let account = account.map(String::from);
        let all = self
            .db(move |store| {
                let doomed = doomed(store)?;
                let mut all = store.mailboxes(account.as_deref())?;
                // What is to be deleted is shown no longer.
                all.retain(|m| !doomed.contains(&m.id));
                Ok(all)
            })
            .await?;
        let mut all: Vec<MailboxView> = all.into_iter().map(view::mailbox).collect();
        view::put_in_order(&mut all, &order);
        Ok(all)
    }

    /// Rows of a query, newest first.
    pub async fn envelopes(&self, query: &Query, range: Range<u64>) -> Result<Page> {
        let page = lists::page(self.shared(), &ListQuery::flat(query.clone()), range).await?;
        let ListPage { start, rows, total, unread, .. } = page;
        Ok(Page { start, rows: rows.into_iter().map(|row| row.row).collect(), total, unread })
    }

    /// Rows `range` of a list: of messages or of conversations, sorted and filtered. Costs what the range costs, but
    /// for the first question in an order that is not kept: a second or more for a million messages.
    pub async fn list(&self, query: &ListQuery, range: Range<u64>) -> Result<ListPage> {
        lists::page(self.shared(), query, range).await
    }

    /// The position of a message, or of the conversation that it is in; `None` where the list does not have it.
    pub async fn list_position(&self, query: &ListQuery, id: MessageId) -> Result<Option<u64>> {
        lists::position(self.shared(), query, id).await
    }

    /// The position in a list by date of the first row that is not newer than this Unix time; the oldest first, not
    /// older. The total where there is none, and 0 in a list that is not by date.
    pub async fn list_position_of_date(&self, query: &ListQuery, date: i64) -> Result<u64> {
        lists::position_of_date(self.shared(), query, date).await
    }

    /// Ids of the messages behind rows of a list, for commands: of a conversation all messages that it has in that
    /// mailbox. Ask for some thousand rows at a time.
    pub async fn list_ids(&self, query: &ListQuery, range: Range<u64>) -> Result<Vec<MessageId>> {
        lists::ids(self.shared(), query, range).await
    }

    /// All messages of the conversations of these, as far as they are in the same mailboxes: what a command on selected
    /// conversations is about. For conversations that are known by their rows' newest messages.
    pub async fn whole_conversations(&self, ids: &[MessageId]) -> Result<Vec<MessageId>> {
        let ids = ids.to_vec();
        self.db(move |store| store.whole_conversations(&ids)).await
    }

    /// Messages `range`, the oldest being 0, of the conversation of a message, wherever they lie, each once. What lies
    /// in Junk or Trash is left out, unless the message lies there too. Ask with `0..u64::MAX` for all; of more than
    /// 10,000 these are the newest.
    pub async fn conversation(&self, id: MessageId, range: Range<u64>) -> Result<ConversationView> {
        let opened = self.db(move |store| store.conversation(id, range)).await?;
        Ok(lists::opened(opened))
    }

    /// Searches kept as folders, by their names.
    pub async fn saved_searches(&self) -> Result<Vec<SavedSearch>> {
        lists::saved(self.shared()).await
    }

    /// How many messages each saved search finds, and how many of those are unread. Kept until mail changes.
    pub async fn saved_counts(&self) -> Result<Vec<SavedCount>> {
        lists::saved_counts(self.shared()).await
    }

    /// Rows `range` of what a typed line finds in the words of every message. With `typing` its last word may go on.
    /// What the line may say: [`crate::mail::search`].
    pub async fn search(&self, line: &str, typing: bool, order: SearchOrder, range: Range<u64>) -> Result<SearchPage> {
        search::find(self.shared(), line, typing, order, range).await
    }

    /// Reads the words of every message that came and was not read yet; how many there were. An interactive service
    /// does so by itself.
    pub async fn read_words(&self) -> Result<u64> {
        search::catch_up(self.shared(), |_| {}).await
    }

    /// A message, read for being shown. Nothing is looked up for it.
    pub async fn message(&self, id: MessageId) -> Result<MessageView> {
        let accounts: Vec<Account> = self.shared().accounts().iter().map(|state| state.account.clone()).collect();
        self.db(move |store| {
            let not_found = || crate::storage::Error::NotFound(format!("message {id}"));
            let located = store.locate(id)?.ok_or_else(not_found)?;
            let row = store.row(id)?.ok_or_else(not_found)?;
            // Where only the headers are here, they are shown at once.
            let (bytes, headers_only) = match store.readable(id)? {
                Readable::Whole(bytes) => (bytes, false),
                Readable::Headers(bytes) => (bytes, true),
            };
            let content = mime::content(&bytes);
            let authority = accounts.iter().find(|a| a.name == located.account).map(Authority::of).unwrap_or_default();
            let arrival = store.arrivals().found(id)?;
            let trust = trust::assess(&bytes, &authority, arrival.as_ref());
            let row = Row { headers_only, ..view::row(row) };
            Ok(MessageView { row, account: located.account, content, trust })
        })
        .await
    }

    /// A message that is attached to another: `path` are the [`Attachment::index`]es that lead to it, each within
    /// the message before.
    pub async fn message_within(&self, id: MessageId, path: Vec<usize>) -> Result<Content> {
        self.within(id, path, |raw| Some(mime::content(raw))).await
    }

    /// An attachment of such a message.
    pub async fn attachment_within(
        &self,
        id: MessageId,
        path: Vec<usize>,
        index: usize,
    ) -> Result<(Attachment, Vec<u8>)> {
        self.within(id, path, move |raw| mime::attachment(raw, index)).await
    }

    async fn within<T: Send + 'static>(
        &self,
        id: MessageId,
        path: Vec<usize>,
        read: impl FnOnce(&[u8]) -> Option<T> + Send + 'static,
    ) -> Result<T> {
        account::fetch_whole(self.shared(), vec![id]).await?;
        self.db(move |store| {
            let raw = store.raw(id)?;
            let found = mime::message_within(&raw, &path).and_then(|inner| read(&inner));
            found.ok_or_else(|| crate::storage::Error::NotFound(format!("message {path:?} within {id}")))
        })
        .await
    }

    /// Every header field, raw and decoded.
    pub async fn headers(&self, id: MessageId) -> Result<Vec<SourceField>> {
        self.db(move |store| {
            let (Readable::Whole(bytes) | Readable::Headers(bytes)) = store.readable(id)?;
            Ok(source::fields(&bytes))
        })
        .await
    }

    /// At most `length` bytes of the source from `start` on, read from the disk as they stand; of what is here, where
    /// that is the headers alone.
    pub async fn source(&self, id: MessageId, start: u64, length: usize) -> Result<SourcePage> {
        self.db(move |store| store.source(id, start, length)).await
    }

    /// The HTML of a message as a document to look at; none where it has none, or only its headers are here.
    /// Remote images are loaded where the person wants them always of this sender, or now with `once`.
    #[cfg(feature = "html")]
    pub async fn page(
        &self,
        id: MessageId,
        view: super::page::View,
        once: bool,
    ) -> Result<Option<super::page::PageView>> {
        super::page::open(self.shared(), id, view, once).await
    }

    /// Prints a message as PDF, in a process of its own; dropped, that process ends.
    #[cfg(feature = "html")]
    pub async fn print(
        &self,
        id: MessageId,
        form: super::printing::Form,
        heading: super::printing::Heading,
        paper: super::printing::Paper,
    ) -> Result<super::printing::Printed> {
        super::printing::print(self.shared(), id, form, heading, paper).await
    }

    /// Starts the process that draws HTML, so that the first message does not wait for it.
    #[cfg(feature = "html")]
    pub async fn warm_pages(&self) {
        if let Err(error) = self.shared().renderer.warm().await {
            tracing::warn!(%error, "HTML will be shown as text");
        }
    }

    /// What is kept about the remote images of a sender, an address.
    #[cfg(feature = "html")]
    pub async fn image_choice(&self, sender: &str) -> Result<super::page::ImageChoice> {
        super::page::choice(self.shared(), sender).await
    }

    /// Keeps what the person wants of a sender's remote images.
    #[cfg(feature = "html")]
    pub async fn choose_images(&self, sender: &str, choice: super::page::ImageChoice) -> Result<()> {
        super::page::choose(self.shared(), sender, choice).await
    }

    /// The stored bytes. Where only its headers are here, it is fetched first.
    pub async fn raw(&self, id: MessageId) -> Result<Vec<u8>> {
        account::fetch_whole(self.shared(), vec![id]).await?;
        self.db(move |store| store.raw(id)).await
    }

    /// One of its attachments, as [`Handle::raw`].
    pub async fn attachment(&self, id: MessageId, index: usize) -> Result<(Attachment, Vec<u8>)> {
        account::fetch_whole(self.shared(), vec![id]).await?;
        self.db(move |store| {
            let found = mime::attachment(&store.raw(id)?, index);
            found.ok_or_else(|| crate::storage::Error::NotFound(format!("attachment {index} of {id}")))
        })
        .await
    }

    /// The Outbox, oldest first; accepted entries leave it.
    pub async fn outbox(&self) -> Result<Vec<OutboxItem>> {
        let items = self.db(|store| store.outbox().items()).await?;
        let in_hand: HashSet<i64> = locked(&self.shared().in_hand).keys().copied().collect();
        let view = |item: crate::storage::OutboxItem| {
            let is_being_sent = in_hand.contains(&item.id) && item.state == OutboxState::Unknown;
            let mut view = view::outbox_item(item);
            if is_being_sent {
                view.submission = Submission::Sending;
            }
            view
        };
        Ok(items.into_iter().map(view).collect())
    }

    /// Drafts being written: what a kill left open.
    pub async fn drafts(&self) -> Result<Vec<Draft>> {
        self.db(|store| {
            let submitted = submission::drafts_in_outbox(store)?;
            Ok(store.drafts().list()?.into_iter().filter(|d| !submitted.contains(&d.id)).collect())
        })
        .await
    }

    /// A draft to start with: reply, reply to all, forward, or editing a message of the Drafts mailbox.
    pub async fn begin(&self, origin: DraftOrigin, reply_all: bool) -> Result<Draft> {
        compose::begin(self.shared(), origin, reply_all).await
    }

    /// Recorded dialogues, oldest line first.
    pub async fn transcript(&self, account: Option<&str>) -> Result<Vec<TranscriptLine>> {
        let names: Vec<String> = match account {
            Some(name) => vec![self.shared().account(name)?.name().to_string()],
            None => self.shared().accounts().iter().map(|s| s.name().to_string()).collect(),
        };
        let sink = self.shared().transcripts.clone();
        self.db(move |store| {
            sink.flush();
            let mut lines = Vec::new();
            for name in names {
                let read = store.transcripts().read(&name)?;
                lines.extend(read.into_iter().map(|line| view::transcript_line(&name, line)));
            }
            lines.sort_by_key(|line| line.at);
            Ok(lines)
        })
        .await
    }

    /// Tries the servers of settings that may not be saved yet. Sends no mail.
    pub async fn check(&self, account: &Account, secret: Option<super::command::Secret>) -> Result<CheckReport> {
        check::check(self.shared(), account, secret).await
    }

    /// Where a password given now would go.
    pub async fn secret_place(&self) -> SecretPlace {
        let secrets = self.shared().secrets.clone();
        tokio::task::spawn_blocking(move || view::secret_place(secrets.place())).await.unwrap_or(SecretPlace::File)
    }

    /// Receives, carries out what is queued and sends the Outbox, once, and waits for the end:
    /// for one account or for all, each with its own outcome.
    pub async fn synchronise(&self, account: Option<&str>) -> Vec<(String, Result<SyncSummary>)> {
        if self.shared().mode == Mode::Batch {
            super::network::ask_metered(self.shared()).await;
        }
        if account.is_none()
            && let Err(problem) = local::settle(self.shared()).await
        {
            self.shared().failed(&self.shared().local, problem);
        }
        let states = match account {
            Some(name) => match self.shared().account(name) {
                Ok(state) => vec![state],
                Err(problem) => return vec![(name.to_string(), Err(problem))],
            },
            None => self.shared().accounts_in_order(),
        };
        let each = states.into_iter().map(|state| async move {
            let worker = account::worker::Worker { shared: self.shared().clone(), state };
            (worker.account().to_string(), synchronise(&worker).await)
        });
        futures::future::join_all(each).await
    }

    /// Sends this Outbox entry now and waits until its state is no longer waiting or sending.
    pub async fn deliver(&self, id: i64) -> Result<OutboxItem> {
        submission::deliver(self.shared(), id).await
    }

    /// Sends what is due in the Outbox, for one account or for all, and files it in Sent, on the server, too; nothing is
    /// received. How many messages were taken for all their recipients.
    pub async fn send_outbox(&self, account: Option<&str>) -> Vec<(String, Result<u64>)> {
        let states = match account {
            Some(name) => match self.shared().account(name) {
                Ok(state) => vec![state],
                Err(problem) => return vec![(name.to_string(), Err(problem))],
            },
            None => self.shared().accounts_in_order(),
        };
        let each = states.into_iter().map(|state| async move {
            let worker = account::worker::Worker { shared: self.shared().clone(), state };
            let sent = submission::run_due(&worker).await;
            if self.shared().mode == super::Mode::Batch
                && sent.as_ref().is_ok_and(|count| *count > 0)
                && let Err(problem) = account::operations_only(&worker).await
            {
                tracing::info!(account = worker.account(), %problem, "Sent is filed on the server later");
            }
            (worker.account().to_string(), sent)
        });
        futures::future::join_all(each).await
    }

    /// Writes an attachment to a file; an existing file is replaced only whole.
    pub async fn save_attachment(&self, id: MessageId, index: usize, to: &Path) -> Result<()> {
        let (_, bytes) = self.attachment(id, index).await?;
        let to = to.to_path_buf();
        tokio::task::spawn_blocking(move || save::whole(&to, &bytes)).await.map_err(super::problem_from::of_join)?
    }

    /// Takes mail that other programs left below these paths into a mailbox of Local Folders, which is made where there
    /// is none. It ends when the caller goes away; what is stored stays, and the same again goes on from there.
    ///
    /// # Errors
    /// [`ProblemKind::Invalid`](super::ProblemKind::Invalid) for another account's mailbox and for a path within the
    /// profile; what the disk says.
    pub async fn import(&self, import: Import) -> Result<Imported> {
        local::import(self.shared(), import).await
    }

    /// People written to or heard from whose name or address has a word that begins so, the most used first.
    pub async fn addresses(&self, prefix: &str, limit: usize) -> Result<Vec<Address>> {
        let prefix = prefix.to_string();
        self.db(move |store| store.addresses(&prefix, limit)).await
    }

    /// Changes that wait for their server, oldest first.
    pub async fn queue(&self) -> Result<Vec<QueuedOperation>> {
        let in_flight: HashSet<OpId> =
            self.shared().all_accounts().iter().flat_map(|state| locked(&state.in_flight).clone()).collect();
        let mut queued: Vec<QueuedOperation> = self
            .db(move |store| {
                let pending = store.operations().pending(None)?;
                pending.into_iter().map(|op| view::operation(store, op.clone(), in_flight.contains(&op.id))).collect()
            })
            .await?;
        // What has no reason of its own waits for the connection.
        for operation in &mut queued {
            if operation.reason.is_none()
                && let Ok(state) = self.shared().account(&operation.account)
                && let Connection::Failed { problem, .. } = state.connection()
            {
                operation.reason = Some(problem);
            }
        }
        Ok(queued)
    }

    /// Changes that can be taken back, the newest first; kept for a day.
    pub async fn undo_history(&self) -> Result<Vec<UndoEntry>> {
        super::undo::history(self.shared()).await
    }

    pub async fn preferences(&self) -> Result<Preferences> {
        Ok(locked(&self.shared().preferences).clone())
    }

    /// Checks every mailbox against its Maildir; with `rebuild` the index is made anew. Lines for the person.
    pub async fn doctor(&self, rebuild: bool) -> Result<Vec<String>> {
        doctor::run(self.shared(), rebuild).await
    }

    /// Finishes what is under way and stops. Nothing is lost by not calling it.
    pub async fn stop(&self) {
        let shared = self.shared();
        shared.stop.send_replace(true);
        let mut tasks = std::mem::take(&mut *locked(&shared.tasks));
        let all = async { while tasks.join_next().await.is_some() {} };
        if tokio::time::timeout(STOP, all).await.is_err() {
            tasks.shutdown().await;
        }
        let sink = shared.transcripts.clone();
        // It only fails where the runtime ends.
        let _ = tokio::task::spawn_blocking(move || sink.flush()).await;
    }
}

/// Mailboxes that wait to be deleted.
fn doomed(store: &Store) -> crate::storage::Result<HashSet<MailboxId>> {
    Ok(store.operations().deletions()?.into_iter().collect())
}

/// One account: its Outbox and its servers. What went wrong first is the result; the rest is done all the same.
async fn synchronise(worker: &account::worker::Worker) -> Result<SyncSummary> {
    let sent = submission::run_due(worker).await;
    let received = tokio::select! {
        received = account::once(worker) => received,
        () = worker.shared.ended(&worker.state) => Err(super::problem_from::stopped()),
    };
    let watched = std::mem::take(&mut worker.state.memory().watched);
    super::dispatch::follow_watched(&worker.shared, watched).await?;
    // What was sent before is filed by now; what receiving took long enough to make due goes next time.
    let mut summary = received?;
    summary.sent = sent?;
    Ok(summary)
}
