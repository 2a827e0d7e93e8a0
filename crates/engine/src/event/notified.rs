//! Notifications that people saw, and that they clicked.

use super::id::{FeedId, Millis, Seq};

/// A notification that was shown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Notified {
    /// The row it is about (the newest of a digest).
    pub seq: Seq,
    /// The feed.
    pub feed: FeedId,
    /// What it says, in one line.
    pub text: String,
    /// When it was shown.
    pub at: Millis,
}

/// A notification was clicked: the row to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Click {
    /// The row.
    pub seq: Seq,
    /// Its feed.
    pub feed: FeedId,
}
