//! The whole chain on real servers: submission, two Postfixes with DNS MX between them, LMTP, Dovecot,
//! and each person's own program at its end.

mod support;

use postwren::mail::account::Protocol::{Imap, Pop3};
use postwren::mail::account::Security::{StartTls, Tls};
use postwren::mail::account::{Endpoint, Protocol, Security};
use support::lab::{ALICE, BOB, CAROL, Client, DAVE, Lab, id, unique};

/// A message with an attachment whose name is not ASCII, a Bcc, and a line that begins with a dot.
fn message(from: &str, to: &str, subject: &str) -> String {
    format!(
        "From: Someone <{from}>\nTo: {to}\nBcc: {DAVE}\nSubject: {subject}\nMIME-Version: 1.0\n\
         Content-Type: multipart/mixed; boundary=edge\n\n\
         --edge\nContent-Type: text/plain; charset=utf-8\nContent-Transfer-Encoding: 8bit\n\n\
         Grüße aus dem Labor.\n.a line with a dot\n\n\
         --edge\nContent-Type: application/octet-stream\n\
         Content-Disposition: attachment; filename*=utf-8''pr%C3%BCfung.bin\n\
         Content-Transfer-Encoding: base64\n\nAAECAwQFBgcICQ==\n\n--edge--\n"
    )
}

/// What a recipient must find.
#[track_caller]
fn arrived_whole(client: &Client, path: &str, subject: &str) {
    let row = client.await_message(path, subject);
    assert_eq!(row["attachments"], 1, "{row}");
    let shown = client.run(&["show", &id(&row)]).done();
    assert!(shown.contains("Grüße aus dem Labor.\n.a line with a dot"), "{shown}");
    assert!(shown.contains("prüfung.bin"), "{shown}");
    let raw = client.run(&["show", &id(&row), "--raw"]).done();
    let header = raw.split("\r\n\r\n").next().unwrap_or_default();
    assert!(!header.contains(DAVE), "Bcc went out: {header}");
    assert_eq!(header.to_lowercase().matches("\r\nmessage-id:").count(), 1, "{header}");
    assert_eq!(header.to_lowercase().matches("\r\ndate:").count(), 1, "{header}");
}

fn from_alice_to_both_domains(security: Security) {
    let Some(lab) = Lab::find() else { return };
    let alice = lab.client(ALICE, Imap, security);
    let bob = lab.client(BOB, Imap, security);
    let carol = lab.client(CAROL, Pop3, security);
    let dave = lab.client(DAVE, Imap, Tls);
    let subject = unique("chain");
    let sent = alice.send(&message(ALICE, &format!("{BOB}, Carol <{CAROL}>"), &subject), &[]).done();
    assert!(sent.contains("3 recipients") && sent.contains("queued as"), "{sent}");

    arrived_whole(&bob, "INBOX", &subject);
    arrived_whole(&carol, "INBOX", &subject);
    arrived_whole(&dave, "INBOX", &subject);
    let raw = bob.run(&["show", &id(&bob.list("INBOX", &subject)[0]), "--raw"]).done();
    for station in ["by mx.a.test", "by mx.b.test"] {
        assert!(raw.contains(station), "it did not pass {station}: {raw}");
    }
    assert_eq!(alice.run(&["outbox", "--json"]).json().len(), 0);
    alice.await_message("Sent", &subject);
    assert_eq!(alice.list("Sent", &subject).len(), 1, "Sent holds it once");
}

#[test]
fn by_starttls_to_both_domains() {
    from_alice_to_both_domains(StartTls);
}

#[test]
fn by_implicit_tls_to_both_domains() {
    from_alice_to_both_domains(Tls);
}

