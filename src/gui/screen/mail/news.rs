//! What comes from the service: answers to questions, and events.

use super::fetching::FIRST;
use super::reader::page;
use super::reader::whole::WHOLE;
use super::{
    ACCOUNTS, DEED, DRAFTS, DRAG, DRAG_SCROLL, HISTORY, JUMP, Loaded, MAILBOXES, OUTBOX, PREFERENCES, QUEUE, QUIET,
    READ, RECOUNT, ROWS, SAVED, SAVING_SEARCH, SEEK, SEEN, SOURCE, STOPPED, STORE, SWEEP, State, TOAST, UNDONE, UNSENT,
};
use crate::gui::action::{Action, Answer, Ask, Listed, Open, Part, Tag};
use crate::gui::screen::mail::toast::Words;
use crate::gui::screen::mail::undo::Undo;
use crate::gui::widget::virtual_list::last_offset;
use crate::service::event::Progress;
use crate::service::model::*;
use crate::service::{Event, Problem, ProblemKind};
use iced::widget::text_editor;
use jiff::Zoned;
use std::ops::Range;

impl State {
    pub(super) fn ask_accounts(&mut self) -> Action {
        self.asking[0].ask(Ask::Accounts, ACCOUNTS)
    }
    pub(super) fn ask_mailboxes(&mut self) -> Action {
        self.asking[1].ask(Ask::Mailboxes(None), MAILBOXES)
    }
    pub(super) fn ask_outbox(&mut self) -> Action {
        self.asking[2].ask(Ask::Outbox, OUTBOX)
    }
    pub(super) fn ask_queue(&mut self) -> Action {
        self.asking[3].ask(Ask::Queue, QUEUE)
    }

    pub(super) fn take_answer(&mut self, tag: Tag, answer: Answer) -> Action {
        match (tag.name, answer) {
            (_, Answer::Accounts(answer)) if tag == ACCOUNTS => self.accounts_came(answer),
            (_, Answer::Mailboxes(answer)) if tag == MAILBOXES => self.mailboxes_came(answer),
            (_, Answer::Outbox(answer)) if tag == OUTBOX => self.outbox_came(answer),
            (_, Answer::Queue(answer)) if tag == QUEUE => {
                self.queue = answer.unwrap_or_default();
                if self.asking[3].answered() { self.ask_queue() } else { Action::None }
            }
            (_, Answer::Drafts(Ok(drafts))) if tag == DRAFTS => {
                Action::batch(drafts.into_iter().map(|draft| Action::Open(Open::Draft(Box::new(draft)))))
            }
            (ROWS, Answer::Rows { query, range, part }) => self.rows_came(&query, range, tag.number, part),
            (SWEEP, Answer::Rows { part: Ok(part), .. }) => self.swept(tag.number, &part),
            (SEEK, Answer::Rows { query, part: Ok(part), .. }) if Some(&query) == self.listed_now().as_ref() => {
                self.sought(&part)
            }
            (_, Answer::PositionOfDate { query, position }) if tag == JUMP => self.date_found(&query, position),
            (_, Answer::SavedSearches(answer)) if tag == SAVED => self.saved_came(answer),
            (_, Answer::Elapsed) if tag == RECOUNT => self.ask_saved(),
            (SAVING_SEARCH, Answer::Done(answer)) => self.search_saved(answer),
            (_, Answer::Message(id, answer)) if tag == READ => self.message_came(id, *answer),
            (_, Answer::Source(id, answer)) if tag == SOURCE => self.source_came(id, answer),
            (_, Answer::Preferences(Ok(preferences))) if tag == PREFERENCES => {
                self.preferences = preferences;
                Action::None
            }
            (DEED, Answer::Done(answer)) => self.done(tag.number, answer),
            (WHOLE, Answer::Done(answer)) => self.whole_came(tag.number, answer),
            (FIRST, Answer::Done(answer)) => self.first_came(tag.number, answer),
            (UNDONE, Answer::Done(answer)) => self.undone(tag.number, answer),
            (_, Answer::UndoHistory(answer)) if tag == HISTORY => self.history_came(answer),
            (_, Answer::Done(answer)) if tag == SEEN => self.seen_said(answer),
            (_, Answer::Done(answer)) if tag == UNSENT => self.unsent(answer),
            (_, Answer::Done(answer)) if tag == STOPPED => self.stopped(answer),
            (_, Answer::Done(Err(problem))) if tag == QUIET => self.failed(problem),
            (page::PAGE | page::SHEET | page::IMAGES | page::WIDTH, answer) => self.page_answered(tag, answer),
            (_, Answer::Elapsed) if tag == page::WARM => Action::WarmPages,
            (DRAG, Answer::Elapsed) => self.drag_rested(tag.number),
            (DRAG_SCROLL, Answer::Elapsed) => self.drag_scrolls(),
            (TOAST, Answer::Elapsed) => {
                self.toast = self.toast.take().filter(|toast| toast.number != tag.number);
                Action::None
            }
            // Of a whole drag only the last change is stored.
            (STORE, Answer::Elapsed) if tag.number == self.preferred => self.store_preferences(),
            (_, answer @ (Answer::Saved(_) | Answer::NoDialog(_) | Answer::Opened(_) | Answer::Elapsed)) => {
                self.saving_came(tag, answer)
            }
            _ => Action::None,
        }
    }

