//! Style sheets.

use super::Page;
use std::fmt::Write;

fn each(count: usize, of: impl Fn(usize) -> String) -> String {
    (0..count).map(of).collect()
}

pub fn pages() -> Vec<Page> {
    [selectors(), values(), painting()].concat()
}

fn selectors() -> Vec<Page> {
    let many = each(90_000, |i| format!(".c{i} td > a:hover ~ b{{color:red;padding:{i}px}}\n"));
    let has = each(300, |i| format!(":has(div div div div:nth-child({}n+1)) *{{color:red}}", i + 1));
    let chain = each(200, |i| format!("{}i{{margin:{i}px}}", "div:has(~ div:has(> div)) ".repeat(8)));
    let nested = "&:is(a,b,c,p){".repeat(40) + "color:red" + &"}".repeat(40);
    let product = ":is(a,b,c,p) ".repeat(60) + "{color:red}";
    let within = ":is(".repeat(2_000) + "p" + &")".repeat(2_000) + "{color:red}";
    let siblings = format!("<style>{}</style>{}", "p ~ ".repeat(30) + "p{color:red}", "<p>x".repeat(3_000));
    let classes = each(1_000_000, |i| format!("c{i} "));
    vec![
        ("sheet of 5 MB", format!("<style>{many}</style><p>x")),
        ("300 times :has()", format!("<style>{has}</style>{}", "<div><div><div>x</div></div></div>".repeat(500))),
        (":has() in :has()", format!("<style>{chain}</style>{}", "<div><div>x</div></div>".repeat(3_000))),
        ("nested rules", format!("<style>p{{{nested}}}</style><p>x")),
        ("products of :is()", format!("<style>{product}</style>{}", "<p>x".repeat(1_000))),
        (":is() within :is()", format!("<style>{within}</style><p>x")),
        ("siblings", siblings),
        ("descendants", format!("<style>{}b{{color:red}}</style>{}<i>x", "div ".repeat(60), "<div>".repeat(200))),
        ("nth-child of", format!("<style>{}</style>{}", each(300, |i| format!("p:nth-last-child({i}n of p:nth-child(2n of p)){{margin:1px}}")), "<p>x".repeat(3_000))),
        ("classes 1,000,000 of one", format!("<p class='{classes}'>x")),
        ("classes 1,000,000 of as many", each(1_000_000, |i| format!("<i class=c{i}>"))),
        ("10,000 rules for 50,000 elements", format!("<style>{}</style>{}", each(9_000, |i| format!("p+p:not(.a{i})~i,b{{margin:{i}px}}")), "<p>x".repeat(50_000))),
        ("attributes 300,000", format!("<p {}>x", each(300_000, |i| format!("data-a{i}=1 ")))),
        ("selectors of attributes", format!("<style>{}</style>{}", each(3_000, |i| format!("[title*='{i}']{{margin:1px}}")), format!("<p title='{}'>x", "ab".repeat(400)).repeat(2_000))),
        ("broken", "<style>{{{}}} a{color:;;;} @media ( { td{ } @import url(http://x/y.css); @font-face{src:url(http://x)} </style><link rel=stylesheet href=http://x/z.css><p>x".into()),
        ("unended", "<style>/*".to_string() + &"a{b:c}".repeat(100_000)),
        ("brackets", format!("<style>p{{color:{}}}</style><p style='color:{}'>x", "(".repeat(200_000), "[({".repeat(5_000))),
        ("media in media", format!("<style>{}p{{color:red}}</style><p>x", "@media (min-width:1px){".repeat(5_000))),
        ("layers and containers", format!("<style>{}</style><p>x", each(5_000, |i| format!("@layer l{i}{{@container (width>{i}px){{@supports (a:b){{p{{margin:1px}}}}}}}}")))),
    ]
}

