//! The supervisor: one worker kept warm, one request at a time, each under a deadline.

use super::model::{Layout, Page, Point, Rect, Selection, Tile, Unit, View};
use super::print::{self, Job, Printed};
use super::text::MAX_LIT_AREAS;
use super::wire::{self, Answer, DocumentId, Request};
use super::{DEADLINE, Error, Hit, MAX_TILE, Result, WORKER};
use crate::mail::search::Phrase;
use std::borrow::Cow;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::atomic::{AtomicU64, Ordering};
use std::sync::{Arc, OnceLock};
use std::time::Duration;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::process::{Child, ChildStdin, ChildStdout, Command};
use tokio::sync::Mutex;
use tokio::time::Instant;

/// Documents that one worker opens before it is replaced: whatever a mail did to it ends there.
const DOCUMENTS: u32 = 200;
/// Words and phrases that are lit at once.
const MAX_PHRASES: usize = 64;

/// Draws documents in a worker process. Cheap to clone; the worker ends with the last one.
#[derive(Clone)]
pub struct Renderer {
    inner: Arc<Inner>,
}

pub(super) struct Inner {
    program: PathBuf,
    /// What makes the program a worker.
    role: &'static str,
    deadline: Duration,
    next: AtomicU64,
    worker: Mutex<Option<Worker>>,
}

impl std::fmt::Debug for Renderer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Renderer({})", self.inner.program.display())
    }
}

/// A process and the ends of its pipes.
struct Worker {
    child: Child,
    requests: ChildStdin,
    answers: ChildStdout,
    documents: u32,
}

impl Renderer {
    /// Workers are this very program. Nothing is started before the first document, or [`Renderer::warm`].
    pub fn new() -> Renderer {
        Renderer::with_program(&this_program())
    }

    /// Workers are `program`, which must pass [`WORKER`] on to [`run_worker`](super::run_worker).
    pub fn with_program(program: &Path) -> Renderer {
        Renderer::with_deadline(program, DEADLINE)
    }

    /// The same with another deadline, for tests.
    pub fn with_deadline(program: &Path, deadline: Duration) -> Renderer {
        Renderer { inner: Arc::new(Inner::new(program, WORKER, deadline)) }
    }

    /// Starts the worker, so that the first document does not wait for it.
    ///
    /// # Errors
    /// [`Error::Start`].
    pub async fn warm(&self) -> Result<()> {
        let mut slot = self.inner.worker.lock().await;
        if slot.is_none() {
            *slot = Some(self.inner.start().await?);
        }
        Ok(())
    }

    /// The worker's process, where one runs.
    pub async fn process(&self) -> Option<u32> {
        self.inner.process().await
    }

    /// Lays a document out.
    ///
    /// # Errors
    /// Any: the text is to be shown instead.
    pub async fn open(&self, page: Page, view: View) -> Result<Document> {
        self.open_after(page, view, Duration::ZERO).await
    }

    /// The same where making the page took `spent` already: what there is to see first is there, or known not to come,
    /// within one [`DEADLINE`] and not one for each step.
    ///
    /// # Errors
    /// As [`Renderer::open`].
    pub async fn open_after(&self, page: Page, view: View, spent: Duration) -> Result<Document> {
        let id = self.inner.next();
        let (page, layout, refused) = (Arc::new(page), Layout::default(), OnceLock::new());
        let spent = Spent::of(spent);
        let mut document = Document { renderer: self.clone(), id, page, view, layout, spent, refused };
        document.layout = document.lay_out().await?;
        Ok(document)
    }

    /// Prints, in a worker of its own that ends with it: when this is given up, and after
    /// [`PRINT_DEADLINE`](super::PRINT_DEADLINE).
    ///
    /// # Errors
    /// Any.
    pub async fn print(&self, job: &Job) -> Result<Printed> {
        let (request, body) = wire::print(job);
        let work = async {
            let mut worker = self.inner.start().await?;
            match worker.ask(&request, &body).await? {
                (Answer::Printed { pages, cut }, pdf) if pdf.starts_with(b"%PDF-") => Ok(Printed { pdf, pages, cut }),
                (Answer::TooLarge, _) => Err(Error::TooLarge),
                _ => Err(Error::Protocol),
            }
        };
        tokio::time::timeout(print::DEADLINE, work).await.unwrap_or(Err(Error::TimedOut))
    }
}

impl Default for Renderer {
    fn default() -> Renderer {
        Renderer::new()
    }
}

/// Time that went into a document before it was seen, in milliseconds; nothing once it was.
#[derive(Debug)]
pub(super) struct Spent(AtomicU64);

/// What a step gets, whatever the ones before took of the deadline.
const LEAST: Duration = Duration::from_millis(500);

