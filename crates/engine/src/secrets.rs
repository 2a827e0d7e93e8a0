//! Secrets: stored in the system keychain by name, and nowhere else.

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};

/// The time in which the keychain must answer. It may be asking a person to unlock it.
pub const KEYCHAIN_DEADLINE: Duration = Duration::from_secs(10);

/// A secret. `Debug` does not print it, and its memory is overwritten when it is dropped. [`Secret::expose`] returns its
/// text.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes over a text. A `String` with spare capacity may be copied on the way, and the copy that is left is not
    /// overwritten.
    pub fn new(text: impl Into<String>) -> Self {
        Self(SecretString::from(text.into()))
    }

    /// Returns the text itself, for the places that put it on the wire or into the keychain.
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

/// Why a secret cannot be read or written. It may hold the secret's name, which is not secret, and never its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum SecretError {
    /// The keychain has no secret of this name.
    #[error("the keychain has no secret named {0}; store it with `bellwire secret set {0}`")]
    Missing(String),
    /// The keychain is locked, or a person declined to unlock it.
    #[error("the keychain is locked; unlock it and try again")]
    Locked,
    /// There is no keychain, or none that answers requests.
    #[error(
        "there is no keychain; start the desktop's password service (on Linux a Secret Service such as gnome-keyring)"
    )]
    Absent,
    /// The keychain did not answer within [`KEYCHAIN_DEADLINE`].
    #[error("the keychain did not answer within {} s; unlock it and try again", KEYCHAIN_DEADLINE.as_secs())]
    Timeout,
    /// The keychain refused, for this reason.
    #[error("the keychain refused: {0}")]
    Refused(String),
}

/// A new secret that a person entered, before the keychain stores it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum NewSecret {
    /// A bearer token.
    Bearer(Secret),
    /// A user name and a password.
    Basic {
        /// The user name.
        user: String,
        /// The password.
        password: Secret,
    },
    /// The whole value of a request header.
    Header {
        /// The header's name.
        name: String,
        /// The value.
        value: Secret,
    },
    /// The value of a query parameter.
    Query {
        /// The parameter's name.
        name: String,
        /// The value.
        value: Secret,
    },
    /// The value of a cookie.
    Cookie {
        /// The cookie's name.
        name: String,
        /// The value.
        value: Secret,
    },
}
