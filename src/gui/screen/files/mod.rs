//! The attachments of a message that is read: what can be done with each, what is dangerous about it, and the preview
//! that lies over the window. The reader and the windows on single messages both hold a [`State`] and draw [`list`].
//!
//! Nothing runs what a stranger sent: what carries a danger, and every kind that is not known to be harmless, is asked
//! about before it is opened, and the question says in words what it may do.
//!
//! Files are not dragged out of the window: winit (0.30) knows drags that come in, and can begin none. Copy
//! puts the file on the clipboard instead, and it can be pasted into a file manager.

mod view;

pub use view::{list, overlay, shortened, sign};

use super::preview;
use crate::gui::action::{Action, Answer, Open, Save, SaveSource, Tag};
use crate::gui::keymap::Press;
use crate::gui::widget::control::Step;
use crate::service::model::{Attachment, AttachmentKind};
use crate::service::{MessagePlace, Problem};
use iced::keyboard::Key;
use iced::keyboard::key::Named;
use iced::widget::Id;

/// An attachment was opened or copied.
pub const OPENED: Tag = Tag::new("files.opened");

/// What of the attachments lies over the window.
#[derive(Debug, Default)]
pub struct State {
    /// The attachment whose menu is open, by its place in the list.
    menu: Option<(MessagePlace, usize)>,
    /// The messages of which also the parts are listed that are no files for a person.
    all: Vec<MessagePlace>,
    /// What is asked about before it is opened.
    asking: Option<(MessagePlace, Box<Attachment>)>,
    preview: Option<Box<preview::State>>,
    /// What has the keyboard again when the preview is closed.
    left: Option<Id>,
}

/// The attachment is named by its place in the list of its message.
#[derive(Clone, Debug)]
pub enum Message {
    /// What a press on it does: messages are opened, everything else is looked at.
    Activate(MessagePlace, usize),
    Menu(Option<(MessagePlace, usize)>),
    Open(MessagePlace, usize),
    Save(MessagePlace, usize),
    Copy(MessagePlace, usize),
    SaveAll(MessagePlace),
    /// Every part is listed, or files alone.
    All(MessagePlace, bool),
    /// It is opened all the same, or not.
    Confirmed(bool),
    Preview(preview::Message),
    Step(Step),
}

/// What the screen is to do.
#[derive(Clone, Debug, PartialEq)]
pub enum Wish {
    Do(Action),
    Save(Save),
}

impl State {
    /// Whether something lies over the window.
    pub fn is_open(&self) -> bool {
        self.preview.is_some() || self.asking.is_some()
    }

    /// Whether all parts of a message are listed.
    fn lists_all(&self, place: &MessagePlace) -> bool {
        self.all.contains(place)
    }

    /// `attachments` are those of the message that is spoken of; `scale` the device pixels of a logical pixel.
    pub fn update(&mut self, message: Message, attachments: &[Attachment], scale: f32) -> Wish {
        let opens_menu = matches!(message, Message::Menu(Some(_)));
        if !opens_menu && !matches!(message, Message::Step(_)) {
            self.menu = None;
        }
        Wish::Do(match message {
            Message::Activate(place, at) => self.activate(&place, at, attachments, scale),
            Message::Menu(menu) => {
                self.menu = menu;
                if opens_menu { Action::FocusNext } else { Action::None }
            }
            Message::Open(place, at) => match attachments.get(at) {
                Some(attachment) => self.open(&place, attachment),
                None => Action::None,
            },
            Message::Save(place, at) => match attachments.get(at) {
                Some(attachment) => return Wish::Save(save(&place, attachment)),
                None => Action::None,
            },
            Message::Copy(place, at) => match attachments.get(at) {
                Some(attachment) => copy(&place, attachment),
                None => Action::None,
            },
            Message::SaveAll(place) => {
                let all = self.lists_all(&place);
                let files = attachments.iter().filter(|attachment| all || is_file(attachment));
                return Wish::Save(save_all(&place, files));
            }
            Message::All(place, all) => {
                self.all.retain(|other| *other != place);
                if all {
                    // Where a person looked before is forgotten some day.
                    self.all.drain(..self.all.len().saturating_sub(50));
                    self.all.push(place);
                }
                Action::None
            }
            Message::Confirmed(yes) => {
                let asked = self.asking.take().filter(|_| yes);
                let opens = asked.map(|(place, attachment)| open_outside(&place, &attachment)).unwrap_or_default();
                Action::Unfocus.and(opens)
            }
            Message::Preview(message) => return self.previewed(message),
            Message::Step(Step::On) => Action::FocusNext,
            Message::Step(Step::Back) => Action::FocusPrevious,
        })
    }

