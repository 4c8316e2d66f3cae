use super::*;
use proptest::prelude::*;

fn calendar(method: &str, event: &str) -> String {
    format!(
        "BEGIN:VCALENDAR\r\nVERSION:2.0\r\nPRODID:-//x//EN\r\nMETHOD:{method}\r\nBEGIN:VEVENT\r\n{event}END:VEVENT\r\nEND:VCALENDAR\r\n"
    )
}

fn event(lines: &str) -> Event {
    read(&calendar("REQUEST", lines)).expect("an event").events.remove(0)
}

#[test]
fn an_invitation_becomes_a_card() {
    let lines = "UID:1@x.example\r\nSEQUENCE:3\r\nSUMMARY:The mill\\, again\r\nLOCATION:Room 1\\nBerlin\r\n\
        DTSTART;TZID=Europe/Berlin:20261124T090000\r\nDTEND;TZID=Europe/Berlin:20261124T103000\r\nSTATUS:CONFIRMED\r\n\
        ORGANIZER;CN=Ada Lovelace:mailto:ada@x.example\r\n\
        ATTENDEE;CN=Bob;ROLE=OPT-PARTICIPANT;PARTSTAT=TENTATIVE;RSVP=TRUE:MAILTO:bob@x.example\r\n\
        ATTENDEE;CUTYPE=ROOM;PARTSTAT=ACCEPTED;CN=room@x.example:mailto:room@x.example\r\n\
        DESCRIPTION:Line one\\nline two\r\nX-GOOGLE-CONFERENCE:https://meet.example/abc\r\n";
    let invitation = read(&calendar("REQUEST", lines)).unwrap();
    assert_eq!((invitation.method, invitation.events.len(), invitation.shortened), (Method::Request, 1, false));
    let event = &invitation.events[0];
    assert_eq!(
        (event.summary.as_str(), event.location.as_str(), event.sequence),
        ("The mill, again", "Room 1 Berlin", 3)
    );
    assert_eq!(event.description, "Line one\nline two");
    assert_eq!(event.conference.as_deref(), Some("https://meet.example/abc"));
    assert_eq!(event.status, EventStatus::Confirmed);
    let start = event.start.clone().unwrap();
    assert_eq!(start.clock.to_string(), "2026-11-24T09:00:00");
    assert_eq!(
        (start.zone, start.at, start.all_day),
        (Zone::Named("Europe/Berlin".into()), Some(1_795_507_200), false)
    );
    assert_eq!(event.end.clone().unwrap().at, Some(1_795_512_600));
    assert_eq!(event.organiser, Some(Address::new("Ada Lovelace", "ada@x.example")));
    let [bob, room] = event.attendees.as_slice() else { panic!("{event:?}") };
    assert_eq!(bob.person, Address::new("Bob", "bob@x.example"));
    assert_eq!((bob.role, bob.answer, bob.rsvp), (AttendeeRole::Optional, Answer::Tentative, true));
    assert_eq!(
        (room.kind, room.answer, &room.person),
        (AttendeeKind::Room, Answer::Accepted, &Address::new("", "room@x.example"))
    );
}

#[test]
fn times_are_on_their_clocks() {
    let table = [
        ("DTSTART:20261124T090000Z", Zone::Utc, Some(1_795_510_800), false),
        ("DTSTART:20261124T090000", Zone::Floating, None, false),
        ("DTSTART;VALUE=DATE:20261124", Zone::Floating, None, true),
        (
            "DTSTART;TZID=W. Europe Standard Time:20261124T090000",
            Zone::Named("Europe/Berlin".into()),
            Some(1_795_507_200),
            false,
        ),
        ("DTSTART;TZID=Mars/Olympus:20261124T090000", Zone::Unknown("Mars/Olympus".into()), None, false),
    ];
    for (line, zone, at, all_day) in table {
        let start = event(&format!("{line}\r\n")).start.expect(line);
        assert_eq!((start.zone, start.at, start.all_day), (zone, at, all_day), "{line}");
    }
    let lasts = event("DTSTART:20261124T090000Z\r\nDURATION:PT1H30M\r\n");
    assert_eq!(lasts.end.unwrap().at, Some(1_795_516_200));
    let days = event("DTSTART;VALUE=DATE:20261124\r\nDURATION:P2D\r\n").end.unwrap();
    assert_eq!((days.clock.to_string().as_str(), days.all_day), ("2026-11-26T00:00:00", true));
    assert_eq!(event("DTSTART:20261399T990000Z\r\nSUMMARY:x\r\n").start, None);
}

