//! `settings.toml`: accounts and preferences. People edit it too, so keys that this version
//! does not know are kept, and a file that does not parse is never overwritten.
//!
//! ```toml
//! [preferences]
//! theme = "dark"
//!
//! [[account]]
//! name = "work"
//! email = "ada@example.org"
//! ```

use super::error::{At, Error, Result};
use super::files;
use super::profile::Profile;
use crate::mail::account::Account;
use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use std::io::ErrorKind;
use std::path::Path;
use toml::{Table, Value};

/// What `settings.toml` holds. The preferences' type is the service's.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Settings<P> {
    pub accounts: Vec<Account>,
    pub preferences: P,
}

/// The file, as it is read.
#[derive(Deserialize)]
struct Read<P> {
    #[serde(default, rename = "account")]
    accounts: Vec<Account>,
    preferences: Option<P>,
}

/// Reads the settings; a file that is not there gives the defaults.
///
/// # Errors
/// [`Error::Settings`] with line and reason where it cannot be understood.
pub fn load<P: DeserializeOwned + Default>(profile: &Profile) -> Result<Settings<P>> {
    let path = profile.settings();
    let Some(text) = text(&path)? else { return Ok(Settings { accounts: Vec::new(), preferences: P::default() }) };
    let read: Read<P> = toml::from_str(&text).map_err(|e| refused(&path, &e))?;
    let mut names = std::collections::HashSet::new();
    for account in &read.accounts {
        if !Account::valid_name(&account.name) {
            let reason = format!("“{}” cannot be an account's name", account.name);
            return Err(Error::Settings { path, reason });
        }
        // Two names that one directory could stand for.
        if !names.insert(account.name.to_lowercase()) {
            return Err(Error::Settings { path, reason: format!("there are two accounts “{}”", account.name) });
        }
    }
    Ok(Settings { accounts: read.accounts, preferences: read.preferences.unwrap_or_default() })
}

/// Writes the settings, whole or not at all; keys that this version does not know stay.
///
/// # Errors
/// [`Error::Settings`] where the file in place cannot be understood: it is not overwritten.
pub fn save<P: Serialize>(profile: &Profile, settings: &Settings<P>) -> Result<()> {
    let path = profile.settings();
    let invalid = |e: toml::ser::Error| Error::Settings { path: path.clone(), reason: e.to_string() };
    let mut table: Table = match text(&path)? {
        Some(text) => toml::from_str(&text).map_err(|e| refused(&path, &e))?,
        None => Table::new(),
    };
    let preferences = Table::try_from(&settings.preferences).map_err(invalid)?;
    match table.get_mut("preferences") {
        Some(Value::Table(old)) => merge(old, preferences, OPTIONAL_PREFERENCES),
        _ => drop(table.insert("preferences".into(), Value::Table(preferences))),
    }
    let before = match table.remove("account") {
        Some(Value::Array(accounts)) => accounts,
        _ => Vec::new(),
    };
    let mut accounts = Vec::with_capacity(settings.accounts.len());
    for account in &settings.accounts {
        let new = Table::try_from(account).map_err(invalid)?;
        let named = |old: &&Value| old.get("name").and_then(Value::as_str) == Some(account.name.as_str());
        let mut kept = before.iter().find(named).and_then(Value::as_table).cloned().unwrap_or_default();
        merge(&mut kept, new, OPTIONAL_ACCOUNT);
        accounts.push(Value::Table(kept));
    }
    if !accounts.is_empty() {
        table.insert("account".into(), Value::Array(accounts));
    }
    let text = toml::to_string_pretty(&table).map_err(invalid)?;
    files::replace(&path, text.as_bytes())
}

/// Keys that are not written when they are unset: an old value of them must go.
const OPTIONAL_ACCOUNT: &[&str] = &["ca_file", "offline", "pinned", "connections", "proxy", "carry_removals"];
const OPTIONAL_PREFERENCES: &[&str] = &["language"];

/// Puts new values over old ones; keys that only the old has stay, but for those that `new` left unset.
fn merge(old: &mut Table, new: Table, optional: &[&str]) {
    for key in optional {
        old.remove(*key);
    }
    old.extend(new);
}

fn text(path: &Path) -> Result<Option<String>> {
    match std::fs::read_to_string(path) {
        Ok(text) => Ok(Some(text)),
        Err(e) if e.kind() == ErrorKind::NotFound => Ok(None),
        Err(e) if e.kind() == ErrorKind::InvalidData => {
            Err(Error::Settings { path: path.into(), reason: "it is not UTF-8 text".into() })
        }
        Err(e) => Err(e).at(path),
    }
}

