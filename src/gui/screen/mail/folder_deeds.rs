//! What a person does to folders: make, rename, move, fold, subscribe, empty, delete.

use super::drag::Target;
use super::menu::valid_folder;
use super::sidebar::place_id;
use super::toast::Words;
use super::{Menu, Place, State, folders};
use crate::fl;
use crate::gui::action::Action;
use crate::service::Command;
use crate::service::model::*;
use iced::Point;
use std::collections::HashMap;

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
    /// The menu by its key.
    MenuByKey(MailboxId),
    /// The left key: folds, or goes to what it is in.
    Out(MailboxId),
    /// The right key: unfolds, or goes to the first within.
    Into(MailboxId),
    Rename(MailboxId),
    NewInside(MailboxId),
    Text(String),
    Done,
    Leave,
    /// The keyboard went elsewhere.
    Blurred,
    MoveTo(MailboxId, Target),
    MarkAllRead(MailboxId),
    Subscribe(MailboxId, bool),
    /// Its news is announced at once, or no longer.
    Watch(MailboxId, bool),
    /// Asks first where that is due.
    Empty(MailboxId),
    EmptyNow(MailboxId),
    Delete(MailboxId),
    DeleteNow(MailboxId),
}

/// What is wrong with a folder's name.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Flaw {
    Empty,
    /// It would lie within another.
    Slash,
    Bad,
    Long,
    Taken,
}

/// The longest name of a folder, in bytes.
const LONGEST: usize = 200;

fn flaw(name: &str) -> Option<Flaw> {
    if name.is_empty() {
        Some(Flaw::Empty)
    } else if name.contains('/') {
        Some(Flaw::Slash)
    } else if name.len() > LONGEST {
        Some(Flaw::Long)
    } else {
        (!valid_folder(name)).then_some(Flaw::Bad)
    }
}

/// The field of a name in the making.
pub const FIELD: &str = "folder-name";

impl State {
    pub(super) fn folder(&mut self, message: Message) -> Action {
        match message {
            Message::Menu(id, at) => {
                self.menu_of = None;
                self.open_menu(Some(Menu::Folder(id, at)))
            }
            Message::Fold(id) => self.fold_mailbox(id),
            Message::MenuByKey(id) => {
                let at = self.below_line(id);
                let opened = self.open_menu(Some(Menu::Folder(id, at)));
                self.menu_of = Some(place_id(Place::Mailbox(id)));
                opened.and(Action::FocusNext)
            }
            Message::Out(id) => self.step_out(id),
            Message::Into(id) => self.step_into(id),
            Message::Rename(id) => self.edit(id),
            Message::NewInside(id) => self.edit_new(id),
            Message::Text(text) => {
                if let Some(editing) = &mut self.editing {
                    editing.text = text;
                }
                Action::None
            }
            Message::Done => self.edited(),
            Message::Leave => self.leave_name(),
            Message::Blurred => {
                // As in a file manager what was typed holds, where it can.
                let done = if self.name_flaw().is_none() { self.edited() } else { Action::None };
                self.editing = None;
                done
            }
            Message::MoveTo(id, target) => self.move_folder(id, &target),
            Message::MarkAllRead(mailbox) => {
                self.menu = None;
                let name = self.mailbox(mailbox).map(folders::name).unwrap_or_default();
                let words = Words::about(fl!("said-all-read", folder = name.clone()), name);
                self.command(Command::MarkAllRead { mailbox }, words)
            }
            Message::Subscribe(mailbox, subscribed) => {
                self.menu = None;
                let name = self.mailbox(mailbox).map(folders::name).unwrap_or_default();
                let words = if subscribed {
                    fl!("said-subscribed", folder = name.clone())
                } else {
                    fl!("said-unsubscribed", folder = name.clone())
                };
                self.command(Command::SetSubscribed { mailbox, subscribed }, Words::about(words, name))
            }
            Message::Watch(id, watch) => self.watch_folder(id, watch),
            Message::Empty(id) => self.empty(id),
            Message::EmptyNow(id) => self.empty_now(id),
            Message::Delete(id) => self.delete_folder(id),
            Message::DeleteNow(id) => self.delete_folder_now(id),
        }
    }

