//! The worker: reads requests from standard input, answers on standard output, until the input ends.

use super::document::Open;
use super::wire::{self, Answer, DocumentId, Request};
use super::{DEADLINE, Page, View};
use super::{fonts, print, sandbox};
use parley::FontContext;
use std::io::{self, Write};
use std::process::ExitCode;

/// The argument that makes this program a worker.
pub const WORKER: &str = "--html-worker";

/// For layout, which recurses into elements within each other.
const STACK: usize = 64 << 20;

/// Documents that are kept open, the least recently used being closed for the next.
const DOCUMENTS: usize = 6;

/// Is the worker until standard input ends.
pub fn run() -> ExitCode {
    within_stack("html", work)
}

/// Does the work of a worker on a stack that is large enough for it.
pub fn within_stack(name: &str, work: fn() -> io::Result<()>) -> ExitCode {
    let worker = std::thread::Builder::new().name(name.into()).stack_size(STACK).spawn(work);
    match worker.map(std::thread::JoinHandle::join) {
        Ok(Ok(Ok(()))) => ExitCode::SUCCESS,
        _ => ExitCode::FAILURE,
    }
}

fn work() -> io::Result<()> {
    die_silently();
    let mut desk = Desk { fonts: fonts::context(), open: Vec::new() };
    // Everything that is opened or made once is made now, and the first mail finds the engine warm.
    desk.warm();
    let confined = sandbox::confine(sandbox::Files::Fonts);
    serve(confined, |request, body| desk.answer(request, body))
}

/// What went wrong inside is of no use to anybody: the supervisor sees the death.
pub fn die_silently() {
    std::panic::set_hook(Box::new(|_| std::process::exit(101)));
}

/// Answers requests until the input ends.
pub fn serve(confined: bool, mut answer: impl FnMut(Request, Vec<u8>) -> (Answer, Vec<u8>)) -> io::Result<()> {
    let (mut input, mut output) = (io::stdin().lock(), io::stdout().lock());
    wire::write(&mut output, &Answer::Ready { confined }, &[])?;
    while let Some((request, body)) = wire::read::<Request>(&mut input)? {
        sandbox::alarm(if matches!(request, Request::Print(_)) { print::DEADLINE } else { DEADLINE });
        let (answer, bytes) = answer(request, body);
        sandbox::calm();
        wire::write(&mut output, &answer, &bytes)?;
    }
    output.flush()
}

/// The documents that are open, the most recently used last.
struct Desk {
    fonts: FontContext,
    open: Vec<(DocumentId, Open)>,
}

impl Desk {
    fn warm(&mut self) {
        let page = Page { html: "<p>Aa <b>b</b> <i>i</i> <code>c</code></p>".into(), ..Page::default() };
        if let Some(mut open) = Open::new(page, View::default(), &self.fonts) {
            drop(open.tile(0, 100));
        }
    }

    fn answer(&mut self, request: Request, body: Vec<u8>) -> (Answer, Vec<u8>) {
        let answer = match request {
            Request::Open { id, view, quirks, has_dark, html, sheet, images } => {
                match wire::opened(&body, html, sheet, images) {
                    Some(page) => self.open(id, Page { quirks, has_dark, ..page }, view),
                    None => Answer::TooLarge,
                }
            }
            Request::Close { id } => {
                self.open.retain(|(other, _)| *other != id);
                Answer::Closed
            }
            Request::Tile { id, top, height } => {
                return match self.find(id).map(|open| open.tile(top, height)) {
                    Some(Some((width, height, rgba))) => (Answer::Tile { width, height }, rgba),
                    Some(None) => (Answer::TooLarge, Vec::new()),
                    None => (Answer::Unknown, Vec::new()),
                };
            }
            Request::View { id, view } => {
                let fonts = self.fonts.clone();
                self.with(id, |open| {
                    open.set_view(view, &fonts);
                    Answer::Layout(open.layout().clone())
                })
            }
            Request::LinkAt { id, at } => self.with(id, |open| Answer::Link(open.link_at(at))),
            Request::Select { id, from, to, unit } => {
                self.with(id, |open| Answer::Selection(open.select(from, to, unit)))
            }
            Request::SelectAll { id } => self.with(id, |open| Answer::Selection(open.select_all())),
            Request::Print(order) => {
                let made = wire::ordered(order, &body).and_then(|job| print::press::print(job, &mut self.fonts));
                return match made {
                    Some(made) => (Answer::Printed { pages: made.pages, cut: made.cut }, made.pdf),
                    None => (Answer::TooLarge, Vec::new()),
                };
            }
            Request::Find { id, text } => self.with(id, |open| Answer::Found(open.find(&text))),
            Request::Light { id, phrases } => self.with(id, |open| Answer::Lit(open.light(&phrases))),
            // Files have a worker of their own.
            Request::OpenFile { .. } | Request::FilePage { .. } => Answer::Unknown,
        };
        (answer, Vec::new())
    }

    fn open(&mut self, id: DocumentId, page: Page, view: View) -> Answer {
        self.open.retain(|(other, _)| *other != id);
        if self.open.len() >= DOCUMENTS {
            self.open.remove(0);
        }
        let Some(open) = Open::new(page, view, &self.fonts) else { return Answer::TooLarge };
        let layout = open.layout().clone();
        self.open.push((id, open));
        Answer::Layout(layout)
    }

    fn find(&mut self, id: DocumentId) -> Option<&mut Open> {
        let at = self.open.iter().position(|(other, _)| *other == id)?;
        let found = self.open.remove(at);
        self.open.push(found);
        self.open.last_mut().map(|(_, open)| open)
    }

    fn with(&mut self, id: DocumentId, work: impl FnOnce(&mut Open) -> Answer) -> Answer {
        self.find(id).map_or(Answer::Unknown, work)
    }
}
