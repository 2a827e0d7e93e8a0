//! A feed's events on their way into the log.

use std::sync::Arc;

use super::command::Batch;
use super::connection_rows;
use super::deliveries::{self, OpenDigest};
use super::event_row::EventRow;
use super::group::Group;
use super::overlap;
use crate::config::{Config, FeedConfig};
use crate::event::{Gap, GapReason, Incoming, IncomingEvent, Outcome, RowBody, Seq, Severity};
use crate::rules::{self, Occasion, Verdict};

/// Stores what one read of a connection brought, and moves the feed's cursor.
pub(super) fn store(group: &mut Group<'_>, batch: &Batch) -> rusqlite::Result<()> {
    let config = Arc::clone(&group.config);
    let feed = config.feeds.iter().find(|feed| feed.id == batch.feed);
    let mut cursor = group.cursor(&batch.feed, &batch.url);
    let mut repeated = 0;
    for item in &batch.items {
        match item {
            Incoming::Event(event) => {
                if overlap::came_before(group, batch, event)? {
                    repeated += 1;
                } else {
                    store_event(group, &config, feed, batch, event)?;
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
                    connection_rows::insert(group, &batch.feed, batch.at, &RowBody::Retry { ms: *ms })?;
                }
            }
            Incoming::Oversize { last_event_id, is_event } => {
                cursor.last_event_id.clone_from(last_event_id);
                if *is_event {
                    let (from, to) = (cursor.last_at.min(batch.at), batch.at);
                    let gap = RowBody::Gap(Gap { from, to, reason: GapReason::Oversize });
                    connection_rows::insert(group, &batch.feed, batch.at, &gap)?;
                }
            }
            Incoming::Comment(_) => {}
        }
    }
    overlap::count_repeated(group, &batch.feed, repeated)?;
    cursor.last_at = batch.at;
    group.put_cursor(&batch.feed, &batch.url, cursor);
    Ok(())
}

fn store_event(
    group: &mut Group<'_>,
    config: &Config,
    feed: Option<&FeedConfig>,
    batch: &Batch,
    event: &IncomingEvent,
) -> rusqlite::Result<()> {
    let Verdict { decision, severity, texts } = match feed {
        Some(feed) => {
            let muted = group.is_muted();
            let occasion = Occasion { event, replayed: batch.replaying, at: batch.at, muted };
            rules::decide(feed, config.flood, &mut group.states(&batch.feed), &occasion)
        }
        // Removed while its last events were under way: they are kept, and disturb nobody.
        None => Verdict::default(),
    };
    let seq = group.next_rev();
    let entry = group.entry(&batch.feed);
    entry.row_count += 1;
    entry.event_count += 1;
    entry.last_row = None;
    entry.arrivals.push(batch.at);
    if decision.outcome.alerts() {
        entry.alert_count += 1;
        entry.unread += 1;
        entry.critical += u64::from(severity == Severity::Critical);
    }
    match decision.outcome {
        Outcome::Notify => entry.digest = None,
        Outcome::Digest => {
            let digest = entry.digest.get_or_insert_with(|| OpenDigest::begin(batch.at));
            digest.take(Seq(seq), &event.event_type, severity, texts.clone(), batch.at);
        }
        Outcome::Log | Outcome::Control | Outcome::Muted => {}
    }
    let row = EventRow {
        seq: Seq(seq),
        feed: &batch.feed,
        origin: &batch.origin,
        at: batch.at,
        replayed: batch.replaying,
        event,
        severity,
        decision: &decision,
        stored_at: group.now,
        in_group: group.events_in_group,
    };
    row.insert(group.tx)?;
    if decision.outcome == Outcome::Notify {
        deliveries::add_single(group.tx, &batch.feed, Seq(seq), severity, &texts, batch.at)?;
    }
    group.has_new_delivery |= matches!(decision.outcome, Outcome::Notify | Outcome::Digest);
    Ok(())
}
