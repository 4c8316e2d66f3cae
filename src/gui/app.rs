//! The program: its windows, and the way of every message to the screen that it is for.

use super::action::{Action, Answer, Open, Tag};
use super::effect::{self, Context, Outcome};
use super::keymap::Press;
use super::screen::{Files, Screen, account, compose, letter, mail, onboarding, source, transcript};
use super::startup::Startup;
use super::widget::control;
use super::widget::tabs::tabs;
use super::{Start, events, font, theme};
use crate::service::model::{Preferences, ThemeChoice};
use crate::service::{Event, Handle, MessagePlace};
use iced::keyboard::key::Named;
use iced::keyboard::{self, Key, Modifiers};
use iced::{Element, Size, Subscription, Task, Theme, window};
use std::collections::BTreeMap;
use std::time::{Duration, Instant};

/// Why there is no window.
#[derive(Debug, thiserror::Error)]
pub enum Error {
    #[error("there is no display: neither WAYLAND_DISPLAY nor DISPLAY is set")]
    NoDisplay,
    #[error("the window could not be opened: {0}")]
    Window(#[from] iced::Error),
}

/// Opens the window and returns when the person has left. Call it on the main thread, outside the runtime.
///
/// # Errors
/// Where no window can be opened.
pub fn run(start: Start) -> Result<(), Error> {
    if cfg!(target_os = "linux")
        && ["WAYLAND_DISPLAY", "WAYLAND_SOCKET", "DISPLAY"].iter().all(|name| std::env::var_os(name).is_none())
    {
        return Err(Error::NoDisplay);
    }
    let Start { handle, runtime, open, began } = start;
    let preferences = runtime.block_on(handle.preferences()).unwrap_or_default();
    crate::i18n::choose(preferences.language.as_deref());
    let _guard = runtime.enter();
    let open = open.map(|open| match open {
        super::Open::Mailto(link) => Open::Mailto(link),
        super::Open::Message(path) => Open::Letter(MessagePlace::file(path)),
    });
    let boot = move || App::boot(handle.clone(), preferences.clone(), open.clone(), began);
    iced::daemon(boot, App::update, App::view)
        .title(App::title)
        .theme(App::theme)
        .style(|_, theme| iced::theme::Style {
            background_color: theme::tokens(theme).bg,
            text_color: theme::tokens(theme).text,
        })
        .subscription(App::subscription)
        .settings(settings())
        .executor::<effect::Executor>()
        .run()?;
    Ok(())
}

/// iced's settings: our fonts and our text size.
pub fn settings() -> iced::Settings {
    iced::Settings {
        id: Some("postwren".into()),
        fonts: font::all(),
        default_font: font::REGULAR,
        default_text_size: theme::size::BODY.into(),
        antialiasing: true,
        ..iced::Settings::default()
    }
}

/// What a window shows.
#[derive(Debug)]
pub enum Window {
    Main,
    Compose(Box<compose::State>),
    Transcript(Box<transcript::State>),
    Letter(Box<letter::State>),
    Source(Box<source::State>),
    Account(Box<account::State>),
}

/// The screen that a message is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    Mail,
    Setup,
    Window(window::Id),
}

#[derive(Clone, Debug)]
pub enum Message {
    Mail(mail::Message),
    Setup(onboarding::Message),
    Compose(window::Id, compose::Message),
    Transcript(window::Id, transcript::Message),
    Letter(window::Id, letter::Message),
    Source(window::Id, source::Message),
    Account(window::Id, account::Message),
    Done(Place, Outcome),
    Service(Vec<Event>),
    Pressed(window::Id, Press),
    Files(window::Id, Files),
    Resized(window::Id, Size),
    /// A window is of another fineness: device pixels of a logical pixel.
    Scaled(window::Id, f32),
    CloseRequested(window::Id),
    Closed(window::Id),
    System(iced::theme::Mode),
    Tick,
    /// A frame was drawn; heard only until the first with messages.
    Drawn,
    Nothing,
}

/// The whole state.
#[derive(Debug)]
pub struct App {
    context: Context,
    windows: BTreeMap<window::Id, Window>,
    main: Option<window::Id>,
    mail: mail::State,
    setup: Option<Box<onboarding::State>>,
    system: iced::theme::Mode,
    startup: Startup,
}

