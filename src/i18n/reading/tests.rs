use crate::mail::invitation::Invitation;
use crate::mail::{mime, report::Report};
use jiff::Zoned;

fn now() -> Zoned {
    "2026-11-24T10:00:00+01:00[Europe/Berlin]".parse().expect("a moment")
}

fn invitation(event: &str) -> Invitation {
    let raw = format!(
        "From: a@x.example\r\nContent-Type: text/calendar; charset=utf-8\r\n\r\nBEGIN:VCALENDAR\r\nMETHOD:REQUEST\r\nBEGIN:VEVENT\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n"
    );
    mime::content(raw.as_bytes()).invitations.remove(0)
}

#[test]
fn times_of_events_are_told_as_people_tell_them() {
    for (event, expected) in [
        (
            "DTSTART;TZID=Europe/Berlin:20261124T090000\r\nDTEND;TZID=Europe/Berlin:20261124T103000\r\n",
            "Tue 24 Nov 2026, 09:00 to 10:30",
        ),
        ("DTSTART;TZID=America/New_York:20261124T090000\r\n", "Tue 24 Nov 2026, 15:00 (written for America/New_York)"),
        ("DTSTART;VALUE=DATE:20261124\r\nDTEND;VALUE=DATE:20261125\r\n", "Tue 24 Nov 2026"),
        ("DTSTART;VALUE=DATE:20261124\r\nDTEND;VALUE=DATE:20261127\r\n", "Tue 24 Nov 2026 to Thu 26 Nov 2026"),
        ("DTSTART:20261124T230000Z\r\nDTEND:20261125T010000Z\r\n", "Wed 25 Nov 2026, 00:00 to 02:00"),
        ("DTSTART:20261124T090000\r\n", "Tue 24 Nov 2026, 09:00"),
        ("DTSTART;TZID=Mars:20261124T090000\r\n", "Tue 24 Nov 2026, 09:00 (in a zone that nobody knows: Mars)"),
    ] {
        let invitation = invitation(event);
        assert_eq!(super::invitation::when(&invitation.events[0], &now()).as_deref(), Some(expected), "{event}");
    }
    let weekly = invitation("DTSTART:20261124T090000Z\r\nRRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,-1FR;COUNT=3\r\n");
    let rule = weekly.events[0].recurrence.as_ref().unwrap();
    assert_eq!(super::invitation::recurrence(rule, &now()), "every 2 weeks on Monday, the last Friday, 3 times");
}

#[test]
fn a_bounce_says_what_happened_and_why() {
    let raw = "From: x\r\nContent-Type: multipart/report; boundary=b\r\n\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n\
        Reporting-MTA: dns; x\r\n\r\nFinal-Recipient: rfc822; bob@y.example\r\nAction: failed\r\nStatus: 5.1.1\r\n--b--\r\n";
    let reports = mime::content(raw.as_bytes()).reports;
    let [Report::Delivery(report)] = reports.as_slice() else { panic!("{reports:?}") };
    let words = super::report::recipient(&report.recipients[0], &now());
    assert_eq!(
        words,
        "It was not delivered to bob@y.example. There is no such mailbox there: look at the address for a typing error."
    );
}
