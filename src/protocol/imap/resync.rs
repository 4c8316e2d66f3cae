//! QRESYNC (RFC 7162): a mailbox is opened together with what changed in it since it was last in step, so
//! that catching up costs what changed and not what is there.
//!
//! Once it is enabled the server says VANISHED with UIDs wherever it said EXPUNGE with sequence numbers
//! before: after any command and while idling. Both are gathered alike in [`Changes`](super::Changes).

use super::command::Command;
use super::fetch::flags_answer;
use super::select::Opened;
use super::{Access, FetchedFlags, Letters, MailboxName, Selected, Session, UidSet};
use crate::mail::uid::{ModSeq, UidValidity};
use crate::protocol::error::{Error, Result};
use async_imap::imap_proto::{Capability, Response};
use std::ops::RangeInclusive;

/// Answers that one opening may bring; more are no honest catching up.
const MAX_MISSED: usize = 2_000_000;

/// Up to where a mailbox is known.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Resume {
    pub uid_validity: UidValidity,
    /// HIGHESTMODSEQ of the last complete synchronisation.
    pub mod_seq: ModSeq,
}

/// What changed in a mailbox since a [`Resume`].
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Missed {
    /// Messages that came, and messages whose flags changed. One may be there twice; the later is the newer.
    pub flags: Vec<FetchedFlags>,
    /// Messages that went; among them may be such as were never known here, or went long ago.
    pub vanished: UidSet,
}

/// A [`Missed`] in the making.
#[derive(Default)]
pub(super) struct Missing {
    flags: Vec<FetchedFlags>,
    vanished: Vec<RangeInclusive<u32>>,
}

impl Missing {
    /// Takes what belongs here; false for other responses.
    pub fn take(&mut self, response: &Response<'_>, letters: &Letters) -> bool {
        match response {
            Response::Vanished { uids, .. } => {
                if !self.is_too_much() {
                    self.vanished.extend(uids.iter().cloned());
                }
                true
            }
            Response::Fetch(_, items) => {
                let Some(answer) = flags_answer(items, letters) else { return false };
                if !self.is_too_much() {
                    self.flags.push(answer);
                }
                true
            }
            _ => false,
        }
    }

    fn is_too_much(&self) -> bool {
        self.flags.len().max(self.vanished.len()) > MAX_MISSED
    }

    fn into_missed(self) -> Result<Missed> {
        if self.is_too_much() {
            return Err(Error::TooLarge { what: "list of changes", limit: MAX_MISSED as u64 });
        }
        Ok(Missed { flags: self.flags, vanished: UidSet::of_ranges(self.vanished) })
    }
}

impl Session {
    /// Enables QRESYNC where the server has it. A server that offers it and then refuses is used without.
    pub(super) async fn enable_resync(&mut self) -> Result<()> {
        if !self.capabilities.has("QRESYNC") {
            return Ok(());
        }
        let mut enabled = false;
        let result = self
            .run(Command::new("ENABLE QRESYNC"), |reply| {
                // ENABLED comes out of the parser as a list of capabilities.
                let Response::Capabilities(words) = reply.parsed() else { return false };
                enabled |= words.iter().any(|w| matches!(w, Capability::Atom(a) if a.eq_ignore_ascii_case("QRESYNC")));
                true
            })
            .await;
        match result {
            Ok(_) => self.resyncs = enabled,
            Err(error) if error.leaves_connection_usable() => {}
            Err(error) => return Err(error),
        }
        Ok(())
    }

    /// Whether [`Session::resume`] brings what changed.
    pub fn resyncs(&self) -> bool {
        self.resyncs
    }

