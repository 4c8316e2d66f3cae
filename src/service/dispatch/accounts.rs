//! Accounts and preferences.

use crate::mail::account::LOCAL;
use crate::service::command::{Receipt, Secret};
use crate::service::event::Event;
use crate::service::foreign;
use crate::service::missing;
use crate::service::model::{
    Account, MailboxId, MailboxPath, Offline, Preferences, Protocol, Proxy, SecretPlace, SecretSource,
};
use crate::service::network;
use crate::service::problem::Problem;
use crate::service::problem_from::{of_join, of_storage};
use crate::service::start::{begin_tasks, put};
use crate::service::state::{Result, Shared, locked};
use crate::service::view;
use crate::storage::{self, Profile, Settings};
use std::collections::BTreeMap;
use std::sync::Arc;
use std::sync::atomic::Ordering;

/// More connections to one server are nobody's need.
const MOST_CONNECTIONS: u8 = 50;

/// Adds an account or replaces its settings. The secret is safe before the settings name the account.
pub(super) async fn add(shared: &Arc<Shared>, account: Account, secret: Option<Secret>) -> Result<Receipt> {
    let _alone = shared.settings.lock().await;
    put_in(shared, account, secret).await
}

/// The same, by whoever holds the lock of the settings.
async fn put_in(shared: &Arc<Shared>, mut account: Account, secret: Option<Secret>) -> Result<Receipt> {
    checked(&account)?;
    let same = |name: &str| name.to_lowercase() == account.name.to_lowercase();
    if shared.accounts().iter().any(|s| s.name() != account.name && same(s.name())) {
        // On some file systems the two would share a directory.
        return Err(Problem::invalid(format!("“{}” differs from another account only in case", account.name)));
    }
    let before = shared.accounts().iter().find(|s| s.name() == account.name).map(|s| s.account.clone());
    let old = before.as_ref().map(|before| before.secret.clone());
    let mut secret_place = None;
    let secret = match (secret, &old) {
        (None, Some(old)) => carried(shared, &account, old).await?,
        (secret, _) => secret,
    };
    if let Some(Secret(secret)) = secret {
        if secret.is_empty() || secret.contains(['\0', '\r', '\n']) {
            return Err(Problem::invalid("the password is empty or has more than one line"));
        }
        let place = keep_secret(shared, &account, secret).await?;
        if place == SecretPlace::File {
            account.secret = SecretSource::File;
        }
        secret_place = Some(place);
    }
    let answer = account.carry_removals.filter(|_| before.is_some_and(|b| b.carry_removals != account.carry_removals));
    if let Some(carry) = answer {
        // What waits for the person's word has it now.
        let name = account.name.clone();
        shared.change(move |store| foreign::answer(store, &name, carry)).await?;
        shared.emit(Event::Queue { account: account.name.clone() });
    }
    let added = account.clone();
    let accounts =
        change_settings(shared, move |settings| match settings.accounts.iter_mut().find(|a| a.name == added.name) {
            Some(old) => *old = added,
            None => settings.accounts.push(added),
        })
        .await?;
    if let Some(old) = old {
        carry_proxy_password(shared, &account, &old).await?;
        forget_old(shared, &account, &old).await?;
    }
    let position = accounts.iter().position(|a| a.name == account.name).unwrap_or(usize::MAX);
    let state = put(shared, account, position).await?;
    shared.emit(Event::Accounts);
    shared.emit(Event::Mailboxes { account: state.name().to_string() });
    begin_tasks(shared, state);
    Ok(Receipt { count: 1, secret_place, ..Receipt::default() })
}

