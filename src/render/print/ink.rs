//! Drawing commands as PDF.
//!
//! Everything stays what it is: text is text, a line is a line. What PDF cannot say is done without (filters) or
//! drawn as a picture (soft shadows). A JPEG goes into the file as it came.

use super::letters::{Letters, Variation, key};
use anyrender::recording::{BoxShadowCommand, GlyphRunCommand, RenderCommand};
use anyrender::{NormalizedCoord, Paint as Brush, PaintScene as _, render_to_buffer};
use anyrender_vello_cpu::VelloCpuImageRenderer;
use krilla::blend::BlendMode;
use krilla::color::rgb;
use krilla::geom::{Path, PathBuilder, Point, Size, Transform};
use krilla::image::Image;
use krilla::num::NormalizedF32;
use krilla::paint::{
    Fill, FillRule, LineCap, LineJoin, LinearGradient, Paint, RadialGradient, SpreadMethod, Stop, Stroke, StrokeDash,
    SweepGradient,
};
use krilla::surface::Surface;
use krilla::text::{Font, GlyphId, KrillaGlyph, Tag};
use peniko::color::Srgb;
use peniko::kurbo::{self, Affine, BezPath, PathEl, Rect, Shape as _};
use peniko::{Compose, Extend, Gradient, GradientKind, ImageAlphaType, ImageBrush, ImageData, ImageFormat, Mix};
use std::collections::HashMap;
use std::sync::Arc;

/// Copies of a picture that fill one ground.
const MAX_TILES: f64 = 4_000.0;
/// Pixels of the edge of a soft shadow.
const SHADOW: f64 = 400.0;

/// What is made once for all pages.
#[derive(Default)]
pub struct Well {
    pub letters: Letters,
    /// The bytes of JPEG files by the number of the picture that they became.
    pub files: HashMap<u64, Arc<[u8]>>,
    fonts: HashMap<(u64, u32, Vec<NormalizedCoord>), Option<Font>>,
    images: HashMap<u64, Option<Image>>,
}

/// Draws commands, whose coordinates `base` takes to the page's points.
pub fn draw(commands: &[RenderCommand], base: Affine, well: &mut Well, surface: &mut Surface<'_>) {
    let mut ink = Ink { base, well, surface, open: Vec::new() };
    let skipped = skipped(commands);
    let mut at = 0;
    while let Some(command) = commands.get(at) {
        if let Some(end) = skipped.get(&at) {
            at = end.saturating_add(1);
            continue;
        }
        ink.command(command);
        at = at.saturating_add(1);
    }
    while ink.open.pop().is_some_and(|steps| ink.pop(steps)) {}
}

/// The same, nothing of which is seen outside of `shown`, in the page's points.
pub fn draw_within(shown: Rect, commands: &[RenderCommand], base: Affine, well: &mut Well, surface: &mut Surface<'_>) {
    let Some(path) = path(&shown.to_path(0.1), Affine::IDENTITY) else { return };
    surface.push_clip_path(&path, &FillRule::NonZero);
    draw(commands, base, well, surface);
    surface.pop();
}

/// Layers that are left out, by their first command with their last. A layer that takes away from what is below it is
/// nothing that PDF has: a mask is not applied, and an inner shadow, which is cut out of a filled box, goes with its box.
fn skipped(commands: &[RenderCommand]) -> HashMap<usize, usize> {
    let mut open: Vec<(usize, bool)> = Vec::new();
    let mut found = HashMap::new();
    for (at, command) in commands.iter().enumerate() {
        match command {
            RenderCommand::PushLayer(layer) => {
                if layer.blend.compose == Compose::DestOut
                    && let Some((_, goes)) = open.last_mut()
                {
                    *goes = true;
                }
                open.push((at, layer.blend.compose != Compose::SrcOver));
            }
            RenderCommand::PushClipLayer(_) => open.push((at, false)),
            RenderCommand::PopLayer => {
                if let Some((begin, true)) = open.pop() {
                    found.insert(begin, at);
                }
            }
            _ => {}
        }
    }
    found
}

