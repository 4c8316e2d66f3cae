//! The house stands: arrows between floors go down only, files have a size that can be read, and
//! views spell no words. See `src/lib.rs` for the floors.

use std::collections::BTreeSet;
use std::path::{Path, PathBuf};

/// Which floors a floor may look at, besides itself.
fn below(floor: &str) -> Option<&'static [&'static str]> {
    Some(match floor {
        "mail" => &[],
        "protocol" | "render" | "storage" | "demo" => &["mail"],
        "service" => &["protocol", "render", "storage", "mail"],
        // Words for the service's plain values, and never asked by it.
        "i18n" => &["service", "mail"],
        "cli" | "gui" => &["service", "i18n", "mail", "demo"],
        // Parses arguments and hands the service to a face.
        "main" => &["cli", "gui", "i18n", "render", "service"],
        "lib" => &["cli", "demo", "gui", "i18n", "mail", "protocol", "render", "service", "storage"],
        _ => return None,
    })
}

/// The longest file, tests included.
const MAX_LINES: usize = 800;

fn rust_files(directory: &Path, found: &mut Vec<PathBuf>) {
    let entries = std::fs::read_dir(directory).unwrap_or_else(|error| panic!("{}: {error}", directory.display()));
    for path in entries.map(|entry| entry.expect("an entry").path()) {
        if path.is_dir() {
            rust_files(&path, found);
        } else if path.extension().is_some_and(|extension| extension == "rs") {
            found.push(path);
        }
    }
}

/// Every Rust file below a directory of the package, with its path relative to it and its text.
fn sources(directory: &str) -> Vec<(String, String)> {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join(directory);
    let mut paths = Vec::new();
    rust_files(&root, &mut paths);
    assert!(!paths.is_empty(), "no sources in {}", root.display());
    paths.sort();
    let relative = |path: &Path| path.strip_prefix(&root).expect("below the root").display().to_string();
    paths.iter().map(|path| (relative(path), std::fs::read_to_string(path).expect("text"))).collect()
}

/// The floor that a file below `src` is on.
fn floor_of(path: &str) -> &str {
    path.split('/').next().unwrap_or(path).trim_end_matches(".rs")
}

/// Whether all of the file is compiled for tests only.
fn is_test(path: &str) -> bool {
    path.split('/').any(|part| matches!(part, "tests" | "tests.rs" | "testing" | "testing.rs"))
}

/// The text without comments; what stands in strings stays.
fn without_comments(text: &str) -> String {
    text.lines().filter(|line| !line.trim_start().starts_with("//")).collect::<Vec<_>>().join("\n")
}

/// The part of a file before its test module, and the rest.
fn split_tests(text: &str) -> (&str, &str) {
    text.find("#[cfg(test)]\nmod ").map_or((text, ""), |at| text.split_at(at))
}

/// The floors that a text looks at: what follows `crate::` (or the library's own name), in groups too.
fn looked_at(text: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    for root in ["crate::", "postwren::"] {
        for (at, _) in text.match_indices(root) {
            let before = text[..at].chars().next_back();
            if before.is_some_and(|c| c.is_alphanumeric() || c == '_') {
                continue;
            }
            let after = &text[at + root.len()..];
            match after.strip_prefix('{') {
                Some(group) => found.extend(heads_of_group(group)),
                None => found.extend(identifier(after)),
            }
        }
    }
    // The macro for words lies at the crate's root.
    if found.remove("fl") {
        found.insert("i18n".into());
    }
    found
}

/// The identifier that a text begins with.
fn identifier(text: &str) -> Option<String> {
    let name: String = text.chars().take_while(|c| c.is_alphanumeric() || *c == '_').collect();
    (!name.is_empty()).then_some(name)
}

/// `a::{b, c}, d}` has the heads `a` and `d`.
fn heads_of_group(group: &str) -> Vec<String> {
    let (mut depth, mut heads, mut start) = (0, Vec::new(), true);
    for (at, c) in group.char_indices() {
        match c {
            '{' => depth += 1,
            '}' if depth == 0 => break,
            '}' => depth -= 1,
            ',' if depth == 0 => start = true,
            c if start && (c.is_alphanumeric() || c == '_') => {
                heads.extend(identifier(&group[at..]));
                start = false;
            }
            _ => {}
        }
    }
    heads
}

/// What of `text`, in a file on `floor`, points the wrong way.
fn wrong_arrows(floor: &str, text: &str, test: bool) -> Vec<String> {
    const FLOORS: [&str; 9] = ["cli", "demo", "gui", "i18n", "mail", "protocol", "render", "service", "storage"];
    let allowed = below(floor).unwrap_or_else(|| panic!("{floor} is no floor: say in this test where it stands"));
    looked_at(&without_comments(text))
        .into_iter()
        .filter(|other| FLOORS.contains(&other.as_str()) && other != floor && !allowed.contains(&other.as_str()))
        // Tests may speak with the demo's scripted server from everywhere.
        .filter(|other| !(test && other == "demo"))
        .collect()
}

