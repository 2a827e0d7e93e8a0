//! The public door: start the engine, ask it, change what it does, end it.

use std::collections::HashMap;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::{Mutex, Notify, broadcast, mpsc, oneshot, watch};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::board::Board;
use crate::check::{CheckReport, check};
use crate::config::{Auth, Config, ConfigError, ConfigFile, EditError, NewFeed, feed_url, free_id, name_for};
use crate::event::{FeedId, Rev, Seq, Severity};
use crate::feed::{Control, Network, Supervisor};
use crate::hints;
use crate::home::{Home, HomeError, HomeLock, private_file};
use crate::notify::{self, Dispatcher};
use crate::ports::Ports;
use crate::secrets::Secret;
use crate::status::{Mute, Problem, ProblemKind, Status};
use crate::store::{self, Command, LogReader, StoreError, StoreHandle, Surroundings, Writer};
use crate::wake;
use crate::watch::FileWatch;

/// How long a change of the configuration may go on before it is read: editors write in steps.
const SETTLE: Duration = Duration::from_millis(100);
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

    /// Puts every change of the file in force, and says what is wrong with one that cannot be.
    async fn follow_config(self, stop: CancellationToken) {
        let mut watch = match FileWatch::start(self.0.home.config_path()) {
            Ok(watch) => watch,
            Err(error) => {
                tracing::warn!(%error, "changes of config.toml are not noticed; restart to read them");
                return;
            }
        };
        loop {
            tokio::select! {
                () = watch.changed() => {}
                () = stop.cancelled() => return,
            }
            self.0.ports.clock.sleep(SETTLE).await;
            self.reload().await;
        }
    }

    async fn reload(&self) {
        let mut text = self.0.config_text.lock().await;
        let (read, loaded) = match read(&self.0.file, &self.0.home) {
            Ok(read) => read,
            Err(error) => {
                let problem = Problem { kind: self.problem_kind(), message: error.to_string() };
                self.0.board.set_problem(Some(problem), ProblemKind::Config);
                return;
            }
        };
        let names_files = loaded.as_ref().is_ok_and(Config::names_files);
        if read == *text && !names_files {
            return;
        }
        *text = read;
        // A file that cannot be used keeps the whole change out while a person is there to mend it; at the start it
        // parks its own feed and no other.
        match loaded.and_then(|config| config.check_files().map(|()| config)) {
            Ok(config) => {
                self.0.board.set_problem(None, ProblemKind::Config);
                self.put_in_force(Arc::new(config)).await;
            }
            Err(error) => {
                let problem = config_problem(&self.0.home, &error, self.problem_kind());
                tracing::warn!("{problem}");
                self.0.board.set_problem(Some(problem), ProblemKind::Config);
            }
        }
    }

    /// A configuration that was never good leaves nothing in force.
    fn problem_kind(&self) -> ProblemKind {
        let problem = self.0.status.borrow().problem.as_ref().map(|problem| problem.kind);
        if problem == Some(ProblemKind::ConfigAtStart) {
            ProblemKind::ConfigAtStart
        } else {
            ProblemKind::Config
        }
    }

    /// Puts an edit of our own in force; the watch then finds nothing new.
    async fn accept(&self, text: &mut String, config: Config) {
        if let Ok(written) = self.0.file.read() {
            *text = written;
        }
        self.0.board.set_problem(None, ProblemKind::Config);
        self.put_in_force(Arc::new(config)).await;
    }

    async fn put_in_force(&self, config: Arc<Config>) {
        let (done, applied) = oneshot::channel();
        if self.0.control.send(Control::Config(config, done)).await.is_ok() {
            let _ = applied.await;
        }
    }

    async fn tell(&self, command: Command) {
        // A store that has ended keeps what it has; there is nobody left to tell.
        if self.0.store.send(command).await.is_ok() {
            let _ = self.0.store.sync().await;
        }
    }
}

type Loaded = (String, Result<Config, ConfigError>);

fn read(file: &ConfigFile, home: &Home) -> Result<Loaded, StartError> {
    let failed = |source| StartError::ReadConfig { path: home.config_path().to_owned(), source };
    let text = file.read().map_err(failed)?;
    let loaded = file.parse(&text);
    Ok((text, loaded))
}

fn config_problem(home: &Home, error: &ConfigError, kind: ProblemKind) -> Problem {
    let path = home.config_path().display();
    let lines: Vec<String> = error.problems.iter().map(|problem| format!("{path}: {problem}")).collect();
    Problem { kind, message: lines.join("\n") }
}
