//! What leaves the log: by age and number, and the rows of removed feeds. Always in slices, so that receiving
//! waits for one at most, and always the oldest first.

use rusqlite::{Transaction, params};

use super::believed_clock::millis;
use super::group::Group;
use super::{codec, feed_index, index};
use crate::config::Retention;
use crate::event::{FeedId, Millis, Outcome, Seq, Severity};

/// The most rows of a slice.
pub(crate) const SLICE: usize = 500;
/// The most bytes of data of a slice: the pages of large events cost time to give back.
const SLICE_BYTES: u64 = 4 * 1024 * 1024;
/// A row that goes.
struct Doomed {
    seq: i64,
    feed: FeedId,
    is_event: bool,
    alerts: bool,
    is_control: bool,
    is_critical: bool,
}

/// Deletes one slice of what is too old or too much at `now`; whether more may be.
///
/// Rows go in the order of their places, and the first that may stay ends it: a row that was stored while the
/// clock was behind is not older than those before it.
pub(super) fn expire(group: &mut Group<'_>, retention: Retention, now: Millis) -> rusqlite::Result<bool> {
    let born_before = retention.max_age.map(|age| now.saturating_sub(millis(age)));
    let mut too_many = group.event_count().saturating_sub(retention.max_events);
    // What a delivery that waits is about stays until it was shown.
    let candidates = slice(
        group.tx,
        "SELECT seq, feed, at, kind, outcome, severity, octet_length(data) FROM log \
         WHERE NOT EXISTS (SELECT 1 FROM delivery d WHERE d.seq = log.seq AND d.state < 2) \
         ORDER BY seq LIMIT ?1",
        params![SLICE],
    )?;
    let is_full = candidates.len() == SLICE || candidates.is_cut;
    let oldest_held = group.tx.query_row("SELECT min(seq) FROM held_repeat", [], |row| row.get(0))?;
    let oldest_held: i64 = Option::unwrap_or(oldest_held, i64::MAX);
    let mut doomed = Vec::new();
    for (at, row) in candidates.rows {
        // What a held event equals stays until it is known whether that is a repeat.
        if row.seq >= oldest_held {
            delete(group, &doomed)?;
            return Ok(false);
        }
        if too_many == 0 && born_before.is_none_or(|limit| at >= limit) {
            delete(group, &doomed)?;
            return forget_shown(group.tx);
        }
        too_many = too_many.saturating_sub(u64::from(row.is_event));
        doomed.push(row);
    }
    delete(group, &doomed)?;
    if is_full {
        return Ok(true);
    }
    forget_shown(group.tx)
}

/// Deletes one slice of the rows of removed feeds; whether more may be.
pub(super) fn purge(group: &mut Group<'_>) -> rusqlite::Result<bool> {
    let due = "SELECT feed, up_to FROM purge LIMIT 1";
    let mut statement = group.tx.prepare_cached(due)?;
    let mut rows = statement.query([])?;
    let Some(row) = rows.next()? else { return Ok(false) };
    let (feed, up_to): (String, i64) = (row.get(0)?, row.get(1)?);
    if group.feed_indexed() < up_to {
        group.index_feed_rows()?;
    }
    let doomed = slice(
        group.tx,
        "SELECT log.seq, log.feed, at, kind, outcome, severity, octet_length(data) \
         FROM (SELECT seq FROM feed_row WHERE feed = ?2 AND is_control = 0 AND seq <= ?3 \
               UNION ALL SELECT seq FROM feed_row WHERE feed = ?2 AND is_control = 1 AND seq <= ?3 \
               ORDER BY seq LIMIT ?1) AS gone \
         CROSS JOIN log ON log.seq = gone.seq ORDER BY log.seq",
        params![SLICE, feed, up_to],
    )?;
    if doomed.rows.is_empty() {
        group.tx.execute("DELETE FROM purge WHERE feed = ?1", [feed])?;
        return Ok(true);
    }
    let doomed: Vec<Doomed> = doomed.rows.into_iter().map(|(_, row)| row).collect();
    delete(group, &doomed)?;
    Ok(true)
}