struct Ink<'a, 'b> {
    base: Affine,
    well: &'a mut Well,
    surface: &'a mut Surface<'b>,
    /// For every open layer, what must be popped.
    open: Vec<usize>,
}

impl Ink<'_, '_> {
    fn command(&mut self, command: &RenderCommand) {
        match command {
            RenderCommand::PushLayer(layer) => {
                let mut steps = self.clip(layer.transform, &layer.clip, layer.fill);
                if let Some(mode) = blend(layer.blend.mix) {
                    self.surface.push_blend_mode(mode);
                    self.surface.push_isolated();
                    steps = steps.saturating_add(2);
                }
                if layer.alpha < 1.0 {
                    self.surface.push_opacity(share(layer.alpha));
                    steps = steps.saturating_add(1);
                }
                self.open.push(steps);
            }
            RenderCommand::PushClipLayer(clip) => {
                let steps = self.clip(clip.transform, &clip.clip, clip.fill);
                self.open.push(steps);
            }
            RenderCommand::PopLayer => {
                if let Some(steps) = self.open.pop() {
                    self.pop(steps);
                }
            }
            RenderCommand::Fill(fill) => {
                let to = self.base * fill.transform;
                let brush_to = to * fill.brush_transform.unwrap_or_default();
                match &fill.brush {
                    Brush::Image(image) => self.image(image, brush_to, to, &fill.shape, fill.fill),
                    brush => {
                        let (Some(paint), Some(path)) = (paint(brush, brush_to), path(&fill.shape, to)) else { return };
                        let (paint, opacity) = paint;
                        self.surface.set_stroke(None);
                        self.surface.set_fill(Some(Fill { paint, opacity, rule: rule(fill.fill) }));
                        self.surface.draw_path(&path);
                    }
                }
            }
            RenderCommand::Stroke(stroke) => {
                let to = self.base * stroke.transform;
                let brush_to = stroke.brush_transform.unwrap_or_default();
                let (Some(paint), Some(path)) = (paint(&stroke.brush, brush_to), path(&stroke.shape, Affine::IDENTITY))
                else {
                    return;
                };
                self.surface.push_transform(&transform(to));
                self.surface.set_fill(None);
                self.surface.set_stroke(Some(pen(&stroke.style, paint)));
                self.surface.draw_path(&path);
                self.surface.set_stroke(None);
                self.surface.pop();
            }
            RenderCommand::GlyphRun(run) => self.glyphs(run),
            RenderCommand::BoxShadow(shadow) => self.shadow(shadow),
        }
    }

    fn pop(&mut self, steps: usize) -> bool {
        for _ in 0..steps {
            self.surface.pop();
        }
        true
    }

    fn clip(&mut self, to: Affine, shape: &BezPath, fill: peniko::Fill) -> usize {
        // Where nothing is left to draw on, an empty place is.
        let nothing = || path(&Rect::new(-2.0, -2.0, -1.0, -1.0).to_path(0.1), Affine::IDENTITY);
        let Some(path) = path(shape, self.base * to).or_else(nothing) else { return 0 };
        self.surface.push_clip_path(&path, &rule(fill));
        1
    }

    fn glyphs(&mut self, run: &GlyphRunCommand) {
        let Some(first) = run.glyphs.first().copied() else { return };
        let Some(font) = self.well.font(run) else { return };
        let to = self.base * run.transform * Affine::translate((f64::from(first.x), f64::from(first.y)));
        let to = to * run.glyph_transform.unwrap_or_default();
        let Some((paint, opacity)) = paint(&run.brush, Affine::IDENTITY) else { return };
        let size = run.font_size;
        if !(size.is_finite() && size > 0.0) {
            return;
        }
        let mut text = String::new();
        let mut glyphs = Vec::with_capacity(run.glyphs.len());
        let next = run.glyphs.iter().skip(1).map(Some).chain([None]);
        for (glyph, next) in run.glyphs.iter().zip(next) {
            let start = text.len();
            text.push_str(self.well.letters.text(&run.font_data, glyph.id));
            let advance = next.map_or(0.0, |next| next.x - glyph.x) / size;
            let rise = (first.y - glyph.y) / size;
            let range = start..text.len();
            glyphs.push(KrillaGlyph::new(GlyphId::new(glyph.id), advance, 0.0, rise, 0.0, range, None));
        }
        let opacity = share(opacity.get() * run.brush_alpha);
        let fill = Fill { paint, opacity, rule: FillRule::NonZero };
        self.surface.push_transform(&transform(to));
        self.surface.set_stroke(None);
        self.surface.set_fill(Some(fill));
        self.surface.draw_glyphs(Point::from_xy(0.0, 0.0), &glyphs, font, &text, size, false);
        self.surface.pop();
    }

