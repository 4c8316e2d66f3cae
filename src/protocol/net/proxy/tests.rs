use super::super::resolve::tests::was_asked;
use super::super::{self as net, Route};
use super::*;
use crate::mail::account::{Endpoint, Protocol, Security};
use crate::protocol::stream::Stream;
use crate::protocol::testing::Authority;
use crate::protocol::transcript::Transcript;
use std::sync::Arc;
use tokio::net::TcpListener;
use tokio::task::JoinHandle;

const SECRET: &str = "open sesame";

/// What a scripted proxy reads and says by turns.
type Script = Vec<(&'static [u8], Vec<u8>)>;

/// Plays a script to one connection: what it was told must be what it expects. The listener is gone then.
async fn proxy(script: Script) -> (u16, JoinHandle<TcpStream>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let port = listener.local_addr().unwrap().port();
    let play = async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        for (expected, answer) in script {
            let mut told = vec![0; expected.len()];
            socket.read_exact(&mut told).await.unwrap();
            assert_eq!(String::from_utf8_lossy(&told), String::from_utf8_lossy(expected));
            socket.write_all(&answer).await.unwrap();
        }
        socket
    };
    (port, tokio::spawn(play))
}

fn route(kind: ProxyKind, port: u16, login: bool) -> Route {
    let mut proxy = ProxyLogin::for_tests(kind, port);
    if login {
        proxy.proxy.user = Some("ada".into());
        proxy.password = Some(SECRET.into());
    }
    Route { ca_file: None, proxy: Some(proxy) }
}

/// The same that goes away after its last word.
async fn leaving(script: Script) -> u16 {
    let (port, play) = proxy(script).await;
    tokio::spawn(async move { drop(play.await) });
    port
}

async fn open(host: &str, route: &Route) -> (Result<Stream>, String) {
    let endpoint = Endpoint { protocol: Protocol::Imap, host: host.into(), port: 143, security: Security::None };
    let transcript = Transcript::new();
    let result = net::connect(&endpoint, route, &transcript.open(&endpoint)).await;
    let words = transcript.lines().into_iter().map(|line| line.text).collect::<Vec<_>>().join("\n");
    (result, words)
}

fn refusal(result: Result<Stream>) -> String {
    match result {
        Err(Error::Proxy { proxy, fault }) if proxy.starts_with("127.0.0.1:") => fault.to_string(),
        other => panic!("{other:?}"),
    }
}

const GRANTED: [u8; 10] = [5, 0, 0, 1, 0, 0, 0, 0, 0, 0];

#[tokio::test]
async fn socks_gets_the_name_and_what_the_server_says_comes_through() {
    let mut granted = GRANTED.to_vec();
    granted.extend(b"* OK hello");
    let script: Script =
        vec![(b"\x05\x01\x00", vec![5, 0]), (b"\x05\x01\x00\x03\x12imap.nowhere.testx\x00\x8f", granted)];
    // The length of the name is in the bytes: 18.
    let (port, server) = proxy(script).await;
    let (result, words) = open("imap.nowhere.testx", &route(ProxyKind::Socks5, port, false)).await;
    let mut stream = result.unwrap();
    let mut greeting = [0; 10];
    stream.read_exact(&mut greeting).await.unwrap();
    assert_eq!(&greeting, b"* OK hello");
    assert!(words.contains("the proxy connected to imap.nowhere.testx:143"), "{words}");
    assert!(!was_asked("imap.nowhere.testx"), "the name is the proxy's to resolve");
    server.await.unwrap();
}

#[tokio::test]
async fn socks_takes_addresses_and_a_password() {
    let auth: Script = vec![
        (b"\x05\x02\x00\x02", vec![5, 2]),
        (b"\x01\x03ada\x0bopen sesame", vec![1, 0]),
        (b"\x05\x01\x00\x01\x0a\x00\x00\x01\x00\x8f", [&[5, 0, 0, 3, 1, b'x', 0, 0], &b""[..]].concat()),
    ];
    let (port, server) = proxy(auth).await;
    let (result, words) = open("10.0.0.1", &route(ProxyKind::Socks5, port, true)).await;
    result.unwrap();
    assert!(!words.contains(SECRET), "{words}");
    server.await.unwrap();
}

#[tokio::test]
async fn each_way_to_be_refused_by_socks_is_told() {
    let hello: &[u8] = b"\x05\x01\x00";
    let ask: &[u8] = b"\x05\x01\x00\x03\x03x.y\x00\x8f";
    let cases: Vec<(Script, &str)> = vec![
        (vec![(hello, vec![5, 255])], "user name and password"),
        (vec![(hello, b"HT".to_vec())], "does not speak SOCKS5"),
        (vec![(hello, vec![5, 0]), (ask, vec![5, 5, 0, 1])], "connection refused"),
        (vec![(hello, vec![5, 0]), (ask, vec![5, 2, 0, 1])], "not allowed"),
        (vec![(hello, vec![5])], "closed"),
    ];
    for (script, words) in cases {
        let port = leaving(script).await;
        let reply = refusal(open("x.y", &route(ProxyKind::Socks5, port, false)).await.0);
        assert!(reply.contains(words), "{reply}");
    }
    let wrong: Script = vec![(b"\x05\x02\x00\x02", vec![5, 2]), (b"\x01\x03ada\x0bopen sesame", vec![1, 1])];
    let (port, _server) = proxy(wrong).await;
    assert!(refusal(open("x.y", &route(ProxyKind::Socks5, port, true)).await.0).contains("password is wrong"));
    let long = format!("{}.test", vec!["x".repeat(60); 5].join("."));
    let (port, _server) = proxy(vec![(hello, vec![5, 0])]).await;
    assert!(refusal(open(&long, &route(ProxyKind::Socks5, port, false)).await.0).contains("longer"));
}

