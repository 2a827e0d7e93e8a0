//! The engine as window, tray and command line see it.

use std::sync::Arc;

use tokio::sync::{broadcast, oneshot, watch};

use super::core::Core;
use super::feeds::{self, FeedWish};
use crate::check::{CheckReport, check};
use crate::config::EditError;
use crate::event::{Click, FeedId, Mute, Rev, Seq};
use crate::feed::Control;
use crate::home::Home;
use crate::secrets::NewSecret;
use crate::status::Status;
use crate::store::LogReader;

/// The running engine. Clones are handles to the same one.
#[derive(Clone)]
pub struct EngineHandle(Arc<Core>);

impl EngineHandle {
    pub(super) fn of(core: Arc<Core>) -> Self {
        Self(core)
    }

    /// Returns the status, to be followed; it changes at most five times a second.
    pub fn status(&self) -> watch::Receiver<Arc<Status>> {
        self.0.status.clone()
    }

    /// Returns the newest committed revision of the log, to be followed.
    pub fn bell(&self) -> watch::Receiver<Rev> {
        self.0.bell.clone()
    }

    /// Returns the log. Its calls block; keep them off an async loop.
    pub fn reader(&self) -> Arc<LogReader> {
        Arc::clone(&self.0.reader)
    }

    /// Returns notifications as they are clicked.
    pub fn clicks(&self) -> broadcast::Receiver<Click> {
        self.0.clicks.subscribe()
    }

    /// Returns the home that this engine receives for.
    pub fn home(&self) -> &Home {
        &self.0.home
    }

    /// Renews a feed's connection at once, also one that is parked.
    pub async fn reconnect(&self, feed: &FeedId) {
        // A supervisor that has ended has nothing to reconnect.
        let _ = self.0.control.send(Control::Reconnect(feed.clone())).await;
    }

    /// Holds notifications back, or no longer. Kept over a restart.
    pub async fn set_mute(&self, mute: Mute) {
        // A store that has ended keeps what it has; there is nobody left to notify.
        let _ = self.0.store.mute(mute).await;
    }

    /// Marks everything of a feed (or of all) up to this row as seen.
    pub async fn mark_read(&self, feed: Option<FeedId>, up_to: Seq) {
        let _ = self.0.store.mark_read(feed, up_to).await;
    }

    /// Examines an address before it becomes a feed; takes 12 s at most.
    pub async fn check_feed(&self, url: &str, secret: Option<NewSecret>) -> CheckReport {
        check(url, secret, &self.0.ports).await
    }

    /// Adds a feed: the secret goes to the keychain first, then the feed into `config.toml`.
    ///
    /// # Errors
    /// [`EditError`], with `config.toml` as it was.
    pub async fn add_feed(&self, wish: FeedWish) -> Result<FeedId, EditError> {
        let ids = self.add_feeds(vec![wish]).await?;
        ids.into_iter().next().ok_or(EditError::Url("no feed was named"))
    }

    /// Adds several feeds at once, or none.
    ///
    /// # Errors
    /// [`EditError`], with `config.toml` as it was.
    pub async fn add_feeds(&self, wishes: Vec<FeedWish>) -> Result<Vec<FeedId>, EditError> {
        feeds::add(&self.0, wishes).await
    }

    /// Removes a feed from `config.toml`, its cursor, the secret that only it used, and its rows if asked.
    ///
    /// # Errors
    /// [`EditError`], with nothing removed.
    pub async fn remove_feed(&self, feed: &FeedId, delete_events: bool) -> Result<(), EditError> {
        feeds::remove(&self.0, feed, delete_events).await
    }

    /// Switches a feed on or off, in `config.toml`.
    ///
    /// # Errors
    /// [`EditError`], with `config.toml` as it was.
    pub async fn set_enabled(&self, feed: &FeedId, on: bool) -> Result<(), EditError> {
        feeds::set_enabled(&self.0, feed, on).await
    }

    /// Gives a feed another secret and connects again.
    ///
    /// # Errors
    /// [`EditError`]; the keychain may hold the secret already where only `config.toml` could not be written.
    pub async fn sign_in(&self, feed: &FeedId, secret: NewSecret) -> Result<(), EditError> {
        feeds::sign_in(&self.0, feed, secret).await?;
        self.reconnect(feed).await;
        Ok(())
    }

    /// Ends every connection, commits what was received, and releases the home.
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
