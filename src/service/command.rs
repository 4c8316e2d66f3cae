//! What a face asks the service to do. Each returns once its effect is recorded durably
//! and shown locally; the server hears of it later.

use super::model::*;
use std::path::PathBuf;

/// A wish of the person.
#[derive(Clone, Debug, PartialEq)]
pub enum Command {
    /// Adds an account, or replaces the settings of the one with its name. The secret is `None` where a password command serves.
    AddAccount {
        account: Box<Account>,
        secret: Option<Secret>,
    },
    RemoveAccount {
        name: String,
    },
    /// Keeps the password of an account's proxy beside the account's own, or forgets it.
    SetProxyPassword {
        account: String,
        password: Option<Secret>,
    },
    /// Synchronise now: one account, or all.
    Refresh {
        account: Option<String>,
    },
    SetFlags {
        ids: Vec<MessageId>,
        add: Flags,
        remove: Flags,
    },
    Move {
        ids: Vec<MessageId>,
        to: MailboxId,
    },
    Copy {
        ids: Vec<MessageId>,
        to: MailboxId,
    },
    /// To the Trash; from the Trash, for good.
    Delete {
        ids: Vec<MessageId>,
    },
    /// To the mailbox with this role: Archive, Junk.
    MoveToRole {
        ids: Vec<MessageId>,
        role: Role,
    },
    /// Takes a change back, as long as its [`Receipt::undo`] is kept.
    Undo {
        token: UndoToken,
    },
    /// Saves a draft as it stands.
    SaveDraft {
        draft: Box<Draft>,
    },
    /// Copies a file beside the draft; the answer is [`Receipt::attachment`].
    Attach {
        draft: String,
        source: AttachSource,
    },
    DiscardDraft {
        id: String,
    },
    /// Ends the editing of a draft and keeps it in the Drafts mailbox.
    KeepDraft {
        draft: Box<Draft>,
    },
    /// Builds the message and queues it; it leaves when `when` says.
    Submit {
        draft: Box<Draft>,
        when: SendTime,
        /// Asks the recipients' servers to report delivery (DSN, RFC 3461), where the own server can pass that on.
        report: bool,
    },
    /// Gives a waiting message another time to leave.
    Reschedule {
        id: i64,
        when: SendTime,
    },
    /// Queues a ready RFC 5322 message: recipients are its To, Cc and Bcc; Bcc is removed.
    SubmitRaw {
        account: Option<String>,
        raw: Vec<u8>,
        when: SendTime,
        report: bool,
    },
    /// The same with a message in a file, which is read in pieces and may be large.
    SubmitFile {
        account: Option<String>,
        path: PathBuf,
        when: SendTime,
        report: bool,
    },
    /// Takes a waiting message out of the Outbox; the answer is [`Receipt::draft`] where it was written here.
    CancelSubmission {
        id: i64,
    },
    /// Sends again: to `corrected` addresses instead of refused ones where given as (old, new).
    RetrySubmission {
        id: i64,
        corrected: Vec<(String, String)>,
    },
    /// The person knows that a message of which we do not know was sent: it goes into Sent.
    MarkSent {
        id: i64,
    },
    /// Adds and removes keywords by their IMAP names (RFC 9051, section 2.3.2).
    SetKeywords {
        ids: Vec<MessageId>,
        add: Vec<String>,
        remove: Vec<String>,
    },
    /// Takes back the latest change that can be taken back; the answer says how many messages it concerned.
    UndoLast,
    /// Marks everything in a mailbox read.
    MarkAllRead {
        mailbox: MailboxId,
    },
    /// Creates a mailbox, here at once, on the server in its turn.
    CreateMailbox {
        account: String,
        path: MailboxPath,
    },
    /// Gives a mailbox another path, with all below it: renames or moves it.
    RenameMailbox {
        mailbox: MailboxId,
        to: MailboxPath,
    },
    /// Deletes a mailbox with all below it. Its messages go to the Trash first; a mailbox in the Trash goes for good.
    DeleteMailbox {
        mailbox: MailboxId,
    },
    /// Whether other mail programs shall show the mailbox (RFC 9051, section 6.3.7).
    SetSubscribed {
        mailbox: MailboxId,
        subscribed: bool,
    },
    /// Removes every message: in Trash and Junk for good, elsewhere into the Trash.
    EmptyMailbox {
        mailbox: MailboxId,
    },
    /// Writes every message of a mailbox for other programs, where nothing is yet; returns when it is there. Told of by
    /// [`Event::Export`](super::Event::Export).
    Export {
        mailbox: MailboxId,
        format: ExportFormat,
        to: PathBuf,
    },
    /// Ends an export that is under way; nothing of it stays.
    StopExport {
        mailbox: MailboxId,
    },
    /// Tries a waiting operation again now.
    RetryOperation {
        id: i64,
    },
    /// Takes a waiting operation out of the queue and what was shown of it back.
    CancelOperation {
        id: i64,
    },
    /// The person looks at this mailbox: it overtakes the bulk download. None: at no mailbox.
    Look {
        mailbox: Option<MailboxId>,
    },
    /// Fetches messages of which only the headers are here.
    FetchWhole {
        ids: Vec<MessageId>,
    },
    /// The directory of a mailbox is missing and does not come back: it is made anew, and its mail is fetched again.
    /// On the server nothing changes. Where it is back already nothing is done but to look at it.
    FetchAgain {
        mailbox: MailboxId,
    },
    /// Whether removals that other programs made in the account's Maildir are carried to its server, from now on.
    CarryRemovals {
        account: String,
        carry: bool,
    },
    /// A command about messages, done to the whole conversations of these, as far as they are in the same mailboxes.
    OnConversations(Box<Command>),
    /// Whether the news of a mailbox is announced at once, as the Inbox's is, by a connection of its own (IDLE).
    Watch {
        mailbox: MailboxId,
        watch: bool,
    },
    /// Keeps a search under a name, as a folder; the answer is [`Receipt::saved`]. A name that is taken is refused.
    SaveSearch {
        name: String,
        line: String,
    },
    RenameSearch {
        id: SavedSearchId,
        name: String,
    },
    /// Forgets a saved search; no message is touched.
    DeleteSearch {
        id: SavedSearchId,
    },
    SetPreferences {
        preferences: Box<Preferences>,
    },
    /// The person has seen that a synchronisation was held, and lets it remove the messages.
    AcceptRemovals {
        account: String,
    },
}

