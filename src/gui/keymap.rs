//! Keys and what they do: one table, which the keys work by and the list of keys (F1) is made of.

use crate::fl;
use iced::keyboard::key::Named;
use iced::keyboard::{Key, Modifiers};

/// A key that no control took for itself.
#[derive(Clone, Debug, PartialEq)]
pub struct Press {
    pub key: Key,
    pub modifiers: Modifiers,
}

impl Press {
    pub fn new(key: Key, modifiers: Modifiers) -> Press {
        Press { key, modifiers }
    }
    pub fn named(named: Named) -> Press {
        Press { key: Key::Named(named), modifiers: Modifiers::empty() }
    }
}

/// What a key of the main window does.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Deed {
    New,
    Reply,
    ReplyAll,
    Forward,
    Open,
    Next,
    Previous,
    ExtendNext,
    ExtendPrevious,
    VisitNext,
    VisitPrevious,
    ToggleSelected,
    PageDown,
    PageUp,
    ExtendPageDown,
    ExtendPageUp,
    First,
    Last,
    ExtendFirst,
    ExtendLast,
    NextUnread,
    SelectAll,
    Archive,
    Delete,
    Junk,
    MoveTo,
    ToggleRead,
    ToggleStar,
    Undo,
    Copy,
    Refresh,
    Settings,
    Keys,
    Escape,
    NextPane,
    RenameFolder,
    Queue,
    Search,
    Filter,
    Find,
    FindNext,
    FindPrevious,
    ZoomIn,
    ZoomOut,
    ZoomReset,
    TogglePage,
    NextCard,
    PreviousCard,
    ToggleCard,
    UnfoldAll,
    Monospace,
    Source,
    Print,
    CloseWindow,
    Quit,
}

/// How a key is written: modifiers and either a named key or a character.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Stroke {
    Named(Named),
    Char(&'static str),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum With {
    Nothing,
    Shift,
    Command,
    CommandShift,
}

const TABLE: &[(With, Stroke, Deed)] = {
    use Deed::*;
    use With::*;
    &[
        (Command, Stroke::Char("n"), New),
        (Command, Stroke::Char("r"), Reply),
        (CommandShift, Stroke::Char("r"), ReplyAll),
        (Command, Stroke::Char("l"), Forward),
        (Nothing, Stroke::Named(Named::Enter), Open),
        (Nothing, Stroke::Char("j"), Next),
        (Nothing, Stroke::Named(Named::ArrowDown), Next),
        (Nothing, Stroke::Char("k"), Previous),
        (Nothing, Stroke::Named(Named::ArrowUp), Previous),
        (Shift, Stroke::Named(Named::ArrowDown), ExtendNext),
        (Shift, Stroke::Named(Named::ArrowUp), ExtendPrevious),
        (Command, Stroke::Named(Named::ArrowDown), VisitNext),
        (Command, Stroke::Named(Named::ArrowUp), VisitPrevious),
        (Command, Stroke::Named(Named::Space), ToggleSelected),
        (Nothing, Stroke::Named(Named::PageDown), PageDown),
        (Nothing, Stroke::Named(Named::PageUp), PageUp),
        (Shift, Stroke::Named(Named::PageDown), ExtendPageDown),
        (Shift, Stroke::Named(Named::PageUp), ExtendPageUp),
        (Nothing, Stroke::Named(Named::Home), First),
        (Nothing, Stroke::Named(Named::End), Last),
        (Shift, Stroke::Named(Named::Home), ExtendFirst),
        (Shift, Stroke::Named(Named::End), ExtendLast),
        (Nothing, Stroke::Char("n"), NextUnread),
        (Command, Stroke::Char("a"), SelectAll),
        (Nothing, Stroke::Char("a"), Archive),
        (Nothing, Stroke::Named(Named::Delete), Delete),
        (Shift, Stroke::Char("j"), Junk),
        (Shift, Stroke::Char("m"), MoveTo),
        (Nothing, Stroke::Char("m"), ToggleRead),
        (Nothing, Stroke::Char("s"), ToggleStar),
        (Command, Stroke::Char("z"), Undo),
        (Command, Stroke::Char("c"), Copy),
        (Nothing, Stroke::Named(Named::F9), Refresh),
        (Command, Stroke::Char(","), Settings),
        (Nothing, Stroke::Named(Named::F1), Keys),
        (Nothing, Stroke::Named(Named::Escape), Escape),
        (Nothing, Stroke::Named(Named::F6), NextPane),
        (Nothing, Stroke::Named(Named::F2), RenameFolder),
        (CommandShift, Stroke::Char("q"), Queue),
        (Command, Stroke::Char("k"), Search),
        (CommandShift, Stroke::Char("f"), Search),
        (CommandShift, Stroke::Char("k"), Filter),
        (Command, Stroke::Char("f"), Find),
        (Nothing, Stroke::Named(Named::F3), FindNext),
        (Shift, Stroke::Named(Named::F3), FindPrevious),
        (Command, Stroke::Char("+"), ZoomIn),
        // Where the plus is shifted: as in browsers the key suffices.
        (Command, Stroke::Char("="), ZoomIn),
        (CommandShift, Stroke::Char("="), ZoomIn),
        (CommandShift, Stroke::Char("+"), ZoomIn),
        (Command, Stroke::Char("-"), ZoomOut),
        (Command, Stroke::Char("0"), ZoomReset),
        (CommandShift, Stroke::Char("h"), TogglePage),
        // On every keyboard without a modifier; Gmail's N and P are taken.
        (Nothing, Stroke::Char("."), NextCard),
        (Nothing, Stroke::Char(","), PreviousCard),
        (Nothing, Stroke::Char("o"), ToggleCard),
        (Nothing, Stroke::Char("e"), UnfoldAll),
        (CommandShift, Stroke::Char("m"), Monospace),
        (Command, Stroke::Char("u"), Source),
        (Command, Stroke::Char("p"), Print),
        (Command, Stroke::Char("w"), CloseWindow),
        (Command, Stroke::Char("q"), Quit),
    ]
};

