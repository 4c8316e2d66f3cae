//! The semantic wrapper: every control carries its role, name and state as data, is reached by Tab with a
//! visible ring, and works by Enter and Space. Tests find it by name; a screen reader's tree can be built
//! by walking the same data with an `Operation`.

use super::forward::forward;
use super::icon::{Icon, icon};
use crate::gui::{font, theme};
use iced::advanced::widget::operation::Focusable;
use iced::advanced::widget::{Operation, Tree, tree};
use iced::advanced::{Clipboard, Layout, Shell, Widget, mouse, renderer};
use iced::keyboard::{self, key};
pub use iced::widget::Id;
use iced::widget::selector::{Candidate, Selector, Target};
use iced::widget::{button as press_button, container, row, text, text_input, tooltip};
use iced::{Alignment, Border, Color, Element, Event, Length, Rectangle, Renderer, Size, Theme, window};

/// What a control is, in the terms of assistive technology (ARIA, AccessKit).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Role {
    Window,
    Dialog,
    Menu,
    MenuItem,
    Toolbar,
    Button,
    CheckBox,
    Radio,
    Link,
    Field,
    PasswordField,
    MultilineField,
    List,
    ListItem,
    Tree,
    TreeItem,
    Heading,
    Document,
    Status,
    Alert,
    Progress,
    Splitter,
    Image,
}

/// Role, name and state of a control.
#[derive(Clone, Debug, PartialEq)]
pub struct Semantics {
    pub role: Role,
    pub name: String,
    /// What it holds: a field's text, a progress.
    pub value: Option<String>,
    pub selected: Option<bool>,
    pub expanded: Option<bool>,
    pub checked: Option<bool>,
    pub disabled: bool,
    /// Position from 0 and size of the set it belongs to.
    pub position: Option<(u64, u64)>,
    /// Nesting in a tree, from 0.
    pub level: Option<usize>,
    /// Set on the root of a window alone.
    pub window: Option<window::Id>,
}

impl Semantics {
    pub fn new(role: Role, name: impl Into<String>) -> Semantics {
        Semantics {
            role,
            name: name.into(),
            value: None,
            selected: None,
            expanded: None,
            checked: None,
            disabled: false,
            position: None,
            level: None,
            window: None,
        }
    }
}

/// A step with an arrow key from one control to its neighbour.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    Back,
    On,
}

/// Content with semantics.
pub struct Control<'a, Message> {
    content: Element<'a, Message>,
    id: Id,
    semantics: Semantics,
    activate: Option<Message>,
    step: Option<Box<dyn Fn(Step) -> Message + 'a>>,
    escape: Option<Message>,
    radius: f32,
}

/// Gives content its role and name. `id` is stable: the same control has the same one in every frame.
pub fn control<'a, Message>(
    id: impl Into<Id>,
    semantics: Semantics,
    content: impl Into<Element<'a, Message>>,
) -> Control<'a, Message> {
    Control {
        content: content.into(),
        id: id.into(),
        semantics,
        activate: None,
        step: None,
        escape: None,
        radius: theme::radius::CONTROL,
    }
}

/// The root of a window: names it, and bounds the walk of the keyboard.
pub fn root<'a, Message: 'a + Clone>(
    id: window::Id,
    title: impl Into<String>,
    content: impl Into<Element<'a, Message>>,
) -> Element<'a, Message> {
    let semantics = Semantics { window: Some(id), ..Semantics::new(Role::Window, title) };
    control("window", semantics, content).into()
}

