//! The rows of a query that are known, by their position. What is not known is asked for in blocks around
//! what is visible; far rows are forgotten, so that a million messages take no more room than a thousand.

use crate::gui::action::Part;
use crate::service::model::{Flags, ListRow, MessageId, Row};
use std::collections::{BTreeMap, HashSet};
use std::ops::Range;

/// Rows asked for at once.
pub const BLOCK: u64 = 64;
/// Rows kept at most.
const MOST: usize = 4096;

/// Known rows.
#[derive(Debug, Default)]
pub struct Pages {
    /// With the epoch that each row was read in.
    rows: BTreeMap<u64, (u64, ListRow)>,
    total: u64,
    unread: u64,
    /// Goes up whenever the mailbox changed: older rows are shown, and asked for again.
    epoch: u64,
    /// Blocks that are asked for.
    pending: Vec<Range<u64>>,
    /// The newest epoch that something was read in.
    read: u64,
    known: bool,
    /// How many follow is not known: see [`Part::more`].
    more: bool,
    /// Something else is listed: the rows of before stay on the screen until its first rows are here.
    renewed: bool,
    /// Of a search: see [`Part::searched`].
    searched: Option<(u64, u64)>,
}

impl Pages {
    /// Whether anything was answered yet.
    pub fn known(&self) -> bool {
        self.known
    }
    pub fn total(&self) -> u64 {
        self.total
    }
    pub fn unread(&self) -> u64 {
        self.unread
    }
    /// Whether more follows than is counted.
    pub fn more(&self) -> bool {
        self.more
    }
    pub fn searched(&self) -> Option<(u64, u64)> {
        self.searched
    }
    /// The message of a row; of a conversation its newest.
    pub fn get(&self, position: u64) -> Option<&Row> {
        self.listed(position).map(|listed| &listed.row)
    }
    pub fn listed(&self, position: u64) -> Option<&ListRow> {
        self.rows.get(&position).map(|(_, row)| row)
    }
    pub fn position_of(&self, id: MessageId) -> Option<u64> {
        self.rows.iter().find(|(_, (_, listed))| listed.row.id == id).map(|(position, _)| *position)
    }
    /// Whether this message was seen since the mailbox changed last.
    pub fn is_fresh(&self, id: MessageId) -> bool {
        self.rows.values().any(|(read, listed)| *read == self.epoch && listed.row.id == id)
    }
    pub fn find(&self, id: MessageId) -> Option<&Row> {
        self.find_listed(id).map(|listed| &listed.row)
    }
    pub fn find_listed(&self, id: MessageId) -> Option<&ListRow> {
        self.rows.values().map(|(_, listed)| listed).find(|listed| listed.row.id == id)
    }
    /// Messages that known rows stand for beyond their own, of those that fit: conversations have more.
    pub fn beyond(&self, fits: impl Fn(MessageId) -> bool) -> usize {
        let rows = self.rows.values().map(|(_, listed)| listed).filter(|listed| fits(listed.row.id));
        let others = rows.filter_map(|listed| listed.conversation.as_ref()).map(|of| of.count.saturating_sub(1));
        usize::try_from(others.sum::<u64>()).unwrap_or(usize::MAX)
    }
    /// Known rows from a position on.
    pub fn from(&self, position: u64) -> impl Iterator<Item = (u64, &Row)> {
        self.rows.range(position..).map(|(position, (_, listed))| (*position, &listed.row))
    }
    /// The epoch to tag a request with.
    pub fn epoch(&self) -> u64 {
        self.epoch
    }

    /// Everything is asked for again as it becomes visible; what is known stays on the screen.
    pub fn invalidate(&mut self) {
        self.epoch += 1;
    }

    /// Something else is listed from now on; what was known stays on the screen for the moment until it is here.
    pub fn renew(&mut self) {
        self.epoch += 1;
        self.pending.clear();
        self.renewed = true;
    }

