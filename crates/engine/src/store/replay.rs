//! What a server sends again after a reconnect, and what this shows about how it resumes.
//!
//! An event is left out as a repeat only where the server is shown to replay: from the opening on it sends stored events,
//! in their stored order and without a pause, up to the newest one. Until then such events are held, and when the run
//! ends short of that, they were new and are stored.

use super::command::Batch;
use super::group::Group;
use super::held;
use super::known_events::{equals, is_only_copy, newest_comparable, stored_after};
use super::ledger::{Cursor, KnownResume};
use super::open_connection::{ConnectionBody, OpenConnection, Run};
use super::resuming::{cannot, judge, note_id, place_key, say};
use crate::event::{FeedId, IncomingEvent, Millis, Resumed, Seq};

/// The longest pause within a replay, in milliseconds: a long history takes its time.
pub(super) const PAUSE: Millis = 500;

/// The most events that are held; more are stored as they come.
const MOST_HELD: u64 = 2_000_000;

/// Takes an event that may be a repeat. Returns whether it is held, and so not to be stored now.
pub(super) fn hold(
    group: &mut Group<'_>,
    batch: &Batch,
    event: &IncomingEvent,
    cursor: &mut Cursor,
) -> rusqlite::Result<bool> {
    if !is_comparable(event) {
        return Ok(false);
    }
    if group.entry(&batch.feed).is_releasing {
        return Ok(false);
    }
    // The items of one event share its id.
    if event.part.is_none_or(|part| part.number == 1) {
        note_id(group, batch, event, cursor);
    }
    let Some(connection) = opening(group, batch) else {
        // What came later than a pause is no part of the replay, and the run before it ended short.
        end_short(group, &batch.feed, cursor)?;
        judge(group, batch, event, cursor)?;
        return Ok(false);
    };
    let found = match &connection.run {
        Some(run) => {
            let run = run.clone();
            let next = stored_after(group, &batch.feed, event, run.newest, run.target)?;
            next.filter(|_| run.held < MOST_HELD).map(|seq| (run, seq))
        }
        None => begin(group, batch, event)?,
    };
    let Some((mut run, seq)) = found else {
        end_short(group, &batch.feed, cursor)?;
        judge(group, batch, event, cursor)?;
        return Ok(false);
    };
    if run.is_shown {
        let is_over = seq == run.target;
        run.newest = seq;
        if let Some(connection) = group.entry(&batch.feed).connection.as_mut() {
            connection.replay_until = batch.at + PAUSE;
            connection.run = Some(run).filter(|_| !is_over);
        }
        say(group, &batch.feed, Resumed::Shown, 1)?;
        return Ok(true);
    }
    held::add(group, &batch.feed, run.held, seq, batch.at)?;
    let content = event.content_hash();
    run.differ |= run.held > 0 && run.content != content;
    run.content = content;
    run.held += 1;
    run.newest = seq;
    let (is_over, target) = (run.newest == run.target, run.target);
    let (differ, count) = (run.differ, run.held);
    let Some(connection) = group.entry(&batch.feed).connection.as_mut() else { return Ok(true) };
    connection.replay_until = batch.at + PAUSE;
    connection.run = Some(run);
    // The newest event may be stored more than once; then the run went over the first copies.
    if !is_over && !equals(group, event, target)? {
        return Ok(true);
    }
    // What a polled server says on each connection is its present state.
    let is_polled = cursor.resume != KnownResume::Cannot
        && matches!(connection_body(group, &batch.feed), Some(ConnectionBody::Polled(_)));
    if differ || is_polled || is_only_copy(group, &batch.feed, event, target)? {
        reached(group, &batch.feed, cursor, differ, count)?;
    }
    // One event, said over and over, proves nothing by itself: how the connection goes on tells.
    Ok(true)
}

/// Ends the run as a replay: what was held is left out.
fn reached(
    group: &mut Group<'_>,
    feed: &FeedId,
    cursor: &mut Cursor,
    differ: bool,
    count: u64,
) -> rusqlite::Result<()> {
    if let Some(connection) = group.entry(feed).connection.as_mut() {
        connection.run.take_if(|run| run.newest == run.target);
        if let Some(run) = &mut connection.run {
            run.is_shown = true;
        }
        connection.is_judged = true;
    }
    held::forget(group, feed)?;
    // A single event may be the newest one with which a server greets, whatever was missed.
    if differ {
        cursor.resume = KnownResume::Shown;
    }
    say(group, feed, Resumed::Shown, count)
}

