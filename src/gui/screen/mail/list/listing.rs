//! In which form the list is shown: conversations or messages, cards or columns, in what order, and what of it.
//! Form and columns are kept; order and filter last as long as the window, the filter as long as the place.

use crate::gui::action::{Action, Ask, Listed};
use crate::gui::screen::mail::hits::Hits;
use crate::gui::screen::mail::{JUMP, Menu, Place, State};
use crate::mail::search;
use crate::service::Problem;
use crate::service::model::{Filter, ListQuery, Role, Sort, SortBy};

/// Heights of a row of the list.
const CARD: f32 = 72.0;
const COLUMNS: f32 = 32.0;

/// What the person chose for this window.
#[derive(Debug, Default)]
pub struct Listing {
    pub sort: Sort,
    pub filter: Filter,
    /// The day to go to, as it is typed.
    pub day: String,
}

#[derive(Clone, Debug)]
pub enum Message {
    Conversations(bool),
    Columns(bool),
    Sort(SortBy),
    Ascending(bool),
    Unread(bool),
    Starred(bool),
    Attachment(bool),
    Text(String),
    /// Everything is shown again.
    Everything,
    Day(String),
    GoToDay,
}

impl State {
    /// What the list shows; nothing where the place is no list of messages.
    pub(in crate::gui::screen::mail) fn listed_now(&self) -> Option<Listed> {
        if let Some(search) = &self.search {
            let (line, order) = (search.line.clone(), search.order);
            return Some(Listed::Found { line, typing: true, order });
        }
        let Listing { sort, filter, .. } = &self.listing;
        let threaded = self.is_threaded();
        self.query().map(|of| Listed::List(ListQuery { of, threaded, sort: *sort, filter: filter.clone() }))
    }

    /// Whether rows are conversations: not in what is found, and not where every message is one's own.
    pub(in crate::gui::screen::mail) fn is_threaded(&self) -> bool {
        let role = self.here().and_then(|mailbox| mailbox.role);
        self.preferences.conversations
            && self.search.is_none()
            && matches!(self.place, Place::Mailbox(_) | Place::AllInboxes)
            && !matches!(role, Some(Role::Drafts | Role::Sent))
    }

    pub(in crate::gui::screen::mail) fn row_height(&self) -> f32 {
        if self.preferences.columns { COLUMNS } else { CARD }
    }

    /// Whether days can be gone to: in a list by date.
    pub(in crate::gui::screen::mail) fn has_days(&self) -> bool {
        self.listing.sort.by == SortBy::Date && matches!(self.listed_now(), Some(Listed::List(_)))
    }

    pub(in crate::gui::screen::mail) fn listing(&mut self, message: Message) -> Action {
        match message {
            Message::Conversations(on) => {
                let kept = self.prefer(|p| p.conversations = on);
                return self.relist().and(kept);
            }
            Message::Columns(on) => {
                let top = self.offset;
                let kept = self.prefer(|p| p.columns = on);
                self.offset = top;
                return self.fetch().and(kept);
            }
            Message::Sort(by) => {
                // Names and subjects are looked through from A, dates and sizes from the greatest.
                let ascending = matches!(by, SortBy::Sender | SortBy::Subject);
                self.listing.sort = Sort { by, ascending };
            }
            Message::Ascending(on) => self.listing.sort.ascending = on,
            Message::Unread(on) => self.listing.filter.unread = on,
            Message::Starred(on) => self.listing.filter.starred = on,
            Message::Attachment(on) => self.listing.filter.attachment = on,
            Message::Text(text) => self.listing.filter.text = text,
            Message::Everything => self.listing.filter = Filter::default(),
            Message::Day(day) => {
                self.listing.day = day;
                return Action::None;
            }
            Message::GoToDay => return self.go_to_day(),
        }
        self.relist()
    }

    /// The list is made of other rows: it begins at its top, and nothing is selected.
    pub(in crate::gui::screen::mail) fn relist(&mut self) -> Action {
        self.pages.renew();
        self.light();
        self.offset = 0.0;
        self.selection.clear();
        self.awaited = None;
        self.sweep = None;
        self.reader.want(None);
        self.fetch()
    }

    /// Takes the words of what is listed, to light them up.
    pub(in crate::gui::screen::mail) fn light(&mut self) {
        let line = match (&self.search, self.place) {
            (Some(search), _) => search.line.as_str(),
            (None, Place::Saved(id)) => self.saved(id).map(|(saved, _)| saved.line.as_str()).unwrap_or_default(),
            _ => self.listing.filter.text.as_str(),
        };
        self.hits = if line.trim().is_empty() { Hits::default() } else { Hits::of(line, &self.now) };
    }

    /// The typed day as the time that a list by date is asked for; none where it is no date.
    pub(in crate::gui::screen::mail) fn day(&self) -> Option<i64> {
        let (begin, end) = search::days(self.listing.day.trim(), &self.now)?;
        Some(if self.listing.sort.ascending { begin } else { end.saturating_sub(1) })
    }

    fn go_to_day(&mut self) -> Action {
        let (Some(date), Some(Listed::List(query)), true) = (self.day(), self.listed_now(), self.has_days()) else {
            return Action::None;
        };
        self.menu = None;
        Action::Ask(Ask::PositionOfDate { query, date }, JUMP)
    }

    pub(in crate::gui::screen::mail) fn date_found(
        &mut self,
        query: &ListQuery,
        position: Result<u64, Problem>,
    ) -> Action {
        if self.listed_now() != Some(Listed::List(query.clone())) {
            return Action::None;
        }
        match position {
            Ok(position) => {
                self.offset =
                    crate::gui::widget::virtual_list::last_offset(self.viewport, self.row_height(), self.pages.total())
                        .min(position as f64);
                self.fetch().and(Action::Focus(super::ID.into()))
            }
            Err(problem) => self.failed(problem),
        }
    }

    /// The menu of the list's form, or nothing where there is no list.
    pub(in crate::gui::screen::mail) fn listing_menu(&self) -> Option<Menu> {
        self.query().map(|_| Menu::Listing)
    }
}
