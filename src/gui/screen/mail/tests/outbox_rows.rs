//! What can be done about each entry of the Outbox.

use super::*;
use crate::gui::screen::mail::outbox::Message as Row;
use crate::service::SendTime;

const NEVER: i64 = 4_102_444_800;

fn item(id: i64, submission: Submission) -> OutboxItem {
    OutboxItem {
        id,
        account: "ada".into(),
        subject: format!("entry {id}"),
        message_id: "m".into(),
        submission,
        recipients: vec![("x@a.test".into(), RecipientOutcome::Waiting)],
        queued_at: 0,
        attempts: 0,
        report: false,
        leaves_at: None,
        is_editable: true,
    }
}

fn outbox(items: Vec<OutboxItem>) -> State {
    crate::i18n::choose(Some("en"));
    let mut state = screen(1);
    let _ = state.update(Message::Show(Place::Outbox));
    let _ = state.answered(OUTBOX, Answer::Outbox(Ok(items)));
    state
}

fn scheduled() -> OutboxItem {
    let submission = Submission::Waiting { not_before: NEVER, reason: None };
    OutboxItem { leaves_at: Some(NEVER), ..item(1, submission) }
}

/// What a press on the button of this name says.
fn pressed(state: &State, name: &str) -> Vec<Row> {
    let mut shown = window(state);
    shown.click(having(Kind::Button, name)).unwrap_or_else(|error| panic!("{name}: {error}"));
    let outbox = |message| if let Message::Outbox(row) = message { Some(row) } else { None };
    shown.into_messages().filter_map(outbox).collect()
}

#[test]
fn a_scheduled_message_says_when_it_leaves_and_is_no_countdown() {
    let state = outbox(vec![scheduled()]);
    assert!(
        window(&state).find("Leaves Fri 1 Jan 2100, 00:00.").is_ok()
            || state.now.time_zone().iana_name() != Some("UTC")
    );
    assert_eq!(state.leaving().count(), 0);
    assert!(matches!(pressed(&state, "Send now")[..], [Row::Retry(1)]));
    assert!(matches!(pressed(&state, "Edit")[..], [Row::Edit(1)]));
    assert!(matches!(pressed(&state, "Cancel sending")[..], [Row::Cancel(1)]));
    assert!(matches!(pressed(&state, "Change time")[..], [Row::Retime(1)]));
}

#[test]
fn another_time_is_chosen_or_typed() {
    let mut state = outbox(vec![scheduled()]);
    let action = state.update(Message::Outbox(Row::Retime(1)));
    assert_eq!(action, Action::Focus("outbox-1-time".into()));
    let offered: Vec<i64> = crate::gui::screen::later::offered(&state.now).into_iter().map(|(_, at)| at).collect();
    let mut shown = window(&state);
    shown.click(iced_test::selector::id(iced::widget::Id::from("outbox-1-time-0".to_string()))).expect("a time");
    let all: Vec<Message> = shown.into_messages().collect();
    let wanted = |m: &Message| matches!(m, Message::Outbox(Row::Leave { id: 1, at }) if *at == offered[0]);
    assert!(all.iter().any(wanted), "{all:?}");
    let _ = state.update(Message::Outbox(Row::TimeTyped("never".into())));
    assert_eq!(state.update(Message::Outbox(Row::TimeFinished)), Action::None);
    assert!(state.retiming.as_ref().is_some_and(|(_, time)| time.is_wrong));
    let _ = state.update(Message::Outbox(Row::TimeTyped("2100-01-02T00:00:00Z".into())));
    let when = SendTime::At(NEVER + 86_400);
    let action = state.update(Message::Outbox(Row::TimeFinished));
    assert_eq!(action, Action::Command(Command::Reschedule { id: 1, when }, QUIET));
    assert!(state.retiming.is_none());
    // Pressed twice, it closes; and it goes with its entry.
    let _ = state.update(Message::Outbox(Row::Retime(1)));
    let _ = state.update(Message::Outbox(Row::Retime(1)));
    assert!(state.retiming.is_none());
    let _ = state.update(Message::Outbox(Row::Retime(1)));
    let _ = state.answered(OUTBOX, Answer::Outbox(Ok(Vec::new())));
    assert!(state.retiming.is_none());
}

#[test]
fn a_retry_says_why_and_when_and_can_be_tried_now() {
    let kind = ProblemKind::Refused { server: String::new(), reply: "451 4.7.1 greylisted".into() };
    let reason = Some(Problem::new(kind, ""));
    let state = outbox(vec![item(2, Submission::Waiting { not_before: NEVER, reason })]);
    assert!(matches!(pressed(&state, "Try now")[..], [Row::Retry(2)]));
    let named = iced_test::selector::id(iced::widget::Id::from("outbox-2".to_string()));
    assert!(window(&state).find(named).is_ok());
}

#[test]
fn what_nobody_knows_is_the_persons_to_decide() {
    let mut state = outbox(vec![item(3, Submission::Unknown)]);
    assert!(matches!(pressed(&state, "It was sent")[..], [Row::WasSent(3)]));
    assert!(matches!(pressed(&state, "Send again anyway")[..], [Row::Retry(3)]));
    let action = state.update(Message::Outbox(Row::WasSent(3)));
    assert_eq!(action, Action::Command(Command::MarkSent { id: 3 }, QUIET));
}

#[test]
fn what_was_cancelled_is_kept_among_the_drafts() {
    let mut state = outbox(vec![scheduled()]);
    let action = state.update(Message::Outbox(Row::Cancel(1)));
    assert_eq!(action, Action::Command(Command::CancelSubmission { id: 1 }, STOPPED));
    let draft: Draft = serde_json::from_str(
        r#"{"id":"d","account":"ada","to":[],"cc":[],"bcc":[],"subject":"s","body":"","attachments":[],
            "in_reply_to":[],"references":[],"origin":"New"}"#,
    )
    .expect("a draft of an earlier version");
    let receipt = Receipt { draft: Some(Box::new(draft.clone())), ..Receipt::default() };
    let action = state.answered(STOPPED, Answer::Done(Ok(receipt)));
    assert_eq!(commands(&action), [&Command::KeepDraft { draft: Box::new(draft) }]);
}

#[test]
fn a_message_of_elsewhere_cannot_be_edited() {
    let state = outbox(vec![OutboxItem { is_editable: false, ..scheduled() }]);
    assert!(window(&state).find(having(Kind::Button, "Edit")).is_err());
    assert!(window(&state).find(having(Kind::Button, "Cancel sending")).is_ok());
}
