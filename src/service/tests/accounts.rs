//! Accounts are set up, tried, changed and removed.

use super::*;
use crate::service::ProblemKind;

#[tokio::test(flavor = "multi_thread")]
async fn a_check_tries_both_servers_and_names_what_is_wrong() {
    let world = World::empty(Mode::Batch).await;
    let mut account = world.account();
    let good = Some(Secret("pw".into()));
    let report = world.handle.check(&account, good.clone()).await.unwrap();
    assert_eq!(report.incoming.as_deref(), Ok("IMAP, TLS 1.3"));
    assert_eq!(report.outgoing.as_deref(), Ok("SMTP, TLS 1.3"));
    let report = world.handle.check(&account, Some(Secret("wrong".into()))).await.unwrap();
    for result in [report.incoming, report.outgoing] {
        assert!(matches!(result.unwrap_err().kind, ProblemKind::Authentication { .. }));
    }
    account.ca_file = None;
    account.outgoing.port = 1;
    let report = world.handle.check(&account, good.clone()).await.unwrap();
    assert!(matches!(report.incoming.unwrap_err().kind, ProblemKind::Certificate { .. }));
    assert!(matches!(report.outgoing.unwrap_err().kind, ProblemKind::Unreachable { .. }));
    let report = world.handle.check(&world.pop3_account(Pop3Keep::Always), good).await.unwrap();
    assert!(report.incoming.is_ok());
    let none = world.handle.check(&world.account(), None).await.unwrap_err();
    assert_eq!(none.kind, ProblemKind::NoSecret);
    assert!(world.handle.accounts().await.unwrap().is_empty());
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_comes_stays_and_goes_with_everything_of_it() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..3);
    world.add(world.pop3_account(Pop3Keep::Always)).await;
    world.synchronise().await;
    let world = world.restart().await;
    let names: Vec<String> = world.handle.accounts().await.unwrap().into_iter().map(|a| a.account.name).collect();
    assert_eq!(names, ["ada", "pop"]);
    assert!(matches!(world.handle.accounts().await.unwrap()[0].connection, Connection::Idle));
    world.execute(Command::RemoveAccount { name: "ada".into() }).await;
    assert!(world.handle.mailboxes(Some("ada")).await.unwrap().is_empty());
    assert!(!world.profile().join("mail/ada/INBOX").exists());
    assert!(world.server.messages(ADA, "INBOX").len() == 3, "its server keeps all");
    let world = world.restart().await;
    assert_eq!(world.handle.accounts().await.unwrap().len(), 1);
    assert!(world.handle.execute(Command::RemoveAccount { name: "ada".into() }).await.is_err());
}

