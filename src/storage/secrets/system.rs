//! Secrets in the system keyring (Secret Service, Keychain, Credential Manager).
//!
//! A machine without a keyring service (no session bus, nothing that owns the service's name) is
//! told apart from a service that refuses (locked, prompt dismissed): only on the first do secrets
//! go to a file, because on the second the person can help.

use super::{FileSecrets, SecretPlace, Secrets};
use crate::storage::error::{Error, Result};
use std::path::PathBuf;
use std::sync::mpsc::sync_channel;
use std::time::Duration;

/// The name under which the keyring lists what is ours.
const SERVICE: &str = "postwren";
/// The keyring's library has no time limit of its own, and a broken bus never answers.
const PATIENCE: Duration = Duration::from_secs(5);

/// What a keyring can do; the system's one, or a scripted one in tests.
pub(crate) trait Keyring: Send + Sync + 'static {
    /// Whether a service answers at all.
    fn answers(&self) -> bool;
    fn get(&self, account: &str) -> std::result::Result<Option<String>, String>;
    fn set(&self, account: &str, secret: &str) -> std::result::Result<(), String>;
    fn remove(&self, account: &str) -> std::result::Result<(), String>;
}

/// The system keyring, with a file for a machine without one.
pub struct SystemSecrets {
    keyring: std::sync::Arc<dyn Keyring>,
    fallback: FileSecrets,
    patience: Duration,
}

impl SystemSecrets {
    /// The system keyring; `fallback` is the file for a machine without one.
    pub fn new(fallback: impl Into<PathBuf>) -> SystemSecrets {
        SystemSecrets::over(System, fallback, PATIENCE)
    }

    pub(crate) fn over(keyring: impl Keyring, fallback: impl Into<PathBuf>, patience: Duration) -> SystemSecrets {
        SystemSecrets { keyring: std::sync::Arc::new(keyring), fallback: FileSecrets::new(fallback), patience }
    }

    /// Asks the keyring in a thread of its own and does not wait for ever. A thread that hangs is left behind:
    /// it holds nothing.
    fn ask<T: Send + 'static>(&self, question: impl FnOnce(&dyn Keyring) -> T + Send + 'static) -> Option<T> {
        let (answer, answered) = sync_channel(1);
        let keyring = std::sync::Arc::clone(&self.keyring);
        let started = std::thread::Builder::new().name("keyring".into()).spawn(move || {
            let _ = answer.send(question(&*keyring));
        });
        started.ok()?;
        answered.recv_timeout(self.patience).ok()
    }

    /// Whether a service is there. One that does not answer even that is none.
    fn answers(&self) -> bool {
        self.ask(|keyring| keyring.answers()).unwrap_or(false)
    }

    fn must<T: Send + 'static>(
        &self,
        question: impl FnOnce(&dyn Keyring) -> std::result::Result<T, String> + Send + 'static,
    ) -> Result<T> {
        match self.ask(question) {
            Some(answer) => answer.map_err(Error::Keyring),
            None => Err(Error::Keyring(format!("no answer within {} seconds", self.patience.as_secs()))),
        }
    }
}

impl Secrets for SystemSecrets {
    fn get(&self, account: &str) -> Result<Option<String>> {
        if self.answers() {
            let name = account.to_string();
            let found = self.must(move |keyring| keyring.get(&name))?;
            if found.is_some() {
                return Ok(found);
            }
        }
        // Kept there while no service answered.
        self.fallback.get(account)
    }

    fn set(&self, account: &str, secret: &str) -> Result<SecretPlace> {
        if !self.answers() {
            return self.fallback.set(account, secret);
        }
        let (name, value) = (account.to_string(), secret.to_string());
        self.must(move |keyring| keyring.set(&name, &value))?;
        // It lies encrypted now: the older, readable one goes.
        self.fallback.remove(account)?;
        Ok(SecretPlace::Keyring)
    }

    fn remove(&self, account: &str) -> Result<()> {
        self.fallback.remove(account)?;
        if self.answers() {
            let name = account.to_string();
            self.must(move |keyring| keyring.remove(&name))?;
        }
        Ok(())
    }

    fn place(&self) -> SecretPlace {
        if self.answers() { SecretPlace::Keyring } else { SecretPlace::File }
    }
}

/// The system's own keyring.
struct System;

impl Keyring for System {
    fn answers(&self) -> bool {
        keyring::Entry::store_status().is_ok()
    }
    fn get(&self, account: &str) -> std::result::Result<Option<String>, String> {
        match entry(account)?.get_password() {
            Ok(secret) => Ok(Some(secret)),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(words(&error)),
        }
    }
    fn set(&self, account: &str, secret: &str) -> std::result::Result<(), String> {
        entry(account)?.set_password(secret).map_err(|e| words(&e))
    }
    fn remove(&self, account: &str) -> std::result::Result<(), String> {
        match entry(account)?.delete_credential() {
            Ok(()) | Err(keyring::Error::NoEntry) => Ok(()),
            Err(error) => Err(words(&error)),
        }
    }
}

