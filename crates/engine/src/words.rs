//! The words that the engine itself puts before people, in each language: those of notifications.

use crate::status::Language;

/// A language that is really spoken; [`Language::Auto`] resolved.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Tongue {
    /// English.
    En,
    /// Simplified Chinese.
    ZhCn,
}

impl Tongue {
    /// The language of the settings, or for `Auto` that of the system's locale.
    pub fn of(language: Language) -> Self {
        match language {
            Language::En => Tongue::En,
            Language::ZhCn => Tongue::ZhCn,
            Language::Auto => Self::of_locale(&system_locale()),
        }
    }

    /// The language for a locale such as `zh_CN.UTF-8`; English for any that has no translation.
    pub fn of_locale(locale: &str) -> Self {
        if locale.to_ascii_lowercase().starts_with("zh") { Tongue::ZhCn } else { Tongue::En }
    }
}

fn system_locale() -> String {
    ["LC_ALL", "LC_MESSAGES", "LANG"]
        .iter()
        .filter_map(|name| std::env::var(name).ok())
        .find(|value| !value.is_empty())
        .unwrap_or_default()
}

/// The button of a notification about one event.
pub(crate) fn show_in_bellwire(tongue: Tongue) -> &'static str {
    match tongue {
        Tongue::En => "Show in Bellwire",
        Tongue::ZhCn => "在 Bellwire 中查看",
    }
}

/// The title of a notification that counts.
pub(crate) fn digest_title(tongue: Tongue, feed: &str, count: u64, seconds: u64) -> String {
    match tongue {
        Tongue::En => format!("{feed}: {count} events in {}", english_time(seconds)),
        Tongue::ZhCn => format!("{feed}：{} 内 {count} 个事件", chinese_time(seconds)),
    }
}

/// The title of a notification about what came while none could be shown.
pub(crate) fn away_title(tongue: Tongue, feed: &str, count: u64, critical: u64) -> String {
    match (tongue, critical) {
        (Tongue::En, 0) => format!("{feed}: {count} while you were away"),
        (Tongue::En, _) => format!("{feed}: {count} while you were away, {critical} critical"),
        (Tongue::ZhCn, 0) => format!("{feed}：您离开期间有 {count} 个事件"),
        (Tongue::ZhCn, _) => format!("{feed}：您离开期间有 {count} 个事件，其中 {critical} 个严重"),
    }
}

/// The body of a notification that counts: how many of which, and the newest.
pub(crate) fn digest_body(tongue: Tongue, counts: &str, newest: &str) -> String {
    match tongue {
        Tongue::En => format!("{counts}. Newest: {newest}"),
        Tongue::ZhCn => format!("{counts}。最新：{newest}"),
    }
}

/// The body of a notification that could not be shown in time.
pub(crate) fn late_body(tongue: Tongue, time: &str, body: &str) -> String {
    match tongue {
        Tongue::En => format!("{time}: {body}"),
        Tongue::ZhCn => format!("{time}：{body}"),
    }
}

fn english_time(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{} s", seconds.max(1)),
        120..=7199 => format!("{} min", seconds / 60),
        _ => format!("{} h", seconds / 3600),
    }
}

fn chinese_time(seconds: u64) -> String {
    match seconds {
        0..=119 => format!("{} 秒", seconds.max(1)),
        120..=7199 => format!("{} 分钟", seconds / 60),
        _ => format!("{} 小时", seconds / 3600),
    }
}
