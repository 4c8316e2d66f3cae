//! Pages that want to reach something outside.

use super::Page;

pub fn pages() -> Vec<Page> {
    vec![
        ("elements that load", LOADING.into()),
        ("elements that lead away", LEADING.into()),
        ("sheets that load", SHEETS.into()),
        ("sheets that load, disguised", DISGUISED.into()),
        ("drawings that load", DRAWINGS.into()),
        ("addresses of all kinds", ADDRESSES.iter().map(|url| format!("<a href=\"{url}\">x</a><img src=\"{url}\"><table background=\"{url}\"><tr><td style='background:url({url})'>x</table>")).collect()),
        ("files", "<img src='file:///etc/passwd'><a href='file:///etc/passwd'>x</a><p style='background:url(/etc/passwd)'>x<img src='/dev/zero'><img src='///etc/shadow'>".into()),
        ("names of trackers", "<link rel=dns-prefetch href=//t.example><link rel=preconnect href=//t.example><link rel=prefetch href=//t.example/x><link rel=preload as=image href=//t.example/x><link rel='shortcut icon' href=//t.example/i><link rel=manifest href=//t.example/m>".into()),
        ("within what is dropped", "<noscript><img src=http://t.example/n></noscript><template><img src=http://t.example/t></template><math><annotation-xml encoding='text/html'><img src=http://t.example/m></annotation-xml></math><svg><desc><img src=http://t.example/d></desc></svg><title><img src=http://t.example/x></title><xmp><img src=http://t.example/x></xmp><!--[if mso]><img src=http://t.example/o><![endif]--><![if !mso]><img src=http://t.example/p><![endif]>".into()),
        ("a link without words", "<p><a href='https://e.example/'> </a><a href='https://e.example/'>\n</a>x".into()),
        ("10,000 frames", "<iframe src=http://t.example/><object data=http://t.example/>".repeat(10_000)),
    ]
}

const LOADING: &str = "<iframe src='http://t.example/'></iframe><iframe srcdoc='<iframe srcdoc=x></iframe>'></iframe>\
    <object data='http://t.example'><param name=movie value=http://t.example></object><embed src=file:///etc/passwd>\
    <video src=http://t.example poster=http://t.example/p><source src=http://t.example/s><track src=http://t.example/t></video>\
    <audio src=http://t.example autoplay></audio><picture><source srcset='http://t.example/1 1x, http://t.example/2 2x'>\
    <img srcset='http://t.example/1 1x' src=http://t.example/i></picture><input type=image src=http://t.example/i>\
    <body background=http://t.example/b><table background=http://t.example/t><tr background=http://t.example/r>\
    <td background='http://t.example/d'>x</table><script src=http://t.example></script><applet code=http://t.example></applet>\
    <bgsound src=http://t.example><img dynsrc=http://t.example lowsrc=http://t.example><layer src=http://t.example></layer>\
    <img src='ht\ntp://t.example/newline'><img src='//t.example/no-scheme'><img src=' \thttp://t.example/space'>\
    <img src='cid:http://t.example/'><image src=http://t.example/image><img longdesc=http://t.example usemap=http://t.example>\
    <isindex action=http://t.example><frameset><frame src=http://t.example></frameset><portal src=http://t.example></portal>";

const LEADING: &str = "<base href='file:///'><img src='etc/passwd'><meta http-equiv=refresh content='0;url=http://t.example'>\
    <meta http-equiv=Set-Cookie content=a=b><meta http-equiv=Link content='<http://t.example>;rel=stylesheet'>\
    <script>alert(1)</script><form action=http://t.example><input name=a autofocus onfocus=alert(1)><button>go</button></form>\
    <a href='http://t.example' ping='http://t.example/ping'>x</a><body onload=alert(1)><p onmouseover=alert(1)>x\
    <a href='javascript:alert(1)'>x</a><a href='JaVa\tScript:alert(1)'>x</a><a href='data:text/html,<script>x</script>'>x</a>\
    <a href='vbscript:x'>x</a><a href='smb://t.example/x'>x</a><a href='\\\\t.example\\x'>x</a><area href=http://t.example>\
    <details open ontoggle=alert(1)>x</details><dialog open>x</dialog><marquee onstart=alert(1)>x</marquee>";

