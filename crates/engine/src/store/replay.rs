//! What a server sends again after a reconnect, and what this shows about how it resumes.
//!
//! An event is left out as a repeat only where the server is shown to replay: from the opening on it sends stored events,
//! in their stored order and without a pause, up to the newest one. Until then such events are held, and when the run
//! ends short of that, they were new and are stored.

use rusqlite::{OptionalExtension, params};

use super::arriving::{self, Arriving};
use super::codec::part;
use super::command::Batch;
use super::connection_rows::{self, rewrite};
use super::event_row::OF_FIRST_ITEM;
use super::group::Group;
use super::ledger::{ConnectionBody, Cursor, KnownResume, OpenConnection, Run};
use crate::config::Resume;
use crate::event::{Arrival, FeedId, Gap, GapReason, IncomingEvent, Millis, ReceivedLines, Resumed, Seq};

/// The longest pause within a replay, in milliseconds: a long history takes its time.
pub(super) const PAUSE: Millis = 500;

/// For how long after a connection opened its replay may begin, in milliseconds.
const OPENING: Millis = 5_000;

/// The most events that are held; more are stored as they come.
const MOST_HELD: u64 = 2_000_000;

/// How many held events are stored in one group.
const SLICE: u64 = 2_000;

/// How many different events of one id show that the id is not a place.
const ALL_ALIKE: u32 = 3;

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
    let held = match &connection.run {
        Some(run) => {
            let run = run.clone();
            let next = stored_after(group, batch, event, run.newest, run.target)?;
            next.filter(|_| run.held < MOST_HELD).map(|seq| (run, seq))
        }
        None => begin(group, batch, event)?,
    };
    let Some((mut run, seq)) = held else {
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
    let sql = "INSERT OR REPLACE INTO held_repeat (feed, n, seq, at) VALUES (?1, ?2, ?3, ?4)";
    group.tx.prepare_cached(sql)?.execute((batch.feed.as_str(), run.held, seq.0, batch.at))?;
    let content = event.content_hash();
    run.differ |= run.held > 0 && run.content != content;
    run.content = content;
    run.held += 1;
    run.newest = seq;
    let (is_over, target) = (run.newest == run.target, run.target);
    let (differ, held) = (run.differ, run.held);
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
        reached(group, &batch.feed, cursor, differ, held)?;
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
    held: u64,
) -> rusqlite::Result<()> {
    if let Some(connection) = group.entry(feed).connection.as_mut() {
        connection.run.take_if(|run| run.newest == run.target);
        if let Some(run) = &mut connection.run {
            run.is_shown = true;
        }
        connection.is_judged = true;
    }
    forget(group, feed)?;
    // A single event may be the newest one with which a server greets, whatever was missed.
    if differ {
        cursor.resume = KnownResume::Shown;
    }
    say(group, feed, Resumed::Shown, held)
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
        return release(group, feed);
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
    release(group, feed)
}

/// Begins to store everything that a program which ended left held.
pub(super) fn release_all(group: &mut Group<'_>) -> rusqlite::Result<()> {
    let feeds: Vec<String> = {
        let mut statement = group.tx.prepare_cached("SELECT DISTINCT feed FROM held_repeat")?;
        let feeds = statement.query_map([], |row| row.get(0))?;
        feeds.collect::<Result<_, _>>()?
    };
    for feed in feeds.iter().filter_map(|feed| FeedId::parse(feed)) {
        release(group, &feed)?;
    }
    Ok(())
}

/// Forgets what is held of a feed.
pub(super) fn forget(group: &Group<'_>, feed: &FeedId) -> rusqlite::Result<()> {
    let sql = "DELETE FROM held_repeat WHERE feed = ?1";
    group.tx.prepare_cached(sql)?.execute([feed.as_str()]).map(drop)
}

