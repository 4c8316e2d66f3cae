//! What is kept, what goes, and that nothing forbidden survives whatever is put together.

use super::*;
use proptest::prelude::*;

fn clean(html: &str) -> Sanitised {
    sanitise(html, Policy::default())
}

fn loaded(html: &str) -> Sanitised {
    sanitise(html, Policy { remote_images: true })
}

#[test]
fn what_acts_or_loads_goes() {
    for bad in [
        "<script>alert(1)</script>",
        "<iframe src='http://x.example/'></iframe>",
        "<object data='http://x.example'></object>",
        "<embed src='file:///etc/passwd'>",
        "<form action='http://x.example'><input name=a><button>go</button></form>",
        "<base href='file:///'>",
        "<meta http-equiv=refresh content='0;url=http://x.example'>",
        "<link rel=stylesheet href='http://x.example/z.css'>",
        "<svg><image href='http://x.example'/><script>1</script></svg>",
        "<p onclick='x()'>",
        "<style>@import url(http://x.example/y.css);</style>",
        "<style>@font-face{font-family:x;src:url(http://x.example)}</style>",
        "<video src='http://x.example'></video>",
        "<math><mi xlink:href='http://x.example'></mi></math>",
    ] {
        let html = clean(bad).html;
        assert!(!html.contains("x.example") && !html.contains("script") && !html.contains("passwd"), "{bad}: {html}");
    }
    assert_eq!(clean("<form><p>a</form><o:p>b</o:p>").html, "<div><p>a</p></div><span>b</span>");
    assert_eq!(clean("<select><option>a</select>b").html, "b");
}

#[test]
fn links_lead_only_where_a_person_may_go() {
    let html = "<a href='https://example.com/a b'>One <b>link</b></a><a href='javascript:x()'>no</a>\
                <a href='java\nscript:x()'>no</a><a href=' mailto:a@example.org '><img alt=Write src=cid:i></a>\
                <a href='file:///etc'>no</a><a href='#top'>up</a><a href='//example.com'>two</a><a href='rel'>no</a>";
    let links: Vec<(String, String)> = clean(html).facts.links.into_iter().map(|l| (l.text, l.href)).collect();
    let link = |text: &str, href: &str| (text.to_string(), href.to_string());
    assert_eq!(
        links,
        [
            link("One link", "https://example.com/a%20b"),
            link("Write", "mailto:a@example.org"),
            link("up", "#top"),
            link("two", "https://example.com/"),
        ]
    );
}

#[test]
fn remote_images_become_boxes_of_their_size() {
    let html = "<img src='http://x.example/a.png' width=300 height=120 alt='Sale & more' class=hero>\
                <td background='http://x.example/b.png'><p style=\"background:url('http://x.example/c.png') red\">";
    let blocked = clean(html);
    assert_eq!(blocked.facts.remote_images, 3);
    assert!(!blocked.html.contains("x.example"), "{}", blocked.html);
    assert!(
        blocked.html.contains("class=\"postwren-blocked hero\" style=\"width:300px;height:120px;\">Sale &amp; more<")
    );
    assert!(blocked.html.contains("background:none red"), "{}", blocked.html);
    let shown = loaded(html);
    assert_eq!(shown.facts.remote, ["https://x.example/a.png", "https://x.example/b.png", "https://x.example/c.png"]);
    assert!(shown.html.contains("<img src=\"https://x.example/a.png\" alt=\"Sale &amp; more\" width=\"300\""));
}

#[test]
fn trackers_are_removed_and_counted_even_where_images_are_allowed() {
    let html = "<img src='https://x.example/p' width=1 height=1><img src='https://x.example/q' style='display: none'>\
                <img src='https://u.sendgrid.example/wf/open?upn=1'><img src='https://x.example/r' style='width:0;height:0px'>\
                <img src='https://x.example/logo.png' width=1 height=20>";
    let shown = loaded(html);
    assert_eq!((shown.facts.trackers, shown.facts.remote_images), (4, 1));
    assert!(!shown.html.contains("/wf/open") && shown.html.contains("logo.png"));
}

#[test]
fn attached_images_are_listed_once() {
    let shown = clean(
        "<img src='cid:logo%40x'><img src=\"CID:logo@x\"><img src='cid:a b'><img src='data:image/png;base64,AA=='>",
    );
    assert_eq!(shown.facts.cids, ["logo@x", "a b"]);
    assert!(shown.html.starts_with("<img src=\"cid:logo@x\">"), "{}", shown.html);
    assert!(shown.html.contains("cid:a%20b") && shown.html.contains("data:image/png;base64,AA=="));
    assert!(clean("<img src='data:image/svg+xml,<svg/>' alt=x>").html.contains(">x</span>"));
    assert_eq!(cid_url("a b"), "cid:a%20b");
}

