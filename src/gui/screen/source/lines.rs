//! The source as lines, of any length: where each begins is found as the source is read through once, the bytes of
//! those near the view are kept. Long lines are broken, so that every row is of one height.

use crate::mail::text::body_safe;
use crate::service::model::SourcePage;
use std::collections::BTreeMap;
use std::ops::Range;

/// Bytes of a page.
pub const PAGE: u64 = 256 << 10;
/// Bytes of a row. Mail breaks its lines at 78, base64 at 76.
const ROW: u64 = 100;
/// Pages that are kept.
const KEPT: usize = 48;

#[derive(Debug, Default)]
pub struct Lines {
    /// Where rows begin, as far as the source was read.
    starts: Vec<u64>,
    /// Bytes that were read through: whole pages, but at the end.
    read: u64,
    /// Bytes in all, once the first page is here.
    total: Option<u64>,
    pages: BTreeMap<u64, Vec<u8>>,
}

impl Lines {
    /// Rows that are known.
    pub fn len(&self) -> u64 {
        self.starts.len() as u64
    }

    pub fn total(&self) -> Option<u64> {
        self.total
    }

    /// Whether all of it was read through.
    pub fn is_whole(&self) -> bool {
        self.total.is_some_and(|total| self.read >= total)
    }

    /// The page to read next: one that these rows need, else the next that was not read yet.
    pub fn wanted(&self, rows: Range<u64>) -> Option<u64> {
        let bytes = self.bytes(rows);
        let mut seen = bytes.start / PAGE..bytes.end.div_ceil(PAGE);
        let missing = seen.find(|page| !self.pages.contains_key(page));
        missing.or_else(|| (!self.is_whole()).then_some(self.read / PAGE))
    }

    /// Takes a page. Those farthest from `near`, a row, are let go.
    pub fn came(&mut self, page: SourcePage, near: u64) {
        if page.start == self.read {
            self.read_through(&page.bytes);
            // What became shorter meanwhile ends here.
            self.total = Some(if page.bytes.is_empty() { self.read } else { page.total });
        }
        self.pages.insert(page.start / PAGE, page.bytes);
        let middle = self.start(near) / PAGE;
        while self.pages.len() > KEPT {
            let Some(far) = self.pages.keys().max_by_key(|page| page.abs_diff(middle)).copied() else { break };
            self.pages.remove(&far);
        }
    }

    fn read_through(&mut self, bytes: &[u8]) {
        let base = self.read;
        if self.starts.is_empty() && !bytes.is_empty() {
            self.starts.push(0);
        }
        let mut from = self.starts.last().copied().unwrap_or(0);
        for at in memchr::memchr_iter(b'\n', bytes) {
            let end = base.saturating_add(at as u64);
            // What ends the line is no row of its own.
            from = self.broken(from, end.saturating_sub(1));
            from = from.max(end.saturating_add(1));
            self.starts.push(from);
        }
        self.read = base.saturating_add(bytes.len() as u64);
        self.broken(from, self.read.saturating_sub(2));
    }

    /// Breaks what is longer than a row. Returns where the last row begins.
    fn broken(&mut self, mut from: u64, end: u64) -> u64 {
        while end.saturating_sub(from) > ROW {
            from = from.saturating_add(ROW);
            self.starts.push(from);
        }
        from
    }

    /// Where a row begins.
    fn start(&self, row: u64) -> u64 {
        let known = usize::try_from(row).ok().and_then(|row| self.starts.get(row)).copied();
        known.unwrap_or(self.read)
    }

    /// The bytes of rows.
    pub fn bytes(&self, rows: Range<u64>) -> Range<u64> {
        self.start(rows.start)..self.start(rows.end).max(self.start(rows.start))
    }

    /// The row that a byte stands in, where that is known.
    pub fn row_of(&self, byte: u64) -> Option<u64> {
        if byte >= self.read {
            return None;
        }
        let after = self.starts.partition_point(|start| *start <= byte) as u64;
        after.checked_sub(1)
    }

