//! The reader pane: what can be done with the message, who wrote it, the text, the attachments.

use super::links::{self, Marks};
use super::quote::Block;
use super::{Opened, Shown, Spot, attachments, cards, find, page, page_view, trust, whole};
use crate::fl;
use crate::gui::action::{Action, Ask, Save, SaveSource};
use crate::gui::keymap::{self, Deed};
use crate::gui::screen::files;
use crate::gui::screen::mail::list::row::name;
use crate::gui::screen::mail::menu::safe_name;
use crate::gui::screen::mail::{Menu, Message as Screen, Place, READ, State, view};
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::line::line;
use crate::gui::{font, theme};
use crate::i18n::{reading, units};
use crate::service::model::{Address, Defect};
use iced::widget::text_editor::{Binding, KeyPress};
use iced::widget::{
    Column, button, column, container, mouse_area, row, rule, scrollable, space, stack, text, text_editor,
};
use iced::{Alignment, Element, Length, Padding};

/// The id of the text.
pub const TEXT: &str = "reader-text";

#[derive(Clone, Debug)]
pub enum Message {
    Text(Spot, text_editor::Action),
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

impl State {
    pub(in crate::gui::screen::mail) fn read(&mut self, message: Message) -> Action {
        if let Message::Again = message {
            return self.reader.again().map(|id| Action::Ask(Ask::Message(id), READ)).unwrap_or_default();
        }
        let message = match message {
            Message::Load => return self.load_whole(),
            Message::Page(message) => return self.paged(message),
            Message::Find(message) => return self.finding(message),
            Message::Files(message) => return self.filed(message),
            message => message,
        };
        let Some(opened) = self.reader.message_mut() else { return Action::None };
        match message {
            Message::Text(spot, action) => opened.perform(spot, action),
            Message::Fold(block) => opened.fold(block),
            Message::Released => {
                return match opened.released() {
                    Some(link) => self.follow("", link),
                    None => Action::None,
                };
            }
            Message::Expand => opened.expanded = !opened.expanded,
            Message::Trust => opened.trust_shown = !opened.trust_shown,
            Message::Again | Message::Load | Message::Page(_) | Message::Find(_) | Message::Files(_) => {}
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
            Shown::Message(opened) => message(state, opened),
        },
        many => many_selected(many),
    };
    // The bar's place is kept, so that what follows it keeps its state.
    let bar = match (&state.reader.find, &state.reader.shown) {
        (Some(find), Shown::Message(_)) if state.selection.len() == 1 => find::bar(find),
        _ => space().into(),
    };
    let body = stack![body, page_view::status(&state.reader)];
    column![toolbar(state), view::line(), bar, body].height(Length::Fill).into()
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

fn toolbar(state: &State) -> Element<'_, Screen> {
    let one = state.selection.single().is_some();
    let some = !state.selection.is_empty();
    let answer = |id: &'static str, sign: Icon, name: String, deed: Deed| {
        let style = if deed == Deed::Reply { theme::press::plain } else { theme::press::quiet };
        let face = control::button(id, Some(sign), name.clone(), style, one.then_some(Screen::Do(deed)));
        control::hint(face, name, Some(keymap::hint(deed)))
    };
    let does = |id: &'static str, sign: Icon, name: String, deed: Deed| {
        control::icon_button(id, sign, name, Some(keymap::hint(deed)), some.then_some(Screen::Do(deed)))
    };
    let menu = |menu: Menu| some.then_some(Screen::Menu(Some(menu)));
    let all = row![
        answer("reply", Icon::Reply, fl!("reply"), Deed::Reply),
        answer("reply-all", Icon::ReplyAll, fl!("reply-all"), Deed::ReplyAll),
        answer("forward", Icon::Forward, fl!("forward"), Deed::Forward),
        space::horizontal(),
        does("archive", Icon::Archive, fl!("archive"), Deed::Archive),
        control::icon_button(
            "move",
            Icon::FolderInput,
            fl!("move"),
            Some(keymap::hint(Deed::MoveTo)),
            menu(Menu::Move)
        ),
        does("junk", Icon::ShieldAlert, fl!("junk"), Deed::Junk),
        does("delete", Icon::Trash2, fl!("delete"), Deed::Delete),
        control::icon_button(
            "more",
            Icon::Ellipsis,
            fl!("more"),
            None,
            (some || state.can_mark_all()).then_some(Screen::Menu(Some(Menu::More)))
        ),
    ];
    let all = container(all.spacing(theme::space::XS).align_y(Alignment::Center))
        .padding([0.0, 16.0])
        .height(56)
        .width(Length::Fill)
        .align_y(Alignment::Center)
        .clip(true);
    control::control("toolbar", Semantics::new(Role::Toolbar, fl!("reader-toolbar")), all).into()
}

