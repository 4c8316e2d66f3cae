//! The HTML of a message as a document to look at: sanitised, its attached images found, remote ones fetched where the
//! person allowed it, handed to the process that draws.
//!
//! Whatever fails here is no failure of the message: its text is there all the same ([`Handle::message`]).

use super::connecting;
use super::model::MessageId;
use super::state::{Result, Shared};
use crate::mail::html::{self, Policy};
use crate::mail::mime::{self, Content};
use crate::protocol::https;
use crate::protocol::net::Route;
use crate::storage::{Readable, remote_images};
use futures::StreamExt;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use std::time::{Duration, Instant};

pub use crate::mail::html::{Doubt, Facts, Link, Verdict, judge};
pub use crate::render::{
    Colours, Document, Error as RenderError, FileKind, Hit, Image, Layout, LinkArea, MAX_FILE as MAX_PREVIEW,
    Page as RenderPage, PageSize, Point, Preview, Rect, Renderer, Selection, Tile, Unit, View, run_worker,
};

/// Bytes of all images of one document.
const MAX_IMAGES: usize = 48 << 20;
/// Remote images of one document.
const MAX_REMOTE: usize = 200;
/// Remote images that are fetched at once.
const AT_ONCE: usize = 6;
/// For all of them: what has not come by then is left out.
const FETCH: Duration = Duration::from_secs(30);

/// What the person wants of remote images.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum ImageChoice {
    /// Blocked, and asked about.
    #[default]
    Ask,
    /// Loaded.
    Always,
    /// Blocked, and not asked about.
    Never,
}

/// The HTML of a message, ready to be looked at.
#[derive(Debug)]
pub struct PageView {
    /// The document, or why it is not drawn: then the text is shown, with a line that says so.
    pub document: std::result::Result<Document, RenderError>,
    pub facts: Facts,
    /// What is kept about the sender.
    pub choice: ImageChoice,
    /// Whether remote images were asked for.
    pub loaded: bool,
    /// Remote images that did not come.
    pub missing: usize,
}

/// Opens the HTML of a message. None where it has none. `once` loads remote images whatever is kept about the sender.
pub(super) async fn open(shared: &Arc<Shared>, id: MessageId, view: View, once: bool) -> Result<Option<PageView>> {
    let (raw, account) = shared
        .db(move |store| {
            let not_found = || crate::storage::Error::NotFound(format!("message {id}"));
            let located = store.locate(id)?.ok_or_else(not_found)?;
            match store.readable(id)? {
                Readable::Whole(bytes) => Ok((Some(bytes), located.account)),
                Readable::Headers(_) => Ok((None, located.account)),
            }
        })
        .await?;
    let Some(raw) = raw else { return Ok(None) };
    let choice = match sender_of(&raw) {
        Some(sender) => choice(shared, &sender).await?,
        None => ImageChoice::Ask,
    };
    let load = once || choice == ImageChoice::Always;
    let route = if load {
        let state = shared.account(&account)?;
        Some(connecting::route(shared, &state.account).await?)
    } else {
        None
    };
    let Some(prepared) = prepare_on(raw, route).await? else { return Ok(None) };
    let document = shared.renderer.open_after(prepared.page, view, prepared.spent).await;
    if let Err(error) = &document {
        tracing::info!(%id, %error, "HTML is shown as text");
    }
    Ok(Some(PageView { document, facts: prepared.facts, choice, loaded: load, missing: prepared.missing }))
}

/// A message's or a file's HTML with all that it shows.
#[derive(Debug)]
pub struct Prepared {
    pub page: RenderPage,
    pub facts: Facts,
    /// Remote images that did not come.
    pub missing: usize,
    /// How long sanitising took, for [`Renderer::open_after`].
    pub spent: Duration,
}

/// Sanitises the HTML of a raw message and gathers its images; with a route also the remote ones.
pub(super) async fn prepare_on(raw: Vec<u8>, route: Option<Route>) -> Result<Option<Prepared>> {
    let policy = Policy { remote_images: route.is_some() };
    let begin = Instant::now();
    let read = tokio::task::spawn_blocking(move || {
        let content = mime::content(&raw);
        let markup = content.html.as_deref()?;
        let clean = html::sanitise(markup, policy);
        let images = attached(&raw, &content, &clean.facts.cids);
        Some((clean, images))
    });
    let Some((clean, images)) = read.await.map_err(super::problem_from::of_join)? else { return Ok(None) };
    let spent = begin.elapsed();
    Ok(Some(Prepared { spent, ..with_remote(clean, images, route).await }))
}

