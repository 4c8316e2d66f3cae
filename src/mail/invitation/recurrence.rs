//! How often something happens.

use super::when::Zones;
use super::{Frequency, NthWeekday, Recurrence};
use calcard::icalendar::{
    ICalendarComponent, ICalendarFrequency, ICalendarProperty, ICalendarRecurrenceRule, ICalendarValue,
    ICalendarWeekday,
};

/// The rule of an event; `None` where it happens once.
pub(super) fn of(component: &ICalendarComponent, zones: &Zones<'_>) -> Option<Recurrence> {
    let rules: Vec<&ICalendarRecurrenceRule> = component
        .properties(&ICalendarProperty::Rrule)
        .filter_map(|entry| match entry.values.first() {
            Some(ICalendarValue::RecurrenceRule(rule)) => Some(&**rule),
            _ => None,
        })
        .take(2)
        .collect();
    let count = |property| component.properties(&property).map(|entry| entry.values.len()).sum::<usize>();
    let (left_out, added) = (count(ICalendarProperty::Exdate), count(ICalendarProperty::Rdate));
    let Some(rule) = rules.first() else {
        return (added > 0).then(|| Recurrence { interval: 1, more: true, left_out, added, ..Recurrence::default() });
    };
    let told = !rule.bysecond.is_empty()
        || !rule.byminute.is_empty()
        || !rule.byhour.is_empty()
        || !rule.byyearday.is_empty()
        || !rule.byweekno.is_empty()
        || !rule.bysetpos.is_empty();
    Some(Recurrence {
        every: frequency(rule.freq),
        interval: rule.interval.unwrap_or(1).max(1),
        count: rule.count,
        until: rule.until.as_ref().and_then(|until| zones.of_parts(until, None)),
        weekdays: rule.byday.iter().map(|day| NthWeekday { nth: day.ordwk, weekday: weekday(day.weekday) }).collect(),
        month_days: rule.bymonthday.clone(),
        months: rule.bymonth.iter().map(|month| month.month()).collect(),
        more: told || rules.len() > 1,
        left_out,
        added,
    })
}

fn frequency(freq: ICalendarFrequency) -> Frequency {
    match freq {
        ICalendarFrequency::Yearly => Frequency::Yearly,
        ICalendarFrequency::Monthly => Frequency::Monthly,
        ICalendarFrequency::Weekly => Frequency::Weekly,
        ICalendarFrequency::Daily => Frequency::Daily,
        ICalendarFrequency::Hourly => Frequency::Hourly,
        ICalendarFrequency::Minutely => Frequency::Minutely,
        ICalendarFrequency::Secondly => Frequency::Secondly,
    }
}

fn weekday(day: ICalendarWeekday) -> u8 {
    match day {
        ICalendarWeekday::Monday => 1,
        ICalendarWeekday::Tuesday => 2,
        ICalendarWeekday::Wednesday => 3,
        ICalendarWeekday::Thursday => 4,
        ICalendarWeekday::Friday => 5,
        ICalendarWeekday::Saturday => 6,
        ICalendarWeekday::Sunday => 7,
    }
}
