//! Which attributes are kept, and what their values may be.

use super::{Writer, legacy, url};
use html5ever::tokenizer::Tag;

/// Bytes of `class`, `id` and the like.
const MAX_NAME: usize = 1_000;
/// Bytes of a style attribute.
const MAX_STYLE: usize = 16 << 10;
/// Pixels of a length.
const MAX_LENGTH: u32 = 10_000;
/// Columns and rows that a cell spans.
const MAX_SPAN: u32 = 100;

/// What a value is read as.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Value {
    Name,
    Words,
    Link,
    Style,
    Align,
    Length,
    Pixels,
    Span,
    Colour,
    FontSize,
    Face,
    Image,
    Number,
    Letter,
    Flag,
}

/// The attribute of an element as it is written, and how its value is read.
fn known(element: &str, attribute: &str) -> Option<(&'static str, Value)> {
    use Value::*;
    let is_cell = matches!(element, "td" | "th");
    let is_table = is_cell || matches!(element, "table" | "tr" | "tbody" | "thead" | "tfoot");
    let aligned =
        is_table || matches!(element, "p" | "div" | "h1" | "h2" | "h3" | "h4" | "h5" | "h6" | "caption" | "col" | "hr");
    Some(match attribute {
        "class" => ("class", Name),
        "id" => ("id", Name),
        "title" => ("title", Words),
        "lang" => ("lang", Name),
        "dir" => ("dir", Align),
        "style" => ("style", Style),
        "hidden" => ("hidden", Flag),
        "href" if element == "a" => ("href", Link),
        "name" if element == "a" => ("name", Name),
        // The engine reads `align` of a table as that of its text.
        "align" | "data-align" if element == "table" => ("data-align", Align),
        "align" if aligned => ("align", Align),
        "valign" if is_table || element == "col" => ("valign", Align),
        "width" if is_table || matches!(element, "col" | "colgroup" | "hr") => ("width", Length),
        // The engine reads it as the most, where it is the least.
        "height" | "data-height" if is_table => ("data-height", Length),
        "bgcolor" if is_table || element == "body" => ("bgcolor", Colour),
        "background" if is_table || element == "body" => ("background", Image),
        "border" if element == "table" => ("border", Pixels),
        "bordercolor" if element == "table" => ("bordercolor", Colour),
        "cellpadding" if element == "table" => ("cellpadding", Pixels),
        "cellspacing" if element == "table" => ("cellspacing", Pixels),
        "colspan" if is_cell => ("colspan", Span),
        "rowspan" if is_cell => ("rowspan", Span),
        "span" if matches!(element, "col" | "colgroup") => ("span", Span),
        "nowrap" if is_cell => ("nowrap", Flag),
        "color" if matches!(element, "font" | "hr") => ("color", Colour),
        "face" if element == "font" => ("face", Face),
        "size" if element == "font" => ("size", FontSize),
        "size" if element == "hr" => ("size", Pixels),
        "noshade" if element == "hr" => ("noshade", Flag),
        "text" | "link" if element == "body" => (if attribute == "text" { "text" } else { "link" }, Colour),
        "leftmargin" if element == "body" => ("leftmargin", Pixels),
        "topmargin" if element == "body" => ("topmargin", Pixels),
        "marginwidth" if element == "body" => ("marginwidth", Pixels),
        "marginheight" if element == "body" => ("marginheight", Pixels),
        "clear" if element == "br" => ("clear", Align),
        "start" if element == "ol" => ("start", Number),
        "value" if element == "li" => ("value", Number),
        "reversed" if element == "ol" => ("reversed", Flag),
        "type" if matches!(element, "ol" | "ul" | "li") => ("type", Letter),
        _ => return None,
    })
}

