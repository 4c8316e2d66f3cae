//! The service: the only floor that joins protocol and storage. The faces (window, command
//! line, tests) know nothing but [`Handle`], [`Command`], the views in [`model`], and [`Event`].

pub mod command;
pub mod event;
pub mod handle;
pub mod model;
pub mod platform;
pub mod problem;

pub use command::{Command, Receipt};
pub use event::Event;
pub use handle::Handle;
pub use platform::{Mode, Platform};
pub use problem::{Problem, ProblemKind};

/// Opens the profile and starts the service on the current tokio runtime.
///
/// # Errors
/// [`ProblemKind::Locked`] where another Postwren works on the profile, or what its disk says.
pub async fn start(_platform: Platform, _mode: Mode) -> Result<Handle, Problem> {
    Err(Problem::new(ProblemKind::Internal, "not built yet"))
}