/// Applies what is known of how a feed resumes to a connection that just opened.
pub(super) fn note_opened(group: &mut Group<'_>, feed: &FeedId, at: Millis) -> rusqlite::Result<()> {
    let Some(url) = place_key(group, feed) else { return Ok(()) };
    let mut cursor = group.cursor(feed, &url);
    let Some(connection) = group.entry(feed).connection.as_mut() else { return Ok(()) };
    let word = connection.body.resumed();
    if cursor.last_at > 0 {
        connection.away.0 = cursor.last_at.min(at);
    }
    connection.replay_until = if word == Resumed::No { at } else { at + OPENING };
    let known = match (word, cursor.resume) {
        (Resumed::Shown, _) => {
            cursor.resume = KnownResume::Shown;
            group.put_cursor(feed, &url, cursor);
            return Ok(());
        }
        (Resumed::Asked, KnownResume::Shown) => Resumed::Shown,
        (Resumed::Asked, KnownResume::Cannot) => Resumed::Cannot,
        _ => return Ok(()),
    };
    say(group, feed, known, 0)?;
    if known == Resumed::Cannot {
        log_gap(group, feed, &mut cursor, GapReason::NotACursor)?;
        group.put_cursor(feed, &url, cursor);
    }
    Ok(())
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
            let found = stored_after(group, batch, event, Seq(0), target)?;
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
    release(group, feed)?;
    if is_first {
        cannot(group, feed, cursor)?;
    }
    Ok(())
}

/// Judges by the first comparable event of a resumed connection, which is no repeat, whether the server resumed.
fn judge(
    group: &mut Group<'_>,
    batch: &Batch,
    event: &IncomingEvent,
    cursor: &mut Cursor,
) -> rusqlite::Result<()> {
    let Some(connection) = group.entry(&batch.feed).connection.as_mut() else { return Ok(()) };
    if std::mem::replace(&mut connection.is_judged, true) || connection.own.is_some() {
        return Ok(());
    }
    let (before, word) = (connection.before, connection.body.resumed());
    let is_by_id = group
        .config
        .feeds
        .iter()
        .any(|feed| feed.id == batch.feed && feed.resume == crate::config::Resume::LastEventId);
    if !is_by_id || matches!(word, Resumed::No | Resumed::Cannot) {
        return Ok(());
    }
    // It shows that nothing was missed this time, and is not remembered: a counter may go on without a hole by chance.
    if is_successor(&cursor.last_event_id, &event.last_event_id) {
        return say(group, &batch.feed, Resumed::Shown, 0);
    }
    // Several events may share the place's id.
    let is_the_place = event.last_event_id == cursor.last_event_id;
    if !is_the_place && is_known(group, &batch.feed, &event.last_event_id, before)? {
        return cannot(group, &batch.feed, cursor);
    }
    if word == Resumed::Asked {
        log_gap(group, &batch.feed, cursor, GapReason::ResumeUnshown)?;
    }
    Ok(())
}

/// Notes that a feed's ids name no place.
fn cannot(group: &mut Group<'_>, feed: &FeedId, cursor: &mut Cursor) -> rusqlite::Result<()> {
    if !is_by_id(group, feed) {
        return Ok(());
    }
    cursor.resume = KnownResume::Cannot;
    say(group, feed, Resumed::Cannot, 0)?;
    log_gap(group, feed, cursor, GapReason::NotACursor)
}

/// Logs that events may be missing before the feed's connection, if it was not said for this reason.
fn log_gap(
    group: &mut Group<'_>,
    feed: &FeedId,
    cursor: &mut Cursor,
    reason: GapReason,
) -> rusqlite::Result<()> {
    let Some(connection) = &group.entry(feed).connection else { return Ok(()) };
    let (from, to) = connection.away;
    connection_rows::log_once(group, feed, cursor, &Gap { from, to, reason })
}

/// Writes into the row of the connection how it resumed, and counts what was left out.
fn say(group: &mut Group<'_>, feed: &FeedId, word: Resumed, repeated: u64) -> rusqlite::Result<()> {
    let Some(connection) = group.entry(feed).connection.as_mut() else { return Ok(()) };
    if connection.body.resumed() == word && repeated == 0 {
        return Ok(());
    }
    connection.body.set_resumed(word);
    connection.body.add_repeated(repeated);
    let (row, body) = (connection.row, connection.body.row_body());
    rewrite(group, feed, row, body).map(drop)
}

