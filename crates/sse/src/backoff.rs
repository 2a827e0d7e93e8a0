//! Decides when to reconnect: the reconnection time (WHATWG HTML 9.2.3), exponential backoff with full jitter, and a
//! budget of attempts.

use std::time::Duration;

/// The reconnection time until the server sends a `retry:` line.
const DEFAULT_RETRY: Duration = Duration::from_secs(1);
/// The range that a server's `retry` is clamped to: at least 250 ms, so that `retry: 0` does not become a tight loop,
/// and at most 1 h, so that a bad value does not silence a feed.
const MIN_RETRY: Duration = Duration::from_millis(250);
const MAX_RETRY: Duration = Duration::from_secs(3600);

/// The backoff's ceiling: 1 s after the first failure, doubled by each further one, up to 60 s.
const FIRST_CEILING: Duration = Duration::from_secs(1);
const MAX_CEILING: Duration = Duration::from_secs(60);

/// The end of the range that the first attempt after a lost stream is spread over. When a server restarts, all its
/// clients lose their streams at once; spread from [`MIN_RETRY`] to here, only about 1/22 of them reconnect in any
/// 100 ms. A longer range would delay a lone client for longer than a person accepts.
const FIRST_ATTEMPT: Duration = Duration::from_millis(2500);

/// The maximum jitter on top of a server's `retry`, which is otherwise a fifth of that `retry`.
const MAX_RETRY_JITTER: Duration = Duration::from_secs(30);

/// The age from which a connection counts as healthy, whether or not it delivered an event.
const HEALTHY_AFTER: Duration = Duration::from_secs(30);

/// The shortest delay between two polls, unless the server asked for less and sends something new each time.
const MIN_POLL: Duration = Duration::from_secs(1);

/// The delay before a parked feed is tried again, and the maximum jitter on top of it.
const PARKED: Duration = Duration::from_secs(300);
const PARKED_JITTER: Duration = Duration::from_secs(60);

/// The maximum `Retry-After` that is honoured: a bad header must not silence a feed for years.
const MAX_RETRY_AFTER: Duration = Duration::from_secs(24 * 3600);

/// The budget: `BURST` failed attempts at any pace, then one in each `INTERVAL`. In any hour, both ends included, that
/// is at most 30 + 60 = 90 failed attempts.
const BURST: u32 = 30;
const INTERVAL: Duration = Duration::from_secs(60);

/// Classifies how a connection was lost, or why none was made.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum DropKind {
    /// The server ended an open stream cleanly.
    Ended,
    /// An open stream broke: it was reset, cut short, or silent for longer than the idle timeout.
    Broken,
    /// No stream was opened, for a reason that may be temporary: connection refused, DNS, a timeout,
    /// [`crate::Verdict::Retry`].
    Failed,
    /// No stream was opened, and an early retry would fail again: [`crate::Verdict::NotFound`], a wrong content
    /// type, a rejected certificate.
    Parked,
}

/// Decides how long to wait before each reconnect of one feed. It reads no clock and draws no random numbers.
///
/// Allows at most 90 failed attempts in any hour, however the server behaves, provided that the caller waits for the
/// delay that [`Backoff::next_delay`] returns before each attempt. The first 30 attempts may follow each other quickly;
/// then there is one a minute. Two kinds of connections are no failures: one that lived for 30 s, and a poll, which the
/// server ended cleanly after an event, or as the poll before it, with nothing to tell but the `retry`.
#[derive(Debug, Clone)]
pub struct Backoff {
    retry: Option<Duration>,
    attempt: u32,
    connected_at: Option<Duration>,
    /// What the open connection delivered, as one number; `None` until its first event.
    said: Option<u64>,
    /// The same of the last connection that delivered one.
    said_before: Option<u64>,
    /// Whether the server sent a `retry` on the open connection.
    said_retry: bool,
    /// Whether the connection before was a poll.
    was_poll: bool,
    /// When the whole budget is available again: the theoretical arrival time of the generic cell rate algorithm
    /// (ITU-T I.371). `None` before the first drop.
    budget_whole_at: Option<Duration>,
}

impl Default for Backoff {
    fn default() -> Self {
        Self::new()
    }
}

impl Backoff {
    /// Creates the state of a feed that has not been connected yet.
    pub fn new() -> Self {
        Self {
            retry: None,
            attempt: 0,
            connected_at: None,
            said: None,
            said_before: None,
            said_retry: false,
            was_poll: false,
            budget_whole_at: None,
        }
    }

    /// Sets the reconnection time from a server's `retry:` value in milliseconds, clamped to 250 ms … 1 h.
    pub fn set_retry(&mut self, ms: u64) {
        self.said_retry = true;
        self.retry = Some(Duration::from_millis(ms).clamp(MIN_RETRY, MAX_RETRY));
    }

    /// Returns the current reconnection time: the server's, clamped to 250 ms … 1 h, or else 1 s.
    pub fn reconnection_time(&self) -> Duration {
        self.retry.unwrap_or(DEFAULT_RETRY)
    }

