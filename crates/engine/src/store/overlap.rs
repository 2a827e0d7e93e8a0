//! What a server sends again after a reconnect.

use rusqlite::Connection;

use crate::event::{FeedId, Millis, Seq};

/// For how long after a connection opened its server may be going over what came before, in milliseconds.
pub(crate) const LENGTH: Millis = 5_000;
/// And for how long after the newest event that came again: a long history takes its time.
pub(crate) const PAUSE: Millis = 500;
/// How many events of one id are compared; a server that gives one id to more cannot be told from one that repeats.
const COMPARED: u32 = 100;

/// Whether an event of this type, data and id came before the row `before`, with the id on the event itself.
pub(crate) fn is_stored(
    connection: &Connection,
    feed: &FeedId,
    before: Seq,
    (event_type, data, id): (&str, &str, &str),
) -> rusqlite::Result<bool> {
    // The empty id is what a server resets by; it names no event.
    if id.is_empty() {
        return Ok(false);
    }
    connection
        .prepare_cached(
            "SELECT EXISTS (SELECT 1 FROM (SELECT event_type, data FROM log \
             WHERE feed = ?1 AND last_event_id = ?2 AND explicit_id = 1 AND seq < ?3 ORDER BY seq DESC LIMIT ?4) \
             WHERE event_type = ?5 AND data = ?6)",
        )?
        .query_row((feed.as_str(), id, before.0, COMPARED, event_type, data), |row| row.get(0))
}
