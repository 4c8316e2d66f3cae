//! HTML as readable plain text: what it says, in the order it says it.

use super::read::{Visitor, attribute, walk};
use crate::mail::mime::guard;
use crate::mail::text;
use html5ever::tokenizer::Tag;

/// The text of a document. Links carry their target where it differs from what is shown, lists their marks, quoted
/// blocks `> `; tables become lines. Scripts, styles and elements hidden by their style are dropped, unless nothing
/// else is there. The second half is true where not all of it was turned.
pub fn to_text(html: &str) -> (String, bool) {
    let mut renderer = Renderer { enough: usize::MAX, drop_hidden: true, targets: true, ..Renderer::default() };
    let (text, cut) = render(html, &mut renderer);
    if cut || !text.is_empty() {
        return (text, cut);
    }
    renderer = Renderer { enough: usize::MAX, targets: true, ..Renderer::default() };
    render(html, &mut renderer)
}

/// The first `max` characters or a little more, without the targets of links. Text that is hidden in order to be a
/// preview is taken.
pub fn preview(html: &str, max: usize) -> String {
    // What precedes the body is style, which may be most of the document.
    let body = find_body(html).and_then(|at| html.get(at..)).unwrap_or(html);
    let mut renderer = Renderer { enough: max.saturating_mul(4), ..Renderer::default() };
    render(body, &mut renderer).0
}

fn find_body(html: &str) -> Option<usize> {
    let bytes = html.as_bytes();
    memchr::memmem::find(bytes, b"<body").or_else(|| memchr::memmem::find(bytes, b"<BODY"))
}

fn render(html: &str, renderer: &mut Renderer) -> (String, bool) {
    let whole = guard::shielded(|| walk(html, renderer)).unwrap_or(false);
    let cut = !whole || renderer.out.len() > guard::MAX_TEXT;
    (renderer.finish(), cut)
}

/// Elements that stay open at once; deeper ones are not tracked, their text is kept.
const MAX_OPEN: usize = 4_000;
/// How far an end tag looks for its start tag.
const LOOK_BACK: usize = 200;
/// Quote and list levels that are shown.
const MAX_LEVELS: usize = 12;

#[derive(Default)]
struct Renderer {
    out: String,
    enough: usize,
    drop_hidden: bool,
    /// Whether links carry their target.
    targets: bool,
    open: Vec<Element>,
    hidden: usize,
    preformatted: usize,
    quotes: usize,
    lists: Vec<List>,
    /// Line ends owed before the next text: 1 a new line, 2 an empty line between.
    owed: usize,
    /// Quote level of the empty lines that are owed: the outermost since they are.
    owed_quotes: usize,
    space: bool,
    /// A table cell ended: what follows on the line is set apart.
    gap: bool,
    /// A list mark that waits for its text.
    mark: Option<String>,
    at_line_start: bool,
}

struct Element {
    name: String,
    hidden: bool,
    link: Option<(String, usize)>,
}

struct List {
    next: Option<usize>,
}

/// Space around a block: the line ends owed before and after it.
fn margin(name: &str) -> usize {
    match name {
        "p" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "blockquote" | "pre" | "hr" | "dl" | "figure" | "fieldset" => 2,
        "div" | "tr" | "table" | "tbody" | "thead" | "tfoot" | "li" | "ul" | "ol" | "dt" | "dd" | "section"
        | "article" | "header" | "footer" | "main" | "nav" | "aside" | "address" | "center" | "form" | "caption"
        | "body" | "figcaption" | "legend" | "option" | "summary" | "details" | "menu" | "dir" => 1,
        _ => 0,
    }
}

fn is_void(name: &str) -> bool {
    matches!(
        name,
        "area"
            | "base"
            | "br"
            | "col"
            | "embed"
            | "hr"
            | "img"
            | "input"
            | "link"
            | "meta"
            | "param"
            | "source"
            | "track"
            | "wbr"
            | "basefont"
            | "bgsound"
            | "frame"
            | "keygen"
            | "image"
    )
}

/// Elements that a start tag of the same name closes.
fn closes_itself(name: &str) -> bool {
    matches!(name, "a" | "p" | "li" | "td" | "th" | "tr" | "dt" | "dd" | "option")
}

/// Whether an element is not shown to anyone: dropped kinds, and those that their style hides.
fn is_hidden(tag: &Tag, drop_hidden: bool) -> bool {
    if matches!(
        &*tag.name,
        "style" | "script" | "title" | "template" | "xmp" | "iframe" | "noembed" | "noframes" | "select"
    ) {
        return true;
    }
    if !drop_hidden {
        return false;
    }
    if attribute(tag, "hidden").is_some() {
        return true;
    }
    let Some(style) = attribute(tag, "style") else { return false };
    let style: String = style.chars().filter(|c| !c.is_whitespace()).collect::<String>().to_ascii_lowercase();
    let flat = ["max-height:0", "height:0"].iter().any(|p| has_zero(&style, p));
    style.contains("display:none")
        || style.contains("visibility:hidden")
        || has_zero(&style, "opacity:0")
        || flat && style.contains("overflow:hidden")
}

