//! The table `[app]`: settings of window, tray and command line.

use schemars::JsonSchema;
use serde::Deserialize;

use super::reading::{Placed, Reading};
use super::values::{choice, words};

/// Settings that window, tray and command line read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct AppSettings {
    /// The language of the interface; `None` for the system's.
    pub language: Option<Language>,
    /// The theme of the window.
    pub theme: Theme,
    /// Whether closing the window keeps the program in the tray.
    pub close_to_tray: bool,
}

impl Default for AppSettings {
    fn default() -> Self {
        Self { language: None, theme: Theme::System, close_to_tray: true }
    }
}

/// The keys of `[app]`.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(expecting = "a table [app]")]
pub(super) struct AppTable {
    /// The language of the interface: `"en"`, `"zh-CN"`, or `"auto"` for the system's. Default: `"auto"`.
    language: Option<Placed<String>>,
    /// The theme of the window: `"light"`, `"dark"`, or `"system"` for the system's. Default: `"system"`.
    theme: Option<Placed<String>>,
    /// Whether closing the window keeps the program in the tray. Default: `true`.
    close_to_tray: Option<bool>,
}

impl AppTable {
    /// Checks the values and fills in the defaults.
    pub(super) fn read(self, reading: &mut Reading<'_>) -> AppSettings {
        let defaults = AppSettings::default();
        AppSettings {
            language: reading.value(self.language, language).unwrap_or(defaults.language),
            theme: reading.value(self.theme, |word| choice(&word, words())).unwrap_or(defaults.theme),
            close_to_tray: self.close_to_tray.unwrap_or(defaults.close_to_tray),
        }
    }
}

fn language(word: String) -> Result<Option<Language>, String> {
    let languages = words().map(|(word, language)| (word, Some(language)));
    choice(&word, std::iter::once(("auto", None)).chain(languages))
}

/// The language of the interface.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::EnumString, strum::IntoStaticStr, strum::VariantArray)]
pub enum Language {
    /// English.
    #[strum(serialize = "en")]
    En,
    /// Simplified Chinese.
    #[strum(serialize = "zh-CN")]
    ZhCn,
}

impl Language {
    /// Returns the language of the settings, or where they name none, that of the system's locale.
    pub fn of(setting: Option<Language>) -> Self {
        setting.unwrap_or_else(|| Self::of_locale(&system_locale()))
    }

    /// Returns the language for a locale such as `zh_CN.UTF-8`; English for any that has no translation.
    pub fn of_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("zh") { Language::ZhCn } else { Language::En }
    }
}

fn system_locale() -> String {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .unwrap_or_default()
}

/// The theme of the window.
#[derive(
    Clone, Copy, Debug, PartialEq, Eq, Default, strum::EnumString, strum::IntoStaticStr, strum::VariantArray,
)]
#[strum(serialize_all = "kebab-case")]
pub enum Theme {
    /// The system's.
    #[default]
    System,
    /// Light.
    Light,
    /// Dark.
    Dark,
}
