//! What is known about how a feed resumes, and what a new connection shows of it.

use super::command::Batch;
use super::connection_rows::{self, rewrite};
use super::group::Group;
use super::known_events::is_known;
use super::ledger::{Cursor, KnownResume};
use crate::config::Resume;
use crate::event::{FeedId, Gap, GapReason, IncomingEvent, Millis, Resumed, RowBody};

/// For how long after a connection opened its replay may begin, in milliseconds.
const OPENING: Millis = 5_000;

/// How many different events of one id show that the id is not a place.
const ALL_ALIKE: u32 = 3;

/// Applies what is known of how a feed resumes to a connection that just opened.
pub(super) fn note_opened(group: &mut Group<'_>, feed: &FeedId, at: Millis) -> rusqlite::Result<()> {
    let Some(url) = place_key(group, feed) else { return Ok(()) };
    let mut cursor = group.cursor(feed, &url);
    let is_first = cursor.last_at == 0;
    if is_first {
        // A stop before the first event must not look like one before the first connection.
        cursor.last_at = at;
        group.put_cursor(feed, &url, cursor.clone());
    }
    let Some(connection) = group.entry(feed).connection.as_mut() else { return Ok(()) };
    let word = connection.body.resumed();
    if !is_first {
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

/// Notes whether the answer to the feed's request is complete. A new attempt at a connection asks for another one.
pub(super) fn note_complete(group: &mut Group<'_>, feed: &FeedId, body: &RowBody) {
    let Some(config) = group.config.feeds.iter().find(|config| config.id == *feed) else { return };
    let complete = match body {
        RowBody::Closed(Some(_)) if !config.reconnect.asks_again(&config.method) => {
            Some(config.request_hash())
        }
        RowBody::Open(_)
        | RowBody::Reconnecting(_)
        | RowBody::NoAnswer { .. }
        | RowBody::Polled(_)
        | RowBody::Parked(_) => None,
        RowBody::Closed(_) | RowBody::Gap(_) | RowBody::Event(_) | RowBody::Retry { .. } => return,
    };
    let url = config.place_key();
    let mut cursor = group.cursor(feed, &url);
    if cursor.complete != complete {
        cursor.complete = complete;
        group.put_cursor(feed, &url, cursor);
    }
}

/// Judges by the first comparable event of a resumed connection, which is no repeat, whether the server resumed.
pub(super) fn judge(
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
    if !is_by_id(group, &batch.feed) || matches!(word, Resumed::No | Resumed::Cannot) {
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
pub(super) fn cannot(group: &mut Group<'_>, feed: &FeedId, cursor: &mut Cursor) -> rusqlite::Result<()> {
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
    connection_rows::log_once(group, feed, cursor, &Gap { from, to, reason, times: 1 })
}

/// Writes into the row of the connection how it resumed, and counts what was left out.
pub(super) fn say(
    group: &mut Group<'_>,
    feed: &FeedId,
    word: Resumed,
    repeated: u64,
) -> rusqlite::Result<()> {
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
pub(super) fn note_id(group: &mut Group<'_>, batch: &Batch, event: &IncomingEvent, cursor: &mut Cursor) {
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

pub(super) fn place_key(group: &Group<'_>, feed: &FeedId) -> Option<String> {
    group.config.feeds.iter().find(|config| config.id == *feed).map(|config| config.place_key())
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
