//! Conversations and lists kept while anything happens, against the same made from scratch.

use super::list::{self, ListQuery, ListRow};
use super::messages::{self, NewMessage};
use super::*;
use crate::mail::address::Address;
use crate::mail::envelope::Envelope;
use crate::mail::listing::{Filter, Sort, SortBy};
use crate::mail::mailbox::MailboxPath;
use crate::mail::mime::Summary;
use crate::mail::thread::{self, Member, Ties};
use crate::storage::maildir::{Description, Place};
use proptest::prelude::*;
use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;

/// Two mailboxes of one account and one of another.
const MAILBOXES: [(i64, &str); 3] = [(1, "ada"), (2, "ada"), (3, "eve")];

/// Something that happens to the message of a number.
#[derive(Clone, Debug)]
enum Event {
    Come {
        n: u64,
        mailbox: usize,
        day: i64,
        id: Option<u8>,
        refs: Vec<u8>,
        subject: u8,
        flags: u32,
        size: u64,
    },
    Go(u64),
    Move(u64, usize),
    Flag(u64, u32),
    Hold(u64),
    Return(u64),
    Copy(u64, u64, usize),
    /// As a comparison with the directory does.
    Recount(usize),
    /// Lists are asked for in between, so that they are kept.
    Look,
}

const SUBJECTS: [&str; 6] = ["x", "Re: x", "AW: Y", "y", "Fwd: x", ""];

fn event() -> impl Strategy<Value = Event> {
    let n = || 0..14u64;
    let m = || 0..3usize;
    let come =
        (n(), m(), 0..50i64, prop::option::of(0..8u8), prop::collection::vec(0..8u8, 0..4), 0..6u8, 0..8u32, 0..9u64);
    let come = come.prop_map(|(n, mailbox, day, id, refs, subject, flags, size)| Event::Come {
        n,
        mailbox,
        day,
        id,
        refs,
        subject,
        flags,
        size,
    });
    prop_oneof![
        10 => come,
        4 => n().prop_map(Event::Go),
        3 => (n(), m()).prop_map(|(n, m)| Event::Move(n, m)),
        3 => (n(), 0..64u32).prop_map(|(n, flags)| Event::Flag(n, flags)),
        1 => n().prop_map(Event::Hold),
        1 => n().prop_map(Event::Return),
        1 => (n(), n(), m()).prop_map(|(n, to, m)| Event::Copy(n, to, m)),
        1 => m().prop_map(Event::Recount),
        2 => Just(Event::Look),
    ]
}

fn new_index() -> (tempfile::TempDir, Index) {
    let dir = tempfile::tempdir().unwrap();
    let index = Index::open(&dir.path().join("index.db")).unwrap();
    index
        .write(|w| {
            MAILBOXES.iter().try_for_each(|(id, account)| {
                let path = MailboxPath(format!("m{id}"));
                let meta = crate::storage::MailboxMeta {
                    server_name: path.0.clone(),
                    path,
                    delimiter: None,
                    role: Some(crate::mail::mailbox::Role::Inbox),
                    selectable: true,
                    subscribed: true,
                };
                let description = Description { id: *id, meta, uid_validity: None, keywords: Default::default() };
                w.put_mailbox(account, &description, Path::new(&format!("{account}/m{id}")))
            })
        })
        .unwrap();
    (dir, index)
}