fn message<'a>(state: &'a State, opened: &'a Opened) -> Element<'a, Screen> {
    let mut head = column![subject(opened), sender(state, opened)].spacing(theme::space::L);
    head = head.push(page_view::banner(&state.reader, opened));
    for banner in banners(opened) {
        head = head.push(banner);
    }
    head = head.extend(cards::view(&opened.view.content, &state.now));
    if opened.page.is_shown() || opened.flows {
        let all = head.push(body(state, opened)).push(attachments::view(state, opened));
        let all = container(all).padding(Padding { top: 18.0, right: 28.0, bottom: 28.0, left: 28.0 });
        return scrollable(all).id(find::SCROLL).style(theme::scroll).width(Length::Fill).height(Length::Fill).into();
    }
    // A long text scrolls by itself; its attachments stand before it.
    let all = head.push(attachments::view(state, opened)).push(body(state, opened));
    container(all).padding(Padding { top: 18.0, right: 28.0, bottom: 0.0, left: 28.0 }).height(Length::Fill).into()
}

fn subject<'a>(opened: &'a Opened) -> Element<'a, Screen> {
    let subject = opened.view.row.subject.trim();
    let subject = if subject.is_empty() { fl!("no-subject") } else { subject.to_string() };
    let words =
        text(subject.clone()).size(theme::size::SUBJECT).line_height(theme::size::line(28.0)).font(font::SEMIBOLD);
    control::control("reader-subject", Semantics::new(Role::Heading, subject), words).into()
}

fn sender<'a>(state: &'a State, opened: &'a Opened) -> Element<'a, Screen> {
    let unknown = Address::default();
    let from = opened.view.content.envelope.from.first().or(opened.view.row.from.first()).unwrap_or(&unknown);
    let shown = if name(from).is_empty() { fl!("no-sender") } else { name(from).to_string() };
    let mut who = column![line(shown.clone()).font(font::SEMIBOLD)];
    if !from.name.trim().is_empty() && !from.addr.is_empty() {
        who = who.push(line(format!("<{}>", from.addr)).style(theme::words::dim));
    }
    who = who.push(recipients(state, opened));
    if opened.expanded {
        who = who.push(all_addresses(opened));
    }
    let date = text(units::full_date(opened.view.row.date, &state.now))
        .size(theme::size::SMALL)
        .style(theme::words::dim)
        .wrapping(text::Wrapping::None);
    let date = control::hint(date, units::full_date_with_zone(opened.view.row.date, &state.now), None);
    let date = column![date].extend(trust::chip(&opened.view.trust, opened.trust_shown));
    let date = date.spacing(theme::space::S).align_x(Alignment::End);
    row![
        container(avatar(from, &shown)).padding(Padding { top: 4.0, ..Padding::ZERO }),
        who.width(Length::Fill),
        container(date).padding(Padding { top: 3.0, ..Padding::ZERO }),
    ]
    .spacing(theme::space::M)
    .into()
}

