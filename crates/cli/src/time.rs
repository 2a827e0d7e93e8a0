//! Times as scripts and people read them.

use bellwire_engine::config::parse_duration;
use bellwire_engine::event::Millis;
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde::{Serialize, Serializer};

/// A moment in the past, as `--since` takes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// This number of milliseconds before now.
    Ago(Millis),
    /// The moment itself.
    At(Millis),
}

impl Since {
    /// Returns the moment itself.
    pub fn resolve(self, now: Millis) -> Millis {
        match self {
            Since::Ago(time) => now.saturating_sub(time),
            Since::At(at) => at,
        }
    }
}

/// Reads a duration before now, or a time of RFC 3339.
///
/// # Errors
///
/// When the text is neither.
pub fn parse_since(text: &str) -> Result<Since, String> {
    if let Some(time) = parse_duration(text) {
        return Ok(Since::Ago(Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX)));
    }
    let at =
        text.parse::<Timestamp>().map_err(|_| "expected 15m, 2h, or a time such as 2026-11-21T06:35:31Z")?;
    Ok(Since::At(at.as_millisecond()))
}

/// A moment for scripts: serialized as RFC 3339 in UTC with milliseconds.
#[derive(Clone, Copy, Debug)]
pub struct Utc(pub Millis);

impl Serialize for Utc {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_str(&stamp(self.0).strftime("%Y-%m-%dT%H:%M:%S.%3fZ"))
    }
}

/// Returns the local time of day with milliseconds, for people; with the date before it where that is not the day of `now`.
pub fn local(at: Millis, now: Millis) -> String {
    local_in(&TimeZone::system(), at, now)
}

fn local_in(zone: &TimeZone, at: Millis, now: Millis) -> String {
    let (at, now) = (stamp(at).to_zoned(zone.clone()), stamp(now).to_zoned(zone.clone()));
    let format = if at.date() == now.date() { "%H:%M:%S.%3f" } else { "%Y-%m-%d %H:%M:%S.%3f" };
    at.strftime(format).to_string()
}

/// Returns a time of `ms` milliseconds in one unit, for people: `3.0 s`, `45 s`, `12 min`, `5 h`.
pub fn span(ms: u64) -> String {
    match ms {
        0..=9_949 => format!("{}.{} s", ms / 1000, ms % 1000 / 100),
        9_950..=119_999 => format!("{} s", ms / 1000),
        120_000..=7_199_999 => format!("{} min", ms / 60_000),
        _ => format!("{} h", ms / 3_600_000),
    }
}

fn stamp(at: Millis) -> Timestamp {
    Timestamp::from_millisecond(at).unwrap_or_default()
}

#[cfg(test)]
mod tests;
