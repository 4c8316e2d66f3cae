//! The page of a message drawn, with what stands around it: the banner of blocked images, the line that says why the
//! text is shown instead, the target of the link under the pointer, and the question before a doubtful link.

use super::find::Find;
use super::page::{Images, Message, Page};
use super::view::Message as Read;
use super::{Opened, Reader};
use crate::fl;
use crate::gui::keymap::Deed;
use crate::gui::screen::mail::menu_view::{choices, item};
use crate::gui::screen::mail::{Message as Screen, State};
use crate::gui::theme;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::line::line;
use crate::gui::widget::page::{Picture, page};
use crate::gui::widget::popover::{Flush, popover};
use crate::service::page::{Doubt, ImageChoice, Verdict};
use iced::widget::{Column, column, container, row, space, text};
use iced::{Alignment, Element, Length, Padding};

/// Below this width the banner's buttons stand under its words.
const NARROW: f32 = 520.0;
/// Characters of an address that are shown.
const MOST_ADDRESS: usize = 400;

/// A link that is asked about before it is opened.
#[derive(Clone, Debug, PartialEq)]
pub struct Question {
    pub href: String,
    pub verdict: Verdict,
}

fn say(message: Message) -> Screen {
    Screen::Read(Read::Page(message))
}

/// The page, as far as it is here: before that only its width is told.
pub fn body<'a>(find: Option<&'a Find>, opened: &'a Opened) -> Element<'a, Screen> {
    let sheet = opened.page.sheet.as_deref();
    let (found, present) = find.map(Find::areas).unwrap_or_default();
    let picture = sheet.map(|sheet| Picture {
        layout: &sheet.layout,
        scale: sheet.scale(),
        tiles: &sheet.tiles,
        selected: &sheet.selection.areas,
        lit: sheet.lit_areas(),
        found,
        present,
    });
    let all = page(picture, |said| say(Message::Said(said)));
    let document = Semantics::new(Role::Document, opened.view.row.subject.clone());
    let mut all = column![control::control("reader-document", document, all)].spacing(theme::space::M);
    if sheet.is_some_and(|sheet| sheet.layout.cut) {
        all = all.push(text(fl!("page-cut")).size(theme::size::SMALL).style(theme::words::dim));
    }
    all.into()
}

/// What must be known of the page before it is read.
pub fn banner<'a>(reader: &'a Reader, opened: &'a Opened) -> Option<Element<'a, Screen>> {
    let page = &opened.page;
    if page.failed && !page.as_text {
        let again = link("page-again", fl!("try-again"), Message::Again);
        let words = text(fl!("page-failed")).size(theme::size::SMALL).style(theme::words::dim);
        let all = row![words, again].spacing(theme::space::S).wrap();
        return Some(control::control("page-failed", Semantics::new(Role::Status, fl!("page-failed")), all).into());
    }
    if !page.is_shown() || page.sheet.is_none() {
        return None;
    }
    images(reader, opened, page)
}

