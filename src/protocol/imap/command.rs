//! Commands as they go over the wire, so built that no name and no text can end one and begin
//! another: text that is not plain goes as a literal (RFC 3501, section 4.3).

use super::append::MessageFile;

/// One command without its tag.
#[derive(Debug, Default)]
pub(super) struct Command {
    pub parts: Vec<Part>,
    /// What the transcript shows instead, for commands with a secret.
    shown: Option<String>,
}

#[derive(Debug, PartialEq, Eq)]
pub(super) enum Part {
    /// Goes as it is: made of our own words, numbers, and quoted text.
    Text(String),
    Literal(Vec<u8>),
    /// A literal that is read as it goes.
    File(MessageFile),
}

/// Longer text goes as a literal.
const MAX_QUOTED: usize = 1000;

impl Command {
    /// A command that begins with words of our own.
    pub fn new(words: impl Into<String>) -> Command {
        Command { parts: vec![Part::Text(words.into())], shown: None }
    }

    /// The same with a secret in it.
    pub fn secret(words: impl Into<String>, shown: impl Into<String>) -> Command {
        Command { parts: vec![Part::Text(words.into())], shown: Some(shown.into()) }
    }

    /// Words of our own.
    pub fn words(mut self, words: &str) -> Command {
        match self.parts.last_mut() {
            Some(Part::Text(text)) => text.push_str(words),
            _ => self.parts.push(Part::Text(words.into())),
        }
        self
    }

    /// Text from anywhere: quoted where it can be, else a literal.
    pub fn string(self, text: &str) -> Command {
        let plain = text.len() <= MAX_QUOTED && text.bytes().all(|b| (0x20..0x7f).contains(&b));
        if plain {
            return self.words(&format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"")));
        }
        self.literal(text.as_bytes().to_vec())
    }

    pub fn literal(mut self, bytes: Vec<u8>) -> Command {
        self.parts.push(Part::Literal(bytes));
        self
    }

    pub fn file(mut self, message: MessageFile) -> Command {
        self.parts.push(Part::File(message));
        self
    }

    /// For the transcript.
    pub fn shown(&self) -> String {
        if let Some(shown) = &self.shown {
            return shown.clone();
        }
        let part = |part: &Part| match part {
            Part::Text(text) => text.clone(),
            Part::Literal(bytes) => bytes_in_words(bytes.len() as u64),
            Part::File(message) => bytes_in_words(message.size),
        };
        self.parts.iter().map(part).collect()
    }
}

fn bytes_in_words(size: u64) -> String {
    format!("[{} bytes]", crate::protocol::transcript::thousands(size))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn plain_text_is_quoted_and_other_text_is_a_literal() {
        let quoted = Command::new("SELECT ").string("a \"b\" \\c");
        assert_eq!(quoted.parts, [Part::Text("SELECT \"a \\\"b\\\" \\\\c\"".into())]);
        let literal = Command::new("SELECT ").string("x\r\nA1 DELETE INBOX").words(" (CONDSTORE)");
        assert_eq!(literal.parts.len(), 3);
        assert_eq!(literal.shown(), "SELECT [18 bytes] (CONDSTORE)");
        assert_eq!(Command::secret("LOGIN a b", "LOGIN …").shown(), "LOGIN …");
    }

    proptest! {
        #[test]
        fn no_text_ends_a_command(text in any::<String>()) {
            let command = Command::new("X ").string(&text);
            for part in &command.parts {
                if let Part::Text(text) = part {
                    prop_assert!(text.bytes().all(|b| (0x20..0x7f).contains(&b)));
                }
            }
        }
    }
}
