//! Whether a link leads where it seems to lead. The verdict has no words: the faces put it into the person's language.

use std::net::Ipv4Addr;
use unicode_security::{MixedScript, confusable_detection::skeleton};
use url::{Host, Url};

/// What to do about a link that is pressed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Verdict {
    /// It leads where it seems to: open it.
    Plain,
    /// Ask first, and say why.
    Doubtful(Vec<Doubt>),
    /// Never open it: its scheme is none of a page, an address or a telephone; empty where there is none.
    Refused { scheme: String },
}

/// Why a link is doubtful. Hosts are as a person reads them, not in punycode, unless said.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Doubt {
    /// It shows one site and leads to another.
    OtherSite { shown: String, target: String },
    /// It shows one address and writes to another.
    OtherAddress { shown: String, target: String },
    /// Its letters are others than they look: it could be read as `resembles`.
    LookAlike { host: String, resembles: String },
    /// Letters of several scripts in one name.
    MixedScript { host: String },
    /// Letters beyond ASCII; `ascii` is what the network sees.
    Punycode { host: String, ascii: String },
    /// A user name before the host, which could pass for it.
    UserInfo { user: String, host: String },
    /// A number instead of a name.
    Numeric { host: String },
}

/// Characters of a shown text that could be the name of a site.
const MAX_SHOWN: usize = 300;

/// Endings of files that are also those of domains.
const FILES: [&str; 12] = ["md", "rs", "py", "sh", "zip", "pl", "so", "cc", "ps", "mov", "ai", "rar"];

/// Judges a link by what it shows and where it leads. `known` are domains that the person has to do with, such as the
/// sender's: names that resemble one of them without being it are doubtful.
pub fn judge(text: &str, href: &str, known: &[&str]) -> Verdict {
    let Ok(url) = Url::parse(href.trim()) else {
        // A fragment stays within the page.
        return if href.starts_with('#') { Verdict::Plain } else { Verdict::Refused { scheme: String::new() } };
    };
    let doubts = match url.scheme() {
        "http" | "https" => of_page(text, &url, known),
        "mailto" => of_address(text, &url),
        "tel" => Vec::new(),
        scheme => return Verdict::Refused { scheme: scheme.to_string() },
    };
    if doubts.is_empty() { Verdict::Plain } else { Verdict::Doubtful(doubts) }
}

fn of_page(text: &str, url: &Url, known: &[&str]) -> Vec<Doubt> {
    let mut doubts = Vec::new();
    let Some(ascii) = url.host_str().map(|host| host.trim_end_matches('.').to_string()) else { return doubts };
    let host = readable(&ascii);
    let is_named = matches!(url.host(), Some(Host::Domain(_)));
    if let Some(shown) = shown_host(text)
        && site(&shown) != site(&ascii)
    {
        doubts.push(Doubt::OtherSite { shown: readable(&shown), target: host.clone() });
    }
    if !url.username().is_empty() || url.password().is_some() {
        let user = crate::mail::mime::percent_decode(url.username());
        doubts.push(Doubt::UserInfo { user, host: host.clone() });
    }
    if !is_named {
        doubts.push(Doubt::Numeric { host: host.clone() });
        return doubts;
    }
    let resembled = resembled(&host, &ascii, text, known);
    let is_mixed = host.split('.').any(|label| !label.is_single_script());
    if is_mixed {
        doubts.push(Doubt::MixedScript { host: host.clone() });
    }
    if host != ascii && resembled.is_none() && !is_mixed {
        doubts.push(Doubt::Punycode { host: host.clone(), ascii });
    }
    if let Some(resembles) = resembled {
        doubts.push(Doubt::LookAlike { host, resembles });
    }
    doubts
}

/// The name that a host could be taken for.
fn resembled(host: &str, ascii: &str, text: &str, known: &[&str]) -> Option<String> {
    // A skeleton also rewrites ASCII, “m” as “rn”: what stands there already is kept.
    let look = |c: char| if c.is_ascii() { c.to_string() } else { skeleton(&c.to_string()).collect() };
    let shape: String = host.chars().map(look).collect();
    let shown = shown_host(text);
    let others = known.iter().map(|k| k.to_ascii_lowercase()).chain(shown.as_deref().map(str::to_string));
    for other in others {
        if site(&other) != site(ascii) {
            let (theirs, ours) = (site(&other), site(ascii));
            let theirs: String = skeleton(&readable(&theirs)).collect();
            let ours: String = skeleton(&readable(&ours)).collect();
            if theirs == ours {
                return Some(readable(&other));
            }
        }
    }
    // All of it in other letters that look like ASCII ones.
    (!host.is_ascii() && shape.is_ascii()).then_some(shape)
}

fn of_address(text: &str, url: &Url) -> Vec<Doubt> {
    let target = crate::mail::mime::percent_decode(url.path());
    let shown = text.trim().trim_matches(['<', '>', '(', ')']).to_string();
    let is_address = shown.len() < MAX_SHOWN
        && shown.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'))
        && !shown.contains(char::is_whitespace);
    let first = target.split(',').next().unwrap_or_default().trim().to_string();
    if is_address && !shown.eq_ignore_ascii_case(&first) {
        return vec![Doubt::OtherAddress { shown, target: first }];
    }
    Vec::new()
}