    fn activate(&mut self, place: &MessagePlace, at: usize, attachments: &[Attachment], scale: f32) -> Action {
        let Some(attachment) = attachments.get(at) else { return Action::None };
        if attachment.kind == AttachmentKind::Message {
            return Action::Open(Open::Letter(place.inner(attachment.index)));
        }
        let all = self.lists_all(place);
        let listed = |other: &&Attachment| other.index == attachment.index || all || is_file(other);
        let items: Vec<Attachment> = attachments.iter().filter(listed).cloned().collect();
        let first = items.iter().position(|other| other.index == attachment.index).unwrap_or(0);
        let (preview, action) = preview::State::new(place.clone(), items, first, scale);
        self.preview = Some(Box::new(preview));
        self.left = Some(view::id(place, at));
        action
    }

    /// Opens it in the desktop's program, or asks first.
    fn open(&mut self, place: &MessagePlace, attachment: &Attachment) -> Action {
        if attachment.kind == AttachmentKind::Message {
            return Action::Open(Open::Letter(place.inner(attachment.index)));
        }
        if attachment.dangers.is_empty() && may_open(attachment) {
            return open_outside(place, attachment);
        }
        self.asking = Some((place.clone(), Box::new(attachment.clone())));
        Action::FocusNext
    }

    fn previewed(&mut self, message: preview::Message) -> Wish {
        let Some(preview) = &mut self.preview else { return Wish::Do(Action::None) };
        let place = preview.place().clone();
        let attachment = preview.attachment().cloned();
        Wish::Do(match (message, attachment) {
            (preview::Message::Close, _) => {
                self.preview = None;
                self.left.take().map_or(Action::Unfocus, Action::Focus)
            }
            (preview::Message::Open, Some(attachment)) => self.open(&place, &attachment),
            (preview::Message::Save, Some(attachment)) => return Wish::Save(save(&place, &attachment)),
            (message, _) => preview.update(message),
        })
    }

    /// The answer to a request of its own; what it is none of comes back.
    ///
    /// # Errors
    /// What went wrong, to be said.
    pub fn answered(&mut self, tag: Tag, answer: Answer) -> Result<Action, Problem> {
        match (tag, answer) {
            (OPENED, Answer::Opened(Err(problem))) => Err(problem),
            (tag, answer) => Ok(self.preview.as_mut().map(|p| p.answered(tag, answer)).unwrap_or_default()),
        }
    }

    /// A key while something is open: all are its own.
    pub fn pressed(&mut self, press: &Press) -> Wish {
        if self.asking.is_some() {
            return Wish::Do(match press.key {
                Key::Named(Named::Escape) => {
                    self.asking = None;
                    Action::Unfocus
                }
                _ => Action::None,
            });
        }
        match self.preview.as_ref().and_then(|preview| preview.pressed(press)) {
            Some(message) => self.previewed(message),
            None => Wish::Do(Action::None),
        }
    }
}

/// Whether a person would look for it among files.
pub fn is_file(attachment: &Attachment) -> bool {
    !attachment.technical && !attachment.inline
}

fn open_outside(place: &MessagePlace, attachment: &Attachment) -> Action {
    let (index, file_name) = (attachment.index, attachment.file_name.clone());
    Action::OpenAttachment { place: place.clone(), index, file_name, tag: OPENED }
}

fn copy(place: &MessagePlace, attachment: &Attachment) -> Action {
    let (index, file_name) = (attachment.index, attachment.file_name.clone());
    Action::CopyAttachment { place: place.clone(), index, file_name, tag: OPENED }
}

fn save(place: &MessagePlace, attachment: &Attachment) -> Save {
    let index = attachment.index;
    let source = match place.id() {
        Some(id) => SaveSource::Attachment { id, index },
        None => SaveSource::Enclosed { place: place.clone(), index },
    };
    Save { file_name: attachment.file_name.clone(), source }
}

fn save_all<'a>(place: &MessagePlace, files: impl Iterator<Item = &'a Attachment>) -> Save {
    let files = files.map(|attachment| (attachment.index, attachment.file_name.clone())).collect();
    let source = match place.id() {
        Some(id) => SaveSource::Attachments { id, files },
        None => SaveSource::AllEnclosed { place: place.clone(), files },
    };
    Save { file_name: String::new(), source }
}

/// Whether the desktop may open this by itself: kinds that show something and run nothing.
pub fn may_open(attachment: &Attachment) -> bool {
    const KINDS: &[&str] = &[
        "pdf", "png", "jpg", "jpeg", "gif", "webp", "bmp", "tif", "tiff", "heic", "avif", "txt", "csv", "md", "log",
        "odt", "ods", "odp", "docx", "xlsx", "pptx", "epub", "mp3", "ogg", "opus", "flac", "wav", "m4a", "mp4", "webm",
        "mkv", "mov", "ics", "vcf",
    ];
    attachment.file_name.rsplit_once('.').is_some_and(|(_, kind)| KINDS.contains(&kind.to_lowercase().as_str()))
}

#[cfg(test)]
mod tests;
