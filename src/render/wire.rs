//! What passes over the pipe: a header in JSON and the bytes it speaks of, both with their length before them.
//!
//! The worker may have been taken over by what it draws, so its answers are believed no further than their bounds.

use super::model::{Hit, Image, Layout, Page, Point, Rect, Selection, Unit, View};
use super::preview::{FileKind, PageSize};
use super::print::{Job, Paper};
use crate::mail::search::Phrase;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::{self, Read, Write};

/// Bytes of a header, in either direction.
const MAX_HEADER: usize = 8 << 20;
/// Bytes of a body: a page with its images, or a tile.
pub const MAX_BODY: usize = 128 << 20;

/// Names a document in the worker.
pub type DocumentId = u64;

/// A request. Its body is empty but for [`Request::Open`], [`Request::Print`] and [`Request::OpenFile`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Request {
    /// The body holds, in this order, the markup, the sheet and the images.
    Open {
        id: DocumentId,
        view: View,
        quirks: bool,
        has_dark: bool,
        html: usize,
        sheet: usize,
        images: Vec<(String, usize)>,
    },
    /// Lays an open document out anew.
    View {
        id: DocumentId,
        view: View,
    },
    /// Rows in device pixels.
    Tile {
        id: DocumentId,
        top: u32,
        height: u32,
    },
    LinkAt {
        id: DocumentId,
        at: Point,
    },
    Select {
        id: DocumentId,
        from: Point,
        to: Point,
        unit: Unit,
    },
    SelectAll {
        id: DocumentId,
    },
    Find {
        id: DocumentId,
        text: String,
    },
    /// Where these words stand, as a search of all mail compares them.
    Light {
        id: DocumentId,
        phrases: Vec<Phrase>,
    },
    Close {
        id: DocumentId,
    },
    /// The body is the file. Asked of a worker for files.
    OpenFile {
        id: DocumentId,
        kind: FileKind,
    },
    /// A page of an open file, so many device pixels wide.
    FilePage {
        id: DocumentId,
        page: usize,
        width: u32,
    },
    /// Prints what is in the body: a heading, and after it a document.
    Print(Order),
}

/// A job in parts: see [`Job`]. The body of its request holds both pages, each as [`Request::Open`] has it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Order {
    title: String,
    language: String,
    paper: Paper,
    pages: [Lengths; 2],
}

/// How long the parts of a page are.
#[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
struct Lengths {
    quirks: bool,
    html: usize,
    sheet: usize,
    images: Vec<(String, usize)>,
}

/// An answer. Its body is empty but for [`Answer::Tile`], [`Answer::Printed`] and [`Answer::FilePage`].
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Answer {
    /// The worker is ready: said once, before any request.
    Ready {
        confined: bool,
    },
    Layout(Layout),
    Tile {
        width: u32,
        height: u32,
    },
    Link(Option<(String, String)>),
    Selection(Selection),
    Found(Vec<Hit>),
    Lit(Vec<Rect>),
    Closed,
    /// How large the pages are that can be shown, and how many there are.
    File {
        pages: Vec<PageSize>,
        count: usize,
    },
    FilePage {
        width: u32,
        height: u32,
    },
    /// It is damaged, or no file of its kind.
    Unreadable,
    /// It asks for a password.
    Locked,
    /// The document is not open here: it was the least recently used.
    Unknown,
    TooLarge,
    /// The body is the PDF.
    Printed {
        pages: usize,
        cut: bool,
    },
}

/// The lengths before a frame.
pub const PREFIX: usize = 8;

/// The lengths of header and body.
pub fn lengths(prefix: [u8; PREFIX]) -> io::Result<(usize, usize)> {
    let [a, b, c, d, e, f, g, h] = prefix;
    let length = |bytes| usize::try_from(u32::from_be_bytes(bytes)).unwrap_or(usize::MAX);
    let (header, body) = (length([a, b, c, d]), length([e, f, g, h]));
    if header > MAX_HEADER || body > MAX_BODY {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame is too long"));
    }
    Ok((header, body))
}

/// Prefix and header of a frame whose body follows.
pub fn head(header: &impl Serialize, body: usize) -> io::Result<Vec<u8>> {
    let json = serde_json::to_vec(header).map_err(io::Error::other)?;
    if json.len() > MAX_HEADER || body > MAX_BODY {
        return Err(io::Error::new(io::ErrorKind::InvalidData, "a frame is too long"));
    }
    let length = |n: usize| u32::try_from(n).unwrap_or(u32::MAX).to_be_bytes();
    let mut out = Vec::with_capacity(json.len().saturating_add(PREFIX));
    out.extend_from_slice(&length(json.len()));
    out.extend_from_slice(&length(body));
    out.extend_from_slice(&json);
    Ok(out)
}

/// Reads a header.
pub fn parse<T: DeserializeOwned>(json: &[u8]) -> io::Result<T> {
    serde_json::from_slice(json).map_err(|e| io::Error::new(io::ErrorKind::InvalidData, e))
}

