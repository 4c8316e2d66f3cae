//! Mail submission (RFC 6409, 5321; STARTTLS RFC 3207, AUTH RFC 4954): takes mail for the demo's
//! own accounts and says plainly that it carries none anywhere else.

use super::sasl::{self, Proof};
use super::seen::Submission;
use super::server::Shared;
use super::store::{INBOX, NewMessage};
use super::wire::{Alive, Meet, Over, Wire};
use crate::mail::account::Protocol;
use std::sync::Arc;

/// Largest message, in bytes.
const MOST_BYTES: usize = 26_214_400;
const MOST_RECIPIENTS: usize = 1_000;
const LONGEST_LINE: usize = 16 * 1024;

/// Serves one connection to its end.
pub(super) async fn serve(wire: &mut Wire, shared: &Arc<Shared>) -> Alive<()> {
    if wire.meet("GREETING", "").await? == Meet::Perform {
        wire.say("220 localhost ESMTP Postwren demo server, for this computer only\r\n");
        wire.finish().await?;
    }
    let mut session = Session { wire, shared, helo: String::new(), account: None, mail: None };
    loop {
        let Some(line) = session.wire.line(LONGEST_LINE).await? else {
            session.wire.say("500 5.5.2 line too long\r\n");
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

/// A transaction: MAIL was accepted.
struct Mail {
    sender: String,
    recipients: Vec<(String, usize)>,
}

struct Session<'a> {
    wire: &'a mut Wire,
    shared: &'a Arc<Shared>,
    helo: String,
    /// The account's position and address.
    account: Option<(usize, String)>,
    mail: Option<Mail>,
}

impl Session<'_> {
    async fn command(&mut self, line: &str) -> Alive<Next> {
        let (verb, rest) = line.split_once(' ').unwrap_or((line, ""));
        let (verb, rest) = (verb.trim().to_ascii_uppercase(), rest.trim());
        let shown = if verb == "AUTH" { rest.split(' ').next().unwrap_or_default() } else { rest };
        self.wire.record.command(format!("{verb} {shown}").trim_end());
        if self.wire.meet(line, "").await? == Meet::Skip {
            return Ok(Next::Stay);
        }
        match verb.as_str() {
            "EHLO" => self.ehlo(rest),
            "HELO" => {
                self.helo = rest.to_string();
                self.wire.say("250 localhost\r\n");
            }
            "STARTTLS" => return self.start_tls().await,
            "AUTH" => self.auth(rest).await?,
            "MAIL" => self.mail(rest),
            "RCPT" => self.rcpt(rest),
            "DATA" => return self.data().await,
            "RSET" => {
                self.mail = None;
                self.wire.say("250 2.0.0 forgotten\r\n");
            }
            "NOOP" => self.wire.say("250 2.0.0 here\r\n"),
            "VRFY" => self.wire.say("252 2.1.5 try RCPT\r\n"),
            "QUIT" => {
                self.wire.say("221 2.0.0 goodbye\r\n");
                self.wire.finish().await?;
                return Ok(Next::Leave);
            }
            _ => self.wire.say("500 5.5.1 unknown command\r\n"),
        }
        self.wire.finish().await?;
        Ok(Next::Stay)
    }

    fn offers(&self, capability: &str) -> bool {
        !self.shared.faults.omitted(Protocol::Smtp, capability)
    }

    fn may_authenticate(&self) -> bool {
        self.offers("AUTH") && (self.wire.is_tls() || self.shared.plain_allowed)
    }

    fn ehlo(&mut self, name: &str) {
        self.helo = name.chars().filter(|c| c.is_ascii_graphic()).take(255).collect();
        self.mail = None;
        let mut lines = vec!["localhost".to_string()];
        let plain = ["PIPELINING", "8BITMIME", "SMTPUTF8", "DSN", "ENHANCEDSTATUSCODES"];
        lines.extend(plain.into_iter().filter(|c| self.offers(c)).map(String::from));
        if self.offers("SIZE") {
            lines.push(format!("SIZE {MOST_BYTES}"));
        }
        if self.offers("STARTTLS") && !self.wire.is_tls() {
            lines.push("STARTTLS".into());
        }
        if self.may_authenticate() {
            let methods = ["PLAIN", "LOGIN", "XOAUTH2"];
            let methods: Vec<&str> = methods.into_iter().filter(|m| self.offers(&format!("AUTH={m}"))).collect();
            lines.push(format!("AUTH {}", methods.join(" ")));
        }
        let last = lines.len().saturating_sub(1);
        for (i, line) in lines.iter().enumerate() {
            self.wire.say(format!("250{}{line}\r\n", if i == last { ' ' } else { '-' }));
        }
    }

    async fn start_tls(&mut self) -> Alive<Next> {
        if self.wire.is_tls() || !self.offers("STARTTLS") {
            self.wire.say("502 5.5.1 no STARTTLS now\r\n");
            self.wire.finish().await?;
            return Ok(Next::Stay);
        }
        self.wire.say("220 2.0.0 begin TLS\r\n");
        self.wire.finish().await?;
        self.wire.start_tls(&self.shared.tls).await?;
        (self.helo, self.account, self.mail) = (String::new(), None, None);
        Ok(Next::Stay)
    }

    async fn auth(&mut self, rest: &str) -> Alive<()> {
        let (method, initial) = rest.split_once(' ').unwrap_or((rest, ""));
        let method = method.to_ascii_uppercase();
        let initial = Some(initial.trim()).filter(|i| !i.is_empty()).map(|i| i.as_bytes().to_vec());
        if self.account.is_some() {
            self.wire.say("503 5.5.1 already authenticated\r\n");
            return Ok(());
        }
        if !self.offers(&format!("AUTH={method}")) || !matches!(method.as_str(), "PLAIN" | "LOGIN" | "XOAUTH2") {
            self.wire.say("504 5.5.4 no such mechanism\r\n");
            return Ok(());
        }
        let proof = match (method.as_str(), initial) {
            ("LOGIN", initial) => self.auth_login(initial).await?,
            (_, Some(initial)) => read_proof(&method, &initial),
            (_, None) => read_proof(&method, &self.ask("334 \r\n").await?),
        };
        let Some(proof) = proof else {
            self.wire.say("501 5.5.2 cannot read these credentials\r\n");
            return Ok(());
        };
        let (Proof::Password { user, .. } | Proof::Token { user, .. }) = &proof;
        self.wire.record.secret(user);
        if !self.may_authenticate() {
            self.wire.say("538 5.7.11 encryption required before authentication\r\n");
            return Ok(());
        }
        let found = {
            let state = self.shared.store.look();
            state.login(&proof).and_then(|i| Some((i, state.accounts.get(i)?.email.clone())))
        };
        match found {
            Some((index, email)) => {
                self.wire.record.lock().account = Some(email.clone());
                self.account = Some((index, email));
                self.wire.say("235 2.7.0 welcome\r\n");
            }
            None => {
                if matches!(proof, Proof::Token { .. }) {
                    self.ask(&format!("334 {}\r\n", sasl::token_refused())).await?;
                }
                self.wire.say("535 5.7.8 user name or password is wrong\r\n");
            }
        }
        Ok(())
    }

    async fn auth_login(&mut self, initial: Option<Vec<u8>>) -> Alive<Option<Proof>> {
        let user = match initial {
            Some(user) => user,
            None => self.ask(&format!("334 {}\r\n", sasl::base64("Username:"))).await?,
        };
        let password = self.ask(&format!("334 {}\r\n", sasl::base64("Password:"))).await?;
        let (user, password) = (sasl::text(&user), sasl::text(&password));
        Ok(user.zip(password).map(|(user, password)| Proof::Password { user, password }))
    }

    async fn ask(&mut self, prompt: &str) -> Alive<Vec<u8>> {
        self.wire.prompt(prompt).await?;
        self.wire.line(LONGEST_LINE).await?.ok_or(Over)
    }

    fn mail(&mut self, rest: &str) {
        let reply = match self.start_mail(rest) {
            Ok(sender) => {
                self.mail = Some(Mail { sender, recipients: Vec::new() });
                "250 2.1.0 sender noted"
            }
            Err(reply) => reply,
        };
        self.wire.say(format!("{reply}\r\n"));
    }

    fn start_mail(&self, rest: &str) -> Result<String, &'static str> {
        if self.account.is_none() {
            return Err("530 5.7.0 authentication required");
        }
        if self.mail.is_some() {
            return Err("503 5.5.1 one sender is enough");
        }
        let (sender, parameters) = path(rest, "FROM:").ok_or("501 5.5.4 MAIL FROM:<address>")?;
        for parameter in parameters.split_ascii_whitespace().map(str::to_ascii_uppercase) {
            let size = parameter.strip_prefix("SIZE=").map(|n| n.parse::<usize>().unwrap_or(usize::MAX));
            match (size, parameter.as_str()) {
                (Some(size), _) if size > MOST_BYTES => return Err("552 5.3.4 message too big for this server"),
                (Some(_), _) if self.offers("SIZE") => {}
                (_, "BODY=7BIT" | "BODY=8BITMIME") if self.offers("8BITMIME") => {}
                (_, "SMTPUTF8") if self.offers("SMTPUTF8") => {}
                (_, "RET=HDRS" | "RET=FULL") if self.offers("DSN") => {}
                (_, envid) if envid.starts_with("ENVID=") && self.offers("DSN") => {}
                _ => return Err("555 5.5.4 unknown parameter"),
            }
        }
        Ok(sender.to_string())
    }

    fn rcpt(&mut self, rest: &str) {
        let reply = self.add_recipient(rest).unwrap_or_else(|reply| reply);
        self.wire.say(format!("{reply}\r\n"));
    }

    fn add_recipient(&mut self, rest: &str) -> Result<String, String> {
        let mail = self.mail.as_mut().ok_or("503 5.5.1 MAIL first")?;
        let (address, parameters) = path(rest, "TO:").ok_or("501 5.5.4 RCPT TO:<address>")?;
        let domain = address.rsplit_once('@').map(|(_, domain)| domain).ok_or("501 5.1.3 an address has an @")?;
        let is_known = |p: &str| p.starts_with("NOTIFY=") || p.starts_with("ORCPT=");
        let offers_reports = !self.shared.faults.omitted(Protocol::Smtp, "DSN");
        if parameters.split_ascii_whitespace().any(|p| !(offers_reports && is_known(p))) {
            return Err("555 5.5.4 unknown parameter".into());
        }
        if let Some(reply) = self.shared.faults.recipient_refused(address) {
            return Err(reply);
        }
        let state = self.shared.store.look();
        let domains = state.domains();
        if !domains.iter().any(|d| d.eq_ignore_ascii_case(domain)) {
            let own = domains.into_iter().collect::<Vec<_>>().join(" and ");
            return Err(format!("550 5.7.1 this is a demo server: it delivers only to {own}"));
        }
        let Some(account) = state.account_of(address) else {
            return Err(format!("550 5.1.1 <{address}>: no such mailbox here"));
        };
        if mail.recipients.len() >= MOST_RECIPIENTS {
            return Err("452 4.5.3 too many recipients".into());
        }
        mail.recipients.push((address.to_string(), account));
        Ok("250 2.1.5 recipient noted".into())
    }

    async fn data(&mut self) -> Alive<Next> {
        let Some(mail) = self.mail.take_if(|mail| !mail.recipients.is_empty()) else {
            self.wire.say("503 5.5.1 no valid recipients\r\n");
            self.wire.finish().await?;
            return Ok(Next::Stay);
        };
        self.wire.say("354 end with a dot on a line of its own\r\n");
        self.wire.finish().await?;
        let raw = self.wire.until_dot(MOST_BYTES).await?;
        if self.wire.meet("DATA-END", "").await? == Meet::Skip {
            return Ok(Next::Stay);
        }
        match raw {
            None => self.wire.say("552 5.3.4 message too big for this server\r\n"),
            Some(raw) => match self.deliver(mail, raw) {
                Some(id) => self.wire.say(format!("250 2.0.0 delivered as {id}\r\n")),
                None => self.wire.say("452 4.2.2 the demo's mailboxes are full\r\n"),
            },
        }
        self.wire.finish().await?;
        Ok(Next::Stay)
    }

    /// Puts the message into every recipient's INBOX; its number here.
    fn deliver(&mut self, mail: Mail, raw: Vec<u8>) -> Option<String> {
        let raw: Arc<[u8]> = raw.into();
        let id = format!("demo{:06}", self.shared.next_number());
        let now = jiff::Zoned::now();
        let date = jiff::fmt::rfc2822::to_string(&now).unwrap_or_default();
        let (with, tls) = match self.wire.tls_version() {
            Some(version) => ("ESMTPSA", format!(" ({version})")),
            None => ("ESMTPA", String::new()),
        };
        for (address, account) in &mail.recipients {
            let trace = format!(
                "Return-Path: <{}>\r\nReceived: from {} (localhost [127.0.0.1])\r\n\tby localhost (Postwren demo) \
                 with {with}{tls} id {id}\r\n\tfor <{address}>; {date}\r\n",
                mail.sender, self.helo
            );
            let whole = [trace.as_bytes(), &raw].concat();
            let new = NewMessage::plain(whole, now.timestamp());
            self.shared.store.change(|state| state.append(*account, INBOX, new)).ok()?;
        }
        let account = self.account.as_ref().map(|(_, email)| email.clone()).unwrap_or_default();
        let recipients = mail.recipients.into_iter().map(|(address, _)| address).collect();
        self.shared.submitted(Submission { account, sender: mail.sender, recipients, raw });
        Some(id)
    }
}

fn read_proof(method: &str, payload: &[u8]) -> Option<Proof> {
    if method == "PLAIN" { sasl::plain(payload) } else { sasl::xoauth2(payload) }
}

/// `FROM:<address> parameters`: the address, and what follows it.
fn path<'a>(rest: &'a str, keyword: &str) -> Option<(&'a str, &'a str)> {
    let start = rest.get(..keyword.len()).filter(|k| k.eq_ignore_ascii_case(keyword))?;
    let rest = rest.get(start.len()..)?.trim_start().strip_prefix('<')?;
    let (address, parameters) = rest.split_once('>')?;
    let clean = !address.chars().any(|c| c.is_control() || c.is_whitespace() || c == '<');
    (clean && address.len() <= 320).then_some((address, parameters))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_are_read_strictly() {
        assert_eq!(path("FROM:<a@b> SIZE=3", "FROM:"), Some(("a@b", " SIZE=3")));
        assert_eq!(path("from: <>", "FROM:"), Some(("", "")));
        for bad in ["FROM:a@b", "FROM:<a@b", "TO:<a@b>", "FROM:<a\t@b>", "FROM:<<a@b>>", "ü"] {
            assert_eq!(path(bad, "FROM:"), None, "{bad}");
        }
    }
}
