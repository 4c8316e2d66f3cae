//! HTML drawn by the real program as its own worker: what is seen, what is answered, and what becomes of pages that
//! mean harm.

#![cfg(feature = "html")]

use postwren::mail::html::{Policy, sanitise};
use postwren::mail::search::{Field, Phrase, Text};
use postwren::render::{Colours, DEADLINE, Document, Error, Image, Page, Point, Renderer, Unit, View};
use std::path::Path;
use std::time::{Duration, Instant};

fn renderer() -> Renderer {
    Renderer::with_program(Path::new(env!("CARGO_BIN_EXE_postwren")))
}

fn page(html: &str) -> Page {
    let clean = sanitise(html, Policy::default());
    Page { html: clean.html, sheet: clean.sheet, quirks: clean.quirks, has_dark: clean.has_dark, images: Vec::new() }
}

async fn opened(renderer: &Renderer, html: &str) -> Document {
    renderer.open(page(html), View::default()).await.expect("a document")
}

/// The colour of a pixel.
async fn colour(document: &Document, x: u32, y: u32) -> [u8; 3] {
    let tile = document.tile(y, 1).await.expect("a row");
    let at = x as usize * 4;
    tile.rgba[at..at + 3].try_into().expect("three bytes")
}

const TALL: &str = "<!doctype html><body style='margin:0'><div style='height:1000px;background:#ff0000'></div>\
                    <div style='height:500px;background:#0000ff'></div>";

#[tokio::test]
async fn tiles_are_cut_where_they_are_asked() {
    let renderer = renderer();
    let document = opened(&renderer, TALL).await;
    assert_eq!(document.layout().pixels, (700, 1500));
    assert_eq!(colour(&document, 10, 0).await, [255, 0, 0]);
    assert_eq!(colour(&document, 699, 999).await, [255, 0, 0]);
    assert_eq!(colour(&document, 10, 1000).await, [0, 0, 255]);
    let last = document.tile(1200, 600).await.unwrap();
    assert_eq!((last.height, last.rgba.len()), (300, 700 * 300 * 4));
    assert!(document.tile(5000, 10).await.unwrap().rgba.is_empty());
    let whole = document.picture(9_999).await.unwrap();
    assert_eq!(whole.rgba.len(), 700 * 1500 * 4);
}

#[tokio::test]
async fn a_finer_screen_gets_more_pixels_and_a_zoom_larger_text() {
    let renderer = renderer();
    let mut document = opened(&renderer, TALL).await;
    document.set_view(View { scale: 2.0, ..View::default() }).await.unwrap();
    assert_eq!(document.layout().pixels, (1400, 3000));
    assert_eq!((document.layout().width, document.layout().height), (700.0, 1500.0));
    assert_eq!(colour(&document, 1399, 1999).await, [255, 0, 0]);
    assert_eq!(colour(&document, 1399, 2000).await, [0, 0, 255]);
    document.set_view(View { zoom: 1.5, ..View::default() }).await.unwrap();
    assert_eq!(document.layout().pixels, (700, 2250));
}

#[tokio::test]
async fn dark_is_the_mails_own_or_light_exchanged() {
    let renderer = renderer();
    let dark = View { colours: Colours::Dark, ..View::default() };
    let plain = renderer.open(page("<body style='margin:0'><p>x"), dark).await.unwrap();
    assert_eq!(colour(&plain, 600, 3).await, [0x1c; 3]);
    let own = "<style>@media (prefers-color-scheme:dark){body{background:#003300}}</style><body style='margin:0'><p>x";
    let own = renderer.open(page(own), dark).await.unwrap();
    assert_eq!(colour(&own, 600, 3).await, [0, 0x33, 0]);
}

fn phrase(words: &str, prefix: bool) -> Phrase {
    Phrase::of(&Text { field: Field::Anywhere, words: words.into(), prefix }).expect("words")
}

