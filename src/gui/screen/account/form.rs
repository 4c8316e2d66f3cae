//! What the settings of an account say, as typed, and the account that they make. Nothing here touches disk or network.

use crate::mail::address;
use crate::service::command::Secret;
use crate::service::model::{Account, MailboxPath, Offline, Proxy, ProxyKind};

/// Months that are offered first where mail of the last months is kept.
const MONTHS: u32 = 12;
const MOST_MONTHS: u32 = 1200;
/// Connections that are offered first where the person limits them.
const CONNECTIONS: u8 = 4;
/// More connections to one server are nobody's need.
const MOST_CONNECTIONS: u8 = 50;
/// RFC 1929, section 2.
const MOST_OCTETS: usize = 255;

/// How much mail is here, without the number of months.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Keep {
    Full,
    Months,
    Headers,
}

/// The settings as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Form {
    pub keep: Keep,
    pub months: String,
    pub pinned: Vec<MailboxPath>,
    /// The person chose how many connections there are at most.
    pub limited: bool,
    pub connections: String,
    pub proxy: Option<ProxyKind>,
    pub host: String,
    pub port: String,
    pub user: String,
    pub password: String,
    /// The stored password of the proxy shall go.
    pub forget: bool,
    pub removals: Option<bool>,
}

/// What cannot be used, and where it is mended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    Months,
    Connections,
    HostMissing,
    Host,
    Port,
    User,
    Password,
}

/// What is to be done with the password of the proxy.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Password {
    Leave,
    Keep(Secret),
    Forget,
}

impl Form {
    pub fn of(account: &Account) -> Form {
        let (keep, months) = match account.offline {
            Offline::Full => (Keep::Full, MONTHS),
            Offline::Months(months) => (Keep::Months, months),
            Offline::Headers => (Keep::Headers, MONTHS),
        };
        let proxy = account.proxy.as_ref();
        Form {
            keep,
            months: months.to_string(),
            pinned: account.pinned.clone(),
            limited: account.connections > 0,
            connections: if account.connections > 0 { account.connections } else { CONNECTIONS }.to_string(),
            proxy: proxy.map(|proxy| proxy.kind),
            host: proxy.map(|proxy| proxy.host.clone()).unwrap_or_default(),
            port: proxy.map(|proxy| proxy.port.to_string()).unwrap_or_default(),
            user: proxy.and_then(|proxy| proxy.user.clone()).unwrap_or_default(),
            password: String::new(),
            forget: false,
            removals: account.carry_removals,
        }
    }

    /// Takes over what was changed elsewhere, but for what the person has changed here.
    pub fn renew(&mut self, before: &Account, now: &Account) {
        let (before, now) = (Form::of(before), Form::of(now));
        if (self.keep, &self.months) == (before.keep, &before.months) {
            (self.keep, self.months) = (now.keep, now.months);
        }
        if self.pinned == before.pinned {
            self.pinned = now.pinned;
        }
        if (self.limited, &self.connections) == (before.limited, &before.connections) {
            (self.limited, self.connections) = (now.limited, now.connections);
        }
        let through = |form: &Form| (form.proxy, form.host.clone(), form.port.clone(), form.user.clone());
        if through(self) == through(&before) {
            (self.proxy, self.host, self.port, self.user) = (now.proxy, now.host, now.port, now.user);
        }
        if self.removals == before.removals {
            self.removals = now.removals;
        }
    }

    /// What connections go through; its usual port goes with it.
    pub fn choose_proxy(&mut self, kind: Option<ProxyKind>) {
        let usual = [Some(ProxyKind::Socks5), Some(ProxyKind::Http)].map(usual_port);
        if self.port.is_empty() || usual.contains(&self.port) {
            self.port = usual_port(kind);
        }
        self.proxy = kind;
    }

    /// A whole URL, as it is given to other programs, fills in everything that it says.
    pub fn type_host(&mut self, text: &str) {
        match Proxy::parse(text.trim()) {
            Ok(proxy) => {
                self.proxy = Some(proxy.kind);
                self.host = proxy.host;
                self.port = proxy.port.to_string();
                self.user = proxy.user.unwrap_or_else(|| self.user.clone());
            }
            Err(_) => self.host = text.into(),
        }
    }

