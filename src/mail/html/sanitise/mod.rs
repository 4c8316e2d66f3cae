//! HTML made harmless: what is left of it names only elements and attributes that this module knows, loads nothing by
//! itself and stays within bounds that an engine can bear.
//!
//! It works on tokens, not on a tree: one pass, time and memory linear in the input, and nesting costs no stack. What
//! it writes is read by an HTML parser again; that cannot turn into anything else on the way, because no element is
//! kept that changes how the parser reads on (`svg`, `math`, `textarea`, `title`, `plaintext`, …) but `style`, whose
//! text is written anew. Sanitising the result again gives the same ([`sanitise`] is idempotent).
//!
//! | | what becomes of it |
//! |---|---|
//! | `script`, `iframe`, `svg`, `select`, … | goes, with what is in it |
//! | `form`, `object`, `video`, `label`, … | goes, what is in it stays |
//! | `base`, `link`, `meta`, `input`, … | goes |
//! | attributes | known ones, their values clamped; no handlers |
//! | links | `http`, `https`, `mailto`, `tel` and fragments of the page |
//! | images | attached (`cid:`, `data:`) stay; remote ones stay where the [`Policy`] says so, else become a box of their size with their alternative text; trackers go |
//! | styles | remote references as for images, `@import`, `@font-face` and animations go |
//! | presentational attributes | stay, and are said once more as [`Sanitised::sheet`] for engines that do not know them |

mod attribute;
mod css;
mod element;
mod image;
mod legacy;
mod tree;
mod url;

pub use attribute::escape;

use super::read::{Visitor, walk_whole};
use crate::mail::mime::guard;
use crate::mail::text;
use element::Kind;
use html5ever::tokenizer::Tag;
use std::collections::BTreeSet;

/// The class of the boxes in place of images that are not loaded.
pub const BLOCKED_CLASS: &str = "postwren-blocked";

/// Bytes of the result.
const MAX_OUTPUT: usize = 8 << 20;
/// Elements of the result.
const MAX_ELEMENTS: usize = 60_000;
/// Bytes of style sheets.
const MAX_SHEETS: usize = 384 << 10;
/// Links and references that are listed.
const MAX_LISTED: usize = 5_000;
/// Bytes of a link's text that are kept.
const MAX_LINK_TEXT: usize = 1_000;

/// How the result refers to an attached image, by its Content-ID (RFC 2392).
pub fn cid_url(id: &str) -> String {
    url::cid(id)
}

/// What a document may show.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Policy {
    /// Whether it keeps references to remote images. Trackers go in any case.
    pub remote_images: bool,
}

/// A document made harmless, and what was found in it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Sanitised {
    /// Without a doctype.
    pub html: String,
    /// CSS for the engine's own sheets: what the presentational attributes mean.
    pub sheet: String,
    /// Whether it was written for the manners of old browsers: no doctype, or an old one.
    pub quirks: bool,
    /// Whether it has rules of its own for a dark background.
    pub has_dark: bool,
    pub facts: Facts,
}

/// What was found in a document.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Facts {
    /// References to remote images and backgrounds, trackers excluded.
    pub remote_images: usize,
    /// Where the document has them kept, their URLs, each once.
    pub remote: Vec<String>,
    /// Images that only tell that the message was opened; removed.
    pub trackers: usize,
    pub links: Vec<Link>,
    /// Content-IDs that it refers to, each once, without `cid:`.
    pub cids: Vec<String>,
    /// Something was left out for its size or depth.
    pub shortened: bool,
}

/// A link: what it shows and where it leads.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Link {
    pub text: String,
    pub href: String,
}

/// Makes a document harmless.
pub fn sanitise(html: &str, policy: Policy) -> Sanitised {
    let bounded = text::truncate(html, guard::MAX_TEXT);
    let mut writer = Writer::new(policy);
    let whole = guard::shielded(|| walk_whole(bounded, &mut writer)).unwrap_or(false);
    writer.facts.shortened |= !whole || bounded.len() < html.len();
    writer.finish(is_quirky(html))
}

/// Whether browsers would read it as they did in the nineties.
fn is_quirky(html: &str) -> bool {
    let head = text::truncate(html.trim_start_matches(['\u{FEFF}', ' ', '\t', '\r', '\n']), 400).to_ascii_lowercase();
    // Comments may stand before it.
    let Some((_, doctype)) = head.split_once("<!doctype") else { return true };
    let doctype = doctype.split('>').next().unwrap_or_default();
    let old = ["html 3.2", "html 2.0", "html 4.0 transitional", "html 4.01 transitional", "html 4.01 frameset"];
    let with_system = doctype.contains("http://") || doctype.contains("https://");
    old.iter().any(|name| doctype.contains(name)) && (!with_system || doctype.contains("html 3.2"))
}

/// Writes the result while tokens come.
struct Writer {
    policy: Policy,
    out: String,
    facts: Facts,
    legacy: BTreeSet<String>,
    open: tree::Open,
    elements: usize,
    /// Inside an element that goes with its content: its name, and how often it is open.
    dropped: Option<(String, usize)>,
    /// The text of a style element that is being read, with its `media`.
    style: Option<(String, Option<String>)>,
    sheets: usize,
    has_dark: bool,
    /// The link that text is added to.
    link: Option<usize>,
}

impl Writer {
    fn new(policy: Policy) -> Writer {
        Writer {
            policy,
            out: String::new(),
            facts: Facts::default(),
            legacy: BTreeSet::new(),
            open: tree::Open::default(),
            elements: 0,
            dropped: None,
            style: None,
            sheets: 0,
            has_dark: false,
            link: None,
        }
    }

