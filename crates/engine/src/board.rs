//! The board: what each part knows of the present, put together into one [`Status`].

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::sync::{Notify, watch};

use crate::config::{Auth, Config, FeedConfig};
use crate::event::{FeedId, Millis, Rev, Seq};
use crate::ports::Clock;
use crate::rules;
use crate::status::{Connection, FeedStatus, Mute, Notified, Problem, ProblemKind, Status};
use crate::store::{Command, Cursor, Ledger};

/// How soon a change follows the one published before it.
const PACE: Duration = Duration::from_millis(200);
/// How often the rates are drawn anew while nothing else changes.
const RATE_PACE: Duration = Duration::from_secs(60);
const MINUTE: Millis = 60_000;

/// What the parts write and the publisher reads.
pub(crate) struct Board {
    parts: Mutex<Parts>,
    changed: Notify,
}

#[derive(Default)]
struct Parts {
    config: Arc<Config>,
    connections: HashMap<FeedId, Connection>,
    tallies: HashMap<FeedId, Tally>,
    cursors: HashMap<(FeedId, String), Cursor>,
    mute: Mute,
    config_problem: Option<Problem>,
    store_problem: Option<Problem>,
    replaced_problem: Option<Problem>,
    since: Millis,
    rev: i64,
    seq: i64,
    event_count: u64,
    /// By delivery, since a digest is shown again and again.
    last_notified: Vec<(i64, Notified)>,
}

#[derive(Default)]
struct Tally {
    count: u64,
    unread: u64,
    unread_critical: bool,
    minutes: Minutes,
}

impl Board {
    pub fn new(config: Arc<Config>, since: Millis) -> Self {
        let parts = Parts { config, since, ..Parts::default() };
        Self { parts: Mutex::new(parts), changed: Notify::new() }
    }

    /// Another configuration is in force.
    pub fn set_config(&self, config: Arc<Config>) {
        self.edit(|parts| {
            parts.connections.retain(|id, _| config.feeds.iter().any(|feed| feed.id == *id));
            parts.config = config;
        });
    }

    /// A feed's connection changed.
    pub fn set_connection(&self, feed: &FeedId, connection: Connection) {
        self.edit(|parts| drop(parts.connections.insert(feed.clone(), connection)));
    }

    /// A problem of this kind began or ended.
    pub fn set_problem(&self, problem: Option<Problem>, kind: ProblemKind) {
        self.edit(|parts| match kind {
            ProblemKind::Config | ProblemKind::ConfigAtStart => parts.config_problem = problem,
            ProblemKind::Disk | ProblemKind::Store => parts.store_problem = problem,
            ProblemKind::Replaced => parts.replaced_problem = problem,
        });
    }

    /// The log was opened.
    pub fn loaded(&self, ledger: &Ledger, shown: Vec<(i64, Notified)>) {
        self.edit(|parts| {
            for (feed, entry) in &ledger.feeds {
                let tally = parts.tallies.entry(feed.clone()).or_default();
                tally.take(entry.event_count, entry.unread, entry.critical > 0);
            }
            parts.cursors.clone_from(&ledger.cursors);
            parts.last_notified = shown;
            parts.numbers(ledger);
            parts.event_count = ledger.event_count();
        });
    }

    /// A group was committed.
    pub fn committed(
        &self,
        touched: &HashMap<FeedId, crate::store::FeedLedger>,
        ledger: &Ledger,
        group: &[Command],
    ) {
        self.edit(|parts| {
            for (feed, entry) in touched {
                let tally = parts.tallies.entry(feed.clone()).or_default();
                parts.event_count = parts.event_count.saturating_sub(tally.count) + entry.event_count;
                tally.take(entry.event_count, entry.unread, entry.critical > 0);
                entry.fresh.iter().for_each(|at| tally.minutes.count(*at));
            }
            for command in group {
                match command {
                    Command::Events(batch) => {
                        let key = (batch.feed.clone(), batch.url.to_string());
                        if let Some(cursor) = ledger.cursors.get(&key) {
                            parts.cursors.insert(key, cursor.clone());
                        }
                    }
                    Command::Forget { feed, .. } => parts.cursors.retain(|(name, _), _| name != feed),
                    Command::Delivered { delivery, text, at } => {
                        let notified = Notified {
                            seq: delivery.seq,
                            feed: delivery.feed.clone(),
                            text: text.clone(),
                            at: *at,
                        };
                        parts.last_notified.retain(|(id, _)| *id != delivery.id);
                        parts.last_notified.insert(0, (delivery.id, notified));
                        parts.last_notified.truncate(3);
                    }
                    _ => {}
                }
            }
            parts.numbers(ledger);
        });
    }

