//! Folders by their lines: names in the making, keys, the menu and what it asks.

use super::super::folder_deeds::{Edited, Message as Folder};
use super::super::sidebar::place_id;
use super::*;
use crate::service::model::Role;
use iced::Point;

const PROJECTS: MailboxId = MailboxId(4);
const ENGINE: MailboxId = MailboxId(5);

fn folders() -> State {
    let mut state = screen(10);
    let mailboxes = vec![
        mailbox(1, "ada", "INBOX", Some(Role::Inbox)),
        mailbox(3, "ada", "Trash", Some(Role::Trash)),
        mailbox(4, "ada", "Projects", None),
        MailboxView { total: 3, ..mailbox(5, "ada", "Projects/Engine", None) },
        mailbox(6, "ada", "Society", None),
    ];
    let _ = state.answered(MAILBOXES, Answer::Mailboxes(Ok(mailboxes)));
    state
}

fn say(state: &mut State, message: Folder) -> Action {
    state.update(Message::Folder(message))
}

fn write(state: &mut State, name: &str) {
    let _ = say(state, Folder::Text(name.into()));
}

fn is_editing(state: &State) -> bool {
    state.editing.is_some()
}

#[test]
fn a_name_is_edited_in_its_line_and_keeps_its_place() {
    let mut state = folders();
    let edit = say(&mut state, Folder::Rename(ENGINE));
    assert_eq!(edit, Action::Edit("folder-name".into()), "the keyboard is there, the name selected");
    assert_eq!(state.editing.as_ref().map(|e| e.text.as_str()), Some("Engine"));
    write(&mut state, "Analytical Engine ");
    let done = say(&mut state, Folder::Done);
    let to = MailboxPath("Projects/Analytical Engine".into());
    assert_eq!(commands(&done), [&Command::RenameMailbox { mailbox: ENGINE, to }]);
    assert!(!is_editing(&state));
    // Unchanged, left by Escape, and of a special folder: nothing is asked of the service.
    let _ = say(&mut state, Folder::Rename(ENGINE));
    assert_eq!(say(&mut state, Folder::Done), Action::Focus(place_id(Place::Mailbox(ENGINE))));
    let _ = say(&mut state, Folder::Rename(ENGINE));
    write(&mut state, "x");
    assert_eq!(say(&mut state, Folder::Leave), Action::Focus(place_id(Place::Mailbox(ENGINE))));
    let _ = say(&mut state, Folder::Rename(INBOX));
    assert!(!is_editing(&state));
}

#[test]
fn a_name_that_cannot_be_says_why_and_stays() {
    let mut state = folders();
    let _ = say(&mut state, Folder::Rename(PROJECTS));
    for (name, flaw) in [
        ("Society", "There is a folder with this name here."),
        ("inbox", "There is a folder with this name here."),
        ("a/b", "A name has no “/”."),
        ("..", "A folder cannot have this name."),
        ("a\u{7}b", "A folder cannot have this name."),
        (&"x".repeat(201), "This name is too long."),
    ] {
        write(&mut state, name);
        assert_eq!(state.name_flaw().as_deref(), Some(flaw), "{name:?}");
        assert_eq!(say(&mut state, Folder::Done), Action::None, "{name:?}");
        assert!(is_editing(&state), "{name:?}");
    }
    write(&mut state, "Society");
    assert!(window(&state).find(having(Kind::Alert, "There is a folder with this name here.")).is_ok());
    // The keyboard goes elsewhere: what cannot be is left as it was.
    assert_eq!(say(&mut state, Folder::Blurred), Action::None);
    assert!(!is_editing(&state));
    let _ = say(&mut state, Folder::Rename(PROJECTS));
    write(&mut state, "Works");
    let renamed = Command::RenameMailbox { mailbox: PROJECTS, to: MailboxPath("Works".into()) };
    assert_eq!(commands(&say(&mut state, Folder::Blurred)), [&renamed]);
}

#[test]
fn a_new_folder_is_named_where_it_will_be() {
    let mut state = folders();
    state.preferences.folded = vec!["ada/Projects".into()];
    let _ = say(&mut state, Folder::NewInside(PROJECTS));
    assert!(state.preferences.folded.is_empty(), "what it will be in is unfolded");
    assert_eq!(state.editing.as_ref().map(|e| e.of.clone()), Some(Edited::Inside(PROJECTS)));
    assert!(state.name_flaw().is_none(), "nothing is said of a name that is not begun");
    write(&mut state, "Mill");
    let created = Command::CreateMailbox { account: "ada".into(), path: MailboxPath("Projects/Mill".into()) };
    assert_eq!(commands(&say(&mut state, Folder::Done)), [&created]);
    let _ = say(&mut state, Folder::NewInside(PROJECTS));
    assert!(commands(&say(&mut state, Folder::Blurred)).is_empty());
    assert!(!is_editing(&state));
}