#[tokio::test]
async fn words_of_a_search_are_lit_as_the_index_finds_them() {
    let html = "<body style='margin:0;font:20px/30px Arial'><p style='margin:0'>An en<b>gine</b>, a windmill</p>\
                <p style='margin:0'>CAFE\u{301} and the engines</p><p style='display:none'>engine</p>";
    let renderer = renderer();
    let mut document = opened(&renderer, html).await;
    let lines = |areas: &[postwren::render::Rect]| areas.iter().map(|area| (area.y / 30.0) as u32).collect::<Vec<_>>();
    let lit = document.light(&[phrase("engine", false), phrase("mill", false)]).await.unwrap();
    assert_eq!(lines(&lit), [0], "whole words, though not in one piece");
    let lit = document.light(&[phrase("engine", true), phrase("cafe", false)]).await.unwrap();
    assert_eq!(lines(&lit), [0, 1, 1]);
    let one = document.light(&[phrase("the engines", false)]).await.unwrap()[0];
    let found = document.find("the engines").await.unwrap()[0].areas[0];
    assert_eq!((one, document.light(&[]).await.unwrap().len()), (found, 0));
    document.set_view(View { zoom: 2.0, ..View::default() }).await.unwrap();
    let large = document.light(&[phrase("the engines", false)]).await.unwrap()[0];
    assert!((large.width - one.width * 2.0).abs() < 2.0 && (large.y - one.y * 2.0).abs() < 2.0, "{one:?} {large:?}");
}

#[tokio::test]
async fn a_page_of_nothing_but_the_word_is_lit_within_bounds() {
    let renderer = renderer();
    let word = "engine ";
    let paragraphs = format!("<p>{}</p>", word.repeat(20)).repeat(400);
    let document = opened(&renderer, &format!("<body>{paragraphs}")).await;
    let lit = document.light(&[phrase("engine", false)]).await.unwrap();
    assert!((1..=2_000).contains(&lit.len()), "{}", lit.len());
    // One text of many lines, where each place costs more, and each word is broken into many.
    let narrow = format!("<body><div style='width:1px;word-break:break-all'>{}", word.repeat(4_000));
    let document = opened(&renderer, &narrow).await;
    let many: Vec<Phrase> = (0..1_000).map(|_| phrase(&word.repeat(500), true)).chain([phrase("e", true)]).collect();
    assert!(document.light(&many).await.unwrap().len() <= 5_000);
    assert!(document.light(&[phrase("engine", false)]).await.unwrap().len() <= 5_000);
    assert_eq!(document.tile(0, 100).await.unwrap().height, 100, "it is drawn as before");
}

#[tokio::test]
async fn links_are_found_where_they_are_seen() {
    let html =
        "<body style='margin:0;font:20px/30px Arial'><a href='https://example.com/x'>A <b>link</b></a>, and text";
    let renderer = renderer();
    let document = opened(&renderer, html).await;
    let [link] = &document.layout().links[..] else { panic!("{:?}", document.layout().links) };
    assert_eq!((link.href.as_str(), link.text.as_str()), ("https://example.com/x", "A link"));
    let middle = Point { x: link.areas[0].x + 5.0, y: link.areas[0].y + link.areas[0].height / 2.0 };
    assert_eq!(document.layout().link_at(middle), Some(link));
    let asked = document.link_at(middle).await.unwrap();
    assert_eq!(asked, Some(("https://example.com/x".to_string(), "A link".to_string())));
    assert_eq!(document.link_at(Point { x: 400.0, y: 15.0 }).await.unwrap(), None);
    assert!(document.layout().link_at(Point { x: 400.0, y: 15.0 }).is_none());
}

#[tokio::test]
async fn a_link_without_anything_to_press_is_no_harm() {
    let renderer = renderer();
    for link in [" ", "\n", "", "<b> </b>", "<img width=0 height=0 alt=''>", "<!-- x --> <br>"] {
        let document = opened(&renderer, &format!("<p>Before<a href='https://example.com/'>{link}</a>after")).await;
        assert!(document.layout().links.iter().all(|l| l.text.is_empty()), "{link:?}: {:?}", document.layout().links);
    }
}

/// The rows of a document that is 700 pixels wide.
async fn rows(renderer: &Renderer, html: &str) -> u32 {
    opened(renderer, html).await.layout().pixels.1
}

