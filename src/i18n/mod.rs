//! Words for people, through Fluent: `i18n/<lang>/postwren.ftl`. Message names are checked while compiling.
//!
//! It serves both faces: [`problem`] says what went wrong and what to do, [`units`] says sizes,
//! counts and dates, [`compose`] what answers begin with, `printing` what stands above a printed message, [`reading`] what a
//! message's facts mean. It may look at the service's plain values, never the other way round.

pub mod compose;
pub mod files;
#[cfg(feature = "html")]
pub mod printing;
pub mod problem;
pub mod reading;
pub mod units;

use i18n_embed::DesktopLanguageRequester;
use i18n_embed::fluent::{FluentLanguageLoader, fluent_language_loader};
use i18n_embed::unic_langid::LanguageIdentifier;
use std::sync::{LazyLock, OnceLock};

#[derive(rust_embed::RustEmbed)]
#[folder = "i18n"]
struct Translations;

/// What was chosen before anything was asked: parsing two languages costs a start more than opening a database.
static FIRST: OnceLock<Vec<LanguageIdentifier>> = OnceLock::new();

/// The loader that [`crate::fl!`] asks; English where nothing was chosen.
pub static LOADER: LazyLock<FluentLanguageLoader> = LazyLock::new(|| {
    let loader: FluentLanguageLoader = fluent_language_loader!();
    load(&loader, FIRST.get_or_init(Vec::new));
    loader
});

/// Chooses the language: `language` (such as `de`) where given, else the desktop's.
pub fn choose(language: Option<&str>) {
    let wanted =
        language.and_then(|l| l.parse().ok()).map_or_else(DesktopLanguageRequester::requested_languages, |l| vec![l]);
    match FIRST.set(wanted) {
        Ok(()) => _ = LazyLock::force(&LOADER),
        Err(wanted) => load(&LOADER, &wanted),
    }
}

fn load(loader: &FluentLanguageLoader, wanted: &[LanguageIdentifier]) {
    if let Err(error) = i18n_embed::select(loader, &Translations, wanted) {
        tracing::warn!(%error, "no words in the wanted language");
    }
    loader.set_use_isolating(false);
}

/// The message with this name, in the person's language: `fl!("reply")`, `fl!("unread", count = 3)`.
#[macro_export]
macro_rules! fl {
    ($($t:tt)*) => { i18n_embed_fl::fl!($crate::i18n::LOADER, $($t)*) };
}
