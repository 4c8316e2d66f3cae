//! What the server saw, for tests to look at: a record per connection, and the mail it took.

use crate::mail::account::Protocol;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

const MOST_CONNECTIONS: usize = 5_000;
const MOST_COMMANDS: usize = 10_000;
const MOST_PLAIN_BYTES: usize = 1 << 20;

/// One connection as the server saw it.
#[derive(Clone, Debug)]
pub struct Connection {
    pub protocol: Protocol,
    /// 1 for the first connection of this protocol.
    pub number: u32,
    /// Whether TLS was reached, from the start or by STARTTLS.
    pub tls: bool,
    /// Why a TLS handshake failed, for instance the client's alert about the certificate.
    pub tls_error: Option<String>,
    /// Every byte that the client sent before TLS, up to a mebibyte.
    pub before_tls: Vec<u8>,
    /// User names whose passwords or tokens came over a plain line, whether or not they were right.
    pub credentials_before_tls: Vec<String>,
    /// Command lines in order, without tag, password and literals.
    pub commands: Vec<String>,
    /// The account that logged in.
    pub account: Option<String>,
    /// Bytes heard and said, above TLS.
    pub received: u64,
    pub sent: u64,
    /// Whether the connection is still there.
    pub open: bool,
}

/// A message that was taken by SMTP.
#[derive(Clone, Debug)]
pub struct Submission {
    /// The account that submitted it.
    pub account: String,
    /// From MAIL FROM.
    pub sender: String,
    /// The recipients that were accepted.
    pub recipients: Vec<String>,
    /// As it came, dots unstuffed, before trace headers.
    pub raw: Arc<[u8]>,
}

/// A shared record of one connection.
#[derive(Clone)]
pub(super) struct Record(Arc<Mutex<Connection>>);

impl Record {
    pub fn new(protocol: Protocol, number: u32) -> Record {
        Record(Arc::new(Mutex::new(Connection {
            protocol,
            number,
            tls: false,
            tls_error: None,
            before_tls: Vec::new(),
            credentials_before_tls: Vec::new(),
            commands: Vec::new(),
            account: None,
            received: 0,
            sent: 0,
            open: true,
        })))
    }

    pub fn lock(&self) -> MutexGuard<'_, Connection> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }

    pub fn heard(&self, bytes: &[u8]) {
        let mut seen = self.lock();
        seen.received = seen.received.saturating_add(bytes.len() as u64);
        if !seen.tls {
            let room = MOST_PLAIN_BYTES.saturating_sub(seen.before_tls.len()).min(bytes.len());
            seen.before_tls.extend(bytes.iter().take(room));
        }
    }

    pub fn command(&self, line: &str) {
        let mut seen = self.lock();
        if seen.commands.len() < MOST_COMMANDS {
            seen.commands.push(line.chars().take(1_000).collect());
        }
    }

    /// Notes that `user`'s secret came; it only matters on a plain line.
    pub fn secret(&self, user: &str) {
        let mut seen = self.lock();
        if !seen.tls && seen.credentials_before_tls.len() < MOST_COMMANDS {
            seen.credentials_before_tls.push(user.to_string());
        }
    }
}

/// All that a server saw.
#[derive(Default)]
pub(super) struct Log {
    connections: Mutex<Vec<Record>>,
}

impl Log {
    /// Opens the record of a new connection; the oldest closed one makes room.
    pub fn open(&self, protocol: Protocol, number: u32) -> Record {
        let record = Record::new(protocol, number);
        let mut all = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        if all.len() >= MOST_CONNECTIONS {
            all.remove(0);
        }
        all.push(record.clone());
        record
    }

    pub fn connections(&self, protocol: Protocol) -> Vec<Connection> {
        let all = self.connections.lock().unwrap_or_else(PoisonError::into_inner);
        all.iter().map(|r| r.lock().clone()).filter(|c| c.protocol == protocol).collect()
    }
}
