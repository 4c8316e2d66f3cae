//! Messages and folders carried over the window: what is carried, what is under the pointer, and what dropping does.

use super::toast::Words;
use super::{DRAG, Message as Mail, Place, State, folders};
use crate::fl;
use crate::gui::action::{Action, Tag};
use crate::gui::widget::carry::Carry;
use crate::service::Command;
use crate::service::model::*;
use iced::Point;

/// Milliseconds over something folded until it unfolds.
const UNFOLD: u64 = 700;
/// Milliseconds between two steps of scrolling at the edge of the folders, and their length in pixels.
const SCROLL: (u64, f32) = (40, 16.0);
/// Height of the edge, in pixels.
const EDGE: f32 = 36.0;

/// What is carried.
#[derive(Clone, Debug, PartialEq)]
pub enum What {
    Messages(Vec<MessageId>),
    Folder(MailboxId),
}

/// What it can be dropped on.
#[derive(Clone, Debug, PartialEq)]
pub enum Target {
    Mailbox(MailboxId),
    /// The top level of an account.
    Account(String),
}

/// A drag under way.
#[derive(Clone, Debug, PartialEq)]
pub struct Drag {
    pub what: What,
    /// Where the pointer is in the window.
    pub at: Point,
    /// Ctrl is held: copies.
    pub copy: bool,
    pub over: Option<Target>,
    /// Tells the rest over one target from that over another.
    number: u64,
    scrolls: bool,
}

#[derive(Clone, Debug)]
pub enum Message {
    Folder(MailboxId, Point),
    Over(Target),
    Left(Target),
    Carry(Carry),
}

impl State {
    /// Whether something is carried, for the surface that follows it.
    pub(super) fn carrying(&self) -> Option<fn(Carry) -> Mail> {
        self.drag.is_some().then_some(|carry| Mail::Drag(Message::Carry(carry)))
    }

    pub(super) fn dragged(&mut self, message: Message) -> Action {
        match message {
            Message::Folder(id, at) => {
                if self.is_own(id) {
                    self.lift(What::Folder(id), at, false);
                }
                Action::None
            }
            Message::Over(target) => self.come_over(target),
            Message::Left(target) => {
                if let Some(drag) = self.drag.as_mut().filter(|drag| drag.over.as_ref() == Some(&target)) {
                    drag.over = None;
                }
                Action::None
            }
            Message::Carry(carry) => self.carried(carry),
        }
    }

    /// A row of the list is taken hold of: with the others where it is one of the selected.
    pub(super) fn lift_row(&mut self, index: u64, at: Point, copy: bool) -> Action {
        self.grip = None;
        let Some(id) = self.pages.get(index).map(|row| row.id) else { return Action::None };
        let ids = if self.selection.contains(id) { self.chosen() } else { vec![id] };
        self.lift(What::Messages(ids), at, copy);
        Action::None
    }

    fn lift(&mut self, what: What, at: Point, copy: bool) {
        self.menu = None;
        self.drag = Some(Drag { what, at, copy, over: None, number: 0, scrolls: false });
    }

    fn carried(&mut self, carry: Carry) -> Action {
        let Some(drag) = &mut self.drag else { return Action::None };
        match carry {
            Carry::Moved(at) => {
                drag.at = at;
                self.scroll_at_edge()
            }
            Carry::Keys(modifiers) => {
                drag.copy = modifiers.command() && matches!(drag.what, What::Messages(_));
                Action::None
            }
            Carry::Cancelled => {
                self.drag = None;
                Action::None
            }
            Carry::Dropped => self.drop_it(),
        }
    }

    fn come_over(&mut self, target: Target) -> Action {
        let number = self.next();
        let Some(drag) = &mut self.drag else { return Action::None };
        drag.over = Some(target);
        drag.number = number;
        Action::After(UNFOLD, Tag::numbered(DRAG, number))
    }

    /// The pointer rested over something: it unfolds.
    pub(super) fn drag_rested(&mut self, number: u64) -> Action {
        let Some(drag) = self.drag.as_ref().filter(|drag| drag.number == number) else { return Action::None };
        match drag.over.clone() {
            Some(Target::Account(name)) if self.preferences.collapsed.contains(&name) => self.fold(name),
            Some(Target::Mailbox(id)) => match self.mailbox(id).map(folders::fold_key) {
                Some(key) if self.preferences.folded.contains(&key) => self.fold_mailbox(id),
                _ => Action::None,
            },
            _ => Action::None,
        }
    }

    /// How far the folders scroll under a pointer at their edge, per step.
    fn edge(&self) -> Option<f32> {
        let drag = self.drag.as_ref()?;
        if drag.at.x > self.preferences.sidebar_width {
            return None;
        }
        let (top, bottom) = (super::sidebar::TOP, self.preferences.window_height - super::sidebar::FOOT);
        if (top..top + EDGE).contains(&drag.at.y) {
            Some(-SCROLL.1)
        } else if (bottom - EDGE..bottom).contains(&drag.at.y) {
            Some(SCROLL.1)
        } else {
            None
        }
    }

