//! What can be done with what is read, above it. Where the pane is narrow the answers have no words: every button stays.

use crate::fl;
use crate::gui::keymap::{self, Deed};
use crate::gui::screen::mail::{Menu, Message, State};
use crate::gui::theme;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::Icon;
use iced::widget::{Row, container, responsive, row, space};
use iced::{Alignment, Element, Length, Size};

/// Narrower panes show no words.
const WORDY: f32 = 580.0;
const HEIGHT: f32 = 56.0;

pub fn view(state: &State) -> Element<'_, Message> {
    responsive(move |size: Size| of(state, size.width >= WORDY)).height(HEIGHT).into()
}

fn of(state: &State, wordy: bool) -> Element<'_, Message> {
    let (gap, margin) = if wordy { (theme::space::XS, 16.0) } else { (0.0, 8.0) };
    let all = answers(state, wordy).push(space::horizontal()).extend(deeds(state));
    let all = container(all.spacing(gap).align_y(Alignment::Center))
        .padding([0.0, margin])
        .height(HEIGHT)
        .width(Length::Fill)
        .align_y(Alignment::Center)
        .clip(true);
    control::control("toolbar", Semantics::new(Role::Toolbar, fl!("reader-toolbar")), all).into()
}

/// What is for one message.
fn answers(state: &State, wordy: bool) -> Row<'_, Message> {
    let one = state.selection.single().is_some();
    let answer = |id: &'static str, sign: Icon, name: String, deed: Deed| {
        let does = one.then_some(Message::Do(deed));
        if !wordy {
            return control::icon_button(id, sign, name, Some(keymap::hint(deed)), does);
        }
        let style = if deed == Deed::Reply { theme::press::plain } else { theme::press::quiet };
        control::hint(control::button(id, Some(sign), name.clone(), style, does), name, Some(keymap::hint(deed)))
    };
    row![
        answer("reply", Icon::Reply, fl!("reply"), Deed::Reply),
        answer("reply-all", Icon::ReplyAll, fl!("reply-all"), Deed::ReplyAll),
        answer("forward", Icon::Forward, fl!("forward"), Deed::Forward),
    ]
}

/// What is for all that are selected.
fn deeds(state: &State) -> [Element<'_, Message>; 5] {
    let some = !state.selection.is_empty();
    let does = |id: &'static str, sign: Icon, name: String, deed: Deed| {
        control::icon_button(id, sign, name, Some(keymap::hint(deed)), some.then_some(Message::Do(deed)))
    };
    let moves = some.then_some(Message::Menu(Some(Menu::Move)));
    let more = (some || state.can_mark_all()).then_some(Message::Menu(Some(Menu::More)));
    [
        does("archive", Icon::Archive, fl!("archive"), Deed::Archive),
        control::icon_button("move", Icon::FolderInput, fl!("move"), Some(keymap::hint(Deed::MoveTo)), moves),
        does("junk", Icon::ShieldAlert, fl!("junk"), Deed::Junk),
        does("delete", Icon::Trash2, fl!("delete"), Deed::Delete),
        control::icon_button("more", Icon::Ellipsis, fl!("more"), None, more),
    ]
}
