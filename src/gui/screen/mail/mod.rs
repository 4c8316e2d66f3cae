//! The main screen: folders, list, reader, status.
//!
//! The state and the index of its update are here. What a message does stands in the file of its subject:
//! [`navigate`] moves in the list, [`deeds`] changes messages, [`news`] takes answers and events, [`menu`]
//! what lies above the window. The `*_view` files and [`sidebar`], [`list`], [`reader`],
//! [`statusbar`] draw it.

mod account_menu;
mod deeds;
mod drag;
mod drag_view;
mod export;
mod fetching;
#[cfg(test)]
mod fixtures;
mod folder_deeds;
mod folder_menu;
mod folders;
mod keys;
mod list;
mod menu;
mod menu_view;
mod navigate;
mod news;
mod outbox;
mod questions;
mod queue;
pub(super) mod reader;
mod search;
mod search_view;
mod sidebar;
mod statusbar;
#[cfg(test)]
mod tests;
mod toast;
mod undo;
mod view;

pub use folders::{Place, sign_of};
pub use menu::Menu;

use super::Screen;
use super::later::TimeField;
use crate::gui::action::{Action, Answer, Ask, Open, Save, Tag};
use crate::gui::keymap::{Deed, Press};
use crate::gui::widget::control::Step;
use crate::gui::widget::virtual_list::Said;
use crate::service::command::ExportFormat;
use crate::service::event::{ExportProgress, Progress};
use crate::service::model::*;
use crate::service::{Command, Event, Problem};
use iced::Element;
use iced::widget::{Id, text_editor};
use jiff::Zoned;
use list::listing::Listing;
use list::pages::Pages;
use list::selection::Selection;
use reader::{Reader, saving};
use search::Search;
use std::collections::{HashMap, HashSet};
use std::time::Duration;
use toast::{Toast, Words};
use undo::History;

/// Something that is read from the service.
#[derive(Debug, Default)]
pub enum Loaded<T> {
    #[default]
    Loading,
    Failed(Problem),
    Ready(T),
}

impl<T> Loaded<T> {
    pub fn ready(&self) -> Option<&T> {
        match self {
            Loaded::Ready(value) => Some(value),
            _ => None,
        }
    }
}

impl<T> Loaded<Vec<T>> {
    /// What is known: nothing while it is loading.
    pub fn all(&self) -> &[T] {
        self.ready().map_or(&[], Vec::as_slice)
    }
}

/// A question of which one runs at a time; a change meanwhile asks again after it.
#[derive(Debug, Default)]
struct Asking {
    running: bool,
    again: bool,
    /// It is asked when some time went by.
    resting: bool,
}

impl Asking {
    /// The action, or nothing where the answer under way will be followed by another question.
    fn ask(&mut self, question: Ask, tag: Tag) -> Action {
        if self.running {
            self.again = true;
            return Action::None;
        }
        self.running = true;
        Action::Ask(question, tag)
    }
    /// For a question that is dear: however often there is news, it is asked once when this many milliseconds went by.
    fn rest(&mut self, milliseconds: u64, tag: Tag) -> Action {
        if std::mem::replace(&mut self.resting, true) {
            return Action::None;
        }
        Action::After(milliseconds, tag)
    }
    /// An answer came; true where it is stale and must be asked again.
    fn answered(&mut self) -> bool {
        self.running = false;
        std::mem::take(&mut self.again)
    }
}

/// The state of the main screen.
#[derive(Debug)]
pub struct State {
    preferences: Preferences,
    now: Zoned,
    accounts: Loaded<Vec<AccountView>>,
    mailboxes: Loaded<Vec<MailboxView>>,
    outbox: Loaded<Vec<OutboxItem>>,
    /// The Outbox entry that is given another time, with a time being typed.
    retiming: Option<(i64, TimeField)>,
    queue: Vec<QueuedOperation>,
    asking: [Asking; 5],
    progress: Vec<Progress>,
    exports: Vec<ExportProgress>,

    place: Place,
    /// In which form the list is shown, in what order, and what of it.
    listing: Listing,
    /// The search that is shown in the place's stead.
    search: Option<Search>,
    /// The search has the keyboard.
    searching: bool,
    saved_searches: Vec<(SavedSearch, SavedCount)>,
    /// The place was chosen: by the person, or as the first Inbox once it is known.
    placed: bool,
    pages: Pages,
    /// Why the list could not be read.
    list_problem: Option<Problem>,
    offset: f64,
    viewport: f32,
    selection: Selection,
    drag: Option<drag::Drag>,
    /// A press on what is selected already: whether it selects is decided when the button is let go.
    grip: Option<MessageId>,
    /// How far the folders are scrolled, in pixels.
    folders_offset: f32,
    /// A folder's name in the making.
    editing: Option<folder_deeds::Editing>,
    awaited: Option<navigate::Awaited>,
    /// What comes to the reader next was chosen by nobody: it stays unread.
    unbidden: bool,
    sweep: Option<navigate::Sweep>,

