//! What a command fails with.

use serde::Serialize;

/// An error for the window.
#[derive(Debug, PartialEq, Eq, Serialize)]
pub struct BridgeError {
    /// A stable word, for translation.
    pub code: &'static str,
    /// What happened and what to do, in English, without secrets.
    pub message: String,
}

impl BridgeError {
    /// An error of this kind.
    pub fn new(code: &'static str, message: impl ToString) -> Self {
        Self { code, message: message.to_string() }
    }
}
