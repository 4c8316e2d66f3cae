//! Attached pictures and PDFs drawn by the real program as its own worker, and files that mean harm.

#![cfg(feature = "html")]

use postwren::render::{DEADLINE, Error, FileKind, Preview, Previewer};
use std::io::Cursor;
use std::path::Path;
use std::time::{Duration, Instant};

fn previewer() -> Previewer {
    Previewer::with_program(Path::new(env!("CARGO_BIN_EXE_postwren")))
}

/// A PDF of these objects, the first being the catalogue, with a right table of where they are.
fn pdf(objects: &[Vec<u8>]) -> Vec<u8> {
    let mut out = b"%PDF-1.4\n".to_vec();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(out.len());
        out.extend(format!("{} 0 obj\n", number + 1).bytes());
        out.extend(object);
        out.extend(b"\nendobj\n");
    }
    let table = out.len();
    out.extend(format!("xref\n0 {}\n0000000000 65535 f \n", objects.len() + 1).bytes());
    for place in places {
        out.extend(format!("{place:010} 00000 n \n").bytes());
    }
    let size = objects.len() + 1;
    out.extend(format!("trailer\n<< /Size {size} /Root 1 0 R >>\nstartxref\n{table}\n%%EOF\n").bytes());
    out
}

fn stream(dictionary: &str, content: &[u8]) -> Vec<u8> {
    let mut out = format!("<< {dictionary} /Length {} >>\nstream\n", content.len()).into_bytes();
    out.extend(content);
    out.extend(b"\nendstream");
    out
}

/// Pages of one content each, all as large as this, with resources.
fn pages(media_box: &str, resources: &str, contents: &[Vec<u8>], more: &[Vec<u8>]) -> Vec<u8> {
    let count = contents.len();
    let kids: Vec<String> = (0..count).map(|n| format!("{} 0 R", 3 + n * 2)).collect();
    let mut objects = vec![
        b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
        format!("<< /Type /Pages /Kids [{}] /Count {count} >>", kids.join(" ")).into_bytes(),
    ];
    for (n, content) in contents.iter().enumerate() {
        let at = 4 + n * 2;
        let page = format!(
            "<< /Type /Page /Parent 2 0 R /MediaBox [{media_box}] /Resources << {resources} >> /Contents {at} 0 R >>"
        );
        objects.push(page.into_bytes());
        objects.push(content.clone());
    }
    objects.extend(more.iter().cloned());
    pdf(&objects)
}

fn plain(content: &str) -> Vec<u8> {
    stream("", content.as_bytes())
}

fn two_pages() -> Vec<u8> {
    let font = "/Font << /F1 << /Type /Font /Subtype /Type1 /BaseFont /Helvetica >> >>";
    let red = plain("1 0 0 rg 0 0 200 100 re f");
    let words = plain("BT /F1 24 Tf 20 40 Td (Postwren) Tj ET");
    pages("0 0 200 100", font, &[red, words], &[])
}

async fn opened(kind: FileKind, bytes: Vec<u8>) -> Preview {
    previewer().open(kind, bytes).await.expect("a preview")
}

#[tokio::test]
async fn pages_of_a_pdf_are_drawn_as_wide_as_they_are_asked() {
    let preview = opened(FileKind::Pdf, two_pages()).await;
    assert_eq!((preview.count(), preview.pages().len()), (2, 2));
    assert_eq!((preview.pages()[0].width, preview.pages()[0].height), (200.0, 100.0));
    let first = preview.page(0, 400).await.unwrap();
    assert_eq!((first.width, first.height), (400, 200));
    assert!(first.rgba.chunks(4).all(|pixel| pixel == [255, 0, 0, 255]), "{:?}", &first.rgba[..4]);
    let second = preview.page(1, 200).await.unwrap();
    let dark = second.rgba.chunks(4).filter(|pixel| pixel[0] < 80).count();
    assert!((100..4_000).contains(&dark), "words in a font that it does not bring: {dark}");
    assert!(preview.page(2, 200).await.is_err());
}

