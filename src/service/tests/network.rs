//! Networks that come and go, proxies, sign-in pages, and servers that fall silent.

use super::*;
use crate::demo::scripted::Scripted;
use crate::service::ProblemKind;
use crate::service::network::Snapshot;
use crate::service::problem::ProxyFault;
use std::collections::BTreeSet;
use std::sync::Mutex;
use std::sync::atomic::AtomicUsize;
use std::time::Instant;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

/// A SOCKS5 proxy that wants a password; the names that it was asked for.
async fn socks() -> (u16, Arc<Mutex<Vec<String>>>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let asked = Arc::<Mutex<Vec<String>>>::default();
    let names = asked.clone();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            let names = names.clone();
            // How a connection ends is the client's business.
            tokio::spawn(async move { drop(relay(socket, &names).await) });
        }
    });
    (port, asked)
}

async fn relay(mut client: TcpStream, names: &Mutex<Vec<String>>) -> std::io::Result<()> {
    let mut hello = [0; 4];
    client.read_exact(&mut hello).await?;
    client.write_all(&[5, 2]).await?;
    let mut user = [0; 6];
    client.read_exact(&mut user).await?;
    let mut password = vec![0; usize::from(user[5])];
    client.read_exact(&mut password).await?;
    if &user[..5] != b"\x01\x03ada" || password != b"open sesame" {
        return client.write_all(&[1, 1]).await;
    }
    client.write_all(&[1, 0]).await?;
    let mut head = [0; 5];
    client.read_exact(&mut head).await?;
    let mut name = vec![0; usize::from(head[4])];
    client.read_exact(&mut name).await?;
    let port = client.read_u16().await?;
    names.lock().unwrap().push(String::from_utf8(name).unwrap());
    let mut server = TcpStream::connect(("127.0.0.1", port)).await?;
    client.write_all(&[5, 0, 0, 1, 0, 0, 0, 0, 0, 0]).await?;
    tokio::io::copy_bidirectional(&mut client, &mut server).await.map(drop)
}

/// Ada's account behind a proxy, its servers by a name that only the proxy resolves as it should.
fn behind(account: Account, port: u16) -> Account {
    let proxy = Proxy { kind: ProxyKind::Socks5, host: "127.0.0.1".into(), port, user: Some("ada".into()) };
    let mut account = Account { proxy: Some(proxy), ..account };
    account.incoming.host = "localhost".into();
    account.outgoing.host = "localhost".into();
    account
}