    /// Whether a folder's news is announced at once: the Inbox's always is.
    pub(super) fn is_watched(&self, id: MailboxId) -> bool {
        let Some(folder) = self.mailbox(id) else { return false };
        let mut own = self.accounts.all().iter().filter(|view| view.account.name == folder.account);
        own.any(|view| view.account.pinned.contains(&folder.path))
    }

    fn watch_folder(&mut self, mailbox: MailboxId, watch: bool) -> Action {
        self.menu = None;
        let Some(folder) = self.mailbox(mailbox) else { return Action::None };
        let (name, account, path) = (folders::name(folder), folder.account.clone(), folder.path.clone());
        // Shown at once.
        if let super::Loaded::Ready(accounts) = &mut self.accounts
            && let Some(view) = accounts.iter_mut().find(|view| view.account.name == account)
        {
            view.account.pinned.retain(|pinned| *pinned != path);
            view.account.pinned.extend(watch.then_some(path));
        }
        let words = if watch {
            fl!("said-watched", folder = name.clone())
        } else {
            fl!("said-unwatched", folder = name.clone())
        };
        self.command(Command::Watch { mailbox, watch }, Words::about(words, name))
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
        Action::Edit(FIELD.into())
    }

    /// Leaves the name as it was.
    fn leave_name(&mut self) -> Action {
        let id = match self.editing.take().map(|editing| editing.of) {
            Some(Edited::Name(id) | Edited::Inside(id)) => id,
            None => return Action::None,
        };
        Action::Focus(place_id(Place::Mailbox(id)))
    }

    fn edit_new(&mut self, id: MailboxId) -> Action {
        self.menu = None;
        let unfolded = match self.mailbox(id).map(folders::fold_key) {
            Some(key) if self.preferences.folded.contains(&key) => self.fold_mailbox(id),
            _ => Action::None,
        };
        self.editing = Some(Editing { of: Edited::Inside(id), text: String::new() });
        unfolded.and(Action::Edit(FIELD.into()))
    }

    /// The path that the name in the making gives, or what is wrong with the name.
    fn edited_path(&self) -> Result<MailboxPath, Option<Flaw>> {
        let editing = self.editing.as_ref().ok_or(None)?;
        let name = editing.text.trim();
        let (account, above) = match editing.of {
            Edited::Name(id) => self.mailbox(id).map(|folder| (folder.account.as_str(), folder.path.parent())),
            Edited::Inside(id) => self.mailbox(id).map(|parent| (parent.account.as_str(), Some(parent.path.clone()))),
        }
        .ok_or(None)?;
        let path = match above {
            Some(above) => MailboxPath(format!("{above}/{name}")),
            None => MailboxPath(name.to_string()),
        };
        flaw(name).map_or(Ok(()), |flaw| Err(Some(flaw)))?;
        let is_it = |m: &MailboxView| editing.of == Edited::Name(m.id);
        let taken = self.mailboxes.all().iter().any(|m| m.account == account && m.path == path && !is_it(m));
        if taken || path.0.eq_ignore_ascii_case("inbox") { Err(Some(Flaw::Taken)) } else { Ok(path) }
    }

    /// What is wrong with the name in the making, in words. Nothing is said of one that is still empty.
    pub(super) fn name_flaw(&self) -> Option<String> {
        Some(match self.edited_path().err()?? {
            Flaw::Empty => return None,
            Flaw::Slash => fl!("folder-name-slash"),
            Flaw::Bad => fl!("folder-name-bad"),
            Flaw::Long => fl!("folder-name-long"),
            Flaw::Taken => fl!("folder-name-taken"),
        })
    }

