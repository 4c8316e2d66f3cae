//! What the set-up asks, as typed, and the account that it makes. Guesses follow the address until the person
//! says otherwise, ports follow the protection until they are typed; nothing here touches disk or network.

use crate::mail::address;
use crate::service::command::Secret;
use crate::service::model::{Account, AuthMethod, Endpoint, Pop3Keep, Protocol, SecretPlace, SecretSource, Security};
use std::path::PathBuf;

/// Days after which mail leaves a POP3 server, unless the person says another number.
const DAYS: u32 = 14;
/// Most days that the set-up takes: ten years.
const MOST_DAYS: u32 = 3650;

/// A server as typed.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Server {
    pub protocol: Protocol,
    pub host: String,
    pub port: String,
    pub security: Security,
    /// The person has ticked that this server is spoken to in plain text.
    pub plain_accepted: bool,
    host_typed: bool,
    port_typed: bool,
}

impl Server {
    fn new(protocol: Protocol) -> Server {
        let port = Endpoint::default_port(protocol, Security::Tls).to_string();
        Server {
            protocol,
            host: String::new(),
            port,
            security: Security::Tls,
            plain_accepted: false,
            host_typed: false,
            port_typed: false,
        }
    }

    pub fn type_host(&mut self, text: &str) {
        self.host_typed = !text.trim().is_empty();
        self.host = text.into();
    }

    /// Takes apart what is more than a name: a whole URL (`imaps://mail.example.org:993`) fills in everything that
    /// it says, `mail.example.org:993` its port. While it is being typed it is left alone.
    pub fn settle(&mut self) {
        let text = self.host.trim();
        match (Endpoint::parse(text), text.split_once(':')) {
            (Ok(url), _) if text.contains("://") && same_side(url.protocol, self.protocol) => {
                *self = Server {
                    protocol: url.protocol,
                    host: url.host,
                    port: url.port.to_string(),
                    security: url.security,
                    plain_accepted: false,
                    host_typed: true,
                    port_typed: true,
                };
            }
            (_, Some((host, port))) if !host.is_empty() && port.parse::<u16>().is_ok() => {
                let (host, port) = (host.to_string(), port.to_string());
                self.type_port(&port);
                self.host = host;
            }
            _ => {}
        }
    }

    pub fn type_port(&mut self, text: &str) {
        self.port = text.chars().filter(char::is_ascii_digit).take(5).collect();
        self.port_typed = !self.port.is_empty();
    }

    pub fn choose_security(&mut self, security: Security) {
        self.security = security;
        self.plain_accepted = false;
        self.follow_port();
    }

    fn choose_protocol(&mut self, protocol: Protocol) {
        self.protocol = protocol;
        self.follow_port();
    }

    fn follow_port(&mut self) {
        if !self.port_typed {
            self.port = Endpoint::default_port(self.protocol, self.security).to_string();
        }
    }

    fn guess(&mut self, domain: Option<&str>) {
        if self.host_typed {
            return;
        }
        let prefix = match self.protocol {
            Protocol::Imap => "imap",
            Protocol::Pop3 => "pop",
            Protocol::Smtp => "smtp",
        };
        self.host = domain.map(|domain| format!("{prefix}.{domain}")).unwrap_or_default();
    }

    fn endpoint(&self, side: Side, mistakes: &mut Vec<Mistake>) -> Endpoint {
        let host = self.host.trim();
        let ip = host.trim_start_matches('[').trim_end_matches(']');
        if host.is_empty() {
            mistakes.push(Mistake::HostMissing(side));
        } else if ip.parse::<std::net::IpAddr>().is_err() && address::domain_to_ascii(host).is_none() {
            mistakes.push(Mistake::Host(side));
        }
        let port = self.port.parse().ok().filter(|port| *port != 0).unwrap_or_else(|| {
            mistakes.push(Mistake::Port(side));
            0
        });
        if self.security == Security::None && !self.plain_accepted {
            mistakes.push(Mistake::PlainNotAccepted(side));
        }
        Endpoint { protocol: self.protocol, host: ip.into(), port, security: self.security }
    }
}

