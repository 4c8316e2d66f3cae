//! What looking at an attachment looks like.

use super::{GAP, Message, Open, SCROLL, Shown, State};
use crate::fl;
use crate::gui::action::preview::Why;
use crate::gui::screen::files::sign;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::{Icon, icon};
use crate::gui::widget::line::line;
use crate::gui::{font, theme};
use crate::i18n::{files, problem, units};
use crate::service::model::{Attachment, AttachmentKind};
use iced::widget::text_editor::{Binding, KeyPress};
use iced::widget::{
    Column, Space, column, container, image, opaque, row, rule, scrollable, sensor, space, text, text_editor,
};
use iced::{Alignment, ContentFit, Element, Length};

pub fn view(state: &State) -> Element<'_, Message> {
    let Some(attachment) = state.attachment() else { return space().into() };
    let body = container(body(state, attachment)).width(Length::Fill).height(Length::Fill);
    let body = sensor(body).on_show(Message::Room).on_resize(Message::Room);
    let all = column![head(state, attachment), rule::horizontal(1).style(theme::hairline)]
        .push(warning(attachment))
        .push(body);
    let all = container(all).width(Length::Fill).height(Length::Fill).style(theme::ground::pane);
    let name = fl!("preview-of", name = attachment.file_name.as_str());
    opaque(control::control("preview", Semantics::new(Role::Dialog, name), all).on_escape(Message::Close))
}

fn head<'a>(state: &'a State, attachment: &'a Attachment) -> Element<'a, Message> {
    let mut about = vec![files::kind(attachment.kind), units::size(attachment.size)];
    if let Shown::Sheets(open) = &state.shown {
        about.push(match (open.is_picture, open.pages.first()) {
            (true, Some(size)) => {
                let (width, height) = (size.width as u32, size.height as u32);
                fl!("preview-pixels", width = width, height = height)
            }
            _ => fl!("preview-page", page = state.current(), count = open.count),
        });
    }
    let names = column![
        line(attachment.file_name.as_str()).font(font::semibold(&attachment.file_name)),
        line(about.join(" · ")).size(theme::size::META).style(theme::words::dim),
    ];
    let names = row![icon(sign(attachment.kind), 20.0), names.width(Length::Fill)].spacing(10);
    let name = control::control(
        "preview-name",
        Semantics { value: Some(about.join(", ")), ..Semantics::new(Role::Heading, attachment.file_name.as_str()) },
        names.align_y(Alignment::Center).width(Length::Fill),
    );
    let does = |id: &'static str, sign: Icon, name: String, key: &str, message: Message, able: bool| {
        control::icon_button(id, sign, name, Some(key.to_string()), able.then_some(message))
    };
    let zooms = matches!(state.shown, Shown::Sheets(_));
    let many = state.items.len() > 1;
    let turn = many.then(|| {
        let of = fl!("preview-of-many", at = state.at.saturating_add(1), count = state.items.len());
        let last = state.at.saturating_add(1) >= state.items.len();
        row![
            does("preview-before", Icon::ChevronLeft, fl!("preview-before"), "←", Message::Turn(-1), state.at > 0),
            text(of).size(theme::size::SMALL).style(theme::words::dim).wrapping(text::Wrapping::None),
            does("preview-after", Icon::ChevronRight, fl!("preview-after"), "→", Message::Turn(1), !last),
        ]
        .spacing(theme::space::XS)
        .align_y(Alignment::Center)
    });
    let zoom = zooms.then(|| {
        let percent = (state.zoom * 100.0).round() as u32;
        row![
            does("preview-smaller", Icon::ZoomOut, fl!("deed-zoom-out"), "−", Message::Zoom(-1), true),
            text(fl!("preview-zoom", percent = percent)).size(theme::size::SMALL).style(theme::words::dim),
            does("preview-larger", Icon::ZoomIn, fl!("deed-zoom-in"), "+", Message::Zoom(1), true),
        ]
        .spacing(theme::space::XS)
        .align_y(Alignment::Center)
    });
    let tools = row![name]
        .push(turn)
        .push(zoom)
        .push(does("preview-open", Icon::ExternalLink, fl!("file-open"), "", Message::Open, true))
        .push(does("preview-save", Icon::Download, fl!("file-save"), "", Message::Save, true))
        .push(does("preview-close", Icon::X, fl!("close"), &fl!("key-escape"), Message::Close, true))
        .spacing(theme::space::S)
        .align_y(Alignment::Center);
    container(tools).padding([8.0, 16.0]).height(56).align_y(Alignment::Center).style(theme::ground::bg).into()
}

