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
pub mod screen;
pub mod theme;
pub mod widget;

pub use app::{Start, run};
