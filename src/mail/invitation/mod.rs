//! Invitations and other calendar messages (RFC 5545, 5546, 6047), read by calcard into a card: what, when, where,
//! who, how often. Facts only: the faces choose words, and nothing is ever answered or fetched by itself.

mod read;
mod recurrence;
#[cfg(test)]
mod tests;
mod when;

use crate::mail::address::Address;
use serde::Serialize;

pub(crate) use read::read;

/// Bytes of a calendar that are read.
pub const MAX_CALENDAR: usize = 512 << 10;

/// Events and attendees that are told.
pub const MAX_EVENTS: usize = 20;
pub const MAX_ATTENDEES: usize = 500;

/// A calendar message.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Invitation {
    pub method: Method,
    /// What it is about; several for a series with exceptions, or a published calendar.
    pub events: Vec<Event>,
    /// There were more events or attendees than are told.
    pub shortened: bool,
}

/// What the sender wants with it (RFC 5546, 1.4).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Method {
    /// For information, to nobody in particular; also where none is named.
    #[default]
    Publish,
    /// An invitation, or news of one.
    Request,
    /// An answer to an invitation.
    Reply,
    Add,
    /// It is called off.
    Cancel,
    Refresh,
    /// An attendee proposes something else.
    Counter,
    /// The organiser declines such a proposal.
    DeclineCounter,
}

/// An event, a task or another thing of a calendar.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Event {
    pub kind: EventKind,
    pub uid: Option<String>,
    /// Grows with each change that the organiser makes.
    pub sequence: u32,
    pub summary: String,
    pub description: String,
    pub location: String,
    /// Where an online meeting is held; http and https only.
    pub conference: Option<String>,
    pub start: Option<When>,
    /// The first moment after it; of whole days the first day after it. Reckoned where only a duration is given.
    pub end: Option<When>,
    /// When a task is due.
    pub due: Option<When>,
    pub status: EventStatus,
    pub organiser: Option<Address>,
    pub attendees: Vec<Attendee>,
    pub recurrence: Option<Recurrence>,
    /// It changes or calls off this one of a series.
    pub occurrence: Option<When>,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventKind {
    #[default]
    Event,
    Task,
    Journal,
    FreeBusy,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum EventStatus {
    /// Nothing is said.
    #[default]
    Unsaid,
    Tentative,
    Confirmed,
    Cancelled,
    NeedsAction,
    Completed,
    InProcess,
}

/// A day or a moment, as it was written and, where its zone is known, as an instant.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct When {
    /// On the clock of [`When::zone`]; midnight for a whole day.
    #[serde(serialize_with = "when::as_text")]
    pub clock: jiff::civil::DateTime,
    /// A day, without a time.
    pub all_day: bool,
    pub zone: Zone,
    /// Unix seconds; none for floating times, whole days and unknown zones.
    pub at: Option<i64>,
}

/// Which clock a time is on.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Zone {
    Utc,
    /// On whichever clock the person looks at (RFC 5545, 3.3.5, form 1).
    Floating,
    /// An IANA name such as `Europe/Berlin`; names of Windows are translated.
    Named(String),
    /// A zone that nobody knows, as it was named.
    Unknown(String),
}

/// Who is invited.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Attendee {
    pub person: Address,
    pub role: AttendeeRole,
    pub answer: Answer,
    pub kind: AttendeeKind,
    /// An answer is asked for.
    pub rsvp: bool,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttendeeRole {
    Chair,
    #[default]
    Required,
    Optional,
    /// For information only.
    Informed,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Answer {
    #[default]
    NeedsAction,
    Accepted,
    Declined,
    Tentative,
    Delegated,
    Completed,
    InProcess,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum AttendeeKind {
    #[default]
    Person,
    Group,
    Resource,
    Room,
}

/// How often something happens (RFC 5545, 3.3.10), in the facts that a sentence can be made of.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize)]
pub struct Recurrence {
    pub every: Frequency,
    /// Every so many of them; at least 1.
    pub interval: u16,
    /// How often at most.
    pub count: Option<u32>,
    /// Not after this.
    pub until: Option<When>,
    pub weekdays: Vec<NthWeekday>,
    /// Days of the month; negative ones count from its end.
    pub month_days: Vec<i8>,
    /// 1 is January.
    pub months: Vec<u8>,
    /// The rule says more than is told here (times of day, weeks, days of the year, positions).
    pub more: bool,
    /// How many occurrences are left out.
    pub left_out: usize,
    /// How many are added beside the rule.
    pub added: usize,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Frequency {
    Secondly,
    Minutely,
    Hourly,
    #[default]
    Daily,
    Weekly,
    Monthly,
    Yearly,
}

/// A weekday, perhaps the n-th of the month or year; negative ones count from its end.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct NthWeekday {
    pub nth: Option<i16>,
    /// 1 is Monday (ISO 8601).
    pub weekday: u8,
}
