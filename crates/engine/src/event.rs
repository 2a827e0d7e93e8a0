//! The words of the domain: what a feed sends and what the log holds.
//!
//! None of these types is serialisable: the doors (command line, window) have wire types of their own, so
//! that a change here never changes what others read.

mod reason;

use std::fmt;
use std::time::Duration;

pub use reason::Reason;

/// A moment on the wall clock, in milliseconds since 1970-01-01 UTC.
pub type Millis = i64;

/// The name of a feed in `config.toml`: 1 to 64 of `a-z`, `0-9`, `-` and `_`.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FeedId(String);

impl FeedId {
    /// The id, or `None` when the text is not one.
    pub fn parse(text: &str) -> Option<Self> {
        let fits = (1..=64).contains(&text.len())
            && text.bytes().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit() || b == b'-' || b == b'_');
        fits.then(|| Self(text.to_owned()))
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for FeedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl fmt::Debug for FeedId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

/// The place of a row in the log: rising, never reused, with holes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Seq(pub i64);

/// A revision of the log: each row written or changed takes the next one. A new row has `rev == seq`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Default)]
pub struct Rev(pub i64);

/// One row of the log.
#[derive(Clone, Debug, PartialEq)]
pub struct Row {
    /// The row's place.
    pub seq: Seq,
    /// The row's newest revision.
    pub rev: Rev,
    /// The feed that the row belongs to.
    pub feed: FeedId,
    /// When it was received or noticed.
    pub at: Millis,
    /// What happened.
    pub body: RowBody,
}

/// What a row says.
#[derive(Clone, Debug, PartialEq)]
pub enum RowBody {
    /// An event as dispatched by the standard (WHATWG HTML 9.2.6).
    Event(StoredEvent),
    /// A connection opened: an event stream was announced.
    Open(Opened),
    /// A connection ended or failed and another try will come. Runs of tries fold into one row.
    Reconnecting(Reconnecting),
    /// The server took the connection and has not answered for a while.
    NoAnswer {
        /// How long it has been silent, in milliseconds.
        after_ms: u64,
    },
    /// The server set the reconnection time.
    Retry {
        /// The time it asked for, in milliseconds, before any clamp.
        ms: u64,
    },
    /// Events may be missing.
    Gap(Gap),
    /// The feed waits for a person, or tries rarely.
    Parked(Reason),
    /// The feed ended: 204 from the server (a reason), or switched off by a person (none).
    Closed(Option<Reason>),
}

/// An event in the log.
#[derive(Clone, Debug, PartialEq)]
pub struct StoredEvent {
    /// The event type; `message` when the server named none.
    pub event_type: String,
    /// The data, without the last line feed.
    pub data: String,
    /// The last event ID string at dispatch; empty when none.
    pub last_event_id: String,
    /// Whether this very event carried an `id:` line.
    pub explicit_id: bool,
    /// The origin of the final URL, after redirects.
    pub origin: String,
    /// Whether it was received within the replay that follows a resumed connection.
    pub replayed: bool,
    /// How grave the feed's configuration says it is.
    pub severity: Severity,
    /// What was decided about notifying.
    pub decision: Decision,
}

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

/// How grave an event is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Default)]
pub enum Severity {
    /// Nothing special.
    #[default]
    Info,
    /// To be looked at.
    Warning,
    /// Must not be missed.
    Critical,
}

/// What was decided about an event, and by which rule.
#[derive(Clone, Debug, PartialEq)]
pub struct Decision {
    /// The outcome.
    pub outcome: Outcome,
    /// The name of the rule that decided; `None` for the default.
    pub rule: Option<String>,
}

/// The outcome of a decision.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    /// Only logged.
    Log,
    /// A notification of its own.
    Notify,
    /// Part of the one notification that counts, because the feed is over its flood limit.
    Digest,
    /// Would have notified, but notifications are muted.
    Muted,
}

impl Outcome {
    /// Whether the event counts as unread: it notified, or would have but for mute or the flood limit.
    pub fn alerts(self) -> bool {
        self != Outcome::Log
    }
}

/// An opened connection.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Opened {
    /// The status, 200.
    pub status: u16,
    /// The HTTP version: `1.0`, `1.1` or `2`.
    pub http: String,
    /// Time since the previous connection ended, in milliseconds; 0 for the first.
    pub after_ms: u64,
    /// Which try opened it, from 1.
    pub attempt: u32,
    /// Whether it was asked for what came after an earlier connection.
    pub resumed: bool,
    /// Whether events may be missing between the previous connection and this one.
    pub may_miss: bool,
    /// How many events the server sent again after it, which are in the log already and were left out.
    pub repeated: u64,
}

/// A wait before another try.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reconnecting {
    /// Why the connection ended or failed.
    pub reason: Reason,
    /// The wait, in milliseconds.
    pub in_ms: u64,
    /// How many tries in a row ended like this.
    pub tries: u32,
    /// When the run of tries began.
    pub since: Millis,
    /// The last event ID that the next request will carry.
    pub last_event_id: String,
}

/// A stretch in which events may be missing.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Gap {
    /// The last moment at which nothing was missing.
    pub from: Millis,
    /// The first moment at which nothing is missing again.
    pub to: Millis,
    /// Why.
    pub reason: GapReason,
}

/// Why events may be missing.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum GapReason {
    /// The feed sends no ids, so the server cannot be asked for what was missed. This reason and the next four are said
    /// once a feed and URL; later connections say it themselves ([`Opened::may_miss`]).
    NoIds,
    /// No event had come yet, so there was none to resume after.
    NoEventYet,
    /// The last id is empty, because the server took it back, or holds what no header can carry.
    NoUsableId,
    /// The feed's cursor expression found nothing in the events.
    NoCursor,
    /// The configuration says not to resume.
    ResumeOff,
    /// The server's history did not go back to where it was asked to resume.
    HistoryTooShort,
    /// An event was larger than `max_event` and was skipped.
    Oversize,
    /// The log was damaged; it was set aside and a new one begun.
    StoreReplaced,
}
