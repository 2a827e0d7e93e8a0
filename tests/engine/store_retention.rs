//! Retention: which rows are deleted, when, and which are kept.

use std::sync::Arc;
use std::time::Duration;

use bellwire_engine::config::parse;
use bellwire_engine::event::{Millis, Row, RowBody};
use bellwire_engine::{At, Engine, EngineHandle, Home, Ports, View};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::steered::{ClosableDesktop, SteeredClock};
use bellwire_tests::support::wait::until;
use bellwire_tests::support::world::{World, data, feed, rows, status};

const DAY: Duration = Duration::from_secs(24 * 3600);
const DAY_MILLIS: Millis = 24 * 3600 * 1000;

fn config(origin: &Origin, retention: &str) -> String {
    let url = origin.url("/");
    format!("[retention]\n{retention}\n[[feed]]\nid = \"f\"\nurl = \"{url}\"\nidle_timeout = \"off\"\n")
}

/// Returns events with these numbers; every tenth is an alarm.
fn events(numbers: std::ops::Range<usize>) -> String {
    let event = |n: usize| match n % 10 {
        0 => format!("event: alarm\nid: {n}\ndata: {n}\n\n"),
        _ => format!("id: {n}\ndata: {n}\n\n"),
    };
    numbers.map(event).collect()
}

async fn start(world: &World, clock: &Arc<SteeredClock>) -> EngineHandle {
    let ports = Ports { clock: Arc::clone(clock) as _, ..world.ports() };
    Engine::start(Home::at(world.dir()), ports).await.unwrap()
}

fn all(engine: &EngineHandle, notified: bool) -> (Vec<Row>, u64) {
    let page = engine.reader().page(&View { notified, ..View::default() }, At::Newest, 1_000_000).unwrap();
    (page.rows, page.total)
}

/// Lets time pass, one run of retention after the other, until `count` events are left: a waiting delivery keeps
/// its row for a while.
async fn passes_until(clock: &SteeredClock, engine: &EngineHandle, count: u64) {
    until("the old rows to go", async || {
        clock.pass(Duration::from_secs(600));
        (engine.status().borrow().feeds[0].count == count).then_some(())
    })
    .await;
}

#[test]
fn retention_has_defaults_and_can_be_switched_off_by_age() {
    let retention = |text: &str| parse(&format!("[retention]\n{text}\n")).unwrap().retention;
    assert_eq!((retention("").max_age, retention("").max_events), (Some(30 * DAY), 1_000_000));
    assert_eq!(retention("max_age = \"off\"").max_age, None);
    assert_eq!(retention("max_age = \"2w\"").max_age, Some(14 * DAY));
    assert_eq!(retention("max_age = \"12h\"\nmax_events = 5_000").max_events, 5_000);
    for wrong in ["max_age = \"soon\"", "max_age = \"1s\"", "max_events = 10", "max_events = -1"] {
        let error = parse(&format!("[retention]\n{wrong}\n")).unwrap_err();
        assert_eq!(error.problems[0].line, 2, "{error}");
    }
}

#[tokio::test]
async fn retention_keeps_the_newest_events_and_all_counts_match() {
    let mut origin = Origin::start(vec![Scene::stream(&events(0..30_000)), Scene::stream("")]).await;
    let world = World::new(&config(&origin, "max_events = 1_000"));
    let clock = Arc::new(SteeredClock::default());
    let engine = start(&world, &clock).await;
    feed(&engine, |feed| feed.last_event_id == "29999").await;
    passes_until(&clock, &engine, 1_000).await;
    let kept = feed(&engine, |feed| feed.count == 1_000).await;
    assert_eq!((kept.unread, kept.last_event_id.as_str()), (100, "29999"));
    let (rows, total) = all(&engine, false);
    assert_eq!(rows.len() as u64, total);
    assert_eq!(data(&engine, 1_000).await[0], "29000");
    let (alerts, total) = all(&engine, true);
    assert_eq!((alerts.len(), total), (100, 100));
    engine.mark_read(None, alerts[49].seq).await;
    feed(&engine, |feed| feed.unread == 50).await;
    engine.shutdown().await;

    let engine = start(&world, &clock).await;
    let again = feed(&engine, |feed| feed.connection.is_live()).await;
    assert_eq!((again.count, again.unread), (1_000, 50), "counted again it is the same");
    assert_eq!(origin.asked(2).await[1].header("last-event-id"), Some("29999"));
    engine.shutdown().await;
}

#[tokio::test]
async fn old_rows_are_deleted_and_the_feed_keeps_its_cursor() {
    let mut origin = Origin::start(vec![Scene::stream(&events(1..200)), Scene::stream("")]).await;
    let world = World::new(&config(&origin, "max_age = \"30d\""));
    let clock = Arc::new(SteeredClock::default());
    let engine = start(&world, &clock).await;
    data(&engine, 199).await;
    clock.pass(20 * DAY);
    origin.send(&events(200..300));
    data(&engine, 299).await;
    clock.pass(11 * DAY);
    passes_until(&clock, &engine, 100).await;
    assert_eq!(data(&engine, 100).await[0], "200");
    clock.pass(20 * DAY);
    passes_until(&clock, &engine, 0).await;
    let empty = feed(&engine, |feed| feed.count == 0).await;
    assert_eq!((empty.unread, empty.last_event_id.as_str()), (0, "299"));
    engine.shutdown().await;
    let engine = start(&world, &clock).await;
    assert_eq!(origin.asked(2).await[1].header("last-event-id"), Some("299"));
    engine.shutdown().await;
}

