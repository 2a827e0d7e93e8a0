//! The handle through which window, tray and command line use the engine.

use std::sync::Arc;

use tokio::sync::{broadcast, oneshot, watch};

use super::core::Core;
use super::feeds::{self, FeedWish};
use crate::check::Check;
use crate::config::EditError;
use crate::event::{Click, FeedId, Mute, Rev, Seq};
use crate::feed::Control;
use crate::home::Home;
use crate::secrets::{NewSecret, Secret};
use crate::status::Status;
use crate::store::LogReader;

/// A handle to the running engine. Clones refer to the same engine.
#[derive(Clone)]
pub struct EngineHandle(Arc<Core>);

impl EngineHandle {
    /// Creates the handle of this engine.
    pub(super) fn of(core: Arc<Core>) -> Self {
        Self(core)
    }

    /// Returns a receiver of the status. The status changes at most five times a second.
    pub fn status(&self) -> watch::Receiver<Arc<Status>> {
        self.0.status.clone()
    }

    /// Returns a receiver of the log's newest committed revision.
    pub fn bell(&self) -> watch::Receiver<Rev> {
        self.0.bell.clone()
    }

    /// Returns the reader of the log. Its methods block, so call them with `spawn_blocking`.
    pub fn reader(&self) -> Arc<LogReader> {
        Arc::clone(&self.0.reader)
    }

    /// Returns a receiver of the clicks on notifications.
    pub fn clicks(&self) -> broadcast::Receiver<Click> {
        self.0.clicks.subscribe()
    }

    /// Returns the home of this engine.
    pub fn home(&self) -> &Home {
        &self.0.home
    }

    /// Renews a feed's connection at once, even if the feed is parked. Does nothing if the feed is unknown or disabled.
    pub async fn reconnect(&self, feed: &FeedId) {
        // A supervisor that has ended has no connections.
        let _ = self.0.control.send(Control::Reconnect(feed.clone())).await;
    }

    /// Mutes or unmutes notifications. The setting is kept across restarts.
    pub async fn set_mute(&self, mute: Mute) {
        // A store that has ended cannot be changed; the engine is shutting down.
        let _ = self.0.store.mute(mute).await;
    }

    /// Marks all rows of a feed, or of all feeds if `feed` is `None`, up to this row as read.
    pub async fn mark_read(&self, feed: Option<FeedId>, up_to: Seq) {
        let _ = self.0.store.mark_read(feed, up_to).await;
    }

    /// Starts to connect to the URL of a wish and to watch what it sends, without adding a feed. Its preset and its secret
    /// apply. Must be called within a tokio runtime.
    ///
    /// # Errors
    /// [`EditError`] if the preset cannot be applied. That the text is not an address is part of the report.
    pub fn check_feed(&self, wish: FeedWish) -> Result<Check, EditError> {
        Check::start(&wish.url, wish.secret, &wish.preset, &wish.answers, &self.0.ports)
    }

    /// Adds a feed: stores its secret in the keychain under a name that is free, then writes the feed to `config.toml`.
    ///
    /// # Errors
    /// [`EditError`] as for [`EngineHandle::add_feeds`].
    pub async fn add_feed(&self, wish: FeedWish) -> Result<FeedId, EditError> {
        let ids = self.add_feeds(vec![wish]).await?;
        ids.into_iter().next().ok_or(EditError::Url("no feed was named"))
    }

    /// Adds all of the feeds, or none.
    ///
    /// # Errors
    /// [`EditError`] if a URL or the name of a header, parameter or cookie is invalid, a preset cannot be applied, an id is
    /// taken, the keychain rejects a secret, or `config.toml` is invalid or cannot be written. `config.toml` and the
    /// keychain are then unchanged.
    pub async fn add_feeds(&self, wishes: Vec<FeedWish>) -> Result<Vec<FeedId>, EditError> {
        feeds::add(&self.0, wishes).await
    }

    /// Removes a feed from `config.toml`, its cursor, those of its secrets that no other feed uses, and its rows if
    /// `delete_events` is set.
    ///
    /// # Errors
    /// [`EditError`] if there is no such feed, or `config.toml` is invalid or cannot be written. Nothing is then
    /// removed.
    pub async fn remove_feed(&self, feed: &FeedId, delete_events: bool) -> Result<(), EditError> {
        feeds::remove(&self.0, feed, delete_events).await
    }

    /// Enables or disables a feed in `config.toml`.
    ///
    /// # Errors
    /// [`EditError`] if there is no such feed, or `config.toml` is invalid or cannot be written. `config.toml` is then
    /// unchanged.
    pub async fn set_enabled(&self, feed: &FeedId, on: bool) -> Result<(), EditError> {
        feeds::set_enabled(&self.0, feed, on).await
    }

    /// Sets how a feed signs in, in place of all parts that it had, and reconnects. The secret takes the name of the first
    /// part's, unless another feed uses that for something else; otherwise a name that is free.
    ///
    /// # Errors
    /// [`EditError`] if there is no such feed, the name of a header, parameter or cookie is invalid, the keychain rejects
    /// the secret, or `config.toml` is invalid or cannot be written. `config.toml` and the keychain are then unchanged.
    pub async fn sign_in(&self, feed: &FeedId, secret: NewSecret) -> Result<(), EditError> {
        feeds::sign_in(&self.0, feed, secret).await?;
        self.reconnect(feed).await;
        Ok(())
    }

    /// Replaces these secrets of a feed, by their names, and reconnects. How it signs in stays.
    ///
    /// # Errors
    /// [`EditError`] if there is no such feed, it has no secret of one of these names, or the keychain rejects one. The
    /// keychain is then unchanged.
    pub async fn renew_secrets(
        &self,
        feed: &FeedId,
        secrets: Vec<(String, Secret)>,
    ) -> Result<(), EditError> {
        feeds::renew_secrets(&self.0, feed, secrets).await?;
        self.reconnect(feed).await;
        Ok(())
    }

    /// Closes every connection, commits everything that was received, and releases the home. Further calls do nothing.
    pub async fn shutdown(&self) {
        let Some(running) = self.0.running.lock().await.take() else { return };
        running.writer.close();
        let (done, stopped) = oneshot::channel();
        if self.0.control.send(Control::Stop(done)).await.is_ok() {
            let _ = stopped.await;
        }
        self.0.stop.cancel();
        for task in running.tasks {
            // A panic was logged where it happened.
            let _ = task.await;
        }
        let _ = self.0.store.stop().await;
        running.writer.join();
        drop(running.lock);
    }
}