#[test]
fn values_are_clamped() {
    let table =
        clean("<table cellpadding=1e9 height=99999999><tr><td colspan=4294967295>a<td rowspan=65535 colspan=0>b");
    assert!(clean("<td width='33.333%'>x").html.contains("width=\"33.33%\""));
    assert!(table.html.contains("colspan=\"1\"") && table.html.contains("rowspan=\"100\""), "{}", table.html);
    assert!(!clean("<td bgcolor='#é1'>x").html.contains("bgcolor"));
    assert!(clean("<td bgcolor='FF0000'>x").html.contains("bgcolor=\"#ff0000\""));
    assert!(clean("<a href='http://[::bad'>x</a>").facts.links.is_empty());
}

#[test]
fn depth_is_bounded_and_the_text_stays() {
    for (one, many) in
        [("<div>", 5_000), ("<table><tr><td>", 300), ("<b><i>", 9_000), ("<blockquote>", 1_000), ("<ul><li>", 3_000)]
    {
        let deep = clean(&format!("{}x", one.repeat(many)));
        let (mut depth, mut deepest) = (0_i32, 0);
        for tag in deep.html.split('<').skip(1) {
            depth += if tag.starts_with('/') { -1 } else { 1 };
            deepest = deepest.max(depth);
        }
        assert!(deepest <= 256 && depth == 0, "{one}: {deepest} {depth}");
        assert!(deep.html.contains('x') && deep.facts.shortened, "{one}");
    }
}

#[test]
fn presentational_attributes_are_said_as_rules() {
    let page = clean(
        "<body text=navy><table cellpadding=5 align=center><tr valign=top><td height=40><font size='+2' color=c00000 face='Arial, sans-serif'>x",
    );
    for rule in [
        "body[text=\"navy\"]{color:navy}",
        "table[cellpadding=\"5\"]>tr>td",
        "table[data-align=\"center\"]{margin-inline:auto}",
        "td[data-height=\"40\"]{min-height:40px}",
        "font[size=\"5\"]{font-size:x-large}",
        "font[color=\"#c00000\"]{color:#c00000}",
        "font-family:'Arial',sans-serif",
    ] {
        assert!(page.sheet.contains(rule), "{rule} in {}", page.sheet);
    }
}

#[test]
fn styles_are_written_anew() {
    let css = "<style><!-- /* c */ p { color: red; position : fixed } @media (max-width:600px) { td { width: 100% } }\
               .x { background: URL( 'http://x.example/a.png' ) no-repeat; content: \"<\\/style><script>\" } --></style>";
    let page = clean(css);
    assert!(
        page.html.contains("position : absolute") && page.html.contains("@media (max-width:600px)"),
        "{}",
        page.html
    );
    assert!(clean("<p style='border-collapse: collapse'>").html.contains("border-collapse: separate;border-spacing:0"));
    assert!(page.html.contains("background: none no-repeat"), "{}", page.html);
    assert_eq!(page.html.matches("</").count(), 1, "{}", page.html);
    assert!(clean("<style>@media (prefers-color-scheme: dark){p{color:#fff}}</style>").has_dark);
    assert!(clean("<td style='height:40px;line-height:1'>x").html.contains("min-height:40px;line-height:1"));
}

#[test]
fn a_blocked_spacer_takes_no_more_room_than_it_did() {
    let spacer = clean("<img src='https://t.example/b.gif' width=1 height=10>").html;
    assert!(spacer.contains("width:1px;height:10px;") && spacer.contains("padding:0;border:0"), "{spacer}");
    assert!(!clean("<img src='https://t.example/b.gif' width=40 height=30>").html.contains("padding"));
}

#[test]
fn middle_is_another_name_of_center() {
    assert!(clean("<table><tr><td align=middle valign=middle>x").html.contains("align=\"center\" valign=\"middle\""));
}

#[test]
fn the_doctype_says_whose_manners_count() {
    assert!(clean("<p>x").quirks && clean("<!DOCTYPE HTML PUBLIC \"-//W3C//DTD HTML 3.2//EN\"><p>").quirks);
    assert!(!clean("<!-- x --><!doctype html><p>").quirks);
    assert!(!clean("<!DOCTYPE html PUBLIC \"-//W3C//DTD XHTML 1.0 Transitional//EN\" \"http://www.w3.org/TR/xhtml1/DTD/xhtml1-transitional.dtd\">").quirks);
}