    reader: Reader,
    source: Option<text_editor::Content>,

    menu: Option<Menu>,
    /// The line of the folders whose menu was opened by its key: the keyboard goes back there.
    menu_of: Option<Id>,
    filter: String,
    toast: Option<Toast>,
    /// What waits for a message to be loaded.
    fetching: Option<fetching::Fetching>,
    undo: History,
    /// What is being taken back, in words, by its tag's number.
    undoing: HashMap<u64, Words>,
    /// What is said once a command is done, by its tag's number.
    pending: HashMap<u64, Words>,
    /// Those of them that took messages out of the list before the service has done so.
    departing: HashSet<u64>,
    /// The last number given to a tag.
    number: u64,
    /// The number of the last change of the preferences.
    preferred: u64,
    notice: Option<Problem>,
    /// Accounts whose held removals the person wants to keep for now.
    kept: HashSet<String>,
    corrections: HashMap<(i64, String), String>,
    saving: saving::Saving,
    /// The number of the last change of the reader's width.
    rested: u64,
    /// The pane that F6 gave the keyboard last: folders, list, reader.
    pane: u8,
}

#[derive(Clone, Debug)]
pub enum Message {
    Show(Place),
    Fold(String),
    SidebarResized(f32),
    FoldersScrolled(f32),
    ListResized(f32),
    List(Said),
    Drag(drag::Message),
    Folder(folder_deeds::Message),
    Queue(queue::Message),
    Star(MessageId),
    Do(Deed),
    MoveTo(MailboxId),
    Listing(list::listing::Message),
    Search(search::Message),
    Read(reader::view::Message),
    Menu(Option<Menu>),
    Filter(String),
    FilterDone,
    Step(Step),
    Theme(ThemeChoice),
    Language(Option<String>),
    Open(Open),
    Outbox(outbox::Message),
    UndoSend(i64),
    Undo,
    Dismiss,
    Refresh(Option<String>),
    AcceptRemovals(String),
    KeepRemovals(String),
    CarryRemovals(String, bool),
    FetchAgain(MailboxId),
    CreateFolder,
    MarkAllRead,
    RemoveAccount(String),
    DeleteSearch(SavedSearchId),
    Account(account_menu::Message),
    Fetching(fetching::Message),
    Export(MailboxId, ExportFormat),
    StopExport(MailboxId),
    DeleteForGood(Vec<MessageId>),
    Source(text_editor::Action),
    Save(Save),
    SavePath(String),
    SaveHere,
}

const ACCOUNTS: Tag = Tag::new("mail.accounts");
const MAILBOXES: Tag = Tag::new("mail.mailboxes");
const OUTBOX: Tag = Tag::new("mail.outbox");
const STOPPED: Tag = Tag::new("mail.stopped");
const QUEUE: Tag = Tag::new("mail.queue");
const DRAFTS: Tag = Tag::new("mail.drafts");
const READ: Tag = Tag::new("mail.read");
const SOURCE: Tag = Tag::new("mail.source");
const PREFERENCES: Tag = Tag::new("mail.preferences");
/// Commands that say nothing when they succeed.
const QUIET: Tag = Tag::new("mail.quiet");
const ROWS: &str = "mail.rows";
const JUMP: Tag = Tag::new("mail.jump");
const SAVED: Tag = Tag::new("mail.saved");
/// The counts of saved searches are asked again now.
const RECOUNT: Tag = Tag::new("mail.saved.recount");
const SAVING_SEARCH: &str = "mail.saving-search";
const SEEK: &str = "mail.seek";
const SWEEP: &str = "mail.sweep";
const DEED: &str = "mail.deed";
const UNDONE: &str = "mail.undone";
const HISTORY: Tag = Tag::new("mail.history");
/// What was opened is marked as read.
const SEEN: Tag = Tag::new("mail.seen");
const UNSENT: Tag = Tag::new("mail.unsent");
const DRAG: &str = "mail.drag";
const DRAG_SCROLL: &str = "mail.drag.scroll";
const TOAST: &str = "mail.toast";
const STORE: &str = "mail.store";
/// Milliseconds after the start until the process that draws HTML is started.
const WARM_AFTER: u64 = 2_500;

