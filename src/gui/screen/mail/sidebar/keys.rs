//! The keyboard in the folders: up and down go through the lines as they stand, left and right into and out of
//! what holds others.

use super::super::account_menu::Message as Account;
use super::super::folder_deeds::Message as Folder;
use super::super::folders::{self, Entry};
use super::super::{Message, Place, State};
use super::{HEADING, LINE, TOP, account_id, place_id};
use crate::gui::action::Action;
use crate::service::model::MailboxId;
use iced::Point;
use iced::keyboard::{Key, Modifiers, key::Named};
use iced::widget::Id;

/// Keys on a folder that has the keyboard.
pub fn on_folder(id: MailboxId, key: &Key, modifiers: Modifiers) -> Option<Message> {
    let Key::Named(named) = key else { return None };
    let none = modifiers.is_empty();
    Some(Message::Folder(match named {
        Named::F2 if none => Folder::Rename(id),
        Named::Delete if none => Folder::Delete(id),
        Named::ContextMenu => Folder::MenuByKey(id),
        Named::F10 if modifiers.shift() => Folder::MenuByKey(id),
        Named::ArrowLeft if none => Folder::Out(id),
        Named::ArrowRight if none => Folder::Into(id),
        _ => return None,
    }))
}

/// Keys on an account's heading that has the keyboard.
pub fn on_heading(account: &str, collapsed: bool, key: &Key, modifiers: Modifiers) -> Option<Message> {
    let by_key = || Some(Message::Account(Account::MenuByKey(account.to_string())));
    match key {
        Key::Named(Named::ContextMenu) => by_key(),
        Key::Named(Named::F10) if modifiers.shift() => by_key(),
        Key::Named(Named::ArrowLeft) if modifiers.is_empty() && !collapsed => Some(Message::Fold(account.to_string())),
        Key::Named(Named::ArrowRight) if modifiers.is_empty() => Some(if collapsed {
            Message::Fold(account.to_string())
        } else {
            Message::Step(crate::gui::widget::control::Step::On)
        }),
        _ => None,
    }
}

impl State {
    pub(in super::super) fn entries(&self) -> Vec<Entry> {
        let preferences = self.preferences();
        folders::entries(self.accounts.all(), self.mailboxes.all(), &preferences.collapsed, &preferences.folded)
    }

    /// Left: folds it; where nothing is to be folded, goes to what it is in.
    pub(in super::super) fn step_out(&mut self, id: MailboxId) -> Action {
        match self.line_of(id) {
            Some(Entry::Mailbox { holds: true, folded: false, .. }) => self.fold_mailbox(id),
            _ => self.outer(id).map(Action::Focus).unwrap_or_default(),
        }
    }

    /// Right: unfolds it; where that is so already, goes to the first within it.
    pub(in super::super) fn step_into(&mut self, id: MailboxId) -> Action {
        match self.line_of(id) {
            Some(Entry::Mailbox { holds: true, folded: true, .. }) => self.fold_mailbox(id),
            Some(Entry::Mailbox { holds: true, .. }) => Action::FocusNext,
            _ => Action::None,
        }
    }

    fn line_of(&self, id: MailboxId) -> Option<Entry> {
        let is_it = |entry: &Entry| matches!(entry, Entry::Mailbox { id: other, .. } if *other == id);
        self.entries().into_iter().find(is_it)
    }

    /// The line of the folder that holds this one, else of its account.
    fn outer(&self, id: MailboxId) -> Option<Id> {
        let folder = self.mailbox(id)?;
        let above = folder.path.parent();
        let above = above.and_then(|path| {
            let mut all = self.mailboxes.all().iter();
            all.find(|other| other.account == folder.account && other.path == path && !other.path.is_inbox())
        });
        Some(above.map_or_else(|| account_id(&folder.account), |above| place_id(Place::Mailbox(above.id))))
    }

    /// Where a folder's menu opens that is asked for by a key: under its name.
    pub(in super::super) fn below_line(&self, id: MailboxId) -> Point {
        let is_it = |entry: &Entry| matches!(entry, Entry::Mailbox { id: other, .. } if *other == id);
        self.below(is_it)
    }

    /// The same for an account's.
    pub(in super::super) fn below_heading(&self, account: &str) -> Point {
        let is_it = |entry: &Entry| matches!(entry, Entry::Account { name, .. } if name == account);
        self.below(is_it)
    }

    fn below(&self, is_it: impl Fn(&Entry) -> bool) -> Point {
        let mut y = TOP + 2.0 * LINE - self.folders_offset;
        let mut x = 0.0;
        for entry in self.entries() {
            y += match &entry {
                Entry::Account { .. } => HEADING,
                Entry::Mailbox { .. } => LINE,
            };
            if is_it(&entry) {
                if let Entry::Mailbox { depth, .. } = entry {
                    x = super::INDENT * depth as f32;
                }
                break;
            }
        }
        Point::new(x + 48.0, y)
    }
}
