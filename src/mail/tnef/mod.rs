//! `winmail.dat`: what Outlook makes of a message for other programs (Microsoft's MS-OXTNEF), opened into its text
//! and its files.
//!
//! A stream is a row of attributes, each with its length; read forward once, with every length checked against
//! what is there. A message in a message is a stream in a property: opened up to [`MAX_DEPTH`].

mod properties;
mod stream;
#[cfg(test)]
mod tests;

/// Files of one stream that are kept.
pub const MAX_FILES: usize = 500;

/// Messages within messages that are opened.
pub const MAX_DEPTH: u8 = 3;

/// What a stream holds.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Tnef {
    pub text: Option<String>,
    pub html: Option<String>,
    pub files: Vec<TnefFile>,
    /// Nothing of it was unreadable or left out.
    pub whole: bool,
}

/// A file in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct TnefFile {
    /// As written: not safe to save under.
    pub name: String,
    pub media_type: Option<String>,
    pub content_id: Option<String>,
    pub bytes: Vec<u8>,
}

/// Opens a stream. `None` where the bytes are none.
pub fn open(bytes: &[u8]) -> Option<Tnef> {
    stream::open(bytes, 0)
}
