//! POP3 (RFC 1939, 2449, 2595, 5034) over the INBOX of an account. What is marked is deleted at
//! QUIT and only there.

use super::sasl::{self, Proof};
use super::server::Shared;
use super::store::INBOX;
use super::wire::{Alive, Meet, Over, Wire};
use crate::mail::account::Protocol;
use std::collections::BTreeSet;
use std::sync::Arc;

const LONGEST_LINE: usize = 8 * 1024;

/// Serves one connection to its end.
pub(super) async fn serve(wire: &mut Wire, shared: &Arc<Shared>) -> Alive<()> {
    if wire.meet("GREETING", "").await? == Meet::Perform {
        wire.say("+OK Postwren demo server, for this computer only\r\n");
        wire.finish().await?;
    }
    let mut session = Session { wire, shared, user: None, account: None, drop: Vec::new() };
    loop {
        let Some(line) = session.wire.line(LONGEST_LINE).await? else {
            session.wire.say("-ERR line too long\r\n");
            return session.wire.finish().await;
        };
        if session.command(&String::from_utf8_lossy(&line)).await? == Next::Leave {
            return Ok(());
        }
    }
}

#[derive(PartialEq, Eq)]
enum Next {
    Stay,
    Leave,
}

/// A message as it was when the session began.
struct Entry {
    uid: u32,
    unique: String,
    raw: Arc<[u8]>,
    deleted: bool,
}

struct Session<'a> {
    wire: &'a mut Wire,
    shared: &'a Arc<Shared>,
    user: Option<String>,
    account: Option<usize>,
    drop: Vec<Entry>,
}

