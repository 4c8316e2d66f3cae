//! Attachments as they are listed: what they are, and what is dangerous about them.

use serde::{Deserialize, Serialize};

/// One attachment, as listed under a message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Attachment {
    /// Position to ask for its bytes with.
    pub index: usize,
    /// A name that is safe to save under: no directories, no control or direction characters, never empty.
    pub file_name: String,
    /// Lower-case media type such as `application/pdf`.
    pub media_type: String,
    /// Decoded size in bytes.
    pub size: u64,
    /// Content-ID without angle brackets.
    pub content_id: Option<String>,
    /// Shown within an HTML part rather than listed.
    pub inline: bool,
    /// Of no use to a person as a file: a signature, a report that is shown in words, an opened `winmail.dat`.
    #[serde(default)]
    pub technical: bool,
    /// What is in it is listed, too: an opened `winmail.dat`, which nobody wants to pass on.
    #[serde(default)]
    pub unpacked: bool,
    #[serde(default)]
    pub kind: AttachmentKind,
    /// What to warn of before it is opened; empty for most.
    #[serde(default)]
    pub dangers: Vec<Danger>,
}

/// What a file is, by its name and its media type: for an icon, and for what can be done with it.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AttachmentKind {
    #[default]
    Other,
    Text,
    Image,
    Audio,
    Video,
    Pdf,
    /// Of a word processor.
    Document,
    Spreadsheet,
    Presentation,
    Archive,
    Page,
    Calendar,
    Contact,
    /// A message, which can be opened in place.
    Message,
    /// A signature or a key.
    Key,
    Program,
}

/// Why an attachment may harm.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Danger {
    /// A program: opening runs it.
    Program,
    /// A script that the system runs when it is opened.
    Script,
    /// A document that carries programs.
    Macros,
    /// Opens something else than itself.
    Shortcut,
    /// An image of a disk or an installer, whose content escapes the system's mark of the web.
    DiskImage,
    /// A page that runs scripts and can imitate a log-in.
    Page,
    /// Its name pretends to be of another kind, such as `invoice.pdf.exe`.
    DoubleExtension,
    /// Characters that disguise its name were taken out.
    DisguisedName,
    /// Its media type says something harmless, its name does not.
    TypeMismatch,
}
