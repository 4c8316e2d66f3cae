//! Elements that have no text of their own are marked for the sheets, which cannot see text.
//!
//! In quirks mode a line is as high as what stands in it, and an element around it that has no text itself counts for
//! nothing (Quirks Mode Standard, 3.3): `<p><font size=2>…</font></p>` has lines of the small letters, and a picture alone
//! in a cell has no gap beneath it. Much mail without a doctype is laid out by that. The engine knows only the lines of the
//! standard, so `bare.css` takes the height from the marked elements and gives it back to what is in them. That cannot
//! tell an inherited height from none, so it is done only where the mail says nothing about the height of lines.

use super::Page;
use blitz_dom::{BaseDocument, LocalName, NodeId, QualName, ns};
use std::collections::HashMap;

/// For documents of which [`counts`] is true.
pub const SHEET: &str = include_str!("bare.css");

const ATTRIBUTE: &str = "data-bare";
/// Marks a body or cell that begins or ends with text, so that a block in it is not at its edge.
const EDGE: &str = "data-text";
/// Elements that are marked.
const MAX_MARKED: usize = 20_000;

/// What an element holds.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Holds {
    /// Text of its own.
    Text,
    /// Elements, somewhere more than pictures among them.
    Elements,
    /// Nothing but pictures.
    Pictures,
    Nothing,
}

/// Whether lines are to be as in quirks mode.
pub fn counts(page: &Page) -> bool {
    page.quirks && !["line-height", "font:"].iter().any(|name| page.html.contains(name))
}

/// Marks every element that has elements in it and no text beside them.
pub fn mark(document: &mut BaseDocument) {
    let name = |name: &str| QualName::new(None, ns!(), LocalName::from(name));
    let marks = marks(document);
    let mut mutator = document.mutate();
    for (id, attribute, value) in marks {
        mutator.set_attribute(id, name(attribute), value);
    }
}

fn marks(document: &BaseDocument) -> Vec<(NodeId, &'static str, &'static str)> {
    let mut order = Vec::new();
    let mut waiting: Vec<NodeId> = document.try_root_element().map(|root| root.id).into_iter().collect();
    while let Some(id) = waiting.pop() {
        let Some(node) = document.get_node(id) else { continue };
        waiting.extend(node.children.iter());
        order.push(id);
    }
    let mut known: HashMap<NodeId, Holds> = HashMap::new();
    let mut marks = Vec::new();
    // What is within comes before what it is in.
    for id in order.into_iter().rev() {
        let Some(element) = document.get_node(id).filter(|node| node.element_data().is_some()) else { continue };
        let holds = holds(document, &element.children, &known);
        known.insert(id, holds);
        let local = element.element_data().map(|data| &*data.name.local).unwrap_or_default();
        if marks.len() < MAX_MARKED && is_marked(local) {
            match holds {
                Holds::Elements => marks.push((id, ATTRIBUTE, "")),
                Holds::Pictures => marks.push((id, ATTRIBUTE, "pictures")),
                Holds::Text if matches!(local, "body" | "td" | "th") => {
                    if let Some(value) = edges(document, &element.children) {
                        marks.push((id, EDGE, value));
                    }
                }
                Holds::Text | Holds::Nothing => {}
            }
        }
    }
    marks
}

/// Whether text is the first or the last of these.
fn edges(document: &BaseDocument, children: &[NodeId]) -> Option<&'static str> {
    // Nothing, or what is text and what is not.
    let seen = |id: &NodeId| {
        let node = document.get_node(*id)?;
        let is_text = node.text_data().map(|text| text.content.contains(|c: char| !c.is_ascii_whitespace()));
        if node.element_data().is_some() { Some(false) } else { is_text.filter(|is_text| *is_text) }
    };
    let (first, last) =
        (children.iter().find_map(seen) == Some(true), children.iter().rev().find_map(seen) == Some(true));
    match (first, last) {
        (true, true) => Some("first last"),
        (true, false) => Some("first"),
        (false, true) => Some("last"),
        (false, false) => None,
    }
}

fn holds(document: &BaseDocument, children: &[NodeId], known: &HashMap<NodeId, Holds>) -> Holds {
    let mut holds = Holds::Nothing;
    for id in children {
        let Some(child) = document.get_node(*id) else { continue };
        if child.text_data().is_some_and(|text| text.content.contains(|c: char| !c.is_ascii_whitespace())) {
            return Holds::Text;
        }
        let Some(element) = child.element_data() else { continue };
        let name = &*element.name.local;
        if name == "br" {
            // It is as high as a line of text.
            return Holds::Text;
        }
        let is_picture = name == "img" || (is_inline(name) && known.get(id) == Some(&Holds::Pictures));
        let is_first_or_all = matches!(holds, Holds::Nothing | Holds::Pictures);
        holds = if is_picture && is_first_or_all { Holds::Pictures } else { Holds::Elements };
    }
    holds
}

fn is_inline(name: &str) -> bool {
    matches!(name, "a" | "b" | "strong" | "i" | "em" | "u" | "font" | "span")
}

/// Elements whose lines are those of their content. The marker of a list's item is a line of its own.
fn is_marked(name: &str) -> bool {
    is_inline(name)
        || matches!(name, "body" | "p" | "div" | "center" | "td" | "th" | "blockquote" | "big" | "small" | "tt")
        || matches!(name, "h1" | "h2" | "h3" | "h4" | "h5" | "h6")
}
