//! The key `auth` of a feed: how it signs in.

use schemars::JsonSchema;
use serde::Deserialize;

use super::reading::{Placed, Reading};
use crate::secrets::{NewSecret, Secret};

/// How a feed signs in. Secrets appear by name only; their text is in the keychain.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Auth {
    /// `Authorization: Bearer …` (RFC 6750).
    Bearer {
        /// The secret's name in the keychain.
        secret: String,
    },
    /// `Authorization: Basic …` (RFC 7617).
    Basic {
        /// The user name, without a colon or control characters.
        user: String,
        /// The password's name in the keychain.
        secret: String,
    },
}

impl Auth {
    /// Returns what the configuration keeps of a new secret, under this name, and what the keychain keeps.
    pub(crate) fn of(secret: NewSecret, name: &str) -> (Self, Secret) {
        let name = name.to_owned();
        match secret {
            NewSecret::Bearer(token) => (Auth::Bearer { secret: name }, token),
            NewSecret::Basic { user, password } => (Auth::Basic { user, secret: name }, password),
        }
    }

    /// Returns the secret's name in the keychain.
    pub fn secret_name(&self) -> &str {
        match self {
            Auth::Bearer { secret } | Auth::Basic { secret, .. } => secret,
        }
    }
}

/// The keys of `auth`.
#[derive(Deserialize, JsonSchema)]
#[serde(expecting = "a table such as { type = \"bearer\", secret = \"ops\" }")]
pub(super) struct AuthTable {
    /// `"bearer"` for a token, `"basic"` for a user and a password.
    r#type: Placed<String>,
    /// The user's name for `"basic"`, without a colon or control characters.
    user: Option<Placed<String>>,
    /// The name of the token or password in the keychain: 1 to 128 characters, none of them a control character.
    secret: Placed<String>,
}

impl AuthTable {
    /// Checks the values.
    pub(super) fn read(self, reading: &mut Reading<'_>) -> Option<Auth> {
        let secret = reading.value(Some(self.secret), secret);
        let type_span = self.r#type.span();
        match (self.r#type.into_inner().as_str(), self.user) {
            ("bearer", None) => Some(Auth::Bearer { secret: secret? }),
            ("bearer", Some(user)) => {
                reading
                    .report(user.span(), "a bearer token has no user; leave it out, or use type = \"basic\"");
                None
            }
            ("basic", Some(user)) => {
                let user = reading.value(Some(user), user_name);
                Some(Auth::Basic { user: user?, secret: secret? })
            }
            ("basic", None) => {
                reading.report(type_span, "basic needs user = \"…\" as well as the secret");
                None
            }
            _ => {
                reading.report(type_span, "expected one of \"bearer\", \"basic\"");
                None
            }
        }
    }
}

fn secret(name: String) -> Result<String, &'static str> {
    if name.is_empty() || name.chars().count() > 128 || name.chars().any(char::is_control) {
        return Err("expected the name of a secret in the keychain, 1 to 128 characters");
    }
    Ok(name)
}

fn user_name(name: String) -> Result<String, &'static str> {
    if name.contains(|c: char| c == ':' || c.is_control()) {
        return Err("a user name cannot hold a colon or control characters");
    }
    Ok(name)
}