fn refused(path: &Path, error: &toml::de::Error) -> Error {
    Error::Settings { path: path.into(), reason: error.to_string() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::mail::account::{AuthMethod, Endpoint, Offline, Pop3Keep, Proxy, SecretSource};
    use crate::mail::mailbox::MailboxPath;
    use proptest::prelude::*;

    #[derive(Clone, Debug, Default, PartialEq, Serialize, Deserialize)]
    #[serde(default)]
    struct Prefs {
        width: f32,
        language: Option<String>,
        collapsed: Vec<String>,
    }

    fn profile() -> (tempfile::TempDir, Profile) {
        let dir = tempfile::tempdir().unwrap();
        let profile = Profile::open(dir.path()).unwrap();
        (dir, profile)
    }

    fn account(name: &str) -> Account {
        Account {
            name: name.into(),
            person: "Ada “Countess” Lovelace".into(),
            email: "ada@example.org".into(),
            user: "ada".into(),
            incoming: Endpoint::parse("imaps://imap.example.org").unwrap(),
            outgoing: Endpoint::parse("smtp://smtp.example.org").unwrap(),
            auth: AuthMethod::Password,
            secret: SecretSource::Command("pass show mail".into()),
            ca_file: Some("/etc/ca.pem".into()),
            pop3_keep: Pop3Keep::Days(30),
            ..Account::default()
        }
    }

    #[test]
    fn settings_come_back_as_they_were() {
        let (_dir, profile) = profile();
        assert_eq!(load::<Prefs>(&profile).unwrap(), Settings::default());
        let mut settings = Settings {
            accounts: vec![account("work"), account("home")],
            preferences: Prefs { width: 232.5, language: Some("de".into()), collapsed: vec!["work".into()] },
        };
        save(&profile, &settings).unwrap();
        assert_eq!(load(&profile).unwrap(), settings);
        settings.accounts.remove(0);
        settings.accounts[0].ca_file = None;
        settings.preferences.language = None;
        save(&profile, &settings).unwrap();
        assert_eq!(load(&profile).unwrap(), settings);
        settings.accounts.clear();
        save(&profile, &settings).unwrap();
        assert_eq!(load(&profile).unwrap(), settings);
    }

    #[test]
    fn what_is_usual_again_is_no_longer_named() {
        let (_dir, profile) = profile();
        let usual = account("work");
        let chosen = Account {
            offline: Offline::Months(6),
            pinned: vec![MailboxPath("Lists".into())],
            connections: 3,
            proxy: Proxy::parse("socks5://ada@127.0.0.1").ok(),
            carry_removals: Some(true),
            ..usual.clone()
        };
        for account in [chosen, usual] {
            let settings = Settings { accounts: vec![account], preferences: Prefs::default() };
            save(&profile, &settings).unwrap();
            assert_eq!(load(&profile).unwrap(), settings);
        }
    }

    #[test]
    fn what_people_added_stays() {
        let (_dir, profile) = profile();
        let settings = Settings { accounts: vec![account("work")], preferences: Prefs::default() };
        save(&profile, &settings).unwrap();
        let text = std::fs::read_to_string(profile.settings()).unwrap();
        let text = text.replace("[preferences]", "[future]\nx = 1\n\n[preferences]\nnovel = true");
        let text = text.replace("name = \"work\"", "name = \"work\"\ncolour = \"red\"");
        std::fs::write(profile.settings(), text).unwrap();
        save(&profile, &load::<Prefs>(&profile).unwrap()).unwrap();
        let text = std::fs::read_to_string(profile.settings()).unwrap();
        for kept in ["[future]", "novel = true", "colour = \"red\""] {
            assert!(text.contains(kept), "{text}");
        }
    }

    #[test]
    fn a_file_that_cannot_be_understood_is_told_and_left() {
        let (_dir, profile) = profile();
        for bad in ["[[account", "[[account]]\nname = 3", "account = 1", "[[account]]\nname = \"../x\""] {
            std::fs::write(profile.settings(), bad).unwrap();
            let error = load::<Prefs>(&profile).unwrap_err();
            assert!(matches!(error, Error::Settings { .. }), "{bad}: {error}");
            assert_eq!(std::fs::read_to_string(profile.settings()).unwrap(), bad);
        }
        std::fs::write(profile.settings(), "[[account").unwrap();
        assert!(save(&profile, &Settings { accounts: vec![], preferences: Prefs::default() }).is_err());
        assert_eq!(std::fs::read_to_string(profile.settings()).unwrap(), "[[account");
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(32))]
        #[test]
        fn any_text_survives(person in "\\PC{0,40}", user in "(?s).{0,40}", command in "\\PC{0,40}") {
            let (_dir, profile) = profile();
            let account = Account { person, user, secret: SecretSource::Command(command), ..account("a") };
            let settings = Settings { accounts: vec![account], preferences: Prefs::default() };
            save(&profile, &settings).unwrap();
            prop_assert_eq!(load(&profile).unwrap(), settings);
        }
    }
}
