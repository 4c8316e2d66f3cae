//! SELECT and EXAMINE (RFC 3501, section 6.3.1; CONDSTORE and QRESYNC, RFC 7162).

use super::command::Command;
use super::dispatch::LONG;
use super::resync::Missing;
use super::{Changes, Letters, MailboxName, Session};
use crate::mail::flags::Flags;
use crate::mail::keywords::{Keywords, is_keyword};
use crate::mail::uid::{ModSeq, Uid, UidValidity};
use crate::protocol::error::Result;
use async_imap::imap_proto::{MailboxDatum, Response};

/// How a mailbox is opened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Access {
    ReadWrite,
    /// Nothing is changed by looking (EXAMINE).
    ReadOnly,
}

/// Which flags a server keeps beyond a session (RFC 3501, section 7.1, PERMANENTFLAGS).
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Permanent {
    /// Without keywords.
    pub flags: Flags,
    /// Keywords that it has.
    names: Vec<String>,
    /// New keywords too.
    any: bool,
}

impl Permanent {
    /// Names that are believed of one list.
    const MOST: usize = 1000;

    /// A server that does not say keeps all.
    fn unsaid() -> Permanent {
        Permanent { flags: Flags::SYSTEM, names: Vec::new(), any: true }
    }

    /// Flags in parentheses; `\\*` allows any keyword, ours too.
    fn read(list: &str) -> Permanent {
        let mut read = Permanent { flags: Flags::empty(), names: Vec::new(), any: false };
        for name in list.trim_start_matches('(').trim_end_matches(')').split_ascii_whitespace() {
            if name == "\\*" {
                (read.any, read.flags) = (true, read.flags.union(Flags::FORWARDED));
            } else if is_keyword(name) && read.names.len() < Self::MOST {
                read.names.push(name.to_string());
            } else {
                read.flags = read.flags.union(Flags::from_imap(name));
            }
        }
        read
    }

    /// Whether a keyword can be stored.
    pub fn keeps(&self, keyword: &str) -> bool {
        self.any || self.names.iter().any(|name| name.eq_ignore_ascii_case(keyword))
    }

    /// The flags that are kept, of a mailbox with these keywords.
    pub fn flags_of(&self, table: &Keywords) -> Flags {
        let keywords = if self.any { table.named() } else { table.flags(&self.names) };
        self.flags.system().union(keywords)
    }
}

/// A mailbox as it was when it was opened.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Selected {
    pub exists: u32,
    pub uid_validity: UidValidity,
    pub uid_next: Option<Uid>,
    /// None where the server or the mailbox keeps no modification sequences.
    pub highest_mod_seq: Option<ModSeq>,
    /// Flags that the server keeps beyond this session.
    pub permanent: Permanent,
    pub read_only: bool,
}

/// The answers to SELECT.
pub(super) struct Opened {
    pub selected: Selected,
    pub missing: Missing,
}

impl Session {
    /// Opens a mailbox. Its UIDVALIDITY must be compared before any UID is believed.
    /// What was gathered about the mailbox before is dropped.
    pub async fn select(&mut self, name: &MailboxName, access: Access) -> Result<Selected> {
        let condstore = self.capabilities.has("CONDSTORE") || self.capabilities.has("QRESYNC");
        let option = if condstore { " (CONDSTORE)" } else { "" };
        Ok(self.open(name, access, option).await?.selected)
    }

    /// The same with an option of SELECT's.
    pub(super) async fn open(&mut self, name: &MailboxName, access: Access, option: &str) -> Result<Opened> {
        let verb = if access == Access::ReadOnly { "EXAMINE " } else { "SELECT " };
        let nothing = Selected {
            exists: 0,
            uid_validity: UidValidity(0),
            uid_next: None,
            highest_mod_seq: None,
            permanent: Permanent::unsaid(),
            read_only: access == Access::ReadOnly,
        };
        let letters = Letters::default();
        self.letters = letters.clone();
        let resumes = option.contains("QRESYNC");
        let mut selected = nothing.clone();
        let mut missing = Missing::default();
        let done = self.run_for(LONG, Command::new(verb).string(&name.0).words(option), |reply| {
            match reply.parsed() {
                Response::MailboxData(MailboxDatum::Exists(n)) => selected.exists = *n,
                Response::Data { .. } => {
                    let Some(code) = &reply.status.code else { return false };
                    match code.name.as_str() {
                        // What came before was said of the mailbox that was open until now.
                        "CLOSED" => (selected, missing) = (nothing.clone(), Missing::default()),
                        "UIDVALIDITY" => selected.uid_validity = UidValidity(code.number().unwrap_or(0)),
                        "UIDNEXT" => selected.uid_next = code.number().map(Uid).filter(|u| u.0 > 0),
                        "HIGHESTMODSEQ" => selected.highest_mod_seq = code.number().map(ModSeq).filter(|m| m.0 > 0),
                        "PERMANENTFLAGS" => selected.permanent = Permanent::read(&code.arguments),
                        _ => return false,
                    }
                }
                other => return resumes && missing.take(other, &letters),
            }
            true
        });
        let done = done.await?;
        self.changes = Changes { alert: self.changes.alert.take(), ..Changes::default() };
        if selected.uid_validity.0 == 0 {
            return self.broken("a mailbox without UIDVALIDITY");
        }
        selected.read_only |= done.code.is_some_and(|code| code.name == "READ-ONLY");
        Ok(Opened { selected, missing })
    }
}
