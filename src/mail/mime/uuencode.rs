//! Files that old programs put into the text itself: `begin 644 name`, lines of uuencode, `end` (POSIX).

use std::ops::Range;

/// One encoded file inside a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Block<'a> {
    /// As written: not safe to save under.
    pub name: &'a [u8],
    lines: &'a [u8],
    /// From `begin` to the end of the `end` line, in the text searched.
    pub range: Range<usize>,
}

impl Block<'_> {
    pub fn decode(&self) -> Vec<u8> {
        let mut out = Vec::with_capacity(self.lines.len() / 4 * 3);
        for line in self.lines.split(|b| *b == b'\n') {
            decode_line(line.trim_ascii_end(), &mut out);
        }
        out
    }
}

/// The blocks of a text in order. A `begin` line without a well-formed first line, or without `end`, is prose.
pub fn find(text: &[u8]) -> impl Iterator<Item = Block<'_>> {
    let mut at = 0;
    std::iter::from_fn(move || {
        loop {
            let rest = text.get(at..)?;
            let found = match rest.starts_with(b"begin ") && (at == 0 || text.get(at.wrapping_sub(1)) == Some(&b'\n')) {
                true => 0,
                false => memchr::memmem::find(rest, b"\nbegin ")?.saturating_add(1),
            };
            let start = at.saturating_add(found);
            at = start.saturating_add(1);
            if let Some(block) = block_at(text, start) {
                at = block.range.end;
                return Some(block);
            }
        }
    })
}

fn block_at(text: &[u8], start: usize) -> Option<Block<'_>> {
    let rest = text.get(start..)?;
    let (first, after) = split_line(rest);
    let (mode, name) = split_word(first.strip_prefix(b"begin ")?)?;
    if !(3..=4).contains(&mode.len()) || !mode.iter().all(|b| (b'0'..=b'7').contains(b)) || name.is_empty() {
        return None;
    }
    let mut lines = after;
    let mut length = 0usize;
    loop {
        let (line, next) = split_line(lines);
        let line = line.trim_ascii_end();
        if line == b"end" {
            let whole = rest.len().saturating_sub(next.len());
            let block = after.get(..length)?;
            return Some(Block { name, lines: block, range: start..start.saturating_add(whole) });
        }
        if lines.is_empty() || !is_data(line) {
            return None;
        }
        length = after.len().saturating_sub(next.len());
        lines = next;
    }
}

fn split_line(text: &[u8]) -> (&[u8], &[u8]) {
    match memchr::memchr(b'\n', text) {
        Some(at) => (text.get(..at).unwrap_or_default(), text.get(at.saturating_add(1)..).unwrap_or_default()),
        None => (text, &[]),
    }
}

fn split_word(line: &[u8]) -> Option<(&[u8], &[u8])> {
    let at = line.iter().position(|b| *b == b' ')?;
    Some((line.get(..at)?, line.get(at..)?.trim_ascii()))
}

fn value(b: u8) -> Option<u32> {
    (b' '..=b'`').contains(&b).then(|| u32::from(b.wrapping_sub(b' ') & 0x3F))
}

/// Whether a line is one of uuencode: a length, then characters of the alphabet. Trailing blanks may have been lost.
fn is_data(line: &[u8]) -> bool {
    match line.split_first() {
        None => true,
        Some((length, data)) => {
            value(*length).is_some() && data.len() <= 88 && data.iter().all(|b| value(*b).is_some())
        }
    }
}

fn decode_line(line: &[u8], out: &mut Vec<u8>) {
    let Some((length, data)) = line.split_first() else { return };
    let end = out.len().saturating_add(value(*length).unwrap_or(0) as usize);
    for group in data.chunks(4) {
        let mut bits = 0u32;
        for at in 0..4 {
            bits = bits << 6 | group.get(at).and_then(|b| value(*b)).unwrap_or(0);
        }
        let [_, a, b, c] = bits.to_be_bytes();
        out.extend([a, b, c]);
    }
    out.truncate(end);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_file_in_the_text_is_found_and_decoded() {
        let text = b"Hello,\nbegin 644 cat.txt\n#0V%T\n`\nend\nbye\n";
        let blocks: Vec<_> = find(text).collect();
        assert_eq!(blocks.len(), 1);
        assert_eq!(blocks[0].name, b"cat.txt");
        assert_eq!(blocks[0].decode(), b"Cat");
        assert_eq!(&text[blocks[0].range.clone()], b"begin 644 cat.txt\n#0V%T\n`\nend\n");
        let crlf = b"begin 0644 a b.txt\r\n#0V%T\r\n`\r\nend\r\n";
        let blocks: Vec<_> = find(crlf).collect();
        assert_eq!((blocks[0].name, blocks[0].decode()), (&b"a b.txt"[..], b"Cat".to_vec()));
    }

    #[test]
    fn prose_is_no_file() {
        for text in
            ["begin 644 x", "we begin 644 x\n#0V%T\nend", "begin with me\nend\n", "begin 999 x\n#0V%T\nend\n", ""]
        {
            assert_eq!(find(text.as_bytes()).count(), 0, "{text:?}");
        }
        assert_eq!(find(&b"begin 644 x\n".repeat(20_000)).count(), 0);
    }
}
