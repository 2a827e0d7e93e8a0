//! The table `[retention]`: how much the log keeps.

use std::ops::RangeInclusive;
use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::reading::{Placed, Reading};
use super::values::parse_age;

/// The ages at which rows may be deleted: from an hour to a hundred years.
const AGES: RangeInclusive<Duration> = Duration::from_secs(3600)..=Duration::from_secs(36_500 * 24 * 3600);

/// How much the log keeps; older rows are deleted first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Retention {
    /// The age at which rows are deleted, from 1 h to 36,500 days; `None` for never.
    pub max_age: Option<Duration>,
    /// The most events that are kept, from 1,000 to 1,000,000,000.
    pub max_events: u64,
}

impl Default for Retention {
    fn default() -> Self {
        Self { max_age: Some(Duration::from_secs(30 * 24 * 3600)), max_events: 1_000_000 }
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
}

impl RetentionTable {
    /// Checks the values and fills in the defaults.
    pub(super) fn read(self, reading: &mut Reading<'_>) -> Retention {
        let defaults = Retention::default();
        Retention {
            max_age: reading.value(self.max_age, max_age).unwrap_or(defaults.max_age),
            max_events: reading.value(self.max_events, max_events).unwrap_or(defaults.max_events),
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
    let number = u64::try_from(number).ok().filter(|number| (1_000..=1_000_000_000).contains(number));
    number.ok_or("expected a number from 1_000 to 1_000_000_000")
}
