//! Adds, removes, enables, disables and signs in feeds.

use std::collections::BTreeSet;
use std::fmt;

use toml_edit::Table;

use super::configuration::accept;
use super::core::Core;
use super::stored_secrets::StoredSecrets;
use crate::config::{Auth, Config, EditError, NewFeed, Rule, Turn, free_id, free_name, name_for, typed_url};
use crate::event::{FeedId, Severity};
use crate::presets::{self, Answers, PresetChoice};
use crate::secrets::{NewSecret, Secret};

/// Describes a feed to add. `Debug` prints names, and neither the address nor the answers.
#[derive(Clone, Default)]
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

impl fmt::Debug for FeedWish {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut shown = f.debug_struct("FeedWish");
        shown
            .field("id", &self.id)
            .field("name", &self.name)
            .field("secret", &self.secret)
            .finish_non_exhaustive()
    }
}

/// Waits until no other process changes `config.toml`, and returns the right to change it.
async fn turn(core: &Core) -> Result<Turn, EditError> {
    let file = core.file.clone();
    match tokio::task::spawn_blocking(move || file.turn()).await {
        Ok(turn) => turn,
        Err(error) => Err(EditError::Io {
            path: core.home.config_path().to_owned(),
            source: std::io::Error::other(error),
        }),
    }
}

/// Adds all of the feeds, or none. Ids, names and names of secrets are chosen while no other process changes the file,
/// and before the keychain is written.
///
/// # Errors
/// [`EditError`] as for [`EngineHandle::add_feeds`](super::handle::EngineHandle::add_feeds).
pub(super) async fn add(core: &Core, wishes: Vec<FeedWish>) -> Result<Vec<FeedId>, EditError> {
    let mut text = core.config_text.lock().await;
    let turn = turn(core).await?;
    let present = turn.config()?;
    let (feeds, secrets) = planned(&present, wishes)?;
    let ids = feeds.iter().map(|feed| feed.id.clone()).collect();
    let mut stored = StoredSecrets::new(&*core.ports.secrets);
    let added = write_all(&turn, &present, feeds, secrets, &mut stored).await;
    let config = stored.conclude(added).await?;
    accept(core, &mut text, config).await;
    Ok(ids)
}

/// Returns the feeds of these wishes, without their sign-in, and what they sign in with. Nothing is written yet.
fn planned(
    present: &Config,
    wishes: Vec<FeedWish>,
) -> Result<(Vec<NewFeed>, Vec<Option<NewSecret>>), EditError> {
    let mut taken: Vec<FeedId> = present.feeds.iter().map(|feed| feed.id.clone()).collect();
    let mut names: Vec<String> = present.feeds.iter().map(|feed| feed.name.clone()).collect();
    let mut feeds = Vec::new();
    let mut secrets = Vec::new();
    for wish in wishes {
        let url = typed_url(&wish.url).map_err(EditError::Url)?;
        let applied = presets::apply(&wish.preset, &url, &wish.answers)?;
        let derived = applied.as_ref().map_or_else(|| name_for(&url), |applied| applied.name.clone());
        let given = wish.name.filter(|name| !name.trim().is_empty());
        let id = wish.id.unwrap_or_else(|| free_id(given.as_ref().unwrap_or(&derived), &url, &taken));
        if taken.contains(&id) {
            return Err(EditError::Taken(id));
        }
        let name = given.unwrap_or_else(|| free_name(&derived, &url, &names));
        taken.push(id.clone());
        names.push(name.clone());
        let (url, keys) = applied.map_or_else(|| (url, Table::new()), |applied| (applied.url, applied.keys));
        let auth = Vec::new();
        feeds.push(NewFeed { id, name, url, auth, severity: wish.severity, rules: wish.rules, keys });
        secrets.push(wish.secret);
    }
    Ok((feeds, secrets))
}

/// Stores the secrets of new feeds, and adds the feeds to the file.
async fn write_all(
    turn: &Turn,
    present: &Config,
    mut feeds: Vec<NewFeed>,
    secrets: Vec<Option<NewSecret>>,
    stored: &mut StoredSecrets<'_>,
) -> Result<Config, EditError> {
    for (feed, secret) in feeds.iter_mut().zip(secrets) {
        let Some(secret) = secret else { continue };
        let name = stored.free_name(feed.id.as_str(), &feed.id, present).await?;
        let (auth, secret) = Auth::of(secret, &name).map_err(EditError::Auth)?;
        feed.auth = vec![auth];
        // What the file would refuse is refused before the keychain is written.
        feed.config()?;
        stored.set(&name, secret).await?;
    }
    turn.add(&feeds)
}

/// Removes a feed, and those of its secrets that no other feed uses.
///
/// # Errors
/// [`EditError`] as for [`EngineHandle::remove_feed`](super::handle::EngineHandle::remove_feed).
pub(super) async fn remove(core: &Core, feed: &FeedId, delete_events: bool) -> Result<(), EditError> {
    let mut text = core.config_text.lock().await;
    let turn = turn(core).await?;
    let before = turn.config()?;
    let config = turn.remove(feed)?;
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
    let config = turn(core).await?.set_enabled(feed, on)?;
    accept(core, &mut text, config).await;
    Ok(())
}

/// Sets how a feed signs in.
///
/// # Errors
/// [`EditError`] as for [`EngineHandle::sign_in`](super::handle::EngineHandle::sign_in).
pub(super) async fn sign_in(core: &Core, feed: &FeedId, secret: NewSecret) -> Result<(), EditError> {
    let mut text = core.config_text.lock().await;
    let turn = turn(core).await?;
    let present = turn.config()?;
    // Checked before the keychain is written, so that no secret is left there for a feed that does not exist.
    let parts = parts(&present, feed)?;
    let mut stored = StoredSecrets::new(&*core.ports.secrets);
    let name = match parts.first() {
        Some(own) if is_own(own, feed, &present) || own.is_like(&secret) => own.secret_name().to_owned(),
        _ => stored.free_name(feed.as_str(), feed, &present).await?,
    };
    let (auth, secret) = Auth::of(secret, &name).map_err(EditError::Auth)?;
    let changed = match stored.set(&name, secret).await {
        Ok(()) => turn.set_auth(feed, &auth),
        Err(error) => Err(error),
    };
    let config = stored.conclude(changed).await?;
    accept(core, &mut text, config).await;
    Ok(())
}

/// Returns whether no other feed uses this part's secret.
fn is_own(own: &Auth, feed: &FeedId, config: &Config) -> bool {
    let others = config.feeds.iter().filter(|other| other.id != *feed);
    others.flat_map(|other| &other.auth).all(|auth| auth.secret_name() != own.secret_name())
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
    let turn = turn(core).await?;
    let present = turn.config()?;
    let parts = parts(&present, feed)?;
    for (name, _) in &secrets {
        if parts.iter().all(|auth| auth.secret_name() != name) {
            return Err(EditError::NoSuchSecret(name.clone()));
        }
    }
    let mut stored = StoredSecrets::new(&*core.ports.secrets);
    let mut renewed = Ok(());
    for (name, secret) in secrets {
        if renewed.is_ok() {
            renewed = stored.set(&name, secret).await;
        }
    }
    stored.conclude(renewed).await
}

/// Returns how a feed signs in.
fn parts<'c>(config: &'c Config, feed: &FeedId) -> Result<&'c [Auth], EditError> {
    let found = config.feeds.iter().find(|f| f.id == *feed);
    found.map(|f| f.auth.as_slice()).ok_or_else(|| EditError::NoSuchFeed(feed.clone()))
}
