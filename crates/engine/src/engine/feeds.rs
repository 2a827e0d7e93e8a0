//! Adds, removes, enables, disables and signs in feeds.

use std::sync::Arc;

use super::configuration::accept;
use super::core::Core;
use crate::config::{Auth, EditError, NewFeed, Rule, feed_url, free_id, name_for};
use crate::event::{FeedId, Severity};
use crate::secrets::NewSecret;

/// Describes a feed to add.
#[derive(Clone, Debug, Default)]
pub struct FeedWish {
    /// The URL as a person typed it, with `http://` or `https://`.
    pub url: String,
    /// The id; `None` derives it from the name or the URL.
    pub id: Option<FeedId>,
    /// The name; `None` or a blank name derives it from the URL.
    pub name: Option<String>,
    /// A secret to store in the keychain.
    pub secret: Option<NewSecret>,
    /// The rules. Events that match none are treated as without rules.
    pub rules: Vec<Rule>,
    /// The event types of each severity. Types that are not listed get the default severity.
    pub severity: Vec<(Severity, Vec<String>)>,
}

/// Adds all of the feeds, or none. Stores their secrets in the keychain first.
///
/// # Errors
/// [`EditError`] as for [`EngineHandle::add_feeds`](super::handle::EngineHandle::add_feeds).
pub(super) async fn add(core: &Core, wishes: Vec<FeedWish>) -> Result<Vec<FeedId>, EditError> {
    let mut text = core.config_text.lock().await;
    let mut taken: Vec<FeedId> = core.status.borrow().feeds.iter().map(|feed| feed.id.clone()).collect();
    let mut feeds = Vec::new();
    for wish in wishes {
        let url = feed_url(&wish.url).map_err(EditError::Url)?;
        let name = wish.name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| name_for(&url));
        let id = wish.id.unwrap_or_else(|| free_id(&name, &url, &taken));
        taken.push(id.clone());
        let auth = match wish.secret {
            Some(secret) => {
                let (auth, secret) = Auth::of(secret, id.as_str());
                core.ports.secrets.set(auth.secret_name(), secret).await?;
                Some(auth)
            }
            None => None,
        };
        feeds.push(NewFeed { id, name, url, auth, severity: wish.severity, rules: wish.rules });
    }
    let config = core.file.add(&feeds)?;
    accept(core, &mut text, config).await;
    Ok(feeds.into_iter().map(|feed| feed.id).collect())
}

/// Removes a feed, and its secret if no other feed uses it.
///
/// # Errors
/// [`EditError`] as for [`EngineHandle::remove_feed`](super::handle::EngineHandle::remove_feed).
pub(super) async fn remove(core: &Core, feed: &FeedId, delete_events: bool) -> Result<(), EditError> {
    let mut text = core.config_text.lock().await;
    let before = Arc::clone(&core.status.borrow());
    let config = core.file.remove(feed)?;
    let secret = before.feeds.iter().find(|f| f.id == *feed).and_then(|f| f.secret_name.clone());
    let is_shared = |name: &String| {
        config.feeds.iter().any(|f| f.auth.as_ref().is_some_and(|auth| auth.secret_name() == name))
    };
    let orphan = secret.filter(|name| !is_shared(name));
    accept(core, &mut text, config).await;
    // A store that has ended deletes nothing; the engine is shutting down.
    let _ = core.store.forget(feed, delete_events).await;
    if let Some(name) = orphan
        && let Err(error) = core.ports.secrets.remove(&name).await
    {
        tracing::warn!(%feed, %error, "could not delete the removed feed's secret from the keychain");
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

/// Replaces a feed's secret.
///
/// # Errors
/// [`EditError`] as for [`EngineHandle::sign_in`](super::handle::EngineHandle::sign_in).
pub(super) async fn sign_in(core: &Core, feed: &FeedId, secret: NewSecret) -> Result<(), EditError> {
    let mut text = core.config_text.lock().await;
    let name = {
        let status = core.status.borrow();
        // Checked before the keychain is written, so that no secret is left there for a feed that does not exist.
        let found = status.feeds.iter().find(|f| f.id == *feed);
        let found = found.ok_or_else(|| EditError::NoSuchFeed(feed.clone()))?;
        found.secret_name.clone().unwrap_or_else(|| feed.to_string())
    };
    let (auth, secret) = Auth::of(secret, &name);
    core.ports.secrets.set(&name, secret).await?;
    let config = core.file.set_auth(feed, &auth)?;
    accept(core, &mut text, config).await;
    Ok(())
}
