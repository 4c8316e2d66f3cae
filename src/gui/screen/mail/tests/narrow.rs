//! The reader in a narrow window.

use super::*;
use crate::gui::screen::mail::menu::Menu;

/// The window with this width, with a message opened.
fn narrow(state: &State, width: f32) -> Window<'_> {
    let content = root(iced::window::Id::unique(), state.title(), state.view());
    Simulator::with_size(crate::gui::app::settings(), Size::new(width, 600.0), content)
}

#[test]
fn every_button_and_who_wrote_stay_in_a_narrow_window() {
    let mut state = screen(100);
    let _ = press(&mut state, 2, Modifiers::empty());
    let _ = opened(&mut state, 98, "hello");
    for width in [704.0, 900.0, 1280.0, 2000.0] {
        let mut ui = narrow(&state, width);
        for name in ["Reply", "Reply all", "Forward", "Archive", "Junk", "Delete", "More"] {
            let bounds = ui.find(having(Kind::Button, name)).unwrap_or_else(|_| panic!("{name}")).bounds();
            assert!(bounds.width >= 32.0 && bounds.x + bounds.width <= width, "{name} at {bounds:?} of {width}");
        }
        let from = ui.find("<p98@mail.example>").expect("the address").bounds();
        assert!(from.width > 100.0 && from.x + from.width <= width, "the address at {from:?} of {width}");
    }
    let mut ui = narrow(&state, 704.0);
    let _ = ui.click(having(Kind::Button, "More")).expect("it is reached");
    assert!(ui.into_messages().any(|message| matches!(message, Message::Menu(Some(Menu::More)))));
}
