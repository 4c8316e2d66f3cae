//! What is said and understood, line by line.

use super::*;
use crate::protocol::Error;
use crate::protocol::pop3::Expire;
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;

/// The error of a session that cannot start, and all that the server was told.
async fn refused(script: Vec<Step>) -> (Error, Vec<String>) {
    refused_to(&credentials(), script).await
}

async fn refused_to(credentials: &Credentials, script: Vec<Step>) -> (Error, Vec<String>) {
    let (stream, server) = play(script);
    let endpoint = endpoint(Security::None);
    let recorder = Transcript::new().open(&endpoint);
    let result = Session::start(stream, &endpoint, None, credentials, recorder).await;
    (result.unwrap_err(), server.await.unwrap())
}

#[tokio::test]
async fn the_lines_of_a_session_are_as_the_standard_has_them() {
    let (mut session, server) = session(
        CAPABILITIES,
        vec![
            on("STAT", "+OK 2 320 and more\r\n"),
            on("UIDL", "+OK\r\n1 a\r\n2 b\r\n.\r\n"),
            on("LIST", "+OK 2 messages (320 octets)\r\n1 120\r\n2 200 and more\r\n.\r\n"),
            on("TOP 2 0", "+OK\r\nSubject: ..\r\n\r\n.\r\n"),
            on("DELE 1", ""),
            on("DELE 2", "+OK\r\n-ERR no\r\n"),
            on("NOOP", "+OK\r\n"),
            on("RSET", "+OK\r\n"),
            on("QUIT", "+OK bye\r\n"),
        ],
    )
    .await;
    assert_eq!(session.stat().await.unwrap(), (2, 320));
    assert_eq!(session.uidl().await.unwrap(), [(1, "a".to_string()), (2, "b".to_string())]);
    assert_eq!(session.list().await.unwrap(), [(1, 120), (2, 200)]);
    assert_eq!(session.top(2, 0).await.unwrap(), b"Subject: ..\r\n\r\n");
    let outcomes = session.delete(&[1, 2]).await.unwrap();
    assert!(matches!(outcomes.as_slice(), [(1, Ok(())), (2, Err(Error::Refused { .. }))]));
    session.noop().await.unwrap();
    session.reset().await.unwrap();
    session.quit().await.unwrap();
    let told = server.await.unwrap();
    let expected = ["STAT", "UIDL", "LIST", "TOP 2 0", "DELE 1", "DELE 2", "NOOP", "RSET", "QUIT"];
    assert_eq!(&told[3..], expected);
    assert_eq!(told[1], format!("AUTH PLAIN {}", credentials().plain()));
}

#[tokio::test]
async fn commands_go_ahead_of_the_answers_only_where_the_server_takes_them() {
    let script = |first: &str, second: &str| vec![on("RETR 1", first), on("RETR 2", second), on("QUIT", "+OK\r\n")];
    // Both answers come only after both commands.
    let both = "+OK\r\n1\r\n.\r\n+OK\r\n2\r\n.\r\n";
    let (mut pipelining, _server) = session(CAPABILITIES, script("", both)).await;
    let (all, result) = retrieve(&mut pipelining, [1, 2]).await;
    result.unwrap();
    assert_eq!(all.iter().map(bytes).collect::<Vec<_>>(), [b"1\r\n", b"2\r\n"]);
    pipelining.quit().await.unwrap();
    // The first answer is there before the second command.
    let (mut waiting, server) = session("UIDL\r\nSASL PLAIN", script("+OK\r\n1\r\n.\r\n", "+OK\r\n2\r\n.\r\n")).await;
    let (all, result) = retrieve(&mut waiting, [1, 2]).await;
    result.unwrap();
    assert_eq!(all.len(), 2);
    waiting.quit().await.unwrap();
    assert_eq!(server.await.unwrap().len(), 6);
}