#[tokio::test]
async fn pictures_of_every_kind_are_drawn_and_never_enlarged() {
    use image::ImageFormat::{Bmp, Gif, Jpeg, Png, WebP};
    let picture = image::DynamicImage::from(image::RgbImage::from_pixel(40, 20, image::Rgb([200, 0, 0])));
    for format in [Png, Jpeg, Gif, WebP, Bmp] {
        let mut out = Cursor::new(Vec::new());
        picture.write_to(&mut out, format).unwrap();
        let preview = opened(FileKind::Picture, out.into_inner()).await;
        assert_eq!((preview.pages()[0].width, preview.pages()[0].height), (40.0, 20.0), "{format:?}");
        let whole = preview.page(0, 4_000).await.unwrap();
        assert_eq!((whole.width, whole.height), (40, 20), "{format:?}");
        assert!(whole.rgba[0] > 180 && whole.rgba[1] < 30 && whole.rgba[3] == 255, "{format:?}");
        assert_eq!(preview.page(0, 10).await.unwrap().rgba.len(), 10 * 5 * 4, "{format:?}");
    }
}

#[tokio::test]
async fn a_photograph_of_many_pixels_is_shown_smaller() {
    let mut out = Cursor::new(Vec::new());
    image::GrayImage::new(7_000, 5_000).write_to(&mut out, image::ImageFormat::Png).unwrap();
    let preview = opened(FileKind::Picture, out.into_inner()).await;
    assert_eq!(preview.pages()[0].width, 7_000.0);
    let whole = preview.page(0, 7_000).await.unwrap();
    assert!((4_000..=4_096).contains(&whole.width), "{whole:?}");
}

#[tokio::test]
async fn a_worker_that_dies_is_followed_by_another_and_ends_with_the_last_preview() {
    let previewer = previewer();
    let preview = previewer.open(FileKind::Pdf, two_pages()).await.unwrap();
    let other = previewer.open(FileKind::Pdf, two_pages()).await.unwrap();
    let third = previewer.open(FileKind::Pdf, two_pages()).await.unwrap();
    let before = preview.process().await.expect("a worker");
    assert_eq!(third.process().await, Some(before), "one worker for all");
    assert!(preview.page(0, 100).await.is_ok(), "it was closed for the third, and is opened again");
    drop((other, third));
    let killed = std::process::Command::new("kill").args(["-9", &before.to_string()]).status().unwrap();
    assert!(killed.success());
    assert!(preview.page(0, 100).await.is_ok());
    let after = preview.process().await.expect("a worker");
    assert_ne!(before, after);
    drop(preview);
    let until = Instant::now() + Duration::from_secs(5);
    while is_alive(after) && Instant::now() < until {
        tokio::time::sleep(Duration::from_millis(20)).await;
    }
    assert!(!is_alive(after), "nobody looks at anything");
}

/// Whether a process runs: one that ended and was not waited for yet does not.
fn is_alive(process: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{process}/stat")).unwrap_or_default();
    stat.rsplit(')').next().is_some_and(|rest| !matches!(rest.trim().chars().next(), None | Some('Z')))
}

/// Deflated zeros, a thousand bytes out of each: the stream of a PNG, as PDF wants it too.
fn bomb(megabytes: usize) -> Vec<u8> {
    let mut png = Cursor::new(Vec::new());
    image::GrayImage::new(1 << 20, u32::try_from(megabytes).unwrap())
        .write_to(&mut png, image::ImageFormat::Png)
        .unwrap();
    let png = png.into_inner();
    let mut zlib = Vec::new();
    let mut rest = &png[8..];
    while rest.len() >= 12 {
        let length = u32::from_be_bytes(rest[..4].try_into().unwrap()) as usize;
        if &rest[4..8] == b"IDAT" {
            zlib.extend(&rest[8..8 + length]);
        }
        rest = &rest[12 + length..];
    }
    zlib
}

