//! The program as scripts meet it: exit statuses, help, output that is cut off, and a demo to try all on.

mod support;

use std::io::{BufRead, BufReader};
use support::program::Program;

#[test]
fn everything_has_a_help_text() {
    let program = Program::new();
    for command in [
        &[][..],
        &["account"],
        &["account", "add"],
        &["account", "list"],
        &["account", "check"],
        &["account", "remove"],
        &["sync"],
        &["mailboxes"],
        &["list"],
        &["show"],
        &["flag"],
        &["move"],
        &["copy"],
        &["delete"],
        &["send"],
        &["outbox"],
        &["outbox", "retry"],
        &["outbox", "cancel"],
        &["transcript"],
        &["doctor"],
        &["import"],
    ] {
        let help = program.bare(&[command, &["--help"]].concat()).done();
        assert!(help.contains("Usage: postwren"), "{command:?}: {help}");
    }
    assert!(program.bare(&["--version"]).done().starts_with("postwren "));
}

#[test]
fn misuse_is_exit_status_2() {
    let program = Program::new();
    for command in [
        &["snyc"][..],
        &["--no-such-option"],
        &["list", "no-slash"],
        &["show", "nothex"],
        &["flag", "00ff", "+shiny"],
        &["flag", "00ff"],
        &["flag", "00ff", "+seen", "-seen"],
        &["account", "add", "--name", "x"],
        &["outbox", "retry", "x"],
    ] {
        program.run(command).failed(2);
    }
    let said = program.run(&["snyc"]).failed(2);
    assert!(said.contains("“snyc” is no command"), "{said}");
    assert!(!program.profile().exists(), "misuse touches nothing");
}

#[test]
fn what_cannot_be_read_is_named_before_anything_is_done() {
    let program = Program::new();
    let said = program.run(&["send", "no-such-file.eml"]).failed(1);
    assert!(said.contains("no-such-file.eml"), "{said}");
    program.with_input(&["send"], "").failed(1);
    let add = ["account", "add", "--name", "a", "--email", "a@a.test", "--user", "a", "--imap", "imaps://h"];
    let more = ["--smtp", "smtps://h", "--password-stdin"];
    let said = program.with_input(&[&add[..], &more].concat(), "\n").failed(1);
    assert!(said.contains("password"), "{said}");
    let said = program.with_input(&[&add[..], &more, &["--ca", "no-such.pem"]].concat(), "pw\n").failed(1);
    assert!(said.contains("no-such.pem"), "{said}");
    assert!(!program.profile().exists());
}

#[test]
fn an_empty_profile_says_what_to_do_first() {
    let program = Program::new();
    assert_eq!(program.run(&["account", "list", "--json"]).json().len(), 0);
    let said = program.run(&["sync"]).failed(1);
    assert!(said.contains("postwren account add"), "{said}");
    let said = program.run(&["account", "check", "ada"]).failed(1);
    assert!(said.contains("ada"), "{said}");
    program.run(&["list", "ada/INBOX"]).failed(1);
    program.run(&["show", "0123456789abc"]).failed(1);
    program.run(&["outbox", "cancel", "1"]).failed(1);
    assert_eq!(program.run(&["outbox", "--json"]).json().len(), 0);
}

#[test]
fn an_account_is_added_changed_listed_and_removed() {
    let program = Program::new();
    let add = |smtp: &str| {
        let arguments = ["account", "add", "--name", "ada", "--email", "ada@lovelace.example", "--user", "ada"];
        let more = ["--pop3", "pop3s://mail.example.org", "--pop3-keep", "30", "--smtp", smtp, "--password-stdin"];
        program.with_input(&[&arguments[..], &more].concat(), "open sesame\n")
    };
    let ran = add("smtp://mail.example.org?security=none");
    assert!(ran.err.contains("without encryption"), "{ran:?}");
    assert!(ran.err.contains("0600"), "where the password went is told: {ran:?}");
    assert!(ran.done().starts_with("Added"));
    assert!(add("smtps://mail.example.org").done().starts_with("Changed"));
    let list = program.run(&["account", "list", "--json"]).json();
    assert_eq!(list.len(), 1);
    assert_eq!(list[0]["outgoing"], "smtps://mail.example.org:465");
    assert_eq!(list[0]["pop3_keep"], 30);
    let settings = std::fs::read_to_string(program.profile().join("settings.toml")).expect("settings");
    assert!(!settings.contains("open sesame"), "{settings}");
    program.run(&["account", "remove", "ada"]).done();
    assert_eq!(program.run(&["account", "list", "--json"]).json().len(), 0);
    program.run(&["account", "remove", "ada"]).failed(1);
}

