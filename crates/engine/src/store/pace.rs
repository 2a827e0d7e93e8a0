//! How close one commit may follow another.

use std::sync::Arc;
use std::time::Duration;

use super::queue::Room;
use crate::ports::Clock;

/// The least time between the beginnings of two commits, unless much waits.
const LEAST: Duration = Duration::from_millis(10);

/// The pace of commits.
pub(super) struct Pace {
    room: Arc<Room>,
    /// When the last commit began, by the monotonic clock.
    began: Option<Duration>,
}

impl Pace {
    /// A first commit need not wait.
    pub fn new(room: Arc<Room>) -> Self {
        Self { room, began: None }
    }

    /// Waits until another commit may begin, the queue is half full, or someone waits for the commit.
    pub fn pause(&mut self, clock: &dyn Clock) {
        let now = clock.mono();
        let last = self.began.replace(now);
        let passed = last.map(|last| now.saturating_sub(last));
        let left = passed.and_then(|passed| LEAST.checked_sub(passed)).unwrap_or_default();
        if !left.is_zero() && !self.room.is_scarce() && !self.room.is_awaited() {
            // A sender that fills the queue beyond its half, or waits for the commit, wakes it.
            std::thread::park_timeout(left);
        }
        self.room.take_awaited();
        self.began = Some(clock.mono());
    }
}
