//! A folder written for other programs: as what, where, how far.

use super::menu::safe_name;
use super::{Message, State, folders, menu_view, statusbar};
use crate::fl;
use crate::gui::action::{Action, Save, SaveSource};
use crate::gui::theme;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::Icon;
use crate::i18n::units;
use crate::service::command::ExportFormat;
use crate::service::event::ExportProgress;
use crate::service::model::MailboxId;
use iced::widget::{column, progress_bar, row, text};
use iced::{Alignment, Element};

impl State {
    /// Asks where to, and exports.
    pub(super) fn export(&mut self, mailbox: MailboxId, format: ExportFormat) -> Action {
        let Some(name) = self.mailbox(mailbox).map(folders::name) else { return self.open_menu(None) };
        let file_name = match format {
            ExportFormat::Mbox => format!("{}.mbox", safe_name(&name)),
            ExportFormat::Messages => safe_name(&name),
        };
        self.save(Save { file_name, source: SaveSource::Mailbox { id: mailbox, format } })
    }

    pub(super) fn exported(&mut self, news: ExportProgress) {
        self.saving_began(news.mailbox);
        self.exports.retain(|export| export.mailbox != news.mailbox);
        if !news.finished {
            self.exports.push(news);
        }
    }
}

/// As what it is exported.
pub fn dialog(state: &State, id: MailboxId) -> Element<'_, Message> {
    let name = state.mailbox(id).map(folders::name).unwrap_or_default();
    let count = state.mailbox(id).map_or(0, |mailbox| mailbox.total);
    let one = |control: &'static str, sign, words: String, format| {
        control::menu_item(control, Some(sign), words, None, Some(Message::Export(id, format)), Message::Step)
    };
    let content = column![
        text(fl!("export-words", messages = units::messages(count))).style(theme::words::dim),
        column![
            one("export-mbox", Icon::FileArchive, fl!("export-mbox"), ExportFormat::Mbox),
            one("export-eml", Icon::Files, fl!("export-eml"), ExportFormat::Messages),
        ],
    ]
    .spacing(theme::space::M);
    menu_view::dialog(fl!("export-title", folder = name), content.into(), 440.0)
}

/// How far, and what ends it.
pub fn progress(state: &State) -> Option<Element<'_, Message>> {
    let export = state.exports.first()?;
    let name = state.mailbox(export.mailbox).map(folders::name).unwrap_or_default();
    let words = fl!("status-exporting", folder = name);
    let counts = fl!("status-exported", done = units::count(export.done), total = units::count(export.total));
    let bar =
        progress_bar(0.0..=export.total.max(1) as f32, export.done as f32).length(80).girth(4).style(theme::progress);
    let stop = Some(Message::StopExport(export.mailbox));
    let line = row![
        statusbar::meta(words.clone(), theme::words::dim),
        bar,
        statusbar::meta(counts.clone(), theme::words::dim),
        control::link("status-stop-export", fl!("cancel"), theme::size::META, theme::press::link, stop),
    ];
    let semantics = Semantics { value: Some(counts), ..Semantics::new(Role::Progress, words) };
    Some(control::control("status-export", semantics, line.spacing(5).align_y(Alignment::Center)).into())
}