/// Reads one frame, blocking; none at the end of the stream.
pub fn read<T: DeserializeOwned>(from: &mut impl Read) -> io::Result<Option<(T, Vec<u8>)>> {
    let mut prefix = [0; PREFIX];
    match from.read_exact(&mut prefix) {
        Err(e) if e.kind() == io::ErrorKind::UnexpectedEof => return Ok(None),
        other => other?,
    }
    let (header, body) = lengths(prefix)?;
    let mut json = vec![0; header];
    from.read_exact(&mut json)?;
    let mut bytes = vec![0; body];
    from.read_exact(&mut bytes)?;
    Ok(Some((parse(&json)?, bytes)))
}

/// Writes one frame, blocking.
pub fn write(to: &mut impl Write, header: &impl Serialize, body: &[u8]) -> io::Result<()> {
    to.write_all(&head(header, body.len())?)?;
    to.write_all(body)?;
    to.flush()
}

/// The request that opens a page, with its body.
pub fn open(id: DocumentId, page: &Page, view: View) -> (Request, Vec<u8>) {
    let mut body = Vec::with_capacity(page.html.len().saturating_add(page.sheet.len()));
    let Lengths { quirks, html, sheet, images } = append(&mut body, page);
    (Request::Open { id, view, quirks, has_dark: page.has_dark, html, sheet, images }, body)
}

/// The request that prints, with its body.
pub fn print(job: &Job) -> (Request, Vec<u8>) {
    let mut body = Vec::new();
    let pages = [append(&mut body, &job.heading), append(&mut body, &job.body)];
    let (title, language) = (job.title.clone(), job.language.clone());
    (Request::Print(Order { title, language, paper: job.paper, pages }), body)
}

/// Takes the body of [`Request::Print`] apart.
pub fn ordered(order: Order, body: &[u8]) -> Option<Job> {
    let Order { title, language, paper, pages: [first, second] } = order;
    let images: usize = first.images.iter().map(|(_, length)| *length).fold(0, usize::saturating_add);
    let (heading, rest) = body.split_at_checked(first.html.saturating_add(first.sheet).saturating_add(images))?;
    let page = |lengths: Lengths, body: &[u8]| {
        let page = opened(body, lengths.html, lengths.sheet, lengths.images)?;
        Some(Page { quirks: lengths.quirks, ..page })
    };
    Some(Job { title, language, paper, heading: page(first, heading)?, body: page(second, rest)? })
}

fn append(body: &mut Vec<u8>, page: &Page) -> Lengths {
    body.extend_from_slice(page.html.as_bytes());
    body.extend_from_slice(page.sheet.as_bytes());
    let mut images = Vec::with_capacity(page.images.len());
    for image in &page.images {
        // What does not fit is left out, as an image that never came.
        if body.len().saturating_add(image.bytes.len()) <= MAX_BODY {
            body.extend_from_slice(&image.bytes);
            images.push((image.url.clone(), image.bytes.len()));
        }
    }
    Lengths { quirks: page.quirks, html: page.html.len(), sheet: page.sheet.len(), images }
}

/// Takes the body of [`Request::Open`] apart.
pub fn opened(body: &[u8], html: usize, sheet: usize, images: Vec<(String, usize)>) -> Option<Page> {
    let (markup, rest) = body.split_at_checked(html)?;
    let (rules, mut rest) = rest.split_at_checked(sheet)?;
    let mut page = Page {
        html: String::from_utf8(markup.to_vec()).ok()?,
        sheet: String::from_utf8(rules.to_vec()).ok()?,
        ..Page::default()
    };
    for (url, length) in images {
        let (bytes, after) = rest.split_at_checked(length)?;
        page.images.push(Image { url, bytes: bytes.into() });
        rest = after;
    }
    Some(page)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_comes_over_whole() {
        let image = Image { url: "cid:a".into(), bytes: b"GIF89a".as_slice().into() };
        let page = Page { html: "<p>ä".into(), sheet: "p{}".into(), images: vec![image], ..Page::default() };
        let (request, body) = open(7, &page, View::default());
        let mut bytes = Vec::new();
        write(&mut bytes, &request, &body).unwrap();
        let (read, body) = read::<Request>(&mut bytes.as_slice()).unwrap().unwrap();
        assert_eq!(read, request);
        let Request::Open { html, sheet, images, .. } = read else { panic!("{read:?}") };
        assert_eq!(opened(&body, html, sheet, images), Some(page));
    }

    #[test]
    fn a_job_comes_over_whole() {
        let image = Image { url: "cid:a".into(), bytes: b"GIF89a".as_slice().into() };
        let job = Job {
            title: "Ä".into(),
            language: "de".into(),
            paper: Paper::Letter,
            heading: Page { html: "<p>h".into(), sheet: "h{}".into(), ..Page::default() },
            body: Page { html: "<p>b".into(), quirks: true, images: vec![image], ..Page::default() },
        };
        let (Request::Print(order), body) = print(&job) else { panic!() };
        assert_eq!(ordered(order.clone(), &body), Some(job));
        assert_eq!(ordered(order, body.get(..5).unwrap()), None);
    }

    #[test]
    fn a_frame_that_claims_too_much_is_refused_unread() {
        let mut frame = u32::MAX.to_be_bytes().to_vec();
        frame.extend_from_slice(&[0; 4]);
        assert!(read::<Answer>(&mut frame.as_slice()).is_err());
        assert!(opened(b"abc", 2, 5, vec![]).is_none());
        assert!(read::<Answer>(&mut [].as_slice()).unwrap().is_none());
    }
}