    /// A shape filled with a picture, which is repeated where the shape is larger.
    fn image(&mut self, brush: &ImageBrush, brush_to: Affine, to: Affine, shape: &BezPath, fill: peniko::Fill) {
        let Some(image) = self.well.image(&brush.image) else { return };
        let (width, height) = (f64::from(brush.image.width), f64::from(brush.image.height));
        let (Some(size), true) = (Size::from_wh(width as f32, height as f32), brush_to.determinant().abs() > 1e-9)
        else {
            return;
        };
        // The shape as the picture sees it.
        let bounds = (brush_to.inverse() * to).transform_rect_bbox(shape.bounding_box());
        let span = |from: f64, until: f64, each: f64, extend: Extend| match extend {
            Extend::Pad => (0.0, 0.0),
            _ => (((from + 0.01) / each).floor(), ((until - 0.01) / each).ceil() - 1.0),
        };
        let (x0, x1) = span(bounds.x0, bounds.x1, width, brush.sampler.x_extend);
        let (y0, y1) = span(bounds.y0, bounds.y1, height, brush.sampler.y_extend);
        let count = (x1 - x0 + 1.0).max(0.0) * (y1 - y0 + 1.0).max(0.0);
        if !(1.0..=MAX_TILES).contains(&count) {
            return;
        }
        let Some(path) = path(shape, to) else { return };
        self.surface.push_clip_path(&path, &rule(fill));
        let alpha = brush.sampler.alpha;
        self.surface.push_opacity(share(alpha));
        let mut y = y0;
        while y <= y1 {
            let mut x = x0;
            while x <= x1 {
                let place = brush_to * Affine::translate((x * width, y * height));
                self.surface.push_transform(&transform(place));
                self.surface.draw_image(image.clone(), size);
                self.surface.pop();
                x += 1.0;
            }
            y += 1.0;
        }
        self.surface.pop();
        self.surface.pop();
    }

    /// A soft shadow as a small picture: it has nothing that is sharp.
    fn shadow(&mut self, shadow: &BoxShadowCommand) {
        let around = shadow.rect.inflate(shadow.std_dev * 2.5, shadow.std_dev * 2.5);
        let longest = around.width().max(around.height());
        if !(longest.is_finite() && longest >= 1.0) {
            return;
        }
        let scale = (SHADOW / longest).min(1.0);
        let pixels = |length: f64| (length * scale).ceil().clamp(1.0, SHADOW) as u32;
        let (width, height) = (pixels(around.width()), pixels(around.height()));
        let inward = Affine::scale(scale) * Affine::translate((-around.x0, -around.y0));
        let rgba = render_to_buffer::<VelloCpuImageRenderer, _>(
            |scene| {
                scene.draw_box_shadow(inward, shadow.rect, shadow.brush, shadow.radius, shadow.std_dev);
            },
            width,
            height,
        );
        let image = Image::from_rgba8(parted(rgba), width, height);
        let Some(size) = Size::from_wh(width as f32, height as f32) else { return };
        self.surface.push_transform(&transform(self.base * shadow.transform * inward.inverse()));
        self.surface.draw_image(image, size);
        self.surface.pop();
    }
}

