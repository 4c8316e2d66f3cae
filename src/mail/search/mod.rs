//! What a person searches for: a line of words and operators, read into an expression.
//!
//! ```text
//! engine mill            both words, anywhere          "difference engine"   one after the other
//! engine OR mill         either                        -junk   NOT junk      without
//! carr*                  words that begin so           (a OR b) c            grouped
//! from: to: subject: body: filename:                   in one part of the message
//! before: after: on:     2026, 2026-11, 2026-11-24, today, yesterday, 7d, 2w, 3m, 1y
//! larger: smaller:       500, 20k, 5M                  is:unread read starred unstarred answered forwarded draft
//! has:attachment         in:MAILBOX                    account:NAME
//! ```
//! Nothing is an error: while a person types, most lines are unfinished. What is no operator is a word.
//! Words match whole words without regard to case and accents; the last one, while it is typed, also longer words, once
//! it has two letters.

mod date;
mod phrase;
mod read;
#[cfg(test)]
mod tests;

pub use date::days;
pub use phrase::{Phrase, places};
pub use read::parse;

use super::flags::Flags;

/// What is searched for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Expression {
    /// Every one; an empty list is everything.
    All(Vec<Expression>),
    /// At least one.
    Any(Vec<Expression>),
    Not(Box<Expression>),
    Text(Text),
    Filter(Filter),
}

/// Words that follow each other.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Text {
    pub field: Field,
    pub words: String,
    /// The last word may go on.
    pub prefix: bool,
}

/// Where words are looked for.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Field {
    #[default]
    Anywhere,
    From,
    /// To, Cc and Bcc.
    To,
    Subject,
    Body,
    /// Names of attachments.
    FileName,
}

/// What a message must be, apart from its words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Filter {
    /// Dated before this Unix time.
    Before(i64),
    /// Dated at this Unix time or later.
    Since(i64),
    /// Of more bytes.
    Larger(u64),
    /// Of fewer bytes.
    Smaller(u64),
    /// With a flag, or without it.
    Flag {
        flag: Flags,
        set: bool,
    },
    Attachment,
    /// In a mailbox whose path is this, ends so, or that has this role; in any case.
    In(String),
    Account(String),
}

impl Expression {
    /// Everything.
    pub fn everything() -> Expression {
        Expression::All(Vec::new())
    }

    /// Whether it names nothing at all.
    pub fn is_empty(&self) -> bool {
        matches!(self, Expression::All(list) if list.is_empty())
    }

    /// The words that are looked for, but for those to be without: what to light up in a message.
    pub fn words(&self) -> Vec<&Text> {
        match self {
            Expression::All(list) | Expression::Any(list) => list.iter().flat_map(Expression::words).collect(),
            Expression::Text(text) => vec![text],
            Expression::Not(_) | Expression::Filter(_) => Vec::new(),
        }
    }
}

/// Whether a character is a word by itself, because its script writes no spaces between words: Han, kana, Hangul,
/// Thai, Lao, Tibetan, Burmese, Khmer.
pub fn stands_alone(c: char) -> bool {
    matches!(u32::from(c),
        0x0E00..=0x0FFF | 0x1000..=0x109F | 0x1780..=0x17FF | 0x1100..=0x11FF | 0x2E80..=0x2FDF | 0x3005..=0x3007
        | 0x3041..=0x30FF | 0x3105..=0x31BF | 0x31F0..=0x31FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7AF
        | 0xF900..=0xFAFF | 0xFF66..=0xFF9F | 0x20000..=0x323AF)
}
