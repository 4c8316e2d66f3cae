//! When certificates for other names mean a sign-in page and not a server that is set up badly.
//!
//! One server with the certificate of its provider is an everyday fault of that server, and so are both servers of
//! one account. A network that answers for everybody shows the same certificate in the place of servers that have
//! nothing to do with each other, and no server at all can be reached. Only that is called a portal; whatever is less
//! sure stays the certificate's problem. Nobody else is asked.

use std::collections::{BTreeMap, HashSet};

/// What servers showed since the network last changed.
#[derive(Debug, Default)]
pub(super) struct Seen {
    /// By host: issuer and names of the certificate in its place.
    presented: BTreeMap<String, (String, Vec<String>)>,
    reached: bool,
}

impl Seen {
    pub fn forget(&mut self) {
        *self = Seen::default();
    }

    /// A server proved who it is: nobody answers for everybody.
    pub fn reached(&mut self, host: &str) {
        self.presented.remove(host);
        self.reached = true;
    }

    /// A server showed these names; whether it must be a portal, given all `servers` there are.
    pub fn presented(&mut self, host: &str, names: &[String], issuer: &str, servers: &[String]) -> bool {
        let shown = (issuer.to_string(), names.to_vec());
        self.presented.insert(host.to_string(), shown.clone());
        let hosts: HashSet<&str> = servers.iter().map(String::as_str).collect();
        let owners: HashSet<&str> = hosts.iter().map(|host| owner(host)).collect();
        let all_alike = hosts.iter().all(|host| self.presented.get(*host) == Some(&shown));
        !self.reached && owners.len() >= 2 && hosts.contains(host) && all_alike
    }
}

/// The last two labels of a name: close enough to who runs it, and where it is not, a portal is called a certificate.
fn owner(host: &str) -> &str {
    let cut = host.rmatch_indices('.').nth(1).map_or(0, |(at, _)| at.saturating_add(1));
    if host.parse::<std::net::IpAddr>().is_ok() { host } else { host.get(cut..).unwrap_or(host) }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn servers(all: &[&str]) -> Vec<String> {
        all.iter().map(|host| (*host).to_string()).collect()
    }

    #[test]
    fn one_certificate_for_strangers_is_a_portal() {
        let (all, names) = (servers(&["imap.a.test", "smtp.a.test", "pop.b.test"]), servers(&["login.hotel.test"]));
        let mut seen = Seen::default();
        assert!(!seen.presented("imap.a.test", &names, "Hotel", &all));
        assert!(!seen.presented("smtp.a.test", &names, "Hotel", &all));
        assert!(seen.presented("pop.b.test", &names, "Hotel", &all));
        assert!(seen.presented("imap.a.test", &names, "Hotel", &all));
        seen.reached("pop.b.test");
        assert!(!seen.presented("imap.a.test", &names, "Hotel", &all), "one that is reached proves the others");
        seen.forget();
        assert!(!seen.presented("imap.a.test", &names, "Hotel", &all), "another network");
    }

    #[test]
    fn a_provider_with_its_own_name_is_a_certificate_problem() {
        let (all, names) = (servers(&["imap.a.test", "smtp.a.test"]), servers(&["*.provider.test"]));
        let mut seen = Seen::default();
        assert!(all.iter().all(|host| !seen.presented(host, &names, "CA", &all)));
        // Two owners, but each with a certificate of its own.
        let all = servers(&["imap.a.test", "imap.b.test"]);
        let mut seen = Seen::default();
        assert!(!seen.presented("imap.a.test", &names, "CA", &all));
        assert!(!seen.presented("imap.b.test", &servers(&["*.other.test"]), "CA", &all));
        assert_eq!(
            (owner("a.b.c.d"), owner("c.d"), owner("localhost"), owner("10.0.0.1")),
            ("c.d", "c.d", "localhost", "10.0.0.1")
        );
    }
}
