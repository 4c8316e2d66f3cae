//! Real and famously broken messages of other projects (`tests/corpus`): what a person must see of each.

use super::*;
use std::path::Path;

pub(super) fn read(name: &str) -> Vec<u8> {
    std::fs::read(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus").join(format!("{name}.eml"))).unwrap()
}

pub(super) fn names() -> Vec<String> {
    let folder = std::fs::read_dir(Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/corpus")).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let mut names: Vec<String> = names.filter_map(|name| name.strip_suffix(".eml").map(str::to_string)).collect();
    names.sort();
    names
}

struct Seen<'a> {
    file: &'a str,
    subject: &'a str,
    from: &'a str,
    preview: &'a str,
    attachments: &'a [&'a str],
    defects: &'a [Defect],
}

#[test]
fn every_message_shows_what_it_says() {
    use Defect::*;
    #[rustfmt::skip]
    let all = [
        Seen { file: "mail-parser-attached-messages", subject: "Re: (#5290765) Proxmox Shop E-Mails", from: "jsterr@proxforge.de",
            preview: "Hallo Stoiko, alles klar, deine Reply Mail war jetzt nicht im Spam - o",
            attachments: &["training-mail.txt.eml", "office-reply.txt.eml", "shop-mail.txt.eml"], defects: &[] },
        Seen { file: "mail-parser-binhex", subject: "Die Hasen und die Frösche", from: "dwsauder@example.com",
            preview: "Die Hasen und die Frösche Die Hasen klagten einst über ihre mißliche L",
            attachments: &["blueball.png", "HasenundFrösche.txt"], defects: &[HeaderBytes] },
        Seen { file: "mail-parser-garbled-header", subject: "Sprint 3 multipart fixture", from: "",
            preview: "JPlain text body of the multipart fixture.",
            attachments: &[], defects: &[From, Duplicate("Date".into()), Duplicate("Message-ID".into()), Duplicate("Subject".into())] },
        Seen { file: "mail-parser-iso-2022-jp", subject: "こんにちは", from: "",
            preview: "人権の無視及",
            attachments: &[], defects: &[From, Date] },
        Seen { file: "mail-parser-related-and-mixed", subject: "Test message from Microsoft Outlook 00", from: "doug@example.com",
            preview: "The Hare and the Tortoise A HARE one day ridiculed the short feet and ",
            attachments: &["blueball.png", "greenball.png", "redball.png"], defects: &[] },
        Seen { file: "mail-parser-related-first", subject: "test multipart, related first, with image", from: "test@example.com",
            preview: "HTML Body",
            attachments: &["attachment.png"], defects: &[Unterminated] },
        Seen { file: "mime4j-blank-separator", subject: "test message 1", from: "russ@quist.on.ca",
            preview: "The header is not properly terminated; the \"blank line\" actually has a",
            attachments: &[], defects: &[] },
        Seen { file: "mime4j-boundary-prefix", subject: "test", from: "",
            preview: "Please see attachment for report Daily_Stats-2022-05-12-0700",
            attachments: &["Daily_Stats-2022-05-12-0700.pdf"], defects: &[From, Date] },
        Seen { file: "mime4j-double-boundary", subject: "test of double-boundary behavior", from: "eryq@rhine.gsfc.nasa.gov",
            preview: "This message contains double boundaries all over the place. We want to",
            attachments: &["3d-eye.gif"], defects: &[] },
        Seen { file: "mime4j-encoded-words", subject: "If you can read this you understand the example... so, cool!", from: "moore@cs.utk.edu",
            preview: "How's this?",
            attachments: &[], defects: &[Date] },
        Seen { file: "mime4j-evil-names", subject: "Two images for you...", from: "eryq@rhine.gsfc.nasa.gov",
            preview: "When unpacked, this message should produce two GIF files: * The 1st sh",
            attachments: &["3d-compress.gif", "3d-eye-is-an-evil-filename because of excessive length and verbosity. Unfortunately what can we do given an idiotic situation such as this_"], defects: &[] },
        Seen { file: "mime4j-no-separator", subject: "this is a subject", from: "",
            preview: "Body text",
            attachments: &[], defects: &[From, Date] },
        Seen { file: "mime4j-obsolete-folding", subject: "The obsolete syntax allow spaces before the colon and also empty lines in folding.", from: "",
            preview: "body",
            attachments: &[], defects: &[From, Date] },
        Seen { file: "mime4j-raw-latin1-name", subject: "", from: "",
            preview: "Attachment Test",
            attachments: &["attachment.äöü"], defects: &[From, Date] },
        Seen { file: "mime4j-unterminated", subject: "Fwd: PC800: Tall Hondaline Windshield Distortion", from: "Gaffneydp@aol.com",
            preview: "Hello to all, I purchased a tall windshield about two weeks ago from W",
            attachments: &["Re_ PC800_ Tall Hondaline Windshield Distortion.eml"], defects: &[Unterminated] },
        Seen { file: "mime4j-uuencoded", subject: "mime::parser", from: "support@webmail.uwohali.com",
            preview: "Eryq - I occasionally receive an email (see below) like this one, whic",
            attachments: &["up.gif", "zeegee.gif"], defects: &[] },
        Seen { file: "postal-mime-bounce", subject: "Undelivered Mail Returned to Sender", from: "MAILER-DAEMON@messagingengine.com",
            preview: "This is an automated message from the mail system at Fastmail. I'm sor",
            attachments: &["attachment.txt", "Proovikiri.eml"], defects: &[] },
        Seen { file: "postal-mime-invitation", subject: "Invitation: Test event ⏰ @ Thu Apr 11, 2024 11am - 12pm (GMT+3) (andris@ethereal.email)", from: "andris@postalsys.com",
            preview: "Test event ⏰ Thursday Apr 11, 2024 ⋅ 11am – 12pm Eastern European Time",
            attachments: &["attachment.ics", "invite.ics"], defects: &[] },
        Seen { file: "postal-mime-torture", subject: "Ryan Finnie's MIME Torture Test v1.0", from: "rfinnie@domain.dom",
            preview: "Welcome to Ryan Finnie's MIME torture test. This message was designed ",
            attachments: &["plain jane message.eml", "messages inside messages inside....eml", "this message JUST contains an attachment.eml", "Attachment filename vs. name.eml", "No filename_ No problem!.eml", "html and text, both inline.eml", "text and text, both inline.eml", "HTML and... HTML_.eml", "smiley!.eml", "the PROPER way to do alternative_related.eml"], defects: &[] },
    ];
    assert_eq!(all.iter().map(|s| s.file).collect::<Vec<_>>(), names());
    for seen in all {
        let raw = read(seen.file);
        let (summary, content) = (summary(&raw), content(&raw));
        assert_eq!(summary.envelope, content.envelope, "{}", seen.file);
        assert_eq!(content.envelope.subject, seen.subject, "{}", seen.file);
        assert_eq!(content.envelope.from.first().map_or("", |a| &a.addr), seen.from, "{}", seen.file);
        assert!(summary.preview.starts_with(seen.preview), "{}: {}", seen.file, summary.preview);
        let found: Vec<&str> = content.attachments.iter().map(|a| a.file_name.as_str()).collect();
        assert_eq!(found, seen.attachments, "{}", seen.file);
        assert_eq!(content.defects, seen.defects, "{}", seen.file);
    }
}

