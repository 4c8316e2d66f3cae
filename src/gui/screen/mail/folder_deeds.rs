//! What a person does to folders: make, rename, move, fold, subscribe, empty, delete.

use super::drag::Target;
use super::menu::valid_folder;
use super::{Menu, Place, State, folders};
use crate::fl;
use crate::gui::action::Action;
use crate::service::Command;
use crate::service::model::*;
use iced::Point;

/// A folder's name in the making, in the place of its line.
#[derive(Clone, Debug, PartialEq)]
pub struct Editing {
    pub of: Edited,
    pub text: String,
}

#[derive(Clone, Debug, PartialEq)]
pub enum Edited {
    Name(MailboxId),
    /// A new one inside this.
    Inside(MailboxId),
}

#[derive(Clone, Debug)]
pub enum Message {
    Menu(MailboxId, Point),
    Fold(MailboxId),
    /// Folds or unfolds, where it is not so already.
    FoldBy(MailboxId, bool),
    Rename(MailboxId),
    NewInside(MailboxId),
    Text(String),
    Done,
    Leave,
    MoveTo(MailboxId, Target),
    MarkAllRead(MailboxId),
    Subscribe(MailboxId, bool),
    /// Asks first where that is due.
    Empty(MailboxId),
    EmptyNow(MailboxId),
    Delete(MailboxId),
    DeleteNow(MailboxId),
}

/// The field of a name in the making.
pub const FIELD: &str = "folder-name";

impl State {
    pub(super) fn folder(&mut self, message: Message) -> Action {
        match message {
            Message::Menu(id, at) => self.open_menu(Some(Menu::Folder(id, at))),
            Message::Fold(id) => self.fold_mailbox(id),
            Message::FoldBy(id, fold) => self.fold_by_key(id, fold),
            Message::Rename(id) => self.edit(id),
            Message::NewInside(id) => self.edit_new(id),
            Message::Text(text) => {
                if let Some(editing) = &mut self.editing {
                    editing.text = text;
                }
                Action::None
            }
            Message::Done => self.edited(),
            Message::Leave => {
                self.editing = None;
                Action::Focus(super::sidebar::place_id(self.place))
            }
            Message::MoveTo(id, target) => self.move_folder(id, &target),
            Message::MarkAllRead(mailbox) => {
                self.menu = None;
                let name = self.mailbox(mailbox).map(folders::name).unwrap_or_default();
                self.command(Command::MarkAllRead { mailbox }, fl!("said-all-read", folder = name))
            }
            Message::Subscribe(mailbox, subscribed) => {
                self.menu = None;
                let name = self.mailbox(mailbox).map(folders::name).unwrap_or_default();
                let words = if subscribed {
                    fl!("said-subscribed", folder = name)
                } else {
                    fl!("said-unsubscribed", folder = name)
                };
                self.command(Command::SetSubscribed { mailbox, subscribed }, words)
            }
            Message::Empty(id) => self.empty(id),
            Message::EmptyNow(id) => self.empty_now(id),
            Message::Delete(id) => self.delete_folder(id),
            Message::DeleteNow(id) => self.delete_folder_now(id),
        }
    }

    /// Whether the person may rename, move or delete it: what has a role is needed by that name.
    pub(super) fn is_own(&self, id: MailboxId) -> bool {
        self.mailbox(id).is_some_and(|mailbox| mailbox.role.is_none() && !mailbox.path.is_inbox())
    }

    pub(super) fn edit(&mut self, id: MailboxId) -> Action {
        self.menu = None;
        if !self.is_own(id) {
            return Action::None;
        }
        let text = self.mailbox(id).map(|mailbox| mailbox.path.name().to_string()).unwrap_or_default();
        self.editing = Some(Editing { of: Edited::Name(id), text });
        Action::Focus(FIELD.into())
    }

    fn edit_new(&mut self, id: MailboxId) -> Action {
        self.menu = None;
        let unfolded = match self.mailbox(id).map(folders::fold_key) {
            Some(key) if self.preferences.folded.contains(&key) => self.fold_mailbox(id),
            _ => Action::None,
        };
        self.editing = Some(Editing { of: Edited::Inside(id), text: String::new() });
        unfolded.and(Action::Focus(FIELD.into()))
    }

    /// The path that the name in the making would give, where it is one that can be.
    pub(super) fn edited_path(&self) -> Option<MailboxPath> {
        let editing = self.editing.as_ref()?;
        let name = editing.text.trim();
        if !valid_folder(name) || name.contains('/') {
            return None;
        }
        let (account, path) = match editing.of {
            Edited::Name(id) => {
                let folder = self.mailbox(id)?;
                let path = match folder.path.parent() {
                    Some(parent) => format!("{parent}/{name}"),
                    None => name.to_string(),
                };
                (&folder.account, path)
            }
            Edited::Inside(id) => {
                let parent = self.mailbox(id)?;
                (&parent.account, format!("{}/{name}", parent.path))
            }
        };
        let taken = self.mailboxes.all().iter().any(|m| m.account == *account && m.path.0 == path);
        (!taken).then_some(MailboxPath(path))
    }

