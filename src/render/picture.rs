//! An attached picture in the worker: decoded once, shrunk to what a screen can show, handed out at any width.

use super::preview::{MAX_PIXELS, PageSize};
use super::wire::Answer;
use image::{DynamicImage, ImageDecoder, ImageReader, Limits};
use std::io::Cursor;

/// Pixels of a picture that is decoded at all.
const MAX_SOURCE: u64 = 64 << 20;
/// Bytes that decoding may take.
const MAX_DECODING: u64 = 200 << 20;
/// The longest edge that is kept.
const EDGE: u32 = 4_096;

/// A decoded picture.
pub struct Picture {
    image: DynamicImage,
    /// As it came, turned as it says.
    size: PageSize,
}

impl Picture {
    /// Reads a picture; of an animation the first frame.
    ///
    /// # Errors
    /// The answer that says why there is none.
    pub fn read(bytes: &[u8]) -> Result<Picture, Answer> {
        let unreadable = |_| Answer::Unreadable;
        let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().map_err(|_| Answer::Unreadable)?;
        let mut limits = Limits::default();
        limits.max_alloc = Some(MAX_DECODING);
        reader.limits(limits);
        let mut decoder = reader.into_decoder().map_err(unreadable)?;
        let (width, height) = decoder.dimensions();
        if u64::from(width).saturating_mul(u64::from(height)) > MAX_SOURCE || decoder.total_bytes() > MAX_DECODING {
            return Err(Answer::TooLarge);
        }
        let orientation = decoder.orientation().map_err(unreadable)?;
        let mut image = DynamicImage::from_decoder(decoder).map_err(unreadable)?;
        if u64::from(width).saturating_mul(u64::from(height)) > MAX_PIXELS {
            image = image.thumbnail(EDGE, EDGE);
        }
        image.apply_orientation(orientation);
        let turned = (image.width() > image.height()) != (width > height) && width != height;
        let (width, height) = if turned { (height, width) } else { (width, height) };
        Ok(Picture { image, size: PageSize { width: width as f32, height: height as f32 } })
    }

    pub fn size(&self) -> PageSize {
        self.size
    }

    /// The picture at a width, never wider than it is: four bytes a pixel, straight alpha.
    pub fn page(&self, width: u32) -> (u32, u32, Vec<u8>) {
        let (wide, high) = PageSize { width: self.image.width() as f32, height: self.image.height() as f32 }
            .pixels(width.min(self.image.width()));
        let rgba = if wide < self.image.width() {
            self.image.thumbnail_exact(wide, high).into_rgba8()
        } else {
            self.image.to_rgba8()
        };
        (rgba.width(), rgba.height(), rgba.into_raw())
    }
}
