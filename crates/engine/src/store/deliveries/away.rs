//! What waited long for a desktop becomes one notification a feed instead of a storm.

use std::time::Duration;

use rusqlite::Connection;

use super::super::codec;
use super::state::{OPEN, WAITING, count_type};
use crate::event::{FeedId, Millis, Severity};

/// How long a delivery may wait and still have a notification of its own.
const LONG: Duration = Duration::from_secs(600);

/// Makes one delivery of what a feed could not show for long, for each such feed. Returns the deliveries that went into
/// each.
pub(in super::super) fn fold_late(
    connection: &Connection,
    now: Millis,
) -> rusqlite::Result<Vec<(FeedId, Vec<i64>)>> {
    let feeds = late_feeds(connection, now)?;
    feeds.into_iter().map(|feed| fold(connection, &feed).map(|folded| (feed, folded))).collect()
}

/// Returns the feeds of which a delivery has waited long at `now`, with more than one event that was never shown.
fn late_feeds(connection: &Connection, now: Millis) -> rusqlite::Result<Vec<FeedId>> {
    let long = Millis::try_from(LONG.as_millis()).unwrap_or(Millis::MAX);
    let sql = format!(
        "SELECT feed FROM delivery WHERE {OPEN} AND state = {WAITING} AND shown_at IS NULL GROUP BY feed \
         HAVING min(first_at) <= ?1 AND sum(count) > 1 AND (count(*) > 1 OR max(away) = 0)"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let feeds = statement.query_map([now - long], |row| row.get::<_, String>(0))?;
    let feeds: Vec<String> = feeds.collect::<Result<_, _>>()?;
    Ok(feeds.iter().filter_map(|feed| FeedId::parse(feed)).collect())
}

/// Makes one of all that waits of a feed and was never shown. Returns the deliveries that went into it.
fn fold(connection: &Connection, feed: &FeedId) -> rusqlite::Result<Vec<i64>> {
    let sql = format!(
        "SELECT d.id, d.seq, d.count, d.counts, d.severity, d.critical, d.first_at, d.last_at, d.is_digest, \
         coalesce(l.event_type, ''), d.title, d.body FROM delivery d LEFT JOIN log l ON l.seq = d.seq \
         WHERE d.{OPEN} AND d.state = {WAITING} AND d.shown_at IS NULL AND d.feed = ?1 ORDER BY d.id"
    );
    let mut statement = connection.prepare_cached(&sql)?;
    let mut rows = statement.query([feed.as_str()])?;
    let mut ids: Vec<i64> = Vec::new();
    let mut counts: Vec<(String, u64)> = Vec::new();
    let (mut title, mut body): (Option<String>, Option<String>) = (None, None);
    let (mut seq, mut count, mut critical) = (0_i64, 0_u64, 0_u64);
    let mut severity = Severity::Info;
    let (mut first_at, mut last_at) = (Millis::MAX, Millis::MIN);
    while let Some(row) = rows.next()? {
        ids.push(row.get(0)?);
        let worst = codec::severity(row.get(4)?)?;
        if worst >= severity {
            (seq, severity) = (row.get(1)?, worst);
            (title, body) = (row.get(10)?, row.get(11)?);
        }
        count += row.get::<_, u64>(2)?;
        critical += row.get::<_, u64>(5)?;
        first_at = first_at.min(row.get(6)?);
        last_at = last_at.max(row.get(7)?);
        if row.get(8)? {
            let within: Vec<(String, u64)> =
                serde_json::from_str(&row.get::<_, String>(3)?).unwrap_or_default();
            within.iter().for_each(|(name, n)| count_type(&mut counts, name, *n));
        } else {
            count_type(&mut counts, &row.get::<_, String>(9)?, 1);
        }
    }
    let Some((kept, others)) = ids.split_first() else { return Ok(ids) };
    for id in others {
        connection.prepare_cached("DELETE FROM delivery WHERE id = ?1")?.execute([id])?;
    }
    connection
        .prepare_cached(
            "UPDATE delivery SET seq = ?2, is_digest = 1, away = 1, count = ?3, counts = ?4, severity = ?5, \
             critical = ?6, first_at = ?7, last_at = ?8, title = ?9, body = ?10, link = NULL, ready_at = NULL WHERE id = ?1",
        )?
        .execute((
            kept,
            seq,
            count,
            serde_json::to_string(&counts).unwrap_or_default(),
            codec::severity_number(severity),
            critical,
            first_at,
            last_at,
            title,
            body,
        ))?;
    Ok(ids)
}
