//! Dates as people type them.

use jiff::civil::Date;
use jiff::{Span, ToSpan, Zoned};

/// The days that a word means, as Unix times of its begin and its end; none where it is no date.
pub fn days(word: &str, now: &Zoned) -> Option<(i64, i64)> {
    let today = now.date();
    let (first, next) = match word.to_lowercase().as_str() {
        "today" => (today, today.checked_add(1.day()).ok()?),
        "yesterday" => (today.checked_sub(1.day()).ok()?, today),
        other => relative(other, today).or_else(|| calendar(other))?,
    };
    let start = |date: Date| Some(date.to_zoned(now.time_zone().clone()).ok()?.timestamp().as_second());
    Some((start(first)?, start(next)?))
}

/// `7d`, `2w`, `3m`, `1y`: since so long ago, until now.
fn relative(word: &str, today: Date) -> Option<(Date, Date)> {
    let unit = word.chars().last()?;
    let number: i32 = word.strip_suffix(unit)?.parse().ok().filter(|n| (0..=10_000).contains(n))?;
    let span: Span = match unit {
        'd' => Span::new().try_days(number).ok()?,
        'w' => Span::new().try_weeks(number).ok()?,
        'm' => Span::new().try_months(number).ok()?,
        'y' => Span::new().try_years(number).ok()?,
        _ => return None,
    };
    Some((today.checked_sub(span).ok()?, today.checked_add(1.day()).ok()?))
}

/// `2026`, `2026-11`, `2026-11-24`, with `/` or `.` as well.
fn calendar(word: &str) -> Option<(Date, Date)> {
    let mut parts = word.split(['-', '/', '.']);
    let year: i16 = parts.next().filter(|y| y.len() == 4)?.parse().ok()?;
    let number = |part: Option<&str>| -> Option<Option<i8>> {
        part.filter(|p| !p.is_empty()).map_or(Some(None), |p| p.parse().ok().map(Some))
    };
    let (month, day) = (number(parts.next())?, number(parts.next())?);
    if parts.next().is_some() {
        return None;
    }
    let first = Date::new(year, month.unwrap_or(1), day.unwrap_or(1)).ok()?;
    let next = match (month, day) {
        (_, Some(_)) => first.checked_add(1.day()),
        (Some(_), None) => first.checked_add(1.month()),
        (None, None) => first.checked_add(1.year()),
    };
    Some((first, next.ok()?))
}
