//! How like Chromium's our pictures of HTML mail are: structural similarity (SSIM) page by page, at 700 pixels.
//!
//! `cargo bench --bench likeness -- [--pictures DIRECTORY] PATH…`, with chromium installed. Every `.html` below the paths
//! is a page, and every other file a message that is left out where it has no HTML. Remote images are replaced, for
//! both alike, by a plain picture of the size that the page gives them; attached ones are put into the page. With
//! `--pictures` both are written side by side, Chromium's at the left.

#[path = "likeness/chromium.rs"]
mod chromium;
#[path = "corpora/files.rs"]
#[allow(dead_code)]
mod files;
#[path = "likeness/markup.rs"]
mod markup;
#[path = "likeness/ssim.rs"]
mod ssim;

use chromium::Chromium;
use files::File;
use image::{GrayImage, RgbaImage};
use postwren::mail::mime;
use postwren::service::page::{self, Renderer, View};
use std::path::PathBuf;
use std::process::ExitCode;

const WIDTH: u32 = 700;
/// Rows that are looked at.
const ROWS: u32 = 5_000;
/// The height of a view in which nothing is higher.
const VIEW: u32 = 600;
/// What a page below is to have a reason for.
const LOW: f64 = 0.80;

fn main() -> ExitCode {
    if std::env::args().nth(1).is_some_and(|argument| argument == postwren::render::WORKER) {
        return page::run_worker();
    }
    let mut arguments = std::env::args().skip(1).filter(|argument| argument != "--bench");
    let (mut paths, mut pictures) = (Vec::new(), None);
    while let Some(argument) = arguments.next() {
        match argument.as_str() {
            "--pictures" => pictures = arguments.next().map(PathBuf::from),
            _ => paths.push(PathBuf::from(argument)),
        }
    }
    let Some(mut chromium) = Chromium::start(WIDTH, VIEW) else {
        println!("likeness: needs chromium");
        return ExitCode::SUCCESS;
    };
    let runtime = tokio::runtime::Runtime::new().expect("a runtime");
    let renderer = Renderer::new();
    let mut all: Vec<(f64, String)> = Vec::new();
    for file in files::below(&paths) {
        let Some(markup) = markup_of(&file) else { continue };
        let theirs = chromium.picture(&markup, ROWS);
        let Some(ours) = runtime.block_on(drawn(&renderer, markup)) else {
            println!("{:6} {}", "none", file.name);
            all.push((0.0, file.name));
            continue;
        };
        let likeness = compare(&theirs, &ours);
        println!("{likeness:.3}  {:5} rows, ours {:5}  {}", theirs.height(), ours.height(), file.name);
        if let Some(directory) = &pictures {
            let name = file.name.replace('/', "-");
            beside(&theirs, &ours).save(directory.join(format!("{name}.png"))).expect("room for a picture");
        }
        all.push((likeness, file.name));
    }
    print(all);
    ExitCode::SUCCESS
}

fn print(mut all: Vec<(f64, String)>) {
    all.sort_by(|a, b| a.0.total_cmp(&b.0));
    let mean = all.iter().map(|(likeness, _)| likeness).sum::<f64>() / all.len().max(1) as f64;
    let median = all.get(all.len() / 2).map_or(0.0, |(likeness, _)| *likeness);
    let low = all.iter().take_while(|(likeness, _)| *likeness < LOW).count();
    println!("{} pages: mean {mean:.3}, median {median:.3}, {low} under {LOW}", all.len());
    all.iter().take(low).for_each(|(likeness, name)| println!("  {likeness:.3}  {name}"));
}

/// A page as both are to draw it.
fn markup_of(file: &File) -> Option<String> {
    if file.is_page() {
        return Some(markup::with_pictures(&String::from_utf8_lossy(&file.bytes())));
    }
    let raw = file.message();
    let content = mime::content(&raw);
    let mut html = markup::with_pictures(content.html.as_deref()?);
    for attachment in &content.attachments {
        let Some(id) = attachment.content_id.as_deref().map(|id| id.trim_matches(['<', '>', ' '])) else { continue };
        if html.contains(&format!("cid:{id}"))
            && let Some((_, bytes)) = mime::attachment(&raw, attachment.index)
        {
            html = html.replace(&format!("cid:{id}"), &markup::data_url(&attachment.media_type, &bytes));
        }
    }
    Some(html)
}

async fn drawn(renderer: &Renderer, markup: String) -> Option<RgbaImage> {
    let prepared = page::prepare_html(markup, false).await.ok()?;
    let document = renderer.open(prepared.page, View { width: WIDTH as f32, ..View::default() }).await.ok()?;
    let tile = document.picture(ROWS).await.ok()?;
    RgbaImage::from_raw(tile.width, tile.height, tile.rgba)
}

/// The shorter is continued with the colour of its lower left corner, so that a wrong height counts.
fn compare(theirs: &RgbaImage, ours: &RgbaImage) -> f64 {
    let (a, b) = (image::imageops::grayscale(theirs), image::imageops::grayscale(ours));
    let mut rows = a.height().max(b.height()).min(ROWS);
    // A page that does not fill Chromium's view: below is nothing to compare.
    if a.height() == VIEW && b.height() < VIEW {
        rows = b.height().max(VIEW / 2);
    }
    ssim::mean(&continued(&a, rows), &continued(&b, rows))
}

fn continued(picture: &GrayImage, rows: u32) -> GrayImage {
    let below = *picture.get_pixel(0, picture.height() - 1);
    GrayImage::from_fn(WIDTH, rows, |x, y| picture.get_pixel_checked(x, y).copied().unwrap_or(below))
}

fn beside(theirs: &RgbaImage, ours: &RgbaImage) -> RgbaImage {
    let rows = theirs.height().max(ours.height());
    let mut both = RgbaImage::from_pixel(WIDTH * 2 + 10, rows, image::Rgba([255, 0, 255, 255]));
    image::imageops::replace(&mut both, theirs, 0, 0);
    image::imageops::replace(&mut both, ours, i64::from(WIDTH) + 10, 0);
    both
}
