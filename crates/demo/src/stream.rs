//! The stream to one subscriber.

use std::convert::Infallible;
use std::fmt::Write as _;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use futures_util::Stream;
use tokio::sync::watch;
use tokio::time::{self, MissedTickBehavior};

use crate::faults::Faults;
use crate::feed::{self, Feed, HISTORY, ORIGIN};
use crate::options::Options;

const RETRY: Duration = Duration::from_millis(3000);
const HEARTBEAT: Duration = Duration::from_secs(15);

/// The delay after which a new subscriber to the alerts gets the latest one, so that it need not wait up to a
/// minute for the next.
const GREETING: Duration = Duration::from_secs(2);

/// The maximum number of events in one write.
const BATCH: u64 = 64;

/// Returns the wall time since the Unix epoch.
pub(crate) type Clock = Arc<dyn Fn() -> Duration + Send + Sync>;

/// The state that all streams share.
#[derive(Clone)]
pub(crate) struct Stage {
    /// The settings of the feeds.
    pub(crate) options: Options,
    /// The clock.
    pub(crate) clock: Clock,
    /// Becomes true, or loses its sender, when the server shuts down.
    pub(crate) ending: watch::Receiver<bool>,
}

/// Returns the body of a response. It starts after `last_event_id`; without an id, or if the id is unknown, it starts
/// with the next event, or in the alerts feed with the latest one.
pub(crate) fn body(
    stage: Stage,
    feed: Feed,
    last_event_id: Option<&str>,
    faults: Faults,
) -> impl Stream<Item = Result<Bytes, Infallible>> + Send + use<> {
    let Options { seed, pace } = stage.options;
    let start = Start::of(feed, seed, last_event_id, stage.now());
    async_stream::stream! {
        let mut ending = stage.ending.clone();
        if faults.silent {
            ended(&mut ending).await;
            return;
        }
        yield Ok(Bytes::from(format!("retry: {}\n\n", (RETRY / pace.factor()).as_millis())));

        let mut heartbeat = time::interval(HEARTBEAT / pace.factor());
        heartbeat.set_missed_tick_behavior(MissedTickBehavior::Delay);
        heartbeat.reset();
        let Start { mut next, not_before } = start;
        let mut left = faults.close_after.unwrap_or(u64::MAX);
        loop {
            let now = stage.now();
            let mut batch = String::new();
            let batch_end = next.saturating_add(left.min(BATCH));
            while next < batch_end && feed.due(seed, next).max(not_before) <= now {
                write_event(&mut batch, feed, seed, next);
                next += 1;
                left -= 1;
            }
            if !batch.is_empty() {
                yield Ok(Bytes::from(batch));
            }
            if left == 0 {
                return;
            }
            let wait = feed.due(seed, next).max(not_before).saturating_sub(now) / pace.factor();
            tokio::select! {
                () = ended(&mut ending) => return,
                () = time::sleep(wait) => {}
                _ = heartbeat.tick() => yield Ok(Bytes::from_static(b": heartbeat\n\n")),
            }
        }
    }
}

/// Waits until the server shuts down.
pub(crate) async fn ended(ending: &mut watch::Receiver<bool>) {
    // An error means that the sender was dropped: the server has ended.
    let _ = ending.wait_for(|ended| *ended).await;
}

/// The first event for a subscriber, and the earliest time to send it.
struct Start {
    next: u64,
    not_before: Duration,
}

impl Start {
    fn of(feed: Feed, seed: u64, last_event_id: Option<&str>, now: Duration) -> Self {
        let Some(latest) = feed.latest(seed, now) else {
            return Self { next: 0, not_before: Duration::ZERO };
        };
        let seen = last_event_id.and_then(|id| feed::parse_id(seed, id)).filter(|seen| *seen <= latest);
        match seen {
            Some(seen) => {
                let oldest = latest.saturating_sub(HISTORY - 1);
                Self { next: (seen + 1).max(oldest), not_before: Duration::ZERO }
            }
            None if feed == Feed::Alerts => Self { next: latest, not_before: now + GREETING },
            None => Self { next: latest + 1, not_before: Duration::ZERO },
        }
    }
}

impl Stage {
    /// Returns the feeds' time since [`ORIGIN`].
    fn now(&self) -> Duration {
        (self.clock)().saturating_sub(ORIGIN).saturating_mul(self.options.pace.factor())
    }
}

fn write_event(batch: &mut String, feed: Feed, seed: u64, n: u64) {
    let happening = feed.event(seed, n);
    let id = feed::id(seed, n);
    let _ = write!(batch, "id: {id}\nevent: {}\ndata: {}\n\n", happening.event_type, happening.data);
}
