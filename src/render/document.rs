//! One document in the worker: laid out, painted, asked.

use super::images::Images;
use super::model::{Colours, Layout, LinkArea, Page, Point, Rect, Selection, Unit, View};
use super::text::Blocks;
use super::{Hit, MAX_HEIGHT, MAX_TILE, MAX_WIDTH, bare, colours, columns, direction, places};
use crate::mail::search::Phrase;
use anyrender::{PaintScene as _, Scene, render_to_buffer};
use anyrender_vello_cpu::VelloCpuImageRenderer;
use blitz_dom::{BaseDocument, DocumentConfig, UserAgentStylesheet, local_name};
use blitz_html::HtmlDocument;
use blitz_paint::paint_scene;
use blitz_traits::net::Bytes;
use blitz_traits::shell::{ColorScheme, Viewport};
use parley::FontContext;
use peniko::kurbo::Rect as Area;
use peniko::{Color, Fill};
use std::collections::HashMap;
use std::sync::Arc;

/// What relative references are resolved against: nowhere.
const NOWHERE: &str = "http://relative.invalid/";
/// The height that `vh` and media queries see, in CSS pixels.
const VIEWPORT_HEIGHT: u32 = 600;
/// Elements within each other. The sanitiser keeps far below; deeper ones would cost stack.
const MAX_DEPTH: usize = 600;
/// How often a document is laid out until its images have their places.
const PASSES: usize = 3;

/// How much smaller a page is shown for the sake of its width. What is wider still is scrolled sideways.
const LEAST_FIT: f32 = 0.5;
/// How often a width is tried: what is laid out wider may want more.
const FITTINGS: usize = 3;
/// CSS pixels that content may be wider without anybody seeing it.
const SLACK: f64 = 2.0;

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
    /// How much smaller everything is than it was asked for, so that it fits: 1 where it does.
    fit: f32,
    blocks: Option<Blocks>,
    pictures: Vec<Rect>,
}

impl Open {
    /// Parses and lays out. None where it is too deep.
    pub fn new(page: Page, view: View, fonts: &FontContext) -> Option<Open> {
        Open::within(page, view, LEAST_FIT, fonts)
    }

