//! What a file is, and what it may do, by its name and media type alone. Its content is not looked at: what decides
//! over what the system does with it is its name.

use super::{AttachmentKind, Danger};

/// The extension in lower case, without its point; empty where there is none.
fn extension(name: &str) -> String {
    name.rsplit_once('.').map(|(_, extension)| extension.trim().to_ascii_lowercase()).unwrap_or_default()
}

/// What a file is: by its name where that says it, else by its media type.
pub fn kind(name: &str, media_type: &str) -> AttachmentKind {
    match by_extension(&extension(name)) {
        AttachmentKind::Other => by_media_type(media_type),
        // A message is opened in place by what it is, and not by what it is called.
        _ if matches!(media_type, "message/rfc822" | "message/global") => AttachmentKind::Message,
        kind => kind,
    }
}

fn by_extension(extension: &str) -> AttachmentKind {
    use AttachmentKind::*;
    match extension {
        "txt" | "log" | "md" | "csv" | "json" | "xml" | "yaml" | "yml" | "toml" | "ini" | "diff" | "patch" | "tex" => {
            Text
        }
        "jpg" | "jpeg" | "png" | "gif" | "webp" | "bmp" | "tif" | "tiff" | "svg" | "heic" | "heif" | "avif" | "ico" => {
            Image
        }
        "mp3" | "ogg" | "oga" | "flac" | "wav" | "m4a" | "aac" | "opus" | "wma" | "amr" => Audio,
        "mp4" | "m4v" | "mkv" | "webm" | "avi" | "mov" | "mpg" | "mpeg" | "wmv" | "3gp" => Video,
        "pdf" => Pdf,
        "doc" | "docx" | "docm" | "dot" | "dotx" | "dotm" | "odt" | "ott" | "rtf" | "pages" | "wpd" => Document,
        "xls" | "xlsx" | "xlsm" | "xlsb" | "xlt" | "xltm" | "xlam" | "ods" | "numbers" => Spreadsheet,
        "ppt" | "pptx" | "pptm" | "pps" | "ppsx" | "ppsm" | "potm" | "ppam" | "odp" | "key" => Presentation,
        "zip" | "gz" | "tgz" | "bz2" | "xz" | "zst" | "7z" | "rar" | "tar" | "arj" | "lzh" | "cab" | "ace" | "z" => {
            Archive
        }
        "html" | "htm" | "xhtml" | "shtml" | "mht" | "mhtml" | "xht" => Page,
        "ics" | "ical" | "ifb" | "vcs" => Calendar,
        "vcf" | "vcard" => Contact,
        "eml" => Message,
        "asc" | "sig" | "p7s" | "p7m" | "p7c" | "pem" | "crt" | "cer" | "gpg" | "pgp" => Key,
        _ if is_program(extension) || is_script(extension) => Program,
        _ => Other,
    }
}

fn by_media_type(media_type: &str) -> AttachmentKind {
    use AttachmentKind::*;
    match media_type {
        "message/rfc822" | "message/global" => Message,
        "application/pdf" => Pdf,
        "text/calendar" | "application/ics" => Calendar,
        "text/vcard" | "text/x-vcard" => Contact,
        "text/html" | "application/xhtml+xml" => Page,
        "application/zip" | "application/gzip" | "application/x-tar" | "application/x-7z-compressed" => Archive,
        "application/pgp-signature" | "application/pgp-keys" | "application/pkcs7-signature" => Key,
        "application/x-pkcs7-signature" | "application/pkcs7-mime" | "application/x-pkcs7-mime" => Key,
        "application/msword" => Document,
        "application/vnd.ms-excel" => Spreadsheet,
        "application/vnd.ms-powerpoint" => Presentation,
        "application/x-msdownload" | "application/x-dosexec" | "application/x-executable" => Program,
        _ => match media_type.split_once('/') {
            Some(("text", _)) => Text,
            Some(("image", _)) => Image,
            Some(("audio", _)) => Audio,
            Some(("video", _)) => Video,
            Some((_, sub)) if sub.ends_with("wordprocessingml.document") || sub.ends_with("opendocument.text") => {
                Document
            }
            Some((_, sub)) if sub.ends_with("spreadsheetml.sheet") || sub.ends_with("opendocument.spreadsheet") => {
                Spreadsheet
            }
            Some((_, sub)) if sub.ends_with("presentation") => Presentation,
            _ => Other,
        },
    }
}

