//! `postwren account add --name N --email E (--imap URL | --pop3 URL) --smtp URL --user U …`

use super::super::failure::Failure;
use super::super::output;
use super::proxy::ProxyArgs;
use crate::fl;
use crate::service::command::Secret;
use crate::service::model::{Account, AuthMethod, Endpoint, Pop3Keep, Protocol, SecretPlace, SecretSource, Security};
use crate::service::{Command, Handle};
use std::io::{BufRead, Read};
use std::path::PathBuf;

/// The longest password, or token, that is read.
const MAX_SECRET: u64 = 64 * 1024;

#[derive(Debug, clap::Args)]
#[command(
    group(clap::ArgGroup::new("incoming").required(true)),
    group(clap::ArgGroup::new("password").required(true)),
    after_help = "URLs: imaps://host[:port]; imap://host[:port] requires STARTTLS; imap://host?security=none is plain text.\n\
                  Likewise pop3s, pop3, smtps and smtp. A password never belongs into a URL."
)]
pub struct Args {
    /// The account's name here
    #[arg(long, value_name = "N", value_parser = name)]
    name: String,
    /// Its address
    #[arg(long, value_name = "E", value_parser = email)]
    email: String,
    /// Your name as recipients see it
    #[arg(long, value_name = "NAME", default_value = "", hide_default_value = true)]
    person: String,
    /// Receive by IMAP
    #[arg(long, value_name = "URL", group = "incoming", value_parser = imap)]
    imap: Option<Endpoint>,
    /// Receive by POP3
    #[arg(long, value_name = "URL", group = "incoming", value_parser = pop3)]
    pop3: Option<Endpoint>,
    /// Send by SMTP submission
    #[arg(long, value_name = "URL", value_parser = smtp)]
    smtp: Endpoint,
    /// The user name at both servers
    #[arg(long, value_name = "U")]
    user: String,
    /// Read the password from the first line of standard input
    #[arg(long, group = "password")]
    password_stdin: bool,
    /// Ask this shell command for the password each time: the first line that it prints
    #[arg(long, value_name = "CMD", group = "password")]
    password_command: Option<String>,
    /// How to log in; with xoauth2 the password is an OAuth 2 access token
    #[arg(long, value_enum, default_value_t = Auth::Password)]
    auth: Auth,
    /// One more certificate authority to trust for this account, as a PEM file
    #[arg(long, value_name = "FILE")]
    ca: Option<PathBuf>,
    /// How long POP3 mail stays on the server: always, this many DAYS after it is safe here, or never
    #[arg(long, value_name = "always|DAYS|never", conflicts_with = "imap", value_parser = keep)]
    pop3_keep: Option<Pop3Keep>,
    #[command(flatten)]
    proxy: ProxyArgs,
    #[arg(skip)]
    secret: Option<Secret>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, clap::ValueEnum)]
enum Auth {
    Password,
    Xoauth2,
}

impl Args {
    /// Reads the password and looks at the authority's file before the profile is opened.
    pub fn prepare(&mut self) -> Result<(), Failure> {
        if let Some(ca) = &mut self.ca {
            // The settings outlive this working directory.
            *ca = std::fs::canonicalize(&*ca).map_err(|error| Failure::file(ca, &error))?;
        }
        if self.password_stdin {
            self.secret = Some(read_secret(&mut std::io::stdin().lock())?);
        }
        self.proxy.prepare()
    }

    fn account(self) -> (Account, Option<Secret>) {
        let secret = self.password_command.map_or(SecretSource::Keyring, SecretSource::Command);
        // clap has seen to it that exactly one of the two is there.
        let incoming = self.imap.or(self.pop3).unwrap_or_else(|| self.smtp.clone());
        let account = Account {
            name: self.name,
            person: self.person,
            email: self.email,
            user: self.user,
            incoming,
            outgoing: self.smtp,
            auth: if self.auth == Auth::Xoauth2 { AuthMethod::XOAuth2 } else { AuthMethod::Password },
            secret,
            ca_file: self.ca,
            pop3_keep: self.pop3_keep.unwrap_or_default(),
            proxy: self.proxy.proxy(),
            ..Account::default()
        };
        (account, self.secret)
    }
}

