//! Which rows a feed has, and which of them carry which id. Filled many rows at a time: an index that each commit keeps
//! up to date rewrites a page for every feed, which under load costs more than the rows themselves. Rows that are not in
//! it yet are looked through.

use rusqlite::{Connection, OptionalExtension, Transaction};

use crate::event::FeedId;

/// How many rows gather before they are indexed together. A reader looks through as many, in about a millisecond.
pub(super) const SLICE: i64 = 1024;

/// The rows strictly between two places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Between {
    pub after: i64,
    pub before: i64,
}

/// Which rows come first.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Order {
    Newest,
    Oldest,
}

/// Indexes the rows after `from`, up to `to`.
pub(super) fn fill(tx: &Transaction<'_>, from: i64, to: i64) -> rusqlite::Result<()> {
    // Sorted, so that each page is written once.
    let rows = "INSERT INTO feed_row (feed, seq) \
                SELECT feed, seq FROM log WHERE seq > ?1 AND seq <= ?2 ORDER BY feed, seq";
    tx.prepare_cached(rows)?.execute([from, to])?;
    let ids = "INSERT INTO feed_id (feed, id, seq) SELECT feed, last_event_id, seq FROM log \
               WHERE seq > ?1 AND seq <= ?2 AND explicit_id = 1 ORDER BY feed, last_event_id, seq";
    tx.prepare_cached(ids)?.execute([from, to])?;
    Ok(())
}

/// Takes a row out of the index, if it is in it; `id` is the one that its event itself carried.
pub(super) fn remove(
    tx: &Transaction<'_>,
    feed: &FeedId,
    seq: i64,
    id: Option<&str>,
) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM feed_row WHERE feed = ?1 AND seq = ?2")?.execute((feed.as_str(), seq))?;
    if let Some(id) = id {
        let sql = "DELETE FROM feed_id WHERE feed = ?1 AND id = ?2 AND seq = ?3";
        tx.prepare_cached(sql)?.execute((feed.as_str(), id, seq))?;
    }
    Ok(())
}

/// Returns the row up to which everything is indexed.
pub(super) fn indexed_up_to(connection: &Connection) -> rusqlite::Result<i64> {
    let sql = "SELECT value FROM counter WHERE name = 'feed_indexed'";
    let found = connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or(0))
}

/// Returns the places of at most `limit` rows of a feed, in this order. To be called within a transaction.
pub(super) fn places(
    read: &Connection,
    feed: &FeedId,
    between: Between,
    order: Order,
    limit: usize,
) -> rusqlite::Result<Vec<i64>> {
    let direction = match order {
        Order::Newest => "DESC",
        Order::Oldest => "ASC",
    };
    let sql = format!(
        "SELECT seq FROM log WHERE feed = ?1 AND seq > ?2 AND seq < ?3 \
         UNION ALL SELECT seq FROM feed_row WHERE feed = ?1 AND seq > ?4 AND seq < ?3 \
         ORDER BY seq {direction} LIMIT ?5"
    );
    let unindexed_after = between.after.max(indexed_up_to(read)?);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = read.prepare_cached(&sql)?;
    let parameters = (feed.as_str(), unindexed_after, between.before, between.after, limit);
    statement.query_map(parameters, |row| row.get(0))?.collect()
}
