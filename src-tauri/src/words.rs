//! The texts of the tray and its hints. The window has its own.

mod en;
mod list;
mod zh_cn;

use bellwire_engine::config::Language;

pub use list::Words;

/// Returns the texts in a language.
pub fn words(language: Language) -> &'static Words {
    match language {
        Language::En => &en::WORDS,
        Language::ZhCn => &zh_cn::WORDS,
    }
}

#[cfg(test)]
mod tests;
