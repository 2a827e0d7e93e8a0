//! Flood control: after a burst, one notification that counts.

use std::collections::VecDeque;

use crate::config::FloodLimit;
use crate::event::Millis;

/// What a feed asked of the desktop of late: the moments of its newest alerting events, `burst` at most.
///
/// All alerting events count, those within the digest too: a steady storm stays one notification, and single
/// notifications come back when fewer than `burst` events arrive in `per`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Flood {
    recent: VecDeque<Millis>,
}

impl Flood {
    /// Restores what was written down.
    pub fn from_recent(recent: impl IntoIterator<Item = Millis>) -> Self {
        Self { recent: recent.into_iter().collect() }
    }

    /// The moments to write down, oldest first.
    pub fn recent(&self) -> impl Iterator<Item = Millis> {
        self.recent.iter().copied()
    }

    /// Counts one alerting event; whether it may have a notification of its own.
    pub fn take(&mut self, limit: FloodLimit, now: Millis) -> bool {
        let per = Millis::try_from(limit.per.as_millis()).unwrap_or(Millis::MAX);
        // A clock that was set back leaves moments in the future: they no longer count.
        self.recent.retain(|at| *at <= now && now - *at < per);
        let is_within = self.recent.len() < limit.burst as usize;
        self.recent.push_back(now);
        while self.recent.len() > limit.burst as usize {
            self.recent.pop_front();
        }
        is_within
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: FloodLimit = FloodLimit { burst: 5, per: std::time::Duration::from_secs(30) };

    #[test]
    fn five_in_thirty_seconds_have_notifications_of_their_own() {
        let mut flood = Flood::default();
        assert!((0..5).all(|n| flood.take(LIMIT, n * 1000)));
        assert!(!flood.take(LIMIT, 5_000));
    }

    #[test]
    fn a_steady_storm_never_breaks_through() {
        let mut flood = Flood::default();
        let alone = (0..10_000).filter(|n| flood.take(LIMIT, n * 100)).count();
        assert_eq!(alone, 5);
    }

    #[test]
    fn single_notifications_come_back_when_it_calms() {
        let mut flood = Flood::default();
        (0..100).for_each(|n| assert!(flood.take(LIMIT, n * 10) == (n < 5)));
        assert!(!flood.take(LIMIT, 29_000));
        assert!(flood.take(LIMIT, 31_000));
    }

    #[test]
    fn a_clock_set_back_by_a_day_does_not_silence_the_feed() {
        let mut flood = Flood::default();
        (0..5).for_each(|n| assert!(flood.take(LIMIT, 86_400_000 + n)));
        assert!(flood.take(LIMIT, 0));
    }
}
