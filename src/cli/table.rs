//! Columns of text, aligned by how wide a terminal shows them.

use super::plain;

/// Rows of cells. Every cell is made harmless for the terminal as it comes in.
#[derive(Clone, Debug, Default)]
pub struct Table {
    rows: Vec<Vec<String>>,
    /// Columns whose cells stand at the right.
    right: Vec<usize>,
}

impl Table {
    /// Starts with a line of headings; `right` are the columns of numbers.
    pub fn new(headings: Vec<String>, right: &[usize]) -> Table {
        Table { rows: vec![headings], right: right.to_vec() }
    }

    pub fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells.iter().map(|cell| plain::line(cell)).collect());
    }

    /// The lines, two spaces between columns; the last column is cut where the terminal's `width` is known.
    pub fn render(&self, width: Option<usize>) -> String {
        let columns = self.rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns)
            .map(|c| {
                self.rows.iter().filter_map(|r| r.get(c)).map(|s| console::measure_text_width(s)).max().unwrap_or(0)
            })
            .collect();
        let mut out = String::new();
        for row in &self.rows {
            let mut line = String::new();
            for (column, (cell, width)) in row.iter().zip(&widths).enumerate() {
                let gap = " ".repeat(width.saturating_sub(console::measure_text_width(cell)));
                if self.right.contains(&column) {
                    line.push_str(&gap);
                    line.push_str(cell);
                } else {
                    line.push_str(cell);
                    line.push_str(&gap);
                }
                line.push_str("  ");
            }
            let line = line.trim_end();
            out.push_str(&width.map_or_else(|| line.to_string(), |width| plain::fit(line, width)));
            out.push('\n');
        }
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_stand_under_each_other() {
        let mut table = Table::new(vec!["MAILBOX".into(), "UNREAD".into(), "ROLE".into()], &[1]);
        table.row(vec!["ada/INBOX".into(), "12".into(), "inbox".into()]);
        table.row(vec!["ada/論文".into(), "3".into(), String::new()]);
        table.row(vec!["ada/\u{1b}[31m".into(), "0".into(), String::new()]);
        let expected = "MAILBOX    UNREAD  ROLE\n\
                        ada/INBOX      12  inbox\n\
                        ada/論文        3\n\
                        ada/\u{fffd}[31m       0\n";
        assert_eq!(table.render(None), expected);
        assert_eq!(table.render(Some(12)).lines().nth(1), Some("ada/INBOX  …"));
    }
}