#[tokio::test(flavor = "multi_thread")]
async fn names_and_addresses_that_cannot_be_are_refused() {
    let world = World::imap().await;
    let mut bad = Vec::new();
    for name in ["", "..", "a/b", "ADA"] {
        bad.push(Account { name: name.into(), ..world.account() });
    }
    for email in ["", "ada", "@x", "a b@c", "a@b\r\nBcc: c@d"] {
        bad.push(Account { name: "new".into(), email: email.into(), ..world.account() });
    }
    bad.push(Account { name: "new".into(), incoming: world.account().outgoing, ..world.account() });
    for account in bad {
        let add = Command::AddAccount { account: Box::new(account.clone()), secret: None };
        let problem = world.handle.execute(add).await.unwrap_err();
        assert!(matches!(problem.kind, ProblemKind::Invalid { .. }), "{account:?}");
    }
    assert_eq!(world.handle.accounts().await.unwrap().len(), 1);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn a_password_can_come_from_a_command() {
    let world = World::empty(Mode::Batch).await;
    world.deliver("INBOX", 0..1);
    let account = Account { secret: SecretSource::Command("printf 'pw\\nmore\\n'".into()), ..world.account() };
    world.execute(Command::AddAccount { account: Box::new(account), secret: None }).await;
    assert_eq!(world.synchronise().await.received, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn an_account_that_is_changed_keeps_its_password() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..1);
    let changed = Account { person: "A. L.".into(), ..world.account() };
    world.execute(Command::AddAccount { account: Box::new(changed), secret: None }).await;
    assert_eq!(world.handle.accounts().await.unwrap()[0].account.person, "A. L.");
    assert_eq!(world.synchronise().await.received, 1);
    let world = world.restart().await;
    world.deliver("INBOX", 1..2);
    assert_eq!(world.synchronise().await.received, 1);
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread")]
async fn the_place_of_a_password_can_change() {
    let world = World::imap().await;
    let change = async |secret: SecretSource, typed: Option<&str>| {
        let account = Account { secret, ..world.account() };
        let secret = typed.map(|typed| Secret(typed.into()));
        world.execute(Command::AddAccount { account: Box::new(account), secret }).await
    };
    // From the keyring to the file and back: nobody has to type it again.
    for source in [SecretSource::File, SecretSource::Keyring] {
        change(source.clone(), None).await;
        assert_eq!(world.handle.accounts().await.unwrap()[0].account.secret, source);
        world.synchronise().await;
    }
    let file = std::fs::read_to_string(world.profile().join("secrets.toml")).unwrap_or_default();
    assert!(!file.contains("pw"), "it lies in one place only: {file}");
    // To a command: what was kept is forgotten, so that there is nothing to come back to.
    change(SecretSource::Command("echo pw".into()), None).await;
    world.synchronise().await;
    change(SecretSource::Keyring, None).await;
    let results = world.handle.synchronise(None).await;
    assert_eq!(results[0].1.as_ref().unwrap_err().kind, ProblemKind::NoSecret);
    change(SecretSource::Keyring, Some("pw")).await;
    world.synchronise().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn one_accounts_trouble_is_its_own() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..2);
    let broken = Account { name: "broken".into(), user: "nobody".into(), ..world.account() };
    world.add(broken).await;
    let results = world.handle.synchronise(None).await;
    assert_eq!(results[0].1.as_ref().unwrap().received, 2);
    let problem = results[1].1.as_ref().unwrap_err();
    assert_eq!(problem.account.as_deref(), Some("broken"));
    assert!(matches!(problem.kind, ProblemKind::Authentication { .. }));
}

#[tokio::test(flavor = "multi_thread")]
async fn preferences_are_kept() {
    let world = World::imap().await;
    let preferences = Preferences { theme: ThemeChoice::Dark, undo_seconds: 20, ..Preferences::default() };
    world.execute(Command::SetPreferences { preferences: Box::new(preferences.clone()) }).await;
    let world = world.restart().await;
    assert_eq!(world.handle.preferences().await.unwrap(), preferences);
    assert_eq!(world.handle.accounts().await.unwrap().len(), 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn the_doctor_finds_what_others_left_and_rebuilds() {
    let world = World::imap().await;
    world.deliver("INBOX", 0..3);
    world.synchronise().await;
    std::fs::write(world.profile().join("mail/ada/INBOX/new/1.foreign"), message(9)).unwrap();
    let lines = world.handle.doctor(false).await.unwrap();
    assert!(lines.iter().any(|l| l.contains("INBOX: 1 added")), "{lines:?}");
    assert_eq!(world.subjects("INBOX").await.len(), 4);
    let lines = world.handle.doctor(true).await.unwrap();
    assert!(lines[0].contains("4 messages in 5 mailboxes"), "{lines:?}");
    assert_eq!(world.subjects("INBOX").await.len(), 4);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_watched_mailbox_stays_so_under_another_path() {
    let world = World::imap().await;
    for path in ["Lists", "Lists/Rust", "Work"] {
        world.server.create(ADA, path, None);
        world.deliver(path, 0..1);
    }
    world.synchronise().await;
    let pinned = async || -> Vec<String> {
        let accounts = world.handle.accounts().await.unwrap();
        accounts[0].account.pinned.iter().map(ToString::to_string).collect()
    };
    let (inside, lists) = (world.mailbox("Lists/Rust").await.id, world.mailbox("Lists").await.id);
    world.execute(Command::Watch { mailbox: inside, watch: true }).await;
    assert_eq!(pinned().await, ["Lists/Rust"]);
    let renamed = Command::RenameMailbox { mailbox: lists, to: MailboxPath("News".into()) };
    let receipt = world.execute(renamed).await;
    assert_eq!(pinned().await, ["News/Rust"]);
    world.execute(Command::Undo { token: receipt.undo.unwrap() }).await;
    assert_eq!(pinned().await, ["Lists/Rust"]);
    // Another program renames it on the server.
    world.synchronise().await;
    assert!(world.server.rename(ADA, "Lists/Rust", "Rust"));
    world.synchronise().await;
    assert_eq!(pinned().await, ["Rust"]);
    world.execute(Command::Watch { mailbox: inside, watch: false }).await;
    assert!(pinned().await.is_empty());
    let settings = std::fs::read_to_string(world.profile().join("settings.toml")).unwrap();
    assert!(!settings.contains("Rust"));
}

#[tokio::test(flavor = "multi_thread")]
async fn settings_that_cannot_be_are_refused() {
    let world = World::imap().await;
    let proxy = |host: &str, port, user: Option<&str>| {
        Some(Proxy { kind: ProxyKind::Socks5, host: host.into(), port, user: user.map(Into::into) })
    };
    let bad = [
        Account { connections: 51, ..world.account() },
        Account { offline: Offline::Months(0), ..world.account() },
        Account { proxy: proxy("", 1080, None), ..world.account() },
        Account { proxy: proxy("proxy", 0, None), ..world.account() },
        Account { proxy: proxy("pro xy", 1080, None), ..world.account() },
        Account { proxy: proxy("proxy", 1080, Some("a\r\nb")), ..world.account() },
    ];
    for account in bad {
        let refused = world.handle.execute(Command::AddAccount { account: Box::new(account), secret: None }).await;
        assert!(matches!(refused.unwrap_err().kind, ProblemKind::Invalid { .. }));
    }
}
