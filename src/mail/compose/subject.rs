//! `Re:` and `Fwd:`, once, whatever language the others write them in.

/// Prefixes of replies that mail programs write, lower case.
const REPLY: [&str; 20] = [
    "re", "aw", "antw", "antwort", "sv", "vs", "odp", "ynt", "res", "rif", "ref", "rép", "rép.", "re.", "atb", "απ",
    "bls", "回复", "答复", "回覆",
];
/// Prefixes of forwarded mail.
const FORWARD: [&str; 16] =
    ["fwd", "fw", "wg", "tr", "rv", "enc", "doorst", "pd", "vl", "vb", "ilt", "továbbítás", "i", "πρθ", "转发", "轉寄"];

/// The subject of an answer: one `Re: ` before what the subject says without such prefixes.
pub fn reply(subject: &str) -> String {
    with("Re: ", without(subject, &REPLY))
}

/// The subject of a forwarded message: one `Fwd: `.
pub fn forward(subject: &str) -> String {
    with("Fwd: ", without(subject, &FORWARD))
}

fn with(prefix: &str, rest: &str) -> String {
    let line = crate::mail::text::fold_white(&crate::mail::text::display_safe(rest));
    format!("{prefix}{line}").trim_end().to_string()
}

/// Takes off every leading prefix of a kind: `Re:`, `RE :`, `Re[2]:`, `Re^3:`, `Re (4):`, `回复：`.
fn without<'a>(subject: &'a str, prefixes: &[&str]) -> &'a str {
    let mut rest = subject.trim();
    while let Some((before, after)) = rest.split_once([':', '：']) {
        if before.len() > 30 || !prefixes.contains(&bare(before).to_lowercase().as_str()) {
            break;
        }
        rest = after.trim_start();
    }
    rest
}

/// A prefix without its count.
fn bare(prefix: &str) -> &str {
    let word = prefix.trim();
    let word = word.strip_suffix([']', ')']).unwrap_or(word);
    let stem = word.trim_end_matches(|c: char| c.is_ascii_digit());
    // Digits alone, without what introduces a count, belong to the word.
    match stem.strip_suffix(['[', '(', '^', '*']) {
        Some(stem) => stem.trim_end(),
        None => word,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn prefixes_stand_once() {
        let table = [
            ("Hello", "Re: Hello", "Fwd: Hello"),
            ("Re: Hello", "Re: Hello", "Fwd: Re: Hello"),
            ("RE: re: AW: Hello", "Re: Hello", "Fwd: RE: re: AW: Hello"),
            ("Re[2]: Hello", "Re: Hello", "Fwd: Re[2]: Hello"),
            ("Re^3: Hello", "Re: Hello", "Fwd: Re^3: Hello"),
            ("SV : Hello", "Re: Hello", "Fwd: SV : Hello"),
            ("回复：你好", "Re: 你好", "Fwd: 回复：你好"),
            ("WG: Fwd: Hello", "Re: WG: Fwd: Hello", "Fwd: Hello"),
            ("Regarding: x", "Re: Regarding: x", "Fwd: Regarding: x"),
            ("R2: D2", "Re: R2: D2", "Fwd: R2: D2"),
            ("", "Re:", "Fwd:"),
            ("a\r\nBcc: b", "Re: a\u{FFFD}\u{FFFD}Bcc: b", "Fwd: a\u{FFFD}\u{FFFD}Bcc: b"),
        ];
        for (subject, answered, forwarded) in table {
            assert_eq!(reply(subject), answered);
            assert_eq!(forward(subject), forwarded);
            assert_eq!(reply(&reply(subject)), answered);
        }
    }
}
