//! The machine's routes and addresses, as Linux shows them below `/proc/net`. Elsewhere nothing is known, and
//! nothing is claimed.

use super::Change;
use std::collections::BTreeSet;

/// Routes beyond this machine, and its own addresses. Two that are equal are the same network.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Snapshot {
    routes: BTreeSet<String>,
    addresses: BTreeSet<String>,
}

/// A route is up (`RTF_UP`).
const UP: u32 = 1;
/// A route says that there is no way (`RTF_REJECT`).
const REJECT: u32 = 0x200;

/// What the system says now.
pub(super) fn read() -> Option<Snapshot> {
    let file = |name: &str| std::fs::read_to_string(format!("/proc/net/{name}")).ok();
    let v4 = file("route")?;
    // Not there on a machine without IPv6.
    let [v6, own_v6, own_v4] = ["ipv6_route", "if_inet6", "fib_trie"].map(|name| file(name).unwrap_or_default());
    Some(Snapshot::parse(&v4, &v6, &own_v4, &own_v6))
}

impl Snapshot {
    fn parse(v4: &str, v6: &str, own_v4: &str, own_v6: &str) -> Snapshot {
        let mut routes: BTreeSet<String> = v4.lines().filter_map(route_v4).collect();
        routes.extend(v6.lines().filter_map(route_v6));
        let mut addresses = local_v4(own_v4);
        addresses.extend(own_v6.lines().filter_map(address_v6));
        Snapshot { routes, addresses }
    }

    /// Whether there is a way to anywhere beyond this machine.
    pub fn has_route(&self) -> bool {
        !self.routes.is_empty()
    }

    /// What happened between this and `after`.
    pub(super) fn change(&self, after: &Snapshot) -> Option<Change> {
        if self == after {
            None
        } else if self.addresses.is_subset(&after.addresses) {
            Some(Change::Changed)
        } else {
            // Connections from that address will never hear an answer.
            Some(Change::Cut)
        }
    }

    /// For scripted networks: a machine with this address alone, and the way out; or with none.
    pub fn scripted(address: Option<&str>) -> Snapshot {
        let all: BTreeSet<String> = address.map(String::from).into_iter().collect();
        Snapshot { routes: all.clone(), addresses: all }
    }
}

/// `Iface Destination Gateway Flags RefCnt Use Metric Mask …`
fn route_v4(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let [interface, destination, gateway, flags, _, _, _, mask, ..] = words.as_slice() else { return None };
    let flags = u32::from_str_radix(flags, 16).ok()?;
    let counts = *interface != "lo" && flags & UP != 0 && flags & REJECT == 0;
    counts.then(|| format!("{interface} {destination}/{mask} {gateway}"))
}

/// `destination length source length next-hop metric references uses flags interface`
fn route_v6(line: &str) -> Option<String> {
    let words: Vec<&str> = line.split_ascii_whitespace().collect();
    let [destination, length, _, _, next, _, _, _, flags, interface] = words.as_slice() else { return None };
    let flags = u32::from_str_radix(flags, 16).ok()?;
    // Neighbours and multicast are there on every interface, whether it leads anywhere or not.
    let leads = !destination.starts_with("fe8") && !destination.starts_with("ff");
    let counts = *interface != "lo" && leads && flags & UP != 0 && flags & REJECT == 0;
    counts.then(|| format!("{interface} {destination}/{length} {next}"))
}

/// `address index length scope flags interface`
fn address_v6(line: &str) -> Option<String> {
    let mut words = line.split_ascii_whitespace();
    let (address, scope) = (words.next()?, words.nth(2)?);
    // 00 is global; link-local addresses come and go with their interface and carry no mail.
    (scope == "00").then(|| address.to_string())
}

/// The leaves of the routing trie that say `/32 host LOCAL`.
fn local_v4(trie: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut leaf = "";
    for line in trie.lines() {
        match line.trim_start().strip_prefix("|-- ") {
            Some(address) => leaf = address.trim(),
            None if line.trim() == "/32 host LOCAL" && !leaf.starts_with("127.") => {
                found.insert(leaf.to_string());
            }
            None => {}
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    const V4: &str = "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n\
        wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n\
        wlan0\t0001A8C0\t00000000\t0001\t0\t0\t600\t00FFFFFF\t0\t0\t0\n\
        lo\t0000007F\t00000000\t0001\t0\t0\t0\t000000FF\t0\t0\t0\n";
    const V6: &str = "\
        fe800000000000000000000000000000 40 00000000000000000000000000000000 00 00000000000000000000000000000000 00000400 00000001 00000000 00000001    wlan0\n\
        00000000000000000000000000000000 00 00000000000000000000000000000000 00 00000000000000000000000000000000 ffffffff 00000001 00000000 00200200       lo\n\
        ff000000000000000000000000000000 08 00000000000000000000000000000000 00 00000000000000000000000000000000 00000100 00000004 00000000 00000001    wlan0\n";
    const OWN_V4: &str = "Main:\n  +-- 0.0.0.0/0 3 0 5\n     |-- 192.168.1.0\n        /24 link UNICAST\n     |-- 192.168.1.7\n        /32 host LOCAL\n     |-- 127.0.0.1\n        /32 host LOCAL\n";
    const OWN_V6: &str = "00000000000000000000000000000001 01 80 10 80       lo\nfe80000000000000000000000000abcd 02 40 20 80    wlan0\n20010db8000000000000000000000007 02 40 00 80    wlan0\n";

    #[test]
    fn the_ways_out_and_own_addresses_are_read() {
        let here = Snapshot::parse(V4, V6, OWN_V4, OWN_V6);
        assert_eq!(here.routes.len(), 2);
        assert_eq!(here.addresses.iter().collect::<Vec<_>>(), ["192.168.1.7", "20010db8000000000000000000000007"]);
        assert!(here.has_route());
        let loopback: String = V4.lines().filter(|line| !line.starts_with("wlan0")).map(|l| format!("{l}\n")).collect();
        assert!(!Snapshot::parse(&loopback, V6, "", "").has_route());
        for nonsense in ["", "x", "a b c x e f g h\n", "lo"] {
            assert_eq!(Snapshot::parse(nonsense, nonsense, nonsense, nonsense), Snapshot::default());
        }
    }

    #[test]
    fn only_a_lost_address_cuts() {
        let here = Snapshot::parse(V4, V6, OWN_V4, OWN_V6);
        assert_eq!(here.change(&here), None);
        let mut more = here.clone();
        more.routes.insert("docker0 x".into());
        more.addresses.insert("172.17.0.1".into());
        assert_eq!(here.change(&more), Some(Change::Changed));
        assert_eq!(more.change(&here), Some(Change::Cut));
        assert_eq!(here.change(&Snapshot::default()), Some(Change::Cut));
        assert_eq!(Snapshot::default().change(&here), Some(Change::Changed));
    }

    #[cfg(target_os = "linux")]
    #[test]
    fn this_machine_can_be_read() {
        assert!(read().is_some());
    }
}
