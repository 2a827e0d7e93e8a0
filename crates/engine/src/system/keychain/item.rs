//! One item of the system's keychain.

use crate::secrets::{Secret, SecretError};

/// The service name of our items in the keychain.
const SERVICE: &str = "bellwire";

/// An item, which need not exist. Its account is its name in the keychain.
pub(super) struct Item {
    account: String,
}

impl Item {
    /// Returns the item of this account.
    pub fn at(account: impl Into<String>) -> Self {
        Self { account: account.into() }
    }

    /// Returns the secret; `None` if there is no item.
    ///
    /// # Errors
    /// [`SecretError`] if the keychain is locked or absent, or refuses.
    pub fn get(&self) -> Result<Option<Secret>, SecretError> {
        self.ask(|entry| match entry.get_password() {
            Ok(text) => Ok(Some(Secret::new(text))),
            Err(keyring::Error::NoEntry) => Ok(None),
            Err(error) => Err(error),
        })
    }

    /// Stores a secret, in place of an older one.
    ///
    /// # Errors
    /// As for [`Item::get`].
    pub fn set(&self, secret: &Secret) -> Result<(), SecretError> {
        self.ask(|entry| entry.set_password(secret.expose()))
    }

    /// Deletes the item. Returns whether there was one.
    ///
    /// # Errors
    /// As for [`Item::get`].
    pub fn remove(&self) -> Result<bool, SecretError> {
        self.ask(|entry| match entry.delete_credential() {
            Ok(()) => Ok(true),
            Err(keyring::Error::NoEntry) => Ok(false),
            Err(error) => Err(error),
        })
    }

    fn ask<T>(&self, action: impl Fn(&keyring_core::Entry) -> keyring::Result<T>) -> Result<T, SecretError> {
        let first = keyring::Entry::new(SERVICE, &self.account).and_then(|entry| action(&entry.inner));
        let result = match first {
            Err(keyring::Error::NoDefaultStore | keyring::Error::PlatformFailure(_)) if finds_another() => {
                keyring_core::Entry::new(SERVICE, &self.account).and_then(|entry| action(&entry))
            }
            other => other,
        };
        result.map_err(decode)
    }
}

/// Connects to the Secret Service again and returns whether there is one. `keyring` connects only once, so it finds
/// neither a service that starts later nor one that was restarted.
#[cfg(target_os = "linux")]
fn finds_another() -> bool {
    let found = zbus_secret_service_keyring_store::Store::new();
    found.is_ok_and(|service| {
        keyring_core::set_default_store(service);
        true
    })
}

/// Returns `false`: on other systems the keychain is always there.
#[cfg(not(target_os = "linux"))]
fn finds_another() -> bool {
    false
}

fn decode(error: keyring::Error) -> SecretError {
    match error {
        keyring::Error::NoStorageAccess(_) => SecretError::Locked,
        keyring::Error::NoDefaultStore => SecretError::Absent,
        keyring::Error::PlatformFailure(cause) => SecretError::Refused(cause.to_string()),
        // These variants may contain the stored bytes, so the message only names the kind of error.
        keyring::Error::BadEncoding(_) => SecretError::Refused("the stored secret is not text".into()),
        keyring::Error::TooLong(_, limit) => SecretError::Refused(format!("longer than {limit} characters")),
        _ => SecretError::Refused("it cannot keep this entry".into()),
    }
}
