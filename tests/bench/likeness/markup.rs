//! Pages made so that two programs that fetch nothing show the same.

use base64::Engine;
use image::{ImageFormat, Rgb, RgbImage};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::io::Cursor;

/// The page with a plain picture in the place of every image that is elsewhere.
pub fn with_pictures(html: &str) -> String {
    let mut out = String::with_capacity(html.len());
    let lower = html.to_ascii_lowercase();
    let mut at = 0;
    while let Some(start) = lower[at..].find("<img").map(|found| at + found) {
        let end = lower[start..].find('>').map_or(html.len(), |found| start + found + 1);
        out.push_str(&html[at..start]);
        out.push_str(&replaced(&html[start..end]));
        at = end;
    }
    out.push_str(&html[at..]);
    out
}

fn replaced(tag: &str) -> String {
    let lower = tag.to_ascii_lowercase();
    let Some(start) = value_at(&lower, "src") else { return tag.to_string() };
    let quote = lower[start..].chars().next().filter(|c| matches!(c, '"' | '\''));
    let (from, ends): (usize, &[char]) = match quote {
        Some('"') => (start + 1, &['"']),
        Some(_) => (start + 1, &['\'']),
        None => (start, &[' ', '>', '\n', '\r', '\t']),
    };
    let to = lower[from..].find(ends).map_or(tag.len(), |found| from + found);
    let own = lower[from..to].trim_start();
    if own.starts_with("data:") || own.starts_with("cid:") {
        return tag.to_string();
    }
    format!("{}{}{}", &tag[..from], picture(&lower), &tag[to..])
}

/// Where the value of an attribute begins.
fn value_at(tag: &str, name: &str) -> Option<usize> {
    for (found, _) in tag.match_indices(name) {
        let before = tag[..found].chars().next_back();
        let rest = tag[found + name.len()..].trim_start();
        if before.is_some_and(char::is_whitespace)
            && let Some(value) = rest.strip_prefix('=')
        {
            return Some(tag.len() - value.trim_start().len());
        }
    }
    None
}

/// Pixels that a tag gives to an edge, by attribute or by style.
fn edge(tag: &str, name: &str) -> Option<u32> {
    let digits = |text: &str| text.chars().take_while(char::is_ascii_digit).collect::<String>();
    if let Some(at) = value_at(tag, name) {
        let value = tag[at..].trim_start_matches(['"', '\'']);
        let number = digits(value);
        if !number.is_empty() && !value[number.len()..].starts_with('%') {
            return number.parse().ok();
        }
    }
    tag.match_indices(name).find_map(|(found, _)| {
        let before = tag[..found].chars().next_back()?;
        let value = tag[found + name.len()..].trim_start().strip_prefix(':')?.trim_start();
        let number = digits(value);
        let is_style = matches!(before, ';' | '"' | '\'' | ' ') && value[number.len()..].starts_with("px");
        number.parse().ok().filter(|_| is_style)
    })
}

/// A plain picture of the size that a tag gives, its grey depending on the tag.
fn picture(tag: &str) -> String {
    let (width, height) = match (edge(tag, "width"), edge(tag, "height")) {
        (Some(width), Some(height)) => (width, height),
        (None, None) => (600, 200),
        (None, Some(height)) => (height, height),
        (Some(width), None) => (width, if width > 60 { width / 2 } else { width }),
    };
    let mut hasher = DefaultHasher::new();
    tag.hash(&mut hasher);
    let grey = |shift: u32| 150 + (hasher.finish() >> shift & 0x3f) as u8;
    let colour = Rgb([grey(0), grey(8), grey(16)]);
    let picture = RgbImage::from_pixel(width.clamp(1, 1_600), height.clamp(1, 1_600), colour);
    let mut png = Cursor::new(Vec::new());
    picture.write_to(&mut png, ImageFormat::Png).expect("a picture");
    data_url("image/png", &png.into_inner())
}

pub fn data_url(media_type: &str, bytes: &[u8]) -> String {
    format!("data:{media_type};base64,{}", base64::engine::general_purpose::STANDARD.encode(bytes))
}
