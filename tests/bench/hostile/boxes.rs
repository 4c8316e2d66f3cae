//! Elements within and beside each other.

use super::Page;

fn each(count: usize, of: impl Fn(usize) -> String) -> String {
    (0..count).map(of).collect()
}

pub fn pages() -> Vec<Page> {
    [nested(), tables(), beside(), sizes()].concat()
}

fn nested() -> Vec<Page> {
    let ended = |n: usize| format!("<body>{}x{}", "<div>".repeat(n), "</div>".repeat(n));
    vec![
        ("divs 200", ended(200)),
        ("divs 1,000", ended(1_000)),
        ("divs 5,000", ended(5_000)),
        ("divs 50,000", ended(50_000)),
        ("divs 1,000,000 unended", "<div>".repeat(1_000_000)),
        ("tables 20", "<table><tr><td>".repeat(20) + "x"),
        ("tables 50", "<table><tr><td>".repeat(50) + "x"),
        ("tables 100", "<table><tr><td>".repeat(100) + "x"),
        ("tables 300", "<table><tr><td>".repeat(300) + "x"),
        ("tables 100 of shares", "<table width=99%><tr><td width=50%>a<td width='50%'>".repeat(100) + "x"),
        ("tables 1,000,000", "<table>".repeat(1_000_000)),
        ("spans 200", "<span>".repeat(200) + "x"),
        ("spans 10,000", "<span>".repeat(10_000) + "x"),
        ("styled spans 200,000", "<span style='color:red;font-size:101%'>".repeat(200_000) + "x"),
        ("quotes 1,000", "<blockquote>".repeat(1_000) + "quoted"),
        ("flex 60", "<div style='display:flex'>".repeat(60) + "x"),
        ("flex 250 wrapping", "<div style='display:flex;flex-wrap:wrap;flex:1 1 auto'>x".repeat(250)),
        ("grid 40", "<div style='display:grid'>".repeat(40) + "x"),
        (
            "grid 250 to fit",
            "<div style='display:grid;grid-template-columns:max-content min-content 1fr'>x".repeat(250),
        ),
        ("inline blocks 60", "<div style='display:inline-block'>".repeat(60) + "x"),
        ("inline blocks 250", "<div style='display:inline-block'>y ".repeat(250) + "x"),
        ("inline tables 120", "<div style='display:inline-table'>y ".repeat(120) + "x"),
        ("floats 200 deep", "<div style='float:left'>y ".repeat(200) + "x"),
        ("positions 250 deep", "<div style='position:absolute;left:1px;width:50%'>y ".repeat(250)),
        ("lists 250 deep", "<ul><li>".repeat(250) + "x"),
        ("misnested", "<b><i><u><a href=x><p>".repeat(300) + &"<table><a href=y><tr><a href=z>".repeat(100)),
        ("formatting 100,000", "<b><p>".repeat(100_000)),
        ("formatting in tables", "<b><table><i><tr><u><td><s>".repeat(5_000)),
        ("links within links", "<a href='https://e.example/'><div>".repeat(20_000)),
    ]
}

fn tables() -> Vec<Page> {
    let rows = each(20_000, |i| format!("<tr><td>{i}<td>cell {i}<td>x</tr>"));
    let item = |i: usize| {
        format!(
            "<tr><td style='font-family:Arial;color:#{:03}'><a href='http://e.example/{i}'>Item {i}</a> Lorem ipsum dolor \
             sit amet, consectetur adipiscing elit, sed do eiusmod tempor incididunt ut labore.</td></tr>",
            i % 999
        )
    };
    vec![
        ("rows 20,000", format!("<table border=1>{rows}</table>")),
        ("columns 5,000", format!("<table><tr>{}</table>", "<td>x".repeat(5_000))),
        ("cells 250 by 250", format!("<table border=1>{}</table>", format!("<tr>{}", "<td>x".repeat(250)).repeat(250))),
        (
            "spans of a cell",
            "<table><tr><td colspan=65535 rowspan=65534>a<td colspan=1000>b</tr><tr><td colspan=4294967295>c</table>"
                .into(),
        ),
        ("spans of 200 cells", format!("<table>{}</table>", "<tr><td colspan=1000 rowspan=1000>a".repeat(200))),
        (
            "spans of 20,000 cells",
            format!("<table>{}</table>", "<tr><td colspan=100 rowspan=100>a<td rowspan=100>b".repeat(10_000)),
        ),
        ("columns that span", format!("<table>{}<tr><td>x</table>", "<col span=1000 width=1>".repeat(10_000))),
        ("a newsletter of 5 MB", format!("<table width=600 cellpadding=4>{}</table>", each(28_000, item))),
        ("empty tables 60,000", "<table></table>".repeat(60_000)),
        ("captions", format!("<table>{}", "<caption>x".repeat(30_000))),
    ]
}