#[tokio::test(flavor = "multi_thread")]
async fn everything_goes_through_the_proxy_of_an_account() {
    let world = World::empty(Mode::Batch).await;
    let (port, asked) = socks().await;
    for account in [world.account(), world.pop3_account(Pop3Keep::Always)] {
        let account = behind(account, port);
        let name = account.name.clone();
        world.add(account).await;
        let wrong = world.handle.synchronise(Some(&name)).await.remove(0).1.unwrap_err();
        assert!(matches!(&wrong.kind, ProblemKind::Proxy { fault: ProxyFault::WrongLogin, .. }), "{wrong}");
        let password = Some(Secret("open sesame".into()));
        world.execute(Command::SetProxyPassword { account: name, password }).await;
    }
    world.deliver("INBOX", 0..3);
    world.server.deliver(POP, "INBOX", message(9).as_bytes()).unwrap();
    assert_eq!(world.synchronise().await.received, 4);
    let draft = world.draft("ada", &[ADA], "through").await;
    let id = world.submit(&draft).await;
    world.handle.deliver(id).await.unwrap();
    assert_eq!(world.server.submissions().len(), 1);
    let report = world.handle.check(&world.handle.accounts().await.unwrap()[0].account, None).await.unwrap();
    assert!(report.incoming.is_ok() && report.outgoing.is_ok(), "{report:?}");
    let asked = asked.lock().unwrap().clone();
    assert!(asked.len() >= 5, "{asked:?}");
    assert_eq!(asked.into_iter().collect::<BTreeSet<_>>(), BTreeSet::from(["localhost".to_string()]));
    for line in world.handle.transcript(None).await.unwrap() {
        assert!(!line.text.contains("sesame"), "{line:?}");
    }
    let settings = std::fs::read_to_string(world.profile().join("settings.toml")).unwrap();
    assert!(settings.contains("socks5") && !settings.contains("sesame"), "{settings}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_dead_proxy_is_named_and_never_gone_around() {
    let world = World::empty(Mode::Batch).await;
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    world.add(behind(world.account(), dead)).await;
    let problem = world.fails().await;
    let ProblemKind::Proxy { proxy, fault: ProxyFault::Unreachable { .. } } = problem.kind else { panic!("{problem}") };
    assert_eq!(proxy, format!("127.0.0.1:{dead}"));
    assert_eq!(world.server.commands(Protocol::Imap), [""; 0]);
}

/// Another service on the same demo server, on a machine whose network is scripted.
async fn elsewhere(world: &World, network: Snapshot, mode: Mode) -> Handle {
    let profile = world.profile().with_file_name("elsewhere");
    let network: crate::service::network::Sense = Arc::new(move || Some(network.clone()));
    started(&Platform { profile, network, ..world.platform.clone() }, mode).await
}

async fn add(handle: &Handle, account: Account) {
    let secret = Some(Secret("pw".into()));
    handle.execute(Command::AddAccount { account: Box::new(account), secret }).await.unwrap();
}

#[tokio::test(flavor = "multi_thread")]
async fn without_a_network_only_this_machine_is_reached_and_the_rest_is_offline() {
    let world = World::empty(Mode::Batch).await;
    let handle = elsewhere(&world, Snapshot::scripted(None), Mode::Batch).await;
    add(&handle, world.account()).await;
    let mut away = Account { name: "away".into(), ..world.account() };
    // A name without an address, whoever is asked.
    away.incoming.host = "imap.nowhere.invalid".into();
    add(&handle, away.clone()).await;
    let mut results = handle.synchronise(None).await;
    assert_eq!(results.remove(1).1.unwrap_err().kind, ProblemKind::Offline);
    results.remove(0).1.unwrap();
    handle.stop().await;
    drop(handle);
    let handle = elsewhere(&world, Snapshot::scripted(Some("192.0.2.1")), Mode::Batch).await;
    let problem = handle.synchronise(Some("away")).await.remove(0).1.unwrap_err();
    assert!(matches!(problem.kind, ProblemKind::Unreachable { .. }), "with a network it is the server: {problem}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cut_makes_everybody_connect_anew_at_once() {
    let world = World::empty(Mode::Interactive).await;
    world.add(world.account()).await;
    let logins = || world.count(Protocol::Imap, "AUTHENTICATE") + world.count(Protocol::Imap, "LOGIN");
    until("it idles", || async { world.count(Protocol::Imap, "IDLE") > 0 }).await;
    let before = logins();
    world.handle.shared().network.tell(crate::service::network::Change::Cut);
    until("it came again", || async { logins() > before }).await;
    // A change alone only asks; the line is alive.
    let idles = world.count(Protocol::Imap, "IDLE");
    until("it idles again", || async { world.count(Protocol::Imap, "IDLE") > 1 }).await;
    let before = logins();
    tokio::time::sleep(Duration::from_millis(200)).await;
    world.handle.shared().network.tell(crate::service::network::Change::Changed);
    until("it was asked", || async { world.count(Protocol::Imap, "IDLE") > idles.max(2) }).await;
    assert_eq!(logins(), before);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_pause_before_the_next_try_ends_when_the_network_changes() {
    let world = World::empty(Mode::Interactive).await;
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let mut account = world.account();
    account.incoming.port = listener.local_addr().unwrap().port();
    let tries = Arc::new(AtomicUsize::new(0));
    let count = tries.clone();
    tokio::spawn(async move {
        while let Ok((socket, _)) = listener.accept().await {
            count.fetch_add(1, Ordering::Relaxed);
            drop(socket);
        }
    });
    world.add(account).await;
    for wanted in 1..6 {
        // Without the news the fifth try would come after half a minute.
        until("it tried", || async { tries.load(Ordering::Relaxed) >= wanted }).await;
        until("it failed", || async {
            matches!(world.handle.accounts().await.unwrap()[0].connection, Connection::Failed { .. })
        })
        .await;
        world.handle.shared().network.tell(crate::service::network::Change::Changed);
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_web_page_in_the_place_of_a_server_is_a_sign_in_page() {
    let world = World::empty(Mode::Batch).await;
    let page = "HTTP/1.1 400 Bad Request\r\nContent-Type: text/html\r\n\r\n<html>Sign in</html>";
    for security in [Security::Tls, Security::StartTls] {
        for account in [world.account(), world.pop3_account(Pop3Keep::Always)] {
            let server = Scripted::plain().send(page).stall().start().await.unwrap();
            let mut account = account;
            account.incoming.port = server.port();
            account.incoming.security = security;
            account.outgoing.port = server.port();
            let report = world.handle.check(&account, Some(Secret("pw".into()))).await.unwrap();
            for problem in [report.incoming.unwrap_err(), report.outgoing.unwrap_err()] {
                assert!(matches!(problem.kind, ProblemKind::CaptivePortal { .. }), "{security:?} {problem}");
            }
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_service_stops_at_once_wherever_a_server_fell_silent() {
    let silent = || Scripted::plain().stall();
    let greeted = || Scripted::plain().send("* OK [CAPABILITY IMAP4REV1 STARTTLS] hi\r\n");
    for script in [
        silent(),
        Scripted::tls().stall(),
        greeted().stall(),
        greeted().expect("STARTTLS").stall(),
        greeted().expect("STARTTLS").send("{tag} OK go\r\n").stall(),
        Scripted::tls().send("* OK [CAPABILITY IMAP4REV1 AUTH=PLAIN SASL-IR] hi\r\n").expect("AUTHENTICATE").stall(),
    ] {
        let world = World::empty(Mode::Interactive).await;
        let server = script.start().await.unwrap();
        let mut account = world.account();
        let ca = world.dir.path().join("scripted.pem");
        std::fs::write(&ca, server.ca_pem()).unwrap();
        account.ca_file = Some(ca);
        account.incoming.port = server.port();
        world.add(account.clone()).await;
        account.name = "two".into();
        account.incoming.security = Security::StartTls;
        world.add(account).await;
        tokio::time::sleep(Duration::from_millis(150)).await;
        let begun = Instant::now();
        world.execute(Command::RemoveAccount { name: "two".into() }).await;
        world.handle.stop().await;
        assert!(begun.elapsed() < Duration::from_secs(1), "{:?}", begun.elapsed());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn whether_bytes_are_paid_for_is_the_persons_or_the_systems_word() {
    let world = World::imap().await;
    let is_metered = || world.handle.shared().metered.load(Ordering::Relaxed);
    assert!(!is_metered());
    for (choice, metered) in
        [(MeteredChoice::Always, true), (MeteredChoice::Never, false), (MeteredChoice::System, false)]
    {
        let preferences = Preferences { metered: choice, ..world.handle.preferences().await.unwrap() };
        world.execute(Command::SetPreferences { preferences: Box::new(preferences) }).await;
        assert_eq!(is_metered(), metered, "{choice:?}");
    }
}
