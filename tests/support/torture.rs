//! A receiver that is killed without warning, again and again, under load; and the three ledgers compared.

use std::collections::HashMap;
use std::process::{Child, Command, Stdio};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::time::{Duration, Instant};

use tempfile::TempDir;

use super::desktop::{Options, VirtualDesktop};
use super::history::History;
use super::notifyd::NotificationDaemon;
use super::{programs, wait};

/// What to do to it.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// How many times to kill it.
    pub kills: u32,
    /// Chooses the moments.
    pub seed: u64,
    /// Events published a second; each fiftieth notifies.
    pub rate: u32,
}

/// What the ledgers say.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Report {
    /// The seed, to do it again.
    pub seed: u64,
    /// How many times it was killed.
    pub kills: u32,
    /// Events published by the origin.
    pub sent: usize,
    /// Rows of events in the log.
    pub stored: usize,
    /// Published and not in the log.
    pub lost: usize,
    /// In the log more than once.
    pub doubled: usize,
    /// Rows that come before one published earlier.
    pub out_of_order: usize,
    /// Alerts published.
    pub alerts: usize,
    /// Alerts that no notification told.
    pub untold: usize,
    /// Notifications beyond the first of an alert.
    pub repeated: usize,
    /// What `PRAGMA integrity_check` says.
    pub integrity: String,
    /// The longest time from a start to the first row it stored, in milliseconds.
    pub slowest_start_ms: u128,
}

impl Report {
    /// Whether every promise was kept.
    pub fn is_clean(&self) -> bool {
        let nothing_wrong = self.lost + self.doubled + self.out_of_order + self.untold == 0;
        nothing_wrong && self.repeated <= self.kills as usize && self.integrity == "ok"
    }
}

/// Carries a plan out.
pub async fn run(plan: Plan) -> Report {
    let options = Options { tray: false, notifications: false, keychain: false, ..Options::default() };
    let desktop = VirtualDesktop::start_with(&options).expect("a virtual desktop starts");
    let daemon = NotificationDaemon::start(&desktop).await;
    let history = Arc::new(History::start(b"retry: 250\n\n").await);
    let home = TempDir::new().expect("a temporary folder can be made");
    // A limit that no load here reaches: each alert has a notification of its own.
    let config = format!(
        "[notifications]\nburst = 1000\nper = \"1s\"\n[[feed]]\nid = \"load\"\nurl = \"http://{}/\"\n\
         [[feed.rule]]\nevent = \"tick\"\nnotify = false\n",
        history.address()
    );
    std::fs::write(home.path().join("config.toml"), config).expect("the configuration can be written");

    let ends = Arc::new(AtomicBool::new(false));
    let publisher = tokio::spawn(publish(Arc::clone(&history), plan.rate, Arc::clone(&ends)));
    let mut chance = Chance(plan.seed | 1);
    let mut slowest_start_ms = 0;
    for _ in 0..plan.kills {
        let before = newest(&home);
        let start = Instant::now();
        let mut receiver = spawn(&desktop, &home);
        // Now and then it dies before it has done anything at all.
        if chance.below(10) > 0 {
            wait::until("a row after the start", async || (newest(&home) > before).then_some(())).await;
            slowest_start_ms = slowest_start_ms.max(start.elapsed().as_millis());
        }
        tokio::time::sleep(Duration::from_millis(chance.below(150))).await;
        receiver.kill().expect("it can be killed");
        receiver.wait().expect("it ends");
    }
    ends.store(true, Ordering::Relaxed);
    let alerts = publisher.await.expect("the publisher ends");
    let sent: Vec<String> = history.ledger().into_iter().map(|event| event.id).collect();
    let mut receiver = spawn(&desktop, &home);
    let told = |told: &HashMap<String, usize>| alerts.iter().filter(|id| told.contains_key(*id)).count();
    wait::until("all events in the log", async || (stored(&home).len() >= sent.len()).then_some(())).await;
    wait::until("all alerts told", async || (told(&notified(&daemon)) >= alerts.len()).then_some(())).await;
    receiver.kill().expect("it can be killed");
    receiver.wait().expect("it ends");

    let stored = stored(&home);
    let notified = notified(&daemon);
    let (lost, doubled, out_of_order) = compare(&sent, &stored);
    Report {
        seed: plan.seed,
        kills: plan.kills,
        sent: sent.len(),
        stored: stored.len(),
        lost,
        doubled,
        out_of_order,
        alerts: alerts.len(),
        untold: alerts.len() - told(&notified),
        repeated: notified.values().map(|times| times - 1).sum(),
        integrity: integrity(&home),
        slowest_start_ms,
    }
}

