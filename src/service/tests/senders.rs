//! Senders are checked when mail arrives, where the person wants that, and never when it is opened.

use super::*;
use crate::mail::trust::Origin;
use crate::service::arrival::{Ask, FRESH, catch_up};
use std::sync::Mutex;

/// Answers that the signer is proved, and remembers what it was asked.
#[derive(Default)]
struct Scripted {
    asked: Mutex<Vec<String>>,
    silent: bool,
}

impl Scripted {
    fn count(&self) -> usize {
        self.asked.lock().unwrap().len()
    }
}

impl Ask for Scripted {
    async fn ask(&self, raw: &[u8], _: Option<&Origin>) -> Option<Vec<Check>> {
        let subject = crate::mail::mime::summary(raw).envelope.subject;
        self.asked.lock().unwrap().push(subject);
        let outcome = if self.silent { Outcome::TempError } else { Outcome::Pass };
        let domain = Some("lovelace.example".to_string());
        Some(vec![Check { method: CheckMethod::Dkim, outcome, domain, aligned: true }])
    }
}

async fn turn_on(world: &World, on: bool) {
    let preferences = Preferences { verify_senders: on, ..world.handle.preferences().await.unwrap() };
    world.execute(Command::SetPreferences { preferences: Box::new(preferences) }).await;
}

fn letter(subject: &str, more: &str) -> Vec<u8> {
    format!("{more}From: Bob <{BOB}>\r\nTo: {ADA}\r\nSubject: {subject}\r\nDate: Tue, 24 Nov 2026 08:00:00 +0100\r\n\r\nHello\r\n").into_bytes()
}

async fn verdict(world: &World, subject: &str) -> Verdict {
    let row = world.rows("INBOX").await.into_iter().find(|row| row.subject == subject).expect(subject);
    world.handle.message(row.id).await.unwrap().trust.verdict
}

#[tokio::test(flavor = "multi_thread")]
async fn nothing_is_asked_unless_the_person_wants_it() {
    let world = World::imap().await;
    world.server.deliver(ADA, "INBOX", &letter("before", "")).unwrap();
    world.synchronise().await;
    let dns = Scripted::default();
    assert!(catch_up(world.handle.shared(), Some(&dns)).await.unwrap());
    assert_eq!(dns.count(), 0);
    turn_on(&world, true).await;
    world.server.deliver(ADA, "INBOX", &letter("after", "")).unwrap();
    world.synchronise().await;
    // Opening asks nothing either.
    assert_eq!(verdict(&world, "after").await, Verdict::NotChecked);
    assert!(catch_up(world.handle.shared(), Some(&dns)).await.unwrap());
    assert_eq!(*dns.asked.lock().unwrap(), ["after"]);
    assert_eq!(
        (verdict(&world, "after").await, verdict(&world, "before").await),
        (Verdict::Verified, Verdict::NotChecked)
    );
    // Kept over a restart, and over the loss of the index.
    let world = world.restart().await;
    world.handle.doctor(true).await.unwrap();
    assert_eq!(verdict(&world, "after").await, Verdict::Verified);
}

#[tokio::test(flavor = "multi_thread")]
async fn what_cannot_be_answered_waits_and_what_is_late_is_dropped() {
    let world = World::imap().await;
    turn_on(&world, true).await;
    world.server.deliver(ADA, "INBOX", &letter("one", "")).unwrap();
    world.synchronise().await;
    let silent = Scripted { silent: true, ..Scripted::default() };
    assert!(!catch_up(world.handle.shared(), Some(&silent)).await.unwrap());
    assert!(!catch_up(world.handle.shared(), None::<&Scripted>).await.unwrap());
    let dns = Scripted::default();
    world.later(FRESH + 10);
    assert!(catch_up(world.handle.shared(), Some(&dns)).await.unwrap());
    assert_eq!((dns.count(), verdict(&world, "one").await), (0, Verdict::NotChecked));
    // Turned off again: what waits is forgotten.
    world.server.deliver(ADA, "INBOX", &letter("two", "")).unwrap();
    world.synchronise().await;
    turn_on(&world, false).await;
    assert!(catch_up(world.handle.shared(), Some(&dns)).await.unwrap());
    assert_eq!(dns.count(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn where_the_own_server_speaks_nobody_else_is_asked() {
    let world = World::imap().await;
    turn_on(&world, true).await;
    let host = world.account().incoming.host;
    let named = Account { authserv_id: Some(format!("mx.{host}")), ..world.account() };
    world.add(named).await;
    let results = format!(
        "Received: from x.example by mx.{host} with ESMTPS; x\r\nAuthentication-Results: mx.{host}; dmarc=fail header.from=lovelace.example\r\n"
    );
    world.server.deliver(ADA, "INBOX", &letter("said", &results)).unwrap();
    world.synchronise().await;
    let dns = Scripted::default();
    assert!(catch_up(world.handle.shared(), Some(&dns)).await.unwrap());
    assert_eq!((dns.count(), verdict(&world, "said").await), (0, Verdict::Failed));
}

#[tokio::test(flavor = "multi_thread")]
async fn source_and_headers_are_told() {
    let world = World::imap().await;
    let raw = letter("=?utf-8?Q?M=C3=BChle?=", "X-Odd: a\r\n b\r\n");
    world.server.deliver(ADA, "INBOX", &raw).unwrap();
    world.synchronise().await;
    let id = world.rows("INBOX").await[0].id;
    let headers = world.handle.headers(id).await.unwrap();
    let odd = SourceField { name: "X-Odd".into(), raw: "a\n b".into(), decoded: "a b".into(), shortened: false };
    assert_eq!(headers[0], odd);
    assert_eq!((headers[3].raw.as_str(), headers[3].decoded.as_str()), ("=?utf-8?Q?M=C3=BChle?=", "Mühle"));
    let page = world.handle.source(id, 7, 3).await.unwrap();
    assert_eq!((page.start, page.bytes, page.total), (7, b"a\r\n".to_vec(), raw.len() as u64));
    let end = world.handle.source(id, 1 << 40, 10).await.unwrap();
    assert_eq!((end.start, end.bytes.len()), (raw.len() as u64, 0));
}
