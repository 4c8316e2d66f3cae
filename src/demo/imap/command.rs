//! Commands as tokens (RFC 3501, section 9): atoms, quoted strings, literals and parentheses, and
//! the sequence sets among them.

use super::super::wire::{Alive, Over, Wire};

const LONGEST_LINE: usize = 64 * 1024;
/// Largest literal of a client that is logged in, in bytes.
pub const MOST_LITERAL: usize = 64 << 20;
/// And of one that is not.
pub const MOST_BEFORE_LOGIN: usize = 4 * 1024;
const MOST_LITERALS: usize = 100;

#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Token {
    /// With bracketed parts such as `BODY[HEADER.FIELDS (Subject)]<0.10>` whole.
    Atom(String),
    /// Quoted or literal.
    Text(Vec<u8>),
    Open,
    Close,
}

impl Token {
    /// An atom's or string's text.
    pub fn text(&self) -> Option<String> {
        match self {
            Token::Atom(atom) => Some(atom.clone()),
            Token::Text(bytes) => Some(String::from_utf8_lossy(bytes).into_owned()),
            _ => None,
        }
    }
}

/// A command with its arguments, all literals read.
#[derive(Clone, Debug, Default)]
pub struct Command {
    pub tag: String,
    /// Upper case; `UID FETCH` is one name.
    pub name: String,
    pub arguments: Vec<Token>,
}

/// The first line of a command as it came, before any literal was asked for.
pub struct FirstLine {
    pub tag: String,
    /// Without the tag.
    pub rest: Vec<u8>,
}

/// Splits the tag off. `None` where there is none that could be repeated to the client.
pub fn first_line(line: &[u8]) -> Option<FirstLine> {
    let space = line.iter().position(|b| *b == b' ')?;
    let (tag, rest) = line.split_at(space);
    let clean =
        !tag.is_empty() && tag.len() <= 64 && tag.iter().all(|b| b.is_ascii_alphanumeric() || b".-_".contains(b));
    let tag = String::from_utf8(tag.to_vec()).ok().filter(|_| clean)?;
    Some(FirstLine { tag, rest: rest.get(1..)?.to_vec() })
}

/// A literal announced at the end of a line: its size, and whether the client waits for leave.
pub fn literal(line: &[u8]) -> Option<(usize, bool)> {
    let inner = line.strip_suffix(b"}")?;
    let open = inner.iter().rposition(|b| *b == b'{')?;
    let number = inner.get(open.saturating_add(1)..)?;
    let (digits, waits) = match number.strip_suffix(b"+") {
        Some(digits) => (digits, false),
        None => (number, true),
    };
    if digits.is_empty() || !digits.iter().all(u8::is_ascii_digit) {
        return None;
    }
    Some((std::str::from_utf8(digits).ok()?.parse().unwrap_or(usize::MAX), waits))
}

/// Reads on past the first line: literals, of at most `most` bytes each, and the lines after them.
///
/// `Ok(Err(words))` is a complaint for a BAD answer.
pub async fn read(
    wire: &mut Wire,
    first: FirstLine,
    literal_plus: bool,
    most: usize,
) -> Alive<Result<Command, &'static str>> {
    let mut tokens = Vec::new();
    let mut line = first.rest;
    for _ in 0..MOST_LITERALS {
        let Some((size, waits)) = literal(&line) else {
            return Ok(tokenize(&line, &mut tokens).and_then(|()| command(first.tag, tokens)));
        };
        if size > most || (!waits && !literal_plus) {
            // What follows cannot be told from commands any more, unless the client waits for leave.
            return if waits { Ok(Err("literal too big")) } else { Err(Over) };
        }
        let open = line.iter().rposition(|b| *b == b'{').unwrap_or(0);
        if let Err(words) = tokenize(line.get(..open).unwrap_or_default(), &mut tokens) {
            return if waits { Ok(Err(words)) } else { Err(Over) };
        }
        if waits {
            wire.prompt("+ go ahead\r\n").await?;
        }
        tokens.push(Token::Text(wire.exactly(size).await?));
        line = wire.line(LONGEST_LINE).await?.ok_or(Over)?;
    }
    Err(Over)
}

fn command(tag: String, tokens: Vec<Token>) -> Result<Command, &'static str> {
    let mut tokens = tokens.into_iter();
    let mut name = match tokens.next() {
        Some(Token::Atom(name)) => name.to_ascii_uppercase(),
        _ => return Err("no command"),
    };
    if name == "UID" {
        match tokens.next() {
            Some(Token::Atom(what)) => name = format!("UID {}", what.to_ascii_uppercase()),
            _ => return Err("UID of what"),
        }
    }
    Ok(Command { tag, name, arguments: tokens.collect() })
}

fn tokenize(line: &[u8], out: &mut Vec<Token>) -> Result<(), &'static str> {
    let mut rest = line;
    while let Some((first, after)) = rest.split_first() {
        match first {
            b' ' => rest = after,
            b'(' | b')' => {
                out.push(if *first == b'(' { Token::Open } else { Token::Close });
                rest = after;
            }
            b'"' => {
                let (text, after) = quoted(after).ok_or("a quoted string without end")?;
                out.push(Token::Text(text));
                rest = after;
            }
            _ => {
                let (atom, after) = rest.split_at(atom_length(rest));
                out.push(Token::Atom(String::from_utf8_lossy(atom).into_owned()));
                rest = after;
            }
        }
    }
    Ok(())
}