fn same_side(a: Protocol, b: Protocol) -> bool {
    (a == Protocol::Smtp) == (b == Protocol::Smtp)
}

/// Which of the two servers.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Side {
    Incoming,
    Outgoing,
}

/// How long mail stays on a POP3 server; see [`Pop3Keep`].
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Keep {
    #[default]
    Always,
    Days,
    Never,
}

/// What keeps the form from becoming an account.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Mistake {
    EmailMissing,
    Email,
    PasswordMissing,
    CommandMissing,
    UserMissing,
    HostMissing(Side),
    Host(Side),
    Port(Side),
    PlainNotAccepted(Side),
    Days,
    /// There is an account of this name already.
    Exists,
}

/// The whole set-up as typed.
#[derive(Clone, PartialEq, Eq)]
pub struct Form {
    pub person: String,
    pub email: String,
    pub password: String,
    pub user: String,
    user_typed: bool,
    pub incoming: Server,
    pub outgoing: Server,
    pub keep: Keep,
    pub days: String,
    pub ca_file: String,
    /// The password comes from a command.
    pub by_command: bool,
    pub command: String,
}

/// The password is not in it.
impl std::fmt::Debug for Form {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("Form")
            .field("email", &self.email)
            .field("user", &self.user)
            .field("incoming", &self.incoming)
            .field("outgoing", &self.outgoing)
            .finish_non_exhaustive()
    }
}

impl Default for Form {
    fn default() -> Form {
        Form {
            person: String::new(),
            email: String::new(),
            password: String::new(),
            user: String::new(),
            user_typed: false,
            incoming: Server::new(Protocol::Imap),
            outgoing: Server::new(Protocol::Smtp),
            keep: Keep::default(),
            days: DAYS.to_string(),
            ca_file: String::new(),
            by_command: false,
            command: String::new(),
        }
    }
}

impl Form {
    pub fn type_email(&mut self, text: &str) {
        self.email = text.into();
        if !self.user_typed {
            self.user = text.trim().into();
        }
        self.guess();
    }

    pub fn type_user(&mut self, text: &str) {
        self.user = text.into();
        self.user_typed = !text.is_empty();
    }

    pub fn choose_incoming(&mut self, protocol: Protocol) {
        self.incoming.choose_protocol(protocol);
        self.guess();
    }

    pub fn server(&mut self, side: Side) -> &mut Server {
        match side {
            Side::Incoming => &mut self.incoming,
            Side::Outgoing => &mut self.outgoing,
        }
    }

    pub fn type_days(&mut self, text: &str) {
        self.days = text.chars().filter(char::is_ascii_digit).take(4).collect();
        self.keep = Keep::Days;
    }

    fn guess(&mut self) {
        let domain = self.email.trim().rsplit_once('@').map(|(_, domain)| domain.to_lowercase());
        let domain = domain.as_deref().filter(|d| d.contains('.') && address::domain_to_ascii(d).is_some());
        self.incoming.guess(domain);
        self.outgoing.guess(domain);
    }

    /// The settings of an account that exists, to be changed; its secret stays where it is.
    pub fn of(account: &Account) -> Form {
        let server = |endpoint: &Endpoint| Server {
            protocol: endpoint.protocol,
            host: endpoint.host.clone(),
            port: endpoint.port.to_string(),
            security: endpoint.security,
            plain_accepted: endpoint.security == Security::None,
            host_typed: true,
            port_typed: endpoint.port != Endpoint::default_port(endpoint.protocol, endpoint.security),
        };
        let (keep, days) = match account.pop3_keep {
            Pop3Keep::Always => (Keep::Always, DAYS),
            Pop3Keep::Days(days) => (Keep::Days, days),
            Pop3Keep::Never => (Keep::Never, DAYS),
        };
        let command = match &account.secret {
            SecretSource::Command(command) => Some(command.clone()),
            _ => None,
        };
        Form {
            person: account.person.clone(),
            email: account.email.clone(),
            password: String::new(),
            user: account.user.clone(),
            user_typed: account.user != account.email,
            incoming: server(&account.incoming),
            outgoing: server(&account.outgoing),
            keep,
            days: days.to_string(),
            ca_file: account.ca_file.as_ref().map(|path| path.display().to_string()).unwrap_or_default(),
            by_command: command.is_some(),
            command: command.unwrap_or_default(),
        }
    }

