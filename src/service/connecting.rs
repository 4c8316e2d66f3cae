//! What a connection of an account needs, how long it may take to be ready, and what its failure means here and now:
//! a server that cannot be reached on a machine without any network is no server that is down.

use super::network::is_local;
use super::problem::{Problem, ProblemKind};
use super::problem_from::{of_join, of_protocol, of_storage, stopped};
use super::state::{AccountState, Result, Shared};
use crate::mail::account::{Account, Endpoint, Proxy};
use crate::protocol::net::{ProxyLogin, Route};
use crate::protocol::sasl::Credentials;
use crate::protocol::{self, CertificateFailure, Error, ProxyFault};
use std::io::ErrorKind;
use std::time::Duration;

/// A connection may take no longer than this to be ready: name, proxy, TCP, TLS, greeting, login.
const READY: Duration = Duration::from_secs(120);

/// Who the person is to the servers, and the way there.
pub(super) struct Access {
    pub credentials: Credentials,
    pub route: Route,
}

impl Access {
    /// # Errors
    /// [`ProblemKind::NoSecret`] where a secret that is needed is not to be had.
    pub async fn of(shared: &Shared, account: &Account) -> Result<Access> {
        let (credentials, route) = tokio::try_join!(shared.credentials(account), route(shared, account))?;
        Ok(Access { credentials, route })
    }
}

/// The way to an account's servers.
///
/// # Errors
/// What the secret store says; a proxy without a password is asked without.
pub(super) async fn route(shared: &Shared, account: &Account) -> Result<Route> {
    let ca_file = account.ca_file.clone();
    let Some(proxy) = account.proxy.clone() else { return Ok(Route { ca_file, proxy: None }) };
    let mut password = None;
    if proxy.user.is_some() {
        let (place, name) = (shared.secret_store(&account.secret), Proxy::secret_name(&account.name));
        let got = tokio::task::spawn_blocking(move || place.get(&name)).await.map_err(of_join)?;
        password = got.map_err(of_storage)?;
    }
    Ok(Route { ca_file, proxy: Some(ProxyLogin { proxy, password }) })
}

/// Waits until a connection is ready: not for ever, and no longer than the account is there.
///
/// # Errors
/// What went wrong, as [`judged`].
pub(super) async fn ready<T>(
    shared: &Shared,
    state: &AccountState,
    endpoint: &Endpoint,
    connecting: impl Future<Output = protocol::Result<T>>,
) -> Result<T> {
    let late = Error::TimedOut { step: "connect" };
    let connected = tokio::select! {
        connected = tokio::time::timeout(READY, connecting) => connected.unwrap_or(Err(late)),
        () = shared.ended(state) => return Err(stopped()),
    };
    match connected {
        Ok(connection) => {
            shared.network.reached(&endpoint.host);
            Ok(connection)
        }
        Err(error) => Err(judged(shared, error, endpoint)),
    }
}

/// What a failure to connect means on this machine, now.
pub(super) fn judged(shared: &Shared, error: Error, endpoint: &Endpoint) -> Problem {
    let portal = match &error {
        Error::Certificate { reason: CertificateFailure::Name { presented }, issuer } => {
            let servers: Vec<String> = shared
                .accounts()
                .iter()
                .flat_map(|state| [&state.account.incoming, &state.account.outgoing].map(|e| e.host.clone()))
                .collect();
            shared.network.presented(&endpoint.host, presented, issuer, &servers)
        }
        // Whoever that was, it was the server itself or one who could have been it.
        Error::Authentication { .. } | Error::Refused { .. } => {
            shared.network.reached(&endpoint.host);
            false
        }
        _ => false,
    };
    let is_offline = has_no_way(&error) && !is_local(&endpoint.host) && !shared.network.has_route();
    let problem = of_protocol(error, endpoint);
    match &problem.kind {
        ProblemKind::Certificate { server, .. } if portal => {
            Problem::new(ProblemKind::CaptivePortal { server: server.clone() }, problem.detail)
        }
        ProblemKind::Unreachable { .. } | ProblemKind::Proxy { .. } | ProblemKind::TimedOut { .. } if is_offline => {
            Problem::new(ProblemKind::Offline, problem.detail)
        }
        _ => problem,
    }
}

/// Whether an error is one that a machine without a network meets: not a refusal, nor a cut.
fn has_no_way(error: &Error) -> bool {
    match error {
        Error::Resolve(error) => error.kind() != ErrorKind::InvalidInput,
        Error::Connect(error) => {
            matches!(
                error.kind(),
                ErrorKind::NetworkUnreachable
                    | ErrorKind::HostUnreachable
                    | ErrorKind::NetworkDown
                    | ErrorKind::AddrNotAvailable
            )
        }
        Error::Proxy { proxy, fault: ProxyFault::Unreachable { .. } } => {
            let host = proxy.rsplit_once(':').map_or(proxy.as_str(), |(host, _)| host);
            !is_local(host.trim_matches(['[', ']']))
        }
        Error::TimedOut { step } => *step == "connect",
        _ => false,
    }
}
