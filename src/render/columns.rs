//! Widths of columns, said with `col` elements where a table's first row does not tell them cell by cell.
//!
//! Browsers take a column's width from the cells of every row. The engine asks the first row alone, and takes the width
//! of a cell over several columns for that of its first one: in the usual newsletter of old, a header over all columns,
//! that column pushes the others out of sight. `col` elements are stronger, so the widths are gathered here.

use blitz_dom::{Attribute, BaseDocument, LocalName, Node, NodeId, QualName, local_name, ns};

/// Columns of a table that is looked at.
const MAX_COLUMNS: usize = 60;
/// Rows of it.
const MAX_ROWS: usize = 300;
/// Tables of a document.
const MAX_TABLES: usize = 400;
/// Pixels between the edge of a cell and its content where nothing is said.
const PADDING: u32 = 1;

/// What is changed in one table.
struct Change {
    table: NodeId,
    widths: Vec<Option<u32>>,
    /// Cells of the first row that are wider than a column.
    wide: Vec<NodeId>,
}

pub fn say(document: &mut BaseDocument) {
    let mut tables = Vec::new();
    document.visit(|id, node| {
        if tables.len() < MAX_TABLES && is(node, "table") {
            tables.push(id);
        }
    });
    let changes: Vec<Change> = tables.into_iter().filter_map(|table| change(document, table)).collect();
    let html = |name: &str| QualName::new(None, ns!(html), LocalName::from(name));
    let mut mutator = document.mutate();
    for Change { table, widths, wide } in changes {
        let group = mutator.create_element(html("colgroup"), Vec::new());
        for width in widths {
            let attributes = width.map(|width| Attribute {
                name: QualName::new(None, ns!(), local_name!("width")),
                value: width.to_string(),
            });
            let column = mutator.create_element(html("col"), attributes.into_iter().collect());
            mutator.append_children(group, &[column]);
        }
        mutator.prepend_nodes(table, &[group]);
        for cell in wide {
            mutator.set_style_property(cell, "width", "auto");
        }
    }
}

fn change(document: &BaseDocument, table: NodeId) -> Option<Change> {
    let node = document.get_node(table)?;
    let rows = rows(document, node)?;
    let padding = attribute(node, "cellpadding").and_then(pixels).unwrap_or(PADDING);
    let first: Vec<&Node> = cells(document, rows.first()?).collect();
    let wide: Vec<NodeId> = first.iter().filter(|cell| span(cell, "colspan") > 1).map(|cell| cell.id).collect();
    if wide.is_empty() {
        return None;
    }
    let mut widths: Vec<Option<u32>> = Vec::new();
    // For each column the rows that a cell from above still fills.
    let mut filled: Vec<usize> = Vec::new();
    for row in rows {
        let mut at = 0;
        for cell in cells(document, row) {
            while filled.get(at).is_some_and(|rows| *rows > 0) {
                at += 1;
            }
            let (columns, down) = (span(cell, "colspan"), span(cell, "rowspan"));
            let end = at.saturating_add(columns).min(MAX_COLUMNS);
            if filled.len() < end {
                filled.resize(end, 0);
                widths.resize(end, None);
            }
            filled.iter_mut().take(end).skip(at).for_each(|rows| *rows = down);
            if columns == 1
                && let Some(known) = widths.get_mut(at)
                && let Some(width) = attribute(cell, "width").and_then(pixels)
            {
                *known = (*known).max(Some(width.saturating_add(padding.saturating_mul(2))));
            }
            at = end;
        }
        filled.iter_mut().for_each(|rows| *rows = rows.saturating_sub(1));
    }
    Some(Change { table, widths, wide })
}

/// The rows of a table; none where it says the widths of its columns itself.
fn rows<'d>(document: &'d BaseDocument, table: &Node) -> Option<Vec<&'d Node>> {
    let mut rows = Vec::new();
    for part in children(document, table) {
        if is(part, "colgroup") || is(part, "col") {
            return None;
        }
        if is(part, "tr") {
            rows.push(part);
        }
        if is(part, "tbody") || is(part, "thead") || is(part, "tfoot") {
            rows.extend(children(document, part).filter(|row| is(row, "tr")));
        }
    }
    rows.truncate(MAX_ROWS);
    Some(rows)
}

fn cells<'d>(document: &'d BaseDocument, row: &Node) -> impl Iterator<Item = &'d Node> {
    children(document, row).filter(|cell| is(cell, "td") || is(cell, "th")).take(MAX_COLUMNS)
}

fn children<'d>(document: &'d BaseDocument, node: &Node) -> impl Iterator<Item = &'d Node> {
    node.children.clone().into_iter().filter_map(|id| document.get_node(id))
}

fn is(node: &Node, name: &str) -> bool {
    node.element_data().is_some_and(|element| &*element.name.local == name)
}

fn attribute<'n>(node: &'n Node, name: &str) -> Option<&'n str> {
    node.element_data()?.attr(LocalName::from(name))
}

/// As the sanitiser leaves it: a number, or a number and a percent sign.
fn pixels(value: &str) -> Option<u32> {
    value.parse().ok()
}

fn span(cell: &Node, name: &str) -> usize {
    attribute(cell, name).and_then(|value| value.parse().ok()).unwrap_or(1).max(1)
}