    /// The account and its secret, or everything that is still wrong. `place` is where secrets go on this machine,
    /// `taken` are the names of the accounts that exist, `changed` is the one whose settings these are: it keeps its
    /// name, and its secret where none is typed.
    pub fn account(
        &self,
        place: SecretPlace,
        taken: &[String],
        changed: Option<&Account>,
    ) -> Result<(Account, Option<Secret>), Vec<Mistake>> {
        let mut mistakes = Vec::new();
        let email = self.email.trim();
        if email.is_empty() {
            mistakes.push(Mistake::EmailMissing);
        } else if !address::is_valid(email) {
            mistakes.push(Mistake::Email);
        }
        let stored = changed.is_some_and(|old| !matches!(old.secret, SecretSource::Command(_)));
        let keeps_secret = stored && !self.by_command && self.password.is_empty();
        let secret = match changed {
            Some(old) if keeps_secret => old.secret.clone(),
            _ => self.secret_source(place, &mut mistakes),
        };
        if self.user.trim().is_empty() {
            mistakes.push(Mistake::UserMissing);
        }
        let incoming = self.incoming.endpoint(Side::Incoming, &mut mistakes);
        let outgoing = self.outgoing.endpoint(Side::Outgoing, &mut mistakes);
        let pop3_keep = self.pop3_keep(&mut mistakes);
        let name = changed.map_or_else(|| account_name(email), |old| old.name.clone());
        if changed.is_none() && taken.contains(&name) {
            mistakes.push(Mistake::Exists);
        }
        if !mistakes.is_empty() {
            return Err(mistakes);
        }
        let ca_file = Some(self.ca_file.trim()).filter(|path| !path.is_empty()).map(PathBuf::from);
        let password = (!self.by_command && !keeps_secret).then(|| Secret(self.password.clone()));
        let account = Account {
            name,
            person: self.person.trim().into(),
            email: email.into(),
            user: self.user.trim().into(),
            incoming,
            outgoing,
            auth: changed.map_or(AuthMethod::Password, |old| old.auth),
            secret,
            ca_file,
            pop3_keep,
            // What this form does not ask stays as it was.
            ..changed.cloned().unwrap_or_default()
        };
        Ok((account, password))
    }

    fn secret_source(&self, place: SecretPlace, mistakes: &mut Vec<Mistake>) -> SecretSource {
        let command = self.command.trim();
        match (self.by_command, place) {
            (true, _) => {
                if command.is_empty() {
                    mistakes.push(Mistake::CommandMissing);
                }
                SecretSource::Command(command.into())
            }
            (false, place) => {
                if self.password.is_empty() {
                    mistakes.push(Mistake::PasswordMissing);
                }
                match place {
                    SecretPlace::Keyring => SecretSource::Keyring,
                    SecretPlace::File => SecretSource::File,
                }
            }
        }
    }

    fn pop3_keep(&self, mistakes: &mut Vec<Mistake>) -> Pop3Keep {
        if self.incoming.protocol != Protocol::Pop3 {
            return Pop3Keep::default();
        }
        match self.keep {
            Keep::Always => Pop3Keep::Always,
            Keep::Never => Pop3Keep::Never,
            Keep::Days => match self.days.parse() {
                Ok(days) if (1..=MOST_DAYS).contains(&days) => Pop3Keep::Days(days),
                _ => {
                    mistakes.push(Mistake::Days);
                    Pop3Keep::Always
                }
            },
        }
    }
}

