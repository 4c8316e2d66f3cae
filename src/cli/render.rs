//! `postwren render FILE.eml|FILE.html [--width N] [--dark] [--remote-images] -o OUT.png`

use super::failure::Failure;
use super::output;
use crate::fl;
use crate::service::page::{self, Colours, Renderer, View};
use std::path::{Path, PathBuf};

/// Draw the HTML of a message, or an HTML file, as the reader shows it
///
/// What is drawn is sanitised; nothing is fetched unless --remote-images asks for it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A message (RFC 5322), or HTML where its name ends in .html or .htm
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where the picture goes, as PNG
    #[arg(short, long, value_name = "OUT.png")]
    output: PathBuf,
    /// How wide the document is laid out, in pixels
    #[arg(long, value_name = "N", default_value_t = 700, value_parser = clap::value_parser!(u32).range(100..=8000))]
    width: u32,
    /// Pixels of the picture for one of the document
    #[arg(long, value_name = "N", default_value_t = 1.0)]
    scale: f32,
    /// On a dark background
    #[arg(long)]
    dark: bool,
    /// Load remote images, by https alone
    #[arg(long)]
    remote_images: bool,
}

/// Rows of a picture: PNG viewers bear little more.
const MAX_ROWS: u32 = 60_000;

pub async fn run(args: Args) -> Result<(), Failure> {
    let bytes = std::fs::read(&args.file).map_err(|e| Failure::file(&args.file, &e))?;
    let prepared = if is_html(&args.file) {
        page::prepare_html(String::from_utf8_lossy(&bytes).into_owned(), args.remote_images).await?
    } else {
        let prepared = page::prepare_message(bytes, args.remote_images).await?;
        prepared.ok_or_else(|| Failure::Sentence(fl!("cli-show-no-html")))?
    };
    let colours = if args.dark { Colours::Dark } else { Colours::Light };
    let view = View { width: args.width as f32, scale: args.scale, zoom: 1.0, colours };
    let failed = |error: page::RenderError| Failure::Sentence(fl!("cli-render-failed", reason = error.to_string()));
    let document = Renderer::new().open(prepared.page, view).await.map_err(failed)?;
    let picture = document.picture(MAX_ROWS).await.map_err(failed)?;
    let buffer = image::RgbaImage::from_raw(picture.width, picture.height, picture.rgba)
        .ok_or_else(|| failed(page::RenderError::Protocol))?;
    let mut png = std::io::Cursor::new(Vec::new());
    buffer.write_to(&mut png, image::ImageFormat::Png).map_err(|e| Failure::Sentence(e.to_string()))?;
    std::fs::write(&args.output, png.into_inner()).map_err(|e| Failure::file(&args.output, &e))?;
    output::remark(&fl!(
        "cli-render-done",
        blocked = prepared.facts.remote_images.saturating_sub(prepared.facts.remote.len()),
        trackers = prepared.facts.trackers,
        missing = prepared.missing
    ));
    Ok(())
}

fn is_html(file: &Path) -> bool {
    let extension = file.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    extension.is_some_and(|extension| extension == "html" || extension == "htm")
}
