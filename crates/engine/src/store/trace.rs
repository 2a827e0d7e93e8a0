//! What the log knows of an event's way: its lines as they came, and its times.

use std::time::Duration;

use bellwire_sse::Layout;
use rusqlite::{Connection, OptionalExtension, Row};

use super::codec::KIND_EVENT;
use super::event_row::{OF_FIRST_ITEM, TOO_LARGE};
use super::reader::{LogReader, ReadError};
use crate::event::{Lines, Millis, Seq, Timing, Trace};

impl LogReader {
    /// How an event came, was stored and was shown; `None` where there is no such event.
    pub fn trace(&self, Seq(seq): Seq) -> Result<Option<Trace>, ReadError> {
        self.read(|read| trace(read, seq))
    }
}

fn trace(read: &Connection, seq: i64) -> rusqlite::Result<Option<Trace>> {
    let sql = "SELECT at, layout, raw, chunks, took_us, stored_at, in_group, event_type, last_event_id, data, part \
               FROM log WHERE seq = ?1 AND kind = ?2";
    let found = read.prepare_cached(sql)?.query_row((seq, KIND_EVENT), |row| {
        let took: Option<u64> = row.get(4)?;
        let timing = Timing {
            arrived_at: row.get(0)?,
            chunks: row.get(3)?,
            took: took.map(Duration::from_micros),
            stored_at: row.get(5)?,
            in_group: row.get(6)?,
            shown_at: None,
        };
        let part: Option<i64> = row.get(10)?;
        let is_elsewhere = row.get::<_, Option<i64>>(1)? == Some(OF_FIRST_ITEM);
        Ok((Trace { lines: lines(row)?, timing }, part.filter(|_| is_elsewhere)))
    });
    let Some((mut trace, part)) = found.optional()? else { return Ok(None) };
    if let Some(number) = part {
        let first = trace_of_first(read, seq - (number - 1))?;
        trace.lines = first.unwrap_or(Lines::Unknown);
    }
    trace.timing.shown_at = shown_at(read, seq)?;
    Ok(Some(trace))
}

/// Returns the lines of an event from the row of its first item.
fn trace_of_first(read: &Connection, seq: i64) -> rusqlite::Result<Option<Lines>> {
    let sql = "SELECT 0, layout, raw, 0, 0, 0, 0, event_type, last_event_id, data FROM log \
               WHERE seq = ?1 AND kind = ?2 AND part = 1";
    read.prepare_cached(sql)?.query_row((seq, KIND_EVENT), lines).optional()
}

fn lines(row: &Row<'_>) -> rusqlite::Result<Lines> {
    if let Some(bytes) = row.get(2)? {
        return Ok(Lines::AsReceived(bytes));
    }
    let Some(code) = row.get::<_, Option<i64>>(1)? else { return Ok(Lines::Unknown) };
    if code == TOO_LARGE {
        return Ok(Lines::TooLarge);
    }
    let Some(layout) = u16::try_from(code).ok().and_then(Layout::from_code) else {
        return Ok(Lines::Unknown);
    };
    let text = |column| row.get_ref(column).and_then(|value| Ok(value.as_str()?.to_owned()));
    Ok(Lines::AsReceived(layout.lines(&text(7)?, &text(8)?, &text(9)?)))
}

/// When the desktop took a notification that tells of the event: its own, or one that counts it.
fn shown_at(read: &Connection, seq: i64) -> rusqlite::Result<Option<Millis>> {
    let own = "SELECT shown_at FROM delivery WHERE seq = ?1 AND is_digest = 0";
    if let Some(shown_at) = read.prepare_cached(own)?.query_row([seq], |row| row.get(0)).optional()? {
        return Ok(shown_at);
    }
    let counting = "SELECT d.shown_at FROM log l JOIN delivery d ON d.seq >= l.seq AND d.feed = l.feed \
                    WHERE l.seq = ?1 AND l.outcome IN (1, 2) AND d.is_digest = 1 \
                    AND d.first_at <= l.at AND d.last_at >= l.at ORDER BY d.seq LIMIT 1";
    Ok(read.prepare_cached(counting)?.query_row([seq], |row| row.get(0)).optional()?.flatten())
}