impl Spent {
    fn of(time: Duration) -> Spent {
        Spent(AtomicU64::new(u64::try_from(time.as_millis()).unwrap_or(u64::MAX)))
    }

    fn add(&self, time: Duration) {
        self.0.fetch_add(u64::try_from(time.as_millis()).unwrap_or(u64::MAX), Ordering::Relaxed);
    }

    fn left_of(&self, deadline: Duration) -> Duration {
        let left = deadline.saturating_sub(Duration::from_millis(self.0.load(Ordering::Relaxed)));
        left.max(LEAST.min(deadline))
    }

    fn forget(&self) {
        self.0.store(0, Ordering::Relaxed);
    }
}

/// A document that was opened. It stays usable when the worker dies; dropped, it is closed.
#[derive(Debug)]
pub struct Document {
    renderer: Renderer,
    id: DocumentId,
    page: Arc<Page>,
    view: View,
    layout: Layout,
    /// What its first tile has no more time for.
    spent: Spent,
    /// Why it is asked for nothing any more: it ended its worker, and would end the next.
    refused: OnceLock<Error>,
}

impl Document {
    pub fn layout(&self) -> &Layout {
        &self.layout
    }

    pub fn view(&self) -> View {
        self.view
    }

    /// Lays it out anew: another width, scale, zoom or colours. Where that fails the former view stays.
    ///
    /// # Errors
    /// Any: the text is to be shown instead.
    pub async fn set_view(&mut self, view: View) -> Result<()> {
        let before = std::mem::replace(&mut self.view, view);
        let answer = self.ask(Request::View { id: self.id, view }).await;
        match answer.and_then(as_layout) {
            Ok(layout) => self.layout = layout,
            Err(error) => {
                self.view = before;
                return Err(error);
            }
        }
        Ok(())
    }

    /// Rows `top..top + height`, in device pixels, cut to the document.
    ///
    /// # Errors
    /// [`Error::TooLarge`] past [`MAX_TILE`]; those of the worker.
    pub async fn tile(&self, top: u32, height: u32) -> Result<Tile> {
        let (width, whole) = self.layout.pixels;
        let height = height.min(whole.saturating_sub(top));
        if u64::from(width).saturating_mul(u64::from(height)) > MAX_TILE {
            return Err(Error::TooLarge);
        }
        if height == 0 {
            return Ok(Tile { top, width, height, rgba: Vec::new() });
        }
        match self.ask_with_body(Request::Tile { id: self.id, top, height }).await? {
            (Answer::Tile { width: w, height: h }, rgba)
                if (w, h) == (width, height) && rgba.len() == bytes_of(width, height) =>
            {
                self.spent.forget();
                Ok(Tile { top, width, height, rgba })
            }
            (Answer::TooLarge, _) => Err(Error::TooLarge),
            _ => Err(Error::Protocol),
        }
    }

    /// The whole document in one picture, strip by strip; at most `max` rows of it.
    ///
    /// # Errors
    /// As [`Document::tile`].
    pub async fn picture(&self, max: u32) -> Result<Tile> {
        const STRIP: u32 = 600;
        let (width, height) = self.layout.pixels;
        let height = height.min(max);
        let mut rgba = Vec::new();
        let mut top = 0;
        while top < height {
            rgba.extend(self.tile(top, STRIP.min(height.saturating_sub(top))).await?.rgba);
            top = top.saturating_add(STRIP);
        }
        Ok(Tile { top: 0, width, height, rgba })
    }

    /// Target and shown text of the link at a point, asked of the engine: exact where links overlap.
    /// [`Layout::link_at`] answers at once.
    ///
    /// # Errors
    /// Those of the worker.
    pub async fn link_at(&self, at: Point) -> Result<Option<(String, String)>> {
        match self.ask(Request::LinkAt { id: self.id, at }).await? {
            Answer::Link(link) => Ok(link),
            _ => Err(Error::Protocol),
        }
    }

    /// What lies between two points: where a drag began, where it is.
    ///
    /// # Errors
    /// Those of the worker.
    pub async fn select(&self, from: Point, to: Point, unit: Unit) -> Result<Selection> {
        as_selection(self.ask(Request::Select { id: self.id, from, to, unit }).await?)
    }

    /// All text.
    ///
    /// # Errors
    /// Those of the worker.
    pub async fn select_all(&self) -> Result<Selection> {
        as_selection(self.ask(Request::SelectAll { id: self.id }).await?)
    }

    /// Every place where a text stands, letters in either case, in document order.
    ///
    /// # Errors
    /// Those of the worker.
    pub async fn find(&self, text: &str) -> Result<Vec<Hit>> {
        match self.ask(Request::Find { id: self.id, text: text.to_string() }).await? {
            Answer::Found(hits) => Ok(hits),
            _ => Err(Error::Protocol),
        }
    }

