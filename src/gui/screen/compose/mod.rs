//! The compose window: one draft being written, in a window of its own.
//!
//! The draft on disk follows the window within a second ([`autosave`]); nothing else is done with the draft while a
//! save is under way, so that an older state can never come back after sending or discarding. Files are read and
//! copied by the service alone.

mod addressing;
mod attaching;
mod autosave;
mod body;
mod ending;
mod history;
mod leaving;
mod recipients;
mod reminder;
mod saving;
mod suggestions;
#[cfg(test)]
mod tests;
mod view;
mod window;

use crate::gui::action::{Action, Answer, Ask, Tag};
use crate::gui::keymap::Press;
use crate::gui::screen::later::TimeField;
use crate::service::Problem;
use crate::service::model::{Account, Draft, DraftOrigin};
use attaching::{Arriving, Attached, Hover};
use autosave::Autosave;
use body::Body;
use ending::{Doubt, Ending};
use iced::keyboard::Key;
use iced::keyboard::key::Named;
use iced::widget::{Id, text_editor};
use recipients::{Recipients, Step};
use std::path::PathBuf;
use std::time::Instant;
use suggestions::Suggestions;

pub use window::State;

/// An address field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Field {
    To,
    Cc,
    Bcc,
}

impl Field {
    const ALL: [Field; 3] = [Field::To, Field::Cc, Field::Bcc];

    pub fn id(self) -> Id {
        Id::new(match self {
            Field::To => "compose-to",
            Field::Cc => "compose-cc",
            Field::Bcc => "compose-bcc",
        })
    }
}

/// Names of the controls, for the keyboard and for tests.
pub mod ids {
    use iced::widget::Id;

    pub const SEND: Id = Id::new("compose-send");
    pub const LATER: Id = Id::new("compose-later");
    pub const LATER_MENU: Id = Id::new("compose-later-menu");
    pub const LATER_OTHER: Id = Id::new("compose-later-other");
    pub const TIME_NAME: &str = "compose-time";
    pub const TIME: Id = Id::new(TIME_NAME);
    pub const TIME_SEND: Id = Id::new("compose-time-send");
    pub const TIME_LEAVE: Id = Id::new("compose-time-leave");
    pub const MENU_REPORT: Id = Id::new("compose-menu-report");
    pub const ATTACH: Id = Id::new("compose-attach");
    pub const MORE: Id = Id::new("compose-more");
    pub const MENU: Id = Id::new("compose-menu");
    pub const MENU_KEEP: Id = Id::new("compose-menu-keep");
    pub const MENU_DISCARD: Id = Id::new("compose-menu-discard");
    pub const FROM: Id = Id::new("compose-from");
    pub const FROM_LIST: Id = Id::new("compose-from-list");
    pub const SHOW_CC: Id = Id::new("compose-show-cc");
    pub const SHOW_BCC: Id = Id::new("compose-show-bcc");
    pub const SUGGESTIONS: Id = Id::new("compose-suggestions");
    pub const SUBJECT: Id = Id::new("compose-subject");
    pub const BODY: Id = Id::new("compose-body");
    pub const DROP: Id = Id::new("compose-drop");
    pub const TOTAL: Id = Id::new("compose-total");
    pub const PATH_NAME: &str = "compose-path";
    pub const PATH: Id = Id::new(PATH_NAME);
    pub const PATH_ATTACH: Id = Id::new("compose-path-attach");
    pub const PATH_LEAVE: Id = Id::new("compose-path-leave");
    pub const NOTICE: Id = Id::new("compose-notice");
    pub const NOTICE_LEAVE: Id = Id::new("compose-notice-leave");
    pub const DETAILS: Id = Id::new("compose-details");
    pub const ANYWAY: Id = Id::new("compose-anyway");
    pub const SAVED: Id = Id::new("compose-saved");
    pub const ROUTE: Id = Id::new("compose-route");
    pub const CLOSING: Id = Id::new("compose-closing");
    pub const STAY: Id = Id::new("compose-stay");
    pub const DISCARD: Id = Id::new("compose-discard");
    pub const KEEP: Id = Id::new("compose-keep");
    pub const CLOSE: Id = Id::new("compose-close");
}

