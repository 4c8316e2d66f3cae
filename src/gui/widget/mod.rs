//! Widgets of our own, and the constructors that every screen builds its controls with.

pub mod control;
pub mod icon;
pub mod line;
pub mod split;
pub mod virtual_list;
