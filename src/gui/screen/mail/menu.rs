//! What lies above the window: menus and dialogs, one at a time.

use super::reader::page_view::Question;
use super::toast::Words;
use super::{Message, Place, State, folders};
use crate::fl;
use crate::gui::action::{Action, Open, Save, SaveSource};
use crate::service::model::*;
use crate::service::{Command, MessagePlace};

/// The open menu or dialog.
#[derive(Clone, Debug, PartialEq)]
pub enum Menu {
    /// A searchable list of folders to move to.
    Move,
    /// What else can be done to the message.
    More,
    /// In which form the list is shown.
    Listing,
    /// The name of the search that is shown, or of this saved one.
    SaveSearch(Option<SavedSearchId>),
    DeleteSearch(SavedSearchId),
    Settings,
    Accounts,
    Keys,
    NewFolder,
    /// A folder's own, where it was asked for.
    Folder(MailboxId, iced::Point),
    /// An account's own, where it was asked for.
    Account(String, iced::Point),
    MoveFolder(MailboxId),
    Empty(MailboxId),
    DeleteFolder(MailboxId),
    /// As what a folder is exported.
    Export(MailboxId),
    /// What waits for the servers.
    Queue,
    /// A link that may not lead where it seems to.
    Link(Box<Question>),
    DeleteForGood(Vec<MessageId>),
    RemoveAccount(String),
    /// A path in words, where no file dialog can be had.
    Path,
}

impl State {
    /// Opens a menu, or closes the open one. The keyboard goes where it is needed.
    pub(super) fn open_menu(&mut self, menu: Option<Menu>) -> Action {
        self.filter.clear();
        self.menu = menu;
        if let Some(Menu::SaveSearch(Some(id))) = self.menu {
            self.filter = self.saved(id).map(|(saved, _)| saved.name.clone()).unwrap_or_default();
        }
        let of_folder = |menu: &Menu| {
            matches!(
                menu,
                Menu::Account(..)
                    | Menu::Folder(..)
                    | Menu::MoveFolder(_)
                    | Menu::Empty(_)
                    | Menu::DeleteFolder(_)
                    | Menu::Export(_)
            )
        };
        if self.menu.as_ref().is_some_and(|menu| !of_folder(menu)) {
            self.menu_of = None;
        }
        match &self.menu {
            None if self.menu_of.is_some() => self.menu_of.take().map(Action::Focus).unwrap_or_default(),
            // A menu under the pointer needs no ring; the arrows find it.
            None | Some(Menu::Folder(..) | Menu::Account(..)) => Action::Unfocus,
            Some(Menu::Move | Menu::NewFolder | Menu::MoveFolder(_) | Menu::SaveSearch(_)) => {
                Action::Focus("menu-filter".into())
            }
            Some(Menu::Path) => Action::Focus("save-path".into()),
            Some(_) => Action::FocusNext,
        }
    }

    /// The accounts whose folders the selected messages can go to: their own.
    pub(super) fn accounts_of_selection(&self) -> Vec<&str> {
        let mut accounts: Vec<&str> = self
            .selection
            .ids()
            .iter()
            .filter_map(|id| self.pages.find(*id))
            .filter_map(|row| self.mailbox(row.mailbox))
            .map(|mailbox| mailbox.account.as_str())
            .collect();
        accounts.sort_unstable();
        accounts.dedup();
        accounts
    }

    pub(super) fn move_targets(&self) -> Vec<&MailboxView> {
        folders::targets(self.mailboxes.all(), &self.accounts_of_selection(), self.place, &self.filter)
    }

    /// Enter in the field of a menu: the first folder that fits, or the new folder's name.
    pub(super) fn filter_done(&mut self) -> Action {
        match self.menu {
            Some(Menu::Move) => match self.move_targets().first().map(|mailbox| mailbox.id) {
                Some(id) => self.move_to(id),
                None => Action::None,
            },
            Some(Menu::NewFolder) => self.create_folder(),
            Some(Menu::SaveSearch(_)) => self.save_search(),
            Some(Menu::MoveFolder(id)) => match self.folder_targets(id).first().map(|into| into.id) {
                Some(into) => self.move_folder(id, &super::drag::Target::Mailbox(into)),
                None => Action::None,
            },
            _ => Action::None,
        }
    }

