//! In which order lists stand, and what of them is shown.

use crate::mail::text::fold_white;

/// The order of a list. What is equal in it stands by date, the newest first.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Sort {
    pub by: SortBy,
    /// The lowest first: the oldest, the smallest, A before Z.
    pub ascending: bool,
}

/// By what a list is sorted; a conversation stands where its newest message in the mailbox would.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum SortBy {
    #[default]
    Date,
    /// By name, or address where there is none, without regard to case.
    Sender,
    /// Without marks such as `Re:` and without regard to case.
    Subject,
    /// Bytes of the whole message.
    Size,
}

/// What of a list is shown. Every condition must be met: in a list of messages by the message, in one of conversations
/// by any of its messages in the mailbox, not always the same.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Filter {
    pub unread: bool,
    pub starred: bool,
    pub attachment: bool,
    /// Every word of it stands in the name or address of the sender or in the subject, without regard to case; in a
    /// list of conversations, all of them in one message's.
    pub text: String,
}

impl Filter {
    /// Whether everything is shown.
    pub fn is_empty(&self) -> bool {
        let Filter { unread, starred, attachment, text } = self;
        !(*unread || *starred || *attachment) && text.trim().is_empty()
    }

    /// The same with its words in the one way in which they can be compared.
    pub fn normal(&self) -> Filter {
        Filter { text: fold_white(&self.text).to_lowercase(), ..self.clone() }
    }

    /// Whether sender and subject, both in lower case, have every word of a [normal](Filter::normal) filter.
    pub fn has_words(&self, sender: &str, subject: &str) -> bool {
        self.text.split(' ').all(|word| sender.contains(word) || subject.contains(word))
    }
}