const SHEETS: &str = "<link rel=stylesheet href=http://t.example/l.css><style>@import url(http://t.example/i.css);@import 'http://t.example/j.css';\
    @import url(http://t.example/k.css) layer(x) supports(a:b) screen;@charset 'x';@namespace x url(http://t.example/n);\
    @font-face{font-family:f;src:url(http://t.example/f.woff) format('woff'),local('x')}@document url(http://t.example){p{color:red}}\
    @page{background:url(http://t.example/p)}@counter-style c{symbols:url(http://t.example/c)}\
    p{background:url(http://t.example/1);background-image:image-set('http://t.example/2' 1x,url(http://t.example/3) 2x);\
    border-image:url(http://t.example/4) 1;list-style:url(http://t.example/5);cursor:url(http://t.example/6),auto;\
    content:url(http://t.example/7);mask:url(http://t.example/8);filter:url(http://t.example/9#f);clip-path:url(http://t.example/10#c);\
    shape-outside:url(http://t.example/11);background:image(http://t.example/12);background:cross-fade(url(http://t.example/13),red);\
    -moz-binding:url(http://t.example/14);behavior:url(http://t.example/15);src:url(http://t.example/16);fill:url(http://t.example/17#x);\
    offset-path:url(http://t.example/18);width:expression(alert(1))}p::before{content:counter(x,upper-roman) attr(title) url(http://t.example/19)}\
    p::marker{content:url(http://t.example/20)}p:visited{background:url(http://t.example/21)}</style>\
    <p style='counter-increment:x 99999999;font-family:f;animation:k 1s'>x<ul style='list-style-image:url(http://t.example/22)'><li>x</ul>";

const DISGUISED: &str = "<style>p{background:\\75rl(http://t.example/1);background:u\\72l( 'http://t.example/2' );background:URL(http://t.example/3);\
    background:url(\\68ttp://t.example/4);background:/**/url(/**/http://t.example/5);background:url(\"http://t.example/6\\\n\");\
    --u:url(http://t.example/7);background:var(--u);--v:http;background:url(var(--v)://t.example/8);background:src('http://t.example/9');\
    background:url(//t.example/10);background:url(http:\\2f\\2ft.example/11)}\\40import url(http://t.example/12);@im\\70ort 'http://t.example/13';\
    @media all{@import 'http://t.example/14';}<!-- @import 'http://t.example/15'; --></style>\
    <p style=\"background:&#117;rl(http://t.example/16)\">x<p style='background:url(http://t.example/17'>x\
    <p style=\"background:url('http://t.example/18\">x<style media='x' type='text/css'>@import 'http://t.example/19'</style>\
    <style></style><style>p{background:url(http://t.example/20)}";

const DRAWINGS: &str = "<svg><image href=http://t.example/1 /><image xlink:href=http://t.example/2 /><use href='http://t.example/3#x' />\
    <filter id=f><feImage href=http://t.example/4 /></filter><style>@import 'http://t.example/5';</style><script href=http://t.example/6 />\
    <a href=javascript:alert(1)><text>x</text></a><foreignObject><img src=http://t.example/7></foreignObject>\
    <animate attributeName=href values=http://t.example/8 /><set attributeName=href to=http://t.example/9 /></svg>\
    <math href=http://t.example/10><mi xlink:href=http://t.example/11>x</mi><maction actiontype=statusline#http://t.example>x</maction></math>";

const ADDRESSES: [&str; 24] = [
    "http://[::",
    "http://[::1]/",
    "http://127.0.0.1:1/",
    "http://0/",
    "http://0x7f.1/",
    "http://user:password@t.example/",
    "https://t.example:99999/",
    "http:///t.example",
    "http:\\\\t.example\\",
    "//t.example/",
    "ftp://t.example/",
    "smb://t.example/x",
    "ws://t.example/",
    "gopher://t.example/",
    "ldap://t.example/",
    "blob:http://t.example/x",
    "filesystem:http://t.example/x",
    "about:blank",
    "view-source:http://t.example/",
    "chrome://settings/",
    "cid:",
    "mid:x@y",
    "data:",
    "http://\u{202e}elpmaxe.t/",
];
