//! Attachments in words: what they are, and what is dangerous about them.

use crate::fl;
use crate::mail::mime::{AttachmentKind, Danger};

/// What a file is, in a word.
pub fn kind(kind: AttachmentKind) -> String {
    match kind {
        AttachmentKind::Other => fl!("file-kind-other"),
        AttachmentKind::Text => fl!("file-kind-text"),
        AttachmentKind::Image => fl!("file-kind-image"),
        AttachmentKind::Audio => fl!("file-kind-audio"),
        AttachmentKind::Video => fl!("file-kind-video"),
        AttachmentKind::Pdf => fl!("file-kind-pdf"),
        AttachmentKind::Document => fl!("file-kind-document"),
        AttachmentKind::Spreadsheet => fl!("file-kind-spreadsheet"),
        AttachmentKind::Presentation => fl!("file-kind-presentation"),
        AttachmentKind::Archive => fl!("file-kind-archive"),
        AttachmentKind::Page => fl!("file-kind-page"),
        AttachmentKind::Calendar => fl!("file-kind-calendar"),
        AttachmentKind::Contact => fl!("file-kind-contact"),
        AttachmentKind::Message => fl!("file-kind-message"),
        AttachmentKind::Key => fl!("file-kind-key"),
        AttachmentKind::Program => fl!("file-kind-program"),
    }
}

/// A danger in a few words, for a row; [`reading::danger`](super::reading::danger) is the sentence.
pub fn danger(danger: Danger) -> String {
    match danger {
        Danger::Program => fl!("danger-short-program"),
        Danger::Script => fl!("danger-short-script"),
        Danger::Macros => fl!("danger-short-macros"),
        Danger::Shortcut => fl!("danger-short-shortcut"),
        Danger::DiskImage => fl!("danger-short-disk-image"),
        Danger::Page => fl!("danger-short-page"),
        Danger::DoubleExtension => fl!("danger-short-double-extension"),
        Danger::DisguisedName => fl!("danger-short-disguised-name"),
        Danger::TypeMismatch => fl!("danger-short-type-mismatch"),
    }
}