#[tokio::test]
async fn http_gets_the_name_and_what_the_server_says_comes_through() {
    let request: &[u8] = b"CONNECT imap.nowhere.testy:143 HTTP/1.1\r\nHost: imap.nowhere.testy:143\r\n\
        Proxy-Authorization: Basic YWRhOm9wZW4gc2VzYW1l\r\n\r\n";
    let (port, server) = proxy(vec![(request, b"HTTP/1.1 200 go on\r\nVia: x\r\n\r\n* OK hello".to_vec())]).await;
    let (result, words) = open("imap.nowhere.testy", &route(ProxyKind::Http, port, true)).await;
    let mut greeting = [0; 10];
    result.unwrap().read_exact(&mut greeting).await.unwrap();
    assert_eq!(&greeting, b"* OK hello");
    assert!(!was_asked("imap.nowhere.testy"));
    assert!(!words.contains("YWRhOm9wZW4gc2VzYW1l") && !words.contains(SECRET), "{words}");
    server.await.unwrap();
}

#[tokio::test]
async fn each_way_to_be_refused_by_http_is_told_without_the_secret() {
    let ask: &[u8] = b"CONNECT x.y:143 HTTP/1.1\r\nHost: x.y:143\r\n\r\n";
    for (answer, words) in [
        ("HTTP/1.1 407 Proxy Authentication Required\r\n\r\n", "it wants"),
        ("HTTP/1.0 403 Forbidden\r\nX: y\r\n\r\n", "403 Forbidden"),
        ("HTTP/1.1 502\r\n\r\n", "502"),
        ("SSH-2.0-x\r\n\r\n", "does not speak HTTP"),
        ("HTTP/1.1 200 OK\r\n", "closed"),
    ] {
        let port = leaving(vec![(ask, answer.as_bytes().to_vec())]).await;
        let reply = refusal(open("x.y", &route(ProxyKind::Http, port, false)).await.0);
        assert!(reply.contains(words), "{answer}: {reply}");
    }
    let login: &[u8] =
        b"CONNECT x.y:143 HTTP/1.1\r\nHost: x.y:143\r\nProxy-Authorization: Basic YWRhOm9wZW4gc2VzYW1l\r\n\r\n";
    let echo = b"HTTP/1.1 400 Bad YWRhOm9wZW4gc2VzYW1l open sesame\r\n\r\n".to_vec();
    let (port, _server) = proxy(vec![(login, echo)]).await;
    let (result, words) = open("x.y", &route(ProxyKind::Http, port, true)).await;
    let reply = refusal(result);
    assert!(reply.starts_with("400") && !reply.contains("sesame") && !reply.contains("YWRh"), "{reply}");
    assert!(!words.contains("sesame") && !words.contains("YWRhOm"), "{words}");
    assert!(!format!("{:?}", route(ProxyKind::Http, 1, true)).contains("sesame"));
}

#[tokio::test]
async fn a_dead_proxy_is_told_and_never_gone_around() {
    // The server itself would be reachable.
    let server = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let dead = TcpListener::bind("127.0.0.1:0").await.unwrap().local_addr().unwrap().port();
    let target = server.local_addr().unwrap();
    let endpoint =
        Endpoint { protocol: Protocol::Smtp, host: "127.0.0.1".into(), port: target.port(), security: Security::None };
    let recorder = Transcript::new().open(&endpoint);
    for kind in [ProxyKind::Socks5, ProxyKind::Http] {
        let result = net::connect(&endpoint, &route(kind, dead, false), &recorder).await;
        assert!(matches!(result, Err(Error::Proxy { fault: ProxyFault::Unreachable { .. }, .. })), "{result:?}");
    }
    let reached = tokio::time::timeout(std::time::Duration::from_millis(50), server.accept()).await;
    assert!(reached.is_err(), "nothing went around the proxy");
}

#[tokio::test]
async fn encryption_is_with_the_server_behind_the_proxy() {
    let authority = Authority::create();
    let config = authority.server("mail.nowhere.test", 2020, 2090);
    let (port, server) = proxy(vec![
        (b"\x05\x01\x00", vec![5, 0]),
        (b"\x05\x01\x00\x03\x11mail.nowhere.test\x03\xe1", GRANTED.to_vec()),
    ])
    .await;
    let behind = tokio::spawn(async move {
        let socket = server.await.unwrap();
        let mut stream = tokio_rustls::TlsAcceptor::from(Arc::new(config)).accept(socket).await.unwrap();
        stream.write_all(b"hello").await.unwrap();
        stream.shutdown().await.unwrap();
    });
    let endpoint =
        Endpoint { protocol: Protocol::Imap, host: "mail.nowhere.test".into(), port: 993, security: Security::Tls };
    let mut through = route(ProxyKind::Socks5, port, false);
    through.ca_file = Some(authority.file());
    let mut stream = net::connect(&endpoint, &through, &Transcript::new().open(&endpoint)).await.unwrap();
    let mut text = String::new();
    stream.read_to_string(&mut text).await.unwrap();
    assert_eq!((text.as_str(), stream.is_encrypted()), ("hello", true));
    behind.await.unwrap();
}