#[test]
fn end_tags_make_no_more_elements_than_there_may_be() {
    for tag in ["</p>", "</br>"] {
        let page = clean(&tag.repeat(200_000));
        assert!(page.html.matches('<').count() <= 2 * (MAX_ELEMENTS + 2) && page.facts.shortened);
    }
}

#[test]
fn large_documents_cost_in_proportion() {
    for html in [
        "<style>".to_string() + &".a td > b ~ c{color:red}\n".repeat(100_000) + "</style>x",
        "<p style='width:calc(1px/0)'>".repeat(70_000),
        "<a href=x><p>".repeat(80_000),
        "<table><tr><td>".repeat(100_000),
        format!("<p {}>x", "a=1 ".repeat(300_000)),
        format!("<p style='{}'>x", "(".repeat(15_000)),
    ] {
        let page = clean(&html);
        assert!(page.html.len() <= MAX_OUTPUT + (1 << 20));
    }
}

/// Pieces that hostile mail is put together from.
fn piece() -> impl Strategy<Value = String> {
    let fixed = prop::sample::select(vec![
        "<p>",
        "</p>",
        "<b>",
        "</b>",
        "<a href='https://e.example/x'>",
        "<a href=javascript:x>",
        "</a>",
        "<table>",
        "</table>",
        "<tr>",
        "<td height=3 style='height:4px'>",
        "</td>",
        "<div align=center>",
        "</div>",
        "<style>",
        "</style>",
        "<img src=http://t.example/i.png alt='a \"b'>",
        "<img src=cid:x@y width=3>",
        "<svg>",
        "</svg>",
        "<script>",
        "</script>",
        "<!--",
        "-->",
        "<iframe src=//x>",
        "</iframe>",
        "a{color:red}",
        "@import 'x';",
        "url(http://u.example/)",
        "url(\"",
        "\\",
        "\"",
        "'",
        "<\\/style>",
        "{",
        "}",
        "(",
        ")",
        ";",
        "/*",
        "*/",
        "position:fixed",
        "<li>",
        "<ul>",
        "</ul>",
        "<span>",
        "</span>",
        "<br>",
        "</br>",
        "</p>",
        "<font size=+9 color='red' face='x\\'y'>",
        "<body text=red link=#123>",
        "<html lang=de>",
        "<textarea>",
        "<title>",
        "<math>",
        "<select>",
        "<plaintext>",
        "<template>",
        "<form action=x>",
        "<input>",
        "<base href=x>",
        "<link href=x>",
        "<meta http-equiv=refresh>",
        "<object>",
        "<embed src=x>",
        "<noscript>",
        "<h1>",
        "</h2>",
        "<pre>\n",
        "&lt;script&gt;",
        "&#0;",
        "\0",
        "&amp;",
        "é",
        "\u{202E}",
        "<details open>",
        "<button>",
        "</button>",
        "<caption>",
        "<col span=9>",
        "<th nowrap>",
        "<dd>",
        "<dt>",
        "<hr size=3 color=red>",
    ]);
    prop_oneof![8 => fixed.prop_map(str::to_string), 1 => "[ -~]{0,12}", 1 => any::<String>()]
}

#[test]
fn what_was_escaped_apart_does_not_run_together() {
    let once = clean("<style>\\-->b{color:red}</style>").html;
    assert!(once.contains("<style>-- >"), "{once}");
    assert_eq!(clean(&once).html, once);
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 400, ..ProptestConfig::default() })]

    #[test]
    fn nothing_forbidden_survives_and_once_is_enough(pieces in prop::collection::vec(piece(), 0..40), remote: bool) {
        let policy = Policy { remote_images: remote };
        let once = sanitise(&pieces.concat(), policy);
        // What stands in a style element is no markup.
        let mut lower = once.html.to_ascii_lowercase();
        while let Some(at) = lower.find("<style") {
            let end = lower[at..].find("</style>").expect("an end") + at;
            lower.replace_range(at..end + 8, "");
        }
        for tag in ["script", "iframe", "object", "embed", "form", "base", "meta", "link", "svg", "math", "input", "select",
            "textarea", "title", "template", "plaintext", "noscript", "!--", "video"]
        {
            let opens = format!("<{tag}");
            prop_assert!(!lower.match_indices(&opens).any(|(at, _)| {
                !lower[at + opens.len()..].starts_with(|c: char| c.is_ascii_alphanumeric())
            }), "<{} in {}", tag, once.html);
        }
        if !remote {
            prop_assert!(!once.html.contains("src=\"http") && !once.sheet.contains("http"));
        }
        let twice = sanitise(&once.html, policy);
        prop_assert_eq!(&twice.html, &once.html);
        prop_assert_eq!(&twice.sheet, &once.sheet);
    }
}