/// Does what happens, where it can.
fn apply(index: &Index, event: &Event) {
    let stored = |n: u64| index.read(|c| messages::find(c, MessageId(n + 1))).unwrap();
    index
        .write(|w| match event {
            Event::Come { n, mailbox, day, id, refs, subject, flags, size } => {
                let envelope = Envelope {
                    message_id: id.map(|id| format!("m{id}")),
                    references: refs.iter().map(|id| format!("m{id}")).collect(),
                    from: vec![Address { name: format!("Person {}", n % 3), addr: format!("p{}@a.test", n % 4) }],
                    subject: SUBJECTS[usize::from(*subject)].into(),
                    date: Some(day * 86_400),
                    ..Envelope::default()
                };
                w.put(&NewMessage {
                    id: MessageId(n + 1),
                    mailbox: MailboxId(MAILBOXES[*mailbox].0),
                    place: Place::Cur,
                    file_name: "f",
                    uid: None,
                    flags: Flags(*flags),
                    server_flags: Flags(*flags),
                    arrival: 0,
                    size: *size,
                    summary: &Summary { envelope, attachments: u32::try_from(n % 2).unwrap(), ..Summary::default() },
                })
            }
            Event::Go(n) => stored(*n).map_or(Ok(()), |old| w.take(&old)),
            Event::Move(n, to) => stored(*n)
                .map_or(Ok(()), |old| w.set_place(&old, MailboxId(MAILBOXES[*to].0), old.place, &old.file_name)),
            Event::Flag(n, flags) => {
                stored(*n).map_or(Ok(()), |old| w.set_flags(&old, "f", Flags(*flags), Flags(*flags)))
            }
            Event::Hold(n) => stored(*n).map_or(Ok(()), |old| w.set_place(&old, old.mailbox, Place::Held, "f")),
            Event::Return(n) => stored(*n).map_or(Ok(()), |old| w.set_place(&old, old.mailbox, Place::Cur, "f")),
            Event::Copy(n, to, mailbox) => match (stored(*n), stored(*to)) {
                (Some(old), None) => w.copy(&old, MessageId(to + 1), MailboxId(MAILBOXES[*mailbox].0), Place::Cur, "f"),
                _ => Ok(()),
            },
            Event::Recount(mailbox) => w.recount(MAILBOXES[*mailbox].0),
            Event::Look => Ok(()),
        })
        .unwrap();
}

/// A message as the index has it.
#[derive(Clone, Debug)]
struct Stored {
    id: u64,
    mailbox: i64,
    thread: i64,
    date: i64,
    flags: Flags,
    listed: bool,
    size: i64,
    sender: String,
    subject: String,
    attached: bool,
    ties: Ties,
}

fn all(index: &Index) -> Vec<Stored> {
    index
        .read(|c| {
            let mut statement = c.prepare(
                "SELECT m.id, mailbox, thread, date, flags, place <> 1, size, people, subject, attachments > 0, \
                 message_id, refs, b.account FROM message m JOIN mailbox b ON b.id = mailbox ORDER BY m.id",
            )?;
            let rows = statement.query_map([], |row| {
                let (in_reply_to, references) = threads::references(row.get::<_, Option<String>>(11)?.as_deref());
                let subject: String = row.get(8)?;
                let (own, account): (Option<String>, String) = (row.get(10)?, row.get(12)?);
                let from = messages::from_of(&row.get::<_, String>(7)?);
                Ok(Stored {
                    id: row.get::<_, i64>(0)?.unsigned_abs(),
                    mailbox: row.get(1)?,
                    thread: row.get(2)?,
                    date: row.get(3)?,
                    flags: Flags(row.get(4)?),
                    listed: row.get(5)?,
                    size: row.get(6)?,
                    sender: brief::sender(&from.into_iter().collect::<Vec<_>>()),
                    attached: row.get(9)?,
                    ties: Ties::of(&account, own.as_deref(), &in_reply_to, &references, &subject),
                    subject,
                })
            })?;
            Ok(rows.collect::<rusqlite::Result<_>>()?)
        })
        .unwrap()
}

fn query(of: Query, threaded: bool, sort: Sort, filter: Filter) -> ListQuery {
    ListQuery { of, threaded, sort, filter }
}

/// Every list that is compared.
fn queries() -> Vec<ListQuery> {
    let mut all = Vec::new();
    let filters = [
        Filter::default(),
        Filter { unread: true, ..Filter::default() },
        Filter { starred: true, attachment: true, ..Filter::default() },
        Filter { text: "person  X".into(), ..Filter::default() },
    ];
    for of in [Query::Mailbox(MailboxId(1)), Query::AllInboxes] {
        for threaded in [false, true] {
            for by in [SortBy::Date, SortBy::Sender, SortBy::Subject, SortBy::Size] {
                for ascending in [false, true] {
                    for filter in &filters {
                        all.push(query(of.clone(), threaded, Sort { by, ascending }, filter.clone()));
                    }
                }
            }
        }
    }
    all
}

/// The conversations or messages of a list as it must be: (mailbox, conversation or message), and what is summed up.
type Expected = Vec<((i64, u64), [u64; 3])>;

