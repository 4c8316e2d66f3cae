//! The account set-up: fills the main window while there is no account, or where one is added or changed.
//!
//! Nothing is sent before the person asks for the test or signs in. What failed keeps what was typed; a
//! certificate that proves nothing is told with its name, date and issuer, and cannot be waved through.

mod form;
#[cfg(test)]
mod tests;
mod view;

use super::Screen;
use crate::gui::action::{Action, Answer, Ask, Tag};
use crate::gui::keymap::Press;
use crate::gui::widget::control::Step;
use crate::service::Problem;
use crate::service::command::{Command, Receipt, Secret};
use crate::service::model::{Account, CheckReport, Protocol, SecretPlace, Security};
use form::{Form, Keep, Mistake, Side};
use iced::Element;
use iced::keyboard::Key;
use iced::keyboard::key::Named;

/// Names of the controls, for the keyboard and for tests.
pub mod ids {
    use iced::widget::Id;

    pub const PERSON: &str = "setup-person";
    pub const EMAIL: &str = "setup-email";
    pub const PASSWORD: &str = "setup-password";
    pub const EYE: Id = Id::new("setup-eye");
    pub const USER: &str = "setup-user";
    pub const INCOMING_HOST: &str = "setup-incoming-host";
    pub const INCOMING_PORT: &str = "setup-incoming-port";
    pub const OUTGOING_HOST: &str = "setup-outgoing-host";
    pub const OUTGOING_PORT: &str = "setup-outgoing-port";
    pub const DAYS: &str = "setup-days";
    pub const ADVANCED: Id = Id::new("setup-advanced");
    pub const CA: &str = "setup-ca";
    pub const CA_CHOOSE: Id = Id::new("setup-ca-choose");
    pub const BY_COMMAND: Id = Id::new("setup-by-command");
    pub const COMMAND: &str = "setup-command";
    pub const TEST: Id = Id::new("setup-test");
    pub const SIGN_IN: Id = Id::new("setup-sign-in");
    pub const ANYWAY: Id = Id::new("setup-anyway");
    pub const DEMO: Id = Id::new("setup-demo");
    pub const CANCEL: Id = Id::new("setup-cancel");
    pub const PAGE: Id = Id::new("setup-page");
    pub const SECRET: Id = Id::new("setup-secret");
    pub const PROBLEM: Id = Id::new("setup-problem");
}

const CHECK: Tag = Tag::new("setup-check");
const ADD: Tag = Tag::new("setup-add");
const PLACE: Tag = Tag::new("setup-place");
const ACCOUNTS: Tag = Tag::new("setup-accounts");
const PICK: Tag = Tag::new("setup-pick");

/// What happens in the set-up.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    PersonTyped(String),
    EmailTyped(String),
    PasswordTyped(String),
    EyePressed,
    UserTyped(String),
    IncomingChosen(Protocol),
    HostTyped(Side, String),
    HostPasted(Side, String),
    PortTyped(Side, String),
    SecurityChosen(Side, Security),
    PlainTicked(Side),
    KeepChosen(Keep),
    DaysTyped(String),
    AdvancedPressed,
    CaTyped(String),
    CaPressed,
    ByCommandTicked,
    CommandTyped(String),
    TestPressed,
    SignInPressed,
    AddAnyway,
    DetailsPressed(Side),
    DemoPressed,
    CancelPressed,
    Stepped(Step),
}

/// What is under way.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Stage {
    #[default]
    Typing,
    Testing {
        /// The account is added where the test succeeds.
        then_add: bool,
    },
    Adding,
    /// The account is there.
    Done,
}

/// The set-up.
#[derive(Debug)]
pub struct State {
    form: Form,
    /// There is no account yet, so there is nothing to go back to.
    first: bool,
    /// The account whose settings are changed.
    changed: Option<Box<Account>>,
    taken: Vec<String>,
    place: SecretPlace,
    password_shown: bool,
    advanced: bool,
    /// Mistakes are told once the person has asked for something.
    asked: bool,
    stage: Stage,
    report: Option<CheckReport>,
    /// The settings that the report is about.
    tested: Option<Box<(Account, Option<Secret>)>>,
    /// Why the account was not added.
    problem: Option<Problem>,
    details: Option<Side>,
    /// The window is on the screen, and can be given the keyboard.
    shown: bool,
}

