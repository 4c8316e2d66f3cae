//! The server itself: six listeners on loopback (IMAP, POP3 and submission, each with TLS from the
//! start and with STARTTLS), one task per connection, and the handle by which a test looks in.

use super::certificate::{self, Certificate};
use super::fault::{Fault, Faults};
use super::seen::{Connection, Log, Submission};
use super::store::{Message, NewMessage, Store};
use super::wire::{Alive, Meet, Wire};
use super::{imap, mailbox, pop3, smtp};
use crate::mail::account::{Endpoint, Protocol, Security};
use crate::mail::flags::Flags;
use crate::mail::mailbox::Role;
use jiff::Timestamp;
use rustls::ServerConfig;
use std::collections::BTreeSet;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::{AbortHandle, JoinSet};

/// Connections that one listener serves at a time.
const MOST_CONNECTIONS: usize = 256;
const MOST_SUBMISSIONS: usize = 10_000;

/// What all connections of a server share.
pub(super) struct Shared {
    pub store: Store,
    pub faults: Arc<Faults>,
    pub tls: Arc<ServerConfig>,
    /// Whether passwords are taken on plain lines.
    pub plain_allowed: bool,
    /// IMAP's hierarchy delimiter.
    pub delimiter: char,
    /// IMAP extensions beyond the usual.
    pub extensions: BTreeSet<String>,
    log: Log,
    submissions: Mutex<Vec<Submission>>,
    number: AtomicU32,
    /// Connections so far, by protocol.
    connections: [AtomicU32; 3],
    /// Changes when every connection shall drop.
    kick: watch::Sender<u32>,
}

impl Shared {
    /// The next number for a delivered message.
    pub fn next_number(&self) -> u32 {
        self.number.fetch_add(1, Ordering::Relaxed)
    }

    pub fn submitted(&self, submission: Submission) {
        let mut all = self.submissions.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() < MOST_SUBMISSIONS {
            all.push(submission);
        }
    }
}

/// What a builder does to the server before it listens.
type Work = Box<dyn FnOnce(&DemoServer) + Send>;

/// A server in the making.
#[derive(Default)]
pub struct Builder {
    work: Vec<Work>,
    faults: Vec<Fault>,
    certificate: Certificate,
    plain_allowed: bool,
    delimiter: Option<char>,
    extensions: BTreeSet<String>,
}

impl Builder {
    /// An account with an INBOX; the address is also the user name.
    pub fn account(self, email: &str, password: &str) -> Builder {
        let (email, password) = (email.to_string(), password.to_string());
        self.then(move |server| {
            server.shared.store.change(|s| s.add_account(&email, &password, None));
        })
    }

    /// The OAuth 2 access token that opens an account named before.
    pub fn token(self, email: &str, token: &str) -> Builder {
        let (email, token) = (email.to_string(), token.to_string());
        self.then(move |server| server.shared.store.change(|s| s.set_token(&email, &token)))
    }

    /// A mailbox, segments joined with `/`.
    pub fn mailbox(self, email: &str, path: &str, role: Option<Role>) -> Builder {
        let (email, path) = (email.to_string(), path.to_string());
        self.then(move |server| {
            server.create(&email, &path, role);
        })
    }

    /// A message in a mailbox, unread. Line ends stay as they are.
    pub fn message(self, email: &str, path: &str, raw: impl AsRef<[u8]>) -> Builder {
        let (email, path, raw) = (email.to_string(), path.to_string(), raw.as_ref().to_vec());
        self.then(move |server| {
            server.deliver(&email, &path, &raw);
        })
    }

    /// Something that shall go wrong.
    pub fn fault(mut self, fault: Fault) -> Builder {
        self.faults.push(fault);
        self
    }

    /// Which certificate the server shows.
    pub fn certificate(mut self, certificate: Certificate) -> Builder {
        self.certificate = certificate;
        self
    }

    /// Passwords are taken on plain lines too.
    pub fn allow_plain(mut self) -> Builder {
        self.plain_allowed = true;
        self
    }

    /// IMAP's hierarchy delimiter, `/` without this.
    pub fn delimiter(mut self, delimiter: char) -> Builder {
        self.delimiter = Some(delimiter);
        self
    }

    /// IMAP extensions beyond the usual: any of `CONDSTORE`, `QRESYNC`, `LIST-STATUS`.
    pub fn extensions(mut self, names: &[&str]) -> Builder {
        self.extensions.extend(names.iter().map(|name| name.to_ascii_uppercase()));
        self
    }

    fn then(mut self, work: impl FnOnce(&DemoServer) + Send + 'static) -> Builder {
        self.work.push(Box::new(work));
        self
    }

