//! Demo feeds over Server-Sent Events: `/quotes`, `/places` and `/alerts`.
//!
//! The n-th event of a feed is a pure function of the seed and n, and n follows from the wall clock. So a feed goes on
//! whether or not anybody listens, history costs no memory, and a restarted server continues where it was: ids stay
//! valid and replay covers the time in which it did not run.

mod alerts;
mod chance;
mod faults;
mod feed;
mod places;
mod quotes;
mod server;
mod stream;

pub use feed::{Feed, Happening};
pub use server::{Error, serve, serve_at};

/// What the demo feeds play.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Chooses the events. Ids carry it, so an id of another seed is unknown and starts live.
    pub seed: u64,
    /// How fast time passes.
    pub pace: Pace,
}

/// How fast time passes in the demo feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pace {
    /// About three quotes and three positions a second, an alert every 20 to 60 s.
    #[default]
    Real,
    /// So many times as fast, for tests: heartbeats and `retry` shrink alike. 0 counts as 1.
    Times(u32),
}

impl Pace {
    fn factor(self) -> u32 {
        match self {
            Self::Real => 1,
            Self::Times(factor) => factor.max(1),
        }
    }
}
