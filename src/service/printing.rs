//! Messages on paper: the heading and the text as simple HTML of our own, the page of the message beneath it, both
//! handed to the process that draws, which gives back a PDF.
//!
//! What is printed is what is read: remote images only where they were allowed on the screen.

use super::model::MessageId;
use super::page::{ImageChoice, Prepared, RenderPage, choice, prepare_on, sender_of};
use super::problem::{Problem, ProblemKind};
use super::state::{Result, Shared};
use super::{account, connecting, problem_from};
use crate::mail::html::escape;
use crate::mail::mime::{self, Content};
use crate::mail::prose::{BlockKind, LinkTarget, Prose};
use crate::render::Error;
use std::fmt::Write as _;
use std::sync::Arc;

pub use crate::render::{Job as PrintJob, MAX_PAGES, Paper, Printed};

/// Bytes of a text that are printed: some thousand pages.
const MAX_TEXT: usize = 1 << 20;
/// Lines that are laid out together.
const LINES: usize = 40;
/// Deeper quotations are drawn like this one.
const MAX_DEPTH: u8 = 6;

/// How the heading and the text look.
const SHEET: &str = "\
    body { margin: 0; font: 13.5px/1.45 sans-serif; color: #1b1f24 }\
    .subject { font-size: 20px; line-height: 1.25; font-weight: bold; margin: 0 0 10px 0 }\
    .fields { width: 100%; border-collapse: collapse; border-bottom: 1px solid #c4c9d0 }\
    .fields td { padding: 1px 0 2px 0; vertical-align: top; font-size: 12.5px }\
    .fields .name { width: 90px; padding-right: 12px; color: #5b6470 }\
    .fields .last td { padding-bottom: 10px }\
    .text { white-space: pre-wrap; overflow-wrap: anywhere }\
    .quoted { border-left: 2px solid #b8c0cc; padding-left: 10px; color: #47505c }\
    .signature { color: #5b6470; margin-top: 8px }\
    a { color: #0b57d0 }";

/// What stands above a printed message, in the words of the person's language.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Heading {
    pub subject: String,
    /// “From”, and who; in order.
    pub fields: Vec<(String, String)>,
    /// Of these words, as in `de`.
    pub language: String,
}

/// What is printed of a message.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Form {
    /// Its HTML; its text where it has none. `once` loads remote images whatever is kept about the sender.
    Page { once: bool },
    /// Its text.
    #[default]
    Text,
}

/// Prints a message of the store, which is fetched first where only its headers are here.
pub(super) async fn print(
    shared: &Arc<Shared>,
    id: MessageId,
    form: Form,
    heading: Heading,
    paper: Paper,
) -> Result<Printed> {
    account::fetch_whole(shared, vec![id]).await?;
    let (raw, account) = shared
        .db(move |store| {
            let not_found = || crate::storage::Error::NotFound(format!("message {id}"));
            let located = store.locate(id)?.ok_or_else(not_found)?;
            Ok((store.raw(id)?, located.account))
        })
        .await?;
    let mut route = None;
    if let Form::Page { once } = form {
        let kept = match sender_of(&raw) {
            Some(sender) => choice(shared, &sender).await?,
            None => ImageChoice::Ask,
        };
        if once || kept == ImageChoice::Always {
            let state = shared.account(&account)?;
            route = Some(connecting::route(shared, &state.account).await?);
        }
    }
    let body = body(raw, form, route).await?;
    let printed = shared.renderer.print(&job(&heading, body, paper)).await;
    printed.map_err(|error| unprintable(&error))
}

/// The HTML of a raw message with its images, or its text.
async fn body(raw: Vec<u8>, form: Form, route: Option<crate::protocol::net::Route>) -> Result<RenderPage> {
    if matches!(form, Form::Page { .. })
        && let Some(Prepared { page, .. }) = prepare_on(raw.clone(), route).await?
    {
        return Ok(page);
    }
    let read = tokio::task::spawn_blocking(move || text(&mime::content(&raw)));
    read.await.map_err(problem_from::of_join)
}

/// What the process that draws has to do.
pub fn job(heading: &Heading, body: RenderPage, paper: Paper) -> PrintJob {
    PrintJob {
        title: heading.subject.clone(),
        language: heading.language.clone(),
        paper,
        heading: if *heading == Heading::default() { RenderPage::default() } else { head(heading) },
        body,
    }
}

/// The problem of a message that could not be printed.
pub fn unprintable(error: &Error) -> Problem {
    Problem::new(ProblemKind::Unprintable, error.to_string())
}