    /// Opens the six ports on 127.0.0.1 and serves them on the current tokio runtime.
    ///
    /// # Errors
    /// When a port cannot be opened or a certificate cannot be made.
    pub async fn start(self) -> std::io::Result<DemoServer> {
        let identity = certificate::identity(self.certificate)?;
        let shared = Arc::new(Shared {
            store: Store::new(),
            faults: Arc::default(),
            tls: identity.config,
            plain_allowed: self.plain_allowed,
            delimiter: self.delimiter.unwrap_or('/'),
            extensions: self.extensions,
            log: Log::default(),
            submissions: Mutex::default(),
            number: AtomicU32::new(1),
            connections: Default::default(),
            kick: watch::Sender::new(0),
        });
        let mut server = DemoServer { shared, ca_pem: identity.ca_pem, endpoints: Vec::new(), listeners: Vec::new() };
        self.faults.into_iter().for_each(|f| server.shared.faults.add(f));
        self.work.into_iter().for_each(|work| work(&server));
        for protocol in [Protocol::Imap, Protocol::Pop3, Protocol::Smtp] {
            for security in [Security::Tls, Security::StartTls] {
                let listener = TcpListener::bind(("127.0.0.1", 0)).await?;
                let port = listener.local_addr()?.port();
                server.endpoints.push(Endpoint { protocol, host: "127.0.0.1".into(), port, security });
                let task = tokio::spawn(listen(listener, protocol, security, server.shared.clone()));
                server.listeners.push(task.abort_handle());
            }
        }
        Ok(server)
    }
}

/// A running server. It ends, with all its connections, when this is dropped.
pub struct DemoServer {
    shared: Arc<Shared>,
    ca_pem: String,
    endpoints: Vec<Endpoint>,
    listeners: Vec<AbortHandle>,
}

/// A mailbox as it is now.
#[derive(Clone, Debug)]
pub struct MailboxView {
    pub uid_validity: u32,
    pub uid_next: u32,
    pub messages: Vec<Message>,
    /// HIGHESTMODSEQ.
    pub mod_seq: u64,
}

impl DemoServer {
    pub fn builder() -> Builder {
        Builder::default()
    }

    /// Where a protocol is served. [`Security::None`] is the STARTTLS port, used without.
    pub fn endpoint(&self, protocol: Protocol, security: Security) -> Endpoint {
        let offered = if security == Security::None { Security::StartTls } else { security };
        let mut found = self.endpoints.iter().filter(|e| e.protocol == protocol && e.security == offered);
        let port = found.next().map_or(0, |e| e.port);
        Endpoint { protocol, host: "127.0.0.1".into(), port, security }
    }

    /// The certificate of the authority that signed the server's, as PEM.
    pub fn ca_pem(&self) -> &str {
        &self.ca_pem
    }

    /// One more thing that shall go wrong, from now on.
    pub fn fault(&self, fault: Fault) {
        self.shared.faults.add(fault);
    }

    /// Nothing shall go wrong any more.
    pub fn clear_faults(&self) {
        self.shared.faults.clear();
    }

    /// Drops every connection, as a failing network does; new ones are welcome.
    pub fn drop_connections(&self) {
        self.shared.kick.send_modify(|n| *n = n.wrapping_add(1));
    }

    /// Puts the demo's mail into its two accounts.
    pub(super) fn fill(&self, now: &jiff::Zoned) {
        mailbox::fill(&self.shared.store, now);
    }

    /// What happened on each connection of a protocol, oldest first.
    pub fn connections(&self, protocol: Protocol) -> Vec<Connection> {
        self.shared.log.connections(protocol)
    }

    /// All command lines of a protocol, over all connections.
    pub fn commands(&self, protocol: Protocol) -> Vec<String> {
        self.connections(protocol).into_iter().flat_map(|c| c.commands).collect()
    }

