//! The table `[retention]`: how much the log keeps.

use std::ops::RangeInclusive;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::reading::{Placed, Reading};
use super::values::{Size, parse_age};

/// The ages at which rows may be deleted: from an hour to a hundred years.
const AGES: RangeInclusive<Duration> = Duration::from_secs(3600)..=Duration::from_secs(36_500 * 24 * 3600);

/// How much the log keeps; older rows are deleted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// The age at which rows are deleted, from 1 h to 36,500 days; `None` for never.
    pub max_age: Option<Duration>,
    /// The most events that are kept, from 1,000 to 1,000,000,000.
    pub max_events: u64,
    /// The most bytes that the rows may count for, from 1 MiB to 1 TiB: their texts as received, and 200 bytes a row.
    pub max_bytes: u64,
}

/// How much the log keeps of one feed, where that is not as for all. The limits for all feeds hold, too.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Default)]
pub struct FeedRetention {
    /// The age at which rows are deleted, from 1 h to 36,500 days; `Some(None)` for never, `None` as for all feeds.
    pub max_age: Option<Option<Duration>>,
    /// The most events that are kept, from 1 to 1,000,000,000; `None` without a limit of its own.
    pub max_events: Option<u64>,
    /// The most bytes that the rows may count for, from 1 MiB to 1 TiB; `None` without a limit of its own.
    pub max_bytes: Option<u64>,
}

impl Default for Retention {
    fn default() -> Self {
        Self {
            max_age: Some(Duration::from_secs(30 * 24 * 3600)),
            max_events: 1_000_000,
            max_bytes: 2 * 1024 * 1024 * 1024,
        }
    }
}

/// The keys of `[retention]`.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(expecting = "a table [retention]")]
pub(super) struct RetentionTable {
    /// The age at which rows are deleted: `"1h"` to `"36500d"`, or `"off"` for never. Default: `"30d"`.
    max_age: Option<Placed<String>>,
    /// The most events that are kept: `1_000` to `1_000_000_000`. Default: `1_000_000`.
    max_events: Option<Placed<i64>>,
    /// The most that all rows may count for: `"1MiB"` to `"1TiB"`. A row counts for its texts and 200 bytes more. Default:
    /// `"2GiB"`.
    max_bytes: Option<Placed<Size>>,
}

/// The keys of `retention` of a feed.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(expecting = "a table such as { max_age = \"7d\", max_events = 50_000 }")]
pub(super) struct FeedRetentionTable {
    /// The age at which the feed's rows are deleted: `"1h"` to `"36500d"`, or `"off"` for never. Default: as for all feeds.
    max_age: Option<Placed<String>>,
    /// The most events of the feed that are kept: `1` to `1_000_000_000`. Default: no limit of its own.
    max_events: Option<Placed<i64>>,
    /// The most that the feed's rows may count for: `"1MiB"` to `"1TiB"`. Default: no limit of its own.
    max_bytes: Option<Placed<Size>>,
}

impl FeedRetentionTable {
    /// Checks the values.
    pub(super) fn read(self, reading: &mut Reading<'_>) -> FeedRetention {
        let max_events = |number| events(number, 1).ok_or("expected a number from 1 to 1_000_000_000");
        FeedRetention {
            max_age: reading.value(self.max_age, max_age),
            max_events: reading.value(self.max_events, max_events),
            max_bytes: reading.value(self.max_bytes, max_bytes),
        }
    }
}

impl RetentionTable {
    /// Checks the values and fills in the defaults.
    pub(super) fn read(self, reading: &mut Reading<'_>) -> Retention {
        let defaults = Retention::default();
        Retention {
            max_age: reading.value(self.max_age, max_age).unwrap_or(defaults.max_age),
            max_events: reading.value(self.max_events, max_events).unwrap_or(defaults.max_events),
            max_bytes: reading.value(self.max_bytes, max_bytes).unwrap_or(defaults.max_bytes),
        }
    }
}

fn max_age(text: String) -> Result<Option<Duration>, &'static str> {
    if text == "off" {
        return Ok(None);
    }
    let age = parse_age(&text).filter(|age| AGES.contains(age));
    age.map(Some).ok_or("expected a time such as \"30d\" or \"12h\", from 1h to 36500d, or \"off\"")
}

fn max_events(number: i64) -> Result<u64, &'static str> {
    events(number, 1_000).ok_or("expected a number from 1_000 to 1_000_000_000")
}

fn events(number: i64, least: u64) -> Option<u64> {
    u64::try_from(number).ok().filter(|number| (least..=1_000_000_000).contains(number))
}

fn max_bytes(size: Size) -> Result<u64, &'static str> {
    let bytes = size.bytes().filter(|bytes| (1024 * 1024..=1024 * 1024 * 1024 * 1024).contains(bytes));
    bytes.ok_or("expected a size such as \"2GiB\", from 1MiB to 1TiB")
}