    /// Publishes until every receiver is gone: at once after a quiet time, else at the pace.
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

    /// The status at `now`, and whether any rate is above zero, so that it will fall by itself.
    pub fn compose(&self, now: Millis) -> (Status, bool) {
        let parts = self.lock();
        let feeds: Vec<FeedStatus> = parts.config.feeds.iter().map(|feed| parts.feed(feed, now)).collect();
        let counts_rates = feeds.iter().any(|feed| feed.rate.iter().any(|n| *n > 0));
        let status = Status {
            feeds,
            mute: if parts.mute.holds(now) { parts.mute } else { Mute::Off },
            problem: parts.problem().cloned(),
            since: parts.since,
            newest_seq: Seq(parts.seq),
            newest_rev: Rev(parts.rev),
            event_count: parts.event_count,
            last_notified: parts.last_notified.iter().map(|(_, notified)| notified.clone()).collect(),
            app: parts.config.app,
        };
        (status, counts_rates)
    }

    fn edit(&self, change: impl FnOnce(&mut Parts)) {
        change(&mut self.lock());
        self.changed.notify_one();
    }

    fn lock(&self) -> MutexGuard<'_, Parts> {
        self.parts.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Parts {
    fn numbers(&mut self, ledger: &Ledger) {
        self.mute = ledger.mute;
        self.rev = ledger.rev;
        self.seq = ledger.seq;
    }

    /// The one that matters most: what stops the receiving first, what is over and done last.
    /// The gravest problem: one that keeps everything from being received, then one of the log.
    fn problem(&self) -> Option<&Problem> {
        let config = self.config_problem.as_ref();
        let at_start = config.filter(|problem| problem.kind == ProblemKind::ConfigAtStart);
        at_start.or(self.store_problem.as_ref()).or(config).or(self.replaced_problem.as_ref())
    }

    fn feed(&self, feed: &FeedConfig, now: Millis) -> FeedStatus {
        let tally = self.tallies.get(&feed.id);
        let cursor = self.cursors.get(&(feed.id.clone(), feed.url.to_string()));
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
            unread: tally.map_or(0, |t| t.unread),
            unread_critical: tally.is_some_and(|t| t.unread_critical),
            alerts: rules::can_notify(&feed.rules),
            count: tally.map_or(0, |t| t.count),
            rate: tally.map_or([0; 15], |t| t.minutes.at(now)),
            last_event_id: cursor.map(|c| c.last_event_id.clone()).unwrap_or_default(),
            secret_name: feed.auth.as_ref().map(Auth::secret_name).map(ToOwned::to_owned),
        }
    }
}

impl Tally {
    fn take(&mut self, count: u64, unread: u64, unread_critical: bool) {
        self.count = count;
        self.unread = unread;
        self.unread_critical = unread_critical;
    }
}

/// How many events came in each of the last 15 minutes.
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

    /// A clock that was set back counts into the newest minute.
    fn roll(&mut self, minute: i64) {
        let steps = usize::try_from(minute.saturating_sub(self.newest)).unwrap_or(0).min(15);
        self.buckets.rotate_left(steps % 15);
        self.buckets[15 - steps..].fill(0);
        self.newest = self.newest.max(minute);
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn minutes_roll_and_empty() {
        let mut minutes = Minutes::default();
        minutes.count(0);
        minutes.count(MINUTE);
        minutes.count(MINUTE + 1);
        assert_eq!(minutes.at(MINUTE)[12..], [0, 1, 2]);
        assert_eq!(minutes.at(3 * MINUTE)[10..], [0, 1, 2, 0, 0]);
        assert_eq!(minutes.at(16 * MINUTE), [0; 15]);
        assert_eq!(minutes.at(0)[13..], [1, 2]);
    }

    #[test]
    fn a_configuration_that_keeps_all_from_being_received_is_told_before_a_full_disk() {
        let board = Board::new(Arc::new(Config::default()), 0);
        let problem = |kind| Some(Problem { kind, message: String::new() });
        let told = || board.compose(0).0.problem.map(|problem| problem.kind);
        board.set_problem(problem(ProblemKind::Replaced), ProblemKind::Replaced);
        board.set_problem(problem(ProblemKind::Config), ProblemKind::Config);
        assert_eq!(told(), Some(ProblemKind::Config));
        board.set_problem(problem(ProblemKind::Disk), ProblemKind::Disk);
        assert_eq!(told(), Some(ProblemKind::Disk));
        board.set_problem(problem(ProblemKind::ConfigAtStart), ProblemKind::ConfigAtStart);
        assert_eq!(told(), Some(ProblemKind::ConfigAtStart));
    }
}