    fn edited(&mut self) -> Action {
        let Some(editing) = self.editing.clone() else { return Action::None };
        let name = editing.text.trim().to_string();
        let unchanged = match editing.of {
            Edited::Name(id) => self.mailbox(id).is_some_and(|mailbox| mailbox.path.name() == name),
            Edited::Inside(_) => name.is_empty(),
        };
        if unchanged {
            return self.folder(Message::Leave);
        }
        let Some(path) = self.edited_path() else { return Action::None };
        self.editing = None;
        match editing.of {
            Edited::Name(mailbox) => {
                self.command(Command::RenameMailbox { mailbox, to: path }, fl!("said-folder-renamed", name = name))
            }
            Edited::Inside(parent) => {
                let Some(account) = self.mailbox(parent).map(|m| m.account.clone()) else { return Action::None };
                self.command(Command::CreateMailbox { account, path }, fl!("said-folder-created", folder = name))
            }
        }
    }

    /// Folds what is inside a folder away, or shows it again.
    pub(super) fn fold_mailbox(&mut self, id: MailboxId) -> Action {
        let Some(key) = self.mailbox(id).map(folders::fold_key) else { return Action::None };
        self.prefer(|p| match p.folded.iter().position(|folded| *folded == key) {
            Some(at) => {
                p.folded.remove(at);
            }
            None => p.folded.push(key),
        })
    }

    /// Left folds, right unfolds; on an account too.
    pub(super) fn fold_by_key(&mut self, id: MailboxId, fold: bool) -> Action {
        let Some(mailbox) = self.mailbox(id) else { return Action::None };
        let folded = self.preferences.folded.contains(&folders::fold_key(mailbox));
        if folded == fold { Action::None } else { self.fold_mailbox(id) }
    }

    fn goes_for_good(&self, id: MailboxId) -> bool {
        self.mailbox(id).is_some_and(|mailbox| matches!(mailbox.role, Some(Role::Trash | Role::Junk)))
    }

    fn empty(&mut self, id: MailboxId) -> Action {
        if self.mailbox(id).is_none_or(|mailbox| mailbox.total == 0) {
            return self.open_menu(None);
        }
        if self.goes_for_good(id) { self.open_menu(Some(Menu::Empty(id))) } else { self.empty_now(id) }
    }

    fn empty_now(&mut self, mailbox: MailboxId) -> Action {
        self.menu = None;
        let Some(view) = self.mailbox(mailbox) else { return Action::None };
        let (count, name) = (view.total, folders::name(view));
        let words = if self.goes_for_good(mailbox) {
            fl!("said-emptied-for-good", count = count, folder = name)
        } else {
            fl!("said-emptied", count = count, folder = name)
        };
        self.command(Command::EmptyMailbox { mailbox }, words)
    }

    /// Mail of the folder and of those inside it.
    pub(super) fn mail_inside(&self, id: MailboxId) -> u64 {
        let Some(folder) = self.mailbox(id) else { return 0 };
        let below = format!("{}/", folder.path);
        let own = self.mailboxes.all().iter().filter(|m| m.account == folder.account);
        own.filter(|m| m.id == id || m.path.0.starts_with(&below)).map(|m| m.total).sum()
    }

    pub(super) fn delete_folder(&mut self, id: MailboxId) -> Action {
        if !self.is_own(id) {
            return self.open_menu(None);
        }
        if self.mail_inside(id) > 0 { self.open_menu(Some(Menu::DeleteFolder(id))) } else { self.delete_folder_now(id) }
    }

    fn delete_folder_now(&mut self, mailbox: MailboxId) -> Action {
        self.menu = None;
        let Some(name) = self.mailbox(mailbox).map(folders::name) else { return Action::None };
        let leaves = self.place == Place::Mailbox(mailbox);
        let shown = if leaves { self.show(Place::AllInboxes) } else { Action::None };
        self.command(Command::DeleteMailbox { mailbox }, fl!("said-folder-deleted", folder = name)).and(shown)
    }

    /// Where a folder can be moved to: folders of its account that have the words of the filter.
    pub(super) fn folder_targets(&self, id: MailboxId) -> Vec<&MailboxView> {
        let Some(folder) = self.mailbox(id) else { return Vec::new() };
        let all = folders::targets(self.mailboxes.all(), &[folder.account.as_str()], Place::Mailbox(id), &self.filter);
        all.into_iter().filter(|into| self.new_path(id, &Target::Mailbox(into.id)).is_some()).collect()
    }
}
