//! NDJSON, the format that scripts read: one JSON object a line, fields in the order in which they stand here.
//!
//! `wire/golden.ndjson` holds a line of every kind. A field may be added; a name, a type or a meaning stays.

use bellwire_engine::config::FeedConfig;
use bellwire_engine::event::{GapReason, Outcome, Reason, Row, RowBody, StoredEvent};
use serde::Serialize;

use crate::text::SWITCHED_OFF;
use crate::time::Utc;

mod preset;
mod watch;
mod words;

pub use preset::PresetLine;
pub use watch::WatchLine;
use words::words;

/// A stored row, as `log` prints it.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(strum::VariantNames), strum(serialize_all = "kebab-case"))]
pub enum LogLine<'a> {
    /// An event.
    Event {
        /// The feed's id.
        feed: &'a str,
        /// The event type.
        event: &'a str,
        /// The last event ID at dispatch; empty when none.
        id: &'a str,
        /// The data.
        data: &'a str,
        /// The origin of the final URL.
        origin: &'a str,
        /// When it was received.
        received_at: Utc,
        /// The row's number.
        seq: i64,
        /// Whether it came within the replay after a resumed connection.
        replayed: bool,
        /// The word for its severity.
        severity: &'static str,
        /// What was decided about notifying.
        decision: Decision<'a>,
        /// Which item of an event with a list it is, from 1; absent for a whole event.
        #[serde(skip_serializing_if = "Option::is_none")]
        item: Option<u32>,
        /// How many items that event has.
        #[serde(skip_serializing_if = "Option::is_none")]
        items: Option<u32>,
    },
    /// A connection opened.
    Open {
        /// The feed's id.
        feed: &'a str,
        /// The HTTP status.
        status: u16,
        /// The HTTP version.
        http: &'a str,
        /// The time since the previous connection ended, in milliseconds.
        after_ms: u64,
        /// Which try opened it, from 1.
        attempt: u32,
        /// Whether the request asked to resume.
        resumed: bool,
        /// Whether the server resumed: `no` where it was not asked, `asked`, `shown` or `cannot`.
        resume: &'static str,
        /// Whether events before it may be missing.
        may_miss: bool,
        /// How many events the server sent again, which were left out.
        repeated: u64,
        /// When it opened.
        received_at: Utc,
        /// The row's number.
        seq: i64,
    },
    /// A connection ended or failed; another try follows.
    Reconnecting {
        /// The feed's id.
        feed: &'a str,
        /// Why, in English.
        #[serde(serialize_with = "words")]
        reason: &'a Reason,
        /// The stable word for the reason.
        code: &'static str,
        /// The wait before the next try, in milliseconds.
        in_ms: u64,
        /// How many tries in a row ended like this.
        tries: u32,
        /// When the first of them ended.
        since: Utc,
        /// The last event ID that the next request carries.
        last_event_id: &'a str,
        /// When the last of them ended.
        received_at: Utc,
        /// The row's number.
        seq: i64,
    },
    /// The server ends each connection after its events, and is asked again.
    Polled {
        /// The feed's id.
        feed: &'a str,
        /// The time between two polls, in milliseconds.
        every_ms: u64,
        /// How many there were.
        polls: u64,
        /// When the first of them began.
        since: Utc,
        /// Whether the newest request asked to resume.
        resumed: bool,
        /// Whether the server resumed: `no` where it was not asked, `asked`, `shown` or `cannot`.
        resume: &'static str,
        /// How many events the server sent again, which were left out.
        repeated: u64,
        /// When the row was begun.
        received_at: Utc,
        /// The row's number.
        seq: i64,
    },
    /// The server accepted the connection and has not answered.
    NoAnswer {
        /// The feed's id.
        feed: &'a str,
        /// How long it has been silent, in milliseconds.
        after_ms: u64,
        /// When this was noticed.
        received_at: Utc,
        /// The row's number.
        seq: i64,
    },
    /// The server set the reconnection time.
    Retry {
        /// The feed's id.
        feed: &'a str,
        /// The time that it asked for last, in milliseconds.
        ms: u64,
        /// How often it set one within a minute; left out where that is once.
        #[serde(skip_serializing_if = "is_once")]
        times: u64,
        /// When it was received.
        received_at: Utc,
        /// The row's number.
        seq: i64,
    },
    /// Events may be missing.
    Gap {
        /// The feed's id.
        feed: &'a str,
        /// The last moment at which nothing was missing.
        from: Utc,
        /// The first moment at which nothing is missing again.
        to: Utc,
        /// Why, in English.
        #[serde(serialize_with = "words")]
        reason: GapReason,
        /// How often it happened within a minute; left out where that is once.
        #[serde(skip_serializing_if = "is_once")]
        times: u64,
        /// When this was noticed.
        received_at: Utc,
        /// The row's number.
        seq: i64,
    },
    /// The feed waits for a person.
    Parked {
        /// The feed's id.
        feed: &'a str,
        /// Why, in English.
        #[serde(serialize_with = "words")]
        reason: &'a Reason,
        /// The stable word for the reason.
        code: &'static str,
        /// When it parked.
        received_at: Utc,
        /// The row's number.
        seq: i64,
    },
    /// The feed ended.
    Closed {
        /// The feed's id.
        feed: &'a str,
        /// Why, in English.
        reason: String,
        /// When it ended.
        received_at: Utc,
        /// The row's number.
        seq: i64,
    },
}

