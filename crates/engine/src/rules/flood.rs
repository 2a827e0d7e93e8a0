//! The flood limit: after a burst, one notification counts the rest.

use std::collections::VecDeque;

use serde::{Deserialize, Serialize};

use crate::config::FloodLimit;
use crate::event::Millis;

/// The moments of a feed's newest events that notify, `burst` at most.
///
/// Events within the digest count too: a steady storm stays one notification, and single notifications come back when
/// fewer than `burst` events arrive in `per`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Flood {
    recent: VecDeque<Millis>,
}

impl Flood {
    /// Counts one event that notifies, received at `now`. Returns whether it may have a notification of its own.
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

    /// Returns when nothing that was counted up to `now` matters any longer.
    pub fn over_at(&self, limit: FloodLimit, now: Millis) -> Millis {
        let per = Millis::try_from(limit.per.as_millis()).unwrap_or(Millis::MAX);
        now.saturating_add(per)
    }
}

#[cfg(test)]
mod tests;
