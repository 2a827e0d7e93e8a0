//! Secrets: stored in the system keychain by name, and nowhere else.

mod looks;

use std::fmt;
use std::time::Duration;

use secrecy::{ExposeSecret, SecretString};
use zeroize::Zeroize;

pub use looks::{looks_like_a_secret, quotable};

/// The time in which the keychain must answer. It may be asking a person to unlock it.
pub const KEYCHAIN_DEADLINE: Duration = Duration::from_secs(10);

/// A secret. `Debug` does not print it, and its memory is overwritten when it is dropped. [`Secret::expose`] returns its
/// text.
#[derive(Clone)]
pub struct Secret(SecretString);

impl Secret {
    /// Takes over a text. The memory of a `String` is overwritten, as far as it holds the text.
    pub fn new(text: impl Into<String>) -> Self {
        let mut text: String = text.into();
        let secret = Self(SecretString::from(text.as_str()));
        text.zeroize();
        secret
    }

    /// Returns the text itself, for the places that put it on the wire or into the keychain.
    pub fn expose(&self) -> &str {
        self.0.expose_secret()
    }

    /// Checks a secret that a person gave, before it is stored: no request can carry a control character, and a second
    /// line is the mark of a wrong file or of a paste that went wrong.
    ///
    /// # Errors
    ///
    /// Which rule the text breaks.
    pub fn check(&self) -> Result<(), Unusable> {
        let text = self.expose();
        if text.is_empty() {
            return Err(Unusable::Empty);
        }
        if text.contains(['\n', '\r']) {
            return Err(Unusable::SeveralLines);
        }
        if text.chars().any(char::is_control) { Err(Unusable::ControlCharacter) } else { Ok(()) }
    }
}

/// Why a secret or its name is not stored.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error, strum::VariantArray)]
pub enum Unusable {
    /// The secret is empty.
    #[error("the secret is empty and was not stored; enter it as one line")]
    Empty,
    /// The secret has more than one line.
    #[error("the secret has more than one line and was not stored; enter the secret alone, as one line")]
    SeveralLines,
    /// The secret holds a control character, such as a tab.
    #[error("the secret holds a control character, such as a tab, and was not stored; enter it again")]
    ControlCharacter,
    /// The name cannot be that of a secret.
    #[error("the name of a secret has 1 to 128 characters, none of them a control character; choose another")]
    Name,
}

/// Checks the name of a secret: 1 to 128 characters, none of them a control character.
///
/// # Errors
///
/// [`Unusable::Name`].
pub fn check_name(name: &str) -> Result<(), Unusable> {
    let is_name = (1..=128).contains(&name.chars().count()) && !name.chars().any(char::is_control);
    if is_name { Ok(()) } else { Err(Unusable::Name) }
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
    /// The secret or its name cannot be stored.
    #[error(transparent)]
    Unusable(#[from] Unusable),
    /// Which secrets belong to this home cannot be looked up or noted, for this reason.
    #[error("cannot tell which secrets belong to this home: {0}")]
    Home(String),
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

#[cfg(test)]
mod tests;
