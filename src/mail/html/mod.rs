//! HTML mail: here only turned into readable text, and searched for what it would load.
//!
//! All of it works on the token stream of html5ever, not on a tree: time and memory stay linear in the input and
//! nesting costs no stack, whatever the markup claims.

mod read;
mod remote;
mod render;

pub use remote::remote_count;
pub use render::{preview, to_text};

#[cfg(test)]
mod tests;
