//! Feeds that are added, removed, switched and signed in by a door.

use std::sync::Arc;

use super::EngineHandle;
use crate::config::{Auth, EditError, NewFeed, feed_url, free_id, name_for};
use crate::event::{FeedId, Severity};
use crate::secrets::Secret;
use crate::store::Command;

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

impl NewSecret {
    /// What the configuration says, under this name in the keychain, and what the keychain keeps.
    pub(crate) fn split(self, name: &str) -> (Auth, Secret) {
        let name = name.to_owned();
        match self {
            NewSecret::Bearer(token) => (Auth::Bearer { secret: name }, token),
            NewSecret::Basic { user, password } => (Auth::Basic { user, secret: name }, password),
        }
    }
}

/// What a door knows of a feed to be added.
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
    /// Event types that are graver than others.
    pub severity: Vec<(Severity, Vec<String>)>,
}

impl EngineHandle {
    /// Adds a feed: the secret goes to the keychain first, then the feed into `config.toml`.
    pub async fn add_feed(&self, wish: FeedWish) -> Result<FeedId, EditError> {
        let ids = self.add_feeds(vec![wish]).await?;
        ids.into_iter().next().ok_or(EditError::Url("no feed was named"))
    }

    /// Adds several feeds at once, or none.
    pub async fn add_feeds(&self, wishes: Vec<FeedWish>) -> Result<Vec<FeedId>, EditError> {
        let mut text = self.0.config_text.lock().await;
        let mut taken: Vec<FeedId> =
            self.0.status.borrow().feeds.iter().map(|feed| feed.id.clone()).collect();
        let mut feeds = Vec::new();
        for wish in wishes {
            let url = feed_url(&wish.url).map_err(EditError::Url)?;
            let name = wish.name.filter(|name| !name.trim().is_empty()).unwrap_or_else(|| name_for(&url));
            let id = wish.id.unwrap_or_else(|| free_id(&name, &url, &taken));
            taken.push(id.clone());
            let auth = match wish.secret {
                Some(secret) => {
                    let (auth, secret) = secret.split(id.as_str());
                    self.0.ports.secrets.set(auth.secret_name(), secret).await?;
                    Some(auth)
                }
                None => None,
            };
            feeds.push(NewFeed { id, name, url, auth, severity: wish.severity, notify: !wish.log_only });
        }
        let config = self.0.file.add(&feeds)?;
        self.accept(&mut text, config).await;
        Ok(feeds.into_iter().map(|feed| feed.id).collect())
    }

    /// Removes a feed from `config.toml`, its cursor, the secret that only it used, and its rows if asked.
    pub async fn remove_feed(&self, feed: &FeedId, delete_events: bool) -> Result<(), EditError> {
        let mut text = self.0.config_text.lock().await;
        let before = Arc::clone(&self.0.status.borrow());
        let config = self.0.file.remove(feed)?;
        let secret = before.feeds.iter().find(|f| f.id == *feed).and_then(|f| f.secret_name.clone());
        let is_shared = |name: &String| {
            config.feeds.iter().any(|f| f.auth.as_ref().is_some_and(|auth| auth.secret_name() == name))
        };
        let orphan = secret.filter(|name| !is_shared(name));
        self.accept(&mut text, config).await;
        self.tell(Command::Forget { feed: feed.clone(), delete_events }).await;
        if let Some(name) = orphan
            && let Err(error) = self.0.ports.secrets.remove(&name).await
        {
            tracing::warn!(%feed, %error, "the removed feed's secret stays in the keychain");
        }
        Ok(())
    }

    /// Switches a feed on or off, in `config.toml`.
    pub async fn set_enabled(&self, feed: &FeedId, on: bool) -> Result<(), EditError> {
        let mut text = self.0.config_text.lock().await;
        let config = self.0.file.set_enabled(feed, on)?;
        self.accept(&mut text, config).await;
        Ok(())
    }

    /// Gives a feed another secret and connects anew.
    pub async fn sign_in(&self, feed: &FeedId, secret: NewSecret) -> Result<(), EditError> {
        let mut text = self.0.config_text.lock().await;
        let name = {
            let status = self.0.status.borrow();
            // Asked before the keychain is touched: a secret for no feed would be left there.
            let found = status.feeds.iter().find(|f| f.id == *feed);
            let found = found.ok_or_else(|| EditError::NoSuchFeed(feed.clone()))?;
            found.secret_name.clone().unwrap_or_else(|| feed.to_string())
        };
        let (auth, secret) = secret.split(&name);
        self.0.ports.secrets.set(&name, secret).await?;
        let config = self.0.file.set_auth(feed, &auth)?;
        self.accept(&mut text, config).await;
        drop(text);
        self.reconnect(feed).await;
        Ok(())
    }
}
