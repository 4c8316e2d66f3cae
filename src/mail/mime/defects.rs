//! What is wrong with a message beyond what its parts could not be read for: noted for the reader alone.

use super::structure::{Part, Structure};
use super::transfer::Encoding;
use super::{Defect, guard};

/// Fields that may stand only once (RFC 5322, 3.6; RFC 2045).
const ONCE: [&str; 14] = [
    "Date",
    "Sender",
    "Reply-To",
    "To",
    "Cc",
    "Bcc",
    "Message-ID",
    "In-Reply-To",
    "References",
    "Subject",
    "MIME-Version",
    "Content-Type",
    "Content-Transfer-Encoding",
    "Content-Disposition",
];

/// Adds what is found; every kind once.
pub fn note(structure: &Structure<'_>, defects: &mut Vec<Defect>) {
    if let Some(root) = structure.root() {
        of_header(root, defects);
    }
    for part in structure.parts.iter().take(guard::MAX_PARTS) {
        of_part(part, defects);
    }
}

fn add(defects: &mut Vec<Defect>, defect: Defect) {
    if !defects.contains(&defect) {
        defects.push(defect);
    }
}

fn of_header(root: &Part<'_>, defects: &mut Vec<Defect>) {
    for name in ONCE {
        if root.header.all(name).take(2).count() > 1 {
            add(defects, Defect::Duplicate(name.to_string()));
        }
    }
    let mut fields = root.header.fields.iter();
    if fields.clone().any(|field| memchr::memchr(0, field.value).is_some()) {
        add(defects, Defect::Nul);
    }
    if fields.any(|field| !field.value.is_ascii() && std::str::from_utf8(field.value).is_err()) {
        add(defects, Defect::HeaderBytes);
    }
}

fn of_part(part: &Part<'_>, defects: &mut Vec<Defect>) {
    if part.lacks_boundary {
        add(defects, Defect::NoBoundary);
    }
    let is_read = part.media.kind == "text" && !part.is_attachment();
    if is_read && part.encoding == Encoding::Identity && memchr::memchr(0, part.body).is_some() {
        add(defects, Defect::Nul);
    }
    let Some(value) = part.header.text("content-transfer-encoding", 100) else { return };
    let word = value.trim().trim_matches('"').split([';', ' ', '(']).next().unwrap_or_default().to_ascii_lowercase();
    let plain =
        matches!(word.as_str(), "" | "7bit" | "8bit" | "binary" | "7-bit" | "8-bit" | "7bits" | "8bits" | "none");
    if part.encoding == Encoding::Identity && !plain {
        let shown = crate::mail::text::truncate(&crate::mail::text::display_safe(&word), 60).to_string();
        add(defects, Defect::UnknownEncoding(shown));
    }
}
