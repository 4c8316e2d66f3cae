use super::*;
use crate::mail::mailbox::MailboxPath;
use crate::storage::{MailboxMeta, Profile, Query, Row};
use std::panic::{AssertUnwindSafe, catch_unwind};
use tempfile::TempDir;

struct Desk {
    store: Store,
    mailbox: MailboxId,
    /// What is imported lies here.
    from: TempDir,
    _profile: TempDir,
}

impl Desk {
    fn new() -> Desk {
        let profile = tempfile::tempdir().unwrap();
        let store = Store::open(&Profile::open(profile.path()).unwrap()).unwrap();
        let path = MailboxPath("Old".into());
        let server_name = path.0.clone();
        let meta = MailboxMeta { path, server_name, delimiter: None, role: None, selectable: true, subscribed: true };
        let mailbox = store.ensure_mailbox("local", &meta).unwrap();
        Desk { store, mailbox, from: tempfile::tempdir().unwrap(), _profile: profile }
    }

    fn put(&self, path: &str, content: impl AsRef<[u8]>) {
        let path = self.from.path().join(path);
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(path, content).unwrap();
    }

    fn import(&self) -> Imported {
        self.paths(&[self.from.path().to_path_buf()])
    }

    fn paths(&self, paths: &[PathBuf]) -> Imported {
        let stop = AtomicBool::new(false);
        self.store.import(self.mailbox, paths, Quoting::Mboxrd, &stop, &mut |_| {}).unwrap()
    }

    fn rows(&self) -> Vec<Row> {
        self.store.page(&Query::Mailbox(self.mailbox), 0..10_000).unwrap().rows
    }

    /// Subjects with flags, sorted.
    fn subjects(&self) -> Vec<String> {
        let mut all: Vec<String> =
            self.rows().iter().map(|row| format!("{} {}", row.subject, row.flags.to_maildir())).collect();
        all.sort();
        all.iter().map(|line| line.trim().to_string()).collect()
    }
}

fn message(n: usize) -> String {
    format!("From: a@x.example\nSubject: m{n:04}\nMessage-ID: <m{n}@x.example>\n\nText {n}.\n")
}

fn mbox(numbers: std::ops::Range<usize>) -> String {
    numbers.map(|n| format!("From a@x.example Thu Aug 22 12:36:23 2002\n{}\n", message(n))).collect()
}

#[test]
fn every_form_comes_in_with_its_flags_and_once() {
    let desk = Desk::new();
    desk.put("md/cur/1000000000.a.host:2,FS", message(1));
    desk.put("md/cur/1000000001.b.host:2,Sab", message(2));
    desk.put("md/new/1000000002.c.host", message(3));
    desk.put("md/tmp/1000000003.d.host", message(4));
    desk.put("md/dovecot.index.log", "Subject: no mail");
    desk.put("md/.Sub.Folder/cur/1000000004.e.host:2,R", message(5));
    desk.put("deep/er/box", mbox(6..8).replace("Subject: m0007", "Status: O\nX-Status: F\nSubject: m0007"));
    desk.put("deep/er/gone", mbox(8..9).replace("Subject", "X-Mozilla-Status: 0009\nSubject"));
    desk.put("deep/one.eml", message(9));
    desk.put("deep/17", message(10));
    desk.put("deep/notes.txt", "Subject: shopping\n\nmilk\n");
    desk.put("deep/empty.eml", "");
    let done = desk.import();
    let expected = ["m0001 FS", "m0002 S", "m0003", "m0005 R", "m0006 S", "m0007 F", "m0009 S", "m0010 S"];
    assert_eq!(desk.subjects(), expected);
    assert_eq!(done, Imported { new: 8, deleted: 1, passed_over: 2, ..Imported::default() });
    assert_eq!(desk.import(), Imported { known: 8, deleted: 1, passed_over: 2, ..Imported::default() }, "again");
    assert_eq!(desk.rows().len(), 8);
}

#[test]
fn a_message_is_kept_byte_for_byte_but_for_the_quoting() {
    let desk = Desk::new();
    let raw = b"Subject: caf\xe9\n\n>From me\n\xff\0\nFrom here on.\n";
    desk.put("box", [b"From a Thu Aug 22 12:36:23 2002\n".as_slice(), raw, b"\n"].concat());
    desk.import();
    let row = desk.rows().remove(0);
    assert_eq!(desk.store.raw(row.id).unwrap(), b"Subject: caf\xe9\n\nFrom me\n\xff\0\nFrom here on.\n");
    assert_eq!(row.date, 1_030_019_783, "no Date field: the separator's");
}

