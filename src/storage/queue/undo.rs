//! The inverse of each command that can be taken back, kept beside the operations.

use crate::storage::error::Result;

/// The undo log. Cheap to clone.
#[derive(Clone)]
pub struct UndoLog {}

impl UndoLog {
    /// Records the inverse (the service's JSON) of a command; the value is the token that takes it.
    ///
    /// # Errors
    /// What the database says, as every call here.
    pub fn record(&self, _group: i64, _inverse: &str) -> Result<i64> {
        todo!()
    }
    /// Takes an inverse out: its group and its JSON. `None` where it was taken already or dropped.
    pub fn take(&self, _token: i64) -> Result<Option<(i64, String)>> {
        todo!()
    }
    /// Drops the inverses recorded before this Unix time; the value is how many.
    pub fn expire(&self, _before: i64) -> Result<usize> {
        todo!()
    }
}
