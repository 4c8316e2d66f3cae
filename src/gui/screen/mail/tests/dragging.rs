//! Messages and folders carried over the window.

use super::super::drag::{Message as Dragging, Target, What};
use super::*;
use crate::gui::widget::carry::Carry;
use iced::Point;

const PROJECTS: MailboxId = MailboxId(4);
const AT: Point = Point::new(400.0, 120.0);

fn lift(state: &mut State, index: u64, modifiers: Modifiers) {
    let _ = press(state, index, modifiers);
    let _ = state.update(Message::List(Said::Dragged(index, AT, modifiers)));
}

fn say(state: &mut State, message: Dragging) -> Action {
    state.update(Message::Drag(message))
}

fn over(state: &mut State, target: Target) -> Action {
    say(state, Dragging::Over(target))
}

fn carry(state: &mut State, carry: Carry) -> Action {
    say(state, Dragging::Carry(carry))
}

/// What is dropped on a target becomes of these commands.
fn drop_on(state: &mut State, target: Target) -> Vec<Command> {
    let _ = over(state, target);
    let action = carry(state, Carry::Dropped);
    assert!(state.drag.is_none());
    commands(&action).into_iter().cloned().collect()
}

fn messages(ids: &[u64]) -> Vec<MessageId> {
    ids.iter().copied().map(MessageId).collect()
}

#[test]
fn the_selected_are_carried_together_and_leave_at_once() {
    let mut state = screen(100);
    let _ = press(&mut state, 0, Modifiers::empty());
    let _ = press(&mut state, 2, Modifiers::SHIFT);
    lift(&mut state, 1, Modifiers::empty());
    assert_eq!(ids(&state), [98, 99, 100], "the press on one of them leaves the others");
    let moved = Command::Move { ids: messages(&[98, 99, 100]), to: PROJECTS };
    assert!(drop_on(&mut state, Target::Mailbox(PROJECTS)).contains(&moved));
    assert_eq!(state.pages.total(), 97);
}

#[test]
fn a_row_that_was_not_selected_is_carried_alone() {
    let mut state = screen(100);
    let _ = press(&mut state, 0, Modifiers::empty());
    let _ = press(&mut state, 2, Modifiers::SHIFT);
    lift(&mut state, 7, Modifiers::empty());
    assert_eq!(state.drag.as_ref().map(|drag| &drag.what), Some(&What::Messages(messages(&[93]))));
    assert_eq!(ids(&state), [93]);
}

#[test]
fn ctrl_copies_whenever_it_is_held() {
    let mut state = screen(100);
    lift(&mut state, 0, Modifiers::empty());
    let _ = carry(&mut state, Carry::Keys(Modifiers::CTRL));
    let copied = Command::Copy { ids: messages(&[100]), to: PROJECTS };
    assert_eq!(drop_on(&mut state, Target::Mailbox(PROJECTS)), [copied]);
    assert_eq!(state.pages.total(), 100, "it stays");

    // Held before the drag began.
    let _ = press(&mut state, 0, Modifiers::empty());
    let _ = press(&mut state, 1, Modifiers::CTRL);
    lift(&mut state, 0, Modifiers::CTRL);
    assert!(state.drag.as_ref().is_some_and(|drag| drag.copy));
    assert_eq!(ids(&state), [99, 100], "the press takes none away");
    let _ = carry(&mut state, Carry::Keys(Modifiers::empty()));
    let moved = Command::Move { ids: messages(&[99, 100]), to: PROJECTS };
    assert!(drop_on(&mut state, Target::Mailbox(PROJECTS)).contains(&moved));
}

#[test]
fn what_cannot_take_them_is_no_target() {
    let mut state = screen(100);
    lift(&mut state, 0, Modifiers::empty());
    let _ = over(&mut state, Target::Mailbox(INBOX));
    assert_eq!(state.drop_target(), None, "they lie there");
    let _ = over(&mut state, Target::Account("ada".into()));
    assert_eq!(state.drop_target(), None);
    let _ = carry(&mut state, Carry::Keys(Modifiers::CTRL));
    let _ = over(&mut state, Target::Mailbox(INBOX));
    assert_eq!(state.drop_target(), Some(&Target::Mailbox(INBOX)), "a copy may lie beside");
    let _ = carry(&mut state, Carry::Cancelled);
    assert!(state.drag.is_none());
    assert_eq!(ids(&state), [100]);

    // All Inboxes show where each lies by its row.
    let mut action = state.update(Message::Show(Place::AllInboxes));
    answer_rows(&mut state, &mut action, 100);
    lift(&mut state, 0, Modifiers::empty());
    assert!(drop_on(&mut state, Target::Mailbox(INBOX)).is_empty());
}

#[test]
fn what_is_folded_unfolds_under_a_pointer_that_rests() {
    let mut state = screen(10);
    state.preferences.collapsed = vec!["ada".into()];
    lift(&mut state, 0, Modifiers::empty());
    let Action::After(_, early) = over(&mut state, Target::Mailbox(PROJECTS)) else { panic!() };
    let Action::After(700, rested) = over(&mut state, Target::Account("ada".into())) else { panic!() };
    let _ = state.answered(early, Answer::Elapsed);
    assert!(!state.preferences.collapsed.is_empty(), "the pointer rested elsewhere");
    let _ = state.answered(rested, Answer::Elapsed);
    assert!(state.preferences.collapsed.is_empty());
}

