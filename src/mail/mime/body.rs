//! Which parts of a message are its text, and which are attachments.

use super::structure::{Part, Structure};
use super::transfer::Encoding;
use super::{Attachment, charset, danger, fields, file_name, transfer, uuencode};
use crate::mail::tnef::{self, Tnef};
use std::borrow::Cow;

/// Where the bytes of an attachment are.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Source {
    /// A part of its own.
    Part(usize),
    /// The n-th uuencoded file inside a text part.
    Embedded(usize, usize),
    /// The m-th file in the n-th `winmail.dat` that was opened.
    Unpacked(usize, usize),
}

/// What is read and what is listed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Selection {
    /// Parts that make up the readable text, in order: plain where there is a choice.
    pub text: Vec<usize>,
    /// The HTML part, where there is one. Never several joined: each must be rendered in isolation, or one could
    /// carry another away inside an unfinished URL.
    pub html: Option<usize>,
    pub attachments: Vec<Source>,
    /// Each `winmail.dat` that was opened, with the part it is; see [`Selection::opened`].
    pub unpacked: Vec<(usize, Tnef)>,
    /// The readable text is taken apart too.
    pub apart: bool,
}

impl Selection {
    /// The same for a reader, who wants to see into `winmail.dat`. What is in it comes after all other attachments,
    /// so that their positions stay.
    pub fn opened(structure: &Structure<'_>) -> Selection {
        let mut selection = Selection { apart: true, ..Selection::of(structure) };
        for (at, part) in structure.parts.iter().enumerate().filter(|(_, part)| is_tnef(part)) {
            let Some(opened) = tnef::open(&transfer::decode(part.body, part.encoding).0) else { continue };
            let which = selection.unpacked.len();
            selection.attachments.extend((0..opened.files.len()).map(|file| Source::Unpacked(which, file)));
            selection.unpacked.push((at, opened));
            if which >= MAX_TNEF {
                break;
            }
        }
        selection
    }

    pub fn of(structure: &Structure<'_>) -> Selection {
        let view = view(structure, 0);
        let leaves = structure.parts.iter().enumerate().filter(|(_, part)| !part.is_multipart());
        let mut attachments: Vec<Source> =
            leaves.filter(|(at, part)| !is_text(structure, *at, part)).map(|(at, _)| Source::Part(at)).collect();
        for at in &view.text {
            let count = structure.parts.get(*at).map_or(0, |part| embedded(part).count());
            attachments.extend((0..count).map(|number| Source::Embedded(*at, number)));
        }
        Selection { text: view.text, html: view.html, attachments, ..Selection::default() }
    }
}

/// `winmail.dat` files of one message that are opened.
const MAX_TNEF: usize = 4;

fn is_tnef(part: &Part<'_>) -> bool {
    let named = || {
        let name = part.declared_name().unwrap_or_default();
        name.eq_ignore_ascii_case("winmail.dat") || name.eq_ignore_ascii_case("win.dat")
    };
    part.media.is("application", "ms-tnef") || part.media.is("application", "vnd.ms-tnef") || named()
}

/// What a part contributes to reading.
#[derive(Default)]
struct View {
    text: Vec<usize>,
    html: Option<usize>,
}

/// Recursion is bounded by [`super::guard::MAX_DEPTH`], which the structure keeps.
fn view(structure: &Structure<'_>, at: usize) -> View {
    let Some(part) = structure.parts.get(at) else { return View::default() };
    if !part.is_multipart() {
        return match is_text(structure, at, part) {
            true => View { text: vec![at], html: part.media.is("text", "html").then_some(at) },
            false => View::default(),
        };
    }
    match part.media.subtype.as_str() {
        "alternative" => alternative(structure, part),
        "related" => related_root(structure, part).map(|root| view(structure, root)).unwrap_or_default(),
        _ => part.children.iter().map(|child| view(structure, *child)).fold(View::default(), |mut all, one| {
            all.text.extend(one.text);
            all.html = all.html.or(one.html);
            all
        }),
    }
}

/// Of several forms of the same: the plain one to read, the last (richest) HTML one.
fn alternative(structure: &Structure<'_>, part: &Part<'_>) -> View {
    let forms: Vec<View> = part.children.iter().map(|child| view(structure, *child)).collect();
    let says_something =
        |form: &View| form.text.iter().any(|at| structure.parts.get(*at).is_some_and(|p| !is_blank(p)));
    let plain = forms.iter().position(|form| form.html.is_none() && says_something(form));
    let html = forms.iter().rev().find_map(|form| form.html);
    let chosen = plain.or_else(|| forms.iter().rposition(says_something));
    let text = chosen.and_then(|at| forms.into_iter().nth(at)).map(|form| form.text).unwrap_or_default();
    View { text, html }
}

