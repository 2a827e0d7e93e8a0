//! Measures the engine with many feeds, whose server runs in another process.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use bellwire_engine::event::{Millis, Rev, Row, RowBody};
use bellwire_engine::ports::{BoxFuture, Clicked, Clock, Notification, Notifier, NotifyError};
use bellwire_engine::system::SystemClock;
use bellwire_engine::{Engine, EngineHandle, Home, Ports, View};
use bellwire_tests::support::world::World;

use crate::machine::{self, mib, peak_resident, resident};
use crate::sender::Sender;
use crate::words::value;

/// The timeout until all sent events are in the log.
const PATIENCE: Duration = Duration::from_secs(60);

/// The settings of one figure.
pub struct Load {
    /// The title.
    pub title: &'static str,
    /// The number of feeds.
    pub feeds: usize,
    /// The number of events per second of all feeds together.
    pub rate: f64,
    /// The duration, in seconds.
    pub seconds: u64,
    /// The time between two comments of a feed, in seconds.
    pub heartbeat: u64,
    /// One event in this number notifies; 0 for none.
    pub alert_every: usize,
}

impl Load {
    /// Measures and prints the figure. `[--feeds N] [--rate R] [--seconds S]` in `words` change the settings.
    pub async fn run(self, words: &[String]) {
        let feeds = value(words, "--feeds", self.feeds);
        let rate = value(words, "--rate", self.rate);
        let seconds = value(words, "--seconds", self.seconds);
        machine::open_files();
        let settings = [
            ("--feeds", feeds.to_string()),
            ("--rate", rate.to_string()),
            ("--seconds", seconds.to_string()),
            ("--heartbeat-ms", (self.heartbeat * 1000).to_string()),
            ("--alert-every", self.alert_every.to_string()),
        ];
        let settings: Vec<String> = settings.into_iter().flat_map(|(name, v)| [name.into(), v]).collect();
        let mut sender = Sender::start(&settings);
        let world = World::new(&config(feeds, sender.port, "idle_timeout = \"40s\"\n"));
        let before = resident();
        let receiving = Receiving::start(&world).await;
        let mut status = receiving.engine.status();
        status
            .wait_for(|status| status.feeds.iter().filter(|f| f.connection.is_live()).count() == feeds)
            .await
            .expect("an engine");
        let (start, cpu) = (Instant::now(), machine::cpu_time());
        let sent = tokio::task::spawn_blocking(move || (sender.done(), sender));
        let (sent, sender) = sent.await.expect("the sender");
        let cpu = machine::cpu_time().saturating_sub(cpu).as_secs_f64() / start.elapsed().as_secs_f64();
        let all = status.wait_for(|status| status.event_count as usize >= sent.events);
        let is_complete = tokio::time::timeout(PATIENCE, all).await.is_ok();
        let (now, peak) = (resident(), peak_resident());
        let report = receiving.end(feeds, sent.events, self.alert_every).await;
        drop(sender);

        println!("## {}\n", self.title);
        println!(
            "{feeds} feeds, {rate} events a second in all, for {seconds} s; a comment of each feed every {} s; load average {}.\n",
            self.heartbeat,
            machine::load()
        );
        println!("| | |\n|---|---|");
        let complete = if is_complete { "" } else { " (gave up waiting)" };
        println!("| events sent, stored | {}, {}{complete} |", sent.events, report.stored);
        println!(
            "| lost, doubled, out of order | {}, {}, {} |",
            report.lost, report.doubled, report.out_of_order
        );
        println!("| connections beyond one a feed | {} |", sent.connections - feeds);
        println!("| sent to committed | {} |", spread(report.sent_to_commit));
        println!("| received to committed | {} |", spread(report.received_to_commit));
        if self.alert_every > 0 {
            println!(
                "| notifications decided, shown | {}, {} |",
                report.alerts,
                report.received_to_shown.len()
            );
            println!("| received to shown | {} |", spread(report.received_to_shown));
        }
        println!(
            "| resident before the start, at the end, highest | {}, {}, {} |",
            mib(before),
            mib(now),
            mib(peak)
        );
        println!("| processor | {:.1} % of one core |", cpu * 100.0);
    }
}

/// Returns a configuration with `feeds` feeds of one server. `more` is added to each feed.
pub fn config(feeds: usize, port: u16, more: &str) -> String {
    // No load here reaches this flood limit, so each alert gets its own notification.
    let mut text =
        "[notifications]\nburst = 1000\nper = \"1s\"\n[retention]\nmax_events = 1_000_000_000\n".to_owned();
    for n in 0..feeds {
        text += &format!(
            "[[feed]]\nid = \"f{n}\"\nurl = \"http://127.0.0.1:{port}/{n}\"\n{more}\
             [[feed.rule]]\nevent = \"tick\"\nnotify = false\n"
        );
    }
    text
}