impl State {
    /// `first`: there is no account yet, so there is nothing to go back to.
    /// `account`: its settings are shown to be changed.
    pub fn new(first: bool, account: Option<Box<Account>>) -> (State, Action) {
        let state = State {
            form: account.as_deref().map(Form::of).unwrap_or_default(),
            first,
            advanced: account.as_ref().is_some_and(|a| a.ca_file.is_some() || Form::of(a).by_command),
            changed: account,
            taken: Vec::new(),
            place: SecretPlace::Keyring,
            password_shown: false,
            asked: false,
            stage: Stage::Typing,
            report: None,
            tested: None,
            problem: None,
            details: None,
            shown: false,
        };
        let asks = [Action::Ask(Ask::SecretPlace, PLACE), Action::Ask(Ask::Accounts, ACCOUNTS), State::begin()];
        (state, Action::batch(asks))
    }

    fn begin() -> Action {
        Action::Focus(iced::widget::Id::new(ids::PERSON))
    }

    /// Whether the account was added: the set-up may go as soon as the main screen shows it.
    pub fn is_done(&self) -> bool {
        self.stage == Stage::Done
    }

    /// Every mistake, as far as the person should hear of them.
    fn mistakes(&self) -> Vec<Mistake> {
        if self.asked { self.account().err().unwrap_or_default() } else { Vec::new() }
    }

