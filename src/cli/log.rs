//! The log: to standard error, when `POSTWREN_LOG` asks for it.

use crate::fl;
use tracing_subscriber::filter::{EnvFilter, FilterExt, filter_fn};
use tracing_subscriber::layer::{Layer, SubscriberExt};
use tracing_subscriber::util::SubscriberInitExt;

/// The environment variable with the filter, such as `debug` or `postwren::protocol=trace`.
const VARIABLE: &str = "POSTWREN_LOG";

/// Starts the log where it is wanted.
///
/// Only Postwren's own lines are let through: the libraries below log whole commands at their
/// finer levels, passwords among them.
pub fn start() {
    let Ok(wanted) = std::env::var(VARIABLE) else { return };
    let filter = match EnvFilter::try_new(&wanted) {
        Ok(filter) => filter,
        Err(error) => {
            super::output::remark(&fl!("cli-log-filter", variable = VARIABLE, reason = error.to_string()));
            return;
        }
    };
    let own = filter_fn(|metadata| metadata.target().split("::").next() == Some("postwren"));
    let lines = tracing_subscriber::fmt::layer().with_writer(std::io::stderr).with_ansi(false);
    let _ = tracing_subscriber::registry().with(lines.with_filter(filter.and(own))).try_init();
}
