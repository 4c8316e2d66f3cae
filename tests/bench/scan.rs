//! A plain scan: every message read, taken apart into words and held against an expression, without any index. What
//! it finds is what a search must find.

use postwren::mail::ids::MessageId;
use postwren::mail::mime::searchable;
use postwren::mail::search::{Expression, Field, Filter, Text};
use postwren::storage::{ListQuery, Query};
use postwren::storage::{Store, StoredMailbox};
use std::collections::BTreeSet;

/// Messages of a round.
const ROUND: u64 = 10_000;

/// The words of a message, by where they stand: sender, recipients, subject, body, files, the rest.
struct Words {
    fields: [Vec<String>; 6],
    date: i64,
}

/// What each of these finds among the messages of a mailbox.
pub fn find(store: &Store, mailbox: &StoredMailbox, expressions: &[Expression]) -> Vec<BTreeSet<MessageId>> {
    let query = ListQuery {
        of: Query::Mailbox(mailbox.id),
        threaded: false,
        sort: Default::default(),
        filter: Default::default(),
    };
    let mut found = vec![BTreeSet::new(); expressions.len()];
    let mut start = 0;
    while start < mailbox.total {
        let rows = store.list(&query, start..start + ROUND).expect("rows").rows;
        start += ROUND;
        let rows: Vec<(MessageId, i64)> = rows.into_iter().map(|row| (row.row.id, row.row.date)).collect();
        let halves = rows.chunks(rows.len().div_ceil(2).max(1));
        let parts: Vec<Vec<(usize, MessageId)>> = std::thread::scope(|scope| {
            let scans: Vec<_> = halves.map(|half| scope.spawn(|| scan(store, half, expressions))).collect();
            scans.into_iter().map(|scan| scan.join().expect("a scan")).collect()
        });
        for (at, id) in parts.into_iter().flatten() {
            found[at].insert(id);
        }
    }
    found
}

fn scan(store: &Store, rows: &[(MessageId, i64)], expressions: &[Expression]) -> Vec<(usize, MessageId)> {
    let mut found = Vec::new();
    for (id, date) in rows {
        let words = Words::of(&store.raw(*id).expect("a message"), *date);
        found.extend((0..expressions.len()).filter(|at| words.are(&expressions[*at])).map(|at| (at, *id)));
    }
    found
}

impl Words {
    fn of(raw: &[u8], date: i64) -> Words {
        let text = searchable(raw);
        let fields = [text.from, text.to, text.subject, text.body, text.files, text.message_id];
        Words { fields: fields.map(|field| words(&field)), date }
    }

    fn are(&self, expression: &Expression) -> bool {
        match expression {
            Expression::All(list) => list.iter().all(|one| self.are(one)),
            Expression::Any(list) => list.iter().any(|one| self.are(one)),
            Expression::Not(inner) => !self.are(inner),
            Expression::Text(text) => self.have(text),
            Expression::Filter(Filter::Before(at)) => self.date < *at,
            Expression::Filter(Filter::Since(at)) => self.date >= *at,
            Expression::Filter(other) => panic!("{other:?} is not scanned for"),
        }
    }

    fn have(&self, text: &Text) -> bool {
        let wanted = words(&text.words);
        let is_it = |(at, words): (usize, &[String])| {
            let last = at + 1 == wanted.len();
            words
                .get(at)
                .is_some_and(|w| if last && text.prefix { w.starts_with(&wanted[at]) } else { *w == wanted[at] })
        };
        let stands = |field: &Vec<String>| {
            field.windows(wanted.len()).any(|window| (0..wanted.len()).all(|at| is_it((at, window))))
        };
        match text.field {
            Field::Anywhere => self.fields.iter().any(stands),
            Field::From => stands(&self.fields[0]),
            Field::To => stands(&self.fields[1]),
            Field::Subject => stands(&self.fields[2]),
            Field::Body => stands(&self.fields[3]),
            Field::FileName => stands(&self.fields[4]),
        }
    }
}

/// Runs of letters and digits in lower case; each sign of a script without spaces by itself.
fn words(text: &str) -> Vec<String> {
    let (mut all, mut word) = (Vec::new(), String::new());
    for c in text.chars() {
        let alone = matches!(u32::from(c), 0x0E00..=0x0FFF | 0x3041..=0x30FF | 0x3400..=0x4DBF | 0x4E00..=0x9FFF | 0xAC00..=0xD7AF);
        if alone || !c.is_alphanumeric() {
            if !word.is_empty() {
                all.push(std::mem::take(&mut word));
            }
            if alone && c.is_alphanumeric() {
                all.push(c.into());
            }
        } else {
            word.extend(c.to_lowercase());
        }
    }
    if !word.is_empty() {
        all.push(word);
    }
    all
}
