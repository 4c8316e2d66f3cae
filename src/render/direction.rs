//! Text that runs from right to left, where the engine does not know what it means.
//!
//! | | what the engine does | what is done here |
//! |---|---|---|
//! | `<b dir=ltr>#1</b>` among Arabic | orders it as if it had no `dir` | the isolating characters of Unicode stand around it (UAX 9, 2.7) |
//! | boxes beside each other in a line | laid out from the left | put in the other order, as invitations are built |

use blitz_dom::{BaseDocument, LocalName, Node, NodeId, local_name};

/// Elements that are changed.
const MAX_CHANGED: usize = 2_000;
/// Boxes of one line that are put in another order.
const MAX_BOXES: usize = 6;

const LEFT_TO_RIGHT: &str = "\u{2066}";
const RIGHT_TO_LEFT: &str = "\u{2067}";
const END: &str = "\u{2069}";

/// Whether a character is one of those that stand in the text for the order alone.
pub fn is_isolate(c: char) -> bool {
    matches!(c, '\u{2066}'..='\u{2069}')
}

pub fn order(document: &mut BaseDocument) {
    let (mut isolated, mut turned) = (Vec::new(), Vec::new());
    document.visit(|id, node| {
        if isolated.len() + turned.len() >= MAX_CHANGED {
            return;
        }
        if let Some(mark) = isolation(node) {
            isolated.push((id, mark));
        } else if let Some(boxes) = boxes(document, node) {
            turned.push((id, boxes));
        }
    });
    let mut mutator = document.mutate();
    for (id, mark) in isolated {
        let (begin, end) = (mutator.create_text_node(mark), mutator.create_text_node(END));
        mutator.prepend_nodes(id, &[begin]);
        mutator.append_children(id, &[end]);
    }
    for (id, mut boxes) in turned {
        boxes.reverse();
        mutator.append_children(id, &boxes);
    }
}

/// What an inline element with a direction of its own begins with.
fn isolation(node: &Node) -> Option<&'static str> {
    let element = node.element_data()?;
    let inline = ["a", "b", "strong", "i", "em", "u", "font", "span", "bdi", "small", "code", "q", "cite", "time"];
    if !inline.contains(&&*element.name.local) || style(node).contains("inline-block") {
        return None;
    }
    match element.attr(local_name!("dir"))? {
        "ltr" => Some(LEFT_TO_RIGHT),
        "rtl" => Some(RIGHT_TO_LEFT),
        _ => None,
    }
}

/// The boxes of an element that holds nothing but boxes in a line from right to left.
fn boxes(document: &BaseDocument, node: &Node) -> Option<Vec<NodeId>> {
    let element = node.element_data()?;
    let leads = element.attr(local_name!("dir")) == Some("rtl") || style(node).contains("direction:rtl");
    if !leads || node.children.len() > MAX_BOXES.saturating_mul(2).saturating_add(1) {
        return None;
    }
    let mut boxes = Vec::new();
    for id in &node.children {
        let child = document.get_node(*id)?;
        if child.text_data().is_some_and(|text| !text.content.trim().is_empty()) {
            return None;
        }
        if child.element_data().is_some() {
            if !style(child).contains("display:inline-block") {
                return None;
            }
            boxes.push(*id);
        }
    }
    (2..=MAX_BOXES).contains(&boxes.len()).then_some(boxes)
}

/// The style attribute without white space.
fn style(node: &Node) -> String {
    let value = node.element_data().and_then(|element| element.attr(LocalName::from("style"))).unwrap_or_default();
    value.chars().filter(|c| !c.is_whitespace()).collect()
}
