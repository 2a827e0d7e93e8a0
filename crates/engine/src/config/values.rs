//! Values that several keys share: times, sizes, words.

use std::ops::RangeInclusive;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;
use serde::de::IgnoredAny;

/// A size in bytes, as it is written: a number, or a text such as `16MiB`.
#[derive(Deserialize, JsonSchema)]
#[serde(untagged)]
pub(super) enum Size {
    Bytes(u64),
    Text(String),
    #[schemars(skip)]
    Other(IgnoredAny),
}

impl Size {
    /// Returns the size in bytes, or `None` where it is not one.
    pub(super) fn bytes(&self) -> Option<u64> {
        match self {
            Size::Bytes(bytes) => Some(*bytes),
            Size::Text(text) => parse_size(text),
            Size::Other(IgnoredAny) => None,
        }
    }
}

/// Returns a time such as `30s`, `5m` or `1h 30m`; `None` where the text is not one, or is negative.
pub fn parse_duration(text: &str) -> Option<Duration> {
    text.parse::<jiff::SignedDuration>().ok().and_then(|d| Duration::try_from(d).ok())
}

/// Returns a time that may count days and weeks, each day of 24 hours, such as `30d`; `None` where the text is not one.
pub(super) fn parse_age(text: &str) -> Option<Duration> {
    let span = text.parse::<jiff::Span>().ok()?;
    Duration::try_from(span.to_duration(jiff::SpanRelativeTo::days_are_24_hours()).ok()?).ok()
}

/// Returns a size such as `16MiB` or `65536`, in bytes; `None` where the text is not one.
pub fn parse_size(text: &str) -> Option<u64> {
    text.parse::<bytesize::ByteSize>().ok().map(|size| size.as_u64())
}

/// Reads a time within these limits.
///
/// # Errors
///
/// The message for a person, with the limits.
pub(super) fn duration(text: &str, limits: RangeInclusive<Duration>) -> Result<Duration, String> {
    parse_duration(text).filter(|time| limits.contains(time)).ok_or_else(|| {
        let (least, most) = (signed(*limits.start()), signed(*limits.end()));
        format!("expected a time such as \"30s\" or \"5m\", from {least:#} to {most:#}")
    })
}

/// Reads one of these words, and returns what it means.
///
/// # Errors
///
/// The message for a person, with the words.
pub(super) fn choice<T>(
    word: &str,
    choices: impl IntoIterator<Item = (&'static str, T)>,
) -> Result<T, String> {
    let mut names = Vec::new();
    for (name, meaning) in choices {
        if name == word {
            return Ok(meaning);
        }
        names.push(format!("\"{name}\""));
    }
    Err(format!("expected one of {}", names.join(", ")))
}

/// Returns the words of a vocabulary, each with what it means.
pub(super) fn words<T: strum::VariantArray + Copy + Into<&'static str>>()
-> impl DoubleEndedIterator<Item = (&'static str, T)> {
    T::VARIANTS.iter().map(|variant| ((*variant).into(), *variant))
}

fn signed(time: Duration) -> jiff::SignedDuration {
    jiff::SignedDuration::try_from(time).unwrap_or(jiff::SignedDuration::MAX)
}
