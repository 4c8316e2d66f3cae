//! The only place where an [`Action`] becomes an iced task: it calls the service, the file dialogs, the clipboard
//! and the desktop. Futures run on the service's tokio runtime (see [`Executor`]).

mod incoming;
mod page;
mod preview;
mod printing;
mod source;

use super::action::{Action, Answer, Ask, Listed, Part, Save, SaveSource, Tag};
use super::focus::{self, Move};
use super::reveal;
use crate::service::command::{Command, ExportFormat};
use crate::service::model::{ListPage, ListRow, MailboxId, SavedCount, SavedSearch};
use crate::service::problem::{Problem, ProblemKind};
use crate::service::{Handle, MessagePlace};
use iced::widget::operation::{self, AbsoluteOffset};
use iced::{Task, window};
use std::ops::Range;
use std::path::{Path, PathBuf};
use std::sync::{Arc, OnceLock};
use std::time::{Duration, Instant};

/// How long a file dialog may take: a person thinks, a broken portal never answers.
const DIALOG_LIMIT: Duration = Duration::from_secs(600);
/// A dialog that is gone sooner than this was never seen: there is none on this desktop.
const DIALOG_SEEN: Duration = Duration::from_millis(250);

/// iced's executor on the runtime that the service runs on: there is one runtime in the process.
/// [`super::run`] enters it first.
pub struct Executor(tokio::runtime::Handle);

impl iced::Executor for Executor {
    fn new() -> Result<Self, iced::futures::io::Error> {
        tokio::runtime::Handle::try_current().map(Executor).map_err(iced::futures::io::Error::other)
    }
    fn spawn(&self, future: impl Future<Output = ()> + Send + 'static) {
        drop(self.0.spawn(future));
    }
    fn block_on<T>(&self, future: impl Future<Output = T>) -> T {
        self.0.block_on(future)
    }
    fn enter<R>(&self, f: impl FnOnce() -> R) -> R {
        let _guard = self.0.enter();
        f()
    }
}

/// What effects need.
#[derive(Clone, Debug)]
pub struct Context {
    pub handle: Handle,
    /// Private copies of opened attachments; the directory goes when the program ends.
    opened: Arc<OnceLock<tempfile::TempDir>>,
}

impl Context {
    pub fn new(handle: Handle) -> Context {
        Context { handle, opened: Arc::default() }
    }
}

/// What an effect gives back to the program.
#[derive(Clone, Debug)]
pub enum Outcome {
    /// To the screen that asked.
    Answered(Tag, Answer),
    /// What only the program can do: windows.
    Program(Action),
}

