//! Origins under load, proxies before them, a notification daemon with a ledger, and a home to receive for.

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

/// How long all that was published may take to be there at the end, when nothing disturbs any more.
const SETTLING: Duration = Duration::from_secs(120);

/// How much is published.
#[derive(Clone, Copy, Debug)]
pub struct Load {
    /// Feeds, each with an origin of its own.
    pub feeds: usize,
    /// Events a second of each.
    pub rate: u32,
    /// Every how many of them one notifies.
    pub alert_every: u64,
}

/// One feed and what it comes from.
pub struct Feed {
    /// Its id.
    pub name: String,
    /// Its origin.
    pub history: Arc<History>,
    /// What stands before that.
    pub proxy: Arc<Proxy>,
    publisher: JoinHandle<Vec<String>>,
}

/// All of it.
pub struct Stage {
    /// The feeds.
    pub feeds: Vec<Feed>,
    /// The ledger of notifications.
    pub daemon: NotificationDaemon,
    home: TempDir,
    desktop: VirtualDesktop,
    is_over: Arc<AtomicBool>,
}

impl Stage {
    /// Publishes from now on; nobody receives yet.
    pub async fn start(load: Load) -> Self {
        let options = Options { tray: false, notifications: false, keychain: false, ..Options::default() };
        let desktop = VirtualDesktop::start_with(&options).expect("a virtual desktop starts");
        let daemon = NotificationDaemon::start(&desktop).await;
        let home = TempDir::new().expect("a temporary folder can be made");
        let is_over = Arc::new(AtomicBool::new(false));
        let mut feeds = Vec::new();
        // A limit that no load here reaches: each alert has a notification of its own.
        let mut config = "[notifications]\nburst = 1000\nper = \"1s\"\n".to_owned();
        for n in 0..load.feeds {
            let name = format!("feed-{n}");
            let history = Arc::new(History::start(b"retry: 250\n\n").await);
            let proxy = Arc::new(Proxy::start(history.address(), &[]).await);
            config += &format!(
                "[[feed]]\nid = \"{name}\"\nurl = \"{}\"\nidle_timeout = \"2s\"\n\
                 [[feed.rule]]\nevent = \"tick\"\nnotify = false\n",
                proxy.url("/")
            );
            let publisher =
                tokio::spawn(publish(Arc::clone(&history), name.clone(), load, Arc::clone(&is_over)));
            feeds.push(Feed { name, history, proxy, publisher });
        }
        std::fs::write(home.path().join("config.toml"), config).expect("the configuration can be written");
        Self { feeds, daemon, home, desktop, is_over }
    }

    /// The log.
    pub fn log(&self) -> Log<'_> {
        Log(self.home.path())
    }

    /// Starts `bellwire run`.
    pub fn receive(&self) -> Receiver {
        self.spawn(&programs::command_line(), &["--home", self.home_path(), "run"])
    }

    /// Starts a receiver that dies the `nth` time it passes this step.
    pub fn receive_until(&self, step: &str, nth: u32) -> Receiver {
        self.spawn(&programs::crash_point(), &[self.home_path(), step, &nth.to_string()])
    }

    /// Waits for a row newer than `before`; how long that took, or nothing when none came within `limit`.
    pub async fn row_after(&self, before: i64, limit: Duration) -> Option<Duration> {
        let start = Instant::now();
        wait::within(limit, async || (self.log().newest(None) > before).then_some(())).await?;
        Some(start.elapsed())
    }

    /// Ends the publishing, lets everything work again, receives until all is there, and compares.
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
        // What never comes is for the ledgers to tell.
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

/// Publishes until it is over; the ids of the alerts.
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
