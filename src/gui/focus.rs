//! Where the keyboard is. iced's own focus operations walk all windows at once; these stay within one,
//! and within its dialog or menu while one is open.

use super::widget::control::{Role, Semantics};
use iced::advanced::widget::operation::{Focusable, Outcome};
use iced::advanced::widget::{Id, Operation};
use iced::{Rectangle, window};
use std::any::Any;

/// Where to move.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Move {
    Next,
    Previous,
    To(Id),
    Nowhere,
}

/// Moves the keyboard within a window.
pub fn focus<T: Send + 'static>(window: window::Id, to: Move) -> impl Operation<T> {
    Count { place: Place::new(window), to, stops: Vec::new(), _out: std::marker::PhantomData::<fn() -> T> }
}

/// Follows the walk: which window it is in, and whether it is within a modal part.
#[derive(Clone, Debug)]
struct Place {
    window: window::Id,
    inside: bool,
    modal: usize,
    entering_modal: bool,
}

impl Place {
    fn new(window: window::Id) -> Place {
        Place { window, inside: false, modal: 0, entering_modal: false }
    }

    fn custom(&mut self, state: &dyn Any) {
        let Some(semantics) = state.downcast_ref::<Semantics>() else { return };
        if let Some(window) = semantics.window {
            self.inside = window == self.window;
        }
        self.entering_modal = matches!(semantics.role, Role::Dialog | Role::Menu);
    }

    /// Called before and after the children of a widget.
    fn enter(&mut self) -> bool {
        let modal = std::mem::take(&mut self.entering_modal);
        self.modal += usize::from(modal);
        modal
    }
    fn leave(&mut self, modal: bool) {
        self.modal -= usize::from(modal);
    }
}

#[derive(Clone, Debug)]
struct Stop {
    id: Option<Id>,
    focused: bool,
    modal: bool,
}

struct Count<T> {
    place: Place,
    to: Move,
    stops: Vec<Stop>,
    _out: std::marker::PhantomData<fn() -> T>,
}

impl<T: Send + 'static> Operation<T> for Count<T> {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        let modal = self.place.enter();
        operate(self);
        self.place.leave(modal);
    }
    fn custom(&mut self, _id: Option<&Id>, _bounds: Rectangle, state: &mut dyn Any) {
        self.place.custom(state);
    }
    fn focusable(&mut self, id: Option<&Id>, _bounds: Rectangle, state: &mut dyn Focusable) {
        if self.place.inside {
            self.stops.push(Stop { id: id.cloned(), focused: state.is_focused(), modal: self.place.modal > 0 });
        }
    }
    fn finish(&self) -> Outcome<T> {
        let target = target(&self.stops, &self.to);
        Outcome::Chain(Box::new(Put {
            place: Place::new(self.place.window),
            target,
            current: 0,
            _out: std::marker::PhantomData::<fn() -> T>,
        }))
    }
}

/// The number of the control that gets the keyboard.
fn target(stops: &[Stop], to: &Move) -> Option<usize> {
    let modal = stops.iter().any(|stop| stop.modal);
    let open: Vec<usize> = (0..stops.len()).filter(|i| stops.get(*i).is_some_and(|s| s.modal == modal)).collect();
    let at = open.iter().position(|i| stops.get(*i).is_some_and(|s| s.focused));
    match to {
        Move::Nowhere => None,
        Move::To(id) => stops.iter().position(|stop| stop.id.as_ref() == Some(id)),
        Move::Next => match at {
            Some(at) => open.get(at + 1).or(open.first()).copied(),
            None => open.first().copied(),
        },
        Move::Previous => match at {
            Some(0) | None => open.last().copied(),
            Some(at) => open.get(at - 1).copied(),
        },
    }
}

struct Put<T> {
    place: Place,
    target: Option<usize>,
    current: usize,
    _out: std::marker::PhantomData<fn() -> T>,
}

impl<T: Send + 'static> Operation<T> for Put<T> {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        operate(self);
    }
    fn custom(&mut self, _id: Option<&Id>, _bounds: Rectangle, state: &mut dyn Any) {
        self.place.custom(state);
    }
    fn focusable(&mut self, _id: Option<&Id>, _bounds: Rectangle, state: &mut dyn Focusable) {
        if !self.place.inside {
            return;
        }
        if self.target == Some(self.current) {
            state.focus();
        } else if state.is_focused() {
            state.unfocus();
        }
        self.current += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn stop(id: &'static str, focused: bool, modal: bool) -> Stop {
        Stop { id: Some(Id::new(id)), focused, modal }
    }

    #[test]
    fn tab_goes_round_and_back() {
        let stops = [stop("a", false, false), stop("b", true, false), stop("c", false, false)];
        assert_eq!(target(&stops, &Move::Next), Some(2));
        assert_eq!(target(&stops, &Move::Previous), Some(0));
        assert_eq!(target(&stops, &Move::To(Id::new("c"))), Some(2));
        assert_eq!(target(&stops, &Move::Nowhere), None);
        assert_eq!(target(&[stop("a", true, false)], &Move::Next), Some(0));
        assert_eq!(target(&[], &Move::Next), None);
    }

    #[test]
    fn an_open_menu_keeps_the_keyboard() {
        let stops = [stop("a", true, false), stop("m1", false, true), stop("m2", false, true)];
        assert_eq!(target(&stops, &Move::Next), Some(1));
        assert_eq!(target(&stops, &Move::Previous), Some(2));
    }
}
