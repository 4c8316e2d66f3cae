//! Flags that were changed on both sides: what the server last said is the base, the files here
//! are one side, what the server says now is the other.

use crate::mail::flags::Flags;

/// The flags that result: everything that either side changed. Where both changed the same flag
/// they agree, for there is only one other value.
pub(super) fn three_way(base: Flags, here: Flags, server: Flags) -> Flags {
    let (added, removed) = (here.without(base), base.without(here));
    server.union(added).without(removed)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn changes_of_both_sides_meet() {
        let merged = three_way(Flags::FLAGGED, Flags::SEEN, Flags::FLAGGED.union(Flags::ANSWERED));
        assert_eq!(merged, Flags::SEEN.union(Flags::ANSWERED));
    }

    proptest! {
        #[test]
        fn one_sided_changes_win_and_nothing_else_changes(base: u32, here: u32, server: u32) {
            let (base, here, server) = (Flags(base), Flags(here), Flags(server));
            prop_assert_eq!(three_way(base, base, server), server);
            prop_assert_eq!(three_way(base, here, base), here);
            let merged = three_way(base, here, server);
            for bit in (0..32).map(|n| Flags(1 << n)) {
                let (b, h, s) = (base.contains(bit), here.contains(bit), server.contains(bit));
                prop_assert_eq!(merged.contains(bit), if h == b { s } else { h });
            }
            prop_assert_eq!(three_way(server, merged, server), merged, "merging again changes nothing");
        }
    }
}