    /// The blocks to ask for now, which are then pending.
    pub fn wanted(&mut self, visible: Range<u64>) -> Vec<Range<u64>> {
        let known = self.known && !self.renewed;
        let end = if known { self.total } else { visible.end.max(BLOCK) };
        let visible = visible.start.min(end)..visible.end.min(end);
        let first = visible.start / BLOCK;
        let last = visible.end.saturating_sub(1) / BLOCK;
        let mut wanted = Vec::new();
        if end > 0 || !known {
            for block in first..=last {
                let range = block * BLOCK..(block + 1) * BLOCK;
                if self.lacks(range.start..range.end.min(end)) && !self.pending.contains(&range) {
                    self.pending.push(range.clone());
                    wanted.push(range);
                }
            }
        } else if self.rows.is_empty() && self.stale() && self.pending.is_empty() {
            self.pending.push(0..BLOCK);
            wanted.push(0..BLOCK);
        }
        wanted
    }

    /// Whether an empty list was read before the last change.
    fn stale(&self) -> bool {
        self.read < self.epoch
    }

    fn lacks(&self, range: Range<u64>) -> bool {
        let fresh = self.rows.range(range.clone()).filter(|(_, (epoch, _))| *epoch == self.epoch).count() as u64;
        fresh < range.end.saturating_sub(range.start) || !self.known || self.renewed
    }

    /// Takes an answer, asked in `epoch`. Returns by how many rows the rows of before have moved, where that shows.
    pub fn put(&mut self, range: Range<u64>, epoch: u64, part: Part) -> i64 {
        self.pending.retain(|pending| *pending != range);
        if std::mem::take(&mut self.renewed) {
            self.rows.clear();
            self.known = false;
        }
        // What is found is counted as far as it was looked at: a part above knows less of it.
        if !(part.more && self.known && self.total >= part.total) {
            (self.total, self.more) = (part.total, part.more);
        }
        self.known = true;
        self.unread = part.unread;
        self.searched = part.searched;
        self.read = self.read.max(epoch);
        let moved = self.moved(&part);
        if moved != 0 {
            self.shift(moved);
        }
        for (position, row) in (part.start..).zip(part.rows) {
            self.rows.insert(position, (epoch, row));
        }
        self.rows.split_off(&self.total);
        self.forget(range);
        moved
    }

    /// An answer that failed: the block may be asked for again.
    pub fn failed(&mut self, range: &Range<u64>) {
        self.pending.retain(|pending| pending != range);
    }

    /// How far the rows that were read before now stand from where they were.
    fn moved(&self, part: &Part) -> i64 {
        let old: std::collections::HashMap<MessageId, u64> = self
            .rows
            .iter()
            .filter(|(_, (epoch, _))| *epoch < self.epoch)
            .map(|(position, (_, listed))| (listed.row.id, *position))
            .collect();
        (part.start..)
            .zip(&part.rows)
            .find_map(|(position, listed)| old.get(&listed.row.id).map(|old| position as i64 - *old as i64))
            .unwrap_or(0)
    }

    fn shift(&mut self, by: i64) {
        let epoch = self.epoch;
        let (old, fresh): (Vec<_>, Vec<_>) =
            std::mem::take(&mut self.rows).into_iter().partition(|(_, (read, _))| *read < epoch);
        self.rows = old.into_iter().filter_map(|(at, row)| Some((at.checked_add_signed(by)?, row))).collect();
        self.rows.extend(fresh);
    }

    /// Forgets the rows farthest from those just read.
    fn forget(&mut self, near: Range<u64>) {
        while self.rows.len() > MOST {
            let first = self.rows.keys().next().copied().unwrap_or(0);
            let last = self.rows.keys().next_back().copied().unwrap_or(0);
            let far = if near.start.saturating_sub(first) > last.saturating_sub(near.end) { first } else { last };
            self.rows.remove(&far);
        }
    }