    /// Where words of a search of all mail stand, as it compares them: one rectangle for each line that a place runs
    /// over, in document order; a great many places, or slow ones, are not all told.
    ///
    /// # Errors
    /// Those of the worker.
    pub async fn light(&self, phrases: &[Phrase]) -> Result<Vec<Rect>> {
        let phrases = phrases.iter().take(MAX_PHRASES).cloned().collect();
        match self.ask(Request::Light { id: self.id, phrases }).await? {
            Answer::Lit(areas) if areas.len() <= MAX_LIT_AREAS => Ok(areas),
            _ => Err(Error::Protocol),
        }
    }

    async fn lay_out(&self) -> Result<Layout> {
        let (request, body) = wire::open(self.id, &self.page, self.view);
        let (answer, _) = self.renderer.inner.ask(self, &request, &body, true).await?;
        as_layout(answer)
    }

    async fn ask(&self, request: Request) -> Result<Answer> {
        Ok(self.ask_with_body(request).await?.0)
    }

    async fn ask_with_body(&self, request: Request) -> Result<(Answer, Vec<u8>)> {
        self.renderer.inner.ask(self, &request, &[], false).await
    }
}

impl Drop for Document {
    fn drop(&mut self) {
        let (renderer, id) = (self.renderer.clone(), self.id);
        // Where no runtime is left the worker has ended, or ends now.
        if let Ok(runtime) = tokio::runtime::Handle::try_current() {
            runtime.spawn(async move { renderer.inner.close(id).await });
        }
    }
}

fn as_layout(answer: Answer) -> Result<Layout> {
    match answer {
        Answer::Layout(layout) => Ok(layout),
        Answer::TooLarge => Err(Error::TooLarge),
        _ => Err(Error::Protocol),
    }
}

fn as_selection(answer: Answer) -> Result<Selection> {
    match answer {
        Answer::Selection(selection) => Ok(selection),
        _ => Err(Error::Protocol),
    }
}

pub(super) fn bytes_of(width: u32, height: u32) -> usize {
    let bytes = u64::from(width).saturating_mul(u64::from(height)).saturating_mul(4);
    usize::try_from(bytes).unwrap_or(usize::MAX)
}

/// What a worker has open, and can be given anew.
pub(super) trait Subject: Sync {
    /// Why it is asked for nothing any more.
    fn refused(&self) -> &OnceLock<Error>;
    fn open(&self) -> (Request, Cow<'_, [u8]>);
    /// What went into it before it is seen, where all steps until then share one deadline.
    fn spent(&self) -> Option<&Spent> {
        None
    }
}

impl Subject for Document {
    fn refused(&self) -> &OnceLock<Error> {
        &self.refused
    }
    fn spent(&self) -> Option<&Spent> {
        Some(&self.spent)
    }
    fn open(&self) -> (Request, Cow<'_, [u8]>) {
        let (request, body) = wire::open(self.id, &self.page, self.view);
        (request, Cow::Owned(body))
    }
}

impl Inner {
    pub(super) fn new(program: &Path, role: &'static str, deadline: Duration) -> Inner {
        let program = program.to_path_buf();
        Inner { program, role, deadline, next: AtomicU64::new(1), worker: Mutex::new(None) }
    }

    /// A number for the next document.
    pub(super) fn next(&self) -> DocumentId {
        self.next.fetch_add(1, Ordering::Relaxed)
    }

    /// The worker's process, where one runs.
    pub(super) async fn process(&self) -> Option<u32> {
        self.worker.lock().await.as_ref().and_then(|worker| worker.child.id())
    }

    /// Asks the worker, which is started where none runs. A worker that dies is followed by a fresh one, once, for
    /// the death may be another document's doing; what takes too long is not tried again.
    pub(super) async fn ask(
        &self,
        subject: &dyn Subject,
        request: &Request,
        body: &[u8],
        opens: bool,
    ) -> Result<(Answer, Vec<u8>)> {
        if let Some(error) = subject.refused().get() {
            return Err(error.clone());
        }
        let mut slot = self.worker.lock().await;
        let begin = Instant::now();
        let until = begin + subject.spent().map_or(self.deadline, |spent| spent.left_of(self.deadline));
        let work = async {
            let mut last = Error::Died;
            for _ in 0..2 {
                match self.attempt(&mut slot, subject, request, body, opens).await {
                    Err(error @ (Error::Died | Error::Protocol)) => last = error,
                    other => return other,
                }
                *slot = None;
            }
            Err(last)
        };
        let answer = tokio::time::timeout_at(until, work).await;
        if answer.is_err() {
            // Dropped in the middle of a frame: nothing can be read of it any more.
            *slot = None;
        }
        let answer = answer.unwrap_or(Err(Error::TimedOut));
        if let Some(spent) = subject.spent().filter(|_| opens) {
            spent.add(begin.elapsed());
        }
        if let Err(error @ (Error::TimedOut | Error::Died)) = &answer {
            let _ = subject.refused().set(error.clone());
        }
        answer
    }

