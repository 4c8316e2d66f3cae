//! Sets of UIDs as IMAP writes them: `1:5,9,20:*`.

use crate::mail::uid::Uid;
use std::fmt;
use std::ops::RangeInclusive;

/// A sorted set of UIDs, kept as ranges. An upper end of [`u32::MAX`] is `*`: no end.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct UidSet {
    ranges: Vec<(u32, u32)>,
}

impl UidSet {
    /// UIDs that one answered set may name, so that `1:4294967295` costs nothing.
    const MAX_LISTED: usize = 200_000;
    /// Bytes of a set in one command; servers take lines of 8 KiB at least (RFC 7162, section 4).
    const MAX_TEXT: usize = 6000;

    /// Every message of a mailbox.
    pub fn all() -> UidSet {
        UidSet::since(Uid(1))
    }
    /// This UID and all above it.
    pub fn since(first: Uid) -> UidSet {
        UidSet { ranges: vec![(first.0.max(1), u32::MAX)] }
    }
    /// From the first to the last, both included.
    pub fn range(first: Uid, last: Uid) -> UidSet {
        let (low, high) = (first.0.min(last.0).max(1), first.0.max(last.0));
        UidSet { ranges: if high == 0 { vec![] } else { vec![(low, high)] } }
    }

    /// What these ranges hold together; their order, overlaps and zeros do not matter.
    pub(super) fn of_ranges(ranges: impl IntoIterator<Item = RangeInclusive<u32>>) -> UidSet {
        let ends = |r: RangeInclusive<u32>| (*r.start().min(r.end()), *r.start().max(r.end()));
        let mut all: Vec<(u32, u32)> = ranges.into_iter().map(ends).filter(|(_, high)| *high > 0).collect();
        all.sort_unstable();
        let mut merged: Vec<(u32, u32)> = Vec::with_capacity(all.len());
        for (low, high) in all {
            match merged.last_mut() {
                Some(last) if low <= last.1.saturating_add(1) => last.1 = last.1.max(high),
                _ => merged.push((low.max(1), high)),
            }
        }
        UidSet { ranges: merged }
    }
    /// Its ranges, ascending, both ends included.
    pub fn ranges(&self) -> impl Iterator<Item = (Uid, Uid)> + '_ {
        self.ranges.iter().map(|(low, high)| (Uid(*low), Uid(*high)))
    }

    pub fn is_empty(&self) -> bool {
        self.ranges.is_empty()
    }
    /// How many UIDs it spans.
    pub fn len(&self) -> u64 {
        self.ranges.iter().map(|(low, high)| u64::from(high - low) + 1).sum()
    }
    pub fn contains(&self, uid: Uid) -> bool {
        let after = self.ranges.partition_point(|(low, _)| *low <= uid.0);
        after.checked_sub(1).and_then(|at| self.ranges.get(at)).is_some_and(|(_, high)| uid.0 <= *high)
    }
    /// Each UID, ascending. Endless sets are long.
    pub fn iter(&self) -> impl Iterator<Item = Uid> + '_ {
        self.ranges.iter().flat_map(|(low, high)| (*low..=*high).map(Uid))
    }

    /// The set in parts whose text fits in a command.
    pub fn pieces(&self) -> Vec<UidSet> {
        let mut pieces: Vec<UidSet> = Vec::new();
        let mut length = 0;
        for range in &self.ranges {
            let text = text(*range).len() + 1;
            match pieces.last_mut() {
                Some(piece) if length + text <= Self::MAX_TEXT => piece.ranges.push(*range),
                _ => {
                    pieces.push(UidSet { ranges: vec![*range] });
                    length = 0;
                }
            }
            length += text;
        }
        pieces
    }

    /// The UIDs in the order in which an answer lists them; none if it is no set, holds 0 or `*`, or is too long.
    pub(super) fn listed(text: &str) -> Option<Vec<Uid>> {
        let mut out = Vec::new();
        for part in text.split(',') {
            let (first, last) = part.split_once(':').unwrap_or((part, part));
            let (first, last) = (first.parse::<u32>().ok()?, last.parse::<u32>().ok()?);
            let (low, high) = (first.min(last), first.max(last));
            let room = Self::MAX_LISTED.saturating_sub(out.len());
            if low == 0 || usize::try_from(high - low).map_or(true, |n| n >= room) {
                return None;
            }
            out.extend((low..=high).map(Uid));
        }
        Some(out)
    }
}

