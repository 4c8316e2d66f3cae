//! An expression becomes SQL: its words one question to FTS5 where that is possible, the rest conditions on rows.

use super::words::phrase;
use crate::mail::search::{Expression, Field, Filter, Text};
use rusqlite::types::Value;

/// A statement's end with its values.
#[derive(Debug, Default)]
pub struct Compiled {
    /// What FTS5 is asked.
    pub matching: Option<String>,
    /// Conditions on `d` (doc), `m` (message) and `b` (mailbox), joined with AND. `{key}` stands for the rowid.
    pub conditions: Vec<String>,
    /// Of the conditions, in order.
    pub values: Vec<Value>,
}

/// Compiles an expression.
pub fn compile(expression: &Expression) -> Compiled {
    let mut compiled = Compiled::default();
    let parts = match expression {
        Expression::All(list) => list.as_slice(),
        one => std::slice::from_ref(one),
    };
    let (mut with, mut without) = (Vec::new(), Vec::new());
    for part in parts {
        match (question(part), part) {
            (Some(question), _) => with.push(question),
            (None, Expression::Not(inner)) if question(inner).is_some() => without.extend(question(inner)),
            _ => {
                let condition = compiled.condition(part);
                compiled.conditions.push(condition);
            }
        }
    }
    if with.is_empty() {
        for question in without {
            compiled.values.push(Value::Text(question));
            compiled.conditions.push(format!("NOT {FOUND}"));
        }
        return compiled;
    }
    let mut question = with.join(" AND ");
    for one in without {
        question = format!("({question}) NOT {one}");
    }
    compiled.matching = Some(question);
    compiled
}

const FOUND: &str = "d.key IN (SELECT rowid FROM word WHERE word MATCH ?)";

/// The question that finds just these, where FTS5 alone can answer it.
fn question(expression: &Expression) -> Option<String> {
    match expression {
        Expression::Text(text) => Some(words(text)),
        Expression::Any(list) => joined(list, " OR "),
        Expression::All(list) => joined(list, " AND "),
        Expression::Not(_) | Expression::Filter(_) => None,
    }
}

fn joined(list: &[Expression], with: &str) -> Option<String> {
    let parts: Option<Vec<String>> = list.iter().map(question).collect();
    parts.filter(|p| !p.is_empty()).map(|p| format!("({})", p.join(with)))
}

fn words(text: &Text) -> String {
    let column = match text.field {
        Field::Anywhere => "",
        Field::From => "sender : ",
        Field::To => "recipient : ",
        Field::Subject => "subject : ",
        Field::Body => "body : ",
        Field::FileName => "files : ",
    };
    format!("({column}{})", phrase(&text.words, text.prefix))
}

impl Compiled {
    /// The same as a condition, for what FTS5 cannot answer.
    fn condition(&mut self, expression: &Expression) -> String {
        if let Some(question) = question(expression) {
            self.values.push(Value::Text(question));
            return FOUND.into();
        }
        match expression {
            Expression::All(list) => self.list(list, " AND ", "1"),
            Expression::Any(list) => self.list(list, " OR ", "0"),
            Expression::Not(inner) => format!("NOT ({})", self.condition(inner)),
            Expression::Filter(filter) => self.filter(filter),
            // Answered above.
            Expression::Text(_) => "1".into(),
        }
    }

    fn list(&mut self, list: &[Expression], with: &str, empty: &str) -> String {
        let parts: Vec<String> = list.iter().map(|one| self.condition(one)).collect();
        if parts.is_empty() { empty.into() } else { format!("({})", parts.join(with)) }
    }

    fn filter(&mut self, filter: &Filter) -> String {
        let number = |n: u64| Value::Integer(i64::try_from(n).unwrap_or(i64::MAX));
        let (condition, value) = match filter {
            // Rowids begin with the date: FTS5 reads no farther than it must.
            Filter::Before(at) => ("{key} < ?", Value::Integer(super::first_key(*at))),
            Filter::Since(at) => ("{key} >= ?", Value::Integer(super::first_key(*at))),
            Filter::Larger(size) => ("m.size > ?", number(*size)),
            Filter::Smaller(size) => ("m.size < ?", number(*size)),
            Filter::Flag { flag, set: true } => ("m.flags & ? <> 0", Value::Integer(flag.0.into())),
            Filter::Flag { flag, set: false } => ("m.flags & ? = 0", Value::Integer(flag.0.into())),
            Filter::Attachment => return "m.attachments > 0".into(),
            Filter::Account(name) => ("b.account = ? COLLATE NOCASE", Value::Text(name.clone())),
            Filter::In(name) => {
                let pattern = format!("%/{}", escaped(name));
                let values = [name.clone(), escaped(name), pattern];
                self.values.extend(values.map(Value::Text));
                return "(b.role = lower(?) OR b.path LIKE ? ESCAPE '\\' OR b.path LIKE ? ESCAPE '\\')".into();
            }
        };
        self.values.push(value);
        condition.into()
    }
}

/// Text for LIKE in which nothing has a meaning.
fn escaped(text: &str) -> String {
    text.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_")
}
