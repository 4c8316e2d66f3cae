//! The images of a document: those that came with it, and `data:` URLs. Nothing is fetched, whatever is asked.

use blitz_traits::net::{Bytes, NetHandler, NetProvider, Request};
use image::{ImageFormat, ImageReader, Limits};
use std::collections::HashMap;
use std::io::Cursor;
use std::sync::Mutex;
use std::sync::atomic::{AtomicU64, Ordering};

/// Pixels of one image; a larger one is shrunk before the engine sees it.
const MAX_PIXELS: u64 = 4 << 20;
/// Pixels of an image that is decoded at all.
const MAX_SOURCE: u64 = 50 << 20;
/// Bytes that decoding one image may take.
const MAX_DECODING: u64 = 200 << 20;
/// Pixels of all images of a document.
const MAX_TOTAL: u64 = 24 << 20;
/// The longest edge of a shrunk image.
const EDGE: u32 = 2_000;

/// Answers at once: a request that waits would keep the document from being laid out.
pub struct Images {
    given: Mutex<HashMap<String, Bytes>>,
    pixels: AtomicU64,
}

impl Images {
    pub fn new(given: impl IntoIterator<Item = (String, Bytes)>) -> Images {
        Images { given: Mutex::new(given.into_iter().collect()), pixels: AtomicU64::new(0) }
    }

    fn find(&self, request: &Request) -> Option<Bytes> {
        let url = request.url.as_str();
        let bytes = match request.url.scheme() {
            "data" => data(url)?,
            _ => self.given.lock().ok()?.get(url).cloned()?,
        };
        self.admitted(bytes)
    }

    /// An image that the engine can take without harm.
    fn admitted(&self, bytes: Bytes) -> Option<Bytes> {
        let (width, height) = reader(&bytes)?.into_dimensions().ok()?;
        let pixels = u64::from(width).checked_mul(u64::from(height))?;
        if pixels > MAX_SOURCE {
            return None;
        }
        let (bytes, pixels) = if pixels > MAX_PIXELS { shrunk(&bytes)? } else { (bytes, pixels) };
        let before = self.pixels.fetch_add(pixels, Ordering::Relaxed);
        (before.saturating_add(pixels) <= MAX_TOTAL).then_some(bytes)
    }
}

impl NetProvider for Images {
    fn fetch(&self, _document: usize, request: Request, handler: Box<dyn NetHandler>) {
        let bytes = self.find(&request).unwrap_or_default();
        handler.bytes(request.url.into(), bytes);
    }
}

fn reader(bytes: &[u8]) -> Option<ImageReader<Cursor<&[u8]>>> {
    let mut reader = ImageReader::new(Cursor::new(bytes)).with_guessed_format().ok()?;
    let mut limits = Limits::default();
    limits.max_alloc = Some(MAX_DECODING);
    reader.limits(limits);
    Some(reader)
}

/// The same image, its longer edge [`EDGE`] long, in a form that costs nothing to decode.
fn shrunk(bytes: &[u8]) -> Option<(Bytes, u64)> {
    let small = reader(bytes)?.decode().ok()?.thumbnail(EDGE, EDGE).into_rgba8();
    let pixels = u64::from(small.width()).saturating_mul(u64::from(small.height()));
    let mut out = Cursor::new(Vec::new());
    small.write_to(&mut out, ImageFormat::Bmp).ok()?;
    Some((Bytes::from(out.into_inner()), pixels))
}

/// The bytes of a `data:` URL (RFC 2397), base64 or percent-encoded.
fn data(url: &str) -> Option<Bytes> {
    use base64::Engine;
    let (head, body) = url.strip_prefix("data:")?.split_once(',')?;
    let body = percent(body);
    if !head.trim_end().to_ascii_lowercase().ends_with(";base64") {
        return Some(Bytes::from(body));
    }
    let packed: Vec<u8> = body.into_iter().filter(|b| !b.is_ascii_whitespace() && *b != b'=').collect();
    let engine = base64::engine::general_purpose::STANDARD_NO_PAD;
    engine.decode(packed).ok().map(Bytes::from)
}

fn percent(text: &str) -> Vec<u8> {
    let mut out = Vec::with_capacity(text.len());
    let mut rest = text.as_bytes();
    while let Some((first, after)) = rest.split_first() {
        let digits = (*first == b'%').then(|| after.get(..2)).flatten();
        let byte = digits.and_then(|d| std::str::from_utf8(d).ok()).and_then(|d| u8::from_str_radix(d, 16).ok());
        match byte {
            Some(byte) => {
                out.push(byte);
                rest = after.get(2..).unwrap_or_default();
            }
            None => {
                out.push(*first);
                rest = after;
            }
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    fn png(width: u32, height: u32) -> Bytes {
        let mut out = Cursor::new(Vec::new());
        image::GrayImage::new(width, height).write_to(&mut out, ImageFormat::Png).unwrap();
        Bytes::from(out.into_inner())
    }

    #[test]
    fn a_photograph_is_shrunk_and_a_bomb_left_out() {
        let images = Images::new([]);
        let small = images.admitted(png(4_000, 2_000)).unwrap();
        assert_eq!(reader(&small).unwrap().into_dimensions().unwrap(), (2_000, 1_000));
        assert!(images.admitted(png(30_000, 30_000)).is_none());
        assert!(images.admitted(Bytes::from_static(b"<svg/>")).is_none());
    }

    #[test]
    fn all_images_together_are_bounded() {
        let images = Images::new([]);
        let admitted = (0..20).filter(|_| images.admitted(png(2_000, 1_000)).is_some()).count();
        assert!((10..15).contains(&admitted), "{admitted}");
    }

    #[test]
    fn data_urls_are_read_in_both_forms() {
        assert_eq!(data("data:image/png;base64,aGk=").unwrap(), "hi");
        assert_eq!(data("data:text/plain,h%69%2").unwrap(), "hi%2");
        assert!(data("data:image/png").is_none());
    }
}
