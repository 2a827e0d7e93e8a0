//! An engine with ports under the test's control: a temporary home, a clock that can run fast, recorded
//! notifications, a keychain in memory.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bellwire_engine::event::{FeedId, Millis, Reason, Row, RowBody};
use bellwire_engine::ports::{
    BoxFuture, Choice, Clicked, Clock, Hint, Hints, Notification, Notifier, NotifyError, OnHint, Secrets,
};
use bellwire_engine::secrets::{Secret, SecretError};
use bellwire_engine::status::{Connection, FeedStatus, Status};
use bellwire_engine::system::SystemClock;
use bellwire_engine::{At, Engine, EngineHandle, Home, Ports, View};
use tempfile::TempDir;
use tokio::sync::watch;

/// The timeout of a wait.
const PATIENCE: Duration = Duration::from_secs(20);

/// A clock that runs faster than real time.
pub struct FastClock {
    real: SystemClock,
    start: Millis,
    times: u32,
    /// The total of the wall clock's jumps, in milliseconds.
    ahead: watch::Sender<Millis>,
}

impl FastClock {
    /// Creates a clock that runs `times` as fast as real time.
    pub fn new(times: u32) -> Self {
        let real = SystemClock::new();
        Self { start: real.wall(), real, times, ahead: watch::Sender::new(0) }
    }

    /// Simulates a sleep of the machine: the wall clock jumps by `time`, the monotonic clock does not.
    pub fn sleep_through(&self, time: Duration) {
        self.ahead.send_modify(|ahead| *ahead += Millis::try_from(time.as_millis()).unwrap());
    }
}

impl Clock for FastClock {
    fn wall(&self) -> Millis {
        self.start + (self.real.wall() - self.start) * Millis::from(self.times) + *self.ahead.borrow()
    }

    fn mono(&self) -> Duration {
        self.real.mono() * self.times
    }

    fn sleep(&self, time: Duration) -> BoxFuture<'static, ()> {
        self.real.sleep(time / self.times)
    }

    fn jumped(&self) -> BoxFuture<'static, ()> {
        let mut ahead = self.ahead.subscribe();
        Box::pin(async move {
            if ahead.changed().await.is_err() {
                std::future::pending::<()>().await;
            }
        })
    }
}

/// Records every notification that it is asked to show.
pub struct Ledger {
    shown: watch::Sender<Vec<Notification>>,
    clicks: Mutex<HashMap<i64, Clicked>>,
}

impl Ledger {
    fn new() -> Self {
        Self { shown: watch::Sender::new(Vec::new()), clicks: Mutex::default() }
    }

    /// Waits for at least `at_least` notifications, and returns all so far.
    pub async fn shown(&self, at_least: usize) -> Vec<Notification> {
        let mut shown = self.shown.subscribe();
        let found = tokio::time::timeout(PATIENCE, shown.wait_for(|all| all.len() >= at_least)).await;
        match found {
            Ok(all) => all.expect("a ledger").clone(),
            Err(_) => panic!("{at_least} notifications expected: {:#?}", self.shown.borrow()),
        }
    }

    /// Returns the number of notifications so far.
    pub fn count(&self) -> usize {
        self.shown.borrow().len()
    }

    /// Clicks the notification with this key.
    pub fn click(&self, key: i64) {
        self.choose(key, Choice::Show);
    }

    /// Clicks the link of the notification with this key.
    pub fn click_link(&self, key: i64) {
        self.choose(key, Choice::Link);
    }

    fn choose(&self, key: i64, choice: Choice) {
        let clicked = self.clicks.lock().unwrap().remove(&key).expect("a notification of this key");
        clicked(choice);
    }
}

impl Notifier for Ledger {
    fn show(&self, notification: Notification, clicked: Clicked) -> BoxFuture<'_, Result<(), NotifyError>> {
        Box::pin(async move {
            self.clicks.lock().unwrap().insert(notification.key, clicked);
            self.shown.send_modify(|all| all.push(notification));
            Ok(())
        })
    }
}

