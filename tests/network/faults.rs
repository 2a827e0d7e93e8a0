//! Silence, resets, and servers that end and start again.

use std::time::Duration;

use bellwire_engine::event::{Reason, RowBody};
use bellwire_engine::status::Connection;
use bellwire_tests::support::history::History;
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::proxy::{Fault, Proxy};
use bellwire_tests::support::world::{World, data, feed, rows};

/// The factor by which the clock is faster than real time.
const SPEED: u32 = 20;

async fn behind(history: &History, plan: &[Fault], more: &str) -> (Proxy, World) {
    let proxy = Proxy::start(history.address(), plan).await;
    let world = World::at_speed(
        &format!("[[feed]]\nid = \"ops\"\nurl = \"{}\"\n{more}\n", proxy.url("/stream")),
        SPEED,
    );
    (proxy, world)
}

fn reasons(rows: &[bellwire_engine::event::Row]) -> Vec<Reason> {
    let waits = rows.iter().filter_map(|row| match &row.body {
        RowBody::Reconnecting(wait) => Some(wait.reason.clone()),
        _ => None,
    });
    waits.collect()
}

#[tokio::test]
async fn a_half_open_connection_is_renewed_within_the_idle_timeout_and_five_seconds() {
    let history = History::start(b"").await;
    let (mut proxy, world) = behind(&history, &[Fault::Silence(1)], "idle_timeout = \"30s\"").await;
    let clock = world.ports().clock;
    let engine = world.start().await;
    feed(&engine, |feed| feed.connection.is_live()).await;
    let began = clock.mono();
    history.publish_text("1", "alert", "while silent");
    assert_eq!(data(&engine, 1).await, ["while silent"]);
    let noticed = clock.mono() - began;
    assert_eq!(proxy.connections(2).await, 2);
    assert_eq!(reasons(&rows(&engine, |rows| !rows.is_empty()).await), [Reason::Idle]);
    // The next attempt comes within 2.5 s after the detection. The rest allows for the test machine's delays, times 20.
    assert!(noticed <= Duration::from_secs(30 + 5 + 10), "{noticed:?}");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_reset_is_shown_as_the_reason_and_no_event_is_lost_or_duplicated() {
    let history = History::start(b"retry: 300\n\n").await;
    let (_proxy, world) = behind(&history, &[Fault::Reset(60), Fault::Reset(100), Fault::Cut(150)], "").await;
    let expected: Vec<String> = (0..20).map(|n| format!("event {n}")).collect();
    for (n, text) in expected.iter().enumerate() {
        history.publish_text(&n.to_string(), "alert", text);
    }
    let engine = world.start().await;
    assert_eq!(data(&engine, 20).await, expected);
    let reasons = reasons(&rows(&engine, |_| true).await);
    assert_eq!(reasons, [Reason::Reset, Reason::Reset, Reason::Ended]);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_server_that_goes_away_and_comes_back_is_received_again() {
    let first = Origin::start(vec![Scene::stream("id: 1\ndata: a\n\n")]).await;
    let port = first.port();
    let world = World::at_speed(&format!("[[feed]]\nid = \"ops\"\nurl = \"{}\"\n", first.url("/")), SPEED);
    let engine = world.start().await;
    data(&engine, 1).await;
    first.cut();
    drop(first);
    let is_refused =
        |connection: &Connection| matches!(connection, Connection::Waiting { reason: Reason::Refused, .. });
    feed(&engine, |feed| is_refused(&feed.connection)).await;
    let listener = tokio::net::TcpListener::bind(("127.0.0.1", port)).await.unwrap();
    let mut second = Origin::on(listener, vec![Scene::stream("id: 2\ndata: b\n\n")]);
    assert_eq!(data(&engine, 2).await, ["a", "b"]);
    assert_eq!(second.asked(1).await[0].header("last-event-id"), Some("1"));
    engine.shutdown().await;
}

#[tokio::test]
async fn retry_after_is_the_minimum_delay_and_attempts_stay_under_ninety_an_hour() {
    let scenes = vec![Scene::status(503, &["Retry-After: 40"]), Scene::stream("data: a\n\n")];
    let origin = Origin::start(scenes).await;
    let world = World::at_speed(&format!("[[feed]]\nid = \"ops\"\nurl = \"{}\"\n", origin.url("/")), SPEED);
    let clock = world.ports().clock;
    let began = clock.mono();
    let engine = world.start().await;
    data(&engine, 1).await;
    assert!(clock.mono() - began >= Duration::from_secs(40));
    engine.shutdown().await;

    let mut closing = Origin::start(vec![Scene::ended("retry: 0\n\n")]).await;
    let world = World::at_speed(&format!("[[feed]]\nid = \"ops\"\nurl = \"{}\"\n", closing.url("/")), 200);
    let clock = world.ports().clock;
    let began = clock.mono();
    let engine = world.start().await;
    closing.asked(35).await;
    let hours = (clock.mono() - began).as_secs_f64() / 3600.0;
    let most = 90.0 * hours.max(1.0);
    assert!(closing.count() as f64 <= most, "{} attempts in {hours} h", closing.count());
    assert!(hours > 0.06, "30 in a burst, then one a minute: {hours} h");
    engine.shutdown().await;
}

#[tokio::test]
async fn after_a_sleep_dead_connections_are_renewed_within_five_seconds_and_live_ones_kept() {
    let dead = History::start(b"").await;
    let (mut proxy, world) = behind(&dead, &[Fault::Silence(0)], "idle_timeout = \"off\"").await;
    let alive = Origin::start(vec![Scene::stream("id: 1\ndata: a\n\n")]).await;
    world.write_config(&format!(
        "{}\n[[feed]]\nid = \"alive\"\nurl = \"{}\"\n",
        world.config(),
        alive.url("/")
    ));
    let engine = world.start().await;
    let all_live =
        |status: &bellwire_engine::status::Status| status.feeds.iter().all(|f| f.connection.is_live());
    bellwire_tests::support::world::status(&engine, all_live).await;
    dead.publish_text("1", "alert", "while asleep");

    world.clock.sleep_through(Duration::from_secs(8 * 3600));
    let woke = world.ports().clock.mono();
    // The live connection receives something within the probe's 2 s.
    alive.send(":\n");
    let second = tokio::time::timeout(Duration::from_secs(10), proxy.connections(2));
    second.await.expect("the dead connection is renewed");
    let renewed = world.ports().clock.mono() - woke;
    // 5 s, plus half a second of real time at the clock's speed.
    assert!(renewed <= Duration::from_secs(5) + Duration::from_millis(500) * SPEED, "{renewed:?}");
    data(&engine, 2).await;
    assert_eq!(reasons(&rows(&engine, |_| true).await), [Reason::Woke]);
    assert_eq!(alive.count(), 1, "the living connection stays");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_wake_up_of_the_machine_ends_a_delay() {
    let scenes = vec![Scene::status(503, &["Retry-After: 3600"]), Scene::stream("data: a\n\n")];
    let origin = Origin::start(scenes).await;
    let world = World::at_speed(&format!("[[feed]]\nid = \"ops\"\nurl = \"{}\"\n", origin.url("/")), SPEED);
    let engine = world.start().await;
    feed(&engine, |feed| matches!(feed.connection, Connection::Waiting { .. })).await;
    world.clock.sleep_through(Duration::from_secs(600));
    assert_eq!(data(&engine, 1).await, ["a"]);
    engine.shutdown().await;
}