impl App {
    /// The state at the start, with its main window, and what else was asked for.
    pub fn boot(handle: Handle, preferences: Preferences, open: Option<Open>, began: Instant) -> (App, Task<Message>) {
        let size = Size::new(preferences.window_width.max(640.0), preferences.window_height.max(420.0));
        let (id, opened) = window::open(window_settings(size, Size::new(640.0, 420.0)));
        let (mail, action) = mail::State::new(preferences);
        let mut app = App {
            context: Context::new(handle),
            windows: BTreeMap::from([(id, Window::Main)]),
            main: Some(id),
            mail,
            setup: None,
            system: iced::theme::Mode::default(),
            startup: Startup::new(began),
        };
        let mut tasks =
            vec![opened.then(scale), iced::system::theme().map(Message::System), app.act(Place::Mail, action)];
        if let Some(open) = open {
            tasks.push(app.open(open));
        }
        (app, Task::batch(tasks))
    }

    pub fn update(&mut self, message: Message) -> Task<Message> {
        let (place, action) = match message {
            Message::Mail(message) => (Place::Mail, self.mail.update(message)),
            Message::Setup(message) => match &mut self.setup {
                Some(setup) => (Place::Setup, setup.update(message)),
                None => return Task::none(),
            },
            Message::Compose(id, message) => match self.windows.get_mut(&id) {
                Some(Window::Compose(screen)) => (Place::Window(id), screen.update(message)),
                _ => return Task::none(),
            },
            Message::Transcript(id, message) => match self.windows.get_mut(&id) {
                Some(Window::Transcript(screen)) => (Place::Window(id), screen.update(message)),
                _ => return Task::none(),
            },
            Message::Letter(id, message) => match self.windows.get_mut(&id) {
                Some(Window::Letter(screen)) => (Place::Window(id), screen.update(message)),
                _ => return Task::none(),
            },
            Message::Source(id, message) => match self.windows.get_mut(&id) {
                Some(Window::Source(screen)) => (Place::Window(id), screen.update(message)),
                _ => return Task::none(),
            },
            Message::Account(id, message) => match self.windows.get_mut(&id) {
                Some(Window::Account(screen)) => (Place::Window(id), screen.update(message)),
                _ => return Task::none(),
            },
            Message::Done(place, Outcome::Answered(tag, answer)) => (place, self.answered(place, tag, answer)),
            Message::Done(place, Outcome::Program(action)) => return self.program(place, action),
            Message::Service(events) => return self.happened(&events),
            Message::Pressed(id, press) => return self.pressed(id, &press),
            Message::Files(id, files) => (self.place(id), self.with(id, |screen| screen.files(files))),
            Message::Resized(id, size) => {
                (self.place(id), self.with(id, |screen| screen.resized(size.width, size.height)))
            }
            Message::Scaled(id, scale) if self.main == Some(id) => (Place::Mail, self.mail.scaled(scale)),
            Message::Scaled(id, scale) => match self.windows.get_mut(&id) {
                Some(Window::Letter(screen)) => (Place::Window(id), screen.scaled(scale)),
                _ => return Task::none(),
            },
            Message::CloseRequested(id) => (self.place(id), self.with(id, |screen| screen.closing())),
            Message::Closed(id) => return self.closed(id),
            Message::System(mode) => {
                self.system = mode;
                return Task::none();
            }
            Message::Tick => return self.ticked(),
            Message::Drawn => {
                self.startup.shown();
                return Task::none();
            }
            Message::Nothing => return Task::none(),
        };
        let task = self.act(place, action);
        Task::batch([task, self.set_up_when_empty()])
    }

    /// While there is no account, the set-up fills the main window; once there is one, it is gone.
    fn set_up_when_empty(&mut self) -> Task<Message> {
        match (&self.setup, self.mail.is_empty()) {
            (None, true) => return self.open(Open::Setup(None)),
            (Some(setup), false) if setup.is_done() => self.setup = None,
            _ => {}
        }
        Task::none()
    }