#[test]
fn left_and_right_go_out_of_folders_and_into_them() {
    let mut state = folders();
    let focus = |id| Action::Focus(place_id(Place::Mailbox(id)));
    assert_eq!(say(&mut state, Folder::Into(PROJECTS)), Action::FocusNext);
    assert_eq!(say(&mut state, Folder::Out(ENGINE)), focus(PROJECTS));
    let _ = say(&mut state, Folder::Out(PROJECTS));
    assert_eq!(state.preferences.folded, ["ada/Projects"]);
    assert_eq!(say(&mut state, Folder::Out(PROJECTS)), Action::Focus("account-ada".into()));
    let _ = say(&mut state, Folder::Into(PROJECTS));
    assert!(state.preferences.folded.is_empty());
    assert_eq!(say(&mut state, Folder::Into(ENGINE)), Action::None);
}

#[test]
fn a_folder_with_mail_is_deleted_after_a_question_an_empty_one_at_once() {
    let mut state = folders();
    let _ = state.update(Message::Show(Place::Mailbox(ENGINE)));
    assert!(commands(&say(&mut state, Folder::Delete(PROJECTS))).is_empty());
    assert_eq!(state.menu, Some(Menu::DeleteFolder(PROJECTS)), "mail inside what is inside counts");
    let deleted = say(&mut state, Folder::DeleteNow(PROJECTS));
    assert!(commands(&deleted).contains(&&Command::DeleteMailbox { mailbox: PROJECTS }));
    assert_eq!(state.place, Place::Mailbox(INBOX), "what was shown goes with it");
    let deleted = say(&mut state, Folder::Delete(MailboxId(6)));
    assert_eq!(commands(&deleted), [&Command::DeleteMailbox { mailbox: MailboxId(6) }]);
    assert!(commands(&say(&mut state, Folder::Delete(MailboxId(3)))).is_empty(), "the Trash stays");
}

#[test]
fn emptying_asks_where_it_is_for_good() {
    let mut state = folders();
    let emptied = say(&mut state, Folder::Empty(ENGINE));
    assert_eq!(commands(&emptied), [&Command::EmptyMailbox { mailbox: ENGINE }]);
    let mailboxes = vec![MailboxView { total: 2, ..mailbox(3, "ada", "Trash", Some(Role::Trash)) }];
    let _ = state.answered(MAILBOXES, Answer::Mailboxes(Ok(mailboxes)));
    let trash = MailboxId(3);
    assert!(commands(&say(&mut state, Folder::Empty(trash))).is_empty());
    assert_eq!(state.menu, Some(Menu::Empty(trash)));
    assert_eq!(commands(&say(&mut state, Folder::EmptyNow(trash))), [&Command::EmptyMailbox { mailbox: trash }]);
}

#[test]
fn the_menu_of_a_folder_offers_what_it_can() {
    let mut state = folders();
    let _ = say(&mut state, Folder::Menu(PROJECTS, Point::new(80.0, 300.0)));
    let mut window = window(&state);
    for name in ["New folder inside…", "Rename…", "Move folder to…", "Mark all read", "Unsubscribe", "Delete folder…"]
    {
        assert!(window.find(having(Kind::MenuItem, name)).is_ok(), "{name}");
    }
    let _ = window.click(having(Kind::MenuItem, "Rename…"));
    let said: Vec<Message> = window.into_messages().collect();
    assert!(said.iter().any(|m| matches!(m, Message::Folder(Folder::Rename(PROJECTS)))), "{said:?}");
}

#[test]
fn a_menu_by_its_key_gives_the_keyboard_back() {
    let mut state = folders();
    let opened = say(&mut state, Folder::MenuByKey(PROJECTS));
    assert!(format!("{opened:?}").contains("FocusNext"), "{opened:?}");
    assert!(matches!(state.menu, Some(Menu::Folder(PROJECTS, at)) if at.y > 200.0 && at.y < 300.0), "{:?}", state.menu);
    let _ = state.update(Message::Menu(Some(Menu::MoveFolder(PROJECTS))));
    let back = Action::Focus(place_id(Place::Mailbox(PROJECTS)));
    assert_eq!(state.update(Message::Menu(None)), back);
    let _ = say(&mut state, Folder::Menu(PROJECTS, Point::new(80.0, 300.0)));
    assert_eq!(state.update(Message::Menu(None)), Action::Unfocus, "the pointer's menu had no keyboard");
}