/// What is dangerous about it, in one line.
fn warning(attachment: &Attachment) -> Option<Element<'_, Message>> {
    let words: Vec<String> = attachment.dangers.iter().map(|danger| files::danger(*danger)).collect();
    if words.is_empty() {
        return None;
    }
    let words = words.join(" · ");
    let face = row![icon(Icon::TriangleAlert, theme::size::ICON_ROW), text(words.clone()).size(theme::size::SMALL)];
    let face = container(face.spacing(10).align_y(Alignment::Center)).padding([8.0, 16.0]).width(Length::Fill);
    let face = face.style(theme::ground::warn);
    Some(control::control("preview-warning", Semantics::new(Role::Alert, words), face).into())
}

fn body<'a>(state: &'a State, attachment: &'a Attachment) -> Element<'a, Message> {
    match &state.shown {
        Shown::Loading => container(text(fl!("preview-loading")).style(theme::words::dim)).center(Length::Fill).into(),
        Shown::Failed(failure) => {
            let again =
                control::button("preview-again", None, fl!("try-again"), theme::press::plain, Some(Message::Again));
            let all = column![text(problem::words(failure).to_string()).style(theme::words::bad), again];
            container(all.spacing(theme::space::M).align_x(Alignment::Center)).center(Length::Fill).into()
        }
        Shown::Nothing(why) => nothing(why, attachment),
        Shown::Text { text, whole } => words(text, *whole, attachment),
        Shown::Sheets(open) => sheets(state, open, attachment),
    }
}

/// What cannot be shown: its kind, size, and what can be done.
fn nothing<'a>(why: &Why, attachment: &'a Attachment) -> Element<'a, Message> {
    let words = match why {
        Why::Kind => fl!("preview-no-kind"),
        Why::TooLarge => fl!("preview-too-large"),
        Why::Locked => fl!("preview-locked"),
        Why::Unreadable => fl!("preview-unreadable"),
        Why::Costly => fl!("preview-costly"),
        Why::NoWorker => fl!("preview-no-worker"),
    };
    let buttons = row![
        control::button(
            "preview-open-it",
            Some(Icon::ExternalLink),
            fl!("file-open"),
            theme::press::plain,
            Some(Message::Open)
        ),
        control::button(
            "preview-save-it",
            Some(Icon::Download),
            fl!("file-save"),
            theme::press::plain,
            Some(Message::Save)
        ),
    ];
    let about = format!("{} · {}", files::kind(attachment.kind), units::size(attachment.size));
    let all = column![
        icon(sign(attachment.kind), 44.0).style(theme::words::faint),
        text(attachment.file_name.as_str()).font(font::semibold(&attachment.file_name)).align_x(Alignment::Center),
        text(about).size(theme::size::SMALL).style(theme::words::dim),
        text(words.clone()).style(theme::words::dim).align_x(Alignment::Center),
        buttons.spacing(theme::space::S),
    ]
    .spacing(theme::space::M)
    .align_x(Alignment::Center)
    .max_width(460);
    let all = container(all).center(Length::Fill).padding(theme::space::XL);
    control::control("preview-nothing", Semantics::new(Role::Status, words), all).into()
}