/// A running engine, with the times of its commits and notifications.
pub struct Receiving {
    engine: EngineHandle,
    desk: Arc<Desk>,
    commits: tokio::task::JoinHandle<()>,
    stamps: Arc<Mutex<Vec<(Rev, Millis)>>>,
}

/// The measured counts and times.
#[derive(Default)]
struct Report {
    stored: usize,
    lost: usize,
    doubled: usize,
    out_of_order: usize,
    alerts: usize,
    sent_to_commit: Vec<Millis>,
    received_to_commit: Vec<Millis>,
    received_to_shown: Vec<Millis>,
}

impl Receiving {
    async fn start(world: &World) -> Self {
        let desk = Arc::new(Desk::default());
        let notifier = Arc::clone(&desk) as Arc<dyn Notifier>;
        let ports = Ports { notifier, ..world.ports() };
        let engine = Engine::start(Home::at(world.dir()), ports).await.expect("an engine");
        assert!(!engine.status().borrow().feeds.is_empty(), "the configuration is taken");
        let stamps = Arc::new(Mutex::new(Vec::new()));
        let (mut bell, kept) = (engine.bell(), Arc::clone(&stamps));
        let commits = tokio::spawn(async move {
            let clock = SystemClock::new();
            while bell.changed().await.is_ok() {
                let rev = *bell.borrow_and_update();
                kept.lock().expect("stamps").push((rev, clock.wall()));
            }
        });
        Self { engine, desk, commits, stamps }
    }

    /// Returns all rows of a log, oldest first.
    pub fn rows(engine: &EngineHandle) -> Vec<Row> {
        let mut rows = Vec::new();
        each_row(engine, |row| rows.push(row));
        rows
    }

    async fn end(self, feeds: usize, sent: usize, alert_every: usize) -> Report {
        self.commits.abort();
        let stamps = self.stamps.lock().expect("stamps").clone();
        let shown: HashMap<String, Millis> =
            self.desk.shown.lock().expect("a desk").iter().cloned().collect();
        let mut report = Report::default();
        let mut next = vec![0_usize; feeds];
        let mut seen = std::collections::HashSet::new();
        each_row(&self.engine, |row| {
            let RowBody::Event(event) = row.body else { return };
            report.stored += 1;
            let feed: usize = row.feed.as_str()[1..].parse().expect("the number of a feed");
            let n: usize = event.last_event_id.parse().expect("the number of an event");
            report.doubled += usize::from(!seen.insert((feed, n)));
            report.out_of_order += usize::from(n != next[feed]);
            next[feed] = n + 1;
            let at = stamps.partition_point(|(rev, _)| *rev < row.rev);
            // The last commit may have no time, if recording ended before it.
            if let Some((_, committed)) = stamps.get(at) {
                report.received_to_commit.push(committed - row.at);
                report.sent_to_commit.push(committed - sent_at(&event.data));
            }
            if alert_every > 0 && event.event_type == "alert" {
                report.alerts += 1;
                let told = shown.get(&format!("{feed}:{n}"));
                report.received_to_shown.extend(told.map(|shown| shown - row.at));
            }
        });
        report.lost = sent - seen.len();
        self.engine.shutdown().await;
        report
    }
}

/// A desktop that records when each notification arrived.
#[derive(Default)]
struct Desk {
    shown: Mutex<Vec<(String, Millis)>>,
}

impl Notifier for Desk {
    fn show(&self, notification: Notification, _: Clicked) -> BoxFuture<'_, Result<(), NotifyError>> {
        let at = SystemClock::new().wall();
        self.shown.lock().expect("a desk").push((notification.body, at));
        Box::pin(async { Ok(()) })
    }
}

fn each_row(engine: &EngineHandle, mut take: impl FnMut(Row)) {
    let mut rev = Rev(0);
    loop {
        let changes = engine.reader().changes(&View::default(), rev, 5_000).expect("the log");
        rev = changes.rev;
        changes.rows.into_iter().for_each(&mut take);
        if !changes.more {
            return;
        }
    }
}

/// Returns when the sender sent this event, in milliseconds, from its data.
fn sent_at(data: &str) -> Millis {
    let digits = data.trim_start_matches("{\"sent\":").split(',').next().unwrap_or_default();
    digits.parse::<Millis>().expect("a time of the sender") / 1000
}

fn spread(mut delays: Vec<Millis>) -> String {
    delays.sort_unstable();
    if delays.is_empty() {
        return "none".into();
    }
    let at = |part: f64| delays[((delays.len() - 1) as f64 * part).ceil() as usize];
    format!("p50 {} ms, p99 {} ms, worst {} ms", at(0.5), at(0.99), at(1.0))
}
