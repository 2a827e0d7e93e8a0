//! What a server sends again after a reconnect.

use std::collections::HashSet;
use std::sync::Arc;

use rusqlite::Connection;

use super::Batch;
use super::apply::Group;
use crate::event::{FeedId, Gap, Millis, RowBody, Seq};
use crate::feed::IncomingEvent;

/// For how long after a connection opened its server may be going over what came before, in milliseconds.
pub(crate) const LENGTH: Millis = 5_000;
/// And for how long after the newest event that came again: a long history takes its time.
pub(crate) const PAUSE: Millis = 500;
/// How many events of one id are compared; a server that gives one id to more cannot be told from one that repeats.
const COMPARED: u32 = 100;
/// How many rows that come out of their order are accounted for at most.
const OUT_OF_ORDER: usize = 1000;

/// The rows that came again on one connection. Each accounts for one repeat: a feed that says the same over and over is
/// heard again once it has said it as often as before.
#[derive(Clone, Debug, Default)]
pub(crate) struct Repeats {
    newest: i64,
    out_of_order: HashSet<i64>,
}

impl Repeats {
    /// Whether one of these rows, ascending, had not come again yet.
    fn take(&mut self, alike: &[i64]) -> bool {
        if let Some(seq) = alike.iter().find(|seq| **seq > self.newest) {
            self.newest = *seq;
            return true;
        }
        match alike {
            [seq] if *seq < self.newest && self.out_of_order.len() < OUT_OF_ORDER => {
                self.out_of_order.insert(*seq)
            }
            _ => false,
        }
    }
}

impl Group<'_> {
    /// Whether the server sent this event again after a reconnect. What comes later under an old id is new.
    pub(super) fn came_before(&mut self, batch: &Batch, event: &IncomingEvent) -> rusqlite::Result<bool> {
        // The empty id is what a server resets by; it names no event.
        if !event.explicit_id || event.last_event_id.is_empty() {
            return Ok(false);
        }
        let tx = self.tx;
        let entry = self.entry(&batch.feed);
        let Some(connection) = entry.connection.as_mut().filter(|open| open.overlap.contains(&batch.at))
        else {
            return Ok(false);
        };
        let alike = stored(tx, &batch.feed, connection.seq, event)?;
        if !connection.repeats.take(&alike) {
            return Ok(false);
        }
        if alike.len() == 1 {
            connection.overlap.end = connection.overlap.end.max(batch.at + PAUSE);
        }
        Ok(true)
    }

    /// What was left out is told by the row of the connection that brought it.
    pub(super) fn tell_repeated(&mut self, feed: &FeedId, repeated: u64) -> rusqlite::Result<()> {
        let entry = self.entry(feed);
        let Some(connection) = entry.connection.as_mut().filter(|_| repeated > 0) else { return Ok(()) };
        connection.opened.repeated += repeated;
        let (seq, body) = (connection.seq, RowBody::Open(connection.opened.clone()));
        self.rewrite(feed, seq, body)
    }

    /// A feed that cannot resume says so once for each of its URLs.
    pub(super) fn cannot_resume(&mut self, feed: &FeedId, url: &Arc<str>, gap: &Gap) -> rusqlite::Result<()> {
        let mut cursor = self.cursor(feed, url);
        if !cursor.told.insert(gap.reason) {
            return Ok(());
        }
        self.cursors.insert((feed.clone(), url.to_string()), cursor);
        self.row(feed, gap.to, &RowBody::Gap(gap.clone()))
    }
}

/// The rows before `before` that hold this very type and data, with this id on the event itself.
fn stored(
    connection: &Connection,
    feed: &FeedId,
    before: Seq,
    event: &IncomingEvent,
) -> rusqlite::Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(
        "SELECT seq FROM (SELECT seq, event_type, data FROM log \
         WHERE feed = ?1 AND last_event_id = ?2 AND explicit_id = 1 AND seq < ?3 ORDER BY seq DESC LIMIT ?4) \
         WHERE event_type = ?5 AND data = ?6 ORDER BY seq",
    )?;
    let rows = statement.query_map(
        (feed.as_str(), &event.last_event_id, before.0, COMPARED, &event.event_type, &event.data),
        |row| row.get(0),
    )?;
    rows.collect()
}
