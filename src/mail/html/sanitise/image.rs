//! Images: shown, replaced or removed.

use super::attribute::{self, length, pixels};
use super::url::Reference;
use super::{BLOCKED_CLASS, Writer};
use crate::mail::html::read::attribute as attribute_of;
use html5ever::tokenizer::Tag;

/// Pixels of an edge below which nobody sees an image.
const UNSEEN: u32 = 2;
/// Pixels that the box in place of an image needs for its border and the space within.
const LEAST_WIDTH: u32 = 12;
const LEAST_HEIGHT: u32 = 8;
/// Characters of an alternative text.
const MAX_ALT: usize = 400;

/// Paths by which services for newsletters know that a message was opened, the host's name before them.
const TRACKERS: &[&str] = &[
    "/wf/open",
    "/track/open",
    "/trk/open",
    "/open.aspx",
    "/open.php",
    "/o.gif",
    "/pixel.gif",
    "/beacon.gif",
    "/track.gif",
    "/tracking.gif",
    "/transparent.gif?",
    "/mpss/o/",
    "/e/open",
    "/email/open",
    "/emailopen",
    "/trace/mail/",
    "/imp?",
    "google-analytics.com/collect",
    "facebook.com/tr",
];

/// The size that a document gives to an image.
#[derive(Clone, Debug, Default)]
struct Size {
    width: Option<String>,
    height: Option<String>,
}

impl Writer {
    pub fn image(&mut self, tag: &Tag) {
        let reference = Reference::of(attribute_of(tag, "src").unwrap_or_default());
        let size = size_of(tag);
        if let Reference::Remote(url) = &reference
            && is_tracker(tag, url, &size)
        {
            self.facts.trackers = self.facts.trackers.saturating_add(1);
            return;
        }
        match self.reference(reference) {
            Some(url) => self.shown(tag, &url, &size),
            None => self.placeholder(tag, &size),
        }
        let alt = attribute_of(tag, "alt").unwrap_or_default().to_string();
        self.alternative(&alt);
    }

    /// A link without words is known by the text of its picture.
    fn alternative(&mut self, alt: &str) {
        if !alt.is_empty() {
            self.link_text(" ");
            self.link_text(alt);
        }
    }

    fn shown(&mut self, tag: &Tag, url: &str, size: &Size) {
        self.out.push_str("<img");
        attribute::write(&mut self.out, "src", url);
        if let Some(alt) = attribute_of(tag, "alt").and_then(|alt| attribute::text(alt, MAX_ALT)) {
            attribute::write(&mut self.out, "alt", &alt);
        }
        for (name, value) in [("width", &size.width), ("height", &size.height)] {
            if let Some(value) = value {
                attribute::write(&mut self.out, name, value);
            }
        }
        for name in ["border", "hspace", "vspace"] {
            if let Some(value) = attribute_of(tag, name).and_then(pixels) {
                attribute::write(&mut self.out, name, &value.to_string());
            }
        }
        if let Some(align) = attribute_of(tag, "align").map(|a| a.trim().to_ascii_lowercase())
            && matches!(
                align.as_str(),
                "left" | "right" | "top" | "middle" | "center" | "bottom" | "absmiddle" | "texttop"
            )
        {
            super::legacy::rule(&mut self.legacy, "img", "data-align", &align);
            attribute::write(&mut self.out, "data-align", &align);
        } else if let Some(align) = attribute_of(tag, "data-align").and_then(|a| attribute::text(a, 10)) {
            super::legacy::rule(&mut self.legacy, "img", "data-align", &align);
            attribute::write(&mut self.out, "data-align", &align);
        }
        self.named(tag, "");
        if let Some(style) = attribute_of(tag, "style").and_then(|style| self.style_attribute("img", style)) {
            attribute::write(&mut self.out, "style", &style);
        }
        self.out.push('>');
    }

    /// A box in the place of an image: of its size, with its alternative text.
    fn placeholder(&mut self, tag: &Tag, size: &Size) {
        let alt = attribute_of(tag, "alt").and_then(|alt| attribute::text(alt, MAX_ALT));
        let own = attribute_of(tag, "style").and_then(|style| self.style_attribute("img", style)).unwrap_or_default();
        let sized = size.width.is_some() || size.height.is_some() || own.contains("width") || own.contains("height");
        if alt.is_none() && !sized {
            return;
        }
        let mut style = String::new();
        for (name, value) in [("width", &size.width), ("height", &size.height)] {
            if let Some(value) = value {
                let unit = if value.ends_with('%') { "" } else { "px" };
                style.push_str(&format!("{name}:{value}{unit};"));
            }
        }
        style.push_str(&own);
        if is_spacer(size) {
            // It was there to be a distance: a border and its space would be more than all of it.
            style.push_str(";padding:0;border:0;background:none");
        }
        self.open.before("span", &mut self.out);
        self.out.push_str("<span");
        self.named(tag, BLOCKED_CLASS);
        let style = self.style_attribute("span", &style);
        if let Some(style) = style {
            attribute::write(&mut self.out, "style", &style);
        }
        self.out.push('>');
        attribute::escape(&mut self.out, &alt.unwrap_or_default(), false);
        self.out.push_str("</span>");
    }

    /// Class and id, as selectors know the image.
    fn named(&mut self, tag: &Tag, more: &str) {
        let own = attribute_of(tag, "class").and_then(|class| attribute::text(class, 500)).unwrap_or_default();
        let class = [more, own.as_str()].join(" ");
        if !class.trim().is_empty() {
            attribute::write(&mut self.out, "class", class.trim());
        }
        if let Some(id) = attribute_of(tag, "id").and_then(|id| attribute::text(id, 200)) {
            attribute::write(&mut self.out, "id", &id);
        }
    }
}

/// Whether an image is so narrow or low that a box in its place would be larger than itself.
fn is_spacer(size: &Size) -> bool {
    let below = |edge: &Option<String>, least: u32| {
        edge.as_deref().filter(|v| !v.ends_with('%')).and_then(pixels).is_some_and(|edge| edge < least)
    };
    below(&size.width, LEAST_WIDTH) || below(&size.height, LEAST_HEIGHT)
}

fn size_of(tag: &Tag) -> Size {
    Size { width: attribute_of(tag, "width").and_then(length), height: attribute_of(tag, "height").and_then(length) }
}

fn is_tracker(tag: &Tag, url: &str, size: &Size) -> bool {
    let style: String = attribute_of(tag, "style").unwrap_or_default().chars().filter(|c| !c.is_whitespace()).collect();
    let style = style.to_ascii_lowercase();
    let hidden =
        style.contains("display:none") || style.contains("visibility:hidden") || attribute_of(tag, "hidden").is_some();
    let styled = |name: &str| style.split(';').find_map(|d| d.strip_prefix(name)?.strip_prefix(':')).and_then(pixels);
    let edge = |value: &Option<String>, name: &str| {
        value.as_deref().filter(|v| !v.ends_with('%')).and_then(pixels).or_else(|| styled(name))
    };
    let (width, height) = (edge(&size.width, "width"), edge(&size.height, "height"));
    let unseen = |edge: Option<u32>| edge.is_some_and(|e| e <= UNSEEN);
    let lower = url.to_ascii_lowercase();
    let unnamed = attribute_of(tag, "alt").is_none_or(|alt| alt.trim().is_empty());
    let sized = width.is_some_and(|w| w > UNSEEN) && height.is_some_and(|h| h > UNSEEN);
    let of_known_shape = unnamed && !sized && TRACKERS.iter().any(|shape| lower.contains(shape));
    hidden || (unseen(width) && unseen(height)) || of_known_shape
}
