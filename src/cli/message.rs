//! Messages as the command line lists them.

use super::failure::Failure;
use super::output;
use super::table::Table;
use crate::fl;
use crate::i18n::units;
use crate::service::model::{Address, Flags, ListRow, Row};
use serde_json::{Value, json};

/// The flags in the words of `postwren flag`.
pub fn flag_words(flags: Flags) -> Vec<String> {
    flags.to_imap().iter().map(|flag| flag.trim_start_matches(['\\', '$']).to_lowercase()).collect()
}

/// The flags as a column of letters: new, starred, answered, passed on, draft, deleted.
pub fn flag_letters(flags: Flags) -> String {
    let mut letters = String::from(if flags.contains(Flags::SEEN) { "-" } else { "N" });
    for (flag, letter) in [
        (Flags::FLAGGED, 'F'),
        (Flags::ANSWERED, 'R'),
        (Flags::FORWARDED, 'P'),
        (Flags::DRAFT, 'D'),
        (Flags::DELETED, 'T'),
    ] {
        letters.push(if flags.contains(flag) { letter } else { '-' });
    }
    letters
}

/// Who a message is from, short: the name, else the address.
pub fn people(addresses: &[Address]) -> String {
    let name = |a: &Address| if a.name.is_empty() { a.addr.clone() } else { a.name.clone() };
    addresses.iter().map(name).collect::<Vec<_>>().join(", ")
}

/// Addresses in full: `Name <address>`.
pub fn addresses(addresses: &[Address]) -> String {
    let full = |a: &Address| if a.name.is_empty() { a.addr.clone() } else { format!("{} <{}>", a.name, a.addr) };
    addresses.iter().map(full).collect::<Vec<_>>().join(", ")
}

/// A moment as scripts want it: RFC 3339 in UTC; null where no calendar has it.
pub fn moment(at: i64) -> Value {
    jiff::Timestamp::from_second(at).map_or(Value::Null, |at| Value::String(at.to_string()))
}

/// A row for `--json`.
pub fn to_json(row: &Row, mailbox: &str) -> Value {
    json!({
        "id": row.id,
        "mailbox": mailbox,
        "from": row.from,
        "to": row.to,
        "subject": row.subject,
        "preview": row.preview,
        "date": moment(row.date),
        "flags": flag_words(row.flags),
        "keywords": row.keywords,
        "attachments": row.attachments,
        "size": row.size,
    })
}

/// Rows for people; the first of several parts begins with the headings.
pub fn table(rows: &[Row], now: &jiff::Zoned, first: bool, width: Option<usize>) -> String {
    lines(rows.iter().map(|row| cells(row, now)), first, width)
}

/// Rows of a list, each a message or a conversation.
pub fn list_table(rows: &[ListRow], now: &jiff::Zoned, first: bool, width: Option<usize>) -> String {
    lines(rows.iter().map(|row| list_cells(row, now)), first, width)
}

fn lines(rows: impl Iterator<Item = Vec<String>>, first: bool, width: Option<usize>) -> String {
    let headings = vec![
        fl!("cli-column-id"),
        fl!("cli-column-flags"),
        "@".to_string(),
        fl!("cli-column-date"),
        fl!("cli-column-from"),
        fl!("cli-column-subject"),
    ];
    let mut table = Table::new(headings, &[]);
    rows.for_each(|row| table.row(row));
    let lines = table.render(width);
    match lines.split_once('\n') {
        Some((_, rest)) if !first => rest.to_string(),
        _ => lines,
    }
}

/// A part of a JSON array, from its opening bracket up to its last element; `mailbox` names that of a row.
pub fn json_part<'a>(rows: &[Row], first: bool, mailbox: impl Fn(&Row) -> &'a str) -> Result<String, Failure> {
    let mut out = String::new();
    for (i, row) in rows.iter().enumerate() {
        out.push_str(if first && i == 0 { "[\n" } else { ",\n" });
        out.push_str(&output::to_json(&to_json(row, mailbox(row)))?);
    }
    Ok(out)
}

/// A part of a JSON array, as [`json_part`].
pub fn json_list<'a>(rows: &[ListRow], first: bool, mailbox: impl Fn(&Row) -> &'a str) -> Result<String, Failure> {
    let mut out = String::new();
    for (i, row) in rows.iter().enumerate() {
        out.push_str(if first && i == 0 { "[\n" } else { ",\n" });
        let mut value = to_json(&row.row, mailbox(&row.row));
        if let (Some(conversation), Some(object)) = (&row.conversation, value.as_object_mut()) {
            object.insert("conversation".into(), json!(conversation));
        }
        out.push_str(&output::to_json(&value)?);
    }
    Ok(out)
}

/// A row of a list for people. A conversation has the flags that any of its messages has.
fn list_cells(row: &ListRow, now: &jiff::Zoned) -> Vec<String> {
    let Some(conversation) = &row.conversation else { return cells(&row.row, now) };
    let mut flags = row.row.flags.without(Flags::SEEN);
    for (has, flag) in [
        (conversation.unread == 0, Flags::SEEN),
        (conversation.starred > 0, Flags::FLAGGED),
        (conversation.answered, Flags::ANSWERED),
        (conversation.forwarded, Flags::FORWARDED),
    ] {
        flags = if has { flags.union(flag) } else { flags.without(flag) };
    }
    let attachments =
        if conversation.with_attachments > 0 { conversation.with_attachments.to_string() } else { String::new() };
    let who: Vec<Address> = conversation.participants.iter().map(|p| p.address.clone()).collect();
    let subject = match conversation.count {
        ..=1 => row.row.subject.clone(),
        count => format!("({count}) {}", row.row.subject),
    };
    vec![
        row.row.id.to_string(),
        flag_letters(flags),
        attachments,
        units::short_date(row.row.date, now),
        super::plain::fit(&people(&who), 30),
        subject,
    ]
}

/// A row for people: id, flags, attachments, date, who, what.
pub fn cells(row: &Row, now: &jiff::Zoned) -> Vec<String> {
    let attachments = if row.attachments > 0 { row.attachments.to_string() } else { String::new() };
    vec![
        row.id.to_string(),
        flag_letters(row.flags),
        attachments,
        units::short_date(row.date, now),
        super::plain::fit(&people(&row.from), 30),
        row.subject.clone(),
    ]
}
