//! File names of messages.
//!
//! Ours are `<arrival>.M<id>[_V<uidvalidity>U<uid>].postwren[,S=<size>]:2,<FLAGS>`: the time the
//! message arrived, the id it has here, its number on the server, and, where only its headers are
//! here, the size of the whole. So the index, lost, comes back with the same ids, numbers, sizes and flags. Names that other programs gave are kept, with
//! their flag letters and those that we do not know (Dovecot's keywords).

use crate::mail::flags::Flags;
use crate::mail::ids::MessageId;
use crate::mail::uid::{Uid, UidValidity};

/// What begins the info part of a Maildir name, and the only kind of info in use.
const INFO: &str = ":2,";
/// Ends the base of our own names, where Maildir has the host's name.
const HOST: &str = "postwren";
/// Begins the size of the whole message, in the names of those whose headers alone are here.
const SIZE: &str = ",S=";

/// A message's file name, taken apart at its info.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct MessageName {
    base: String,
    letters: String,
}

/// What one of our own names says.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Own {
    /// Unix seconds.
    pub arrival: i64,
    pub id: MessageId,
    pub uid: Option<(UidValidity, Uid)>,
}

impl MessageName {
    /// Reads a directory entry's name; `None` for what is no message: hidden files.
    pub fn parse(file_name: &str) -> Option<MessageName> {
        if file_name.is_empty() || file_name.starts_with('.') || file_name.contains(['/', '\0']) {
            return None;
        }
        let (base, letters) = file_name.rsplit_once(INFO).unwrap_or((file_name, ""));
        (!base.is_empty()).then(|| MessageName { base: base.into(), letters: letters.into() })
    }

    /// The name that we give.
    pub fn own(own: Own, flags: Flags) -> MessageName {
        let number = own.uid.map(|(v, u)| format!("_V{}U{}", v.0, u.0)).unwrap_or_default();
        // Other programs read the first part as a time and need not cope with a sign.
        let base = format!("{}.M{}{number}.{HOST}", own.arrival.max(0), own.id);
        MessageName { base, letters: flags.to_maildir() }
    }

    /// The same for a file that holds the headers of a message of this size.
    pub fn own_headers(own: Own, whole_size: u64, flags: Flags) -> MessageName {
        let MessageName { base, letters } = MessageName::own(own, flags);
        MessageName { base: format!("{base}{SIZE}{whole_size}"), letters }
    }

    /// The name that we give to a file that had another one: its flag letters, known or not, stay, and so does
    /// that it holds headers alone.
    pub fn own_like(own: Own, file_name: &str) -> MessageName {
        let before = MessageName::parse(file_name);
        let name = match before.as_ref().and_then(MessageName::whole_size) {
            Some(size) => MessageName::own_headers(own, size, Flags::empty()),
            None => MessageName::own(own, Flags::empty()),
        };
        MessageName { letters: before.map(|n| n.letters).unwrap_or_default(), ..name }
    }

    /// Of one of our names: the size of the whole message, where the file holds its headers alone.
    pub fn whole_size(&self) -> Option<u64> {
        let (_, size) = self.base.rsplit_once(SIZE)?;
        self.identity()?;
        size.parse().ok()
    }

    /// The part that stays the same while flags change; unique within a mailbox.
    pub fn base(&self) -> &str {
        &self.base
    }

    pub fn flags(&self) -> Flags {
        Flags::from_maildir(&self.letters)
    }

    /// The same message with other flags; letters that are none of ours stay.
    pub fn with_flags(&self, flags: Flags) -> MessageName {
        let foreign = self.letters.chars().filter(|c| Flags::from_maildir(&c.to_string()).is_empty());
        let mut letters: Vec<char> = flags.to_maildir().chars().chain(foreign).collect();
        letters.sort_unstable();
        letters.dedup();
        MessageName { base: self.base.clone(), letters: letters.into_iter().collect() }
    }

    /// This name with what changed from the letters of `known` to those of `now`, two names of one file. Where the name
    /// is one of another mailbox the letters of keywords mean something else, and only those of flags are carried.
    pub fn carrying(&self, known: &MessageName, now: &MessageName, same_mailbox: bool) -> MessageName {
        let changed = |from: &MessageName, to: &MessageName| -> Vec<char> {
            let all = to.letters.chars().filter(|letter| !from.letters.contains(*letter));
            all.filter(|letter| same_mailbox || letter.is_ascii_uppercase()).collect()
        };
        let (added, removed) = (changed(known, now), changed(now, known));
        let kept = self.letters.chars().filter(|letter| !removed.contains(letter));
        let mut letters: Vec<char> = kept.chain(added).collect();
        letters.sort_unstable();
        letters.dedup();
        MessageName { base: self.base.clone(), letters: letters.into_iter().collect() }
    }