impl<Message> Control<'_, Message> {
    /// Makes it a stop of the Tab key; Enter and Space send this. The pointer is the content's affair.
    pub fn on_activate(mut self, message: Option<Message>) -> Self {
        self.semantics.disabled = message.is_none();
        self.activate = message;
        self
    }
    /// The Escape key anywhere within it, before a field takes it for itself: for menus and dialogs.
    pub fn on_escape(mut self, message: Message) -> Self {
        self.escape = Some(message);
        self
    }
    pub fn radius(mut self, radius: f32) -> Self {
        self.radius = radius;
        self
    }
    pub fn selected(mut self, selected: bool) -> Self {
        self.semantics.selected = Some(selected);
        self
    }
    pub fn expanded(mut self, expanded: bool) -> Self {
        self.semantics.expanded = Some(expanded);
        self
    }
    pub fn checked(mut self, checked: bool) -> Self {
        self.semantics.checked = Some(checked);
        self
    }
    pub fn value(mut self, value: impl Into<String>) -> Self {
        self.semantics.value = Some(value.into());
        self
    }
    pub fn level(mut self, level: usize) -> Self {
        self.semantics.level = Some(level);
        self
    }
    pub fn position(mut self, position: u64, size: u64) -> Self {
        self.semantics.position = Some((position, size));
        self
    }
}

impl<'a, Message> Control<'a, Message> {
    /// Arrow keys up and down, while it has the keyboard.
    pub fn on_step(mut self, step: impl Fn(Step) -> Message + 'a) -> Self {
        self.step = Some(Box::new(step));
        self
    }
}

#[derive(Default)]
struct State {
    id: Option<Id>,
    focused: bool,
}

impl Focusable for State {
    fn is_focused(&self) -> bool {
        self.focused
    }
    fn focus(&mut self) {
        self.focused = true;
    }
    fn unfocus(&mut self) {
        self.focused = false;
    }
}

impl<Message: Clone> Widget<Message, Theme, Renderer> for Control<'_, Message> {
    forward!(Message: children size layout mouse_interaction overlay);

    fn tag(&self) -> tree::Tag {
        tree::Tag::of::<State>()
    }
    fn state(&self) -> tree::State {
        tree::State::new(State { id: Some(self.id.clone()), focused: false })
    }
    fn diff(&self, tree: &mut Tree) {
        let state = tree.state.downcast_mut::<State>();
        if state.id.as_ref() != Some(&self.id) {
            *state = State { id: Some(self.id.clone()), focused: false };
        }
        tree.diff_children(std::slice::from_ref(&self.content));
    }
    fn size_hint(&self) -> Size<Length> {
        self.content.as_widget().size_hint()
    }
    fn operate(&mut self, tree: &mut Tree, layout: Layout<'_>, renderer: &Renderer, operation: &mut dyn Operation) {
        operation.custom(Some(&self.id), layout.bounds(), &mut self.semantics);
        if self.activate.is_some() {
            operation.focusable(Some(&self.id), layout.bounds(), tree.state.downcast_mut::<State>());
        }
        let Some(child) = tree.children.first_mut() else { return };
        operation.traverse(&mut |operation| {
            self.content.as_widget_mut().operate(child, layout, renderer, operation);
        });
    }
    fn update(
        &mut self,
        tree: &mut Tree,
        event: &Event,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        renderer: &Renderer,
        clipboard: &mut dyn Clipboard,
        shell: &mut Shell<'_, Message>,
        viewport: &Rectangle,
    ) {
        if let Event::Keyboard(keyboard::Event::KeyPressed { key: keyboard::Key::Named(key::Named::Escape), .. }) =
            event
            && let Some(message) = &self.escape
        {
            shell.publish(message.clone());
            shell.capture_event();
            return;
        }
        if let Some(child) = tree.children.first_mut() {
            self.content.as_widget_mut().update(child, event, layout, cursor, renderer, clipboard, shell, viewport);
        }
        let state = tree.state.downcast_mut::<State>();
        match event {
            Event::Mouse(mouse::Event::ButtonPressed(_)) if state.focused => {
                state.focused = false;
                shell.request_redraw();
            }
            Event::Keyboard(keyboard::Event::KeyPressed { key: keyboard::Key::Named(named), modifiers, .. })
                if state.focused && modifiers.is_empty() && !shell.is_event_captured() =>
            {
                let message = match named {
                    key::Named::Enter | key::Named::Space => self.activate.clone(),
                    key::Named::ArrowUp => self.step.as_ref().map(|step| step(Step::Back)),
                    key::Named::ArrowDown => self.step.as_ref().map(|step| step(Step::On)),
                    _ => None,
                };
                if let Some(message) = message {
                    shell.publish(message);
                    shell.capture_event();
                }
            }
            _ => {}
        }
    }
    fn draw(
        &self,
        tree: &Tree,
        renderer: &mut Renderer,
        theme: &Theme,
        style: &renderer::Style,
        layout: Layout<'_>,
        cursor: mouse::Cursor,
        viewport: &Rectangle,
    ) {
        let Some(child) = tree.children.first() else { return };
        self.content.as_widget().draw(child, renderer, theme, style, layout, cursor, viewport);
        if tree.state.downcast_ref::<State>().focused {
            // A little apart, so that it shows around what is filled with the accent too.
            ring(renderer, layout.bounds().expand(2.0), viewport, self.radius + 2.0, theme::tokens(theme).accent);
        }
    }
}