    fn scroll_at_edge(&mut self) -> Action {
        let wanted = self.edge().is_some();
        match self.drag.as_mut() {
            Some(drag) if wanted && !drag.scrolls => {
                drag.scrolls = true;
                self.drag_scrolls()
            }
            _ => Action::None,
        }
    }

    /// One step of scrolling, and the next after a moment.
    pub(super) fn drag_scrolls(&mut self) -> Action {
        let by = self.edge();
        let Some(drag) = &mut self.drag else { return Action::None };
        drag.scrolls = by.is_some();
        match by {
            Some(by) => Action::ScrollBy(super::sidebar::SCROLL.into(), by)
                .and(Action::After(SCROLL.0, Tag::new(super::DRAG_SCROLL))),
            None => Action::None,
        }
    }

    /// Whether what is carried can be dropped there.
    pub(super) fn takes(&self, target: &Target) -> bool {
        let Some(drag) = &self.drag else { return false };
        match (&drag.what, target) {
            (What::Messages(ids), Target::Mailbox(id)) => {
                self.mailbox(*id).is_some_and(|m| m.selectable) && (drag.copy || !self.all_lie_in(ids, *id))
            }
            (What::Messages(_), Target::Account(_)) => false,
            (What::Folder(id), target) => self.new_path(*id, target).is_some(),
        }
    }

    /// Whether there would be nothing to move.
    fn all_lie_in(&self, ids: &[MessageId], mailbox: MailboxId) -> bool {
        let lies = |id: &MessageId| self.pages.find(*id).is_some_and(|row| row.mailbox == mailbox);
        self.place == Place::Mailbox(mailbox) || ids.iter().all(lies)
    }

    /// The target under the pointer, where it takes what is carried.
    pub(super) fn drop_target(&self) -> Option<&Target> {
        self.drag.as_ref()?.over.as_ref().filter(|target| self.takes(target))
    }

    /// The path that a folder has when it is moved to a target of its account.
    pub(super) fn new_path(&self, id: MailboxId, target: &Target) -> Option<MailboxPath> {
        let folder = self.mailbox(id)?;
        let name = folder.path.name();
        let to = match target {
            Target::Mailbox(into) => {
                let into = self.mailbox(*into).filter(|into| into.account == folder.account)?;
                if into.path.is_within(&folder.path) {
                    return None;
                }
                format!("{}/{name}", into.path)
            }
            Target::Account(account) if *account == folder.account => self.at_top(account, name),
            Target::Account(_) => return None,
        };
        let taken = self.mailboxes.all().iter().any(|m| m.account == folder.account && m.path.0 == to);
        (!taken).then_some(MailboxPath(to))
    }

    /// A path at the top of an account: below INBOX where the server keeps everything there.
    pub(super) fn at_top(&self, account: &str, name: &str) -> String {
        let mut others = self.mailboxes.all().iter().filter(|m| m.account == account && !m.path.is_inbox()).peekable();
        let below = others.peek().is_some() && others.all(|m| m.path.0.starts_with("INBOX/"));
        if below { format!("INBOX/{name}") } else { name.to_string() }
    }

    fn drop_it(&mut self) -> Action {
        let target = self.drop_target().cloned();
        let (Some(drag), Some(target)) = (self.drag.take(), target) else { return Action::None };
        match (drag.what, target) {
            (What::Messages(ids), Target::Mailbox(to)) if drag.copy => {
                let Some(name) = self.mailbox(to).map(folders::name) else { return Action::None };
                let words = fl!("said-copied", count = self.messages_of(&ids), folder = name.clone());
                self.command(Command::Copy { ids, to }, Words::about(words, name))
            }
            (What::Messages(ids), Target::Mailbox(to)) => self.move_messages(ids, to),
            (What::Folder(id), target) => self.move_folder(id, &target),
            (What::Messages(_), Target::Account(_)) => Action::None,
        }
    }

    pub(super) fn move_folder(&mut self, id: MailboxId, target: &Target) -> Action {
        self.menu = None;
        let (Some(to), Some(name)) = (self.new_path(id, target), self.mailbox(id).map(folders::name)) else {
            return Action::None;
        };
        let into = match target {
            Target::Mailbox(into) => self.mailbox(*into).map(folders::name).unwrap_or_default(),
            Target::Account(account) => account.clone(),
        };
        let words = Words::about(fl!("said-folder-moved", name = name, folder = into.clone()), into);
        self.command(Command::RenameMailbox { mailbox: id, to }, words)
    }
}