#[tokio::test]
async fn without_a_doctype_a_line_is_as_high_as_what_is_in_it() {
    let renderer = renderer();
    let lines = |doctype: &str, style: &str| {
        format!("{doctype}<body style='margin:0{style}'><div><font size=1 face=Arial>a</font></div>")
    };
    let (quirks, standard) =
        (rows(&renderer, &lines("", "")).await, rows(&renderer, &lines("<!doctype html>", "")).await);
    assert!(quirks < 14 && standard > 15, "{quirks} {standard}");
    // Who says how high lines are is heard.
    assert!(rows(&renderer, &lines("", ";line-height:40px")).await >= 40);
    // A paragraph is at the edge only where no text is before it.
    assert_eq!(
        rows(&renderer, "<body style='margin:0'>a<p>b").await,
        rows(&renderer, "<body style='margin:0'><p>a<p>b").await
    );
    let png = "data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=";
    let sliced = format!(
        "<body style='margin:0'><table cellpadding=0 cellspacing=0><tr><td><a href='https://a.example/'><img src='{png}' width=9 \
         height=1></a></td></tr><tr><td><img src='{png}' width=9 height=30></td></tr></table>"
    );
    assert_eq!(rows(&renderer, &sliced).await, 31);
}

/// Where a text begins.
async fn left(document: &Document, text: &str) -> f32 {
    document.find(text).await.unwrap()[0].areas[0].x
}

#[tokio::test]
async fn a_cell_over_all_columns_does_not_widen_the_first() {
    let html = "<body style='margin:0'><table cellpadding=0 cellspacing=0 width=600><tr><td width=600 colspan=3>over all</td>\
                </tr><tr><td width=10>i</td><td width=500>second</td><td width=90>third</td></tr></table>";
    let renderer = renderer();
    let document = opened(&renderer, html).await;
    let (second, third) = (left(&document, "second").await, left(&document, "third").await);
    assert!((8.0..14.0).contains(&second) && (508.0..514.0).contains(&third), "{second} {third}");
}

#[tokio::test]
async fn what_runs_from_right_to_left_is_ordered_so() {
    let renderer = renderer();
    let html = "<body style='margin:0' dir=rtl><p>رقم <b dir=ltr>#one two</b> في</p>\
                <div dir=rtl style='font-size:0'><p style='display:inline-block;font-size:14px'>A box</p>\
                <p style='display:inline-block;font-size:14px'>B box</p></div>";
    let document = opened(&renderer, html).await;
    assert!(left(&document, "#one").await < left(&document, "two").await);
    assert!(left(&document, "B box").await < left(&document, "A box").await);
    assert!(!document.select_all().await.unwrap().text.contains('\u{2066}'));
}

#[tokio::test]
async fn text_is_selected_and_found() {
    let html = "<body style='margin:0;font:20px/30px Arial'>loose <p style='margin:0'>First paragraph</p>\
                <table cellpadding=0 cellspacing=0><tr><td>second</td><td>Größe first</td></tr></table>";
    let renderer = renderer();
    let document = opened(&renderer, html).await;
    let hits = document.find("FIRST").await.unwrap();
    assert_eq!(hits.len(), 2);
    assert!(hits[0].areas[0].y >= 28.0 && hits[1].areas[0].y >= 55.0, "{hits:?}");
    assert_eq!(document.find("größe").await.unwrap().len(), 1);
    assert!(document.find("absent").await.unwrap().is_empty() && document.find(" ").await.unwrap().is_empty());

    let all = document.select_all().await.unwrap();
    let lines: Vec<&str> = all.text.lines().map(str::trim).filter(|line| !line.is_empty()).collect();
    assert_eq!(lines.join("\n"), "loose\nFirst paragraph\nsecond\nGröße first");
    let inside = Point { x: hits[0].areas[0].x + 3.0, y: 45.0 };
    assert_eq!(document.select(inside, inside, Unit::Word).await.unwrap().text, "First");
    assert_eq!(document.select(inside, inside, Unit::Block).await.unwrap().text, "First paragraph");
    let dragged =
        document.select(Point { x: 0.0, y: 45.0 }, Point { x: 699.0, y: 75.0 }, Unit::Character).await.unwrap();
    assert!(dragged.text.starts_with("First paragraph\nsecond"), "{dragged:?}");
    assert!(!dragged.areas.is_empty());
}