    fn accounts_came(&mut self, answer: Result<Vec<AccountView>, Problem>) -> Action {
        match answer {
            Ok(accounts) => {
                let is_held = |view: &AccountView| {
                    view.questions.iter().any(|q| matches!(q.problem.kind, ProblemKind::Held { .. }))
                };
                self.kept.retain(|name| accounts.iter().any(|view| view.account.name == *name && is_held(view)));
                self.accounts = Loaded::Ready(accounts);
            }
            Err(problem) if self.accounts.ready().is_none() => self.accounts = Loaded::Failed(problem),
            Err(problem) => self.notice = Some(problem),
        }
        if self.asking[0].answered() { self.ask_accounts() } else { Action::None }
    }

    fn mailboxes_came(&mut self, answer: Result<Vec<MailboxView>, Problem>) -> Action {
        let mut kept = Action::None;
        match answer {
            Ok(mailboxes) => {
                kept = self.keep_folded(&mailboxes);
                self.mailboxes = Loaded::Ready(mailboxes);
            }
            Err(problem) if self.mailboxes.ready().is_none() => self.mailboxes = Loaded::Failed(problem),
            Err(problem) => self.notice = Some(problem),
        }
        let again = if self.asking[1].answered() { self.ask_mailboxes() } else { Action::None };
        // The mailbox that is shown may be gone: its account was removed, or the index rebuilt.
        if matches!(self.place, super::Place::Mailbox(_)) && self.mailboxes.ready().is_some() && self.here().is_none() {
            self.placed = false;
        }
        self.place_first().and(again).and(kept)
    }

    fn outbox_came(&mut self, answer: Result<Vec<OutboxItem>, Problem>) -> Action {
        match answer {
            Ok(items) => {
                let new: Vec<i64> = items.iter().map(|item| item.id).filter(|id| !self.in_outbox(*id)).collect();
                let first = self.outbox.ready().is_none();
                self.outbox = Loaded::Ready(items);
                self.now = Zoned::now().max(self.now.clone());
                let leaving: Vec<i64> = self.leaving().map(|(item, _)| item.id).collect();
                let waits = |item: &OutboxItem| matches!(item.submission, Submission::Waiting { .. });
                let waiting: Vec<i64> = self.outbox.all().iter().filter(|i| waits(i)).map(|i| i.id).collect();
                self.retiming = self.retiming.take().filter(|(id, _)| waiting.contains(id));
                self.undo.leaving(&leaving);
                if !first {
                    let new = new.into_iter().filter(|id| leaving.contains(id));
                    new.for_each(|id| self.undo.push(Undo::Send(id), Words::default()));
                }
            }
            Err(problem) => self.outbox = Loaded::Failed(problem),
        }
        if self.asking[2].answered() { self.ask_outbox() } else { Action::None }
    }

    fn in_outbox(&self, id: i64) -> bool {
        self.outbox.all().iter().any(|item| item.id == id)
    }

    fn rows_came(&mut self, query: &Listed, range: Range<u64>, epoch: u64, part: Result<Part, Problem>) -> Action {
        if Some(query) != self.listed_now().as_ref() {
            return Action::None;
        }
        if !self.departing.is_empty() && epoch < self.pages.epoch() {
            // It was read before messages left.
            self.pages.failed(&range);
            return self.fetch();
        }
        match part {
            Ok(part) => {
                self.list_problem = None;
                let before = self.pages.total();
                let moved = self.pages.put(range.clone(), epoch, part);
                self.selection.shift(moved);
                let looked =
                    if epoch == self.pages.epoch() { self.look_for_opened(&range, before) } else { Action::None };
                // At the top new mail comes into view; elsewhere what is read stays where it is.
                if moved != 0 && self.offset > 0.5 {
                    self.offset = (self.offset + moved as f64).max(0.0);
                }
                self.offset = self.offset.min(last_offset(self.viewport, self.row_height(), self.pages.total()));
                let arrived = self.arrive();
                self.fetch().and(arrived).and(looked)
            }
            Err(problem) => {
                self.pages.failed(&range);
                self.list_problem = Some(problem);
                Action::None
            }
        }
    }

