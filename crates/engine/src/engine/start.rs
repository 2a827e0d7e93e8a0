//! Starts the engine: opens its files in order and starts its tasks.

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Mutex, broadcast, mpsc, watch};
use tokio_util::sync::CancellationToken;

use super::configuration::{self, ReadConfigError};
use super::core::{Core, Running};
use super::handle::EngineHandle;
use crate::config::{Config, ConfigFile};
use crate::event::{ProblemKind, Rev};
use crate::feed::{Network, Supervisor, follow_hints};
use crate::files;
use crate::home::{Home, HomeError};
use crate::notify::{self, Dispatcher};
use crate::ports::Ports;
use crate::status::StatusPublisher;
use crate::store::{self, LogReader, StoreError, StoreHandle, Surroundings};

/// The capacity of the queue of clicks. A person does not click faster than the window opens; beyond that, the oldest
/// clicks are dropped.
const CLICKS: usize = 16;

/// Why the engine cannot start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process uses this home.
    #[error("another Bellwire receives for this home; end it first, or choose another home with --home DIR")]
    AlreadyRunning,
    /// The home's folders cannot be found, created or made private.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The log cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// `config.toml` cannot be read from the disk.
    #[error(transparent)]
    ReadConfig(#[from] ReadConfigError),
}

/// Starts the engine; see [`EngineHandle`] for its use.
pub struct Engine;

impl Engine {
    /// Starts the engine for a home. Must be called within a tokio runtime. An invalid configuration is not an
    /// error: the status shows the problem, and the feeds start once it is corrected.
    ///
    /// # Errors
    /// [`StartError`] if another process uses the home, or the home, the log or `config.toml` cannot be opened.
    /// Nothing is then left running.
    pub async fn start(home: Home, ports: Ports) -> Result<EngineHandle, StartError> {
        home.prepare()?;
        let lock = home.lock()?.ok_or(StartError::AlreadyRunning)?;
        let file = ConfigFile::at(home.config_path());
        for dir in home.shared_folders() {
            tracing::warn!(
                "other users may replace files in {}; take the right to write away",
                dir.display()
            );
        }
        let (text, loaded) = configuration::read(&file, &home).await?;
        let (config, problem) = match loaded {
            Ok(config) => (Arc::new(config), None),
            Err(error) => {
                let problem = configuration::problem(&home, &error, ProblemKind::ConfigAtStart);
                (Arc::new(Config::default()), Some(problem))
            }
        };
        let publisher = Arc::new(StatusPublisher::new(Arc::clone(&config), ports.clock.wall()));
        publisher.set_config_problem(problem);
        let (store, inbox) = StoreHandle::channel();
        let (bell, bells) = watch::channel(Rev(0));
        let (deliveries, claimed) = mpsc::channel(1);
        let doorbell = home.doorbell_path();
        let doorbell =
            files::fresh(&doorbell).map_err(|source| HomeError::Folder { path: doorbell, source })?;
        let around = Surroundings {
            clock: Arc::clone(&ports.clock),
            observer: Arc::clone(&publisher) as Arc<dyn store::Observer>,
            bell,
            doorbell,
            deliveries,
            page_limit: home.page_limit(),
            value_limit: home.value_limit(),
            reached: Arc::clone(&ports.reached),
        };
        let writer = store::start(home.database_path(), inbox, Arc::clone(&config), around)?;
        let reader = Arc::new(LogReader::open_path(home.database_path(), Some(store.clone()))?);
        let (status, statuses) = watch::channel(Arc::new(publisher.compose(ports.clock.wall()).0));
        let (clicks, _) = broadcast::channel(CLICKS);
        let (control, controls) = mpsc::channel(16);
        let stop = CancellationToken::new();
        let network = Arc::new(Network::default());
        let supervisor = Supervisor {
            has_started: false,
            store: store.clone(),
            status: Arc::clone(&publisher),
            ports: ports.clone(),
            network: Arc::clone(&network),
            running: HashMap::new(),
        };
        let dispatcher = Dispatcher {
            store: store.clone(),
            ports: ports.clone(),
            status: Arc::clone(&publisher),
            clicks: clicks.clone(),
        };
        let publishing = {
            let (publisher, clock) = (Arc::clone(&publisher), Arc::clone(&ports.clock));
            async move { publisher.publish(status, clock).await }
        };
        let hints = follow_hints(Arc::clone(&ports.hints), Arc::clone(&ports.clock), network);
        let reminders = store::remind(store.clone(), Arc::clone(&ports.clock), stop.clone());
        let core = Arc::new(Core {
            home,
            ports,
            file,
            config_text: Mutex::new(text),
            store,
            publisher,
            control,
            status: statuses,
            bell: bells,
            clicks,
            reader,
            stop: stop.clone(),
            running: Mutex::new(None),
        });
        let tasks = vec![
            tokio::spawn(supervisor.run(controls)),
            tokio::spawn(notify::run(dispatcher, claimed, stop.clone())),
            tokio::spawn(until(stop.clone(), publishing)),
            tokio::spawn(until(stop.clone(), hints)),
            tokio::spawn(reminders),
            tokio::spawn(configuration::follow(Arc::clone(&core))),
        ];
        *core.running.lock().await = Some(Running { tasks, writer, lock });
        configuration::put_in_force(&core, config).await;
        Ok(EngineHandle::of(core))
    }
}

/// Runs `task` until `stop` is cancelled.
async fn until(stop: CancellationToken, task: impl Future<Output = ()>) {
    // Nothing depends on the task's completion.
    let _ = stop.run_until_cancelled(task).await;
}
