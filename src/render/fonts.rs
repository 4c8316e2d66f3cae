//! The fonts that documents are set in.
//!
//! The engine knows the system's fonts by their own names only. Mail names those of other systems, so families with
//! the same measures stand in for them (as fontconfig would decide), and for the common ones that have no such twin
//! the nearest that is there.

use fontique::{Blob, Collection, FontInfoOverride, GenericFamily, SourceKind};
use parley::FontContext;
use std::path::Path;
use std::sync::Arc;

const SANS: &[&str] =
    &["Liberation Sans", "Arimo", "Helvetica", "Arial", "Nimbus Sans", "Noto Sans", "DejaVu Sans", "Inter"];
const SERIF: &[&str] = &["Liberation Serif", "Tinos", "Times New Roman", "Nimbus Roman", "Noto Serif", "DejaVu Serif"];
const FIXED: &[&str] =
    &["Liberation Mono", "Cousine", "Courier New", "Nimbus Mono PS", "Noto Sans Mono", "DejaVu Sans Mono"];
/// Wide sans serifs: Verdana and its kin.
const WIDE: &[&str] = &["DejaVu Sans", "Bitstream Vera Sans", "Noto Sans", "Liberation Sans"];

/// Families that mail asks for, and what stands in for them, the best first.
const STAND_INS: &[(&str, &[&str])] = &[
    ("Arial", SANS),
    ("Helvetica", SANS),
    ("Helvetica Neue", SANS),
    ("Arial Narrow", &["Liberation Sans Narrow", "Arimo"]),
    ("Times New Roman", SERIF),
    ("Times", SERIF),
    ("Courier New", FIXED),
    ("Courier", FIXED),
    ("Calibri", &["Carlito"]),
    ("Cambria", &["Caladea"]),
    ("Georgia", &["Gelasio"]),
];

/// Families without a twin: a mail that names nothing else must not fall to the serif default.
const NEAREST: &[(&str, &[&str])] = &[
    ("Calibri", SANS),
    ("Aptos", SANS),
    ("Segoe UI", SANS),
    ("Tahoma", SANS),
    ("Verdana", WIDE),
    ("Geneva", WIDE),
    ("Trebuchet MS", SANS),
    ("Lucida Grande", SANS),
    ("Lucida Sans Unicode", SANS),
    ("Consolas", FIXED),
    ("Menlo", FIXED),
    ("Monaco", FIXED),
    ("Lucida Console", FIXED),
];

/// The system's fonts with their stand-ins.
pub fn context() -> FontContext {
    let mut context = FontContext::default();
    let fonts = &mut context.collection;
    for (name, candidates) in STAND_INS.iter().chain(NEAREST) {
        if fonts.family_by_name(name).is_none() {
            stand_in(fonts, name, candidates);
        }
    }
    for (generics, candidates) in [
        (&[GenericFamily::SansSerif, GenericFamily::SystemUi, GenericFamily::UiSansSerif][..], SANS),
        (&[GenericFamily::Serif, GenericFamily::UiSerif], SERIF),
        (&[GenericFamily::Monospace, GenericFamily::UiMonospace], FIXED),
    ] {
        let Some(first) = candidates.iter().find_map(|name| fonts.family_id(name)) else { continue };
        for generic in generics {
            let rest: Vec<_> = fonts.generic_families(*generic).filter(|id| *id != first).collect();
            fonts.set_generic_families(*generic, std::iter::once(first).chain(rest));
        }
    }
    context
}

/// Registers the first candidate that is there under another name, too.
fn stand_in(fonts: &mut Collection, name: &str, candidates: &[&str]) {
    let Some(family) = candidates.iter().find_map(|candidate| fonts.family_by_name(candidate)) else { return };
    for font in family.fonts() {
        let blob = match &font.source().kind {
            SourceKind::Memory(blob) => Some(blob.clone()),
            SourceKind::Path(path) => read(path),
        };
        let Some(blob) = blob else { continue };
        let renamed = FontInfoOverride { family_name: Some(name), ..FontInfoOverride::default() };
        fonts.register_fonts(blob, Some(renamed));
    }
}

/// A font's file, mapped rather than read: stand-ins share it with the system's other programs.
fn read(path: &Path) -> Option<Blob<u8>> {
    std::fs::read(path).ok().map(|bytes| Blob::new(Arc::new(bytes)))
}
