//! Rows of the log, and whole events.

use bellwire_engine::event as domain;
use bellwire_engine::event::FeedId;
use bellwire_engine::{Extent, link};
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::error::{BridgeError, ErrorCode};
use super::reason::Reason;
use super::word::Word;

/// The longest preview of an event's data, in characters: it fills a row, and its tooltip stays readable.
pub const MAX_PREVIEW: u32 = 600;
/// The most data of one event that is sent to the window, in bytes.
const MAX_DATA: usize = 1 << 20;

/// Selects rows of the log.
#[derive(Debug, Deserialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct View {
    /// The id of the only feed; null for all feeds.
    pub feed: Option<String>,
    /// Whether only events that notified are selected.
    pub notified: bool,
    /// Whether control events are left out.
    pub hides_control: bool,
}

/// Consecutive rows of a view.
#[derive(Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    /// The rows by ascending `seq`.
    pub rows: Vec<Row>,
    /// Whether the view has older rows.
    pub more_before: bool,
    /// Whether the view has newer rows.
    pub more_after: bool,
    /// The newest revision of the log when the rows were read.
    pub rev: i64,
    /// The number of rows in the view.
    pub total: u64,
    /// The number of control events of the view's feeds, even if it leaves them out; 0 in a view of events that notified.
    pub control: u64,
}

/// New and changed rows of a view.
#[derive(Debug, PartialEq, Serialize, TS)]
pub struct Changes {
    /// The rows by ascending `rev`.
    pub rows: Vec<Row>,
    /// The revision after which the next request continues.
    pub rev: i64,
    /// Whether rows with a later revision exist.
    pub more: bool,
    /// The number of rows in the view.
    pub total: u64,
    /// The number of control events of the view's feeds, even if it leaves them out; 0 in a view of events that notified.
    pub control: u64,
}

/// A row of the log.
#[derive(Debug, PartialEq, Serialize, TS)]
pub struct Row {
    /// The row's number, which never changes.
    pub seq: i64,
    /// The revision of its last change.
    pub rev: i64,
    /// The id of its feed.
    pub feed: String,
    /// When it was received, in milliseconds since the epoch.
    pub at: i64,
    /// What it records.
    #[serde(flatten)]
    pub body: RowBody,
}

/// What a row of the log records.
#[derive(Debug, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[cfg_attr(test, derive(strum::VariantNames), strum(serialize_all = "kebab-case"))]
pub enum RowBody {
    /// An event.
    Event {
        /// The event type.
        event: String,
        /// The last event ID at dispatch; empty where there is none.
        id: String,
        /// The first 600 characters of the data.
        preview: String,
        /// The size of the whole data, in bytes.
        size: usize,
        /// The severity.
        severity: Word<domain::Severity>,
        /// The decision about notifying.
        decision: Word<domain::Outcome>,
        /// Whether it arrived in the replay after a resumed connection.
        replayed: bool,
    },
    /// A connection opened.
    Open {
        /// The HTTP status.
        status: u16,
        /// The HTTP version, such as `1.1`.
        http: String,
        /// The time since the previous connection ended, in milliseconds; 0 where none is known.
        after_ms: u64,
        /// Which attempt opened it, from 1.
        attempt: u32,
        /// Whether it goes on where an earlier one ended.
        resumed: Word<domain::Resumed>,
        /// Whether events before it may be missing.
        may_miss: bool,
        /// The number of events that the server sent again, which were skipped.
        repeated: u64,
    },
    /// Connections ended or failed; another attempt follows.
    Reconnecting {
        /// Why the last one ended.
        reason: Reason,
        /// The time before the next attempt, in milliseconds.
        in_ms: u64,
        /// The number of attempts in a row that ended like this.
        tries: u32,
        /// When the first of them ended, in milliseconds since the epoch.
        since: i64,
        /// The last event ID that the next request carries; empty where there is none.
        last_id: String,
    },
    /// The server ends each connection after its events, and is asked again.
    Polled {
        /// The time between two polls, in milliseconds.
        every_ms: u64,
        /// The number of polls.
        polls: u64,
        /// When the first of them began, in milliseconds since the epoch.
        since: i64,
        /// Whether the newest one goes on where the one before ended.
        resumed: Word<domain::Resumed>,
        /// The number of events that the server sent again, which were skipped.
        repeated: u64,
    },
    /// The server accepted the connection and has not answered.
    NoAnswer {
        /// How long there has been no answer, in milliseconds.
        after_ms: u64,
    },
    /// The server set the reconnection time.
    Retry {
        /// The reconnection time that was set last, in milliseconds.
        ms: u64,
        /// How often one was set.
        times: u64,
    },
    /// Events may be missing.
    Gap {
        /// The last moment at which none was missing, in milliseconds since the epoch.
        from: i64,
        /// The first moment at which none is missing again, in milliseconds since the epoch.
        to: i64,
        /// Why.
        reason: Word<domain::GapReason>,
        /// How often it happened.
        times: u64,
    },
    /// The feed stopped until a person acts.
    Parked {
        /// Why.
        reason: Reason,
    },
    /// The feed ended.
    Closed {
        /// Why; null where a person paused it.
        reason: Option<Reason>,
    },
}