    pub fn watch(&mut self, path: MailboxPath) {
        if !self.pinned.contains(&path) && !path.is_inbox() {
            self.pinned.push(path);
        }
    }

    /// Connections at most, where the person said a number that can be used.
    pub fn most_connections(&self) -> Option<u8> {
        if !self.limited {
            return None;
        }
        number(&self.connections).filter(|count| (1..=MOST_CONNECTIONS).contains(count))
    }

    /// How many of the watched folders have no connection of their own by what was chosen.
    pub fn unwatched(&self) -> usize {
        // The first watches the Inbox, one serves what is looked at.
        let room = self.most_connections().map_or(WATCHED, |most| usize::from(most).saturating_sub(2));
        self.pinned.len().saturating_sub(room)
    }

    /// The proxy is the one that the account has, so that a password of it may be stored.
    pub fn is_known_proxy(&self, account: &Account) -> bool {
        let typed = (self.proxy, self.host.trim(), self.port.trim(), self.user.trim());
        account.proxy.as_ref().is_some_and(|proxy| {
            let user = proxy.user.as_deref().unwrap_or_default();
            typed == (Some(proxy.kind), proxy.host.as_str(), proxy.port.to_string().as_str(), user)
        })
    }

    /// The account with these settings, and what becomes of its proxy's password.
    ///
    /// # Errors
    /// Every mistake, in the order of the fields.
    pub fn account(&self, of: &Account) -> Result<(Account, Password), Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let offline = match self.keep {
            Keep::Full => Offline::Full,
            Keep::Headers => Offline::Headers,
            Keep::Months => {
                let months = number(&self.months).filter(|months| (1..=MOST_MONTHS).contains(months));
                Offline::Months(months.unwrap_or_else(|| mistaken(&mut mistakes, Mistake::Months)))
            }
        };
        let connections = match (self.limited, self.most_connections()) {
            (false, _) => 0,
            (true, Some(most)) => most,
            (true, None) => mistaken(&mut mistakes, Mistake::Connections),
        };
        let proxy = self.proxy.map(|kind| self.through(kind, &mut mistakes));
        let password = match (self.proxy, self.password.as_str()) {
            (None, _) if of.proxy.is_some() => Password::Forget,
            (None, _) => Password::Leave,
            // A password is never shown to a proxy that it was not given for.
            (Some(_), "") if self.forget || (of.proxy.is_some() && !self.is_known_proxy(of)) => Password::Forget,
            (Some(_), "") => Password::Leave,
            (Some(_), password) => {
                if password.len() > MOST_OCTETS || password.chars().any(char::is_control) || self.user.trim() == "" {
                    mistakes.push(if self.user.trim() == "" { Mistake::User } else { Mistake::Password });
                }
                Password::Keep(Secret(password.into()))
            }
        };
        let (pinned, carry_removals) = (self.pinned.clone(), self.removals);
        let account = Account { offline, connections, proxy, pinned, carry_removals, ..of.clone() };
        if mistakes.is_empty() { Ok((account, password)) } else { Err(mistakes) }
    }

    fn through(&self, kind: ProxyKind, mistakes: &mut Vec<Mistake>) -> Proxy {
        let host = self.host.trim().trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() {
            mistakes.push(Mistake::HostMissing);
        } else if host.parse::<std::net::IpAddr>().is_err() && address::domain_to_ascii(host).is_none() {
            mistakes.push(Mistake::Host);
        }
        let port = number(&self.port).filter(|port| *port != 0);
        let port = port.unwrap_or_else(|| mistaken(mistakes, Mistake::Port));
        let user = self.user.trim();
        if user.len() > MOST_OCTETS || user.chars().any(char::is_control) {
            mistakes.push(Mistake::User);
        }
        Proxy { kind, host: host.into(), port, user: (!user.is_empty()).then(|| user.into()) }
    }
}

/// Folders that are watched beside the Inbox where the number of connections is left to Postwren.
const WATCHED: usize = 7;

fn number<T: std::str::FromStr>(text: &str) -> Option<T> {
    text.trim().parse().ok()
}

fn mistaken<T: Default>(mistakes: &mut Vec<Mistake>, mistake: Mistake) -> T {
    mistakes.push(mistake);
    T::default()
}

