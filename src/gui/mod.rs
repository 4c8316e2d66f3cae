//! The window.

use crate::service::Handle;
use std::path::PathBuf;

/// What the window starts with.
#[derive(Debug)]
pub struct Start {
    /// The running service.
    pub handle: Handle,
    /// The runtime that the service lives on; calls on the handle are spawned there.
    pub runtime: tokio::runtime::Handle,
    pub open: Option<Open>,
    /// On a demo: the window says so.
    pub demo: bool,
}

/// What the window opens with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Open {
    /// A `mailto:` URL (RFC 6068): a new message to its addresses.
    Mailto(String),
    /// A file that holds a message, to read.
    Message(PathBuf),
}

/// Shows the window and returns when the last one is closed. Call it on the main thread.
pub fn run(_start: Start) -> Result<(), std::io::Error> {
    Err(std::io::Error::other("the window is not built yet"))
}