#[test]
fn a_demo_can_be_tried_from_the_command_line() {
    let program = Program::new();
    let ran = program.bare(&["--demo", "mailboxes", "--json"]);
    assert!(ran.err.contains("demo"), "it is honest about it: {ran:?}");
    let mailboxes = ran.json();
    let inboxes: Vec<_> = mailboxes.iter().filter(|m| m["role"] == "inbox").collect();
    assert_eq!(inboxes.len(), 2, "{mailboxes:?}");
    assert!(inboxes.iter().all(|m| m["total"].as_u64() > Some(0)), "{inboxes:?}");

    let list = program.bare(&["--demo", "list", "ada@lovelace.example/INBOX", "--json"]).json();
    assert!(list.len() > 10, "{}", list.len());
    let limited = program.bare(&["--demo", "list", "ada@lovelace.example/INBOX", "--limit", "3", "--json"]).json();
    assert_eq!(limited.len(), 3);
    let said = program.bare(&["--demo", "sync"]).done();
    assert_eq!(said.lines().count(), 2, "one line for each account: {said}");
    assert!(!program.profile().exists());
}

#[test]
fn a_demos_dialogue_is_shown_with_its_words_and_without_its_password() {
    let program = Program::new();
    let said = program.bare(&["--demo", "transcript"]).done();
    for greeting in ["* OK [CAPABILITY", "+OK Postwren demo server, for this computer only"] {
        assert!(said.contains(greeting), "{greeting}: {said}");
    }
    assert!(said.contains("…"), "what proves who the person is is left out: {said}");
    assert!(!said.contains("k7-Wm4q-Zt9x"), "{said}");
}

#[test]
fn a_demo_sends_between_its_accounts() {
    let program = Program::new();
    let file = program.home().join("message.eml");
    let text = "From: ada@lovelace.example\nTo: ada@pop.example\nSubject: across\n\nhello\n";
    std::fs::write(&file, text).expect("a file");
    let sent = program.bare(&["--demo", "send", file.to_str().expect("UTF-8")]).done();
    assert!(sent.contains("1 recipient"), "{sent}");
    let refused = text.replace("ada@pop.example", "somebody@elsewhere.example");
    std::fs::write(&file, refused).expect("a file");
    program.bare(&["--demo", "send", file.to_str().expect("UTF-8")]).failed(1);
}

#[test]
fn a_demo_leaves_no_directory_behind() {
    let program = Program::new();
    let temp = program.home().join("tmp");
    std::fs::create_dir(&temp).expect("a directory");
    let mut command = program.command(&["--demo", "mailboxes"]);
    let status = command.env("TMPDIR", &temp).status().expect("its end");
    assert!(status.success());
    assert_eq!(std::fs::read_dir(&temp).expect("a directory").count(), 0);
}

#[test]
fn a_reader_that_goes_away_is_no_failure() {
    let program = Program::new();
    let mut command = program.command(&["--demo", "list", "ada@lovelace.example/INBOX"]);
    let mut child = command.spawn().expect("the program starts");
    let mut line = String::new();
    BufReader::new(child.stdout.take().expect("its output")).read_line(&mut line).expect("a line");
    // The pipe is closed here, as `head -1` closes it.
    let output = child.wait_with_output().expect("its end");
    assert!(line.starts_with("ID"), "{line}");
    assert!(output.status.success(), "{output:?}");
    assert!(!String::from_utf8_lossy(&output.stderr).contains("panicked"), "{output:?}");
}

#[test]
fn a_watch_ends_cleanly_with_ctrl_c() {
    let program = Program::new();
    let temp = program.home().join("tmp");
    std::fs::create_dir(&temp).expect("a directory");
    let mut child = program.command(&["--demo", "sync", "--watch"]).env("TMPDIR", &temp).spawn().expect("it starts");
    let mut lines = BufReader::new(child.stdout.take().expect("its output")).lines();
    let in_step = lines.by_ref().map_while(Result::ok).find(|line| line.contains("in step"));
    assert!(in_step.is_some(), "it never was in step with a server: {:?}", child.wait_with_output());
    let pid = rustix::process::Pid::from_child(&child);
    rustix::process::kill_process(pid, rustix::process::Signal::INT).expect("a signal");
    lines.for_each(drop);
    let output = child.wait_with_output().expect("its end");
    assert!(output.status.success(), "{output:?}");
    assert_eq!(std::fs::read_dir(&temp).expect("a directory").count(), 0, "the demo cleans up");
}

#[cfg(unix)]
#[test]
fn too_few_file_descriptors_are_told_in_words() {
    let profile = tempfile::tempdir().expect("a directory");
    let run = |limit: u32| {
        let script = format!("ulimit -n {limit}; exec \"$0\" --profile \"$1\" account list");
        let program = env!("CARGO_BIN_EXE_postwren");
        let mut command = std::process::Command::new("sh");
        command.args(["-c", &script, program]).arg(profile.path()).output().expect("sh")
    };
    for limit in [10, 20, 40] {
        let output = run(limit);
        let said = String::from_utf8_lossy(&output.stderr).into_owned();
        assert_eq!(output.status.code(), Some(1), "{limit}: {said}");
        assert!(said.contains("ulimit -n") && !said.contains("panicked"), "{limit}: {said}");
    }
    assert_eq!(run(256).status.code(), Some(0));
}