    fn finish(mut self, quirks: bool) -> Sanitised {
        self.close_style();
        self.open.close_all(&mut self.out);
        for link in &mut self.facts.links {
            link.text = text::fold_white(&link.text);
        }
        let sheet = self.legacy.into_iter().collect::<Vec<_>>().join("\n");
        Sanitised { html: self.out, sheet, quirks, has_dark: self.has_dark, facts: self.facts }
    }

    fn is_full(&self) -> bool {
        self.out.len() > MAX_OUTPUT || self.elements > MAX_ELEMENTS
    }

    fn element(&mut self, tag: &Tag, name: &'static str, kind: Kind) {
        if self.is_full() {
            self.facts.shortened = true;
            return;
        }
        self.elements = self.elements.saturating_add(1);
        match (kind, name) {
            (Kind::Void, "img") => return self.image(tag),
            (Kind::Void, "hr") => self.open.before(name, &mut self.out),
            (Kind::Void, _) | (Kind::Body, _) => {}
            _ => {
                self.open.before(name, &mut self.out);
                if !self.open.push(name, &mut self.facts.shortened) {
                    return;
                }
            }
        }
        self.out.push('<');
        self.out.push_str(name);
        let attributes = self.attributes(tag, name);
        if name == "a" {
            self.begin_link(&attributes);
        }
        for (attribute, value) in attributes {
            attribute::write(&mut self.out, attribute, &value);
        }
        self.out.push('>');
    }

    fn begin_link(&mut self, attributes: &[(&'static str, String)]) {
        self.link = None;
        let Some((_, href)) = attributes.iter().find(|(name, _)| *name == "href") else { return };
        if self.facts.links.len() < MAX_LISTED {
            self.link = Some(self.facts.links.len());
            self.facts.links.push(Link { text: String::new(), href: href.clone() });
        }
    }

    fn link_text(&mut self, text: &str) {
        if !self.open.has("a") {
            self.link = None;
        }
        let link = self.link.and_then(|at| self.facts.links.get_mut(at));
        if let Some(link) = link.filter(|link| link.text.len() < MAX_LINK_TEXT) {
            link.text.push_str(text::truncate(text, MAX_LINK_TEXT));
        }
    }

    fn close_style(&mut self) {
        let Some((css, media)) = self.style.take() else { return };
        let room = MAX_SHEETS.saturating_sub(self.sheets);
        if css.len() > room {
            self.facts.shortened = true;
            return;
        }
        self.sheets = self.sheets.saturating_add(css.len());
        let lower = css.to_ascii_lowercase();
        self.has_dark |=
            lower.split("prefers-color-scheme").skip(1).any(|rest| text::truncate(rest, 20).contains("dark"));
        let clean = self.css(&css, None);
        if clean.trim().is_empty() {
            return;
        }
        self.out.push_str("<style");
        if let Some(media) = media {
            attribute::write(&mut self.out, "media", &media);
        }
        self.out.push('>');
        self.out.push_str(&clean);
        self.out.push_str("</style>");
    }
}

impl Visitor for Writer {
    fn start(&mut self, tag: &Tag) {
        let name = &*tag.name;
        if let Some((dropped, depth)) = &mut self.dropped {
            if dropped == name && !tag.self_closing {
                *depth = depth.saturating_add(1);
            }
            return;
        }
        self.close_style();
        match element::of(name) {
            Kind::Dropped if !tag.self_closing => self.dropped = Some((name.to_string(), 1)),
            Kind::Dropped | Kind::Gone | Kind::Unwrapped => {}
            Kind::Style => {
                let media = super::read::attribute(tag, "media").and_then(attribute::media);
                self.style = Some((String::new(), media));
            }
            kind => {
                if let Some(name) = element::written(name) {
                    self.element(tag, name, kind);
                }
            }
        }
    }

    fn end(&mut self, name: &str) {
        if let Some((dropped, depth)) = &mut self.dropped {
            if dropped == name {
                *depth = depth.saturating_sub(1);
                if *depth == 0 {
                    self.dropped = None;
                }
            }
            return;
        }
        self.close_style();
        match (element::of(name), element::written(name)) {
            // These make an element where there is none to end.
            (_, Some("br")) if self.is_full() => self.facts.shortened = true,
            (_, Some("p")) if self.is_full() && !self.open.has("p") => self.facts.shortened = true,
            (Kind::Void, Some("br")) => {
                self.elements = self.elements.saturating_add(1);
                self.out.push_str("<br>");
            }
            (_, Some("p")) => {
                self.elements = self.elements.saturating_add(1);
                self.open.end("p", &mut self.out);
            }
            (Kind::Void | Kind::Body, _) => {}
            (_, Some(name)) => self.open.end(name, &mut self.out),
            _ => {}
        }
    }

    fn text(&mut self, text: &str) {
        if self.dropped.is_some() {
            return;
        }
        if let Some((css, _)) = &mut self.style {
            if css.len() <= MAX_SHEETS {
                css.push_str(text);
            }
            return;
        }
        if self.out.len() > MAX_OUTPUT {
            self.facts.shortened = true;
            return;
        }
        attribute::escape(&mut self.out, text, false);
        self.link_text(text);
    }

    fn done(&self) -> bool {
        self.out.len() > MAX_OUTPUT
    }
}

#[cfg(test)]
mod tests;
