//! The index's tables. A database of another version is made anew: it is a cache.

/// Grows with every change of [`TABLES`] or of what their columns mean.
pub const VERSION: i32 = 9;

/// `message.id` is a hash, so rows have a `seq` of their own in the order of insertion: neighbours in a
/// list are then neighbours on disk. None is given twice, for it also says which rows the search has read. `place` is 0
/// in `cur`, 1 held, 2 where only the headers are here. `people` is JSON
/// `[from, to, cc, reply-to]`, `refs` is `[in-reply-to, references]`.
///
/// `message.thread` says which conversation it is in, `link` who names which Message-ID (`role` 0: as its own, 1: as
/// what it answers), `topic` which messages of an account have a base subject: see `threads`. Its `era` is the month or
/// so that a message is of, for subjects tie no farther; beginning with it, the rows of a batch lie beside each
/// other, where those of hashes lie on a page each. `conversation` sums up
/// the listed messages of one mailbox in one conversation, with the key of the newest: see `conversations`.
///
/// `brief` is what lists are sorted and filtered by, side by side for each mailbox, so that ordering a million is one
/// pass over little: see `list`. `sender` is `name` TAB `address`, it and `subject` are in lower case.
///
/// `bucket` divides each mailbox's messages (`kind` 0), ordered by (date, id), and its conversations (`kind` 1), by
/// (date of the newest, number), into runs of at most some hundred, each known by its upper bound and its count: see
/// `rank`. `mailbox.version` grows with every change of what is listed.
///
/// `gone` are messages that were taken out since the search database was last filled.
pub const TABLES: &str = "
CREATE TABLE mailbox (
    id INTEGER PRIMARY KEY,
    account TEXT NOT NULL,
    path TEXT NOT NULL,
    server_name TEXT NOT NULL,
    delimiter TEXT,
    role TEXT,
    selectable INTEGER NOT NULL,
    subscribed INTEGER NOT NULL,
    dir TEXT NOT NULL UNIQUE,
    keywords TEXT NOT NULL,
    seen TEXT,
    uid_validity INTEGER,
    uid_next INTEGER,
    highest_mod_seq INTEGER,
    message_count INTEGER,
    total INTEGER NOT NULL DEFAULT 0,
    unread INTEGER NOT NULL DEFAULT 0,
    conversations INTEGER NOT NULL DEFAULT 0,
    version INTEGER NOT NULL DEFAULT 0,
    UNIQUE (account, path)
);
CREATE TABLE message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    id INTEGER NOT NULL UNIQUE,
    mailbox INTEGER NOT NULL,
    place INTEGER NOT NULL,
    thread INTEGER NOT NULL,
    file_name TEXT NOT NULL,
    uid INTEGER,
    flags INTEGER NOT NULL,
    server_flags INTEGER NOT NULL,
    date INTEGER NOT NULL,
    arrival INTEGER NOT NULL,
    size INTEGER NOT NULL,
    attachments INTEGER NOT NULL,
    message_id TEXT,
    subject TEXT NOT NULL,
    preview TEXT NOT NULL,
    people TEXT NOT NULL,
    refs TEXT
);
CREATE INDEX message_order ON message (mailbox, date DESC, id DESC, place) WHERE place <> 1;
CREATE INDEX message_thread ON message (thread, mailbox, date DESC, id DESC);
CREATE INDEX message_unread ON message (mailbox, date DESC, id DESC, place, flags) WHERE place <> 1 AND flags & 1 = 0;
CREATE INDEX message_starred ON message (mailbox, date DESC, id DESC, place, flags) WHERE place <> 1 AND flags & 4 = 4;
CREATE INDEX message_headers ON message (mailbox, uid) WHERE place = 2;
CREATE INDEX message_uid ON message (mailbox, uid) WHERE uid IS NOT NULL;
CREATE INDEX message_unnumbered ON message (mailbox) WHERE uid IS NULL;
CREATE INDEX message_held ON message (mailbox) WHERE place = 1;
CREATE TABLE link (
    node INTEGER NOT NULL,
    role INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (node, role, seq)
) WITHOUT ROWID;
CREATE TABLE topic (
    era INTEGER NOT NULL,
    topic INTEGER NOT NULL,
    date INTEGER NOT NULL,
    id INTEGER NOT NULL,
    follows INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    PRIMARY KEY (era, topic, date, id)
) WITHOUT ROWID;
CREATE TABLE conversation (
    mailbox INTEGER NOT NULL,
    thread INTEGER NOT NULL,
    date INTEGER NOT NULL,
    id INTEGER NOT NULL,
    total INTEGER NOT NULL,
    unread INTEGER NOT NULL,
    starred INTEGER NOT NULL,
    attached INTEGER NOT NULL,
    answered INTEGER NOT NULL,
    forwarded INTEGER NOT NULL,
    PRIMARY KEY (mailbox, thread)
) WITHOUT ROWID;
CREATE INDEX conversation_order ON conversation (mailbox, date DESC, thread DESC);
CREATE TABLE brief (
    mailbox INTEGER NOT NULL,
    seq INTEGER NOT NULL,
    id INTEGER NOT NULL,
    date INTEGER NOT NULL,
    size INTEGER NOT NULL,
    attached INTEGER NOT NULL,
    sender TEXT NOT NULL,
    subject TEXT NOT NULL,
    PRIMARY KEY (mailbox, seq)
) WITHOUT ROWID;
CREATE TABLE bucket (
    mailbox INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    top_date INTEGER NOT NULL,
    top_id INTEGER NOT NULL,
    n INTEGER NOT NULL,
    PRIMARY KEY (mailbox, kind, top_date, top_id)
) WITHOUT ROWID;
CREATE TABLE person (
    addr TEXT PRIMARY KEY,
    shown TEXT NOT NULL,
    name TEXT NOT NULL,
    words TEXT NOT NULL,
    written INTEGER NOT NULL,
    heard INTEGER NOT NULL
) WITHOUT ROWID;
CREATE TABLE gone (id INTEGER PRIMARY KEY);
CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
";
