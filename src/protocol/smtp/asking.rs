//! What is said of a message before its bytes: MAIL with its parameters, RCPT for each recipient, and DATA along with
//! them where the server can pipeline (RFC 2920).

use super::offer::Limits;
use super::path;
use super::payload::Letter;
use super::session::Command;
use super::submission::Post;
use super::transaction::{Characters, Transaction};
use crate::protocol::error::{Error, Result};

/// Commands sent at once, where the server can. They and their replies fit the buffers of a connection, so that
/// neither side waits for the other to read.
pub(super) const PIPELINE: usize = 20;

/// A transaction to be begun.
pub(super) struct Asking {
    pub transaction: Transaction,
    /// MAIL, RCPT for each of the places, and DATA `with_data`.
    pub commands: Vec<Command>,
    /// Those of whom the server is to be asked; nobody: then there is nothing to say.
    pub places: Vec<usize>,
    pub with_data: bool,
}

impl Asking {
    /// Sorts out what can be said.
    ///
    /// # Errors
    /// [`Error::TooLarge`] or [`Error::Unsupported`] where the server has said that it cannot take such a message.
    pub fn new(limits: Limits, post: &Post<'_>) -> Result<Asking> {
        let Post { envelope, letter } = post;
        let transaction = Transaction::new(envelope, takes_header(limits, letter)?);
        let report = envelope.report.filter(|_| limits.dsn);
        let parameters = parameters(limits, letter, &transaction, report)?;
        let mut commands = vec![Command::new(format!("MAIL FROM:<{}>{parameters}", transaction.sender))];
        let mut places = Vec::new();
        for (place, path) in transaction.asked() {
            let parameters = if report.is_some() { path::report_parameters(path) } else { String::new() };
            commands.push(Command::new(format!("RCPT TO:<{path}>{parameters}")));
            places.push(place);
        }
        let with_data = limits.pipelining;
        if with_data {
            commands.push(Command::new("DATA"));
        }
        Ok(Asking { transaction, commands, places, with_data })
    }

    /// Whether it may be said before the message before it was answered.
    pub fn can_go_ahead(&self) -> bool {
        let fits = self.commands.len() <= PIPELINE && !self.commands.iter().any(Command::has_line_end);
        fits && self.with_data && !self.places.is_empty()
    }

    /// The server could not tell the two apart.
    pub fn says_the_same_as(&self, other: &Asking) -> bool {
        self.commands == other.commands
    }
}

/// Whether the header may be sent as it is: beyond ASCII only with SMTPUTF8, which this says.
fn takes_header(limits: Limits, letter: &Letter) -> Result<Characters> {
    if letter.facts.is_header_ascii {
        return Ok(Characters { offered: limits.smtputf8, needed: false });
    }
    if !limits.smtputf8 {
        return Err(Error::Unsupported("SMTPUTF8"));
    }
    Ok(Characters { offered: true, needed: true })
}

/// The parameters of MAIL, each only where the server has announced it.
fn parameters(limits: Limits, letter: &Letter, transaction: &Transaction, report: Option<&str>) -> Result<String> {
    let size = letter.size();
    if let Some(limit) = limits.size.filter(|limit| size > *limit) {
        return Err(Error::TooLarge { what: "message", limit });
    }
    let is_ascii = letter.facts.is_ascii;
    if !is_ascii && !limits.eight_bit_mime {
        return Err(Error::Unsupported("8BITMIME"));
    }
    let mut parameters = String::new();
    if limits.size.is_some() {
        parameters.push_str(&format!(" SIZE={size}"));
    }
    if !is_ascii {
        parameters.push_str(" BODY=8BITMIME");
    }
    if transaction.characters.needed {
        parameters.push_str(" SMTPUTF8");
    }
    if let Some(name) = report {
        // The report need not carry the message back, which lies in Sent.
        parameters.push_str(" RET=HDRS");
        if let Some(name) = path::xtext(name) {
            parameters.push_str(&format!(" ENVID={name}"));
        }
    }
    Ok(parameters)
}
