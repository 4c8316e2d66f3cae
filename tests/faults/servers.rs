//! F11: servers that forget. New UIDVALIDITY, UIDs that mean another message, mailboxes and messages that are gone
//! for a session and back: nothing is removed here for it without a word, and nothing is fetched or filed twice.

use crate::scene::finish;
use crate::tally::Tally;
use crate::world::{ADA, World, message, note};
use postwren::demo::Fault;
use postwren::mail::account::Protocol;

/// Enough for a loss to be asked about; in a small mailbox what a server lost may go, and comes back with it.
const MANY: usize = 60;
const FEW: usize = 8;

/// What a server does of which it knows nothing the next time.
type Lapse = (&'static str, fn(&World));

const LAPSES: [Lapse; 10] = [
    ("new UIDVALIDITY", |world| world.server.renumber(ADA, "INBOX", 4711)),
    ("UIDVALIDITY goes back", |world| world.server.renumber(ADA, "INBOX", 1)),
    ("the largest UIDVALIDITY", |world| world.server.renumber(ADA, "INBOX", u32::MAX)),
    ("no mailboxes", |world| world.server.fault(Fault::on(Protocol::Imap, "LIST").reply("{tag} OK none\r\n"))),
    ("no Inbox", |world| {
        let list = "* LIST (\\HasNoChildren) \"/\" Archive\r\n{tag} OK that is all\r\n";
        world.server.fault(Fault::on(Protocol::Imap, "LIST").reply(list));
    }),
    ("an empty Inbox", |world| {
        let validity = world.server.mailbox(ADA, "INBOX").expect("the Inbox").uid_validity;
        let select = format!(
            "* FLAGS (\\Seen \\Deleted)\r\n* 0 EXISTS\r\n* 0 RECENT\r\n* OK [UIDVALIDITY {validity}] ok\r\n\
             * OK [UIDNEXT 1] ok\r\n{{tag}} OK [READ-WRITE] selected\r\n"
        );
        world.server.fault(Fault::on(Protocol::Imap, "SELECT").containing("INBOX").reply(select));
        // Something to look for.
        world.server.deliver(ADA, "INBOX", message(900).as_bytes());
    }),
    ("an empty Inbox with another UIDVALIDITY", |world| {
        let select = "* FLAGS (\\Seen \\Deleted)\r\n* 0 EXISTS\r\n* OK [UIDVALIDITY 99] ok\r\n\
             * OK [UIDNEXT 1] ok\r\n{tag} OK [READ-WRITE] selected\r\n";
        world.server.fault(Fault::on(Protocol::Imap, "SELECT").containing("INBOX").reply(select));
        world.server.deliver(ADA, "INBOX", message(900).as_bytes());
    }),
    ("messages that cannot be found", |world| {
        world.server.fault(Fault::on(Protocol::Imap, "UID FETCH").reply("{tag} OK none\r\n"));
        world.server.deliver(ADA, "INBOX", message(900).as_bytes());
    }),
    ("a search that finds nothing", |world| {
        world.server.fault(Fault::on(Protocol::Imap, "UID SEARCH").reply("* SEARCH\r\n{tag} OK none\r\n"));
        world.server.deliver(ADA, "INBOX", message(900).as_bytes());
    }),
    ("a mailbox that cannot be opened", |world| {
        world.server.fault(Fault::on(Protocol::Imap, "SELECT").containing("INBOX").status("NO [NONEXISTENT] gone"));
        world.server.deliver(ADA, "INBOX", message(900).as_bytes());
    }),
];

async fn lapse(messages: usize, what: fn(&World)) -> Result<bool, String> {
    let world = World::imap(Vec::new()).await;
    (0..messages).for_each(|n| world.deliver(ADA, n));
    world.synchronise().await;
    let before = world.here("INBOX").await;
    assert_eq!(before.len(), messages);
    what(&world);
    let told = world.try_synchronise().await;
    // Where the mailbox itself is no longer listed it may wait to be shown again; its files stay.
    for (subject, count) in world.here_or_nothing("INBOX").await.unwrap_or_else(|| before.clone()) {
        if count != 1 {
            return Err(format!("doubled: {count} times {subject}, {told:?}"));
        }
    }
    if messages == MANY
        && let Some(here) = world.here_or_nothing("INBOX").await
        && !before.keys().all(|subject| here.contains_key(subject))
    {
        return Err(format!("lost for a lapse of the server: {} are left, {told:?}", here.len()));
    }
    world.server.clear_faults();
    world.later(3600);
    finish(&world).await?;
    let here = world.here("INBOX").await;
    if (0..messages).any(|n| here.get(&note(n)) != Some(&1)) {
        return Err(format!("lost or doubled in the end: {here:?}"));
    }
    match world.disagreement().await {
        Some(what) => Err(what),
        None => Ok(false),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn servers_that_forget() {
    let mut tally = Tally::default();
    for (name, what) in LAPSES {
        for messages in [MANY, FEW] {
            match lapse(messages, what).await {
                Ok(unknown) => tally.well(true, unknown),
                Err(what) => tally.wrong(true, format!("{name}, {messages} messages: {what}")),
            }
        }
    }
    tally.report("F11 servers that forget");
}