/// Makes retention run, and waits until it has: 1,000 events are left.
async fn look(world: &World, engine: &EngineHandle, origin: &Origin) {
    world.write_config(&config(origin, "max_age = \"30d\"\nmax_events = 1_000"));
    feed(engine, |feed| feed.count <= 1_000).await;
    engine.set_mute(bellwire_engine::event::Mute::Off).await;
    assert_eq!(feed(engine, |_| true).await.count, 1_000, "only what is too much went");
}

#[tokio::test]
async fn a_clock_that_jumps_ahead_deletes_nothing_for_a_day() {
    let origin = Origin::start(vec![Scene::stream(&events(0..1_100))]).await;
    let world = World::new(&config(&origin, "max_age = \"30d\""));
    let clock = Arc::new(SteeredClock::default());
    let engine = start(&world, &clock).await;
    feed(&engine, |feed| feed.count == 1_100).await;
    clock.set_by(31 * DAY_MILLIS);
    look(&world, &engine, &origin).await;
    clock.pass(DAY + Duration::from_secs(600));
    passes_until(&clock, &engine, 0).await;
    engine.shutdown().await;
}

#[tokio::test]
async fn rows_stored_while_the_clock_was_a_day_behind_are_not_deleted_early() {
    let origin = Origin::start(vec![Scene::stream(&events(0..1_090))]).await;
    let world = World::new(&config(&origin, "max_age = \"30d\""));
    let clock = Arc::new(SteeredClock::default());
    let engine = start(&world, &clock).await;
    feed(&engine, |feed| feed.count == 1_090).await;
    clock.set_by(-DAY_MILLIS);
    origin.send(&events(1_090..1_100));
    feed(&engine, |feed| feed.count == 1_100).await;
    clock.set_by(DAY_MILLIS);
    clock.pass(29 * DAY + DAY / 2);
    look(&world, &engine, &origin).await;
    assert_eq!(data(&engine, 1_000).await.last().unwrap(), "1099");
    clock.pass(DAY);
    passes_until(&clock, &engine, 0).await;
    engine.shutdown().await;
}

#[tokio::test]
async fn the_row_of_a_waiting_notification_is_kept_until_it_is_shown() {
    let body = "event: alarm\nid: 1\ndata: the dam breaks\n\ndata: nothing\n\n";
    let origin = Origin::start(vec![Scene::stream(body)]).await;
    let world = World::new(&config(&origin, ""));
    let clock = Arc::new(SteeredClock::default());
    let desktop = Arc::new(ClosableDesktop::before(world.ports().notifier));
    let ports =
        Ports { clock: Arc::clone(&clock) as _, notifier: Arc::clone(&desktop) as _, ..world.ports() };
    let engine = Engine::start(Home::at(world.dir()), ports).await.unwrap();
    data(&engine, 2).await;
    clock.pass(31 * DAY);
    passes_until(&clock, &engine, 1).await;
    assert_eq!(data(&engine, 1).await, ["the dam breaks"]);
    desktop.open();
    clock.pass(Duration::from_secs(600));
    let shown = world.ledger.shown(1).await;
    assert!(shown[0].body.ends_with("the dam breaks"), "{shown:?}");
    passes_until(&clock, &engine, 0).await;
    engine.shutdown().await;
}

#[tokio::test]
async fn a_retry_row_that_was_deleted_is_written_again() {
    let origin = Origin::start(vec![Scene::status(503, &[])]).await;
    let world = World::new(&config(&origin, ""));
    let clock = Arc::new(SteeredClock::default());
    let engine = start(&world, &clock).await;
    let waits = |rows: &[Row]| rows.iter().any(|row| matches!(row.body, RowBody::Reconnecting(_)));
    let first = rows(&engine, waits).await[0].seq;
    // Retention runs as time passes, and so do attempts.
    for _ in 0..3 {
        clock.pass(31 * DAY);
        let before = origin.count();
        feed(&engine, |_| origin.count() > before).await;
    }
    rows(&engine, |rows| waits(rows) && rows.iter().all(|row| row.seq > first)).await;
    engine.shutdown().await;
}

#[tokio::test]
async fn removing_a_feed_with_its_events_deletes_no_other_rows() {
    let origin = Origin::start(vec![Scene::stream(&events(0..3_000)), Scene::stream(&events(0..100))]).await;
    let second = format!("[[feed]]\nid = \"g\"\nurl = \"{}\"\n", origin.url("/g"));
    let world = World::new(&(config(&origin, "") + &second));
    let engine = world.start().await;
    let full = status(&engine, |status| status.event_count == 3_100).await;
    let larger = full.feeds.iter().max_by_key(|feed| feed.count).unwrap().id.clone();
    engine.remove_feed(&larger, true).await.unwrap();
    status(&engine, |status| status.event_count == 100).await;
    let (rows, total) = all(&engine, false);
    assert!(rows.iter().all(|row| row.feed != larger));
    assert_eq!(rows.len() as u64, total);
    engine.shutdown().await;
}