    /// The same where it may become so much smaller, but no more, to fit into the width.
    pub fn within(page: Page, view: View, least: f32, fonts: &FontContext) -> Option<Open> {
        let view = bounded(view);
        let (document, fit) = fitted(&page, view, least, fonts)?;
        let (layout, blocks, pictures) = (Layout::default(), None, Vec::new());
        let mut open = Open { page, document, view, layout, fit, blocks, pictures };
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
        if let Some((document, fit)) = fitted(&self.page, view, LEAST_FIT, fonts) {
            (self.document, self.view, self.fit) = (document, view, fit);
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

    /// The drawing commands of some rows, from the top of the first, and device pixels of a CSS pixel. Both are in CSS
    /// pixels.
    pub fn recorded(&mut self, top: f64, height: f64) -> (Scene, f64) {
        let scale = self.total_scale();
        let pixels = (height * scale).ceil().clamp(1.0, f64::from(u32::MAX)) as u32;
        let columns = self.columns();
        let mut scene = Scene::new();
        self.document.set_viewport_scroll(blitz_dom::Point { x: 0.0, y: top });
        paint_scene(&mut scene, &mut self.document, scale, columns, pixels, 0, 0);
        self.document.set_viewport_scroll(blitz_dom::Point { x: 0.0, y: 0.0 });
        (scene, scale)
    }

    pub fn document(&self) -> &BaseDocument {
        &self.document
    }

    /// How much smaller it is than was asked for.
    pub fn fit(&self) -> f32 {
        self.fit
    }

    /// Its height in CSS pixels.
    pub fn height(&self) -> f64 {
        content_height(&self.document)
    }

    /// Its links, in CSS pixels.
    pub fn link_areas(&self) -> Vec<LinkArea> {
        places::links(&self.document)
    }

    /// Tops and bottoms of what a page should not end within, in CSS pixels: lines, pictures, rows of tables, buttons,
    /// headings with the first line after them.
    pub fn unbroken(&self) -> Vec<(f64, f64)> {
        let mut found: Vec<(f64, f64)> = Blocks::of(&self.document).lines(&self.document);
        let whole = self.pictures.iter().copied().chain(places::pieces(&self.document));
        found.extend(whole.map(|area| (f64::from(area.y), f64::from(area.y + area.height))));
        found
    }

    /// JPEG files by the number of the picture that they became.
    pub fn photographs(&self) -> HashMap<u64, Arc<[u8]>> {
        let mut found = HashMap::new();
        self.document.visit(|_, node| {
            let Some(element) = node.element_data() else { return };
            let (Some(picture), Some(source)) = (element.raster_image_data(), element.attr(local_name!("src"))) else {
                return;
            };
            let file = self.page.images.iter().find(|image| image.url == source);
            if let Some(file) = file.filter(|file| file.bytes.starts_with(&[0xFF, 0xD8, 0xFF])) {
                found.insert(picture.data.id(), file.bytes.clone());
            }
        });
        found
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

    /// Where these words stand.
    pub fn light(&mut self, phrases: &[Phrase]) -> Vec<Rect> {
        self.prepare_text();
        let areas = self.blocks.as_ref().map(|blocks| blocks.light(&self.document, phrases)).unwrap_or_default();
        areas.into_iter().map(|area| self.outward(area)).collect()
    }

    fn prepare_text(&mut self) {
        if self.blocks.is_none() {
            self.blocks = Some(Blocks::of(&self.document));
        }
    }

    fn lay_out(&mut self) {
        self.blocks = None;
        self.pictures = places::pictures(&self.document);
        let scale = self.total_scale();
        let wanted = (content_height(&self.document) * scale).ceil().max(1.0);
        let rows = if wanted < f64::from(MAX_HEIGHT) { wanted as u32 } else { MAX_HEIGHT };
        let device = f64::from(self.view.scale);
        let columns = self.columns();
        let mut links = places::links(&self.document);
        for area in links.iter_mut().flat_map(|link| &mut link.areas) {
            *area = self.outward(*area);
        }
        self.layout = Layout {
            width: (f64::from(columns) / device) as f32,
            height: (f64::from(rows) / device) as f32,
            pixels: (columns, rows),
            fit: self.fit,
            cut: wanted > f64::from(MAX_HEIGHT),
            links,
        };
    }

    /// Device pixels of a row: the view's, and more where the content is wider.
    fn columns(&self) -> u32 {
        let view = physical_width(self.view);
        let content = (content_width(&self.document) * self.total_scale()).ceil();
        // What juts out by less than is seen is no content.
        if content <= f64::from(view) + SLACK * self.total_scale() {
            return view;
        }
        (content.min(f64::from(MAX_WIDTH)) as u32).max(view)
    }

    /// Logical pixels of a CSS pixel.
    fn zoom(&self) -> f32 {
        self.view.zoom * self.fit
    }

    /// Device pixels of a CSS pixel.
    fn total_scale(&self) -> f64 {
        f64::from(self.view.scale) * f64::from(self.zoom())
    }

    /// From the face's logical pixels to CSS pixels.
    fn inward(&self, at: Point) -> Point {
        Point { x: at.x / self.zoom(), y: at.y / self.zoom() }
    }

    fn outward(&self, area: Rect) -> Rect {
        let zoom = self.zoom();
        Rect { x: area.x * zoom, y: area.y * zoom, width: area.width * zoom, height: area.height * zoom }
    }

    fn outward_selection(&self, mut selection: Selection) -> Selection {
        for area in &mut selection.areas {
            *area = self.outward(*area);
        }
        selection
    }
}

/// A page laid out, and how much smaller it is than was asked for. What is too wide for the view is laid out wider and
/// shown smaller, as telephones do; a zoom is on top of that, for it is asked for.
fn fitted(page: &Page, view: View, least: f32, fonts: &FontContext) -> Option<(HtmlDocument, f32)> {
    let plain = View { zoom: 1.0, ..view };
    let mut document = resolved(page, plain, fonts)?;
    let mut fit: f32 = 1.0;
    for _ in 0..FITTINGS {
        let room = f64::from(view.width / fit);
        let wanted = content_width(&document);
        if wanted <= room + SLACK || fit <= least {
            break;
        }
        fit = ((f64::from(view.width) / wanted) as f32).clamp(least, fit);
        document = resolved(page, View { zoom: fit, ..view }, fonts)?;
    }
    if view.zoom != 1.0 {
        document = resolved(page, View { zoom: view.zoom * fit, ..view }, fonts)?;
    }
    Some((document, fit))
}

fn resolved(page: &Page, view: View, fonts: &FontContext) -> Option<HtmlDocument> {
    let mut document = parsed(page, view, fonts)?;
    // Images answer at once, but are seen by the next pass only.
    for _ in 0..PASSES {
        document.resolve(0.0);
    }
    Some(document)
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

/// How far to the right anything is painted, in CSS pixels.
fn content_width(document: &BaseDocument) -> f64 {
    let mut width: f32 = 1.0;
    let mut offset = 0.0;
    let root = document.try_root_element();
    for node in root.into_iter().chain(document.find_body_node()) {
        let layout = node.final_layout();
        offset += layout.location.x;
        width = width.max(offset + layout.scrollable_overflow_rect.right);
    }
    f64::from(if width.is_finite() { width } else { 1.0 })
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
