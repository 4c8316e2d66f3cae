//! What is asked of pages of HTML mail.

use crate::gui::action::page::{Came, Laid, Near, Of, Paper, TILE, Told};
use crate::service::model::MessageId;
use crate::service::page::{Document, PageView, RenderError, Tile, View};
use crate::service::{Handle, MessagePlace, Problem};
use iced::widget::image;

/// Opens the page of a message, with the tiles that are seen first; none where it has no HTML.
pub async fn open(handle: &Handle, id: MessageId, view: View, once: bool, near: Near) -> Result<Option<Came>, Problem> {
    came(handle.page(id, view, once).await?, near).await
}

/// The same of a message wherever it lies.
pub async fn open_letter(
    handle: &Handle,
    place: &MessagePlace,
    view: View,
    once: bool,
    near: Near,
) -> Result<Option<Came>, Problem> {
    came(handle.letter_page(place, view, once).await?, near).await
}

async fn came(page: Option<PageView>, near: Near) -> Result<Option<Came>, Problem> {
    let Some(page) = page else { return Ok(None) };
    let PageView { document, facts, choice, loaded, missing } = page;
    let drawn = match document {
        Ok(document) => laid(&document, near).await.map(|laid| (Paper::new(document), laid)),
        Err(error) => Err(error),
    };
    Ok(Some(Came { drawn, facts, choice, loaded, missing }))
}

/// Asks an open page.
pub async fn of(paper: &Paper, question: Of) -> Told {
    let gone = || RenderError::Protocol;
    let document = paper.document();
    match question {
        Of::View(view, near) => Told::Laid(match document {
            Some(document) => {
                let mut document = document.write().await;
                match document.set_view(view).await {
                    Ok(()) => laid(&document, near).await,
                    Err(error) => Err(error),
                }
            }
            None => Err(gone()),
        }),
        Of::Tile(view, number) => Told::Tile(
            number,
            match document {
                Some(document) => {
                    let document = document.read().await;
                    if document.view() == view { tile(&document, number).await.map(Some) } else { Ok(None) }
                }
                None => Err(gone()),
            },
        ),
        Of::Select { from, to, unit } => Told::Selected(match document {
            Some(document) => document.read().await.select(from, to, unit).await,
            None => Err(gone()),
        }),
        Of::SelectAll => Told::Selected(match document {
            Some(document) => document.read().await.select_all().await,
            None => Err(gone()),
        }),
        Of::Light(view, phrases) => {
            let areas = match document {
                Some(document) => {
                    let document = document.read().await;
                    match document.view() == view {
                        true => document.light(&phrases).await.map(Some),
                        false => Ok(None),
                    }
                }
                None => Err(gone()),
            };
            Told::Lit { view, phrases, areas }
        }
        Of::Find(text) => {
            let found = match document {
                Some(document) => document.read().await.find(&text).await,
                None => Err(gone()),
            };
            Told::Found(text, found)
        }
    }
}

/// What a document became, with the tiles that are looked at.
async fn laid(document: &Document, near: Near) -> Result<Laid, RenderError> {
    let (view, layout) = (document.view(), document.layout().clone());
    let mut tiles = Vec::new();
    for number in near.tiles_within(0.0, view.scale, layout.pixels.1) {
        tiles.push((number, tile(document, number).await?));
    }
    Ok(Laid { view, layout, tiles })
}

async fn tile(document: &Document, number: u32) -> Result<image::Handle, RenderError> {
    let Tile { width, height, rgba, .. } = document.tile(number.saturating_mul(TILE), TILE).await?;
    Ok(image::Handle::from_rgba(width, height, rgba))
}
