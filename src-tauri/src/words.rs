//! The words that the desktop shows outside the window: tray and hints. The window has its own.

mod en;
mod list;
mod zh_cn;

use bellwire_engine::config::Language;

pub use list::Words;

/// The words of a language.
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &en::WORDS,
        Language::ZhCn => &zh_cn::WORDS,
    }
}

#[cfg(test)]
mod tests;