/// What happens in the window.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    FromPressed,
    FromChosen(usize),
    FromStepped(isize),
    Typed(Field, String),
    Pasted(Field, String),
    Stepped(Field, Step),
    Finished(Field),
    Focused(Field),
    Blurred(Field),
    FieldShown(Field),
    FieldPressed(Field),
    ChipPressed(Field, usize),
    ChipRemoved(Field, usize),
    SuggestionChosen(usize),
    SuggestionStepped(isize),
    SuggestionAccepted,
    SuggestionsLeft,
    SubjectTyped(String),
    SubjectFinished,
    Edited(text_editor::Action),
    Undo,
    Redo,
    BodyLeft {
        backwards: bool,
    },
    /// The person pastes into the text; the clipboard's text where it has some.
    BodyPasted(Option<String>),
    AttachPressed,
    PathTyped(String),
    PathFinished,
    PathLeft,
    AttachmentRemoved(usize),
    FileHovered(PathBuf),
    FilesLeft,
    FileDropped(PathBuf),
    MenuPressed,
    MenuLeft,
    /// Opens the menu of times.
    LaterPressed,
    /// Sends at this Unix time.
    LaterChosen(i64),
    /// A time that the menu does not offer is to be typed.
    OtherTimePressed,
    TimeTyped(String),
    TimeFinished,
    TimeLeft,
    /// Whether reports of delivery are asked for.
    ReportToggled,
    SendPressed,
    SendAnyway,
    NoticeLeft,
    DetailsPressed,
    CloseRequested,
    KeepPressed,
    DiscardPressed,
    StayPressed,
    /// A key that no control took.
    Key(Press),
}

/// What the person is told or asked, in a bar above the text.
#[derive(Clone, Debug, PartialEq)]
pub enum Notice {
    Problem(Problem),
    /// A file could not be attached.
    NotAttached {
        file_name: String,
        problem: Problem,
    },
    NoRecipients,
    /// An address cannot be sent to.
    BadRecipient(String),
    NoAccount,
    /// Sent anyway, or looked after.
    Doubts(Vec<Doubt>),
}

/// The small things that open: one at a time.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Layer {
    #[default]
    None,
    From,
    Menu,
    /// When the message leaves.
    Later,
    /// Keep, discard or go on writing?
    Closing,
}

const SAVE: Tag = Tag::new("compose-save");
const TIMER: Tag = Tag::new("compose-timer");
const CLOCK: Tag = Tag::new("compose-clock");
const END: Tag = Tag::new("compose-end");

/// A draft in its window.
#[derive(Debug)]
pub struct Compose {
    /// Everything that the window does not edit: identity, origin, threading.
    base: Draft,
    /// Begun for this window, not written on since an earlier one.
    fresh: bool,
    accounts: Vec<Account>,
    /// Seconds in which sending can be taken back.
    undo_seconds: u32,
    to: Recipients,
    cc: Recipients,
    bcc: Recipients,
    cc_shown: bool,
    bcc_shown: bool,
    /// The address field that has the keyboard.
    focused: Option<Field>,
    subject: String,
    body: Body,
    attachments: Vec<Attached>,
    arriving: Vec<Arriving>,
    /// Counts requests of attaching.
    arrivals: u64,
    /// Path being typed, where no file dialog can be had.
    path: Option<String>,
    /// Text of the clipboard that waits for the answer whether files lie there.
    pasting: Option<String>,
    hover: Hover,
    suggestions: Suggestions,
    saving: Autosave,
    /// When the next timer rings; one at a time.
    timer: Option<Instant>,
    ending: Option<Ending>,
    /// The time that was chosen, Unix seconds; none where the message leaves after the undo delay.
    leaves_at: Option<i64>,
    /// A time being typed.
    time: Option<TimeField>,
    doubts_shown: Vec<Doubt>,
    notice: Option<Notice>,
    details: bool,
    layer: Layer,
    /// Bytes that the server takes, once it has said so.
    limit: Option<u64>,
    now: Instant,
}

impl Compose {
    /// A window on a draft. `accounts` are those that mail can be sent from.
    pub fn new(draft: Draft, accounts: Vec<Account>, undo_seconds: u32, now: Instant) -> Compose {
        let [to, cc, bcc] = &draft.unfinished;
        let (to, cc, bcc) =
            (Recipients::new(&draft.to, to), Recipients::new(&draft.cc, cc), Recipients::new(&draft.bcc, bcc));
        Compose {
            cc_shown: !cc.is_empty(),
            bcc_shown: !bcc.is_empty(),
            to,
            cc,
            bcc,
            focused: None,
            subject: draft.subject.clone(),
            body: Body::new(&draft.body),
            attachments: draft.attachments.iter().map(|file| Attached { number: 0, file: file.clone() }).collect(),
            base: draft,
            fresh: false,
            accounts,
            undo_seconds,
            arriving: Vec::new(),
            arrivals: 0,
            path: None,
            pasting: None,
            hover: Hover::default(),
            suggestions: Suggestions::default(),
            saving: Autosave::default(),
            timer: None,
            ending: None,
            leaves_at: None,
            time: None,
            doubts_shown: Vec::new(),
            notice: None,
            details: false,
            layer: Layer::None,
            limit: None,
            now,
        }
    }