/// Merges neighbours; zeros, which no message has, are left out.
impl FromIterator<Uid> for UidSet {
    fn from_iter<I: IntoIterator<Item = Uid>>(uids: I) -> UidSet {
        let mut all: Vec<u32> = uids.into_iter().map(|u| u.0).filter(|u| *u > 0).collect();
        all.sort_unstable();
        let mut ranges: Vec<(u32, u32)> = Vec::new();
        for uid in all {
            match ranges.last_mut() {
                Some((_, high)) if uid <= high.saturating_add(1) => *high = uid,
                _ => ranges.push((uid, uid)),
            }
        }
        UidSet { ranges }
    }
}

impl fmt::Display for UidSet {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (i, range) in self.ranges.iter().enumerate() {
            write!(f, "{}{}", if i > 0 { "," } else { "" }, text(*range))?;
        }
        Ok(())
    }
}

fn text((low, high): (u32, u32)) -> String {
    match high {
        u32::MAX => format!("{low}:*"),
        _ if low == high => low.to_string(),
        _ => format!("{low}:{high}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use std::collections::BTreeSet;

    #[test]
    fn sets_are_written_as_ranges() {
        let set: UidSet = [9, 1, 2, 3, 3, 5, 4, 0].map(Uid).into_iter().collect();
        assert_eq!(set.to_string(), "1:5,9");
        assert_eq!((UidSet::all().to_string(), UidSet::since(Uid(7)).to_string()), ("1:*".into(), "7:*".into()));
        assert!(UidSet::since(Uid(7)).contains(Uid(7)) && !UidSet::since(Uid(7)).contains(Uid(6)));
    }

    #[test]
    fn listed_sets_keep_their_order_and_are_bounded() {
        assert_eq!(UidSet::listed("7,3:5"), Some([7, 3, 4, 5].map(Uid).to_vec()));
        for bad in ["", "0", "1:*", "1:4294967295", "x", "1,,2"] {
            assert_eq!(UidSet::listed(bad), None, "{bad}");
        }
    }

    proptest! {
        #[test]
        fn ranges_in_any_order_hold_what_each_holds(ranges in proptest::collection::vec((0_u32..60, 0_u32..60), 0..12)) {
            let set = UidSet::of_ranges(ranges.iter().map(|(a, b)| *a..=*b));
            for uid in 0..70 {
                let within = uid > 0 && ranges.iter().any(|(a, b)| (*a.min(b)..=*a.max(b)).contains(&uid));
                prop_assert_eq!(set.contains(Uid(uid)), within);
            }
            let count = (1..70).filter(|uid| set.contains(Uid(*uid))).count();
            prop_assert_eq!(set.len(), count as u64);
        }

        #[test]
        fn a_set_and_its_pieces_hold_what_was_put_in(uids in proptest::collection::btree_set(1_u32..5_000_000, 0..3000)) {
            let set: UidSet = uids.iter().copied().map(Uid).collect();
            let pieces = set.pieces();
            let back: BTreeSet<u32> = pieces.iter().flat_map(|p| p.iter().map(|u| u.0).collect::<Vec<_>>()).collect();
            prop_assert_eq!(&back, &uids);
            prop_assert_eq!(set.len(), uids.len() as u64);
            prop_assert!(pieces.iter().all(|p| p.to_string().len() <= UidSet::MAX_TEXT));
            prop_assert!(uids.iter().all(|u| set.contains(Uid(*u))));
        }
    }
}