fn usual_port(kind: Option<ProxyKind>) -> String {
    match kind {
        Some(ProxyKind::Socks5) => "1080".into(),
        Some(ProxyKind::Http) => "3128".into(),
        None => String::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn proxied() -> Account {
        Account { proxy: Proxy::parse("socks5://ada@proxy.example:1080").ok(), ..Account::default() }
    }

    #[test]
    fn what_was_not_touched_stays_as_it_is() {
        let account = Account {
            offline: Offline::Months(6),
            connections: 3,
            pinned: vec![MailboxPath("Lists".into())],
            carry_removals: Some(false),
            ..proxied()
        };
        assert_eq!(Form::of(&account).account(&account), Ok((account.clone(), Password::Leave)));
        let plain = Account::default();
        assert_eq!(Form::of(&plain).account(&plain), Ok((plain.clone(), Password::Leave)));
    }

    #[test]
    fn what_cannot_be_used_is_told_where_it_is_mended() {
        let account = Account::default();
        let mut form = Form { keep: Keep::Months, months: "0".into(), limited: true, ..Form::of(&account) };
        form.connections = "99".into();
        form.choose_proxy(Some(ProxyKind::Http));
        assert_eq!(form.port, "3128");
        form.port = "0".into();
        form.user = "a\u{7}".into();
        let all = [Mistake::Months, Mistake::Connections, Mistake::HostMissing, Mistake::Port, Mistake::User];
        assert_eq!(form.account(&account), Err(all.to_vec()));
        form.host = "no host".into();
        assert!(form.account(&account).unwrap_err().contains(&Mistake::Host));
        form.proxy = None;
        form.keep = Keep::Headers;
        form.limited = false;
        let (made, password) = form.account(&account).unwrap();
        assert_eq!((made.offline, made.connections, made.proxy), (Offline::Headers, 0, None));
        assert_eq!(password, Password::Leave);
    }

    #[test]
    fn a_password_stays_with_the_proxy_that_it_was_given_for() {
        let account = proxied();
        let mut form = Form::of(&account);
        form.host = "other.example".into();
        assert_eq!(form.account(&account).unwrap().1, Password::Forget);
        form.password = "secret".into();
        assert_eq!(form.account(&account).unwrap().1, Password::Keep(Secret("secret".into())));
        form.user = String::new();
        assert_eq!(form.account(&account), Err(vec![Mistake::User]), "nobody’s password");
        form.choose_proxy(None);
        assert_eq!(form.account(&account).unwrap(), (Account { proxy: None, ..account.clone() }, Password::Forget));
        let forget = Form { forget: true, ..Form::of(&account) };
        assert_eq!(forget.account(&account).unwrap().1, Password::Forget);
    }

    #[test]
    fn a_pasted_url_fills_in_what_it_says() {
        let mut form = Form::of(&Account::default());
        form.type_host("http://ada@[::1]:8080");
        assert_eq!((form.proxy, form.host.as_str(), form.port.as_str()), (Some(ProxyKind::Http), "::1", "8080"));
        assert_eq!(form.user, "ada");
        form.choose_proxy(Some(ProxyKind::Socks5));
        assert_eq!(form.port, "8080", "it was typed");
    }

    #[test]
    fn what_changes_elsewhere_is_taken_over_but_for_what_is_being_changed() {
        let before = proxied();
        let mut form = Form { keep: Keep::Headers, ..Form::of(&before) };
        let now = Account {
            offline: Offline::Months(3),
            pinned: vec![MailboxPath("Lists".into())],
            carry_removals: Some(true),
            ..before.clone()
        };
        form.renew(&before, &now);
        assert_eq!((form.keep, form.pinned.len(), form.removals), (Keep::Headers, 1, Some(true)));
    }

    #[test]
    fn folders_for_which_no_connection_is_left_are_counted() {
        let mut form = Form::of(&Account::default());
        (0..8).for_each(|n| form.watch(MailboxPath(format!("Lists/{n}"))));
        form.watch(MailboxPath("INBOX".into()));
        form.watch(MailboxPath("Lists/1".into()));
        assert_eq!((form.pinned.len(), form.unwatched()), (8, 1));
        form.limited = true;
        assert_eq!((form.connections.as_str(), form.unwatched()), ("4", 6));
    }
}
