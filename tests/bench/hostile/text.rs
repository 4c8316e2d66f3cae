//! Text.

use super::Page;

pub fn pages() -> Vec<Page> {
    let zalgo = format!("a{}", "\u{300}\u{316}\u{334}\u{489}".repeat(25_000));
    let family = "\u{1F468}\u{200D}\u{1F469}\u{200D}\u{1F467}\u{200D}".repeat(20_000);
    vec![
        ("text of 5 MB", "<p>".to_string() + &"Lorem ipsum dolor sit amet ".repeat(190_000)),
        (
            "text of 10 MB in one paragraph",
            "<p>".to_string() + &"Lorem ipsum dolor sit amet, consectetur elit. ".repeat(220_000),
        ),
        ("a word of 1,000,000", "<p>".to_string() + &"a".repeat(1_000_000)),
        (
            "a word of 1,000,000 that breaks",
            "<p style='overflow-wrap:anywhere;word-break:break-all'>".to_string() + &"a".repeat(1_000_000),
        ),
        ("a line of 5 MB", "<pre>".to_string() + &"Lorem ipsum ".repeat(430_000)),
        ("500,000 lines", "<pre>".to_string() + &"x\n".repeat(500_000)),
        ("tabs", "<pre style='tab-size:99999999'>".to_string() + &"\t".repeat(300_000)),
        ("chinese of 6 MB", "<p>".to_string() + &"漢字仮名交じり文".repeat(250_000)),
        ("arabic of 3 MB", "<p dir=rtl>".to_string() + &"مرحبا بالعالم ".repeat(120_000)),
        ("thai without spaces", "<p>".to_string() + &"สวัสดีชาวโลก".repeat(30_000)),
        ("marks upon marks", format!("<p>{zalgo}")),
        ("families without end", format!("<p>{family}")),
        ("flags", format!("<p>{}", "\u{1F1E9}\u{1F1EA}".repeat(100_000))),
        ("directions overridden", format!("<p>{}", "\u{202E}abc\u{202D}def\u{2066}".repeat(50_000))),
        ("directions never ended", format!("<p>{}x", "\u{2067}".repeat(300_000))),
        ("directions of elements", "<bdo dir=rtl>a<bdi dir=ltr>b".repeat(20_000)),
        ("spaces that join", format!("<p>{}", "a\u{a0}\u{2060}\u{feff}".repeat(100_000))),
        ("nothing wide", format!("<p>{}", "\u{200b}\u{200c}\u{200d}\u{ad}".repeat(200_000))),
        (
            "letters of 100,000 px",
            "<p style='font-size:100000px'>A</p><p style='font-size:5px;letter-spacing:1e9px'>bb</p>".into(),
        ),
        ("letters of 2,000 px, many", format!("<p style='font-size:2000px;line-height:1px'>{}", "Ag漢".repeat(2_000))),
        ("sizes of letters doubling", "<div style='font-size:200%'>".repeat(250) + "x"),
        ("sizes of letters halving", "<div style='font-size:50%'>".repeat(250) + &"x ".repeat(10_000)),
        ("nothing between lines", format!("<p style='line-height:0;font-size:1px'>{}", "x ".repeat(300_000))),
        (
            "everything between lines",
            "<p style='line-height:1e9'>x<br>y<p style='word-spacing:1e9px;text-indent:-1e9px'>x y".into(),
        ),
        ("upright", format!("<p style='writing-mode:vertical-rl;text-orientation:upright'>{}", "x漢 ".repeat(20_000))),
        (
            "a style for each letter",
            (0..50_000)
                .map(|i| format!("<span style='color:#{:06x};font-size:{}px'>x</span>", i * 300, i % 40))
                .collect(),
        ),
        (
            "lines under and over",
            format!(
                "<p style='text-decoration:underline overline line-through wavy red 9999px'>{}",
                "gjx ".repeat(20_000)
            ),
        ),
        (
            "entities",
            "<p>".to_string()
                + &"&CounterClockwiseContourIntegral;&#x1F600;&#0;&#xD800;&#x110000;&unknown;".repeat(30_000),
        ),
        ("a comment without end", "<p>seen<!-- ".to_string() + &"<p>x--".repeat(300_000)),
        ("comments 300,000", "<!--x-->".repeat(300_000)),
        ("doctypes and instructions", "<!doctype html><?xml x?><![CDATA[x]]>".repeat(100_000)),
        ("raw text without end", "<p>x<textarea>".to_string() + &"<p>y".repeat(300_000)),
        ("script without end", "<p>x<script>".to_string() + &"<!--<script>".repeat(200_000)),
        ("an attribute without end", "<p>x<a href=\"".to_string() + &"y>".repeat(500_000)),
        ("a tag without end", "<p>x<".to_string() + &"a".repeat(2_000_000)),
        (
            "bytes of no charset",
            String::from_utf8_lossy(
                &b"<p>a\0b</p>\xff\xfe<b>\x80\x81<table><p><tr></b><i><td><form><input><select><option><textarea>"
                    .repeat(100),
            )
            .into_owned(),
        ),
        ("controls", (0..200_000_u32).filter_map(|i| char::from_u32(i % 32)).collect()),
        (
            "private characters",
            format!("<p>{}", (0..60_000).filter_map(|i| char::from_u32(0xF0000 + i)).collect::<String>()),
        ),
        ("every character", (1..0x3_0000).filter_map(char::from_u32).filter(|c| *c != '<').collect()),
    ]
}