fn checked(account: &Account) -> Result<()> {
    if !Account::valid_name(&account.name) {
        return Err(Problem::invalid(format!("“{}” cannot be an account's name", account.name)));
    }
    let parts = account.email.rsplit_once('@');
    if account.name.eq_ignore_ascii_case(LOCAL) {
        return Err(Problem::invalid(format!("“{}” is the name of Local Folders", account.name)));
    }
    let is_address = parts.is_some_and(|(local, domain)| !local.is_empty() && !domain.is_empty());
    if !is_address || account.email.chars().any(|c| c.is_whitespace() || c.is_control() || matches!(c, '<' | '>')) {
        return Err(Problem::invalid(format!("“{}” is not an address", account.email)));
    }
    if account.incoming.protocol == Protocol::Smtp || account.outgoing.protocol != Protocol::Smtp {
        return Err(Problem::invalid("mail is received by IMAP or POP3 and sent by SMTP"));
    }
    if account.user.is_empty() || account.user.chars().any(char::is_control) {
        return Err(Problem::invalid("the user name"));
    }
    if account.connections > MOST_CONNECTIONS || matches!(account.offline, Offline::Months(0)) {
        return Err(Problem::invalid("the number of connections or of months"));
    }
    match &account.proxy {
        Some(proxy) => checked_proxy(proxy),
        None => Ok(()),
    }
}

fn checked_proxy(proxy: &Proxy) -> Result<()> {
    let strange = |text: &str| text.is_empty() || text.chars().any(char::is_control);
    let host = strange(&proxy.host) || proxy.host.contains(char::is_whitespace);
    // RFC 1929, section 2: 255 octets at most.
    let user = proxy.user.as_deref().is_some_and(|user| strange(user) || user.len() > 255);
    if host || user || proxy.port == 0 { Err(Problem::invalid("the proxy’s name, port or user")) } else { Ok(()) }
}

/// Where the account says, or where it was possible.
async fn keep_secret(shared: &Arc<Shared>, account: &Account, secret: String) -> Result<SecretPlace> {
    let (place, name) = (shared.secret_store(&account.secret), account.name.clone());
    let kept = tokio::task::spawn_blocking(move || place.set(&name, &secret)).await.map_err(of_join)?;
    kept.map(view::secret_place).map_err(of_storage)
}

/// The secret that an account keeps although it shall lie elsewhere from now on.
async fn carried(shared: &Arc<Shared>, account: &Account, old: &SecretSource) -> Result<Option<Secret>> {
    let is_stored = |source: &SecretSource| !matches!(source, SecretSource::Command(_));
    if *old == account.secret || !is_stored(old) || !is_stored(&account.secret) {
        return Ok(None);
    }
    let (place, name) = (shared.secret_store(old), account.name.clone());
    let got = tokio::task::spawn_blocking(move || place.get(&name)).await.map_err(of_join)?;
    Ok(got.map_err(of_storage)?.map(Secret))
}

/// The proxy's password lies where the account's does.
async fn carry_proxy_password(shared: &Arc<Shared>, account: &Account, old: &SecretSource) -> Result<()> {
    if account.proxy.is_none() || *old == account.secret {
        return Ok(());
    }
    let (from, to) = (shared.secret_store(old), shared.secret_store(&account.secret));
    let name = Proxy::secret_name(&account.name);
    let work = move || match from.get(&name)? {
        Some(password) => to.set(&name, &password).map(drop),
        None => Ok(()),
    };
    tokio::task::spawn_blocking(work).await.map_err(of_join)?.map_err(of_storage)
}

/// Keeps or forgets the password of an account's proxy; its connections begin anew with it.
pub(super) async fn set_proxy_password(
    shared: &Arc<Shared>,
    account: &str,
    password: Option<Secret>,
) -> Result<Receipt> {
    let state = shared.account(account)?;
    if password.as_ref().is_some_and(|Secret(p)| p.is_empty() || p.contains(['\0', '\r', '\n'])) {
        return Err(Problem::invalid("the password is empty or has more than one line"));
    }
    let secret_place = keep_proxy_password(shared, &state.account, password).await?;
    refresh(shared, Some(account))?;
    Ok(Receipt { count: 1, secret_place, ..Receipt::default() })
}

