//! Moving: between places, in the list, from message to message.

use super::folders;
use super::list::is_unread;
use super::list::pages::Pages;
use super::{Place, QUIET, ROWS, SEEK, SWEEP, State};
use crate::fl;
use crate::gui::action::{Action, Ask, Open, Part, Tag};
use crate::gui::widget::virtual_list::{self, Position, RowPress, Said};
use crate::service::Command;
use crate::service::model::*;
use std::ops::Range;

/// Rows beyond the visible ones that are asked for with them.
const MARGIN: u64 = 16;
/// Rows read at once when ids or an unread message are looked for.
const STRIDE: u64 = 1024;

/// A row to select as soon as it is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Awaited {
    position: u64,
    how: How,
}

/// What a move to a row does to the selection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum How {
    /// That row alone is selected.
    Select,
    /// The selection reaches there.
    Extend,
    /// It stays as it is.
    Visit,
}

/// A selection over rows that are not known yet, read in parts.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sweep {
    range: Range<u64>,
    number: u64,
}

impl State {
    /// Shows another place.
    pub(super) fn show(&mut self, place: Place) -> Action {
        self.placed = true;
        self.menu = None;
        if self.place == place && self.search.is_none() && self.pages.known() {
            return self.scroll(0.0);
        }
        self.place = place;
        self.search = None;
        self.listing.filter = Filter::default();
        self.light();
        self.pages = Pages::default();
        self.list_problem = None;
        self.offset = 0.0;
        self.selection.clear();
        self.awaited = None;
        self.sweep = None;
        self.reader.want(None);
        self.fetch().and(self.look())
    }

    /// Lets the service bring the mailbox in step before all others; the Inboxes always are.
    fn look(&self) -> Action {
        let here = self.here().filter(|mailbox| mailbox.role != Some(Role::Inbox));
        let look = |mailbox: &MailboxView| Command::Look { mailbox: Some(mailbox.id) };
        here.map(|mailbox| Action::Command(look(mailbox), QUIET)).unwrap_or_default()
    }

    /// The name of the place, for the list's heading and the window's title.
    pub(super) fn place_name(&self) -> Option<String> {
        match self.place {
            Place::AllInboxes => Some(fl!("sidebar-all-inboxes")),
            Place::Outbox => Some(fl!("sidebar-outbox")),
            Place::Mailbox(_) => self.here().map(folders::name),
            Place::Saved(id) => self.saved(id).map(|(saved, _)| saved.name.clone()),
        }
    }

    pub(super) fn position(&self) -> Position {
        Position { offset: self.offset, viewport: self.viewport, total: self.pages.total(), row: self.row_height() }
    }

    /// Asks for the rows that are visible and not known.
    pub(super) fn fetch(&mut self) -> Action {
        let Some(query) = self.listed_now() else { return Action::None };
        let visible = self.position().visible();
        // The service may not have done yet what the list shows already.
        if !self.departing.is_empty() && visible.clone().all(|at| self.pages.get(at).is_some()) {
            return Action::None;
        }
        let near = visible.start.saturating_sub(MARGIN)..visible.end.saturating_add(MARGIN);
        let tag = Tag::numbered(ROWS, self.pages.epoch());
        let wanted = self.pages.wanted(near);
        Action::batch(wanted.into_iter().map(|range| Action::Ask(Ask::Rows { query: query.clone(), range }, tag)))
    }

    pub(super) fn listed(&mut self, said: Said) -> Action {
        match said {
            Said::Scrolled(offset) => self.scroll(offset),
            Said::Resized(viewport) => {
                self.viewport = viewport;
                self.scroll(self.offset)
            }
            Said::Pressed(press) => self.press(press),
            Said::Released(press) => self.release(press),
            Said::Dragged(index, at, keys) => self.lift_row(index, at, keys.command()),
        }
    }

    fn scroll(&mut self, offset: f64) -> Action {
        self.offset =
            offset.clamp(0.0, virtual_list::last_offset(self.viewport, self.row_height(), self.pages.total()));
        self.fetch()
    }

    fn press(&mut self, press: RowPress) -> Action {
        let Some(id) = self.pages.get(press.index).map(|row| row.id) else { return Action::None };
        self.awaited = None;
        self.unbidden = false;
        if press.double {
            return self.open_selected();
        }
        if press.modifiers.shift() {
            return self.extend(press.index, press.modifiers.command());
        }
        self.sweep = None;
        self.grip = None;
        let selected = self.selection.contains(id);
        if selected && (press.modifiers.command() || self.selection.len() > 1) {
            // It may be the begin of a drag of them all: it is decided when the button is let go.
            self.grip = Some(id);
            return Action::None;
        } else if press.modifiers.command() {
            self.selection.toggle(press.index, id);
        } else {
            self.selection.only(press.index, id);
        }
        self.read_selected()
    }

