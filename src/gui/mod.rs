//! The window: an Elm-style program on iced. It knows the service's [`crate::service::Handle`], commands and events, nothing below.
//!
//! ```text
//! events ──► app::update ──► screen::…::update ──► Action (plain data) ──► effect ──► iced Task
//!   ▲                                                                        │
//!   └───────────────────── service: Handle ◄─────────────────────────────────┘
//! ```
//!
//! A screen's update is a pure step from a message to new state and an [`action::Action`]; only [`effect`]
//! turns that into a task. Everything asynchronous runs on the service's tokio runtime; the thread of the
//! window computes what is on the screen and nothing else.

pub mod action;
pub mod app;
pub mod effect;
pub mod events;
pub mod focus;
pub mod font;
pub mod keymap;
mod reveal;
pub mod screen;
mod startup;
pub mod theme;
pub mod widget;

pub use app::{Error, run};

use crate::service::Handle;
use std::path::PathBuf;
use std::time::Instant;

/// What the window starts with.
#[derive(Debug)]
pub struct Start {
    /// The running service.
    pub handle: Handle,
    /// The runtime that the service lives on. The caller owns it, and is not within one of its tasks.
    pub runtime: tokio::runtime::Handle,
    pub open: Option<Open>,
    /// When the process began: what the start took is logged from here.
    pub began: Instant,
}

/// What the window opens with.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Open {
    /// A `mailto:` URL (RFC 6068): a new message to its addresses.
    Mailto(String),
    /// A file that holds a message, to read.
    Message(PathBuf),
}
