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

        /// Two clients and whoever changes the server, in any order; `PROPTEST_CASES` says how many sequences.
        #[test]
        fn any_sequence_ends_in_agreement_and_loses_no_flag(
            steps in proptest::collection::vec((0usize..5, 0u32..6, any::<bool>()), 0..40)
        ) {
            let mut server = Flags::empty();
            let mut clients = [(Flags::empty(), Flags::empty()); 2];
            let (mut added, mut removed) = (Flags::empty(), Flags::empty());
            let synchronise = |client: &mut (Flags, Flags), server: &mut Flags| {
                let merged = three_way(client.0, client.1, *server);
                (*client, *server) = ((merged, merged), merged);
            };
            for (who, bit, on) in steps {
                let flag = Flags(1 << bit);
                let change = |flags: &mut Flags| *flags = if on { flags.union(flag) } else { flags.without(flag) };
                match who {
                    0 | 1 => change(&mut clients[who].1),
                    2 => change(&mut server),
                    _ => synchronise(&mut clients[who - 3], &mut server),
                }
                if who < 3 && on {
                    added = added.union(flag);
                } else if who < 3 {
                    removed = removed.union(flag);
                }
            }
            for at in [0, 1, 0, 1] {
                synchronise(&mut clients[at], &mut server);
            }
            prop_assert_eq!(clients, [(server, server), (server, server)]);
            // What somebody set and nobody cleared is there; what nobody set is not.
            prop_assert!(server.contains(added.without(removed)));
            prop_assert!(added.contains(server));
        }
    }
}
