//! What shall go wrong, and when: the vocabulary of the fault tests.
//!
//! A [`Fault`] names an event and what happens there instead of, or beside, the usual:
//!
//! ```
//! use postwren::demo::Fault;
//! use postwren::mail::account::Protocol::{Imap, Smtp};
//!
//! // Cut after the final dot: once without having delivered, once with.
//! let _ = Fault::on(Smtp, "DATA-END").close();
//! let _ = Fault::on(Smtp, "DATA-END").done().close();
//! // The second and every later UID MOVE fails.
//! let _ = Fault::on(Imap, "UID MOVE").nth(2).always().status("NO [OVERQUOTA] full");
//! // The line goes dead after 700 bytes of the first connection.
//! let _ = Fault::after_sent(Imap, 700).stall();
//! ```
//!
//! # Events
//! A command is met by its first words in any case, without IMAP's tag (`"UID FETCH"`, `"RCPT"`, `"RETR 3"`).
//! More events: `CONNECT` (before TLS, before the greeting), `GREETING`, `DATA-END` (the final dot is
//! there), `APPEND` (before the literal is asked for), `APPEND-END` (the literal is there), `*` (any command).
//! Bytes are counted per connection, above TLS.

use crate::mail::account::Protocol;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

/// Something that shall go wrong. Made by [`Fault::on`] and its sisters; given to the server's builder or,
/// at any time later, to [`super::DemoServer::fault`].
#[derive(Clone, Debug)]
pub struct Fault {
    protocol: Protocol,
    at: At,
    containing: Option<String>,
    first: u32,
    times: u32,
    connection: Option<u32>,
    pub(super) deed: Deed,
}

#[derive(Clone, Debug)]
enum At {
    Event(String),
    Sent(u64),
    Received(u64),
    /// Not an event: a standing property of the server.
    Standing(Standing),
}

/// A standing untruth or incapacity.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Standing {
    Omit(String),
    RefuseRecipient { containing: String, reply: String },
    WrongSize(i64),
    Preauth,
}

/// How a connection ends without a word.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum End {
    /// FIN, without TLS's close_notify.
    Close,
    /// RST.
    Reset,
    /// Silence, until the client goes away.
    Stall,
}

/// After how many bytes a connection ends, and how.
pub(super) type Cut = (u64, End);

/// What happens at an event.
#[derive(Clone, Debug)]
pub(super) struct Deed {
    /// Whether the command is carried out all the same.
    pub done: bool,
    pub delay: Duration,
    pub say: Say,
}

#[derive(Clone, Debug)]
pub(super) enum Say {
    /// The usual reply, with bytes before and after it in the same packet.
    Own {
        before: Vec<u8>,
        after: Vec<u8>,
    },
    /// These bytes and nothing else; `{tag}` stands for IMAP's tag.
    Bytes(Vec<u8>),
    /// These bytes, then the end.
    BytesAndEnd(Vec<u8>, End),
    End(End),
}

/// An event, on the way to becoming a [`Fault`].
#[derive(Clone, Debug)]
pub struct FaultAt(Fault);

impl Fault {
    /// At a command or another event: see the module's list.
    pub fn on(protocol: Protocol, event: &str) -> FaultAt {
        FaultAt(Fault::at(protocol, At::Event(event.to_string())))
    }

    /// When the server has said `bytes` bytes on a connection, in the middle of whatever it is.
    pub fn after_sent(protocol: Protocol, bytes: u64) -> FaultAt {
        FaultAt(Fault::at(protocol, At::Sent(bytes)))
    }

    /// When the server has heard `bytes` bytes on a connection; what they completed is still done and answered.
    pub fn after_received(protocol: Protocol, bytes: u64) -> FaultAt {
        FaultAt(Fault::at(protocol, At::Received(bytes)))
    }

    /// The server neither offers nor accepts this: `UIDPLUS`, `MOVE`, `IDLE`, `SPECIAL-USE`, `STARTTLS`, `STLS`,
    /// `UIDL`, `TOP`, `SIZE`, `AUTH=PLAIN`, `AUTH` …
    pub fn omit(protocol: Protocol, capability: &str) -> Fault {
        Fault::at(protocol, At::Standing(Standing::Omit(capability.to_ascii_uppercase())))
    }

    /// Every recipient whose address contains the text is answered with `reply`, for example `"450 4.2.0 later"`.
    pub fn refuse_recipient(containing: &str, reply: &str) -> Fault {
        let (containing, reply) = (containing.to_string(), reply.to_string());
        Fault::at(Protocol::Smtp, At::Standing(Standing::RefuseRecipient { containing, reply }))
    }

    /// Announced sizes of messages (RFC822.SIZE; POP3's LIST and STAT) are wrong by this many bytes.
    pub fn wrong_size(protocol: Protocol, by: i64) -> Fault {
        Fault::at(protocol, At::Standing(Standing::WrongSize(by)))
    }

