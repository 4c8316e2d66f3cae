//! Drafts being written: `drafts/<id>/draft.json` with private copies of the attachments beside it.

use super::error::Result;
use super::profile::Profile;
use crate::mail::compose::draft::{Draft, DraftAttachment};
use std::path::Path;

/// The drafts of a profile. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Drafts {
    _profile: Profile,
}

impl Drafts {
    pub fn new(profile: &Profile) -> Drafts {
        Drafts { _profile: profile.clone() }
    }

    /// A name for a new draft.
    pub fn new_id() -> String {
        todo!()
    }

    /// Saves the draft durably, replacing what was saved before.
    ///
    /// # Errors
    /// [`Error::Invalid`](super::Error::Invalid) where the id is no file name.
    pub fn save(&self, _draft: &Draft) -> Result<()> {
        todo!()
    }
    /// Every readable draft, the last saved first.
    ///
    /// # Errors
    /// What the disk says.
    pub fn list(&self) -> Result<Vec<Draft>> {
        todo!()
    }
    /// # Errors
    /// [`Error::NotFound`](super::Error::NotFound).
    pub fn load(&self, _id: &str) -> Result<Draft> {
        todo!()
    }
    /// Removes the draft with its attachments; one that is gone is fine.
    ///
    /// # Errors
    /// What the disk says.
    pub fn remove(&self, _id: &str) -> Result<()> {
        todo!()
    }
    /// Keeps bytes as an attachment of the draft, durably. The draft is not changed: the caller adds what is returned.
    ///
    /// # Errors
    /// What the disk says.
    pub fn attach_bytes(
        &self,
        _id: &str,
        _file_name: &str,
        _media_type: &str,
        _bytes: &[u8],
    ) -> Result<DraftAttachment> {
        todo!()
    }
    /// Copies a file as an attachment of the draft, durably.
    ///
    /// # Errors
    /// What the disk says; [`Error::Invalid`](super::Error::Invalid) for what is no regular file.
    pub fn attach_file(&self, _id: &str, _file_name: &str, _media_type: &str, _path: &Path) -> Result<DraftAttachment> {
        todo!()
    }
    /// Removes the copy of an attachment that the person took off again.
    ///
    /// # Errors
    /// [`Error::Invalid`](super::Error::Invalid) where the path is not within this draft.
    pub fn detach(&self, _id: &str, _attachment: &DraftAttachment) -> Result<()> {
        todo!()
    }
}
