//! From calcard's components to a card.

use super::when::Zones;
use super::{
    Answer, Attendee, AttendeeKind, AttendeeRole, Event, EventKind, EventStatus, Invitation, MAX_ATTENDEES,
    MAX_CALENDAR, MAX_EVENTS, Method, recurrence,
};
use crate::mail::address::Address;
use crate::mail::mime::guard;
use crate::mail::text;
use calcard::icalendar::{
    ICalendar, ICalendarComponent, ICalendarComponentType, ICalendarEntry, ICalendarMethod, ICalendarParameterName,
    ICalendarParameterValue, ICalendarParticipationRole, ICalendarParticipationStatus, ICalendarProperty,
    ICalendarStatus, ICalendarUserTypes, ICalendarValue,
};
use calcard::{Entry, Parser};

/// Bytes of one line, and of a description.
const MAX_LINE: usize = 2_000;
const MAX_DESCRIPTION: usize = 32 << 10;

/// Reads a calendar. `None` where it is none, or holds nothing that a person could be told.
pub(crate) fn read(source: &str) -> Option<Invitation> {
    let source = text::truncate(source, MAX_CALENDAR);
    let calendar = guard::shielded(|| match Parser::new(source).entry() {
        Entry::ICalendar(calendar) => Some(calendar),
        _ => None,
    })??;
    guard::shielded(|| of_calendar(&calendar)).filter(|invitation| !invitation.events.is_empty())
}

fn of_calendar(calendar: &ICalendar) -> Invitation {
    let zones = Zones::of(calendar);
    let mut invitation = Invitation::default();
    for component in &calendar.components {
        if component.component_type == ICalendarComponentType::VCalendar
            && let Some(value) = first(component, &ICalendarProperty::Method)
        {
            invitation.method = method(value);
        }
        let Some(kind) = kind(&component.component_type) else { continue };
        if invitation.events.len() >= MAX_EVENTS {
            invitation.shortened = true;
            break;
        }
        let (event, all) = event(component, kind, &zones);
        invitation.shortened |= !all;
        invitation.events.push(event);
    }
    invitation
}

fn kind(component: &ICalendarComponentType) -> Option<EventKind> {
    match component {
        ICalendarComponentType::VEvent => Some(EventKind::Event),
        ICalendarComponentType::VTodo => Some(EventKind::Task),
        ICalendarComponentType::VJournal => Some(EventKind::Journal),
        ICalendarComponentType::VFreebusy => Some(EventKind::FreeBusy),
        _ => None,
    }
}

/// An event, and whether all of its attendees are told.
fn event(component: &ICalendarComponent, kind: EventKind, zones: &Zones<'_>) -> (Event, bool) {
    use ICalendarProperty as P;
    let line =
        |property: &P| first(component, property).and_then(ICalendarValue::as_text).map(shown).unwrap_or_default();
    let when = |property: &P| component.property(property).and_then(|entry| zones.when(entry));
    let start = when(&P::Dtstart);
    let lasts = || match first(component, &P::Duration) {
        Some(ICalendarValue::Duration(duration)) => Some(duration.as_seconds()),
        _ => None,
    };
    let end = when(&P::Dtend).or_else(|| zones.later(component.property(&P::Dtstart)?, start.as_ref()?, lasts()?));
    let people = component.properties(&P::Attendee);
    let mut attendees: Vec<Attendee> = people.take(MAX_ATTENDEES.saturating_add(1)).map(attendee).collect();
    let all = attendees.len() <= MAX_ATTENDEES;
    attendees.truncate(MAX_ATTENDEES);
    let description = first(component, &P::Description).and_then(ICalendarValue::as_text).unwrap_or_default();
    let event = Event {
        kind,
        uid: Some(line(&P::Uid)).filter(|uid| !uid.is_empty()),
        sequence: sequence(component),
        summary: line(&P::Summary),
        description: text::body_safe(text::truncate(description, MAX_DESCRIPTION)).trim().to_string(),
        location: line(&P::Location),
        conference: conference(component),
        start,
        end,
        due: when(&P::Due),
        status: status(component),
        organiser: component.property(&P::Organizer).map(person),
        attendees,
        recurrence: recurrence::of(component, zones),
        occurrence: when(&P::RecurrenceId),
    };
    (event, all)
}

fn first<'c>(component: &'c ICalendarComponent, property: &ICalendarProperty) -> Option<&'c ICalendarValue> {
    component.property(property).and_then(|entry| entry.values.first())
}

/// One safe line.
fn shown(value: &str) -> String {
    // A line end in a summary or location is written `\n` and meant as a blank.
    let line = text::truncate(value, MAX_LINE).replace(['\n', '\r', '\t'], " ");
    text::fold_white(&text::display_safe(&line))
}

fn sequence(component: &ICalendarComponent) -> u32 {
    let number = first(component, &ICalendarProperty::Sequence).and_then(ICalendarValue::as_integer);
    number.and_then(|number| u32::try_from(number).ok()).unwrap_or(0)
}

