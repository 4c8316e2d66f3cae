//! Getting in: STARTTLS (RFC 3501, 6.2.1), LOGIN, AUTHENTICATE with PLAIN and XOAUTH2 (RFC 4959).

use super::super::sasl::{self, Proof};
use super::super::wire::{Alive, Over};
use super::command::Token;
use super::{LONGEST_LINE, Next, Session, Status};

impl Session<'_> {
    pub(super) async fn start_tls(&mut self, tag: &str) -> Alive<Next> {
        if self.wire.is_tls() || !self.offers("STARTTLS") {
            return self.answer(tag, Status::bad("no STARTTLS now")).await;
        }
        self.wire.say(format!("{tag} OK begin TLS\r\n"));
        self.wire.finish().await?;
        self.wire.start_tls(&self.shared.tls).await?;
        Ok(Next::Stay)
    }

    pub(super) fn login(&mut self, arguments: &[Token]) -> Status {
        match arguments.iter().map(Token::text).collect::<Option<Vec<_>>>().as_deref() {
            Some([user, password]) => self.prove(Proof::Password { user: user.clone(), password: password.clone() }),
            _ => Status::bad("LOGIN user password"),
        }
    }

    pub(super) async fn authenticate(&mut self, arguments: &[Token]) -> Alive<Status> {
        let mut words = arguments.iter().filter_map(Token::text);
        let method = words.next().unwrap_or_default().to_ascii_uppercase();
        let read: fn(&[u8]) -> Option<Proof> = match method.as_str() {
            "PLAIN" => sasl::plain,
            "XOAUTH2" => sasl::xoauth2,
            _ => return Ok(Status::no("no such mechanism")),
        };
        if !self.offers("AUTH") || !self.offers(&format!("AUTH={method}")) {
            return Ok(Status::no("no such mechanism"));
        }
        let payload = match words.next() {
            Some(initial) if self.offers("SASL-IR") => initial.into_bytes(),
            Some(_) => return Ok(Status::bad("no initial response here")),
            None => self.ask("+ \r\n").await?,
        };
        if payload == b"*" {
            return Ok(Status::bad("as you wish"));
        }
        let Some(proof) = read(&payload) else {
            return Ok(Status::bad("cannot read these credentials"));
        };
        let token = matches!(proof, Proof::Token { .. });
        let status = self.prove(proof);
        if token && self.account.is_none() {
            self.ask(&format!("+ {}\r\n", sasl::token_refused())).await?;
        }
        Ok(status)
    }

    async fn ask(&mut self, prompt: &str) -> Alive<Vec<u8>> {
        self.wire.prompt(prompt).await?;
        self.wire.line(LONGEST_LINE).await?.ok_or(Over)
    }

    fn prove(&mut self, proof: Proof) -> Status {
        let (Proof::Password { user, .. } | Proof::Token { user, .. }) = &proof;
        self.wire.record.secret(user);
        if !self.may_authenticate() {
            return Status::no("[PRIVACYREQUIRED] encryption required before login");
        }
        let found = {
            let state = self.shared.store.look();
            state.login(&proof).and_then(|i| Some((i, state.accounts.get(i)?.email.clone())))
        };
        let Some((index, email)) = found else {
            return Status::no("[AUTHENTICATIONFAILED] user name or password is wrong");
        };
        self.account = Some(index);
        self.wire.record.lock().account = Some(email);
        Status::ok(format!("[CAPABILITY {}] welcome", self.capabilities()))
    }
}