#[test]
fn one_refused_recipient_keeps_the_other_two() {
    let Some(lab) = Lab::find() else { return };
    let alice = lab.client(ALICE, Imap, StartTls);
    let (bob, carol) = (lab.client(BOB, Imap, Tls), lab.client(CAROL, Pop3, Tls));
    let subject = unique("refused");
    let text = format!("From: {ALICE}\nTo: {BOB}, nobody@a.test, {CAROL}\nSubject: {subject}\n\nhello\n");
    let said = alice.send(&text, &[]).failed(1);
    assert!(said.contains("nobody@a.test") && said.contains("550"), "{said}");

    let outbox = alice.run(&["outbox", "--json"]).json();
    assert_eq!((outbox.len(), &outbox[0]["state"]), (1, &"refused".into()), "{outbox:?}");
    let entry = outbox[0]["id"].to_string();
    bob.await_message("INBOX", &subject);
    carol.await_message("INBOX", &subject);

    // Sending again asks for the refused one only.
    alice.run(&["outbox", "retry", &entry]).failed(1);
    let marker = unique("after");
    alice.send(&format!("From: {ALICE}\nTo: {BOB}, {CAROL}\nSubject: {marker}\n\nhello\n"), &[]).done();
    for client in [&bob, &carol] {
        client.await_message("INBOX", &marker);
        assert_eq!(client.list("INBOX", &subject).len(), 1, "{} got it twice", client.user);
    }
    alice.run(&["outbox", "cancel", &entry]).done();
    assert_eq!(alice.run(&["outbox", "--json"]).json().len(), 0);
}

#[test]
fn a_queued_message_leaves_with_the_next_sync() {
    let Some(lab) = Lab::find() else { return };
    let (alice, bob) = (lab.client(ALICE, Imap, Tls), lab.client(BOB, Imap, Tls));
    let subject = unique("queued");
    alice.send(&format!("From: {ALICE}\nTo: {BOB}\nSubject: {subject}\n\nlater\n"), &["--queue"]).done();
    assert_eq!(alice.run(&["outbox", "--json"]).json()[0]["state"], "waiting");
    alice.run(&["sync"]).done();
    assert_eq!(alice.run(&["outbox", "--json"]).json().len(), 0);
    bob.await_message("INBOX", &subject);
}

/// A message from Alice in one of Bob's two programs, and both programs.
fn bob_twice(lab: &Lab, about: &str) -> (Client, Client, String) {
    let alice = lab.client(ALICE, Imap, Tls);
    let (here, there) = (lab.client(BOB, Imap, Tls), lab.client(BOB, Imap, StartTls));
    let subject = unique(about);
    alice.send(&format!("From: {ALICE}\nTo: {BOB}\nSubject: {subject}\n\nhello\n"), &[]).done();
    here.await_message("INBOX", &subject);
    there.await_message("INBOX", &subject);
    (here, there, subject)
}

#[test]
fn flags_travel_to_the_server_and_to_another_program() {
    let Some(lab) = Lab::find() else { return };
    let (here, there, subject) = bob_twice(&lab, "flags");
    let message = id(&here.list("INBOX", &subject)[0]);
    here.run(&["flag", &message, "+seen", "+flagged"]).done();
    assert_eq!(there.await_message("INBOX", &subject)["flags"], serde_json::json!([]), "no sync, no effect");
    here.run(&["sync"]).done();
    let flags = there.await_message("INBOX", &subject)["flags"].to_string();
    assert!(flags.contains("seen") && flags.contains("flagged"), "{flags}");
    there.run(&["flag", &id(&there.list("INBOX", &subject)[0]), "-flagged"]).done();
    there.run(&["sync"]).done();
    let flags = here.await_message("INBOX", &subject)["flags"].to_string();
    assert!(flags.contains("seen") && !flags.contains("flagged"), "{flags}");
}

#[test]
fn moving_copying_and_deleting_reach_the_server() {
    let Some(lab) = Lab::find() else { return };
    let (here, there, subject) = bob_twice(&lab, "moves");
    let message = id(&here.list("INBOX", &subject)[0]);
    here.run(&["copy", &message, &here.mailbox("Junk")]).done();
    here.run(&["move", &message, &here.mailbox("Archive")]).done();
    assert_eq!((here.list("INBOX", &subject).len(), here.list("Archive", &subject).len()), (0, 1), "shown at once");
    here.run(&["sync"]).done();
    there.await_message("Archive", &subject);
    there.await_message("Junk", &subject);
    assert_eq!(there.list("INBOX", &subject).len(), 0);

    there.run(&["delete", &id(&there.list("Archive", &subject)[0])]).done();
    there.run(&["sync"]).done();
    here.await_message("Trash", &subject);
    assert_eq!(here.list("Archive", &subject).len(), 0);
    here.run(&["delete", &id(&here.list("Trash", &subject)[0])]).done();
    here.run(&["sync"]).done();
    there.run(&["sync"]).done();
    assert_eq!(there.list("Trash", &subject).len(), 0, "gone for good");
}

