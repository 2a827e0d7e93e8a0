//! The texts of notifications, in each language.

use crate::config::Language;
use crate::event::Millis;

/// Returns the label of a notification's button.
pub(crate) fn show_in_bellwire(language: Language) -> &'static str {
    match language {
        Language::En => "Show in Bellwire",
        Language::ZhCn => "在 Bellwire 中查看",
    }
}

/// Returns the label of the button that opens a link of this host.
pub(crate) fn open_host(language: Language, host: &str) -> String {
    match language {
        Language::En => format!("Open {host}"),
        Language::ZhCn => format!("打开 {host}"),
    }
}

/// Returns the title of a digest: `count` events within `seconds`, and how many of them are critical.
pub(crate) fn digest_title(
    language: Language,
    feed: &str,
    count: u64,
    critical: u64,
    seconds: u64,
) -> String {
    let title = match language {
        Language::En if count == 1 => format!("{feed}: 1 event in {}", english_time(seconds)),
        Language::En => format!("{feed}: {count} events in {}", english_time(seconds)),
        Language::ZhCn => format!("{feed}：{} 内 {count} 个事件", chinese_time(seconds)),
    };
    match (language, critical) {
        (_, 0) => title,
        (Language::En, _) => format!("{title}, {critical} critical"),
        (Language::ZhCn, _) => format!("{title}，其中 {critical} 个严重"),
    }
}

/// Returns the title of a digest of the events that arrived while no notification could be shown.
pub(crate) fn away_title(language: Language, feed: &str, count: u64, critical: u64) -> String {
    match (language, critical) {
        (Language::En, 0) => format!("{feed}: {count} while you were away"),
        (Language::En, _) => format!("{feed}: {count} while you were away, {critical} critical"),
        (Language::ZhCn, 0) => format!("{feed}：您离开期间有 {count} 个事件"),
        (Language::ZhCn, _) => format!("{feed}：您离开期间有 {count} 个事件，其中 {critical} 个严重"),
    }
}

/// Returns the title of a digest of what a server replayed after nothing had been received since `since`.
pub(crate) fn replay_title(language: Language, feed: &str, count: u64, critical: u64, since: &str) -> String {
    match (language, critical) {
        (Language::En, 0) => format!("{feed}: {count} events since {since}"),
        (Language::En, _) => format!("{feed}: {count} events since {since}, {critical} critical"),
        (Language::ZhCn, 0) => format!("{feed}：{since} 以来 {count} 个事件"),
        (Language::ZhCn, _) => format!("{feed}：{since} 以来 {count} 个事件，其中 {critical} 个严重"),
    }
}

/// Returns the local time of day, with the date where that is not the date of `now`.
pub(crate) fn moment(language: Language, at: Millis, now: Millis) -> String {
    let (Some(then), Some(now)) = (local(at), local(now)) else { return String::new() };
    let format = match (then.date() == now.date(), language) {
        (true, _) => "%H:%M",
        (false, Language::En) => "%-d %b %H:%M",
        (false, Language::ZhCn) => "%-m月%-d日 %H:%M",
    };
    then.strftime(format).to_string()
}

fn local(at: Millis) -> Option<jiff::Zoned> {
    let zone = jiff::tz::TimeZone::system();
    jiff::Timestamp::from_millisecond(at).ok().map(|at| at.to_zoned(zone))
}

/// Returns the body of a digest: the counts by event type, and the newest event, of the critical ones if there are any.
pub(crate) fn digest_body(language: Language, counts: &str, newest: &str, critical: u64) -> String {
    match (language, critical) {
        (Language::En, 0) => format!("{counts}. Newest: {newest}"),
        (Language::En, _) => format!("{counts}. Newest critical: {newest}"),
        (Language::ZhCn, 0) => format!("{counts}。最新：{newest}"),
        (Language::ZhCn, _) => format!("{counts}。最新的严重事件：{newest}"),
    }
}

/// Returns the body of a late notification: the time of the event before its text.
pub(crate) fn late_body(language: Language, time: &str, body: &str) -> String {
    match language {
        Language::En => format!("{time}: {body}"),
        Language::ZhCn => format!("{time}：{body}"),
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

#[cfg(test)]
mod tests;
