//! What the demo feeds play, and how fast.

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
    /// Returns by how much time is faster; at least 1.
    pub(crate) fn factor(self) -> u32 {
        match self {
            Self::Real => 1,
            Self::Times(factor) => factor.max(1),
        }
    }
}