/// Makes the task of an action of the screen in `window`.
pub fn task(context: &Context, window: Option<window::Id>, action: Action) -> Task<Outcome> {
    let moving = |to: Move, then: Task<Outcome>| match window {
        // iced (iced_winit 0.14) draws nothing after an operation that did not come straight from an update: the
        // last step is news of nothing, which makes it draw.
        Some(window) => iced::advanced::widget::operate(focus::focus(window, to))
            .chain(then)
            .chain(iced::advanced::widget::operate(reveal::reveal()))
            .chain(Task::done(Outcome::Program(Action::None))),
        None => Task::none(),
    };
    let moved = |to: Move| moving(to, Task::none());
    match action {
        Action::None => Task::none(),
        Action::Batch(all) => Task::batch(all.into_iter().map(|action| task(context, window, action))),
        Action::Command(command, tag) => {
            let handle = context.handle.clone();
            answer(tag, async move { Answer::Done(handle.execute(command).await) })
        }
        Action::Ask(question, tag) => {
            let handle = context.handle.clone();
            answer(tag, async move { asked(&handle, question).await })
        }
        Action::Focus(id) => moved(Move::To(id)),
        Action::Edit(id) => moving(Move::To(id.clone()), operation::select_all(id)),
        Action::FocusEnd(id) => moving(Move::To(id.clone()), operation::move_cursor_to_end(id)),
        Action::FocusNext => moved(Move::Next),
        Action::FocusPrevious => moved(Move::Previous),
        Action::Unfocus => moved(Move::Nowhere),
        Action::ScrollToTop(id) => operation::scroll_to(id, AbsoluteOffset { x: None, y: Some(0.0) }),
        Action::ScrollBy(id, y) => operation::scroll_by(id, AbsoluteOffset { x: 0.0, y }),
        Action::Reveal(id, part) => iced::advanced::widget::operate(reveal::reveal_part(id, part))
            .chain(Task::done(Outcome::Program(Action::None))),
        Action::WarmPages => {
            let handle = context.handle.clone();
            Task::future(async move { handle.warm_pages().await }).discard()
        }
        Action::PickFiles(tag) => answer(tag, pick_files()),
        Action::SaveAs(save, tag) => {
            let handle = context.handle.clone();
            answer(tag, save_as(handle, save))
        }
        Action::SaveTo(save, to, tag) => {
            let handle = context.handle.clone();
            answer(tag, async move {
                let to = place(&save, to).await;
                Answer::Saved(write(&handle, &save, &to).await.map(Some))
            })
        }
        Action::OpenAttachment { place, index, file_name, tag } => {
            let context = context.clone();
            answer(tag, async move { Answer::Opened(open_attachment(&context, &place, index, &file_name).await) })
        }
        Action::CopyAttachment { place, index, file_name, tag } => {
            let context = context.clone();
            answer(tag, async move { Answer::Opened(copy_attachment(&context, &place, index, &file_name).await) })
        }
        Action::HandOver(pdf, file_name, tag) => {
            let context = context.clone();
            answer(tag, async move { Answer::Handed(printing::hand_over(&context, pdf, &file_name).await) })
        }
        Action::OpenUrl(url) => Task::future(open_url(url)).discard(),
        Action::Copy(text) => iced::clipboard::write(text),
        Action::Language(language) => {
            crate::i18n::choose(language.as_deref());
            Task::none()
        }
        Action::After(milliseconds, tag) => answer(tag, async move {
            tokio::time::sleep(Duration::from_millis(milliseconds)).await;
            Answer::Elapsed
        }),
        Action::ReadClipboard(tag) => answer(tag, async { Answer::Clipboard(incoming::clipboard().await) }),
        Action::Measure(files, tag) => answer(tag, async { Answer::Measured(incoming::measure(files).await) }),
        Action::Demo => Task::future(incoming::demo()).discard(),
        program @ (Action::Open(_) | Action::Close | Action::Quit | Action::RaiseMain | Action::Sent { .. }) => {
            Task::done(Outcome::Program(program))
        }
    }
}

fn answer(tag: Tag, future: impl Future<Output = Answer> + Send + 'static) -> Task<Outcome> {
    Task::perform(future, move |answer| Outcome::Answered(tag, answer))
}

async fn asked(handle: &Handle, question: Ask) -> Answer {
    match question {
        Ask::Accounts => Answer::Accounts(handle.accounts().await),
        Ask::Mailboxes(account) => Answer::Mailboxes(handle.mailboxes(account.as_deref()).await),
        Ask::Rows { query, range } => {
            let part = rows(handle, &query, range.clone()).await;
            Answer::Rows { query, range, part }
        }
        Ask::PositionOfDate { query, date } => {
            let position = handle.list_position_of_date(&query, date).await;
            Answer::PositionOfDate { query, position }
        }
        Ask::SavedSearches => Answer::SavedSearches(saved_searches(handle).await),
        Ask::Message(id) => Answer::Message(id, Box::new(handle.message(id).await)),
        Ask::Conversation(id) => Answer::Conversation(id, handle.conversation(id, 0..u64::MAX).await),
        Ask::Letter(place) => Answer::Letter(Box::new(handle.letter(&place).await)),
        Ask::LetterPage { place, view, once, near } => {
            Answer::LetterPage(Box::new(page::open_letter(handle, &place, view, once, near).await))
        }
        Ask::Preview(place, attachment) => Answer::Preview(Box::new(preview::open(handle, &place, &attachment).await)),
        Ask::Sheet { sheets, page, width } => {
            Answer::Sheet { page, width, drawn: preview::sheet(&sheets, page, width).await }
        }
        Ask::Fields(place) => Answer::Fields(handle.letter_fields(&place).await),
        Ask::Source { place, start, length } => Answer::Source(handle.letter_source(&place, start, length).await),
        Ask::FindSource { place, text, from, back } => {
            Answer::FoundSource(source::find(handle, &place, &text, from, back).await)
        }
        Ask::SourceText { place, range } => Answer::SourceText(source::text(handle, &place, range).await),
        Ask::Outbox => Answer::Outbox(handle.outbox().await),
        Ask::Drafts => Answer::Drafts(handle.drafts().await),
        Ask::Begin { origin, reply_all } => Answer::Begun(Box::new(handle.begin(origin, reply_all).await)),
        Ask::Transcript(account) => Answer::Transcript(handle.transcript(account.as_deref()).await),
        Ask::Check { account, secret } => Answer::Check(Box::new(handle.check(&account, secret).await)),
        Ask::SecretPlace => Answer::SecretPlace(handle.secret_place().await),
        Ask::Addresses { prefix, limit } => {
            let found = handle.addresses(&prefix, limit).await;
            Answer::Addresses { prefix, found }
        }
        Ask::Queue => Answer::Queue(handle.queue().await),
        Ask::UndoHistory => Answer::UndoHistory(handle.undo_history().await),
        Ask::Preferences => Answer::Preferences(handle.preferences().await),
        Ask::Page { id, view, once, near } => {
            Answer::Page(id, Box::new(page::open(handle, id, view, once, near).await))
        }
        Ask::OfPage(paper, question) => Answer::OfPage(Box::new(page::of(&paper, question).await)),
        Ask::Print(order) => printing::make(handle, *order).await,
        Ask::ChooseImages { sender, choice } => {
            Answer::ImagesChosen(choice, handle.choose_images(&sender, choice).await)
        }
    }
}