fn values() -> Vec<Page> {
    let mut doubling = String::from(":root{--a0:aaaaaaaaaa;");
    for i in 1..30 {
        let _ = write!(doubling, "--a{i}:{};", format!("var(--a{})", i - 1).repeat(8));
    }
    let circle = each(5_000, |i| format!("--c{i}:var(--c{});", (i + 1) % 5_000));
    let fallbacks = "var(--x,".repeat(3_000) + "red" + &")".repeat(3_000);
    let sum = "calc(1px + ".repeat(5_000) + "1px" + &")".repeat(5_000);
    let least = "min(max(1px,2px),".repeat(1_000) + "1px" + &")".repeat(1_000);
    let counters = "<style>p{counter-increment:a 99999999 b -99999999}p::before{content:counters(a,'.') counter(b,upper-roman) counter(a,cjk-ideographic)}</style>";
    vec![
        ("variables doubling", format!("<style>{doubling}}} p{{font-family:var(--a29)}}</style><p>x")),
        ("variables doubling in 5,000 elements", format!("<style>{doubling}}} p{{content:var(--a6);font-family:var(--a6)}}</style>{}", "<p>x".repeat(5_000))),
        ("variables in a circle", format!("<style>:root{{{circle}}} p{{color:var(--c1)}}</style><p>x")),
        ("variables 100,000", format!("<style>:root{{{}}}</style>{}", each(20_000, |i| format!("--v{i}:{i};")), "<div>".repeat(200))),
        ("fall-backs", format!("<p style='color:{fallbacks}'>x<style>p{{color:{fallbacks}}}</style>")),
        ("sums", format!("<style>p{{width:{sum}}}</style><p>x")),
        ("least of most", format!("<style>p{{width:{least}}}</style><p>x")),
        ("mixed colours", format!("<style>p{{color:{}red{}}}</style><p>x", "color-mix(in srgb,red,".repeat(2_000), ")".repeat(2_000))),
        ("counters", format!("{counters}{}", "<p>".repeat(20_000))),
        ("generated text", format!("<style>p::before,p::after{{content:'{}'}}</style>{}", "x".repeat(100_000), "<p>".repeat(2_000))),
        ("quotes", format!("<style>q{{quotes:{}}}</style>{}", "'a' 'b' ".repeat(5_000), "<q>".repeat(250))),
        ("animations", "<style>@keyframes k{from{color:red}to{color:blue}} p{animation:k 1s infinite;transition:all 1s}</style><p>x".into()),
        ("properties", format!("<style>{}</style><p>x", each(10_000, |i| format!("@property --p{i}{{syntax:'*';inherits:true;initial-value:x}}")))),
        ("declarations 20,000 of one", format!("<style>p{{{}}}</style>{}", each(10_000, |i| format!("margin:{i}px;color:red;")), "<p>x".repeat(2_000))),
        ("style attributes", each(50_000, |i| format!("<p style='margin:{i}px;color:#{:06x};font:{}px a{i},b'>x", i, i % 30))),
        ("fonts 30,000", each(30_000, |i| format!("<font face='f{i}' size={}>x</font>", i % 9))),
        ("stacked families", format!("<p style=\"font-family:{}serif\">x", each(1_500, |i| format!("f{i},")))),
    ]
}

fn painting() -> Vec<Page> {
    let stops = each(3_000, |i| format!("#{:06x} {}%,", i * 5_000, i));
    let corners = each(2_000, |i| format!("{}px {}px,", i % 600, i % 400));
    vec![
        ("shadows and blurs", "<div style='box-shadow:0 0 5000px 5000px red;filter:blur(900px);width:500px;height:500px'>x</div>".repeat(30)),
        ("shadows 1,000 of one", format!("<div style='box-shadow:{}0 0 red;width:300px;height:300px'>x", "1px 1px 200px 90px blue,".repeat(600))),
        ("shadows of text", format!("<p style='text-shadow:{}0 0 red;font-size:60px'>{}", "1px 1px 90px blue,".repeat(600), "text ".repeat(200))),
        ("filters 60 deep", "<div style='filter:blur(30px) drop-shadow(0 0 90px red) hue-rotate(9deg);padding:3px'>".repeat(60) + "x"),
        ("backdrops", "<div style='backdrop-filter:blur(99px);opacity:.9;mix-blend-mode:difference;padding:2px'>".repeat(200) + "x"),
        ("opacity 250 deep", "<div style='opacity:.99;height:99999px'>".repeat(250) + "x"),
        ("clips 250 deep", "<div style='overflow:hidden;border-radius:50%;padding:1px;height:300000px'>".repeat(250) + "x"),
        ("clip of many corners", format!("<div style='clip-path:polygon({}0 0);height:500px;background:red'>x", corners)),
        ("gradients", format!("<div style='height:300000px;background:repeating-linear-gradient({}red)'>x", stops)),
        ("gradients 2,000", "<div style='height:20px;background:repeating-radial-gradient(red,blue .01px),repeating-conic-gradient(red,blue .001deg)'>x</div>".repeat(2_000)),
        ("repeated backgrounds", "<div style='height:390000px;background:url(data:image/gif;base64,R0lGODlhAQABAIAAAP///wAAACwAAAAAAQABAAACAkQBADs=) 0 0/1px 1px'>x".into()),
        ("transforms 200 deep", "<div style='transform:rotate(1deg) scale(1.1) skew(3deg);background:#0001;height:600px'>".repeat(200)),
        ("outlines", "<p style='outline:99999px dashed red;border-radius:9999px;border:9px double red'>x".repeat(500)),
        ("masks", "<div style='mask-image:linear-gradient(red,blue);mask-size:1px 1px;height:30000px'>x".repeat(60)),
    ]
}