    /// Takes rows out at once, before the service has said so.
    pub fn remove(&mut self, ids: &HashSet<MessageId>) {
        let mut gone = 0;
        let mut unread = 0;
        let mut kept = BTreeMap::new();
        for (position, (epoch, row)) in std::mem::take(&mut self.rows) {
            if ids.contains(&row.row.id) {
                gone += 1;
                unread += match &row.conversation {
                    Some(conversation) => conversation.unread,
                    None => u64::from(!row.row.flags.contains(Flags::SEEN)),
                };
            } else {
                kept.insert(position - gone, (epoch, row));
            }
        }
        self.rows = kept;
        self.total = self.total.saturating_sub(gone);
        self.unread = self.unread.saturating_sub(unread);
        self.invalidate();
    }

    /// Changes rows at once, before the service has said so.
    pub fn change(&mut self, ids: &HashSet<MessageId>, mut change: impl FnMut(&mut ListRow)) {
        for (_, row) in self.rows.values_mut().filter(|(_, listed)| ids.contains(&listed.row.id)) {
            change(row);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::service::model::MailboxId;
    use proptest::prelude::*;

    fn row(id: u64) -> ListRow {
        let row = Row {
            id: MessageId(id),
            mailbox: MailboxId(1),
            from: Vec::new(),
            to: Vec::new(),
            subject: String::new(),
            preview: String::new(),
            date: 0,
            flags: Flags::empty(),
            attachments: 0,
            size: 0,
            keywords: Vec::new(),
            headers_only: false,
        };
        ListRow { row, conversation: None }
    }

    /// A page of a mailbox that holds these ids, newest first.
    fn page(ids: &[u64], range: Range<u64>) -> Part {
        let part = ids.iter().skip(range.start as usize).take((range.end - range.start) as usize);
        let rows = part.map(|id| row(*id)).collect();
        Part { start: range.start, rows, total: ids.len() as u64, ..Part::default() }
    }

    fn fill(pages: &mut Pages, ids: &[u64], visible: Range<u64>) -> i64 {
        let epoch = pages.epoch();
        pages.wanted(visible).into_iter().map(|range| pages.put(range.clone(), epoch, page(ids, range))).sum()
    }

    #[test]
    fn a_block_is_asked_for_once_and_again_after_a_change() {
        let ids: Vec<u64> = (0..1000).rev().collect();
        let mut pages = Pages::default();
        assert_eq!(pages.wanted(0..10), vec![0..64]);
        assert_eq!(pages.wanted(0..10), vec![], "it is pending");
        pages.put(0..64, 0, page(&ids, 0..64));
        assert_eq!(pages.wanted(0..10), vec![], "it is known");
        assert_eq!(pages.wanted(60..70), vec![64..128]);
        pages.failed(&(64..128));
        assert_eq!(pages.wanted(60..70), vec![64..128], "a failed block may be asked for again");
        pages.invalidate();
        assert_eq!(pages.wanted(0..10), vec![0..64]);
        assert!(pages.get(3).is_some(), "what was known stays on the screen");
        pages.put(0..64, 0, page(&ids, 0..64));
        assert_eq!(pages.wanted(0..10), vec![0..64], "an answer of before the change is not the last word");
    }

    #[test]
    fn an_empty_mailbox_is_asked_again_only_after_a_change() {
        let mut pages = Pages::default();
        assert_eq!(fill(&mut pages, &[], 0..10), 0);
        assert!(pages.known() && pages.total() == 0);
        assert_eq!(pages.wanted(0..10), vec![]);
        pages.invalidate();
        assert_eq!(fill(&mut pages, &[7], 0..10), 0);
        assert_eq!(pages.total(), 1);
    }

    #[test]
    fn new_rows_above_move_the_rest_down() {
        let ids: Vec<u64> = (0..500).rev().collect();
        let mut pages = Pages::default();
        fill(&mut pages, &ids, 100..140);
        let more: Vec<u64> = (0..503).rev().collect();
        pages.invalidate();
        assert_eq!(fill(&mut pages, &more, 100..110), 3);
        assert_eq!(pages.position_of(MessageId(399)), Some(103));
        assert_eq!(pages.get(131).map(|r| r.id), Some(MessageId(371)), "rows not read again have moved too");
    }

    #[test]
    fn what_is_found_is_counted_as_far_as_it_is_known() {
        let ids: Vec<u64> = (0..150).collect();
        let mut pages = Pages::default();
        let read = |pages: &mut Pages, range: Range<u64>| {
            let mut part = page(&ids, range.clone());
            let end = part.start + part.rows.len() as u64;
            part.more = end == range.end;
            part.total = end + u64::from(part.more);
            pages.put(range, pages.epoch(), part);
            (pages.total(), pages.more())
        };
        assert_eq!(read(&mut pages, 0..64), (65, true));
        assert_eq!(read(&mut pages, 64..128), (129, true));
        assert_eq!(read(&mut pages, 0..64), (129, true), "what is above does not know better");
        assert_eq!(read(&mut pages, 128..192), (150, false));
        assert_eq!(read(&mut pages, 0..64), (150, false));
        assert_eq!(pages.get(149).map(|row| row.id), Some(MessageId(149)));
    }

    #[test]
    fn what_was_listed_stays_until_something_else_is_here() {
        let mut pages = Pages::default();
        fill(&mut pages, &[3, 2, 1], 0..10);
        pages.renew();
        assert_eq!((pages.total(), pages.get(0).map(|row| row.id)), (3, Some(MessageId(3))));
        assert_eq!(fill(&mut pages, &[9, 3], 0..10), 0);
        assert_eq!((pages.total(), pages.get(0).map(|row| row.id)), (2, Some(MessageId(9))));
        assert!(pages.get(2).is_none());
        pages.renew();
        fill(&mut pages, &[], 0..10);
        assert_eq!((pages.total(), pages.get(0).map(|row| row.id)), (0, None));
    }

    #[test]
    fn removed_rows_are_gone_at_once() {
        let ids: Vec<u64> = (0..100).rev().collect();
        let mut pages = Pages::default();
        fill(&mut pages, &ids, 0..64);
        pages.remove(&HashSet::from([MessageId(99), MessageId(97)]));
        assert_eq!(pages.total(), 98);
        assert_eq!(pages.get(0).map(|r| r.id), Some(MessageId(98)));
        assert_eq!(pages.get(1).map(|r| r.id), Some(MessageId(96)));
    }

    #[test]
    fn a_million_rows_take_no_more_room_than_some_thousands() {
        let mut pages = Pages::default();
        for block in 0..15_000u64 {
            let range = block * BLOCK..(block + 1) * BLOCK;
            let rows = range.clone().map(row).collect();
            let part = Part { start: range.start, rows, total: 1_000_000, ..Part::default() };
            pages.put(range.clone(), 0, part);
            assert!(pages.rows.len() <= MOST && pages.get(range.start).is_some());
        }
    }

    proptest! {
        #[test]
        fn what_is_shown_is_what_the_mailbox_holds(
            start in 0u64..300, steps in proptest::collection::vec((0u64..5, 0u64..300), 1..12),
        ) {
            let mut ids: Vec<u64> = (0..200).rev().collect();
            let mut pages = Pages::default();
            fill(&mut pages, &ids, start..start + 12);
            for (new, at) in steps {
                for _ in 0..new {
                    ids.insert(0, ids.len() as u64 + 1000);
                }
                pages.invalidate();
                fill(&mut pages, &ids, at..at + 12);
                for position in at..(at + 12).min(ids.len() as u64) {
                    prop_assert_eq!(pages.get(position).map(|r| r.id.0), ids.get(position as usize).copied());
                }
                prop_assert_eq!(pages.total(), ids.len() as u64);
                prop_assert!(pages.pending.is_empty());
            }
        }
    }
}
