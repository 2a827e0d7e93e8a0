//! One task for each feed that is switched on in the configuration.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Notify, mpsc, oneshot};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use super::feed_task::FeedTask;
use super::network::Network;
use crate::config::{Config, FeedConfig};
use crate::event::{FeedId, RowBody};
use crate::ports::Ports;
use crate::status::{Connection, StatusPublisher};
use crate::store::StoreHandle;

/// How much later each of many feeds may begin than the one before it, and the latest of all.
const STAGGER: Duration = Duration::from_millis(20);
const MAX_STAGGER: Duration = Duration::from_secs(10);

/// What the supervisor is asked to do.
pub(crate) enum Control {
    /// Receive by this configuration from here on.
    Config(Arc<Config>, oneshot::Sender<()>),
    /// Renew a feed's connection at once.
    Reconnect(FeedId),
    /// End every task.
    Stop(oneshot::Sender<()>),
}

/// Starts, restarts and ends the tasks of feeds.
pub(crate) struct Supervisor {
    pub store: StoreHandle,
    pub status: Arc<StatusPublisher>,
    pub ports: Ports,
    pub network: Arc<Network>,
    pub running: HashMap<FeedId, Running>,
}

/// A feed's running task.
pub(crate) struct Running {
    feed: FeedConfig,
    nudge: Arc<Notify>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Supervisor {
    /// Serves until asked to stop.
    pub async fn run(mut self, mut inbox: mpsc::Receiver<Control>) {
        while let Some(control) = inbox.recv().await {
            match control {
                Control::Config(config, done) => {
                    self.apply(config).await;
                    // Whoever asked may be gone.
                    let _ = done.send(());
                }
                Control::Reconnect(feed) => {
                    if let Some(running) = self.running.get(&feed) {
                        running.nudge.notify_one();
                    }
                }
                Control::Stop(done) => {
                    self.stop_all().await;
                    let _ = done.send(());
                    return;
                }
            }
        }
    }

    async fn apply(&mut self, config: Arc<Config>) {
        // The writer learns of it before any event that is received by it.
        let _ = self.store.config(Arc::clone(&config)).await;
        self.status.set_config(Arc::clone(&config));
        let goes_on = |running: &Running| {
            config.feeds.iter().any(|feed| feed.id == running.feed.id && feed.connects_like(&running.feed))
        };
        let ending: Vec<FeedId> =
            self.running.iter().filter(|(_, running)| !goes_on(running)).map(|(id, _)| id.clone()).collect();
        for id in ending {
            let Some(running) = self.running.remove(&id) else { continue };
            running.stop.cancel();
            // A panic was logged where it happened.
            let _ = running.task.await;
            let is_switched_off = config.feeds.iter().any(|feed| feed.id == id && !feed.enabled);
            if is_switched_off {
                self.status.set_connection(&id, Connection::Off { reason: None });
                let _ = self.store.row(&id, self.ports.clock.wall(), RowBody::Closed(None)).await;
            }
        }
        let mut starting = 0;
        for feed in config.feeds.iter().filter(|feed| feed.enabled) {
            if let Some(running) = self.running.get_mut(&feed.id) {
                running.feed = feed.clone();
                continue;
            }
            // Many at once begin spread over a while; one alone begins at once.
            let delay = STAGGER.saturating_mul(starting).min(MAX_STAGGER).mul_f64((self.ports.chance)());
            starting += 1;
            let running = self.start(feed.clone(), delay);
            self.running.insert(feed.id.clone(), running);
        }
    }

    fn start(&self, feed: FeedConfig, delay: Duration) -> Running {
        let (nudge, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        let feed_task = FeedTask {
            feed: feed.clone(),
            store: self.store.clone(),
            status: Arc::clone(&self.status),
            ports: self.ports.clone(),
            network: Arc::clone(&self.network),
            delay,
            nudge: Arc::clone(&nudge),
            stop: stop.clone(),
        };
        Running { feed, nudge, stop, task: tokio::spawn(feed_task.run()) }
    }

    async fn stop_all(&mut self) {
        for running in self.running.values() {
            running.stop.cancel();
        }
        for (_, running) in self.running.drain() {
            let _ = running.task.await;
        }
    }
}