/// Runs when it is opened, on some system that people use.
fn is_program(extension: &str) -> bool {
    matches!(
        extension,
        "exe"
            | "com"
            | "scr"
            | "pif"
            | "cpl"
            | "dll"
            | "sys"
            | "ocx"
            | "drv"
            | "msi"
            | "msp"
            | "mst"
            | "msix"
            | "appx"
            | "app"
            | "apk"
            | "jar"
            | "jnlp"
            | "appimage"
            | "run"
            | "bin"
            | "elf"
            | "deb"
            | "rpm"
            | "flatpak"
            | "flatpakref"
            | "snap"
            | "gadget"
            | "msc"
            | "xbap"
            | "application"
            | "appref-ms"
            | "xll"
            | "class"
            | "command"
            | "action"
            | "workflow"
            | "pkg"
    )
}

fn is_script(extension: &str) -> bool {
    matches!(
        extension,
        "js" | "jse"
            | "mjs"
            | "vbs"
            | "vbe"
            | "vb"
            | "wsf"
            | "wsh"
            | "wsc"
            | "ws"
            | "sct"
            | "bat"
            | "cmd"
            | "ps1"
            | "ps1xml"
            | "ps2"
            | "psc1"
            | "psm1"
            | "psd1"
            | "hta"
            | "sh"
            | "bash"
            | "zsh"
            | "csh"
            | "ksh"
            | "py"
            | "pyw"
            | "pyc"
            | "pl"
            | "rb"
            | "php"
            | "lua"
            | "tcl"
            | "scpt"
            | "applescript"
            | "osa"
            | "reg"
            | "inf"
            | "chm"
            | "hlp"
            | "ahk"
            | "au3"
            | "ade"
            | "adp"
            | "mde"
    )
}

fn has_macros(extension: &str) -> bool {
    matches!(
        extension,
        "docm"
            | "dotm"
            | "xlsm"
            | "xltm"
            | "xlam"
            | "xlsb"
            | "pptm"
            | "ppsm"
            | "potm"
            | "ppam"
            | "sldm"
            | "doc"
            | "dot"
            | "xls"
            | "xlt"
            | "ppt"
            | "pps"
            | "pot"
            | "accdb"
            | "accde"
            | "mdb"
            | "one"
            | "onepkg"
            | "xlw"
            | "slk"
            | "iqy"
    )
}

fn is_shortcut(extension: &str) -> bool {
    matches!(
        extension,
        "lnk"
            | "url"
            | "desktop"
            | "webloc"
            | "inetloc"
            | "fileloc"
            | "scf"
            | "library-ms"
            | "search-ms"
            | "searchconnector-ms"
            | "website"
            | "settingcontent-ms"
            | "theme"
            | "themepack"
            | "rdp"
            | "ica"
            | "diagcab"
            | "contact"
    )
}

fn is_disk_image(extension: &str) -> bool {
    matches!(extension, "iso" | "img" | "vhd" | "vhdx" | "dmg" | "udf" | "wim" | "vmdk" | "qcow2" | "ova")
}

fn is_page(extension: &str) -> bool {
    matches!(extension, "html" | "htm" | "xhtml" | "shtml" | "xht" | "mht" | "mhtml" | "svg" | "svgz")
}

/// Whether an extension is one of a dangerous kind.
type Test = fn(&str) -> bool;

/// What to warn of, the weightiest first. `declared` is the name as the sender wrote it.
pub fn of(name: &str, declared: Option<&str>, media_type: &str, kind: AttachmentKind) -> Vec<Danger> {
    let extension = extension(name);
    let mut dangers = Vec::new();
    let tests: [(Test, Danger); 6] = [
        (is_program, Danger::Program),
        (is_script, Danger::Script),
        (has_macros, Danger::Macros),
        (is_shortcut, Danger::Shortcut),
        (is_disk_image, Danger::DiskImage),
        (is_page, Danger::Page),
    ];
    dangers.extend(tests.iter().filter(|(test, _)| test(&extension)).map(|(_, danger)| *danger));
    let declares_program = by_media_type(media_type) == AttachmentKind::Program;
    if dangers.is_empty() && declares_program {
        dangers.push(Danger::Program);
    }
    let dangerous = !dangers.is_empty();
    if dangerous && pretends(name) {
        dangers.push(Danger::DoubleExtension);
    }
    if declared.is_some_and(is_disguised) {
        dangers.push(Danger::DisguisedName);
    }
    let says = by_media_type(media_type);
    let harmless =
        matches!(says, AttachmentKind::Text | AttachmentKind::Image | AttachmentKind::Audio | AttachmentKind::Video)
            || says == AttachmentKind::Pdf;
    // A picture that is a page as well, and a script that calls itself text, say what they are.
    let honest = is_page(&extension) && says == kind || is_script(&extension) && says == AttachmentKind::Text;
    if dangerous && harmless && !honest {
        dangers.push(Danger::TypeMismatch);
    }
    dangers
}