/// The part of a multipart/related that refers to the others (RFC 2387): named by `start`, or the first.
fn related_root(structure: &Structure<'_>, part: &Part<'_>) -> Option<usize> {
    let start = part.media.parameter("start").map(|s| s.trim_matches(['<', '>']).to_string());
    let named = start.and_then(|id| {
        part.children.iter().find(|c| structure.parts.get(**c).and_then(Part::content_id).is_some_and(|cid| cid == id))
    });
    named.or(part.children.first()).copied()
}

fn is_blank(part: &Part<'_>) -> bool {
    part.body.iter().all(u8::is_ascii_whitespace)
}

/// Whether a leaf is text to be read here, rather than a file.
fn is_text(structure: &Structure<'_>, at: usize, part: &Part<'_>) -> bool {
    let parent = part.parent.and_then(|p| structure.parts.get(p));
    let in_alternative = parent.is_some_and(|p| p.media.is("multipart", "alternative"));
    let readable = match (part.media.kind.as_str(), part.media.subtype.as_str()) {
        ("text", "plain" | "html") => true,
        // Other forms of the same text are of no use as files.
        ("text", "enriched" | "richtext" | "x-amp-html" | "watch-html") => return in_alternative,
        _ => false,
    };
    if !readable || part.is_attachment() {
        return false;
    }
    let of_related = parent
        .filter(|p| p.media.is("multipart", "related"))
        .is_some_and(|p| related_root(structure, p).is_some_and(|root| root != at));
    !of_related && (part.parent.is_none() || in_alternative || part.declared_name().is_none())
}

/// Uuencoded files inside a plain text part.
pub fn embedded<'p>(part: &'p Part<'_>) -> impl Iterator<Item = uuencode::Block<'p>> {
    let searched = match part.encoding {
        Encoding::Identity if part.media.is("text", "plain") => part.body,
        _ => &[],
    };
    uuencode::find(searched).take(super::guard::MAX_PARTS)
}

/// Whether a person would count it: not pictures within the text, not signatures.
pub fn counts(structure: &Structure<'_>, selection: &Selection, source: Source) -> bool {
    let Source::Part(at) = source else { return true };
    let Some(part) = structure.parts.get(at) else { return false };
    !is_technical(part) && !is_inline(part, selection)
}

fn is_technical(part: &Part<'_>) -> bool {
    matches!(
        (part.media.kind.as_str(), part.media.subtype.as_str()),
        ("application", "pgp-signature" | "pkcs7-signature" | "x-pkcs7-signature" | "applefile" | "pgp-encrypted")
            | ("message", "delivery-status" | "global-delivery-status" | "disposition-notification")
            | ("message", "global-disposition-notification" | "feedback-report")
            | ("text", "rfc822-headers")
    )
}

/// A picture that the HTML part can show: it has a Content-ID and does not ask to be listed.
fn is_inline(part: &Part<'_>, selection: &Selection) -> bool {
    selection.html.is_some() && part.media.kind == "image" && !part.is_attachment() && part.content_id().is_some()
}

/// An attachment as it is listed.
pub fn describe(structure: &Structure<'_>, selection: &Selection, index: usize, source: Source) -> Option<Attachment> {
    let mut attachment = match source {
        Source::Part(at) => {
            let part = structure.parts.get(at)?;
            let media_type = part.media.essence().unwrap_or_else(|| "application/octet-stream".into());
            let unpacked = selection.unpacked.iter().any(|(of, opened)| *of == at && !opened.files.is_empty());
            Attachment {
                file_name: name_of(part, &media_type),
                media_type,
                size: transfer::decoded_len(part.body, part.encoding) as u64,
                content_id: part.content_id(),
                inline: is_inline(part, selection),
                technical: unpacked || is_technical(part),
                unpacked,
                ..Attachment::default()
            }
        }
        Source::Embedded(at, number) => {
            let block = embedded(structure.parts.get(at)?).nth(number)?;
            let media_type = "application/octet-stream".to_string();
            let name = charset::header_text(block.name).into_owned();
            let file_name = file_name::safe(Some(&name), &media_type);
            Attachment { file_name, media_type, size: block.decode().len() as u64, ..Attachment::default() }
        }
        Source::Unpacked(which, number) => {
            let file = selection.unpacked.get(which)?.1.files.get(number)?;
            let declared = file.media_type.as_deref().map(super::essence);
            let media_type = declared.unwrap_or_else(|| "application/octet-stream".to_string());
            Attachment {
                file_name: file_name::safe(Some(&file.name), &media_type),
                media_type,
                size: file.bytes.len() as u64,
                content_id: file.content_id.clone(),
                ..Attachment::default()
            }
        }
    };
    attachment.index = index;
    attachment.kind = danger::kind(&attachment.file_name, &attachment.media_type);
    let declared = declared_name(structure, selection, source);
    attachment.dangers =
        danger::of(&attachment.file_name, declared.as_deref(), &attachment.media_type, attachment.kind);
    Some(attachment)
}

