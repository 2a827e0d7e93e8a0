//! The time that ages are measured by.

use std::time::Duration;

use crate::event::Millis;

/// How far the wall clock may run ahead of the steady one before its time is doubted.
const SLACK: Duration = Duration::from_secs(3600);
/// How long a clock that jumped ahead is doubted.
const DOUBT: Duration = Duration::from_secs(24 * 3600);

/// The time by which ages are measured. A clock that is set ahead by mistake must not delete what it cannot give
/// back: it is believed only once it has stood by its time for a day of running. A sleeping machine looks the
/// same and deletes a day late, which harms nobody.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct BelievedClock {
    wall: Millis,
    mono: Duration,
    doubted_since: Option<Duration>,
}

impl BelievedClock {
    /// Believes the clock as it stands.
    pub fn new(wall: Millis, mono: Duration) -> Self {
        Self { wall, mono, doubted_since: None }
    }

    /// The time to go by, as the clocks show these.
    pub fn now(&mut self, wall: Millis, mono: Duration) -> Millis {
        let expected = self.wall.saturating_add(millis(mono.saturating_sub(self.mono)));
        if wall <= expected.saturating_add(millis(SLACK)) {
            *self = Self::new(wall, mono);
            return wall;
        }
        let since = *self.doubted_since.get_or_insert(mono);
        if mono.saturating_sub(since) < DOUBT {
            return expected;
        }
        *self = Self::new(wall, mono);
        wall
    }
}

/// Returns a time in milliseconds.
pub(super) fn millis(time: Duration) -> Millis {
    Millis::try_from(time.as_millis()).unwrap_or(Millis::MAX)
}

#[cfg(test)]
mod tests;
