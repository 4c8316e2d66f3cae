//! What a screen's update wants done, as plain data that a test can compare. [`super::effect`] does it.

pub mod page;
pub mod preview;
pub mod printing;

use crate::service::command::{AttachSource, Command, ExportFormat, Receipt, Secret, SendTime};
use crate::service::model::*;
use crate::service::page::{ImageChoice, RenderError, View};
use crate::service::problem::Problem;
use crate::service::{Letter, MessagePlace};
use iced::widget::Id;
use std::ops::Range;
use std::path::PathBuf;

/// What to do after an update.
#[derive(Clone, Debug, Default, PartialEq)]
pub enum Action {
    #[default]
    None,
    Batch(Vec<Action>),
    /// Carries out a command; the answer is [`Answer::Done`].
    Command(Command, Tag),
    /// Asks the service; the answer is of the same name.
    Ask(Ask, Tag),
    /// Opens another window, or the account set-up in the main one.
    Open(Open),
    /// Closes the window of the screen that asks, or leaves the account set-up.
    Close,
    /// Ends the program.
    Quit,
    /// Gives a control of this window the keyboard.
    Focus(Id),
    /// Gives a field the keyboard, with all of its text selected.
    Edit(Id),
    /// Gives a field the keyboard, after all of its text.
    FocusEnd(Id),
    /// Moves the keyboard to the next control of this window, or the one before.
    FocusNext,
    FocusPrevious,
    /// Takes the keyboard from every control of this window.
    Unfocus,
    /// Scrolls a part of this window to its top.
    ScrollToTop(Id),
    /// Scrolls a part of this window by so many pixels.
    ScrollBy(Id, f32),
    /// Brings a part of a text into sight: how far down in it, from 0 to 1.
    Reveal(Id, f32),
    /// Lets the person choose files; the answer is [`Answer::Picked`] or [`Answer::NoDialog`].
    PickFiles(Tag),
    /// Lets the person choose where, then writes; the answer is [`Answer::Saved`] or [`Answer::NoDialog`].
    SaveAs(Save, Tag),
    /// Writes without asking: to this file, or into this directory where several things are saved.
    SaveTo(Save, PathBuf, Tag),
    /// Shows an attachment in the desktop's program for it, from a private copy; the answer is [`Answer::Opened`].
    OpenAttachment {
        place: MessagePlace,
        index: usize,
        file_name: String,
        tag: Tag,
    },
    /// Puts an attachment on the clipboard as a file, from a private copy; the answer is [`Answer::Opened`].
    CopyAttachment {
        place: MessagePlace,
        index: usize,
        file_name: String,
        tag: Tag,
    },
    /// Gives a PDF of this name to the desktop to print; the answer is [`Answer::Handed`].
    HandOver(printing::Pdf, String, Tag),
    /// Opens a link in the desktop's browser.
    OpenUrl(String),
    /// Puts text on the clipboard.
    Copy(String),
    /// Speaks this language from now on.
    Language(Option<String>),
    /// Answers [`Answer::Elapsed`] after so many milliseconds.
    After(u64, Tag),
    /// Brings the main window to the front.
    RaiseMain,
    /// Reads files or an image from the clipboard; the answer is [`Answer::Clipboard`].
    ReadClipboard(Tag),
    /// Asks how large files are together; the answer is [`Answer::Measured`].
    Measure(Vec<PathBuf>, Tag),
    /// A message went into the Outbox and leaves then: the main window offers to take it back.
    Sent {
        outbox: i64,
        when: SendTime,
    },
    /// Starts the process that draws HTML, so that the first page does not wait for it.
    WarmPages,
    /// Opens the demo mailbox, in a program and a profile of its own.
    Demo,
}

impl Action {
    /// Several actions in order; none and one stay plain.
    pub fn batch(actions: impl IntoIterator<Item = Action>) -> Action {
        let mut all: Vec<Action> = Vec::new();
        for action in actions {
            match action {
                Action::None => {}
                Action::Batch(inner) => all.extend(inner),
                one => all.push(one),
            }
        }
        match all.len() {
            0 => Action::None,
            1 => all.remove(0),
            _ => Action::Batch(all),
        }
    }

