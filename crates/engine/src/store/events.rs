//! What one read of a connection brought, on its way into the log.

use super::arriving::{self, Arriving};
use super::command::Batch;
use super::connection_rows;
use super::group::Group;
use super::replay;
use crate::event::{Gap, GapReason, Incoming, RowBody};

/// The event type by which a server says that its history does not reach back to the place (django-eventstream,
/// "Reliability").
const HISTORY_TOO_SHORT: &str = "stream-reset";

/// Logs that the items of a batch cannot be stored, and moves the feed's cursor past them: asked again, the server would
/// send them again.
pub(super) fn refuse(group: &mut Group<'_>, batch: &Batch) -> rusqlite::Result<()> {
    let mut cursor = group.cursor(&batch.feed, &batch.url);
    let gap =
        Gap { from: cursor.last_at.min(batch.at), to: batch.at, reason: GapReason::NotStorable, times: 1 };
    connection_rows::insert_shared(group, &batch.feed, batch.at, &RowBody::Gap(gap))?;
    for item in &batch.items {
        if let Incoming::Event(event) = item
            && event.is_place
        {
            cursor.last_event_id.clone_from(&event.last_event_id);
            cursor.has_ids = true;
        }
    }
    cursor.last_at = batch.at;
    group.put_cursor(&batch.feed, &batch.url, cursor);
    Ok(())
}

/// Stores what one read of a connection brought, and moves the feed's cursor.
pub(super) fn store(group: &mut Group<'_>, batch: &Batch) -> rusqlite::Result<()> {
    let mut cursor = group.cursor(&batch.feed, &batch.url);
    for item in &batch.items {
        match item {
            Incoming::Event(event) => {
                if !replay::hold(group, batch, event, &mut cursor)? {
                    let (feed, origin) = (&batch.feed, &*batch.origin);
                    let arriving = Arriving { feed, origin, at: batch.at, replayed: batch.replaying, event };
                    let seq = arriving::store(group, &arriving)?;
                    replay::note_stored(group, batch, event, seq);
                }
                if event.event_type == HISTORY_TOO_SHORT {
                    let (from, to) = (cursor.last_at.min(batch.at), batch.at);
                    let gap = RowBody::Gap(Gap { from, to, reason: GapReason::HistoryTooShort, times: 1 });
                    connection_rows::insert_shared(group, &batch.feed, batch.at, &gap)?;
                }
                if event.is_place {
                    cursor.last_event_id.clone_from(&event.last_event_id);
                    cursor.has_ids = true;
                }
                cursor.has_events |= !event.is_control;
            }
            Incoming::Id(id) => {
                cursor.last_event_id.clone_from(id);
                cursor.has_ids = true;
            }
            Incoming::Retry(ms) => {
                if cursor.retry_ms.replace(*ms) != Some(*ms) {
                    connection_rows::insert_shared(
                        group,
                        &batch.feed,
                        batch.at,
                        &RowBody::Retry { ms: *ms, times: 1 },
                    )?;
                }
            }
            Incoming::Oversize { last_event_id, is_event } => {
                cursor.last_event_id.clone_from(last_event_id);
                if *is_event {
                    let (from, to) = (cursor.last_at.min(batch.at), batch.at);
                    let gap = RowBody::Gap(Gap { from, to, reason: GapReason::Oversize, times: 1 });
                    connection_rows::insert_shared(group, &batch.feed, batch.at, &gap)?;
                }
            }
            Incoming::Comment(_) => {}
        }
    }
    cursor.last_at = batch.at;
    group.put_cursor(&batch.feed, &batch.url, cursor);
    Ok(())
}
