//! When to reconnect: the reconnection time of the standard, full-jitter backoff and a budget of attempts.

use std::time::Duration;

/// The reconnection time until the server names one.
const DEFAULT_RETRY: Duration = Duration::from_secs(1);
/// What a server's `retry` is clamped to.
const MIN_RETRY: Duration = Duration::from_millis(250);
const MAX_RETRY: Duration = Duration::from_secs(3600);

/// The ceiling of the backoff: after the first failure, doubling up to the most.
const FIRST_CEILING: Duration = Duration::from_secs(1);
const MAX_CEILING: Duration = Duration::from_secs(60);

/// The latest moment of the first attempt after a stream was lost. Everybody loses it at once when a server
/// restarts, so the attempts are spread as widely as a person will accept: from [`MIN_RETRY`] to here there are
/// 22 times fewer arrivals in any 100 ms than without a spread.
const FIRST_ATTEMPT: Duration = Duration::from_millis(2500);

/// How much later than a server's `retry` a reconnect may come after a clean end: a fifth, at most this.
const MAX_RETRY_JITTER: Duration = Duration::from_secs(30);

/// How long a connection must have lived, with an event, to count as healthy.
const HEALTHY_AFTER: Duration = Duration::from_secs(60);

/// The pause before a parked feed is tried again, and how much later that may be.
const PARKED: Duration = Duration::from_secs(300);
const PARKED_JITTER: Duration = Duration::from_secs(60);

/// The longest `Retry-After` that is honoured: a bad header must not silence a feed for years.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 3600);

/// The budget: this many attempts in a burst, then one each interval. In any hour that is at most
/// 30 + 60 = 90 attempts, counting both ends.
const BURST: u32 = 30;
const INTERVAL: Duration = Duration::from_secs(60);

/// How a connection was lost, or why there was none.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DropKind {
    /// The server ended an open stream cleanly.
    Ended,
    /// An open stream broke: reset, cut short, silent beyond the idle limit.
    Broken,
    /// No stream was opened, and that may pass: refused, DNS, TLS, a timeout, [`crate::Verdict::Retry`].
    Failed,
    /// No stream was opened, and trying again soon is of no use: [`crate::Verdict::NotFound`], a wrong type.
    Parked,
}

/// The decisions about one feed's reconnects. It reads no clock and draws no chance; it only says how long to
/// wait.
///
/// Over any hour it allows at most 90 attempts, however the server behaves, provided that each attempt is made
/// after the delay that [`Backoff::next_delay`] gave. The first dozens come quickly; a server that ends every
/// connection is then asked once a minute.
#[derive(Debug, Clone)]
pub struct Backoff {
    retry: Option<Duration>,
    attempt: u32,
    connected_at: Option<Duration>,
    event_seen: bool,
    /// When the budget would be whole again, as the generic cell rate algorithm has it; `None` before the first
    /// drop.
    budget_whole_at: Option<Duration>,
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

impl Backoff {
    /// A feed about to be connected for the first time.
    pub fn new() -> Self {
        Self { retry: None, attempt: 0, connected_at: None, event_seen: false, budget_whole_at: None }
    }

    /// Takes the server's `retry:` value in milliseconds, clamped to 250 ms … 1 h.
    pub fn set_retry(&mut self, ms: u64) {
        self.retry = Some(Duration::from_millis(ms).clamp(MIN_RETRY, MAX_RETRY));
    }

    /// The reconnection time in force: the server's, clamped, or 1 s.
    pub fn reconnection_time(&self) -> Duration {
        self.retry.unwrap_or(DEFAULT_RETRY)
    }

    /// How many drops in a row were not followed by health; 0 while all is well.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// A stream was opened (a head with [`crate::Verdict::Open`] arrived). `now` is monotonic, from any origin.
    pub fn connected(&mut self, now: Duration) {
        self.connected_at = Some(now);
        self.event_seen = false;
    }

    /// An event arrived on the open stream. `now` as in [`Backoff::connected`].
    pub fn event_seen(&mut self, now: Duration) {
        self.event_seen = true;
        self.settle(now);
    }

