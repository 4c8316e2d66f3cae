//! A message wherever it lies: in the store, in a file, or attached to another message, to any depth. It is read, its
//! attachments are looked at and saved, its source is shown; nothing of it is changed.

use super::account;
use super::handle::Handle;
use super::model::{Attachment, Content, MessageId, SourceField, SourcePage, Trust};
use super::problem::{Problem, ProblemKind};
use super::state::Result;
use super::{problem_from, save};
use crate::mail::trust::{self, Authority};
use crate::mail::{mime, source};
use std::io::{Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};

/// A larger file is no message.
const MAX_FILE: u64 = 200 << 20;

/// Bytes of one page of a source.
const MAX_PAGE: usize = 1 << 20;

/// Where a message lies.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct MessagePlace {
    pub root: Root,
    /// The [`Attachment::index`]es that lead to it, each within the message before; none for the root itself.
    pub within: Vec<usize>,
}

/// The outermost message.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Root {
    Stored(MessageId),
    File(PathBuf),
}

impl MessagePlace {
    pub fn stored(id: MessageId) -> MessagePlace {
        MessagePlace { root: Root::Stored(id), within: Vec::new() }
    }

    pub fn file(path: PathBuf) -> MessagePlace {
        MessagePlace { root: Root::File(path), within: Vec::new() }
    }

    /// The message that is attached to this one.
    pub fn inner(&self, index: usize) -> MessagePlace {
        let mut inner = self.clone();
        inner.within.push(index);
        inner
    }

    /// The message of the store that it is, where it is one.
    pub fn id(&self) -> Option<MessageId> {
        match (&self.root, self.within.is_empty()) {
            (Root::Stored(id), true) => Some(*id),
            _ => None,
        }
    }
}

/// A message opened for reading.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Letter {
    pub content: Content,
    /// Who sent it. Of a message that did not come by itself nothing but what is suspicious is known.
    pub trust: Trust,
}

impl Handle {
    /// A message, read for being shown.
    pub async fn letter(&self, place: &MessagePlace) -> Result<Letter> {
        if let Some(id) = place.id() {
            let view = self.message(id).await?;
            return Ok(Letter { content: view.content, trust: view.trust });
        }
        self.of_place(place, |raw| {
            let trust = trust::assess(raw, &Authority::default(), None);
            Some(Letter { content: mime::content(raw), trust })
        })
        .await
    }

    /// One of its attachments.
    pub async fn letter_attachment(&self, place: &MessagePlace, index: usize) -> Result<(Attachment, Vec<u8>)> {
        self.of_place(place, move |raw| mime::attachment(raw, index)).await
    }

    /// One of its attachments as text, at most so many bytes of it, and whether that is all; none where it is no text.
    pub async fn letter_text(
        &self,
        place: &MessagePlace,
        index: usize,
        limit: usize,
    ) -> Result<Option<(String, bool)>> {
        self.of_place(place, move |raw| Some(mime::attachment_text(raw, index, limit))).await
    }

    /// Writes an attachment to a file; an existing file is replaced only whole.
    pub async fn save_letter_attachment(&self, place: &MessagePlace, index: usize, to: &Path) -> Result<()> {
        let (_, bytes) = self.letter_attachment(place, index).await?;
        let to = to.to_path_buf();
        tokio::task::spawn_blocking(move || save::whole(&to, &bytes)).await.map_err(problem_from::of_join)?
    }

    /// Its bytes.
    pub async fn letter_raw(&self, place: &MessagePlace) -> Result<Vec<u8>> {
        self.of_place(place, |raw| Some(raw.to_vec())).await
    }

    /// Every header field, raw and decoded.
    pub async fn letter_fields(&self, place: &MessagePlace) -> Result<Vec<SourceField>> {
        match place.id() {
            Some(id) => self.headers(id).await,
            None => self.of_place(place, |raw| Some(source::fields(raw))).await,
        }
    }

    /// At most `length` bytes of the source from `start` on. Of a message in the store or in a file no more is read
    /// than is asked for.
    pub async fn letter_source(&self, place: &MessagePlace, start: u64, length: usize) -> Result<SourcePage> {
        let length = length.min(MAX_PAGE);
        match (&place.root, place.within.is_empty()) {
            (Root::Stored(id), true) => self.source(*id, start, length).await,
            (Root::File(path), true) => {
                let path = path.clone();
                blocking(move || page_of(&path, start, length).map_err(|error| disk(&path, &error))).await
            }
            _ => {
                self.of_place(place, move |raw| {
                    let total = raw.len() as u64;
                    let start = start.min(total);
                    let rest = raw.get(usize::try_from(start).ok()?..)?;
                    Some(SourcePage { start, bytes: rest.get(..length).unwrap_or(rest).to_vec(), total })
                })
                .await
            }
        }
    }