/// Draws the ring of what has the keyboard: 2 pixels, around the bounds, within the viewport.
pub fn ring(renderer: &mut Renderer, bounds: Rectangle, viewport: &Rectangle, radius: f32, color: Color) {
    use iced::advanced::Renderer as _;
    let Some(clip) = bounds.expand(3.0).intersection(viewport) else { return };
    renderer.with_layer(clip, |renderer| {
        renderer.fill_quad(
            renderer::Quad {
                bounds: bounds.expand(1.0),
                border: Border::default().rounded(radius + 1.0).width(2).color(color),
                ..renderer::Quad::default()
            },
            Color::TRANSPARENT,
        );
    });
}

impl<'a, Message: Clone + 'a> From<Control<'a, Message>> for Element<'a, Message> {
    fn from(control: Control<'a, Message>) -> Self {
        Element::new(control)
    }
}

/// A style of button, from [`theme::press`].
pub type Press = fn(&Theme, press_button::Status) -> press_button::Style;

/// A button with words, and an icon before them where there is one. Without a message it is disabled.
pub fn button<'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    sign: Option<Icon>,
    name: impl Into<String>,
    style: Press,
    on_press: Option<Message>,
) -> Element<'a, Message> {
    let name = name.into();
    let words = text(name.clone())
        .font(font::MEDIUM)
        .size(theme::size::BODY)
        .line_height(theme::size::line(20.0))
        .wrapping(text::Wrapping::None);
    let content = match sign {
        Some(sign) => row![icon(sign, theme::size::ICON_TOOLBAR), words],
        None => row![words],
    };
    let content = content.spacing(theme::space::S).align_y(Alignment::Center);
    let face = press_button(content).padding([6.0, 12.0]).style(style).on_press_maybe(on_press.clone());
    control(id, Semantics::new(Role::Button, name), face).on_activate(on_press).into()
}

/// A button of words alone in running text or a banner, without a frame.
pub fn link<'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    name: impl Into<String>,
    size: f32,
    style: Press,
    on_press: Option<Message>,
) -> Element<'a, Message> {
    let name = name.into();
    let words = text(name.clone()).font(font::SEMIBOLD).size(size).wrapping(text::Wrapping::None);
    let face = press_button(words).padding([0.0, 2.0]).style(style).on_press_maybe(on_press.clone());
    control(id, Semantics::new(Role::Button, name), face).on_activate(on_press).radius(4.0).into()
}

/// A square button with an icon alone; its name, with the key where there is one, stands in a tooltip.
pub fn icon_button<'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    sign: Icon,
    name: impl Into<String>,
    key: Option<String>,
    on_press: Option<Message>,
) -> Element<'a, Message> {
    let name = name.into();
    let face = press_button(container(icon(sign, theme::size::ICON_TOOLBAR)).center(Length::Fill))
        .width(36)
        .height(32)
        .padding(0)
        .style(theme::press::quiet)
        .on_press_maybe(on_press.clone());
    let face = control(id, Semantics::new(Role::Button, name.clone()), face).on_activate(on_press);
    hint(face, name, key)
}

