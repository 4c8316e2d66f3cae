//! What a message encloses for programs, read into facts: reports, calendars, the body in a `winmail.dat`.

use super::body::Selection;
use super::structure::{Part, Structure};
use super::{Content, Defect, TextOrigin, charset, fields, guard, header, transfer};
use crate::mail::prose::Prose;
use crate::mail::report::{self, Original, Report};
use crate::mail::{html, invitation, message_id, text};

/// Reports of one message.
const MAX_REPORTS: usize = 5;

/// Bytes of a report that are read.
const MAX_REPORT: usize = 1 << 20;

/// Fills in reports and invitations, and the text of a `winmail.dat` where there is no other.
pub fn read(structure: &Structure<'_>, selection: &Selection, content: &mut Content) {
    unpacked_text(selection, content);
    for part in structure.parts.iter().filter(|part| part.children.is_empty()) {
        if content.reports.len() < MAX_REPORTS {
            content.reports.extend(report_of(structure, part));
        }
        if content.invitations.len() < guard::MAX_CALENDARS && is_calendar(part) {
            let found = calendar(part).filter(|found| !content.invitations.contains(found));
            content.invitations.extend(found);
        }
    }
    for file in selection.unpacked.iter().flat_map(|(_, opened)| &opened.files) {
        let calendar = file.name.to_ascii_lowercase().ends_with(".ics");
        if calendar && content.invitations.len() < guard::MAX_CALENDARS {
            let found = invitation::read(&charset::decode(&file.bytes, None).0);
            content
                .invitations
                .extend(found.filter(|found| !content.invitations.contains(found)).into_iter().collect::<Vec<_>>());
        }
    }
}

fn unpacked_text(selection: &Selection, content: &mut Content) {
    for (_, opened) in &selection.unpacked {
        if !opened.whole && !content.defects.contains(&Defect::Tnef) {
            content.defects.push(Defect::Tnef);
        }
        if content.html.is_none()
            && content.text.trim().is_empty()
            && let Some(markup) = &opened.html
        {
            let markup = text::truncate(markup, guard::MAX_TEXT).to_string();
            content.text = html::to_text(&markup).0.trim_end().to_string();
            content.origin = TextOrigin::Html;
            content.remote = html::remote_count(&markup);
            content.html = Some(markup);
            content.prose = Prose::of(&content.text);
        }
        if content.text.trim().is_empty()
            && let Some(plain) = &opened.text
        {
            content.text = text::body_safe(text::truncate(plain, guard::MAX_TEXT)).trim_end().to_string();
            content.origin = TextOrigin::Plain;
            content.prose = Prose::of(&content.text);
        }
    }
}

fn report_of(structure: &Structure<'_>, part: &Part<'_>) -> Option<Report> {
    if part.media.kind != "message" {
        return None;
    }
    let body = transfer::decode(part.body.get(..MAX_REPORT).unwrap_or(part.body), part.encoding).0;
    match part.media.subtype.as_str() {
        "delivery-status" | "global-delivery-status" => {
            report::delivery(&body, original(structure, part)).map(Report::Delivery)
        }
        "disposition-notification" | "global-disposition-notification" => {
            report::disposition(&body, original(structure, part)).map(Report::Disposition)
        }
        _ => None,
    }
}

/// The message that a report is about: the part beside it that has its header.
fn original(structure: &Structure<'_>, report: &Part<'_>) -> Original {
    let Some(parent) = report.parent.and_then(|parent| structure.parts.get(parent)) else { return Original::default() };
    let siblings = parent.children.iter().filter_map(|at| structure.parts.get(*at));
    let enclosed = |part: &&Part<'_>| {
        part.media.is("text", "rfc822-headers")
            || part.media.kind == "message"
                && matches!(part.media.subtype.as_str(), "rfc822" | "global" | "global-headers")
    };
    let Some(part) = siblings.rev().find(enclosed) else { return Original::default() };
    let bytes = transfer::decode(part.body.get(..MAX_REPORT).unwrap_or(part.body), part.encoding).0;
    let (header, _) = header::split(&bytes, |_| false);
    let subject = fields::subject(&header, &mut false);
    let id = header.text("message-id", 2_000).unwrap_or_default();
    Original {
        subject: (!subject.is_empty()).then_some(subject),
        message_id: message_id::parse(&id, 1).into_iter().next(),
        date: header.first("date").and_then(fields::moment),
    }
}

fn is_calendar(part: &Part<'_>) -> bool {
    part.media.is("text", "calendar")
        || part.media.is("application", "ics")
        || part.declared_name().is_some_and(|name| name.to_ascii_lowercase().ends_with(".ics"))
}

fn calendar(part: &Part<'_>) -> Option<invitation::Invitation> {
    let most = invitation::MAX_CALENDAR;
    let encoded = part.body.get(..most.saturating_mul(3)).unwrap_or(part.body);
    let bytes = transfer::decode(encoded, part.encoding).0;
    let decoded = charset::decode(bytes.get(..most).unwrap_or(&bytes), part.media.parameter("charset")).0;
    invitation::read(&decoded)
}