    /// What the name says, where it is one of ours.
    pub fn identity(&self) -> Option<Own> {
        let (arrival, rest) = self.base.split_once('.')?;
        let rest = match rest.rsplit_once(SIZE) {
            Some((rest, size)) => {
                size.parse::<u64>().ok()?;
                rest
            }
            None => rest,
        };
        let unique = rest.strip_suffix(HOST)?.strip_suffix('.')?.strip_prefix('M')?;
        let (id, number) = match unique.split_once("_V") {
            Some((id, number)) => (id, Some(number)),
            None => (unique, None),
        };
        if id.len() != 13 {
            return None;
        }
        let uid = match number {
            Some(number) => {
                let (validity, uid) = number.split_once('U')?;
                Some((UidValidity(validity.parse().ok()?), Uid(uid.parse().ok()?)))
            }
            None => None,
        };
        Some(Own { arrival: arrival.parse().ok()?, id: id.parse().ok()?, uid })
    }

    /// When the message arrived as its name says, Unix seconds: Maildir names of every program begin with it.
    pub fn arrival(&self) -> Option<i64> {
        self.base.split_once('.').and_then(|(seconds, _)| seconds.parse().ok()).filter(|s| *s > 0)
    }
}

impl std::fmt::Display for MessageName {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}{INFO}{}", self.base, self.letters)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn our_names_look_as_promised() {
        let own = Own {
            arrival: 1_700_000_000,
            id: MessageId(0x0000_0a1b_2c3d_4e5f),
            uid: Some((UidValidity(123), Uid(45))),
        };
        let name = MessageName::own(own, Flags::SEEN);
        assert_eq!(name.to_string(), "1700000000.M00a1b2c3d4e5f_V123U45.postwren:2,S");
        assert_eq!(name.identity(), Some(own));
        let headers = MessageName::own_headers(own, 4096, Flags::SEEN);
        assert_eq!(headers.to_string(), "1700000000.M00a1b2c3d4e5f_V123U45.postwren,S=4096:2,S");
        assert_eq!((headers.identity(), headers.whole_size(), name.whole_size()), (Some(own), Some(4096), None));
        let moved = MessageName::own_like(Own { uid: None, ..own }, &headers.to_string());
        assert_eq!(moved.to_string(), "1700000000.M00a1b2c3d4e5f.postwren,S=4096:2,S");
        let local = Own { uid: None, ..own };
        assert_eq!(MessageName::own(local, Flags::empty()).to_string(), "1700000000.M00a1b2c3d4e5f.postwren:2,");
    }

    #[test]
    fn names_of_other_programs_keep_what_we_do_not_know() {
        let dovecot = MessageName::parse("1445446372.M1P2.host,S=1,W=2:2,FSab").unwrap();
        assert_eq!((dovecot.identity(), dovecot.whole_size()), (None, None));
        let keywords = Flags::keyword(0).union(Flags::keyword(1));
        assert_eq!(dovecot.flags(), Flags::SEEN.union(Flags::FLAGGED).union(keywords));
        assert_eq!(
            dovecot.with_flags(Flags::ANSWERED.union(keywords)).to_string(),
            "1445446372.M1P2.host,S=1,W=2:2,Rab"
        );
        assert_eq!(dovecot.arrival(), Some(1_445_446_372));
        let fresh = MessageName::parse("1445446372.M1P2.host").unwrap();
        assert_eq!(fresh.with_flags(Flags::empty()).to_string(), "1445446372.M1P2.host:2,");
        assert_eq!(MessageName::parse(".nfs0001"), None);
        assert_eq!(MessageName::parse(":2,S"), None);
    }

    #[test]
    fn what_another_program_changed_is_carried() {
        let name = |text: &str| MessageName::parse(text).unwrap();
        let (known, now) = (name("x:2,FSa"), name("x:2,Rb"));
        assert_eq!(name("y:2,FSa").carrying(&known, &now, true).to_string(), "y:2,Rb");
        assert_eq!(name("y:2,DFSc").carrying(&known, &now, false).to_string(), "y:2,DRc");
        assert_eq!(name("y:2,S").carrying(&known, &known, true).to_string(), "y:2,S");
    }

    proptest! {
        #[test]
        fn our_names_read_back(arrival in 0i64..4_000_000_000, id in 0u64..(1 << 52), n in proptest::option::of((any::<u32>(), any::<u32>())), bits: u32) {
            let own = Own { arrival, id: MessageId(id), uid: n.map(|(v, u)| (UidValidity(v), Uid(u))) };
            let name = MessageName::parse(&MessageName::own(own, Flags(bits)).to_string()).unwrap();
            prop_assert_eq!(name.identity(), Some(own));
            prop_assert_eq!(name.flags(), Flags(bits));
        }

        #[test]
        fn any_name_reads_back_or_is_passed_over(text in "\\PC{0,60}") {
            if let Some(name) = MessageName::parse(&text) {
                let _ = (name.identity(), name.arrival());
                let again = MessageName::parse(&name.to_string()).unwrap();
                prop_assert_eq!(&again, &name);
                let flagged = name.with_flags(Flags::SEEN);
                prop_assert_eq!(flagged.flags(), Flags::SEEN);
                prop_assert_eq!(flagged.base(), name.base());
            }
        }
    }
}