/// The initials on a calm colour.
fn avatar<'a>(from: &Address, shown: &str) -> Element<'a, Screen> {
    let ground = theme::avatar(&from.addr);
    container(text(initials(shown)).font(font::SEMIBOLD).color(theme::ON_AVATAR))
        .center(40)
        .style(move |_| container::Style {
            background: Some(ground.into()),
            border: iced::Border::default().rounded(20),
            ..container::Style::default()
        })
        .into()
}

/// The first letters of the first and the last word.
pub fn initials(name: &str) -> String {
    let letter = |word: &str| word.chars().find(|c| c.is_alphanumeric());
    let mut letters = name.split_whitespace().filter_map(letter);
    let first = letters.next();
    let last = letters.next_back();
    first.into_iter().chain(last).flat_map(char::to_uppercase).collect()
}

/// “to you, Mary Somerville”: opens into all addresses.
fn recipients<'a>(state: &'a State, opened: &'a Opened) -> Element<'a, Screen> {
    let envelope = &opened.view.content.envelope;
    let mine = |address: &Address| {
        state.accounts.all().iter().any(|view| view.account.email.eq_ignore_ascii_case(&address.addr))
    };
    let all: Vec<&Address> = envelope.to.iter().chain(&envelope.cc).collect();
    let mut shown: Vec<String> = Vec::new();
    if all.iter().any(|address| mine(address)) {
        shown.push(fl!("reader-you"));
    }
    shown.extend(all.iter().filter(|address| !mine(address)).take(3).map(|address| name(address).to_string()));
    let rest = all.len().saturating_sub(shown.len());
    let words = match (shown.is_empty(), rest) {
        (true, _) => fl!("reader-to-nobody"),
        (false, 0) => fl!("reader-to", names = shown.join(", ")),
        (false, rest) => fl!("reader-to-more", names = shown.join(", "), count = rest),
    };
    let sign = if opened.expanded { Icon::ChevronUp } else { Icon::ChevronDown };
    let face = row![
        line(words.clone()).size(theme::size::SMALL).style(theme::words::dim).shrink(),
        icon(sign, 13.0).style(theme::words::dim)
    ]
    .spacing(theme::space::XS)
    .align_y(Alignment::Center);
    let message = Some(Screen::Read(Message::Expand));
    let face = button(face).padding(0).style(theme::press::link).on_press_maybe(message.clone());
    control::control("reader-to", Semantics::new(Role::Button, words), face)
        .on_activate(message)
        .expanded(opened.expanded)
        .radius(4.0)
        .into()
}

fn all_addresses<'a>(opened: &'a Opened) -> Element<'a, Screen> {
    let envelope = &opened.view.content.envelope;
    let fields = [
        (fl!("header-from"), &envelope.from),
        (fl!("header-reply-to"), &envelope.reply_to),
        (fl!("header-to"), &envelope.to),
        (fl!("header-cc"), &envelope.cc),
        (fl!("header-bcc"), &envelope.bcc),
    ];
    let written = |address: &Address| match address.name.trim() {
        "" => address.addr.clone(),
        name => format!("{name} <{}>", address.addr),
    };
    let lines = fields.into_iter().filter(|(_, addresses)| !addresses.is_empty()).map(|(field, addresses)| {
        let mut shown: Vec<String> = addresses.iter().take(100).map(written).collect();
        if addresses.len() > 100 {
            let rest: usize = addresses.len() - 100;
            shown.push(fl!("reader-more-addresses", count = rest));
        }
        row![
            text(field).size(theme::size::SMALL).style(theme::words::dim).width(80),
            text(shown.join(", ")).size(theme::size::SMALL).width(Length::Fill),
        ]
        .into()
    });
    container(Column::with_children(lines).spacing(2)).padding(Padding { top: 6.0, ..Padding::ZERO }).into()
}

/// What a reader of this message must know, calmly.
fn banners<'a>(opened: &'a Opened) -> Vec<Element<'a, Screen>> {
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

