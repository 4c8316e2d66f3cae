//! Where pages end.

/// A share of the page that a cut may leave empty for the sake of what it spares.
const SPARED: f64 = 0.4;

/// A document to be cut into pages. Lengths are in points.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    pub height: f64,
    /// Room below it.
    pub after: f64,
    /// What a cut should not go through.
    pub whole: Vec<Span>,
}

/// From top to bottom, in points from the top of the part.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Span {
    pub top: f64,
    pub bottom: f64,
}

/// A piece of a part on a page.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Slice {
    /// The number of the part.
    pub part: usize,
    pub top: f64,
    pub bottom: f64,
    /// How far down on the page.
    pub at: f64,
}

/// The slices of every page of this height, at most `most` pages, and whether something was left out.
pub fn pages(parts: &[Part], height: f64, most: usize) -> (Vec<Vec<Slice>>, bool) {
    let mut all = Vec::new();
    let (mut page, mut y) = (Vec::new(), 0.0);
    for (number, part) in parts.iter().enumerate() {
        let mut top = 0.0;
        while top < part.height {
            let room = height - y;
            let rest = part.height - top;
            let bottom = if rest <= room { part.height } else { cut(part, top, room, height) };
            if bottom > top {
                page.push(Slice { part: number, top, bottom, at: y });
            }
            if bottom >= part.height {
                y += bottom - top + part.after;
                break;
            }
            top = top.max(bottom);
            if all.len().saturating_add(1) >= most {
                all.push(page);
                return (all, true);
            }
            all.push(std::mem::take(&mut page));
            y = 0.0;
        }
    }
    if !page.is_empty() || all.is_empty() {
        all.push(page);
    }
    (all, false)
}

/// The best place to end a page that has `room` left, of pages `height` high; `top` itself where the next page is
/// better for all of it.
fn cut(part: &Part, top: f64, room: f64, height: f64) -> f64 {
    let limit = top + room.max(0.0);
    // A page that has begun with something else may be left to it.
    let begun = room < height;
    let least = if begun { top } else { top + height * SPARED };
    let mut at = limit;
    // What is cut through moves down, and what begins there above it too, until nothing is.
    loop {
        let through = |span: &&Span| span.top < at && at < span.bottom && span.bottom - span.top <= height;
        let first = part.whole.iter().filter(through).map(|span| span.top).fold(at, f64::min);
        if first >= at {
            break;
        }
        at = first;
        if at < least {
            // Nothing is spared by so early a cut: only what is low, as a line is, is kept whole.
            return lines(part, top, limit);
        }
    }
    at
}

/// The same for what is as low as a line.
fn lines(part: &Part, top: f64, limit: f64) -> f64 {
    const LINE: f64 = 40.0;
    let mut at = limit;
    loop {
        let through = |span: &&Span| span.top < at && at < span.bottom && span.bottom - span.top <= LINE;
        let first = part.whole.iter().filter(through).map(|span| span.top).fold(at, f64::min);
        if first >= at {
            return at;
        }
        // Lines that lie over each other without end are cut.
        if first <= top + 1.0 || first < limit - 4.0 * LINE {
            return limit.max(top + 1.0);
        }
        at = first;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn lines_of(count: usize, each: f64) -> Part {
        let whole = (0..count).map(|n| Span { top: n as f64 * each, bottom: (n + 1) as f64 * each }).collect();
        Part { height: count as f64 * each, after: 0.0, whole }
    }

    #[test]
    fn a_page_ends_between_lines() {
        let (pages, cut) = pages(&[lines_of(20, 30.0)], 100.0, 500);
        let ends: Vec<f64> = pages.iter().map(|page| page.last().unwrap().bottom).collect();
        assert_eq!(ends, [90.0, 180.0, 270.0, 360.0, 450.0, 540.0, 600.0]);
        assert!(!cut);
    }

    #[test]
    fn a_picture_moves_to_the_next_page_whole() {
        let picture = Span { top: 80.0, bottom: 160.0 };
        let part = Part { height: 200.0, after: 0.0, whole: vec![picture] };
        let (pages, _) = pages(&[part], 100.0, 500);
        let ends: Vec<f64> = pages.iter().map(|page| page.last().unwrap().bottom).collect();
        assert_eq!(ends, [80.0, 180.0, 200.0]);
    }

    #[test]
    fn a_picture_higher_than_a_page_is_cut() {
        let part = Part { height: 300.0, after: 0.0, whole: vec![Span { top: 0.0, bottom: 300.0 }] };
        let (pages, _) = pages(&[part], 100.0, 500);
        assert_eq!(pages.len(), 3);
    }

    #[test]
    fn the_body_follows_the_heading_on_its_page() {
        let heading = Part { height: 30.0, after: 10.0, whole: vec![Span { top: 0.0, bottom: 30.0 }] };
        let (pages, _) = pages(&[heading, lines_of(5, 20.0)], 100.0, 500);
        assert_eq!(pages[0][1], Slice { part: 1, top: 0.0, bottom: 60.0, at: 40.0 });
        assert_eq!(pages[1], [Slice { part: 1, top: 60.0, bottom: 100.0, at: 0.0 }]);
    }

    #[test]
    fn what_does_not_fit_under_the_heading_begins_the_next_page() {
        let heading = Part { height: 60.0, after: 10.0, whole: Vec::new() };
        let picture = Part { height: 90.0, after: 0.0, whole: vec![Span { top: 0.0, bottom: 90.0 }] };
        let (pages, _) = pages(&[heading, picture], 100.0, 500);
        assert_eq!(pages.len(), 2);
        assert_eq!(pages[1], [Slice { part: 1, top: 0.0, bottom: 90.0, at: 0.0 }]);
    }

    #[test]
    fn pages_have_an_end() {
        let (pages, cut) = pages(&[lines_of(1_000, 30.0)], 100.0, 5);
        assert_eq!((pages.len(), cut), (5, true));
    }

    proptest! {
        #[test]
        fn every_row_is_on_one_page_and_no_page_is_too_full(
            heights in proptest::collection::vec(0.0..3_000.0f64, 1..4),
            spans in proptest::collection::vec((0.0..3_000.0f64, 0.0..900.0f64), 0..60),
        ) {
            let whole: Vec<Span> = spans.iter().map(|(top, high)| Span { top: *top, bottom: top + high }).collect();
            let parts: Vec<Part> = heights.iter()
                .map(|height| Part { height: *height, after: 5.0, whole: whole.clone() }).collect();
            let (pages, cut) = pages(&parts, 500.0, 10_000);
            prop_assert!(!cut);
            let mut next = vec![0.0; parts.len()];
            for page in &pages {
                let mut y = 0.0;
                for slice in page {
                    prop_assert_eq!(slice.top, next[slice.part]);
                    prop_assert!(slice.bottom > slice.top && slice.at >= y);
                    y = slice.at + slice.bottom - slice.top;
                    prop_assert!(y <= 500.0 + 1.5, "{}", y);
                    next[slice.part] = slice.bottom;
                }
            }
            for (end, part) in next.iter().zip(&parts) {
                prop_assert_eq!(*end, part.height);
            }
        }
    }
}
