//! Searches kept as folders: saved, renamed, forgotten.

use crate::service::command::Receipt;
use crate::service::event::Event;
use crate::service::model::SavedSearchId;
use crate::service::state::{Result, Shared};
use std::sync::Arc;

/// Keeps a search; its id is in the receipt.
pub(super) async fn save(shared: &Arc<Shared>, name: String, line: String) -> Result<Receipt> {
    let id = shared.db(move |store| store.saved_searches().save(&name, &line)).await?;
    shared.emit(Event::SavedSearches);
    Ok(Receipt { saved: Some(SavedSearchId(id)), ..Receipt::default() })
}

pub(super) async fn rename(shared: &Arc<Shared>, id: SavedSearchId, name: String) -> Result<Receipt> {
    shared.db(move |store| store.saved_searches().rename(id.0, &name)).await?;
    shared.emit(Event::SavedSearches);
    Ok(Receipt { saved: Some(id), ..Receipt::default() })
}

/// Forgetting what is forgotten already is no failure.
pub(super) async fn delete(shared: &Arc<Shared>, id: SavedSearchId) -> Result<Receipt> {
    if shared.db(move |store| store.saved_searches().delete(id.0)).await? {
        shared.emit(Event::SavedSearches);
    }
    Ok(Receipt::default())
}
