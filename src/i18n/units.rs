//! Sizes, counts and dates as people read them, in the chosen language.

use crate::fl;
use jiff::Zoned;
use jiff::civil::Weekday;

/// A number with its digits in groups: “48 203” (German “48.203”).
pub fn count(n: u64) -> String {
    group(&n.to_string(), &fl!("unit-group"))
}

/// Digits in groups of three from the right.
fn group(digits: &str, separator: &str) -> String {
    let mut out = String::with_capacity(digits.len() + digits.len() / 3);
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            out.push_str(separator);
        }
        out.push(digit);
    }
    out
}

/// A size in decimal units, as file managers and providers count: “812 kB”, “1.4 MB”.
pub fn size(bytes: u64) -> String {
    const UNITS: [&str; 5] = ["kB", "MB", "GB", "TB", "PB"];
    if bytes < 1000 {
        return fl!("unit-bytes", count = bytes);
    }
    // In tenths of the unit, rounded half up, in whole numbers: 999 950 must become “1.0 MB”, not “1000.0 kB”.
    let mut divisor: u64 = 1000;
    let mut unit = 0;
    while unit + 1 < UNITS.len() && rounded(bytes, divisor) >= 1000 {
        divisor *= 1000;
        unit += 1;
    }
    let tenths = rounded_tenths(bytes, divisor);
    // kB are small enough that their tenths tell nobody anything.
    let number = if unit == 0 || tenths >= 1000 {
        count(rounded(bytes, divisor))
    } else {
        format!("{}{}{}", tenths / 10, fl!("unit-decimal"), tenths % 10)
    };
    format!("{number}\u{a0}{}", UNITS[unit])
}

fn rounded(bytes: u64, divisor: u64) -> u64 {
    bytes.saturating_add(divisor / 2) / divisor
}

fn rounded_tenths(bytes: u64, divisor: u64) -> u64 {
    rounded(bytes, divisor / 10)
}

/// How many things a second: “2 410/s”.
pub fn rate(per_second: u64) -> String {
    fl!("unit-rate", rate = count(per_second))
}

/// “1 message”, “48 203 messages”.
pub fn messages(n: u64) -> String {
    fl!("unit-messages", count = n, shown = count(n))
}

/// A moment for a list row: the time today, “Yesterday”, the weekday within a week, then the date.
///
/// `at` is in Unix seconds; what no calendar can hold is an empty string.
pub fn short_date(at: i64, now: &Zoned) -> String {
    let Some(then) = local(at, now) else { return String::new() };
    let days = now.date().since(then.date()).map_or(i32::MAX, |span| span.get_days());
    match days {
        0 => time(&then),
        1 => fl!("date-yesterday"),
        2..=6 => weekday(then.weekday()),
        _ if then.year() == now.year() => {
            fl!("date-day-month", day = i64::from(then.day()), month = month(then.month()))
        }
        _ => date(&then),
    }
}

/// The day of a moment as a heading: “Today”, “Yesterday”, the weekday within a week, then the date.
pub fn day_name(at: i64, now: &Zoned) -> String {
    match local(at, now).map(|then| then.date() == now.date()) {
        Some(true) => fl!("day-today"),
        _ => short_date(at, now),
    }
}

/// Whether two moments are of one day.
pub fn same_day(one: i64, other: i64, now: &Zoned) -> bool {
    local(one, now).map(|then| then.date()) == local(other, now).map(|then| then.date())
}

/// A moment in full: “Mon 23 Nov 2026, 09:42”.
pub fn full_date(at: i64, now: &Zoned) -> String {
    local(at, now).map(|then| in_full(&then)).unwrap_or_default()
}

/// As [`full_date`], with the zone it is told in: “Mon 23 Nov 2026, 09:42 +01:00”.
pub fn full_date_with_zone(at: i64, now: &Zoned) -> String {
    local(at, now).map(|then| format!("{} {}", in_full(&then), then.strftime("%:z"))).unwrap_or_default()
}

/// A day in full: “Mon 23 Nov 2026”.
pub fn day(at: i64, now: &Zoned) -> String {
    local(at, now).map(|then| day_of(&then)).unwrap_or_default()
}

/// A moment ahead: “today, 18:00”, “tomorrow, 08:00”, “Mon 30 Nov, 08:00”; in another year with the year.
pub fn moment(at: i64, now: &Zoned) -> String {
    let Some(then) = local(at, now) else { return String::new() };
    let day = match then.date().since(now.date()).map_or(i32::MAX, |span| span.get_days()) {
        0 => fl!("date-today"),
        1 => fl!("date-tomorrow"),
        _ if then.year() == now.year() => fl!(
            "date-weekday-day-month",
            weekday = weekday(then.weekday()),
            day = i64::from(then.day()),
            month = month(then.month())
        ),
        _ => day_of(&then),
    };
    format!("{day}, {}", time(&then))
}