/// The text: to select from, with quoted lines dimmed and links to click.
fn body<'a>(state: &'a State, opened: &'a Opened) -> Element<'a, Screen> {
    if opened.view.row.headers_only {
        return whole::view(opened);
    }
    if opened.page.is_shown() {
        return page_view::body(&state.reader, opened);
    }
    let look = Look {
        flows: opened.flows,
        zoom: state.reader.looking.zoom,
        found: state.reader.find.as_ref().map_or("", |find| find.text.as_str()),
    };
    if opened.is_empty() {
        let words =
            if opened.attachments().is_empty() { fl!("reader-no-text") } else { fl!("reader-only-attachments") };
        return text(words).style(theme::words::dim).into();
    }
    let blocks = opened.blocks.iter().enumerate().map(|(number, block)| {
        if block.is_quoted() {
            quotation(look, number, block)
        } else {
            piece(look, Spot { block: number, piece: 0 }, block)
        }
    });
    let height = if opened.flows { Length::Shrink } else { Length::Fill };
    let all = Column::with_children(blocks).spacing(theme::space::M).height(height);
    let all = mouse_area(all).on_release(Screen::Read(Message::Released));
    control::control("reader-document", Semantics::new(Role::Document, opened.view.row.subject.clone()), all).into()
}

/// How the text is shown.
#[derive(Clone, Copy)]
struct Look<'a> {
    flows: bool,
    zoom: f32,
    /// What is looked for.
    found: &'a str,
}

/// One piece of the text, to select from.
fn piece<'a>(look: Look<'a>, spot: Spot, block: &'a Block) -> Element<'a, Screen> {
    let Some(piece) = block.pieces.get(spot.piece) else { return space().into() };
    text_editor(&piece.text)
        .id(find::text_id(spot))
        .size(theme::size::MESSAGE * look.zoom)
        .line_height(theme::size::line(24.0 * look.zoom))
        .padding(0)
        .height(if look.flows { Length::Shrink } else { Length::Fill })
        .key_binding(keys)
        .style(if piece.depth > 0 { theme::quoted_editor } else { theme::bare_editor })
        .highlight_with::<Marks>(look.found.trim().to_string(), links::format)
        .on_action(move |action| Screen::Read(Message::Text(spot, action)))
        .into()
}

/// Quoted pieces behind a bar, a further one for each further level; folded where they are long.
fn quotation<'a>(look: Look<'a>, number: usize, block: &'a Block) -> Element<'a, Screen> {
    let pieces = block.pieces.iter().enumerate().take(block.shown()).map(|(at, quoted)| {
        let words = piece(Look { flows: true, ..look }, Spot { block: number, piece: at }, block);
        (1..quoted.depth).fold(words, |words, _| behind_bar(words))
    });
    let mut all = Column::with_children(pieces);
    if block.folds() {
        let name = if block.open { fl!("reader-quote-hide") } else { fl!("reader-quote-show") };
        let fold = Some(Screen::Read(Message::Fold(number)));
        all = all.push(control::link(
            format!("reader-quote-{number}"),
            name,
            theme::size::MESSAGE,
            theme::press::link,
            fold,
        ));
    }
    behind_bar(all.into())
}

fn behind_bar(content: Element<'_, Screen>) -> Element<'_, Screen> {
    row![rule::vertical(3).style(theme::quote_bar), content].spacing(14).height(Length::Shrink).into()
}

/// The keys of the text: selecting and copying. Everything else stays with the window.
fn keys(press: KeyPress) -> Option<Binding<Screen>> {
    match Binding::from_key_press(press)? {
        binding @ (Binding::Copy | Binding::SelectAll | Binding::Select(_) | Binding::Unfocus) => Some(binding),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn initials_are_of_the_first_and_last_name() {
        assert_eq!(initials("Charles Babbage"), "CB");
        assert_eq!(initials("ada"), "A");
        assert_eq!(initials("\"Mary\" F. Somerville"), "MS");
        assert_eq!(initials("中村 ひかり"), "中ひ");
        assert_eq!(initials("<>"), "");
    }
}
