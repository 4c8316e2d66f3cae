//! The search database: a cache of the words in the Maildirs, made anew where it is of another version.

/// Grows with every change of [`TABLES`] or of what is put into them.
pub const VERSION: i32 = 1;

/// `word` keeps no text, only where words stand. Its rowids ascend with the messages' dates, so that the newest
/// are found by reading backwards and stopping; `doc` says which message a rowid is. `size` is that of the bytes
/// that were read, to see when they became others.
pub const TABLES: &str = "
CREATE VIRTUAL TABLE word USING fts5(
    sender, recipient, subject, body, files, other,
    content='', contentless_delete=1, tokenize=\"unicode61 remove_diacritics 2\"
);
INSERT INTO word (word, rank) VALUES ('hashsize', 8000000);
CREATE TABLE doc (key INTEGER PRIMARY KEY, id INTEGER NOT NULL UNIQUE, size INTEGER NOT NULL);
CREATE TABLE state (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
";
