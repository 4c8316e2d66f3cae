//! What a document would load from elsewhere.

use super::read::{Visitor, attribute, walk};
use crate::mail::mime::guard;
use html5ever::tokenizer::Tag;

/// Attributes whose value a browser fetches by itself.
const FETCHED: [&str; 12] = [
    "src",
    "srcset",
    "background",
    "poster",
    "data",
    "lowsrc",
    "dynsrc",
    "longdesc",
    "code",
    "codebase",
    "icon",
    "manifest",
];

/// How many references to remote content a document has: images, styles, fonts, frames, media. Attached content
/// (`cid:`, `data:`) is not remote, and links that wait for a click are not counted.
pub fn remote_count(html: &str) -> usize {
    let mut counter = Counter::default();
    guard::shielded(|| walk(html, &mut counter));
    counter.count
}

#[derive(Default)]
struct Counter {
    count: usize,
    in_style: bool,
}

impl Visitor for Counter {
    fn start(&mut self, tag: &Tag) {
        self.in_style = &*tag.name == "style";
        let loads_href = matches!(&*tag.name, "link" | "image" | "use" | "feimage");
        for a in &tag.attrs {
            let name = &*a.name.local;
            if FETCHED.contains(&name) || (loads_href && matches!(name, "href" | "xlink:href")) {
                let candidates = usize::from(name == "srcset").saturating_mul(1_000);
                let several = a.value.split(',').take(candidates).any(is_remote);
                self.add(usize::from(several || is_remote(&a.value)));
            } else if name == "style" || matches!(name, "fill" | "filter" | "mask") {
                self.add(in_style(&a.value));
            }
        }
        let refresh = attribute(tag, "http-equiv").is_some_and(|v| v.trim().eq_ignore_ascii_case("refresh"));
        if &*tag.name == "meta" && refresh {
            self.add(1);
        }
    }

    fn end(&mut self, name: &str) {
        if name == "style" {
            self.in_style = false;
        }
    }

    fn text(&mut self, text: &str) {
        if self.in_style {
            self.add(in_style(text));
        }
    }
}

impl Counter {
    fn add(&mut self, more: usize) {
        self.count = self.count.saturating_add(more);
    }
}

/// Browsers drop tabs and line ends inside a URL, and controls before it.
fn is_remote(url: &str) -> bool {
    let clean = url.chars().filter(|c| !c.is_control() && !c.is_whitespace()).take(12).collect::<String>();
    let clean = clean.to_ascii_lowercase().replace('\\', "/");
    ["http:", "https:", "ftp:", "//"].iter().any(|scheme| clean.starts_with(scheme))
}

/// Remote references of CSS. An escape (`\75rl(`) is counted as one: no honest style needs it before a bracket.
fn in_style(css: &str) -> usize {
    let lower = css.to_ascii_lowercase();
    let urls = lower.split("url(").skip(1).filter(|u| is_remote(u.trim_start_matches(['"', '\'', ' ']))).count();
    let imports =
        lower.split("@import").skip(1).filter(|u| is_remote(u.trim_start().trim_start_matches(['"', '\'']))).count();
    let sets = lower.split("image-set(").skip(1).filter(|u| is_remote(u.trim_start_matches(['"', '\'', ' ']))).count();
    let escaped = usize::from(lower.contains('\\') && lower.contains('('));
    urls.saturating_add(imports).saturating_add(sets).saturating_add(if urls == 0 { escaped } else { 0 })
}
