use super::*;
use proptest::prelude::*;

/// Writes streams as Outlook does.
#[derive(Default)]
struct Stream(Vec<u8>);

impl Stream {
    fn new() -> Stream {
        Stream([&0x223E_9F78u32.to_le_bytes()[..], &1u16.to_le_bytes()].concat())
    }

    fn add(mut self, level: u8, id: u32, data: &[u8]) -> Stream {
        self.0.push(level);
        self.0.extend(id.to_le_bytes());
        self.0.extend((data.len() as u32).to_le_bytes());
        self.0.extend(data);
        let sum = data.iter().fold(0u16, |sum, b| sum.wrapping_add(u16::from(*b)));
        self.0.extend(sum.to_le_bytes());
        self
    }
}

fn property(kind: u16, id: u16, data: &[u8]) -> Vec<u8> {
    let mut out = [kind.to_le_bytes(), id.to_le_bytes()].concat();
    if matches!(kind, 0x1E | 0x1F | 0x102 | 0xD) {
        out.extend(1u32.to_le_bytes());
        out.extend((data.len() as u32).to_le_bytes());
    }
    out.extend(data);
    out.resize(out.len().next_multiple_of(4), 0);
    out
}

fn properties(all: &[Vec<u8>]) -> Vec<u8> {
    [(all.len() as u32).to_le_bytes().to_vec(), all.concat()].concat()
}

fn utf16(text: &str) -> Vec<u8> {
    text.encode_utf16().chain([0]).flat_map(u16::to_le_bytes).collect()
}

fn two_files() -> Vec<u8> {
    let named =
        [&0x8001u16.to_le_bytes()[..], &[7; 16], &1u32.to_le_bytes(), &4u32.to_le_bytes(), &utf16("x")].concat();
    let named = [&0x3u16.to_le_bytes()[..], &named, &5u32.to_le_bytes()].concat();
    let message = properties(&[named, property(0x1E, 0x1000, b"Gr\xFC\xDFe\0"), property(0x102, 0x1013, b"<p>Hi</p>")]);
    let file = properties(&[
        property(0x1F, 0x3707, &utf16("Mühle lang.pdf")),
        property(0x1E, 0x370E, b"application/pdf\0"),
        property(0x1E, 0x3712, b"<1@x>\0"),
    ]);
    Stream::new()
        .add(1, 0x0006_9007, &[1252u32.to_le_bytes(), 0u32.to_le_bytes()].concat())
        .add(1, 0x0006_9003, &message)
        .add(2, 0x0006_9002, &[0; 14])
        .add(2, 0x0001_8010, b"MHLE~1.PDF\0")
        .add(2, 0x0006_800F, b"%PDF")
        .add(2, 0x0006_9005, &file)
        .add(2, 0x0006_9002, &[0; 14])
        .add(2, 0x0001_8010, b"two.txt\0")
        .add(2, 0x0006_800F, b"two")
        .0
}

#[test]
fn files_and_text_are_found() {
    let opened = open(&two_files()).unwrap();
    assert_eq!(
        (opened.text.as_deref(), opened.html.as_deref(), opened.whole),
        (Some("Grüße"), Some("<p>Hi</p>"), true)
    );
    let [pdf, text] = opened.files.as_slice() else { panic!("{opened:?}") };
    assert_eq!((pdf.name.as_str(), pdf.bytes.as_slice()), ("Mühle lang.pdf", &b"%PDF"[..]));
    assert_eq!((pdf.media_type.as_deref(), pdf.content_id.as_deref()), (Some("application/pdf"), Some("1@x")));
    assert_eq!((text.name.as_str(), text.bytes.as_slice()), ("two.txt", &b"two"[..]));
}

#[test]
fn a_message_within_is_opened() {
    let object = [&[0u8; 16][..], &two_files()].concat();
    let data = properties(&[property(0xD, 0x3701, &object), property(0x1E, 0x3001, b"Fwd\0")]);
    let outer = Stream::new().add(2, 0x0006_9002, &[0; 14]).add(2, 0x0006_9005, &data).0;
    let names: Vec<String> = open(&outer).unwrap().files.into_iter().map(|file| file.name).collect();
    assert_eq!(names, ["Fwd.html", "Mühle lang.pdf", "two.txt"]);
}

#[test]
fn the_reader_sees_into_it() {
    use base64::Engine;
    let coded = base64::engine::general_purpose::STANDARD.encode(two_files());
    let raw = format!(
        "From: Ada <ada@x.example>\r\nDate: Tue, 24 Nov 2026 08:00:00 +0100\r\nContent-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\
         Content-Type: application/ms-tnef; name=winmail.dat\r\nContent-Transfer-Encoding: base64\r\n\r\n{coded}\r\n--b--\r\n"
    );
    let content = crate::mail::mime::content(raw.as_bytes());
    assert_eq!((content.text.as_str(), content.html.as_deref()), ("Hi", Some("<p>Hi</p>")));
    let listed: Vec<(&str, bool)> = content.attachments.iter().map(|a| (a.file_name.as_str(), a.technical)).collect();
    assert_eq!(listed, [("winmail.dat", true), ("Mühle lang.pdf", false), ("two.txt", false)]);
    let (found, bytes) = crate::mail::mime::attachment(raw.as_bytes(), 2).unwrap();
    assert_eq!((found.file_name.as_str(), bytes), ("two.txt", b"two".to_vec()));
    assert_eq!(crate::mail::mime::summary(raw.as_bytes()).attachments, 1);
    // Passed on is what was packed, and not the package.
    let words = crate::mail::compose::ForwardWords::default();
    assert_eq!(crate::mail::compose::forward(&content, &words).attachments, [1, 2]);
}

#[test]
fn hostile_streams_are_bounded() {
    assert_eq!(open(b""), None);
    assert_eq!(open(b"PK\x03\x04 no stream"), None);
    let whole = two_files();
    for end in 6..whole.len() {
        assert!(open(&whole[..end]).is_some(), "{end}");
    }
    let huge = Stream::new().add(1, 0x0006_9003, &[&u32::MAX.to_le_bytes()[..], &[0xFF; 40]].concat()).0;
    assert!(!open(&huge).unwrap().whole);
    let empty =
        [&1u32.to_le_bytes()[..], &0x1001u16.to_le_bytes(), &1u16.to_le_bytes(), &u32::MAX.to_le_bytes(), &[0; 8]]
            .concat();
    assert!(!open(&Stream::new().add(1, 0x0006_9003, &empty).0).unwrap().whole);
    let many = (0..2_000).fold(Stream::new(), |s, _| s.add(2, 0x0006_9002, &[]).add(2, 0x0006_800F, b"x")).0;
    let opened = open(&many).unwrap();
    assert_eq!((opened.files.len(), opened.whole), (MAX_FILES, false));
    // A stream in a stream in a stream …
    let mut inner = two_files();
    for _ in 0..20 {
        let object = [&[0u8; 16][..], &inner].concat();
        inner = Stream::new().add(2, 0x0006_9005, &properties(&[property(0xD, 0x3701, &object)])).0;
    }
    assert!(open(&inner).is_some());
}

proptest! {
    #[test]
    fn damaged_streams_give_an_answer(changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 1..12)) {
        let mut bytes = two_files();
        for (at, byte) in changes {
            let at = at.index(bytes.len());
            bytes[at] = byte;
        }
        let _ = open(&bytes);
    }
}