/// Notes an event that was stored as a new one.
pub(super) fn note_stored(group: &mut Group<'_>, batch: &Batch, event: &IncomingEvent, seq: Seq) {
    if !is_comparable(event) {
        return;
    }
    if let Some(connection) = group.entry(&batch.feed).connection.as_mut() {
        connection.own.get_or_insert((seq, seq)).1 = seq;
        if batch.at < connection.replay_until {
            connection.replay_until = batch.at + PAUSE;
        }
    }
}

/// Ends a feed's run, and goes on to store what was held: nothing came for longer than the pause, so it was new.
pub(super) fn settle(group: &mut Group<'_>, feed: &FeedId) -> rusqlite::Result<()> {
    if group.entry(feed).is_releasing {
        return held::release(group, feed);
    }
    let has_run = group.entry(feed).connection.as_ref().is_some_and(|connection| connection.run.is_some());
    match place_key(group, feed).filter(|_| has_run) {
        Some(url) => {
            let mut cursor = group.cursor(feed, &url);
            end_short(group, feed, &mut cursor)?;
            group.put_cursor(feed, &url, cursor);
            Ok(())
        }
        None => settle_cut(group, feed),
    }
}

/// Ends the run of a connection that ended. What was held was new, and this proves nothing about the ids.
pub(super) fn settle_cut(group: &mut Group<'_>, feed: &FeedId) -> rusqlite::Result<()> {
    let Some(connection) = group.entry(feed).connection.as_mut() else { return Ok(()) };
    if connection.run.take().is_none() {
        return Ok(());
    }
    connection.replay_until = 0;
    held::release(group, feed)
}

/// Only events with an id of their own can be compared; an empty one names no event, and a control event no place.
fn is_comparable(event: &IncomingEvent) -> bool {
    event.explicit_id && !event.last_event_id.is_empty() && !event.is_control
}

fn connection_body<'g>(group: &'g mut Group<'_>, feed: &FeedId) -> Option<&'g ConnectionBody> {
    group.entry(feed).connection.as_ref().map(|connection| &connection.body)
}

/// Returns the feed's resumed connection, as long as what it brings may be its replay.
fn opening<'g>(group: &'g mut Group<'_>, batch: &Batch) -> Option<&'g mut OpenConnection> {
    let connection = group.entry(&batch.feed).connection.as_mut()?;
    let is_opening = connection.body.resumed() != Resumed::No && batch.at < connection.replay_until;
    is_opening.then_some(connection)
}

/// Begins a run where an event may be the first one of a replay. Returns it with the stored row that the event equals.
fn begin(
    group: &mut Group<'_>,
    batch: &Batch,
    event: &IncomingEvent,
) -> rusqlite::Result<Option<(Run, Seq)>> {
    let Some(connection) = group.entry(&batch.feed).connection.as_ref() else { return Ok(None) };
    let (before, own) = (connection.before, connection.own);
    let begun =
        |target, seq| (Run { target, newest: seq, held: 0, content: 0, differ: false, is_shown: false }, seq);
    match own {
        // Nothing but repeats came so far: this may be the first event of the replay.
        None => {
            let Some(target) = newest_comparable(group, &batch.feed, before)? else { return Ok(None) };
            let found = stored_after(group, &batch.feed, event, Seq(0), target)?;
            Ok(found.map(|seq| begun(target, seq)))
        }
        // Or the server sends a replay of new events twice. Only the first of them is looked at, since every new event
        // comes here.
        Some((first, newest)) if newest > first => {
            Ok(equals(group, event, first)?.then(|| begun(newest, first)))
        }
        Some(_) => Ok(None),
    }
}

/// Ends the run without having reached the newest stored event: what was held was new, and the ids name no place.
fn end_short(group: &mut Group<'_>, feed: &FeedId, cursor: &mut Cursor) -> rusqlite::Result<()> {
    let Some(connection) = group.entry(feed).connection.as_mut() else { return Ok(()) };
    if connection.run.take().is_none_or(|run| run.is_shown) {
        return Ok(());
    }
    // From here on nothing is held on this connection.
    connection.replay_until = 0;
    let is_first = connection.own.is_none() && !connection.is_judged;
    held::release(group, feed)?;
    if is_first {
        cannot(group, feed, cursor)?;
    }
    Ok(())
}