#[test]
fn recurrence_is_told_in_facts() {
    let rule = |line: &str| event(&format!("DTSTART:20261124T090000Z\r\n{line}\r\n")).recurrence.expect(line);
    let weekly = rule(
        "RRULE:FREQ=WEEKLY;INTERVAL=2;BYDAY=MO,WE;UNTIL=20270101T000000Z\r\nEXDATE:20261207T090000Z,20261209T090000Z",
    );
    assert_eq!((weekly.every, weekly.interval, weekly.left_out, weekly.more), (Frequency::Weekly, 2, 2, false));
    assert_eq!(weekly.weekdays.iter().map(|day| day.weekday).collect::<Vec<_>>(), [1, 3]);
    assert_eq!(weekly.until.unwrap().at, Some(1_798_761_600));
    let monthly = rule("RRULE:FREQ=MONTHLY;BYDAY=-1FR;COUNT=5");
    assert_eq!(
        (monthly.every, monthly.count, monthly.weekdays[0]),
        (Frequency::Monthly, Some(5), NthWeekday { nth: Some(-1), weekday: 5 })
    );
    assert!(rule("RRULE:FREQ=YEARLY;BYWEEKNO=3").more);
    assert_eq!(event("DTSTART:20261124T090000Z\r\n").recurrence, None);
}

#[test]
fn what_is_no_calendar_is_none() {
    for source in ["", "hello", "BEGIN:VCARD\r\nFN:x\r\nEND:VCARD\r\n", "BEGIN:VCALENDAR\r\nEND:VCALENDAR\r\n"] {
        assert_eq!(read(source), None, "{source:?}");
    }
    let odd = event("SUMMARY:a\u{202E}b\\nc\r\nURL:javascript:alert(1)\r\nORGANIZER:invalid\r\n");
    assert_eq!((odd.summary.as_str(), odd.conference), ("a\u{FFFD}b c", None));
    // Cut short.
    let cut = "BEGIN:VCALENDAR\r\nMETHOD:CANCEL\r\nBEGIN:VEVENT\r\nSUMMARY:gone";
    let read = read(cut).expect("what there is");
    assert_eq!((read.method, read.events[0].summary.as_str()), (Method::Cancel, "gone"));
}

#[test]
fn floods_are_bounded() {
    let many = "BEGIN:VEVENT\r\nSUMMARY:x\r\nEND:VEVENT\r\n".repeat(5_000);
    let found = read(&format!("BEGIN:VCALENDAR\r\n{many}END:VCALENDAR\r\n")).unwrap();
    assert_eq!((found.events.len(), found.shortened), (MAX_EVENTS, true));
    let guests = "ATTENDEE:mailto:a@x.example\r\n".repeat(10_000);
    let found = read(&calendar("REQUEST", &guests)).unwrap();
    assert_eq!((found.events[0].attendees.len(), found.shortened), (MAX_ATTENDEES, true));
    let deep = "BEGIN:VEVENT\r\n".repeat(30_000);
    assert!(read(&format!("BEGIN:VCALENDAR\r\n{deep}")).is_some());
    assert!(read(&format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\nSUMMARY:{}", "x".repeat(2_000_000))).is_some());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(128))]
    #[test]
    fn any_calendar_gives_an_answer(lines in "((DTSTART|DTEND|RRULE|ATTENDEE|DURATION|SUMMARY|TZID|BEGIN|END|EXDATE)[;:=A-Z0-9a-z.,+\\-\"\\\\ ]{0,40}\r?\n){0,14}") {
        let _ = read(&calendar("REQUEST", &lines));
        let _ = read(&lines);
    }

    #[test]
    fn any_text_gives_an_answer(text in "\\PC{0,200}") {
        let _ = read(&format!("BEGIN:VCALENDAR\r\nBEGIN:VEVENT\r\n{text}"));
    }
}