    /// The same, on a draft that was begun for this window: untouched, it goes silently.
    pub fn fresh(self) -> Compose {
        Compose { fresh: true, ..self }
    }

    /// What to do when the window has opened: the keyboard goes where writing goes on.
    pub fn opened(&self) -> Action {
        let answers = matches!(self.base.origin, DraftOrigin::Reply(_));
        Action::Focus(match (self.to.is_empty(), answers || !self.subject.is_empty()) {
            (true, _) => Field::To.id(),
            (false, true) => ids::BODY,
            (false, false) => ids::SUBJECT,
        })
    }

    /// The name of the draft: no draft has two windows.
    pub fn id(&self) -> &str {
        &self.base.id
    }

    /// The window's title: the subject.
    pub fn title(&self) -> &str {
        self.subject.trim()
    }

    /// Accounts were added, changed or removed.
    pub fn set_accounts(&mut self, accounts: Vec<Account>) {
        self.accounts = accounts;
    }

    pub fn set_undo_seconds(&mut self, seconds: u32) {
        self.undo_seconds = seconds;
    }

    /// The draft as it stands.
    pub fn draft(&self) -> Draft {
        Draft {
            to: self.to.addresses(),
            cc: self.cc.addresses(),
            bcc: self.bcc.addresses(),
            subject: self.subject.clone(),
            body: self.body.text(),
            attachments: self.attachments.iter().map(|attached| attached.file.clone()).collect(),
            unfinished: [self.to.unfinished(), self.cc.unfinished(), self.bcc.unfinished()],
            ..self.base.clone()
        }
    }

    fn account(&self) -> Option<&Account> {
        self.accounts.iter().find(|account| account.name == self.base.account)
    }

    fn field(&self, field: Field) -> &Recipients {
        match field {
            Field::To => &self.to,
            Field::Cc => &self.cc,
            Field::Bcc => &self.bcc,
        }
    }

    fn field_mut(&mut self, field: Field) -> &mut Recipients {
        match field {
            Field::To => &mut self.to,
            Field::Cc => &mut self.cc,
            Field::Bcc => &mut self.bcc,
        }
    }

    /// One step; `now` is the time it happens at.
    pub fn update(&mut self, message: Message, now: Instant) -> Action {
        self.now = now;
        if self.ending.is_some() && message != Message::FilesLeft {
            return Action::None;
        }
        match message {
            Message::FromPressed => self.open(Layer::From),
            Message::FromChosen(at) => self.choose_sender(at).and(Action::Focus(ids::FROM)),
            Message::FromStepped(by) => self.step_sender(by),
            Message::Typed(field, text) => self.typed(field, text),
            Message::Pasted(field, text) => self.pasted(field, &text),
            Message::Stepped(field, step) => self.stepped(field, step),
            Message::Finished(field) => self.finished(field),
            Message::Focused(field) => {
                self.focused = Some(field);
                Action::None
            }
            Message::Blurred(field) => self.blurred(field),
            Message::FieldShown(field) => self.field_shown(field),
            Message::FieldPressed(field) => Action::Focus(field.id()),
            Message::ChipPressed(field, at) => self.chip_pressed(field, at),
            Message::ChipRemoved(field, at) => self.chip_removed(field, at),
            Message::SuggestionChosen(at) => self.suggestion_chosen(at),
            Message::SuggestionStepped(by) => self.suggestions.step(by),
            Message::SuggestionAccepted => self.suggestion_accepted(),
            Message::SuggestionsLeft => self.suggestions.close(),
            Message::SubjectTyped(text) => {
                self.subject = text;
                self.edited()
            }
            Message::SubjectFinished => Action::Focus(ids::BODY),
            Message::Edited(action) => self.body_edited(action),
            Message::Undo => self.body_changed(Body::undo),
            Message::Redo => self.body_changed(Body::redo),
            Message::BodyLeft { backwards: true } => Action::FocusPrevious,
            Message::BodyLeft { backwards: false } => Action::FocusNext,
            Message::BodyPasted(text) => self.body_pasted(text),
            Message::AttachPressed => self.attach_pressed(),
            Message::PathTyped(text) => self.path_typed(text),
            Message::PathFinished => self.path_finished(),
            Message::PathLeft => self.path_left(),
            Message::AttachmentRemoved(at) => self.attachment_removed(at),
            Message::FileHovered(path) => self.file_hovered(path),
            Message::FilesLeft => self.files_left(),
            Message::FileDropped(path) => self.file_dropped(path),
            Message::MenuPressed => self.open(Layer::Menu),
            Message::MenuLeft => self.open(Layer::None),
            Message::LaterPressed => self.open(Layer::Later),
            Message::LaterChosen(at) => self.send_at(at),
            Message::OtherTimePressed => self.other_time(),
            Message::TimeTyped(text) => self.time_typed(text),
            Message::TimeFinished => self.time_finished(),
            Message::TimeLeft => self.time_left(),
            Message::ReportToggled => self.report_toggled(),
            Message::SendPressed => {
                self.leaves_at = None;
                self.send(false)
            }
            Message::SendAnyway => self.send(true),
            Message::NoticeLeft => self.notice_left(),
            Message::DetailsPressed => {
                self.details = !self.details;
                Action::None
            }
            Message::CloseRequested => self.close_requested(),
            Message::KeepPressed => self.end(Ending::Keep),
            Message::DiscardPressed => self.end(Ending::Discard),
            Message::StayPressed => self.open(Layer::None).and(Action::Focus(ids::BODY)),
            Message::Key(press) => self.key(&press),
        }
    }

