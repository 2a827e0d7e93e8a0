//! The result of a case.

use serde::{Deserialize, Serialize};

/// `Ok`, or how the client fails.
pub type Verdict = Result<(), Failed>;

/// How a client fails a case, and what it did instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// The kind of failure.
    pub flaw: Flaw,
    /// What the client did.
    pub detail: String,
}

/// A kind of failure.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flaw {
    /// Events are missing, unexpected, or different.
    WrongEvents,
    /// The client panicked.
    Panicked,
    /// The client did not reach the end of the case in time.
    Stalled,
    /// The client did not reconnect when it must.
    NeverReconnected,
    /// A header of a request is missing or unexpected.
    WrongRequest,
    /// The client gave up when it must not, or did not when it must.
    WrongState,
    /// The delay is not what the server asked for.
    WrongDelay,
    /// The client does not report what the case expects.
    Untold,
}

impl Failed {
    /// Creates the failure of a client that panicked.
    pub fn panicked() -> Self {
        Self { flaw: Flaw::Panicked, detail: String::new() }
    }
}

/// Returns a failure of this kind.
pub fn fail(flaw: Flaw, detail: String) -> Verdict {
    Err(Failed { flaw, detail })
}

/// Returns `Ok` if `is_so`, or else a failure of this kind.
pub fn hold(is_so: bool, flaw: Flaw, detail: impl FnOnce() -> String) -> Verdict {
    if is_so { Ok(()) } else { fail(flaw, detail()) }
}
