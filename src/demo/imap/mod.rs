//! IMAP4rev1 (RFC 3501) with LITERAL+, SASL-IR, ID, ENABLE, IDLE, NAMESPACE, UIDPLUS, MOVE,
//! UNSELECT, CHILDREN, LIST-EXTENDED and SPECIAL-USE; by choice CONDSTORE, QRESYNC (RFC 7162) and
//! LIST-STATUS (RFC 5819).
//!
//! A session keeps a view of its mailbox: what its client was told. Before each tagged answer, and
//! while it idles, the view is compared with the store and the difference is said.
//!
//! Not here, because our client never asks: ENVELOPE, BODYSTRUCTURE, single parts.

mod authenticate;
mod command;
mod fetch;
mod mailboxes;
mod search;
mod selected;
mod utf7;

use super::server::Shared;
use super::store::Refusal;
use super::wire::{Alive, Meet, Wire};
use crate::mail::account::Protocol;
use command::{Command, Token};
use selected::Selected;
use std::sync::Arc;
use tokio::sync::watch;

const LONGEST_LINE: usize = 64 * 1024;

/// Serves one connection to its end.
pub(super) async fn serve(wire: &mut Wire, shared: &Arc<Shared>) -> Alive<()> {
    let bell = shared.store.bell();
    let mut session = Session { wire, shared, bell, account: None, selected: None, enabled: Enabled::default() };
    if session.wire.meet("GREETING", "").await? == Meet::Perform {
        session.greet();
        session.wire.finish().await?;
    }
    loop {
        let Some(line) = session.wire.line(LONGEST_LINE).await? else {
            session.wire.say("* BYE line too long\r\n");
            return session.wire.finish().await;
        };
        if session.line(&line).await? == Next::Leave {
            return Ok(());
        }
    }
}

#[derive(PartialEq, Eq)]
enum Next {
    Stay,
    Leave,
}

/// A tagged answer without its tag.
struct Status(&'static str, String);

impl Status {
    fn ok(words: impl Into<String>) -> Status {
        Status("OK", words.into())
    }
    fn no(words: impl Into<String>) -> Status {
        Status("NO", words.into())
    }
    fn bad(words: impl Into<String>) -> Status {
        Status("BAD", words.into())
    }
}

impl From<Refusal> for Status {
    fn from(refusal: Refusal) -> Status {
        Status::no(match refusal {
            Refusal::NoMailbox => "[NONEXISTENT] no such mailbox",
            Refusal::Exists => "[ALREADYEXISTS] it is there, or has mailboxes inside",
            Refusal::BadName => "[CANNOT] not with this name",
            Refusal::Full => "[OVERQUOTA] the demo is full",
        })
    }
}

struct Session<'a> {
    wire: &'a mut Wire,
    shared: &'a Arc<Shared>,
    bell: watch::Receiver<u64>,
    account: Option<usize>,
    selected: Option<Selected>,
    /// What the client has made the server speak of (RFC 7162, section 3).
    enabled: Enabled,
}

/// How far a client knows modification sequences.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
enum Enabled {
    #[default]
    Nothing,
    CondStore,
    QResync,
}

/// Extensions that are offered where the builder was told so.
const BY_CHOICE: [&str; 3] = ["CONDSTORE", "QRESYNC", "LIST-STATUS"];