pub async fn run(mut args: Args, handle: &Handle) -> Result<(), Failure> {
    let proxy_password = args.proxy.take_password();
    let (account, secret) = args.account();
    for endpoint in [&account.incoming, &account.outgoing] {
        if endpoint.security == Security::None {
            output::remark(&fl!("cli-account-plain", server = endpoint.to_string()));
        }
    }
    let changed = handle.accounts().await?.iter().any(|view| view.account.name == account.name);
    let name = account.name.clone();
    let receipt = handle.execute(Command::AddAccount { account: Box::new(account), secret }).await?;
    if let Some(password) = proxy_password {
        let account = name.clone();
        handle.execute(Command::SetProxyPassword { account, password: Some(password) }).await?;
    }
    output::line(&match changed {
        true => fl!("cli-account-changed", name = name.as_str()),
        false => fl!("cli-account-added", name = name.as_str()),
    })?;
    match receipt.secret_place {
        Some(SecretPlace::Keyring) => output::line(&fl!("cli-secret-keyring"))?,
        Some(SecretPlace::File) => output::remark(&fl!("cli-secret-file")),
        None => {}
    }
    output::line(&fl!("cli-account-next", name = name))
}

/// The next line, without its end.
pub(super) fn read_secret(input: &mut impl BufRead) -> Result<Secret, Failure> {
    let mut line = Vec::new();
    let read = input.take(MAX_SECRET).read_until(b'\n', &mut line);
    read.map_err(|error| Failure::Sentence(fl!("cli-password-unreadable", reason = error.to_string())))?;
    let line = String::from_utf8(line)
        .map_err(|_| Failure::Sentence(fl!("cli-password-unreadable", reason = "UTF-8".to_string())))?;
    let secret = line.trim_end_matches(['\r', '\n']);
    if secret.is_empty() {
        return Err(Failure::Sentence(fl!("cli-password-empty")));
    }
    Ok(Secret(secret.to_string()))
}

fn name(text: &str) -> Result<String, String> {
    if Account::valid_name(text) {
        return Ok(text.into());
    }
    Err("an account’s name becomes a directory: up to 100 bytes without / \\ : * ? \" < > |, no dot or dash at its start".into())
}

fn email(text: &str) -> Result<String, String> {
    let parts = text.rsplit_once('@').filter(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if parts.is_none() || text.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>')) {
        return Err("an address looks like ada@lovelace.example".into());
    }
    Ok(text.into())
}

fn imap(text: &str) -> Result<Endpoint, String> {
    endpoint(text, Protocol::Imap, "imaps or imap")
}

fn pop3(text: &str) -> Result<Endpoint, String> {
    endpoint(text, Protocol::Pop3, "pop3s or pop3")
}

fn smtp(text: &str) -> Result<Endpoint, String> {
    endpoint(text, Protocol::Smtp, "smtps or smtp")
}

fn endpoint(text: &str, protocol: Protocol, schemes: &str) -> Result<Endpoint, String> {
    let endpoint = Endpoint::parse(text).map_err(|error| error.to_string())?;
    if endpoint.protocol != protocol {
        return Err(format!("this server’s URL begins with {schemes}"));
    }
    Ok(endpoint)
}

fn keep(text: &str) -> Result<Pop3Keep, String> {
    match text {
        "always" => Ok(Pop3Keep::Always),
        "never" => Ok(Pop3Keep::Never),
        _ => match text.parse() {
            Ok(days @ 1..=36_500) => Ok(Pop3Keep::Days(days)),
            _ => Err("use always, never, or a number of days from 1".into()),
        },
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_password_is_the_first_line() {
        let read = |bytes: &[u8]| read_secret(&mut &bytes[..]);
        assert_eq!(read(b"open sesame\r\nnot this\n"), Ok(Secret("open sesame".into())));
        assert_eq!(read(b" spaces stay "), Ok(Secret(" spaces stay ".into())));
        for bad in [&b""[..], b"\n", b"\xff\xfe\n"] {
            assert!(matches!(read(bad), Err(Failure::Sentence(_))), "{bad:?}");
        }
    }

    #[test]
    fn values_are_checked_where_they_are_given() {
        assert_eq!(keep("30"), Ok(Pop3Keep::Days(30)));
        assert!([keep("0"), keep("soon"), keep("-1")].iter().all(Result::is_err));
        assert!(imap("imaps://mail.example.org").is_ok() && imap("smtps://mail.example.org").is_err());
        assert!(email("ada@lovelace.example").is_ok());
        assert!(["ada", "@x", "a@", "a b@c", "<a@b>"].iter().all(|bad| email(bad).is_err()));
        assert!(name("../x").is_err() && name("ada@lovelace.example").is_ok());
    }
}