/// Follows whether all events of a connection have one id although they differ: the number of a connection or a device.
fn note_id(group: &mut Group<'_>, batch: &Batch, event: &IncomingEvent, cursor: &mut Cursor) {
    let Some(connection) = group.entry(&batch.feed).connection.as_mut() else { return };
    let Some(alike) = &mut connection.alike else { return };
    let content = event.content_hash();
    if alike.count > 0 && alike.id != event.last_event_id {
        // It was a group of events that share an id, as a place they are fine.
        if alike.count >= ALL_ALIKE && cursor.resume == KnownResume::Cannot {
            cursor.resume = KnownResume::Nothing;
        }
        connection.alike = None;
        return;
    }
    if alike.count == 0 {
        alike.id.clone_from(&event.last_event_id);
    }
    if alike.count == 0 || alike.content != content {
        alike.count = alike.count.saturating_add(1);
        alike.content = content;
    }
    if alike.count == ALL_ALIKE && cursor.resume == KnownResume::Nothing {
        cursor.resume = KnownResume::Cannot;
    }
}

/// Returns whether an id is the place's successor, as of a server that counts its events: the same text, but for a number
/// at its end that is greater by one.
fn is_successor(place: &str, id: &str) -> bool {
    let split = |text: &str| {
        let start = text.trim_end_matches(|c: char| c.is_ascii_digit()).len();
        let number = text[start..].parse::<u128>().ok()?;
        Some((text[..start].to_owned(), number))
    };
    match (split(place), split(id)) {
        (Some((prefix, old)), Some((other, new))) => prefix == other && old.checked_add(1) == Some(new),
        _ => false,
    }
}

/// Returns whether a feed resumes by its ids.
fn is_by_id(group: &Group<'_>, feed: &FeedId) -> bool {
    group.config.feeds.iter().any(|config| config.id == *feed && config.resume == Resume::LastEventId)
}

fn place_key(group: &Group<'_>, feed: &FeedId) -> Option<String> {
    group.config.feeds.iter().find(|config| config.id == *feed).map(|config| config.place_key())
}

/// Returns the first row after `after`, up to `target`, that holds this event: its id, type and data.
fn stored_after(
    group: &mut Group<'_>,
    batch: &Batch,
    event: &IncomingEvent,
    after: Seq,
    target: Seq,
) -> rusqlite::Result<Option<Seq>> {
    if group.feed_indexed() < target.0 {
        group.index_feed_rows()?;
    }
    let mut statement = group.tx.prepare_cached(
        "SELECT log.seq FROM feed_id CROSS JOIN log ON log.seq = feed_id.seq \
         WHERE feed_id.feed = ?1 AND feed_id.id = ?2 AND feed_id.seq > ?3 AND feed_id.seq <= ?4 \
         AND event_type = ?5 AND data = ?6 ORDER BY feed_id.seq LIMIT 1",
    )?;
    let found = statement.query_row(
        params![batch.feed.as_str(), event.last_event_id, after.0, target.0, event.event_type, event.data],
        |row| row.get(0).map(Seq),
    );
    found.optional()
}

/// Returns whether a row holds this event: its id, type and data.
fn equals(group: &Group<'_>, event: &IncomingEvent, seq: Seq) -> rusqlite::Result<bool> {
    let sql = "SELECT 1 FROM log WHERE seq = ?1 AND last_event_id = ?2 AND event_type = ?3 AND data = ?4";
    group.tx.prepare_cached(sql)?.exists(params![seq.0, event.last_event_id, event.event_type, event.data])
}

