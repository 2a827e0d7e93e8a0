//! Adds, removes, enables, disables and signs in feeds.

use std::collections::BTreeSet;
use std::sync::Arc;

use toml_edit::Table;

use super::configuration::accept;
use super::core::Core;
use crate::config::{Auth, EditError, NewFeed, Rule, feed_url, free_id, free_name, name_for};
use crate::event::{FeedId, Severity};
use crate::presets::{self, Answers, PresetChoice};
use crate::secrets::{NewSecret, Secret};

/// Describes a feed to add.
#[derive(Clone, Debug, Default)]
pub struct FeedWish {
    /// The URL as a person typed it, with `http://` or `https://`.
    pub url: String,
    /// The id; `None` derives it from the name or the URL.
    pub id: Option<FeedId>,
    /// The name; `None` or a blank name derives it from the preset and its answers, or from the URL.
    pub name: Option<String>,
    /// A secret to store in the keychain.
    pub secret: Option<NewSecret>,
    /// The rules. Events that match none are treated as without rules.
    pub rules: Vec<Rule>,
    /// The event types of each severity. Types that are not listed get the default severity.
    pub severity: Vec<(Severity, Vec<String>)>,
    /// Which preset gives the feed's address and keys. Its rules come after those above.
    pub preset: PresetChoice,
    /// The answers to the preset's questions.
    pub answers: Answers,
}

/// Adds all of the feeds, or none. Stores their secrets in the keychain first.
///
/// # Errors
/// [`EditError`] as for [`EngineHandle::add_feeds`](super::handle::EngineHandle::add_feeds).
pub(super) async fn add(core: &Core, wishes: Vec<FeedWish>) -> Result<Vec<FeedId>, EditError> {
    let mut text = core.config_text.lock().await;
    let mut taken: Vec<FeedId> = core.status.borrow().feeds.iter().map(|feed| feed.id.clone()).collect();
    let mut names: Vec<String> = core.status.borrow().feeds.iter().map(|feed| feed.name.clone()).collect();
    let mut feeds = Vec::new();
    for wish in wishes {
        let url = feed_url(&wish.url).map_err(EditError::Url)?;
        let applied = presets::apply(&wish.preset, &url, &wish.answers)?;
        let derived = applied.as_ref().map_or_else(|| name_for(&url), |applied| applied.name.clone());
        let given = wish.name.filter(|name| !name.trim().is_empty());
        let id = wish.id.unwrap_or_else(|| free_id(given.as_ref().unwrap_or(&derived), &url, &taken));
        let name = given.unwrap_or_else(|| free_name(&derived, &url, &names));
        taken.push(id.clone());
        names.push(name.clone());
        let auth = match wish.secret {
            Some(secret) => {
                let (auth, secret) = Auth::of(secret, id.as_str()).map_err(EditError::Auth)?;
                core.ports.secrets.set(auth.secret_name(), secret).await?;
                vec![auth]
            }
            None => Vec::new(),
        };
        let (url, keys) = applied.map_or_else(|| (url, Table::new()), |applied| (applied.url, applied.keys));
        feeds.push(NewFeed { id, name, url, auth, severity: wish.severity, rules: wish.rules, keys });
    }
    let config = core.file.add(&feeds)?;
    accept(core, &mut text, config).await;
    Ok(feeds.into_iter().map(|feed| feed.id).collect())
}

/// Removes a feed, and those of its secrets that no other feed uses.
///
/// # Errors
/// [`EditError`] as for [`EngineHandle::remove_feed`](super::handle::EngineHandle::remove_feed).
pub(super) async fn remove(core: &Core, feed: &FeedId, delete_events: bool) -> Result<(), EditError> {
    let mut text = core.config_text.lock().await;
    let before = Arc::clone(&core.status.borrow());
    let config = core.file.remove(feed)?;
    let own = before.feeds.iter().find(|f| f.id == *feed).map(|f| f.auth.as_slice()).unwrap_or_default();
    let is_shared =
        |name: &str| config.feeds.iter().flat_map(|f| &f.auth).any(|auth| auth.secret_name() == name);
    let orphans: BTreeSet<&str> = own.iter().map(Auth::secret_name).filter(|name| !is_shared(name)).collect();
    accept(core, &mut text, config).await;
    // A store that has ended deletes nothing; the engine is shutting down.
    let _ = core.store.forget(feed, delete_events).await;
    for name in orphans {
        if let Err(error) = core.ports.secrets.remove(name).await {
            tracing::warn!(%feed, %error, "could not delete a secret of the removed feed from the keychain");
        }
    }
    Ok(())
}

/// Enables or disables a feed.
///
/// # Errors
/// [`EditError`] as for [`EngineHandle::set_enabled`](super::handle::EngineHandle::set_enabled).
pub(super) async fn set_enabled(core: &Core, feed: &FeedId, on: bool) -> Result<(), EditError> {
    let mut text = core.config_text.lock().await;
    let config = core.file.set_enabled(feed, on)?;
    accept(core, &mut text, config).await;
    Ok(())
}

/// Sets how a feed signs in.
///
/// # Errors
/// [`EditError`] as for [`EngineHandle::sign_in`](super::handle::EngineHandle::sign_in).
pub(super) async fn sign_in(core: &Core, feed: &FeedId, secret: NewSecret) -> Result<(), EditError> {
    let mut text = core.config_text.lock().await;
    // Checked before the keychain is written, so that no secret is left there for a feed that does not exist.
    let name = parts(core, feed)?.first().map_or_else(|| feed.to_string(), |auth| auth.secret_name().into());
    let (auth, secret) = Auth::of(secret, &name).map_err(EditError::Auth)?;
    core.ports.secrets.set(&name, secret).await?;
    let config = core.file.set_auth(feed, &auth)?;
    accept(core, &mut text, config).await;
    Ok(())
}

/// Replaces secrets of a feed, by their names.
///
/// # Errors
/// [`EditError`] as for [`EngineHandle::renew_secrets`](super::handle::EngineHandle::renew_secrets).
pub(super) async fn renew_secrets(
    core: &Core,
    feed: &FeedId,
    secrets: Vec<(String, Secret)>,
) -> Result<(), EditError> {
    let _text = core.config_text.lock().await;
    let parts = parts(core, feed)?;
    for (name, _) in &secrets {
        if parts.iter().all(|auth| auth.secret_name() != name) {
            return Err(EditError::NoSuchSecret(name.clone()));
        }
    }
    for (name, secret) in secrets {
        core.ports.secrets.set(&name, secret).await?;
    }
    Ok(())
}

/// Returns how a feed signs in.
fn parts(core: &Core, feed: &FeedId) -> Result<Vec<Auth>, EditError> {
    let status = core.status.borrow();
    let found = status.feeds.iter().find(|f| f.id == *feed);
    found.map(|f| f.auth.clone()).ok_or_else(|| EditError::NoSuchFeed(feed.clone()))
}
