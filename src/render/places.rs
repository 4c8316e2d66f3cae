//! Where a document's links and pictures are.

use super::model::{LinkArea, Point, Rect};
use blitz_dom::{BaseDocument, Node, NodeId, local_name};

/// Links of a document that can be pressed.
const MAX_LINKS: usize = 5_000;
/// Characters of a link's text.
const MAX_TEXT: usize = 500;
/// How far a text looks for the link around it.
const MAX_ANCESTORS: usize = 1_000;

/// Every link with its lines, in document order.
pub fn links(document: &BaseDocument) -> Vec<LinkArea> {
    let mut found = Vec::new();
    document.visit(|id, node| {
        if found.len() < MAX_LINKS
            && let Some(href) = href_of(node)
        {
            let mut areas: Vec<Rect> = document.node_client_rects(id).into_iter().map(rect).collect();
            // Blocks inside an inline link are laid out by themselves. The engine panics where it is asked for the
            // place of a text.
            if areas.iter().all(|area| area.width < 1.0 || area.height < 1.0) {
                let is_box = |id: &&NodeId| document.get_node(**id).is_some_and(|n| n.element_data().is_some());
                let boxes = node.children.iter().filter(is_box);
                areas = boxes.flat_map(|child| document.node_client_rects(*child)).map(rect).collect();
            }
            areas.retain(|area| area.width >= 1.0 && area.height >= 1.0);
            if !areas.is_empty() {
                found.push(LinkArea { href, text: text(document, id), areas });
            }
        }
    });
    found
}

/// Target and text of the link at a point.
pub fn link_at(document: &BaseDocument, at: Point) -> Option<(String, String)> {
    let mut id = document.hit(at.x, at.y)?.node_id;
    for _ in 0..MAX_ANCESTORS {
        let node = document.get_node(id)?;
        if let Some(href) = href_of(node) {
            return Some((href, text(document, id)));
        }
        id = node.parent?;
    }
    None
}

/// Where pictures are, those behind text excluded.
pub fn pictures(document: &BaseDocument) -> Vec<Rect> {
    let mut found = Vec::new();
    document.visit(|id, node| {
        if node.element_data().is_some_and(|element| element.raster_image_data().is_some()) {
            found.extend(document.get_client_bounding_rect(id).map(rect));
        }
    });
    found
}

/// What should be seen in one piece: low rows of tables, headings with the line that follows them, and whatever else
/// is hardly higher than a line, as a button is.
pub fn pieces(document: &BaseDocument) -> Vec<Rect> {
    /// CSS pixels.
    const ROW: f32 = 160.0;
    const LOW: f32 = 72.0;
    const LINE: f32 = 32.0;
    let mut found = Vec::new();
    document.visit(|id, node| {
        let Some(element) = node.element_data() else { return };
        let name = &element.name.local;
        let heading = [local_name!("h1"), local_name!("h2"), local_name!("h3"), local_name!("h4")].contains(name);
        let most = if heading || *name == local_name!("tr") { ROW } else { LOW };
        if let Some(area) = document.get_client_bounding_rect(id).map(rect)
            && area.height >= 1.0
            && area.height <= most
        {
            let after = if heading { LINE } else { 0.0 };
            found.push(Rect { height: area.height + after, ..area });
        }
    });
    found
}

fn rect(bounds: blitz_dom::BoundingRect) -> Rect {
    Rect { x: bounds.x as f32, y: bounds.y as f32, width: bounds.width as f32, height: bounds.height as f32 }
}

fn href_of(node: &Node) -> Option<String> {
    let element = node.element_data()?;
    if element.name.local != local_name!("a") {
        return None;
    }
    element.attr(local_name!("href")).map(str::to_string)
}

/// What a link shows: its text, else what its pictures stand for.
fn text(document: &BaseDocument, link: NodeId) -> String {
    let (mut words, mut pictures) = (String::new(), String::new());
    let mut waiting = vec![link];
    while let Some(node) = waiting.pop().and_then(|id| document.get_node(id)) {
        if words.len() > MAX_TEXT {
            break;
        }
        if let Some(text) = node.text_data() {
            words.push_str(&text.content);
        }
        let alt = node.element_data().and_then(|element| element.attr(local_name!("alt")));
        pictures.push_str(alt.unwrap_or_default());
        waiting.extend(node.children.iter().rev());
    }
    let folded = |text: &str| crate::mail::text::fold_white(crate::mail::text::truncate(text, MAX_TEXT));
    let words = folded(&words);
    if words.is_empty() { folded(&pictures) } else { words }
}
