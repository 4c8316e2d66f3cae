//! The reader pane: what can be done with the message, and the message or the cards of its conversation.

use super::{Opened, Shown, Spot, attachments, banners, body, card, cards, find, header, page, page_view, toolbar};
use crate::fl;
use crate::gui::action::Action;
use crate::gui::keymap::Deed;
use crate::gui::screen::files;
use crate::gui::screen::mail::{Message as Screen, Place, State, view};
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::{font, theme};
use crate::service::model::{Flags, MessageId};
use iced::widget::{column, container, row, scrollable, space, stack, text, text_editor};
use iced::{Alignment, Element, Length, Padding};

#[derive(Clone, Debug)]
pub enum Message {
    Text(Spot, text_editor::Action),
    /// What follows is about this message.
    Of(MessageId, Box<Message>),
    /// Folds the card, or opens it.
    Toggle,
    /// The card is on the screen.
    OnScreen,
    /// Gives the message a flag, or takes it away.
    Flag(Flags),
    /// Does something with the message.
    Do(Deed),
    /// Loads the card again.
    AgainCard,
    /// Opens all cards, or folds all but one.
    ToggleAll,
    /// Shows more of the folded cards.
    Older,
    /// The link under the pointer leads there.
    Over(Option<String>),
    /// Shows or hides the rest of a quotation, by the number of its block.
    Fold(usize),
    /// The pointer is released over the text.
    Released,
    Expand,
    /// Shows or hides what is known about the sender.
    Trust,
    Files(files::Message),
    Again,
    /// Loads the rest of a message of which only the headers are here.
    Load,
    Page(page::Message),
    Find(find::Message),
}

impl Message {
    /// Whether the person has done nothing: the pointer passes, or the window tells what it shows.
    fn is_passive(&self) -> bool {
        use crate::gui::widget::page::Said;
        matches!(
            self,
            Message::OnScreen | Message::Over(_) | Message::Page(page::Message::Said(Said::Seen(..) | Said::Over(_)))
        )
    }
}

impl State {
    pub(in crate::gui::screen::mail) fn read(&mut self, message: Message) -> Action {
        match message {
            Message::Of(id, message) => {
                let attended = if message.is_passive() { Action::None } else { self.attend(id) };
                attended.and(self.read_of(Some(id), *message))
            }
            Message::Again => self.reader.again(),
            Message::Find(message) => self.finding(message),
            Message::Files(message) => self.filed(message),
            Message::ToggleAll => self.toggle_cards(),
            Message::Older => {
                if let Some(all) = self.reader.conversation_mut() {
                    all.reveal();
                }
                Action::None
            }
            message => self.read_of(self.reader.active(), message),
        }
    }

    fn read_of(&mut self, id: Option<MessageId>, message: Message) -> Action {
        let message = match (id, message) {
            (id, Message::Page(message)) => return self.paged(id, message),
            (None, _) => return Action::None,
            (Some(id), Message::Load) => return self.load_whole(id),
            (Some(id), Message::OnScreen) => return self.card_seen(id),
            (Some(id), message @ (Message::Toggle | Message::Flag(_) | Message::Do(_) | Message::AgainCard)) => {
                return self.on_card(id, message);
            }
            (_, message) => message,
        };
        let Some((id, opened)) = id.and_then(|id| Some((id, self.reader.opened_mut(id)?))) else { return Action::None };
        match message {
            Message::Text(spot, action) => opened.perform(spot, action),
            Message::Fold(block) => opened.fold(block),
            Message::Released => {
                return match opened.released() {
                    Some((text, link)) => self.follow(id, &text, link),
                    None => Action::None,
                };
            }
            Message::Expand => opened.expanded = !opened.expanded,
            Message::Trust => opened.trust_shown = !opened.trust_shown,
            Message::Over(over) => opened.over = over,
            _ => {}
        }
        Action::None
    }
}

