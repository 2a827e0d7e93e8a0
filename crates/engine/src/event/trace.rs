//! How an event arrived, was stored and was shown.

use std::time::Duration;

use super::id::Millis;

/// How an event came, was stored and was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Trace {
    /// Its lines.
    pub lines: Lines,
    /// Its times.
    pub timing: Timing,
}

/// The lines of an event, up to its blank line, each with its end.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Lines {
    /// Byte for byte.
    AsReceived(Vec<u8>),
    /// More than 1 MiB and not written in a plain way, so they were not kept.
    TooLarge,
    /// Stored by a version that kept none.
    Unknown,
}

/// An event's times; what an older version did not keep is `None`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Timing {
    /// When its last byte was read.
    pub arrived_at: Millis,
    /// In how many reads it came.
    pub chunks: Option<u32>,
    /// The time from the first of them to the last.
    pub took: Option<Duration>,
    /// When the group that holds it began to be written.
    pub stored_at: Option<Millis>,
    /// How many events are in that group.
    pub in_group: Option<u64>,
    /// When the desktop took a notification that tells of it, by itself or among others.
    pub shown_at: Option<Millis>,
}
