//! HTML mail: turned into readable text, searched for what it would load, made harmless for an engine to draw, its links
//! judged.
//!
//! All of it works on the token stream of html5ever, not on a tree: time and memory stay linear in the input and
//! nesting costs no stack, whatever the markup claims.

mod link;
mod read;
mod remote;
mod render;
mod sanitise;

pub use link::{Doubt, Verdict, judge};
pub use remote::remote_count;
pub use render::{preview, to_text};
pub use sanitise::{BLOCKED_CLASS, Facts, Link, Policy, Sanitised, cid_url, escape, sanitise};

#[cfg(test)]
mod tests;
