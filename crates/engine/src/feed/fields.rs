//! Fields of a response's head, read as the Fetch standard does where one comes more than once.

use std::time::{Duration, UNIX_EPOCH};

use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue, RETRY_AFTER};

use crate::event::Millis;

/// A field that may come once came more than once, with different values.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Ambiguous;

/// Returns the value of a field that may come once only; one that is repeated unchanged counts as one.
///
/// # Errors
/// [`Ambiguous`] where the values differ (WHATWG Fetch, "extract header list values").
pub(super) fn single(headers: &HeaderMap, name: HeaderName) -> Result<Option<&HeaderValue>, Ambiguous> {
    let mut values = headers.get_all(name).iter();
    let first = values.next();
    if values.any(|value| Some(value) != first) { Err(Ambiguous) } else { Ok(first) }
}

/// Returns all values of a field as one (WHATWG Fetch, "get"); `None` where it is missing. Bytes that are not UTF-8 are
/// replaced.
pub(super) fn combined(headers: &HeaderMap, name: HeaderName) -> Option<String> {
    let values: Vec<_> =
        headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes())).collect();
    (!values.is_empty()).then(|| values.join(", "))
}

/// Returns the content type: the last that is valid, of all fields and all commas (WHATWG Fetch, "extract a MIME type").
/// Where none is, all of them as they came; `None` where the field is missing.
pub(super) fn content_type(headers: &HeaderMap) -> Option<String> {
    let all = combined(headers, CONTENT_TYPE)?;
    let valid = split(&all).into_iter().rev().find(|value| is_content_type(value)).map(str::to_owned);
    Some(valid.unwrap_or(all))
}

/// Splits a value at the commas outside quoted strings (WHATWG Fetch, "get, decode, and split").
fn split(text: &str) -> Vec<&str> {
    let (mut parts, mut start) = (Vec::new(), 0);
    let (mut is_quoted, mut is_escaped) = (false, false);
    for (at, c) in text.char_indices() {
        match c {
            _ if is_escaped => is_escaped = false,
            '\\' if is_quoted => is_escaped = true,
            '"' => is_quoted = !is_quoted,
            ',' if !is_quoted => {
                parts.push(text[start..at].trim());
                start = at + 1;
            }
            _ => {}
        }
    }
    parts.push(text[start..].trim());
    parts
}

/// Returns whether this is a type and a subtype, and neither is `*`.
fn is_content_type(text: &str) -> bool {
    let is_token = |text: &str| {
        !text.is_empty()
            && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'+-.^_`|~".contains(&byte))
    };
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence.split_once('/').is_some_and(|(kind, subtype)| is_token(kind) && is_token(subtype))
}

/// Returns the delay that a server asks for; of several, the longest. `None` where no value is valid.
pub(super) fn retry_after(headers: &HeaderMap, now: Millis) -> Option<Duration> {
    let values = headers.get_all(RETRY_AFTER).iter().filter_map(|value| value.to_str().ok());
    values.filter_map(|value| delay(value, now)).max()
}

/// Parses `Retry-After` (RFC 9110 10.2.3), in seconds or as a date. A date in the past gives zero; an invalid value,
/// `None`.
fn delay(value: &str, now: Millis) -> Option<Duration> {
    let value = value.trim();
    if !value.is_empty() && value.bytes().all(|byte| byte.is_ascii_digit()) {
        // A number beyond `u64` saturates.
        return Some(Duration::from_secs(value.parse().unwrap_or(u64::MAX)));
    }
    let date = httpdate::parse_http_date(value).ok()?.duration_since(UNIX_EPOCH).ok()?;
    let now = Duration::from_millis(u64::try_from(now).unwrap_or(0));
    Some(date.saturating_sub(now))
}

#[cfg(test)]
mod tests;