    /// How long to wait from `now` before the next attempt.
    ///
    /// - `retry_after`: a `Retry-After` header's value; a minimum, honoured up to a day.
    /// - `now`: monotonic, from the same origin as in the other calls.
    /// - `chance`: uniform in `[0, 1)`; anything else is brought into that range.
    ///
    /// A stream that ended or broke is renewed after the reconnection time: never earlier than a `retry` that the
    /// server sent, and at most a fifth later after a clean end; without one, 0.25 s to 2.5 s, about 1 s. Drops
    /// without an event and 60 s of health between them back off with full jitter, 1 s doubling to 60 s, on top of the
    /// server's `retry`.
    pub fn next_delay(
        &mut self,
        drop: DropKind,
        retry_after: Option<Duration>,
        now: Duration,
        chance: f64,
    ) -> Duration {
        self.settle(now);
        let was_lively = self.connected_at.take().is_some() && self.event_seen;
        self.event_seen = false;

        // A server that delivers and ends cleanly is odd, not failing: the budget alone slows it.
        let repeats = !(drop == DropKind::Ended && was_lively && self.attempt > 0);
        if repeats {
            self.attempt = self.attempt.saturating_add(1);
        }

        let (floor, spread) = self.window(drop);
        let jitter = spread.mul_f64(fraction(chance));
        let earliest = floor.max(self.least_delay(retry_after, now));
        let delay = earliest.saturating_add(jitter);
        self.spend(now, now.saturating_add(delay));
        delay
    }

    /// The least that any reason to hasten leaves of the next delay, asked before [`Backoff::next_delay`]: what the
    /// server asked for, and the budget.
    pub fn least_delay(&self, retry_after: Option<Duration>, now: Duration) -> Duration {
        retry_after.unwrap_or_default().min(MAX_RETRY_AFTER).max(self.budget_wait(now))
    }

    fn settle(&mut self, now: Duration) {
        let healthy = |since: Duration| now.saturating_sub(since) >= HEALTHY_AFTER;
        if self.event_seen && self.connected_at.is_some_and(healthy) {
            self.attempt = 0;
        }
    }

    /// The earliest delay, and how much may come on top.
    fn window(&self, drop: DropKind) -> (Duration, Duration) {
        if drop == DropKind::Parked {
            return (PARKED.max(self.reconnection_time()), PARKED_JITTER);
        }
        let floor = self.retry.unwrap_or(MIN_RETRY);
        let to_first_attempt = FIRST_ATTEMPT.saturating_sub(floor);
        let fifth = (floor / 5).min(MAX_RETRY_JITTER);
        let spread = match (drop, self.retry) {
            (DropKind::Ended, Some(_)) if self.attempt <= 1 => fifth,
            (DropKind::Ended | DropKind::Broken, _) if self.attempt <= 1 => fifth.max(to_first_attempt),
            (_, Some(_)) => self.ceiling().max(fifth),
            (_, None) => self.ceiling() - floor,
        };
        (floor, spread)
    }

    fn ceiling(&self) -> Duration {
        let doublings = self.attempt.saturating_sub(1).min(6);
        (FIRST_CEILING * 2_u32.pow(doublings)).min(MAX_CEILING)
    }

    fn budget_wait(&self, now: Duration) -> Duration {
        let burst = INTERVAL * (BURST - 1);
        self.whole_at(now).saturating_sub(burst).saturating_sub(now)
    }

    fn spend(&mut self, now: Duration, at: Duration) {
        self.budget_whole_at = Some(self.whole_at(now).max(at).saturating_add(INTERVAL));
    }

    /// Before the first drop exactly one attempt has been spent, at the latest just now.
    fn whole_at(&self, now: Duration) -> Duration {
        self.budget_whole_at.unwrap_or(now.saturating_add(INTERVAL))
    }
}

fn fraction(chance: f64) -> f64 {
    if chance.is_nan() { 0.0 } else { chance.clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests;