#[tokio::test]
async fn messages_are_what_was_sent_between_the_status_line_and_the_end() {
    for (wire, message) in [
        (".\r\n", ""),
        ("\r\n.\r\n", "\r\n"),
        ("..\r\n...\r\n....x\r\n.\r\n", ".\r\n..\r\n...x\r\n"),
        ("a\n.\nb\r\n.\r\n", "a\n.\nb\r\n"),
        ("a\n.\r\n+OK forged\r\n.\r\n", "a\n.\r\n+OK forged\r\n"),
        ("no end\r\n.\r\n", "no end\r\n"),
    ] {
        let (mut session, _server) = session(
            CAPABILITIES,
            vec![
                on("RETR 1", ""),
                on("RETR 2", format!("+OK\r\n{wire}-ERR [SYS/TEMP] gone\r\n")),
                on("RETR 3", format!("+OK 5 octets\r\n{wire}")),
                on("NOOP", "+OK\r\n"),
            ],
        )
        .await;
        let (all, result) = retrieve(&mut session, [1, 2, 3]).await;
        result.unwrap();
        assert_eq!((bytes(&all[0]), bytes(&all[2])), (message.into(), message.into()), "{wire:?}");
        assert!(matches!(&all[1].body, Err(Error::Refused { code: Some(code), .. }) if code == "SYS/TEMP"));
        session.noop().await.unwrap();
    }
}

#[tokio::test]
async fn a_greeting_that_is_none_is_refused() {
    let (error, told) = refused(vec![on("", "-ERR [sys/temp] come back later\r\n")]).await;
    assert!(
        matches!(&error, Error::Refused { code: Some(code), reply } if code == "SYS/TEMP" && reply == "come back later"),
        "{error:?}"
    );
    assert!(told.is_empty());
    let (error, told) = refused(vec![on("", "HTTP/1.1 400 Bad Request\r\n")]).await;
    assert!(matches!(error, Error::Intercepted) && told.is_empty(), "{error:?}");
    for greeting in ["* OK imap\r\n", "220 smtp\r\n", "+ \r\n", "\r\n"] {
        let (error, told) = refused(vec![on("", greeting)]).await;
        assert!(matches!(error, Error::Protocol(_)), "{greeting:?}: {error:?}");
        assert!(told.is_empty());
    }
}

#[tokio::test]
async fn a_refused_log_in_is_about_the_password_unless_its_code_says_otherwise() {
    for (answer, code) in [
        ("-ERR wrong", None),
        ("-ERR [AUTH] wrong", None),
        ("-ERR [IN-USE] wrong", Some("IN-USE")),
        ("-ERR [LOGIN-DELAY] wrong", Some("LOGIN-DELAY")),
        ("-ERR [SYS/TEMP] wrong", Some("SYS/TEMP")),
        ("-ERR [SYS/PERM] wrong", Some("SYS/PERM")),
    ] {
        let greeting = |capabilities: &str| vec![on("", "+OK ready\r\n"), capa(capabilities)];
        let answer = format!("{answer}\r\n");
        let plain = [greeting("SASL PLAIN"), vec![on("AUTH PLAIN ", answer.clone())]].concat();
        let pass = [greeting("USER"), vec![on("USER ada", "+OK\r\n"), on("PASS ", answer.clone())]].concat();
        let user = [greeting("USER"), vec![on("USER ada", answer)]].concat();
        for script in [plain, pass, user] {
            let steps = script.len();
            let (error, told) = refused(script).await;
            match (&error, code) {
                (Error::Authentication { reply }, None) => assert_eq!(reply, "wrong"),
                (Error::Refused { code: found, reply }, Some(_)) => {
                    assert_eq!((found.as_deref(), reply.as_str()), (code, "wrong"));
                }
                other => panic!("{other:?}"),
            }
            assert_eq!(told.len(), steps - 1, "the password is sent once: {told:?}");
        }
    }
}

#[tokio::test]
async fn the_password_goes_as_it_is() {
    let (stream, server) = play(vec![
        on("", "+OK ready\r\n"),
        capa("USER"),
        on("USER ada", "+OK\r\n"),
        on("PASS ", "+OK\r\n"),
        capa("USER"),
    ]);
    start(stream, &Transcript::new()).await.unwrap();
    assert_eq!(server.await.unwrap()[2], format!("PASS {SECRET}"));
}