    /// What a request came to.
    pub fn answer(&mut self, tag: Tag, answer: Answer, now: Instant) -> Action {
        self.now = now;
        match (tag, answer) {
            (SAVE, Answer::Done(result)) => self.save_ended(result.map(drop)),
            (TIMER, Answer::Elapsed) => {
                self.timer = None;
                self.save()
            }
            (CLOCK, Answer::Elapsed) => self.clock(),
            (END, Answer::Done(result)) => self.ended(result),
            (attaching::PICK | attaching::CLIPBOARD | attaching::MEASURE, answer) => self.chosen(tag, answer),
            (Tag { name: attaching::ARRIVE, number }, Answer::Done(result)) => self.arrived(number, result),
            (Tag { name: suggestions::NAME, .. }, Answer::Addresses { prefix, found }) => {
                self.suggestions.found(&prefix, found.unwrap_or_default());
                Action::None
            }
            _ => Action::None,
        }
    }

    fn open(&mut self, layer: Layer) -> Action {
        self.layer = if self.layer == layer { Layer::None } else { layer };
        match self.layer {
            Layer::None => Action::None,
            Layer::Closing => Action::Focus(ids::STAY),
            Layer::Later => Action::Focus(Id::from("compose-later-0".to_string())),
            _ => Action::FocusNext,
        }
    }

    fn notice_left(&mut self) -> Action {
        self.notice = None;
        self.details = false;
        Action::None
    }

    // -- text --

    fn body_edited(&mut self, action: text_editor::Action) -> Action {
        let now = self.now;
        if self.body.perform(action, now) { self.edited() } else { Action::None }
    }

    fn body_changed(&mut self, change: impl FnOnce(&mut Body) -> bool) -> Action {
        if change(&mut self.body) { self.edited() } else { Action::None }
    }

    // -- keys --

    fn key(&mut self, press: &Press) -> Action {
        let (ctrl, shift) = (press.modifiers.command(), press.modifiers.shift());
        match press.key.as_ref() {
            Key::Named(Named::Enter) if ctrl && shift => self.open(Layer::Later),
            Key::Named(Named::Enter) if ctrl => {
                self.leaves_at = None;
                self.send(false)
            }
            Key::Named(Named::Escape) => self.escape(),
            Key::Character("w") if ctrl => self.close_requested(),
            Key::Character("z") if ctrl && !shift => self.body_changed(Body::undo),
            Key::Character("z" | "Z") if ctrl => self.body_changed(Body::redo),
            Key::Character("y") if ctrl => self.body_changed(Body::redo),
            Key::Character("A" | "a") if ctrl && shift => self.attach_pressed(),
            _ => Action::None,
        }
    }

    /// Closes what is open, one thing at a time; at last the window.
    fn escape(&mut self) -> Action {
        if self.layer != Layer::None {
            let back = if self.layer == Layer::From { ids::FROM } else { ids::BODY };
            self.layer = Layer::None;
            return Action::Focus(back);
        }
        if self.suggestions.is_open() {
            return self.suggestions.close();
        }
        if self.time.is_some() {
            return self.time_left();
        }
        if self.path.is_some() {
            return self.path_left();
        }
        if self.notice.is_some() {
            return self.notice_left();
        }
        self.close_requested()
    }
}
