//! What a person may have forgotten, asked once before sending.

/// Words that speak of an attachment, in lower case; a word of the text counts where it begins so.
const WORDS: &[&str] = &[
    "attach",
    "enclose",
    "enclosing",
    "enclosure", // English
    "anhang",
    "anhäng",
    "angehäng",
    "anbei",
    "beigefüg",
    "beilieg",
    "beigeleg",
    "anlage", // German
];

/// Words that begin so and mean something else.
const OTHERS: &[&str] = &["attaché", "anhänglich", "anhänger", "anlagenb", "anlageb", "anlager", "anlageg", "anlagev"];

/// Whether the person's own words speak of an attachment: quoted lines, the forwarded message and the signature
/// do not count.
pub fn speaks_of_attachment(subject: &str, body: &str) -> bool {
    let own = body
        .lines()
        .take_while(|line| line.trim_end() != "--" && !line.starts_with("-----"))
        .filter(|line| !line.trim_start().starts_with('>'));
    let answers = subject.trim_start().get(..3).is_some_and(|re| re.eq_ignore_ascii_case("re:"));
    let subject = Some(subject).filter(|_| !answers);
    own.chain(subject).flat_map(|line| line.split(|c: char| !c.is_alphanumeric())).any(names_attachment)
}

fn names_attachment(word: &str) -> bool {
    // Long enough for the longest of the words; a longer one is never built up in memory.
    let word: String = word.chars().take(24).flat_map(char::to_lowercase).collect();
    WORDS.iter().any(|begin| word.starts_with(begin)) && !OTHERS.iter().any(|other| word.starts_with(other))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn attachments_are_spoken_of_in_both_languages() {
        for text in [
            "I have attached the table.",
            "See the ATTACHMENT",
            "Enclosed are the minutes",
            "Die Tabelle ist im Anhang.",
            "Anbei die Protokolle",
            "siehe Anhänge",
            "wie beigefügt",
            "siehe Anlage.",
            "angehängte Datei",
        ] {
            assert!(speaks_of_attachment("", text), "{text}");
        }
        assert!(speaks_of_attachment("Attached: minutes", ""));
    }

    #[test]
    fn other_words_quotes_and_signatures_do_not_count() {
        for text in [
            "Dear Charles",
            "The attaché came.",
            "Der Anhänger ist kaputt",
            "Meine Anlageberatung",
            "> I have attached the table.\nThank you.",
            "Yes.\n-- \nAttachment Ltd.",
            "Look at this\n---------- Forwarded message ----------\nattached",
            "",
        ] {
            assert!(!speaks_of_attachment("", text), "{text}");
        }
        assert!(!speaks_of_attachment("Re: attachment", "Thank you"));
    }
}
