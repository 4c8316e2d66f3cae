//! An attached PDF in the worker. What it may not have (programs, forms that send, links) the drawing library does not
//! know; what it may cost is the business of the worker's limits and the supervisor's deadline.

use super::preview::{MAX_PAGES, PageSize};
use super::wire::Answer;
use hayro::hayro_interpret::InterpreterSettings;
use hayro::hayro_syntax::{DecryptionError, LoadPdfError, Pdf};
use hayro::vello_cpu::color::palette::css::WHITE;
use hayro::{PixmapSettings, RenderCache, RenderSettings};

/// An open PDF.
pub struct Papers {
    pdf: Pdf,
}

impl Papers {
    /// Reads a PDF.
    ///
    /// # Errors
    /// The answer that says why there is none.
    pub fn read(bytes: Vec<u8>) -> Result<Papers, Answer> {
        match Pdf::new(bytes) {
            Ok(pdf) if pdf.pages().is_empty() => Err(Answer::Unreadable),
            Ok(pdf) => Ok(Papers { pdf }),
            Err(LoadPdfError::Decryption(DecryptionError::PasswordProtected)) => Err(Answer::Locked),
            Err(_) => Err(Answer::Unreadable),
        }
    }

    /// The sizes of the pages that can be shown, and how many there are.
    pub fn sizes(&self) -> (Vec<PageSize>, usize) {
        let pages = self.pdf.pages();
        let size = |(width, height): (f32, f32)| PageSize { width: bounded(width), height: bounded(height) };
        (pages.iter().take(MAX_PAGES).map(|page| size(page.render_dimensions())).collect(), pages.len())
    }

    /// A page on white: four bytes a pixel. None where there is no such page.
    pub fn page(&self, page: usize, width: u32) -> Option<(u32, u32, Vec<u8>)> {
        let page = self.pdf.pages().get(page)?;
        let (own_width, own_height) = page.render_dimensions();
        let size = PageSize { width: bounded(own_width), height: bounded(own_height) };
        let (wide, high) = size.pixels(width);
        let settings = PixmapSettings {
            // The library cuts what is left of a pixel away.
            x_scale: (wide as f32 + 0.5) / own_width,
            y_scale: (high as f32 + 0.5) / own_height,
            bg_color: WHITE,
        };
        let (cache, interpreter) = (RenderCache::new(), InterpreterSettings::default());
        let drawn = hayro::render(page, &cache, &interpreter, &RenderSettings::default(), &settings);
        Some((u32::from(drawn.width()), u32::from(drawn.height()), drawn.data_as_u8_slice().to_vec()))
    }
}

/// A length that can be computed with. PDF allows 14,400 points; more is damage or malice.
fn bounded(length: f32) -> f32 {
    if length.is_finite() { length.clamp(1.0, 200_000.0) } else { 1.0 }
}