/// How a mailbox is written for other programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ExportFormat {
    /// One file: mbox (RFC 4155) with the quoting of mboxrd.
    Mbox,
    /// A directory with a file for each message (`.eml`), byte for byte as it was received.
    Messages,
}

/// When a message leaves.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SendTime {
    /// After so many seconds, in which sending can be taken back.
    After(u32),
    /// Not before this Unix time.
    At(i64),
}

/// A secret in memory: it prints as nothing.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(pub String);

impl std::fmt::Debug for Secret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Secret(…)")
    }
}

/// What is attached.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AttachSource {
    File(PathBuf),
    Bytes {
        file_name: String,
        media_type: String,
        bytes: Vec<u8>,
    },
    /// An attachment of a stored message, as forwarding needs.
    Message {
        id: MessageId,
        index: usize,
    },
}

/// Names a change that can be taken back.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct UndoToken(pub i64);

/// What a command did at once.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Receipt {
    pub undo: Option<UndoToken>,
    /// How many messages it concerned.
    pub count: usize,
    /// The Outbox entry of a submission.
    pub outbox: Option<i64>,
    pub attachment: Option<DraftAttachment>,
    pub draft: Option<Box<Draft>>,
    /// The search that was saved.
    pub saved: Option<SavedSearchId>,
    /// Where a secret was put.
    pub secret_place: Option<SecretPlace>,
}