    fn account(&self) -> Result<(Account, Option<Secret>), Vec<Mistake>> {
        self.form.account(self.place, &self.taken, self.changed.as_deref())
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::EyePressed => self.password_shown = !self.password_shown,
            Message::AdvancedPressed => self.advanced = !self.advanced,
            Message::DetailsPressed(side) => self.details = if self.details == Some(side) { None } else { Some(side) },
            Message::Stepped(Step::On) => return Action::FocusNext,
            Message::Stepped(Step::Back) => return Action::FocusPrevious,
            Message::DemoPressed => return Action::Demo,
            Message::CancelPressed => return Action::Close,
            Message::CaPressed => return Action::PickFiles(PICK),
            Message::TestPressed => return self.test(false),
            Message::SignInPressed => return self.sign_in(),
            Message::AddAnyway => return self.add(),
            typed if matches!(self.stage, Stage::Typing) => self.typed(typed),
            // What is being tested or added stands still.
            _ => {}
        }
        Action::None
    }

    fn typed(&mut self, message: Message) {
        let form = &mut self.form;
        match message {
            Message::PersonTyped(text) => form.person = text,
            Message::EmailTyped(text) => form.type_email(&text),
            Message::PasswordTyped(text) => form.password = text,
            Message::UserTyped(text) => form.type_user(&text),
            Message::IncomingChosen(protocol) => form.choose_incoming(protocol),
            Message::HostTyped(side, text) => form.server(side).type_host(&text),
            Message::HostPasted(side, text) => {
                form.server(side).type_host(&text);
                form.server(side).settle();
            }
            Message::PortTyped(side, text) => form.server(side).type_port(&text),
            Message::SecurityChosen(side, security) => form.server(side).choose_security(security),
            Message::PlainTicked(side) => {
                let server = form.server(side);
                server.plain_accepted = !server.plain_accepted;
            }
            Message::KeepChosen(keep) => form.keep = keep,
            Message::DaysTyped(text) => form.type_days(&text),
            Message::CaTyped(text) => form.ca_file = text,
            Message::ByCommandTicked => form.by_command = !form.by_command,
            Message::CommandTyped(text) => form.command = text,
            _ => {}
        }
        // A report is about the settings that it tested, and no others.
        if self.tested.is_some() && self.account().ok() != self.tested.as_deref().cloned() {
            self.report = None;
            self.tested = None;
        }
        self.problem = None;
    }

    /// Tries both servers.
    fn test(&mut self, then_add: bool) -> Action {
        if self.stage != Stage::Typing {
            return Action::None;
        }
        self.asked = true;
        self.form.incoming.settle();
        self.form.outgoing.settle();
        self.problem = None;
        match self.account() {
            Ok((account, secret)) => {
                self.stage = Stage::Testing { then_add };
                self.report = None;
                self.details = None;
                self.tested = Some(Box::new((account.clone(), secret.clone())));
                Action::Ask(Ask::Check { account: Box::new(account), secret }, CHECK)
            }
            Err(mistakes) => mistakes.first().map_or(Action::None, |first| Action::Focus(view::place(*first))),
        }
    }

    /// Tests what is not tested yet, then adds.
    fn sign_in(&mut self) -> Action {
        let good = self.report.as_ref().is_some_and(|r| r.incoming.is_ok() && r.outgoing.is_ok());
        if good { self.add() } else { self.test(true) }
    }

    fn add(&mut self) -> Action {
        if self.stage != Stage::Typing {
            return Action::None;
        }
        self.asked = true;
        self.form.incoming.settle();
        self.form.outgoing.settle();
        match self.account() {
            Ok((account, secret)) => {
                self.stage = Stage::Adding;
                Action::Command(Command::AddAccount { account: Box::new(account), secret }, ADD)
            }
            Err(mistakes) => mistakes.first().map_or(Action::None, |first| Action::Focus(view::place(*first))),
        }
    }

    fn checked(&mut self, result: Result<CheckReport, Problem>) -> Action {
        let Stage::Testing { then_add } = self.stage else { return Action::None };
        self.stage = Stage::Typing;
        match result {
            Ok(report) => {
                // The keyboard goes to what comes next, and with it what the test found comes into sight.
                let next = match (&report.incoming, &report.outgoing) {
                    (Err(_), _) => view::details_id(Side::Incoming),
                    (_, Err(_)) => view::details_id(Side::Outgoing),
                    _ => ids::SIGN_IN,
                };
                let good = report.incoming.is_ok() && report.outgoing.is_ok();
                self.report = Some(report);
                if good && then_add { self.add() } else { Action::Focus(next) }
            }
            Err(problem) => {
                self.problem = Some(problem);
                Action::None
            }
        }
    }

    fn added(&mut self, result: Result<Receipt, Problem>) -> Action {
        match result {
            Ok(_) => {
                // The secret has gone where it belongs; it is not kept here as well.
                self.form.password.clear();
                self.tested = None;
                self.stage = Stage::Done;
                Action::Close
            }
            Err(problem) => {
                self.stage = Stage::Typing;
                self.problem = Some(problem);
                Action::None
            }
        }
    }

    fn picked(&mut self, answer: Answer) -> Action {
        match answer {
            Answer::Picked(files) => {
                if let Some(file) = files.first() {
                    self.update(Message::CaTyped(file.display().to_string()));
                }
                Action::None
            }
            // The path can be typed.
            _ => Action::Focus(iced::widget::Id::new(ids::CA)),
        }
    }

    pub fn view(&self) -> Element<'_, Message> {
        view::view(self)
    }
}

impl Screen for State {
    fn answered(&mut self, tag: Tag, answer: Answer) -> Action {
        match (tag, answer) {
            (CHECK, Answer::Check(result)) => self.checked(*result),
            (ADD, Answer::Done(result)) => self.added(result),
            (PICK, answer) => self.picked(answer),
            (PLACE, Answer::SecretPlace(place)) => {
                self.place = place;
                Action::None
            }
            (ACCOUNTS, Answer::Accounts(Ok(accounts))) => {
                self.taken = accounts.into_iter().map(|view| view.account.name).collect();
                Action::None
            }
            _ => Action::None,
        }
    }

    fn title(&self) -> String {
        crate::fl!("setup-title")
    }

    fn pressed(&mut self, press: &Press) -> Action {
        match press.key {
            Key::Named(Named::Escape) if !self.first && self.stage == Stage::Typing => Action::Close,
            _ => Action::None,
        }
    }

    fn resized(&mut self, _width: f32, _height: f32) -> Action {
        if std::mem::replace(&mut self.shown, true) { Action::None } else { State::begin() }
    }
}
