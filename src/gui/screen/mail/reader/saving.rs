//! Saving to files: by the desktop's dialog, and by a path in words where there is no dialog.

use crate::fl;
use crate::gui::action::{Action, Answer, Save, SaveSource, Tag};
use crate::gui::screen::mail::fetching::{Then, message_of};
use crate::gui::screen::mail::{Menu, State};
use crate::service::command::ExportFormat;
use crate::service::model::MailboxId;
use std::path::{Path, PathBuf};

/// After this long without a dialog's answer a path in words is offered beside it: the portal may hang.
const PATIENCE: u64 = 8_000;

const SAVE: &str = "mail.save";
const PATIENT: &str = "mail.save.patience";

/// What is being saved.
#[derive(Debug, Default)]
pub struct Saving {
    /// What a dialog is open for, and the number of its request.
    waiting: Option<(u64, Save)>,
    /// The path in words.
    pub path: String,
}

impl State {
    pub(in crate::gui::screen::mail) fn save(&mut self, save: Save) -> Action {
        let menu = self.open_menu(None);
        menu.and(match message_of(&save) {
            Some(id) => self.with_whole(id, Then::Save(save)),
            None => self.choose_file(save),
        })
    }

    /// Asks where to save, and saves.
    pub(in crate::gui::screen::mail) fn choose_file(&mut self, save: Save) -> Action {
        let number = self.next();
        self.saving.waiting = Some((number, save.clone()));
        Action::batch([
            Action::SaveAs(save, Tag::numbered(SAVE, number)),
            Action::After(PATIENCE, Tag::numbered(PATIENT, number)),
        ])
    }

    pub(in crate::gui::screen::mail) fn save_path(&mut self, path: String) -> Action {
        self.saving.path = path;
        Action::None
    }

    /// Saves to the path in words.
    pub(in crate::gui::screen::mail) fn save_here(&mut self) -> Action {
        let path = expanded(self.saving.path.trim());
        let Some((number, save)) = self.saving.waiting.clone() else { return self.open_menu(None) };
        if path.as_os_str().is_empty() {
            return Action::None;
        }
        self.open_menu(None).and(Action::SaveTo(save, path, Tag::numbered(SAVE, number)))
    }

    /// The dialog is done with: it is being written.
    pub(in crate::gui::screen::mail) fn saving_began(&mut self, mailbox: MailboxId) {
        let is_it = |save: &Save| matches!(save.source, SaveSource::Mailbox { id, .. } if id == mailbox);
        if self.saving.waiting.take_if(|(_, save)| is_it(save)).is_some() && self.menu == Some(Menu::Path) {
            self.menu = None;
        }
    }

    /// What is being saved, for the words of the dialog.
    pub(in crate::gui::screen::mail) fn saving(&self) -> Option<&Save> {
        self.saving.waiting.as_ref().map(|(_, save)| save)
    }

    pub(in crate::gui::screen::mail) fn saving_came(&mut self, tag: Tag, answer: Answer) -> Action {
        let current = self.saving.waiting.as_ref().is_some_and(|(number, _)| *number == tag.number);
        match (tag.name, answer) {
            (SAVE, Answer::Saved(Ok(path))) => {
                if current {
                    self.saving.waiting = None;
                    if self.menu == Some(Menu::Path) {
                        self.menu = None;
                    }
                }
                match path {
                    Some(path) => self.say(fl!("said-saved", path = path.display().to_string()), None),
                    None => Action::None,
                }
            }
            (SAVE, Answer::Saved(Err(problem))) => {
                self.notice = Some(problem);
                Action::None
            }
            (SAVE, Answer::NoDialog(Some(save))) => {
                self.saving.waiting = Some((tag.number, save));
                self.offer_path()
            }
            (PATIENT, Answer::Elapsed) if current && self.menu.is_none() => self.offer_path(),
            _ => Action::None,
        }
    }

    fn offer_path(&mut self) -> Action {
        if let Some((_, save)) = &self.saving.waiting {
            let directory = downloads();
            let path = match save.source {
                SaveSource::Attachments { .. }
                | SaveSource::AllEnclosed { .. }
                | SaveSource::Mailbox { format: ExportFormat::Messages, .. } => directory,
                _ => directory.join(&save.file_name),
            };
            self.saving.path = path.display().to_string();
        }
        self.open_menu(Some(Menu::Path))
    }
}

/// Where files are usually saved.
pub(in crate::gui::screen) fn downloads() -> PathBuf {
    let directories = directories::UserDirs::new();
    let place = directories.as_ref().map(|d| d.download_dir().unwrap_or(d.home_dir()).to_path_buf());
    place.unwrap_or_else(|| PathBuf::from("."))
}

/// `~/x` as a person writes it.
fn expanded(path: &str) -> PathBuf {
    match (path.strip_prefix("~/"), directories::BaseDirs::new()) {
        (Some(rest), Some(base)) => base.home_dir().join(rest),
        _ => Path::new(path).to_path_buf(),
    }
}
