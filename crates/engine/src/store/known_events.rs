//! What is stored of the events that a server may send again.

use rusqlite::{OptionalExtension, params};

use super::group::Group;
use crate::event::{FeedId, IncomingEvent, Seq};

/// Returns the first row after `after`, up to `target`, that holds this event: its id, type and data.
pub(super) fn stored_after(
    group: &mut Group<'_>,
    feed: &FeedId,
    event: &IncomingEvent,
    after: Seq,
    target: Seq,
) -> rusqlite::Result<Option<Seq>> {
    if group.feed_indexed() < target.0 {
        group.index_feed_rows()?;
    }
    let mut statement = group.tx.prepare_cached(
        "SELECT log.seq FROM feed_id CROSS JOIN log ON log.seq = feed_id.seq \
         WHERE feed_id.feed = ?1 AND feed_id.id = ?2 AND feed_id.seq > ?3 AND feed_id.seq <= ?4 \
         AND event_type = ?5 AND data = ?6 ORDER BY feed_id.seq LIMIT 1",
    )?;
    let found = statement.query_row(
        params![feed.as_str(), event.last_event_id, after.0, target.0, event.event_type, event.data],
        |row| row.get(0).map(Seq),
    );
    found.optional()
}

/// Returns whether a row holds this event: its id, type and data.
pub(super) fn equals(group: &Group<'_>, event: &IncomingEvent, seq: Seq) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM log WHERE seq = ?1 AND last_event_id = ?2 AND event_type = ?3 AND data = ?4";
    group.tx.prepare_cached(sql)?.exists(params![seq.0, event.last_event_id, event.event_type, event.data])
}

/// Returns whether an event is stored once up to `target`, and is not the only thing that the feed gave an id to: then
/// its coming again shows more than that the server counts each connection.
pub(super) fn is_only_copy(
    group: &Group<'_>,
    feed: &FeedId,
    event: &IncomingEvent,
    target: Seq,
) -> rusqlite::Result<bool> {
    let others = "SELECT 1 FROM feed_id WHERE feed = ?1 AND (id < ?2 OR id > ?2) LIMIT 1";
    let copies = "SELECT count(*) FROM (SELECT 1 FROM feed_id CROSS JOIN log ON log.seq = feed_id.seq \
                  WHERE feed_id.feed = ?1 AND feed_id.id = ?2 AND feed_id.seq <= ?3 \
                  AND event_type = ?4 AND data = ?5 LIMIT 2)";
    if !group.tx.prepare_cached(others)?.exists((feed.as_str(), &event.last_event_id))? {
        return Ok(false);
    }
    let values = params![feed.as_str(), event.last_event_id, target.0, event.event_type, event.data];
    let count: i64 = group.tx.prepare_cached(copies)?.query_row(values, |row| row.get(0))?;
    Ok(count == 1)
}

/// Returns the newest row before `before` whose event can be compared.
pub(super) fn newest_comparable(
    group: &mut Group<'_>,
    feed: &FeedId,
    before: Seq,
) -> rusqlite::Result<Option<Seq>> {
    if group.feed_indexed() < before.0 {
        group.index_feed_rows()?;
    }
    let mut statement = group.tx.prepare_cached(
        "SELECT log.seq FROM feed_row CROSS JOIN log ON log.seq = feed_row.seq \
         WHERE feed_row.feed = ?1 AND is_control = 0 AND feed_row.seq < ?2 AND explicit_id = 1 \
         AND last_event_id <> '' AND outcome >= 0 \
         ORDER BY feed_row.seq DESC LIMIT 1",
    )?;
    statement.query_row((feed.as_str(), before.0), |row| row.get(0).map(Seq)).optional()
}

/// Returns whether the server gave this id before this connection.
pub(super) fn is_known(
    group: &mut Group<'_>,
    feed: &FeedId,
    id: &str,
    before: Seq,
) -> rusqlite::Result<bool> {
    if group.feed_indexed() < before.0 {
        group.index_feed_rows()?;
    }
    let sql = "SELECT 1 FROM feed_id WHERE feed = ?1 AND id = ?2 AND seq < ?3 LIMIT 1";
    group.tx.prepare_cached(sql)?.exists((feed.as_str(), id, before.0))
}