#[test]
fn a_new_folder_at_the_top_is_not_one_that_is_there() {
    let mut state = folders();
    let _ = state.update(Message::Menu(Some(Menu::NewFolder)));
    let _ = state.update(Message::Filter("Society".into()));
    assert_eq!(state.update(Message::CreateFolder), Action::None);
    assert!(window(&state).find(having(Kind::Dialog, "New folder")).is_ok(), "it stays and says why");
    let _ = state.update(Message::Filter("Society/Minutes".into()));
    let path = MailboxPath("Society/Minutes".into());
    let created = Command::CreateMailbox { account: "ada".into(), path };
    assert_eq!(commands(&state.update(Message::CreateFolder)), [&created]);
}

#[test]
fn a_folded_folder_stays_so_under_another_name() {
    let mut state = screen(1);
    let _ = state.fold_mailbox(MailboxId(4));
    assert_eq!(state.preferences.folded, ["ada/Projects"]);
    let mut mailboxes = state.mailboxes.all().to_vec();
    mailboxes.iter_mut().filter(|m| m.id == MailboxId(4)).for_each(|m| m.path = MailboxPath("Work".into()));
    let _ = state.ask_mailboxes();
    let _ = state.answered(MAILBOXES, Answer::Mailboxes(Ok(mailboxes)));
    assert_eq!(state.preferences.folded, ["ada/Work"]);
}

#[test]
fn a_folder_is_watched_from_its_menu_and_that_shows_at_once() {
    let mut state = screen(1);
    let watch = super::super::folder_deeds::Message::Watch;
    let action = state.update(Message::Folder(watch(MailboxId(4), true)));
    assert_eq!(commands(&action), [&Command::Watch { mailbox: MailboxId(4), watch: true }]);
    assert!(state.is_watched(MailboxId(4)));
    let _ = state.open_menu(Some(Menu::Folder(MailboxId(4), iced::Point::ORIGIN)));
    assert!(window(&state).find(having(Kind::MenuItem, "Do not watch this folder")).is_ok());
    let _ = state.update(Message::Folder(watch(MailboxId(4), false)));
    assert!(!state.is_watched(MailboxId(4)));
}

#[test]
fn an_account_has_a_menu_by_the_key_and_by_the_pointer() {
    let mut state = screen(1);
    let by_key = super::super::account_menu::Message::MenuByKey("ada".into());
    let _ = state.update(Message::Account(by_key));
    let mut shown = window(&state);
    shown.click(having(Kind::MenuItem, "Account settings…")).expect("the line");
    let said: Vec<Message> = shown.into_messages().collect();
    let opens =
        |m: &Message| matches!(m, Message::Open(crate::gui::action::Open::Account(account)) if account.name == "ada");
    assert!(said.iter().any(opens), "{said:?}");
    assert_eq!(state.open_menu(None), Action::Focus(super::super::sidebar::account_id("ada")));
}

#[test]
fn an_export_is_told_in_the_status_bar_and_can_be_cancelled() {
    let mut state = screen(1);
    let save = state.update(Message::Export(MailboxId(4), ExportFormat::Mbox));
    let is_asked = |action: &Action| matches!(action, Action::SaveAs(save, _) if save.file_name == "Projects.mbox");
    assert!(matches!(&save, Action::Batch(all) if all.iter().any(is_asked)), "{save:?}");
    let mut news = ExportProgress { mailbox: MailboxId(4), done: 20, total: 45, finished: false };
    let _ = state.happened(&[Event::Export(news)]);
    assert!(state.saving().is_none(), "the dialog is done with");
    let mut shown = window(&state);
    shown.click(having(Kind::Button, "Cancel")).expect("the link");
    let said: Vec<Message> = shown.into_messages().collect();
    assert!(matches!(&said[..], [.., Message::StopExport(MailboxId(4))]), "{said:?}");
    news.finished = true;
    let _ = state.happened(&[Event::Export(news)]);
    assert!(window(&state).find(having(Kind::Button, "Cancel")).is_err());
}
