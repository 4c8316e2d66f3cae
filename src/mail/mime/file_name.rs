//! Names of attachments, made safe to save under on every system.

use crate::mail::text;

/// Longest name in bytes: file systems allow 255, and a saved file may need ` (2)` and a temporary suffix.
const MAX_LENGTH: usize = 200;
/// Longest extension that is kept when a name is shortened.
const MAX_EXTENSION: usize = 20;

/// A safe name made of the declared one: its last path segment, without controls, direction and invisible
/// characters, without what a file system or shell could take for more than a name, never hidden, never reserved,
/// never empty (then it is `attachment` with an extension fit for the media type).
pub fn safe(declared: Option<&str>, media_type: &str) -> String {
    let last = declared.unwrap_or_default().rsplit(['/', '\\']).find(|s| !s.trim().is_empty()).unwrap_or_default();
    let clean: String = last.chars().filter_map(allowed).collect();
    let folded = text::fold_white(&clean);
    // A leading dot hides, a leading dash is an option, a tilde is a home; Windows drops dots and blanks at the end.
    let name = folded.trim_start_matches(['.', ' ', '-', '~']).trim_end_matches(['.', ' ']);
    let name = shorten(name);
    if name.is_empty() {
        return format!("attachment.{}", extension(media_type));
    }
    if is_reserved(&name) { format!("_{name}") } else { name }
}

fn allowed(c: char) -> Option<char> {
    match c {
        '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|' | '$' | '`' => Some('_'),
        '\t' | '\n' | '\r' => Some(' '),
        c if c.is_control() => None,
        '\u{200B}'..='\u{200F}'
        | '\u{2028}'..='\u{202E}'
        | '\u{2060}'..='\u{206F}'
        | '\u{61C}'
        | '\u{FEFF}'
        | '\u{AD}' => None,
        '\u{E0000}'..='\u{E007F}' | '\u{34F}' | '\u{180E}' => None,
        c => Some(c),
    }
}

fn shorten(name: &str) -> String {
    if name.len() <= MAX_LENGTH {
        return name.to_string();
    }
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if extension.len() <= MAX_EXTENSION => (stem, extension),
        _ => return text::truncate(name, MAX_LENGTH).trim_end().to_string(),
    };
    let room = MAX_LENGTH.saturating_sub(extension.len()).saturating_sub(1);
    format!("{}.{extension}", text::truncate(stem, room).trim_end_matches(['.', ' ']))
}

/// Device names of DOS, with or without an extension.
fn is_reserved(name: &str) -> bool {
    let stem = name.split('.').next().unwrap_or_default().trim_end().to_ascii_uppercase();
    if matches!(stem.as_str(), "CON" | "PRN" | "AUX" | "NUL" | "CONIN$" | "CONOUT$") {
        return true;
    }
    let port = stem.strip_prefix("COM").or_else(|| stem.strip_prefix("LPT")).unwrap_or_default();
    matches!(port, "0" | "1" | "2" | "3" | "4" | "5" | "6" | "7" | "8" | "9" | "¹" | "²" | "³")
}

fn extension(media_type: &str) -> &'static str {
    match media_type {
        "message/rfc822" | "message/global" => "eml",
        "text/plain" => "txt",
        "text/html" => "html",
        "text/calendar" => "ics",
        "text/vcard" | "text/x-vcard" => "vcf",
        "text/csv" => "csv",
        "application/pdf" => "pdf",
        "application/zip" => "zip",
        "application/json" => "json",
        "application/ms-tnef" => "dat",
        "application/pgp-signature" | "application/pgp-encrypted" => "asc",
        "application/pkcs7-signature" | "application/x-pkcs7-signature" => "p7s",
        "application/pkcs7-mime" | "application/x-pkcs7-mime" => "p7m",
        "image/jpeg" | "image/jpg" => "jpg",
        "image/png" => "png",
        "image/gif" => "gif",
        "image/webp" => "webp",
        "image/svg+xml" => "svg",
        "image/tiff" => "tiff",
        "audio/mpeg" => "mp3",
        "video/mp4" => "mp4",
        other if other.starts_with("text/") || other.starts_with("message/") => "txt",
        _ => "bin",
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn names_cannot_leave_hide_or_pretend() {
        let table = [
            ("report.pdf", "report.pdf"),
            ("../../.bashrc", "bashrc"),
            ("/etc/passwd", "passwd"),
            ("C:\\windows\\evil.exe", "evil.exe"),
            ("a/b/", "b"),
            ("..", "attachment.pdf"),
            (".", "attachment.pdf"),
            ("~", "attachment.pdf"),
            ("   ", "attachment.pdf"),
            ("CON", "_CON"),
            ("nul.txt", "_nul.txt"),
            ("com1", "_com1"),
            ("a\u{202E}fdp.exe", "afdp.exe"),
            ("in\0voice\r\n.pdf", "invoice .pdf"),
            ("invoice.pdf             .exe", "invoice.pdf .exe"),
            ("trailing. . ", "trailing"),
            ("-rf", "rf"),
            ("a:b*c?.txt", "a_b_c_.txt"),
            ("$(touch x)`y`", "_(touch x)_y_"),
            ("Übersicht 2026.ods", "Übersicht 2026.ods"),
            ("日本語.txt", "日本語.txt"),
            ("\u{FEFF}\u{200B}", "attachment.pdf"),
        ];
        for (declared, expected) in table {
            assert_eq!(safe(Some(declared), "application/pdf"), expected, "{declared:?}");
        }
        assert_eq!(safe(None, "message/rfc822"), "attachment.eml");
        assert_eq!(safe(None, "x/y"), "attachment.bin");
        let long = safe(Some(&format!("{}.pdf", "é".repeat(300))), "");
        assert!(long.len() <= MAX_LENGTH && long.ends_with("é.pdf"));
    }

    proptest! {
        #[test]
        fn every_name_is_one_segment(declared in ".{0,300}") {
            let name = safe(Some(&declared), "a/b");
            prop_assert!(!name.is_empty() && name.len() <= MAX_LENGTH + 1);
            prop_assert!(!name.contains(['/', '\\', '\0', '\n']) && !name.starts_with(['.', '-', '~']));
            let again = safe(Some(&name), "a/b");
            prop_assert_eq!(again.trim_start_matches('_'), name.trim_start_matches('_'));
        }
    }
}
