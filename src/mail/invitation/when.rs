//! Times of a calendar with their zones. Zones come from calcard, which has the tables of IANA and the names that
//! Windows gives them built in: nothing is read from the system.

use super::{When, Zone};
use crate::mail::text;
use calcard::common::PartialDateTime;
use calcard::common::timezone::Tz;
use calcard::icalendar::timezone::TzResolver;
use calcard::icalendar::{ICalendar, ICalendarEntry, ICalendarValue};

/// The zones that a calendar defines.
pub(super) struct Zones<'c> {
    resolver: TzResolver<&'c str>,
}

impl<'c> Zones<'c> {
    pub fn of(calendar: &'c ICalendar) -> Zones<'c> {
        Zones { resolver: calendar.build_tz_resolver() }
    }

    /// The first time of a property.
    pub fn when(&self, entry: &ICalendarEntry) -> Option<When> {
        match entry.values.first()? {
            ICalendarValue::PartialDateTime(time) => self.of_parts(time, entry.tz_id()),
            _ => None,
        }
    }

    /// A time on the clock of a named zone.
    pub fn of_parts(&self, time: &PartialDateTime, zone_name: Option<&str>) -> Option<When> {
        let clock = clock(time)?;
        let all_day = time.hour.is_none();
        if all_day {
            return Some(When { clock, all_day, zone: Zone::Floating, at: None });
        }
        let (zone, tz) = match (time.tz_hour, zone_name) {
            (Some(0), _) if time.tz_minute.unwrap_or(0) == 0 => (Zone::Utc, Some(Tz::UTC)),
            (_, Some(name)) => self.named(name),
            _ => (Zone::Floating, None),
        };
        let at = tz.and_then(|tz| time.to_date_time_with_tz(tz)).map(|at| at.timestamp());
        Some(When { clock, all_day, zone, at })
    }

    fn named(&self, name: &str) -> (Zone, Option<Tz>) {
        match self.resolver.resolve(name).filter(|tz| !tz.is_floating()) {
            Some(tz) if tz.is_utc() => (Zone::Utc, Some(tz)),
            Some(tz) => (Zone::Named(tz.name().map_or_else(|| shown(name), |n| n.into_owned())), Some(tz)),
            None => (Zone::Unknown(shown(name)), None),
        }
    }

    /// A time so many seconds later on the same clock (RFC 5545, 3.8.2.5).
    pub fn later(&self, entry: &ICalendarEntry, start: &When, seconds: i64) -> Option<When> {
        let clock = start.clock.checked_add(jiff::SignedDuration::from_secs(seconds)).ok()?;
        let at = start.at.and_then(|at| at.checked_add(seconds));
        // Whole days stay whole days.
        let all_day = start.all_day && clock.time() == jiff::civil::Time::midnight();
        let zone = if start.all_day { Zone::Floating } else { start.zone.clone() };
        let known = !entry.values.is_empty();
        known.then_some(When { clock, all_day, zone, at })
    }
}

/// A clock as ISO 8601 writes it.
pub(super) fn as_text<S: serde::Serializer>(clock: &jiff::civil::DateTime, to: S) -> Result<S::Ok, S::Error> {
    to.collect_str(clock)
}

fn shown(name: &str) -> String {
    text::display_safe(text::truncate(name, 200)).into_owned()
}

fn clock(time: &PartialDateTime) -> Option<jiff::civil::DateTime> {
    let number = |value: Option<u8>| i8::try_from(value.unwrap_or(0)).ok();
    let year = i16::try_from(time.year?).ok()?;
    // A leap second is the end of its minute.
    let second = number(time.second)?.min(59);
    jiff::civil::DateTime::new(
        year,
        i8::try_from(time.month?).ok()?,
        i8::try_from(time.day?).ok()?,
        number(time.hour)?,
        number(time.minute)?,
        second,
        0,
    )
    .ok()
}
