use super::*;
use crate::mail::compose::{ForwardWords, forward, reply};
use crate::mail::envelope::Envelope;
use crate::mail::mime::{Attachment, Content};

fn original() -> Content {
    Content {
        envelope: Envelope {
            message_id: Some("2@y.example".into()),
            in_reply_to: vec!["1@y.example".into()],
            references: vec!["0@y.example".into(), "1@y.example".into()],
            from: vec![person("Bob", "bob@y.example")],
            to: vec![ada(), person("Carol", "carol@y.example")],
            cc: vec![person("", "ADA@X.example"), person("Dan", "dan@y.example"), person("", "bob@y.example")],
            subject: "AW: Hello".into(),
            ..Envelope::default()
        },
        text: "Dear Ada,\n> old\nbye\n-- \nBob\n".into(),
        ..Content::default()
    }
}

fn addrs(list: &[Address]) -> Vec<&str> {
    list.iter().map(|a| a.addr.as_str()).collect()
}

#[test]
fn an_answer_goes_to_whom_it_should() {
    let me = [ada()];
    let one = reply(&original(), &me, false, "Bob wrote:");
    assert_eq!((addrs(&one.to), addrs(&one.cc)), (vec!["bob@y.example"], vec![]));
    let all = reply(&original(), &me, true, "Bob wrote:");
    assert_eq!((addrs(&all.to), addrs(&all.cc)), (vec!["bob@y.example", "carol@y.example"], vec!["dan@y.example"]));

    let mut elsewhere = original();
    elsewhere.envelope.reply_to = vec![person("List", "list@y.example")];
    assert_eq!(addrs(&reply(&elsewhere, &me, false, "").to), ["list@y.example"]);

    let mut own = original();
    own.envelope.from = vec![person("", "ada@X.example")];
    assert_eq!(addrs(&reply(&own, &me, false, "").to), ["ada@x.example", "carol@y.example"]);
    assert_eq!(addrs(&reply(&own, &me, true, "").to), ["carol@y.example"]);

    let mut alone = original();
    (alone.envelope.from, alone.envelope.to, alone.envelope.cc) = (vec![ada()], vec![ada()], vec![ada()]);
    assert_eq!(addrs(&reply(&alone, &me, true, "").to), ["ada@x.example"]);
    assert_eq!(reply(&Content::default(), &me, true, "").to, []);
}

#[test]
fn an_answer_quotes_and_refers() {
    let parts = reply(&original(), &[ada()], false, "Bob\r\nwrote:");
    assert_eq!(parts.subject, "Re: Hello");
    assert_eq!(parts.body, "\n\nBob\u{FFFD}\u{FFFD}wrote:\n> Dear Ada,\n>> old\n> bye\n");
    assert_eq!(parts.in_reply_to, ["2@y.example"]);
    assert_eq!(parts.references, ["0@y.example", "1@y.example", "2@y.example"]);
    let mut unreferred = original();
    unreferred.envelope.references.clear();
    assert_eq!(reply(&unreferred, &[], false, "").references, ["1@y.example", "2@y.example"]);
}

#[test]
fn hostile_originals_are_bounded() {
    let mut huge = original();
    huge.envelope.references = (0..100_000).map(|i| format!("{i}@y.example")).take(5_000).collect();
    huge.envelope.to = (0..100_000).map(|i| person("", &format!("{i}@y.example"))).collect();
    huge.envelope.message_id = Some("a@b>\r\nBcc: x@y".into());
    huge.text = "line\n".repeat(1_000_000);
    let parts = reply(&huge, &[ada()], true, "");
    assert_eq!((parts.references.len(), parts.references[0].as_str()), (40, "0@y.example"));
    assert_eq!(parts.references[39], "4999@y.example");
    assert_eq!((parts.to.len(), parts.in_reply_to.len()), (500, 0));
    assert!(parts.body.len() < 1 << 20);
}

#[test]
fn a_message_is_passed_on_whole() {
    let mut content = original();
    content.attachments = vec![
        Attachment { index: 0, ..Attachment::default() },
        Attachment { index: 1, inline: true, ..Attachment::default() },
    ];
    let words = ForwardWords {
        title: "--- Forwarded ---".into(),
        from: "From".into(),
        date: "Date".into(),
        subject: "Subject".into(),
        to: "To".into(),
        cc: "Cc".into(),
        sent: "today".into(),
    };
    let parts = forward(&content, &words);
    assert_eq!(parts.subject, "Fwd: AW: Hello");
    assert_eq!(
        parts.body,
        "\n\n--- Forwarded ---\nFrom: Bob <bob@y.example>\nDate: today\nSubject: AW: Hello\n\
         To: Ada Lovelace <ada@x.example>, Carol <carol@y.example>\nCc: ADA@X.example, Dan <dan@y.example>, bob@y.example\n\n\
         Dear Ada,\n> old\nbye\n-- \nBob\n"
    );
    assert_eq!((parts.attachments, parts.to.len()), (vec![0, 1], 0));
}