/// The address, with what a directory's name cannot have replaced.
fn account_name(email: &str) -> String {
    if Account::valid_name(email) {
        return email.into();
    }
    let safe = |c: char| if Account::valid_name(&format!("a{c}a")) { c } else { '-' };
    let name: String = email.chars().map(safe).take(80).collect();
    let name = name.trim_start_matches(['.', '-']).trim_end_matches(['.', ' ']).to_string();
    if Account::valid_name(&name) { name } else { "mail".into() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn filled() -> Form {
        let mut form = Form { person: " Ada Lovelace ".into(), password: "secret".into(), ..Form::default() };
        form.type_email("ada@lovelace.example");
        form
    }

    #[test]
    fn an_address_and_a_password_are_enough() {
        let (account, secret) = filled().account(SecretPlace::Keyring, &[], None).unwrap();
        assert_eq!(account.incoming, Endpoint::parse("imaps://imap.lovelace.example").unwrap());
        assert_eq!(account.outgoing, Endpoint::parse("smtps://smtp.lovelace.example").unwrap());
        assert_eq!((account.name.as_str(), account.user.as_str()), ("ada@lovelace.example", "ada@lovelace.example"));
        assert_eq!(account.person, "Ada Lovelace");
        assert_eq!(account.secret, SecretSource::Keyring);
        assert_eq!(account.pop3_keep, Pop3Keep::Always);
        assert_eq!(secret, Some(Secret("secret".into())));
        let (account, _) = filled().account(SecretPlace::File, &[], None).unwrap();
        assert_eq!(account.secret, SecretSource::File);
    }

    #[test]
    fn ports_follow_the_protection_until_they_are_typed() {
        let mut form = filled();
        form.outgoing.choose_security(Security::StartTls);
        assert_eq!(form.outgoing.port, "587");
        form.choose_incoming(Protocol::Pop3);
        assert_eq!((form.incoming.host.as_str(), form.incoming.port.as_str()), ("pop.lovelace.example", "995"));
        form.incoming.type_port("1995");
        form.incoming.choose_security(Security::StartTls);
        assert_eq!(form.incoming.port, "1995");
        form.incoming.type_port("");
        form.incoming.choose_security(Security::Tls);
        assert_eq!(form.incoming.port, "995");
    }

    #[test]
    fn guesses_follow_the_address_until_the_host_is_typed() {
        let mut form = filled();
        form.incoming.type_host("mail.lovelace.example");
        form.type_email("ada@babbage.example");
        assert_eq!(form.incoming.host, "mail.lovelace.example");
        assert_eq!(form.outgoing.host, "smtp.babbage.example");
        assert_eq!(form.user, "ada@babbage.example");
        form.type_user("ada");
        form.type_email("ada@x.example");
        assert_eq!(form.user, "ada");
    }

    #[test]
    fn a_server_url_fills_the_server() {
        let mut form = filled();
        form.incoming.type_host("pop3://127.0.0.1:1110");
        assert_eq!(form.incoming.host, "pop3://127.0.0.1:1110", "left alone while it is typed");
        form.incoming.settle();
        let server = &form.incoming;
        assert_eq!(
            (server.protocol, server.host.as_str(), server.port.as_str()),
            (Protocol::Pop3, "127.0.0.1", "1110")
        );
        assert_eq!(server.security, Security::StartTls);
        form.outgoing.type_host("mail.x.example:2587");
        form.outgoing.settle();
        assert_eq!((form.outgoing.host.as_str(), form.outgoing.port.as_str()), ("mail.x.example", "2587"));
        form.outgoing.type_host("imaps://x.example");
        form.outgoing.settle();
        assert_eq!(form.outgoing.protocol, Protocol::Smtp);
        assert!(form.account(SecretPlace::File, &[], None).is_err());
    }

    #[test]
    fn plain_text_needs_its_tick() {
        let mut form = filled();
        form.outgoing.choose_security(Security::None);
        assert_eq!(form.account(SecretPlace::File, &[], None), Err(vec![Mistake::PlainNotAccepted(Side::Outgoing)]));
        form.outgoing.plain_accepted = true;
        let (account, _) = form.account(SecretPlace::File, &[], None).unwrap();
        assert_eq!(account.outgoing.security, Security::None);
        form.outgoing.choose_security(Security::None);
        assert!(!form.outgoing.plain_accepted, "each choice asks anew");
    }

    #[test]
    fn every_mistake_is_named() {
        let form = Form::default();
        let mistakes = form.account(SecretPlace::Keyring, &[], None).unwrap_err();
        assert_eq!(
            mistakes,
            [
                Mistake::EmailMissing,
                Mistake::PasswordMissing,
                Mistake::UserMissing,
                Mistake::HostMissing(Side::Incoming),
                Mistake::HostMissing(Side::Outgoing),
            ]
        );
        let mut form = filled();
        form.type_email("ada at lovelace");
        form.incoming.type_host("no host");
        form.incoming.type_port("99999");
        form.choose_incoming(Protocol::Pop3);
        form.type_days("0");
        let mistakes = form.account(SecretPlace::Keyring, &[], None).unwrap_err();
        for mistake in [Mistake::Email, Mistake::Host(Side::Incoming), Mistake::Port(Side::Incoming), Mistake::Days] {
            assert!(mistakes.contains(&mistake), "{mistake:?}");
        }
        assert_eq!(
            filled().account(SecretPlace::File, &["ada@lovelace.example".into()], None),
            Err(vec![Mistake::Exists])
        );
    }

    #[test]
    fn a_command_serves_instead_of_a_password() {
        let mut form = filled();
        form.by_command = true;
        assert_eq!(form.account(SecretPlace::File, &[], None), Err(vec![Mistake::CommandMissing]));
        form.command = " pass show mail ".into();
        let (account, secret) = form.account(SecretPlace::Keyring, &[], None).unwrap();
        assert_eq!((account.secret, secret), (SecretSource::Command("pass show mail".into()), None));
    }

    #[test]
    fn the_three_policies_of_pop3() {
        let mut form = filled();
        form.choose_incoming(Protocol::Pop3);
        for (keep, wanted) in
            [(Keep::Always, Pop3Keep::Always), (Keep::Days, Pop3Keep::Days(14)), (Keep::Never, Pop3Keep::Never)]
        {
            form.keep = keep;
            assert_eq!(form.account(SecretPlace::File, &[], None).unwrap().0.pop3_keep, wanted);
        }
    }

    #[test]
    fn settings_are_changed_without_typing_the_password_again() {
        let (account, _) = filled().account(SecretPlace::Keyring, &[], None).unwrap();
        let mut form = Form::of(&account);
        let taken = [account.name.clone()];
        assert_eq!(form.account(SecretPlace::File, &taken, Some(&account)), Ok((account.clone(), None)));
        form.incoming.choose_security(Security::StartTls);
        form.password = "new".into();
        let (changed, secret) = form.account(SecretPlace::File, &taken, Some(&account)).unwrap();
        assert_eq!((changed.incoming.port, changed.name.clone()), (143, account.name.clone()));
        assert_eq!((changed.secret, secret), (SecretSource::File, Some(Secret("new".into()))));
    }

    #[test]
    fn the_password_is_never_printed() {
        assert!(!format!("{:?}", filled()).contains("secret"));
    }

    proptest! {
        #[test]
        fn an_accounts_name_can_always_be_a_directory(email in ".{0,120}") {
            prop_assert!(Account::valid_name(&account_name(&email)));
        }
    }
}