fn words<'a>(content: &'a text_editor::Content, whole: bool, attachment: &'a Attachment) -> Element<'a, Message> {
    let prose = attachment.kind == AttachmentKind::Text
        && attachment.file_name.rsplit_once('.').is_none_or(|(_, kind)| matches!(kind, "txt" | "md" | "TXT"));
    let editor = text_editor(content)
        .id("preview-text")
        .font(if prose { font::REGULAR } else { font::MONO })
        .size(if prose { theme::size::MESSAGE } else { theme::size::SMALL })
        .padding(0)
        .height(Length::Fill)
        .key_binding(keys)
        .style(theme::bare_editor)
        .on_action(Message::Text);
    let editor =
        control::control("preview-document", Semantics::new(Role::Document, attachment.file_name.as_str()), editor);
    let cut = (!whole).then(|| text(fl!("preview-cut")).size(theme::size::SMALL).style(theme::words::dim));
    container(column![editor].push(cut).spacing(theme::space::S)).padding(theme::space::XL).into()
}

/// Selecting and copying; everything else stays with the preview.
fn keys(press: KeyPress) -> Option<Binding<Message>> {
    match Binding::from_key_press(press)? {
        binding @ (Binding::Copy | Binding::SelectAll | Binding::Select(_)) => Some(binding),
        _ => None,
    }
}

fn sheets<'a>(state: &'a State, open: &'a Open, attachment: &'a Attachment) -> Element<'a, Message> {
    let room = state.room.unwrap_or(iced::Size::new(800.0, 600.0));
    let visible = state.visible();
    let mut pages: Vec<Element<'a, Message>> = Vec::new();
    // Pages out of sight are room alone: a thousand of them cost what ten do.
    let mut above = 0.0;
    let (mut below, mut widest) = (0.0_f32, 0.0_f32);
    for page in 0..open.pages.len() {
        let size = state.size(open, page);
        widest = widest.max(size.width);
        if page < visible.start {
            above += size.height + GAP;
        } else if page >= visible.end {
            below += size.height + GAP;
        } else {
            pages.push(sheet(open, page, size));
        }
    }
    let all = Column::new()
        .push(Space::new().height(above))
        .push(Column::with_children(pages).spacing(GAP).align_x(Alignment::Center))
        .push(Space::new().height(below))
        .align_x(Alignment::Center);
    // What is smaller than the room stands in its middle.
    let width = (widest + 2.0 * GAP).max(room.width);
    let mut ground = container(all).padding([GAP, 0.0]).width(width).align_x(Alignment::Center);
    if open.is_picture {
        let height = (state.size(open, 0).height + 2.0 * GAP).max(room.height);
        ground = ground.height(height).align_y(Alignment::Center);
    }
    let both = scrollable::Direction::Both {
        vertical: scrollable::Scrollbar::default(),
        horizontal: scrollable::Scrollbar::default(),
    };
    let all = scrollable(ground)
        .id(SCROLL)
        .direction(both)
        .style(theme::scroll)
        .on_scroll(|viewport| Message::Scrolled(viewport.absolute_offset().y))
        .width(Length::Fill)
        .height(Length::Fill);
    let role = if open.is_picture { Role::Image } else { Role::Document };
    let name = attachment.file_name.as_str();
    let all = control::control("preview-document", Semantics::new(role, name), all);
    let cut = (open.count > open.pages.len()).then(|| {
        let words = fl!("preview-more-pages", shown = open.pages.len(), count = open.count);
        container(text(words).size(theme::size::SMALL).style(theme::words::dim)).padding([4.0, 16.0])
    });
    column![all].push(cut).into()
}

/// A page: white until it is drawn.
fn sheet<'a>(open: &'a Open, page: usize, size: iced::Size) -> Element<'a, Message> {
    let content: Element<'a, Message> = match open.drawn.get(&page) {
        Some((_, handle)) => image(handle.clone())
            .width(size.width)
            .height(size.height)
            .content_fit(ContentFit::Fill)
            .filter_method(image::FilterMethod::Linear)
            .into(),
        None => space().width(size.width).height(size.height).into(),
    };
    let face = container(content).width(size.width).height(size.height);
    if open.is_picture { face.into() } else { face.style(theme::ground::paper).into() }
}