/// A keychain in memory.
#[derive(Default)]
pub struct MemoryKeychain(Mutex<HashMap<String, Secret>>);

impl Secrets for MemoryKeychain {
    fn get(&self, name: &str) -> BoxFuture<'_, Result<Secret, SecretError>> {
        let found = self.0.lock().unwrap().get(name).cloned().ok_or(SecretError::Missing(name.to_owned()));
        Box::pin(async { found })
    }

    fn set(&self, name: &str, secret: Secret) -> BoxFuture<'_, Result<(), SecretError>> {
        self.0.lock().unwrap().insert(name.to_owned(), secret);
        Box::pin(async { Ok(()) })
    }

    fn remove(&self, name: &str) -> BoxFuture<'_, Result<bool, SecretError>> {
        let is_gone = self.0.lock().unwrap().remove(name).is_some();
        Box::pin(async move { Ok(is_gone) })
    }
}

/// Hints that a test gives.
#[derive(Default)]
pub struct GivenHints(Arc<Mutex<Vec<OnHint>>>);

impl GivenHints {
    /// Sends a hint to every engine that uses these.
    pub fn give(&self, hint: Hint) {
        self.0.lock().unwrap().iter().for_each(|tell| tell(hint));
    }
}

impl Hints for GivenHints {
    fn follow(&self, tell: OnHint) -> BoxFuture<'static, ()> {
        self.0.lock().unwrap().push(tell);
        Box::pin(std::future::pending())
    }
}

/// The environment of one engine, in which the engine can be stopped and started again.
pub struct World {
    dir: TempDir,
    /// The recorded notifications.
    pub ledger: Arc<Ledger>,
    /// The keychain.
    pub keychain: Arc<MemoryKeychain>,
    /// The clock.
    pub clock: Arc<FastClock>,
    /// The hints of the system.
    pub hints: Arc<GivenHints>,
}

impl World {
    /// Creates an environment with this `config.toml` and real time.
    pub fn new(config: &str) -> Self {
        Self::at_speed(config, 1)
    }

    /// Creates an environment with this `config.toml`, in which time runs `times` as fast.
    pub fn at_speed(config: &str, times: u32) -> Self {
        let world = Self {
            dir: TempDir::new().unwrap(),
            ledger: Arc::new(Ledger::new()),
            keychain: Arc::default(),
            clock: Arc::new(FastClock::new(times)),
            hints: Arc::default(),
        };
        world.write_config(config);
        world
    }

    /// Creates an environment with this `config.toml` and real time, whose keychain has these secrets: name and text.
    pub async fn with_secrets(config: &str, secrets: &[(&str, &str)]) -> Self {
        let world = Self::new(config);
        for (name, text) in secrets {
            world.keychain.set(name, Secret::new(*text)).await.unwrap();
        }
        world
    }

    /// Returns the folder of the home.
    pub fn dir(&self) -> &Path {
        self.dir.path()
    }

    /// Returns the path of the log's database.
    pub fn database_path(&self) -> PathBuf {
        self.dir.path().join("bellwire.db")
    }

    /// Writes `config.toml`, as an editor does.
    pub fn write_config(&self, text: &str) {
        std::fs::write(self.dir.path().join("config.toml"), text).unwrap();
    }

    /// Returns the text of `config.toml`.
    pub fn config(&self) -> String {
        std::fs::read_to_string(self.dir.path().join("config.toml")).unwrap()
    }

    /// Returns path and text of each file in the home and its folders. Bytes that are not UTF-8 are replaced.
    pub fn files(&self) -> Vec<(PathBuf, String)> {
        let mut files = Vec::new();
        let mut dirs = vec![self.dir().to_owned()];
        while let Some(dir) = dirs.pop() {
            for entry in std::fs::read_dir(dir).unwrap() {
                let path = entry.unwrap().path();
                if path.is_dir() {
                    dirs.push(path);
                } else {
                    let text = String::from_utf8_lossy(&std::fs::read(&path).unwrap()).into_owned();
                    files.push((path, text));
                }
            }
        }
        files
    }