/// What was decided about notifying for an event.
#[derive(Debug, Serialize)]
pub struct Decision<'a> {
    /// The word for the outcome.
    outcome: &'static str,
    /// The rule that decided; `null` for the default.
    rule: Option<&'a str>,
    /// Why, in English.
    why: &'static str,
    /// What went wrong in the rule; it then counts as matching.
    #[serde(skip_serializing_if = "Option::is_none")]
    fault: Option<&'a str>,
}

impl<'a> LogLine<'a> {
    /// Returns the line for a row.
    pub fn new(row: &'a Row) -> Self {
        let (feed, received_at, seq) = (row.feed.as_str(), Utc(row.at), row.seq.0);
        match &row.body {
            RowBody::Event(event) => Self::Event {
                feed,
                event: &event.event_type,
                id: &event.last_event_id,
                data: &event.data,
                origin: &event.origin,
                received_at,
                seq,
                replayed: event.replayed,
                severity: event.severity.code(),
                decision: Decision::of(event),
                item: event.part.map(|part| part.number),
                items: event.part.map(|part| part.of),
            },
            RowBody::Open(open) => Self::Open {
                feed,
                status: open.status,
                http: &open.http,
                after_ms: open.after_ms,
                attempt: open.attempt,
                resumed: open.resumed.is_asked(),
                resume: open.resumed.code(),
                may_miss: open.may_miss,
                repeated: open.repeated,
                received_at,
                seq,
            },
            RowBody::Reconnecting(wait) => Self::Reconnecting {
                feed,
                reason: &wait.reason,
                code: wait.reason.code().as_str(),
                in_ms: wait.in_ms,
                tries: wait.tries,
                since: Utc(wait.since),
                last_event_id: &wait.last_event_id,
                received_at,
                seq,
            },
            RowBody::Polled(run) => Self::Polled {
                feed,
                every_ms: run.every_ms,
                polls: run.polls,
                since: Utc(run.since),
                resumed: run.resumed.is_asked(),
                resume: run.resumed.code(),
                repeated: run.repeated,
                received_at,
                seq,
            },
            RowBody::NoAnswer { after_ms } => Self::NoAnswer { feed, after_ms: *after_ms, received_at, seq },
            RowBody::Retry { ms, times } => Self::Retry { feed, ms: *ms, times: *times, received_at, seq },
            RowBody::Gap(gap) => Self::Gap {
                feed,
                from: Utc(gap.from),
                to: Utc(gap.to),
                reason: gap.reason,
                times: gap.times,
                received_at,
                seq,
            },
            RowBody::Parked(reason) => {
                Self::Parked { feed, reason, code: reason.code().as_str(), received_at, seq }
            }
            RowBody::Closed(reason) => {
                Self::Closed { feed, reason: closed(reason.as_ref()), received_at, seq }
            }
        }
    }
}

impl<'a> Decision<'a> {
    fn of(event: &'a StoredEvent) -> Self {
        let rule = event.decision.rule.as_deref();
        let why = match event.decision.outcome {
            Outcome::Notify => "within the flood limit",
            Outcome::Digest => "over the flood limit: counted in one notification",
            Outcome::Muted => "notifications are muted",
            Outcome::Control => "control events are only logged",
            Outcome::Log if rule.is_some() => "the rule only logs",
            Outcome::Log if event.event_type == "message" => "unnamed events are only logged",
            Outcome::Log if event.data.is_empty() => "events without data are only logged",
            Outcome::Log => "a rule without a name only logs",
        };
        Self { outcome: event.decision.outcome.code(), rule, why, fault: event.decision.fault.as_deref() }
    }
}

/// A configured feed, as `feed list` prints it.
#[derive(Debug, Serialize)]
#[serde(tag = "kind", rename = "feed")]
pub struct FeedLine<'a> {
    /// The id.
    id: &'a str,
    /// The name for people.
    name: &'a str,
    /// The address, without its query.
    url: String,
    /// Whether it is received.
    enabled: bool,
}

impl<'a> FeedLine<'a> {
    /// Returns the line for a feed.
    pub fn new(feed: &'a FeedConfig) -> Self {
        Self { id: feed.id.as_str(), name: &feed.name, url: feed.public_url(), enabled: feed.enabled }
    }
}

/// Returns why a feed ended, in English.
fn closed(reason: Option<&Reason>) -> String {
    reason.map_or_else(|| SWITCHED_OFF.into(), ToString::to_string)
}

/// Whether a number is left out of a line, since it is what one expects.
#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes it so")]
fn is_once(times: &u64) -> bool {
    *times == 1
}

#[cfg(test)]
mod tests;
