//! Rows about connections and gaps.

use std::sync::Arc;

use super::codec;
use super::event_row::ROW_BYTES;
use super::group::Group;
use super::ledger::{Cursor, SharedRow};
use super::open_connection::{ConnectionBody, OpenConnection};
use crate::event::{FeedId, Gap, Millis, Polled, Reason, RowBody, Seq};

/// How many rows of a kind that a server can cause at will a feed gets within [`MINUTE`]; further ones share the last of
/// them. It bounds what fills the log without an event.
const OWN_ROWS: u32 = 5;
const MINUTE: Millis = 60_000;

/// Stores a row about the connection. Runs of the same wait fold into one row, and what the newest row already says is
/// not logged again.
pub(super) fn store(
    group: &mut Group<'_>,
    feed: &FeedId,
    at: Millis,
    body: &RowBody,
) -> rusqlite::Result<()> {
    let last = group.entry(feed).last_row.clone();
    match (body, last) {
        (RowBody::Reconnecting(new), Some((seq, RowBody::Reconnecting(old)))) if new.reason == old.reason => {
            let mut folded = new.clone();
            folded.tries = old.tries + 1;
            folded.since = old.since;
            rewrite(group, feed, seq, RowBody::Reconnecting(folded)).map(drop)
        }
        (RowBody::NoAnswer { .. }, Some((_, RowBody::Reconnecting(old))))
            if old.reason == Reason::NoAnswer =>
        {
            Ok(())
        }
        (RowBody::Gap(_), _) => insert_shared(group, feed, at, body),
        (RowBody::Polled(new), _) => poll(group, feed, at, new),
        (RowBody::Parked(new), Some((_, RowBody::Parked(old)))) if *new == old => Ok(()),
        (RowBody::Closed(new), Some((_, RowBody::Closed(old)))) if *new == old => Ok(()),
        _ => insert(group, feed, at, body),
    }
}

/// Stores a poll: in the row of its run, if it has one.
fn poll(group: &mut Group<'_>, feed: &FeedId, at: Millis, new: &Polled) -> rusqlite::Result<()> {
    if let Some(open) = &group.entry(feed).connection
        && let ConnectionBody::Polled(run) = &open.body
        && run.since == new.since
    {
        let folded = Polled { repeated: run.repeated, ..new.clone() };
        let row = open.row;
        // The row may be gone: the person deleted the feed's history, or it was too old.
        if rewrite(group, feed, row, RowBody::Polled(folded.clone()))? {
            let before = Seq(group.newest_seq() + 1);
            let body = ConnectionBody::Polled(folded);
            group.entry(feed).connection = Some(OpenConnection::begin(row, before, body, at));
            return Ok(());
        }
    }
    insert(group, feed, at, &RowBody::Polled(new.clone()))
}

/// Logs that a feed cannot resume, once for each of its URLs and reasons.
pub(super) fn cannot_resume(
    group: &mut Group<'_>,
    feed: &FeedId,
    url: &Arc<str>,
    gap: &Gap,
) -> rusqlite::Result<()> {
    let mut cursor = group.cursor(feed, url);
    log_once(group, feed, &mut cursor, gap)?;
    group.put_cursor(feed, url, cursor);
    Ok(())
}

/// Logs a gap whose reason is said once for each URL, if it was not. The cursor is the caller's to keep.
pub(super) fn log_once(
    group: &mut Group<'_>,
    feed: &FeedId,
    cursor: &mut Cursor,
    gap: &Gap,
) -> rusqlite::Result<()> {
    if !cursor.logged_gaps.insert(gap.reason) {
        return Ok(());
    }
    insert(group, feed, gap.to, &RowBody::Gap(gap.clone()))
}

/// Stores a row that a server can cause as often as it likes. After a few of one kind within a minute, further ones share a
/// row.
pub(super) fn insert_shared(
    group: &mut Group<'_>,
    feed: &FeedId,
    at: Millis,
    body: &RowBody,
) -> rusqlite::Result<()> {
    let kinds = &mut group.entry(feed).shared;
    kinds.retain(|kind| (0..MINUTE).contains(&(at - kind.begun_at)));
    let found = kinds.iter().position(|kind| with(&kind.body, body).is_some());
    let mut kind = match found {
        Some(place) => kinds.swap_remove(place),
        None => SharedRow { row: Seq(0), begun_at: at, rows: 0, body: body.clone() },
    };
    // The row may be gone, as in `poll`.
    let is_shared = match with(&kind.body, body) {
        Some(both) if kind.rows >= OWN_ROWS => {
            kind.body = both.clone();
            rewrite(group, feed, kind.row, both)?
        }
        _ => false,
    };
    if !is_shared {
        insert(group, feed, at, body)?;
        kind.row = Seq(group.newest_seq());
        kind.rows += 1;
        kind.body = body.clone();
    }
    group.entry(feed).shared.push(kind);
    Ok(())
}

/// Returns the row that says what both say, if they are of one kind.
fn with(old: &RowBody, new: &RowBody) -> Option<RowBody> {
    match (old, new) {
        (RowBody::Retry { times: before, .. }, RowBody::Retry { ms, times }) => {
            Some(RowBody::Retry { ms: *ms, times: before + times })
        }
        (RowBody::Gap(old), RowBody::Gap(new)) if old.reason == new.reason => Some(RowBody::Gap(Gap {
            from: old.from.min(new.from),
            to: old.to.max(new.to),
            reason: new.reason,
            times: old.times + new.times,
        })),
        _ => None,
    }
}

/// Stores a new row that is not an event.
pub(super) fn insert(
    group: &mut Group<'_>,
    feed: &FeedId,
    at: Millis,
    body: &RowBody,
) -> rusqlite::Result<()> {
    let Some((kind, detail)) = codec::lifecycle(body) else { return Ok(()) };
    let seq = group.next_rev();
    group
        .tx
        .prepare_cached("INSERT INTO log (seq, rev, feed, at, kind, detail) VALUES (?1, ?1, ?2, ?3, ?4, ?5)")?
        .execute((seq, feed.as_str(), at, kind, detail.to_string()))?;
    let entry = group.entry(feed);
    entry.row_count += 1;
    entry.byte_count += ROW_BYTES;
    entry.last_row = Some((Seq(seq), body.clone()));
    if let Some(body) = ConnectionBody::of(body) {
        entry.connection = Some(OpenConnection::begin(Seq(seq), Seq(seq), body, at));
    }
    Ok(())
}

/// Gives a row another body and a new revision. Returns whether there is such a row.
pub(super) fn rewrite(
    group: &mut Group<'_>,
    feed: &FeedId,
    seq: Seq,
    body: RowBody,
) -> rusqlite::Result<bool> {
    let Some((_, detail)) = codec::lifecycle(&body) else { return Ok(false) };
    let rev = group.next_rev_of_old();
    let sql = "UPDATE log SET rev = ?2, detail = ?3 WHERE seq = ?1";
    let count = group.tx.prepare_cached(sql)?.execute((seq.0, rev, detail.to_string()))?;
    let last = &mut group.entry(feed).last_row;
    if last.as_ref().is_some_and(|(newest, _)| *newest == seq) {
        *last = Some((seq, body));
    }
    Ok(count > 0)
}
