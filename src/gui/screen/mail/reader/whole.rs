//! A message of which only the headers are here: the rest is loaded as soon as it is read, and where that fails the
//! reader says so and offers to try again.

use super::Opened;
use super::view::Message as Read;
use crate::fl;
use crate::gui::action::{Action, Ask, Tag};
use crate::gui::screen::mail::{Message as Screen, READ, State};
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
    /// Loads the message that is read, where only its headers are here.
    pub(in crate::gui::screen::mail) fn load_whole(&mut self) -> Action {
        let Some(opened) = self.reader.message_mut().filter(|opened| opened.view.row.headers_only) else {
            return Action::None;
        };
        opened.unloadable = None;
        let id = opened.view.row.id;
        Action::Command(Command::FetchWhole { ids: vec![id] }, Tag::numbered(WHOLE, id.0))
    }

    /// It is here, or cannot be had.
    pub(in crate::gui::screen::mail) fn whole_came(&mut self, number: u64, answer: Result<Receipt, Problem>) -> Action {
        let id = MessageId(number);
        if !self.reader.shows(id) {
            return Action::None;
        }
        match answer {
            Ok(_) => self.reader.again().map(|id| Action::Ask(Ask::Message(id), READ)).unwrap_or_default(),
            Err(problem) => {
                if let Some(opened) = self.reader.message_mut() {
                    opened.unloadable = Some(problem);
                }
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
    use crate::gui::screen::mail::fixtures::row;
    use crate::service::ProblemKind;
    use crate::service::model::{Content, MessageView, Preferences, Row, Trust};

    fn answered(state: &mut State, id: u64, headers_only: bool) -> Action {
        let row = Row { headers_only, ..row(id) };
        let content = Content { text: if headers_only { "" } else { "Here it is." }.into(), ..Content::default() };
        let view = MessageView { row, account: "ada".into(), content, trust: Trust::default() };
        state.answered(READ, Answer::Message(MessageId(id), Box::new(Ok(view))))
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
        let (mut state, _) = State::new(Preferences::default());
        state.reader.want(Some(MessageId(1)));
        assert!(loads(&answered(&mut state, 1, true)));
        assert!(!loads(&answered(&mut state, 1, true)), "it is under way");
        let tag = Tag::numbered(WHOLE, 1);
        let problem = Problem::new(ProblemKind::Offline, "");
        state.answered(tag, Answer::Done(Err(problem.clone())));
        assert_eq!(state.reader.message().unwrap().unloadable, Some(problem));
        assert!(loads(&state.update(Screen::Read(Read::Load))));
        assert_eq!(state.reader.message().unwrap().unloadable, None);
        let action = state.answered(tag, Answer::Done(Ok(Receipt::default())));
        assert_eq!(action, Action::Ask(Ask::Message(MessageId(1)), READ));
        assert!(!loads(&answered(&mut state, 1, false)));
        assert!(!state.reader.message().unwrap().view.row.headers_only);
    }

    #[test]
    fn what_is_read_no_more_is_not_shown_as_failed() {
        let (mut state, _) = State::new(Preferences::default());
        state.reader.want(Some(MessageId(1)));
        answered(&mut state, 1, true);
        state.reader.want(Some(MessageId(2)));
        let problem = Problem::new(ProblemKind::Offline, "");
        let action = state.answered(Tag::numbered(WHOLE, 1), Answer::Done(Err(problem)));
        assert_eq!(action, Action::None);
    }
}
