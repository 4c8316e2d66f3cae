//! A typed line becomes an [`Expression`].

use super::{Expression, Field, Filter, Text, date};
use crate::mail::flags::Flags;
use jiff::Zoned;

/// Longer lines are cut: no person types them.
const LONGEST: usize = 2000;
/// Deeper parentheses are passed over.
const DEEPEST: usize = 20;

/// Reads a line. Dates are those of `now`'s time zone. With `typing` the last word may go on.
pub fn parse(line: &str, now: &Zoned, typing: bool) -> Expression {
    let line = crate::mail::text::truncate(line, LONGEST);
    let mut reader = Reader { tokens: tokens(line, typing), at: 0, now };
    let mut all = Vec::new();
    while reader.at < reader.tokens.len() {
        match reader.alternatives(0) {
            Expression::All(list) => all.extend(list),
            one => all.push(one),
        }
        // A closing parenthesis too many.
        reader.at = reader.at.saturating_add(1);
    }
    joined(all)
}

#[derive(Clone, Debug, PartialEq, Eq)]
enum Token {
    Open,
    Close,
    Minus,
    Word(Word),
}

/// A word with what stands before its colon.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Word {
    operator: Option<String>,
    value: String,
    quoted: bool,
    prefix: bool,
}

fn tokens(line: &str, typing: bool) -> Vec<Token> {
    let mut found = Vec::new();
    let mut rest = line.trim_start();
    while let Some(first) = rest.chars().next() {
        rest = match first {
            '(' | ')' => {
                found.push(if first == '(' { Token::Open } else { Token::Close });
                rest.get(1..).unwrap_or_default()
            }
            '-' => {
                found.push(Token::Minus);
                rest.get(1..).unwrap_or_default()
            }
            _ => {
                let (word, after) = word(rest);
                found.push(Token::Word(word));
                after
            }
        }
        .trim_start();
    }
    let goes_on = typing && !line.ends_with([' ', '"', ')', '\t']);
    if let (true, Some(Token::Word(last))) = (goes_on, found.last_mut()) {
        // Half of all mail has a word that begins with a given letter: to find it all would take long, and help nobody.
        last.prefix = !last.quoted && last.value.len() > 1;
    }
    found
}

/// The word that a line begins with, and what follows.
fn word(line: &str) -> (Word, &str) {
    let end = |text: &str| text.find(|c: char| c.is_whitespace() || matches!(c, '"' | '(' | ')')).unwrap_or(text.len());
    let (head, rest) = line.split_at(end(line));
    let (operator, value, rest) = match head.split_once(':') {
        Some((operator, value)) if is_operator(operator) => (Some(operator.to_lowercase()), value, rest),
        _ => (None, head, rest),
    };
    if let Some(quoted) = rest.strip_prefix('"').filter(|_| value.is_empty()) {
        let (inside, after) = quoted.split_once('"').unwrap_or((quoted, ""));
        return (Word { operator, value: inside.into(), quoted: true, prefix: false }, after);
    }
    let whole = value.strip_suffix('*');
    let prefix = whole.is_some();
    (Word { operator, value: whole.unwrap_or(value).into(), quoted: false, prefix }, rest)
}

fn is_operator(word: &str) -> bool {
    const OPERATORS: [&str; 17] = [
        "from", "to", "cc", "subject", "body", "filename", "before", "after", "since", "on", "larger", "smaller", "is",
        "has", "in", "account", "date",
    ];
    OPERATORS.iter().any(|operator| operator.eq_ignore_ascii_case(word))
}

struct Reader<'a> {
    tokens: Vec<Token>,
    at: usize,
    now: &'a Zoned,
}