impl Session<'_> {
    fn offers(&self, capability: &str) -> bool {
        let by_choice = BY_CHOICE.contains(&capability);
        (!by_choice || self.shared.extensions.contains(capability))
            && !self.shared.faults.omitted(Protocol::Imap, capability)
    }

    fn may_authenticate(&self) -> bool {
        self.wire.is_tls() || self.shared.plain_allowed
    }

    fn greet(&mut self) {
        if self.shared.faults.preauth() {
            self.account = Some(0);
            self.wire.say("* PREAUTH Postwren demo server, for this computer only\r\n");
        } else {
            let capabilities = self.capabilities();
            self.wire.say(format!("* OK [CAPABILITY {capabilities}] Postwren demo server, for this computer only\r\n"));
        }
    }

    fn capabilities(&self) -> String {
        let mut all = vec!["IMAP4rev1"];
        let usual = ["LITERAL+", "SASL-IR", "ID", "ENABLE"];
        all.extend(usual.into_iter().filter(|c| self.offers(c)));
        if self.account.is_some() {
            let more = ["IDLE", "NAMESPACE", "UIDPLUS", "MOVE", "UNSELECT", "CHILDREN", "LIST-EXTENDED", "SPECIAL-USE"];
            all.extend(more.into_iter().chain(BY_CHOICE).filter(|c| self.offers(c)));
        } else {
            if self.may_authenticate() {
                all.extend(
                    ["AUTH=PLAIN", "AUTH=XOAUTH2"].into_iter().filter(|c| self.offers(c) && self.offers("AUTH")),
                );
            } else {
                all.push("LOGINDISABLED");
            }
            if !self.wire.is_tls() && self.offers("STARTTLS") {
                all.push("STARTTLS");
            }
        }
        all.join(" ")
    }

    async fn line(&mut self, line: &[u8]) -> Alive<Next> {
        let Some(first) = command::first_line(line) else {
            self.wire.record.command(&String::from_utf8_lossy(line));
            self.wire.say("* BAD a command begins with a tag\r\n");
            self.wire.finish().await?;
            return Ok(Next::Stay);
        };
        let text = String::from_utf8_lossy(&first.rest).into_owned();
        self.wire.record.command(&without_secret(&text));
        let tag = first.tag.clone();
        let most = if self.account.is_some() { command::MOST_LITERAL } else { command::MOST_BEFORE_LOGIN };
        if self.wire.meet(&text, &tag).await? == Meet::Skip {
            // A literal that does not wait is on its way all the same.
            if let Some((size, false)) = command::literal(&first.rest)
                && size <= most
            {
                self.wire.exactly(size).await?;
                self.wire.line(LONGEST_LINE).await?;
            }
            return Ok(Next::Stay);
        }
        let command = match command::read(self.wire, first, self.offers("LITERAL+"), most).await? {
            Ok(command) => command,
            Err(words) => return self.answer(&tag, Status::bad(words)).await,
        };
        if command.name == "APPEND" && self.wire.meet("APPEND-END", &tag).await? == Meet::Skip {
            return Ok(Next::Stay);
        }
        self.perform(command).await
    }

    async fn perform(&mut self, command: Command) -> Alive<Next> {
        let arguments = &command.arguments;
        let status = match (command.name.as_str(), self.account) {
            ("CAPABILITY", _) => {
                let capabilities = self.capabilities();
                self.wire.say(format!("* CAPABILITY {capabilities}\r\n"));
                Status::ok("that is all")
            }
            ("NOOP" | "CHECK", _) => Status::ok("still here"),
            ("LOGOUT", _) => {
                self.wire.say(format!("* BYE goodbye\r\n{} OK goodbye\r\n", command.tag));
                self.wire.finish().await?;
                return Ok(Next::Leave);
            }
            ("ID", _) if self.offers("ID") => {
                self.wire.say("* ID (\"name\" \"Postwren demo server\")\r\n");
                Status::ok("pleased")
            }
            ("STARTTLS", None) => return self.start_tls(&command.tag).await,
            ("LOGIN", None) => self.login(arguments),
            ("AUTHENTICATE", None) => self.authenticate(arguments).await?,
            ("LOGIN" | "AUTHENTICATE" | "STARTTLS", Some(_)) => Status::bad("too late for that"),
            (_, None) => Status::bad("log in first"),
            (name, Some(account)) => self.authenticated(name, account, &command).await?,
        };
        self.answer(&command.tag, status).await
    }

    async fn authenticated(&mut self, name: &str, account: usize, command: &Command) -> Alive<Status> {
        let arguments = &command.arguments;
        Ok(match name {
            "ENABLE" if self.offers("ENABLE") => {
                self.enable(arguments);
                Status::ok("so be it")
            }
            "NAMESPACE" if self.offers("NAMESPACE") => {
                let delimiter = self.shared.delimiter;
                self.wire.say(format!("* NAMESPACE ((\"\" \"{delimiter}\")) NIL NIL\r\n"));
                Status::ok("one of one's own")
            }
            "LIST" => self.list(account, arguments),
            "LSUB" => self.lsub(account, arguments),
            "CREATE" => self.create(account, arguments),
            "DELETE" => self.delete(account, arguments),
            "RENAME" => self.rename(account, arguments),
            "SUBSCRIBE" | "UNSUBSCRIBE" => self.subscribe(account, arguments, name == "SUBSCRIBE"),
            "STATUS" => self.status(account, arguments),
            "SELECT" | "EXAMINE" => self.select(account, arguments, name == "EXAMINE"),
            "APPEND" => self.append(account, arguments),
            "IDLE" if self.offers("IDLE") => self.idle().await?,
            _ if self.selected.is_none() => Status::bad("select a mailbox first"),
            "CLOSE" => self.close(),
            "UNSELECT" if self.offers("UNSELECT") => {
                self.selected = None;
                Status::ok("closed")
            }
            "EXPUNGE" => self.expunge(None),
            "UID EXPUNGE" if self.offers("UIDPLUS") => self.expunge(arguments.first().and_then(Token::text)),
            "FETCH" | "UID FETCH" => self.fetch(arguments, name == "UID FETCH").await?,
            "STORE" | "UID STORE" => self.store(arguments, name == "UID STORE"),
            "COPY" | "UID COPY" => self.copy(arguments, name == "UID COPY", false),
            "MOVE" | "UID MOVE" if self.offers("MOVE") => self.copy(arguments, name == "UID MOVE", true),
            "SEARCH" | "UID SEARCH" => self.search(arguments, name == "UID SEARCH"),
            _ => Status::bad("unknown command"),
        })
    }

    /// ENABLE (RFC 5161).
    fn enable(&mut self, arguments: &[Token]) {
        let mut words = String::from("* ENABLED");
        for name in arguments.iter().filter_map(Token::text).map(|name| name.to_ascii_uppercase()) {
            let level = match name.as_str() {
                "QRESYNC" => Enabled::QResync,
                "CONDSTORE" => Enabled::CondStore,
                _ => continue,
            };
            if self.offers(&name) {
                self.enabled = self.enabled.max(level);
                words.push(' ');
                words.push_str(&name);
            }
        }
        self.wire.say(format!("{words}\r\n"));
    }

    /// Says what is new in the mailbox, then the tagged answer.
    async fn answer(&mut self, tag: &str, Status(kind, words): Status) -> Alive<Next> {
        let there = self.sync();
        if !there {
            self.wire.say("* BYE the mailbox is not what it was\r\n");
        }
        self.wire.say(format!("{tag} {kind} {words}\r\n"));
        self.wire.finish().await?;
        Ok(if there { Next::Stay } else { Next::Leave })
    }

    async fn idle(&mut self) -> Alive<Status> {
        self.bell.mark_unchanged();
        self.wire.prompt("+ idling\r\n").await?;
        loop {
            if !self.sync() {
                return Ok(Status::no("the mailbox is gone"));
            }
            self.wire.prompt("").await?;
            if let Some(line) = self.wire.buffered_line() {
                self.wire.record.command(&String::from_utf8_lossy(&line));
                let done = line.eq_ignore_ascii_case(b"DONE");
                return Ok(if done { Status::ok("awake") } else { Status::bad("IDLE ends with DONE") });
            }
            tokio::select! {
                filled = self.wire.fill() => filled?,
                _ = self.bell.changed() => {}
            }
        }
    }
}

/// A command's line as it may be kept.
fn without_secret(line: &str) -> String {
    let mut words = line.split(' ');
    let first = words.next().unwrap_or_default();
    match first.to_ascii_uppercase().as_str() {
        "LOGIN" | "AUTHENTICATE" => format!("{first} {}", words.next().unwrap_or_default()),
        _ => line.to_string(),
    }
}
