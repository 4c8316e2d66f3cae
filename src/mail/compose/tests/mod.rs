mod build;
mod raw;
mod reply;

use super::draft::{Draft, DraftAttachment, DraftOrigin};
use crate::mail::address::Address;

fn person(name: &str, addr: &str) -> Address {
    Address::new(name, addr)
}

fn ada() -> Address {
    person("Ada Lovelace", "ada@x.example")
}

fn noon() -> jiff::Zoned {
    "2026-11-24T12:00:00+01:00[Europe/Berlin]".parse().unwrap()
}

const ID: &str = "10.ff@x.example";

fn draft(subject: &str, body: &str) -> Draft {
    Draft {
        id: "1".into(),
        account: "x".into(),
        to: vec![person("Bob", "bob@y.example")],
        cc: vec![],
        bcc: vec![],
        subject: subject.into(),
        body: body.into(),
        attachments: vec![],
        in_reply_to: vec![],
        references: vec![],
        origin: DraftOrigin::New,
        unfinished: Default::default(),
        report: false,
    }
}

fn file(name: &str, media_type: &str) -> DraftAttachment {
    DraftAttachment { file_name: name.into(), media_type: media_type.into(), size: 0, path: name.into() }
}
