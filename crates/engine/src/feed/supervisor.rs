//! Runs one task for each feed that is enabled in the configuration.

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

/// The maximum delay of the n-th of many feeds that start together is n × `STAGGER`, but no more than `MAX_STAGGER`: it
/// spreads the connection attempts without a wait that a person would notice.
const STAGGER: Duration = Duration::from_millis(20);
const MAX_STAGGER: Duration = Duration::from_secs(10);

/// A request to the supervisor.
pub(crate) enum Control {
    /// Applies this configuration, then answers.
    Config(Arc<Config>, oneshot::Sender<()>),
    /// Renews a feed's connection at once.
    Reconnect(FeedId),
    /// Stops every task, then answers.
    Stop(oneshot::Sender<()>),
}

/// Starts, restarts and stops the tasks of feeds.
pub(crate) struct Supervisor {
    pub store: StoreHandle,
    pub status: Arc<StatusPublisher>,
    pub ports: Ports,
    pub network: Arc<Network>,
    /// The running task of each enabled feed.
    pub running: HashMap<FeedId, Running>,
    /// Whether the first configuration was applied.
    pub has_started: bool,
}

/// A feed's running task.
pub(crate) struct Running {
    feed: FeedConfig,
    nudge: Arc<Notify>,
    stop: CancellationToken,
    task: JoinHandle<()>,
}

impl Supervisor {
    /// Serves requests until [`Control::Stop`].
    pub async fn run(mut self, mut inbox: mpsc::Receiver<Control>) {
        while let Some(control) = inbox.recv().await {
            match control {
                Control::Config(config, done) => {
                    self.apply(config).await;
                    // The sender of the request may have stopped waiting.
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
        // The writer gets the configuration before any event that is received with it.
        let _ = self.store.config(Arc::clone(&config)).await;
        self.status.set_config(Arc::clone(&config));
        let is_program_start = !std::mem::replace(&mut self.has_started, true);
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
            // Feeds that start together are spread over time; a single feed starts at once.
            let delay = STAGGER.saturating_mul(starting).min(MAX_STAGGER).mul_f64((self.ports.chance)());
            starting += 1;
            let running = self.start(feed.clone(), delay, is_program_start);
            self.running.insert(feed.id.clone(), running);
        }
    }

    fn start(&self, feed: FeedConfig, delay: Duration, is_program_start: bool) -> Running {
        let (nudge, stop) = (Arc::new(Notify::new()), CancellationToken::new());
        let feed_task = FeedTask {
            feed: feed.clone(),
            store: self.store.clone(),
            status: Arc::clone(&self.status),
            ports: self.ports.clone(),
            network: Arc::clone(&self.network),
            delay,
            is_program_start,
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