    /// This, then `next`.
    pub fn and(self, next: Action) -> Action {
        Action::batch([self, next])
    }
}

/// What a screen calls a request, to know its answer again: a name, and a number where there are several.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Tag {
    pub name: &'static str,
    pub number: u64,
}

impl Tag {
    pub const fn new(name: &'static str) -> Tag {
        Tag { name, number: 0 }
    }
    pub const fn numbered(name: &'static str, number: u64) -> Tag {
        Tag { name, number }
    }
}

/// A question to the service: the calls of [`crate::service::Handle`] as data.
#[derive(Clone, Debug, PartialEq)]
pub enum Ask {
    Accounts,
    Mailboxes(Option<String>),
    Rows {
        query: Listed,
        range: Range<u64>,
    },
    /// Where in a list by date a day begins, by its Unix time.
    PositionOfDate {
        query: ListQuery,
        date: i64,
    },
    SavedSearches,
    Message(MessageId),
    /// All messages of the conversation of a message.
    Conversation(MessageId),
    /// A message wherever it lies.
    Letter(MessagePlace),
    /// The HTML of such a message; `once` with its remote images. The answer is [`Answer::LetterPage`].
    LetterPage {
        place: MessagePlace,
        view: View,
        once: bool,
        near: page::Near,
    },
    /// An attachment, to look at it.
    Preview(MessagePlace, Box<Attachment>),
    /// A page of what is looked at, so many device pixels wide.
    Sheet {
        sheets: preview::Sheets,
        page: usize,
        width: u32,
    },
    /// All header fields of a message.
    Fields(MessagePlace),
    /// Bytes of a message's source.
    Source {
        place: MessagePlace,
        start: u64,
        length: usize,
    },
    /// Where in a message's source a text stands next, from a byte on, in either case of ASCII letters.
    FindSource {
        place: MessagePlace,
        text: String,
        from: u64,
        back: bool,
    },
    /// Bytes of a message's source as text for the clipboard.
    SourceText {
        place: MessagePlace,
        range: Range<u64>,
    },
    Outbox,
    Drafts,
    Begin {
        origin: DraftOrigin,
        reply_all: bool,
    },
    Transcript(Option<String>),
    Check {
        account: Box<Account>,
        secret: Option<Secret>,
    },
    SecretPlace,
    Addresses {
        prefix: String,
        limit: usize,
    },
    Queue,
    UndoHistory,
    Preferences,
    /// The HTML of a message; `once` with its remote images.
    Page {
        id: MessageId,
        view: View,
        once: bool,
        near: page::Near,
    },
    /// An open page.
    OfPage(page::Paper, page::Of),
    /// Keeps what the person wants of a sender's remote images.
    ChooseImages {
        sender: String,
        choice: ImageChoice,
    },
    /// Makes a PDF of a message.
    Print(Box<printing::Order>),
}

/// What the list shows.
#[derive(Clone, Debug, PartialEq)]
pub enum Listed {
    List(ListQuery),
    /// What a line finds that was typed, or is being typed.
    Found {
        line: String,
        typing: bool,
        order: SearchOrder,
    },
}

/// Rows of what is listed.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Part {
    pub start: u64,
    pub rows: Vec<ListRow>,
    /// Rows of all; where `more`, those that are known, and one that stands for what follows.
    pub total: u64,
    pub unread: u64,
    pub days: Vec<DayStart>,
    /// How much follows is not known: what is found is counted as far as it is looked at.
    pub more: bool,
    /// Messages whose every word was searched, and those that wait for it.
    pub searched: Option<(u64, u64)>,
}