/// The same for HTML that is in no message. Remote images are fetched directly.
///
/// # Errors
/// Where the runtime ends.
pub async fn prepare_html(markup: String, remote: bool) -> Result<Prepared> {
    let policy = Policy { remote_images: remote };
    let begin = Instant::now();
    let clean = tokio::task::spawn_blocking(move || html::sanitise(&markup, policy));
    let clean = clean.await.map_err(super::problem_from::of_join)?;
    let spent = begin.elapsed();
    Ok(Prepared { spent, ..with_remote(clean, Vec::new(), remote.then(Route::default)).await })
}

/// The same for a message in a file: none where it has no HTML.
///
/// # Errors
/// Where the runtime ends.
pub async fn prepare_message(raw: Vec<u8>, remote: bool) -> Result<Option<Prepared>> {
    prepare_on(raw, remote.then(Route::default)).await
}

async fn with_remote(clean: html::Sanitised, mut images: Vec<Image>, route: Option<Route>) -> Prepared {
    let mut missing = 0;
    if let Some(route) = route {
        let wanted = clean.facts.remote.len();
        let before = images.len();
        fetch(&clean.facts.remote, &route, &mut images).await;
        missing = wanted.saturating_sub(images.len().saturating_sub(before));
    }
    let html::Sanitised { html, sheet, quirks, has_dark, facts } = clean;
    let spent = Duration::ZERO;
    Prepared { page: RenderPage { html, sheet, quirks, has_dark, images }, facts, missing, spent }
}

/// The parts of a message that its HTML shows (RFC 2392).
fn attached(raw: &[u8], content: &Content, cids: &[String]) -> Vec<Image> {
    let mut images = Vec::new();
    let mut size = 0_usize;
    for cid in cids {
        let is_it = |id: &String| id.trim().trim_start_matches('<').trim_end_matches('>') == cid;
        let part = content.attachments.iter().find(|a| a.content_id.as_ref().is_some_and(is_it));
        let Some((_, bytes)) = part.and_then(|part| mime::attachment(raw, part.index)) else { continue };
        size = size.saturating_add(bytes.len());
        if size > MAX_IMAGES {
            break;
        }
        images.push(Image { url: html::cid_url(cid), bytes: bytes.into() });
    }
    images
}

/// Fetches what comes in time; the rest stays away.
async fn fetch<'a>(urls: &'a [String], route: &Route, images: &mut Vec<Image>) {
    let mut size: usize = images.iter().map(|image| image.bytes.len()).sum();
    // Gathered first: a stream of a closure's futures is not known to be Send for every lifetime.
    let one = |url: &'a String| async move { (url, https::picture(url, route).await) };
    let each: Vec<_> = urls.iter().take(MAX_REMOTE).map(one).collect();
    let mut coming = futures::stream::iter(each).buffer_unordered(AT_ONCE);
    let until = tokio::time::Instant::now() + FETCH;
    while let Ok(Some((url, got))) = tokio::time::timeout_at(until, coming.next()).await {
        match got {
            Ok(bytes) if size.saturating_add(bytes.len()) <= MAX_IMAGES => {
                size = size.saturating_add(bytes.len());
                images.push(Image { url: url.clone(), bytes: bytes.into() });
            }
            Ok(_) => {}
            // Which image of whose mail is nothing for a log.
            Err(error) => tracing::debug!(%error, "a remote image did not come"),
        }
    }
}

/// The address that a message says it is from; none where it is not one alone.
pub(super) fn sender_of(raw: &[u8]) -> Option<String> {
    match mime::summary(raw).envelope.from.as_slice() {
        [one] => Some(one.addr.to_lowercase()),
        _ => None,
    }
}

/// What is kept about a sender.
pub(super) async fn choice(shared: &Arc<Shared>, sender: &str) -> Result<ImageChoice> {
    let sender = sender.to_lowercase();
    let lists = shared.db(|store| remote_images::load(store.profile())).await?;
    Ok(match (lists.always.contains(&sender), lists.never.contains(&sender)) {
        (_, true) => ImageChoice::Never,
        (true, false) => ImageChoice::Always,
        (false, false) => ImageChoice::Ask,
    })
}

/// Keeps what the person wants of a sender's remote images.
pub(super) async fn choose(shared: &Arc<Shared>, sender: &str, choice: ImageChoice) -> Result<()> {
    let sender = sender.trim().to_lowercase();
    let _alone = shared.settings.lock().await;
    shared
        .db(move |store| {
            let mut lists = remote_images::load(store.profile())?;
            lists.always.remove(&sender);
            lists.never.remove(&sender);
            match choice {
                ImageChoice::Always => drop(lists.always.insert(sender)),
                ImageChoice::Never => drop(lists.never.insert(sender)),
                ImageChoice::Ask => {}
            }
            remote_images::save(store.profile(), &lists)
        })
        .await
}
