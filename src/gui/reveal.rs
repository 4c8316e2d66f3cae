//! Keeps what has the keyboard in sight: the scrollable around it is scrolled as little as shows it. iced moves the
//! focus without looking where it goes.

use iced::advanced::widget::operation::scrollable::AbsoluteOffset;
use iced::advanced::widget::operation::{Focusable, Outcome, Scrollable};
use iced::advanced::widget::{Id, Operation};
use iced::{Rectangle, Vector};

/// Room left around the control.
const MARGIN: f32 = 24.0;

/// Brings the focused control into sight.
pub fn reveal<T: Send + 'static>() -> impl Operation<T> {
    find(None)
}

/// Brings a place of a control into sight: how far down in it, from 0 to 1.
pub fn reveal_part<T: Send + 'static>(id: Id, part: f32) -> impl Operation<T> {
    find(Some((id, part)))
}

fn find<T>(wanted: Option<(Id, f32)>) -> Find<T> {
    Find {
        wanted,
        seen: 0,
        around: Vec::new(),
        entering: None,
        found: None,
        _out: std::marker::PhantomData::<fn() -> T>,
    }
}

/// A scrollable on the way to where the walk is.
#[derive(Clone, Copy, Debug)]
struct Around {
    /// Its number in the walk.
    number: usize,
    bounds: Rectangle,
    content: Rectangle,
    offset: Vector,
}

struct Find<T> {
    /// A place of one control; none for what is focused.
    wanted: Option<(Id, f32)>,
    seen: usize,
    around: Vec<Around>,
    entering: Option<Around>,
    /// The scrollable to scroll, and where to.
    found: Option<(usize, f32)>,
    _out: std::marker::PhantomData<fn() -> T>,
}

impl<T: Send + 'static> Operation<T> for Find<T> {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        let entered = self.entering.take();
        self.around.extend(entered);
        operate(self);
        if entered.is_some() {
            self.around.pop();
        }
    }
    fn scrollable(
        &mut self,
        _id: Option<&Id>,
        bounds: Rectangle,
        content: Rectangle,
        offset: Vector,
        _state: &mut dyn Scrollable,
    ) {
        self.entering = Some(Around { number: self.seen, bounds, content, offset });
        self.seen += 1;
    }
    fn focusable(&mut self, id: Option<&Id>, bounds: Rectangle, state: &mut dyn Focusable) {
        let place = match &self.wanted {
            None => state.is_focused().then_some(bounds),
            Some((wanted, part)) => (id == Some(wanted)).then(|| place(bounds, *part)),
        };
        if let (Some(place), Some(around)) = (place, self.around.last()) {
            self.found = target(around, place).map(|y| (around.number, y));
        }
    }
    fn finish(&self) -> Outcome<T> {
        match self.found {
            Some((number, y)) => {
                Outcome::Chain(Box::new(Scroll { seen: 0, number, y, _out: std::marker::PhantomData::<fn() -> T> }))
            }
            None => Outcome::None,
        }
    }
}

/// A line of a control, so far down in it.
fn place(bounds: Rectangle, part: f32) -> Rectangle {
    let height = MARGIN.min(bounds.height);
    Rectangle { y: bounds.y + (bounds.height - height) * part.clamp(0.0, 1.0), height, ..bounds }
}

/// The offset that shows `control`; `None` where it is in sight.
fn target(around: &Around, control: Rectangle) -> Option<f32> {
    // Positions in the content are where they would be unscrolled.
    let top = control.y - around.bounds.y;
    let bottom = top + control.height;
    let last = (around.content.height - around.bounds.height).max(0.0);
    let wanted = if top - around.offset.y < 0.0 {
        top - MARGIN
    } else if bottom - around.offset.y > around.bounds.height {
        bottom + MARGIN - around.bounds.height
    } else {
        return None;
    };
    Some(wanted.clamp(0.0, last))
}

struct Scroll<T> {
    seen: usize,
    number: usize,
    y: f32,
    _out: std::marker::PhantomData<fn() -> T>,
}

impl<T: Send + 'static> Operation<T> for Scroll<T> {
    fn traverse(&mut self, operate: &mut dyn FnMut(&mut dyn Operation<T>)) {
        operate(self);
    }
    fn scrollable(
        &mut self,
        _id: Option<&Id>,
        _bounds: Rectangle,
        _content: Rectangle,
        offset: Vector,
        state: &mut dyn Scrollable,
    ) {
        if self.seen == self.number {
            state.scroll_to(AbsoluteOffset { x: Some(offset.x), y: Some(self.y) });
        }
        self.seen += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use iced::{Point, Size};

    fn around(offset: f32) -> Around {
        Around {
            number: 0,
            bounds: Rectangle::new(Point::new(0.0, 100.0), Size::new(200.0, 300.0)),
            content: Rectangle::new(Point::new(0.0, 100.0), Size::new(200.0, 1000.0)),
            offset: Vector::new(0.0, offset),
        }
    }

    fn control(y: f32) -> Rectangle {
        Rectangle::new(Point::new(0.0, y), Size::new(200.0, 36.0))
    }

    #[test]
    fn what_is_in_sight_stays_and_what_is_not_is_shown_with_room() {
        assert_eq!(target(&around(0.0), control(150.0)), None);
        assert_eq!(target(&around(0.0), control(500.0)), Some(400.0 + 36.0 + MARGIN - 300.0));
        assert_eq!(target(&around(500.0), control(150.0)), Some(50.0 - MARGIN));
        assert_eq!(target(&around(500.0), control(100.0)), Some(0.0));
        assert_eq!(target(&around(0.0), control(1064.0)), Some(700.0), "the last one ends the page");
    }
}