    fn message_came(&mut self, id: MessageId, answer: Result<MessageView, Problem>) -> Action {
        if self.reader.shows(id) && self.has_left(&answer) {
            self.reader.unasked();
            return self.opened_left(id);
        }
        let before = self.reader.message().map(|opened| opened.view.row.id);
        if let Some(next) = self.reader.answered(id, answer) {
            return Action::Ask(Ask::Message(next), READ);
        }
        match self.reader.message() {
            Some(opened) if before != Some(opened.view.row.id) => {
                let (id, flags) = (opened.view.row.id, opened.view.row.flags);
                let top = Action::ScrollToTop("reader-scroll".into());
                let unbidden = std::mem::take(&mut self.unbidden);
                let top = if unbidden || flags.contains(Flags::SEEN) { top } else { top.and(self.seen(id)) };
                if let Some(find) = &mut self.reader.find {
                    find.restart();
                }
                top.and(self.load_whole()).and(self.ask_page()).and(self.find_anew())
            }
            // The same message: its HTML may have come with the rest of it.
            Some(_) => self.ask_page(),
            _ => Action::None,
        }
    }

    /// Whether a message is no longer in the mailbox that is shown.
    fn has_left(&self, answer: &Result<MessageView, Problem>) -> bool {
        match answer {
            Ok(view) => !self.shows(view.row.mailbox),
            Err(problem) => matches!(problem.kind, ProblemKind::NotFound { .. }),
        }
    }

    fn source_came(&mut self, id: MessageId, answer: Result<String, Problem>) -> Action {
        if self.menu != Some(super::Menu::Source(id)) {
            return Action::None;
        }
        match answer {
            Ok(text) => self.source = Some(text_editor::Content::with_text(&text)),
            Err(problem) => {
                self.menu = None;
                self.notice = Some(problem);
            }
        }
        Action::None
    }

    pub(super) fn take_news(&mut self, events: &[Event]) -> Action {
        self.now = Zoned::now();
        let mut rows = false;
        let mut counts = false;
        let mut accounts = false;
        let mut outbox = false;
        let mut queue = false;
        let mut saved = false;
        for event in events {
            match event {
                Event::Accounts => (accounts, counts) = (true, true),
                Event::Mailboxes { .. } => counts = true,
                Event::Mailbox { id } => {
                    counts = true;
                    rows |= self.shows(*id);
                }
                Event::Connection { account, connection } => self.connection(account, connection),
                Event::Progress(progress) => self.progressed(progress),
                Event::Export(progress) => self.exported(*progress),
                Event::Queue { .. } => queue = true,
                Event::Outbox { .. } => outbox = true,
                Event::SavedSearches => saved = true,
                Event::Failed(problem) => self.notice = Some(problem.clone()),
                Event::Lagged => (accounts, counts, rows, outbox, queue, saved) = (true, true, true, true, true, true),
            }
        }
        // What waits for an answer waits in the queue.
        accounts |= queue && self.accounts.all().iter().any(|view| !view.questions.is_empty());
        let mut actions = Vec::new();
        if accounts {
            actions.push(self.ask_accounts());
        }
        if counts {
            actions.push(self.ask_mailboxes());
        }
        if counts || queue {
            actions.push(self.ask_queue());
        }
        if outbox {
            actions.push(self.ask_outbox());
        }
        if saved {
            actions.push(self.ask_saved());
        } else if counts && self.has_saved() {
            actions.push(self.recount_saved());
        }
        if rows && self.placed {
            self.pages.invalidate();
            actions.push(self.fetch());
        }
        Action::batch(actions)
    }

    fn shows(&self, id: MailboxId) -> bool {
        if self.search.is_some() {
            return true;
        }
        match self.place {
            super::Place::Mailbox(here) => here == id,
            super::Place::AllInboxes => self.mailbox(id).is_none_or(|mailbox| mailbox.role == Some(Role::Inbox)),
            super::Place::Saved(_) => true,
            super::Place::Outbox => false,
        }
    }

    fn connection(&mut self, account: &str, connection: &Connection) {
        if let Loaded::Ready(accounts) = &mut self.accounts
            && let Some(view) = accounts.iter_mut().find(|view| view.account.name == account)
        {
            view.connection = connection.clone();
        }
        if !matches!(connection, Connection::Synchronising) {
            self.progress.retain(|progress| progress.account != account);
        }
    }

    fn progressed(&mut self, news: &Progress) {
        let same = |p: &Progress| p.account == news.account && p.mailbox == news.mailbox;
        self.progress.retain(|progress| !same(progress));
        if !news.finished {
            self.progress.push(news.clone());
        }
    }
}
