//! The service: the only floor that joins protocol and storage. The faces (window, command
//! line, tests) know nothing but [`Handle`], [`Command`], the views in [`model`], and [`Event`].

pub mod command;
pub mod event;
pub mod handle;
pub mod model;
pub mod problem;

pub use command::{Command, Receipt};
pub use event::Event;
pub use handle::Handle;
pub use problem::{Problem, ProblemKind};