#[test]
fn the_mail_on_disk_is_a_maildir() {
    let Some(lab) = Lab::find() else { return };
    let (here, _, subject) = bob_twice(&lab, "maildir");
    let cur = here.program.profile().join("mail").join(BOB).join("INBOX/cur");
    let files: Vec<_> = std::fs::read_dir(&cur).expect("a Maildir").map(|e| e.expect("an entry").path()).collect();
    let mine = files.iter().filter(|path| std::fs::read_to_string(path).is_ok_and(|text| text.contains(&subject)));
    assert_eq!(mine.count(), 1, "{files:?}");
    std::fs::remove_file(here.program.profile().join("index.db")).expect("an index");
    here.run(&["doctor", "--rebuild-index"]).done();
    assert_eq!(here.list("INBOX", &subject).len(), 1, "the index comes back from the Maildirs");
}

#[test]
fn settings_are_checked_with_a_word_for_each_server() {
    let Some(lab) = Lab::find() else { return };
    for (protocol, security) in [(Imap, Tls), (Imap, StartTls), (Pop3, Tls), (Pop3, StartTls)] {
        let alice = lab.client(ALICE, protocol, security);
        let said = alice.run(&["account", "check", ALICE]).done();
        assert_eq!(said.lines().count(), 2, "{said}");
    }
    let alice = Client::new(ALICE);
    let wrong = Lab { password: "wrong-password-of-alice".into(), ..lab.clone() };
    wrong.add(&alice, Imap, Tls, &["--ca", &lab.ca.display().to_string()]).done();
    let said = alice.run(&["account", "check", ALICE]).failed(1);
    assert!(said.contains("did not accept the user name or password"), "{said}");
    assert!(!said.contains("wrong-password-of-alice"), "{said}");
    let said = alice.run(&["sync"]).failed(1);
    assert!(said.contains("did not accept"), "{said}");
    let transcript = alice.run(&["transcript"]).done();
    assert!(transcript.contains("C:") && transcript.contains("S:"), "{transcript}");
    assert!(!transcript.contains("wrong-password-of-alice"), "a password is in the transcript: {transcript}");
}

#[test]
fn an_unknown_authority_stops_everything_before_the_password() {
    let Some(lab) = Lab::find() else { return };
    for security in [Tls, StartTls] {
        let alice = Client::new(ALICE);
        lab.add(&alice, Imap, security, &[]).done();
        for command in [&["sync"][..], &["account", "check", ALICE]] {
            let said = alice.run(command).failed(1);
            assert!(said.contains("certificate") && said.contains("Lab Authority"), "{said}");
        }
        let transcript = alice.run(&["transcript"]).done();
        assert!(!transcript.to_uppercase().contains("AUTHENTICATE"), "{transcript}");
        assert!(!transcript.to_uppercase().contains("LOGIN "), "{transcript}");
    }
}

#[test]
fn a_server_that_is_not_there_keeps_the_message() {
    let Some(lab) = Lab::find() else { return };
    let alice = Client::new(ALICE);
    let closed = Endpoint { port: 1, ..lab.endpoint(ALICE, Protocol::Smtp, Tls) }.to_string();
    let imap = lab.endpoint(ALICE, Imap, Tls).to_string();
    let arguments = ["account", "add", "--name", ALICE, "--email", ALICE, "--user", ALICE, "--imap", &imap];
    let more = ["--smtp", &closed, "--password-stdin"];
    alice.program.with_input(&[&arguments[..], &more].concat(), &lab.password).done();
    let said = alice.send(&format!("From: {ALICE}\nTo: {BOB}\nSubject: kept\n\nx\n"), &[]).failed(1);
    assert!(said.contains("Outbox"), "{said}");
    assert_eq!(alice.run(&["outbox", "--json"]).json()[0]["state"], "waiting");
}
