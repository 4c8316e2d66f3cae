//! The other programs: one on the account, one on Postwren's own Maildirs.

use super::BOXES;
use super::book::Book;
use super::sides::{files, id_of};
use super::support::raw::Raw;
use std::collections::BTreeSet;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

/// Between two deeds of one actor, at most.
const PAUSE_MS: u64 = 100;

/// UIDs of a mailbox with the Message-IDs of their messages.
async fn numbered(server: &mut Raw, path: &str) -> Vec<(u32, String)> {
    server.imap_ok(&format!("SELECT \"{path}\"")).await;
    let mut all = Vec::new();
    for line in server.imap("UID FETCH 1:* (UID BODY.PEEK[HEADER.FIELDS (Message-ID)])").await {
        if let Some((_, rest)) = line.split_once("UID ")
            && line.contains(" FETCH ")
        {
            let uid = rest.split(|c: char| !c.is_ascii_digit()).next().and_then(|n| n.parse().ok()).unwrap_or(0);
            all.push((uid, String::new()));
        }
        if let Some(id) = line.strip_prefix("Message-ID: <").or_else(|| line.strip_prefix("Message-Id: <"))
            && let Some(last) = all.last_mut()
        {
            last.1 = id.trim_end_matches('>').to_string();
        }
    }
    all
}

/// Another program on the account: it appends, flags, moves and deletes.
pub async fn on_the_account(mut server: Raw, book: Arc<Book>) {
    while book.is_open() {
        tokio::time::sleep(Duration::from_millis(fastrand::u64(0..PAUSE_MS))).await;
        let from = BOXES[fastrand::usize(..BOXES.len())];
        let all = numbered(&mut server, from).await;
        // Only what this one wrote is moved or deleted by it; flags are everybody's.
        let own: Vec<&(u32, String)> = all.iter().filter(|(_, id)| id.contains("-account-")).collect();
        match fastrand::u32(0..10) {
            0..4 if book.has_room() => append(&mut server, from, &book).await,
            4..7 if !all.is_empty() => {
                let (uid, _) = all[fastrand::usize(..all.len())];
                let (sign, flag) =
                    (['+', '-'][fastrand::usize(..2)], ["\\Seen", "\\Flagged", "\\Answered"][fastrand::usize(..3)]);
                server.imap(&format!("UID STORE {uid} {sign}FLAGS.SILENT ({flag})")).await;
                book.count("flagged on the account");
            }
            7..9 if !own.is_empty() => {
                let to = BOXES[fastrand::usize(..BOXES.len())];
                if to != from {
                    let uid = own[fastrand::usize(..own.len())].0;
                    server.imap(&format!("UID MOVE {uid} \"{to}\"")).await;
                    book.count("moved on the account");
                }
            }
            9 if own.len() > 5 => {
                let (uid, id) = own[fastrand::usize(..own.len())];
                book.bury(id);
                server.imap_ok(&format!("UID STORE {uid} +FLAGS.SILENT (\\Deleted)")).await;
                server.imap_ok(&format!("UID EXPUNGE {uid}")).await;
                book.count("deleted on the account");
            }
            _ => {}
        }
    }
}

async fn append(server: &mut Raw, path: &str, book: &Book) {
    let (_, text) = book.write("account");
    let tag = format!("a{}", fastrand::u32(..));
    server.send(format!("{tag} APPEND \"{path}\" {{{}+}}\r\n{text}\r\n", text.len())).await;
    loop {
        let line = server.line().await;
        if let Some(answer) = line.strip_prefix(&tag) {
            assert!(answer.starts_with(" OK"), "APPEND: {line}");
            break;
        }
    }
    book.count("appended to the account");
}

/// Another program on the Maildirs: it delivers, renames for flags, and moves, as the Maildir's rules say.
pub fn on_the_maildir(root: &Path, book: &Book) {
    while book.is_open() {
        std::thread::sleep(Duration::from_millis(fastrand::u64(0..PAUSE_MS)));
        let from = BOXES[fastrand::usize(..BOXES.len())];
        let all = files(root, from);
        match fastrand::u32(0..10) {
            0..3 if book.has_room() => deliver(root, from, book),
            3..8 if !all.is_empty() => flag(&all[fastrand::usize(..all.len())], book),
            8..10 if !all.is_empty() => move_to(root, from, &all[fastrand::usize(..all.len())], book),
            _ => {}
        }
    }
}

fn deliver(root: &Path, path: &str, book: &Book) {
    if !root.join(path).join("tmp").is_dir() {
        return;
    }
    let (id, text) = book.write("maildir");
    let name = format!("1790000000.M{}P1.soak", id.replace(['@', '.'], "_"));
    let temporary = root.join(path).join("tmp").join(&name);
    std::fs::write(&temporary, text).expect("write");
    std::fs::rename(temporary, root.join(path).join("new").join(name)).expect("deliver");
    book.count("delivered into a Maildir");
}

/// Renames a file for another flag. Postwren may have been faster: then it is not there any more.
fn flag(file: &Path, book: &Book) {
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let (base, flags) = name.split_once(":2,").unwrap_or((&name, ""));
    let mut flags: BTreeSet<char> = flags.chars().collect();
    let flag = ['S', 'F', 'R'][fastrand::usize(..3)];
    if !flags.remove(&flag) {
        flags.insert(flag);
    }
    let Some(cur) = file.parent().and_then(Path::parent).map(|maildir| maildir.join("cur")) else { return };
    let new = cur.join(format!("{base}:2,{}", flags.into_iter().collect::<String>()));
    if std::fs::rename(file, new).is_ok() {
        book.count("flagged in a Maildir");
    }
}

/// Moves one of its own files to another Maildir, under a new name, as mutt does.
fn move_to(root: &Path, from: &str, file: &Path, book: &Book) {
    let to = BOXES[fastrand::usize(..BOXES.len())];
    let Ok(raw) = std::fs::read(file) else { return };
    if to == from || !id_of(&raw).contains("-maildir-") || !root.join(to).join("cur").is_dir() {
        return;
    }
    let name = file.file_name().unwrap_or_default().to_string_lossy().into_owned();
    let flags = name.split_once(":2,").map_or("", |(_, flags)| flags).to_string();
    let new = format!("1790000001.M{}P2.soak:2,{flags}", fastrand::u64(..));
    if std::fs::rename(file, root.join(to).join("cur").join(new)).is_ok() {
        book.count("moved between Maildirs");
    }
}
