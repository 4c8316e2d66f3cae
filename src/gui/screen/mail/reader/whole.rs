//! A message of which only the headers are here: the rest is loaded as soon as it is read, and where that fails the
//! reader says so and offers to try again.

use super::Opened;
use super::view::Message as Read;
use crate::fl;
use crate::gui::action::{Action, Ask, Tag};
use crate::gui::screen::mail::{CARD, Message as Screen, State};
use crate::gui::theme;
use crate::gui::widget::control;
use crate::gui::widget::icon::Icon;
use crate::service::Command;
use crate::service::command::Receipt;
use crate::service::model::MessageId;
use crate::service::problem::Problem;
use iced::widget::{column, text};
use iced::{Element, Length};

/// The loading of one message.
pub const WHOLE: &str = "mail.whole";

impl State {
    /// Loads a message that is read, where only its headers are here.
    pub(in crate::gui::screen::mail) fn load_whole(&mut self, id: MessageId) -> Action {
        let Some(opened) = self.reader.opened_mut(id).filter(|opened| opened.view.row.headers_only) else {
            return Action::None;
        };
        opened.unloadable = None;
        Action::Command(Command::FetchWhole { ids: vec![id] }, Tag::numbered(WHOLE, id.0))
    }

    /// It is here, or cannot be had.
    pub(in crate::gui::screen::mail) fn whole_came(&mut self, number: u64, answer: Result<Receipt, Problem>) -> Action {
        let id = MessageId(number);
        let Some(opened) = self.reader.opened_mut(id) else { return Action::None };
        match answer {
            Ok(_) => Action::Ask(Ask::Message(id), Tag::numbered(CARD, id.0)),
            Err(problem) => {
                opened.unloadable = Some(problem);
                Action::None
            }
        }
    }
}

/// What stands in the place of the text.
pub fn view<'a>(opened: &Opened) -> Element<'a, Screen> {
    let Some(problem) = &opened.unloadable else {
        return text(fl!("reader-loading-whole")).style(theme::words::dim).into();
    };
    let load = control::button(
        "reader-load",
        Some(Icon::Download),
        fl!("reader-load"),
        theme::press::plain,
        Some(Screen::Read(Read::Load)),
    );
    let why = text(crate::i18n::problem::words(problem).what).style(theme::words::dim).width(Length::Fill);
    column![text(fl!("reader-headers-only")), why, load].spacing(theme::space::M).into()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::gui::action::Answer;
    use crate::gui::screen::Screen as _;
    use crate::gui::screen::mail::READ;
    use crate::gui::screen::mail::fixtures::opened;
    use crate::gui::screen::mail::reader::Wish;
    use crate::service::ProblemKind;
    use crate::service::model::Preferences;

    fn answered(state: &mut State, tag: Tag, id: u64, headers_only: bool) -> Action {
        let mut view = opened(id, if headers_only { "" } else { "Here it is." });
        view.row.headers_only = headers_only;
        state.answered(tag, Answer::Message(MessageId(id), Box::new(Ok(view))))
    }

    /// A message is read of which only the headers are here.
    fn reading() -> (State, Action) {
        let (mut state, _) = State::new(Preferences::default());
        let _ = state.reader.want(Some(Wish { id: MessageId(1), whole: false }));
        let action = answered(&mut state, READ, 1, true);
        (state, action)
    }

    fn loads(action: &Action) -> bool {
        match action {
            Action::Batch(all) => all.iter().any(loads),
            Action::Command(command, _) => matches!(command, Command::FetchWhole { .. }),
            _ => false,
        }
    }

    #[test]
    fn the_rest_is_loaded_at_once_and_offered_again_where_that_fails() {
        let (mut state, action) = reading();
        assert!(loads(&action));
        let tag = Tag::numbered(WHOLE, 1);
        let problem = Problem::new(ProblemKind::Offline, "");
        state.answered(tag, Answer::Done(Err(problem.clone())));
        assert_eq!(state.reader.message().unwrap().unloadable, Some(problem));
        assert!(loads(&state.update(Screen::Read(Read::Load))));
        assert_eq!(state.reader.message().unwrap().unloadable, None);
        let action = state.answered(tag, Answer::Done(Ok(Receipt::default())));
        let card = Tag::numbered(CARD, 1);
        assert_eq!(action, Action::Ask(Ask::Message(MessageId(1)), card));
        assert!(!loads(&answered(&mut state, card, 1, false)));
        assert!(!state.reader.message().unwrap().view.row.headers_only);
    }

    #[test]
    fn what_is_read_no_more_is_not_shown_as_failed() {
        let (mut state, _) = reading();
        let _ = state.reader.want(Some(Wish { id: MessageId(2), whole: false }));
        answered(&mut state, READ, 2, false);
        let problem = Problem::new(ProblemKind::Offline, "");
        let action = state.answered(Tag::numbered(WHOLE, 1), Answer::Done(Err(problem)));
        assert_eq!(action, Action::None);
        assert_eq!(state.reader.message().unwrap().unloadable, None);
    }
}