/// What a press does in the main window.
pub fn deed(press: &Press) -> Option<Deed> {
    let m = press.modifiers;
    let with = match (m.command(), m.shift(), m.alt()) {
        (false, false, false) => With::Nothing,
        (false, true, false) => With::Shift,
        (true, false, false) => With::Command,
        (true, true, false) => With::CommandShift,
        _ => return None,
    };
    let same = |stroke: &Stroke| match (stroke, &press.key) {
        (Stroke::Named(a), Key::Named(b)) => a == b,
        (Stroke::Char(a), Key::Character(b)) => b.to_lowercase() == *a,
        _ => false,
    };
    TABLE.iter().find(|(w, stroke, _)| *w == with && same(stroke)).map(|(.., deed)| *deed)
}

/// Every deed with its keys in words, in the order of the table: for the list of keys.
pub fn list() -> Vec<(String, String)> {
    let mut all: Vec<(Deed, String)> = Vec::new();
    for (with, stroke, deed) in TABLE {
        let key = written(*with, *stroke);
        match all.iter_mut().find(|(d, _)| d == deed) {
            Some((_, keys)) => {
                keys.push_str("  ");
                keys.push_str(&key);
            }
            None => all.push((*deed, key)),
        }
    }
    all.into_iter().map(|(deed, keys)| (keys, said(deed))).collect()
}

/// The first key of a deed in words, for menus and tooltips.
pub fn hint(deed: Deed) -> String {
    TABLE.iter().find(|(.., d)| *d == deed).map(|(w, s, _)| written(*w, *s)).unwrap_or_default()
}

fn written(with: With, stroke: Stroke) -> String {
    let ctrl = if cfg!(target_os = "macos") { "⌘".to_string() } else { fl!("key-ctrl") };
    let key = match stroke {
        Stroke::Char(c) => c.to_uppercase(),
        Stroke::Named(named) => match named {
            Named::Enter => fl!("key-enter"),
            Named::ArrowDown => "↓".into(),
            Named::ArrowUp => "↑".into(),
            Named::PageDown => fl!("key-page-down"),
            Named::PageUp => fl!("key-page-up"),
            Named::Home => fl!("key-home"),
            Named::End => fl!("key-end"),
            Named::Delete => fl!("key-delete"),
            Named::Escape => fl!("key-escape"),
            Named::Space => fl!("key-space"),
            other => format!("{other:?}"),
        },
    };
    match with {
        With::Nothing => key,
        With::Shift => format!("{} {key}", fl!("key-shift")),
        With::Command => format!("{ctrl} {key}"),
        With::CommandShift => format!("{ctrl} {} {key}", fl!("key-shift")),
    }
}