impl State {
    pub fn new(preferences: Preferences) -> (State, Action) {
        let mut state = State {
            preferences,
            now: Zoned::now(),
            accounts: Loaded::Loading,
            mailboxes: Loaded::Loading,
            outbox: Loaded::Loading,
            retiming: None,
            queue: Vec::new(),
            asking: Default::default(),
            progress: Vec::new(),
            exports: Vec::new(),
            place: Place::AllInboxes,
            listing: Listing::default(),
            search: None,
            searching: false,
            saved_searches: Vec::new(),
            placed: false,
            pages: Pages::default(),
            list_problem: None,
            offset: 0.0,
            viewport: 0.0,
            selection: Selection::default(),
            drag: None,
            grip: None,
            folders_offset: 0.0,
            editing: None,
            awaited: None,
            unbidden: false,
            sweep: None,
            reader: Reader::default(),
            source: None,
            menu: None,
            menu_of: None,
            filter: String::new(),
            toast: None,
            fetching: None,
            undo: History::default(),
            undoing: HashMap::new(),
            pending: HashMap::new(),
            departing: HashSet::new(),
            number: 0,
            preferred: 0,
            notice: None,
            kept: HashSet::new(),
            corrections: HashMap::new(),
            saving: saving::Saving::default(),
            rested: 0,
            pane: 0,
        };
        let action = Action::batch([
            state.ask_accounts(),
            state.ask_mailboxes(),
            state.ask_outbox(),
            state.ask_queue(),
            state.ask_saved(),
            // What a kill left open is opened again.
            Action::Ask(Ask::Drafts, DRAFTS),
            // Not while the list is still being read and drawn.
            Action::After(WARM_AFTER, reader::page::WARM),
        ]);
        (state, action)
    }

    pub fn preferences(&self) -> &Preferences {
        &self.preferences
    }

    /// Whether it is known that there is no account.
    pub fn is_empty(&self) -> bool {
        self.accounts.ready().is_some_and(Vec::is_empty)
    }

