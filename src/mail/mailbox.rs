//! Mailboxes: their names as people see them, and the role one plays.

use serde::{Deserialize, Serialize};

/// What a mailbox is for (RFC 6154 SPECIAL-USE, else guessed from its name).
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum Role {
    Inbox,
    Drafts,
    Sent,
    Archive,
    Junk,
    Trash,
    All,
    Flagged,
}

impl Role {
    /// From a SPECIAL-USE attribute such as `\Sent`.
    pub fn from_special_use(attribute: &str) -> Option<Role> {
        Some(match attribute.to_ascii_lowercase().as_str() {
            "\\drafts" => Role::Drafts,
            "\\sent" => Role::Sent,
            "\\archive" => Role::Archive,
            "\\junk" => Role::Junk,
            "\\trash" => Role::Trash,
            "\\all" => Role::All,
            "\\flagged" => Role::Flagged,
            _ => return None,
        })
    }

    /// From a mailbox's own last name, for servers without SPECIAL-USE.
    pub fn from_name(name: &str) -> Option<Role> {
        const NAMES: [(Role, &[&str]); 5] = [
            (Role::Drafts, &["drafts", "draft", "entwürfe", "brouillons"]),
            (Role::Sent, &["sent", "sent items", "sent mail", "sent messages", "gesendet", "gesendete elemente"]),
            (Role::Archive, &["archive", "archives", "archiv"]),
            (Role::Junk, &["junk", "spam", "junk e-mail", "bulk mail", "spamverdacht"]),
            (Role::Trash, &["trash", "deleted items", "deleted messages", "papierkorb", "gelöscht", "bin"]),
        ];
        let lower = name.to_lowercase();
        NAMES.iter().find(|(_, names)| names.contains(&lower.as_str())).map(|(role, _)| *role)
    }
}

/// A mailbox's name as the person sees it: segments of Unicode text, joined with `/`
/// whatever the server's delimiter is. A `/` within a segment (possible where the
/// delimiter is another character) is written as U+2215 DIVISION SLASH.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct MailboxPath(pub String);

impl MailboxPath {
    /// From a decoded server name and the server's hierarchy delimiter, if it has one.
    pub fn from_server(name: &str, delimiter: Option<char>) -> MailboxPath {
        let segments: Vec<String> = match delimiter {
            Some(d) => name.split(d).map(|s| s.replace('/', "\u{2215}")).collect(),
            None => vec![name.replace('/', "\u{2215}")],
        };
        let mut path = segments.join("/");
        if path.eq_ignore_ascii_case("inbox") {
            path = "INBOX".into();
        }
        MailboxPath(path)
    }

    /// The server's name for this path.
    pub fn to_server(&self, delimiter: Option<char>) -> String {
        let join = delimiter.map(String::from).unwrap_or_default();
        self.0.split('/').map(|s| s.replace('\u{2215}', "/")).collect::<Vec<_>>().join(&join)
    }

    pub fn is_inbox(&self) -> bool {
        self.0 == "INBOX"
    }
    /// The last segment: the mailbox's own name.
    pub fn name(&self) -> &str {
        self.0.rsplit('/').next().unwrap_or(&self.0)
    }
    /// The path of the mailbox that holds this one.
    pub fn parent(&self) -> Option<MailboxPath> {
        self.0.rsplit_once('/').map(|(p, _)| MailboxPath(p.into()))
    }
    /// Whether it is this one or lies below it.
    pub fn is_within(&self, above: &MailboxPath) -> bool {
        self.0.strip_prefix(&above.0).is_some_and(|rest| rest.is_empty() || rest.starts_with('/'))
    }
    /// Where it is when `old` is called `new`; none where that is no matter of it.
    pub fn moved(&self, old: &MailboxPath, new: &MailboxPath) -> Option<MailboxPath> {
        self.is_within(old).then(|| MailboxPath(format!("{}{}", new.0, self.0.get(old.0.len()..).unwrap_or_default())))
    }
    /// Nesting: 0 for a top-level mailbox.
    pub fn depth(&self) -> usize {
        self.0.matches('/').count()
    }
}

impl std::fmt::Display for MailboxPath {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str(&self.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_survive_any_delimiter() {
        for (name, d) in [("a.b.c", Some('.')), ("a/b", Some('/')), ("x/y.z", Some('.')), ("flat/name", None)] {
            assert_eq!(MailboxPath::from_server(name, d).to_server(d), name);
        }
        assert!(MailboxPath::from_server("inBox", Some('/')).is_inbox());
    }

    #[test]
    fn a_path_follows_the_one_above_it() {
        let path = |text: &str| MailboxPath(text.into());
        let moved = |text: &str| path(text).moved(&path("A"), &path("X/B")).map(|p| p.0);
        assert_eq!(moved("A").as_deref(), Some("X/B"));
        assert_eq!(moved("A/c/d").as_deref(), Some("X/B/c/d"));
        assert_eq!((moved("Ab"), moved("B/A")), (None, None));
    }
}