    /// Returns the number of drops since the last healthy connection; 0 while the connection is healthy.
    pub fn attempt(&self) -> u32 {
        self.attempt
    }

    /// Records that a stream was opened: a response with [`crate::Verdict::Open`] arrived. `now` is monotonic, from
    /// any origin.
    pub fn connected(&mut self, now: Duration) {
        self.connected_at = Some(now);
        self.said = None;
        self.said_retry = false;
    }

    /// Records that an event arrived on the open stream. `now` is as in [`Backoff::connected`]. `content` is a hash of
    /// the event: a server that sends the same on each connection is polled less often than one that sends new events.
    pub fn event_seen(&mut self, now: Duration, content: u64) {
        self.said = Some(self.said.unwrap_or_default().rotate_left(5).wrapping_add(content));
        self.settle(now);
    }

    /// Returns the time between two polls, if a stream that was lost like this was one: the server ended it cleanly
    /// within 30 s, and delivered an event, or had none this time and sent its `retry` again. It is that `retry`, at least
    /// 1 s unless the server asked for less and said something new. Call it before [`Backoff::next_delay`].
    pub fn poll_interval(&self, drop: DropKind, now: Duration) -> Option<Duration> {
        let has_none_this_time = self.was_poll && self.said_retry;
        let is_lively = self.connected_at.is_some() && (self.said.is_some() || has_none_this_time);
        if drop != DropKind::Ended || !is_lively || self.is_healthy(now) {
            return None;
        }
        let has_news = self.said.is_some() && self.said != self.said_before;
        Some(self.reconnection_time().max(if has_news { MIN_RETRY } else { MIN_POLL }))
    }

    /// Returns the delay from `now` to the next attempt, and counts that attempt against the budget.
    ///
    /// - `retry_after`: the value of a `Retry-After` header (RFC 9110 10.2.3): a minimum, honoured up to a day.
    /// - `now`: monotonic, from the same origin as in the other calls.
    /// - `chance`: uniform in `[0, 1)`. Other values are clamped to `[0, 1]`; NaN counts as 0.
    ///
    /// The delay is never shorter than a `retry` that the server sent. After a clean end, the first delay is that
    /// `retry` plus jitter of at most a fifth of it (30 s at most). Without a `retry`, or after a broken stream,
    /// the jitter extends at least to 2.5 s. Further drops without a healthy connection in between back off with
    /// full jitter: the ceiling doubles from 1 s to 60 s, on top of the server's `retry`.
    ///
    /// After a poll the delay is [`Backoff::poll_interval`] plus jitter of at most a fifth of it; without a `retry` it is
    /// 1 s to 2.5 s.
    pub fn next_delay(
        &mut self,
        drop: DropKind,
        retry_after: Option<Duration>,
        now: Duration,
        chance: f64,
    ) -> Duration {
        self.settle(now);
        let poll = self.poll_interval(drop, now);
        let is_failure = poll.is_none() && !self.is_healthy(now);
        self.connected_at = None;
        self.said_before = self.said.take().or(self.said_before);
        self.was_poll = poll.is_some();
        if let Some(interval) = poll {
            self.attempt = 0;
            let fifth = (interval / 5).min(MAX_RETRY_JITTER);
            let spread = if self.retry.is_some() { fifth } else { FIRST_ATTEMPT.saturating_sub(interval) };
            return interval.saturating_add(spread.mul_f64(fraction(chance)));
        }
        self.attempt = self.attempt.saturating_add(1);

        let (floor, spread) = self.window(drop);
        let jitter = spread.mul_f64(fraction(chance));
        let earliest = floor.max(self.least_delay(retry_after, now));
        let delay = earliest.saturating_add(jitter);
        if is_failure {
            self.spend(now, now.saturating_add(delay));
        }
        delay
    }

    /// Returns the minimum delay that applies even if there is a reason to retry sooner: `retry_after` (up to a
    /// day) or the wait for the budget, whichever is longer. Call it before [`Backoff::next_delay`], which spends
    /// the budget.
    pub fn least_delay(&self, retry_after: Option<Duration>, now: Duration) -> Duration {
        retry_after.unwrap_or_default().min(MAX_RETRY_AFTER).max(self.budget_wait(now))
    }

    fn settle(&mut self, now: Duration) {
        if self.is_healthy(now) {
            self.attempt = 0;
        }
    }

    fn is_healthy(&self, now: Duration) -> bool {
        self.connected_at.is_some_and(|since| now.saturating_sub(since) >= HEALTHY_AFTER)
    }

    /// Returns the minimum delay and the maximum jitter on top of it.
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

    /// Returns when the whole budget is available again. Before the first drop, one attempt has been made, at `now`
    /// at the latest.
    fn whole_at(&self, now: Duration) -> Duration {
        self.budget_whole_at.unwrap_or(now.saturating_add(INTERVAL))
    }
}

fn fraction(chance: f64) -> f64 {
    if chance.is_nan() { 0.0 } else { chance.clamp(0.0, 1.0) }
}

#[cfg(test)]
mod tests;