    /// Enter: the folder has its name.
    fn edited(&mut self) -> Action {
        let Some(editing) = self.editing.clone() else { return Action::None };
        let name = editing.text.trim().to_string();
        let unchanged = match editing.of {
            Edited::Name(id) => self.mailbox(id).is_some_and(|mailbox| mailbox.path.name() == name),
            Edited::Inside(_) => false,
        };
        if unchanged || name.is_empty() {
            return self.leave_name();
        }
        let Ok(path) = self.edited_path() else { return Action::None };
        let left = self.leave_name();
        left.and(match editing.of {
            Edited::Name(mailbox) => {
                let words = Words::about(fl!("said-folder-renamed", name = name.clone()), name);
                self.command(Command::RenameMailbox { mailbox, to: path }, words)
            }
            Edited::Inside(parent) => {
                let Some(account) = self.mailbox(parent).map(|m| m.account.clone()) else { return Action::None };
                let words = Words::about(fl!("said-folder-created", folder = name.clone()), name);
                self.command(Command::CreateMailbox { account, path }, words)
            }
        })
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

    /// What is folded stays so under another name: renamed here, undone, or by another program.
    pub(super) fn keep_folded(&mut self, now: &[MailboxView]) -> Action {
        let folded = |key: &String| self.preferences.folded.contains(key);
        let before: HashMap<MailboxId, String> = self
            .mailboxes
            .all()
            .iter()
            .map(|mailbox| (mailbox.id, folders::fold_key(mailbox)))
            .filter(|(_, key)| folded(key))
            .collect();
        let moved: HashMap<String, String> = now
            .iter()
            .filter_map(|mailbox| before.get(&mailbox.id).map(|old| (old.clone(), folders::fold_key(mailbox))))
            .filter(|(old, new)| old != new)
            .collect();
        if moved.is_empty() {
            return Action::None;
        }
        self.prefer(|p| {
            for key in &mut p.folded {
                if let Some(new) = moved.get(key) {
                    key.clone_from(new);
                }
            }
        })
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
            fl!("said-emptied-for-good", count = count, folder = name.clone())
        } else {
            fl!("said-emptied", count = count, folder = name.clone())
        };
        self.command(Command::EmptyMailbox { mailbox }, Words::about(words, name))
    }

    /// Whether what is shown is this folder, or lies inside it.
    fn is_within(&self, id: MailboxId) -> bool {
        let (Some(here), Some(folder)) = (self.here(), self.mailbox(id)) else { return false };
        here.account == folder.account && here.path.is_within(&folder.path)
    }

    fn show_inbox_beside(&mut self, id: MailboxId) -> Action {
        let account = self.mailbox(id).map(|folder| folder.account.as_str());
        let mut all = self.mailboxes.all().iter();
        let inbox = all.find(|m| m.role == Some(Role::Inbox) && Some(m.account.as_str()) == account).map(|m| m.id);
        self.show(inbox.map_or(Place::AllInboxes, Place::Mailbox))
    }

    /// Whether there are others inside it.
    pub(super) fn holds_others(&self, id: MailboxId) -> bool {
        let Some(folder) = self.mailbox(id) else { return false };
        let mut all = self.mailboxes.all().iter();
        all.any(|m| m.account == folder.account && m.id != id && m.path.is_within(&folder.path))
    }

    /// Mail of the folder and of those inside it.
    pub(super) fn mail_inside(&self, id: MailboxId) -> u64 {
        let Some(folder) = self.mailbox(id) else { return 0 };
        let own = self.mailboxes.all().iter().filter(|m| m.account == folder.account);
        own.filter(|m| m.path.is_within(&folder.path)).map(|m| m.total).sum()
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
        let words = Words::about(fl!("said-folder-deleted", folder = name.clone()), name);
        let shown = if self.is_within(mailbox) { self.show_inbox_beside(mailbox) } else { Action::None };
        self.command(Command::DeleteMailbox { mailbox }, words).and(shown)
    }

    /// Where a folder can be moved to: folders of its account that have the words of the filter.
    pub(super) fn folder_targets(&self, id: MailboxId) -> Vec<&MailboxView> {
        let Some(folder) = self.mailbox(id) else { return Vec::new() };
        let all = folders::targets(self.mailboxes.all(), &[folder.account.as_str()], Place::Mailbox(id), &self.filter);
        all.into_iter().filter(|into| self.new_path(id, &Target::Mailbox(into.id)).is_some()).collect()
    }
}