async fn rows(handle: &Handle, query: &Listed, range: Range<u64>) -> Result<Part, Problem> {
    match query {
        Listed::List(query) => {
            let ListPage { start, rows, total, unread, days } = handle.list(query, range).await?;
            Ok(Part { start, rows, total, unread, days, ..Part::default() })
        }
        Listed::Found { line, typing, order } => {
            let asked = range.end.saturating_sub(range.start);
            let found = handle.search(line, *typing, *order, range).await?;
            let rows: Vec<ListRow> = found.rows.into_iter().map(|row| ListRow { row, conversation: None }).collect();
            let count = rows.len() as u64;
            let more = count == asked && count > 0;
            let total = found.start.saturating_add(count).saturating_add(u64::from(more));
            let searched = Some((found.searched, found.waiting));
            Ok(Part { start: found.start, rows, total, more, searched, ..Part::default() })
        }
    }
}

async fn saved_searches(handle: &Handle) -> Result<Vec<(SavedSearch, SavedCount)>, Problem> {
    let (all, counts) = (handle.saved_searches().await?, handle.saved_counts().await?);
    let count = |saved: &SavedSearch| counts.iter().find(|count| count.id == saved.id).copied().unwrap_or_default();
    Ok(all.into_iter().map(|saved| (saved.clone(), count(&saved))).collect())
}

/// Runs a file dialog. `None`: it never appeared, or never answered.
async fn dialog<T>(future: impl Future<Output = Option<T>>) -> Option<Option<T>> {
    let begun = Instant::now();
    let chosen = tokio::time::timeout(DIALOG_LIMIT, future).await.ok()?;
    if chosen.is_none() && begun.elapsed() < DIALOG_SEEN { None } else { Some(chosen) }
}

async fn pick_files() -> Answer {
    match dialog(rfd::AsyncFileDialog::new().pick_files()).await {
        Some(files) => Answer::Picked(files.unwrap_or_default().iter().map(|file| file.path().to_path_buf()).collect()),
        None => Answer::NoDialog(None),
    }
}

async fn save_as(handle: Handle, save: Save) -> Answer {
    let chosen = match &save.source {
        SaveSource::Attachments { .. }
        | SaveSource::AllEnclosed { .. }
        | SaveSource::Mailbox { format: ExportFormat::Messages, .. } => {
            dialog(rfd::AsyncFileDialog::new().pick_folder()).await
        }
        _ => dialog(rfd::AsyncFileDialog::new().set_file_name(&save.file_name).save_file()).await,
    };
    match chosen {
        None => Answer::NoDialog(Some(save)),
        Some(None) => Answer::Saved(Ok(None)),
        Some(Some(file)) => {
            let to = file.path().to_path_buf();
            Answer::Saved(write(&handle, &save, &to).await.map(Some))
        }
    }
}

