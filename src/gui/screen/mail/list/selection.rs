//! Which messages are selected, as in every file manager: a click selects one, Ctrl adds or takes away,
//! Shift reaches from the anchor to here.

use crate::service::model::MessageId;
use std::collections::HashSet;
use std::ops::RangeInclusive;

/// The selection of a list.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    ids: HashSet<MessageId>,
    /// The row that keys move from, and whose message the reader shows.
    cursor: Option<(u64, MessageId)>,
    /// Where a Shift selection begins.
    anchor: Option<u64>,
}

impl Selection {
    pub fn contains(&self, id: MessageId) -> bool {
        self.ids.contains(&id)
    }
    pub fn len(&self) -> usize {
        self.ids.len()
    }
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }
    pub fn ids(&self) -> &HashSet<MessageId> {
        &self.ids
    }
    /// The ids in a stable order: for commands, which tests compare.
    pub fn sorted(&self) -> Vec<MessageId> {
        let mut all: Vec<MessageId> = self.ids.iter().copied().collect();
        all.sort();
        all
    }
    pub fn cursor(&self) -> Option<(u64, MessageId)> {
        self.cursor
    }
    /// The message to read: where exactly one is selected.
    pub fn single(&self) -> Option<MessageId> {
        if self.ids.len() == 1 { self.ids.iter().next().copied() } else { None }
    }

    pub fn clear(&mut self) {
        *self = Selection::default();
    }

    /// A plain click: this one alone.
    pub fn only(&mut self, position: u64, id: MessageId) {
        self.ids = HashSet::from([id]);
        self.cursor = Some((position, id));
        self.anchor = Some(position);
    }

    /// A click with Ctrl: adds it or takes it away.
    pub fn toggle(&mut self, position: u64, id: MessageId) {
        if !self.ids.remove(&id) {
            self.ids.insert(id);
        }
        self.cursor = Some((position, id));
        self.anchor = Some(position);
    }

    /// The cursor goes there; what is selected stays.
    pub fn visit(&mut self, position: u64, id: MessageId) {
        self.cursor = Some((position, id));
    }

    /// The rows from the anchor to `position`, for Shift.
    pub fn reach(&self, position: u64) -> RangeInclusive<u64> {
        let anchor = self.anchor.unwrap_or(position);
        anchor.min(position)..=anchor.max(position)
    }

    /// A click with Shift, once the ids of all rows of [`Selection::reach`] are known. Ctrl keeps what was selected.
    pub fn extend(&mut self, position: u64, id: MessageId, reached: impl IntoIterator<Item = MessageId>, keep: bool) {
        if !keep {
            self.ids.clear();
        }
        self.ids.extend(reached);
        self.ids.insert(id);
        self.anchor = self.anchor.or(Some(position));
        self.cursor = Some((position, id));
    }

    /// More ids of a selection that is read in parts.
    pub fn add(&mut self, ids: impl IntoIterator<Item = MessageId>) {
        self.ids.extend(ids);
    }

    /// Messages that are gone.
    pub fn remove(&mut self, gone: &HashSet<MessageId>) {
        self.ids.retain(|id| !gone.contains(id));
        if self.cursor.is_some_and(|(_, id)| gone.contains(&id)) {
            self.cursor = None;
        }
    }

    /// The rows moved: new mail came above.
    pub fn shift(&mut self, by: i64) {
        let moved = |position: u64| position.saturating_add_signed(by);
        self.cursor = self.cursor.map(|(position, id)| (moved(position), id));
        self.anchor = self.anchor.map(moved);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u64) -> MessageId {
        MessageId(n)
    }

    #[test]
    fn clicks_select_as_in_a_file_manager() {
        let mut s = Selection::default();
        s.only(3, id(3));
        assert_eq!((s.single(), s.cursor()), (Some(id(3)), Some((3, id(3)))));
        s.toggle(5, id(5));
        assert_eq!(s.sorted(), [id(3), id(5)]);
        assert_eq!(s.single(), None);
        s.toggle(3, id(3));
        assert_eq!(s.sorted(), [id(5)]);
        assert_eq!(s.reach(7), 3..=7, "the last Ctrl click is the anchor");
        s.extend(7, id(7), (3..=7).map(id), false);
        assert_eq!(s.sorted(), (3..=7).map(id).collect::<Vec<_>>());
        s.extend(1, id(1), (1..=3).map(id), false);
        assert_eq!(s.sorted(), (1..=3).map(id).collect::<Vec<_>>(), "Shift reaches from the same anchor");
        s.only(0, id(0));
        assert_eq!(s.len(), 1);
        s.visit(2, id(2));
        assert_eq!((s.sorted(), s.cursor()), (vec![id(0)], Some((2, id(2)))));
        s.toggle(2, id(2));
        assert_eq!(s.sorted(), [id(0), id(2)]);
    }

    #[test]
    fn what_is_gone_is_not_selected() {
        let mut s = Selection::default();
        s.only(1, id(1));
        s.toggle(2, id(2));
        s.remove(&HashSet::from([id(2)]));
        assert_eq!((s.sorted(), s.cursor()), (vec![id(1)], None));
        s.toggle(4, id(4));
        s.shift(3);
        assert_eq!(s.cursor(), Some((7, id(4))));
    }
}
