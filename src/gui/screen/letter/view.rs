//! What the window on one message looks like.

use super::{Message, Opened, Shown, State};
use crate::fl;
use crate::gui::screen::files;
use crate::gui::screen::mail::reader::marks::{self, Marks, Settings};
use crate::gui::screen::mail::reader::{page_view, trust};
use crate::gui::screen::mail::{Message as Reading, menu_view};
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::Icon;
use crate::gui::widget::line::line;
use crate::gui::widget::page::{Picture, page};
use crate::gui::{font, theme};
use crate::i18n::{problem, reading, units};
use crate::service::model::Address;
use iced::widget::text_editor::{Binding, KeyPress};
use iced::widget::{Column, Id, column, container, row, scrollable, space, stack, text, text_editor};
use iced::{Alignment, Element, Length, Padding};

/// What scrolls.
pub const SCROLL: Id = Id::new("letter-scroll");

impl State {
    pub fn view(&self) -> Element<'_, Message> {
        let body: Element<'_, Message> = match &self.shown {
            Shown::Loading => space().height(Length::Fill).width(Length::Fill).into(),
            Shown::Failed(failure) => {
                let again =
                    control::button("letter-again", None, fl!("try-again"), theme::press::plain, Some(Message::Again));
                let all = column![text(problem::words(failure).what).style(theme::words::bad), again].spacing(12);
                container(all).padding(28).into()
            }
            Shown::Read(opened) => self.message(opened),
        };
        let ground = container(body).width(Length::Fill).height(Length::Fill).style(theme::ground::bg);
        let mut layers = stack![ground].push(target(&self.shown));
        for layer in files::overlay(&self.files) {
            layers = layers.push(layer.map(Message::Files));
        }
        if let Some(question) = &self.question {
            let title = page_view::question_title(question);
            layers = layers.push(menu_view::dialog(title, page_view::question(question), 520.0).map(of_reader));
        }
        layers.width(Length::Fill).height(Length::Fill).into()
    }

    fn message<'a>(&'a self, opened: &'a Opened) -> Element<'a, Message> {
        let content = &opened.letter.content;
        let whole = !opened.page.is_shown();
        let files = files::list(&self.files, &self.place, &content.attachments, whole).map(Message::Files);
        let said = self.said.iter().map(|said| text(said).style(theme::words::dim).into());
        let head = self.head(opened).push(Column::with_children(said));
        let padding = Padding { top: 18.0, right: 28.0, bottom: 28.0, left: 28.0 };
        if opened.page.is_shown() || opened.flows {
            let all = head.push(self.body(opened)).push(files);
            return scrollable(container(all).padding(padding).width(Length::Fill))
                .id(SCROLL)
                .style(theme::scroll)
                .width(Length::Fill)
                .height(Length::Fill)
                .into();
        }
        // A long text scrolls by itself; its attachments stand before it.
        let all = head.push(files).push(self.body(opened));
        container(all).padding(Padding { bottom: 0.0, ..padding }).height(Length::Fill).into()
    }

    fn head<'a>(&'a self, opened: &'a Opened) -> Column<'a, Message> {
        use crate::gui::screen::Screen;
        let content = &opened.letter.content;
        let title = self.title();
        let subject = text(title.clone()).size(theme::size::SUBJECT).line_height(theme::size::line(28.0));
        let subject = control::control(
            "letter-subject",
            Semantics::new(Role::Heading, title.clone()),
            subject.font(font::semibold(&title)),
        );
        let sign = |id: &'static str, sign: Icon, name: String, key: Option<String>, message: Message| {
            control::icon_button(id, sign, name, key, Some(message))
        };
        let hint = |deed| Some(crate::gui::keymap::hint(deed));
        use crate::gui::keymap::Deed;
        let switch = (!content.html.as_ref().is_none_or(String::is_empty)).then(|| match opened.page.as_text {
            true => sign(
                "letter-page",
                Icon::PanelTop,
                fl!("page-as-designed"),
                hint(Deed::TogglePage),
                Message::AsText(false),
            ),
            false => {
                sign("letter-page", Icon::Text, fl!("page-as-text"), hint(Deed::TogglePage), Message::AsText(true))
            }
        });
        let tools = row![]
            .push(switch)
            .push(sign("letter-source", Icon::CodeXml, fl!("source"), hint(Deed::Source), Message::Source))
            .push(sign("letter-save", Icon::Download, fl!("save-message"), None, Message::Save));
        let top = row![container(subject).width(Length::Fill), tools].spacing(theme::space::M);
        let now = jiff::Zoned::now();
        let envelope = &content.envelope;
        let date = envelope.date.map(|at| units::full_date_with_zone(at, &now)).unwrap_or_default();
        let fields = [
            (fl!("header-from"), written(&envelope.from)),
            (fl!("header-to"), written(&envelope.to)),
            (fl!("header-cc"), written(&envelope.cc)),
            (fl!("header-date"), date),
        ];
        let fields = fields.into_iter().filter(|(_, value)| !value.is_empty()).map(|(field, value)| {
            row![text(field).style(theme::words::dim).width(80), text(value).width(Length::Fill)].into()
        });
        let trust = &opened.letter.trust;
        let chip = trust::chip(trust, opened.trust_shown).map(|chip| chip.map(of_reader));
        let fields = row![Column::with_children(fields).spacing(2).width(Length::Fill)].push(chip);
        let details = opened.trust_shown.then(|| trust::details(trust).map(of_reader));
        let mut all = column![top, fields.spacing(theme::space::M)].push(details).spacing(theme::space::L);
        for words in content.defects.iter().map(reading::defect) {
            all = all.push(notice(words));
        }
        if opened.cut {
            all = all.push(notice(fl!("reader-cut")));
        }
        if opened.page.failed && !opened.page.as_text {
            all = all.push(notice(fl!("page-failed")));
        }
        if opened.page.is_shown() && opened.page.remote > 0 && !opened.page.loaded {
            let once = control::link(
                "letter-images",
                fl!("page-images-once"),
                theme::size::SMALL,
                |theme, status| theme::press::banner(|t| t.warn)(theme, status),
                Some(Message::Once),
            );
            let words = text(fl!("page-images-blocked", count = opened.page.remote)).size(theme::size::SMALL);
            let words = row![words.width(Length::Fill), once].spacing(theme::space::S).align_y(Alignment::Center);
            all = all.push(container(words).padding([8.0, 12.0]).width(Length::Fill).style(theme::ground::warn));
        }
        all
    }

    fn body<'a>(&'a self, opened: &'a Opened) -> Element<'a, Message> {
        use crate::gui::screen::Screen;
        let document = Semantics::new(Role::Document, self.title());
        if opened.page.is_shown() {
            let picture = opened.page.sheet.as_deref().map(|sheet| Picture {
                layout: &sheet.layout,
                scale: sheet.scale(),
                tiles: &sheet.tiles,
                selected: &sheet.selection.areas,
                lit: &[],
                found: Vec::new(),
                present: &[],
            });
            return control::control("letter-document", document, page(picture, Message::Page)).into();
        }
        if opened.text.text.is_empty() {
            let words = match opened.letter.content.attachments.is_empty() {
                true => fl!("reader-no-text"),
                false => fl!("reader-only-attachments"),
            };
            return text(words).style(theme::words::dim).into();
        }
        let settings = Settings { links: opened.text.links.clone(), ..Settings::default() };
        let editor = text_editor(&opened.text.text)
            .id("letter-text")
            .size(theme::size::MESSAGE * self.looking.zoom)
            .line_height(theme::size::line(24.0 * self.looking.zoom))
            .padding(0)
            .height(if opened.flows { Length::Shrink } else { Length::Fill })
            .key_binding(keys)
            .style(theme::bare_editor)
            .highlight_with::<Marks>(settings, marks::format)
            .on_action(Message::Text);
        control::control("letter-document", document, editor).into()
    }
}

