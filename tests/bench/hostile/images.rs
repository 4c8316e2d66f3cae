//! Images within the page.

use super::Page;
use base64::Engine;
use image::codecs::gif::GifEncoder;
use image::{Frame, ImageFormat, RgbaImage};
use std::io::Cursor;

fn url(kind: &str, bytes: &[u8]) -> String {
    format!("data:image/{kind};base64,{}", base64::engine::general_purpose::STANDARD.encode(bytes))
}

fn shown(kind: &str, bytes: &[u8]) -> String {
    format!("<img src=\"{}\">", url(kind, bytes))
}

fn plain(width: u32, height: u32, format: ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    let picture = image::DynamicImage::new_rgb8(width, height);
    picture.write_to(&mut out, format).expect("a picture");
    out.into_inner()
}

/// A PNG whose header tells another size.
fn lying(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = plain(10, 10, ImageFormat::Png);
    bytes[16..20].copy_from_slice(&width.to_be_bytes());
    bytes[20..24].copy_from_slice(&height.to_be_bytes());
    bytes
}

/// The same with the right sum of its header: the size is believed.
fn believed(width: u32, height: u32) -> Vec<u8> {
    let mut bytes = lying(width, height);
    let sum = crc(&bytes[12..29]);
    bytes[29..33].copy_from_slice(&sum.to_be_bytes());
    bytes
}

fn crc(bytes: &[u8]) -> u32 {
    let step = |sum: u32, _| if sum & 1 == 1 { sum >> 1 ^ 0xedb8_8320 } else { sum >> 1 };
    !bytes.iter().fold(!0, |sum, byte| (0..8).fold(sum ^ u32::from(*byte), step))
}

/// A GIF that moves.
fn moving(frames: usize, edge: u32) -> Vec<u8> {
    let mut out = Vec::new();
    let mut encoder = GifEncoder::new_with_speed(&mut out, 30);
    for i in 0..frames {
        let colour = image::Rgba([i as u8, 90, 200, 255]);
        encoder.encode_frame(Frame::new(RgbaImage::from_pixel(edge, edge, colour))).expect("a frame");
    }
    drop(encoder);
    out
}

pub fn pages() -> Vec<Page> {
    let photograph = url("png", &plain(2_000, 1_000, ImageFormat::Png));
    let different = |i: u32| shown("png", &plain(1_900 + i, 1_900, ImageFormat::Png));
    vec![
        ("png 30,000 by 30,000 told", shown("png", &believed(30_000, 30_000))),
        ("png 7,000 by 7,000", shown("png", &plain(7_000, 7_000, ImageFormat::Png))),
        ("png of 2^31", shown("png", &believed(0x7fff_ffff, 0x7fff_ffff))),
        ("png of no size", shown("png", &believed(0, 0))),
        ("png with a wrong sum", shown("png", &lying(500, 500))),
        ("png cut", shown("png", &plain(2_000, 2_000, ImageFormat::Png)[..1_000])),
        ("jpeg 7,000 by 7,000", shown("jpeg", &plain(7_000, 7_000, ImageFormat::Jpeg))),
        ("bmp that lies", bmp(&[(18, 60_000), (22, 60_000)])),
        ("bmp upside down", bmp(&[(18, -1), (22, i32::MIN)])),
        ("webp cut", shown("webp", b"RIFF\xff\xff\xff\xffWEBPVP8X\x0a\0\0\0\x10\0\0\0\xff\xff\xff\xff\xff\xff")),
        ("gif of 300 frames", shown("gif", &moving(300, 300))),
        ("gif 60,000 by 60,000", shown("gif", b"GIF89a\x60\xea\x60\xea\x80\0\0\0\0\0\xff\xff\xff,\0\0\0\0\x60\xea\x60\xea\0\x02\x02\x44\x01\0;")),
        ("30 images of 3.6 million pixels", (0..30).map(different).collect()),
        ("one image 20,000 times", format!("<img src=\"{}\">", url("gif", &moving(1, 8))).repeat(20_000)),
        ("one image in all backgrounds", format!("<style>*{{background:url(\"{photograph}\")}}</style>{}", "<div>x".repeat(200))),
        ("images attached 100,000", (0..100_000).map(|i| format!("<img src='cid:{i}@x'>")).collect()),
        ("images elsewhere 100,000", (0..100_000).map(|i| format!("<img src='https://e.example/{i}' width=10 height=10>")).collect()),
        ("data of 30 MB", format!("<img src='data:image/png;base64,{}'>", "A".repeat(30 << 20))),
        ("data of percents", format!("<img src='data:image/png,{}'>", "%".repeat(1 << 20))),
        ("data of no end", "<img src=\"data:image/png;base64,".to_string() + &"A".repeat(1 << 20)),
        ("svg as an image", "<img src=\"data:image/svg+xml,<svg xmlns='http://www.w3.org/2000/svg' width='10' height='10'><image href='file:///etc/passwd' width='10' height='10'/><image href='http://x/y.png'/></svg>\">".into()),
        ("svg that calls itself png", shown("png", b"<svg xmlns='http://www.w3.org/2000/svg'><image href='http://x/y.png'/></svg>")),
        ("svg of uses", uses()),
        ("svg of filters", format!("<svg width=700 height=700><filter id=f>{}</filter><rect filter='url(#f)' width=700 height=700 /></svg>", "<feGaussianBlur stdDeviation=900 /><feTurbulence numOctaves=99 />".repeat(500))),
        ("svg with text in it", format!("<svg>{}</svg>x", "<foreignObject><p>".repeat(20_000))),
        ("mathml", format!("<math>{}", "<mrow><msup><mi>x".repeat(50_000))),
    ]
}

fn bmp(changes: &[(usize, i32)]) -> String {
    let mut bytes = plain(4, 4, ImageFormat::Bmp);
    for (at, value) in changes {
        bytes[*at..at + 4].copy_from_slice(&value.to_le_bytes());
    }
    shown("bmp", &bytes)
}

fn uses() -> String {
    let doubled = |i: usize| format!("<g id=a{i}>{}</g>", format!("<use xlink:href='#a{}' />", i - 1).repeat(10));
    let groups: String = (1..12).map(doubled).collect();
    format!(
        "<svg xmlns='http://www.w3.org/2000/svg' width=100 height=100><defs><g id=a0><rect width=1 height=1 /></g>{groups}</defs><use xlink:href='#a11' /></svg>"
    )
}
