//! A readable text taken apart: what was written, what is quoted and how deep, the signature; and in each the links
//! and mail addresses. Nothing is laid out here and no word is chosen: the faces draw it.
//!
//! One pass over the lines, one over each line's characters: time is linear in the text. Past [`MAX_BLOCKS`] the
//! rest stands in one written block with its marks, and past [`MAX_LINKS`] no more links are found.

mod links;
mod split;
#[cfg(test)]
mod tests;

use std::ops::Range;

pub use links::find as links;
pub(crate) use split::{Line, of_lines, plain_lines};

/// Runs of lines that are told apart. Real mail stays below a hundred.
pub const MAX_BLOCKS: usize = 2_000;

/// Links of one text.
pub const MAX_LINKS: usize = 5_000;

/// Deeper quotations are of this level.
pub const MAX_LEVEL: u8 = 20;

/// A text as blocks, from top to bottom.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Prose {
    pub blocks: Vec<Block>,
}

/// Neighbouring lines of one kind.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Block {
    pub kind: BlockKind,
    /// Its lines without quotation marks and stuffing, joined by `\n`, with none at the end.
    pub text: String,
    /// In the order of the text, none within another.
    pub links: Vec<Link>,
}

/// What a block of lines is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum BlockKind {
    #[default]
    Written,
    /// Marked with this many `>`, at least one.
    Quoted(u8),
    /// What follows a line `-- ` (RFC 3676, 4.3), without that line.
    Signature,
}

/// Something in a text that leads somewhere.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Link {
    /// Bytes of [`Block::text`].
    pub range: Range<usize>,
    pub target: LinkTarget,
}

/// Where a link leads. The text never says more than it shows: a target is what stands there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum LinkTarget {
    /// A URL of scheme http, https or ftp; `www.` without a scheme became `https://www.`.
    Web(String),
    /// A mail address without `mailto:`, or all that follows `mailto:`.
    Mail(String),
}

impl Prose {
    /// Takes a text apart that quotes with `>`, as plain mail and text made of HTML do.
    pub fn of(text: &str) -> Prose {
        of_lines(plain_lines(text))
    }

    /// Puts the blocks of another text behind these.
    pub(crate) fn append(&mut self, other: Prose) {
        self.blocks.extend(other.blocks);
    }
}
