//! What all parts of a running service share: the store, the accounts with what is known of
//! their connections, and the bells that wake their tasks.

use super::account::{Board, Pool};
use super::event::Event;
use super::model::{Account, Connection, MeteredChoice, Offline, Preferences, SecretSource};
use super::network::Network;
use super::platform::{Mode, Platform};
use super::problem::{Problem, ProblemKind};
use super::problem_from::{of_join, of_storage};
use super::receive::STORING_IN_ALL;
use super::submission::Kept;
use crate::mail::account::LOCAL;
use crate::mail::ids::{MailboxId, MessageId};
use crate::mail::mailbox::MailboxPath;
use crate::mail::uid::{Uid, UidValidity};
use crate::protocol::sasl::Credentials;
use crate::protocol::transcript::Transcript;
use crate::storage::secrets::Secrets;
use crate::storage::{self, OpId, Store};
use std::collections::{BTreeMap, HashMap, HashSet};
use std::sync::atomic::{AtomicBool, AtomicU64};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use tokio::sync::{Notify, Semaphore, broadcast, watch};
use tokio::task::JoinSet;

pub(super) type Result<T, E = Problem> = std::result::Result<T, E>;

/// Events that a listener may be behind before it is told that it lags.
const EVENTS: usize = 1024;

/// The service behind every handle.
pub(super) struct Shared {
    pub store: Store,
    pub platform: Platform,
    pub mode: Mode,
    /// For [`SecretSource::Keyring`]: the system's, or the test's.
    pub secrets: Arc<dyn Secrets>,
    /// For [`SecretSource::File`].
    pub file_secrets: Arc<dyn Secrets>,
    pub events: broadcast::Sender<Event>,
    accounts: Mutex<BTreeMap<String, Arc<AccountState>>>,
    /// Local Folders: like a POP3 account, without a server. Not among the accounts, which all have one.
    pub local: Arc<AccountState>,
    pub preferences: Mutex<Preferences>,
    /// Held while flags or places of stored messages are read and then changed by what was read,
    /// so that the person's change and the server's cannot pass each other unseen.
    changing: Mutex<()>,
    /// Turns to store a batch of received messages.
    pub storing: Arc<Semaphore>,
    /// Outbox entries that this process is sending, each with the bell that asks for it back.
    pub in_hand: Mutex<HashMap<i64, watch::Sender<bool>>>,
    /// Exports under way, each with the bell that ends it.
    pub exports: Mutex<HashMap<MailboxId, watch::Sender<bool>>>,
    /// One change of the settings at a time.
    pub settings: tokio::sync::Mutex<()>,
    pub transcripts: super::transcript_sink::TranscriptSink,
    /// The network is metered, and the person wants headers alone over such: nothing else is fetched unasked.
    pub metered: AtomicBool,
    /// Turns true once: everything ends.
    pub stop: watch::Sender<bool>,
    pub tasks: Mutex<JoinSet<()>>,
    pub network: Network,
    /// The process that draws HTML; not started before it is needed.
    #[cfg(feature = "html")]
    pub renderer: crate::render::Renderer,
    /// The process that draws attached files; there is none while nobody looks at one.
    #[cfg(feature = "html")]
    pub previewer: crate::render::Previewer,
}

/// An account while the service runs. Replaced as a whole when its settings change.
pub(super) struct AccountState {
    pub account: Account,
    /// Among the accounts of the settings.
    position: usize,
    connection: Mutex<Connection>,
    /// Operations were queued.
    pub work: Notify,
    /// The person wants everything synchronised now.
    pub refresh: Notify,
    /// The Outbox has something new.
    pub outgoing: Notify,
    pub transcript: Transcript,
    /// What its conversations remember for each other.
    memory: Mutex<Memory>,
    /// What is to be synchronised, and who has it in hand.
    pub board: Arc<Board>,
    /// The connections to its server.
    pub pool: Arc<Pool>,
    /// Held for reading by whoever works for the account; what ends the account waits for them.
    pub working: tokio::sync::RwLock<()>,
    /// One visit of a POP3 server at a time: its mailbox knows one session.
    pub visit: tokio::sync::Mutex<()>,
    /// One submission at a time, with what it leaves for the next.
    pub sending: tokio::sync::Mutex<Kept>,
    /// Operations that a conversation is carrying out, or a command is changing: nobody else may touch them.
    pub in_flight: Mutex<HashSet<OpId>>,
    /// Messages that other programs have just put here.
    pub newcomers: Mutex<super::foreign::Newcomers>,
    /// Grows whenever a mailbox was renamed or deleted on the server.
    pub names: AtomicU64,
    /// Numbers that moved messages got, for operations that follow on them. Losing it costs a search.
    pub placed: Mutex<HashMap<(MessageId, MailboxId), (UidValidity, Uid)>>,
    pub accept_removals: AtomicBool,
    /// Turns true once: the account was removed or replaced.
    pub gone: watch::Sender<bool>,
}