fn head(heading: &Heading) -> RenderPage {
    let mut html = String::from("<body><div class=\"subject\" dir=\"auto\">");
    escape(&mut html, &heading.subject, false);
    html.push_str("</div><table class=\"fields\">");
    for (at, (name, words)) in heading.fields.iter().enumerate() {
        let last = at.saturating_add(1) == heading.fields.len();
        html.push_str(if last { "<tr class=\"last\"><td class=\"name\">" } else { "<tr><td class=\"name\">" });
        escape(&mut html, name, false);
        html.push_str("</td><td dir=\"auto\">");
        escape(&mut html, words, false);
        html.push_str("</td></tr>");
    }
    html.push_str("</table>");
    RenderPage { html, sheet: SHEET.into(), ..RenderPage::default() }
}

/// The readable text of a message as a document.
pub fn text(content: &Content) -> RenderPage {
    RenderPage { html: text_html(&content.prose), sheet: SHEET.into(), ..RenderPage::default() }
}

fn text_html(prose: &Prose) -> String {
    let mut html = String::from("<body>");
    for block in &prose.blocks {
        if html.len() > MAX_TEXT {
            html.push('…');
            break;
        }
        let depth = match block.kind {
            BlockKind::Quoted(level) => level.min(MAX_DEPTH),
            _ => 0,
        };
        for _ in 0..depth {
            html.push_str("<div class=\"quoted\">");
        }
        let class = if block.kind == BlockKind::Signature { "text signature" } else { "text" };
        // What is laid out together takes the longer the longer it is: some lines at a time.
        let mut start = 0;
        let mut lines = 0;
        let ends = block.text.match_indices('\n').map(|(at, _)| at).chain([block.text.len()]);
        for end in ends {
            lines += 1;
            if lines < LINES && end < block.text.len() {
                continue;
            }
            let _ = write!(html, "<div class=\"{class}\" dir=\"auto\">");
            linked(&mut html, block, start, end.min(start.saturating_add(MAX_TEXT)));
            html.push_str("</div>");
            (start, lines) = (end.saturating_add(1), 0);
            if html.len() > MAX_TEXT {
                break;
            }
        }
        for _ in 0..depth {
            html.push_str("</div>");
        }
    }
    html
}

/// Some bytes of a block with its links.
fn linked(html: &mut String, block: &crate::mail::prose::Block, start: usize, end: usize) {
    let mut at = start;
    let inside = block.links.iter().filter(|link| link.range.start >= start && link.range.end <= end);
    for link in inside {
        let (Some(before), Some(shown)) = (block.text.get(at..link.range.start), block.text.get(link.range.clone()))
        else {
            continue;
        };
        plain(html, before);
        html.push_str("<a href=\"");
        match &link.target {
            LinkTarget::Web(url) => escape(html, url, true),
            LinkTarget::Mail(address) => {
                html.push_str("mailto:");
                escape(html, address, true);
            }
        }
        html.push_str("\">");
        plain(html, shown);
        html.push_str("</a>");
        at = link.range.end;
    }
    plain(html, block.text.get(at..end).unwrap_or_default());
    // An empty line is as high as another.
    if block.text.get(start..end).is_none_or(|text| text.is_empty() || text.ends_with('\n')) {
        html.push_str("&nbsp;");
    }
}

/// Text without what only a terminal understands.
fn plain(html: &mut String, text: &str) {
    let kept: String = text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')).collect();
    escape(html, &kept, false);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_text_is_text_whatever_stands_in_it() {
        let prose = Prose::of("<b>no</b> & https://example.com/?a=1&b=\"2\n\n> quoted <img>\n>> twice\nback\u{1b}[0m");
        let html = text_html(&prose);
        assert!(html.contains("&lt;b&gt;no&lt;/b&gt; &amp; <a href=\"https://example.com/?a=1&amp;b="), "{html}");
        assert!(!html.contains("<img") && !html.contains('\u{1b}'), "{html}");
        assert_eq!(html.matches("class=\"quoted\"").count(), 3, "{html}");
        assert_eq!(html.matches("<div").count(), html.matches("</div>").count());
    }

    #[test]
    fn a_heading_says_its_fields_in_order() {
        let fields = vec![("From".into(), "Ada <ada@example.org>".into()), ("To".into(), "<script>".into())];
        let page = head(&Heading { subject: "A & B".into(), fields, language: "en".into() });
        let at = |words: &str| page.html.find(words).unwrap_or_else(|| panic!("{words}: {}", page.html));
        assert!(at("A &amp; B") < at("Ada &lt;ada@example.org&gt;") && at("Ada") < at("&lt;script&gt;"));
    }

    #[test]
    fn nothing_stands_above_what_has_no_heading() {
        assert_eq!(job(&Heading::default(), RenderPage::default(), Paper::A4).heading, RenderPage::default());
    }

    #[test]
    fn a_long_text_is_laid_out_in_parts() {
        let text: String = (0..1_000).map(|n| format!("line {n}\n")).collect();
        let html = text_html(&Prose::of(&text));
        assert!(html.matches("class=\"text\"").count() >= 25 && html.contains("line 999"));
    }
}