    fn place(&self, id: window::Id) -> Place {
        match self.windows.get(&id) {
            Some(Window::Main) | None => {
                if self.setup.is_some() {
                    Place::Setup
                } else {
                    Place::Mail
                }
            }
            Some(_) => Place::Window(id),
        }
    }

    /// The screen that a window shows, whatever its messages are.
    fn with(&mut self, id: window::Id, f: impl FnOnce(&mut dyn Screen) -> Action) -> Action {
        match (self.windows.get_mut(&id), &mut self.setup) {
            (Some(Window::Main), Some(setup)) => f(&mut **setup),
            (Some(Window::Main), None) => f(&mut self.mail),
            (Some(Window::Compose(screen)), _) => f(&mut **screen),
            (Some(Window::Transcript(screen)), _) => f(&mut **screen),
            (Some(Window::Letter(screen)), _) => f(&mut **screen),
            (Some(Window::Source(screen)), _) => f(&mut **screen),
            (Some(Window::Account(screen)), _) => f(&mut **screen),
            (None, _) => Action::None,
        }
    }

    fn answered(&mut self, place: Place, tag: Tag, answer: Answer) -> Action {
        match place {
            Place::Mail => self.mail.answered(tag, answer),
            Place::Setup => self.setup.as_mut().map(|s| s.answered(tag, answer)).unwrap_or_default(),
            Place::Window(id) => self.with(id, |screen| screen.answered(tag, answer)),
        }
    }

    fn act(&mut self, place: Place, action: Action) -> Task<Message> {
        let window = match place {
            Place::Window(id) => Some(id),
            Place::Mail | Place::Setup => self.main,
        };
        effect::task(&self.context, window, action).map(move |outcome| Message::Done(place, outcome))
    }

    /// What concerns windows.
    fn program(&mut self, place: Place, action: Action) -> Task<Message> {
        match action {
            Action::Open(open) => self.open(open),
            Action::Quit => self.quit(),
            Action::RaiseMain => self.main.map(window::gain_focus).unwrap_or_else(Task::none),
            Action::Sent { outbox, when } => {
                let action = self.mail.sent(outbox, when);
                self.act(Place::Mail, action)
            }
            Action::Close => match place {
                Place::Setup if !self.mail.is_empty() || self.setup.as_ref().is_some_and(|s| s.is_done()) => {
                    // A first account fills the main window as soon as the screen knows it.
                    if !self.mail.is_empty() {
                        self.setup = None;
                    }
                    let action = self.mail.happened(&[Event::Accounts]);
                    self.act(Place::Mail, action)
                }
                Place::Setup | Place::Mail => self.main.map(window::close).unwrap_or_else(Task::none),
                Place::Window(id) => window::close(id),
            },
            _ => Task::none(),
        }
    }

    fn open(&mut self, open: Open) -> Task<Message> {
        let (screen, action) = match open {
            Open::Compose { origin, reply_all } => {
                let (state, action) = compose::State::begin(origin, reply_all);
                (Window::Compose(Box::new(state)), action)
            }
            Open::Draft(draft) => {
                if let Some(id) = self.compose_of(&draft.id) {
                    return window::gain_focus(id);
                }
                let (state, action) = compose::State::open(draft);
                (Window::Compose(Box::new(state)), action)
            }
            Open::Mailto(link) => {
                let (state, action) = compose::State::mailto(&link);
                (Window::Compose(Box::new(state)), action)
            }
            Open::Transcript(account) => {
                let (state, action) = transcript::State::new(account);
                (Window::Transcript(Box::new(state)), action)
            }
            Open::Source(place) => {
                let (state, action) = source::State::new(place);
                (Window::Source(Box::new(state)), action)
            }
            Open::Letter(place) => {
                let (state, action) = letter::State::new(place);
                (Window::Letter(Box::new(state)), action)
            }
            Open::Account(account) => {
                if let Some(id) = self.settings_of(&account.name) {
                    return window::gain_focus(id);
                }
                let (state, action) = account::State::new(account);
                (Window::Account(Box::new(state)), action)
            }
            Open::Setup(account) => {
                let (state, action) = onboarding::State::new(self.mail.is_empty(), account);
                self.setup = Some(Box::new(state));
                return self.act(Place::Setup, action);
            }
        };
        let size = match screen {
            Window::Compose(_) => Size::new(880.0, 680.0),
            Window::Account(_) => Size::new(680.0, 760.0),
            Window::Source(_) | Window::Letter(_) => Size::new(900.0, 720.0),
            _ => Size::new(820.0, 620.0),
        };
        let (id, opened) = window::open(window_settings(size, Size::new(480.0, 360.0)));
        self.windows.insert(id, screen);
        let task = self.act(Place::Window(id), action);
        Task::batch([opened.then(scale), task])
    }

