//! URLs of links and images.

use ::url::Url;

/// Bytes of a link.
const MAX_URL: usize = 8 << 10;
/// Bytes of a `data:` URL.
const MAX_DATA: usize = 2 << 20;

/// Schemes of links that are kept.
const LINKS: [&str; 4] = ["http", "https", "mailto", "tel"];
/// What a `data:` URL may hold.
const IMAGES: [&str; 6] = ["image/png", "image/jpeg", "image/jpg", "image/gif", "image/webp", "image/bmp"];

/// What an image is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Reference {
    /// Attached: its Content-ID.
    Attached(String),
    /// In the document itself.
    Inline(String),
    /// Elsewhere, by https.
    Remote(String),
    /// Nothing that is shown.
    None,
}

impl Reference {
    pub fn of(value: &str) -> Reference {
        let value = tidy(value);
        if scheme_is(&value, "data:") {
            return inline(&value).map_or(Reference::None, Reference::Inline);
        }
        if let Some(id) = after_scheme(&value, "cid:") {
            let id = crate::mail::mime::percent_decode(id);
            let id = id.trim().trim_start_matches('<').trim_end_matches('>').to_string();
            let usable = !id.is_empty() && id.len() < 500 && !id.chars().any(char::is_control);
            return if usable { Reference::Attached(id) } else { Reference::None };
        }
        let value = if value.starts_with("//") { format!("https:{value}") } else { value.into_owned() };
        match Url::parse(&value) {
            Ok(mut url) if matches!(url.scheme(), "http" | "https") && value.len() <= MAX_URL => {
                // Nothing is fetched in clear, and nobody's password goes along.
                let made =
                    url.set_scheme("https").and_then(|()| url.set_username("")).and_then(|()| url.set_password(None));
                url.set_fragment(None);
                if made.is_ok() { Reference::Remote(url.to_string()) } else { Reference::None }
            }
            _ => Reference::None,
        }
    }
}

/// How an attached image is written.
pub fn cid(id: &str) -> String {
    let mut out = String::from("cid:");
    for byte in id.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~@$!+".contains(&byte) {
            out.push(char::from(byte));
        } else {
            out.push_str(&format!("%{byte:02X}"));
        }
    }
    out
}

/// A link that may be followed, as it would be.
pub fn link(value: &str) -> Option<String> {
    let value = tidy(value);
    if value.len() > MAX_URL {
        return None;
    }
    if let Some(fragment) = value.strip_prefix('#') {
        return super::attribute::text(fragment, 500).map(|fragment| format!("#{fragment}"));
    }
    let value = if value.starts_with("//") { format!("https:{value}") } else { value.into_owned() };
    let url = Url::parse(&value).ok()?;
    LINKS.contains(&url.scheme()).then(|| url.to_string())
}

fn inline(value: &str) -> Option<String> {
    let (head, body) = value.split_once(',')?;
    let kind = head.get(5..)?.split(';').next()?.trim().to_ascii_lowercase();
    if !IMAGES.contains(&kind.as_str()) || value.len() > MAX_DATA {
        return None;
    }
    let base64 = head.to_ascii_lowercase().ends_with(";base64");
    let body: String = body
        .chars()
        .filter(|c| c.is_ascii_graphic() && !matches!(c, '"' | '\'' | '(' | ')' | '\\' | '<' | '>'))
        .collect();
    Some(format!("data:{kind}{},{body}", if base64 { ";base64" } else { "" }))
}

/// Browsers drop tabs and line ends inside a URL, spaces and controls around it.
fn tidy(value: &str) -> std::borrow::Cow<'_, str> {
    let value = value.trim_matches(|c: char| c.is_control() || c == ' ');
    if value.contains(['\t', '\n', '\r']) {
        return value.chars().filter(|c| !matches!(c, '\t' | '\n' | '\r')).collect::<String>().into();
    }
    value.into()
}

fn after_scheme<'v>(value: &'v str, scheme: &str) -> Option<&'v str> {
    scheme_is(value, scheme).then(|| value.get(scheme.len()..)).flatten()
}

fn scheme_is(value: &str, scheme: &str) -> bool {
    value.get(..scheme.len()).is_some_and(|head| head.eq_ignore_ascii_case(scheme))
}
