//! What a commit changed, as one finished value for those who publish it.

use crate::event::{FeedId, Millis, Mute, Notified, Problem, ProblemKind, Rev, Seq};

/// What a commit changed. At the opening of a log, everything in it counts as changed.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct Committed {
    /// The feeds whose numbers changed.
    pub feeds: Vec<(FeedId, FeedCounts)>,
    /// The last event ID of each feed and URL that moved.
    pub places: Vec<((FeedId, String), String)>,
    /// Feeds that were forgotten; before `places`.
    pub forgotten: Vec<FeedId>,
    /// Deliveries that were shown, by their ids, oldest first.
    pub notified: Vec<(i64, Notified)>,
    /// Whether notifications are held back.
    pub mute: Mute,
    /// The newest row.
    pub seq: Seq,
    /// The newest revision.
    pub rev: Rev,
}

/// One feed's numbers.
#[derive(Clone, Debug, Default, PartialEq)]
pub(crate) struct FeedCounts {
    /// Events stored.
    pub events: u64,
    /// Events that alerted and were not seen.
    pub unread: u64,
    /// Whether a critical one is among them.
    pub is_critical: bool,
    /// When the events of this commit arrived, except control events.
    pub arrivals: Vec<Millis>,
}

/// Follows what the writer does; called on its thread.
pub(crate) trait Observer: Send + Sync {
    /// A log was opened, or a new one took its place.
    fn opened(&self, everything: Committed);
    /// A group was committed.
    fn committed(&self, changes: Committed);
    /// A problem of this kind began or ended.
    fn problem(&self, problem: Option<Problem>, kind: ProblemKind);
}
