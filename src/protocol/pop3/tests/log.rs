//! What reaches the log, at its most talkative.

use super::*;
use std::io::Write;
use std::sync::{Arc, Mutex};

#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl Write for Log {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap().extend_from_slice(bytes);
        Ok(bytes.len())
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

#[tokio::test]
async fn no_secret_reaches_it_and_no_answer_breaks_it() {
    let log = Log::default();
    let writer = log.clone();
    let subscriber =
        tracing_subscriber::fmt().with_max_level(tracing::Level::TRACE).with_writer(move || writer.clone());
    subscriber.try_init().unwrap();
    let credentials = Credentials::password("ada", "correct horse battery staple");
    let token = Credentials::token("ada", "correct horse battery staple");
    let log_ins = [
        (&credentials, "SASL PLAIN", vec![on("AUTH PLAIN ", "+OK caf\u{e9}\r\n")]),
        (&credentials, "USER", vec![on("USER ada", "+OK\r\n"), on("PASS correct horse battery staple", "+OK\r\n")]),
        (&token, "SASL XOAUTH2", vec![on("AUTH XOAUTH2 ", "+OK\r\n")]),
    ];
    for (credentials, capabilities, script) in log_ins {
        let script = [
            vec![on("", "+OK\r\n"), capa(capabilities)],
            script,
            vec![capa(capabilities), on("QUIT", format!("+OK {}\r\n", credentials.secret))],
        ];
        let (stream, _server) = play(script.concat());
        let endpoint = endpoint(Security::None);
        let recorder = Transcript::new().open(&endpoint);
        let session = Session::start(stream, &endpoint, None, credentials, recorder).await.unwrap();
        session.quit().await.unwrap();
    }
    let log = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
    assert!(log.contains("C: AUTH PLAIN") && log.contains("C: PASS hidden"), "it was talkative: {log}");
    for form in credentials.forms().iter().chain(&token.forms()) {
        assert!(!log.contains(form.as_str()), "{log}");
    }
}
