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

use i18n_embed::fluent::{FluentLanguageLoader, fluent_language_loader};
use i18n_embed::{DesktopLanguageRequester, LanguageLoader};
use std::sync::LazyLock;

#[derive(rust_embed::RustEmbed)]
#[folder = "i18n"]
struct Translations;

/// The loader that [`crate::fl!`] asks.
pub static LOADER: LazyLock<FluentLanguageLoader> = LazyLock::new(|| {
    let loader: FluentLanguageLoader = fluent_language_loader!();
    if let Err(error) = loader.load_fallback_language(&Translations) {
        tracing::error!(%error, "the English words cannot be loaded");
    }
    loader.set_use_isolating(false);
    loader
});

/// Chooses the language: `language` (such as `de`) where given, else the desktop's.
pub fn choose(language: Option<&str>) {
    let wanted =
        language.and_then(|l| l.parse().ok()).map_or_else(DesktopLanguageRequester::requested_languages, |l| vec![l]);
    if let Err(error) = i18n_embed::select(&*LOADER, &Translations, &wanted) {
        tracing::warn!(%error, "no words in the wanted language");
    }
    LOADER.set_use_isolating(false);
}

/// The message with this name, in the person's language: `fl!("reply")`, `fl!("unread", count = 3)`.
#[macro_export]
macro_rules! fl {
    ($($t:tt)*) => { i18n_embed_fl::fl!($crate::i18n::LOADER, $($t)*) };
}
