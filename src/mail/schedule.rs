//! Times at which a message may leave: those that are offered, and those that a person types.

use jiff::civil::{Date, DateTime, Time, Weekday};
use jiff::{ToSpan, Zoned};

/// A time that is offered.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Choice {
    InAnHour,
    /// Today at 18:00.
    ThisEvening,
    /// At 8:00.
    Tomorrow,
    /// The next Monday at 8:00.
    Monday,
}

/// The offered times with their Unix seconds, soonest first; none that has passed, and none twice.
pub fn choices(now: &Zoned) -> Vec<(Choice, i64)> {
    let today = now.date();
    let next_monday = today.nth_weekday(1, Weekday::Monday).ok();
    let all = [
        (Choice::InAnHour, now.checked_add(1.hour()).ok()),
        (Choice::ThisEvening, at(now, today, 18)),
        (Choice::Tomorrow, today.tomorrow().ok().and_then(|day| at(now, day, 8))),
        (Choice::Monday, next_monday.and_then(|day| at(now, day, 8))),
    ];
    // What is less than half an hour away is no choice beside “in an hour”.
    let soon = now.timestamp().as_second().saturating_add(1800);
    let mut offered: Vec<(Choice, i64)> = Vec::new();
    for (choice, time) in all {
        let Some(time) = time.map(|time| time.timestamp().as_second()) else { continue };
        if time >= soon && !offered.iter().any(|(_, earlier)| *earlier == time) {
            offered.push((choice, time));
        }
    }
    offered.sort_by_key(|(_, time)| *time);
    offered
}

fn at(now: &Zoned, day: Date, hour: i8) -> Option<Zoned> {
    day.at(hour, 0, 0, 0).to_zoned(now.time_zone().clone()).ok()
}

/// Reads a time as a person types it, in Unix seconds: `2026-11-24 08:00`, `24.11.2026 8:00`, `24.11. 8:00`,
/// `tomorrow 8:00`, `8:00` (the next such time), `+2h`, `+30m`, `+1d`, RFC 3339. Nothing for what is no time, or has
/// passed.
pub fn parse(text: &str, now: &Zoned) -> Option<i64> {
    let text = text.trim().to_lowercase();
    let found = relative(&text, now).or_else(|| absolute(&text)).or_else(|| {
        let civil = civil(&text, now)?;
        civil.to_zoned(now.time_zone().clone()).ok()
    })?;
    let seconds = found.timestamp().as_second();
    (seconds > now.timestamp().as_second()).then_some(seconds)
}

/// How a time is typed, so that it can be changed: what [`parse`] reads.
pub fn typed(at: i64, now: &Zoned) -> String {
    let time = jiff::Timestamp::from_second(at).map(|time| time.to_zoned(now.time_zone().clone()));
    time.map(|time| time.strftime("%Y-%m-%d %H:%M").to_string()).unwrap_or_default()
}

/// `+2h`
fn relative(text: &str, now: &Zoned) -> Option<Zoned> {
    let text = text.strip_prefix('+')?.trim();
    let digits = text.trim_end_matches(|c: char| !c.is_ascii_digit());
    let count: i64 = digits.parse().ok().filter(|count| (1..=10_000).contains(count))?;
    let span = match text.strip_prefix(digits)?.trim() {
        "m" | "min" => count.minutes(),
        "h" | "" => count.hours(),
        "d" => count.days(),
        _ => return None,
    };
    now.checked_add(span).ok()
}

/// With its zone.
fn absolute(text: &str) -> Option<Zoned> {
    let time: jiff::Timestamp = text.to_uppercase().parse().ok()?;
    Some(time.to_zoned(jiff::tz::TimeZone::UTC))
}

/// Where the person is.
fn civil(text: &str, now: &Zoned) -> Option<DateTime> {
    let (day, time) = match text.rsplit_once([' ', 't', ',']) {
        Some((day, time)) => (Some(day.trim().trim_end_matches(',')), time),
        None => (None, text),
    };
    let time = clock(time.trim())?;
    match day {
        Some(day) => Some(date(day, now)?.to_datetime(time)),
        // The next time that a clock shows this.
        None if time > now.time() => Some(now.date().to_datetime(time)),
        None => Some(now.date().tomorrow().ok()?.to_datetime(time)),
    }
}

