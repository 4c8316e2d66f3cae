//! The worker's part: lays a job out, cuts it into pages, writes them.

use super::super::document::Open;
use super::super::model::{Page, View};
use super::flow::{self, Part, Slice, Span};
use super::ink::{self, Well};
use super::{Area, Job, MAX_PAGES, POINTS, Paper, area};
use anyrender::{PaintScene as _, Scene};
use krilla::action::LinkAction;
use krilla::annotation::{Annotation, LinkAnnotation, Target};
use krilla::geom::Rect as PdfRect;
use krilla::metadata::Metadata;
use krilla::page::PageSettings;
use parley::{FontContext, FontFamily, GenericFamily, LayoutContext, PositionedLayoutItem, StyleProperty};
use peniko::kurbo::{Affine, Rect};
use peniko::{Brush, Color, Fill};

/// Device pixels of a CSS pixel: glyphs are placed as finely.
const FINENESS: f32 = 4.0;
/// Smaller than this nobody reads it: what is wider still is cut at the paper's edge.
const LEAST: f32 = 0.3;
/// Points between the heading and what follows it.
const BELOW_HEADING: f64 = 12.0;
/// Points of the page numbers, and of the room above them.
const NUMBER_SIZE: f32 = 8.0;
const NUMBER_ABOVE: f64 = 14.0;

/// A PDF with its pages, and whether it goes on.
pub struct Made {
    pub pdf: Vec<u8>,
    pub pages: usize,
    pub cut: bool,
}

/// A document and the points of its CSS pixels.
struct Sheet {
    open: Open,
    points: f64,
}

/// Prints a job; none where a document is too deep, or the PDF cannot be written.
pub fn print(job: Job, fonts: &mut FontContext) -> Option<Made> {
    let Job { title, language, paper, heading, body } = job;
    let area = area(paper);
    let mut well = Well::default();
    let mut sheets = Vec::new();
    for page in [heading, body] {
        if page.html.is_empty() {
            continue;
        }
        sheets.push(Sheet::new(page, area, fonts, &mut well)?);
    }
    let parts: Vec<Part> = sheets.iter().map(Sheet::part).collect();
    let (pages, cut) = flow::pages(&parts, area.height, MAX_PAGES);
    let mut document = krilla::Document::new();
    let metadata = Metadata::new().title(title).creator("Postwren".into());
    document.set_metadata(if language.is_empty() { metadata } else { metadata.language(language) });
    let mut numbers = LayoutContext::new();
    let count = pages.len();
    for (number, slices) in pages.iter().enumerate() {
        let (width, height) = paper.size();
        let mut page = document.start_page_with(PageSettings::from_wh(width as f32, height as f32)?);
        let mut surface = page.surface();
        for slice in slices {
            let Some(sheet) = sheets.get_mut(slice.part) else { continue };
            sheet.draw(slice, area, &mut well, &mut surface);
        }
        let words = format!("{} / {count}", number.saturating_add(1));
        page_number(&words, paper, fonts, &mut numbers, &mut well, &mut surface);
        surface.finish();
        for slice in slices {
            let Some(sheet) = sheets.get(slice.part) else { continue };
            sheet.links(slice, area).into_iter().for_each(|link| page.add_annotation(link));
        }
        page.finish();
    }
    Some(Made { pdf: document.finish().ok()?, pages: count, cut })
}

impl Sheet {
    fn new(page: Page, area: Area, fonts: &FontContext, well: &mut Well) -> Option<Sheet> {
        let width = (area.width / POINTS) as f32;
        let open = Open::within(page, View { width, scale: FINENESS, ..View::default() }, LEAST, fonts)?;
        well.letters.learn(open.document());
        well.files.extend(open.photographs());
        let points = POINTS * f64::from(open.fit());
        Some(Sheet { open, points })
    }

    fn part(&self) -> Part {
        let whole = self.open.unbroken().into_iter();
        let whole = whole.map(|(top, bottom)| Span { top: top * self.points, bottom: bottom * self.points });
        Part { height: self.open.height() * self.points, after: BELOW_HEADING, whole: whole.collect() }
    }