/// Shows words in a small card while the pointer rests on the content.
pub fn hint<'a, Message: Clone + 'a>(
    content: impl Into<Element<'a, Message>>,
    words: impl Into<String>,
    key: Option<String>,
) -> Element<'a, Message> {
    let mut line = row![text(words.into()).size(theme::size::META)].spacing(theme::space::S);
    if let Some(key) = key {
        line = line.push(text(key).size(theme::size::META).style(theme::words::dim));
    }
    tooltip(content, container(line).padding([4.0, 8.0]).style(theme::ground::menu), tooltip::Position::Bottom)
        .gap(4)
        .delay(std::time::Duration::from_millis(500))
        .into()
}

/// A one-line field in the window's style. Add what it does, then give it to [`field`].
pub fn input<'a, Message: Clone + 'a>(placeholder: &str, value: &str) -> text_input::TextInput<'a, Message> {
    text_input(placeholder, value)
        .size(theme::size::BODY)
        .line_height(theme::size::line(20.0))
        .padding([8.0, 12.0])
        .style(theme::field)
}

/// Gives a one-line field its role, name and id; the field is the stop of the Tab key.
pub fn field<'a, Message: Clone + 'a>(
    id: &'static str,
    name: impl Into<String>,
    input: text_input::TextInput<'a, Message>,
) -> Control<'a, Message> {
    control(Id::new(id), Semantics::new(Role::Field, name), input.id(Id::new(id)))
}

/// The usual one-line field: a name, a placeholder, a value, and what typing sends.
pub fn text_field<'a, Message: Clone + 'a>(
    id: &'static str,
    name: impl Into<String>,
    placeholder: &str,
    value: &str,
    on_input: impl Fn(String) -> Message + 'a,
) -> Element<'a, Message> {
    field(id, name, input(placeholder, value).on_input(on_input)).value(value).into()
}

/// A line of a menu: icon, words, key. `step` moves the keyboard to the neighbour.
pub fn menu_item<'a, Message: Clone + 'a>(
    id: impl Into<Id>,
    sign: Option<Icon>,
    name: impl Into<String>,
    key: Option<String>,
    on_press: Option<Message>,
    step: impl Fn(Step) -> Message + 'a,
) -> Element<'a, Message> {
    let name = name.into();
    let sign = container(sign.map_or_else(|| text(""), |sign| icon(sign, theme::size::ICON_ROW))).width(16);
    let words = text(name.clone()).size(theme::size::BODY).wrapping(text::Wrapping::None).width(Length::Fill);
    let mut line = row![sign, words].spacing(10).align_y(Alignment::Center);
    if let Some(key) = key {
        line = line.push(text(key).size(theme::size::META).style(theme::words::dim));
    }
    let face = press_button(line)
        .padding([5.0, 10.0])
        .width(Length::Fill)
        .style(theme::press::row(false))
        .on_press_maybe(on_press.clone());
    control(id, Semantics::new(Role::MenuItem, name), face).on_activate(on_press).on_step(step).into()
}

/// Selects a control by its name, and role where given: for tests.
#[derive(Clone, Debug)]
pub struct Named {
    pub role: Option<Role>,
    pub name: String,
}

/// The control of this name.
pub fn named(name: impl Into<String>) -> Named {
    Named { role: None, name: name.into() }
}

/// The control of this role and name.
pub fn having(role: Role, name: impl Into<String>) -> Named {
    Named { role: Some(role), name: name.into() }
}

impl Selector for Named {
    type Output = Target;
    fn select(&mut self, candidate: Candidate<'_>) -> Option<Target> {
        let Candidate::Custom { state, .. } = candidate else { return None };
        let semantics = state.downcast_ref::<Semantics>()?;
        let same = semantics.name == self.name && self.role.is_none_or(|role| role == semantics.role);
        same.then(|| candidate.into())
    }
    fn description(&self) -> String {
        format!("{:?} named {:?}", self.role, self.name)
    }
}

/// Reads the semantics of every control, in the order of the walk: for tests.
pub fn all() -> impl Selector<Output = Semantics> {
    |candidate: Candidate<'_>| match candidate {
        Candidate::Custom { state, .. } => state.downcast_ref::<Semantics>().cloned(),
        _ => None,
    }
}
