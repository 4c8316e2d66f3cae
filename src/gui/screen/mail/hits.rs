//! Words of a search, lit up where they stand: in the rows that were found and in the message that is read, be it its
//! text or its page.

use crate::mail::search::{self, Field, Phrase};
use jiff::Zoned;
use std::ops::Range;
use std::sync::Arc;

/// Words that are lit up.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Hits {
    terms: Arc<Terms>,
}

/// Words that follow each other, by the parts of a message that they are looked for in.
#[derive(Debug, Default, PartialEq, Eq)]
struct Terms {
    subject: Vec<Phrase>,
    body: Vec<Phrase>,
    from: Vec<Phrase>,
}

/// Which part of a message a text is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Part {
    Subject,
    Body,
    /// Who wrote it.
    From,
}

impl Hits {
    /// What a line of a search looks for, as far as it is words.
    pub fn of(line: &str, now: &Zoned) -> Hits {
        let expression = search::parse(line, now, true);
        let mut terms = Terms::default();
        for text in expression.words() {
            let Some(phrase) = Phrase::of(text) else { continue };
            let parts = match text.field {
                Field::Anywhere => [Some(&mut terms.subject), Some(&mut terms.body), Some(&mut terms.from)],
                Field::Subject => [Some(&mut terms.subject), None, None],
                Field::Body => [None, Some(&mut terms.body), None],
                Field::From => [None, None, Some(&mut terms.from)],
                Field::To | Field::FileName => [None, None, None],
            };
            for part in parts.into_iter().flatten() {
                part.push(phrase.clone());
            }
        }
        Hits { terms: Arc::new(terms) }
    }

    pub fn is_empty(&self) -> bool {
        [Part::Subject, Part::Body, Part::From].into_iter().all(|part| self.phrases(part).is_empty())
    }

    /// Those that are looked for in a part of a message.
    pub fn phrases(&self, part: Part) -> &[Phrase] {
        match part {
            Part::Subject => &self.terms.subject,
            Part::Body => &self.terms.body,
            Part::From => &self.terms.from,
        }
    }

    /// Where they stand in a text, in its order, in bytes.
    pub fn marks(&self, text: &str, part: Part) -> Vec<Range<usize>> {
        match self.phrases(part) {
            [] => Vec::new(),
            phrases => search::places(text, phrases, || true),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn lit<'a>(line: &str, text: &'a str, part: Part) -> Vec<&'a str> {
        Hits::of(line, &Zoned::now()).marks(text, part).into_iter().map(|range| &text[range]).collect()
    }

    #[test]
    fn words_are_lit_as_the_index_finds_them() {
        let body = |line, text| lit(line, text, Part::Body);
        assert_eq!(body("engine mill ", "The Engine; a windmill, engines, the MILL"), ["Engine", "MILL"]);
        assert_eq!(body("engin", "The Engine; engines, ENGIN"), ["Engine", "engines", "ENGIN"], "it is being typed");
        assert_eq!(body("carr* x", "carry the carriage"), ["carry", "carriage"]);
        assert_eq!(body("\"difference engine\" ", "a difference engine, a difference"), ["difference engine"]);
        assert_eq!(body("cafe ", "Café, CAFE\u{301}S, cafe\u{301}"), ["Café", "cafe\u{301}"]);
        assert_eq!(body("東京 ", "会議は東京で、京都で"), ["東京"]);
        assert_eq!(body("-engine is:unread ", "engine unread"), Vec::<&str>::new());
        assert_eq!(body("", "engine"), Vec::<&str>::new());
    }

    #[test]
    fn a_field_lights_what_it_is_about() {
        assert_eq!(lit("subject:engine ", "engine", Part::Body), Vec::<&str>::new());
        assert_eq!(lit("subject:engine ", "engine", Part::Subject), ["engine"]);
        assert_eq!(lit("from:ada ", "Ada Lovelace", Part::From), ["Ada"]);
        assert_eq!(lit("to:ada ", "Ada", Part::From), Vec::<&str>::new());
    }
}