/// What the conversations of an account remember for each other. Losing it costs a search, nothing else.
#[derive(Default)]
pub(super) struct Memory {
    /// The trouble with each mailbox that people know of.
    pub told: HashMap<MailboxId, Problem>,
    /// Watched mailboxes as they were called when the list of mailboxes changed, until the settings follow.
    pub watched: Vec<(MailboxId, MailboxPath)>,
    /// The person heard of removals by other programs that wait for an answer.
    pub removals_told: bool,
    /// Messages in a mailbox and its next number when it was last synchronised.
    pub seen: HashMap<MailboxId, (u32, Option<Uid>)>,
    /// By which choice of [`Offline`] the messages of a mailbox are here, whole or not.
    pub kept: HashMap<MailboxId, Offline>,
    /// Uids that could not be stored (no bytes, too large): not asked for again while we run.
    pub unobtainable: HashSet<(MailboxId, UidValidity, Uid)>,
}

impl AccountState {
    pub fn new(account: Account, position: usize, transcript: Transcript) -> AccountState {
        let pool = Arc::new(Pool::new(account.connections, account.pinned.len()));
        AccountState {
            account,
            position,
            connection: Mutex::default(),
            work: Notify::new(),
            refresh: Notify::new(),
            outgoing: Notify::new(),
            transcript,
            memory: Mutex::default(),
            board: Arc::default(),
            pool,
            working: tokio::sync::RwLock::default(),
            visit: tokio::sync::Mutex::default(),
            sending: tokio::sync::Mutex::default(),
            in_flight: Mutex::default(),
            newcomers: Mutex::default(),
            names: AtomicU64::new(0),
            placed: Mutex::default(),
            accept_removals: AtomicBool::new(false),
            gone: watch::Sender::new(false),
        }
    }
    pub fn name(&self) -> &str {
        &self.account.name
    }
    pub fn connection(&self) -> Connection {
        locked(&self.connection).clone()
    }
    /// Never held across an await.
    pub fn memory(&self) -> MutexGuard<'_, Memory> {
        locked(&self.memory)
    }
}

impl Shared {
    pub fn new(platform: Platform, mode: Mode, store: Store, preferences: Preferences) -> Shared {
        let profile = store.profile().clone();
        let secrets = platform
            .secrets
            .clone()
            .unwrap_or_else(|| Arc::new(storage::SystemSecrets::new(profile.secrets())) as Arc<dyn Secrets>);
        let transcripts = super::transcript_sink::TranscriptSink::new(store.transcripts());
        Shared {
            network: Network::new(platform.network.clone()),
            metered: AtomicBool::new(preferences.metered == MeteredChoice::Always),
            store,
            secrets,
            file_secrets: Arc::new(storage::FileSecrets::new(profile.secrets())),
            platform,
            mode,
            events: broadcast::Sender::new(EVENTS),
            accounts: Mutex::default(),
            local: Arc::new(AccountState::new(super::local::account(), usize::MAX, transcripts.transcript(LOCAL))),
            preferences: Mutex::new(preferences),
            changing: Mutex::default(),
            storing: Arc::new(Semaphore::new(STORING_IN_ALL)),
            in_hand: Mutex::default(),
            exports: Mutex::default(),
            settings: tokio::sync::Mutex::default(),
            transcripts,
            stop: watch::Sender::new(false),
            tasks: Mutex::default(),
            #[cfg(feature = "html")]
            renderer: crate::render::Renderer::new(),
            #[cfg(feature = "html")]
            previewer: crate::render::Previewer::default(),
        }
    }

    pub fn now(&self) -> i64 {
        (self.platform.clock)()
    }

    /// Tells every listener; none is fine.
    pub fn emit(&self, event: Event) {
        if let Event::Mailbox { id } = event {
            // A message in one mailbox may have joined or parted conversations of others.
            for other in self.store.take_renumbered().into_iter().filter(|other| *other != id) {
                let _ = self.events.send(Event::Mailbox { id: other });
            }
        }
        let _ = self.events.send(event);
    }