/// The host that a text names, where it reads as a URL or the name of a site; in ASCII.
fn shown_host(text: &str) -> Option<String> {
    let text: String = text
        .trim()
        .chars()
        .filter(|c| !matches!(c, '\u{AD}' | '\u{200B}'..='\u{200F}' | '\u{2060}' | '\u{FEFF}'))
        .collect();
    let text = text.trim_matches(['<', '>', '(', ')', '[', ']', '"', '\'', '“', '”', '.', ',', ':', ';', '!']);
    if text.len() > MAX_SHOWN || text.contains(char::is_whitespace) || text.is_empty() {
        return None;
    }
    let lower = text.to_lowercase();
    let explicit = lower.starts_with("http://") || lower.starts_with("https://") || lower.starts_with("//");
    let bare = lower.trim_start_matches("http:").trim_start_matches("https:").trim_start_matches('/');
    // An address of a person is not a site.
    if !explicit && bare.split(['/', '?', '#']).next().is_some_and(|host| host.contains('@')) {
        return None;
    }
    let url = Url::parse(&format!("http://{bare}")).ok()?;
    let host = match url.host()? {
        Host::Domain(name) => name.trim_end_matches('.').to_string(),
        Host::Ipv4(address) if explicit || text.parse::<Ipv4Addr>().is_ok() => return Some(address.to_string()),
        _ => return None,
    };
    let ending = host.rsplit('.').next().unwrap_or_default();
    let labels = host.split('.').count();
    // What is written as a URL claims to be a site, whether or not its ending is known.
    let is_known = psl::suffix(host.as_bytes()).is_some_and(|suffix| suffix.is_known());
    let is_site = labels > 1 && (explicit || is_known);
    let is_file = !explicit && labels == 2 && FILES.contains(&ending);
    (is_site && !is_file).then_some(host)
}

/// The registered domain of a host, which is who answers for it.
fn site(host: &str) -> String {
    let host = host.to_ascii_lowercase();
    psl::domain_str(&host).map_or(host.clone(), str::to_string)
}

/// A host as a person reads it.
fn readable(ascii: &str) -> String {
    let (name, result) = idna::domain_to_unicode(ascii);
    if result.is_ok() { name } else { ascii.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn doubts(text: &str, href: &str) -> Vec<Doubt> {
        match judge(text, href, &["paypal.com"]) {
            Verdict::Plain => Vec::new(),
            Verdict::Doubtful(doubts) => doubts,
            Verdict::Refused { scheme } => panic!("refused {scheme}"),
        }
    }

    #[test]
    fn a_url_that_is_shown_counts_whatever_its_ending() {
        let doubt = Doubt::OtherSite { shown: "www.coutts.example".into(), target: "evil.invalid".into() };
        assert_eq!(doubts("https://www.coutts.example/login", "http://evil.invalid/coutts"), [doubt]);
        assert_eq!(doubts("https://www.coutts.example/login", "https://coutts.example/"), []);
    }

    #[test]
    fn honest_links_are_plain() {
        for (text, href) in [
            ("Read more", "https://click.example.net/x?y"),
            ("www.Example.com", "https://example.com/"),
            ("HTTPS://EXAMPLE.com/Path", "https://www.example.com/path"),
            ("https://a.example.co.uk/long", "https://b.example.co.uk"),
            ("README.md", "https://github.com/x/README.md"),
            ("Node.js", "https://nodejs.org"),
            ("version 1.2.3", "https://example.com"),
            ("ada@example.org", "mailto:ada@example.org?subject=x"),
            ("someone@example.org", "https://lists.example.net/archive"),
            ("", "https://example.com"),
            ("up", "#top"),
            ("+49 30 1", "tel:+49301"),
        ] {
            assert_eq!(judge(text, href, &[]), Verdict::Plain, "{text} → {href}");
        }
    }

    #[test]
    fn a_text_that_names_another_site_is_told() {
        for (text, href) in [
            ("https://paypal.com/login", "https://evil.example/login"),
            ("paypal.com", "https://paypal.com.evil.example"),
            ("www.bank.co.uk", "https://other.co.uk"),
            ("pay\u{200B}pal.com", "https://evil.example"),
            ("foo.github.io", "https://bar.github.io"),
        ] {
            assert!(matches!(doubts(text, href)[..], [Doubt::OtherSite { .. }, ..]), "{text} → {href}");
        }
        let told = doubts("ada@example.org", "mailto:eve@evil.example");
        assert_eq!(told, [Doubt::OtherAddress { shown: "ada@example.org".into(), target: "eve@evil.example".into() }]);
    }

    #[test]
    fn names_that_look_like_others_are_told() {
        let cyrillic = doubts("here", "https://аррӏе.com/");
        assert!(
            matches!(&cyrillic[..], [Doubt::LookAlike { resembles, .. }] if resembles == "apple.com"),
            "{cyrillic:?}"
        );
        let digit = doubts("here", "https://www.paypa1.com/");
        assert!(matches!(&digit[..], [Doubt::LookAlike { resembles, .. }] if resembles == "paypal.com"), "{digit:?}");
        let mixed = doubts("here", "https://pаypal.com/");
        assert!(mixed.iter().any(|d| matches!(d, Doubt::MixedScript { .. })), "{mixed:?}");
        let honest = doubts("here", "https://müller.example/");
        assert!(
            matches!(&honest[..], [Doubt::Punycode { ascii, .. }] if ascii == "xn--mller-kva.example"),
            "{honest:?}"
        );
    }

    #[test]
    fn users_and_numbers_are_told_and_schemes_refused() {
        let user = doubts("x", "https://paypal.com@evil.example/");
        assert!(matches!(&user[..], [Doubt::UserInfo { user, .. }] if user == "paypal.com"), "{user:?}");
        assert!(matches!(doubts("x", "http://192.0.2.1/")[..], [Doubt::Numeric { .. }]));
        for href in ["javascript:alert(1)", "file:///etc/passwd", "data:text/html,x", "smb://x/y", "vbscript:x", "x y"]
        {
            assert!(matches!(judge("x", href, &[]), Verdict::Refused { .. }), "{href}");
        }
    }
}
