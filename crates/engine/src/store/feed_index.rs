//! Which rows a feed has, which of them carry which id, and which rows are not control events. Filled many rows at a time: an index that each commit keeps
//! up to date rewrites a page for every feed, which under load costs more than the rows themselves. Rows that are not in
//! it yet are looked through.

use rusqlite::{Connection, OptionalExtension, Transaction};

use super::codec;
use crate::event::{FeedId, Outcome};

/// How many rows gather before they are indexed together. A reader looks through as many, in about a millisecond.
pub(super) const SLICE: i64 = 1024;

/// The rows strictly between two places.
#[derive(Clone, Copy, Debug)]
pub(super) struct Between {
    pub after: i64,
    pub before: i64,
}

/// Which rows are listed.
#[derive(Clone, Copy, Debug)]
pub(super) enum Listed<'a> {
    /// All rows of a feed.
    Feed(&'a FeedId),
    /// The rows of a feed that are not control events.
    FeedWithoutControl(&'a FeedId),
    /// All rows that are not control events.
    WithoutControl,
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
    let rows = "INSERT INTO feed_row (feed, is_control, seq) \
                SELECT feed, outcome IS ?3, seq FROM log WHERE seq > ?1 AND seq <= ?2 \
                ORDER BY feed, outcome IS ?3, seq";
    let control = codec::outcome_number(Outcome::Control);
    tx.prepare_cached(rows)?.execute([from, to, control])?;
    let plain = "INSERT INTO plain_row (seq) \
                 SELECT seq FROM log WHERE seq > ?1 AND seq <= ?2 AND outcome IS NOT ?3 ORDER BY seq";
    tx.prepare_cached(plain)?.execute([from, to, control])?;
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
    is_control: bool,
    id: Option<&str>,
) -> rusqlite::Result<()> {
    let sql = "DELETE FROM feed_row WHERE feed = ?1 AND is_control = ?2 AND seq = ?3";
    tx.prepare_cached(sql)?.execute((feed.as_str(), is_control, seq))?;
    if !is_control {
        tx.prepare_cached("DELETE FROM plain_row WHERE seq = ?1")?.execute([seq])?;
    }
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

/// Returns the places of at most `limit` listed rows, in this order. Call it within a transaction.
pub(super) fn places(
    read: &Connection,
    listed: Listed<'_>,
    between: Between,
    order: Order,
    limit: usize,
) -> rusqlite::Result<Vec<i64>> {
    // Each part is in the order of `seq`, so that SQLite merges them and stops at the limit.
    let of_feed = |is_control: u8| {
        format!(
            "SELECT seq FROM feed_row WHERE feed = ?1 AND is_control = {is_control} AND seq > ?4 AND seq < ?3"
        )
    };
    let is_plain = format!("outcome IS NOT {}", codec::outcome_number(Outcome::Control));
    let (feed, unindexed, indexed) = match listed {
        Listed::Feed(feed) => {
            (feed.as_str(), "feed = ?1".to_owned(), format!("{} UNION ALL {}", of_feed(0), of_feed(1)))
        }
        Listed::FeedWithoutControl(feed) => (feed.as_str(), format!("feed = ?1 AND {is_plain}"), of_feed(0)),
        Listed::WithoutControl => {
            ("", is_plain, "SELECT seq FROM plain_row WHERE seq > ?4 AND seq < ?3".to_owned())
        }
    };
    let direction = match order {
        Order::Newest => "DESC",
        Order::Oldest => "ASC",
    };
    let sql = format!(
        "SELECT seq FROM log WHERE {unindexed} AND seq > ?2 AND seq < ?3 \
         UNION ALL {indexed} ORDER BY seq {direction} LIMIT ?5"
    );
    let unindexed_after = between.after.max(indexed_up_to(read)?);
    let limit = i64::try_from(limit).unwrap_or(i64::MAX);
    let mut statement = read.prepare_cached(&sql)?;
    let parameters = (feed, unindexed_after, between.before, between.after, limit);
    statement.query_map(parameters, |row| row.get(0))?.collect()
}