    /// Starts the engine.
    pub async fn start(&self) -> EngineHandle {
        Engine::start(Home::at(self.dir.path()), self.ports()).await.unwrap()
    }

    /// Returns the ports of this environment. Random numbers are always 0.5.
    pub fn ports(&self) -> Ports {
        Ports {
            clock: Arc::clone(&self.clock) as Arc<dyn Clock>,
            notifier: Arc::clone(&self.ledger) as Arc<dyn Notifier>,
            secrets: Arc::clone(&self.keychain) as Arc<dyn Secrets>,
            hints: Arc::clone(&self.hints) as Arc<dyn Hints>,
            chance: Arc::new(|| 0.5),
            reached: Arc::new(|_| {}),
        }
    }
}

/// Waits until the status meets the condition, and returns it.
pub async fn status(engine: &EngineHandle, is_so: impl Fn(&Status) -> bool) -> Arc<Status> {
    let mut status = engine.status();
    let found = tokio::time::timeout(PATIENCE, status.wait_for(|status| is_so(status))).await;
    match found {
        Ok(found) => Arc::clone(&found.unwrap()),
        Err(_) => panic!("the status never came to be as expected: {:#?}", engine.status().borrow()),
    }
}

/// Waits until the first feed's status meets the condition, and returns it.
pub async fn feed(engine: &EngineHandle, is_so: impl Fn(&FeedStatus) -> bool) -> FeedStatus {
    status(engine, |status| status.feeds.first().is_some_and(&is_so)).await.feeds[0].clone()
}

/// A feed that waits for a person.
pub struct Parked {
    /// The feed's id.
    pub id: FeedId,
    /// Why it waits.
    pub reason: Reason,
    /// When it is tried again by itself; `None` for never.
    pub retry_at: Option<Millis>,
}

/// Waits until the first feed is parked, and returns why.
pub async fn parked(engine: &EngineHandle) -> Parked {
    let found = feed(engine, |feed| matches!(feed.connection, Connection::Parked { .. })).await;
    let Connection::Parked { reason, retry_at, .. } = found.connection else { unreachable!() };
    Parked { id: found.id, reason, retry_at }
}

/// Waits until the first feed waits or is parked, and returns why.
pub async fn failure(engine: &EngineHandle) -> Reason {
    let is_failed =
        |feed: &FeedStatus| matches!(feed.connection, Connection::Waiting { .. } | Connection::Parked { .. });
    match feed(engine, is_failed).await.connection {
        Connection::Waiting { reason, .. } | Connection::Parked { reason, .. } => reason,
        _ => unreachable!(),
    }
}

/// Waits until the rows of the log meet the condition, and returns them.
pub async fn rows(engine: &EngineHandle, is_so: impl Fn(&[Row]) -> bool) -> Vec<Row> {
    let mut bell = engine.bell();
    let search = async {
        loop {
            bell.borrow_and_update();
            let rows = all_rows(engine);
            if is_so(&rows) {
                return rows;
            }
            bell.changed().await.unwrap();
        }
    };
    match tokio::time::timeout(PATIENCE, search).await {
        Ok(rows) => rows,
        Err(_) => panic!("the log never came to be as expected: {:#?}", all_rows(engine)),
    }
}

/// Waits for at least `count` events, and returns the data of all.
pub async fn data(engine: &EngineHandle, count: usize) -> Vec<String> {
    let events = |rows: &[Row]| rows.iter().filter(|row| matches!(row.body, RowBody::Event(_))).count();
    data_of(&rows(engine, |rows| events(rows) >= count).await)
}

/// Returns the data of the events among these rows.
pub fn data_of(rows: &[Row]) -> Vec<String> {
    let data = rows.iter().filter_map(|row| match &row.body {
        RowBody::Event(event) => Some(event.data.clone()),
        _ => None,
    });
    data.collect()
}

fn all_rows(engine: &EngineHandle) -> Vec<Row> {
    engine.reader().page(&View::default(), At::Newest, 100_000).unwrap().rows
}