fn quoted(rest: &[u8]) -> Option<(Vec<u8>, &[u8])> {
    let mut text = Vec::new();
    let mut bytes = rest.iter().enumerate();
    while let Some((at, byte)) = bytes.next() {
        match byte {
            b'"' => return Some((text, rest.get(at.saturating_add(1)..)?)),
            b'\\' => text.push(*bytes.next()?.1),
            _ => text.push(*byte),
        }
    }
    None
}

/// Up to a space or parenthesis that is not inside brackets; at least one byte.
fn atom_length(rest: &[u8]) -> usize {
    let mut inside = false;
    for (at, byte) in rest.iter().enumerate() {
        match byte {
            b'[' => inside = true,
            b']' => inside = false,
            b' ' | b'(' | b')' if !inside => return at.max(1),
            _ => {}
        }
    }
    rest.len()
}

/// A sequence set such as `1:4,9,12:*` as merged ranges; `*` stands for the greatest number.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Set(Vec<(u32, u32)>);

impl Set {
    /// `greatest` is what `*` means.
    pub fn parse(text: &str, greatest: u32) -> Option<Set> {
        let number = |t: &str| match t {
            "*" => Some(greatest),
            _ => t.parse().ok().filter(|n| *n > 0),
        };
        let mut ranges = Vec::new();
        for part in text.split(',') {
            let (a, b) = match part.split_once(':') {
                Some((a, b)) => (number(a)?, number(b)?),
                None => (number(part)?, number(part)?),
            };
            ranges.push((a.min(b), a.max(b)));
        }
        ranges.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::new();
        for (from, to) in ranges {
            match merged.last_mut() {
                Some(last) if from <= last.1.saturating_add(1) => last.1 = last.1.max(to),
                _ => merged.push((from, to)),
            }
        }
        Some(Set(merged))
    }

    pub fn contains(&self, number: u32) -> bool {
        let after = self.0.partition_point(|(from, _)| *from <= number);
        after.checked_sub(1).and_then(|i| self.0.get(i)).is_some_and(|(_, to)| number <= *to)
    }
}

/// Numbers as a sequence set, in the order given: `4:6,9`.
pub fn as_set(numbers: impl IntoIterator<Item = u32>) -> String {
    let mut ranges: Vec<(u32, u32)> = Vec::new();
    for number in numbers {
        match ranges.last_mut() {
            Some(last) if last.1.checked_add(1) == Some(number) => last.1 = number,
            _ => ranges.push((number, number)),
        }
    }
    let show = |(a, b): &(u32, u32)| if a == b { a.to_string() } else { format!("{a}:{b}") };
    ranges.iter().map(show).collect::<Vec<_>>().join(",")
}

/// A string as IMAP writes it: quoted, or a literal where it cannot be.
pub fn string(text: &str) -> String {
    if text.bytes().all(|b| matches!(b, b' '..=b'~')) && text.len() < 1_000 {
        format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\""))
    } else {
        format!("{{{}}}\r\n{text}", text.len())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tokens_of_a_fetch_keep_their_brackets_together() {
        let mut tokens = Vec::new();
        tokenize(b"UID FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (Date From)]<0.9> FLAGS) \"a\\\"b\"", &mut tokens)
            .unwrap();
        let command = command("a".into(), tokens).unwrap();
        assert_eq!(command.name, "UID FETCH");
        let atom = |text: &str| Token::Atom(text.into());
        let expected = [
            atom("1:*"),
            Token::Open,
            atom("UID"),
            atom("BODY.PEEK[HEADER.FIELDS (Date From)]<0.9>"),
            atom("FLAGS"),
            Token::Close,
            Token::Text(b"a\"b".to_vec()),
        ];
        assert_eq!(command.arguments, expected);
    }

    #[test]
    fn sets_are_merged_and_stars_are_the_greatest() {
        let set = Set::parse("5,1:3,4,9:*", 12).unwrap();
        let inside: Vec<u32> = (1..15).filter(|n| set.contains(*n)).collect();
        assert_eq!(inside, [1, 2, 3, 4, 5, 9, 10, 11, 12]);
        assert!(Set::parse("9:*", 3).unwrap().contains(5), "a range with * may run backwards");
        assert!(["", "0", "1:", "a", "1,,2", "-1"].iter().all(|bad| Set::parse(bad, 1).is_none()));
        assert_eq!(as_set([4, 5, 6, 9, 8]), "4:6,9,8");
    }

    #[test]
    fn literals_are_announced_at_the_end_only() {
        assert_eq!(literal(b"APPEND x {12}"), Some((12, true)));
        assert_eq!(literal(b"{99999999999999999999+}"), Some((usize::MAX, false)));
        assert!([&b"a {x}"[..], b"{1} ", b"1}", b"{}", b"{-1}"].iter().all(|line| literal(line).is_none()));
    }
}
