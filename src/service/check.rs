//! The live test of an account's settings: both servers are connected to and let us in, or say why not.

use super::command::Secret;
use super::connecting::{self, Access};
use super::model::{Account, CheckReport, Endpoint, Protocol};
use super::state::{Result, Shared};
use crate::protocol::sasl::Credentials;
use crate::protocol::transcript::{Direction, Transcript};
use crate::protocol::{Error, imap, pop3, smtp};
use std::sync::Arc;
use std::time::Duration;

const LIMIT: Duration = Duration::from_secs(60);

/// Tries both servers at once.
///
/// # Errors
/// Where no secret is to be had; what the servers say is in the report.
pub(super) async fn check(shared: &Arc<Shared>, account: &Account, secret: Option<Secret>) -> Result<CheckReport> {
    let access = match secret {
        Some(Secret(secret)) => Access {
            credentials: Credentials { user: account.user.clone(), secret, method: account.auth },
            route: connecting::route(shared, account).await?,
        },
        None => Access::of(shared, account).await?,
    };
    let (incoming, outgoing) = tokio::join!(
        one(shared, account, &account.incoming, &access),
        one(shared, account, &account.outgoing, &access)
    );
    Ok(CheckReport { incoming, outgoing })
}

async fn one(shared: &Shared, account: &Account, endpoint: &Endpoint, access: &Access) -> Result<String> {
    // An account that is not saved has no log to keep this in.
    let transcript = match shared.account(&account.name) {
        Ok(_) => shared.transcripts.transcript(&account.name),
        Err(_) => Transcript::new(),
    };
    let Access { credentials, route } = access;
    let work = async {
        match endpoint.protocol {
            Protocol::Imap => imap::Session::connect(endpoint, route, credentials, &transcript).await?.logout().await,
            // Nothing was marked, so how it ends changes nothing.
            Protocol::Pop3 => {
                drop(pop3::Session::connect(endpoint, route, credentials, &transcript).await?.quit().await);
            }
            Protocol::Smtp => smtp::Submission::connect(endpoint, route, credentials, &transcript).await?.quit().await,
        }
        Ok(())
    };
    let late = Error::TimedOut { step: "check" };
    let done = tokio::time::timeout(LIMIT, work).await.unwrap_or(Err(late));
    match done {
        Ok(()) => Ok(words(endpoint, &transcript)),
        Err(error) => Err(connecting::judged(shared, error, endpoint).of(&account.name)),
    }
}

/// "IMAP, TLS 1.3": what the dialogue has noted.
fn words(endpoint: &Endpoint, transcript: &Transcript) -> String {
    let protocol = match endpoint.protocol {
        Protocol::Imap => "IMAP",
        Protocol::Pop3 => "POP3",
        Protocol::Smtp => "SMTP",
    };
    let notes = transcript.lines().into_iter().filter(|line| line.direction == Direction::Note);
    let tls = notes.map(|line| line.text).find(|text| text.starts_with("TLS "));
    let tls = tls.as_deref().and_then(|text| text.split(',').next());
    format!("{protocol}, {}", tls.unwrap_or("not encrypted"))
}
