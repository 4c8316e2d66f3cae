//! POP3 servers that name their messages badly or not at all: every message comes once, and none goes unseen.

use super::*;
use crate::demo::Fault;
use crate::service::ProblemKind;
use std::sync::Mutex;
use tokio::io::{AsyncBufReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};

/// A maildrop on a server that says of it what the test wants.
#[derive(Default)]
struct Drop {
    /// Id, announced size if it is a lie, content.
    messages: Vec<(String, Option<usize>, String)>,
    without: Vec<&'static str>,
    login: Option<&'static str>,
    commands: Vec<String>,
}

/// The server; it ends with its runtime.
struct Odd {
    port: u16,
    state: Arc<Mutex<Drop>>,
}

impl Odd {
    async fn start(without: &[&'static str]) -> Odd {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let state = Arc::new(Mutex::new(Drop { without: without.to_vec(), ..Drop::default() }));
        let served = state.clone();
        tokio::spawn(async move {
            while let Ok((socket, _)) = listener.accept().await {
                let served = served.clone();
                // How a connection ends is the client's business.
                tokio::spawn(async move { drop(serve(socket, &served).await) });
            }
        });
        Odd { port, state }
    }

    fn put(&self, uidl: &str, n: u32) {
        self.state.lock().unwrap().messages.push((uidl.into(), None, message(n)));
    }

    fn count(&self, verb: &str) -> usize {
        self.state.lock().unwrap().commands.iter().filter(|c| c.starts_with(verb)).count()
    }

    fn forget_commands(&self) {
        self.state.lock().unwrap().commands.clear();
    }

    fn len(&self) -> usize {
        self.state.lock().unwrap().messages.len()
    }

    async fn world(&self, keep: Pop3Keep) -> World {
        let world = World::empty(Mode::Batch).await;
        let mut account = world.pop3_account(keep);
        account.incoming =
            Endpoint { protocol: Protocol::Pop3, host: "127.0.0.1".into(), port: self.port, security: Security::None };
        world.add(account).await;
        world
    }
}

async fn serve(socket: TcpStream, state: &Mutex<Drop>) -> std::io::Result<()> {
    let mut socket = BufReader::new(socket);
    socket.get_mut().write_all(b"+OK odd\r\n").await?;
    let all = state.lock().unwrap().messages.clone();
    let mut marked = vec![false; all.len()];
    loop {
        let mut line = String::new();
        if socket.read_line(&mut line).await? == 0 {
            return Ok(());
        }
        let line = line.trim_end().to_string();
        let answer = {
            let mut state = state.lock().unwrap();
            state.commands.push(line.clone());
            let mut words = line.split(' ');
            let verb = words.next().unwrap_or_default();
            let at = words.next().and_then(|n| n.parse::<usize>().ok()).unwrap_or(1) - 1;
            match verb {
                _ if state.without.contains(&verb) => "-ERR unknown\r\n".into(),
                "CAPA" => {
                    let offered = ["UIDL", "TOP", "PIPELINING"].into_iter().filter(|c| !state.without.contains(c));
                    format!("+OK\r\n{}\r\n.\r\n", offered.collect::<Vec<_>>().join("\r\n"))
                }
                "PASS" if state.login.is_some() => format!("{}\r\n", state.login.unwrap_or_default()),
                "UIDL" => lines(&all, |(uidl, _, _)| uidl.clone()),
                "LIST" => lines(&all, |(_, lie, raw)| lie.unwrap_or(raw.len()).to_string()),
                "TOP" => format!("+OK\r\n{}\r\n\r\n.\r\n", all[at].2.split("\r\n\r\n").next().unwrap_or_default()),
                "RETR" => format!("+OK\r\n{}.\r\n", all[at].2),
                "DELE" => {
                    marked[at] = true;
                    "+OK\r\n".into()
                }
                "QUIT" => {
                    let mut marked = marked.iter();
                    state.messages.retain(|_| !marked.next().copied().unwrap_or(false));
                    "+OK\r\n".into()
                }
                _ => "+OK\r\n".into(),
            }
        };
        socket.get_mut().write_all(answer.as_bytes()).await?;
    }
}

fn lines<T>(all: &[T], say: impl Fn(&T) -> String) -> String {
    let lines: String = all.iter().zip(1..).map(|(m, n)| format!("{n} {}\r\n", say(m))).collect();
    format!("+OK\r\n{lines}.\r\n")
}

async fn received(world: &World) -> u64 {
    world.synchronise().await.received
}

#[tokio::test(flavor = "multi_thread")]
async fn an_id_given_again_names_another_message_which_comes_and_is_not_deleted_unseen() {
    let server = Odd::start(&[]).await;
    server.put("x", 1);
    server.put("y", 2);
    let world = server.world(Pop3Keep::Days(3)).await;
    assert_eq!(received(&world).await, 2);
    // Somebody removed both, and the server gave an id of theirs to a message of another size, and one to its like.
    server.state.lock().unwrap().messages.clear();
    server.put("x", 33);
    server.put("y", 3);
    world.later(4 * 24 * 60 * 60);
    assert_eq!(received(&world).await, 2, "both are due under their ids, and neither is the one that is here");
    assert_eq!((server.count("DELE"), server.len()), (0, 2));
    assert_eq!(world.subjects("INBOX").await, ["note 00001", "note 00002", "note 00003", "note 00033"]);
    world.later(4 * 24 * 60 * 60);
    received(&world).await;
    assert_eq!((world.subjects("INBOX").await.len(), server.len()), (4, 0));
}

#[tokio::test(flavor = "multi_thread")]
async fn one_id_for_two_messages_no_id_and_an_id_without_end_all_come_once() {
    let server = Odd::start(&[]).await;
    for (uidl, n) in [("twin", 1), ("twin", 2), ("", 3), (&"long".repeat(500), 4), (&"long".repeat(501), 5)] {
        server.put(uidl, n);
    }
    let world = server.world(Pop3Keep::Always).await;
    assert_eq!(received(&world).await, 5);
    let world = world.restart().await;
    server.forget_commands();
    assert_eq!((received(&world).await, server.count("RETR")), (0, 0));
    server.put("twin", 6);
    server.put("", 7);
    assert_eq!((received(&world).await, server.count("RETR")), (2, 2));
    world
        .add(Account { pop3_keep: Pop3Keep::Never, ..world.handle.accounts().await.unwrap()[0].account.clone() })
        .await;
    server.put("twin", 8);
    assert_eq!(received(&world).await, 1);
    assert_eq!(server.len(), 7, "only the one that came under the new rule");
    assert_eq!(world.subjects("INBOX").await.len(), 8);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_server_without_ids_is_known_again_by_one_header() {
    for without in [&["UIDL"][..], &["UIDL", "TOP"]] {
        let server = Odd::start(without).await;
        (0..30).for_each(|n| server.put("", n));
        let world = server.world(Pop3Keep::Always).await;
        assert_eq!(received(&world).await, 30);
        let world = world.restart().await;
        server.forget_commands();
        assert_eq!(received(&world).await, 0);
        let asked = server.count("RETR") + server.count("TOP");
        assert_eq!(asked, 1, "{without:?}");
        (30..33).for_each(|n| server.put("", n));
        assert_eq!(received(&world).await, 3);
        // Another program removed one in the middle: everything is looked at, nothing comes twice.
        server.state.lock().unwrap().messages.remove(4);
        assert_eq!(received(&world).await, 0);
        assert_eq!(world.subjects("INBOX").await.len(), 33);
        // The same sizes, another message in the last place.
        let last = server.state.lock().unwrap().messages.pop().unwrap();
        let other = last.2.replace("note 00032", "note 99999");
        server.state.lock().unwrap().messages.push((String::new(), None, other));
        assert_eq!(received(&world).await, 1, "{without:?}");
        assert_eq!(world.subjects("INBOX").await.last().unwrap(), "note 99999");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn without_ids_and_headers_deletion_is_as_safe_and_numbers_are_no_ids() {
    for (without, uidl) in [(&["UIDL", "TOP"][..], false), (&["UIDL"], false), (&["TOP"], true), (&[], true)] {
        let server = Odd::start(without).await;
        (1..=12).for_each(|n: u32| server.put(&if uidl { n.to_string() } else { String::new() }, n));
        let world = server.world(Pop3Keep::Days(2)).await;
        assert_eq!(received(&world).await, 12);
        assert_eq!((received(&world).await, server.len()), (0, 12));
        world.later(3 * 24 * 60 * 60);
        server.put(&if uidl { "13".into() } else { String::new() }, 13);
        assert_eq!(received(&world).await, 1, "{without:?}");
        assert_eq!((world.subjects("INBOX").await.len(), server.len()), (13, 1), "{without:?}");
        assert_eq!(received(&world).await, 0, "{without:?} {uidl}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn new_ids_for_everything_bring_nothing_twice() {
    let world = World::pop3(Pop3Keep::Always).await;
    for n in 0..40 {
        world.server.deliver(POP, "INBOX", message(n).as_bytes()).unwrap();
    }
    assert_eq!(received(&world).await, 40);
    world.server.renumber(POP, "INBOX", 77);
    assert_eq!(received(&world).await, 0);
    assert_eq!(world.count(Protocol::Pop3, "TOP"), 40);
    assert_eq!((received(&world).await, world.count(Protocol::Pop3, "TOP")), (0, 40), "known by their new ids now");
    assert_eq!(world.count(Protocol::Pop3, "RETR"), 40);
}

#[tokio::test(flavor = "multi_thread")]
async fn lies_about_sizes_change_nothing() {
    for by in [-500, 5000] {
        let world = World::pop3(Pop3Keep::Never).await;
        world.server.fault(Fault::wrong_size(Protocol::Pop3, by));
        for n in 0..10 {
            world.server.deliver(POP, "INBOX", message(n).as_bytes()).unwrap();
        }
        assert_eq!(received(&world).await, 10);
        for n in 0..10 {
            let row = world.row("INBOX", &format!("note {n:05}")).await;
            assert_eq!(world.handle.raw(row.id).await.unwrap(), message(n).as_bytes());
        }
        assert_eq!(world.server.messages(POP, "INBOX").len(), 0);
    }
    // A size that changes is asked about and then believed to be the same message's.
    let server = Odd::start(&[]).await;
    server.put("a", 1);
    let world = server.world(Pop3Keep::Always).await;
    received(&world).await;
    server.state.lock().unwrap().messages[0].1 = Some(9);
    assert_eq!((received(&world).await, server.count("TOP"), server.count("RETR")), (0, 1, 1));
    assert_eq!((received(&world).await, server.count("TOP")), (0, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_maildrop_that_another_session_holds_is_waited_for() {
    let server = Odd::start(&[]).await;
    server.put("a", 1);
    let world = server.world(Pop3Keep::Always).await;
    for refusal in ["-ERR [IN-USE] Do you have another POP session running?", "-ERR maildrop already locked"] {
        server.state.lock().unwrap().login = Some(refusal);
        let problem = world.fails().await;
        assert!(matches!(problem.kind, ProblemKind::InUse { .. }), "{problem}");
    }
    for refusal in ["-ERR [SYS/TEMP] the disk is away", "-ERR [LOGIN-DELAY] too soon"] {
        server.state.lock().unwrap().login = Some(refusal);
        assert!(matches!(world.fails().await.kind, ProblemKind::Refused { .. }), "not the password's fault");
    }
    server.state.lock().unwrap().login = Some("-ERR no");
    assert!(matches!(world.fails().await.kind, ProblemKind::Authentication { .. }));
    server.state.lock().unwrap().login = None;
    assert_eq!(received(&world).await, 1);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_clock_that_was_wrong_does_not_keep_mail_for_ever() {
    let server = Odd::start(&[]).await;
    server.put("a", 1);
    let world = server.world(Pop3Keep::Days(3)).await;
    let year = 365 * 24 * 60 * 60;
    world.later(10 * year);
    received(&world).await;
    world.later(-10 * year);
    received(&world).await;
    world.later(2 * 24 * 60 * 60);
    received(&world).await;
    assert_eq!(server.len(), 1);
    world.later(24 * 60 * 60 + 1);
    received(&world).await;
    assert_eq!(server.len(), 0);
}