    fn draw(&mut self, slice: &Slice, area: Area, well: &mut Well, surface: &mut krilla::surface::Surface<'_>) {
        let (top, bottom) = (slice.top / self.points, slice.bottom / self.points);
        let (scene, scale) = self.open.recorded(top, bottom - top);
        let (left, at) = (area.left, area.top + slice.at);
        let shown = Rect::new(left, at, left + area.width, at + slice.bottom - slice.top);
        let base = Affine::translate((left, at)) * Affine::scale(self.points / scale);
        ink::draw_within(shown, &scene.commands, base, well, surface);
    }

    fn links(&self, slice: &Slice, area: Area) -> Vec<Annotation> {
        let (shift_x, shift_y) = (area.left, area.top + slice.at - slice.top);
        let mut found = Vec::new();
        for link in self.open.link_areas() {
            if !leads_out(&link.href) {
                continue;
            }
            for place in &link.areas {
                let scaled = |length: f32| f64::from(length) * self.points;
                let top = scaled(place.y).max(slice.top);
                let bottom = scaled(place.y + place.height).min(slice.bottom);
                let left = scaled(place.x).max(0.0);
                let right = scaled(place.x + place.width).min(area.width);
                if bottom - top < 1.0 || right - left < 1.0 {
                    continue;
                }
                let sides = [left + shift_x, top + shift_y, right + shift_x, bottom + shift_y].map(|side| side as f32);
                let [left, top, right, bottom] = sides;
                let Some(rect) = PdfRect::from_ltrb(left, top, right, bottom) else { continue };
                let target = Target::Action(LinkAction::new(link.href.clone()).into());
                found.push(LinkAnnotation::new(rect, target).into());
            }
        }
        found
    }
}

/// Links that mean something outside of the document.
fn leads_out(href: &str) -> bool {
    let scheme = href.split(':').next().unwrap_or_default();
    ["http", "https", "mailto", "tel"].iter().any(|known| scheme.eq_ignore_ascii_case(known))
}

/// “1 / 3” in the middle of the foot.
fn page_number(
    words: &str,
    paper: Paper,
    fonts: &mut FontContext,
    layouts: &mut LayoutContext<Brush>,
    well: &mut Well,
    surface: &mut krilla::surface::Surface<'_>,
) {
    let grey = Color::from_rgb8(0x60, 0x66, 0x70);
    let mut builder = layouts.ranged_builder(fonts, words, 1.0, false);
    builder.push_default(StyleProperty::FontFamily(FontFamily::from(GenericFamily::SansSerif)));
    builder.push_default(StyleProperty::FontSize(NUMBER_SIZE));
    let mut layout = builder.build(words);
    layout.break_all_lines(None);
    well.letters.learn_text(&layout, words);
    let (width, _) = paper.size();
    let area = area(paper);
    let x = (width - f64::from(layout.width())) / 2.0;
    let y = area.top + area.height + NUMBER_ABOVE;
    let mut scene = Scene::new();
    for item in layout.lines().flat_map(|line| line.items()) {
        let PositionedLayoutItem::GlyphRun(glyphs) = item else { continue };
        let run = glyphs.run();
        let coords: Vec<i16> = run.normalized_coords().iter().map(|coord| coord.to_bits()).collect();
        scene.draw_glyphs(
            run.font(),
            run.font_size(),
            false,
            &coords,
            Default::default(),
            Fill::NonZero,
            anyrender::Paint::from(grey),
            1.0,
            Affine::translate((x, y)),
            None,
            glyphs.positioned_glyphs().map(|glyph| anyrender::Glyph { id: glyph.id, x: glyph.x, y: glyph.y }),
        );
    }
    ink::draw(&scene.commands, Affine::IDENTITY, well, surface);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_links_that_lead_somewhere_are_kept() {
        assert!(leads_out("https://example.com/") && leads_out("MAILTO:a@example.com"));
        assert!(!leads_out("#top") && !leads_out("javascript:x()") && !leads_out("file:///etc/passwd"));
    }
}