    fn compose_of(&self, draft: &str) -> Option<window::Id> {
        let same = |window: &Window| matches!(window, Window::Compose(screen) if screen.draft_id() == Some(draft));
        self.windows.iter().find(|(_, window)| same(window)).map(|(id, _)| *id)
    }

    fn settings_of(&self, account: &str) -> Option<window::Id> {
        let same = |window: &Window| matches!(window, Window::Account(screen) if screen.name() == account);
        self.windows.iter().find(|(_, window)| same(window)).map(|(id, _)| *id)
    }

    fn happened(&mut self, events: &[Event]) -> Task<Message> {
        let mut tasks = Vec::new();
        let action = self.mail.happened(events);
        tasks.push(self.act(Place::Mail, action));
        if let Some(setup) = &mut self.setup {
            let action = setup.happened(events);
            tasks.push(self.act(Place::Setup, action));
        }
        for id in self.others() {
            let action = self.with(id, |screen| screen.happened(events));
            tasks.push(self.act(Place::Window(id), action));
        }
        tasks.push(self.set_up_when_empty());
        Task::batch(tasks)
    }

    fn others(&self) -> Vec<window::Id> {
        self.windows.keys().copied().filter(|id| Some(*id) != self.main).collect()
    }

    fn pressed(&mut self, id: window::Id, press: &Press) -> Task<Message> {
        let place = self.place(id);
        let action = match (&press.key, press.modifiers) {
            (Key::Named(Named::Tab), m) if m.is_empty() => Action::FocusNext,
            (Key::Named(Named::Tab), m) if m == Modifiers::SHIFT => Action::FocusPrevious,
            _ => self.with(id, |screen| screen.pressed(press)),
        };
        self.act(place, action)
    }

    /// Asks every window; the program ends when the last is closed.
    fn quit(&mut self) -> Task<Message> {
        let mut tasks = Vec::new();
        for id in self.others() {
            let action = self.with(id, |screen| screen.closing());
            tasks.push(self.act(Place::Window(id), action));
        }
        let action = self.mail.closing();
        tasks.push(self.act(Place::Mail, action));
        Task::batch(tasks)
    }

    fn closed(&mut self, id: window::Id) -> Task<Message> {
        self.windows.remove(&id);
        if self.main == Some(id) {
            self.main = None;
        }
        if self.windows.is_empty() { iced::exit() } else { Task::none() }
    }

    fn ticked(&mut self) -> Task<Message> {
        let now = jiff::Zoned::now();
        let action = self.mail.ticked(now.clone());
        let mut tasks = vec![self.act(Place::Mail, action)];
        for id in self.others() {
            let now = now.clone();
            let action = self.with(id, |screen| screen.ticked(now));
            tasks.push(self.act(Place::Window(id), action));
        }
        Task::batch(tasks)
    }