impl Reader<'_> {
    fn peek(&self) -> Option<&Token> {
        self.tokens.get(self.at)
    }
    fn take_keyword(&mut self, keyword: &str) -> bool {
        let is_it =
            matches!(self.peek(), Some(Token::Word(w)) if !w.quoted && w.operator.is_none() && w.value == keyword);
        if is_it {
            self.at = self.at.saturating_add(1);
        }
        is_it
    }

    /// `a b OR c`: binds weaker than standing beside each other.
    fn alternatives(&mut self, depth: usize) -> Expression {
        let mut any = vec![self.sequence(depth)];
        while self.take_keyword("OR") {
            any.push(self.sequence(depth));
        }
        any.retain(|e| !e.is_empty());
        match any.len() {
            0 | 1 => any.pop().unwrap_or_else(Expression::everything),
            _ => Expression::Any(any),
        }
    }

    fn sequence(&mut self, depth: usize) -> Expression {
        let mut all = Vec::new();
        loop {
            if matches!(self.peek(), None | Some(Token::Close)) {
                break;
            }
            if matches!(self.peek(), Some(Token::Word(w)) if !w.quoted && w.operator.is_none() && w.value == "OR") {
                break;
            }
            if self.take_keyword("AND") {
                continue;
            }
            all.extend(self.one(depth));
        }
        joined(all)
    }

    fn one(&mut self, depth: usize) -> Option<Expression> {
        if self.take_keyword("NOT") {
            return self.one(depth).map(|e| Expression::Not(Box::new(e)));
        }
        let token = self.tokens.get(self.at).cloned()?;
        match token {
            Token::Close => None,
            Token::Minus => {
                self.at = self.at.saturating_add(1);
                let is_last = matches!(self.peek(), None | Some(Token::Close));
                if is_last { None } else { self.one(depth).map(|e| Expression::Not(Box::new(e))) }
            }
            Token::Open => {
                self.at = self.at.saturating_add(1);
                if depth >= DEEPEST {
                    return None;
                }
                let inside = self.alternatives(depth.saturating_add(1));
                if self.peek() == Some(&Token::Close) {
                    self.at = self.at.saturating_add(1);
                }
                (!inside.is_empty()).then_some(inside)
            }
            Token::Word(word) => {
                self.at = self.at.saturating_add(1);
                self.meaning(word)
            }
        }
    }

    /// What a word means; none where there is nothing to it yet.
    fn meaning(&self, word: Word) -> Option<Expression> {
        let Word { operator, value, prefix, .. } = word;
        let filter = |filter: Filter| Some(Expression::Filter(filter));
        let field = match operator.as_deref() {
            None => Field::Anywhere,
            Some("from") => Field::From,
            Some("to" | "cc") => Field::To,
            Some("subject") => Field::Subject,
            Some("body") => Field::Body,
            Some("filename") => Field::FileName,
            Some("before") => return filter(Filter::Before(date::days(&value, self.now)?.0)),
            Some("after" | "since") => return filter(Filter::Since(date::days(&value, self.now)?.0)),
            Some("on" | "date") => {
                let (start, end) = date::days(&value, self.now)?;
                let both = [Filter::Since(start), Filter::Before(end)];
                return Some(Expression::All(both.map(Expression::Filter).into()));
            }
            Some("larger") => return filter(Filter::Larger(size(&value)?)),
            Some("smaller") => return filter(Filter::Smaller(size(&value)?)),
            Some("has") => {
                return "attachments"
                    .starts_with(&value.to_lowercase())
                    .then_some(Expression::Filter(Filter::Attachment));
            }
            Some("is") => return filter(state(&value)?),
            Some("in") => return (!value.is_empty()).then_some(Expression::Filter(Filter::In(value))),
            Some("account") => return (!value.is_empty()).then_some(Expression::Filter(Filter::Account(value))),
            Some(_) => return None,
        };
        let has_letters = value.chars().any(char::is_alphanumeric);
        has_letters.then_some(Expression::Text(Text { field, words: value, prefix }))
    }
}

/// A list, or its only one.
fn joined(mut all: Vec<Expression>) -> Expression {
    match all.len() {
        1 => all.pop().unwrap_or_else(Expression::everything),
        _ => Expression::All(all),
    }
}

/// `500`, `20k`, `5M`, `1G`: bytes.
fn size(word: &str) -> Option<u64> {
    let lower = word.to_lowercase();
    let lower = lower.strip_suffix('b').unwrap_or(&lower);
    let (digits, factor) = match lower.chars().last()? {
        'k' => (lower.strip_suffix('k')?, 1000),
        'm' => (lower.strip_suffix('m')?, 1_000_000),
        'g' => (lower.strip_suffix('g')?, 1_000_000_000),
        _ => (lower, 1),
    };
    digits.parse::<u64>().ok()?.checked_mul(factor)
}

fn state(word: &str) -> Option<Filter> {
    let (flag, set) = match word.to_lowercase().as_str() {
        "unread" | "unseen" | "new" => (Flags::SEEN, false),
        "read" | "seen" => (Flags::SEEN, true),
        "starred" | "flagged" => (Flags::FLAGGED, true),
        "unstarred" | "unflagged" => (Flags::FLAGGED, false),
        "answered" | "replied" => (Flags::ANSWERED, true),
        "unanswered" => (Flags::ANSWERED, false),
        "forwarded" => (Flags::FORWARDED, true),
        "draft" => (Flags::DRAFT, true),
        _ => return None,
    };
    Some(Filter::Flag { flag, set })
}
