//! How the cost of a first download and of nothing new grows: with the messages of an account, with its mailboxes,
//! with accounts. Time, processor and memory are printed; memory is to stay flat.
//!
//! `cargo bench --bench scale -- [messages MAILBOXES EACH] [mailboxes COUNT] [accounts COUNT EACH]`, as root, with
//! dovecot-imapd and openssl installed. The messages are small, and on the server names of a few files.

mod clients;
mod dovecot;
mod measure;
mod program;

use clients::Postwren;
use dovecot::Dovecot;

fn main() {
    let mut arguments: Vec<String> = std::env::args().skip(1).filter(|a| !a.starts_with('-')).collect();
    if arguments.is_empty() {
        let all = "messages 1 10000 messages 1 100000 messages 10 10000 mailboxes 5000 accounts 20 1000";
        arguments = all.split(' ').map(String::from).collect();
    }
    let mut words = arguments.into_iter();
    let number = |word: Option<String>| word.and_then(|w| w.parse::<usize>().ok()).expect("a number");
    while let Some(word) = words.next() {
        match word.as_str() {
            "messages" => messages(number(words.next()), number(words.next())),
            "mailboxes" => mailboxes(number(words.next())),
            "accounts" => accounts(number(words.next()), number(words.next())),
            other => panic!("{other}?"),
        }
    }
}

/// Mailboxes of so many messages.
fn messages(count: usize, each: usize) {
    let server = Dovecot::start();
    for i in 0..count {
        server.fill_small(&mailbox(i), each);
    }
    let all = format!("{count} mailboxes of {each} messages");
    measure(&all, &Postwren::new(&server), count * each);
}

/// Mailboxes of one message.
fn mailboxes(count: usize) {
    let server = Dovecot::start();
    for i in 0..count {
        server.fill_small(&mailbox(i), 1);
    }
    measure(&format!("{count} mailboxes of one message"), &Postwren::new(&server), count);
}

/// Accounts with so many messages.
fn accounts(count: usize, each: usize) {
    let server = Dovecot::start();
    server.fill_small("INBOX", each);
    let postwren = Postwren::with_accounts(&server, count);
    measure(&format!("{count} accounts of {each} messages"), &postwren, count * each);
}

fn mailbox(i: usize) -> String {
    if i == 0 { "INBOX".into() } else { format!("box{i:05}") }
}

fn measure(what: &str, postwren: &Postwren, expected: usize) {
    println!("{what}: first download  {}", postwren.sync());
    assert_eq!(postwren.messages(), expected, "messages on disk");
    println!("{what}: nothing new     {}", postwren.sync());
    println!("{what}: nothing new     {}; databases {:.0} MB", postwren.sync(), postwren.databases());
}