fn hostile() -> Vec<(&'static str, Vec<u8>)> {
    let whole = two_pages();
    let form = |number: usize| {
        stream(
            &format!(
                "/Type /XObject /Subtype /Form /BBox [0 0 100 100] \
                 /Resources << /XObject << /X {number} 0 R /Y {number} 0 R >> >>"
            ),
            b"q /X Do /Y Do Q",
        )
    };
    let calls = plain("/X Do");
    // Each form draws the next twice: 2^30 drawings.
    let doubling: Vec<Vec<u8>> =
        (0..30).map(|n| form(6 + n)).chain([stream("/Type /XObject /Subtype /Form /BBox [0 0 9 9]", b"")]).collect();
    let deep = "[".repeat(200_000);
    let nested = "q ".repeat(2_000_000);
    let filters = "/FlateDecode ".repeat(3);
    vec![
        ("cut off", whole[..whole.len() / 2].to_vec()),
        (
            "cut at every tenth",
            whole.iter().copied().enumerate().filter(|(n, _)| n % 10 != 0).map(|(_, b)| b).collect(),
        ),
        ("a giant page", pages("0 0 1000000000 999999999", "", &[plain("0 0 9999 9999 re f")], &[])),
        ("a page of no area", pages("0 0 0 0", "", &[plain("0 0 1 1 re f")], &[])),
        ("a page of no number", pages("nan -inf 1e400 0", "", &[plain("f")], &[])),
        ("a form in itself", pages("0 0 9 9", "/XObject << /X 5 0 R >>", std::slice::from_ref(&calls), &[form(5)])),
        ("forms that double", pages("0 0 9 9", "/XObject << /X 5 0 R >>", &[calls], &doubling)),
        ("arrays in arrays", pages("0 0 9 9", &format!("/A {deep}"), &[plain(&deep)], &[])),
        ("states without end", pages("0 0 9 9", "", &[plain(&nested)], &[])),
        ("a bomb", pages("0 0 9 9", "", &[stream("/Filter /FlateDecode", &bomb(900))], &[])),
        ("filters without end", pages("0 0 9 9", "", &[stream(&format!("/Filter [{filters}]"), &bomb(64))], &[])),
        (
            "an image that claims much",
            pages(
                "0 0 9 9",
                "/XObject << /X 5 0 R >>",
                &[plain("9 0 0 9 0 0 cm /X Do")],
                &[stream(
                    "/Type /XObject /Subtype /Image /Width 60000 /Height 60000 /BitsPerComponent 8 \
                     /ColorSpace /DeviceRGB /Filter /FlateDecode",
                    &bomb(100),
                )],
            ),
        ),
        (
            "pages in themselves",
            pdf(&[
                b"<< /Type /Catalog /Pages 2 0 R >>".to_vec(),
                b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 99999999 >>".to_vec(),
            ]),
        ),
        ("no PDF", b"MZ\x90\x00".repeat(1_000)),
        ("nothing", Vec::new()),
    ]
}

/// The most memory that a process had, in MiB.
fn peak(process: u32) -> Option<u64> {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).ok()?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"))?;
    Some(line.trim().trim_end_matches("kB").trim().parse::<u64>().ok()? / 1024)
}

#[tokio::test]
async fn hostile_pdfs_are_answered_in_time_and_harm_nobody_else() {
    let previewer = previewer();
    let good = previewer.open(FileKind::Pdf, two_pages()).await.unwrap();
    for (what, bytes) in hostile() {
        let begun = Instant::now();
        let answer = match previewer.open(FileKind::Pdf, bytes).await {
            Ok(preview) => {
                let page = preview.page(0, 800).await.map(|tile| (tile.width, tile.height));
                format!("{} pages, {page:?}", preview.count())
            }
            Err(error) => format!("{error:?}"),
        };
        let took = begun.elapsed();
        let memory = match good.process().await {
            Some(process) => peak(process),
            None => None,
        };
        println!("{what}: {answer} after {took:?}, {memory:?} MiB");
        assert!(took < DEADLINE * 2 + Duration::from_secs(2), "{what}: {took:?}");
        assert!(memory.is_none_or(|mebibytes| mebibytes < 512), "{what}: {memory:?} MiB");
        assert!(good.page(0, 100).await.is_ok(), "after {what}");
    }
}

#[tokio::test]
async fn hostile_pictures_are_refused() {
    let mut out = Cursor::new(Vec::new());
    image::GrayImage::new(20_000, 20_000).write_to(&mut out, image::ImageFormat::Png).unwrap();
    let previewer = previewer();
    let refused = |bytes: Vec<u8>| {
        let previewer = previewer.clone();
        async move { previewer.open(FileKind::Picture, bytes).await.expect_err("a refusal") }
    };
    assert_eq!(refused(out.into_inner()).await, Error::TooLarge, "400 million pixels");
    assert_eq!(refused(b"<svg xmlns='http://www.w3.org/2000/svg'/>".to_vec()).await, Error::Unreadable);
    assert_eq!(refused(b"\x89PNG\r\n\x1a\n".to_vec()).await, Error::Unreadable);
    assert_eq!(refused(vec![0; postwren::render::MAX_FILE + 1]).await, Error::TooLarge);
}