    /// A click on one of the selected rows is done: that one alone is selected; with Ctrl it is no longer.
    fn release(&mut self, press: RowPress) -> Action {
        let Some(id) = self.grip.take().filter(|id| self.selection.contains(*id)) else { return Action::None };
        // It may have moved meanwhile, as new mail came.
        let index = self.pages.position_of(id).unwrap_or(press.index);
        if press.modifiers.command() {
            self.selection.toggle(index, id);
        } else {
            self.selection.only(index, id);
        }
        self.read_selected()
    }

    /// Selects from the anchor to here. Rows that are not known are read in parts.
    fn extend(&mut self, position: u64, keep: bool) -> Action {
        let Some(id) = self.pages.get(position).map(|row| row.id) else { return Action::None };
        let reach = self.selection.reach(position);
        let known: Vec<MessageId> = reach.clone().filter_map(|at| self.pages.get(at).map(|row| row.id)).collect();
        let whole = known.len() as u64 == reach.end() - reach.start() + 1;
        self.selection.extend(position, id, known, keep);
        let swept = if whole { Action::None } else { self.sweep(*reach.start()..reach.end() + 1) };
        swept.and(self.read_selected())
    }

    pub(super) fn select_all(&mut self) -> Action {
        let total = self.pages.total();
        if total == 0 {
            return Action::None;
        }
        let known: Vec<MessageId> = self.pages.from(0).map(|(_, row)| row.id).collect();
        let whole = known.len() as u64 == total;
        self.selection.add(known);
        let swept = if whole { Action::None } else { self.sweep(0..total) };
        swept.and(self.read_selected())
    }

    /// The row of the cursor is selected, or no longer.
    pub(super) fn toggle_selected(&mut self) -> Action {
        let Some((at, id)) = self.selection.cursor() else { return Action::None };
        self.sweep = None;
        self.selection.toggle(at, id);
        self.read_selected()
    }

    fn sweep(&mut self, range: Range<u64>) -> Action {
        let number = self.next();
        self.sweep = Some(Sweep { range, number });
        self.sweep_on()
    }

    fn sweep_on(&mut self) -> Action {
        let (Some(sweep), Some(query)) = (&self.sweep, self.listed_now()) else { return Action::None };
        let range = sweep.range.start..sweep.range.end.min(sweep.range.start + STRIDE);
        Action::Ask(Ask::Rows { query, range }, Tag::numbered(SWEEP, sweep.number))
    }

    /// A part of a sweep came.
    pub(super) fn swept(&mut self, number: u64, page: &Part) -> Action {
        let Some(sweep) = self.sweep.as_mut().filter(|sweep| sweep.number == number) else { return Action::None };
        self.selection.add(page.rows.iter().map(|listed| listed.row.id));
        sweep.range.start = (page.start + page.rows.len() as u64).max(sweep.range.start);
        sweep.range.end = sweep.range.end.min(page.total);
        if page.rows.is_empty() || sweep.range.is_empty() {
            self.sweep = None;
            return Action::None;
        }
        self.sweep_on()
    }

    /// Moves to a row and shows it.
    pub(super) fn go(&mut self, position: u64, how: How) -> Action {
        let total = self.pages.total();
        if total == 0 {
            return Action::None;
        }
        let position = position.min(total - 1);
        self.offset = virtual_list::revealing(self.offset, self.viewport, self.row_height(), total, position);
        self.awaited = Some(Awaited { position, how });
        self.unbidden = false;
        let arrived = self.arrive();
        // A row that is only visited shows by the ring of the keyboard alone.
        let focus = if how == How::Visit { Action::Focus(super::list::ID.into()) } else { Action::None };
        self.fetch().and(arrived).and(focus)
    }

    /// Selects the awaited row, where it is known by now.
    pub(super) fn arrive(&mut self) -> Action {
        let Some(Awaited { position, how }) = self.awaited else { return Action::None };
        let Some(id) = self.pages.get(position).map(|row| row.id) else { return Action::None };
        self.awaited = None;
        match how {
            How::Extend => return self.extend(position, false),
            How::Visit => {
                self.selection.visit(position, id);
                return Action::None;
            }
            How::Select => self.selection.only(position, id),
        }
        self.sweep = None;
        self.read_selected()
    }

    /// By so many rows from the cursor; the first key selects the first row.
    pub(super) fn step(&mut self, by: i64, how: How) -> Action {
        let from = self.awaited.map(|awaited| awaited.position).or(self.selection.cursor().map(|(at, _)| at));
        match from {
            Some(from) => self.go(from.saturating_add_signed(by), how),
            None => self.go(self.offset.ceil() as u64, how),
        }
    }

    /// By a page.
    pub(super) fn page(&mut self, pages: i64, how: How) -> Action {
        let rows = ((self.viewport / self.row_height()) as i64 - 1).max(1);
        self.step(rows * pages, how)
    }

