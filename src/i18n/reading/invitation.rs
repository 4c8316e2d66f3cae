//! Calendar messages in words.

use crate::fl;
use crate::i18n::units;
use crate::mail::invitation::{Answer, Event, Frequency, Invitation, Method, NthWeekday, Recurrence, When, Zone};
use jiff::Zoned;

/// What the sender wants with it, a heading.
pub fn heading(invitation: &Invitation) -> String {
    match invitation.method {
        Method::Publish => fl!("invitation-publish"),
        Method::Request => fl!("invitation-request"),
        Method::Reply => fl!("invitation-reply"),
        Method::Add => fl!("invitation-add"),
        Method::Cancel => fl!("invitation-cancel"),
        Method::Refresh => fl!("invitation-refresh"),
        Method::Counter => fl!("invitation-counter"),
        Method::DeclineCounter => fl!("invitation-decline-counter"),
    }
}

/// When it is: in the person's zone where that is known, with the zone it was written in where that is another.
pub fn when(event: &Event, now: &Zoned) -> Option<String> {
    let start = event.start.as_ref().or(event.due.as_ref())?;
    let from = shown(start, now)?;
    let to = event.end.as_ref().filter(|end| *end != start).and_then(|end| last(start, end, now));
    let span = match to {
        Some(to) if to != from => fl!("invitation-span", from = from, to = to),
        _ => from,
    };
    Some(match &start.zone {
        Zone::Named(name) if now.time_zone().iana_name() != Some(name) => {
            fl!("invitation-in-zone", span = span, zone = name.as_str())
        }
        Zone::Unknown(name) => fl!("invitation-unknown-zone", span = span, zone = name.as_str()),
        _ => span,
    })
}

fn shown(when: &When, now: &Zoned) -> Option<String> {
    let at = instant(when, now)?;
    Some(if when.all_day { units::day(at, now) } else { units::full_date(at, now) })
}

/// The end as people tell it: of whole days the last one, not the one after; on the same day the time alone.
fn last(start: &When, end: &When, now: &Zoned) -> Option<String> {
    if start.all_day && end.all_day {
        let at = end.clock.checked_sub(jiff::SignedDuration::from_hours(24)).ok()?;
        return shown(&When { clock: at, ..end.clone() }, now);
    }
    let (day, whole) = (units::day(instant(start, now)?, now), shown(end, now)?);
    Some(whole.strip_prefix(&day).map_or(whole.clone(), |time| time.trim_start_matches([',', ' ']).to_string()))
}

/// Times without a zone are on the person's own clock.
fn instant(when: &When, now: &Zoned) -> Option<i64> {
    let own = || when.clock.to_zoned(now.time_zone().clone()).ok().map(|zoned| zoned.timestamp().as_second());
    when.at.or_else(own)
}

/// How often, a sentence without its point.
pub fn recurrence(rule: &Recurrence, now: &Zoned) -> String {
    let n = i64::from(rule.interval);
    let mut words = match rule.every {
        Frequency::Secondly | Frequency::Minutely | Frequency::Hourly => fl!("recurrence-often"),
        Frequency::Daily => fl!("recurrence-daily", n = n),
        Frequency::Weekly => fl!("recurrence-weekly", n = n),
        Frequency::Monthly => fl!("recurrence-monthly", n = n),
        Frequency::Yearly => fl!("recurrence-yearly", n = n),
    };
    if !rule.weekdays.is_empty() {
        let days: Vec<String> = rule.weekdays.iter().take(7).map(|day| weekday(*day)).collect();
        words = fl!("recurrence-on", rule = words, days = days.join(", "));
    }
    if !rule.month_days.is_empty() {
        let days: Vec<String> =
            rule.month_days.iter().take(31).filter(|day| **day > 0).map(|day| day.to_string()).collect();
        if !days.is_empty() {
            words = fl!("recurrence-month-days", rule = words, days = days.join(", "));
        }
    }
    if let Some(count) = rule.count {
        words = fl!("recurrence-count", rule = words, count = i64::from(count));
    }
    if let Some(until) = rule.until.as_ref().and_then(|until| instant(until, now)) {
        words = fl!("recurrence-until", rule = words, day = units::day(until, now));
    }
    if rule.left_out > 0 {
        words = fl!("recurrence-left-out", rule = words, count = i64::try_from(rule.left_out).unwrap_or(i64::MAX));
    }
    if rule.more || rule.added > 0 {
        words = fl!("recurrence-more", rule = words);
    }
    words
}

fn weekday(day: NthWeekday) -> String {
    let name = match day.weekday {
        1 => fl!("weekday-monday"),
        2 => fl!("weekday-tuesday"),
        3 => fl!("weekday-wednesday"),
        4 => fl!("weekday-thursday"),
        5 => fl!("weekday-friday"),
        6 => fl!("weekday-saturday"),
        _ => fl!("weekday-sunday"),
    };
    match day.nth {
        None => name,
        Some(-1) => fl!("recurrence-last", day = name),
        Some(nth) if nth < 0 => fl!("recurrence-nth-last", nth = i64::from(nth).abs(), day = name),
        Some(nth) => fl!("recurrence-nth", nth = i64::from(nth), day = name),
    }
}

/// What an attendee answered, one or two words.
pub fn answer(answer: Answer) -> String {
    match answer {
        Answer::NeedsAction => fl!("answer-none"),
        Answer::Accepted => fl!("answer-accepted"),
        Answer::Declined => fl!("answer-declined"),
        Answer::Tentative => fl!("answer-tentative"),
        Answer::Delegated => fl!("answer-delegated"),
        Answer::Completed => fl!("answer-completed"),
        Answer::InProcess => fl!("answer-in-process"),
    }
}