fn expected(stored: &[Stored], query: &ListQuery) -> Expected {
    let here = |m: &&Stored| m.listed && (query.of == Query::AllInboxes || m.mailbox == 1);
    let mut groups: BTreeMap<(i64, u64), Vec<&Stored>> = BTreeMap::new();
    for message in stored.iter().filter(here) {
        let row = if query.threaded { message.thread.unsigned_abs() } else { message.id };
        groups.entry((message.mailbox, row)).or_default().push(message);
    }
    let filter = query.filter.normal();
    groups.retain(|_, group| {
        let some = |is: &dyn Fn(&Stored) -> bool| group.iter().any(|m| is(m));
        (!filter.unread || some(&|m| !m.flags.contains(Flags::SEEN)))
            && (!filter.starred || some(&|m| m.flags.contains(Flags::FLAGGED)))
            && (!filter.attachment || some(&|m| m.attached))
            && (filter.text.is_empty() || some(&|m| filter.has_words(&m.sender, &m.subject.to_lowercase())))
    });
    let mut rows: Vec<_> = groups
        .into_iter()
        .map(|(at, group)| {
            let newest = *group.iter().max_by_key(|m| (m.date, m.id)).unwrap();
            let count = |is: fn(&&&Stored) -> bool| group.iter().filter(is).count() as u64;
            let unread = count(|m| !m.flags.contains(Flags::SEEN));
            let starred = count(|m| m.flags.contains(Flags::FLAGGED));
            (newest, at, [group.len() as u64, unread, starred])
        })
        .collect();
    rows.sort_by(|(a, at, _), (b, bt, _)| {
        let text = |m: &Stored| match query.sort.by {
            SortBy::Sender => m.sender.clone(),
            SortBy::Subject => thread::subject::sort_key(&m.subject),
            _ => String::new(),
        };
        let size = |m: &Stored| if query.sort.by == SortBy::Size { m.size } else { 0 };
        let by = (text(a), size(a)).cmp(&(text(b), size(b)));
        let newest_first = (b.date, bt.1, bt.0).cmp(&(a.date, at.1, at.0));
        match (query.sort.by, query.sort.ascending) {
            (SortBy::Date, true) => newest_first.reverse(),
            (_, true) => by.then(newest_first),
            (_, false) => by.reverse().then(newest_first),
        }
    });
    rows.into_iter().map(|(_, at, sums)| (at, sums)).collect()
}

fn shown(row: &ListRow) -> ((i64, u64), [u64; 3]) {
    let starred = u64::from(row.row.flags.contains(Flags::FLAGGED));
    let unread = u64::from(!row.row.flags.contains(Flags::SEEN));
    match &row.conversation {
        None => ((row.row.mailbox.0, row.row.id.0), [1, unread, starred]),
        Some(summed) => {
            let at = (row.row.mailbox.0, summed.thread.unsigned_abs());
            (at, [summed.total, summed.unread, summed.starred])
        }
    }
}

/// A conversation stands for its newest message; of several mailboxes ties are not told apart by anything that lasts.
fn assert_lists(index: &Index) {
    let stored = all(index);
    for query in queries() {
        let whole = list::with(index, &query, None, |list| list.page(0..u64::MAX)).unwrap();
        let expected = expected(&stored, &query);
        let found: Expected = whole.rows.iter().map(shown).collect();
        assert_eq!(found, expected, "{query:?}");
        assert_eq!(whole.total, expected.len() as u64, "{query:?}");
        let part = list::with(index, &query, None, |list| list.page(1..3)).unwrap();
        let middle: Expected = part.rows.iter().map(shown).collect();
        assert_eq!(middle, expected.iter().skip(1).take(2).copied().collect::<Expected>(), "{query:?}");
        for (row, at) in whole.rows.iter().zip(0u64..) {
            let position = list::with(index, &query, None, |list| list.position(row.row.id)).unwrap();
            assert_eq!(position, Some(at), "{query:?}");
        }
        if query.sort.by == SortBy::Date {
            let date = 20 * 86_400;
            let is_before =
                |row: &&ListRow| if query.sort.ascending { row.row.date < date } else { row.row.date > date };
            let before = whole.rows.iter().filter(is_before).count() as u64;
            assert_eq!(list::with(index, &query, None, |list| list.position_of_date(date)).unwrap(), before);
        }
    }
}