/// Returns whether an event is stored once up to `target`, and is not the only thing that the feed gave an id to: then
/// its coming again shows more than that the server counts each connection.
fn is_only_copy(
    group: &Group<'_>,
    feed: &FeedId,
    event: &IncomingEvent,
    target: Seq,
) -> rusqlite::Result<bool> {
    let others = "SELECT 1 FROM feed_id WHERE feed = ?1 AND (id < ?2 OR id > ?2) LIMIT 1";
    let copies = "SELECT count(*) FROM (SELECT 1 FROM feed_id CROSS JOIN log ON log.seq = feed_id.seq \
                  WHERE feed_id.feed = ?1 AND feed_id.id = ?2 AND feed_id.seq <= ?3 \
                  AND event_type = ?4 AND data = ?5 LIMIT 2)";
    if !group.tx.prepare_cached(others)?.exists((feed.as_str(), &event.last_event_id))? {
        return Ok(false);
    }
    let values = params![feed.as_str(), event.last_event_id, target.0, event.event_type, event.data];
    let count: i64 = group.tx.prepare_cached(copies)?.query_row(values, |row| row.get(0))?;
    Ok(count == 1)
}

/// Returns the newest row before `before` whose event can be compared.
fn newest_comparable(group: &mut Group<'_>, feed: &FeedId, before: Seq) -> rusqlite::Result<Option<Seq>> {
    if group.feed_indexed() < before.0 {
        group.index_feed_rows()?;
    }
    let mut statement = group.tx.prepare_cached(
        "SELECT log.seq FROM feed_row CROSS JOIN log ON log.seq = feed_row.seq \
         WHERE feed_row.feed = ?1 AND is_control = 0 AND feed_row.seq < ?2 AND explicit_id = 1 \
         AND last_event_id <> '' AND outcome >= 0 \
         ORDER BY feed_row.seq DESC LIMIT 1",
    )?;
    statement.query_row((feed.as_str(), before.0), |row| row.get(0).map(Seq)).optional()
}

/// Returns whether the server gave this id before this connection.
fn is_known(group: &mut Group<'_>, feed: &FeedId, id: &str, before: Seq) -> rusqlite::Result<bool> {
    if group.feed_indexed() < before.0 {
        group.index_feed_rows()?;
    }
    let sql = "SELECT 1 FROM feed_id WHERE feed = ?1 AND id = ?2 AND seq < ?3 LIMIT 1";
    group.tx.prepare_cached(sql)?.exists((feed.as_str(), id, before.0))
}

/// Stores what is held of a feed, a slice at a time so that other feeds need not wait: it was new.
fn release(group: &mut Group<'_>, feed: &FeedId) -> rusqlite::Result<()> {
    let first = "SELECT min(n) FROM held_repeat WHERE feed = ?1";
    let first: Option<u64> = group.tx.prepare_cached(first)?.query_row([feed.as_str()], |row| row.get(0))?;
    let first = first.unwrap_or(0);
    let mut is_done = false;
    for n in first..first + SLICE {
        let Some((origin, at, event)) = held(group, feed, n)? else {
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

/// Reads a held event back, from the stored one that it equals.
fn held(
    group: &Group<'_>,
    feed: &FeedId,
    n: u64,
) -> rusqlite::Result<Option<(String, Millis, IncomingEvent)>> {
    let mut statement = group.tx.prepare_cached(
        "SELECT held_repeat.at, origin, event_type, data, last_event_id, layout, raw, chunks, took_us, part, parts \
         FROM held_repeat CROSS JOIN log ON log.seq = held_repeat.seq \
         WHERE held_repeat.feed = ?1 AND held_repeat.n = ?2",
    )?;
    let read = |row: &rusqlite::Row<'_>| {
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
    statement.query_row((feed.as_str(), n), read).optional()
}

#[cfg(test)]
mod tests {
    use super::is_successor;

    #[test]
    fn the_successor_of_an_id_is_greater_by_one_at_its_end() {
        for (place, id) in [("41", "42"), ("9", "10"), ("b-5512", "b-5513"), ("17:0", "17:1"), ("009", "010")]
        {
            assert!(is_successor(place, id), "{place} {id}");
        }
        let others =
            [("41", "43"), ("41", "41"), ("", "1"), ("a", "b"), ("a1", "b2"), ("41", "42x"), ("x", "x1")];
        for (place, id) in others {
            assert!(!is_successor(place, id), "{place} {id}");
        }
        let long = "9".repeat(60);
        assert!(!is_successor(&long, &long));
    }
}