async fn keep_proxy_password(
    shared: &Arc<Shared>,
    account: &Account,
    password: Option<Secret>,
) -> Result<Option<SecretPlace>> {
    let (place, name) = (shared.secret_store(&account.secret), Proxy::secret_name(&account.name));
    let work = move || match password {
        Some(Secret(password)) => place.set(&name, &password).map(|place| Some(view::secret_place(place))),
        None => place.remove(&name).map(|()| None),
    };
    tokio::task::spawn_blocking(work).await.map_err(of_join)?.map_err(of_storage)
}

/// Forgets the secret in its old place, once the settings name the new one.
async fn forget_old(shared: &Arc<Shared>, account: &Account, old: &SecretSource) -> Result<()> {
    let from = match (old, &account.secret) {
        (SecretSource::Keyring | SecretSource::File, SecretSource::Command(_))
        | (SecretSource::File, SecretSource::Keyring) => shared.secret_store(old),
        // The keyring falls back to the same file that the secret lies in now, and would empty it.
        _ => return Ok(()),
    };
    let name = account.name.clone();
    let forgot = tokio::task::spawn_blocking(move || from.remove(&name)).await.map_err(of_join)?;
    if let Err(error) = forgot {
        tracing::warn!(account = account.name, %error, "the password is still kept in its old place");
    }
    Ok(())
}

/// Removes an account with everything of it here. On its servers nothing changes.
pub(super) async fn remove(shared: &Arc<Shared>, name: &str) -> Result<Receipt> {
    let _alone = shared.settings.lock().await;
    let gone = shared.account(name)?.name().to_string();
    change_settings(shared, move |settings| settings.accounts.retain(|a| a.name != gone)).await?;
    if let Some(state) = shared.take_account(name) {
        // Its tasks were told to end; what they hold they let go soon.
        let _working = tokio::time::timeout(std::time::Duration::from_secs(5), state.working.write()).await;
        let _sending = tokio::time::timeout(std::time::Duration::from_secs(5), state.sending.lock()).await;
        let (place, account) = (shared.secret_store(&state.account.secret), name.to_string());
        let forgot = tokio::task::spawn_blocking(move || place.remove(&account)).await.map_err(of_join)?;
        if let Err(error) = forgot {
            tracing::warn!(account = name, %error, "the password is still kept");
        }
        if state.account.proxy.is_some()
            && let Err(problem) = keep_proxy_password(shared, &state.account, None).await
        {
            tracing::warn!(account = name, %problem, "the proxy's password is still kept");
        }
    }
    shared.transcripts.drop_account(name);
    let account = name.to_string();
    shared.change(move |store| store.remove_account(&account)).await?;
    shared.emit(Event::Accounts);
    shared.emit(Event::Mailboxes { account: name.to_string() });
    Ok(Receipt { count: 1, ..Receipt::default() })
}

pub(super) fn refresh(shared: &Arc<Shared>, account: Option<&str>) -> Result<Receipt> {
    let states = match account {
        Some(name) => vec![shared.account(name)?],
        None => shared.accounts(),
    };
    for state in &states {
        state.refresh.notify_one();
        state.outgoing.notify_one();
        missing::look_again(shared, state);
    }
    Ok(Receipt { count: states.len(), ..Receipt::default() })
}

pub(super) fn accept_removals(shared: &Arc<Shared>, account: &str) -> Result<Receipt> {
    let state = shared.account(account)?;
    state.accept_removals.store(true, Ordering::Relaxed);
    state.refresh.notify_one();
    Ok(Receipt::default())
}

/// The person's word on removals that other programs made in the account's Maildir: what waits for it is carried
/// out or taken back first, then it is kept for those to come.
pub(super) async fn carry_removals(shared: &Arc<Shared>, account: &str, carry: bool) -> Result<Receipt> {
    let _alone = shared.settings.lock().await;
    let state = shared.account(account)?;
    let name = state.name().to_string();
    let count = shared.change(move |store| foreign::answer(store, &name, carry)).await?;
    shared.emit(Event::Queue { account: account.to_string() });
    if state.account.carry_removals == Some(carry) {
        shared.emit(Event::Accounts);
        state.refresh.notify_one();
    } else {
        put_in(shared, Account { carry_removals: Some(carry), ..state.account.clone() }, None).await?;
    }
    Ok(Receipt { count, ..Receipt::default() })
}