    /// The messages that were taken by SMTP, oldest first.
    pub fn submissions(&self) -> Vec<Submission> {
        self.shared.submissions.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// A mailbox of an account, if it is there.
    pub fn mailbox(&self, email: &str, path: &str) -> Option<MailboxView> {
        let state = self.shared.store.look();
        let mailbox = state.mailbox(state.account_of(email)?, path).ok()?;
        let (uid_validity, uid_next) = (mailbox.validity, mailbox.next);
        Some(MailboxView { uid_validity, uid_next, messages: mailbox.messages.clone(), mod_seq: mailbox.mod_seq })
    }

    /// The messages of a mailbox; none where there is no such mailbox.
    pub fn messages(&self, email: &str, path: &str) -> Vec<Message> {
        self.mailbox(email, path).map(|m| m.messages).unwrap_or_default()
    }

    /// The paths of an account's mailboxes.
    pub fn mailboxes(&self, email: &str) -> Vec<String> {
        let state = self.shared.store.look();
        let account = state.account_of(email).and_then(|i| state.accounts.get(i));
        account.map(|a| a.mailboxes.keys().cloned().collect()).unwrap_or_default()
    }

    /// Makes a mailbox that is subscribed to; false where it cannot be made.
    pub fn create(&self, email: &str, path: &str, role: Option<Role>) -> bool {
        self.shared.store.change(|s| s.account_of(email).is_some_and(|a| s.create_subscribed(a, path, role).is_ok()))
    }

    /// Another program renames a mailbox and all below it; false where it cannot be.
    pub fn rename(&self, email: &str, from: &str, to: &str) -> bool {
        self.shared.store.change(|s| s.account_of(email).is_some_and(|a| s.rename(a, from, to).is_ok()))
    }

    /// Takes a mailbox away with its mail; false where there is none, or others below it.
    pub fn delete(&self, email: &str, path: &str) -> bool {
        self.shared.store.change(|s| s.account_of(email).is_some_and(|a| s.delete(a, path).is_ok()))
    }

    /// The paths that an account is subscribed to.
    pub fn subscriptions(&self, email: &str) -> Vec<String> {
        let state = self.shared.store.look();
        let account = state.account_of(email).and_then(|i| state.accounts.get(i));
        account.map(|a| a.subscriptions.iter().cloned().collect()).unwrap_or_default()
    }

    /// Puts an unread message into a mailbox, dated now; its UID, or `None` where there is no such mailbox.
    pub fn deliver(&self, email: &str, path: &str, raw: &[u8]) -> Option<u32> {
        self.deliver_dated(email, path, raw, Flags::empty(), Timestamp::now())
    }

    /// Puts a message into a mailbox with flags and INTERNALDATE.
    pub fn deliver_dated(&self, email: &str, path: &str, raw: &[u8], flags: Flags, date: Timestamp) -> Option<u32> {
        let new = NewMessage { flags, ..NewMessage::plain(raw, date) };
        self.shared.store.change(|s| s.append(s.account_of(email)?, path, new).ok()).map(|(_, uid)| uid)
    }

    /// Changes a message's flags, as another client would.
    pub fn set_flags(&self, email: &str, path: &str, uid: u32, flags: Flags) {
        self.shared.store.change(|s| {
            let account = s.account_of(email)?;
            s.alter(account, path, &BTreeSet::from([uid]), |f, _| *f = flags).ok()
        });
    }

    /// Changes a message's keywords, as another client would.
    pub fn set_keywords(&self, email: &str, path: &str, uid: u32, keywords: &[&str]) {
        let new: BTreeSet<String> = keywords.iter().map(|name| name.to_string()).collect();
        self.shared.store.change(|s| {
            let account = s.account_of(email)?;
            s.alter(account, path, &BTreeSet::from([uid]), |_, k| *k = new.clone()).ok()
        });
    }

    /// Takes a message away, as another client would.
    pub fn expunge(&self, email: &str, path: &str, uid: u32) {
        self.shared.store.change(|s| s.remove(s.account_of(email)?, path, |m| m.uid == uid).ok());
    }

    /// A new UIDVALIDITY: every message gets a new UID, counted from 1 in the same order.
    pub fn renumber(&self, email: &str, path: &str, uid_validity: u32) {
        self.shared.store.change(|s| {
            let change = s.tick();
            let mailbox = s.mailbox_mut(s.account_of(email)?, path).ok()?;
            mailbox.mod_seq = change;
            mailbox.vanished.clear();
            mailbox.validity = uid_validity;
            mailbox.next = 1;
            for message in &mut mailbox.messages {
                message.uid = mailbox.next;
                mailbox.next = mailbox.next.saturating_add(1);
            }
            Some(())
        });
    }
}

impl Drop for DemoServer {
    fn drop(&mut self) {
        self.listeners.iter().for_each(AbortHandle::abort);
    }
}

async fn listen(listener: TcpListener, protocol: Protocol, security: Security, shared: Arc<Shared>) {
    let mut running = JoinSet::new();
    loop {
        while running.try_join_next().is_some() {}
        if running.len() >= MOST_CONNECTIONS {
            let _ = running.join_next().await;
        }
        match listener.accept().await {
            Ok((stream, _)) => {
                running.spawn(connection(stream, protocol, security, shared.clone()));
            }
            // Out of file handles, for instance: it may pass.
            Err(_) => tokio::time::sleep(std::time::Duration::from_millis(50)).await,
        }
    }
}

async fn connection(stream: TcpStream, protocol: Protocol, security: Security, shared: Arc<Shared>) {
    let [imap, pop3, smtp] = &shared.connections;
    let counter = match protocol {
        Protocol::Imap => imap,
        Protocol::Pop3 => pop3,
        Protocol::Smtp => smtp,
    };
    let number = counter.fetch_add(1, Ordering::Relaxed).saturating_add(1);
    let record = shared.log.open(protocol, number);
    let mut wire = Wire::new(stream, protocol, number, shared.faults.clone(), record);
    let mut kick = shared.kick.subscribe();
    tokio::select! {
        ended = session(&mut wire, protocol, security, &shared) => {
            if ended.is_ok() {
                wire.close().await;
            }
        }
        _ = kick.changed() => {}
    }
}

async fn session(wire: &mut Wire, protocol: Protocol, security: Security, shared: &Arc<Shared>) -> Alive<()> {
    if wire.meet("CONNECT", "").await? == Meet::Perform {
        wire.finish().await?;
    }
    if security == Security::Tls {
        wire.start_tls(&shared.tls).await?;
    }
    match protocol {
        Protocol::Imap => imap::serve(wire, shared).await,
        Protocol::Pop3 => pop3::serve(wire, shared).await,
        Protocol::Smtp => smtp::serve(wire, shared).await,
    }
}