    /// To the next unread message below; from the end it goes on at the top.
    pub(super) fn next_unread(&mut self) -> Action {
        if self.pages.unread() == 0 {
            return self.say(fl!("said-nothing-unread"), None);
        }
        let from = self.selection.cursor().map_or(0, |(at, _)| at + 1);
        // As far as the rows are known without a gap; beyond that the service is asked.
        let mut end = from;
        let found = (from..).zip(self.pages.from(from)).take_while(|(expected, (at, _))| expected == at).find_map(
            |(_, (at, _))| {
                end = at + 1;
                self.pages.listed(at).is_some_and(is_unread).then_some(at)
            },
        );
        match found {
            Some(at) => self.go(at, How::Select),
            None => self.seek(end),
        }
    }

    fn seek(&mut self, from: u64) -> Action {
        let Some(query) = self.listed_now() else { return Action::None };
        let from = if from >= self.pages.total() { 0 } else { from };
        Action::Ask(Ask::Rows { query, range: from..from + STRIDE }, Tag::numbered(SEEK, from))
    }

    /// A part of the mailbox came in which an unread message is looked for.
    pub(super) fn sought(&mut self, page: &Part) -> Action {
        let unread = (page.start..).zip(&page.rows).find(|(_, listed)| is_unread(listed));
        match unread {
            Some((at, _)) => self.go(at, How::Select),
            None if page.rows.is_empty() || page.unread == 0 => Action::None,
            None => {
                let next = page.start + page.rows.len() as u64;
                let start = self.selection.cursor().map_or(0, |(at, _)| at);
                // Round once: past the cursor again there is nothing new.
                if page.start <= start && start < next && page.start != 0 { Action::None } else { self.seek(next) }
            }
        }
    }

    /// Enter, or a double click: a draft opens for writing; any other message gives the reader the keyboard.
    pub(super) fn open_selected(&mut self) -> Action {
        let Some((_, id)) = self.selection.cursor() else { return Action::None };
        let draft = self
            .pages
            .find(id)
            .and_then(|row| self.mailbox(row.mailbox))
            .is_some_and(|mailbox| mailbox.role == Some(Role::Drafts));
        if draft {
            return Action::Open(Open::Compose { origin: DraftOrigin::Draft(id.0), reply_all: false });
        }
        Action::Focus(self.reader.text_id().into())
    }

    /// Messages leave the list: they go at once, and the cursor moves to what takes their place.
    pub(super) fn leave(&mut self, ids: &[MessageId]) -> Action {
        let gone: std::collections::HashSet<MessageId> = ids.iter().copied().collect();
        let first = ids.iter().filter_map(|id| self.pages.position_of(*id)).min();
        let selected = self.selection.ids().iter().any(|id| gone.contains(id));
        self.pages.remove(&gone);
        self.selection.remove(&gone);
        self.offset = self.offset.min(virtual_list::last_offset(self.viewport, self.row_height(), self.pages.total()));
        let moved = match first {
            Some(first) if selected && self.pages.total() > 0 => self.go(first, How::Select),
            _ => {
                if selected {
                    self.selection.clear();
                }
                self.read_selected()
            }
        };
        moved.and(self.fetch())
    }

    /// Rows were read again after a change. Where the opened message should be among them and is not, it is asked for.
    pub(super) fn look_for_opened(&mut self, range: &Range<u64>, before: u64) -> Action {
        let Some(id) = self.selection.single() else { return Action::None };
        let near = self.selection.cursor().is_some_and(|(at, _)| range.contains(&at));
        let suspected = near || self.pages.total() < before;
        // A conversation is read again by itself.
        if !suspected || self.pages.is_fresh(id) || !self.reader.shows(id) || self.reader.is_whole() {
            return Action::None;
        }
        self.reader.again()
    }

    /// The opened message was deleted or moved elsewhere: what took its place is shown, and stays unread. The list
    /// does not scroll, because nobody here did anything.
    pub(super) fn opened_left(&mut self, id: MessageId) -> Action {
        let at = self.pages.position_of(id).or(self.selection.cursor().map(|(at, _)| at));
        let gone = std::collections::HashSet::from([id]);
        self.pages.remove(&gone);
        self.selection.clear();
        self.offset = self.offset.min(virtual_list::last_offset(self.viewport, self.row_height(), self.pages.total()));
        let last = self.pages.total().checked_sub(1);
        self.awaited = at.zip(last).map(|(at, last)| Awaited { position: at.min(last), how: How::Select });
        self.unbidden = true;
        let arrived = self.arrive();
        let read = self.read_selected();
        self.fetch().and(arrived).and(read)
    }

    /// The first place, once accounts and mailboxes are known: the first Inbox.
    pub(super) fn place_first(&mut self) -> Action {
        if self.placed {
            return Action::None;
        }
        let first = self.mailboxes.all().iter().find(|m| m.role == Some(Role::Inbox) && m.selectable).map(|m| m.id);
        match first {
            Some(id) => self.show(Place::Mailbox(id)),
            None => Action::None,
        }
    }
}
