//! Failed attempts and lost connections, and what follows them.

use std::time::Duration;

use bellwire_sse::DropKind;

use crate::event::Reason;

/// A connection attempt that failed, or an open connection that was lost.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Failure {
    /// The reason shown to people.
    pub reason: Reason,
    /// What follows.
    pub follow_up: FollowUp,
    /// The minimum delay that the server asked for with `Retry-After`.
    pub retry_after: Option<Duration>,
}

/// What follows a failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum FollowUp {
    /// Retries after the delay of the backoff.
    Retry(DropKind),
    /// Needs a person to act; retries rarely in the meantime.
    Park,
    /// The server refused the secret. It is tried once more after some minutes, in case something on the way refused it,
    /// and then hourly: repeated attempts to sign in may lock an account.
    Refused,
    /// Needs a person to act; does not retry. Only another configuration or secret can help.
    ParkForGood,
    /// The server ended the feed.
    End,
}

impl Failure {
    /// Creates the failure of an attempt that may succeed later.
    pub fn retry(reason: Reason) -> Self {
        Self { reason, follow_up: FollowUp::Retry(DropKind::Failed), retry_after: None }
    }

    /// Creates the failure of a connection that was open.
    pub fn lost(reason: Reason) -> Self {
        let kind = if reason == Reason::Ended { DropKind::Ended } else { DropKind::Broken };
        Self { reason, follow_up: FollowUp::Retry(kind), retry_after: None }
    }

    /// Creates a failure that needs a person and is retried rarely.
    pub fn park(reason: Reason) -> Self {
        Self { reason, follow_up: FollowUp::Park, retry_after: None }
    }

    /// Creates the failure of an attempt whose secret the server refused.
    pub fn refused(reason: Reason) -> Self {
        Self { reason, follow_up: FollowUp::Refused, retry_after: None }
    }

    /// Creates a failure that needs a person and is not retried.
    pub fn park_for_good(reason: Reason) -> Self {
        Self { reason, follow_up: FollowUp::ParkForGood, retry_after: None }
    }

    /// Returns whether the request may have been refused for the place that it resumes after, and not for who asks.
    pub fn may_be_of_the_place(&self) -> bool {
        matches!(self.reason, Reason::Unexpected(400..=499) | Reason::NotFound(_))
    }

    /// Returns whether the request was refused for its secret.
    pub fn may_be_of_the_secret(&self) -> bool {
        matches!(self.reason, Reason::SignInRefused(_) | Reason::SignInRefusedForPage(_))
    }

    /// Returns whether the request may have been refused for its size, as some servers say: 400, 413, 414 or 431.
    pub fn may_be_of_the_size(&self) -> bool {
        matches!(self.reason, Reason::Unexpected(400 | 413 | 414 | 431))
    }

    /// Creates the end of a feed by its server.
    pub fn end(reason: Reason) -> Self {
        Self { reason, follow_up: FollowUp::End, retry_after: None }
    }
}