pub fn view(state: &State) -> Element<'_, Screen> {
    let body: Element<'_, Screen> = match state.selection.len() {
        0 => match state.place {
            Place::Outbox => view::empty(Icon::SendHorizontal, fl!("reader-outbox"), None),
            _ => view::empty(Icon::MailOpen, fl!("reader-nothing"), None),
        },
        1 => match &state.reader.shown {
            Shown::Nothing | Shown::Loading => space().height(Length::Fill).width(Length::Fill).into(),
            Shown::Failed(problem) => view::failed(problem, Screen::Read(Message::Again)),
            Shown::Messages(all) => match all.cards.as_slice() {
                [card] => single(state, card),
                _ => card::conversation(state, all),
            },
        },
        _ => many_selected(state.selected_messages()),
    };
    // The bar's place is kept, so that what follows it keeps its state.
    let bar = match (&state.reader.find, &state.reader.shown) {
        (Some(find), Shown::Messages(_)) if state.selection.len() == 1 => find::bar(find),
        _ => space().into(),
    };
    let body = stack![body, page_view::status(&state.reader)];
    column![toolbar::view(state), view::line(), bar, body].height(Length::Fill).into()
}

/// Several are selected: their count, and what can be done with all.
fn many_selected<'a>(count: usize) -> Element<'a, Screen> {
    let words = fl!("reader-selected", count = count);
    let does = |id: &'static str, sign: Icon, name: String, deed: Deed| {
        control::button(id, Some(sign), name, theme::press::plain, Some(Screen::Do(deed)))
    };
    let buttons = row![
        does("many-archive", Icon::Archive, fl!("archive"), Deed::Archive),
        does("many-move", Icon::FolderInput, fl!("move"), Deed::MoveTo),
        does("many-read", Icon::MailOpen, fl!("mark-read"), Deed::ToggleRead),
        does("many-delete", Icon::Trash2, fl!("delete"), Deed::Delete),
    ];
    let all = column![
        icon(Icon::Mails, 32.0).style(theme::words::faint),
        text(words.clone()).size(theme::size::SUBJECT).font(font::SEMIBOLD),
        buttons.spacing(theme::space::S).wrap(),
    ]
    .spacing(theme::space::L)
    .align_x(Alignment::Center);
    let all = container(all).center(Length::Fill).padding(theme::space::XL);
    control::control("reader-many", Semantics::new(Role::Status, words), all).into()
}

/// A message by itself.
fn single<'a>(state: &'a State, card: &'a super::conversation::Card) -> Element<'a, Screen> {
    match &card.body {
        super::Body::Open(opened) => message(state, opened),
        super::Body::Failed(problem) => view::failed(problem, Screen::Read(Message::AgainCard)),
        super::Body::Loading | super::Body::Folded => space().height(Length::Fill).width(Length::Fill).into(),
    }
}

fn message<'a>(state: &'a State, opened: &'a Opened) -> Element<'a, Screen> {
    let head = column![header::subject(&opened.view.row), header::view(state, opened)].spacing(theme::space::L);
    let head = head.extend(notes(state, opened));
    if opened.page.is_shown() || opened.flows {
        let all = head.push(body::view(state, opened, None)).push(attachments::view(state, opened));
        let all = container(all).padding(Padding { top: 18.0, right: 28.0, bottom: 28.0, left: 28.0 });
        return scrollable(all).id(find::SCROLL).style(theme::scroll).width(Length::Fill).height(Length::Fill).into();
    }
    // A long text scrolls by itself; its attachments stand before it.
    let all = head.push(attachments::view(state, opened)).push(body::view(state, opened, None));
    container(all).padding(Padding { top: 18.0, right: 28.0, bottom: 0.0, left: 28.0 }).height(Length::Fill).into()
}

/// The control that a card's head is.
pub fn header_id(id: MessageId) -> String {
    format!("reader-card-{id}")
}

/// What stands between the head of a message and its text.
pub fn notes<'a>(state: &'a State, opened: &'a Opened) -> Vec<Element<'a, Screen>> {
    // The banner's place is kept, so that what follows it keeps its state.
    let page = page_view::banner(&state.reader, opened).into();
    let mut all = vec![page];
    all.extend(banners::view(opened));
    all.extend(cards::view(&opened.view.content, &state.now));
    all
}