#[test]
fn arrows_go_down_only() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let (code, tests) = split_tests(&text);
        let in_code = wrong_arrows(floor_of(&path), code, is_test(&path));
        let in_tests = wrong_arrows(floor_of(&path), tests, true);
        wrong.extend(in_code.iter().chain(&in_tests).map(|other| format!("src/{path} looks at {other}")));
    }
    assert!(wrong.is_empty(), "arrows that do not go down:\n{}", wrong.join("\n"));
}

#[test]
fn a_wrong_arrow_would_be_seen() {
    for (floor, code) in [
        ("mail", "use crate::storage::Store;"),
        ("protocol", "fn f(s: &crate::storage::Store) {}"),
        ("storage", "use crate::{mail::Flags, protocol::imap};"),
        ("service", "use crate::gui::Start;"),
        ("service", "let s = crate::fl!(\"x\");"),
        ("cli", "use crate::gui;"),
        ("gui", "use crate::{\n    i18n,\n    service::{Handle, Command},\n    cli,\n};"),
        ("cli", "use crate::protocol::tls;"),
        ("demo", "use crate::protocol::imap;"),
        ("main", "use postwren::storage::Store;"),
    ] {
        assert_eq!(wrong_arrows(floor, code, false).len(), 1, "{floor}: {code}");
    }
    for (floor, code) in [
        ("service", "use crate::{mail::{flags::Flags, ids}, protocol, storage::{self, Store}};"),
        ("mail", "// unlike crate::storage, this knows no disk\nuse crate::mail::flags;"),
        ("gui", "use other_crate::protocol; use crate::service::Handle;"),
    ] {
        assert_eq!(wrong_arrows(floor, code, false), Vec::<String>::new(), "{floor}: {code}");
    }
    assert!(wrong_arrows("service", "use crate::demo::DemoServer;", true).is_empty());
    assert!(!wrong_arrows("service", "use crate::demo::DemoServer;", false).is_empty());
}

#[test]
fn no_file_is_too_long_to_read() {
    let all = sources("src").into_iter().map(|(path, text)| (format!("src/{path}"), text));
    let tests = sources("tests").into_iter().map(|(path, text)| (format!("tests/{path}"), text));
    let long: Vec<String> = all
        .chain(tests)
        .map(|(path, text)| (path, text.lines().count()))
        .filter(|(_, lines)| *lines > MAX_LINES)
        .map(|(path, lines)| format!("{path}: {lines} lines"))
        .collect();
    assert!(long.is_empty(), "over {MAX_LINES} lines:\n{}", long.join("\n"));
}

#[test]
fn only_the_faces_know_anyhow_and_only_the_window_knows_iced() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src") {
        let code = without_comments(&text);
        let floor = floor_of(&path);
        for (library, floors) in
            [("anyhow", &["main", "cli", "gui"][..]), ("iced", &["gui"]), ("clap", &["main", "cli"])]
        {
            let path_of_it = format!("{library}::");
            let begins = |at: usize| !code[..at].ends_with(|c: char| c.is_alphanumeric() || c == '_');
            let used =
                code.match_indices(&path_of_it).any(|(at, _)| begins(at)) || code.contains(&format!("use {library};"));
            if used && !floors.contains(&floor) {
                wrong.push(format!("src/{path} uses {library}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Calls in a view whose first argument is shown to a person.
const SHOWN: [&str; 9] =
    ["text(", "label(", "tooltip(", "placeholder(", "text_input(", "title(", "heading(", "button(", "named("];

/// What is called the same in every language.
const NAMES: [&str; 4] = ["Postwren", "IMAP", "POP3", "SMTP"];

/// Where a view spells words: a shown argument that is a string literal with letters in it.
fn spelled(code: &str) -> Vec<String> {
    let mut found = Vec::new();
    for (number, line) in code.lines().enumerate() {
        for call in SHOWN {
            for (at, _) in line.match_indices(call) {
                if line[..at].chars().next_back().is_some_and(|c| c.is_alphanumeric() || c == '_') {
                    continue;
                }
                // The window's own constructors begin with the control's id.
                if line[..at].ends_with("control::") {
                    continue;
                }
                let Some(literal) = line[at + call.len()..].trim_start().strip_prefix('"') else { continue };
                let words = literal.split('"').next().unwrap_or_default();
                // A control of our own begins with the name that tests find it by.
                let is_id =
                    line[..at].ends_with("control::") && words.chars().all(|c| c.is_ascii_lowercase() || c == '-');
                if words.chars().filter(|c| c.is_alphabetic()).count() > 1 && !is_id && !NAMES.contains(&words) {
                    found.push(format!("{}: {}", number + 1, line.trim()));
                }
            }
        }
    }
    found
}

#[test]
fn views_spell_no_words() {
    let mut wrong = Vec::new();
    for (path, text) in sources("src").into_iter().filter(|(path, _)| floor_of(path) == "gui" && !is_test(path)) {
        let code = without_comments(split_tests(&text).0);
        wrong.extend(spelled(&code).into_iter().map(|line| format!("src/gui {path}: {line}")));
    }
    assert!(wrong.is_empty(), "words that belong into i18n/:\n{}", wrong.join("\n"));
    assert_eq!(spelled("control::button(\"save-all\", fl!(\"save-all\"))").len(), 0);
    assert_eq!(spelled("column![text(\"Reply all\"), text(fl!(\"reply\")), text(\"·\"), context(\"here\")]").len(), 1);
}
