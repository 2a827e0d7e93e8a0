//! The table `[notifications]`: the flood limit.

use std::time::Duration;

use schemars::JsonSchema;
use serde::Deserialize;

use super::reading::{Placed, Reading};
use super::values;

/// After `burst` notifications of a feed within `per`, one notification counts the rest.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct FloodLimit {
    /// The number of notifications of their own, from 1 to 1000.
    pub burst: u32,
    /// The time in which they count, from 1 s to 1 h.
    pub per: Duration,
}

impl Default for FloodLimit {
    fn default() -> Self {
        Self { burst: 5, per: Duration::from_secs(30) }
    }
}

/// The keys of `[notifications]`.
#[derive(Deserialize, JsonSchema, Default)]
#[serde(expecting = "a table [notifications]")]
pub(super) struct NotificationsTable {
    /// After so many notifications of a feed within `per`, one notification counts the rest: `1` to `1000`.
    /// Default: `5`.
    burst: Option<Placed<i64>>,
    /// The time in which `burst` counts: `"1s"` to `"1h"`. Default: `"30s"`.
    per: Option<Placed<String>>,
}

impl NotificationsTable {
    /// Checks the values and fills in the defaults.
    pub(super) fn read(self, reading: &mut Reading<'_>) -> FloodLimit {
        let defaults = FloodLimit::default();
        FloodLimit {
            burst: reading.value(self.burst, burst).unwrap_or(defaults.burst),
            per: reading.value(self.per, per).unwrap_or(defaults.per),
        }
    }
}

fn burst(number: i64) -> Result<u32, &'static str> {
    let number = u32::try_from(number).ok().filter(|number| (1..=1000).contains(number));
    number.ok_or("expected a number from 1 to 1000")
}

fn per(text: String) -> Result<Duration, String> {
    values::duration(&text, Duration::from_secs(1)..=Duration::from_secs(3600))
}
