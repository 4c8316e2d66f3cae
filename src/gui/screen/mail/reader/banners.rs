//! What a reader of a message must know before reading it, calmly.

use super::{Opened, trust};
use crate::fl;
use crate::gui::action::{Save, SaveSource};
use crate::gui::screen::mail::menu::safe_name;
use crate::gui::screen::mail::{Message as Screen, view};
use crate::gui::theme;
use crate::gui::widget::control;
use crate::gui::widget::icon::Icon;
use crate::i18n::reading;
use crate::service::model::Defect;
use iced::Element;

/// All that is to be known, beside what the page has to say.
pub fn view<'a>(opened: &'a Opened) -> Vec<Element<'a, Screen>> {
    let content = &opened.view.content;
    let mut all = Vec::new();
    if opened.trust_shown {
        all.push(trust::details(&opened.view.trust));
    }
    let shortened = content.defects.contains(&Defect::Shortened);
    for words in content.defects.iter().filter(|defect| **defect != Defect::Shortened).map(reading::defect) {
        all.push(view::banner(Icon::TriangleAlert, words, Vec::new(), theme::ground::warn));
    }
    if opened.cut || shortened {
        let save = Screen::Save(Save {
            file_name: format!("{}.eml", safe_name(&opened.view.row.subject)),
            source: SaveSource::Raw(opened.view.row.id),
        });
        let save = control::link(
            "reader-save-whole",
            fl!("save-message"),
            theme::size::SMALL,
            |theme, status| theme::press::banner(|t| t.warn)(theme, status),
            Some(save),
        );
        all.push(view::banner(Icon::Scissors, fl!("reader-cut"), vec![save], theme::ground::warn));
    }
    all
}