#[test]
fn attachments_are_whole() {
    let raw = read("mime4j-uuencoded");
    let (_, gif) = attachment(&raw, 1).unwrap();
    assert!(gif.starts_with(b"GIF87a") && gif.ends_with(b";"), "{}", gif.len());
    let raw = read("postal-mime-torture");
    for listed in content(&raw).attachments {
        let (again, bytes) = attachment(&raw, listed.index).unwrap();
        assert_eq!((again.size, &again), (bytes.len() as u64, &listed));
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(64))]
    #[test]
    fn damaged_messages_give_an_answer(
        which in any::<proptest::sample::Index>(), cut in any::<proptest::sample::Index>(),
        changes in proptest::collection::vec((any::<proptest::sample::Index>(), any::<u8>()), 0..20),
        spliced in any::<Option<proptest::sample::Index>>(),
    ) {
        let names = names();
        let mut raw = read(which.get::<String>(&names));
        for (at, byte) in changes {
            let at = at.index(raw.len());
            raw[at] = byte;
        }
        raw.truncate(cut.index(raw.len()) + 1);
        if let Some(other) = spliced {
            raw.extend(read(other.get::<String>(&names)));
        }
        let content = content(&raw);
        prop_assert_eq!(summary(&raw).envelope, content.envelope);
        for listed in &content.attachments {
            prop_assert!(attachment(&raw, listed.index).is_some());
            prop_assert!(!listed.file_name.contains(['/', '\\', '\0']));
        }
    }
}
