//! What a case says of a client.

use serde::{Deserialize, Serialize};

/// Nothing, or how the client falls short.
pub type Verdict = Result<(), Failed>;

/// How a client falls short of a case, and what it did instead.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Failed {
    /// In which way.
    pub flaw: Flaw,
    /// What it did.
    pub detail: String,
}

/// A way to fall short.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Flaw {
    /// Events are missing, too many, or other than the standard's.
    WrongEvents,
    /// It panicked.
    Panicked,
    /// It did not come to the case's end in time.
    Stalled,
    /// It asked no more where it must ask again.
    NeverReconnected,
    /// A request lacks a header, or has one too many.
    WrongRequest,
    /// It gave up where it must not, or the other way round.
    WrongState,
    /// It waits for another time than the server asked for.
    WrongDelay,
    /// It does not say what the case asks for.
    Untold,
}

impl Failed {
    /// The client is gone in a panic.
    pub fn panicked() -> Self {
        Self { flaw: Flaw::Panicked, detail: String::new() }
    }
}

/// Falls short in this way.
pub fn fail(flaw: Flaw, detail: String) -> Verdict {
    Err(Failed { flaw, detail })
}

/// Holds where `is_so`.
pub fn hold(is_so: bool, flaw: Flaw, detail: impl FnOnce() -> String) -> Verdict {
    if is_so { Ok(()) } else { fail(flaw, detail()) }
}