/// `8:00`
fn clock(text: &str) -> Option<Time> {
    let (hour, minute) = text.split_once(':')?;
    let is_short = |part: &str| (1..=2).contains(&part.len()) && part.bytes().all(|b| b.is_ascii_digit());
    if !is_short(hour) || !is_short(minute) {
        return None;
    }
    Time::new(hour.parse().ok()?, minute.parse().ok()?, 0, 0).ok()
}

/// `2026-11-24`, `24.11.2026`, `24.11.`, a word. A day without its year is the next such day.
fn date(text: &str, now: &Zoned) -> Option<Date> {
    let today = now.date();
    match text {
        "today" | "heute" => return Some(today),
        "tomorrow" | "morgen" => return today.tomorrow().ok(),
        _ => {}
    }
    if let Ok(date) = text.parse::<Date>() {
        return Some(date);
    }
    let mut parts = text.trim_end_matches('.').split('.').map(|part| part.trim().parse::<i16>().ok());
    let (day, month, year) = (parts.next()??, parts.next()??, parts.next());
    let (day, month) = (i8::try_from(day).ok()?, i8::try_from(month).ok()?);
    match year {
        Some(year) => Date::new(year?, month, day).ok(),
        None => {
            let this_year = Date::new(today.year(), month, day).ok()?;
            if this_year >= today { Some(this_year) } else { this_year.checked_add(1.year()).ok() }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Zoned {
        "2026-11-24T10:00:00+01:00[Europe/Berlin]".parse().unwrap()
    }

    fn shown(at: i64) -> String {
        typed(at, &now())
    }

    #[test]
    fn choices_lie_ahead_in_order() {
        let offered: Vec<(Choice, String)> = choices(&now()).into_iter().map(|(c, at)| (c, shown(at))).collect();
        assert_eq!(
            offered,
            [
                (Choice::InAnHour, "2026-11-24 11:00".to_string()),
                (Choice::ThisEvening, "2026-11-24 18:00".into()),
                (Choice::Tomorrow, "2026-11-25 08:00".into()),
                (Choice::Monday, "2026-11-30 08:00".into()),
            ]
        );
        // Late on a Sunday: no evening is left, and tomorrow is Monday.
        let sunday: Zoned = "2026-11-29T21:30:00+01:00[Europe/Berlin]".parse().unwrap();
        let offered: Vec<Choice> = choices(&sunday).into_iter().map(|(c, _)| c).collect();
        assert_eq!(offered, [Choice::InAnHour, Choice::Tomorrow]);
    }

    #[test]
    fn times_are_read_as_people_type_them() {
        for (text, wanted) in [
            ("2026-11-25 08:00", "2026-11-25 08:00"),
            ("2026-11-25T08:00", "2026-11-25 08:00"),
            ("25.11.2026 8:00", "2026-11-25 08:00"),
            ("25.11., 8:00", "2026-11-25 08:00"),
            ("1.2. 8:00", "2027-02-01 08:00"),
            ("Tomorrow 8:05", "2026-11-25 08:05"),
            ("morgen 18:00", "2026-11-25 18:00"),
            ("18:00", "2026-11-24 18:00"),
            (" 9:00 ", "2026-11-25 09:00"),
            ("+2h", "2026-11-24 12:00"),
            ("+30 min", "2026-11-24 10:30"),
            ("+1d", "2026-11-25 10:00"),
            ("2026-11-24T18:00:00Z", "2026-11-24 19:00"),
        ] {
            assert_eq!(parse(text, &now()).map(shown).as_deref(), Some(wanted), "{text}");
        }
        for bad in
            ["", "soon", "25:00", "8", "8:0x", "+", "+h", "+99999h", "2026-13-01 8:00", "24.11.2026 9:59", "+-1h"]
        {
            assert_eq!(parse(bad, &now()), None, "{bad}");
        }
    }

    #[test]
    fn a_time_survives_being_shown_and_typed() {
        for (_, at) in choices(&now()) {
            assert_eq!(parse(&shown(at), &now()), Some(at));
        }
    }
}