/// The conversations of the index are those of its messages, whatever happened before.
fn assert_conversations(index: &Index) {
    let stored = all(index);
    let members: Vec<Member> =
        stored.iter().map(|m| Member { key: (m.date, i64::try_from(m.id).unwrap()), ties: m.ties.clone() }).collect();
    let scratch = thread::conversations(&members);
    for (a, x) in stored.iter().zip(&scratch) {
        for (b, y) in stored.iter().zip(&scratch) {
            assert_eq!(a.thread == b.thread, x == y, "{a:?}\n{b:?}");
        }
    }
    let count = |sql: &str| index.read(|c| Ok(c.query_row(sql, [], |row| row.get::<_, i64>(0))?)).unwrap();
    let nodes: usize = stored.iter().map(|m| m.ties.nodes().collect::<BTreeSet<_>>().len()).sum();
    assert_eq!(count("SELECT count(*) FROM link"), i64::try_from(nodes).unwrap());
    let topics = stored.iter().filter(|m| m.ties.topic.is_some()).count();
    assert_eq!(count("SELECT count(*) FROM topic"), i64::try_from(topics).unwrap());
    assert_eq!(count("SELECT count(*) FROM brief"), i64::try_from(stored.len()).unwrap());
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(40))]
    #[test]
    fn what_is_kept_is_what_would_be_made_from_scratch(events in prop::collection::vec(event(), 1..60)) {
        let (_dir, index) = new_index();
        for event in &events {
            apply(&index, event);
            if matches!(event, Event::Look) {
                assert_lists(&index);
            }
        }
        assert_conversations(&index);
        assert_lists(&index);
        index.write(|w| w.take_mailbox(MailboxId(1))).unwrap();
        assert_conversations(&index);
    }
}

fn come(n: u64, id: u8, refs: &[u8], mailbox: usize) -> Event {
    let day = i64::try_from(n % 40).unwrap();
    Event::Come { n, mailbox, day, id: Some(id), refs: refs.to_vec(), subject: 0, flags: 0, size: 1 }
}

#[test]
fn a_missing_link_joins_two_mailboxes_and_its_going_parts_them() {
    let (_dir, index) = new_index();
    apply(&index, &come(0, 1, &[], 0));
    apply(&index, &come(1, 3, &[2], 0));
    index.take_renumbered();
    let threaded = query(Query::Mailbox(MailboxId(1)), true, Sort::default(), Filter::default());
    let rows = || list::with(&index, &threaded, None, |list| list.page(0..10)).unwrap().rows.len();
    assert_eq!(rows(), 2);
    // In Sent.
    apply(&index, &come(2, 2, &[1], 1));
    assert_eq!(rows(), 1);
    assert_eq!(index.take_renumbered(), BTreeSet::from([1]));
    let opened = index.read(|c| conversation::open(c, MessageId(1), 0..10)).unwrap().unwrap();
    assert_eq!(opened.messages.iter().map(|m| m.row.mailbox.0).collect::<Vec<_>>(), [1, 1, 2]);
    apply(&index, &Event::Go(2));
    assert_eq!(rows(), 2);
    assert_eq!(index.take_renumbered(), BTreeSet::from([1]));
}

#[test]
fn a_large_conversation_is_parted_only_where_it_comes_apart() {
    let (_dir, index) = new_index();
    // Two of a hundred, tied by one message only.
    for n in 0..100 {
        apply(&index, &Event::Come { n, mailbox: 0, day: 1, id: None, refs: vec![1], subject: 5, flags: 0, size: 1 });
        let n = n + 200;
        apply(&index, &Event::Come { n, mailbox: 0, day: 1, id: None, refs: vec![2], subject: 5, flags: 0, size: 1 });
    }
    apply(&index, &come(500, 3, &[1, 2], 0));
    let threads = || all(&index).iter().map(|m| m.thread).collect::<BTreeSet<_>>().len();
    assert_eq!(threads(), 1);
    apply(&index, &Event::Go(0));
    assert_eq!(threads(), 1);
    apply(&index, &Event::Go(500));
    assert_eq!(threads(), 2);
    assert_conversations(&index);
}

#[test]
fn copies_are_shown_once_and_a_stolen_message_id_hides_nothing() {
    let (_dir, index) = new_index();
    apply(&index, &come(0, 1, &[], 0));
    apply(&index, &Event::Copy(0, 1, 1));
    // Another with its Message-ID, by somebody else.
    apply(&index, &come(2, 1, &[], 0));
    let opened = index.read(|c| conversation::open(c, MessageId(2), 0..10)).unwrap().unwrap();
    assert_eq!(opened.total, 2);
    let places: Vec<Vec<u64>> = opened.messages.iter().map(|m| m.places.iter().map(|p| p.id.0).collect()).collect();
    assert_eq!(places, [vec![2, 1], vec![3]]);
    assert_eq!(index.read(|c| conversation::open(c, MessageId(1), 1..2)).unwrap().unwrap().messages.len(), 1);
    let all = index.read(|c| list::conversations_of(c, &[MessageId(1)])).unwrap();
    assert_eq!(all, [MessageId(1), MessageId(3)]);
}
