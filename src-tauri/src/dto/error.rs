//! Errors of commands.

use serde::Serialize;
use ts_rs::TS;

use super::word::Word;

/// An error of a command.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct BridgeError {
    /// The stable word, which the window has a sentence for.
    pub code: Word<ErrorCode>,
    /// What happened and what to do, in English, without secrets.
    pub message: String,
}

/// The kind of an error.
#[derive(Clone, Copy, Debug, PartialEq, Eq, strum::IntoStaticStr, strum::VariantArray)]
#[strum(serialize_all = "kebab-case")]
pub enum ErrorCode {
    /// The text is not the address of a feed.
    BadAddress,
    /// A service's answers cannot be used, or one is missing.
    BadAnswer,
    /// A secret is empty, has several lines, or holds a control character.
    BadSecret,
    /// A header, parameter or cookie of this name, or a user of this name, cannot be sent.
    BadSignIn,
    /// `config.toml` has an error, so nothing is written to it.
    ConfigBroken,
    /// `config.toml` lists its feeds in an inline array, which is not edited.
    ConfigInline,
    /// `config.toml` cannot be read or written.
    ConfigUnwritable,
    /// The demo server did not start, or its feeds were not added.
    DemoFailed,
    /// The program is ending.
    Ended,
    /// Another feed has this id.
    FeedTaken,
    /// The keychain did not store or delete a secret.
    Keychain,
    /// The log has no event with this number.
    NoSuchEvent,
    /// No feed has this id.
    NoSuchFeed,
    /// The event has no link with this number.
    NoSuchLink,
    /// The feed signs in without a secret of this name.
    NoSuchSecret,
    /// No browser opened the link.
    OpenFailed,
    /// The log cannot be read.
    ReadFailed,
}

impl BridgeError {
    /// Returns an error with this code and message.
    pub fn new(code: ErrorCode, message: impl ToString) -> Self {
        Self { code: Word(code), message: message.to_string() }
    }
}
