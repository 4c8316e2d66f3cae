//! Attached files as pictures: what a face asks for.
//!
//! A file is opened once and its pages are asked for one by one, as wide as they are shown; a picture is a file of one
//! page. Every [`Preview`] of a [`Previewer`] is drawn by the same worker, which ends with the last of them: nothing of
//! a file outlives being looked at, and who looks at none pays for none.

use super::supervisor::{Inner, Subject, bytes_of, this_program};
use super::wire::{Answer, DocumentId, Request};
use super::{DEADLINE, Error, PREVIEW_WORKER, Result, Tile};
use serde::{Deserialize, Serialize};
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, OnceLock, PoisonError, Weak};
use std::time::Duration;

/// Bytes of a file that is looked at.
pub const MAX_FILE: usize = 64 << 20;

/// Device pixels of a page.
pub(super) const MAX_PIXELS: u64 = 16 << 20;

/// Pages that can be shown of a file.
pub(super) const MAX_PAGES: usize = 2_000;

/// What a file is read as.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum FileKind {
    /// PNG, JPEG, GIF, WebP or BMP, by its content.
    Picture,
    Pdf,
}

/// How large a page is meant to be: a picture in its pixels, a page of a PDF in points.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct PageSize {
    pub width: f32,
    pub height: f32,
}

impl PageSize {
    /// Rows of the page where it is so many pixels wide.
    pub fn rows(self, width: f32) -> f32 {
        let rows = width * self.height / self.width;
        if rows.is_finite() { rows.max(1.0) } else { 1.0 }
    }

    /// The size in whole pixels that is nearest to this width and within the bounds.
    pub(super) fn pixels(self, width: u32) -> (u32, u32) {
        let most = MAX_PIXELS as f32;
        let mut width = (width.clamp(1, 8_192)) as f32;
        let mut rows = self.rows(width);
        if width * rows > most || rows > 32_000.0 {
            let by = (most / (width * rows)).sqrt().min(32_000.0 / rows);
            width = (width * by).max(1.0);
            rows = self.rows(width).min(32_000.0);
        }
        // A cast of a float saturates.
        (width.floor().max(1.0) as u32, rows.floor().max(1.0) as u32)
    }
}

/// Draws attached files. Cheap to clone.
#[derive(Clone)]
pub struct Previewer {
    program: PathBuf,
    deadline: Duration,
    /// Of the previews that are open.
    running: Arc<Mutex<Weak<Inner>>>,
}

impl std::fmt::Debug for Previewer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Previewer({})", self.program.display())
    }
}

impl Default for Previewer {
    fn default() -> Previewer {
        Previewer::with_program(&this_program())
    }
}

impl Previewer {
    /// Workers are `program`, which must pass [`PREVIEW_WORKER`] on to
    /// [`run_preview_worker`](super::run_preview_worker).
    pub fn with_program(program: &Path) -> Previewer {
        Previewer { program: program.to_path_buf(), deadline: DEADLINE, running: Arc::default() }
    }

    fn inner(&self) -> Arc<Inner> {
        let mut running = self.running.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(inner) = running.upgrade() {
            return inner;
        }
        let inner = Arc::new(Inner::new(&self.program, PREVIEW_WORKER, self.deadline));
        *running = Arc::downgrade(&inner);
        inner
    }

    /// Opens a file.
    ///
    /// # Errors
    /// [`Error::TooLarge`] past [`MAX_FILE`], [`Error::Unreadable`], [`Error::Locked`]; those of the worker.
    pub async fn open(&self, kind: FileKind, bytes: Vec<u8>) -> Result<Preview> {
        if bytes.len() > MAX_FILE {
            return Err(Error::TooLarge);
        }
        let inner = self.inner();
        let id = inner.next();
        let mut preview =
            Preview { inner, id, kind, bytes: bytes.into(), pages: Vec::new(), count: 0, refused: OnceLock::new() };
        let (request, body) = preview.open();
        match preview.inner.ask(&preview, &request, &body, true).await?.0 {
            Answer::File { pages, count } if !pages.is_empty() && pages.len() <= MAX_PAGES => {
                drop(body);
                preview.count = count.max(pages.len());
                preview.pages = pages;
                Ok(preview)
            }
            answer => Err(refusal(&answer)),
        }
    }
}

/// Why there is no picture.
fn refusal(answer: &Answer) -> Error {
    match answer {
        Answer::TooLarge => Error::TooLarge,
        Answer::Unreadable => Error::Unreadable,
        Answer::Locked => Error::Locked,
        _ => Error::Protocol,
    }
}

/// A file that was opened. It stays usable when the worker dies; dropped, it is closed.
pub struct Preview {
    inner: Arc<Inner>,
    id: DocumentId,
    kind: FileKind,
    bytes: Arc<[u8]>,
    pages: Vec<PageSize>,
    count: usize,
    refused: OnceLock<Error>,
}

impl std::fmt::Debug for Preview {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Preview({:?}, {} pages)", self.kind, self.count)
    }
}

impl Preview {
    /// The pages that can be shown, at least one.
    pub fn pages(&self) -> &[PageSize] {
        &self.pages
    }

    /// How many pages it has: more than can be shown, perhaps.
    pub fn count(&self) -> usize {
        self.count
    }

    pub fn kind(&self) -> FileKind {
        self.kind
    }

    /// The worker's process, where one runs.
    pub async fn process(&self) -> Option<u32> {
        self.inner.process().await
    }

    /// A page about so many device pixels wide: narrower where the bounds want it, and where a picture has no more.
    ///
    /// # Errors
    /// Those of the worker.
    pub async fn page(&self, page: usize, width: u32) -> Result<Tile> {
        if page >= self.pages.len() {
            return Err(Error::Protocol);
        }
        match self.inner.ask(self, &Request::FilePage { id: self.id, page, width }, &[], false).await? {
            (Answer::FilePage { width, height }, rgba)
                if rgba.len() == bytes_of(width, height) && rgba.len() as u64 <= MAX_PIXELS * 4 && !rgba.is_empty() =>
            {
                Ok(Tile { top: 0, width, height, rgba })
            }
            (answer, _) => Err(refusal(&answer)),
        }
    }
}

impl Subject for Preview {
    fn refused(&self) -> &OnceLock<Error> {
        &self.refused
    }
    fn open(&self) -> (Request, Cow<'_, [u8]>) {
        (Request::OpenFile { id: self.id, kind: self.kind }, Cow::Borrowed(&self.bytes))
    }
}

impl Drop for Preview {
    fn drop(&mut self) {
        let (inner, id) = (self.inner.clone(), self.id);
        // Where no runtime is left the worker has ended, or ends now.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move {
                // Nobody else looks at anything: the worker ends with this.
                if Arc::strong_count(&inner) > 1 {
                    inner.close(id).await;
                }
            });
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_page_of_any_shape_fits_into_the_bounds() {
        for (width, height) in [(612.0, 792.0), (1e9, 1.0), (1.0, 1e9), (f32::MAX, f32::MIN_POSITIVE), (0.0, 0.0)] {
            for wanted in [0, 1, 800, u32::MAX] {
                let (w, h) = PageSize { width, height }.pixels(wanted);
                assert!(w >= 1 && h >= 1 && w <= 8_192 && h <= 32_000, "{width}×{height}: {w}×{h}");
                assert!(u64::from(w) * u64::from(h) <= MAX_PIXELS, "{width}×{height}: {w}×{h}");
            }
        }
        assert_eq!(PageSize { width: 600.0, height: 900.0 }.pixels(300), (300, 450));
    }
}
