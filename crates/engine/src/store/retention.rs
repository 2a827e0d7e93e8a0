//! What leaves the log: by age, number and size, fairly between the feeds, and the rows of removed feeds. Always in
//! slices, so that receiving waits for one at most, and always a feed's oldest first.

use std::collections::{HashMap, HashSet};
use std::time::Duration;

use rusqlite::{OptionalExtension, Row, Transaction, params};

use super::believed_clock::millis;
use super::event_row::BYTES;
use super::group::Group;
use super::ledger::FeedLedger;
use super::{codec, feed_index, index};
use crate::event::{FeedId, Millis, Outcome, Seq, Severity};

/// The most rows of a slice.
pub(crate) const SLICE: usize = 500;
/// The most bytes of data of a slice: the pages of large events cost time to give back.
const SLICE_BYTES: u64 = 4 * 1024 * 1024;
/// How many events and bytes a feed gives at least when it is its turn, so that equal feeds do not give a row each.
const LEAST_EVENTS: u64 = 100;
const LEAST_BYTES: u64 = 256 * 1024;
/// The most feeds whose ages are looked at in a slice.
const FEEDS: usize = 100;

/// A look at what is too old or too much.
#[derive(Debug, Default)]
pub(super) struct Look {
    /// The feeds whose ages are still to be looked at; `None` before the look has begun.
    aging: Option<Vec<FeedId>>,
    /// The feeds of which nothing more may go now: what a notification or a replay still needs.
    spent: HashSet<FeedId>,
}

/// A row that may go.
struct Doomed {
    seq: i64,
    at: Millis,
    bytes: u64,
    is_event: bool,
    alerts: bool,
    is_control: bool,
    is_critical: bool,
}

/// What a feed has too much.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
struct Excess {
    events: u64,
    bytes: u64,
}

impl Look {
    /// Deletes one slice of what is too old or too much at `now`. Returns whether more may be.
    ///
    /// The rows of a feed go in the order of their places, and the first that may stay ends it: a row that was stored
    /// while the clock was behind is not older than those before it. Where the log as a whole holds too much, the feed
    /// with the largest share gives way, so that one feed cannot push out what the others sent.
    pub fn work(&mut self, group: &mut Group<'_>, now: Millis) -> rusqlite::Result<bool> {
        let aging = self.aging.get_or_insert_with(|| group.feeds().map(|(feed, _)| feed.clone()).collect());
        for _ in 0..FEEDS {
            let Some(feed) = aging.last().cloned() else { break };
            let limit = max_age(group, &feed).map(|age| now.saturating_sub(millis(age)));
            let is_old = |row: &Doomed| limit.is_some_and(|limit| row.at < limit);
            let is_done = limit.is_none() || !delete_oldest(group, &feed, is_old)?.may_be_more;
            if !is_done {
                return Ok(true);
            }
            aging.pop();
        }
        if !aging.is_empty() {
            return Ok(true);
        }
        if let Some((feed, mut excess)) = self.fullest(group) {
            let is_too_much = |row: &Doomed| {
                let goes = excess != Excess::default();
                excess.events = excess.events.saturating_sub(u64::from(row.is_event));
                excess.bytes = excess.bytes.saturating_sub(row.bytes);
                goes
            };
            if delete_oldest(group, &feed, is_too_much)?.count == 0 {
                self.spent.insert(feed);
            }
            return Ok(true);
        }
        let more = forget_shown(group.tx)?;
        if !more {
            *self = Self::default();
        }
        Ok(more)
    }

    /// Returns the feed that is to give way, and by how much: one over its own limit, or else the one with the largest
    /// share of what the log has too much.
    fn fullest(&self, group: &Group<'_>) -> Option<(FeedId, Excess)> {
        let all = group.config.retention;
        let own: HashMap<_, _> =
            group.config.feeds.iter().map(|config| (&config.id, config.retention)).collect();
        let (mut events, mut bytes) = (0, 0);
        for (feed, entry) in group.feeds() {
            events += entry.event_count;
            bytes += entry.byte_count;
            let own = own.get(feed).copied().unwrap_or_default();
            let over = |count: u64, most: Option<u64>| most.map_or(0, |most| count.saturating_sub(most));
            let excess = Excess {
                events: over(entry.event_count, own.max_events),
                bytes: over(entry.byte_count, own.max_bytes),
            };
            if excess != Excess::default() && !self.spent.contains(feed) {
                return Some((feed.clone(), excess));
            }
        }
        let excess = Excess {
            events: events.saturating_sub(all.max_events),
            bytes: bytes.saturating_sub(all.max_bytes),
        };
        if excess == Excess::default() {
            return None;
        }
        let share = |entry: &FeedLedger| match excess.events {
            0 => entry.byte_count,
            _ => entry.event_count,
        };
        let left = group.feeds().filter(|(feed, _)| !self.spent.contains(*feed));
        let mut shares: Vec<_> = left.map(|(feed, entry)| (share(entry), feed)).collect();
        shares.sort_unstable_by(|(share, _), (other, _)| other.cmp(share));
        let (largest, feed) = *shares.first()?;
        // Down to the next largest, so that the two then give way in turn.
        let lead = shares.get(1).map_or(largest, |(next, _)| largest - next);
        let excess = match excess.events {
            0 => Excess { events: 0, bytes: excess.bytes.min(lead.max(LEAST_BYTES)) },
            too_many => Excess { events: too_many.min(lead.max(LEAST_EVENTS)), bytes: 0 },
        };
        Some((feed.clone(), excess))
    }
}

