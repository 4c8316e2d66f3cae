//! The worker that draws attached files: [`worker`](super::worker)'s loop with pictures and PDFs in the place of HTML,
//! and with no file that it may open.

use super::pdf::Papers;
use super::picture::Picture;
use super::preview::FileKind;
use super::sandbox::{self, Files};
use super::wire::{Answer, DocumentId, Request};
use super::worker;
use std::io;
use std::process::ExitCode;

/// The argument that makes this program a worker for files.
pub const PREVIEW_WORKER: &str = "--preview-worker";

/// Files that are kept open: the one that is looked at, and the one before it while the next comes.
const FILES: usize = 2;

/// Is the worker until standard input ends.
pub fn run() -> ExitCode {
    worker::within_stack("preview", work)
}

fn work() -> io::Result<()> {
    worker::die_silently();
    let mut open: Vec<(DocumentId, File)> = Vec::new();
    let confined = sandbox::confine(Files::Nothing);
    worker::serve(confined, |request, body| answer(&mut open, request, body))
}

enum File {
    Picture(Picture),
    Pdf(Papers),
}

fn answer(open: &mut Vec<(DocumentId, File)>, request: Request, body: Vec<u8>) -> (Answer, Vec<u8>) {
    let answer = match request {
        Request::OpenFile { id, kind } => {
            open.retain(|(other, _)| *other != id);
            if open.len() >= FILES {
                open.remove(0);
            }
            match read(kind, body) {
                Ok(file) => {
                    let (pages, count) = match &file {
                        File::Picture(picture) => (vec![picture.size()], 1),
                        File::Pdf(papers) => papers.sizes(),
                    };
                    open.push((id, file));
                    Answer::File { pages, count }
                }
                Err(why) => why,
            }
        }
        Request::FilePage { id, page, width } => {
            let Some((_, file)) = open.iter().find(|(other, _)| *other == id) else {
                return (Answer::Unknown, Vec::new());
            };
            let drawn = match file {
                File::Picture(picture) => (page == 0).then(|| picture.page(width)),
                File::Pdf(papers) => papers.page(page, width),
            };
            return match drawn {
                Some((width, height, rgba)) => (Answer::FilePage { width, height }, rgba),
                None => (Answer::Unreadable, Vec::new()),
            };
        }
        Request::Close { id } => {
            open.retain(|(other, _)| *other != id);
            Answer::Closed
        }
        // HTML has a worker of its own.
        _ => Answer::Unknown,
    };
    (answer, Vec::new())
}

fn read(kind: FileKind, bytes: Vec<u8>) -> Result<File, Answer> {
    match kind {
        FileKind::Picture => Picture::read(&bytes).map(File::Picture),
        FileKind::Pdf => Papers::read(bytes).map(File::Pdf),
    }
}
