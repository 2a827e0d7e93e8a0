//! What a server sends again after a reconnect.

use rusqlite::Connection;

use super::command::Batch;
use super::connection_rows::rewrite;
use super::group::Group;
use super::ledger::OpenConnection;
use crate::event::{FeedId, IncomingEvent, Millis, Seq};

/// How long after the newest event that came again the replay still counts as going on, in milliseconds: a long
/// history takes its time.
const PAUSE: Millis = 500;
/// How many events of one id are compared; a server that gives one id to more cannot be told from one that repeats.
const COMPARED: u32 = 100;

/// Returns whether the server sent this event again after a reconnect. What comes later under an old id is new.
pub(super) fn came_before(
    group: &mut Group<'_>,
    batch: &Batch,
    event: &IncomingEvent,
) -> rusqlite::Result<bool> {
    // The empty id is what a server resets by; it names no event.
    if !event.explicit_id || event.last_event_id.is_empty() {
        return Ok(false);
    }
    let (tx, feed_indexed) = (group.tx, group.feed_indexed());
    let is_overlap = |open: &&mut OpenConnection| open.overlap.contains(&batch.at);
    let Some(connection) = group.entry(&batch.feed).connection.as_mut().filter(is_overlap) else {
        return Ok(false);
    };
    // Only rows before this connection are asked for, and they all have to be in the index.
    let since = connection.before;
    if feed_indexed < since.0 {
        group.index_feed_rows()?;
    }
    let alike = stored(tx, &batch.feed, since, event)?;
    let Some(connection) = group.entry(&batch.feed).connection.as_mut() else { return Ok(false) };
    if !connection.repeats.take(&alike) {
        return Ok(false);
    }
    if alike.len() == 1 {
        connection.overlap.end = connection.overlap.end.max(batch.at + PAUSE);
    }
    Ok(true)
}

/// Counts what was left out in the row of the connection that brought it.
pub(super) fn count_repeated(group: &mut Group<'_>, feed: &FeedId, repeated: u64) -> rusqlite::Result<()> {
    let entry = group.entry(feed);
    let Some(connection) = entry.connection.as_mut().filter(|_| repeated > 0) else { return Ok(()) };
    connection.body.add_repeated(repeated);
    let (row, body) = (connection.row, connection.body.row_body());
    rewrite(group, feed, row, body).map(drop)
}

/// Returns the rows before `before` that hold this type and data, with this id on the event itself.
fn stored(
    connection: &Connection,
    feed: &FeedId,
    before: Seq,
    event: &IncomingEvent,
) -> rusqlite::Result<Vec<i64>> {
    let mut statement = connection.prepare_cached(
        "SELECT log.seq FROM (SELECT seq FROM feed_id WHERE feed = ?1 AND id = ?2 AND seq < ?3 \
         ORDER BY seq DESC LIMIT ?4) AS known CROSS JOIN log ON log.seq = known.seq \
         WHERE event_type = ?5 AND data = ?6 ORDER BY log.seq",
    )?;
    let rows = statement.query_map(
        (feed.as_str(), &event.last_event_id, before.0, COMPARED, &event.event_type, &event.data),
        |row| row.get(0),
    )?;
    rows.collect()
}