    /// Whether the list has messages to show.
    pub fn has_rows(&self) -> bool {
        self.pages.from(0).next().is_some()
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Show(place) => self.show(place),
            Message::Fold(account) => self.fold(account),
            Message::SidebarResized(width) => self.prefer(|p| p.sidebar_width = width),
            Message::FoldersScrolled(offset) => {
                self.folders_offset = offset;
                Action::None
            }
            Message::ListResized(width) => self.prefer(|p| p.list_width = width),
            Message::List(said) => self.listed(said),
            Message::Drag(message) => self.dragged(message),
            Message::Folder(message) => self.folder(message),
            Message::Queue(message) => self.queued(message),
            Message::Star(id) => self.star(&[id]),
            Message::Do(deed) => self.deed(deed),
            Message::MoveTo(mailbox) => self.move_to(mailbox),
            Message::Listing(message) => self.listing(message),
            Message::Search(message) => self.searched(message),
            Message::Read(message) => self.read(message),
            Message::Menu(menu) => self.open_menu(menu),
            Message::Filter(filter) => {
                self.filter = filter;
                Action::None
            }
            Message::FilterDone => self.filter_done(),
            Message::Step(Step::On) => Action::FocusNext,
            Message::Step(Step::Back) => Action::FocusPrevious,
            Message::Theme(theme) => self.prefer(|p| p.theme = theme),
            Message::Language(language) => {
                let action = self.prefer(|p| p.language = language.clone());
                Action::Language(language).and(action)
            }
            Message::Open(open) => self.open_menu(None).and(Action::Open(open)),
            Message::Outbox(message) => self.outbox_said(message),
            Message::UndoSend(id) => self.unsend(id),
            Message::Undo => self.undo_latest(),
            Message::Dismiss => {
                self.notice = None;
                Action::None
            }
            Message::Refresh(account) => self.refresh(account),
            Message::AcceptRemovals(account) => Action::Command(Command::AcceptRemovals { account }, QUIET),
            Message::CarryRemovals(account, carry) => Action::Command(Command::CarryRemovals { account, carry }, QUIET),
            Message::FetchAgain(mailbox) => {
                self.command(Command::FetchAgain { mailbox }, crate::fl!("said-fetching-again"))
            }
            Message::KeepRemovals(account) => {
                self.kept.insert(account);
                Action::None
            }
            Message::CreateFolder => self.create_folder(),
            Message::MarkAllRead => self.mark_all_read(),
            Message::RemoveAccount(name) => {
                self.menu = None;
                self.command(
                    Command::RemoveAccount { name: name.clone() },
                    crate::fl!("said-account-removed", name = name),
                )
            }
            Message::DeleteSearch(id) => self.delete_search(id),
            Message::Account(message) => self.account_menu(message),
            Message::Fetching(message) => self.fetching(message),
            Message::Export(mailbox, format) => self.export(mailbox, format),
            Message::StopExport(mailbox) => Action::Command(Command::StopExport { mailbox }, QUIET),
            Message::DeleteForGood(ids) => self.delete_for_good(ids),
            Message::Source(action) => {
                if let (Some(source), false) = (&mut self.source, action.is_edit()) {
                    source.perform(action);
                }
                Action::None
            }
            Message::Save(save) => self.save(save),
            Message::SavePath(path) => self.save_path(path),
            Message::SaveHere => self.save_here(),
        }
    }

    pub fn view(&self) -> Element<'_, Message> {
        view::view(self)
    }

    /// A number for the next tag.
    fn next(&mut self) -> u64 {
        self.number += 1;
        self.number
    }

    /// Changes the preferences: at once here, a moment later on disk, once for a whole drag.
    fn prefer(&mut self, change: impl FnOnce(&mut Preferences)) -> Action {
        change(&mut self.preferences);
        self.preferred = self.next();
        Action::After(600, Tag::numbered(STORE, self.preferred))
    }

    fn store_preferences(&self) -> Action {
        Action::Command(Command::SetPreferences { preferences: Box::new(self.preferences.clone()) }, QUIET)
    }

    fn fold(&mut self, account: String) -> Action {
        self.prefer(|p| match p.collapsed.iter().position(|name| *name == account) {
            Some(at) => {
                p.collapsed.remove(at);
            }
            None => p.collapsed.push(account),
        })
    }

    fn refresh(&mut self, account: Option<String>) -> Action {
        self.notice = None;
        Action::Command(Command::Refresh { account }, QUIET)
    }

    fn mailbox(&self, id: MailboxId) -> Option<&MailboxView> {
        self.mailboxes.all().iter().find(|mailbox| mailbox.id == id)
    }

    /// The mailbox that is shown, where it is one.
    fn here(&self) -> Option<&MailboxView> {
        match self.place {
            Place::Mailbox(id) => self.mailbox(id),
            _ => None,
        }
    }

    fn query(&self) -> Option<Query> {
        match self.place {
            Place::AllInboxes => Some(Query::AllInboxes),
            Place::Mailbox(id) => Some(Query::Mailbox(id)),
            Place::Saved(id) => Some(Query::Saved(id)),
            Place::Outbox => None,
        }
    }

    /// Outbox entries whose undo delay still runs.
    fn leaving(&self) -> impl Iterator<Item = (&OutboxItem, i64)> {
        let now = self.now.timestamp().as_second();
        let delayed = self.outbox.all().iter().filter(|item| item.leaves_at.is_none());
        delayed.filter_map(move |item| match &item.submission {
            Submission::Waiting { not_before, reason: None } if *not_before > now => Some((item, not_before - now)),
            _ => None,
        })
    }
}

impl Screen for State {
    fn answered(&mut self, tag: Tag, answer: Answer) -> Action {
        self.take_answer(tag, answer)
    }

    fn happened(&mut self, events: &[Event]) -> Action {
        self.take_news(events)
    }

    fn title(&self) -> String {
        let app = crate::fl!("app-name");
        match self.place_name() {
            Some(name) => format!("{name} – {app}"),
            None => app,
        }
    }

    fn pressed(&mut self, press: &Press) -> Action {
        self.key(press)
    }

    fn resized(&mut self, width: f32, height: f32) -> Action {
        if (width, height) == (self.preferences.window_width, self.preferences.window_height) {
            return Action::None;
        }
        self.prefer(|p| (p.window_width, p.window_height) = (width, height))
    }

    fn closing(&mut self) -> Action {
        Action::batch([self.store_preferences(), Action::Close])
    }

    fn ticks(&self) -> Option<Duration> {
        let now = self.now.timestamp().as_second();
        let recent = |view: &AccountView| matches!(view.connection, Connection::Synchronised { at } if now - at < 60);
        Some(Duration::from_secs(if self.leaving().next().is_some() {
            1
        } else if self.accounts.all().iter().any(recent) {
            4
        } else {
            30
        }))
    }

    fn ticked(&mut self, now: Zoned) -> Action {
        self.now = now;
        Action::None
    }
}