    /// IMAP greets with PREAUTH, as the first account's session, before any TLS that the client wanted.
    pub fn preauth() -> Fault {
        Fault::at(Protocol::Imap, At::Standing(Standing::Preauth))
    }

    fn at(protocol: Protocol, at: At) -> Fault {
        let say = Say::Own { before: Vec::new(), after: Vec::new() };
        let deed = Deed { done: false, delay: Duration::ZERO, say };
        Fault { protocol, at, containing: None, first: 1, times: 1, connection: None, deed }
    }
}

impl FaultAt {
    /// From the n-th time on that the event comes (1 = the first), counted over the server's whole life.
    pub fn nth(mut self, n: u32) -> FaultAt {
        self.0.first = n;
        self
    }
    /// This many times; without it, once.
    pub fn times(mut self, n: u32) -> FaultAt {
        self.0.times = n;
        self
    }
    /// Every time from then on.
    pub fn always(self) -> FaultAt {
        self.times(u32::MAX)
    }
    /// Only on the n-th connection (1 = the first) of this protocol.
    pub fn connection(mut self, n: u32) -> FaultAt {
        self.0.connection = Some(n);
        self
    }
    /// Only where the command's line contains this text.
    pub fn containing(mut self, text: &str) -> FaultAt {
        self.0.containing = Some(text.to_string());
        self
    }
    /// The command is carried out; only its reply is lost or changed.
    pub fn done(mut self) -> FaultAt {
        self.0.deed.done = true;
        self
    }
    /// This long a silence first.
    pub fn delay(mut self, time: Duration) -> FaultAt {
        self.0.deed.delay = time;
        self
    }

    /// The connection ends (FIN, without TLS's close_notify).
    pub fn close(self) -> Fault {
        self.say(Say::End(End::Close))
    }
    /// The connection is reset (RST).
    pub fn reset(self) -> Fault {
        self.say(Say::End(End::Reset))
    }
    /// Nothing more is said or done; the connection stays open until the client leaves.
    pub fn stall(self) -> Fault {
        self.say(Say::End(End::Stall))
    }
    /// These bytes are said instead of the reply; `{tag}` in them becomes IMAP's tag.
    pub fn reply(self, bytes: impl AsRef<[u8]>) -> Fault {
        self.say(Say::Bytes(bytes.as_ref().to_vec()))
    }
    /// These bytes are said instead of the reply, then the connection ends.
    pub fn reply_and_close(self, bytes: impl AsRef<[u8]>) -> Fault {
        self.say(Say::BytesAndEnd(bytes.as_ref().to_vec(), End::Close))
    }
    /// These bytes are said instead of the reply, then nothing more.
    pub fn reply_and_stall(self, bytes: impl AsRef<[u8]>) -> Fault {
        self.say(Say::BytesAndEnd(bytes.as_ref().to_vec(), End::Stall))
    }
    /// This status line instead of the reply, with tag and line end as the protocol has them:
    /// `"NO [OVERQUOTA] full"`, `"-ERR no"`, `"451 4.3.0 later"`.
    pub fn status(self, line: &str) -> Fault {
        let tag = if self.0.protocol == Protocol::Imap { "{tag} " } else { "" };
        self.reply(format!("{tag}{line}\r\n"))
    }
    /// The usual happens, but these bytes come before the reply.
    pub fn before(mut self, bytes: impl AsRef<[u8]>) -> Fault {
        self.0.deed.done = true;
        self.say(Say::Own { before: bytes.as_ref().to_vec(), after: Vec::new() })
    }
    /// The usual happens, and these bytes come after the reply in the same packet: on `STARTTLS` or `STLS` this
    /// is the injection of plain text before TLS.
    pub fn inject(mut self, bytes: impl AsRef<[u8]>) -> Fault {
        self.0.deed.done = true;
        self.say(Say::Own { before: Vec::new(), after: bytes.as_ref().to_vec() })
    }
    /// The usual happens, only later.
    pub fn slow(mut self, time: Duration) -> Fault {
        self.0.deed.done = true;
        self.0.deed.delay = time;
        self.0
    }

    fn say(mut self, say: Say) -> Fault {
        self.0.deed.say = say;
        self.0
    }
}

/// All faults of a server, with how often each was met.
#[derive(Debug, Default)]
pub(super) struct Faults(Mutex<Vec<(Fault, u32)>>);

impl Faults {
    pub fn add(&self, fault: Fault) {
        self.list().push((fault, 0));
    }

    pub fn clear(&self) {
        self.list().clear();
    }

    /// The deed for this event, if one is due. `line` is the command without its tag, or the event's name.
    pub fn met(&self, protocol: Protocol, connection: u32, line: &str) -> Option<Deed> {
        let mut due = None;
        for (fault, met) in self.list().iter_mut() {
            let At::Event(event) = &fault.at else { continue };
            let applies = fault.applies(protocol, connection)
                && begins_with(line, event)
                && fault.containing.as_ref().is_none_or(|text| line.contains(text.as_str()));
            if applies {
                *met = met.saturating_add(1);
                let since = met.saturating_sub(fault.first);
                if *met >= fault.first && since < fault.times && due.is_none() {
                    due = Some(fault.deed.clone());
                }
            }
        }
        due
    }

