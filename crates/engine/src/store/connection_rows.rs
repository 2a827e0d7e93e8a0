//! Rows about connections and gaps.

use std::sync::Arc;

use super::codec;
use super::group::Group;
use super::ledger::OpenConnection;
use super::repeats::Repeats;
use crate::event::{FeedId, Gap, Millis, Reason, RowBody, Seq};

/// For how long after a connection opened its server may be repeating what came before, in milliseconds.
const OVERLAP: Millis = 5_000;

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
            rewrite(group, feed, seq, RowBody::Reconnecting(folded))
        }
        (RowBody::NoAnswer { .. }, Some((_, RowBody::Reconnecting(old))))
            if old.reason == Reason::NoAnswer =>
        {
            Ok(())
        }
        (RowBody::Parked(new), Some((_, RowBody::Parked(old)))) if *new == old => Ok(()),
        (RowBody::Closed(new), Some((_, RowBody::Closed(old)))) if *new == old => Ok(()),
        _ => insert(group, feed, at, body),
    }
}

/// Logs that a feed cannot resume, once for each of its URLs and reasons.
pub(super) fn cannot_resume(
    group: &mut Group<'_>,
    feed: &FeedId,
    url: &Arc<str>,
    gap: &Gap,
) -> rusqlite::Result<()> {
    let mut cursor = group.cursor(feed, url);
    if !cursor.logged_gaps.insert(gap.reason) {
        return Ok(());
    }
    group.put_cursor(feed, url, cursor);
    insert(group, feed, gap.to, &RowBody::Gap(gap.clone()))
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
    entry.last_row = Some((Seq(seq), body.clone()));
    if let RowBody::Open(opened) = body {
        let overlap = at..if opened.resumed { at + OVERLAP } else { at };
        let (opened, repeats) = (opened.clone(), Repeats::default());
        entry.connection = Some(OpenConnection { seq: Seq(seq), opened, overlap, repeats });
    }
    Ok(())
}

/// Gives a row another body and a new revision.
pub(super) fn rewrite(group: &mut Group<'_>, feed: &FeedId, seq: Seq, body: RowBody) -> rusqlite::Result<()> {
    let Some((_, detail)) = codec::lifecycle(&body) else { return Ok(()) };
    let rev = group.next_rev_of_old();
    group.tx.prepare_cached("UPDATE log SET rev = ?2, detail = ?3 WHERE seq = ?1")?.execute((
        seq.0,
        rev,
        detail.to_string(),
    ))?;
    let last = &mut group.entry(feed).last_row;
    if last.as_ref().is_some_and(|(newest, _)| *newest == seq) {
        *last = Some((seq, body));
    }
    Ok(())
}
