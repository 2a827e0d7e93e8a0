//! Events that may be repeats of stored ones, until it is known. They are held as references to the rows that they equal.

use rusqlite::{OptionalExtension, Row};

use super::arriving::{self, Arriving};
use super::codec::part;
use super::event_row::OF_FIRST_ITEM;
use super::group::Group;
use crate::event::{Arrival, FeedId, IncomingEvent, Millis, ReceivedLines, Seq};

/// How many held events are stored in one group.
const SLICE: u64 = 2_000;

/// Holds one more event of a feed, its `n`th, that equals the row `seq` and was received at `at`.
pub(super) fn add(group: &Group<'_>, feed: &FeedId, n: u64, seq: Seq, at: Millis) -> rusqlite::Result<()> {
    let sql = "INSERT OR REPLACE INTO held_repeat (feed, n, seq, at) VALUES (?1, ?2, ?3, ?4)";
    group.tx.prepare_cached(sql)?.execute((feed.as_str(), n, seq.0, at)).map(drop)
}

/// Stores what is held of a feed, a slice at a time so that other feeds need not wait: it was new.
pub(super) fn release(group: &mut Group<'_>, feed: &FeedId) -> rusqlite::Result<()> {
    let first = "SELECT min(n) FROM held_repeat WHERE feed = ?1";
    let first: Option<u64> = group.tx.prepare_cached(first)?.query_row([feed.as_str()], |row| row.get(0))?;
    let first = first.unwrap_or(0);
    let mut is_done = false;
    for n in first..first + SLICE {
        let Some((origin, at, event)) = read(group, feed, n)? else {
            is_done = true;
            break;
        };
        let arriving = Arriving { feed, origin: &origin, at, replayed: false, event: &event };
        arriving::store(group, &arriving)?;
    }
    let gone = "DELETE FROM held_repeat WHERE feed = ?1 AND n < ?2";
    group.tx.prepare_cached(gone)?.execute((feed.as_str(), first + SLICE))?;
    group.entry(feed).is_releasing = !is_done;
    Ok(())
}

/// Forgets what is held of a feed.
pub(super) fn forget(group: &Group<'_>, feed: &FeedId) -> rusqlite::Result<()> {
    let sql = "DELETE FROM held_repeat WHERE feed = ?1";
    group.tx.prepare_cached(sql)?.execute([feed.as_str()]).map(drop)
}

/// Reads a held event back, from the stored one that it equals.
fn read(
    group: &Group<'_>,
    feed: &FeedId,
    n: u64,
) -> rusqlite::Result<Option<(String, Millis, IncomingEvent)>> {
    let mut statement = group.tx.prepare_cached(
        "SELECT held_repeat.at, origin, event_type, data, last_event_id, layout, raw, chunks, took_us, part, parts \
         FROM held_repeat CROSS JOIN log ON log.seq = held_repeat.seq \
         WHERE held_repeat.feed = ?1 AND held_repeat.n = ?2",
    )?;
    let event = |row: &Row<'_>| {
        let part = part(row, 9)?;
        let lines = match (row.get::<_, Option<i64>>(5)?, row.get::<_, Option<Vec<u8>>>(6)?) {
            (_, Some(lines)) => ReceivedLines::Bytes(lines),
            (Some(code), None) if code >= 0 => {
                u16::try_from(code).map_or(ReceivedLines::TooLarge, ReceivedLines::Layout)
            }
            (Some(OF_FIRST_ITEM), None) => ReceivedLines::OfFirstItem,
            _ => ReceivedLines::TooLarge,
        };
        let took = u64::try_from(row.get::<_, i64>(8)?).unwrap_or(0);
        let arrival = Arrival { lines, chunks: row.get(7)?, took: std::time::Duration::from_micros(took) };
        let event = IncomingEvent {
            event_type: row.get(2)?,
            data: row.get(3)?,
            last_event_id: row.get(4)?,
            explicit_id: true,
            is_control: false,
            is_place: true,
            part,
            arrival,
        };
        Ok((row.get(1)?, row.get(0)?, event))
    };
    statement.query_row((feed.as_str(), n), event).optional()
}
