//! Reports and invitations as a few lines each.

use crate::cli::plain;
use crate::fl;
use crate::i18n::reading::{invitation as words, report as reports};
use crate::service::model::{Address, CalendarEvent, Invitation, Report};
use jiff::Zoned;

/// Recipients and attendees that are told.
const MOST: usize = 50;

/// A report in plain words, with the server's own below.
pub fn report(report: &Report, now: &Zoned) -> String {
    let mut out = String::new();
    let original = match report {
        Report::Delivery(delivery) => {
            for recipient in delivery.recipients.iter().take(MOST) {
                line(&mut out, &reports::recipient(recipient, now));
                if let Some(said) = &recipient.diagnostic {
                    field(&mut out, &fl!("cli-show-said"), said);
                }
            }
            &delivery.original
        }
        Report::Disposition(disposition) => {
            line(&mut out, &reports::disposition(disposition));
            &disposition.original
        }
    };
    if let Some(subject) = &original.subject {
        field(&mut out, &fl!("cli-show-about"), subject);
    }
    out
}

/// An invitation: heading, then a line for each fact.
pub fn invitation(invitation: &Invitation, now: &Zoned) -> String {
    let mut out = String::new();
    for event in &invitation.events {
        line(&mut out, &format!("{}: {}", words::heading(invitation), event.summary));
        facts(&mut out, event, now);
    }
    out
}

fn facts(out: &mut String, event: &CalendarEvent, now: &Zoned) {
    let facts = [
        (fl!("cli-show-when"), words::when(event, now)),
        (fl!("cli-show-repeats"), event.recurrence.as_ref().map(|rule| words::recurrence(rule, now))),
        (fl!("cli-show-where"), Some(event.location.clone())),
        (fl!("cli-show-meeting"), event.conference.clone()),
        (fl!("cli-show-organiser"), event.organiser.as_ref().map(Address::to_string)),
    ];
    for (name, value) in facts {
        if let Some(value) = value.filter(|value| !value.is_empty()) {
            field(out, &name, &value);
        }
    }
    for attendee in event.attendees.iter().take(MOST) {
        let value = format!("{} ({})", attendee.person, words::answer(attendee.answer));
        field(out, &fl!("cli-show-attendee"), &value);
    }
}

fn line(out: &mut String, text: &str) {
    out.push_str(&plain::line(text));
    out.push('\n');
}

fn field(out: &mut String, name: &str, value: &str) {
    line(out, &format!("  {name}: {value}"));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::mime;

    #[test]
    fn an_invitation_and_a_bounce_are_told_in_lines() {
        let raw = "From: a@x.example\r\nContent-Type: text/calendar\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\nSUMMARY:The mill\r\n\
            DTSTART:20261124T090000Z\r\nLOCATION:Berlin\r\nORGANIZER;CN=Ada:mailto:ada@x.example\r\nATTENDEE;PARTSTAT=ACCEPTED:mailto:bob@x.example\r\n\
            END:VEVENT\r\nEND:VCALENDAR\r\n";
        let now: Zoned = "2026-11-24T10:00:00+01:00[Europe/Berlin]".parse().expect("a moment");
        let content = mime::content(raw.as_bytes());
        assert_eq!(
            invitation(&content.invitations[0], &now),
            "Invitation: The mill\n  When: Tue 24 Nov 2026, 10:00\n  Where: Berlin\n  Organiser: Ada <ada@x.example>\n  Invited: bob@x.example (accepted)\n"
        );
        let raw = "From: x\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
            Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; bob@y.example\r\nAction: failed\r\nStatus: 5.2.2\r\nDiagnostic-Code: smtp; 552 full\r\n--b--\r\n";
        let content = mime::content(raw.as_bytes());
        let expected = "It was not delivered to bob@y.example. The mailbox is full.\n  The server’s words: 552 full\n";
        assert_eq!(report(&content.reports[0], &now), expected);
    }
}
