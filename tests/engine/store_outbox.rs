//! Notifications that wait for a desktop that rejects them.

use std::sync::Arc;
use std::time::Duration;

use bellwire_engine::event::Severity;
use bellwire_engine::{Engine, EngineHandle, Home, Ports};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::steered::{ClosableDesktop, SteeredClock};
use bellwire_tests::support::wait::until;
use bellwire_tests::support::world::{World, data};

const MINUTE: Duration = Duration::from_secs(60);

fn alarms(event: &str, numbers: std::ops::Range<usize>) -> String {
    numbers.map(|n| format!("event: {event}\nid: {event}-{n}\ndata: {event} {n}\n\n")).collect()
}

fn config(origin: &Origin, language: &str, names: &[&str]) -> String {
    let feed = |name: &&str| {
        let id = name.to_lowercase();
        let url = origin.url(&format!("/{id}"));
        format!(
            "[[feed]]\nid = \"{id}\"\nname = \"{name}\"\nurl = \"{url}\"\nidle_timeout = \"off\"\n\
             severity = {{ critical = [\"outage\"] }}\n"
        )
    };
    format!("[app]\nlanguage = \"{language}\"\n{}", names.iter().map(feed).collect::<String>())
}

struct Closed {
    world: World,
    clock: Arc<SteeredClock>,
    desktop: Arc<ClosableDesktop>,
}

impl Closed {
    fn new(config: &str) -> Self {
        let world = World::new(config);
        let desktop = Arc::new(ClosableDesktop::before(world.ports().notifier));
        Self { world, clock: Arc::default(), desktop }
    }

    async fn start(&self) -> EngineHandle {
        let ports = Ports {
            clock: Arc::clone(&self.clock) as _,
            notifier: Arc::clone(&self.desktop) as _,
            ..self.world.ports()
        };
        Engine::start(Home::at(self.world.dir()), ports).await.unwrap()
    }

    /// Opens the desktop, waits for at least `count` notifications, and returns them.
    async fn opened(&self, count: usize) -> Vec<bellwire_engine::ports::Notification> {
        self.desktop.open();
        until("the waiting to be shown", async || {
            self.clock.pass(MINUTE);
            (self.world.ledger.count() >= count).then_some(())
        })
        .await;
        self.world.ledger.shown(count).await
    }
}

#[tokio::test]
async fn notifications_delayed_over_ten_minutes_become_one_per_feed() {
    // Each feed gets 17 events, two of them critical. The flood limit turns them into seven notifications and a digest.
    let body = alarms("notice", 0..3) + &alarms("outage", 0..2) + &alarms("notice", 3..15);
    let origin = Origin::start(vec![Scene::stream(&body)]).await;
    let closed = Closed::new(&config(&origin, "en", &["Ops", "Lab"]));
    let engine = closed.start().await;
    data(&engine, 34).await;
    closed.desktop.refused().await;
    closed.clock.pass(11 * MINUTE);
    let shown = closed.opened(2).await;
    let mut titles: Vec<&str> = shown.iter().map(|n| n.title.as_str()).collect();
    titles.sort_unstable();
    assert_eq!(
        titles,
        ["Lab: 17 while you were away, 2 critical", "Ops: 17 while you were away, 2 critical"]
    );
    assert!(shown.iter().all(|n| n.body == "notice 15, outage 2. Newest critical: outage 1"), "{shown:#?}");
    assert!(shown.iter().all(|n| n.severity == Severity::Critical));
    // Events from now on are notified in time.
    origin.send(&alarms("notice", 15..16));
    let shown = closed.world.ledger.shown(3).await;
    assert!(shown[2].title.ends_with("· notice"), "{}", shown[2].title);
    engine.shutdown().await;
    assert_eq!(closed.world.ledger.count(), 3);
}

#[tokio::test]
async fn events_that_arrive_while_away_join_the_one_notification() {
    let origin = Origin::start(vec![Scene::stream(&alarms("notice", 0..8)), Scene::stream("")]).await;
    let closed = Closed::new(&config(&origin, "zh-CN", &["Ops"]));
    let engine = closed.start().await;
    data(&engine, 8).await;
    for round in 0..3 {
        closed.clock.pass(11 * MINUTE);
        origin.send(&alarms("outage", round..round + 1));
        data(&engine, 9 + round).await;
    }
    engine.shutdown().await;
    // A restart keeps the waiting notifications.
    closed.clock.pass(11 * MINUTE);
    let engine = closed.start().await;
    let shown = closed.opened(1).await;
    assert_eq!(shown[0].title, "Ops：您离开期间有 11 个事件，其中 3 个严重");
    engine.shutdown().await;
    assert_eq!(closed.world.ledger.count(), 1);
}

#[tokio::test]
async fn a_single_late_notification_shows_its_time_and_a_short_delay_changes_nothing() {
    let origin = Origin::start(vec![Scene::stream(&alarms("notice", 0..1)), Scene::stream("")]).await;
    let closed = Closed::new(&config(&origin, "en", &["Ops"]));
    let engine = closed.start().await;
    data(&engine, 1).await;
    closed.clock.pass(30 * MINUTE);
    let shown = closed.opened(1).await;
    assert!(shown[0].title.ends_with("· notice"), "{}", shown[0].title);
    assert!(shown[0].body.ends_with(": notice 0") && shown[0].body.len() > ": notice 0".len());
    engine.shutdown().await;

    let origin = Origin::start(vec![Scene::stream(&alarms("notice", 0..3)), Scene::stream("")]).await;
    let closed = Closed::new(&config(&origin, "en", &["Ops"]));
    let engine = closed.start().await;
    data(&engine, 3).await;
    closed.clock.pass(5 * MINUTE);
    assert_eq!(closed.opened(3).await.len(), 3);
    engine.shutdown().await;
}
