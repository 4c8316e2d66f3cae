//! One document in the worker: laid out, painted, asked.

use super::images::Images;
use super::model::{Colours, Layout, Page, Point, Rect, Selection, Unit, View};
use super::text::Blocks;
use super::{Hit, MAX_HEIGHT, MAX_TILE, MAX_WIDTH, bare, colours, columns, direction, places};
use anyrender::{PaintScene as _, render_to_buffer};
use anyrender_vello_cpu::VelloCpuImageRenderer;
use blitz_dom::{BaseDocument, DocumentConfig, UserAgentStylesheet};
use blitz_html::HtmlDocument;
use blitz_paint::paint_scene;
use blitz_traits::net::Bytes;
use blitz_traits::shell::{ColorScheme, Viewport};
use parley::FontContext;
use peniko::kurbo::Rect as Area;
use peniko::{Color, Fill};
use std::sync::Arc;

/// What relative references are resolved against: nowhere.
const NOWHERE: &str = "http://relative.invalid/";
/// The height that `vh` and media queries see, in CSS pixels.
const VIEWPORT_HEIGHT: u32 = 600;
/// Elements within each other. The sanitiser keeps far below; deeper ones would cost stack.
const MAX_DEPTH: usize = 600;
/// How often a document is laid out until its images have their places.
const PASSES: usize = 3;

/// The sheet under every mail's own, above the engine's.
const SHEET: &str = include_str!("sheet.css");
/// What it is like without a doctype: tables do not inherit, and the first margin in a cell or body is none.
const QUIRKS: &str = include_str!("quirks.css");

/// A document that is open in the worker.
pub struct Open {
    page: Page,
    document: HtmlDocument,
    view: View,
    layout: Layout,
    blocks: Option<Blocks>,
    pictures: Vec<Rect>,
}

impl Open {
    /// Parses and lays out. None where it is too deep.
    pub fn new(page: Page, view: View, fonts: &FontContext) -> Option<Open> {
        let view = bounded(view);
        let document = parsed(&page, view, fonts)?;
        let mut open = Open { page, document, view, layout: Layout::default(), blocks: None, pictures: Vec::new() };
        open.lay_out();
        Some(open)
    }

    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    /// Lays out for another view: from the beginning, for the engine leaves parts as they were where only the scale
    /// changes.
    pub fn set_view(&mut self, view: View, fonts: &FontContext) {
        let view = bounded(view);
        if let Some(document) = parsed(&self.page, view, fonts) {
            self.document = document;
            self.view = view;
            self.lay_out();
        }
    }

    /// Rows in device pixels as RGBA; none where it asks for too many.
    pub fn tile(&mut self, top: u32, height: u32) -> Option<(u32, u32, Vec<u8>)> {
        let (width, whole) = self.layout.pixels;
        let height = height.min(whole.saturating_sub(top));
        let pixels = u64::from(width).saturating_mul(u64::from(height));
        if pixels == 0 || pixels > MAX_TILE {
            return None;
        }
        let scale = self.total_scale();
        let is_dark = self.view.colours == Colours::Dark;
        let (r, g, b) = if is_dark && self.page.has_dark { colours::DARK_PAGE } else { (255, 255, 255) };
        let background = Color::from_rgb8(r, g, b);
        self.document.set_viewport_scroll(blitz_dom::Point { x: 0.0, y: f64::from(top) / scale });
        let document: &mut BaseDocument = &mut self.document;
        let mut rgba = render_to_buffer::<VelloCpuImageRenderer, _>(
            |scene| {
                let all = Area::new(0.0, 0.0, f64::from(width), f64::from(height));
                scene.fill(Fill::NonZero, Default::default(), background, Default::default(), &all);
                paint_scene(scene, document, scale, width, height, 0, 0);
            },
            width,
            height,
        );
        self.document.set_viewport_scroll(blitz_dom::Point { x: 0.0, y: 0.0 });
        if is_dark && !self.page.has_dark {
            let kept: Vec<Rect> = self.pictures.iter().map(|r| device(*r, scale as f32, top)).collect();
            colours::exchange(&mut rgba, width, &kept);
        }
        Some((width, height, rgba))
    }

    pub fn link_at(&self, at: Point) -> Option<(String, String)> {
        places::link_at(&self.document, self.inward(at))
    }

    pub fn select(&mut self, from: Point, to: Point, unit: Unit) -> Selection {
        let (from, to) = (self.inward(from), self.inward(to));
        self.prepare_text();
        let blocks = self.blocks.as_ref().map(|blocks| blocks.select(&self.document, from, to, unit));
        self.outward_selection(blocks.unwrap_or_default())
    }

    pub fn select_all(&mut self) -> Selection {
        self.prepare_text();
        let selection = self.blocks.as_ref().map(|blocks| blocks.select_all(&self.document));
        self.outward_selection(selection.unwrap_or_default())
    }

    pub fn find(&mut self, text: &str) -> Vec<Hit> {
        self.prepare_text();
        let mut hits = self.blocks.as_ref().map(|blocks| blocks.find(&self.document, text)).unwrap_or_default();
        for area in hits.iter_mut().flat_map(|hit| &mut hit.areas) {
            *area = self.outward(*area);
        }
        hits
    }

    fn prepare_text(&mut self) {
        if self.blocks.is_none() {
            self.blocks = Some(Blocks::of(&self.document));
        }
    }

