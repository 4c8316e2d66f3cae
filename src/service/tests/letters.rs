//! Messages wherever they lie: in the store, in a file, within each other.

use super::*;
use crate::service::MessagePlace;

const INNER: &str = "From: \"paul@bank.example\" <eve@evil.example>\r\nSubject: inner\r\nMIME-Version: 1.0\r\n\
    Content-Type: multipart/mixed; boundary=i\r\n\r\n--i\r\n\r\nwithin\r\n\
    --i\r\nContent-Type: text/plain; charset=koi8-r; name=a.txt\r\nContent-Disposition: attachment\r\n\
    Content-Transfer-Encoding: base64\r\n\r\n8NLJ18XU\r\n--i--\r\n";

fn outer() -> Vec<u8> {
    format!(
        "From: a@lovelace.example\r\nSubject: outer\r\nMessage-ID: <outer@x>\r\nMIME-Version: 1.0\r\n\
         Content-Type: multipart/mixed; boundary=o\r\n\r\n--o\r\n\r\nwithout\r\n\
         --o\r\nContent-Type: message/rfc822\r\n\r\n{INNER}\r\n--o--\r\n"
    )
    .into_bytes()
}

/// The same is found in the store and in a file.
async fn reads(handle: &Handle, place: MessagePlace) {
    let letter = handle.letter(&place).await.unwrap();
    assert_eq!((letter.content.envelope.subject.as_str(), letter.content.attachments.len()), ("outer", 1));
    let inner = place.inner(letter.content.attachments[0].index);
    let letter = handle.letter(&inner).await.unwrap();
    assert_eq!((letter.content.envelope.subject.as_str(), letter.content.text.trim()), ("inner", "within"));
    assert!(!letter.trust.suspicions.is_empty(), "a name that holds another address");
    let file = letter.content.attachments[0].index;
    let (attachment, bytes) = handle.letter_attachment(&inner, file).await.unwrap();
    assert_eq!((attachment.file_name.as_str(), bytes.len()), ("a.txt", 6));
    assert_eq!(handle.letter_text(&inner, file, 1_000).await.unwrap(), Some(("Привет".into(), true)));
    assert_eq!(handle.letter_text(&inner, file, 3).await.unwrap(), Some(("При".into(), false)));
    let page = handle.letter_source(&inner, 6, 5).await.unwrap();
    assert_eq!((page.start, page.bytes.as_slice()), (6, INNER.as_bytes()[6..11].as_ref()));
    assert!(handle.letter_source(&inner, 1 << 40, 5).await.unwrap().bytes.is_empty());
    assert_eq!(handle.letter_fields(&inner).await.unwrap()[1].decoded, "inner");
    let saved = tempfile::tempdir().unwrap();
    handle.save_letter_attachment(&inner, file, &saved.path().join("a.txt")).await.unwrap();
    assert_eq!(std::fs::read(saved.path().join("a.txt")).unwrap(), bytes);
    assert!(handle.letter(&inner.inner(file)).await.is_err(), "a text is no message");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_message_is_read_in_the_store_and_in_a_file() {
    let world = World::imap().await;
    world.server.deliver(ADA, "INBOX", &outer()).unwrap();
    world.synchronise().await;
    let id = world.rows("INBOX").await[0].id;
    reads(&world.handle, MessagePlace::stored(id)).await;
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("m.eml");
    std::fs::write(&file, outer()).unwrap();
    reads(&world.handle, MessagePlace::file(file.clone())).await;
    let page = world.handle.letter_source(&MessagePlace::file(file), 0, 10).await.unwrap();
    assert_eq!((page.bytes.len(), page.total), (10, outer().len() as u64));
    assert!(world.handle.letter(&MessagePlace::file(directory.path().join("none"))).await.is_err());
}