/// What the reader's parts say.
fn of_reader(message: Reading) -> Message {
    Message::Reader(Box::new(message))
}

/// Selecting and copying; everything else stays with the window.
fn keys(press: KeyPress) -> Option<Binding<Message>> {
    match Binding::from_key_press(press)? {
        binding @ (Binding::Copy | Binding::SelectAll | Binding::Select(_)) => Some(binding),
        _ => None,
    }
}

fn notice<'a>(words: String) -> Element<'a, Message> {
    let face = text(words.clone()).size(theme::size::SMALL).line_height(theme::size::line(20.0));
    let face = container(face).padding([8.0, 12.0]).width(Length::Fill).style(theme::ground::warn);
    control::control(format!("letter-notice-{words}"), Semantics::new(Role::Status, words), face).into()
}

/// The target of the link under the pointer, at the bottom of the window.
fn target(shown: &Shown) -> Element<'_, Message> {
    let Shown::Read(opened) = shown else { return space().into() };
    let sheet = opened.page.sheet.as_ref().filter(|_| opened.page.is_shown());
    let link = sheet.and_then(|sheet| sheet.layout.links.get(sheet.over?));
    let Some(link) = link else { return space().into() };
    let words = page_view::shown_address(&link.href);
    let face = container(line(words.clone()).size(theme::size::META)).padding([3.0, 10.0]).style(theme::ground::menu);
    let face = control::control("letter-target", Semantics::new(Role::Status, words), face);
    container(face).width(Length::Fill).height(Length::Fill).align_y(Alignment::End).padding(6).into()
}

fn written(addresses: &[Address]) -> String {
    let one = |address: &Address| match address.name.trim() {
        "" => address.addr.clone(),
        name => format!("{name} <{}>", address.addr),
    };
    addresses.iter().take(100).map(one).collect::<Vec<_>>().join(", ")
}