/// Where one thing goes that was given a directory: under its own name, or one beside it that is free.
async fn place(save: &Save, to: PathBuf) -> PathBuf {
    let directory = tokio::fs::metadata(&to).await.is_ok_and(|found| found.is_dir());
    let inside = matches!(
        save.source,
        SaveSource::Attachments { .. }
            | SaveSource::AllEnclosed { .. }
            | SaveSource::Mailbox { format: ExportFormat::Messages, .. }
    );
    if directory && !inside {
        return free_name(&to, &save.file_name).await;
    }
    to
}

/// Where it was written.
async fn write(handle: &Handle, save: &Save, to: &Path) -> Result<PathBuf, Problem> {
    if let SaveSource::Mailbox { id, format } = &save.source {
        return export(handle, *id, *format, &save.file_name, to).await;
    }
    write_there(handle, save, to).await.map(|()| to.to_path_buf())
}

/// Nothing is ever overwritten: where something has its name, it gets another.
async fn export(
    handle: &Handle,
    mailbox: MailboxId,
    format: ExportFormat,
    file_name: &str,
    to: &Path,
) -> Result<PathBuf, Problem> {
    let to = match (format, to.parent(), to.file_name().and_then(|name| name.to_str())) {
        (ExportFormat::Messages, ..) => free_name(to, file_name).await,
        (ExportFormat::Mbox, Some(directory), Some(name)) => free_name(directory, name).await,
        (ExportFormat::Mbox, ..) => to.to_path_buf(),
    };
    handle.execute(Command::Export { mailbox, format, to: to.clone() }).await.map(|_| to)
}

async fn write_there(handle: &Handle, save: &Save, to: &Path) -> Result<(), Problem> {
    match &save.source {
        SaveSource::Attachment { id, index } => handle.save_attachment(*id, *index, to).await,
        SaveSource::Attachments { id, files } => {
            for (index, name) in files {
                handle.save_attachment(*id, *index, &free_name(to, name).await).await?;
            }
            Ok(())
        }
        SaveSource::Enclosed { place, index } => handle.save_letter_attachment(place, *index, to).await,
        SaveSource::AllEnclosed { place, files } => {
            for (index, name) in files {
                handle.save_letter_attachment(place, *index, &free_name(to, name).await).await?;
            }
            Ok(())
        }
        SaveSource::Letter(place) => whole(to, handle.letter_raw(place).await?).await,
        SaveSource::Raw(id) => whole(to, handle.raw(*id).await?).await,
        SaveSource::Pdf(pdf) => whole(to, pdf.bytes.to_vec()).await,
        SaveSource::Text(text) => whole(to, text.clone().into_bytes()).await,
        SaveSource::Mailbox { id, format } => export(handle, *id, *format, &save.file_name, to).await.map(drop),
    }
}

/// A name in the directory that nothing has yet: “scan.pdf”, “scan (2).pdf”, …
async fn free_name(directory: &Path, name: &str) -> PathBuf {
    let (stem, extension) = match name.rsplit_once('.') {
        Some((stem, extension)) if !stem.is_empty() => (stem, format!(".{extension}")),
        _ => (name, String::new()),
    };
    for number in 1..10_000u32 {
        let candidate = match number {
            1 => directory.join(name),
            _ => directory.join(format!("{stem} ({number}){extension}")),
        };
        if !tokio::fs::try_exists(&candidate).await.unwrap_or(true) {
            return candidate;
        }
    }
    directory.join(format!("{stem} {:x}{extension}", fastrand::u64(..)))
}