    /// The account that a new folder belongs to: the one that is shown, else the first that has folders.
    pub(super) fn folder_account(&self) -> Option<&Account> {
        let shown = self.here().map(|mailbox| mailbox.account.as_str());
        let accounts = self.accounts.all().iter().map(|view| &view.account);
        let imap = |account: &&Account| account.incoming.protocol == Protocol::Imap;
        let mut able = accounts.filter(imap);
        let first = able.clone().next();
        able.find(|account| Some(account.name.as_str()) == shown).or(first)
    }

    pub(super) fn create_folder(&mut self) -> Action {
        let name = self.filter.trim().trim_matches('/').to_string();
        let Some(account) = self.folder_account().map(|account| account.name.clone()) else { return Action::None };
        if !valid_folder(&name) || self.is_new_folder_there() {
            return Action::None;
        }
        self.menu = None;
        self.filter.clear();
        let words = Words::about(fl!("said-folder-created", folder = name.clone()), name.clone());
        self.command(Command::CreateMailbox { account, path: MailboxPath(name) }, words)
    }

    /// Whether there is a folder already where the new one would be.
    pub(super) fn is_new_folder_there(&self) -> bool {
        let account = self.folder_account().map(|account| account.name.as_str());
        let path = self.filter.trim().trim_matches('/');
        let mut all = self.mailboxes.all().iter();
        all.any(|mailbox| Some(mailbox.account.as_str()) == account && mailbox.path.0 == path)
    }

    /// The message that the menu is about, as a file to save.
    pub(super) fn as_file(&self) -> Option<Save> {
        let id = self.attended()?;
        let read = self.reader.conversation().and_then(|all| all.card(id)).map(|card| card.row());
        let subject = read.or_else(|| self.pages.find(id)).map(|row| row.subject.as_str()).unwrap_or_default();
        Some(Save { file_name: format!("{}.eml", safe_name(subject)), source: SaveSource::Raw(id) })
    }

    /// Opens a window on the source of the selected message.
    pub(super) fn open_source(&self) -> Action {
        match self.attended() {
            Some(id) => Action::Open(Open::Source(MessagePlace::stored(id))),
            None => Action::None,
        }
    }

    pub(super) fn can_mark_all(&self) -> bool {
        matches!(self.place, Place::Mailbox(_)) && self.pages.unread() > 0
    }
}

/// A folder's path that a server can keep: no empty part, no control characters.
pub fn valid_folder(name: &str) -> bool {
    !name.is_empty()
        && name.len() <= 200
        && !name.chars().any(char::is_control)
        && name.split('/').all(|part| !part.trim().is_empty() && part != "." && part != "..")
}

/// A subject as a file's name.
pub fn safe_name(subject: &str) -> String {
    let kept: String =
        subject
            .chars()
            .map(|c| {
                if c.is_control() || matches!(c, '/' | '\\' | ':' | '*' | '?' | '"' | '<' | '>' | '|') {
                    ' '
                } else {
                    c
                }
            })
            .take(80)
            .collect();
    let kept = kept.split_whitespace().collect::<Vec<_>>().join(" ");
    let kept = kept.trim_matches(['.', ' ']);
    if kept.is_empty() { fl!("save-message-name") } else { kept.to_string() }
}

/// The message that closes the menu.
pub fn close() -> Message {
    Message::Menu(None)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_subject_becomes_a_name_that_every_system_takes() {
        assert_eq!(safe_name("Re: a/b \u{202e}c?"), "Re a b \u{202e}c");
        assert_eq!(safe_name("..."), "Message");
        assert_eq!(safe_name(&"x".repeat(500)).len(), 80);
    }

    #[test]
    fn a_folder_needs_a_name_in_every_part() {
        for good in ["Projects", "Projects/Engine", "Über"] {
            assert!(valid_folder(good), "{good}");
        }
        for bad in ["", "a//b", "/", "../x", "a\nb", " "] {
            assert!(!valid_folder(bad), "{bad:?}");
        }
    }
}
