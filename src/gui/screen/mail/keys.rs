//! What the keys of the main window do.

use super::navigate::How;
use super::reader::printing;
use super::{Menu, State};
use crate::gui::action::Action;
use crate::gui::keymap::{self, Deed, Press};
use crate::service::model::{DraftOrigin, Role};
use iced::keyboard::{Key, key::Named};

impl State {
    pub(super) fn key(&mut self, press: &Press) -> Action {
        if self.menu.is_some() {
            return self.menu_key(press);
        }
        if self.files.is_open() {
            return self.file_key(press);
        }
        if let (Key::Named(Named::Space), modifiers) = (&press.key, press.modifiers)
            && !modifiers.command()
        {
            let by = if modifiers.shift() { -400.0 } else { 400.0 };
            return Action::ScrollBy("reader-scroll".into(), by);
        }
        keymap::deed(press).map(|deed| self.deed(deed)).unwrap_or_default()
    }

    /// While a menu or dialog is open the keys are its own: arrows move, Escape closes.
    fn menu_key(&mut self, press: &Press) -> Action {
        match &press.key {
            Key::Named(Named::Escape) => self.open_menu(None),
            Key::Named(Named::ArrowDown) => Action::FocusNext,
            Key::Named(Named::ArrowUp) => Action::FocusPrevious,
            Key::Named(Named::F1) if self.menu == Some(Menu::Keys) => self.open_menu(None),
            _ => match keymap::deed(press) {
                Some(Deed::Quit) => Action::Quit,
                _ => Action::None,
            },
        }
    }

    pub(super) fn deed(&mut self, deed: Deed) -> Action {
        let closed = if self.menu.is_some() { self.open_menu(None) } else { Action::None };
        closed.and(match deed {
            Deed::New => self.write(DraftOrigin::New, false),
            Deed::Reply => self.answer(DraftOrigin::Reply, false),
            Deed::ReplyAll => self.answer(DraftOrigin::Reply, true),
            Deed::Forward => self.answer(DraftOrigin::Forward, false),
            Deed::Open => self.open_selected(),
            Deed::Next => self.step(1, How::Select),
            Deed::Previous => self.step(-1, How::Select),
            Deed::ExtendNext => self.step(1, How::Extend),
            Deed::ExtendPrevious => self.step(-1, How::Extend),
            Deed::VisitNext => self.step(1, How::Visit),
            Deed::VisitPrevious => self.step(-1, How::Visit),
            Deed::ToggleSelected => self.toggle_selected(),
            Deed::PageDown => self.page(1, How::Select),
            Deed::PageUp => self.page(-1, How::Select),
            Deed::ExtendPageDown => self.page(1, How::Extend),
            Deed::ExtendPageUp => self.page(-1, How::Extend),
            Deed::First => self.go(0, How::Select),
            Deed::Last => self.go(u64::MAX, How::Select),
            Deed::ExtendFirst => self.go(0, How::Extend),
            Deed::ExtendLast => self.go(u64::MAX, How::Extend),
            Deed::NextUnread => self.next_unread(),
            Deed::SelectAll => self.select_all(),
            Deed::Archive => self.file_under(Role::Archive),
            Deed::Delete => self.delete(),
            Deed::Junk => self.file_under(Role::Junk),
            Deed::MoveTo => {
                if self.selection.is_empty() {
                    Action::None
                } else {
                    self.open_menu(Some(Menu::Move))
                }
            }
            Deed::ToggleRead => self.toggle_read(),
            Deed::ToggleStar => {
                let ids = self.chosen();
                self.star(&ids)
            }
            Deed::Undo => self.undo_latest(),
            Deed::Copy => self.copy_text(),
            Deed::Refresh => self.refresh(None),
            Deed::Settings => self.open_menu(Some(Menu::Settings)),
            Deed::Keys => self.open_menu(Some(Menu::Keys)),
            Deed::Escape => self.escape(),
            Deed::NextPane => self.next_pane(),
            Deed::RenameFolder => match self.place {
                super::Place::Mailbox(id) => self.edit(id),
                _ => Action::None,
            },
            Deed::Search => self.open_search(),
            Deed::Filter => {
                let menu = self.listing_menu();
                self.open_menu(menu)
            }
            Deed::Queue => self.open_menu(Some(Menu::Queue)),
            Deed::Find => self.open_find(),
            Deed::FindNext => self.find_step(1),
            Deed::FindPrevious => self.find_step(-1),
            Deed::ZoomIn => self.zoom(1),
            Deed::ZoomOut => self.zoom(-1),
            Deed::ZoomReset => self.zoom(0),
            Deed::TogglePage => self.toggle_page(),
            Deed::NextCard => self.step_card(1),
            Deed::PreviousCard => self.step_card(-1),
            Deed::ToggleCard => self.toggle_active(),
            Deed::UnfoldAll => self.toggle_cards(),
            Deed::Monospace => self.toggle_monospace(),
            Deed::Source => self.open_source(),
            Deed::Print => self.print(printing::To::Printer),
            Deed::CloseWindow => Action::batch([self.store_preferences(), Action::Close]),
            Deed::Quit => Action::Quit,
        })
    }

    /// Folders, list, reader, and round again.
    fn next_pane(&mut self) -> Action {
        self.pane = (self.pane + 1) % 3;
        Action::Focus(match self.pane {
            0 => super::sidebar::place_id(self.place),
            1 => super::list::ID.into(),
            _ => match self.reader.message() {
                Some(opened) if opened.page.is_shown() => crate::gui::widget::page::ID.into(),
                _ => self.reader.text_id().into(),
            },
        })
    }

    /// Leaves a selection of many; then the notice; then the keyboard's place.
    fn escape(&mut self) -> Action {
        if self.selection.len() > 1 {
            self.sweep = None;
            if let Some((at, id)) = self.selection.cursor() {
                self.selection.only(at, id);
            } else {
                self.selection.clear();
            }
            return self.read_selected();
        }
        if self.printing.is_some() {
            return self.printing(printing::Message::Leave);
        }
        if self.fetching.take().is_some() {
            return Action::None;
        }
        if self.reader.find.is_some() {
            return self.close_find();
        }
        if self.search.is_some() {
            return self.close_search();
        }
        if self.notice.take().is_some() || self.toast.take().is_some() {
            return Action::None;
        }
        Action::Unfocus
    }
}
