//! Which elements are open, as the parser will see it that reads the result: what it would end by implication is ended
//! here in so many words, so that depth is known and bounded.

use super::element::{ends_paragraph, is_formatting, is_special};

/// Elements within each other that are written.
const MAX_DEPTH: usize = 256;
/// Formatting elements that are open together: the parser opens every one of them again in every block.
const MAX_FORMATTING: usize = 40;
/// Open elements that are remembered, written or not.
const MAX_OPEN: usize = 2_000;
/// How far an end tag looks for its start.
const LOOK_BACK: usize = 400;

#[derive(Debug)]
struct Element {
    name: &'static str,
    written: bool,
}

/// The stack of open elements.
#[derive(Debug, Default)]
pub struct Open {
    stack: Vec<Element>,
    written: usize,
    formatting: usize,
    links: usize,
}

fn is_cell(name: &str) -> bool {
    matches!(name, "td" | "th" | "caption")
}

fn is_heading(name: &str) -> bool {
    matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}

/// What an element's start ends, and what it does not reach through.
fn implied(name: &str) -> (&'static [&'static str], &'static [&'static str]) {
    match name {
        "li" => (&["li"], &["ul", "ol", "menu", "dir", "table", "td", "th", "caption"]),
        "dd" | "dt" => (&["dd", "dt"], &["dl", "table", "td", "th", "caption"]),
        "td" | "th" => (&["td", "th"], &["tr", "table"]),
        "tr" => (&["tr", "caption", "colgroup"], &["table"]),
        "tbody" | "thead" | "tfoot" => (&["tbody", "thead", "tfoot", "tr", "caption", "colgroup"], &["table"]),
        "caption" | "colgroup" => (&["caption", "colgroup"], &["table"]),
        "a" => (&["a"], &["table", "td", "th", "caption"]),
        _ => (&[], &[]),
    }
}

impl Open {
    /// Ends what the start of `name` ends.
    pub fn before(&mut self, name: &str, out: &mut String) {
        if ends_paragraph(name)
            && let Some(at) = self.find(&["p"], &["table", "td", "th", "caption"])
        {
            self.close(at, out);
        }
        let (ended, bounds) = implied(name);
        // A row ends the cell in it, a group of rows the row.
        while let Some(at) = self.find(ended, bounds) {
            self.close(at, out);
        }
    }

    /// Opens an element; whether it may be written.
    pub fn push(&mut self, name: &'static str, shortened: &mut bool) -> bool {
        let formatting = is_formatting(name);
        let written = self.written < MAX_DEPTH && (!formatting || self.formatting < MAX_FORMATTING);
        *shortened |= !written;
        if self.stack.len() >= MAX_OPEN {
            return false;
        }
        self.written = self.written.saturating_add(usize::from(written));
        self.formatting = self.formatting.saturating_add(usize::from(formatting && written));
        self.links = self.links.saturating_add(usize::from(name == "a"));
        self.stack.push(Element { name, written });
        written
    }

    pub fn has(&self, name: &str) -> bool {
        if name == "a" { self.links > 0 } else { self.stack.iter().any(|element| element.name == name) }
    }

    /// An end tag.
    pub fn end(&mut self, name: &'static str, out: &mut String) {
        let table_part =
            matches!(name, "td" | "th" | "tr" | "tbody" | "thead" | "tfoot" | "caption" | "colgroup" | "table");
        let headings = ["h1", "h2", "h3", "h4", "h5", "h6"];
        let wanted: &[&str] = if is_heading(name) { &headings } else { &[name] };
        let at = if is_formatting(name) {
            self.find(wanted, &["table", "td", "th", "caption"])
        } else if !is_special(name) {
            // Ignored where a block stands between.
            self.find_before(wanted, is_special)
        } else if name == "table" {
            self.find(wanted, &[])
        } else if table_part {
            self.find(wanted, &["table"])
        } else {
            self.find(wanted, &["table", "td", "th", "caption"])
        };
        match at {
            Some(at) if is_formatting(name) => {
                let element = self.stack.remove(at);
                self.closed(&element, out);
            }
            Some(at) => self.close(at, out),
            None if name == "p" => out.push_str("<p></p>"),
            None => {}
        }
    }

    pub fn close_all(&mut self, out: &mut String) {
        while let Some(element) = self.stack.pop() {
            self.closed(&element, out);
        }
    }

    /// The innermost of `wanted`, not looking through `bounds`.
    fn find(&self, wanted: &[&str], bounds: &[&str]) -> Option<usize> {
        self.find_before(wanted, |name| bounds.contains(&name))
    }

    fn find_before(&self, wanted: &[&str], is_bound: impl Fn(&str) -> bool) -> Option<usize> {
        for (at, element) in self.stack.iter().enumerate().rev().take(LOOK_BACK) {
            if wanted.contains(&element.name) {
                return Some(at);
            }
            if is_bound(element.name) {
                return None;
            }
        }
        None
    }

    /// Ends an element and all in it. Formatting goes on behind it, but for that in a cell.
    fn close(&mut self, at: usize, out: &mut String) {
        let inner = self.stack.split_off(at.min(self.stack.len()));
        let Some(ended) = inner.first().map(|element| element.name) else { return };
        let all = is_cell(ended) || matches!(ended, "table" | "tr" | "tbody" | "thead" | "tfoot");
        let mut kept = Vec::new();
        for (depth, element) in inner.into_iter().enumerate().rev() {
            if depth > 0 && !all && is_formatting(element.name) {
                kept.push(element);
            } else {
                self.closed(&element, out);
            }
        }
        self.stack.extend(kept.into_iter().rev());
    }

    fn closed(&mut self, element: &Element, out: &mut String) {
        self.links = self.links.saturating_sub(usize::from(element.name == "a"));
        if !element.written {
            return;
        }
        self.written = self.written.saturating_sub(1);
        self.formatting = self.formatting.saturating_sub(usize::from(is_formatting(element.name)));
        out.push_str("</");
        out.push_str(element.name);
        out.push('>');
    }
}
