//! Collects the state of each part of the engine and publishes it as one [`Status`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use super::model::{Connection, FeedStatus, Status};
use crate::config::{Config, FeedConfig};
use crate::event::{FeedId, Millis, Mute, Notified, Problem, ProblemKind, Rev, Seq};
use crate::ports::Clock;
use crate::rules;
use crate::store::{Committed, FeedCounts, Observer};

/// The minimum time between two published statuses: five a second look immediate and cost little under load.
const PACE: Duration = Duration::from_millis(200);
/// The interval at which the rates are published while nothing else changes: each minute ends one bucket.
const RATE_PACE: Duration = Duration::from_secs(60);
const MINUTE: Millis = 60_000;
/// The number of notifications that are kept: as many as the tray's menu shows.
const LAST_NOTIFIED: usize = 3;

/// Collects the state of all parts and publishes it.
pub(crate) struct StatusPublisher {
    parts: Mutex<Parts>,
    changed: Notify,
}

#[derive(Default)]
struct Parts {
    config: Arc<Config>,
    connections: HashMap<FeedId, Connection>,
    quiet_limits: HashMap<FeedId, Duration>,
    tallies: HashMap<FeedId, Tally>,
    /// The last event ID or cursor of each feed and URL.
    places: HashMap<(FeedId, String), String>,
    mute: Mute,
    config_problem: Option<Problem>,
    store_problem: Option<Problem>,
    replaced_problem: Option<Problem>,
    since: Millis,
    rev: Rev,
    seq: Seq,
    event_count: u64,
    /// With the id of each delivery, because a digest is shown repeatedly.
    last_notified: Vec<(i64, Notified)>,
}

#[derive(Default)]
struct Tally {
    counts: FeedCounts,
    minutes: Minutes,
}

impl StatusPublisher {
    /// Creates a publisher with the feeds of this configuration. `since` is when the engine started.
    pub fn new(config: Arc<Config>, since: Millis) -> Self {
        let parts = Parts { config, since, ..Parts::default() };
        Self { parts: Mutex::new(parts), changed: Notify::new() }
    }

    /// Sets the configuration, and discards the connections of feeds that it does not contain.
    pub fn set_config(&self, config: Arc<Config>) {
        self.edit(|parts| {
            parts.connections.retain(|id, _| config.feeds.iter().any(|feed| feed.id == *id));
            parts.quiet_limits.retain(|id, _| config.feeds.iter().any(|feed| feed.id == *id));
            parts.config = config;
        });
    }

    /// Sets the state of a feed's connection.
    pub fn set_connection(&self, feed: &FeedId, connection: Connection) {
        self.edit(|parts| drop(parts.connections.insert(feed.clone(), connection)));
    }

    /// Sets or clears the silence after which something on the way cuts a feed's connections.
    pub fn set_quiet_limit(&self, feed: &FeedId, limit: Option<Duration>) {
        let known = self.lock().quiet_limits.get(feed).copied();
        if known != limit {
            self.edit(|parts| {
                parts.quiet_limits.remove(feed);
                parts.quiet_limits.extend(limit.map(|limit| (feed.clone(), limit)));
            });
        }
    }

    /// Publishes each change until the future is dropped: at once, but at least 200 ms after the previous one.
    pub async fn publish(&self, status: watch::Sender<Arc<Status>>, clock: Arc<dyn Clock>) {
        loop {
            let now = clock.wall();
            let (composed, counts_rates) = self.compose(now);
            status.send_if_modified(|old| {
                let is_news = **old != composed;
                if is_news {
                    *old = Arc::new(composed);
                }
                is_news
            });
            clock.sleep(PACE).await;
            let rate_pace = async {
                match counts_rates {
                    true => clock.sleep(RATE_PACE).await,
                    false => std::future::pending().await,
                }
            };
            tokio::select! {
                () = self.changed.notified() => {}
                () = rate_pace => {}
            }
        }
    }

    /// Returns the status at `now`, and whether any rate is above zero, so that it changes as time passes.
    pub fn compose(&self, now: Millis) -> (Status, bool) {
        let parts = self.lock();
        let feeds: Vec<FeedStatus> = parts.config.feeds.iter().map(|feed| parts.feed(feed, now)).collect();
        let counts_rates = feeds.iter().any(|feed| feed.rate.iter().any(|n| *n > 0));
        let status = Status {
            feeds,
            mute: if parts.mute.holds(now) { parts.mute } else { Mute::Off },
            problem: parts.problem().cloned(),
            since: parts.since,
            newest_seq: parts.seq,
            newest_rev: parts.rev,
            event_count: parts.event_count,
            last_notified: parts.last_notified.iter().map(|(_, notified)| notified.clone()).collect(),
            app: parts.config.app,
        };
        (status, counts_rates)
    }