#[tokio::test]
async fn xoauth2_explains_its_refusal() {
    let reason = STANDARD.encode("{\"status\":\"401\"}");
    for (token, script) in [
        ("short", vec![on("AUTH XOAUTH2 ", format!("+ {reason}\r\n")), on("", "")]),
        ("long", vec![on("AUTH XOAUTH2", "+\r\n"), on("dXNlcj", format!("+ {reason}\r\n")), on("", "")]),
    ] {
        let token = if token == "long" { "x".repeat(400) } else { token.to_string() };
        let credentials = Credentials::token("ada", token);
        let mut script = [vec![on("", "+OK\r\n"), capa("SASL PLAIN XOAUTH2")], script].concat();
        // The explanation is answered with an empty line; only then comes the refusal.
        *script.last_mut().unwrap() = on(ANY, "-ERR [AUTH] no\r\n");
        let (error, told) = refused_to(&credentials, script).await;
        assert!(matches!(&error, Error::Authentication { reply } if reply == "no {\"status\":\"401\"}"), "{error:?}");
        assert_eq!(told.last().map(String::as_str), Some(""));
        assert!(told.iter().all(|line| line.len() <= 253 || line.starts_with("dXNlcj")));
    }
    let (error, told) = refused_to(&Credentials::token("ada", "x"), vec![on("", "+OK\r\n"), capa("SASL PLAIN")]).await;
    assert!(matches!(error, Error::NoMechanism), "{error:?}");
    assert_eq!(told, ["CAPA"]);
}

#[tokio::test]
async fn servers_that_ask_for_the_response_get_it() {
    let (stream, server) = play(vec![
        on("", "+OK\r\n"),
        capa("SASL PLAIN"),
        on("AUTH PLAIN ", "+ \r\n"),
        on("AGFkYQ", "+OK in\r\n"),
        capa("UIDL"),
    ]);
    start(stream, &Transcript::new()).await.unwrap();
    assert_eq!(server.await.unwrap()[2], credentials().plain());
    for challenges in ["+ \r\n+ \r\n", "+ eA==\r\n+ eA==\r\n"] {
        let script = vec![
            on("", "+OK\r\n"),
            capa("SASL PLAIN"),
            on("AUTH PLAIN ", challenges),
            on(ANY, ""),
            on(ANY, "+ eA==\r\n"),
        ];
        let (error, _) = refused(script).await;
        assert!(matches!(error, Error::Protocol(_) | Error::Closed), "{error:?}");
    }
}

#[tokio::test]
async fn capabilities_are_those_after_the_log_in() {
    let (stream, _server) = play(vec![
        on("", "+OK\r\n"),
        capa("UIDL\r\nPIPELINING\r\nSASL PLAIN"),
        on("AUTH", "+OK\r\n"),
        capa("TOP\r\nEXPIRE 0 USER\r\nLOGIN-DELAY 60\r\nX-ODD (a \"b\"\r\nIMPLEMENTATION Caf\u{e9}\r\nUTF8 USER"),
    ]);
    let mut session = start(stream, &Transcript::new()).await.unwrap();
    let capabilities = session.capabilities();
    assert!(capabilities.top && !capabilities.uidl && !capabilities.pipelining && !capabilities.offers("PLAIN"));
    assert_eq!(capabilities.expire, Some(Expire::Days(0)));
    assert_eq!(capabilities.login_delay.map(|d| d.as_secs()), Some(60));
    assert!(matches!(session.uidl().await, Err(Error::Unsupported("UIDL"))));
}

#[tokio::test]
async fn credentials_that_would_add_lines_are_not_sent() {
    let bad = Credentials::password("ada\r\nDELE 1", "x");
    let (error, told) = refused_to(&bad, vec![on("", "+OK\r\n"), capa("USER")]).await;
    assert!(matches!(error, Error::NoMechanism));
    assert_eq!(told, ["CAPA"]);
}

#[tokio::test]
async fn a_receiver_that_goes_away_leaves_the_session_in_step() {
    let (stream, server) = answering(|line| if line == "NOOP" { "+OK\r\n".into() } else { "+OK\r\nx\r\n.\r\n".into() });
    let mut session = start(stream, &Transcript::new()).await.unwrap();
    let (to, from) = mpsc::channel(10);
    drop(from);
    let plan = RetrievePlan { window: 8, spool: Path::new("/") };
    session.retrieve([(1, None)], plan, &to).await.unwrap();
    let (to, mut from) = mpsc::channel(1);
    let work = session.retrieve((1..=100).map(|n| (n, None)), plan, &to);
    let listen = async {
        from.recv().await;
        drop(from);
    };
    let (result, ()) = tokio::join!(work, listen);
    result.unwrap();
    session.noop().await.unwrap();
    drop(session);
    let asked = server.await.unwrap().iter().filter(|line| line.starts_with("RETR")).count();
    assert!(asked < 20, "{asked} asked for");
}