    pub fn view(&self, id: window::Id) -> Element<'_, Message> {
        let (title, content) = match (self.windows.get(&id), &self.setup) {
            (Some(Window::Main), Some(setup)) => (setup.title(), setup.view().map(Message::Setup)),
            (Some(Window::Main), None) => (self.mail.title(), self.mail.view().map(Message::Mail)),
            (Some(Window::Compose(screen)), _) => {
                (screen.title(), screen.view().map(move |message| Message::Compose(id, message)))
            }
            (Some(Window::Transcript(screen)), _) => {
                (screen.title(), screen.view().map(move |message| Message::Transcript(id, message)))
            }
            (Some(Window::Letter(screen)), _) => {
                (screen.title(), screen.view().map(move |message| Message::Letter(id, message)))
            }
            (Some(Window::Source(screen)), _) => {
                (screen.title(), screen.view().map(move |message| Message::Source(id, message)))
            }
            (Some(Window::Account(screen)), _) => {
                (screen.title(), screen.view().map(move |message| Message::Account(id, message)))
            }
            (None, _) => (String::new(), iced::widget::space().into()),
        };
        tabs(id, control::root(id, title, content)).into()
    }

    fn title(&self, id: window::Id) -> String {
        match (self.windows.get(&id), &self.setup) {
            (Some(Window::Main), Some(setup)) => setup.title(),
            (Some(Window::Main), None) => self.mail.title(),
            (Some(Window::Compose(screen)), _) => screen.title(),
            (Some(Window::Transcript(screen)), _) => screen.title(),
            (Some(Window::Letter(screen)), _) => screen.title(),
            (Some(Window::Source(screen)), _) => screen.title(),
            (Some(Window::Account(screen)), _) => screen.title(),
            (None, _) => String::new(),
        }
    }

    fn theme(&self, _id: window::Id) -> Option<Theme> {
        Some(theme::theme(self.choice(), self.system))
    }

    fn choice(&self) -> ThemeChoice {
        self.mail.preferences().theme
    }

    fn subscription(&self) -> Subscription<Message> {
        let ticks = self
            .windows
            .values()
            .filter_map(|window| match window {
                Window::Main => self.mail.ticks(),
                Window::Compose(screen) => screen.ticks(),
                Window::Transcript(screen) => screen.ticks(),
                Window::Letter(screen) => screen.ticks(),
                Window::Source(screen) => screen.ticks(),
                Window::Account(screen) => screen.ticks(),
            })
            .min();
        // The frame after the rows have come is the first that shows them.
        let drawn = self.startup.is_running() && self.setup.is_none() && self.mail.has_rows();
        Subscription::batch([
            if drawn { window::frames().map(|_| Message::Drawn) } else { Subscription::none() },
            events::subscription(&self.context.handle).map(Message::Service),
            iced::event::listen_with(heard),
            window::close_requests().map(Message::CloseRequested),
            window::close_events().map(Message::Closed),
            iced::system::theme_changes().map(Message::System),
            ticks.map_or_else(Subscription::none, |every: Duration| iced::time::every(every).map(|_| Message::Tick)),
        ])
    }
}

/// What the program hears of the windows beside their widgets.
fn heard(event: iced::Event, status: iced::event::Status, id: window::Id) -> Option<Message> {
    match event {
        iced::Event::Keyboard(keyboard::Event::KeyPressed { key, modifiers, .. })
            if status == iced::event::Status::Ignored =>
        {
            Some(Message::Pressed(id, Press::new(key, modifiers)))
        }
        iced::Event::Window(window::Event::FileHovered(path)) => Some(Message::Files(id, Files::Hovered(path))),
        iced::Event::Window(window::Event::FileDropped(path)) => Some(Message::Files(id, Files::Dropped(path))),
        iced::Event::Window(window::Event::FilesHoveredLeft) => Some(Message::Files(id, Files::Left)),
        iced::Event::Window(window::Event::Resized(size) | window::Event::Opened { size, .. }) => {
            Some(Message::Resized(id, size))
        }
        iced::Event::Window(window::Event::Rescaled(scale)) => Some(Message::Scaled(id, scale)),
        _ => None,
    }
}

/// Asks for the fineness of a window.
fn scale(id: window::Id) -> Task<Message> {
    window::scale_factor(id).map(move |scale| Message::Scaled(id, scale))
}

fn window_settings(size: Size, min: Size) -> window::Settings {
    window::Settings {
        size,
        min_size: Some(min),
        exit_on_close_request: false,
        platform_specific: platform(),
        ..window::Settings::default()
    }
}

#[cfg(target_os = "linux")]
fn platform() -> window::settings::PlatformSpecific {
    window::settings::PlatformSpecific { application_id: "postwren".into(), ..Default::default() }
}

#[cfg(not(target_os = "linux"))]
fn platform() -> window::settings::PlatformSpecific {
    Default::default()
}