fn method(value: &ICalendarValue) -> Method {
    let ICalendarValue::Method(method) = value else { return Method::Publish };
    match method {
        ICalendarMethod::Publish => Method::Publish,
        ICalendarMethod::Request => Method::Request,
        ICalendarMethod::Reply => Method::Reply,
        ICalendarMethod::Add => Method::Add,
        ICalendarMethod::Cancel => Method::Cancel,
        ICalendarMethod::Refresh => Method::Refresh,
        ICalendarMethod::Counter => Method::Counter,
        ICalendarMethod::Declinecounter => Method::DeclineCounter,
    }
}

fn status(component: &ICalendarComponent) -> EventStatus {
    match component.status() {
        Some(ICalendarStatus::Tentative) => EventStatus::Tentative,
        Some(ICalendarStatus::Confirmed) => EventStatus::Confirmed,
        Some(ICalendarStatus::Cancelled) => EventStatus::Cancelled,
        Some(ICalendarStatus::NeedsAction) => EventStatus::NeedsAction,
        Some(ICalendarStatus::Completed) => EventStatus::Completed,
        Some(ICalendarStatus::InProcess) => EventStatus::InProcess,
        _ => EventStatus::Unsaid,
    }
}

/// Where to meet online: RFC 7986, 5.11, else the fields of two large programs, else the event's own page.
fn conference(component: &ICalendarComponent) -> Option<String> {
    let named = |entry: &&ICalendarEntry| match &entry.name {
        ICalendarProperty::Conference => true,
        ICalendarProperty::Other(name) => {
            ["X-GOOGLE-CONFERENCE", "X-MICROSOFT-SKYPETEAMSMEETINGURL", "X-MICROSOFT-ONLINEMEETINGCONFLINK"]
                .iter()
                .any(|known| name.eq_ignore_ascii_case(known))
        }
        _ => false,
    };
    let entries = component.entries.iter();
    let own = entries.clone().filter(named);
    let page = entries.filter(|entry| entry.name == ICalendarProperty::Url);
    own.chain(page).filter_map(|entry| entry.values.first().and_then(ICalendarValue::as_text)).find_map(web)
}

fn web(address: &str) -> Option<String> {
    let address = text::truncate(address.trim(), MAX_LINE);
    let url = url::Url::parse(address).ok()?;
    matches!(url.scheme(), "http" | "https").then(|| text::display_safe(address).into_owned())
}

fn person(entry: &ICalendarEntry) -> Address {
    let parameter = |name: &ICalendarParameterName| entry.parameter(name).and_then(ICalendarParameterValue::as_text);
    let value = entry.values.first().and_then(ICalendarValue::as_text).unwrap_or_default();
    let address = match value.split_once(':') {
        Some((scheme, rest)) if scheme.eq_ignore_ascii_case("mailto") => rest,
        // Some servers write a path of their own there, and the address beside it.
        _ => parameter(&ICalendarParameterName::Email).unwrap_or(value),
    };
    let name = parameter(&ICalendarParameterName::Cn).map(shown).unwrap_or_default();
    let addr = shown(address);
    // Many write the address once more as the name.
    Address { name: if name.eq_ignore_ascii_case(&addr) { String::new() } else { name }, addr }
}

fn attendee(entry: &ICalendarEntry) -> Attendee {
    use ICalendarParameterName as N;
    use ICalendarParameterValue as V;
    let role = match entry.parameter(&N::Role) {
        Some(V::Role(ICalendarParticipationRole::Chair | ICalendarParticipationRole::Owner)) => AttendeeRole::Chair,
        Some(V::Role(ICalendarParticipationRole::OptParticipant)) => AttendeeRole::Optional,
        Some(V::Role(ICalendarParticipationRole::NonParticipant)) => AttendeeRole::Informed,
        _ => AttendeeRole::Required,
    };
    let answer = match entry.parameter(&N::Partstat) {
        Some(V::Partstat(status)) => match status {
            ICalendarParticipationStatus::Accepted => Answer::Accepted,
            ICalendarParticipationStatus::Declined => Answer::Declined,
            ICalendarParticipationStatus::Tentative => Answer::Tentative,
            ICalendarParticipationStatus::Delegated => Answer::Delegated,
            ICalendarParticipationStatus::Completed => Answer::Completed,
            ICalendarParticipationStatus::InProcess => Answer::InProcess,
            _ => Answer::NeedsAction,
        },
        _ => Answer::NeedsAction,
    };
    let kind = match entry.parameter(&N::Cutype) {
        Some(V::Cutype(ICalendarUserTypes::Group)) => AttendeeKind::Group,
        Some(V::Cutype(ICalendarUserTypes::Resource)) => AttendeeKind::Resource,
        Some(V::Cutype(ICalendarUserTypes::Room)) => AttendeeKind::Room,
        _ => AttendeeKind::Person,
    };
    let rsvp = entry.parameter(&N::Rsvp).and_then(V::as_bool).unwrap_or(false);
    Attendee { person: person(entry), role, answer, kind, rsvp }
}