impl Writer {
    /// The attributes that an element keeps. What they mean goes to the sheet.
    pub fn attributes(&mut self, tag: &Tag, element: &'static str) -> Vec<(&'static str, String)> {
        let mut kept: Vec<(&'static str, String)> = Vec::new();
        for attribute in &tag.attrs {
            let Some((name, value)) = known(element, &attribute.name.local) else { continue };
            if kept.iter().any(|(other, _)| *other == name) {
                continue;
            }
            if let Some(value) = self.value(element, value, &attribute.value) {
                // The engine knows one name of the two.
                let value = if name == "align" && value == "middle" { "center".to_string() } else { value };
                legacy::rule(&mut self.legacy, element, name, &value);
                kept.push((name, value));
            }
        }
        kept
    }

    fn value(&mut self, element: &str, kind: Value, value: &str) -> Option<String> {
        match kind {
            Value::Name => text(value, MAX_NAME),
            Value::Words => text(value, MAX_NAME),
            Value::Link => url::link(value),
            Value::Style => self.style_attribute(element, value),
            Value::Align => keyword(value),
            Value::Length => length(value),
            Value::Pixels => pixels(value).map(|n| n.to_string()),
            Value::Span => Some(value.trim().parse::<u32>().ok()?.clamp(1, MAX_SPAN).to_string()),
            Value::Colour => colour(value),
            Value::FontSize => font_size(value),
            Value::Face => face(value),
            Value::Image => {
                let reference = url::Reference::of(value);
                self.reference(reference)
            }
            Value::Number => Some(value.trim().parse::<i32>().ok()?.clamp(-99_999, 99_999).to_string()),
            Value::Letter => {
                Some(value.trim().to_string()).filter(|v| v.len() < 12 && v.bytes().all(|b| b.is_ascii_alphanumeric()))
            }
            Value::Flag => Some(String::new()),
        }
    }

    /// A style attribute without what is remote.
    pub fn style_attribute(&mut self, element: &str, value: &str) -> Option<String> {
        if value.len() > MAX_STYLE {
            self.facts.shortened = true;
            return None;
        }
        let clean = self.css(value, Some(element));
        let clean = clean.trim();
        (!clean.is_empty()).then(|| clean.to_string())
    }
}

/// Text on one line without controls.
pub fn text(value: &str, max: usize) -> Option<String> {
    let clean: String =
        crate::mail::text::truncate(value, max).chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let clean = clean.trim();
    (!clean.is_empty()).then(|| clean.to_string())
}

fn keyword(value: &str) -> Option<String> {
    let value = value.trim().to_ascii_lowercase();
    (value.len() < 12 && !value.is_empty() && value.bytes().all(|b| b.is_ascii_lowercase())).then_some(value)
}

/// Pixels, or a percentage.
pub fn length(value: &str) -> Option<String> {
    let value = value.trim();
    let number = leading_number(value)?;
    let rest = value.trim_start_matches(|c: char| c.is_ascii_digit() || c == '.' || c == '+').trim_start();
    if rest.starts_with('%') {
        // Columns of a third are 33.33%.
        let hundredths = value.split_once('.').and_then(|(_, after)| {
            let digits: String = after.chars().take_while(char::is_ascii_digit).take(2).collect();
            (!digits.is_empty()).then_some(digits)
        });
        let fraction = hundredths.map(|digits| format!(".{digits}")).unwrap_or_default();
        return Some(format!("{}{fraction}%", number.min(1_000)));
    }
    (number <= MAX_LENGTH || number < u32::MAX).then(|| number.min(MAX_LENGTH).to_string())
}

/// Whole pixels.
pub fn pixels(value: &str) -> Option<u32> {
    leading_number(value.trim()).map(|n| n.min(MAX_LENGTH))
}

fn leading_number(value: &str) -> Option<u32> {
    let value = value.strip_prefix('+').unwrap_or(value);
    let digits: String = value.chars().take_while(char::is_ascii_digit).take(9).collect();
    digits.parse().ok()
}

/// `#rrggbb`, `#rgb` or a name.
fn colour(value: &str) -> Option<String> {
    let value = value.trim().to_ascii_lowercase();
    let digits = value.strip_prefix('#').unwrap_or(&value);
    let is_hex = |len: usize| digits.len() == len && digits.bytes().all(|b| b.is_ascii_hexdigit());
    if is_hex(6) || (is_hex(3) && value.starts_with('#')) {
        return Some(format!("#{digits}"));
    }
    (value.len() < 24 && !value.is_empty() && value.bytes().all(|b| b.is_ascii_lowercase())).then_some(value)
}

/// 1 to 7, or a step from 3.
fn font_size(value: &str) -> Option<String> {
    let value = value.trim();
    let step = value.starts_with(['+', '-']);
    let number = value.parse::<i32>().ok()?;
    let size = if step { number.saturating_add(3) } else { number };
    Some(size.clamp(1, 7).to_string())
}

/// Names of families.
fn face(value: &str) -> Option<String> {
    let clean: String =
        value.chars().filter(|c| c.is_alphanumeric() || matches!(c, ' ' | ',' | '-' | '_')).take(200).collect();
    let names: Vec<&str> = clean.split(',').map(str::trim).filter(|name| !name.is_empty()).collect();
    (!names.is_empty()).then(|| names.join(", "))
}

/// Which media a sheet is for: nothing but what queries are made of.
pub fn media(value: &str) -> Option<String> {
    let known = |c: char| c.is_ascii_alphanumeric() || " ,:()-<>=./".contains(c);
    text(value, MAX_NAME).filter(|value| value.chars().all(known))
}

/// Writes an attribute.
pub fn write(out: &mut String, name: &str, value: &str) {
    out.push(' ');
    out.push_str(name);
    out.push_str("=\"");
    escape(out, value, true);
    out.push('"');
}

/// Writes text so that it is read as text.
pub fn escape(out: &mut String, text: &str, in_attribute: bool) {
    for c in text.chars() {
        match c {
            '&' => out.push_str("&amp;"),
            '<' => out.push_str("&lt;"),
            '>' => out.push_str("&gt;"),
            '"' if in_attribute => out.push_str("&quot;"),
            '\0' => out.push('\u{FFFD}'),
            // The parser would fold it into a line feed.
            '\r' => out.push('\n'),
            c => out.push(c),
        }
    }
}