    /// Sets or clears the problem of the configuration.
    pub fn set_config_problem(&self, problem: Option<Problem>) {
        self.edit(|parts| parts.config_problem = problem);
    }

    fn edit(&self, change: impl FnOnce(&mut Parts)) {
        change(&mut self.lock());
        self.changed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Parts> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Observer for StatusPublisher {
    fn opened(&self, everything: Committed) {
        self.edit(|parts| {
            // The rates are kept: when a new log replaces another, they still describe what was received.
            parts.tallies.values_mut().for_each(|tally| tally.counts = FeedCounts::default());
            parts.event_count = 0;
            parts.places.clear();
            parts.last_notified.clear();
            parts.take(everything);
        });
    }

    fn committed(&self, changes: Committed) {
        self.edit(|parts| parts.take(changes));
    }

    fn problem(&self, problem: Option<Problem>, kind: ProblemKind) {
        self.edit(|parts| match kind {
            ProblemKind::Config | ProblemKind::ConfigAtStart => parts.config_problem = problem,
            ProblemKind::Disk | ProblemKind::Store => parts.store_problem = problem,
            ProblemKind::Replaced => parts.replaced_problem = problem,
        });
    }
}

impl Parts {
    fn take(&mut self, changes: Committed) {
        for (feed, mut counts) in changes.feeds {
            let tally = self.tallies.entry(feed).or_default();
            self.event_count = self.event_count.saturating_sub(tally.counts.events) + counts.events;
            counts.arrivals.drain(..).for_each(|at| tally.minutes.count(at));
            tally.counts = counts;
        }
        for feed in &changes.forgotten {
            self.places.retain(|(name, _), _| name != feed);
        }
        self.places.extend(changes.places);
        for (id, notified) in changes.notified {
            self.last_notified.retain(|(other, _)| *other != id);
            self.last_notified.insert(0, (id, notified));
            self.last_notified.truncate(LAST_NOTIFIED);
        }
        self.mute = changes.mute;
        self.rev = changes.rev;
        self.seq = changes.seq;
    }

    /// Returns the most severe problem. An invalid configuration at the start comes first, because nothing is received;
    /// then come problems of the log, an invalid change of the configuration, and a log that was replaced.
    fn problem(&self) -> Option<&Problem> {
        let config = self.config_problem.as_ref();
        let at_start = config.filter(|problem| problem.kind == ProblemKind::ConfigAtStart);
        at_start.or(self.store_problem.as_ref()).or(config).or(self.replaced_problem.as_ref())
    }

    fn feed(&self, feed: &FeedConfig, now: Millis) -> FeedStatus {
        let tally = self.tallies.get(&feed.id);
        let place = self.places.get(&(feed.id.clone(), feed.place_key()));
        let resting = if feed.enabled {
            Connection::Connecting { since: self.since, attempt: 1, slow: false }
        } else {
            Connection::Off { reason: None }
        };
        FeedStatus {
            id: feed.id.clone(),
            name: feed.name.clone(),
            url: feed.public_url(),
            connection: self.connections.get(&feed.id).cloned().unwrap_or(resting),
            unread: tally.map_or(0, |t| t.counts.unread),
            unread_critical: tally.is_some_and(|t| t.counts.is_critical),
            alerts: rules::can_notify(&feed.rules),
            count: tally.map_or(0, |t| t.counts.events),
            rate: tally.map_or([0; 15], |t| t.minutes.at(now)),
            last_event_id: place.cloned().unwrap_or_default(),
            quiet_limit_ms: self
                .quiet_limits
                .get(&feed.id)
                .and_then(|limit| u64::try_from(limit.as_millis()).ok()),
            auth: feed.auth.clone(),
        }
    }
}

/// Counts the events of each of the last 15 minutes, without control events.
#[derive(Default)]
struct Minutes {
    buckets: [u32; 15],
    newest: i64,
}

impl Minutes {
    fn count(&mut self, at: Millis) {
        self.roll(at.div_euclid(MINUTE));
        self.buckets[14] = self.buckets[14].saturating_add(1);
    }

    fn at(&self, now: Millis) -> [u32; 15] {
        let mut rolled = Self { buckets: self.buckets, newest: self.newest };
        rolled.roll(now.div_euclid(MINUTE));
        rolled.buckets
    }

    /// Moves the window forward to `minute`. After the clock was set back, events count towards the newest minute.
    fn roll(&mut self, minute: i64) {
        let steps = usize::try_from(minute.saturating_sub(self.newest)).unwrap_or(0).min(15);
        self.buckets.rotate_left(steps % 15);
        self.buckets[15 - steps..].fill(0);
        self.newest = self.newest.max(minute);
    }
}

#[cfg(test)]
mod tests;