fn images<'a>(reader: &'a Reader, opened: &'a Opened, page: &'a Page) -> Option<Element<'a, Screen>> {
    let Images { remote, trackers, choice, loaded, missing } = page.images;
    let asks = remote > 0 && !loaded && choice == ImageChoice::Ask;
    let mut words = Vec::new();
    if asks {
        words.push(fl!("page-images-blocked", count = remote));
    } else if loaded && missing > 0 {
        words.push(fl!("page-images-missing", count = missing));
    }
    if trackers > 0 {
        words.push(fl!("page-trackers", count = trackers));
    }
    if words.is_empty() {
        return None;
    }
    let words = words.join(" ");
    let mut buttons: Vec<Element<'a, Screen>> = Vec::new();
    if asks {
        buttons.push(banner_link("images-once", fl!("page-images-once"), Message::Once));
        if opened.sender().is_some() {
            let always = Message::Keep(ImageChoice::Always);
            buttons.push(banner_link("images-always", fl!("page-images-always"), always));
            buttons.push(never(page));
        }
    } else if loaded && missing > 0 {
        buttons.push(banner_link("images-again", fl!("try-again"), Message::Again));
    }
    let narrow = reader.looking.seen.is_some_and(|(width, _)| width < NARROW);
    let body = text(words.clone()).size(theme::size::SMALL).line_height(theme::size::line(20.0)).width(Length::Fill);
    let body = row![icon(Icon::ImageOff, theme::size::ICON_ROW), body].spacing(10).align_y(Alignment::Center);
    let body: Element<'a, Screen> = if buttons.is_empty() {
        body.into()
    } else if narrow {
        let buttons = row(buttons).spacing(theme::space::S).align_y(Alignment::Center).wrap();
        column![body, container(buttons).padding(Padding { left: 26.0, ..Padding::ZERO })].spacing(4).into()
    } else {
        let buttons = row(buttons).spacing(theme::space::S).align_y(Alignment::Center);
        row![body, buttons].spacing(10).align_y(Alignment::Center).into()
    };
    let body = container(body).padding([8.0, 12.0]).width(Length::Fill).style(theme::ground::warn);
    Some(control::control("banner-images", Semantics::new(Role::Status, words), body).into())
}

/// The small menu with what is wanted seldom.
fn never(page: &Page) -> Element<'_, Screen> {
    let toggle = say(Message::Choosing(!page.choosing));
    let face = iced::widget::button(icon(Icon::ChevronDown, theme::size::ICON_ROW))
        .padding(2)
        .style(|theme, status| theme::press::banner(|t| t.warn)(theme, status))
        .on_press(toggle.clone());
    let semantics = Semantics { expanded: Some(page.choosing), ..Semantics::new(Role::Button, fl!("more")) };
    let anchor = control::control("images-more", semantics, face).on_activate(Some(toggle)).radius(4.0);
    let menu = page.choosing.then(|| {
        let never = item(
            "images-never",
            Icon::Ban,
            fl!("page-images-never"),
            None,
            Some(say(Message::Keep(ImageChoice::Never))),
        );
        container(never).width(250).padding(6).style(theme::ground::menu).into()
    });
    popover(anchor, menu).on_dismiss(say(Message::Choosing(false))).flush(Flush::Right).into()
}

fn link<'a>(id: &'static str, name: String, message: Message) -> Element<'a, Screen> {
    control::link(id, name, theme::size::SMALL, theme::press::link, Some(say(message)))
}

fn banner_link<'a>(id: &'static str, name: String, message: Message) -> Element<'a, Screen> {
    let style = |theme: &iced::Theme, status| theme::press::banner(|t| t.warn)(theme, status);
    control::link(id, name, theme::size::SMALL, style, Some(say(message)))
}

/// The target of the link under the pointer, at the bottom of the pane. It is there always, so that what lies below it
/// keeps its state.
pub fn status<'a>(reader: &'a Reader) -> Element<'a, Screen> {
    let target = reader.conversation().and_then(|all| all.cards.iter().find_map(|card| card.opened()?.target()));
    let Some(target) = target else { return space().into() };
    let words = shown_address(target);
    let face = line(words.clone()).size(theme::size::META);
    let face = container(face).padding([3.0, 10.0]).style(theme::ground::menu);
    let face = control::control("reader-target", Semantics::new(Role::Status, words), face);
    container(face).width(Length::Fill).height(Length::Fill).align_y(Alignment::End).padding(6).into()
}

/// An address for the eye: nothing in it turns the direction or hides, and it ends somewhere.
pub fn shown_address(href: &str) -> String {
    let plain = |c: &char| {
        !c.is_control()
            && !matches!(c, '\u{200B}'..='\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2060}'..='\u{2069}' | '\u{FEFF}')
    };
    let mut shown: String = href.chars().filter(plain).take(MOST_ADDRESS).collect();
    if href.chars().filter(plain).nth(MOST_ADDRESS).is_some() {
        shown.push('…');
    }
    shown
}