/// The name as the sender wrote it.
fn declared_name<'a>(structure: &'a Structure<'_>, selection: &'a Selection, source: Source) -> Option<Cow<'a, str>> {
    match source {
        Source::Part(at) => structure.parts.get(at)?.declared_name().map(Cow::Borrowed),
        Source::Embedded(..) => name(structure, source).map(Cow::Owned),
        Source::Unpacked(which, file) => Some(Cow::Borrowed(&selection.unpacked.get(which)?.1.files.get(file)?.name)),
    }
}

/// The name of an attachment, without reading it.
pub fn name(structure: &Structure<'_>, source: Source) -> Option<String> {
    match source {
        Source::Part(at) => {
            let part = structure.parts.get(at)?;
            Some(name_of(part, &part.media.essence().unwrap_or_default()))
        }
        Source::Embedded(at, number) => {
            let block = embedded(structure.parts.get(at)?).nth(number)?;
            Some(charset::header_text(block.name).into_owned())
        }
        Source::Unpacked(..) => None,
    }
}

/// A message that is attached, decoded.
pub fn attached_message(structure: &Structure<'_>, source: Source) -> Option<Vec<u8>> {
    let Source::Part(at) = source else { return None };
    let part = structure.parts.get(at)?;
    let is_message = part.media.is("message", "rfc822") || part.media.is("message", "global");
    is_message.then(|| transfer::decode(part.body, part.encoding).0.into_owned())
}

/// The name an attachment is listed and saved under. An attached message is called after its Subject.
fn name_of(part: &Part<'_>, media_type: &str) -> String {
    let is_message = matches!(media_type, "message/rfc822" | "message/global");
    let declared = part.declared_name().map(str::to_string);
    let declared = declared.or_else(|| {
        let subject = is_message.then(|| fields::subject_of(&transfer::decode(part.body, part.encoding).0))?;
        (!subject.is_empty()).then(|| subject.replace(['/', '\\'], "_"))
    });
    match declared {
        Some(name) if is_message && !name.to_ascii_lowercase().ends_with(".eml") => {
            file_name::safe(Some(&format!("{name}.eml")), media_type)
        }
        name => file_name::safe(name.as_deref(), media_type),
    }
}

/// An attachment as text, and whether that is all of it.
pub fn text(structure: &Structure<'_>, selection: &Selection, source: Source, limit: usize) -> Option<(String, bool)> {
    let bytes = bytes(structure, selection, source)?;
    let declared = match source {
        Source::Part(at) => structure.parts.get(at)?.media.parameter("charset"),
        _ => None,
    };
    let head = bytes.get(..limit).unwrap_or(&bytes);
    let declared = match head {
        [0xFF, 0xFE, ..] | [0xFE, 0xFF, ..] => Some("utf-16"),
        [0xEF, 0xBB, 0xBF, ..] => Some("utf-8"),
        _ => declared,
    };
    // Where it is cut, it may be within a character.
    let head = match std::str::from_utf8(head) {
        Err(error) if head.len() < bytes.len() && error.error_len().is_none() => {
            head.get(..error.valid_up_to()).unwrap_or(head)
        }
        _ => head,
    };
    let (decoded, _) = charset::decode(head, declared);
    if decoded.contains('\0') {
        return None;
    }
    Some((super::super::text::body_safe(&decoded), head.len() == bytes.len()))
}

/// The decoded bytes of an attachment.
pub fn bytes(structure: &Structure<'_>, selection: &Selection, source: Source) -> Option<Vec<u8>> {
    match source {
        Source::Part(at) => {
            let part = structure.parts.get(at)?;
            Some(transfer::decode(part.body, part.encoding).0.into_owned())
        }
        Source::Embedded(at, number) => embedded(structure.parts.get(at)?).nth(number).map(|block| block.decode()),
        Source::Unpacked(which, number) => Some(selection.unpacked.get(which)?.1.files.get(number)?.bytes.clone()),
    }
}
