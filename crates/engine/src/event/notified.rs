//! Notifications that people saw, and that they clicked.

use url::Url;

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
    /// The address to open instead, if the person chose the notification's link.
    pub link: Option<Url>,
}

/// What a rule makes a notification say. Where it says nothing, the event speaks for itself.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct Texts {
    /// The title.
    pub title: Option<String>,
    /// The body.
    pub body: Option<String>,
    /// The address that the notification offers to open, http or https.
    pub link: Option<Url>,
}