/// The lines of the menu that concern the page.
pub fn menu(state: &State) -> Vec<Element<'_, Screen>> {
    let Some(opened) = state.reader.message().filter(|opened| opened.page.has()) else { return Vec::new() };
    let page = &opened.page;
    let (sign, name) = match page.as_text {
        true => (Icon::PanelTop, fl!("page-as-designed")),
        false => (Icon::Text, fl!("page-as-text")),
    };
    let switch = say(Message::AsText(!page.as_text));
    let mut all = vec![item("more-page", sign, name, Some(Deed::TogglePage), Some(switch))];
    if page.is_shown() {
        let (sign, name) = match page.dark {
            true => (Icon::Sun, fl!("page-light")),
            false => (Icon::Moon, fl!("page-dark")),
        };
        all.push(item("more-dark", sign, name, None, Some(say(Message::Dark(!page.dark)))));
    }
    all
}

/// The title of the question about a link.
pub fn question_title(question: &Question) -> String {
    match question.verdict {
        Verdict::Refused { .. } => fl!("link-refused"),
        _ => fl!("link-doubtful"),
    }
}

/// The question: where the link leads, and what is doubtful about it.
pub fn question(question: &Question) -> Element<'_, Screen> {
    let doubts: Vec<String> = match &question.verdict {
        Verdict::Plain => Vec::new(),
        Verdict::Doubtful(doubts) => doubts.iter().map(doubt).collect(),
        Verdict::Refused { scheme } if scheme.is_empty() => vec![fl!("link-no-scheme")],
        Verdict::Refused { scheme } => vec![fl!("link-scheme", scheme = shown_address(scheme))],
    };
    let doubts = doubts.into_iter().map(|words| {
        let sign = icon(Icon::TriangleAlert, theme::size::ICON_ROW).style(theme::words::warn);
        row![sign, text(words).width(Length::Fill)].spacing(10).into()
    });
    let address = text(shown_address(&question.href)).size(theme::size::SMALL).wrapping(text::Wrapping::WordOrGlyph);
    let address = container(address).padding([6.0, 10.0]).width(Length::Fill).style(theme::ground::card);
    let address =
        control::control("link-address", Semantics::new(Role::Status, shown_address(&question.href)), address);
    let copy = say(Message::Copy(question.href.clone()));
    let mut deeds =
        row![control::button("link-copy", Some(Icon::Copy), fl!("link-copy"), theme::press::plain, Some(copy))]
            .spacing(theme::space::S);
    if matches!(question.verdict, Verdict::Doubtful(_)) {
        let open = say(Message::Follow(question.href.clone()));
        deeds = deeds.push(control::button("link-open", None, fl!("link-open"), theme::press::danger, Some(open)));
    }
    column![Column::with_children(doubts).spacing(theme::space::S), address, choices(deeds.into())]
        .spacing(theme::space::L)
        .into()
}

/// A doubt in words.
fn doubt(doubt: &Doubt) -> String {
    match doubt {
        Doubt::OtherSite { shown, target } => {
            fl!("link-other-site", shown = shown_address(shown), target = shown_address(target))
        }
        Doubt::OtherAddress { shown, target } => {
            fl!("link-other-address", shown = shown_address(shown), target = shown_address(target))
        }
        Doubt::LookAlike { host, resembles } => {
            fl!("link-look-alike", host = shown_address(host), resembles = shown_address(resembles))
        }
        Doubt::MixedScript { host } => fl!("link-mixed-script", host = shown_address(host)),
        Doubt::Punycode { host, ascii } => {
            fl!("link-punycode", host = shown_address(host), ascii = shown_address(ascii))
        }
        Doubt::UserInfo { user, host } => {
            fl!("link-user-info", user = shown_address(user), host = shown_address(host))
        }
        Doubt::Numeric { host } => fl!("link-numeric", host = shown_address(host)),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_is_shown_as_it_is_read_and_ends_somewhere() {
        assert_eq!(shown_address("https://a.example/\u{202e}gpj.exe\u{200b}\n"), "https://a.example/gpj.exe");
        let long = shown_address(&"x".repeat(5_000));
        assert!(long.ends_with('…') && long.chars().count() == MOST_ADDRESS + 1);
    }
}