/// Whether a declaration ends in a real zero: `max-height:0px`, not `max-height:0.5em`.
fn has_zero(style: &str, declaration: &str) -> bool {
    style.split(declaration).skip(1).any(|rest| {
        let rest = rest.strip_prefix("px").unwrap_or(rest);
        rest.is_empty() || rest.starts_with([';', '!'])
    })
}

impl Visitor for Renderer {
    fn start(&mut self, tag: &Tag) {
        let name = &*tag.name;
        if closes_itself(name) && self.open.last().is_some_and(|e| e.name == name) {
            self.close_last();
        }
        let hidden = is_hidden(tag, self.drop_hidden);
        let link =
            if name == "a" { attribute(tag, "href").map(|h| (h.trim().to_string(), self.out.len())) } else { None };
        if !is_void(name) && !tag.self_closing && self.open.len() < MAX_OPEN {
            self.hidden = self.hidden.saturating_add(usize::from(hidden));
            self.open.push(Element { name: name.to_string(), hidden, link });
            match name {
                "blockquote" => self.enter_quote(),
                "pre" => self.preformatted = self.preformatted.saturating_add(1),
                "ul" | "menu" | "dir" => self.lists.push(List { next: None }),
                "ol" => {
                    let first = attribute(tag, "start").and_then(|s| s.parse().ok()).unwrap_or(1);
                    self.lists.push(List { next: Some(first) });
                }
                _ => {}
            }
        }
        if self.hidden > 0 || hidden {
            return;
        }
        match name {
            "br" => self.line_break(),
            "hr" => {
                self.owe(1);
                self.write("----------");
                self.owe(1);
            }
            "img" => self.image(tag),
            "li" => {
                self.owe(1);
                self.list_mark();
            }
            "td" | "th" => self.gap = self.gap || !self.at_line_start,
            _ => self.owe(margin(name)),
        }
    }

    fn end(&mut self, name: &str) {
        let depth = self.open.iter().rev().take(LOOK_BACK).position(|e| e.name == name);
        match depth {
            Some(depth) => (0..=depth).for_each(|_| self.close_last()),
            None if matches!(name, "p" | "br") => self.owe(1),
            None => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.hidden > 0 {
            return;
        }
        if self.preformatted > 0 {
            for (at, line) in text.split('\n').enumerate() {
                if at > 0 {
                    self.line_break();
                }
                if !line.is_empty() {
                    self.write(line);
                }
            }
            return;
        }
        let mut words = text.split(is_space);
        if let Some(first) = words.next() {
            self.word(first);
        }
        for word in words {
            self.space = true;
            self.word(word);
        }
    }

    fn done(&self) -> bool {
        self.out.len() > self.enough.min(guard::MAX_TEXT)
    }
}

fn is_space(c: char) -> bool {
    matches!(c, ' ' | '\t' | '\n' | '\r' | '\u{0C}' | '\u{A0}')
}

/// Characters that fill previews and break words without being seen.
fn is_filler(c: char) -> bool {
    matches!(c, '\u{AD}' | '\u{34F}' | '\u{200B}' | '\u{2060}' | '\u{FEFF}')
}

impl Renderer {
    fn word(&mut self, word: &str) {
        if word.is_empty() {
            return;
        }
        if word.contains(is_filler) || word.chars().all(|c| matches!(c, '\u{200C}' | '\u{200D}')) {
            let seen = word.replace(is_filler, "");
            if !seen.chars().all(|c| matches!(c, '\u{200C}' | '\u{200D}')) {
                self.write(&seen);
            }
            return;
        }
        self.write(word);
    }

    /// Writes text after the line ends, prefix and space that are owed before it.
    fn write(&mut self, text: &str) {
        if self.done() {
            return;
        }
        if self.out.is_empty() {
            self.owed = 0;
            self.at_line_start = true;
        }
        if self.owed > 0 {
            self.end_line();
            for _ in 1..self.owed.min(3) {
                self.out.push_str("> ".repeat(self.owed_quotes.min(MAX_LEVELS)).trim_end());
                self.out.push('\n');
            }
            self.owed = 0;
            self.at_line_start = true;
        }
        if self.at_line_start {
            self.prefix();
            self.at_line_start = false;
        } else if self.gap {
            self.out.push_str("  ");
        } else if self.space && self.preformatted == 0 {
            self.out.push(' ');
        }
        (self.space, self.gap) = (false, false);
        self.out.push_str(text);
    }