/// Writes beside the target and renames, so that an existing file is replaced only whole.
async fn whole(to: &Path, bytes: Vec<u8>) -> Result<(), Problem> {
    let to = to.to_path_buf();
    let shown = to.display().to_string();
    let failed = move |error: std::io::Error| {
        let kind = match error.kind() {
            std::io::ErrorKind::StorageFull => ProblemKind::DiskFull,
            _ => ProblemKind::Disk { path: shown.clone() },
        };
        Problem::new(kind, error.to_string())
    };
    tokio::task::spawn_blocking(move || -> Result<(), std::io::Error> {
        use std::io::Write;
        let directory = to.parent().filter(|d| !d.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let mut file = tempfile::NamedTempFile::new_in(directory)?;
        file.write_all(&bytes)?;
        file.as_file().sync_all()?;
        file.persist(&to)?;
        Ok(())
    })
    .await
    .map_err(|error| Problem::new(ProblemKind::Internal, error.to_string()))?
    .map_err(failed)
}

/// Where private copies lie until the program ends.
fn private_directory(context: &Context) -> Result<&Path, Problem> {
    let disk = |error: std::io::Error| {
        Problem::new(ProblemKind::Disk { path: std::env::temp_dir().display().to_string() }, error.to_string())
    };
    if context.opened.get().is_none() {
        // Mode 0700: an attachment is nobody else's business.
        let made = tempfile::Builder::new().prefix("postwren-").tempdir().map_err(disk)?;
        let _ = context.opened.set(made);
    }
    let directory = context.opened.get().map(tempfile::TempDir::path);
    directory.ok_or_else(|| Problem::new(ProblemKind::Internal, "no directory for opened attachments"))
}

/// Writes an attachment to a private file.
async fn private_copy(
    context: &Context,
    place: &MessagePlace,
    index: usize,
    file_name: &str,
) -> Result<PathBuf, Problem> {
    let to = free_name(private_directory(context)?, file_name).await;
    context.handle.save_letter_attachment(place, index, &to).await?;
    Ok(to)
}

async fn open_attachment(
    context: &Context,
    place: &MessagePlace,
    index: usize,
    file_name: &str,
) -> Result<(), Problem> {
    let to = private_copy(context, place, index, file_name).await?;
    tokio::task::spawn_blocking(move || open::that_detached(&to))
        .await
        .map_err(|error| Problem::new(ProblemKind::Internal, error.to_string()))?
        .map_err(|error| Problem::new(ProblemKind::Internal, error.to_string()))
}

async fn copy_attachment(
    context: &Context,
    place: &MessagePlace,
    index: usize,
    file_name: &str,
) -> Result<(), Problem> {
    let file = private_copy(context, place, index, file_name).await?;
    incoming::offer(file).await.map_err(|error| Problem::new(ProblemKind::Internal, error))
}

/// Opens what a browser, mail program or telephone opens; everything else in a mail's link is left alone.
async fn open_url(url: String) {
    if !url::Url::parse(&url).is_ok_and(|url| matches!(url.scheme(), "http" | "https" | "mailto" | "tel")) {
        tracing::warn!("a link of an unusual kind was not opened");
        return;
    }
    if let Ok(Err(error)) = tokio::task::spawn_blocking(move || open::that_detached(url)).await {
        tracing::warn!(%error, "no program opens links");
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn saving_never_takes_a_name_that_is_there() {
        let directory = tempfile::tempdir().unwrap();
        assert_eq!(free_name(directory.path(), "a.pdf").await, directory.path().join("a.pdf"));
        std::fs::write(directory.path().join("a.pdf"), "x").unwrap();
        assert_eq!(free_name(directory.path(), "a.pdf").await, directory.path().join("a (2).pdf"));
        std::fs::write(directory.path().join(".profile"), "x").unwrap();
        assert_eq!(free_name(directory.path(), ".profile").await, directory.path().join(".profile (2)"));
    }

    #[tokio::test]
    async fn a_file_is_replaced_only_whole() {
        let directory = tempfile::tempdir().unwrap();
        let to = directory.path().join("m.eml");
        whole(&to, b"one".to_vec()).await.unwrap();
        whole(&to, b"two".to_vec()).await.unwrap();
        assert_eq!(std::fs::read(&to).unwrap(), b"two");
        let nowhere = directory.path().join("no/such/m.eml");
        assert!(matches!(whole(&nowhere, Vec::new()).await.unwrap_err().kind, ProblemKind::Disk { .. }));
        assert_eq!(std::fs::read_dir(directory.path()).unwrap().count(), 1, "nothing else is left behind");
    }

    #[tokio::test]
    async fn a_dialog_that_nobody_saw_is_no_dialog() {
        assert_eq!(dialog(async { None::<u8> }).await, None);
        assert_eq!(dialog(async { Some(1) }).await, Some(Some(1)));
    }
}