/// The place of an item in the list that its event carried.
#[derive(Debug, PartialEq, Serialize, TS)]
pub struct Part {
    /// Its number, from 1.
    pub number: u32,
    /// How many items the list has.
    pub of: u32,
}

/// A whole event.
#[derive(Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EventDetail {
    /// The number of its row.
    pub seq: i64,
    /// The id of its feed.
    pub feed: String,
    /// When it was received, in milliseconds since the epoch.
    pub at: i64,
    /// The event type.
    pub event: String,
    /// The last event ID at dispatch; empty where there is none.
    pub id: String,
    /// Whether the event itself has an `id` field.
    pub explicit_id: bool,
    /// The data, at most the first 1 MiB.
    pub data: String,
    /// Whether `data` is cut.
    pub cut: bool,
    /// The size of the whole data, in bytes.
    pub size: usize,
    /// The number of lines in the whole data.
    pub lines: usize,
    /// The origin of the final URL.
    pub origin: String,
    /// The severity.
    pub severity: Word<domain::Severity>,
    /// The decision about notifying.
    pub decision: Word<domain::Outcome>,
    /// The rule that decided; null for the default.
    pub rule: Option<String>,
    /// What went wrong in that rule, in English; it then counts as matching.
    pub fault: Option<String>,
    /// Which item of an event with a list it is; null for a whole event.
    pub part: Option<Part>,
    /// Whether it arrived in the replay after a resumed connection.
    pub replayed: bool,
    /// The links in the data, at most 20.
    pub links: Vec<Link>,
}

/// A link in an event's data. The window opens it by its number and never gets its address.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct Link {
    /// Its number within the event, from 1.
    pub number: usize,
    /// The host that it leads to.
    pub host: String,
}

impl TryFrom<View> for bellwire_engine::View {
    type Error = BridgeError;

    fn try_from(view: View) -> Result<Self, BridgeError> {
        Ok(Self {
            feed: view.feed.as_deref().map(feed_id).transpose()?,
            notified: view.notified,
            hides_control: view.hides_control,
            extent: Extent::Preview(MAX_PREVIEW),
        })
    }
}

/// Parses a feed's id from the window.
///
/// # Errors
///
/// `no-such-feed` when no feed can have this id.
pub fn feed_id(text: &str) -> Result<FeedId, BridgeError> {
    FeedId::parse(text).ok_or_else(|| BridgeError::new(ErrorCode::NoSuchFeed, "that is not the id of a feed"))
}