    /// A row as text; none where its page is not here.
    pub fn row(&self, row: u64) -> Option<String> {
        let Range { start, end } = self.bytes(row..row.saturating_add(1));
        let mut bytes = Vec::new();
        let mut at = start;
        // A character that the break went through belongs to the row that it begins in.
        let most = end.saturating_add(3).min(self.read);
        while at < most {
            let page = match self.pages.get(&(at / PAGE)) {
                Some(page) => page,
                None if at >= end => break,
                None => return None,
            };
            let from = usize::try_from(at % PAGE).ok()?;
            let length = usize::try_from(most - at).ok()?;
            let rest = page.get(from..)?;
            let piece = rest.get(..length).unwrap_or(rest);
            if piece.is_empty() {
                break;
            }
            bytes.extend_from_slice(piece);
            at = at.saturating_add(piece.len() as u64);
        }
        let is_inner = |byte: &u8| byte & 0xC0 == 0x80;
        let own = usize::try_from(end - start).ok()?.min(bytes.len());
        let more = bytes.get(own..)?.iter().take_while(|byte| is_inner(byte)).count();
        bytes.truncate(own.saturating_add(more));
        let before = bytes.iter().take(3).take_while(|byte| is_inner(byte)).count();
        bytes.drain(..before);
        let text = body_safe(&String::from_utf8_lossy(&bytes)).replace('\t', "    ");
        Some(text.trim_end_matches(['\n', '\r']).to_string())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn read(source: &[u8]) -> Lines {
        let mut lines = Lines::default();
        while let Some(page) = lines.wanted(0..0) {
            let start = page * PAGE;
            let bytes = source[start as usize..].iter().copied().take(PAGE as usize).collect();
            lines.came(SourcePage { start, bytes, total: source.len() as u64 }, 0);
        }
        lines
    }

    fn rows(lines: &Lines) -> Vec<String> {
        (0..lines.len()).map(|row| lines.row(row).expect("a row")).collect()
    }

    #[test]
    fn lines_are_rows_and_long_ones_are_broken() {
        let source = format!("Subject: a\r\n\r\n{}\r\nend", "x".repeat(250));
        let lines = read(source.as_bytes());
        let x = |n: usize| "x".repeat(n);
        assert_eq!(rows(&lines), ["Subject: a".to_string(), String::new(), x(100), x(100), x(50), "end".into()]);
        assert_eq!((lines.row_of(0), lines.row_of(14), lines.row_of(120)), (Some(0), Some(2), Some(3)));
        assert_eq!(lines.row_of(source.len() as u64), None);
        assert_eq!(lines.bytes(0..2), 0..14);
    }

    #[test]
    fn of_much_only_what_is_near_is_kept() {
        let source = b"0123456789 and so on\r\n".repeat(1_000_000);
        let mut lines = read(&source);
        assert_eq!(lines.len(), 1_000_001);
        assert!(lines.pages.len() <= KEPT && lines.is_whole());
        let middle = 900_000..900_040;
        let page = lines.wanted(middle.clone()).expect("it was let go");
        let start = (page * PAGE) as usize;
        let bytes = source[start..start + PAGE as usize].to_vec();
        lines.came(SourcePage { start: start as u64, bytes, total: source.len() as u64 }, middle.start);
        assert_eq!(lines.row(900_010).as_deref(), Some("0123456789 and so on"));
    }

    proptest! {
        #[test]
        fn rows_are_all_of_the_source_in_order(source in "([a-zé ]{0,40}|[a-z]{90,320}|\r\n|\n){0,60}") {
            let lines = read(source.as_bytes());
            let mut end = 0;
            for row in 0..lines.len() {
                let bytes = lines.bytes(row..row + 1);
                prop_assert_eq!(bytes.start, end);
                prop_assert!(bytes.end - bytes.start <= ROW + 2);
                end = bytes.end;
            }
            prop_assert_eq!(end, source.len() as u64);
        }
    }
}