/// Publishes until told to end; the ids of the alerts.
async fn publish(history: Arc<History>, rate: u32, ends: Arc<AtomicBool>) -> Vec<String> {
    let mut alerts = Vec::new();
    let mut tick = tokio::time::interval(Duration::from_millis(20));
    let each = (rate / 50).max(1);
    let mut n: u64 = 0;
    while !ends.load(Ordering::Relaxed) {
        tick.tick().await;
        for _ in 0..each {
            n += 1;
            let id = n.to_string();
            let event = if n.is_multiple_of(50) { "alert" } else { "tick" };
            history.publish_text(&id, event, &format!("event {n}"));
            if event == "alert" {
                alerts.push(id);
            }
        }
    }
    alerts
}

fn spawn(desktop: &VirtualDesktop, home: &TempDir) -> Child {
    let mut command: Command = desktop.command(programs::command_line());
    command.arg("--home").arg(home.path()).arg("run");
    command.stdin(Stdio::null()).stdout(Stdio::null()).stderr(Stdio::null());
    desktop.spawn(&mut command).expect("the receiver starts")
}

fn database(home: &TempDir) -> Option<rusqlite::Connection> {
    let path = home.path().join("bellwire.db");
    let flags = rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY;
    rusqlite::Connection::open_with_flags(path, flags).ok()
}

/// The newest row; 0 while there is none.
fn newest(home: &TempDir) -> i64 {
    let newest = database(home).and_then(|db| {
        db.query_row("SELECT coalesce(max(seq), 0) FROM log WHERE kind = 0", [], |row| row.get(0)).ok()
    });
    newest.unwrap_or(0)
}

/// The ids of all stored events, in the order of the log.
fn stored(home: &TempDir) -> Vec<String> {
    let Some(db) = database(home) else { return Vec::new() };
    let Ok(mut statement) = db.prepare("SELECT last_event_id FROM log WHERE kind = 0 ORDER BY seq") else {
        return Vec::new();
    };
    let rows = statement.query_map([], |row| row.get(0)).expect("the log can be read");
    rows.collect::<Result<_, _>>().expect("the log can be read")
}

fn integrity(home: &TempDir) -> String {
    let db = database(home).expect("the log can be opened");
    db.query_row("PRAGMA integrity_check", [], |row| row.get(0)).expect("it can be checked")
}

/// How often each alert was told: its number stands at the end of the body.
fn notified(daemon: &NotificationDaemon) -> HashMap<String, usize> {
    let mut times = HashMap::new();
    for call in daemon.calls() {
        let id = call.body.rsplit(' ').next().unwrap_or_default().to_owned();
        *times.entry(id).or_insert(0) += 1;
    }
    times
}

/// Lost, doubled, out of order.
fn compare(sent: &[String], stored: &[String]) -> (usize, usize, usize) {
    let mut times: HashMap<&String, usize> = HashMap::new();
    for id in stored {
        *times.entry(id).or_insert(0) += 1;
    }
    let lost = sent.iter().filter(|id| !times.contains_key(id)).count();
    let doubled = times.values().map(|n| n - 1).sum();
    let place: HashMap<&String, usize> = sent.iter().enumerate().map(|(n, id)| (id, n)).collect();
    let out_of_order = stored.windows(2).filter(|pair| place.get(&pair[0]) > place.get(&pair[1])).count();
    (lost, doubled, out_of_order)
}

/// Seeded chance (xorshift64*, Vigna 2016): the same seed kills at the same moments.
struct Chance(u64);

impl Chance {
    fn below(&mut self, limit: u64) -> u64 {
        self.0 ^= self.0 >> 12;
        self.0 ^= self.0 << 25;
        self.0 ^= self.0 >> 27;
        (self.0.wrapping_mul(0x2545_F491_4F6C_DD1D) >> 33) % limit
    }
}

#[cfg(test)]
mod tests {
    use super::compare;

    fn ids(text: &str) -> Vec<String> {
        text.split_whitespace().map(str::to_owned).collect()
    }

    #[test]
    fn the_oracle_sees_what_is_lost_doubled_and_out_of_order() {
        assert_eq!(compare(&ids("1 2 3"), &ids("1 2 3")), (0, 0, 0));
        assert_eq!(compare(&ids("1 2 3"), &ids("1 3")), (1, 0, 0));
        assert_eq!(compare(&ids("1 2 3"), &ids("1 2 2 3")), (0, 1, 0));
        assert_eq!(compare(&ids("1 2 3"), &ids("2 1 3")), (0, 0, 1));
    }
}