/// Whether what stands before the extension ends like the name of a harmless file, perhaps with blanks between.
fn pretends(name: &str) -> bool {
    let stem = name.rsplit_once('.').map(|(stem, _)| stem.trim_end()).unwrap_or_default();
    let inner = extension(stem);
    !matches!(by_extension(&inner), AttachmentKind::Other | AttachmentKind::Program) && stem.contains('.')
}

/// Characters that hide or reorder what stands around them. The marks of right-to-left writing and joiners, which
/// honest names have, are none.
fn is_disguised(declared: &str) -> bool {
    let hides = |c: char| {
        c.is_control() && !matches!(c, '\t' | '\n' | '\r')
            || matches!(c, '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}' | '\u{200B}' | '\u{2028}' | '\u{2029}' | '\u{2060}'..='\u{2064}')
    };
    let runs = declared.contains("          ");
    runs || declared.chars().any(hides)
}

#[cfg(test)]
mod tests {
    use super::*;
    use Danger::*;

    #[test]
    fn dangers_are_named() {
        let table: [(&str, &str, &str, &[Danger]); 22] = [
            ("mill.pdf", "mill.pdf", "application/pdf", &[]),
            ("setup.exe", "setup.exe", "application/octet-stream", &[Program]),
            ("invoice.pdf.exe", "invoice.pdf.exe", "application/pdf", &[Program, DoubleExtension, TypeMismatch]),
            ("invoice.pdf .exe", "invoice.pdf                .exe", "a/b", &[Program, DoubleExtension, DisguisedName]),
            ("afdp.exe", "a\u{202E}fdp.exe", "a/b", &[Program, DisguisedName]),
            ("my.report.exe", "my.report.exe", "a/b", &[Program]),
            ("run.js", "run.js", "text/javascript", &[Script]),
            ("build.sh", "build.sh", "text/x-sh", &[Script]),
            ("a.docm", "a.docm", "a/b", &[Macros]),
            ("a.docx", "a.docx", "a/b", &[]),
            ("a.desktop", "a.desktop", "text/plain", &[Shortcut, TypeMismatch]),
            ("a.lnk", "a.lnk", "a/b", &[Shortcut]),
            ("a.iso", "a.iso", "a/b", &[DiskImage]),
            ("login.html", "login.html", "text/html", &[Page]),
            ("logo.svg", "logo.svg", "image/svg+xml", &[Page]),
            ("photo.jpg.html", "photo.jpg.html", "text/html", &[Page, DoubleExtension]),
            ("photo.jpg", "photo.jpg", "application/x-msdownload", &[Program]),
            ("archive.tar.gz", "archive.tar.gz", "a/b", &[]),
            ("v1.2.pdf", "v1.2.pdf", "application/pdf", &[]),
            ("שלום.pdf", "\u{200F}שלום.pdf", "application/pdf", &[]),
            ("A.AppImage", "A.AppImage", "a/b", &[Program]),
            ("noext", "noext", "a/b", &[]),
        ];
        for (name, declared, media_type, expected) in table {
            assert_eq!(of(name, Some(declared), media_type, kind(name, media_type)), expected, "{declared:?}");
        }
    }

    #[test]
    fn files_are_known_by_name_and_then_by_type() {
        use AttachmentKind as K;
        for (name, media_type, expected) in [
            ("a.PDF", "application/octet-stream", K::Pdf),
            ("a", "image/png", K::Image),
            ("note.txt", "message/rfc822", K::Message),
            ("note", "message/rfc822", K::Message),
            ("a.ics", "text/plain", K::Calendar),
            ("a.odt", "a/b", K::Document),
            ("a", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", K::Spreadsheet),
            ("a", "x/y", K::Other),
            ("a.exe", "image/png", K::Program),
        ] {
            assert_eq!(kind(name, media_type), expected, "{name}");
        }
    }
}