fn slice(tx: &Transaction<'_>, sql: &str, parameters: impl rusqlite::Params) -> rusqlite::Result<Slice> {
    let mut statement = tx.prepare_cached(sql)?;
    let mut found = statement.query(parameters)?;
    let mut slice = Slice { rows: Vec::new(), is_cut: false };
    let mut bytes = 0;
    while let Some(row) = found.next()? {
        let name: String = row.get(1)?;
        let outcome: Option<i64> = row.get(4)?;
        let severity: Option<i64> = row.get(5)?;
        let doomed = Doomed {
            seq: row.get(0)?,
            feed: FeedId::parse(&name).ok_or(rusqlite::Error::IntegralValueOutOfRange(1, 0))?,
            is_event: row.get::<_, i64>(3)? == codec::KIND_EVENT,
            alerts: outcome.is_some_and(|n| n > 0),
            is_control: outcome.is_some_and(|n| n == codec::outcome_number(Outcome::Control)),
            is_critical: severity.is_some_and(|n| n == codec::severity_number(Severity::Critical)),
        };
        slice.rows.push((row.get(2)?, doomed));
        bytes += row.get::<_, Option<u64>>(6)?.unwrap_or(0);
        if bytes > SLICE_BYTES {
            slice.is_cut = true;
            break;
        }
    }
    Ok(slice)
}

fn delete(group: &mut Group<'_>, doomed: &[Doomed]) -> rusqlite::Result<()> {
    for row in doomed {
        let sql = "DELETE FROM log WHERE seq = ?1 RETURNING CASE explicit_id WHEN 1 THEN last_event_id END";
        let id: Option<String> = group.tx.prepare_cached(sql)?.query_row([row.seq], |row| row.get(0))?;
        feed_index::remove(group.tx, &row.feed, row.seq, row.is_control, id.as_deref())?;
        if row.is_event {
            index::remove(group.tx, row.seq)?;
        }
        let entry = group.entry(&row.feed);
        entry.row_count = entry.row_count.saturating_sub(1);
        entry.event_count = entry.event_count.saturating_sub(u64::from(row.is_event));
        entry.alert_count = entry.alert_count.saturating_sub(u64::from(row.alerts));
        entry.control_count = entry.control_count.saturating_sub(u64::from(row.is_control));
        if row.alerts && row.seq > entry.read_seq {
            entry.unread = entry.unread.saturating_sub(1);
            entry.critical = entry.critical.saturating_sub(u64::from(row.is_critical));
        }
        // A wait that goes on is logged in a new row.
        if entry.last_row.as_ref().is_some_and(|(seq, _)| *seq == Seq(row.seq)) {
            entry.last_row = None;
        }
    }
    Ok(())
}

/// Deletes one slice of the deliveries that were shown and whose rows are gone; whether more may be. The
/// newest stay for the tray, and a digest that is open stays to be brought up to date.
fn forget_shown(tx: &Transaction<'_>) -> rusqlite::Result<bool> {
    let sql = "DELETE FROM delivery WHERE id IN ( \
               SELECT id FROM delivery WHERE seq < (SELECT coalesce(min(seq), 0) FROM log) AND state = 2 \
               AND id NOT IN (SELECT id FROM delivery WHERE shown_at IS NOT NULL ORDER BY shown_at DESC LIMIT 3) \
               AND id NOT IN (SELECT digest FROM feed_state WHERE digest IS NOT NULL) LIMIT ?1)";
    let gone = tx.prepare_cached(sql)?.execute([SLICE])?;
    Ok(gone == SLICE)
}

struct Slice {
    rows: Vec<(Millis, Doomed)>,
    is_cut: bool,
}

impl Slice {
    fn len(&self) -> usize {
        self.rows.len()
    }
}
