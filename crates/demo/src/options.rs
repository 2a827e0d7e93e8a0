//! The settings of the demo feeds.

/// The settings of the demo feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Options {
    /// Selects the events. Ids contain it; a subscriber with an id of another seed gets no replay.
    pub seed: u64,
    /// The speed of time.
    pub pace: Pace,
}

/// The speed of time in the demo feeds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Pace {
    /// About three quotes and three positions a second, an alert every 20 to 60 s.
    #[default]
    Real,
    /// This factor times as fast, for tests, including heartbeats and `retry`. 0 counts as 1.
    Times(u32),
}

impl Pace {
    /// Returns the factor of the speed, at least 1.
    pub(crate) fn factor(self) -> u32 {
        match self {
            Self::Real => 1,
            Self::Times(factor) => factor.max(1),
        }
    }
}
