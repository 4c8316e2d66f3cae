//! A mail server of our own inside the process, on loopback: submission, IMAP and POP3 over one
//! store in memory. It has two uses:
//!
//! - [`Demo`]: the working mailbox of `postwren --demo`, with two accounts and some forty messages;
//! - [`DemoServer`]: the scripted server of the tests, which can be told by [`Fault`]s to misbehave
//!   at any command or byte, and looked into afterwards.
//!
//! For answers that no honest server would ever put together there is [`scripted::Scripted`], which
//! knows no protocol at all.
//!
//! It is honest about being a demo: greetings say so, mail to other domains is refused with a
//! sentence, and nothing outlives the process. It speaks what our own client needs, to the letter
//! of the RFCs where it speaks at all. However hostile the client: sizes, counts and times are
//! bounded, and nothing panics.

mod certificate;
mod fault;
mod imap;
mod mailbox;
mod pop3;
mod sasl;
pub mod scripted;
mod seen;
mod server;
mod smtp;
mod store;
mod wire;

pub use certificate::Certificate;
pub use fault::{Fault, FaultAt};
pub use seen::{Connection, Submission};
pub use server::{Builder, DemoServer, MailboxView};
pub use store::Message;

use crate::mail::account::{Account, AuthMethod, Endpoint, Pop3Keep, Protocol, SecretSource, Security};
use std::path::Path;

/// The password of both demo accounts; it opens nothing but the demo. No word: transcripts blank it wherever it occurs.
const PASSWORD: &str = "k7-Wm4q-Zt9x";

/// The working mailbox of `postwren --demo`: two accounts and their mail. It ends when dropped.
pub struct Demo {
    server: DemoServer,
}

impl Demo {
    /// Starts the server on the current tokio runtime, with mail dated back from `now`.
    ///
    /// # Errors
    /// When no port on loopback can be opened or no certificate made.
    pub async fn start(now: &jiff::Zoned) -> std::io::Result<Demo> {
        let builder = DemoServer::builder().account(mailbox::ADA, PASSWORD).account(mailbox::POP, PASSWORD);
        let server = builder.start().await?;
        server.fill(now);
        Ok(Demo { server })
    }

    /// The accounts with their passwords, IMAP first. `ca_file` is where the caller has put [`Demo::ca_pem`].
    pub fn accounts(&self, ca_file: &Path) -> Vec<(Account, String)> {
        let account = |email: &str, protocol: Protocol, sending: Security| Account {
            name: email.into(),
            person: "Ada Lovelace".into(),
            email: email.into(),
            user: email.into(),
            incoming: self.endpoint(protocol, Security::Tls),
            outgoing: self.endpoint(Protocol::Smtp, sending),
            auth: AuthMethod::Password,
            secret: SecretSource::File,
            ca_file: Some(ca_file.into()),
            pop3_keep: Pop3Keep::Always,
            ..Account::default()
        };
        let imap = account(mailbox::ADA, Protocol::Imap, Security::StartTls);
        let pop3 = account(mailbox::POP, Protocol::Pop3, Security::Tls);
        [imap, pop3].map(|account| (account, PASSWORD.to_string())).into()
    }

    /// Where a protocol is served, with TLS from the start or by STARTTLS.
    pub fn endpoint(&self, protocol: Protocol, security: Security) -> Endpoint {
        self.server.endpoint(protocol, security)
    }

    /// The certificate of the authority to trust for these accounts, as PEM.
    pub fn ca_pem(&self) -> &str {
        self.server.ca_pem()
    }

    /// The server, to look into.
    pub fn server(&self) -> &DemoServer {
        &self.server
    }
}