impl Well {
    fn font(&mut self, run: &GlyphRunCommand) -> Option<Font> {
        let (id, index) = key(&run.font_data);
        let letters = &self.letters;
        let made = self.fonts.entry((id, index, run.normalized_coords.clone())).or_insert_with(|| {
            let variation: Variation = letters.variation(&run.font_data, &run.normalized_coords);
            let variation: Vec<(Tag, f32)> = variation.iter().map(|(tag, value)| (Tag::new(tag), *value)).collect();
            let (data, _) = run.font_data.data.clone().into_raw_parts();
            Font::new_variable(data.into(), index, &variation)
        });
        made.clone()
    }

    fn image(&mut self, image: &ImageData) -> Option<Image> {
        let id = image.data.id();
        let file = self.files.get(&id);
        let made = self.images.entry(id).or_insert_with(|| {
            let jpeg = file.and_then(|bytes| Image::from_jpeg(bytes.to_vec().into(), true).ok());
            jpeg.filter(|made| made.size() == (image.width, image.height)).or_else(|| pixels(image))
        });
        made.clone()
    }
}

fn pixels(image: &ImageData) -> Option<Image> {
    let expected = image.format.size_in_bytes(image.width, image.height)?;
    let mut rgba = image.data.data().get(..expected)?.to_vec();
    match image.format {
        ImageFormat::Rgba8 => {}
        ImageFormat::Bgra8 => rgba.chunks_exact_mut(4).for_each(|pixel| pixel.swap(0, 2)),
        _ => return None,
    }
    if image.alpha_type == ImageAlphaType::AlphaPremultiplied {
        rgba = parted(rgba);
    }
    Some(Image::from_rgba8(rgba, image.width, image.height))
}

/// Colours that were multiplied by their opacity, without that.
fn parted(mut rgba: Vec<u8>) -> Vec<u8> {
    for pixel in rgba.chunks_exact_mut(4) {
        if let [r, g, b, a] = pixel
            && *a > 0
        {
            for colour in [r, g, b] {
                let whole = u32::from(*colour).saturating_mul(255) / u32::from(*a);
                *colour = u8::try_from(whole).unwrap_or(u8::MAX);
            }
        }
    }
    rgba
}

fn transform(affine: Affine) -> Transform {
    let [a, b, c, d, e, f] = affine.as_coeffs().map(|c| c as f32);
    Transform::from_row(a, b, c, d, e, f)
}

fn share(value: f32) -> NormalizedF32 {
    NormalizedF32::new(if value.is_finite() { value.clamp(0.0, 1.0) } else { 1.0 }).unwrap_or(NormalizedF32::ONE)
}

fn rule(fill: peniko::Fill) -> FillRule {
    match fill {
        peniko::Fill::NonZero => FillRule::NonZero,
        peniko::Fill::EvenOdd => FillRule::EvenOdd,
    }
}

/// A path that something can be drawn along; none where it is empty or endless.
fn path(shape: &BezPath, to: Affine) -> Option<Path> {
    let mut out = PathBuilder::new();
    let point = |p: kurbo::Point| {
        let p = to * p;
        (p.x as f32, p.y as f32)
    };
    for element in shape.elements() {
        match element {
            PathEl::MoveTo(p) => {
                let (x, y) = point(*p);
                out.move_to(x, y);
            }
            PathEl::LineTo(p) => {
                let (x, y) = point(*p);
                out.line_to(x, y);
            }
            PathEl::QuadTo(a, p) => {
                let ((ax, ay), (x, y)) = (point(*a), point(*p));
                out.quad_to(ax, ay, x, y);
            }
            PathEl::CurveTo(a, b, p) => {
                let ((ax, ay), (bx, by), (x, y)) = (point(*a), point(*b), point(*p));
                out.cubic_to(ax, ay, bx, by, x, y);
            }
            PathEl::ClosePath => out.close(),
        }
    }
    out.finish()
}

fn paint(brush: &Brush, to: Affine) -> Option<(Paint, NormalizedF32)> {
    match brush {
        Brush::Solid(color) => {
            let color = color.to_rgba8();
            let opacity = f32::from(color.a) / 255.0;
            (color.a > 0).then(|| (rgb::Color::new(color.r, color.g, color.b).into(), share(opacity)))
        }
        Brush::Gradient(gradient) => Some((self::gradient(gradient, to)?, NormalizedF32::ONE)),
        _ => None,
    }
}