    fn end_line(&mut self) {
        if !self.at_line_start {
            let end = self.out.trim_end_matches(' ').len();
            self.out.truncate(end);
            self.out.push('\n');
        }
    }

    /// What begins a line: quote marks, list indentation, the list mark.
    fn prefix(&mut self) {
        self.out.push_str(&"> ".repeat(self.quotes.min(MAX_LEVELS)));
        let levels = self.lists.len().min(MAX_LEVELS);
        let mark = self.mark.take();
        let indent = if mark.is_some() { levels.saturating_sub(1) } else { levels };
        self.out.push_str(&"  ".repeat(indent));
        if let Some(mark) = mark {
            self.out.push_str(&mark);
        }
    }

    fn owe(&mut self, lines: usize) {
        if lines > 0 {
            self.owed_quotes = if self.owed == 0 { self.quotes } else { self.owed_quotes.min(self.quotes) };
            self.owed = self.owed.max(lines);
            (self.space, self.gap) = (false, false);
        }
    }

    fn line_break(&mut self) {
        let lines = self.owed.saturating_add(1).min(3);
        self.owe(lines);
    }

    /// What is owed before it belongs to the outside of the quote.
    fn enter_quote(&mut self) {
        if self.hidden == 0 {
            self.owe(2);
        }
        self.quotes = self.quotes.saturating_add(1);
    }

    fn list_mark(&mut self) {
        self.mark = Some(match self.lists.last_mut() {
            Some(List { next: Some(number) }) => {
                let mark = format!("{number}. ");
                *number = number.saturating_add(1);
                mark
            }
            _ => "• ".into(),
        });
    }

    fn image(&mut self, tag: &Tag) {
        let alt = attribute(tag, "alt").map(text::fold_white).unwrap_or_default();
        let tiny = |side| attribute(tag, side).is_some_and(|v| matches!(v.trim(), "0" | "1" | "1px" | "0px"));
        if !alt.is_empty() && !tiny("width") && !tiny("height") {
            self.write(&format!("[{}]", text::truncate(&alt, 300)));
        }
    }

    fn close_last(&mut self) {
        let Some(element) = self.open.pop() else { return };
        if let Some((href, from)) = &element.link
            && self.hidden == 0
            && self.targets
        {
            self.link_target(href, *from);
        }
        self.hidden = self.hidden.saturating_sub(usize::from(element.hidden));
        match element.name.as_str() {
            "blockquote" => self.quotes = self.quotes.saturating_sub(1),
            "pre" => self.preformatted = self.preformatted.saturating_sub(1),
            "ul" | "ol" | "menu" | "dir" => {
                self.lists.pop();
                self.mark = None;
                let outermost = self.lists.is_empty();
                self.owe(if outermost { 2 } else { 1 });
            }
            _ => {}
        }
        if self.hidden == 0 && !element.hidden {
            match element.name.as_str() {
                "td" | "th" => self.gap = true,
                name => self.owe(margin(name)),
            }
        }
    }

    /// Writes where a link leads, unless its text says so already.
    fn link_target(&mut self, href: &str, from: usize) {
        let shown = self.out.get(from..).unwrap_or_default().trim();
        let lower = href.to_ascii_lowercase();
        let leads_out = ["http:", "https:", "mailto:", "ftp:", "tel:"].iter().any(|s| lower.starts_with(s));
        if shown.is_empty() || !leads_out || bare(shown) == bare(href) {
            return;
        }
        let href: String = href.chars().filter(|c| !c.is_whitespace() && !c.is_control()).collect();
        let target = text::truncate(&href, 2_000);
        let ellipsis = if target.len() < href.len() { "…" } else { "" };
        self.owed = 0;
        self.space = true;
        self.write(&format!("<{target}{ellipsis}>"));
    }

    fn finish(&mut self) -> String {
        let mut end = self.out.trim_end().len();
        // Empty quoted lines at the end say nothing.
        while let Some(text) = self.out.get(..end)
            && text.ends_with("\n>")
        {
            end = text.trim_end_matches(['>', ' ', '\n']).len();
        }
        self.out.truncate(end);
        if self.out.len() > guard::MAX_TEXT {
            let cut = text::truncate(&self.out, guard::MAX_TEXT).len();
            self.out.truncate(cut);
        }
        text::body_safe(&self.out)
    }
}

/// A URL without what nobody reads: scheme, `www.`, the last slash.
fn bare(url: &str) -> String {
    let url = url.trim().to_ascii_lowercase();
    let url =
        ["https://", "http://", "mailto:", "tel:", "ftp://"].iter().find_map(|s| url.strip_prefix(s)).unwrap_or(&url);
    url.strip_prefix("www.").unwrap_or(url).trim_end_matches('/').to_string()
}
