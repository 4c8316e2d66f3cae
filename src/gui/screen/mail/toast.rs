//! A few words at the bottom of the window, with Undo.

use super::reader::printing;
use super::undo::Undo;
use super::{Message, State, fetching};
use crate::fl;
use crate::gui::widget::control::{self, Role, Semantics};
use crate::gui::widget::lifted::lifted;
use crate::gui::{font, theme};
use iced::widget::{Column, container, rich_text, row, span};
use iced::{Alignment, Element, Length};

/// What is said: a sentence, and the name within it that is set apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Words {
    pub text: String,
    name: Option<String>,
}

impl Words {
    /// A sentence about something with a name, such as a folder.
    pub fn about(text: String, name: String) -> Words {
        Words { text, name: Some(name) }
    }

    /// The same within another sentence, which holds it.
    pub fn within(self, text: String) -> Words {
        Words { text, ..self }
    }

    /// What stands before the name, the name, and what stands after it.
    fn parts(&self) -> [&str; 3] {
        let name = self.name.as_deref().filter(|name| !name.is_empty());
        // Its last place, for a name may be a word of the sentence too.
        let split = name.and_then(|name| self.text.rsplit_once(name).map(|(before, after)| [before, name, after]));
        split.unwrap_or([self.text.as_str(), "", ""])
    }
}

impl From<String> for Words {
    fn from(text: String) -> Words {
        Words { text, name: None }
    }
}

/// What is shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Toast {
    pub number: u64,
    pub words: Words,
    pub undo: Option<Undo>,
}

impl Toast {
    /// How long it stays, in milliseconds.
    pub const LASTS: u64 = 10_000;
}

/// What is said above the status bar, in the middle: what waits for a message, and the toast.
pub fn view(state: &State) -> Option<Element<'_, Message>> {
    let toast = state.toast.as_ref().map(|toast| {
        let undo = toast.undo.is_some().then(|| {
            control::link("toast-undo", fl!("undo"), theme::size::BODY, theme::press::toast, Some(Message::Undo))
        });
        card("toast", &toast.words, undo)
    });
    let cards: Vec<Element<'_, Message>> =
        toast.into_iter().chain(fetching::view(state)).chain(printing::view(state)).collect();
    if cards.is_empty() {
        return None;
    }
    Some(
        container(Column::with_children(cards).spacing(theme::space::S).align_x(Alignment::Center))
            .width(Length::Fill)
            .height(Length::Fill)
            .align_x(Alignment::Center)
            .align_y(Alignment::End)
            .padding(iced::Padding { bottom: 44.0, left: 24.0, right: 24.0, ..iced::Padding::ZERO })
            .into(),
    )
}

/// A few words on a card of their own, with what can be done about them.
pub fn card<'a>(id: &'static str, words: &Words, deed: Option<Element<'a, Message>>) -> Element<'a, Message> {
    let [before, name, after] = words.parts().map(String::from);
    let sentence = rich_text![
        span::<(), iced::Font>(before).font(font::REGULAR),
        span(name).font(font::ITALIC),
        span(after).font(font::REGULAR),
    ]
    .size(theme::size::BODY);
    let line = row![sentence].push(deed).spacing(18).align_y(Alignment::Center);
    let card = container(line).padding([10.0, 14.0]).style(theme::ground::toast);
    let semantics = Semantics::new(Role::Status, words.text.clone());
    control::control(id, semantics, lifted(theme::radius::CARD, card)).into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_name_is_found_in_its_sentence() {
        let words = Words::about("3 messages moved to Royal Society".into(), "Royal Society".into());
        assert_eq!(words.parts(), ["3 messages moved to ", "Royal Society", ""]);
        let words = words.within("Undone: 3 messages moved to Royal Society.".into());
        assert_eq!(words.parts(), ["Undone: 3 messages moved to ", "Royal Society", "."]);
        let words = Words::about("One message copied to to".into(), "to".into());
        assert_eq!(words.parts(), ["One message copied to ", "to", ""]);
        assert_eq!(Words::from("Done".to_string()).parts(), ["Done", "", ""]);
        assert_eq!(Words::about("Done".into(), "elsewhere".into()).parts(), ["Done", "", ""]);
    }
}
