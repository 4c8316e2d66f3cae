//! What the facts of an opened message mean, in words: defects, reports, invitations, trust, attachments, seals.

use crate::fl;
use crate::mail::mime::{Danger, Defect};
use crate::mail::seal::{Act, Seal, Technique};

pub mod invitation;
pub mod report;
pub mod trust;

/// What is wrong with a message, a sentence.
pub fn defect(defect: &Defect) -> String {
    match defect {
        Defect::NoHeaders => fl!("defect-no-headers"),
        Defect::TooDeep => fl!("defect-too-deep"),
        Defect::TooManyParts => fl!("defect-too-many-parts"),
        Defect::Charset(charset) => fl!("defect-charset", charset = charset.as_str()),
        Defect::UnknownCharset(charset) => fl!("defect-unknown-charset", charset = charset.as_str()),
        Defect::Encoding => fl!("defect-encoding"),
        Defect::Unterminated => fl!("defect-unterminated"),
        Defect::Date => fl!("defect-date"),
        Defect::From => fl!("defect-from"),
        Defect::Disguise => fl!("defect-disguise"),
        Defect::Shortened => fl!("reader-cut"),
        Defect::NoBoundary => fl!("defect-no-boundary"),
        Defect::HeaderBytes => fl!("defect-header-bytes"),
        Defect::Duplicate(name) => fl!("defect-duplicate", name = name.as_str()),
        Defect::UnknownEncoding(name) => fl!("defect-unknown-encoding", name = name.as_str()),
        Defect::Nul => fl!("defect-nul"),
        Defect::Tnef => fl!("defect-tnef"),
    }
}

/// What is dangerous about an attachment, a sentence.
pub fn danger(danger: Danger) -> String {
    match danger {
        Danger::Program => fl!("danger-program"),
        Danger::Script => fl!("danger-script"),
        Danger::Macros => fl!("danger-macros"),
        Danger::Shortcut => fl!("danger-shortcut"),
        Danger::DiskImage => fl!("danger-disk-image"),
        Danger::Page => fl!("danger-page"),
        Danger::DoubleExtension => fl!("danger-double-extension"),
        Danger::DisguisedName => fl!("danger-disguised-name"),
        Danger::TypeMismatch => fl!("danger-type-mismatch"),
    }
}

/// What a message claims to be signed or encrypted with, a sentence that is no verdict.
pub fn seal(seal: &Seal) -> String {
    let technique = match seal.technique {
        Technique::Smime => "S/MIME".to_string(),
        Technique::OpenPgp => "OpenPGP".to_string(),
        Technique::Other => fl!("seal-other"),
    };
    match (seal.act, seal.whole) {
        (Act::Signed, true) => fl!("seal-signed", technique = technique),
        (Act::Signed, false) => fl!("seal-signed-part", technique = technique),
        (Act::Encrypted, true) => fl!("seal-encrypted", technique = technique),
        (Act::Encrypted, false) => fl!("seal-encrypted-part", technique = technique),
        (Act::Keys, _) => fl!("seal-keys", technique = technique),
        (Act::Compressed, _) => fl!("seal-compressed", technique = technique),
    }
}

#[cfg(test)]
mod tests;