#[test]
fn the_folders_scroll_under_a_pointer_at_their_edge() {
    let mut state = screen(10);
    lift(&mut state, 0, Modifiers::empty());
    assert_eq!(carry(&mut state, Carry::Moved(Point::new(100.0, 400.0))), Action::None);
    let down = carry(&mut state, Carry::Moved(Point::new(100.0, 715.0)));
    let Action::Batch(all) = &down else { panic!("{down:?}") };
    assert!(matches!(all.first(), Some(Action::ScrollBy(_, by)) if *by > 0.0), "{all:?}");
    assert_eq!(carry(&mut state, Carry::Moved(Point::new(100.0, 716.0))), Action::None, "it scrolls already");
    let _ = carry(&mut state, Carry::Moved(Point::new(500.0, 716.0)));
    assert_eq!(state.answered(Tag::new(DRAG_SCROLL), Answer::Elapsed), Action::None, "it ends beside");
}

fn folders() -> State {
    let mut state = screen(10);
    let mailboxes = vec![
        mailbox(1, "ada", "INBOX", Some(crate::service::model::Role::Inbox)),
        mailbox(4, "ada", "Projects", None),
        mailbox(5, "ada", "Projects/Engine", None),
        mailbox(6, "ada", "Projects/Engine/Mill", None),
        mailbox(7, "ada", "Mill", None),
        mailbox(8, "eve", "Elsewhere", None),
    ];
    let _ = state.answered(MAILBOXES, Answer::Mailboxes(Ok(mailboxes)));
    state
}

fn drag_folder(state: &mut State, id: i64, target: Target) -> Vec<Command> {
    let _ = say(state, Dragging::Folder(MailboxId(id), AT));
    drop_on(state, target)
}

#[test]
fn a_folder_is_moved_into_another_and_to_the_top() {
    let mut state = folders();
    let renamed = |id, to: &str| [Command::RenameMailbox { mailbox: MailboxId(id), to: MailboxPath(to.into()) }];
    assert_eq!(drag_folder(&mut state, 7, Target::Mailbox(MailboxId(4))), renamed(7, "Projects/Mill"));
    assert_eq!(drag_folder(&mut state, 5, Target::Account("ada".into())), renamed(5, "Engine"));
    for (id, target) in [
        (5, Target::Mailbox(MailboxId(5))),
        (5, Target::Mailbox(MailboxId(6))),
        (5, Target::Mailbox(MailboxId(4))),
        (7, Target::Mailbox(MailboxId(8))),
        (7, Target::Account("eve".into())),
        (7, Target::Account("ada".into())),
        (7, Target::Mailbox(MailboxId(5))),
        (1, Target::Mailbox(MailboxId(4))),
    ] {
        assert!(drag_folder(&mut state, id, target.clone()).is_empty(), "{id} on {target:?}");
    }
}

#[test]
fn a_drag_is_made_by_the_pointer_in_the_window() {
    let mut state = screen(10);
    let mut all = Vec::new();
    let at = |x: f32, y: f32| iced::Event::Mouse(iced::mouse::Event::CursorMoved { position: Point::new(x, y) });
    let left = iced::mouse::Button::Left;
    for (point, event) in [
        (AT, iced::Event::Mouse(iced::mouse::Event::ButtonPressed(left))),
        (Point::new(402.0, 121.0), at(402.0, 121.0)),
        (Point::new(390.0, 130.0), at(390.0, 130.0)),
        (Point::new(100.0, 278.0), at(100.0, 278.0)),
        (Point::new(100.0, 278.0), iced::Event::Mouse(iced::mouse::Event::ButtonReleased(left))),
    ] {
        all.push((point, event));
    }
    // One window for the whole way, as the states of its widgets last.
    let settings = crate::gui::app::settings();
    let id = iced::window::Id::unique();
    let mut steps = Vec::new();
    {
        let mut window: Window<'_> = Simulator::with_size(settings, SIZE, root(id, state.title(), state.view()));
        for (point, event) in all.drain(..3) {
            window.point_at(point);
            let _ = window.simulate([event]);
        }
        steps.extend(window.into_messages());
    }
    let dragged = steps.iter().filter(|m| matches!(m, Message::List(Said::Dragged(..)))).count();
    assert_eq!(dragged, 1, "the slack of a shaky hand is no drag: {steps:?}");
    steps.into_iter().for_each(|message| drop(state.update(message)));
    assert!(state.drag.is_some());
    let mut window: Window<'_> = window(&state);
    for (point, event) in all {
        window.point_at(point);
        let _ = window.simulate([event]);
    }
    let steps: Vec<Message> = window.into_messages().collect();
    let over = |m: &Message| matches!(m, Message::Drag(Dragging::Over(Target::Mailbox(PROJECTS))));
    assert!(steps.iter().any(over), "{steps:?}");
    let mut last = Action::None;
    for message in steps {
        let action = state.update(message);
        last = last.and(action);
    }
    let moved = Command::Move { ids: messages(&[10]), to: PROJECTS };
    assert!(commands(&last).contains(&&moved), "{last:?}");
}