/// Announces a mailbox's news at once from now on, or no longer.
pub(super) async fn watch(shared: &Arc<Shared>, mailbox: MailboxId, watch: bool) -> Result<Receipt> {
    let _alone = shared.settings.lock().await;
    let found = shared.db(move |store| store.mailbox(mailbox)).await?;
    let found = found.ok_or_else(|| Problem::not_found(format!("mailbox {}", mailbox.0)))?;
    let state = shared.account(&found.account)?;
    let (mut account, path) = (state.account.clone(), found.meta.path);
    if account.incoming.protocol != Protocol::Imap || !found.meta.selectable {
        return Err(Problem::invalid(format!("{path} has no news that a server could announce")));
    }
    if account.pinned.contains(&path) == watch {
        return Ok(Receipt::default());
    }
    account.pinned.retain(|pinned| *pinned != path);
    if watch {
        account.pinned.push(path);
    }
    put_in(shared, account, None).await
}

/// Mailboxes that are watched, by their numbers: see [`follow_watched`].
pub(super) async fn watched(shared: &Arc<Shared>) -> Result<Vec<(MailboxId, MailboxPath)>> {
    let pinned: Vec<(String, MailboxPath)> = shared
        .accounts()
        .iter()
        .flat_map(|state| state.account.pinned.iter().map(|path| (state.name().to_string(), path.clone())))
        .collect();
    if pinned.is_empty() {
        return Ok(Vec::new());
    }
    let find = move |store: &storage::Store| {
        let mut found = Vec::new();
        for (account, path) in pinned {
            found.extend(store.find_mailbox(&account, &path)?.map(|mailbox| (mailbox.id, path)));
        }
        Ok(found)
    };
    shared.db(find).await
}

/// Mailboxes that were watched before they got other paths are watched there.
pub(in crate::service) async fn follow_watched(
    shared: &Arc<Shared>,
    before: Vec<(MailboxId, MailboxPath)>,
) -> Result<()> {
    if before.is_empty() {
        return Ok(());
    }
    let moved = move |store: &storage::Store| {
        let mut moved: BTreeMap<String, Vec<(MailboxPath, MailboxPath)>> = BTreeMap::new();
        for (id, path) in before {
            if let Some(now) = store.mailbox(id)?.filter(|now| now.meta.path != path) {
                moved.entry(now.account).or_default().push((path, now.meta.path));
            }
        }
        Ok(moved)
    };
    for (account, moved) in shared.db(moved).await? {
        let _alone = shared.settings.lock().await;
        let Ok(state) = shared.account(&account) else { continue };
        let mut changed = state.account.clone();
        for path in &mut changed.pinned {
            if let Some((_, new)) = moved.iter().find(|(old, _)| old == path) {
                *path = new.clone();
            }
        }
        if changed.pinned != state.account.pinned {
            put_in(shared, changed, None).await?;
        }
    }
    Ok(())
}

pub(super) async fn set_preferences(shared: &Arc<Shared>, preferences: Preferences) -> Result<Receipt> {
    let _alone = shared.settings.lock().await;
    let new = preferences.clone();
    change_settings(shared, move |settings| settings.preferences = new).await?;
    *locked(&shared.preferences) = preferences;
    network::judge_metered(shared);
    Ok(Receipt::default())
}

/// Reads the settings as they are now (people edit them too), changes them, writes them; the accounts afterwards.
async fn change_settings(
    shared: &Arc<Shared>,
    work: impl FnOnce(&mut Settings<Preferences>) + Send + 'static,
) -> Result<Vec<Account>> {
    let changed = shared.db(move |store| {
        let profile: &Profile = store.profile();
        let mut settings = storage::settings::load::<Preferences>(profile)?;
        work(&mut settings);
        storage::settings::save(profile, &settings)?;
        Ok(settings.accounts)
    });
    changed.await
}
