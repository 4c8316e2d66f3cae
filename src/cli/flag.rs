//! `postwren flag ID… +seen -flagged`

use super::changed;
use super::failure::Failure;
use crate::fl;
use crate::service::model::{Flags, MessageId};
use crate::service::{Command, Handle};
use std::str::FromStr;

#[derive(Debug, clap::Args)]
#[command(override_usage = "postwren flag [--keyword NAME] [--no-keyword NAME] ID… [+FLAG | -FLAG]…")]
pub struct Args {
    /// Messages, as `postwren list` names them; +FLAG sets and -FLAG clears: seen, flagged, answered, forwarded, draft, deleted
    #[arg(value_name = "ID | +FLAG | -FLAG", required = true, num_args = 1.., allow_hyphen_values = true)]
    words: Vec<Word>,
    /// Sets a keyword, such as $Junk or a label of your own; can be repeated
    #[arg(long = "keyword", value_name = "NAME")]
    keywords: Vec<String>,
    /// Clears a keyword; can be repeated
    #[arg(long = "no-keyword", value_name = "NAME")]
    no_keywords: Vec<String>,
}

/// A message, or what becomes of its flags.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Word {
    Id(MessageId),
    Add(Flags),
    Remove(Flags),
}

impl FromStr for Word {
    type Err = String;

    fn from_str(text: &str) -> Result<Word, String> {
        let flag = |word: &str| {
            Flags::from_word(word)
                .ok_or_else(|| format!("“{word}” is no flag: use seen, flagged, answered, forwarded, draft or deleted"))
        };
        if text.starts_with("--") {
            return Err("options stand before the messages".into());
        }
        if let Some(word) = text.strip_prefix('+') {
            return flag(word).map(Word::Add);
        }
        if let Some(word) = text.strip_prefix('-') {
            return flag(word).map(Word::Remove);
        }
        text.parse().map(Word::Id).map_err(|_| format!("“{text}” is no message: see `postwren list`"))
    }
}

/// What the words ask for together.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
struct Change {
    ids: Vec<MessageId>,
    add: Flags,
    remove: Flags,
}

impl Args {
    pub fn prepare(&self) -> Result<(), Failure> {
        self.change().map(drop)
    }

    fn change(&self) -> Result<Change, Failure> {
        let mut change = Change::default();
        for word in &self.words {
            match *word {
                Word::Id(id) => change.ids.push(id),
                Word::Add(flag) => change.add = change.add.union(flag),
                Word::Remove(flag) => change.remove = change.remove.union(flag),
            }
        }
        let keywords = !self.keywords.is_empty() || !self.no_keywords.is_empty();
        if change.ids.is_empty() || (change.add.is_empty() && change.remove.is_empty() && !keywords) {
            return Err(Failure::Usage(fl!("cli-flag-nothing")));
        }
        let both = |name: &String| self.no_keywords.iter().any(|other| other.eq_ignore_ascii_case(name));
        if change.add.0 & change.remove.0 != 0 || self.keywords.iter().any(both) {
            return Err(Failure::Usage(fl!("cli-flag-both")));
        }
        Ok(change)
    }
}

pub async fn run(args: Args, handle: &Handle) -> Result<(), Failure> {
    let Change { ids, add, remove } = args.change()?;
    if !add.is_empty() || !remove.is_empty() {
        let ids = ids.clone();
        changed::tell(&handle.execute(Command::SetFlags { ids, add, remove }).await?)?;
    }
    if !args.keywords.is_empty() || !args.no_keywords.is_empty() {
        let (add, remove) = (args.keywords, args.no_keywords);
        changed::tell(&handle.execute(Command::SetKeywords { ids, add, remove }).await?)?;
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(words: &[&str]) -> Result<Change, Failure> {
        let words = words.iter().map(|w| w.parse().expect("a word")).collect();
        Args { words, keywords: Vec::new(), no_keywords: Vec::new() }.change()
    }

    #[test]
    fn words_add_up_in_any_order() {
        let found = change(&["00000000000ff", "+seen", "a1", "-flagged", "-Answered"]).expect("a change");
        assert_eq!(found.ids, [MessageId(0xff), MessageId(0xa1)]);
        assert_eq!(found.add, Flags::SEEN);
        assert_eq!(found.remove, Flags::FLAGGED.union(Flags::ANSWERED));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        for words in [&["a1"][..], &["+seen"], &["a1", "+seen", "-seen"]] {
            assert!(matches!(change(words), Err(Failure::Usage(_))), "{words:?}");
        }
        for word in ["+shiny", "-", "--json", "xyz", "+"] {
            assert!(word.parse::<Word>().is_err(), "{word}");
        }
    }
}
