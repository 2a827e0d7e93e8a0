//! An event on its way into the log.

use rusqlite::{Transaction, params};

use super::codec;
use crate::event::{Decision, FeedId, IncomingEvent, Millis, ReceivedLines, Seq, Severity};

/// What the column `layout` says of lines that were not kept.
pub(crate) const TOO_LARGE: i64 = -1;

/// What the column `layout` says of lines that the row of the event's first item keeps.
pub(crate) const OF_FIRST_ITEM: i64 = -2;

/// What a row counts for beside its texts, in bytes.
pub(crate) const ROW_BYTES: u64 = 200;

/// What a row of the table `log` counts for, in bytes, as SQL.
pub(crate) const BYTES: &str = "200 + coalesce(octet_length(data), 0) + coalesce(octet_length(raw), 0) \
    + coalesce(octet_length(event_type), 0) + coalesce(octet_length(last_event_id), 0)";

/// Everything that its row holds.
pub(crate) struct EventRow<'a> {
    pub seq: Seq,
    pub feed: &'a FeedId,
    pub origin: &'a str,
    pub at: Millis,
    pub replayed: bool,
    pub event: &'a IncomingEvent,
    pub severity: Severity,
    pub decision: &'a Decision,
    pub stored_at: Millis,
    pub in_group: usize,
}

impl EventRow<'_> {
    /// Returns what the row counts for, in bytes.
    pub fn bytes(&self) -> u64 {
        let event = self.event;
        let raw = match &event.arrival.lines {
            ReceivedLines::Bytes(lines) => lines.len(),
            ReceivedLines::Layout(_) | ReceivedLines::TooLarge | ReceivedLines::OfFirstItem => 0,
        };
        let texts = event.data.len() + raw + event.event_type.len() + event.last_event_id.len();
        ROW_BYTES + texts as u64
    }

    /// Writes the row.
    pub fn insert(&self, tx: &Transaction<'_>) -> rusqlite::Result<()> {
        let event = self.event;
        let (layout, raw) = match &event.arrival.lines {
            ReceivedLines::Layout(code) => (Some(i64::from(*code)), None),
            ReceivedLines::Bytes(lines) => (None, Some(lines)),
            ReceivedLines::TooLarge => (Some(TOO_LARGE), None),
            ReceivedLines::OfFirstItem => (Some(OF_FIRST_ITEM), None),
        };
        tx.prepare_cached(
            "INSERT INTO log (seq, rev, feed, at, kind, event_type, last_event_id, explicit_id, origin, replayed, \
             severity, outcome, rule, detail, data, layout, raw, chunks, took_us, stored_at, in_group, part, parts) \
             VALUES (?1, ?1, ?2, ?3, 0, ?4, ?5, ?6, ?7, ?8, ?9, ?10, ?11, ?12, ?13, ?14, ?15, ?16, ?17, ?18, ?19, ?20, ?21)",
        )?
        .execute(params![
            self.seq.0,
            self.feed.as_str(),
            self.at,
            event.event_type,
            event.last_event_id,
            event.explicit_id,
            self.origin,
            self.replayed,
            codec::severity_number(self.severity),
            codec::outcome_number(self.decision.outcome),
            self.decision.rule,
            self.decision.fault,
            event.data,
            layout,
            raw,
            event.arrival.chunks,
            i64::try_from(event.arrival.took.as_micros()).unwrap_or(i64::MAX),
            self.stored_at,
            self.in_group,
            event.part.map(|part| part.number),
            event.part.map(|part| part.of),
        ])
        .map(drop)
    }
}
