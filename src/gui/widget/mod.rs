//! Widgets of our own, and the constructors that every screen builds its controls with.

pub mod carry;
pub mod chip;
pub mod choice;
pub mod control;
pub mod dashes;
mod day_label;
pub mod forward;
pub mod icon;
pub mod kept_last;
pub mod lifted;
pub mod line;
pub mod page;
pub mod popover;
pub mod split;
pub mod spot;
pub mod tabs;
pub mod virtual_list;
pub mod watch;