    /// Runs storage work on a blocking thread.
    pub async fn db<T: Send + 'static>(
        &self,
        work: impl FnOnce(&Store) -> storage::Result<T> + Send + 'static,
    ) -> Result<T> {
        let store = self.store.clone();
        tokio::task::spawn_blocking(move || work(&store)).await.map_err(of_join)?.map_err(of_storage)
    }

    /// The same, alone among all changes of stored messages.
    pub async fn change<T: Send + 'static>(
        self: &Arc<Self>,
        work: impl FnOnce(&Store) -> storage::Result<T> + Send + 'static,
    ) -> Result<T> {
        let shared = self.clone();
        let work = move || {
            let _alone = locked(&shared.changing);
            work(&shared.store)
        };
        tokio::task::spawn_blocking(work).await.map_err(of_join)?.map_err(of_storage)
    }

    pub fn accounts(&self) -> Vec<Arc<AccountState>> {
        locked(&self.accounts).values().cloned().collect()
    }
    /// The same with Local Folders: all that mailboxes belong to.
    pub fn all_accounts(&self) -> Vec<Arc<AccountState>> {
        let mut all = self.accounts();
        all.push(self.local.clone());
        all
    }
    /// The same in the order of the settings.
    pub fn accounts_in_order(&self) -> Vec<Arc<AccountState>> {
        let mut all = self.accounts();
        all.sort_by_key(|state| state.position);
        all
    }
    pub fn account(&self, name: &str) -> Result<Arc<AccountState>> {
        locked(&self.accounts).get(name).cloned().ok_or_else(|| Problem::not_found(name))
    }
    /// The account, or Local Folders.
    pub fn owner(&self, name: &str) -> Result<Arc<AccountState>> {
        if name == LOCAL { Ok(self.local.clone()) } else { self.account(name) }
    }
    /// Puts an account in the place of the one with its name, which is told to end.
    pub fn put_account(&self, state: Arc<AccountState>) {
        if let Some(old) = locked(&self.accounts).insert(state.name().to_string(), state) {
            old.gone.send_replace(true);
        }
    }
    pub fn take_account(&self, name: &str) -> Option<Arc<AccountState>> {
        let old = locked(&self.accounts).remove(name);
        old.inspect(|old| {
            old.gone.send_replace(true);
        })
    }

    pub fn set_connection(&self, state: &AccountState, connection: Connection) {
        *locked(&state.connection) = connection.clone();
        self.emit(Event::Connection { account: state.name().to_string(), connection });
    }

    /// Tells of a failure that no command waits for.
    pub fn failed(&self, state: &AccountState, problem: Problem) {
        tracing::warn!(account = state.name(), %problem, "failed");
        self.emit(Event::Failed(problem.of(state.name())));
    }

    pub fn spawn(&self, task: impl Future<Output = ()> + Send + 'static) {
        let mut tasks = locked(&self.tasks);
        while tasks.try_join_next().is_some() {}
        tasks.spawn(task);
    }

    /// Ready once the account's tasks shall end.
    pub async fn ended(&self, state: &AccountState) {
        let (mut stop, mut gone) = (self.stop.subscribe(), state.gone.subscribe());
        // A closed channel means that the service itself is gone.
        tokio::select! {
            _ = stop.wait_for(|stop| *stop) => {}
            _ = gone.wait_for(|gone| *gone) => {}
        }
    }
    pub fn is_ended(&self, state: &AccountState) -> bool {
        *self.stop.borrow() || *state.gone.borrow()
    }

    /// What proves who the person is, from where the account keeps it.
    ///
    /// # Errors
    /// [`ProblemKind::NoSecret`] where nothing is kept or the command failed.
    pub async fn credentials(&self, account: &Account) -> Result<Credentials> {
        let secret = match &account.secret {
            SecretSource::Command(command) => super::secret_command::run(command).await?,
            source => {
                let place = self.secret_store(source);
                let name = account.name.clone();
                let got = tokio::task::spawn_blocking(move || place.get(&name)).await.map_err(of_join)?;
                got.map_err(of_storage)?.ok_or_else(|| Problem::new(ProblemKind::NoSecret, "nothing is stored"))?
            }
        };
        Ok(Credentials { user: account.user.clone(), secret, method: account.auth })
    }

    pub fn secret_store(&self, source: &SecretSource) -> Arc<dyn Secrets> {
        if *source == SecretSource::File { self.file_secrets.clone() } else { self.secrets.clone() }
    }
}

/// What a panicking thread left behind is whole: each change under these locks is one assignment.
pub(super) fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
