//! Writes secrets to the keychain for a change of `config.toml`, and takes them back if the change fails.

use crate::config::{Auth, Config, EditError};
use crate::event::FeedId;
use crate::ports::Secrets;
use crate::secrets::{Secret, SecretError};

/// The secrets that a change has written, each with what the keychain had before.
pub(super) struct StoredSecrets<'a> {
    keychain: &'a dyn Secrets,
    before: Vec<(String, Option<Secret>)>,
}

impl<'a> StoredSecrets<'a> {
    /// Starts a change, which has written nothing yet.
    pub fn new(keychain: &'a dyn Secrets) -> Self {
        Self { keychain, before: Vec::new() }
    }

    /// Returns a name for a new secret: this one, else with a number from 2. It is the id of no feed but `own`, the name of
    /// no secret in the configuration, and the keychain has nothing under it.
    ///
    /// # Errors
    /// [`EditError::Secret`] if the keychain does not answer.
    pub async fn free_name(&self, base: &str, own: &FeedId, config: &Config) -> Result<String, EditError> {
        let mut number = 1_u32;
        loop {
            let name = if number == 1 { base.to_owned() } else { format!("{base}-{number}") };
            number += 1;
            let is_id = |id: &FeedId| id != own && id.as_str() == name;
            let is_named = |auth: &Auth| auth.secret_name() == name;
            if config.feeds.iter().any(|feed| is_id(&feed.id) || feed.auth.iter().any(is_named)) {
                continue;
            }
            match self.keychain.get(&name).await {
                Err(SecretError::Missing(_)) => return Ok(name),
                Ok(_) => {}
                Err(error) => return Err(error.into()),
            }
        }
    }

    /// Stores a secret.
    ///
    /// # Errors
    /// [`EditError::Unusable`] if no request can carry it; [`EditError::Secret`] if the keychain does not store it.
    pub async fn set(&mut self, name: &str, secret: Secret) -> Result<(), EditError> {
        secret.check()?;
        let before = match self.keychain.get(name).await {
            Ok(before) => Some(before),
            Err(SecretError::Missing(_)) => None,
            Err(error) => return Err(error.into()),
        };
        // Noted first: a keychain that answers too late may have stored it.
        self.before.push((name.to_owned(), before));
        Ok(self.keychain.set(name, secret).await?)
    }

    /// Ends the change: takes back what was written if it failed.
    ///
    /// # Errors
    /// That of `result`. A secret that cannot be taken back is logged.
    pub async fn conclude<T>(self, result: Result<T, EditError>) -> Result<T, EditError> {
        if result.is_ok() {
            return result;
        }
        for (name, before) in self.before.into_iter().rev() {
            let undone = match before {
                Some(secret) => self.keychain.set(&name, secret).await,
                None => self.keychain.remove(&name).await.map(drop),
            };
            if let Err(error) = undone {
                tracing::warn!(%error, "a secret that was stored for a failed change could not be taken back");
            }
        }
        result
    }
}
