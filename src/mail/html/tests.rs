use super::*;
use proptest::prelude::*;

fn text(html: &str) -> String {
    to_text(html).0
}

#[test]
fn html_becomes_readable_text() {
    let table = [
        ("<p>one</p><p>two</p>", "one\n\ntwo"),
        ("<div>one</div><div>two</div>", "one\ntwo"),
        ("one<br>two<br/><br>three", "one\ntwo\n\nthree"),
        ("a  b\n\tc&nbsp;d", "a b c d"),
        ("<b>bo</b>ld <i>it</i>", "bold it"),
        ("a &lt; b &amp; c &euro; &#x263A;", "a < b & c € ☺"),
        ("<title>t</title><style>p{}</style><script>x<y</script>seen", "seen"),
        ("<!-- hidden -->seen<!--[if mso]>no<![endif]-->", "seen"),
        ("<ul><li>one<li>two<ul><li>in</ul></ul>after", "• one\n• two\n  • in\n\nafter"),
        ("<ol><li>one</li><li>two</li></ol>", "1. one\n2. two"),
        ("<ol start=3><li>three</ol>", "3. three"),
        ("<table><tr><td>a</td><td>b</td></tr><tr><td>c</td><td>d</td></tr></table>", "a  b\nc  d"),
        ("<p>x</p><blockquote><p>q1</p><p>q2</p></blockquote><p>y</p>", "x\n\n> q1\n>\n> q2\n\ny"),
        ("<blockquote>a<blockquote>b</blockquote></blockquote>c", "> a\n>\n> > b\n\nc"),
        ("<pre>a\n  b\n\nc</pre>", "a\n  b\n\nc"),
        ("<a href='https://x.example/'>x.example</a>", "x.example"),
        ("<a href='https://x.example/y'>here</a>!", "here <https://x.example/y>!"),
        ("<a href='mailto:a@b.example'>a@b.example</a>", "a@b.example"),
        ("<a href='javascript:alert(1)'>here</a>", "here"),
        ("<a href='https://evil.example'>https://bank.example</a>", "https://bank.example <https://evil.example>"),
        ("<img alt='A cat' src=x> <img alt=pixel width=1 height=1>", "[A cat]"),
        ("<div style='display: none'>pre</div>seen", "seen"),
        ("<div style='max-height:0;overflow:hidden'>pre</div>seen", "seen"),
        ("<div style='max-height:0.5em;overflow:hidden'>kept</div>", "kept"),
        ("<table><tr><td style='display:none'>no<div></td><td>yes</td></table>", "yes"),
        ("<div style='display:none'>all of it</div>", "all of it"),
        ("wo\u{AD}rd&#8203;s", "words"),
        ("a<hr>b", "a\n----------\nb"),
        ("a < b and 3 > 2", "a < b and 3 > 2"),
        ("<p>unclosed", "unclosed"),
        ("", ""),
    ];
    for (html, expected) in table {
        assert_eq!(text(html), expected, "{html:?}");
    }
}

#[test]
fn previews_skip_the_style_and_stop_early() {
    let html = format!(
        "<head><style>{}</style></head><BODY><p>Hello\n<b>you</b></p>{}",
        "a{}".repeat(9999),
        "x ".repeat(99_999)
    );
    let preview = preview(&html, 20);
    assert!(preview.starts_with("Hello you\n\nx x") && preview.len() < 300, "{preview}");
}

#[test]
fn remote_content_is_counted_and_attached_content_is_not() {
    let table = [
        ("<img src='https://x.example/a.png'>", 1),
        ("<img src='//x.example/a.png'>", 1),
        ("<img src='ht\ntps://x.example/a.png'>", 1),
        ("<img srcset='a.png 1x, https://x.example/b.png 2x'>", 1),
        ("<img src='cid:1'><img src='data:image/png;base64,AAAA'>", 0),
        ("<a href='https://x.example'>x</a>", 0),
        ("<link rel=stylesheet href='https://x.example/a.css'>", 1),
        ("<td background='http://x.example/a'>", 1),
        ("<p style='background:url(\"https://x.example/a\")'>", 1),
        ("<p style='background:\\75rl(https://x.example/a)'>", 1),
        ("<style>@import 'https://x.example/a'; p{background:url(https://x.example/b)}</style>", 2),
        ("<style>@font-face{src:url(//x.example/f)}</style>url(https://x.example/not)", 1),
        ("<video poster='https://x.example/p'><source src='https://x.example/v'></video>", 2),
        ("<meta http-equiv=refresh content='0;url=https://x.example'>", 1),
        ("<iframe src='https://x.example'></iframe>", 1),
        ("<svg><image href='https://x.example/a'/></svg>", 1),
    ];
    for (html, expected) in table {
        assert_eq!(remote_count(html), expected, "{html:?}");
    }
}

#[test]
fn bombs_are_bounded() {
    let deep = "<div>".repeat(200_000) + "bottom";
    assert!(text(&deep).contains("bottom"));
    let tables = "<table><tr><td>".repeat(50_000) + "x";
    assert!(text(&tables).contains('x'));
    let quotes = "<blockquote>x".repeat(50_000);
    assert!(text(&quotes).len() < 4 << 20);
    let ends = "<div>".repeat(4_000) + &"</x>".repeat(200_000);
    assert_eq!(text(&ends), "");
    let attributes: String = (0..200_000).map(|i| format!(" a{i}")).collect();
    let (_, cut) = to_text(&format!("before <div{attributes}>after"));
    assert!(cut);
    let slashes: String = (0..200_000).map(|i| format!("/a{i}")).collect();
    assert!(to_text(&format!("<!-- x --><div b='>'{slashes}>after")).1);
    let image = format!("<img alt=cat src='data:image/png;base64,{}'>seen", "A/b".repeat(300_000));
    assert_eq!(to_text(&image), ("[cat]seen".into(), false));
    let comment = format!("<!-- {} -->seen", "a = b ".repeat(100_000));
    assert_eq!(to_text(&comment), ("seen".into(), false));
}

proptest! {
    #[test]
    fn any_markup_is_turned(html in "(<(/?)(p|a|li|ul|ol|td|tr|blockquote|pre|div|style|title|x)( (href|style|alt)=['\"]?[a-z:/;0 ]{0,12}['\"]?)?>|[a-z é&;<>\"'=\n]{0,6}|<!--|-->){0,40}") {
        let (text, _) = to_text(&html);
        prop_assert!(!text.contains('\r'));
        remote_count(&html);
        preview(&html, 50);
    }

    #[test]
    fn any_text_is_turned(html in ".{0,300}") {
        to_text(&html);
        remote_count(&html);
    }
}
