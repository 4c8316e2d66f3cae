use super::*;
use clap::CommandFactory;

fn parse(line: &[&str]) -> Result<Arguments, clap::Error> {
    Arguments::try_parse_from(std::iter::once("postwren").chain(line.iter().copied()))
}

#[test]
fn the_definition_is_consistent() {
    Arguments::command().debug_assert();
}

#[test]
fn the_command_line_of_the_manual_is_understood() {
    let add = |rest: &str| {
        let line = format!("account add --name a --email a@a.test --user a --smtp smtp://h:587 {rest}");
        parse(&line.split(' ').collect::<Vec<_>>()).map(drop)
    };
    assert!(add("--imap imaps://h --password-stdin").is_ok());
    assert!(add("--imap imap://h?security=none --password-command pass --ca ca.pem --auth xoauth2").is_ok());
    assert!(add("--pop3 pop3s://h:995 --password-stdin --pop3-keep 30 --person Ada").is_ok());
    for line in [
        "account list --json",
        "account check ada",
        "account set ada --offline headers",
        "account set ada --offline 12 --pin Lists --pin Work --unpin Old --connections 5",
        "account set ada --removals carry",
        "account remove ada",
        "settings",
        "settings --verify-senders on --metered never --undo-seconds 20 --json",
        "sync",
        "sync ada pop --json",
        "sync --watch",
        "mailboxes",
        "mailboxes ada --json",
        "mailbox create ada/New",
        "mailbox rename ada/New ada/Projects/New",
        "mailbox delete ada/Projects/New",
        "mailbox empty ada/Trash",
        "mailbox subscribe ada/New",
        "mailbox unsubscribe ada/New",
        "queue",
        "queue --json",
        "queue list --json",
        "queue retry 7",
        "queue cancel 7",
        "undo",
        "undo --list --json",
        "list ada/INBOX --limit 5 --json",
        "show 0123456789abc --raw",
        "show 0123456789abc",
        "flag 0123456789abc ff +seen -flagged",
        "flag -flagged 0123456789abc",
        "move a b ada/Archive",
        "copy a ada/Archive",
        "delete a b c",
        "send",
        "send -",
        "send --account ada --queue message.eml",
        "outbox",
        "outbox --json",
        "outbox retry 3",
        "outbox cancel 3",
        "outbox send",
        "outbox send ada",
        "outbox at 3 +2h",
        "outbox sent 3",
        "send --later 18:00 --report -",
        "transcript ada --json",
        "doctor --rebuild-index",
        "--profile /tmp/p list ada/INBOX",
        "list ada/INBOX --profile /tmp/p",
        "--demo sync",
    ] {
        let words: Vec<_> = line.split(' ').collect();
        let arguments = parse(&words).unwrap_or_else(|error| panic!("{line}: {error}"));
        assert!(arguments.command.is_some(), "{line}");
    }
}

#[test]
fn misuse_is_told_from_use() {
    for line in [
        "account add --name a --email a@a.test --user a --smtp smtp://h --password-stdin",
        "account add --name a --email a@a.test --user a --smtp smtp://h --imap imap://h",
        "account add --name a --email a@a.test --user a --smtp smtp://h --imap imap://h --pop3 pop3://h --password-stdin",
        "account add --name a --email a@a.test --user a --smtp smtp://h --imap imap://h --password-stdin --password-command x",
        "account add --name a --email a@a.test --user a --smtp smtp://h --imap imap://h --password-stdin --pop3-keep 3",
        "account add --name a/b --email a@a.test --user a --smtp smtp://h --imap imap://h --password-stdin",
        "account add --name a --email a@a.test --user a --smtp imap://h --imap imap://h --password-stdin",
        "account",
        "account set ada",
        "account set ada --offline some",
        "account set ada --connections 1000",
        "list",
        "list ada",
        "list ada/INBOX --limit x",
        "show",
        "show nothex",
        "show a --raw --text",
        "flag",
        "flag a +shiny",
        "move a",
        "delete",
        "outbox retry",
        "outbox retry x",
        "outbox at 3",
        "send --queue --later 18:00 -",
        "outbox --json cancel 3",
        "sync --accept-removals",
        "--demo --profile /tmp/p sync",
        "--no-such-option",
    ] {
        let words: Vec<_> = line.split(' ').collect();
        match parse(&words) {
            Ok(arguments) => panic!("{line}: {arguments:?}"),
            Err(error) => assert_eq!(error.exit_code(), 2, "{line}"),
        }
    }
}

#[test]
fn negative_flags_are_words_not_options() {
    let arguments = parse(&["flag", "ff", "+seen", "-flagged", "-answered"]).expect("arguments");
    let mut command = arguments.command.expect("a command");
    assert!(command.prepare().is_ok());
    let mut command = parse(&["flag", "ff"]).expect("arguments").command.expect("a command");
    assert!(matches!(command.prepare(), Err(Failure::Usage(_))));
}

#[test]
fn without_a_command_the_window_opens() {
    assert!(parse(&[]).expect("arguments").command.is_none());
    let open = |word: &str| parse(&[word]).expect("arguments").open();
    let mailto = "MAILTO:ada@lovelace.example?subject=x";
    assert_eq!(open(mailto), Ok(Some(Open::Mailto(mailto.into()))));
    assert!(matches!(open("snyc"), Err(Failure::Usage(_))), "a mistyped command is no file");
    let file = tempfile::Builder::new().suffix(".eml").tempfile().expect("a file");
    assert_eq!(open(&file.path().display().to_string()), Ok(Some(Open::Message(file.path().into()))));
}