fn gradient(gradient: &Gradient, to: Affine) -> Option<Paint> {
    let stops: Vec<Stop> = gradient
        .stops
        .iter()
        .map(|stop| {
            let color = stop.color.to_alpha_color::<Srgb>().to_rgba8();
            Stop {
                offset: share(stop.offset),
                color: rgb::Color::new(color.r, color.g, color.b).into(),
                opacity: share(f32::from(color.a) / 255.0),
            }
        })
        .collect();
    if stops.is_empty() {
        return None;
    }
    let transform = transform(to);
    let spread_method = match gradient.extend {
        Extend::Pad => SpreadMethod::Pad,
        Extend::Repeat => SpreadMethod::Repeat,
        Extend::Reflect => SpreadMethod::Reflect,
    };
    Some(match gradient.kind {
        GradientKind::Linear(line) => LinearGradient {
            x1: line.start.x as f32,
            y1: line.start.y as f32,
            x2: line.end.x as f32,
            y2: line.end.y as f32,
            transform,
            spread_method,
            stops,
            anti_alias: false,
        }
        .into(),
        GradientKind::Radial(circles) => RadialGradient {
            fx: circles.start_center.x as f32,
            fy: circles.start_center.y as f32,
            fr: circles.start_radius,
            cx: circles.end_center.x as f32,
            cy: circles.end_center.y as f32,
            cr: circles.end_radius,
            transform,
            spread_method,
            stops,
            anti_alias: false,
        }
        .into(),
        GradientKind::Sweep(sweep) => SweepGradient {
            cx: sweep.center.x as f32,
            cy: sweep.center.y as f32,
            start_angle: sweep.start_angle.to_degrees(),
            end_angle: sweep.end_angle.to_degrees(),
            transform,
            spread_method,
            stops,
            anti_alias: false,
        }
        .into(),
    })
}

fn pen(style: &kurbo::Stroke, (paint, opacity): (Paint, NormalizedF32)) -> Stroke {
    let dash = (!style.dash_pattern.is_empty()).then(|| StrokeDash {
        array: style.dash_pattern.iter().map(|length| *length as f32).collect(),
        offset: style.dash_offset as f32,
    });
    Stroke {
        paint,
        width: style.width as f32,
        miter_limit: style.miter_limit as f32,
        line_cap: match style.start_cap {
            kurbo::Cap::Butt => LineCap::Butt,
            kurbo::Cap::Square => LineCap::Square,
            kurbo::Cap::Round => LineCap::Round,
        },
        line_join: match style.join {
            kurbo::Join::Bevel => LineJoin::Bevel,
            kurbo::Join::Miter => LineJoin::Miter,
            kurbo::Join::Round => LineJoin::Round,
        },
        opacity,
        dash,
    }
}

fn blend(mix: Mix) -> Option<BlendMode> {
    Some(match mix {
        Mix::Normal => return None,
        Mix::Multiply => BlendMode::Multiply,
        Mix::Screen => BlendMode::Screen,
        Mix::Overlay => BlendMode::Overlay,
        Mix::Darken => BlendMode::Darken,
        Mix::Lighten => BlendMode::Lighten,
        Mix::ColorDodge => BlendMode::ColorDodge,
        Mix::ColorBurn => BlendMode::ColorBurn,
        Mix::HardLight => BlendMode::HardLight,
        Mix::SoftLight => BlendMode::SoftLight,
        Mix::Difference => BlendMode::Difference,
        Mix::Exclusion => BlendMode::Exclusion,
        Mix::Hue => BlendMode::Hue,
        Mix::Saturation => BlendMode::Saturation,
        Mix::Color => BlendMode::Color,
        Mix::Luminosity => BlendMode::Luminosity,
        #[allow(unreachable_patterns, reason = "the enumeration may grow")]
        _ => return None,
    })
}