/// How long ago something was, for status lines: “just now”, “12 s ago”, “5 min ago”, then a date.
pub fn ago(at: i64, now: &Zoned) -> String {
    let seconds = now.timestamp().as_second().saturating_sub(at);
    match seconds {
        ..=1 => fl!("date-just-now"),
        2..=59 => fl!("date-seconds-ago", count = seconds),
        60..=3599 => {
            let minutes = seconds / 60;
            fl!("date-minutes-ago", count = minutes)
        }
        _ => short_date(at, now),
    }
}

fn local(at: i64, now: &Zoned) -> Option<Zoned> {
    Some(jiff::Timestamp::from_second(at).ok()?.to_zoned(now.time_zone().clone()))
}

/// “23 Nov 2026”.
pub(super) fn date(at: &Zoned) -> String {
    let (day, month, year) = (i64::from(at.day()), month(at.month()), at.year().to_string());
    fl!("date-day-month-year", day = day, month = month, year = year)
}

pub(super) fn time(at: &Zoned) -> String {
    format!("{:02}:{:02}", at.hour(), at.minute())
}

pub(super) fn in_full(at: &Zoned) -> String {
    format!("{}, {}", day_of(at), time(at))
}

fn day_of(at: &Zoned) -> String {
    fl!(
        "date-full",
        weekday = weekday(at.weekday()),
        day = i64::from(at.day()),
        month = month(at.month()),
        year = at.year().to_string()
    )
}

fn weekday(day: Weekday) -> String {
    match day {
        Weekday::Monday => fl!("date-monday"),
        Weekday::Tuesday => fl!("date-tuesday"),
        Weekday::Wednesday => fl!("date-wednesday"),
        Weekday::Thursday => fl!("date-thursday"),
        Weekday::Friday => fl!("date-friday"),
        Weekday::Saturday => fl!("date-saturday"),
        Weekday::Sunday => fl!("date-sunday"),
    }
}

fn month(month: i8) -> String {
    match month {
        1 => fl!("date-january"),
        2 => fl!("date-february"),
        3 => fl!("date-march"),
        4 => fl!("date-april"),
        5 => fl!("date-may"),
        6 => fl!("date-june"),
        7 => fl!("date-july"),
        8 => fl!("date-august"),
        9 => fl!("date-september"),
        10 => fl!("date-october"),
        11 => fl!("date-november"),
        _ => fl!("date-december"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn now() -> Zoned {
        "2026-11-24T10:00:00+01:00[Europe/Berlin]".parse().expect("a moment")
    }

    fn at(text: &str) -> i64 {
        text.parse::<jiff::Timestamp>().expect("a moment").as_second()
    }

    #[test]
    fn counts_are_grouped() {
        let shown = [0, 999, 1000, 48_203, 1_000_000].map(count);
        assert_eq!(shown, ["0", "999", "1\u{202f}000", "48\u{202f}203", "1\u{202f}000\u{202f}000"]);
    }

    #[test]
    fn sizes_carry_what_a_person_compares() {
        let shown = [0, 1, 999, 1000, 811_600, 999_499, 999_500, 1_400_000, 99_950_000, 150_000_000, 6_100_000_000];
        let expected =
            ["0 B", "1 B", "999 B", "1 kB", "812 kB", "999 kB", "1.0 MB", "1.4 MB", "100 MB", "150 MB", "6.1 GB"];
        assert_eq!(shown.map(|n| size(n).replace('\u{a0}', " ")), expected);
        assert!(size(u64::MAX).ends_with("PB"));
    }

    #[test]
    fn dates_are_as_short_as_they_can_be() {
        let now = now();
        let shown = [
            ("2026-11-24T08:42:00Z", "09:42"),
            ("2026-11-24T20:00:00Z", "21:00"),
            ("2026-11-23T22:59:00Z", "Yesterday"),
            ("2026-11-23T23:00:00Z", "00:00"),
            ("2026-11-20T08:00:00Z", "Fri"),
            ("2026-11-18T08:00:00Z", "Wed"),
            ("2026-11-17T08:00:00Z", "17 Nov"),
            ("2025-12-31T08:00:00Z", "31 Dec 2025"),
            ("2027-03-01T08:00:00Z", "1 Mar 2027"),
        ];
        for (moment, expected) in shown {
            assert_eq!(short_date(at(moment), &now), expected, "{moment}");
        }
        assert_eq!(full_date(at("2026-11-23T08:42:00Z"), &now), "Mon 23 Nov 2026, 09:42");
        assert_eq!(full_date_with_zone(at("2026-11-23T08:42:00Z"), &now), "Mon 23 Nov 2026, 09:42 +01:00");
        assert_eq!(short_date(i64::MAX, &now), "");
    }

    #[test]
    fn the_recent_past_is_told_by_its_distance() {
        let now = now();
        let before = |seconds: i64| ago(now.timestamp().as_second() - seconds, &now);
        assert_eq!([-5, 0, 12, 61, 3599].map(before), ["just now", "just now", "12 s ago", "1 min ago", "59 min ago"]);
        assert_eq!(before(4000), "08:53");
    }
}
