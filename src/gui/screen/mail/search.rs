//! Searching everything: a line above the list that finds as it is typed. What it finds takes the list's place; the
//! list of before comes back as it was, where it was.

use super::list::pages::Pages;
use super::list::selection::Selection;
use super::{Menu, RECOUNT, SAVED, SAVING_SEARCH, State};
use crate::fl;
use crate::gui::action::{Action, Ask, Tag};
use crate::service::model::{SavedCount, SavedSearch, SavedSearchId, SearchOrder};
use crate::service::{Command, Problem, Receipt};

/// The id of the field.
pub const FIELD: &str = "search";
/// Milliseconds from the first news to the counts of saved searches.
const RECOUNT_AFTER: u64 = 2000;

/// A search that is shown.
#[derive(Debug)]
pub struct Search {
    /// As it is typed; never blank.
    pub line: String,
    pub order: SearchOrder,
    before: Before,
}

/// The list as it was before.
#[derive(Debug, Default)]
struct Before {
    pages: Pages,
    offset: f64,
    selection: Selection,
}

#[derive(Clone, Debug)]
pub enum Message {
    Line(String),
    /// Enter: the first row found.
    Submit,
    /// The field has the keyboard, or no longer.
    Focused(bool),
    /// An operator is put after what is typed.
    Operator(&'static str),
    Order(SearchOrder),
    Close,
}

impl State {
    /// Gives the field the keyboard, its line selected.
    pub(super) fn open_search(&mut self) -> Action {
        Action::Edit(FIELD.into())
    }

    pub(super) fn searched(&mut self, message: Message) -> Action {
        match message {
            Message::Line(line) => self.look_up(line),
            Message::Submit => self.go(0, super::navigate::How::Select).and(Action::Focus(super::list::ID.into())),
            Message::Focused(focused) => {
                self.searching = focused;
                Action::None
            }
            Message::Operator(operator) => {
                let mut line = self.search.as_ref().map(|search| search.line.clone()).unwrap_or_default();
                if !line.is_empty() && !line.ends_with(' ') {
                    line.push(' ');
                }
                line.push_str(operator);
                if !operator.ends_with(':') {
                    line.push(' ');
                }
                let looked = self.look_up(line);
                looked.and(Action::FocusEnd(FIELD.into()))
            }
            Message::Order(order) => {
                if let Some(search) = &mut self.search {
                    search.order = order;
                }
                self.relist()
            }
            Message::Close => self.close_search(),
        }
    }

    fn look_up(&mut self, line: String) -> Action {
        if line.trim().is_empty() {
            return self.close_search();
        }
        match &mut self.search {
            Some(search) => search.line = line,
            None => {
                let pages = std::mem::take(&mut self.pages);
                let before = Before { pages, offset: self.offset, selection: std::mem::take(&mut self.selection) };
                self.search = Some(Search { line, order: SearchOrder::default(), before });
            }
        }
        self.relist()
    }

    /// The list of before, where it was.
    pub(super) fn close_search(&mut self) -> Action {
        let Some(Search { before, .. }) = self.search.take() else { return Action::None };
        (self.pages, self.offset, self.selection) = (before.pages, before.offset, before.selection);
        // Mail came and went meanwhile.
        self.pages.invalidate();
        self.awaited = None;
        self.sweep = None;
        self.list_problem = None;
        let list = Action::Focus(super::list::ID.into());
        self.fetch().and(self.read_selected()).and(list)
    }

    pub(super) fn saved(&self, id: SavedSearchId) -> Option<&(SavedSearch, SavedCount)> {
        self.saved_searches.iter().find(|(saved, _)| saved.id == id)
    }

    pub(super) fn has_saved(&self) -> bool {
        !self.saved_searches.is_empty()
    }

    pub(super) fn ask_saved(&mut self) -> Action {
        self.asking[4].resting = false;
        self.asking[4].ask(Ask::SavedSearches, SAVED)
    }

    /// Mail came or went: each saved search is made anew for its count, so not with each of many news.
    pub(super) fn recount_saved(&mut self) -> Action {
        self.asking[4].rest(RECOUNT_AFTER, RECOUNT)
    }

    pub(super) fn saved_came(&mut self, answer: Result<Vec<(SavedSearch, SavedCount)>, Problem>) -> Action {
        match answer {
            Ok(all) => self.saved_searches = all,
            Err(problem) => self.notice = Some(problem),
        }
        let again = if self.asking[4].answered() { self.ask_saved() } else { Action::None };
        if let super::Place::Saved(id) = self.place
            && self.saved(id).is_none()
        {
            self.placed = false;
        }
        self.place_first().and(again)
    }

    /// Whether a search can have the typed name.
    pub(super) fn is_name_free(&self) -> bool {
        let name = self.filter.trim();
        !name.is_empty() && self.saved_searches.iter().all(|(saved, _)| saved.name != name)
    }

    /// Keeps the search under the typed name, or gives a kept one that name.
    pub(super) fn save_search(&mut self) -> Action {
        let (name, is_free) = (self.filter.trim().to_string(), self.is_name_free());
        let Some(Menu::SaveSearch(id)) = self.menu else { return Action::None };
        let command = match (id, &self.search) {
            _ if !is_free => return Action::None,
            (Some(id), _) => Command::RenameSearch { id, name },
            (None, Some(search)) => Command::SaveSearch { name, line: search.line.clone() },
            (None, None) => return Action::None,
        };
        self.menu = None;
        self.filter.clear();
        let number = self.next();
        Action::Command(command, Tag::numbered(SAVING_SEARCH, number))
    }

    pub(super) fn delete_search(&mut self, id: SavedSearchId) -> Action {
        self.menu = None;
        let number = self.next();
        Action::Command(Command::DeleteSearch { id }, Tag::numbered(SAVING_SEARCH, number))
    }

    /// A search was kept, renamed or forgotten; a new one is shown as the folder that it is now.
    pub(super) fn search_saved(&mut self, answer: Result<Receipt, Problem>) -> Action {
        match answer {
            Ok(Receipt { saved: Some(id), .. }) => {
                let shown = self.show(super::Place::Saved(id));
                self.say(fl!("said-search-saved"), None).and(shown)
            }
            Ok(_) => Action::None,
            Err(problem) => self.failed(problem),
        }
    }
}
