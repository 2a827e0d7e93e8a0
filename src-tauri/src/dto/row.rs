//! Rows of the log, and one event whole.

use bellwire_engine::event as domain;
use bellwire_engine::event::FeedId;
use bellwire_engine::link;
use serde::{Deserialize, Serialize};
use ts_rs::TS;

use super::error::{BridgeError, ErrorCode};
use super::reason::Reason;
use super::word::Word;

/// The most of an event's data that a row shows, in characters.
const MAX_PREVIEW: usize = 600;
/// The most of an event's data that the inspector shows, in bytes.
const MAX_DATA: usize = 1 << 20;

/// Which rows: `feed` null is every feed; `notified` only rows that alerted.
#[derive(Debug, Deserialize, TS)]
pub struct View {
    /// The id of a feed.
    pub feed: Option<String>,
    /// Only rows that alerted.
    pub notified: bool,
}

/// Rows by seq ascending. `rev`: the newest at the time of reading; `total`: rows of the whole view.
#[derive(Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Page {
    pub rows: Vec<Row>,
    pub more_before: bool,
    pub more_after: bool,
    pub rev: i64,
    pub total: u64,
}

/// New and changed rows, ordered by rev.
#[derive(Debug, PartialEq, Serialize, TS)]
pub struct Changes {
    pub rows: Vec<Row>,
    pub rev: i64,
    pub more: bool,
    pub total: u64,
}

/// A row of the log. `at` is in milliseconds since the epoch.
#[derive(Debug, PartialEq, Serialize, TS)]
pub struct Row {
    pub seq: i64,
    pub rev: i64,
    pub feed: String,
    pub at: i64,
    #[serde(flatten)]
    pub body: RowBody,
}

/// What a row of the log says. `preview` is at most 600 characters of the data; `size` is in bytes.
#[derive(Debug, PartialEq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case", rename_all_fields = "camelCase")]
#[cfg_attr(test, derive(strum::VariantNames), strum(serialize_all = "kebab-case"))]
pub enum RowBody {
    Event {
        event: String,
        id: String,
        preview: String,
        size: usize,
        severity: Word<domain::Severity>,
        decision: Word<domain::Outcome>,
        replayed: bool,
    },
    Open {
        status: u16,
        http: String,
        after_ms: u64,
        attempt: u32,
        may_miss: bool,
        repeated: u64,
    },
    Reconnecting {
        reason: Reason,
        in_ms: u64,
        tries: u32,
        since: i64,
        last_id: String,
    },
    NoAnswer {
        after_ms: u64,
    },
    Retry {
        ms: u64,
    },
    Gap {
        from: i64,
        to: i64,
        reason: Word<domain::GapReason>,
    },
    Parked {
        reason: Reason,
    },
    Closed {
        reason: Option<Reason>,
    },
}

/// A whole event. `data` is cut at 1 MiB, `cut` says so; `size` is in bytes before the cut.
#[derive(Debug, PartialEq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct EventDetail {
    pub seq: i64,
    pub feed: String,
    pub at: i64,
    pub event: String,
    pub id: String,
    pub explicit_id: bool,
    pub data: String,
    pub cut: bool,
    pub size: usize,
    pub lines: usize,
    pub origin: String,
    pub severity: Word<domain::Severity>,
    pub decision: Word<domain::Outcome>,
    pub rule: Option<String>,
    pub replayed: bool,
    pub links: Vec<Link>,
}

/// A link that Rust found and checked; it is opened by number, never by address.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct Link {
    pub number: usize,
    pub host: String,
}

impl TryFrom<View> for bellwire_engine::View {
    type Error = BridgeError;

    fn try_from(view: View) -> Result<Self, BridgeError> {
        Ok(Self { feed: view.feed.as_deref().map(feed_id).transpose()?, notified: view.notified })
    }
}

/// The id of a feed as the window sent it.
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
                preview: event.data.chars().take(MAX_PREVIEW).collect(),
                size: event.data.len(),
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
            domain::RowBody::NoAnswer { after_ms } => RowBody::NoAnswer { after_ms },
            domain::RowBody::Retry { ms } => RowBody::Retry { ms },
            domain::RowBody::Gap(gap) => {
                RowBody::Gap { from: gap.from, to: gap.to, reason: Word(gap.reason) }
            }
            domain::RowBody::Parked(reason) => RowBody::Parked { reason: Reason::from(&reason) },
            domain::RowBody::Closed(reason) => RowBody::Closed { reason: reason.as_ref().map(Reason::from) },
        }
    }
}

impl EventDetail {
    /// The whole event of a row; `None` when the row is no event.
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
            replayed: event.replayed,
            links: links.into_iter().map(|link| Link { number: link.number, host: link.host }).collect(),
        })
    }
}

#[cfg(test)]
mod tests;
