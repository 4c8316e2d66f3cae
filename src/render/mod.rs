//! HTML mail as pictures: the only floor that knows a browser's engine.
//!
//! Blitz lays a sanitised document ([`crate::mail::html::sanitise`]) out and paints it. It can be made to panic, to
//! overflow its stack and to compute for minutes, so it never runs in the program that holds the mail:
//!
//! ```text
//!   service ── Renderer (supervisor) ══ pipe, framed (wire) ══ worker: the same binary, started with WORKER
//!                │ one at a time, 5 s each                        │ limits of memory and time, no network, no
//!                │ restarts it after any death                    │ programs, no files but fonts (sandbox)
//!                └ Document: what a face holds                    └ document, images, text, tiles
//! ```
//!
//! A face asks for what it shows and nothing else: [`Document::layout`], then [`Document::tile`] for the strips near
//! the view. Where text is selected or found, the answer is rectangles that the face draws over the tiles. When the
//! worker dies its documents are opened again in the next one, unseen; a document that killed it is refused with
//! [`Error::Died`] or [`Error::TimedOut`], and the face shows the text of the mail instead.
//!
//! Attached pictures and PDFs are as foreign as HTML: a [`Previewer`] draws them the same way, in a worker of its own
//! that may open no file at all and ends with the last [`Preview`].
//!
//! # Bounds
//! | what | bound |
//! |---|---|
//! | one request, waiting for others excluded | [`DEADLINE`] |
//! | memory of the worker | 512 MB of address space above its start |
//! | a tile | [`MAX_TILE`] pixels |
//! | a document's height | [`MAX_HEIGHT`] device pixels |
//! | an attached file, a page of it | [`MAX_FILE`] bytes, 16 million pixels |
//! | pixels of one image, of all of a document | larger ones are shrunk; past the sum they are left out |
//!
//! # Coordinates
//! Points and rectangles are in logical pixels of the face, from the top left of the document; tiles are cut in
//! device pixels, so that no seam falls between two. A logical pixel is [`View::scale`] device pixels.

mod bare;
mod colours;
mod columns;
mod direction;
mod document;
mod error;
mod fonts;
mod images;
mod model;
mod pdf;
mod picture;
mod places;
mod preview;
mod preview_worker;
mod print;
mod sandbox;
mod supervisor;
mod text;
mod wire;
mod worker;

pub use error::{Error, Result};
pub use model::{Colours, Hit, Image, Layout, LinkArea, Page, Point, Rect, Selection, Tile, Unit, View};
pub use preview::{FileKind, MAX_FILE, PageSize, Preview, Previewer};
pub use preview_worker::{PREVIEW_WORKER, run as run_preview_worker};
pub use print::{DEADLINE as PRINT_DEADLINE, Job, MAX_PAGES, Paper, Printed};
pub use supervisor::{Document, Renderer};
pub use worker::{WORKER, run as run_worker};

use std::time::Duration;

/// A worker that has not answered by then is ended, so that after five seconds there is something to see.
pub const DEADLINE: Duration = Duration::from_millis(4_800);

/// Pixels of one tile.
pub const MAX_TILE: u64 = 24 << 20;

/// Device pixels of a document's height; what is below is not shown, and [`Layout::cut`] says so.
pub const MAX_HEIGHT: u32 = 400_000;

/// Device pixels of a document's width.
pub const MAX_WIDTH: u32 = 8_192;
