//! Secrets: kept in the system keychain by name, and nowhere else.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

/// How long the keychain may take to answer. It may be asking a person to unlock it.
pub const KEYCHAIN_DEADLINE: Duration = Duration::from_secs(10);

/// A secret. It is never printed, and its memory is overwritten when it goes. [`Secret::expose`] gives its text.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes the text over.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// Returns the text itself, for the one place that puts it on the wire or into the keychain.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }
}

impl PartialEq for Secret {
    fn eq(&self, other: &Self) -> bool {
        self.expose() == other.expose()
    }
}

impl Eq for Secret {}

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret")
    }
}

/// Why a secret cannot be read or written. The name is no secret; the text never appears.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// There is none of this name.
    #[error("the keychain has no secret named {0}; store it with `bellwire secret set {0}`")]
    Missing(String),
    /// The keychain is locked, or a person declined to unlock it.
    #[error("the keychain is locked; unlock it and try again")]
    Locked,
    /// No keychain answers.
    #[error(
        "there is no keychain; start the desktop's password service (on Linux a Secret Service such as gnome-keyring)"
    )]
    Absent,
    /// The keychain did not answer in time.
    #[error("the keychain did not answer within {} s; unlock it and try again", KEYCHAIN_DEADLINE.as_secs())]
    Timeout,
    /// The keychain refused.
    #[error("the keychain refused: {0}")]
    Refused(String),
}

/// A secret on its way into the keychain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewSecret {
    /// A bearer token.
    Bearer(Secret),
    /// A user name and a password.
    Basic {
        /// The name.
        user: String,
        /// The password.
        password: Secret,
    },
}
