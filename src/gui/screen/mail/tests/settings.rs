//! What holds for all accounts, in the menu of the settings.

use super::*;

/// What a press on an entry of the menu says.
fn pressed(state: &State, kind: Kind, name: &str) -> Vec<Message> {
    let mut window = window(state);
    let _ = window.click(having(kind, name));
    window.into_messages().collect()
}

#[test]
fn networks_and_senders_have_their_switches() {
    let mut state = screen(1);
    let _ = state.deed(Deed::Settings);
    let (always, senders) = ((Kind::Radio, "always"), (Kind::CheckBox, "Check senders in the DNS"));
    for message in
        [always, senders].into_iter().flat_map(|(kind, name)| pressed(&state, kind, name)).collect::<Vec<_>>()
    {
        let action = state.update(message);
        assert!(matches!(action, Action::After(..)), "{action:?}");
    }
    assert_eq!(state.preferences().metered, MeteredChoice::Always);
    assert!(state.preferences().verify_senders);
    let off = pressed(&state, senders.0, senders.1);
    assert!(matches!(off[..], [Message::VerifySenders(false)]), "{off:?}");
}