fn max_age(group: &Group<'_>, feed: &FeedId) -> Option<Duration> {
    let found = group.config.feeds.iter().find(|config| config.id == *feed);
    found.and_then(|config| config.retention.max_age).unwrap_or(group.config.retention.max_age)
}

/// Deletes one slice of the rows of removed feeds; whether more may be.
pub(super) fn purge(group: &mut Group<'_>) -> rusqlite::Result<bool> {
    let due = "SELECT feed, up_to FROM purge LIMIT 1";
    let found: Option<(String, i64)> =
        group.tx.prepare_cached(due)?.query_row([], |row| Ok((row.get(0)?, row.get(1)?))).optional()?;
    let Some((name, up_to)) = found else { return Ok(false) };
    let feed = FeedId::parse(&name).ok_or(rusqlite::Error::IntegralValueOutOfRange(0, 0))?;
    if delete_oldest(group, &feed, |row| row.seq <= up_to)?.count == 0 {
        group.tx.execute("DELETE FROM purge WHERE feed = ?1", [name])?;
    }
    Ok(true)
}

/// How many rows were deleted, and whether more of the same may be.
struct Deleted {
    count: usize,
    may_be_more: bool,
}

/// Deletes a slice of a feed's rows, the oldest first, up to the first that does not go. What a waiting delivery is about
/// stays until it was shown; and what a held event equals, until it is known whether that is a repeat.
fn delete_oldest(
    group: &mut Group<'_>,
    feed: &FeedId,
    mut goes: impl FnMut(&Doomed) -> bool,
) -> rusqlite::Result<Deleted> {
    group.index_feed_rows()?;
    let mut doomed = Vec::new();
    let mut may_be_more = false;
    {
        let of = |is_control: u8| {
            format!(
                "SELECT seq FROM feed_row AS f WHERE feed = ?1 AND is_control = {is_control} \
                 AND NOT EXISTS (SELECT 1 FROM delivery d WHERE d.seq = f.seq AND d.state < 2) \
                 AND seq < coalesce((SELECT min(seq) FROM held_repeat WHERE feed = ?1), 9223372036854775807)"
            )
        };
        let sql = format!(
            "SELECT log.seq, at, kind, outcome, severity, {BYTES} FROM ({} UNION ALL {} ORDER BY seq LIMIT ?2) AS old \
             CROSS JOIN log ON log.seq = old.seq ORDER BY log.seq",
            of(0),
            of(1)
        );
        let mut statement = group.tx.prepare_cached(&sql)?;
        let mut found = statement.query(params![feed.as_str(), SLICE])?;
        let mut bytes = 0;
        while let Some(row) = found.next()? {
            let row = doomed_row(row)?;
            if !goes(&row) {
                may_be_more = false;
                break;
            }
            bytes += row.bytes;
            doomed.push(row);
            may_be_more = doomed.len() == SLICE || bytes > SLICE_BYTES;
            if bytes > SLICE_BYTES {
                break;
            }
        }
    }
    delete(group, feed, &doomed)?;
    Ok(Deleted { count: doomed.len(), may_be_more })
}

fn doomed_row(row: &Row<'_>) -> rusqlite::Result<Doomed> {
    let outcome: Option<i64> = row.get(3)?;
    let severity: Option<i64> = row.get(4)?;
    Ok(Doomed {
        seq: row.get(0)?,
        at: row.get(1)?,
        bytes: row.get(5)?,
        is_event: row.get::<_, i64>(2)? == codec::KIND_EVENT,
        alerts: outcome.is_some_and(|n| n > 0),
        is_control: outcome.is_some_and(|n| n == codec::outcome_number(Outcome::Control)),
        is_critical: severity.is_some_and(|n| n == codec::severity_number(Severity::Critical)),
    })
}

fn delete(group: &mut Group<'_>, feed: &FeedId, doomed: &[Doomed]) -> rusqlite::Result<()> {
    for row in doomed {
        let sql = "DELETE FROM log WHERE seq = ?1 RETURNING CASE explicit_id WHEN 1 THEN last_event_id END";
        let id: Option<String> = group.tx.prepare_cached(sql)?.query_row([row.seq], |row| row.get(0))?;
        feed_index::remove(group.tx, feed, row.seq, row.is_control, id.as_deref())?;
        if row.is_event {
            index::remove(group.tx, row.seq)?;
        }
        let entry = group.entry(feed);
        entry.row_count = entry.row_count.saturating_sub(1);
        entry.event_count = entry.event_count.saturating_sub(u64::from(row.is_event));
        entry.alert_count = entry.alert_count.saturating_sub(u64::from(row.alerts));
        entry.control_count = entry.control_count.saturating_sub(u64::from(row.is_control));
        entry.byte_count = entry.byte_count.saturating_sub(row.bytes);
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
