//! A window on one message that lies in a file (`postwren message.eml`): it is read, and its attachments saved;
//! nothing of it enters the mail store.

use super::Screen;
use super::mail::reader::marks::{self, Marks, Settings};
use super::mail::reader::pieces::Piece;
use crate::fl;
use crate::gui::action::{Action, Answer, Ask, Open, Save, SaveSource, Tag};
use crate::gui::keymap::{self, Deed, Press};
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::icon::Icon;
use crate::gui::{font, theme};
use crate::i18n::{problem, units};
use crate::mail::prose;
use crate::service::Problem;
use crate::service::model::{Address, BlockKind, Content};
use iced::widget::{Column, column, container, row, scrollable, text, text_editor};
use iced::{Element, Length};
use std::path::PathBuf;

/// Longer text is cut here.
const MOST_TEXT: usize = 48_000;

#[derive(Debug)]
pub struct State {
    file: PathBuf,
    shown: Shown,
    /// What became of the last attempt to save.
    said: Option<String>,
}

#[derive(Debug)]
enum Shown {
    Loading,
    Failed(Problem),
    Read(Box<Content>, Box<Piece>),
}

#[derive(Clone, Debug)]
pub enum Message {
    Text(text_editor::Action),
    Save(usize),
    Again,
}

const READ: Tag = Tag::new("letter.read");
const SAVE: Tag = Tag::new("letter.save");

impl State {
    pub fn new(file: PathBuf) -> (State, Action) {
        let action = Action::Ask(Ask::File(file.clone()), READ);
        (State { file, shown: Shown::Loading, said: None }, action)
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Text(action) => {
                if let (Shown::Read(_, piece), false) = (&mut self.shown, action.is_edit()) {
                    piece.text.perform(action);
                }
                Action::None
            }
            Message::Save(number) => self.save(number),
            Message::Again => Action::Ask(Ask::File(self.file.clone()), READ),
        }
    }

    fn save(&mut self, number: usize) -> Action {
        let Shown::Read(content, _) = &self.shown else { return Action::None };
        let Some(attachment) = content.attachments.get(number) else { return Action::None };
        let source = SaveSource::Enclosed { file: self.file.clone(), index: attachment.index };
        Action::SaveAs(Save { file_name: attachment.file_name.clone(), source }, SAVE)
    }

    pub fn view(&self) -> Element<'_, Message> {
        let body: Element<'_, Message> = match &self.shown {
            Shown::Loading => iced::widget::space().into(),
            Shown::Failed(problem) => {
                let again =
                    control::button("letter-again", None, fl!("try-again"), theme::press::plain, Some(Message::Again));
                column![text(problem::words(problem).what).style(theme::words::bad), again].spacing(12).into()
            }
            Shown::Read(content, text) => self.message(content, text),
        };
        container(scrollable(container(body).padding(28).width(Length::Fill)).style(theme::scroll))
            .width(Length::Fill)
            .height(Length::Fill)
            .style(theme::ground::bg)
            .into()
    }

    fn message<'a>(&'a self, content: &'a Content, words: &'a Piece) -> Element<'a, Message> {
        let subject = text(self.title()).size(theme::size::SUBJECT).font(font::SEMIBOLD);
        let envelope = &content.envelope;
        let now = jiff::Zoned::now();
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
        let settings = Settings { links: words.links.clone(), ..Settings::default() };
        let editor = text_editor(&words.text)
            .id("letter-text")
            .size(theme::size::MESSAGE)
            .line_height(theme::size::line(24.0))
            .padding(0)
            .style(theme::bare_editor)
            .highlight_with::<Marks>(settings, marks::format)
            .on_action(Message::Text);
        let editor = control::control("letter-document", Semantics::new(Role::Document, self.title()), editor);
        let attachments = content.attachments.iter().take(200).enumerate().map(|(number, attachment)| {
            let name = fl!("attachment-save", name = attachment.file_name.as_str());
            let save = Some(Message::Save(number));
            control::button(format!("letter-save-{number}"), Some(Icon::Download), name, theme::press::plain, save)
        });
        let said = self.said.iter().map(|said| text(said).style(theme::words::dim).into());
        column![subject, Column::with_children(fields).spacing(2), editor]
            .push(Column::with_children(attachments).spacing(8))
            .push(Column::with_children(said))
            .spacing(theme::space::L)
            .into()
    }
}

fn written(addresses: &[Address]) -> String {
    let one = |address: &Address| match address.name.trim() {
        "" => address.addr.clone(),
        name => format!("{name} <{}>", address.addr),
    };
    addresses.iter().take(100).map(one).collect::<Vec<_>>().join(", ")
}

impl Screen for State {
    fn answered(&mut self, tag: Tag, answer: Answer) -> Action {
        match answer {
            Answer::File(answer) if tag == READ => {
                self.shown = match *answer {
                    Ok(content) => {
                        let mut end = content.text.len().min(MOST_TEXT);
                        while !content.text.is_char_boundary(end) {
                            end -= 1;
                        }
                        if end < content.text.len() {
                            self.said = Some(fl!("reader-cut"));
                        }
                        let text = content.text.get(..end).unwrap_or_default();
                        let piece = Piece::new(BlockKind::Written, text, &prose::links(text));
                        Shown::Read(Box::new(content), Box::new(piece))
                    }
                    Err(problem) => Shown::Failed(problem),
                };
            }
            Answer::Saved(Ok(Some(path))) => self.said = Some(fl!("said-saved", path = path.display().to_string())),
            Answer::Saved(Err(problem)) => self.said = Some(problem::words(&problem).to_string()),
            // Without a dialog the file goes beside the message that it came with.
            Answer::NoDialog(Some(save)) => {
                let directory = self.file.parent().filter(|directory| !directory.as_os_str().is_empty());
                let directory = directory.map_or_else(|| PathBuf::from("."), PathBuf::from);
                return Action::SaveTo(save, directory, SAVE);
            }
            _ => {}
        }
        Action::None
    }

    fn title(&self) -> String {
        match &self.shown {
            Shown::Read(content, _) if !content.envelope.subject.trim().is_empty() => content.envelope.subject.clone(),
            Shown::Read(..) => fl!("no-subject"),
            _ => self.file.display().to_string(),
        }
    }

    fn pressed(&mut self, press: &Press) -> Action {
        match keymap::deed(press) {
            Some(Deed::CloseWindow | Deed::Escape) => Action::Close,
            Some(Deed::Quit) => Action::Quit,
            Some(Deed::New) => {
                Action::Open(Open::Compose { origin: crate::service::model::DraftOrigin::New, reply_all: false })
            }
            _ => Action::None,
        }
    }
}
