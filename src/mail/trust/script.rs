//! Domains that look like another: letters of several scripts in one label, or letters of one script that all look
//! like Latin ones. Not every likeness is found (that takes the tables of Unicode's TR 39); those that were used in
//! attacks are, and honest domains of one script are left alone.

/// What is odd about a domain.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Oddity {
    /// One script, and not Latin or ASCII alone.
    International,
    MixedScripts,
    /// All of another script, and every letter looks like a Latin one.
    LookAlike,
}

/// The worst that is odd about a domain, written in either form (RFC 5890), and both its forms.
pub fn oddity(domain: &str) -> Option<(Oddity, String, String)> {
    let shown: Vec<String> = domain.split('.').take(20).map(unicode_label).collect();
    let shown = shown.join(".");
    if shown.is_ascii() {
        return None;
    }
    let ascii = crate::mail::address::domain_to_ascii(&shown).unwrap_or_else(|| domain.to_string());
    let worst = shown.split('.').filter_map(label).max_by_key(|oddity| *oddity as u8);
    worst.map(|oddity| (oddity, shown.clone(), ascii))
}

fn label(label: &str) -> Option<Oddity> {
    if label.is_ascii() {
        return None;
    }
    let mut scripts: Vec<Script> = label.chars().filter_map(script).collect();
    scripts.sort_unstable_by_key(|script| *script as u8);
    scripts.dedup();
    let east = |script: &Script| matches!(script, Script::EastAsian | Script::Latin);
    if scripts.len() > 1 && !scripts.iter().all(east) {
        return Some(Oddity::MixedScripts);
    }
    let imitates = matches!(scripts.as_slice(), [Script::Cyrillic | Script::Greek | Script::Other]);
    let letters = || label.chars().filter(|c| c.is_alphabetic());
    if imitates && letters().all(looks_latin) {
        return Some(Oddity::LookAlike);
    }
    Some(Oddity::International)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Script {
    Latin,
    Greek,
    Cyrillic,
    Armenian,
    Hebrew,
    Arabic,
    Indic,
    EastAsian,
    Other,
}

/// The script of a letter; none for digits and marks, which all scripts share.
fn script(c: char) -> Option<Script> {
    Some(match c {
        'a'..='z' | 'A'..='Z' | '\u{C0}'..='\u{24F}' | '\u{1E00}'..='\u{1EFF}' => Script::Latin,
        // Phonetic letters such as ɡ and ɑ are Latin, and of no language's domains.
        '\u{250}'..='\u{2AF}' => Script::Other,
        '\u{370}'..='\u{3FF}' | '\u{1F00}'..='\u{1FFF}' => Script::Greek,
        '\u{400}'..='\u{52F}' | '\u{1C80}'..='\u{1C8F}' | '\u{2DE0}'..='\u{2DFF}' | '\u{A640}'..='\u{A69F}' => {
            Script::Cyrillic
        }
        '\u{530}'..='\u{58F}' => Script::Armenian,
        '\u{590}'..='\u{5FF}' => Script::Hebrew,
        '\u{600}'..='\u{77F}' | '\u{8A0}'..='\u{8FF}' => Script::Arabic,
        '\u{900}'..='\u{DFF}' => Script::Indic,
        '\u{1100}'..='\u{11FF}' | '\u{3040}'..='\u{30FF}' | '\u{3100}'..='\u{31BF}' | '\u{3400}'..='\u{9FFF}' => {
            Script::EastAsian
        }
        '\u{AC00}'..='\u{D7AF}' | '\u{F900}'..='\u{FAFF}' | '\u{20000}'..='\u{3FFFF}' | '々' => Script::EastAsian,
        c if c.is_alphabetic() => Script::Other,
        _ => return None,
    })
}

/// Letters that most fonts draw like Latin ones.
fn looks_latin(c: char) -> bool {
    matches!(
        c,
        'а' | 'в'
            | 'е'
            | 'і'
            | 'ј'
            | 'к'
            | 'м'
            | 'н'
            | 'о'
            | 'р'
            | 'с'
            | 'ѕ'
            | 'т'
            | 'у'
            | 'х'
            | 'ԁ'
            | 'ԍ'
            | 'һ'
            | 'ԛ'
            | 'ԝ'
            | 'ѵ'
            | 'ь'
            | 'г'
            | 'п'
            | 'ӏ'
            | 'ё'
            | 'ї'
            | 'α'
            | 'γ'
            | 'ι'
            | 'κ'
            | 'ν'
            | 'ο'
            | 'ρ'
            | 'τ'
            | 'υ'
            | 'χ'
            | 'ω'
            | 'ϲ'
            | 'ϳ'
            | 'ɑ'
            | 'ɡ'
            | 'ɩ'
            | 'ɪ'
            | 'ʋ'
    )
}

/// A label as it is read: an A-label is undone (RFC 3492); what cannot be stays as it is.
fn unicode_label(label: &str) -> String {
    let coded = label.get(..4).filter(|start| start.eq_ignore_ascii_case("xn--")).and_then(|_| label.get(4..));
    match coded.and_then(punycode) {
        Some(text) => text,
        None => label.to_lowercase(),
    }
}

fn punycode(text: &str) -> Option<String> {
    if text.len() > 63 || !text.is_ascii() {
        return None;
    }
    let (basic, coded) = text.rsplit_once('-').unwrap_or(("", text));
    let mut out: Vec<char> = basic.chars().collect();
    let (mut n, mut i, mut bias) = (128u32, 0u32, 72u32);
    let mut digits = coded.bytes().peekable();
    while digits.peek().is_some() {
        let (before, mut weight, mut k) = (i, 1u32, 36u32);
        loop {
            let digit = match digits.next()? {
                b @ b'a'..=b'z' => u32::from(b.wrapping_sub(b'a')),
                b @ b'A'..=b'Z' => u32::from(b.wrapping_sub(b'A')),
                b @ b'0'..=b'9' => u32::from(b.wrapping_sub(b'0')).saturating_add(26),
                _ => return None,
            };
            i = i.checked_add(digit.checked_mul(weight)?)?;
            let threshold = k.saturating_sub(bias).clamp(1, 26);
            if digit < threshold {
                break;
            }
            weight = weight.checked_mul(36u32.saturating_sub(threshold))?;
            k = k.saturating_add(36);
        }
        let length = u32::try_from(out.len()).ok()?.saturating_add(1);
        bias = adapt(i.saturating_sub(before), length, before == 0);
        n = n.checked_add(i / length)?;
        i %= length;
        out.insert(usize::try_from(i).ok()?, char::from_u32(n)?);
        i = i.saturating_add(1);
    }
    Some(out.into_iter().collect())
}

fn adapt(delta: u32, length: u32, first: bool) -> u32 {
    let mut delta = if first { delta / 700 } else { delta / 2 };
    delta = delta.saturating_add(delta / length.max(1));
    let mut k = 0u32;
    while delta > 455 {
        delta /= 35;
        k = k.saturating_add(36);
    }
    k.saturating_add(delta.saturating_mul(36) / delta.saturating_add(38))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn odd_domains_are_told_apart() {
        use Oddity::*;
        let table = [
            ("example.org", None),
            ("müller.example", Some(International)),
            ("xn--mller-kva.example", Some(International)),
            ("пример.рф", Some(International)),
            ("xn--e1afmkfd.xn--p1ai", Some(International)),
            ("例え.jp", Some(International)),
            ("abc例え.jp", Some(International)),
            ("pаypal.example", Some(MixedScripts)),
            ("xn--pypal-4ve.com", Some(MixedScripts)),
            ("аррӏе.com", Some(LookAlike)),
            ("xn--80ak6aa92e.com", Some(LookAlike)),
            ("ɡoogle.com", Some(MixedScripts)),
            ("xn--", None),
            ("xn--99999999.com", None),
        ];
        for (domain, expected) in table {
            assert_eq!(oddity(domain).map(|(oddity, ..)| oddity), expected, "{domain}");
        }
        let (_, shown, ascii) = oddity("xn--mller-kva.example").unwrap();
        assert_eq!((shown.as_str(), ascii.as_str()), ("müller.example", "xn--mller-kva.example"));
    }
}
