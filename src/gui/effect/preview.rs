//! Attached files that are looked at.

use crate::gui::action::preview::{Came, Sheets, Why};
use crate::service::model::{Attachment, AttachmentKind};
use crate::service::page::{FileKind, MAX_PREVIEW, RenderError};
use crate::service::{Handle, MessagePlace, Problem};
use iced::widget::image;

/// Bytes of a text that are shown.
const MOST_TEXT: usize = 512 << 10;

/// Opens an attachment to look at it.
pub async fn open(handle: &Handle, place: &MessagePlace, attachment: &Attachment) -> Result<Came, Problem> {
    if attachment.size > MAX_PREVIEW as u64 {
        return Ok(Came::Nothing(Why::TooLarge));
    }
    let index = attachment.index;
    let kind = match attachment.kind {
        AttachmentKind::Image => FileKind::Picture,
        AttachmentKind::Pdf => FileKind::Pdf,
        AttachmentKind::Text | AttachmentKind::Calendar | AttachmentKind::Contact | AttachmentKind::Key => {
            return Ok(match handle.letter_text(place, index, MOST_TEXT).await? {
                Some((text, whole)) => Came::Text { text, whole },
                // Keys and signatures are text or not, and both are right.
                None if attachment.kind == AttachmentKind::Key => Came::Nothing(Why::Kind),
                None => Came::Nothing(Why::Unreadable),
            });
        }
        _ => return Ok(Came::Nothing(Why::Kind)),
    };
    Ok(match handle.preview(place, index, kind).await? {
        Ok(preview) => {
            let (pages, count) = (preview.pages().to_vec(), preview.count());
            let sheets = Sheets::new(preview);
            match (kind, pages.first()) {
                (FileKind::Picture, Some(size)) => Came::Picture(sheets, *size),
                _ => Came::Pdf { sheets, pages, count },
            }
        }
        Err(error) => Came::Nothing(Why::from(&error)),
    })
}

/// Draws a page.
pub async fn sheet(sheets: &Sheets, page: usize, width: u32) -> Result<image::Handle, RenderError> {
    let preview = sheets.preview().ok_or(RenderError::Protocol)?;
    let tile = preview.page(page, width).await?;
    Ok(image::Handle::from_rgba(tile.width, tile.height, tile.rgba))
}
