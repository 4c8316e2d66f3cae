//! Files on their way into the draft: chosen, dropped or pasted. The service copies each beside the draft.

use super::{Action, Answer, Compose, Message, Notice, Tag, ids};
use crate::service::Problem;
use crate::service::command::{AttachSource, Command, Receipt};
use crate::service::model::DraftAttachment;
use iced::widget::text_editor;
use std::path::{Path, PathBuf};
use std::sync::Arc;

pub const PICK: Tag = Tag::new("compose-pick");
pub const CLIPBOARD: Tag = Tag::new("compose-clipboard");
pub const MEASURE: Tag = Tag::new("compose-measure");
/// The name of the requests that attach, numbered.
pub const ARRIVE: &str = "compose-attach";

/// Above this many bytes many servers refuse a message, whoever they are.
pub const CAREFUL: u64 = 25_000_000;

/// A file that is being copied.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arriving {
    pub number: u64,
    pub file_name: String,
}

/// A file that is there. Small files arrive before large ones: the order is that of asking.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Attached {
    pub number: u64,
    pub file: DraftAttachment,
}

/// Files held over the window.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hover {
    pub files: Vec<PathBuf>,
    /// Bytes of all, once they were looked at.
    pub size: Option<u64>,
}

impl Hover {
    /// The names, shortened to the first few.
    pub fn names(&self) -> String {
        let names: Vec<String> = self.files.iter().take(4).map(|path| file_name(path)).collect();
        let more = if self.files.len() > names.len() { ", …" } else { "" };
        format!("{}{more}", names.join(", "))
    }
}

pub(super) fn file_name(path: &Path) -> String {
    path.file_name().unwrap_or(path.as_os_str()).to_string_lossy().into_owned()
}

impl Compose {
    pub(super) fn attach(&mut self, source: AttachSource) -> Action {
        let name = match &source {
            AttachSource::File(path) => file_name(path),
            AttachSource::Bytes { file_name, .. } => file_name.clone(),
            AttachSource::Message { .. } => String::new(),
        };
        self.arrivals = self.arrivals.saturating_add(1);
        let number = self.arrivals;
        self.arriving.push(Arriving { number, file_name: name });
        Action::Command(Command::Attach { draft: self.base.id.clone(), source }, Tag::numbered(ARRIVE, number))
    }

    fn attach_all(&mut self, files: impl IntoIterator<Item = PathBuf>) -> Action {
        Action::batch(files.into_iter().map(|path| self.attach(AttachSource::File(path))).collect::<Vec<_>>())
    }

    pub(super) fn arrived(&mut self, number: u64, result: Result<Receipt, Problem>) -> Action {
        let Some(at) = self.arriving.iter().position(|arriving| arriving.number == number) else {
            return Action::None;
        };
        let arriving = self.arriving.remove(at);
        let failed = |problem| Notice::NotAttached { file_name: arriving.file_name.clone(), problem };
        match result {
            Ok(Receipt { attachment: Some(attachment), .. }) => {
                let place = self.attachments.partition_point(|there| there.number < number);
                self.attachments.insert(place, Attached { number, file: attachment });
                if self.ending.is_some() {
                    return self.proceed();
                }
                self.changed()
            }
            Ok(_) => self.proceed(),
            Err(problem) => {
                // A message must not leave without a file that it was to carry.
                self.ending = None;
                self.notice = Some(failed(problem));
                self.save()
            }
        }
    }

    pub(super) fn attach_pressed(&mut self) -> Action {
        self.layer = super::Layer::None;
        Action::PickFiles(PICK)
    }

    pub(super) fn chosen(&mut self, tag: Tag, answer: Answer) -> Action {
        match (tag, answer) {
            (PICK, Answer::Picked(files)) => self.attach_all(files),
            (PICK, Answer::NoDialog(_)) => {
                self.path = Some(String::new());
                Action::Focus(ids::PATH)
            }
            (CLIPBOARD, Answer::Clipboard(sources)) => self.clipboard(sources),
            (MEASURE, Answer::Measured(size)) => {
                self.hover.size = Some(size);
                Action::None
            }
            _ => Action::None,
        }
    }

    // -- by path, where no dialog can be had --

    pub(super) fn path_typed(&mut self, text: String) -> Action {
        self.path = Some(text);
        Action::None
    }

    pub(super) fn path_finished(&mut self) -> Action {
        let text = self.path.take().unwrap_or_default();
        let path = text.trim().trim_start_matches("file://");
        if path.is_empty() {
            return Action::None;
        }
        let attach = self.attach(AttachSource::File(PathBuf::from(path)));
        attach.and(Action::Focus(ids::BODY))
    }

    pub(super) fn path_left(&mut self) -> Action {
        self.path = None;
        Action::Focus(ids::BODY)
    }

    // -- dropped --

    pub(super) fn file_hovered(&mut self, path: PathBuf) -> Action {
        self.hover.files.push(path);
        self.hover.size = None;
        Action::Measure(self.hover.files.clone(), MEASURE)
    }

    pub(super) fn files_left(&mut self) -> Action {
        self.hover = Default::default();
        Action::None
    }

    pub(super) fn file_dropped(&mut self, path: PathBuf) -> Action {
        self.hover = Default::default();
        self.attach(AttachSource::File(path))
    }

    // -- pasted --

    /// Text goes in at once; what looks like the names of files, or is no text at all, is looked at first.
    pub(super) fn body_pasted(&mut self, text: Option<String>) -> Action {
        let names_files = |text: &str| text.lines().all(|line| line.starts_with('/') || line.starts_with("file://"));
        match text {
            Some(text) if !names_files(&text) => self.paste(text),
            other => {
                self.pasting = other;
                Action::ReadClipboard(CLIPBOARD)
            }
        }
    }

    fn clipboard(&mut self, sources: Vec<AttachSource>) -> Action {
        let text = self.pasting.take();
        let files = sources.iter().any(|source| matches!(source, AttachSource::File(_)));
        match text {
            Some(text) if !files => self.paste(text),
            _ => Action::batch(sources.into_iter().map(|source| self.attach(source)).collect::<Vec<_>>()),
        }
    }

    fn paste(&mut self, text: String) -> Action {
        let paste = text_editor::Action::Edit(text_editor::Edit::Paste(Arc::new(text)));
        let now = self.now;
        self.update(Message::Edited(paste), now)
    }

    // -- there --

    pub(super) fn attachment_removed(&mut self, at: usize) -> Action {
        if at >= self.attachments.len() {
            return Action::None;
        }
        self.attachments.remove(at);
        self.changed().and(Action::Focus(ids::BODY))
    }

    /// Bytes of the attached files.
    pub(super) fn attached_size(&self) -> u64 {
        self.attachments.iter().fold(0, |sum, attachment| sum.saturating_add(attachment.file.size))
    }

    /// Bytes of the message as it is sent: files grow by a third and their line ends (RFC 2045, 6.8).
    pub(super) fn sent_size(&self) -> u64 {
        let files = self.attached_size();
        files.saturating_add(files / 3).saturating_add(files / 36)
    }
}
