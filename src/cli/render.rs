//! `postwren render FILE.eml|FILE.html [--width N] [--dark] [--remote-images] -o OUT.png|OUT.pdf`

use super::failure::Failure;
use super::output;
use crate::fl;
use crate::i18n;
use crate::service::page::{self, Colours, Renderer, View};
use crate::service::printing::{self, Heading, Paper};
use std::path::{Path, PathBuf};

/// Draw the HTML of a message, or an HTML file, as the reader shows it, or print it to a PDF
///
/// A PDF has the message's heading and, where there is no HTML, its text. What is drawn is sanitised; nothing is fetched unless --remote-images asks for it.
#[derive(Debug, clap::Args)]
pub struct Args {
    /// A message (RFC 5322), or HTML where its name ends in .html or .htm
    #[arg(value_name = "FILE")]
    file: PathBuf,
    /// Where it goes: a picture as PNG, or a PDF where the name ends in .pdf
    #[arg(short, long, value_name = "OUT.png|OUT.pdf")]
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
    /// The text of the message and not its HTML; for a PDF
    #[arg(long)]
    text: bool,
    /// The paper of a PDF; without it what is usual here
    #[arg(long, value_enum, value_name = "PAPER")]
    paper: Option<PaperChoice>,
    /// Load remote images, by https alone
    #[arg(long)]
    remote_images: bool,
}

#[derive(Clone, Copy, Debug, clap::ValueEnum)]
enum PaperChoice {
    A4,
    Letter,
}

/// Rows of a picture: PNG viewers bear little more.
const MAX_ROWS: u32 = 60_000;

pub async fn run(args: Args) -> Result<(), Failure> {
    let bytes = std::fs::read(&args.file).map_err(|e| Failure::file(&args.file, &e))?;
    if has_extension(&args.output, &["pdf"]) {
        return print(args, bytes).await;
    }
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

/// The same on paper.
async fn print(args: Args, bytes: Vec<u8>) -> Result<(), Failure> {
    let (heading, body) = if is_html(&args.file) {
        let markup = String::from_utf8_lossy(&bytes).into_owned();
        (Heading::default(), page::prepare_html(markup, args.remote_images).await?.page)
    } else {
        let content = crate::mail::mime::content(&bytes);
        let heading = i18n::printing::heading(&content, &jiff::Zoned::now());
        let prepared = if args.text { None } else { page::prepare_message(bytes, args.remote_images).await? };
        (heading, prepared.map_or_else(|| printing::text(&content), |prepared| prepared.page))
    };
    let paper = match args.paper {
        Some(PaperChoice::A4) => Paper::A4,
        Some(PaperChoice::Letter) => Paper::Letter,
        None => i18n::printing::paper(),
    };
    let printed = Renderer::new().print(&printing::job(&heading, body, paper)).await;
    let printed = printed.map_err(|error| Failure::Problem(printing::unprintable(&error)))?;
    std::fs::write(&args.output, printed.pdf).map_err(|e| Failure::file(&args.output, &e))?;
    output::remark(&match printed.cut {
        true => fl!("cli-render-cut", pages = printed.pages),
        false => fl!("cli-render-pages", pages = printed.pages),
    });
    Ok(())
}

fn is_html(file: &Path) -> bool {
    has_extension(file, &["html", "htm"])
}

fn has_extension(file: &Path, known: &[&str]) -> bool {
    let extension = file.extension().map(|e| e.to_string_lossy().to_ascii_lowercase());
    extension.is_some_and(|extension| known.contains(&extension.as_str()))
}