#[tokio::test]
async fn given_images_are_shown_and_no_others() {
    let mut png = std::io::Cursor::new(Vec::new());
    image::RgbImage::from_pixel(4, 4, image::Rgb([0, 200, 0])).write_to(&mut png, image::ImageFormat::Png).unwrap();
    let mut page = page("<body style='margin:0'><img src='cid:a@b' width=50 height=50>");
    page.images.push(Image { url: "cid:a@b".into(), bytes: png.into_inner().into() });
    let renderer = renderer();
    let document = renderer.open(page, View::default()).await.unwrap();
    assert_eq!(colour(&document, 25, 25).await, [0, 200, 0]);
    assert_eq!(colour(&document, 60, 25).await, [255, 255, 255]);
}

#[cfg(unix)]
#[tokio::test]
async fn a_worker_that_dies_is_followed_by_another_unseen() {
    let renderer = renderer();
    let document = opened(&renderer, TALL).await;
    let before = renderer.process().await.expect("a worker");
    let killed = std::process::Command::new("kill").args(["-9", &before.to_string()]).status().unwrap();
    assert!(killed.success());
    assert_eq!(colour(&document, 10, 1000).await, [0, 0, 255]);
    let after = renderer.process().await.expect("a worker");
    assert_ne!(before, after);
}

#[tokio::test]
async fn what_takes_too_long_is_ended_and_the_next_is_served() {
    let program = Path::new(env!("CARGO_BIN_EXE_postwren"));
    let hasty = Renderer::with_deadline(program, Duration::from_millis(1));
    assert_eq!(hasty.open(page(TALL), View::default()).await.err(), Some(Error::TimedOut));
    let patient = renderer();
    assert!(patient.open(page(TALL), View::default()).await.is_ok());
}

#[tokio::test]
async fn a_program_that_is_no_worker_is_told() {
    let wrong = Renderer::with_program(Path::new("/nonexistent/postwren"));
    assert!(matches!(wrong.open(page("x"), View::default()).await, Err(Error::Start(_))));
}

#[tokio::test]
async fn more_documents_than_the_worker_keeps_are_opened_again() {
    let renderer = renderer();
    let mut all = Vec::new();
    for number in 0..9 {
        all.push(
            opened(&renderer, &format!("<body style='margin:0'><div style='height:{}px'>x</div>", 100 + number)).await,
        );
    }
    for document in &all {
        assert_eq!(document.tile(0, 5).await.unwrap().height, 5);
    }
}

/// Pages that crash, hang or swell an engine, past the sanitiser or as if it had let them through.
#[tokio::test]
async fn hostile_pages_are_answered_in_time() {
    let renderer = renderer();
    let pages = [
        "<body>".to_string() + &"<div>".repeat(5_000) + "x",
        "<table><tr><td>".repeat(300) + "x",
        "<b><i><u><a href=x><p>".repeat(300),
        "<table><tr><td colspan=65535 rowspan=65534>a<td colspan=4294967295>b</table>".into(),
        "<table><tr><td bgcolor='#é1'>x</table><a href='http://[::'>y</a>".into(),
        "<p style='width:calc(1px/0);height:99999999999999px;margin:-1e38px;font-size:1e30px'>x".into(),
        "<div style='width:1e9px;height:1e9px;background:linear-gradient(red,blue)'>x</div>".into(),
        "<div style='display:grid;grid-template-columns:repeat(100000,1px)'>x</div>".into(),
        "<p style='font-size:100000px'>A</p>".into(),
        "<div style='display:flex'>".repeat(60) + "x",
    ];
    for html in &pages {
        let began = Instant::now();
        if let Ok(document) = renderer.open(page(html), View::default()).await {
            let _ = document.tile(0, 600).await;
        }
        // Two requests, each under the deadline; not how fast, but that it ends.
        assert!(began.elapsed() < DEADLINE * 3, "{}", &html[..html.len().min(60)]);
    }
    // Unsanitised, it must cost no more than the worker.
    let raw = Page { html: "<div>".repeat(100_000), ..Page::default() };
    assert!(renderer.open(raw, View::default()).await.is_err());
    assert_eq!(colour(&opened(&renderer, TALL).await, 10, 0).await, [255, 0, 0]);
}