fn beside() -> Vec<Page> {
    vec![
        ("floats 5,000", "<div style='float:left;width:50%'>x</div>".repeat(5_000)),
        (
            "floats 20,000 of all sizes",
            each(20_000, |i| {
                format!(
                    "<i style='float:{};width:{}px;height:{}px'>x</i>",
                    if i % 2 == 0 { "left" } else { "right" },
                    i % 97,
                    i % 89
                )
            }),
        ),
        (
            "inline blocks 20,000",
            "<i style='display:inline-block;width:3px;height:3px;border:1px solid'></i> ".repeat(20_000),
        ),
        (
            "flex items 20,000",
            format!("<div style='display:flex;flex-wrap:wrap'>{}", "<p style='flex:1 1 10px'>x</p>".repeat(20_000)),
        ),
        (
            "flex items 20,000 in a row",
            format!("<div style='display:flex'>{}", "<p style='flex:1'>x</p>".repeat(20_000)),
        ),
        ("positions 50,000", each(50_000, |i| format!("<i style='position:absolute;top:{i}px;left:0'>x</i>"))),
        ("line ends 1,000,000", "<br>".repeat(1_000_000)),
        ("rules 200,000", "<hr>".repeat(200_000)),
        ("paragraphs 500,000", "<p>x".repeat(500_000)),
        ("links 200,000", each(200_000, |i| format!("<a href='https://e.example/{i}'>{i}</a> "))),
        ("unknown elements 300,000", each(300_000, |i| format!("<x{i}>y</x{i}>"))),
        ("end tags 1,000,000", "<div>".repeat(300) + &"</p></b></table>".repeat(330_000)),
    ]
}

fn sizes() -> Vec<Page> {
    vec![
        ("nonsense of sizes", "<p style='width:calc(1px/0);height:99999999999999px;margin:-1e38px;font-size:1e30px'>x".into()),
        ("a size of 1e9", "<div style='width:1e9px;height:1e9px;background:linear-gradient(red,blue)'>x</div><img width=100000000 height=100000000 src='data:image/gif;base64,R0lGODlhAQABAAAAACw='>".into()),
        ("tall 3e6 with borders", "<div style='height:3000000px;border:50px dashed red;border-radius:9999999px'>x".into()),
        ("dashes without end", "<div style='height:390000px;width:690px;border:1px dotted red'>x".into()),
        ("margins 1e9", "<p style='margin:1e9px'>x<p style='margin:-1e9px'>y<p style='padding:1e9px'>z".into()),
        ("offsets", "<p style='position:relative;top:-1e9px;left:1e9px'>x<p style='transform:translate(1e9px) scale(1e9) rotate(1e9turn)'>y".into()),
        ("grid of 100,000", "<div style='display:grid;grid-template-columns:repeat(100000,1px)'>x</div><div style='display:grid;grid-template-columns:repeat(auto-fill,0.0001px)'>x</div>".into()),
        ("grid of repeats in repeats", format!("<div style='display:grid;grid:{}/{}'>x", "repeat(9999,1px) ".repeat(200), "repeat(9999,1fr) ".repeat(200))),
        ("grid lines", "<div style='display:grid'><p style='grid-column:10000000'>x</p><p style='grid-row:-9999999/span 99999'>y</p></div>".into()),
        ("grid areas", format!("<div style='display:grid'>{}", "<p style='grid-area:30000/30000/span 30000/span 30000'>x</p>".repeat(500))),
        ("columns", "<div style='columns:99999 1px;column-gap:1e9px'>x y z".into()),
        ("widgets", "<textarea rows=99999999 cols=99999999>x</textarea><progress value=1><meter><select><option>a</select><details><summary>q</summary>z</details>".into()),
        ("numbers of lists", "<ol start=-2147483648 reversed><li>x<li value=2147483647>y<li>z</ol>".into()),
        ("nothing", String::new()),
        ("a frameset", "<frameset><frame src=http://x></frameset>".into()),
    ]
}
