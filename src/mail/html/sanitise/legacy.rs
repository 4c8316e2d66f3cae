//! Presentational attributes as rules for an engine that does not know them. They belong among the engine's own
//! sheets, so that whatever the author says in CSS wins.

use std::collections::BTreeSet;

/// Different rules of one document.
const MAX_RULES: usize = 3_000;

/// Adds what an attribute means.
pub fn rule(rules: &mut BTreeSet<String>, element: &str, attribute: &str, value: &str) {
    if rules.len() >= MAX_RULES || value.contains(['"', '\\', '\n']) {
        return;
    }
    if let Some(rule) = meaning(element, attribute, value) {
        rules.insert(rule);
    }
}

fn meaning(element: &str, attribute: &str, value: &str) -> Option<String> {
    let at = format!("{element}[{attribute}=\"{value}\"]");
    let cells = |at: &str| format!("{at}>tr>td,{at}>tr>th,{at}>*>tr>td,{at}>*>tr>th");
    Some(match (element, attribute) {
        (_, "data-height") if value.ends_with('%') => return None,
        (_, "data-height") => format!("{at}{{min-height:{value}px}}"),
        ("table", "data-align") => match value {
            "center" => format!("{at}{{margin-inline:auto}}"),
            "left" | "right" => format!("{at}{{float:{value}}}"),
            _ => return None,
        },
        ("img", "data-align") => match value {
            "left" | "right" => format!("{at}{{float:{value}}}"),
            "top" | "texttop" => format!("{at}{{vertical-align:top}}"),
            "middle" | "center" | "absmiddle" => format!("{at}{{vertical-align:middle}}"),
            _ => return None,
        },
        ("table", "cellpadding") => format!("{}{{padding:{value}px}}", cells(&at)),
        ("table", "cellspacing") => format!("{at}{{border-spacing:{value}px}}"),
        ("table", "border") if value == "0" => return None,
        ("table", "border") => {
            format!("{at}{{border:{value}px outset gray}}\n{}{{border:1px inset gray}}", cells(&at))
        }
        ("table", "bordercolor") => format!("{at}{{border-color:{value}}}"),
        (_, "align") if value == "justify" => format!("{at}{{text-align:justify}}"),
        ("hr", "align") => match value {
            "left" => format!("{at}{{margin-left:0;margin-right:auto}}"),
            "right" => format!("{at}{{margin-left:auto;margin-right:0}}"),
            _ => return None,
        },
        (_, "valign") => {
            let value = match value {
                "top" | "middle" | "bottom" | "baseline" => value,
                "center" => "middle",
                _ => return None,
            };
            match element {
                "td" | "th" => format!("{at}{{vertical-align:{value}}}"),
                "tr" => format!("{at},{at}>td,{at}>th{{vertical-align:{value}}}"),
                _ => format!("{at},{at}>tr>td,{at}>tr>th{{vertical-align:{value}}}"),
            }
        }
        (_, "bgcolor") if !value.starts_with('#') => format!("{at}{{background-color:{value}}}"),
        (_, "background") => format!("{at}{{background-image:url(\"{value}\")}}"),
        ("td" | "th", "nowrap") => format!("{element}[nowrap]{{white-space:nowrap}}"),
        ("font", "color") => format!("{at}{{color:{value}}}"),
        ("font", "face") => {
            let names: Vec<String> = value.split(',').map(|name| family(name.trim())).collect();
            format!("{at}{{font-family:{}}}", names.join(","))
        }
        ("font", "size") => {
            let size = match value {
                "1" => "x-small",
                "2" => "small",
                "4" => "large",
                "5" => "x-large",
                "6" => "xx-large",
                "7" => "xxx-large",
                _ => "medium",
            };
            format!("{at}{{font-size:{size}}}")
        }
        ("hr", "color") => format!("{at}{{border-color:{value};border-style:solid;background-color:{value}}}"),
        ("hr", "size") => match value {
            "0" | "1" => format!("{at}{{border-bottom-width:0}}"),
            value => {
                let inner = value.parse::<u32>().ok()?.saturating_sub(2);
                format!("{at}{{height:{inner}px}}")
            }
        },
        ("hr", "noshade") => "hr[noshade]{border-style:solid;border-color:gray;background-color:gray}".into(),
        ("body", "text") => format!("{at}{{color:{value}}}"),
        ("body", "link") => format!("{at} a[href]{{color:{value}}}"),
        ("br", "clear") => match value {
            "left" | "right" => format!("{at}{{clear:{value}}}"),
            "all" | "both" => format!("{at}{{clear:both}}"),
            _ => return None,
        },
        _ => return None,
    })
}

/// A family's name as CSS has it: generic ones are no strings.
fn family(name: &str) -> String {
    match name.to_ascii_lowercase().as_str() {
        generic @ ("serif" | "sans-serif" | "monospace" | "cursive" | "fantasy" | "system-ui") => generic.to_string(),
        _ => format!("'{}'", name.replace('\'', "")),
    }
}
