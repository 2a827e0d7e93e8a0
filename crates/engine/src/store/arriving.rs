//! A new event on its way into the log: the decision, the row, and the delivery.

use std::sync::Arc;

use super::deliveries::{self, OpenDigest};
use super::event_row::EventRow;
use super::group::Group;
use crate::event::{FeedId, IncomingEvent, Millis, Outcome, Seq, Severity};
use crate::rules::{self, Occasion, Verdict};

/// An event to be stored.
#[derive(Clone, Copy)]
pub(super) struct Arriving<'a> {
    pub feed: &'a FeedId,
    /// The origin of the final URL.
    pub origin: &'a str,
    /// When it was received.
    pub at: Millis,
    /// Whether it came within the replay that follows a resumed connection.
    pub replayed: bool,
    pub event: &'a IncomingEvent,
}

/// Decides about an event and stores it. Returns its row.
pub(super) fn store(group: &mut Group<'_>, arriving: &Arriving<'_>) -> rusqlite::Result<Seq> {
    let Arriving { feed, origin, at, replayed, event } = *arriving;
    let config = Arc::clone(&group.config);
    let found = config.feeds.iter().find(|config| config.id == *feed);
    let since = absent_since(group, feed, at);
    if replayed {
        continue_replay_digest(group, feed)?;
    }
    let Verdict { decision, severity, texts, in_replay_digest } = match found {
        Some(found) => {
            let (muted, away) = (group.is_muted(), at.saturating_sub(since));
            let has_replay_digest = group.entry(feed).replay_digest.is_some();
            let occasion = Occasion { event, replayed, away, has_replay_digest, at, muted };
            rules::decide(found, config.flood, &mut group.states(feed), &occasion)
        }
        // Removed while its last events were under way: they are kept, and disturb nobody.
        None => Verdict::default(),
    };
    let seq = group.next_rev();
    let entry = group.entry(feed);
    entry.row_count += 1;
    entry.event_count += 1;
    entry.last_row = None;
    if decision.outcome.alerts() {
        entry.alert_count += 1;
        entry.unread += 1;
        entry.critical += u64::from(severity == Severity::Critical);
    }
    match decision.outcome {
        // A critical event has a limit of its own, and says nothing about the storm of the others.
        Outcome::Notify if severity == Severity::Critical => {}
        Outcome::Notify => entry.digest = None,
        Outcome::Digest => {
            let digest = match in_replay_digest {
                true => entry.replay_digest.get_or_insert_with(|| OpenDigest::of_replay(since)),
                false => entry.digest.get_or_insert_with(|| OpenDigest::begin(at)),
            };
            digest.take(Seq(seq), &event.event_type, severity, texts.clone(), at);
        }
        Outcome::Control => entry.control_count += 1,
        Outcome::Log | Outcome::Muted => {}
    }
    if decision.outcome != Outcome::Control {
        entry.arrivals.push(at);
    }
    let row = EventRow {
        seq: Seq(seq),
        feed,
        origin,
        at,
        replayed,
        event,
        severity,
        decision: &decision,
        stored_at: group.now,
        in_group: group.events_in_group,
    };
    row.insert(group.tx)?;
    group.entry(feed).byte_count += row.bytes();
    if decision.outcome == Outcome::Notify {
        deliveries::add_single(group.tx, feed, Seq(seq), severity, &texts, at)?;
    }
    group.has_new_delivery |= matches!(decision.outcome, Outcome::Notify | Outcome::Digest);
    Ok(Seq(seq))
}

/// Returns since when nothing of a feed had been received before its present connection; `at` where that is not known.
fn absent_since(group: &mut Group<'_>, feed: &FeedId, at: Millis) -> Millis {
    group.entry(feed).connection.as_ref().map_or(at, |connection| connection.away.0.min(at))
}

/// Goes on with the digest of a replay that was not shown yet, with the first event that a connection replays: that of a
/// connection that was lost, or of before a restart. One that was shown is over.
fn continue_replay_digest(group: &mut Group<'_>, feed: &FeedId) -> rusqlite::Result<()> {
    let Some(connection) = group.entry(feed).connection.as_mut() else { return Ok(()) };
    if std::mem::replace(&mut connection.has_replayed, true) {
        return Ok(());
    }
    let continued = match group.entry(feed).replay_digest.take() {
        Some(digest) if digest.id.is_none() || !digest.is_shown(group.tx)? => Some(digest),
        Some(_) => None,
        None => OpenDigest::load_replay(group.tx, feed)?,
    };
    group.entry(feed).replay_digest = continued;
    Ok(())
}
