//! Feeds that a person adds, removes, switches and signs in.

use std::sync::Arc;

use super::configuration::accept;
use super::core::Core;
use crate::config::{Auth, EditError, NewFeed, feed_url, free_id, name_for};
use crate::event::{FeedId, Severity};
use crate::secrets::NewSecret;

/// A feed to be added, as a person describes it.
#[derive(Clone, Debug, Default)]
pub struct FeedWish {
    /// The address as a person wrote it.
    pub url: String,
    /// The id wished for; else one is made from the name or the address.
    pub id: Option<FeedId>,
    /// The name; else one is made from the address.
    pub name: Option<String>,
    /// A secret, for the keychain.
    pub secret: Option<NewSecret>,
    /// Only log, whatever the event.
    pub log_only: bool,
    /// Event types that are more severe than others.
    pub severity: Vec<(Severity, Vec<String>)>,
}

/// Adds feeds, or none: their secrets go to the keychain first.
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
        feeds.push(NewFeed { id, name, url, auth, severity: wish.severity, notify: !wish.log_only });
    }
    let config = core.file.add(&feeds)?;
    accept(core, &mut text, config).await;
    Ok(feeds.into_iter().map(|feed| feed.id).collect())
}

/// Removes a feed, and the secret that only it used.
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
    // A store that has ended keeps what it has.
    let _ = core.store.forget(feed, delete_events).await;
    if let Some(name) = orphan
        && let Err(error) = core.ports.secrets.remove(&name).await
    {
        tracing::warn!(%feed, %error, "the removed feed's secret stays in the keychain");
    }
    Ok(())
}

/// Switches a feed on or off.
pub(super) async fn set_enabled(core: &Core, feed: &FeedId, on: bool) -> Result<(), EditError> {
    let mut text = core.config_text.lock().await;
    let config = core.file.set_enabled(feed, on)?;
    accept(core, &mut text, config).await;
    Ok(())
}

/// Gives a feed another secret.
pub(super) async fn sign_in(core: &Core, feed: &FeedId, secret: NewSecret) -> Result<(), EditError> {
    let mut text = core.config_text.lock().await;
    let name = {
        let status = core.status.borrow();
        // Asked before the keychain is touched: a secret for no feed would be left there.
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
