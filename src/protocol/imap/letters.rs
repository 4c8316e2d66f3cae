//! The keywords that a session meets in the selected mailbox. They differ from mailbox to mailbox, so
//! [`Flags`](crate::mail::flags::Flags) that come from a session have keyword bits of the session's own table; what they are
//! called tells [`Letters`].
//!
//! A server may send any number of names: what is no keyword, and what comes after the twenty-sixth, is
//! passed over (it stays on the server).

use crate::mail::flags::Flags;
use crate::mail::keywords::Keywords;
use std::sync::{Arc, Mutex, PoisonError};

/// A handle to a session's table for one opening of a mailbox: it can be asked while the session works.
#[derive(Clone, Debug, Default)]
pub struct Letters(Arc<Mutex<Keywords>>);

impl Letters {
    /// The table as far as it is known by now.
    pub fn table(&self) -> Keywords {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }

    /// Names of a set's keywords.
    pub fn names(&self, flags: Flags) -> Vec<String> {
        if flags == flags.system() {
            return Vec::new();
        }
        self.0.lock().unwrap_or_else(PoisonError::into_inner).names(flags)
    }

    /// The set that IMAP names stand for.
    pub(super) fn read<S: AsRef<str>>(&self, names: &[S]) -> Flags {
        let mut flags = Flags::empty();
        for name in names.iter().map(AsRef::as_ref) {
            let system = Flags::from_imap(name);
            flags = flags.union(system);
            // The framing filter puts a question mark where a byte is no ASCII: the name is lost then.
            if system.is_empty() && !name.contains(['\\', '?']) {
                let mut table = self.0.lock().unwrap_or_else(PoisonError::into_inner);
                flags = flags.union(table.learn(name, Flags::empty()).unwrap_or_default());
            }
        }
        flags
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn absurd_flags_cost_nothing() {
        let letters = Letters::default();
        let names: Vec<String> = (0..100_000).map(|n| format!("k{n}")).collect();
        let flags = letters.read(&names);
        assert_eq!(letters.names(flags).len(), 26);
        let strange = ["\\Seen", "\\Recent", "a\u{0}b", "$junk", "k3"].map(String::from);
        let flags = Letters::default().read(&strange);
        assert_eq!((flags.system(), flags.keywords().count()), (Flags::SEEN, 2));
    }
}
