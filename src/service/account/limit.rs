//! How far one synchronisation of a mailbox goes before others have their turn.

use super::board::{Board, Wanted};
use std::sync::Arc;

/// Where a synchronisation stops early. What it has done stays; the next one goes on from there.
pub(super) struct Limit {
    /// Messages to fetch at most, the newest.
    pub most: Option<usize>,
    /// Whether what the person asks for now ends it.
    pub yields: bool,
    pub board: Arc<Board>,
    pub wanted: Arc<Wanted>,
}

impl Limit {
    pub fn new(board: &Arc<Board>, wanted: &Arc<Wanted>) -> Limit {
        Limit { most: None, yields: false, board: board.clone(), wanted: wanted.clone() }
    }
    pub fn most(self, most: usize) -> Limit {
        Limit { most: Some(most), ..self }
    }
    pub fn yields(self) -> Limit {
        Limit { yields: true, ..self }
    }

    /// Tells, whenever asked, whether somebody else wants this mailbox, or this connection, now.
    pub fn asker(&self) -> impl Fn() -> bool + Send + use<> {
        let (wanted, board, yields) = (self.wanted.clone(), self.board.clone(), self.yields);
        move || wanted.is_wanted() || yields && board.has_urgent()
    }
}
