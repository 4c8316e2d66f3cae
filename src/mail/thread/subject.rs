//! What a subject says without the marks that replying and forwarding put before it (RFC 5256, section 2.1), and
//! without those of other languages and programs.

use crate::mail::text::{fold_white, truncate};

/// Of a longer subject only the beginning is looked at, in bytes.
const MAX: usize = 998;

/// Marks of a reply, in lower case.
const REPLY: &[&str] = &[
    "re",
    "aw",
    "antw",
    "antwort",
    "sv",
    "svar",
    "vs",
    "ref",
    "res",
    "rif",
    "r",
    "odp",
    "ynt",
    "vá",
    "va",
    "bls",
    "atb",
    "ats",
    "απ",
    "σχετ",
    "ответ",
    "отв",
    "на",
    "відп",
    "השב",
    "رد",
    "回复",
    "回覆",
    "答复",
    "答覆",
    "回信",
    "返信",
    "답장",
    "回",
];
/// Marks of a forwarded message, in lower case.
const FORWARD: &[&str] = &[
    "fw",
    "fwd",
    "wg",
    "wtr",
    "tr",
    "rv",
    "enc",
    "vb",
    "vl",
    "vid",
    "vidarebefordrat",
    "doorst",
    "pd",
    "i",
    "ilt",
    "i̇lt",
    "trs",
    "továbbítás",
    "fs",
    "πρθ",
    "пересл",
    "пер",
    "הועבר",
    "转发",
    "轉寄",
    "轉發",
    "転送",
    "전달",
];

/// A subject taken apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Subject {
    /// What remains, in lower case, white space folded.
    pub base: String,
    /// A mark of a reply stood before it, whatever else did.
    pub is_reply: bool,
    /// A mark of forwarding did.
    pub is_forward: bool,
}

/// Takes a decoded subject apart.
pub fn parse(subject: &str) -> Subject {
    let folded = fold_white(truncate(subject, MAX)).to_lowercase();
    let mut found = Subject::default();
    let mut rest = folded.as_str();
    // Each round makes it shorter, or is the last.
    loop {
        let before = rest.len();
        rest = without_trailers(rest, &mut found);
        rest = without_leaders(rest, &mut found);
        if let Some(inside) = rest.strip_prefix("[fwd:").and_then(|r| r.strip_suffix(']')) {
            found.is_forward = true;
            rest = inside.trim();
        }
        if rest.len() == before {
            break;
        }
    }
    found.base = rest.to_string();
    found
}

/// Where the base begins in the order of a list: as [`parse`] has it, or all of it where nothing remains.
pub fn sort_key(subject: &str) -> String {
    let base = parse(subject).base;
    if base.is_empty() { fold_white(truncate(subject, MAX)).to_lowercase() } else { base }
}

fn without_trailers<'a>(mut rest: &'a str, found: &mut Subject) -> &'a str {
    while let Some(shorter) = rest.strip_suffix("(fwd)") {
        found.is_forward = true;
        rest = shorter.trim_end();
    }
    rest
}

fn without_leaders<'a>(mut rest: &'a str, found: &mut Subject) -> &'a str {
    loop {
        // Names of lists may stand before a mark, and count as part of it.
        let mut after_blobs = rest;
        while let Some(after) = after_blob(after_blobs) {
            after_blobs = after;
        }
        if let Some((mark, after)) = mark(after_blobs) {
            match mark {
                Mark::Reply => found.is_reply = true,
                Mark::Forward => found.is_forward = true,
            }
            rest = after;
            continue;
        }
        // Without a mark they go only where something remains.
        return if after_blobs.is_empty() { rest } else { after_blobs };
    }
}

enum Mark {
    Reply,
    Forward,
}

/// Past `[…]` and the space after it.
fn after_blob(text: &str) -> Option<&str> {
    let (inside, after) = text.strip_prefix('[')?.split_once(']')?;
    // "[fwd: …" is no name of a list.
    let is_blob = !inside.contains('[') && !inside.starts_with("fwd:");
    is_blob.then(|| after.trim_start())
}

