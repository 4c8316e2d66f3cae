//! Messages as the command line lists them.

use super::failure::Failure;
use super::output;
use super::table::Table;
use crate::fl;
use crate::i18n::units;
use crate::service::model::{Address, Flags, Row};
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
    let headings = vec![
        fl!("cli-column-id"),
        fl!("cli-column-flags"),
        "@".to_string(),
        fl!("cli-column-date"),
        fl!("cli-column-from"),
        fl!("cli-column-subject"),
    ];
    let mut table = Table::new(headings, &[]);
    rows.iter().for_each(|row| table.row(cells(row, now)));
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
