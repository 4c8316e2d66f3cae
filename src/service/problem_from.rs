//! From the errors of the floors below to [`Problem`]s: which kind it is, and the technical words.

use super::problem::{CertificateReason, Problem, ProblemKind};
use crate::mail::account::Endpoint;
use crate::protocol::{CertificateFailure, Error};
use crate::storage;
use std::io;

/// A conversation with `endpoint` failed.
pub(super) fn of_protocol(error: Error, endpoint: &Endpoint) -> Problem {
    let server = if endpoint.host.contains(':') {
        format!("[{}]:{}", endpoint.host, endpoint.port)
    } else {
        format!("{}:{}", endpoint.host, endpoint.port)
    };
    let detail = error.to_string();
    let kind = match error {
        Error::Resolve(error) | Error::Connect(error) | Error::Io(error) if are_spent(&error) => {
            ProblemKind::TooManyFiles
        }
        Error::Resolve(_) | Error::Connect(_) | Error::Closed | Error::Io(_) => ProblemKind::Unreachable { server },
        Error::TimedOut { .. } => ProblemKind::TimedOut { server },
        Error::Proxy { proxy, fault } => ProblemKind::Proxy { proxy, fault },
        Error::Intercepted => ProblemKind::CaptivePortal { server },
        // RFC 3206: the maildrop. IMAP's INUSE is about one command, and its words say more.
        Error::Refused { code: Some(code), .. } if code == "IN-USE" => ProblemKind::InUse { server },
        Error::Certificate { reason, issuer } => {
            ProblemKind::Certificate { server, reason: certificate(reason), issuer }
        }
        Error::Tls(_) | Error::NoStartTls | Error::BytesBeforeTls | Error::Preauth => {
            ProblemKind::NoEncryption { server }
        }
        Error::CaFile { path, .. } => ProblemKind::Invalid { what: path.display().to_string() },
        Error::NoMechanism => ProblemKind::Authentication { server, reply: String::new() },
        Error::Authentication { reply } => ProblemKind::Authentication { server, reply },
        Error::Refused { reply, .. } => ProblemKind::Refused { server, reply },
        Error::Unsupported(_) | Error::Protocol(_) => ProblemKind::Protocol { server },
        Error::TooLarge { what: "message", limit } => ProblemKind::TooLarge { size: 0, limit },
        Error::TooLarge { .. } => ProblemKind::Protocol { server },
    };
    Problem::new(kind, detail)
}

/// Whether there are no descriptors left, which resolvers and databases do not tell from other trouble.
fn are_spent(error: &io::Error) -> bool {
    let is_it = |error: &io::Error| {
        let errno = rustix::io::Errno::from_io_error(error);
        matches!(errno, Some(rustix::io::Errno::MFILE | rustix::io::Errno::NFILE))
    };
    is_it(error) || std::fs::File::open("/dev/null").is_err_and(|error| is_it(&error))
}

fn certificate(reason: CertificateFailure) -> CertificateReason {
    match reason {
        CertificateFailure::Name { presented } => CertificateReason::Name { presented },
        CertificateFailure::Expired { at } => CertificateReason::Expired { at },
        CertificateFailure::NotYetValid { at } => CertificateReason::NotYetValid { at },
        CertificateFailure::UnknownIssuer => CertificateReason::UnknownIssuer,
        CertificateFailure::Other(words) => CertificateReason::Other { words },
    }
}

/// The disk, a database or the keyring failed.
pub(super) fn of_storage(error: storage::Error) -> Problem {
    use storage::Error as E;
    let detail = error.to_string();
    let kind = match error {
        E::Io { source, .. } if are_spent(&source) => ProblemKind::TooManyFiles,
        E::DiskFull { .. } => ProblemKind::DiskFull,
        E::Missing { path } => ProblemKind::StoreMissing { path: path.display().to_string() },
        E::Io { path, .. } | E::Damaged { path, .. } => ProblemKind::Disk { path: path.display().to_string() },
        E::Locked => ProblemKind::Locked,
        E::Settings { path, reason } => ProblemKind::Invalid { what: format!("{}: {reason}", path.display()) },
        E::HeadersOnly(_) => ProblemKind::HeadersOnly,
        E::NotFound(what) => ProblemKind::NotFound { what },
        E::Invalid(what) => ProblemKind::Invalid { what },
        E::Keyring(_) => ProblemKind::NoSecret,
        E::Database(_) | E::LocalOnly { .. } | E::UidValidity { .. } => ProblemKind::Internal,
    };
    Problem::new(kind, detail)
}

/// Work on a blocking thread panicked or was cancelled.
pub(super) fn of_join(error: tokio::task::JoinError) -> Problem {
    Problem::new(ProblemKind::Internal, if error.is_panic() { "a step failed unexpectedly" } else { "stopped" })
}

/// The service is being stopped.
pub(super) fn stopped() -> Problem {
    Problem::new(ProblemKind::Internal, "stopped")
}