/// A mark with its counter and colon, and what follows: `re:`, `re[2]:`, `re^2:`, `aw (3) :`, `回复：`.
fn mark(text: &str) -> Option<(Mark, &str)> {
    let end = text.find([':', '：', '[', '(', '^', '*', ' ', ']', ')'])?;
    let (word, mut after) = text.split_at_checked(end)?;
    // "re2:" is how some count.
    let word = word.trim_end_matches(|c: char| c.is_ascii_digit());
    let mark = if REPLY.contains(&word) {
        Mark::Reply
    } else if FORWARD.contains(&word) {
        Mark::Forward
    } else {
        return None;
    };
    after = after.trim_start();
    if let Some(count) = after.strip_prefix(['[', '(']) {
        let (inside, rest) = count.split_once([']', ')'])?;
        // RFC 5256 lets any name in brackets stand there; in round ones only a count does.
        if after.starts_with('(') && !inside.bytes().all(|b| b.is_ascii_digit()) {
            return None;
        }
        after = rest;
    } else if let Some(count) = after.strip_prefix(['^', '*']) {
        after = count.trim_start_matches(|c: char| c.is_ascii_digit());
    }
    let after = after.trim_start().strip_prefix([':', '：'])?;
    Some((mark, after.trim_start()))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn marks_of_many_languages_and_programs_go() {
        for subject in [
            "The Engine",
            "Re: the engine",
            "RE:RE: The engine",
            "AW: The engine",
            "Antw: The engine",
            "SV: The engine",
            "Re[2]: The engine",
            "Re^3: The engine",
            "RE(2): The engine",
            "re2: the engine",
            "Re : The  engine",
            "回复：The engine",
            "回覆: The engine",
            "Odp: The engine",
            "Ynt: The engine",
            "R: The engine",
            "Fwd: The engine",
            "WG: AW: The engine",
            "Fw: The engine (fwd)",
            "[Fwd: The engine]",
            "[mill] The engine",
            "[mill] Re: The engine",
            "Re: [mill] The engine",
            "Re: [mill] Re: [x] The engine",
            "[a] [b] Re[mill]: Fwd: The engine (fwd) (fwd)",
            "[Fwd: Re: The engine]",
            "Ответ: The engine",
            "\tThe\r\n engine ",
            "TR: The engine",
            "Res: The engine",
            "VS: The engine",
            "RV: The engine",
        ] {
            assert_eq!(parse(subject).base, "the engine", "{subject}");
        }
    }

    #[test]
    fn what_only_looks_like_a_mark_stays() {
        for (subject, base) in [
            ("Research: the engine", "research: the engine"),
            ("Re the engine", "re the engine"),
            ("re (draft): x", "re (draft): x"),
            ("Report: 2", "report: 2"),
            ("[mill]", "[mill]"),
            ("[mill] [x]", "[mill] [x]"),
            ("(fwd) first", "(fwd) first"),
            ("Re:", ""),
            ("", ""),
            ("[unclosed Re: x", "[unclosed re: x"),
            ("re[2: x", "re[2: x"),
        ] {
            assert_eq!(parse(subject).base, base, "{subject}");
        }
    }

    #[test]
    fn replies_are_told_from_forwards() {
        let marks = |s| (parse(s).is_reply, parse(s).is_forward);
        assert_eq!(marks("x"), (false, false));
        assert_eq!(marks("[l] AW: x"), (true, false));
        assert_eq!(marks("WG: x"), (false, true));
        assert_eq!(marks("Re: [Fwd: x]"), (true, true));
        assert_eq!(marks("x (fwd)"), (false, true));
        assert_eq!(sort_key("Re: "), "re:");
        assert_eq!(sort_key("Re: Z"), "z");
    }

    proptest! {
        /// A base has no marks, so it is its own base; marks before anything change nothing but what they say.
        #[test]
        fn a_base_stays_what_it_is(text in "\\PC{0,40}", odd in "[\\[\\]:()reRE fFwWdD^2]{0,30}") {
            for subject in [text, odd] {
                let once = parse(&subject);
                let again = parse(&once.base);
                prop_assert_eq!(&again.base, &once.base);
                prop_assert!(!again.is_reply && !again.is_forward, "{}", once.base);
                let reply = parse(&format!("Re: {subject}"));
                prop_assert_eq!(reply.base, once.base);
                prop_assert!(reply.is_reply);
            }
        }
    }
}
