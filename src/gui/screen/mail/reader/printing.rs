//! The message that is read on paper: as a PDF, which is saved to a file or given to the desktop to print.
//!
//! What is read is printed: the page with the images that were allowed, or the text. While it is made a card says so,
//! and takes it back.

use super::Opened;
use crate::fl;
use crate::gui::action::printing::{Handed, Order, Pdf, Stop};
use crate::gui::action::{Action, Answer, Ask, Save, SaveSource, Tag};
use crate::gui::keymap::Deed;
use crate::gui::screen::mail::menu::safe_name;
use crate::gui::screen::mail::menu_view::item;
use crate::gui::screen::mail::{Message as Screen, State, toast};
use crate::gui::theme;
use crate::gui::widget::control;
use crate::gui::widget::icon::Icon;
use crate::i18n::printing;
use crate::service::problem::Problem;
use iced::Element;

/// The PDF is made.
pub const MADE: &str = "mail.print";
/// The desktop has it.
pub const HANDED: &str = "mail.print.handed";

/// What becomes of the PDF.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum To {
    Printer,
    File,
}

/// What is being made.
#[derive(Debug)]
pub struct Printing {
    number: u64,
    subject: String,
    to: To,
    stop: Stop,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Message {
    Print(To),
    /// The person no longer wants it.
    Leave,
}

impl State {
    pub(in crate::gui::screen::mail) fn printing(&mut self, message: Message) -> Action {
        match message {
            Message::Print(to) => self.print(to),
            Message::Leave => {
                if let Some(printing) = self.printing.take() {
                    printing.stop.stop();
                }
                Action::None
            }
        }
    }

    /// Prints the message that is read.
    pub(in crate::gui::screen::mail) fn print(&mut self, to: To) -> Action {
        let menu = self.open_menu(None);
        let number = self.next();
        let one = self.selection.single();
        let Some(opened) = self.reader.message().filter(|opened| one == Some(opened.view.row.id)) else { return menu };
        let heading = printing::heading(&opened.view.content, &self.now);
        let subject = heading.subject.clone();
        let stop = Stop::default();
        let (id, form) = (opened.view.row.id, opened.page.form());
        let order = Order { id, form, heading, paper: printing::paper(), stop: stop.clone() };
        if let Some(before) = self.printing.replace(Printing { number, subject, to, stop }) {
            before.stop.stop();
        }
        menu.and(Action::Ask(Ask::Print(Box::new(order)), Tag::numbered(MADE, number)))
    }

    /// Takes the answers of this file.
    pub(in crate::gui::screen::mail) fn printing_came(&mut self, tag: Tag, answer: Answer) -> Action {
        match (tag.name, answer) {
            (MADE, Answer::Printed(answer)) => match self.printing.take_if(|printing| printing.number == tag.number) {
                Some(printing) => self.printed(printing, answer),
                None => Action::None,
            },
            (HANDED, Answer::Handed(Ok(Some(Handed::Viewer)))) => self.say(fl!("print-viewer"), None),
            (HANDED, Answer::Handed(Err(problem))) => {
                self.notice = Some(problem);
                Action::None
            }
            _ => Action::None,
        }
    }

    fn printed(&mut self, printing: Printing, answer: Result<Option<Pdf>, Problem>) -> Action {
        let pdf = match answer {
            Ok(Some(pdf)) => pdf,
            Ok(None) => return Action::None,
            Err(problem) => {
                self.notice = Some(problem);
                return Action::None;
            }
        };
        let said = if pdf.cut { self.say(fl!("print-cut", pages = pdf.pages), None) } else { Action::None };
        let file_name = format!("{}.pdf", safe_name(&printing.subject));
        said.and(match printing.to {
            To::File => self.save(Save { file_name, source: SaveSource::Pdf(pdf) }),
            To::Printer => {
                let number = self.next();
                Action::HandOver(pdf, file_name, Tag::numbered(HANDED, number))
            }
        })
    }
}

/// The lines of the menu.
pub fn menu(state: &State) -> Vec<Element<'_, Screen>> {
    let one = state.selection.single();
    let read = |opened: &&Opened| one == Some(opened.view.row.id);
    let can = state.reader.message().filter(read).is_some();
    let file = can.then_some(Screen::Printing(Message::Print(To::File)));
    vec![
        item("more-print", Icon::Printer, fl!("print"), Some(Deed::Print), can.then_some(Screen::Do(Deed::Print))),
        item("more-pdf", Icon::FileDown, fl!("print-pdf"), None, file),
    ]
}

/// The card while it is made.
pub fn view(state: &State) -> Option<Element<'_, Screen>> {
    let Printing { subject, to, .. } = state.printing.as_ref()?;
    let words = match to {
        To::Printer => fl!("print-making", subject = subject.as_str()),
        To::File => fl!("print-making-pdf", subject = subject.as_str()),
    };
    let leave = Some(Screen::Printing(Message::Leave));
    let leave = control::link("print-leave", fl!("cancel"), theme::size::BODY, theme::press::toast, leave);
    Some(toast::card("printing", &words.into(), Some(leave)))
}