fn said(deed: Deed) -> String {
    match deed {
        Deed::New => fl!("deed-new"),
        Deed::Reply => fl!("deed-reply"),
        Deed::ReplyAll => fl!("deed-reply-all"),
        Deed::Forward => fl!("deed-forward"),
        Deed::Open => fl!("deed-open"),
        Deed::Next => fl!("deed-next"),
        Deed::Previous => fl!("deed-previous"),
        Deed::ExtendNext => fl!("deed-extend-next"),
        Deed::ExtendPrevious => fl!("deed-extend-previous"),
        Deed::VisitNext => fl!("deed-visit-next"),
        Deed::VisitPrevious => fl!("deed-visit-previous"),
        Deed::ToggleSelected => fl!("deed-toggle-selected"),
        Deed::PageDown => fl!("deed-page-down"),
        Deed::PageUp => fl!("deed-page-up"),
        Deed::ExtendPageDown => fl!("deed-extend-page-down"),
        Deed::ExtendPageUp => fl!("deed-extend-page-up"),
        Deed::First => fl!("deed-first"),
        Deed::Last => fl!("deed-last"),
        Deed::ExtendFirst => fl!("deed-extend-first"),
        Deed::ExtendLast => fl!("deed-extend-last"),
        Deed::NextUnread => fl!("deed-next-unread"),
        Deed::SelectAll => fl!("deed-select-all"),
        Deed::Archive => fl!("deed-archive"),
        Deed::Delete => fl!("deed-delete"),
        Deed::Junk => fl!("deed-junk"),
        Deed::MoveTo => fl!("deed-move"),
        Deed::ToggleRead => fl!("deed-toggle-read"),
        Deed::ToggleStar => fl!("deed-toggle-star"),
        Deed::Undo => fl!("deed-undo"),
        Deed::Copy => fl!("deed-copy"),
        Deed::Refresh => fl!("deed-refresh"),
        Deed::Settings => fl!("deed-settings"),
        Deed::Keys => fl!("deed-keys"),
        Deed::Escape => fl!("deed-escape"),
        Deed::NextPane => fl!("deed-next-pane"),
        Deed::RenameFolder => fl!("deed-rename-folder"),
        Deed::Search => fl!("deed-search"),
        Deed::Filter => fl!("deed-filter"),
        Deed::Queue => fl!("deed-queue"),
        Deed::Find => fl!("deed-find"),
        Deed::FindNext => fl!("deed-find-next"),
        Deed::FindPrevious => fl!("deed-find-previous"),
        Deed::ZoomIn => fl!("deed-zoom-in"),
        Deed::ZoomOut => fl!("deed-zoom-out"),
        Deed::ZoomReset => fl!("deed-zoom-reset"),
        Deed::TogglePage => fl!("deed-toggle-page"),
        Deed::NextCard => fl!("deed-next-card"),
        Deed::PreviousCard => fl!("deed-previous-card"),
        Deed::ToggleCard => fl!("deed-toggle-card"),
        Deed::UnfoldAll => fl!("deed-unfold-all"),
        Deed::Monospace => fl!("deed-monospace"),
        Deed::Source => fl!("deed-source"),
        Deed::Print => fl!("deed-print"),
        Deed::CloseWindow => fl!("deed-close"),
        Deed::Quit => fl!("deed-quit"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str, modifiers: Modifiers) -> Press {
        Press::new(Key::Character(key.into()), modifiers)
    }

    #[test]
    fn keys_do_what_thunderbird_taught() {
        let none = Modifiers::empty();
        assert_eq!(deed(&press("j", none)), Some(Deed::Next));
        assert_eq!(deed(&press("r", Modifiers::COMMAND)), Some(Deed::Reply));
        assert_eq!(deed(&press("R", Modifiers::COMMAND | Modifiers::SHIFT)), Some(Deed::ReplyAll));
        assert_eq!(deed(&press("n", none)), Some(Deed::NextUnread));
        assert_eq!(deed(&press("n", Modifiers::COMMAND)), Some(Deed::New));
        assert_eq!(deed(&press("a", none)), Some(Deed::Archive));
        assert_eq!(deed(&press("a", Modifiers::COMMAND)), Some(Deed::SelectAll));
        assert_eq!(deed(&Press::named(Named::Delete)), Some(Deed::Delete));
        assert_eq!(deed(&Press::named(Named::F1)), Some(Deed::Keys));
        for (key, with) in [("+", Modifiers::empty()), ("=", Modifiers::empty()), ("=", Modifiers::SHIFT)] {
            assert_eq!(deed(&press(key, Modifiers::COMMAND | with)), Some(Deed::ZoomIn), "{key} {with:?}");
        }
        assert_eq!(deed(&press("j", Modifiers::ALT)), None);
        assert_eq!(deed(&press("ж", none)), None);
    }

    #[test]
    fn no_key_does_two_things_and_every_deed_is_said() {
        for (i, (w, s, _)) in TABLE.iter().enumerate() {
            assert!(!TABLE.iter().skip(i + 1).any(|(w2, s2, _)| w == w2 && s == s2), "{w:?} {s:?} twice");
        }
        let mut said = std::collections::HashSet::new();
        for (keys, words) in list() {
            assert!(!keys.is_empty() && !words.is_empty() && said.insert(words.clone()), "{keys}: {words}");
        }
    }
}