    /// Opens a mailbox and asks what changed since. None where that cannot be told: no QRESYNC, another
    /// UIDVALIDITY, no modification sequences in this mailbox, or such as run backwards. What the server tells
    /// is to be checked against the number of messages that it says there are.
    ///
    /// # Errors
    /// As [`Session::select`].
    pub async fn resume(
        &mut self,
        name: &MailboxName,
        access: Access,
        from: Resume,
    ) -> Result<(Selected, Option<Missed>)> {
        if !self.resyncs {
            return Ok((self.select(name, access).await?, None));
        }
        let option = format!(" (QRESYNC ({} {}))", from.uid_validity.0, from.mod_seq.0);
        let Opened { selected, missing } = self.open(name, access, &option).await?;
        let continues = selected.uid_validity == from.uid_validity
            && selected.highest_mod_seq.is_some_and(|now| now >= from.mod_seq);
        let missed = if continues { Some(missing.into_missed()?) } else { None };
        Ok((selected, missed))
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::flags::Flags;
    use crate::mail::uid::Uid;
    use crate::protocol::imap::Wake;
    use crate::protocol::imap::tests::{inbox, session};
    use crate::protocol::testing::{Step, on};
    use std::time::Duration;

    const RESYNC: &str = "IMAP4rev1 ENABLE IDLE UIDPLUS MOVE CONDSTORE QRESYNC LIST-EXTENDED";
    const FROM: Resume = Resume { uid_validity: UidValidity(7), mod_seq: ModSeq(40) };

    fn enabled(rest: Vec<Step>) -> Vec<Step> {
        [vec![on("ENABLE QRESYNC", "* ENABLED QRESYNC\r\nTAG OK done\r\n")], rest].concat()
    }

    fn opening(validity: u32, mod_seq: &str, more: &str) -> String {
        format!("* 9 EXISTS\r\n* OK [UIDVALIDITY {validity}]\r\n* OK [UIDNEXT 30]\r\n{mod_seq}{more}TAG OK done\r\n")
    }

    #[tokio::test]
    async fn a_mailbox_is_opened_with_what_changed() {
        let more = "* VANISHED (EARLIER) 41,43:45,2\r\n* 3 FETCH (UID 12 FLAGS (\\Seen) MODSEQ (44))\r\n\
                    * 9 FETCH (MODSEQ (45) UID 29 FLAGS ())\r\n";
        let script =
            enabled(vec![on("SELECT \"INBOX\" (QRESYNC (7 40))", opening(7, "* OK [HIGHESTMODSEQ 45]\r\n", more))]);
        let (mut session, _server) = session(RESYNC, script).await;
        assert!(session.resyncs());
        let (selected, missed) = session.resume(&inbox(), Access::ReadWrite, FROM).await.unwrap();
        let missed = missed.unwrap();
        assert_eq!((selected.exists, selected.highest_mod_seq), (9, Some(ModSeq(45))));
        assert_eq!(missed.vanished.to_string(), "2,41,43:45");
        let flags: Vec<_> = missed.flags.iter().map(|f| (f.uid, f.flags, f.mod_seq)).collect();
        let expected = [(Uid(12), Flags::SEEN, Some(ModSeq(44))), (Uid(29), Flags::empty(), Some(ModSeq(45)))];
        assert_eq!(flags, expected);
        assert!(session.take_changes().is_empty());
    }

    #[tokio::test]
    async fn what_cannot_be_continued_is_not_taken_for_nothing_new() {
        for (validity, mod_seq) in [
            (8, "* OK [HIGHESTMODSEQ 45]\r\n"),
            (7, "* OK [NOMODSEQ] none\r\n"),
            (7, "* OK [HIGHESTMODSEQ 39]\r\n"),
            (7, ""),
        ] {
            let script = enabled(vec![on("SELECT", opening(validity, mod_seq, ""))]);
            let (mut session, _server) = session(RESYNC, script).await;
            let (_, missed) = session.resume(&inbox(), Access::ReadWrite, FROM).await.unwrap();
            assert_eq!(missed, None, "{validity} {mod_seq}");
        }
    }

    #[tokio::test]
    async fn a_server_that_does_not_enable_is_used_without() {
        for answer in ["* ENABLED\r\nTAG OK done\r\n", "TAG OK done\r\n", "TAG BAD what?\r\n", "TAG NO never\r\n"] {
            let script = vec![
                on("ENABLE QRESYNC", answer),
                on("SELECT \"INBOX\" (CONDSTORE)", opening(7, "* OK [HIGHESTMODSEQ 45]\r\n", "")),
            ];
            let (mut session, _server) = session(RESYNC, script).await;
            assert!(!session.resyncs());
            let (_, missed) = session.resume(&inbox(), Access::ReadWrite, FROM).await.unwrap();
            assert_eq!(missed, None);
        }
    }

    /// RFC 7162, section 3.2.11: what comes before CLOSED is about the mailbox that was open before.
    #[tokio::test]
    async fn the_last_words_about_another_mailbox_are_not_about_this_one() {
        let more = "* 3 EXISTS\r\n* VANISHED 1:3\r\n* 1 FETCH (UID 5 FLAGS (\\Deleted) MODSEQ (99))\r\n\
                    * OK [CLOSED] the old one\r\n";
        let answer = format!("{more}{}", opening(7, "* OK [HIGHESTMODSEQ 45]\r\n", "* VANISHED (EARLIER) 8\r\n"));
        let (mut session, _server) = session(RESYNC, enabled(vec![on("SELECT", answer)])).await;
        let (selected, missed) = session.resume(&inbox(), Access::ReadWrite, FROM).await.unwrap();
        let missed = missed.unwrap();
        assert_eq!((selected.exists, missed.vanished.to_string().as_str(), missed.flags.len()), (9, "8", 0));
    }

    #[tokio::test]
    async fn vanished_is_news_wherever_expunge_was() {
        let one = UidSet::range(Uid(4), Uid(4));
        let script = enabled(vec![
            on("UID EXPUNGE 4", "* VANISHED 4\r\nTAG OK done\r\n"),
            on("UID MOVE 4", "* OK [COPYUID 1 4 9] moved\r\n* VANISHED 4\r\nTAG OK done\r\n"),
            on("IDLE", "+ idling\r\n* VANISHED 5:7,4294967295\r\n"),
            on("DONE", "TAG OK done\r\n"),
        ]);
        let (mut session, _server) = session(RESYNC, script).await;
        session.expunge(&one).await.unwrap();
        assert_eq!(session.take_changes().expunged, 1);
        session.move_messages(&one, &inbox()).await.unwrap().unwrap();
        assert_eq!(session.take_changes().expunged, 1);
        let never = std::future::pending::<()>();
        assert_eq!(session.wait(Duration::from_secs(60), never).await.unwrap(), Wake::Changed);
        assert_eq!(session.take_changes().expunged, 4);
    }

    #[tokio::test]
    async fn unreadable_news_of_removals_is_an_error() {
        let script = enabled(vec![on("NOOP", "* VANISHED 1:x\r\nTAG OK done\r\n")]);
        let (mut session, _server) = session(RESYNC, script).await;
        assert!(matches!(session.noop().await, Err(Error::Protocol(_))));
    }
}
