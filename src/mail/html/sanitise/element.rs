//! Which elements are kept.

/// What becomes of an element.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// Stays, with content and end tag.
    Kept,
    /// Stays and has no content.
    Void,
    /// `html` and `body`: their attributes count, wherever they stand.
    Body,
    Style,
    /// Goes; its content stays.
    Unwrapped,
    /// Goes, and has no content.
    Gone,
    /// Goes with its content.
    Dropped,
}

pub fn of(name: &str) -> Kind {
    match of_standard(name) {
        Some(kind) => kind,
        None if written(name).is_some() => Kind::Kept,
        None => Kind::Unwrapped,
    }
}

fn of_standard(name: &str) -> Option<Kind> {
    Some(match name {
        "style" => Kind::Style,
        "html" | "body" => Kind::Body,
        "br" | "hr" | "img" | "wbr" | "col" => Kind::Void,
        "script" | "iframe" | "svg" | "math" | "template" | "select" | "datalist" | "textarea" | "title" | "xmp"
        | "noembed" | "noframes" | "frameset" | "applet" | "listing" => Kind::Dropped,
        "base" | "link" | "meta" | "input" | "embed" | "source" | "track" | "param" | "area" | "frame" | "keygen"
        | "basefont" | "bgsound" | "image" => Kind::Gone,
        _ => return None,
    })
}

/// Elements that are written.
const NAMES: &[&str] = &[
    "a",
    "abbr",
    "acronym",
    "address",
    "article",
    "aside",
    "b",
    "bdi",
    "bdo",
    "big",
    "blockquote",
    "body",
    "br",
    "caption",
    "center",
    "cite",
    "code",
    "col",
    "colgroup",
    "dd",
    "del",
    "dfn",
    "dir",
    "div",
    "dl",
    "dt",
    "em",
    "figcaption",
    "figure",
    "font",
    "footer",
    "h1",
    "h2",
    "h3",
    "h4",
    "h5",
    "h6",
    "header",
    "hr",
    "html",
    "i",
    "img",
    "ins",
    "kbd",
    "li",
    "main",
    "mark",
    "menu",
    "nav",
    "ol",
    "p",
    "pre",
    "q",
    "s",
    "samp",
    "section",
    "small",
    "span",
    "strike",
    "strong",
    "sub",
    "sup",
    "table",
    "tbody",
    "td",
    "tfoot",
    "th",
    "thead",
    "time",
    "tr",
    "tt",
    "u",
    "ul",
    "var",
    "wbr",
];

/// The name that an element is written under; none where it is not written.
pub fn written(name: &str) -> Option<&'static str> {
    // What folds and what is pressed has no use in a picture.
    let name = match name {
        "details" | "summary" | "fieldset" | "legend" | "dialog" => "div",
        "form" => "div",
        "button" | "label" => "span",
        // What nobody knows is a `span` to browsers; mail is full of such names, and of styles on them.
        other if is_unknown(other) => "span",
        other => other,
    };
    NAMES.iter().find(|known| **known == name).copied()
}

/// Elements of no standard.
fn is_unknown(name: &str) -> bool {
    const KNOWN: &[&str] = &[
        "audio",
        "canvas",
        "data",
        "head",
        "map",
        "marquee",
        "meter",
        "nobr",
        "noscript",
        "object",
        "optgroup",
        "option",
        "output",
        "picture",
        "plaintext",
        "progress",
        "rb",
        "rp",
        "rt",
        "rtc",
        "ruby",
        "slot",
        "video",
    ];
    !KNOWN.contains(&name)
        && !NAMES.contains(&name)
        && !matches!(of_standard(name), Some(Kind::Dropped | Kind::Gone | Kind::Style))
}

/// Elements that the parser opens again where they were not ended (HTML, 13.2.4.3).
pub fn is_formatting(name: &str) -> bool {
    matches!(name, "a" | "b" | "big" | "code" | "em" | "font" | "i" | "s" | "small" | "strike" | "strong" | "tt" | "u")
}

/// Elements that an end tag of another kind does not reach through.
pub fn is_special(name: &str) -> bool {
    !is_formatting(name)
        && !matches!(
            name,
            "abbr"
                | "acronym"
                | "bdi"
                | "bdo"
                | "cite"
                | "del"
                | "dfn"
                | "ins"
                | "kbd"
                | "mark"
                | "q"
                | "samp"
                | "span"
                | "sub"
                | "sup"
                | "time"
                | "var"
        )
}

/// Elements whose start ends a paragraph.
pub fn ends_paragraph(name: &str) -> bool {
    matches!(
        name,
        "address"
            | "article"
            | "aside"
            | "blockquote"
            | "center"
            | "dd"
            | "dir"
            | "div"
            | "dl"
            | "dt"
            | "figcaption"
            | "figure"
            | "footer"
            | "h1"
            | "h2"
            | "h3"
            | "h4"
            | "h5"
            | "h6"
            | "header"
            | "hr"
            | "li"
            | "main"
            | "menu"
            | "nav"
            | "ol"
            | "p"
            | "pre"
            | "section"
            | "table"
            | "ul"
    )
}
