//! The settings of an account beside its servers and its password: how much mail is here, which folders are watched,
//! how many connections there are, what they go through, and whether removals by other programs are carried out.
//!
//! A window of its own, so that what a change does is seen beside it. Changes are made together, by one press on
//! Save; the account's connections begin anew with them. The password of a proxy goes one way: it is kept first, so
//! that the first connection has it, and is never shown.

mod form;
#[cfg(test)]
mod tests;
mod view;

use super::Screen;
use crate::gui::action::{Action, Answer, Ask, Tag};
use crate::gui::keymap::Press;
use crate::gui::widget::control::Step;
use crate::service::model::{Account, MailboxPath, MailboxView, Protocol, ProxyKind};
use crate::service::{Command, Event, Problem};
use form::{Form, Keep, Mistake, Password};
use iced::Element;
use iced::keyboard::Key;
use iced::keyboard::key::Named;

/// Names of the controls, for the keyboard and for tests.
pub mod ids {
    use iced::widget::Id;

    pub const PAGE: Id = Id::new("account-page");
    pub const MONTHS: &str = "account-months";
    pub const FOLDER: &str = "account-folder";
    pub const CONNECTIONS: &str = "account-connections";
    pub const HOST: &str = "account-proxy-host";
    pub const PORT: &str = "account-proxy-port";
    pub const USER: &str = "account-proxy-user";
    pub const PASSWORD: &str = "account-proxy-password";
    pub const SAVE: Id = Id::new("account-save");
    pub const CANCEL: Id = Id::new("account-cancel");
    pub const PROBLEM: Id = Id::new("account-problem");
}

const MAILBOXES: Tag = Tag::new("account-mailboxes");
const ACCOUNTS: Tag = Tag::new("account-accounts");
const PASSWORD: Tag = Tag::new("account-password");
const SAVE: Tag = Tag::new("account-save");
/// Folders that are offered at once to be watched.
const OFFERED: usize = 6;

/// What happens in the window.
#[derive(Clone, Debug, PartialEq)]
pub enum Message {
    KeepChosen(Keep),
    MonthsTyped(String),
    FolderTyped(String),
    /// Enter in the field: the first folder that fits.
    FolderDone,
    Watch(MailboxPath),
    Unwatch(MailboxPath),
    LimitedChosen(bool),
    ConnectionsTyped(String),
    ProxyChosen(Option<ProxyKind>),
    HostTyped(String),
    PortTyped(String),
    UserTyped(String),
    PasswordTyped(String),
    ForgetTicked,
    RemovalsChosen(Option<bool>),
    SavePressed,
    CancelPressed,
    Stepped(Step),
}

/// The window.
#[derive(Debug)]
pub struct State {
    /// As it is.
    account: Box<Account>,
    form: Form,
    mailboxes: Vec<MailboxView>,
    /// What is typed to find a folder to watch.
    folder: String,
    /// Mistakes are told once the person has asked for something.
    asked: bool,
    /// What waits for the password to be kept.
    saving: Option<Box<Account>>,
    busy: bool,
    problem: Option<Problem>,
}

impl State {
    pub fn new(account: Box<Account>) -> (State, Action) {
        let ask = Action::Ask(Ask::Mailboxes(Some(account.name.clone())), MAILBOXES);
        let state = State {
            form: Form::of(&account),
            account,
            mailboxes: Vec::new(),
            folder: String::new(),
            asked: false,
            saving: None,
            busy: false,
            problem: None,
        };
        (state, ask)
    }

    /// The account's name.
    pub fn name(&self) -> &str {
        &self.account.name
    }

    fn is_imap(&self) -> bool {
        self.account.incoming.protocol == Protocol::Imap
    }

    /// Every mistake, as far as the person should hear of them.
    fn mistakes(&self) -> Vec<Mistake> {
        if self.asked { self.form.account(&self.account).err().unwrap_or_default() } else { Vec::new() }
    }

    /// Folders that could be watched, by what is typed.
    fn offers(&self) -> Vec<&MailboxView> {
        let typed = self.folder.to_lowercase();
        let words: Vec<&str> = typed.split_whitespace().collect();
        if words.is_empty() {
            return Vec::new();
        }
        let fits = |mailbox: &&MailboxView| {
            let path = mailbox.path.0.to_lowercase();
            let new = mailbox.selectable && !mailbox.path.is_inbox() && !self.form.pinned.contains(&mailbox.path);
            new && words.iter().all(|word| path.contains(word))
        };
        self.mailboxes.iter().filter(fits).take(OFFERED).collect()
    }

    pub fn update(&mut self, message: Message) -> Action {
        match message {
            Message::Stepped(Step::On) => return Action::FocusNext,
            Message::Stepped(Step::Back) => return Action::FocusPrevious,
            Message::CancelPressed => return Action::Close,
            Message::SavePressed => return self.save(),
            _ if self.busy => return Action::None,
            Message::FolderDone => match self.offers().first().map(|mailbox| mailbox.path.clone()) {
                Some(path) => return self.update(Message::Watch(path)),
                None if self.folder.trim().is_empty() => return self.save(),
                None => {}
            },
            Message::Watch(path) => {
                self.form.watch(path);
                self.folder.clear();
                return Action::Focus(iced::widget::Id::new(ids::FOLDER));
            }
            Message::Unwatch(path) => {
                self.form.pinned.retain(|pinned| *pinned != path);
                return Action::Focus(iced::widget::Id::new(ids::FOLDER));
            }
            typed => self.typed(typed),
        }
        Action::None
    }

