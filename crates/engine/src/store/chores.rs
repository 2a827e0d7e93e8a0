//! What the writer does between groups: it tidies, a slice at a time.

use std::sync::Arc;
use std::time::Duration;

use tokio_util::sync::CancellationToken;

use super::apply::Tidies;
use super::believed_clock::BelievedClock;
use super::group::Group;
use super::index::{self, WORTH_A_SLICE};
use super::queue::StoreHandle;
use super::retention::{self, Look};
use crate::event::Millis;
use crate::ports::Clock;

/// How often the log is looked through for what is too old, and the least time between two looks.
const PACE: Duration = Duration::from_secs(600);
/// How many new events make it worth looking for what is too much.
const WORTH_A_LOOK: u64 = 10_000;

/// How many new bytes of events make it worth looking for what is too much.
const WORTH_A_LOOK_BYTES: usize = 16 * 1024 * 1024;

/// How many events in a second are a load under which the index of the search waits: it costs more than storing them,
/// and what is not indexed is looked through instead.
const LOAD: usize = 1_000;
/// How long after such a second the index goes on.
pub(super) const CALM: Duration = Duration::from_secs(1);
/// How many rows may be without an index, whatever the load: looking through more takes too long.
const MOST_UNINDEXED: i64 = 500_000;

/// What is to be done when there is time.
pub(crate) struct Chores {
    clock: BelievedClock,
    purges: bool,
    expires: bool,
    fresh: u64,
    fresh_bytes: usize,
    look: Look,
    /// The place up to which all is indexed.
    indexed: i64,
    may_index: bool,
    /// The events since a moment by the monotonic clock, of at most a second ago.
    recent: (Duration, usize),
    /// Until when the index waits, by the monotonic clock.
    busy_until: Duration,
}

impl Chores {
    /// At the start: the rows of removed feeds may still be there.
    pub fn new(wall: Millis, mono: Duration) -> Self {
        let clock = BelievedClock::new(wall, mono);
        Self {
            clock,
            purges: true,
            expires: false,
            fresh: 0,
            fresh_bytes: 0,
            look: Look::default(),
            indexed: 0,
            may_index: true,
            recent: (mono, 0),
            busy_until: mono,
        }
    }

    /// Whether something is to be done even while events come.
    pub fn are_pressing(&self) -> bool {
        self.purges || self.expires
    }

    /// Whether anything is to be done while nothing comes, with this newest row.
    pub fn are_due(&self, newest: i64, mono: Duration) -> bool {
        let unindexed = newest - self.indexed;
        self.are_pressing()
            || (self.is_index_due(newest) && (mono >= self.busy_until || unindexed >= MOST_UNINDEXED))
    }

    /// Whether the index only waits for the load to end.
    pub fn wait_for_calm(&self, newest: i64) -> bool {
        self.is_index_due(newest)
    }

    fn is_index_due(&self, newest: i64) -> bool {
        self.may_index && newest - self.indexed >= WORTH_A_SLICE
    }

    /// Notes what a command made worth tidying.
    pub fn note(&mut self, tidies: Tidies) {
        match tidies {
            Tidies::Nothing => {}
            Tidies::Purge => self.purges = true,
            Tidies::Expire => self.expires = true,
        }
    }

    /// Notes that a group with so many new events, of so many bytes, was written.
    pub fn note_group(&mut self, events: usize, bytes: usize, mono: Duration) {
        if mono.saturating_sub(self.recent.0) >= CALM {
            self.recent = (mono, 0);
        }
        self.recent.1 += events;
        if self.recent.1 >= LOAD {
            self.busy_until = mono + CALM;
        }
        self.fresh += events as u64;
        self.fresh_bytes += bytes;
        self.expires |= self.fresh >= WORTH_A_LOOK || self.fresh_bytes >= WORTH_A_LOOK_BYTES;
        self.may_index = true;
    }

    /// Leaves everything for the next time.
    pub fn put_off(&mut self) {
        self.purges = false;
        self.expires = false;
        self.may_index = false;
    }

    /// Begins the index again: the log or its index is a new one.
    pub fn restart_index(&mut self) {
        self.indexed = 0;
    }

    /// Does one slice of one chore.
    pub fn work(&mut self, group: &mut Group<'_>, wall: Millis, mono: Duration) -> rusqlite::Result<()> {
        if self.purges {
            self.purges = retention::purge(group)?;
            return Ok(());
        }
        if self.expires {
            let now = self.clock.now(wall, mono);
            self.expires = self.look.work(group, now)?;
            (self.fresh, self.fresh_bytes) = (0, 0);
            return Ok(());
        }
        self.indexed = index::fill(group)?;
        Ok(())
    }
}

/// Asks for tidying now and then, until `stop`.
pub(crate) async fn remind(store: StoreHandle, clock: Arc<dyn Clock>, stop: CancellationToken) {
    while stop.run_until_cancelled(clock.sleep(PACE)).await.is_some() {
        if store.tidy().await.is_err() {
            return;
        }
    }
}