    /// Where a new connection will be cut: after so many bytes sent, and after so many received.
    pub fn cuts(&self, protocol: Protocol, connection: u32) -> (Option<Cut>, Option<Cut>) {
        let (mut sent, mut received) = (None, None);
        for (fault, met) in self.list().iter_mut().filter(|(f, _)| f.applies(protocol, connection)) {
            let (cut, bytes) = match fault.at {
                At::Sent(bytes) => (&mut sent, bytes),
                At::Received(bytes) => (&mut received, bytes),
                _ => continue,
            };
            let Say::End(end) = fault.deed.say else { continue };
            *met = met.saturating_add(1);
            if *met >= fault.first && met.saturating_sub(fault.first) < fault.times && cut.is_none() {
                *cut = Some((bytes, end));
            }
        }
        (sent, received)
    }

    pub fn omitted(&self, protocol: Protocol, capability: &str) -> bool {
        self.standing(protocol, |s| matches!(s, Standing::Omit(c) if c.eq_ignore_ascii_case(capability)).then_some(()))
            .is_some()
    }

    pub fn preauth(&self) -> bool {
        self.standing(Protocol::Imap, |s| (*s == Standing::Preauth).then_some(())).is_some()
    }

    pub fn recipient_refused(&self, address: &str) -> Option<String> {
        self.standing(Protocol::Smtp, |s| match s {
            Standing::RefuseRecipient { containing, reply } if address.contains(containing.as_str()) => {
                Some(reply.clone())
            }
            _ => None,
        })
    }

    /// The size to announce for a message of this size.
    pub fn size(&self, protocol: Protocol, size: usize) -> u64 {
        let by = self.standing(protocol, |s| match s {
            Standing::WrongSize(by) => Some(*by),
            _ => None,
        });
        (size as u64).saturating_add_signed(by.unwrap_or(0))
    }

    fn standing<T>(&self, protocol: Protocol, pick: impl Fn(&Standing) -> Option<T>) -> Option<T> {
        self.list().iter().filter(|(f, _)| f.protocol == protocol).find_map(|(fault, _)| match &fault.at {
            At::Standing(standing) => pick(standing),
            _ => None,
        })
    }

    fn list(&self) -> std::sync::MutexGuard<'_, Vec<(Fault, u32)>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Fault {
    fn applies(&self, protocol: Protocol, connection: u32) -> bool {
        self.protocol == protocol && self.connection.is_none_or(|n| n == connection)
    }
}

/// Whether a line begins with the event's words, in any case. `*` is any command, but no other event.
fn begins_with(line: &str, event: &str) -> bool {
    const EVENTS: [&str; 4] = ["CONNECT", "GREETING", "DATA-END", "APPEND-END"];
    if event == "*" {
        return !EVENTS.contains(&line);
    }
    let (line, event) = (line.as_bytes(), event.as_bytes());
    line.get(..event.len()).is_some_and(|start| start.eq_ignore_ascii_case(event))
        && line.get(event.len()).is_none_or(|next| matches!(next, b' ' | b':'))
}

#[cfg(test)]
mod tests {
    use super::*;
    use Protocol::{Imap, Smtp};

    #[test]
    fn the_nth_and_the_following_are_met_and_no_others() {
        let faults = Faults::default();
        faults.add(Fault::on(Imap, "uid move").nth(2).times(2).close());
        let met: Vec<bool> = (0..5).map(|_| faults.met(Imap, 1, "UID MOVE 1 x").is_some()).collect();
        assert_eq!(met, [false, true, true, false, false]);
        assert!(faults.met(Smtp, 1, "UID MOVE 1 x").is_none());
        faults.add(Fault::on(Smtp, "MAIL").always().close());
        assert!(faults.met(Smtp, 1, "MAIL FROM:<a>").is_some());
        assert!(faults.met(Smtp, 1, "MAILBOX").is_none());
    }

    #[test]
    fn cuts_fall_on_the_named_connection() {
        let faults = Faults::default();
        faults.add(Fault::after_sent(Imap, 9).connection(2).stall());
        assert_eq!(faults.cuts(Imap, 1), (None, None));
        assert_eq!(faults.cuts(Imap, 2), (Some((9, End::Stall)), None));
        assert_eq!(faults.cuts(Imap, 2), (None, None), "once");
    }

    #[test]
    fn standing_faults_answer_for_their_protocol() {
        let faults = Faults::default();
        faults.add(Fault::omit(Imap, "move"));
        faults.add(Fault::wrong_size(Imap, -3));
        assert!(faults.omitted(Imap, "MOVE") && !faults.omitted(Smtp, "MOVE"));
        assert_eq!((faults.size(Imap, 10), faults.size(Imap, 1), faults.size(Smtp, 10)), (7, 0, 10));
    }
}
