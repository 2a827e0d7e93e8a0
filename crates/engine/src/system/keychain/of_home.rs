//! Which items of the keychain belong to one home.
//!
//! An item is named by the secret's name and the home's id: two homes may use one name for two secrets. Before homes had
//! ids, it was named by the secret's name alone. When a home gets its id, the items of the secrets that its configuration
//! names are copied; see `docs/decisions/0019-secrets-of-a-home.md`.

use std::collections::BTreeSet;

use super::item::Item;
use crate::config::{ConfigFile, named_secrets};
use crate::home::{Home, HomeId};
use crate::secrets::{SecretError, check_name};

/// The items of one home.
pub(super) struct HomeItems {
    home: Home,
    id: Option<HomeId>,
}

impl HomeItems {
    /// Returns the items of this home. Neither a file nor the keychain is read before the first is asked for.
    pub fn of(home: &Home) -> Self {
        Self { home: home.clone(), id: None }
    }

    /// Returns the item of a secret. The first call gives the home its id, if it has none.
    ///
    /// # Errors
    /// [`SecretError::Home`] if the id cannot be read or written, or if `config.toml`, which names the older items, cannot
    /// be read; otherwise as for an item.
    pub fn item(&mut self, name: &str) -> Result<Item, SecretError> {
        let id = match self.id.take() {
            Some(id) => id,
            None => found_or_given(&self.home)?,
        };
        let item = Item::at(account(name, &id));
        self.id = Some(id);
        Ok(item)
    }
}

/// Returns the name of an item in the keychain.
fn account(name: &str, id: &HomeId) -> String {
    format!("{name}@{id}")
}

/// Returns the home's id. One without an id gets one, and copies of the items that it has used so far.
fn found_or_given(home: &Home) -> Result<HomeId, SecretError> {
    let failed = |error: std::io::Error| {
        let path = home.id_path();
        SecretError::Home(format!(
            "{}: {error}; check that the file and its folder are yours",
            path.display()
        ))
    };
    if let Some(id) = home.id().map_err(failed)? {
        return Ok(id);
    }
    let path = home.config_path().display();
    let text = ConfigFile::at(home.config_path())
        .read()
        .map_err(|error| SecretError::Home(format!("cannot read {path}: {error}")))?;
    let names = named_secrets(&text).ok_or_else(|| {
        SecretError::Home(format!(
            "{path} has a problem; `bellwire check` shows it, and once it is corrected, try again"
        ))
    })?;
    home.prepare().map_err(|error| SecretError::Home(error.to_string()))?;
    let id = HomeId::random();
    let mut copies = Vec::new();
    // The file is last, so that what fails is done again at the next try.
    let given = copy_older(&names, &id, &mut copies).and_then(|()| home.give_id(&id).map_err(failed));
    if matches!(given, Ok(true)) {
        return Ok(id);
    }
    // It failed, or another process was faster.
    for copy in copies {
        if let Err(error) = copy.remove() {
            tracing::warn!(%error, "a copy of a secret that belongs to no home stays in the keychain");
        }
    }
    given?;
    let other = home.id().map_err(failed)?;
    other.ok_or_else(|| SecretError::Home("its id is gone again; try again".into()))
}

/// Copies the items that are named by the secret's name alone. They stay, since another home may use them.
fn copy_older(names: &BTreeSet<String>, id: &HomeId, copies: &mut Vec<Item>) -> Result<(), SecretError> {
    for name in names.iter().filter(|name| check_name(name).is_ok()) {
        if let Some(secret) = Item::at(name.as_str()).get()? {
            let copy = Item::at(account(name, id));
            let stored = copy.set(&secret);
            copies.push(copy);
            stored?;
        }
    }
    Ok(())
}
