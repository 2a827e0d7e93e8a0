//! An event that the log can never hold harms neither its feed nor the others.

use std::time::Duration;

use bellwire_engine::event::{GapReason, Row, RowBody};
use bellwire_engine::{Engine, EngineHandle, Home};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, data_of, rows};

/// The largest row that the log of these tests takes, in bytes.
const LIMIT: i32 = 1024 * 1024;

fn feeds(bad: &Origin, good: &Origin) -> String {
    let feed =
        |id: &str, origin: &Origin| format!("[[feed]]\nid = \"{id}\"\nurl = \"{}\"\n", origin.url("/"));
    feed("bad", bad) + &feed("good", good)
}

async fn start(world: &World) -> EngineHandle {
    Engine::start(Home::at(world.dir()).with_value_limit(LIMIT), world.ports()).await.unwrap()
}

fn of_feed(rows: &[Row], id: &str) -> Vec<Row> {
    rows.iter().filter(|row| row.feed.as_str() == id).cloned().collect()
}

/// Returns what the log says, in order: the data of events, and `gap` for an event that was left out.
fn said(rows: &[Row]) -> Vec<String> {
    let said = rows.iter().filter_map(|row| match &row.body {
        RowBody::Event(event) => Some(event.data.chars().take(10).collect()),
        RowBody::Gap(gap) if gap.reason == GapReason::NotStorable => Some("gap".to_owned()),
        _ => None,
    });
    said.collect()
}

#[tokio::test]
async fn an_event_that_the_log_cannot_hold_leaves_a_gap_row_and_everything_else_goes_on() {
    let huge = "x".repeat(2 * 1024 * 1024);
    let event = |id: usize, data: &str| format!("id: {id}\nevent: e\ndata: {data}\n\n");
    // Whatever is left out, first, last or between, one or two of them.
    let sent =
        [event(1, &huge), event(2, "two"), event(3, &huge), event(4, "four"), event(5, &huge)].concat();
    let bad = Origin::start(vec![Scene::stream(&sent), Scene::stream("id: 6\ndata: six\n\n")]).await;
    let mut bad = bad;
    let good = Origin::start(vec![Scene::stream("id: 1\ndata: a\n\n"), Scene::stream("")]).await;
    let world = World::at_speed(&feeds(&bad, &good), 20);
    let engine = start(&world).await;
    let expected = ["gap", "two", "gap", "four", "gap"];
    let all = rows(&engine, |rows| said(&of_feed(rows, "bad")).len() >= expected.len()).await;
    assert_eq!(said(&of_feed(&all, "bad")), expected);
    good.send("id: 2\ndata: b\n\n");
    rows(&engine, |rows| data_of(&of_feed(rows, "good")) == ["a", "b"]).await;
    assert_eq!(engine.status().borrow().problem, None);
    engine.shutdown().await;

    let engine = start(&world).await;
    let all = rows(&engine, |rows| said(&of_feed(rows, "bad")).len() > expected.len()).await;
    assert_eq!(said(&of_feed(&all, "bad"))[expected.len()..], ["six"]);
    assert_eq!(
        bad.asked(2).await[1].header("last-event-id"),
        Some("5"),
        "the place is after what was left out"
    );
    engine.shutdown().await;
}

#[tokio::test]
async fn long_types_of_control_characters_in_a_digest_stop_no_feed() {
    let kind = |n: usize| format!("{n}{}", "\u{1}".repeat(300_000));
    let named: String = (0..5).map(|n| format!("event: n{n}\ndata: {n}\n\n")).collect();
    let long: String = (5..16).map(|n| format!("event: {}\ndata: {n}\n\n", kind(n))).collect();
    let bad = Origin::start(vec![Scene::stream(&(named + &long)), Scene::stream("data: end\n\n")]).await;
    let good = Origin::start(vec![Scene::stream("data: a\n\n"), Scene::stream("")]).await;
    let world = World::at_speed(&feeds(&bad, &good), 20);
    let engine = start(&world).await;
    let all = rows(&engine, |rows| data_of(&of_feed(rows, "bad")).len() == 16).await;
    for row in of_feed(&all, "bad") {
        if let RowBody::Event(event) = row.body {
            assert!(event.event_type.len() <= 4096);
        }
    }
    good.send("data: b\n\n");
    rows(&engine, |rows| data_of(&of_feed(rows, "good")) == ["a", "b"]).await;
    world.ports().clock.sleep(Duration::from_secs(5)).await;
    assert_eq!(engine.status().borrow().problem, None);
    engine.shutdown().await;
    let engine = start(&world).await;
    rows(&engine, |rows| data_of(&of_feed(rows, "bad")).last().map(String::as_str) == Some("end")).await;
    engine.shutdown().await;
}