/// What came back.
#[derive(Clone, Debug, PartialEq)]
pub enum Answer {
    Done(Result<Receipt, Problem>),
    Accounts(Result<Vec<AccountView>, Problem>),
    Mailboxes(Result<Vec<MailboxView>, Problem>),
    Rows {
        query: Listed,
        range: Range<u64>,
        part: Result<Part, Problem>,
    },
    PositionOfDate {
        query: ListQuery,
        position: Result<u64, Problem>,
    },
    /// With how many messages each finds.
    SavedSearches(Result<Vec<(SavedSearch, SavedCount)>, Problem>),
    Message(MessageId, Box<Result<MessageView, Problem>>),
    Conversation(MessageId, Result<ConversationView, Problem>),
    Letter(Box<Result<Letter, Problem>>),
    /// None where the message has no HTML.
    LetterPage(Box<Result<Option<page::Came>, Problem>>),
    Preview(Box<Result<preview::Came, Problem>>),
    Sheet {
        page: usize,
        width: u32,
        drawn: Result<iced::widget::image::Handle, RenderError>,
    },
    Fields(Result<Vec<SourceField>, Problem>),
    Source(Result<SourcePage, Problem>),
    /// Where it stands; none where it stands nowhere more.
    FoundSource(Result<Option<u64>, Problem>),
    SourceText(Result<String, Problem>),
    Outbox(Result<Vec<OutboxItem>, Problem>),
    Drafts(Result<Vec<Draft>, Problem>),
    Begun(Box<Result<Draft, Problem>>),
    Transcript(Result<Vec<TranscriptLine>, Problem>),
    Check(Box<Result<CheckReport, Problem>>),
    SecretPlace(SecretPlace),
    Addresses {
        prefix: String,
        found: Result<Vec<Address>, Problem>,
    },
    Queue(Result<Vec<QueuedOperation>, Problem>),
    UndoHistory(Result<Vec<UndoEntry>, Problem>),
    Preferences(Result<Preferences, Problem>),
    /// None where the message has no HTML.
    Page(MessageId, Box<Result<Option<page::Came>, Problem>>),
    OfPage(Box<page::Told>),
    ImagesChosen(ImageChoice, Result<(), Problem>),
    /// None where it was given up.
    Printed(Result<Option<printing::Pdf>, Problem>),
    /// Who has it; none where the dialog was left.
    Handed(Result<Option<printing::Handed>, Problem>),
    /// The files that the person chose; none where the dialog was left.
    Picked(Vec<PathBuf>),
    /// Where it was written; none where the dialog was left.
    Saved(Result<Option<PathBuf>, Problem>),
    Opened(Result<(), Problem>),
    /// No file dialog can be had here: ask for a path in words. What was to be saved comes back.
    NoDialog(Option<Save>),
    Elapsed,
    /// Files on the clipboard, else an image as PNG, else nothing.
    Clipboard(Vec<AttachSource>),
    /// Bytes of all files together.
    Measured(u64),
}

/// What is saved to a file.
#[derive(Clone, Debug, PartialEq)]
pub struct Save {
    /// The name to offer. For several things the directory is chosen.
    pub file_name: String,
    pub source: SaveSource,
}

#[derive(Clone, Debug, PartialEq)]
pub enum SaveSource {
    Attachment {
        id: MessageId,
        index: usize,
    },
    /// An attachment of a message that lies in a file or in another message.
    Enclosed {
        place: MessagePlace,
        index: usize,
    },
    /// Several of them with their names, into a directory.
    AllEnclosed {
        place: MessagePlace,
        files: Vec<(usize, String)>,
    },
    /// Such a message itself.
    Letter(MessagePlace),
    /// Several attachments with their names, into a directory.
    Attachments {
        id: MessageId,
        files: Vec<(usize, String)>,
    },
    /// The message as received.
    Raw(MessageId),
    Text(String),
    Pdf(printing::Pdf),
    /// All messages of a mailbox: into a file, or into a new directory in the one that is chosen.
    Mailbox {
        id: MailboxId,
        format: ExportFormat,
    },
}

/// What to open.
#[derive(Clone, Debug, PartialEq)]
pub enum Open {
    /// A compose window on a fresh draft: new, reply, forward, or a message of the Drafts mailbox.
    Compose { origin: DraftOrigin, reply_all: bool },
    /// A compose window on this draft.
    Draft(Box<Draft>),
    /// A compose window for a `mailto:` link (RFC 6068).
    Mailto(String),
    /// A window on a message that lies in a file or in another message.
    Letter(MessagePlace),
    /// A window on the source of a message.
    Source(MessagePlace),
    /// The recorded dialogues: of one account or of all.
    Transcript(Option<String>),
    /// The account set-up: empty, or with the settings of this account.
    Setup(Option<Box<Account>>),
    /// A window with the other settings of this account.
    Account(Box<Account>),
}
