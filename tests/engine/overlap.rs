//! Events that a server sends again after a reconnect.

use std::time::Duration;

use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, data, data_of, feed, rows};

use crate::resume::{one_feed, opened};

#[tokio::test]
async fn events_repeated_after_a_reconnect_are_dropped_and_counted() {
    let scenes = vec![
        Scene::ended("retry: 300\nid: 1\ndata: a\n\nid: 2\ndata: b\n\nid: 3\nevent: x\ndata: c\n\n"),
        Scene::stream("id: 2\ndata: b\n\nid: 3\nevent: x\ndata: c\n\nid: 4\ndata: d\n\n"),
    ];
    let origin = Origin::start(scenes).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).len() >= 4 && opened(rows).len() == 2).await;
    assert_eq!(data_of(&all), ["a", "b", "c", "d"]);
    assert_eq!(opened(&all).iter().map(|open| open.repeated).collect::<Vec<_>>(), [0, 2]);
    let feed = feed(&engine, |feed| feed.last_event_id == "4").await;
    assert_eq!((feed.count, feed.unread), (4, 1), "only the first x notified");
    assert_eq!(world.ledger.shown(1).await.len(), 1);
    engine.shutdown().await;
}

#[tokio::test]
async fn an_event_with_a_known_id_and_other_content_is_kept() {
    let before =
        "retry: 300\nid: 1\ndata: a\n\ndata: carried\n\nid: 2\ndata: b\n\nid:\ndata: no id\n\nid: 2\n\n";
    // Other data, another type, an id of an earlier block, an empty id: each is a new event.
    let after = "id: 1\ndata: changed\n\nid: 1\nevent: x\ndata: a\n\ndata: carried\n\nid:\ndata: no id\n\nid: 2\ndata: b\n\n";
    let origin = Origin::start(vec![Scene::ended(before), Scene::stream(after)]).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let all = rows(&engine, |rows| opened(rows).last().is_some_and(|open| open.repeated == 1)).await;
    assert_eq!(data_of(&all), ["a", "carried", "b", "no id", "changed", "a", "carried", "no id"]);
    engine.shutdown().await;
}

#[tokio::test]
async fn ids_that_restart_or_repeat_later_or_on_one_connection_are_kept() {
    let scenes = vec![
        Scene::ended("retry: 300\nid: 1\ndata: a\n\nid: 2\ndata: b\n\n"),
        Scene::stream("id: 1\ndata: new a\n\nid: 1\ndata: new a\n\n"),
    ];
    let origin = Origin::start(scenes).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    assert_eq!(data(&engine, 4).await, ["a", "b", "new a", "new a"]);
    // A minute after the reconnect, an equal event is not an overlap.
    world.clock.sleep_through(Duration::from_secs(60));
    origin.send("id: 2\ndata: b\n\n");
    assert_eq!(data(&engine, 5).await[4], "b");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_history_replayed_by_a_restarted_server_adds_no_duplicates_after_our_restart() {
    let event = |n: usize| format!("id: {n}\ndata: {n}\n\n");
    let history: String = (1..=300).map(event).collect();
    let more: String = (1..=301).map(event).collect();
    let origin = Origin::start(vec![Scene::stream(&history), Scene::stream(&more)]).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    data(&engine, 300).await;
    engine.shutdown().await;
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).last().is_some_and(|last| last == "301")).await;
    assert_eq!(data_of(&all).len(), 301);
    assert_eq!(opened(&all)[1].repeated, 300);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_feed_that_repeats_one_event_is_stored_again_after_a_reconnect() {
    let beat = "id: x\ndata: beat\n\n";
    let scenes =
        vec![Scene::ended(&format!("retry: 300\n{}", beat.repeat(2))), Scene::stream(&beat.repeat(6))];
    let origin = Origin::start(scenes).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    // Each of the two stored events accounts for one repetition.
    let all = rows(&engine, |rows| data_of(rows).len() >= 6).await;
    assert_eq!(opened(&all)[1].repeated, 2);
    engine.shutdown().await;
}

#[tokio::test]
async fn repeated_events_in_another_order_are_dropped() {
    let event = |n: usize| format!("id: {n}\ndata: {n}\n\n");
    let before: String = (1..=9).map(event).collect();
    let after: String = [5, 3, 9, 1, 7, 10].map(event).concat();
    let scenes = vec![Scene::ended(&format!("retry: 300\n{before}")), Scene::stream(&after)];
    let origin = Origin::start(scenes).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).last().is_some_and(|last| last == "10")).await;
    assert_eq!(data_of(&all).len(), 10);
    engine.shutdown().await;
}