fn entry(account: &str) -> std::result::Result<keyring::Entry, String> {
    keyring::Entry::new(SERVICE, account).map_err(|e| words(&e))
}

/// An error's words without what it carries: two of the kinds hold the secret itself.
fn words(error: &keyring::Error) -> String {
    match error {
        keyring::Error::NoStorageAccess(cause) => format!("it is locked or refused access: {cause}"),
        keyring::Error::PlatformFailure(cause) => cause.to_string(),
        keyring::Error::BadEncoding(_) | keyring::Error::BadDataFormat(..) => "the secret is not text".into(),
        keyring::Error::TooLong(what, limit) => format!("{what} is longer than {limit} characters"),
        keyring::Error::Ambiguous(_) => "it has several secrets for this account".into(),
        keyring::Error::NoDefaultStore => "no keyring service".into(),
        keyring::Error::Invalid(what, why) => format!("{what} {why}"),
        keyring::Error::NotSupportedByStore(why) | keyring::Error::BadStoreFormat(why) => why.clone(),
        _ => "it failed".into(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::storage::secrets::MemorySecrets;

    /// A keyring as a test wants it.
    #[derive(Default)]
    struct Scripted {
        absent: bool,
        locked: bool,
        hangs: bool,
        kept: MemorySecrets,
    }

    impl Scripted {
        fn open(&self) -> std::result::Result<(), String> {
            if self.hangs {
                std::thread::sleep(Duration::from_secs(2));
            }
            if self.locked { Err("locked".into()) } else { Ok(()) }
        }
    }

    impl Keyring for Scripted {
        fn answers(&self) -> bool {
            !self.absent
        }
        fn get(&self, account: &str) -> std::result::Result<Option<String>, String> {
            self.open()?;
            self.kept.get(account).map_err(|e| e.to_string())
        }
        fn set(&self, account: &str, secret: &str) -> std::result::Result<(), String> {
            self.open()?;
            self.kept.set(account, secret).map(|_| ()).map_err(|e| e.to_string())
        }
        fn remove(&self, account: &str) -> std::result::Result<(), String> {
            self.open()?;
            self.kept.remove(account).map_err(|e| e.to_string())
        }
    }

    fn secrets(keyring: Scripted) -> (tempfile::TempDir, SystemSecrets) {
        let dir = tempfile::tempdir().unwrap();
        let secrets = SystemSecrets::over(keyring, dir.path().join("secrets.toml"), Duration::from_millis(300));
        (dir, secrets)
    }

    #[test]
    fn a_service_that_answers_keeps_them() {
        let (dir, secrets) = secrets(Scripted::default());
        assert_eq!(secrets.place(), SecretPlace::Keyring);
        assert_eq!(secrets.set("work", "s3cret").unwrap(), SecretPlace::Keyring);
        assert_eq!(secrets.get("work").unwrap().as_deref(), Some("s3cret"));
        assert!(!dir.path().join("secrets.toml").exists());
        secrets.remove("work").unwrap();
        assert_eq!(secrets.get("work").unwrap(), None);
    }

    #[test]
    fn without_a_service_they_go_to_the_file_and_later_leave_it() {
        let (dir, without) = secrets(Scripted { absent: true, ..Scripted::default() });
        assert_eq!(without.place(), SecretPlace::File);
        assert_eq!(without.set("work", "s3cret").unwrap(), SecretPlace::File);
        assert_eq!(without.get("work").unwrap().as_deref(), Some("s3cret"));
        let path = dir.path().join("secrets.toml");
        let with = SystemSecrets::over(Scripted::default(), &path, Duration::from_millis(300));
        assert_eq!(with.get("work").unwrap().as_deref(), Some("s3cret"));
        with.set("work", "new").unwrap();
        assert!(!std::fs::read_to_string(&path).unwrap().contains("s3cret"));
    }

    #[test]
    fn a_service_that_refuses_or_hangs_is_told_and_no_file_is_written() {
        for keyring in
            [Scripted { locked: true, ..Scripted::default() }, Scripted { hangs: true, ..Scripted::default() }]
        {
            let (dir, secrets) = secrets(keyring);
            let error = secrets.set("work", "s3cret").unwrap_err();
            assert!(matches!(error, Error::Keyring(_)));
            assert!(!format!("{error} {error:?}").contains("s3cret"));
            assert!(matches!(secrets.get("work"), Err(Error::Keyring(_))));
            assert!(!dir.path().join("secrets.toml").exists());
        }
    }
}