    fn lay_out(&mut self) {
        self.blocks = None;
        // Images answer at once, but are seen by the next pass only.
        for _ in 0..PASSES {
            self.document.resolve(0.0);
        }
        self.pictures = places::pictures(&self.document);
        let scale = self.total_scale();
        let wanted = (content_height(&self.document) * scale).ceil().max(1.0);
        let rows = if wanted < f64::from(MAX_HEIGHT) { wanted as u32 } else { MAX_HEIGHT };
        let device = f64::from(self.view.scale);
        let mut links = places::links(&self.document);
        for area in links.iter_mut().flat_map(|link| &mut link.areas) {
            *area = self.outward(*area);
        }
        self.layout = Layout {
            width: self.view.width,
            height: (f64::from(rows) / device) as f32,
            pixels: (physical_width(self.view), rows),
            cut: wanted > f64::from(MAX_HEIGHT),
            links,
        };
    }

    /// Device pixels of a CSS pixel.
    fn total_scale(&self) -> f64 {
        f64::from(self.view.scale) * f64::from(self.view.zoom)
    }

    /// From the face's logical pixels to CSS pixels.
    fn inward(&self, at: Point) -> Point {
        Point { x: at.x / self.view.zoom, y: at.y / self.view.zoom }
    }

    fn outward(&self, area: Rect) -> Rect {
        let zoom = self.view.zoom;
        Rect { x: area.x * zoom, y: area.y * zoom, width: area.width * zoom, height: area.height * zoom }
    }

    fn outward_selection(&self, mut selection: Selection) -> Selection {
        for area in &mut selection.areas {
            *area = self.outward(*area);
        }
        selection
    }
}

/// A page as the engine's document; none where it is too deep.
fn parsed(page: &Page, view: View, fonts: &FontContext) -> Option<HtmlDocument> {
    let mut sheets = vec![UserAgentStylesheet::default_sheet(), UserAgentStylesheet::parse(SHEET)];
    if page.quirks {
        sheets.push(UserAgentStylesheet::parse(QUIRKS));
    }
    if bare::counts(page) {
        sheets.push(UserAgentStylesheet::parse(bare::SHEET));
    }
    sheets.push(UserAgentStylesheet::parse(&page.sheet));
    let given = page.images.iter().map(|image| (image.url.clone(), Bytes::from_owner(image.bytes.clone())));
    let config = DocumentConfig {
        viewport: Some(viewport(view, page.has_dark)),
        base_url: Some(NOWHERE.into()),
        ua_stylesheets: sheets,
        net_provider: Some(Arc::new(Images::new(given))),
        font_ctx: Some(fonts.clone()),
        ..DocumentConfig::default()
    };
    let markup = format!("<!DOCTYPE html>{}", page.html);
    let mut document = HtmlDocument::from_html(&markup, config);
    if depth(&document) > MAX_DEPTH {
        return None;
    }
    // What the engine does not know of HTML, said in ways that it does.
    bare::mark(&mut document);
    columns::say(&mut document);
    direction::order(&mut document);
    Some(document)
}

/// A view within bounds, whatever was asked.
fn bounded(view: View) -> View {
    let within = |value: f32, least: f32, most: f32, else_: f32| {
        if value.is_finite() { value.clamp(least, most) } else { else_ }
    };
    let scale = within(view.scale, 0.5, 4.0, 1.0);
    let zoom = within(view.zoom, 0.25, 5.0, 1.0);
    let width = within(view.width, 100.0, MAX_WIDTH as f32 / scale, 700.0);
    View { width, scale, zoom, ..view }
}

fn physical_width(view: View) -> u32 {
    ((view.width * view.scale).round() as u32).clamp(1, MAX_WIDTH)
}

fn viewport(view: View, has_dark: bool) -> Viewport {
    let dark = view.colours == Colours::Dark && has_dark;
    let scheme = if dark { ColorScheme::Dark } else { ColorScheme::Light };
    let height = (VIEWPORT_HEIGHT as f32 * view.scale) as u32;
    let mut viewport = Viewport::new(physical_width(view), height, view.scale, scheme);
    viewport.zoom = view.zoom;
    viewport
}

/// CSS pixels of the document in device pixels of a tile.
fn device(area: Rect, scale: f32, top: u32) -> Rect {
    let y = area.y * scale - top as f32;
    Rect { x: area.x * scale, y, width: area.width * scale, height: area.height * scale }
}

/// How far down anything is painted, in CSS pixels.
fn content_height(document: &BaseDocument) -> f64 {
    let mut height: f32 = 1.0;
    let mut offset = 0.0;
    let root = document.try_root_element();
    for node in root.into_iter().chain(document.find_body_node()) {
        let layout = node.final_layout();
        offset += layout.location.y;
        height = height.max(offset + layout.size.height.max(layout.scrollable_overflow_rect.bottom));
    }
    f64::from(if height.is_finite() { height } else { 1.0 })
}

/// How deep elements stand within each other.
fn depth(document: &BaseDocument) -> usize {
    let mut deepest = 0;
    let Some(root) = document.try_root_element() else { return 0 };
    let mut waiting = vec![(root.id, 1_usize)];
    while let Some((id, level)) = waiting.pop() {
        deepest = deepest.max(level);
        let children = document.get_node(id).map(|node| node.children.as_slice()).unwrap_or_default();
        waiting.extend(children.iter().map(|child| (*child, level.saturating_add(1))));
    }
    deepest
}
