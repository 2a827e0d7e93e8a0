//! Times as scripts and people read them.

use bellwire_engine::config::parse_duration;
use bellwire_engine::event::Millis;
use jiff::Timestamp;

/// A moment in the past.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Since {
    /// So many milliseconds ago.
    Ago(Millis),
    /// This moment.
    At(Millis),
}

impl Since {
    /// The moment itself.
    pub fn resolve(self, now: Millis) -> Millis {
        match self {
            Since::Ago(time) => now.saturating_sub(time),
            Since::At(at) => at,
        }
    }
}

/// A duration back, or a time of RFC 3339.
pub fn parse_since(text: &str) -> Result<Since, String> {
    if let Some(time) = parse_duration(text) {
        return Ok(Since::Ago(Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX)));
    }
    let at =
        text.parse::<Timestamp>().map_err(|_| "expected 15m, 2h, or a time such as 2026-11-21T06:35:31Z")?;
    Ok(Since::At(at.as_millisecond()))
}

/// RFC 3339 in UTC with milliseconds, for scripts.
pub fn utc(at: Millis) -> String {
    stamp(at).strftime("%Y-%m-%dT%H:%M:%S.%3fZ").to_string()
}

/// Local time of day with milliseconds, for people.
pub fn local(at: Millis) -> String {
    stamp(at).to_zoned(jiff::tz::TimeZone::system()).strftime("%H:%M:%S.%3f").to_string()
}

/// A span in one unit.
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
mod tests {
    use super::*;

    #[test]
    fn times_are_utc_with_milliseconds() {
        assert_eq!(utc(1_795_242_931_482), "2026-11-21T06:35:31.482Z");
    }

    #[test]
    fn since_takes_durations_and_times() {
        assert_eq!(parse_since("2m"), Ok(Since::Ago(120_000)));
        assert_eq!(parse_since("1970-01-01T00:00:01Z"), Ok(Since::At(1000)));
        assert!(parse_since("yesterday").is_err());
    }
}
