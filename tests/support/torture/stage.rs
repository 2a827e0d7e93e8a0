//! The environment of a torture run: servers under load behind proxies, a notification service, and a home.

use std::path::Path;
use std::process::Stdio;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;
use tokio::task::JoinHandle;

use super::ledgers::{Ledgers, Log};
use crate::support::desktop::{Options, VirtualDesktop};
use crate::support::history::History;
use crate::support::notifyd::NotificationDaemon;
use crate::support::proxy::Proxy;
use crate::support::receiver::Receiver;
use crate::support::{programs, wait};

/// The timeout, after the last fault, until everything that was published is stored and notified.
const SETTLING: Duration = Duration::from_secs(120);

/// The load.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// The number of feeds, each with its own server.
    pub feeds: usize,
    /// The number of events per second of each feed.
    pub rate: u32,
    /// One event in this number notifies.
    pub alert_every: u64,
}

/// A feed and its server.
pub struct Feed {
    /// The feed's id.
    pub name: String,
    /// The feed's server.
    pub history: Arc<History>,
    /// The proxy in front of the server.
    pub proxy: Arc<Proxy>,
    publisher: JoinHandle<Vec<String>>,
}

/// The environment.
pub struct Stage {
    /// The feeds.
    pub feeds: Vec<Feed>,
    /// The notification service.
    pub daemon: NotificationDaemon,
    home: TempDir,
    desktop: VirtualDesktop,
    is_over: Arc<AtomicBool>,
}

impl Stage {
    /// Starts to publish. No receiver runs yet.
    pub async fn start(load: Load) -> Self {
        let options = Options { tray: false, notifications: false, keychain: false, ..Options::default() };
        let desktop = VirtualDesktop::start_with(&options).expect("a virtual desktop starts");
        let daemon = NotificationDaemon::start(&desktop).await;
        let home = TempDir::new().expect("a temporary folder can be made");
        let is_over = Arc::new(AtomicBool::new(false));
        let mut feeds = Vec::new();
        // No load here reaches this limit, and a critical event is not counted with what is replayed, so each alert gets
        // its own notification.
        let mut config = "[notifications]\nburst = 1000\nper = \"1s\"\n".to_owned();
        for n in 0..load.feeds {
            let name = format!("feed-{n}");
            let history = Arc::new(History::start(b"retry: 250\n\n").await);
            let proxy = Arc::new(Proxy::start(history.address(), &[]).await);
            config += &format!(
                "[[feed]]\nid = \"{name}\"\nurl = \"{}\"\nidle_timeout = \"2s\"\n\
                 severity = {{ critical = [\"alert\"] }}\n[[feed.rule]]\nevent = \"tick\"\nnotify = false\n",
                proxy.url("/")
            );
            let publisher =
                tokio::spawn(publish(Arc::clone(&history), name.clone(), load, Arc::clone(&is_over)));
            feeds.push(Feed { name, history, proxy, publisher });
        }
        std::fs::write(home.path().join("config.toml"), config).expect("the configuration can be written");
        Self { feeds, daemon, home, desktop, is_over }
    }

    /// Returns the log.
    pub fn log(&self) -> Log<'_> {
        Log(self.home.path())
    }

    /// Starts `bellwire run`.
    pub fn receive(&self) -> Receiver {
        self.spawn(&programs::command_line(), &["--home", self.home_path(), "run"])
    }

    /// Starts a receiver that kills itself the `nth` time that it reaches this step.
    pub fn receive_until(&self, step: &str, nth: u32) -> Receiver {
        self.spawn(&programs::crash_point(), &[self.home_path(), step, &nth.to_string()])
    }

    /// Waits for a row newer than `before`, and returns how long that took; `None` if there was none within `limit`.
    pub async fn row_after(&self, before: i64, limit: Duration) -> Option<Duration> {
        let start = Instant::now();
        wait::within(limit, async || (self.log().newest(None) > before).then_some(())).await?;
        Some(start.elapsed())
    }

    /// Stops publishing, ends all faults, receives until everything is stored and notified, and compares.
    pub async fn settle(mut self) -> Ledgers {
        self.is_over.store(true, Ordering::Relaxed);
        for feed in &self.feeds {
            feed.history.come_back();
            feed.proxy.heal();
        }
        self.daemon.come_back().await;
        let mut alerts = Vec::new();
        for feed in &mut self.feeds {
            alerts.extend((&mut feed.publisher).await.expect("the publisher ends"));
        }
        let sent: usize = self.feeds.iter().map(|feed| feed.history.ledger().len()).sum();
        let mut receiver = self.receive();
        // Whatever is still missing after the timeout is found by the comparison.
        let _ = wait::within(SETTLING, async || (self.log().count(None) >= sent).then_some(())).await;
        let untold = || {
            let mut ledgers = Ledgers::default();
            ledgers.add_alerts(&alerts, &self.daemon.calls());
            ledgers.untold
        };
        let _ = wait::within(SETTLING, async || (untold() == 0).then_some(())).await;
        receiver.kill();
        let mut ledgers = Ledgers { integrity: self.log().integrity(), ..Ledgers::default() };
        for feed in &self.feeds {
            let sent: Vec<String> = feed.history.ledger().into_iter().map(|event| event.id).collect();
            ledgers.add_feed(&sent, &self.log().stored(&feed.name));
        }
        ledgers.add_alerts(&alerts, &self.daemon.calls());
        ledgers
    }

    fn home_path(&self) -> &str {
        self.home.path().to_str().expect("the path of a temporary folder is plain")
    }

    fn spawn(&self, program: &Path, words: &[&str]) -> Receiver {
        let mut command = self.desktop.command(program);
        command.args(words).stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
        Receiver::of(self.desktop.spawn(&mut command).expect("the receiver starts"))
    }
}

/// Publishes until `is_over`, and returns the ids of the alerts.
async fn publish(history: Arc<History>, name: String, load: Load, is_over: Arc<AtomicBool>) -> Vec<String> {
    let mut alerts = Vec::new();
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    let each = (load.rate / 50).max(1);
    let mut n: u64 = 0;
    while !is_over.load(Ordering::Relaxed) {
        tick.tick().await;
        for _ in 0..each {
            n += 1;
            let id = format!("{name}-{n}");
            let event = if n.is_multiple_of(load.alert_every) { "alert" } else { "tick" };
            history.publish_text(&id, event, &format!("event {id}"));
            if event == "alert" {
                alerts.push(id);
            }
        }
    }
    alerts
}