    async fn attempt(
        &self,
        slot: &mut Option<Worker>,
        subject: &dyn Subject,
        request: &Request,
        body: &[u8],
        opens: bool,
    ) -> Result<(Answer, Vec<u8>)> {
        if slot.as_ref().is_some_and(|worker| opens && worker.documents >= DOCUMENTS) {
            *slot = None;
        }
        // Taken out, so that a request that is given up leaves no worker with half an answer behind.
        let mut worker = match slot.take() {
            Some(worker) => worker,
            None => self.start().await?,
        };
        if opens {
            worker.documents = worker.documents.saturating_add(1);
        }
        let mut answer = worker.ask(request, body).await?;
        if answer.0 == Answer::Unknown {
            let (open, page) = subject.open();
            worker.documents = worker.documents.saturating_add(1);
            answer = worker.ask(&open, &page).await?;
            let opened = matches!(answer.0, Answer::Layout(_) | Answer::File { .. });
            if !matches!(request, Request::View { .. }) && opened {
                answer = worker.ask(request, body).await?;
            }
        }
        *slot = Some(worker);
        Ok(answer)
    }

    /// Tells the worker, where one runs, that a document is not needed.
    pub(super) async fn close(&self, id: DocumentId) {
        let mut slot = self.worker.lock().await;
        let Some(mut worker) = slot.take() else { return };
        let asked = tokio::time::timeout(self.deadline, worker.ask(&Request::Close { id }, &[])).await;
        if matches!(asked, Ok(Ok(_))) {
            *slot = Some(worker);
        }
    }

    async fn start(&self) -> Result<Worker> {
        let failed = |error: std::io::Error| Error::Start(error.to_string());
        let mut command = Command::new(&self.program);
        command.arg(self.role).stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
        // It needs to know where fonts are, and nothing else of the person's.
        command.env_clear().current_dir("/").kill_on_drop(true);
        let kept = |name: &str| {
            name == "HOME" || name == "XDG_DATA_HOME" || name == "XDG_DATA_DIRS" || name.starts_with("FONTCONFIG_")
        };
        command.envs(std::env::vars_os().filter(|(name, _)| name.to_str().is_some_and(kept)));
        let mut child = command.spawn().map_err(failed)?;
        let (Some(requests), Some(answers)) = (child.stdin.take(), child.stdout.take()) else {
            return Err(Error::Start("no pipes".into()));
        };
        super::sandbox::widen(&requests);
        super::sandbox::widen(&answers);
        let mut worker = Worker { child, requests, answers, documents: 0 };
        match worker.answer().await {
            Ok((Answer::Ready { confined }, _)) => {
                if !confined {
                    tracing::warn!("this system offers no way to confine the process that draws mail");
                }
                Ok(worker)
            }
            _ => Err(Error::Start("it does not speak".into())),
        }
    }
}

impl Worker {
    async fn ask(&mut self, request: &Request, body: &[u8]) -> Result<(Answer, Vec<u8>)> {
        let head = wire::head(request, body.len()).map_err(|_| Error::TooLarge)?;
        let sent = async {
            self.requests.write_all(&head).await?;
            self.requests.write_all(body).await?;
            self.requests.flush().await
        };
        sent.await.map_err(|_| Error::Died)?;
        self.answer().await
    }

    async fn answer(&mut self) -> Result<(Answer, Vec<u8>)> {
        let mut prefix = [0; wire::PREFIX];
        self.answers.read_exact(&mut prefix).await.map_err(|_| Error::Died)?;
        let (header, body) = wire::lengths(prefix).map_err(|_| Error::Protocol)?;
        let mut json = vec![0; header];
        self.answers.read_exact(&mut json).await.map_err(|_| Error::Died)?;
        let mut bytes = vec![0; body];
        self.answers.read_exact(&mut bytes).await.map_err(|_| Error::Died)?;
        Ok((wire::parse(&json).map_err(|_| Error::Protocol)?, bytes))
    }
}

/// This program's file, also where an update has replaced it since.
pub(super) fn this_program() -> PathBuf {
    if cfg!(target_os = "linux") {
        return PathBuf::from("/proc/self/exe");
    }
    std::env::current_exe().unwrap_or_else(|_| PathBuf::from("postwren"))
}