impl Session<'_> {
    async fn command(&mut self, line: &str) -> Alive<Next> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (verb, rest) = (verb.trim().to_ascii_uppercase(), rest.trim_end());
        let shown = match verb.as_str() {
            "PASS" => "",
            "AUTH" => rest.split(' ').next().unwrap_or_default(),
            _ => rest,
        };
        self.wire.record.command(format!("{verb} {shown}").trim_end());
        if self.wire.meet(line, "").await? == Meet::Skip {
            return Ok(Next::Stay);
        }
        match verb.as_str() {
            "STLS" => return self.start_tls().await,
            "QUIT" => return self.quit().await,
            "CAPA" => self.capa(),
            "AUTH" => self.auth(rest).await?,
            "USER" => self.user(rest),
            "PASS" => self.pass(rest),
            "NOOP" if self.account.is_some() => self.wire.say("+OK here\r\n"),
            "RSET" if self.account.is_some() => {
                self.drop.iter_mut().for_each(|e| e.deleted = false);
                self.wire.say("+OK nothing is marked\r\n");
            }
            "STAT" if self.account.is_some() => {
                let sizes: Vec<u64> = self.alive().map(|(_, e)| self.size(e)).collect();
                let total = sizes.iter().fold(0_u64, |sum, n| sum.saturating_add(*n));
                self.wire.say(format!("+OK {} {total}\r\n", sizes.len()));
            }
            "LIST" if self.account.is_some() => self.listing(rest, |s, e| s.size(e).to_string()).await?,
            "UIDL" if self.account.is_some() && self.offers("UIDL") => {
                self.listing(rest, |_, e| e.unique.clone()).await?;
            }
            "RETR" if self.account.is_some() => self.retr(rest, None).await?,
            "TOP" if self.account.is_some() && self.offers("TOP") => {
                let (number, lines) = rest.split_once(' ').unwrap_or((rest, ""));
                match lines.trim().parse() {
                    Ok(lines) => self.retr(number, Some(lines)).await?,
                    Err(_) => self.wire.say("-ERR TOP number lines\r\n"),
                }
            }
            "DELE" if self.account.is_some() => self.dele(rest),
            _ if self.account.is_none() => self.wire.say("-ERR log in first\r\n"),
            _ => self.wire.say("-ERR unknown command\r\n"),
        }
        self.wire.finish().await?;
        Ok(Next::Stay)
    }

    fn offers(&self, capability: &str) -> bool {
        !self.shared.faults.omitted(Protocol::Pop3, capability)
    }

    fn may_authenticate(&self) -> bool {
        self.wire.is_tls() || self.shared.plain_allowed
    }

    fn capa(&mut self) {
        if !self.offers("CAPA") {
            return self.wire.say("-ERR unknown command\r\n");
        }
        let mut lines: Vec<&str> = ["TOP", "UIDL", "PIPELINING"].into_iter().filter(|c| self.offers(c)).collect();
        lines.push("RESP-CODES");
        if !self.wire.is_tls() && self.offers("STLS") {
            lines.push("STLS");
        }
        if self.may_authenticate() {
            lines.extend(["USER"].into_iter().filter(|c| self.offers(c)));
            lines.extend(["SASL PLAIN XOAUTH2"].into_iter().filter(|_| self.offers("SASL")));
        }
        self.wire.say(format!("+OK\r\n{}\r\n.\r\n", lines.join("\r\n")));
    }

    async fn start_tls(&mut self) -> Alive<Next> {
        if self.wire.is_tls() || !self.offers("STLS") || self.account.is_some() {
            self.wire.say("-ERR no STLS now\r\n");
            self.wire.finish().await?;
            return Ok(Next::Stay);
        }
        self.wire.say("+OK begin TLS\r\n");
        self.wire.finish().await?;
        self.wire.start_tls(&self.shared.tls).await?;
        self.user = None;
        Ok(Next::Stay)
    }

    fn user(&mut self, name: &str) {
        self.user = Some(name.to_string());
        self.wire.say("+OK and the password?\r\n");
    }

    fn pass(&mut self, password: &str) {
        match self.user.take() {
            Some(user) => self.login(Proof::Password { user, password: password.to_string() }),
            None => self.wire.say("-ERR USER first\r\n"),
        }
    }

    async fn auth(&mut self, rest: &str) -> Alive<()> {
        let (method, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        let read: fn(&[u8]) -> Option<Proof> = match method.to_ascii_uppercase().as_str() {
            "PLAIN" => sasl::plain,
            "XOAUTH2" => sasl::xoauth2,
            _ => {
                self.wire.say("-ERR no such mechanism\r\n");
                return Ok(());
            }
        };
        let payload = match initial.trim() {
            "" => {
                self.wire.prompt("+ \r\n").await?;
                self.wire.line(LONGEST_LINE).await?.ok_or(Over)?
            }
            initial => initial.as_bytes().to_vec(),
        };
        match read(&payload) {
            Some(proof) => self.login(proof),
            None => self.wire.say("-ERR cannot read these credentials\r\n"),
        }
        Ok(())
    }

    fn login(&mut self, proof: Proof) {
        let (Proof::Password { user, .. } | Proof::Token { user, .. }) = &proof;
        self.wire.record.secret(user);
        if !self.may_authenticate() {
            return self.wire.say("-ERR [AUTH] encryption required before authentication\r\n");
        }
        if self.account.is_some() {
            return self.wire.say("-ERR already logged in\r\n");
        }
        let state = self.shared.store.look();
        let Some(account) = state.login(&proof) else {
            return self.wire.say("-ERR [AUTH] user name or password is wrong\r\n");
        };
        if let Ok(inbox) = state.mailbox(account, INBOX) {
            let entry = |m: &super::store::Message| Entry {
                uid: m.uid,
                unique: format!("{:08x}{:08x}", inbox.validity, m.uid),
                raw: m.raw.clone(),
                deleted: false,
            };
            self.drop = inbox.messages.iter().map(entry).collect();
        }
        self.wire.record.lock().account = state.accounts.get(account).map(|a| a.email.clone());
        self.account = Some(account);
        self.wire.say("+OK welcome\r\n");
    }

    /// What is not marked, with its number.
    fn alive(&self) -> impl Iterator<Item = (usize, &Entry)> {
        self.drop.iter().zip(1..).map(|(e, n)| (n, e)).filter(|(_, e)| !e.deleted)
    }

    fn size(&self, entry: &Entry) -> u64 {
        self.shared.faults.size(Protocol::Pop3, entry.raw.len())
    }

    fn find(&self, number: &str) -> Option<(usize, &Entry)> {
        let number: usize = number.trim().parse().ok()?;
        self.alive().find(|(n, _)| *n == number)
    }

    async fn listing(&mut self, rest: &str, show: fn(&Self, &Entry) -> String) -> Alive<()> {
        if !rest.trim().is_empty() {
            let reply = match self.find(rest) {
                Some((n, entry)) => format!("+OK {n} {}\r\n", show(self, entry)),
                None => "-ERR no such message\r\n".into(),
            };
            self.wire.say(reply);
            return Ok(());
        }
        let lines: String = self.alive().map(|(n, e)| format!("{n} {}\r\n", show(self, e))).collect();
        self.wire.say(format!("+OK\r\n{lines}.\r\n"));
        self.wire.ease().await
    }

    async fn retr(&mut self, number: &str, lines: Option<usize>) -> Alive<()> {
        let Some((_, entry)) = self.find(number) else {
            self.wire.say("-ERR no such message\r\n");
            return Ok(());
        };
        let raw = entry.raw.clone();
        self.wire.say(format!("+OK {} octets\r\n", raw.len()));
        let mut body_lines: Option<usize> = None;
        // Only CRLF ends a line of the answer; a line feed alone is content like any other.
        let mut ended = true;
        for line in raw.split_inclusive(|b| *b == b'\n') {
            if let (Some(most), Some(told)) = (lines, body_lines) {
                if told >= most {
                    break;
                }
                body_lines = Some(told.saturating_add(1));
            } else if line == b"\r\n" || line == b"\n" {
                body_lines = Some(0);
            }
            if ended && line.first() == Some(&b'.') {
                self.wire.say(".");
            }
            self.wire.say(line);
            self.wire.ease().await?;
            ended = line.ends_with(b"\r\n");
        }
        if !ended {
            self.wire.say("\r\n");
        }
        self.wire.say(".\r\n");
        Ok(())
    }

    fn dele(&mut self, number: &str) {
        let found = self.find(number).map(|(n, _)| n);
        match found.and_then(|n| self.drop.get_mut(n.saturating_sub(1))) {
            Some(entry) => {
                entry.deleted = true;
                self.wire.say("+OK marked\r\n");
            }
            None => self.wire.say("-ERR no such message\r\n"),
        }
    }

    async fn quit(&mut self) -> Alive<Next> {
        let marked: BTreeSet<u32> = self.drop.iter().filter(|e| e.deleted).map(|e| e.uid).collect();
        if let (Some(account), false) = (self.account, marked.is_empty()) {
            let _ = self.shared.store.change(|state| state.remove(account, INBOX, |m| marked.contains(&m.uid)));
        }
        self.wire.say("+OK goodbye\r\n");
        self.wire.finish().await?;
        Ok(Next::Leave)
    }
}