#[test]
fn large_messages_pass_from_file_to_file() {
    let desk = Desk::new();
    let large = message(1) + &"0123456789abcdef\n".repeat(200_000);
    desk.put("large.eml", &large);
    desk.put("box", format!("From a Thu Aug 22 12:36:23 2002\n{}\n", large.replace("m0001", "m0002")));
    assert_eq!(desk.import().new, 2);
    let size = large.len() as u64;
    assert_eq!(desk.rows().iter().map(|row| row.size).collect::<Vec<_>>(), [size, size]);
    assert_eq!(desk.import(), Imported { known: 2, ..Imported::default() });
}

#[test]
fn what_cannot_be_read_is_named_and_the_rest_comes_in() {
    let desk = Desk::new();
    desk.put("one.eml", message(1));
    let missing = desk.from.path().join("missing");
    let done = desk.paths(&[missing.clone(), desk.from.path().to_path_buf()]);
    assert_eq!((done.new, done.failed), (1, 1));
    assert_eq!(done.failures.first().map(|(path, _)| path), Some(&missing));
}

#[test]
fn links_are_not_followed_and_the_store_itself_is_refused() {
    let desk = Desk::new();
    desk.put("a/one.eml", message(1));
    std::os::unix::fs::symlink(desk.from.path(), desk.from.path().join("a/round")).unwrap();
    assert_eq!(desk.import().new, 1);
    let stop = AtomicBool::new(false);
    let own = [desk.store.profile().mail()];
    let refused = desk.store.import(desk.mailbox, &own, Quoting::Mboxrd, &stop, &mut |_| {});
    assert!(matches!(refused, Err(Error::Invalid(_))), "{refused:?}");
}

#[test]
fn it_ends_when_it_is_told_to_and_goes_on_the_next_time() {
    let desk = Desk::new();
    desk.put("box", mbox(0..2000));
    let stop = AtomicBool::new(false);
    let mut told = Vec::new();
    let paths = [desk.from.path().to_path_buf()];
    let mut progress = |at: ImportProgress| {
        told.push(at);
        stop.store(told.len() >= 2, Ordering::Relaxed);
    };
    let first = desk.store.import(desk.mailbox, &paths, Quoting::Mboxrd, &stop, &mut progress).unwrap();
    assert!((1..2000).contains(&first.new), "{first:?}");
    assert!(told.iter().all(|at| at.done <= at.total && at.total < 4000), "{told:?}");
    let then = desk.import();
    assert_eq!((then.new + first.new, then.known), (2000, first.new));
}

/// A kill at any step that changes the disk: nothing is lost, and nothing comes twice.
#[test]
fn cut_anywhere_and_made_again_everything_is_there_once() {
    for n in 1.. {
        let mut desk = Desk::new();
        desk.put("box", mbox(0..7));
        // No date: its file's name is another after the cut.
        desk.put("undated", format!("From - \n{}", message(7)));
        desk.put("md/cur/1000000000.a.host:2,FS", message(8));
        let paths = [desk.from.path().to_path_buf()];
        desk.store.die_at(n);
        let stop = AtomicBool::new(false);
        let cut = catch_unwind(AssertUnwindSafe(|| {
            desk.store.import(desk.mailbox, &paths, Quoting::Mboxrd, &stop, &mut |_| {})
        }));
        desk.store.die_at(0);
        let ended = cut.is_ok();
        let profile = desk.store.profile().clone();
        let Desk { store, mailbox, from, _profile } = desk;
        drop(store);
        desk = Desk { store: Store::open(&profile).unwrap(), mailbox, from, _profile };
        let done = desk.import();
        assert_eq!(done.new + done.known, 9, "step {n}: {done:?}");
        let subjects: Vec<String> = desk.subjects();
        assert_eq!(subjects.len(), 9, "step {n}: {subjects:?}");
        let files = std::fs::read_dir(profile.mail().join("local/Old/cur")).unwrap().count();
        assert_eq!(files, 9, "step {n}");
        if ended {
            assert!(n > 10, "{n} steps");
            break;
        }
    }
}
