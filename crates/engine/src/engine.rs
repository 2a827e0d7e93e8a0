//! The public door: start the engine, ask it, change what it does, end it.

mod configuration;
mod feeds;

use std::collections::HashMap;
use std::sync::Arc;

use tokio::sync::{Mutex, Notify, broadcast, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use self::configuration::{config_problem, read};
pub use self::feeds::{FeedWish, NewSecret};
use crate::board::Board;
use crate::check::{CheckReport, check};
use crate::config::{Config, ConfigFile};
use crate::event::{FeedId, Rev, Seq};
use crate::feed::{Control, Network, Supervisor};
use crate::hints;
use crate::home::{Home, HomeError, HomeLock, private_file};
use crate::notify::{self, Dispatcher};
use crate::ports::Ports;
use crate::status::{Mute, ProblemKind, Status};
use crate::store::{self, Command, LogReader, StoreError, StoreHandle, Surroundings, Writer};
use crate::wake;

/// How many clicks may wait for a door that is slow to look.
const CLICKS: usize = 16;

/// Why the engine does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// Another process receives for this home.
    #[error("another Bellwire receives for this home; end it first, or choose another home with --home DIR")]
    AlreadyRunning,
    /// There is no usable home.
    #[error(transparent)]
    Home(#[from] HomeError),
    /// The log cannot be opened.
    #[error(transparent)]
    Store(#[from] StoreError),
    /// The configuration cannot be read from the disk.
    #[error("cannot read {}: {source}", path.display())]
    ReadConfig {
        /// The file.
        path: std::path::PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
}

/// A notification was clicked: the row to show.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Click {
    /// The row.
    pub seq: Seq,
    /// Its feed.
    pub feed: FeedId,
}

/// The engine; see [`EngineHandle`].
pub struct Engine;

impl Engine {
    /// Starts to receive for a home. A configuration with problems does not stop the start: the status tells
    /// it, and the feeds come when it is mended.
    pub async fn start(home: Home, ports: Ports) -> Result<EngineHandle, StartError> {
        home.prepare()?;
        let lock = home.lock()?.ok_or(StartError::AlreadyRunning)?;
        let file = ConfigFile::at(home.config_path());
        let (text, loaded) = read(&file, &home)?;
        let (config, problem) = match loaded {
            Ok(config) => (Arc::new(config), None),
            Err(error) => {
                (Arc::new(Config::default()), Some(config_problem(&home, &error, ProblemKind::ConfigAtStart)))
            }
        };
        let board = Arc::new(Board::new(Arc::clone(&config), ports.clock.wall()));
        board.set_problem(problem, ProblemKind::Config);
        let (store, inbox) = StoreHandle::channel();
        let (bell, bells) = watch::channel(Rev(0));
        let deliveries = Arc::new(Notify::new());
        let around = Surroundings {
            clock: Arc::clone(&ports.clock),
            board: Arc::clone(&board),
            bell,
            doorbell: private_file(&home.doorbell_path())?,
            deliveries: Arc::clone(&deliveries),
            page_limit: home.page_limit(),
            passed: Arc::clone(&ports.passed),
        };
        let writer = store::start(home.database_path(), inbox, Arc::clone(&config), around)?;
        let reader = Arc::new(LogReader::open_path(home.database_path(), Some(store.clone()))?);
        let (status, statuses) = watch::channel(Arc::new(board.compose(ports.clock.wall()).0));
        let (clicks, _) = broadcast::channel(CLICKS);
        let (control, controls) = mpsc::channel(16);
        let stop = CancellationToken::new();
        let network = Arc::new(Network::default());
        let supervisor = Supervisor {
            store: store.clone(),
            board: Arc::clone(&board),
            ports: ports.clone(),
            network: Arc::clone(&network),
            running: HashMap::new(),
        };
        let dispatcher = Dispatcher {
            store: store.clone(),
            ports: ports.clone(),
            board: Arc::clone(&board),
            deliveries,
            clicks: clicks.clone(),
        };
        let publisher = {
            let (board, clock) = (Arc::clone(&board), Arc::clone(&ports.clock));
            let stop = stop.clone();
            async move {
                tokio::select! {
                    () = board.publish(status, clock) => {}
                    () = stop.cancelled() => {}
                }
            }
        };
        let hinted = Arc::clone(&network);
        let waking = {
            let (clock, stop) = (Arc::clone(&ports.clock), stop.clone());
            async move {
                tokio::select! {
                    () = wake::watch(clock, network) => {}
                    () = stop.cancelled() => {}
                }
            }
        };
        let hinting = {
            let watching = hints::watch(Arc::clone(&ports.hints), Arc::clone(&ports.clock), hinted);
            let stop = stop.clone();
            async move {
                tokio::select! {
                    () = watching => {}
                    () = stop.cancelled() => {}
                }
            }
        };
        let handle = EngineHandle(Arc::new(Inner {
            home,
            ports,
            file,
            config_text: Mutex::new(text),
            store,
            board,
            control,
            status: statuses,
            bell: bells,
            clicks,
            reader,
            stop: stop.clone(),
            running: Mutex::new(None),
        }));
        let tasks = vec![
            tokio::spawn(supervisor.run(controls)),
            tokio::spawn(notify::run(dispatcher, stop.clone())),
            tokio::spawn(publisher),
            tokio::spawn(waking),
            tokio::spawn(hinting),
            tokio::spawn(store::remind(
                handle.0.store.clone(),
                Arc::clone(&handle.0.ports.clock),
                stop.clone(),
            )),
            tokio::spawn(handle.clone().follow_config(stop)),
        ];
        *handle.0.running.lock().await = Some(Running { tasks, writer, lock });
        handle.put_in_force(Arc::new((*config).clone())).await;
        Ok(handle)
    }
}

/// The running engine. Clones are handles to the same one.
#[derive(Clone)]
pub struct EngineHandle(Arc<Inner>);

struct Inner {
    home: Home,
    ports: Ports,
    file: ConfigFile,
    /// The text in force, or that was refused; also what makes edits wait for one another.
    config_text: Mutex<String>,
    store: StoreHandle,
    board: Arc<Board>,
    control: mpsc::Sender<Control>,
    status: watch::Receiver<Arc<Status>>,
    bell: watch::Receiver<Rev>,
    clicks: broadcast::Sender<Click>,
    reader: Arc<LogReader>,
    stop: CancellationToken,
    running: Mutex<Option<Running>>,
}

struct Running {
    tasks: Vec<JoinHandle<()>>,
    writer: Writer,
    lock: HomeLock,
}

impl EngineHandle {
    /// What is going on; changes at most five times a second.
    pub fn status(&self) -> watch::Receiver<Arc<Status>> {
        self.0.status.clone()
    }

    /// The newest committed revision of the log.
    pub fn bell(&self) -> watch::Receiver<Rev> {
        self.0.bell.clone()
    }

    /// The log. Its calls block; keep them off an async loop.
    pub fn reader(&self) -> Arc<LogReader> {
        Arc::clone(&self.0.reader)
    }

    /// Notifications as they are clicked.
    pub fn clicks(&self) -> broadcast::Receiver<Click> {
        self.0.clicks.subscribe()
    }

    /// The home that this engine receives for.
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
        self.tell(Command::Mute(mute)).await;
    }

    /// Everything of a feed (or of all) up to this row was seen.
    pub async fn mark_read(&self, feed: Option<FeedId>, up_to: Seq) {
        self.tell(Command::MarkRead { feed, up_to }).await;
    }

    /// Looks at an address before it becomes a feed; 12 s at most.
    pub async fn check_feed(&self, url: &str, secret: Option<NewSecret>) -> CheckReport {
        check(url, secret, &self.0.ports).await
    }

    /// Ends every connection, commits what was received, and gives the home free.
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

    async fn tell(&self, command: Command) {
        // A store that has ended keeps what it has; there is nobody left to tell.
        if self.0.store.send(command).await.is_ok() {
            let _ = self.0.store.sync().await;
        }
    }
}