    fn typed(&mut self, message: Message) {
        let form = &mut self.form;
        match message {
            Message::KeepChosen(keep) => form.keep = keep,
            Message::MonthsTyped(text) => form.months = digits(&text),
            Message::FolderTyped(text) => self.folder = text,
            Message::LimitedChosen(limited) => form.limited = limited,
            Message::ConnectionsTyped(text) => form.connections = digits(&text),
            Message::ProxyChosen(kind) => form.choose_proxy(kind),
            Message::HostTyped(text) => form.type_host(&text),
            Message::PortTyped(text) => form.port = digits(&text),
            Message::UserTyped(text) => form.user = text,
            Message::PasswordTyped(text) => form.password = text,
            Message::ForgetTicked => form.forget = !form.forget,
            Message::RemovalsChosen(removals) => form.removals = removals,
            _ => {}
        }
    }

    fn save(&mut self) -> Action {
        if self.busy {
            return Action::None;
        }
        self.asked = true;
        let (account, password) = match self.form.account(&self.account) {
            Ok(made) => made,
            Err(mistakes) => return mistakes.first().map(|m| Action::Focus(view::place(*m))).unwrap_or_default(),
        };
        self.problem = None;
        let secret = match password {
            Password::Leave => None,
            Password::Keep(secret) => Some(Some(secret)),
            Password::Forget => Some(None),
        };
        match secret {
            None if account == *self.account => Action::Close,
            None => self.put(Box::new(account)),
            Some(password) => {
                self.busy = true;
                let name = account.name.clone();
                self.saving = Some(Box::new(account));
                Action::Command(Command::SetProxyPassword { account: name, password }, PASSWORD)
            }
        }
    }

    fn put(&mut self, account: Box<Account>) -> Action {
        self.busy = true;
        Action::Command(Command::AddAccount { account, secret: None }, SAVE)
    }

    fn failed(&mut self, problem: Problem) -> Action {
        self.busy = false;
        self.saving = None;
        self.problem = Some(problem);
        Action::ScrollToTop(ids::PAGE)
    }

    pub fn view(&self) -> Element<'_, Message> {
        view::view(self)
    }
}

/// What can be part of a number.
fn digits(text: &str) -> String {
    text.chars().filter(char::is_ascii_digit).take(5).collect()
}

impl Screen for State {
    fn answered(&mut self, tag: Tag, answer: Answer) -> Action {
        match (tag, answer) {
            (MAILBOXES, Answer::Mailboxes(Ok(mailboxes))) => self.mailboxes = mailboxes,
            (MAILBOXES, Answer::Mailboxes(Err(problem))) => self.problem = Some(problem),
            (ACCOUNTS, Answer::Accounts(Ok(accounts))) => {
                let found = accounts.into_iter().map(|view| view.account).find(|a| a.name == self.account.name);
                match found {
                    Some(now) => {
                        self.form.renew(&self.account, &now);
                        *self.account = now;
                    }
                    // It was removed.
                    None => return Action::Close,
                }
            }
            (PASSWORD, Answer::Done(Ok(_))) => {
                self.form.password.clear();
                return match self.saving.take() {
                    Some(account) if *account != *self.account => self.put(account),
                    _ => Action::Close,
                };
            }
            (SAVE, Answer::Done(Ok(_))) => return Action::Close,
            (PASSWORD | SAVE, Answer::Done(Err(problem))) => return self.failed(problem),
            _ => {}
        }
        Action::None
    }

    fn title(&self) -> String {
        crate::fl!("account-settings-title", account = self.account.name.as_str())
    }

    fn happened(&mut self, events: &[Event]) -> Action {
        let lagged = events.contains(&Event::Lagged);
        let accounts = lagged || events.contains(&Event::Accounts);
        let own = |event: &Event| matches!(event, Event::Mailboxes { account } if *account == self.account.name);
        let mailboxes = lagged || events.iter().any(own);
        let mailboxes = mailboxes.then(|| Action::Ask(Ask::Mailboxes(Some(self.account.name.clone())), MAILBOXES));
        let accounts = (accounts && !self.busy).then_some(Action::Ask(Ask::Accounts, ACCOUNTS));
        Action::batch(mailboxes.into_iter().chain(accounts))
    }

    fn pressed(&mut self, press: &Press) -> Action {
        match press.key.as_ref() {
            Key::Named(Named::Escape) => Action::Close,
            Key::Character("w") if press.modifiers.command() => Action::Close,
            Key::Character("s") if press.modifiers.command() => self.save(),
            Key::Named(Named::Enter) if press.modifiers.command() => self.save(),
            Key::Named(Named::PageDown) => Action::ScrollBy(ids::PAGE, 400.0),
            Key::Named(Named::PageUp) => Action::ScrollBy(ids::PAGE, -400.0),
            _ => Action::None,
        }
    }
}