    /// Its HTML as a document to look at; none where it has none. Remote images are loaded with `once` alone: who an
    /// attached message is from is what it says of itself.
    #[cfg(feature = "html")]
    pub async fn letter_page(
        &self,
        place: &MessagePlace,
        view: super::page::View,
        once: bool,
    ) -> Result<Option<super::page::PageView>> {
        use super::page::{ImageChoice, PageView, prepare_on};
        if let Some(id) = place.id() {
            return self.page(id, view, once).await;
        }
        let raw = self.letter_raw(place).await?;
        let route = match (&place.root, once) {
            (_, false) => None,
            (Root::File(_), true) => Some(crate::protocol::net::Route::default()),
            (Root::Stored(id), true) => {
                let id = *id;
                let located = self.shared().db(move |store| store.locate(id)).await?;
                let account = located.ok_or_else(|| Problem::not_found(format!("message {id}")))?.account;
                let state = self.shared().account(&account)?;
                Some(super::connecting::route(self.shared(), &state.account).await?)
            }
        };
        let Some(prepared) = prepare_on(raw, route).await? else { return Ok(None) };
        let document = self.shared().renderer.open(prepared.page, view).await;
        if let Err(error) = &document {
            tracing::info!(%error, "HTML is shown as text");
        }
        let (choice, loaded) = (ImageChoice::Ask, once);
        Ok(Some(PageView { document, facts: prepared.facts, choice, loaded, missing: prepared.missing }))
    }

    /// Opens an attached picture or PDF to be looked at. Its bytes are decoded in a process that can do nothing else.
    #[cfg(feature = "html")]
    pub async fn preview(
        &self,
        place: &MessagePlace,
        index: usize,
        kind: super::page::FileKind,
    ) -> Result<std::result::Result<super::page::Preview, super::page::RenderError>> {
        let (_, bytes) = self.letter_attachment(place, index).await?;
        let opened = self.shared().previewer.open(kind, bytes).await;
        if let Err(error) = &opened {
            tracing::info!(%error, "an attachment cannot be shown");
        }
        Ok(opened)
    }

    /// Reads something of a message. What is in the store is fetched whole first.
    async fn of_place<T: Send + 'static>(
        &self,
        place: &MessagePlace,
        read: impl FnOnce(&[u8]) -> Option<T> + Send + 'static,
    ) -> Result<T> {
        let not_found = || Problem::not_found("the message or what is attached to it");
        let within = place.within.clone();
        let inner = move |raw: &[u8]| mime::message_within(raw, &within).and_then(|inner| read(&inner));
        let found = match &place.root {
            Root::Stored(id) => {
                let id = *id;
                account::fetch_whole(self.shared(), vec![id]).await?;
                self.shared().db(move |store| Ok(inner(&store.raw(id)?))).await?
            }
            Root::File(path) => {
                let path = path.clone();
                blocking(move || Ok(inner(&whole_file(&path)?))).await?
            }
        };
        found.ok_or_else(not_found)
    }
}

async fn blocking<T: Send + 'static>(work: impl FnOnce() -> Result<T> + Send + 'static) -> Result<T> {
    tokio::task::spawn_blocking(work).await.map_err(problem_from::of_join)?
}

fn disk(path: &Path, error: &std::io::Error) -> Problem {
    Problem::new(ProblemKind::Disk { path: path.display().to_string() }, error.to_string())
}

fn whole_file(path: &Path) -> Result<Vec<u8>> {
    let size = std::fs::metadata(path).map_err(|error| disk(path, &error))?.len();
    if size > MAX_FILE {
        return Err(Problem::new(ProblemKind::TooLarge { size, limit: MAX_FILE }, ""));
    }
    std::fs::read(path).map_err(|error| disk(path, &error))
}

fn page_of(path: &Path, start: u64, length: usize) -> std::io::Result<SourcePage> {
    let mut file = std::fs::File::open(path)?;
    let total = file.metadata()?.len();
    let start = start.min(total);
    file.seek(SeekFrom::Start(start))?;
    let mut bytes = Vec::new();
    file.take(length as u64).read_to_end(&mut bytes)?;
    Ok(SourcePage { start, bytes, total })
}