impl From<bellwire_engine::Page> for Page {
    fn from(page: bellwire_engine::Page) -> Self {
        Self {
            rows: page.rows.into_iter().map(Row::from).collect(),
            more_before: page.more_before,
            more_after: page.more_after,
            rev: page.rev.0,
            total: page.total,
            control: page.control,
        }
    }
}

impl From<bellwire_engine::Changes> for Changes {
    fn from(changes: bellwire_engine::Changes) -> Self {
        Self {
            rows: changes.rows.into_iter().map(Row::from).collect(),
            rev: changes.rev.0,
            more: changes.more,
            total: changes.total,
            control: changes.control,
        }
    }
}

impl From<domain::Row> for Row {
    fn from(row: domain::Row) -> Self {
        Self {
            seq: row.seq.0,
            rev: row.rev.0,
            feed: row.feed.to_string(),
            at: row.at,
            body: RowBody::from(row.body),
        }
    }
}

impl From<domain::RowBody> for RowBody {
    fn from(body: domain::RowBody) -> Self {
        match body {
            domain::RowBody::Event(event) => RowBody::Event {
                preview: event.data.chars().take(MAX_PREVIEW as usize).collect(),
                size: event.size,
                event: event.event_type,
                id: event.last_event_id,
                severity: Word(event.severity),
                decision: Word(event.decision.outcome),
                replayed: event.replayed,
            },
            domain::RowBody::Open(open) => RowBody::Open {
                status: open.status,
                http: open.http,
                after_ms: open.after_ms,
                attempt: open.attempt,
                resumed: Word(open.resumed),
                may_miss: open.may_miss,
                repeated: open.repeated,
            },
            domain::RowBody::Reconnecting(waiting) => RowBody::Reconnecting {
                reason: Reason::from(&waiting.reason),
                in_ms: waiting.in_ms,
                tries: waiting.tries,
                since: waiting.since,
                last_id: waiting.last_event_id,
            },
            domain::RowBody::Polled(run) => RowBody::Polled {
                every_ms: run.every_ms,
                polls: run.polls,
                since: run.since,
                resumed: Word(run.resumed),
                repeated: run.repeated,
            },
            domain::RowBody::NoAnswer { after_ms } => RowBody::NoAnswer { after_ms },
            domain::RowBody::Retry { ms, times } => RowBody::Retry { ms, times },
            domain::RowBody::Gap(gap) => {
                RowBody::Gap { from: gap.from, to: gap.to, reason: Word(gap.reason), times: gap.times }
            }
            domain::RowBody::Parked(reason) => RowBody::Parked { reason: Reason::from(&reason) },
            domain::RowBody::Closed(reason) => RowBody::Closed { reason: reason.as_ref().map(Reason::from) },
        }
    }
}

impl EventDetail {
    /// Returns the whole event of a row; `None` when the row is not an event.
    pub fn of(row: domain::Row) -> Option<Self> {
        let domain::RowBody::Event(event) = row.body else { return None };
        let links = link::links(&event.data);
        let shown = (0..=MAX_DATA.min(event.data.len())).rev().find(|end| event.data.is_char_boundary(*end));
        let shown = shown.unwrap_or_default();
        Some(Self {
            seq: row.seq.0,
            feed: row.feed.to_string(),
            at: row.at,
            size: event.data.len(),
            lines: event.data.split('\n').count(),
            cut: shown < event.data.len(),
            data: event.data[..shown].to_owned(),
            event: event.event_type,
            id: event.last_event_id,
            explicit_id: event.explicit_id,
            origin: event.origin,
            severity: Word(event.severity),
            decision: Word(event.decision.outcome),
            rule: event.decision.rule,
            fault: event.decision.fault,
            part: event.part.map(|part| Part { number: part.number, of: part.of }),
            replayed: event.replayed,
            links: links.into_iter().map(|link| Link { number: link.number, host: link.host }).collect(),
        })
    }
}

#[cfg(test)]
mod tests;
