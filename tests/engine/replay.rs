//! Events that a server sends again after a reconnect, and what a reconnect shows about resuming.

use std::time::Duration;

use bellwire_engine::event::{GapReason, Resumed, Row};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, data, data_of, feed, rows, status};

use crate::resume::{gaps, one_feed, opened};

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
    let all = rows(&engine, |rows| data_of(rows).len() == 9).await;
    assert_eq!(data_of(&all), ["a", "carried", "b", "no id", "changed", "a", "carried", "no id", "b"]);
    let open = &opened(&all)[1];
    assert_eq!((open.resumed, open.repeated), (Resumed::Cannot, 0));
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
    // One event, said over and over, shows no replay.
    let all = rows(&engine, |rows| data_of(rows).len() == 8).await;
    assert_eq!((opened(&all)[1].repeated, opened(&all)[1].resumed), (0, Resumed::Cannot));
    engine.shutdown().await;
}

#[tokio::test]
async fn stored_events_in_another_order_are_no_replay_and_are_kept() {
    let event = |n: usize| format!("id: {n}\ndata: {n}\n\n");
    let before: String = (1..=9).map(event).collect();
    let after: String = [5, 3, 9, 1, 7, 10].map(event).concat();
    let scenes = vec![Scene::ended(&format!("retry: 300\n{before}")), Scene::stream(&after)];
    let origin = Origin::start(scenes).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).last().is_some_and(|last| last == "10")).await;
    assert_eq!((data_of(&all).len(), opened(&all)[1].repeated), (15, 0));
    engine.shutdown().await;
}

fn reasons(rows: &[Row]) -> Vec<GapReason> {
    gaps(rows).iter().map(|gap| gap.reason).collect()
}

fn words(rows: &[Row]) -> Vec<Resumed> {
    opened(rows).iter().map(|open| open.resumed).collect()
}

#[tokio::test]
async fn ids_that_count_each_connection_lose_no_alert_and_the_log_says_that_events_may_be_missing() {
    let full = |n: usize| format!("id: {n}\nevent: alert\ndata: disk full\n\n");
    let before: String = (1..=3).map(full).collect();
    let after: String = (1..=2).map(full).collect();
    let scenes = vec![Scene::ended(&format!("retry: 300\n{before}")), Scene::stream(&after)];
    let origin = Origin::start(scenes).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).len() == 5 && !reasons(rows).is_empty()).await;
    assert_eq!(words(&all), [Resumed::No, Resumed::Cannot]);
    assert_eq!((opened(&all)[1].repeated, opened(&all)[1].may_miss), (0, true));
    assert_eq!(reasons(&all), [GapReason::NotACursor]);
    assert_eq!(world.ledger.shown(5).await.len(), 5, "each alert notified");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_run_of_stored_events_that_ends_with_the_program_is_stored_as_new() {
    let scenes = vec![
        Scene::ended("retry: 300\nid: 1\ndata: a\n\nid: 2\ndata: b\n\n"),
        Scene::stream("id: 1\ndata: a\n\n"),
        Scene::stream(""),
    ];
    let origin = Origin::start(scenes).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    feed(&engine, |feed| feed.count == 2 && feed.last_event_id == "1").await;
    engine.shutdown().await;
    let engine = world.start().await;
    assert_eq!(data(&engine, 3).await, ["a", "b", "a"]);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_replay_that_a_server_sends_twice_on_one_connection_is_stored_once() {
    let event = |n: usize| format!("id: {n}\ndata: {n}\n\n");
    let before: String = (1..=3).map(event).collect();
    let replay: String = (4..=6).map(event).collect();
    let scenes = vec![
        Scene::ended(&format!("retry: 300\n{before}")),
        Scene::stream(&format!("{replay}{replay}{}", event(7))),
    ];
    let origin = Origin::start(scenes).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).last().is_some_and(|last| last == "7")).await;
    assert_eq!(data_of(&all), ["1", "2", "3", "4", "5", "6", "7"]);
    assert_eq!((opened(&all)[1].resumed, opened(&all)[1].repeated), (Resumed::Shown, 3));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_resume_that_nothing_shows_is_called_asked_and_said_once() {
    let scenes = ["a9", "c4", "b7"].map(|id| Scene::ended(&format!("retry: 300\nid: {id}\ndata: {id}\n\n")));
    let origin = Origin::start([&scenes[..], &[Scene::stream("id: b8\ndata: last\n\n")]].concat()).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).len() == 4).await;
    assert_eq!(reasons(&all), [GapReason::ResumeUnshown]);
    assert_eq!(words(&all)[..3], [Resumed::No, Resumed::Asked, Resumed::Asked]);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_server_that_goes_on_without_a_hole_is_shown_to_resume_this_time_and_not_for_ever() {
    let scenes = vec![
        Scene::ended("retry: 300\nid: b-9\ndata: a\n\n"),
        Scene::ended("id: b-10\ndata: b\n\n"),
        Scene::stream("id: b-77\ndata: c\n\n"),
    ];
    let origin = Origin::start(scenes).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).len() == 3).await;
    assert_eq!(words(&all), [Resumed::No, Resumed::Shown, Resumed::Asked]);
    assert_eq!(reasons(&all), [GapReason::ResumeUnshown]);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_server_that_replayed_is_known_to_resume_also_after_a_restart() {
    let event = |n: usize| format!("id: {n}\ndata: {n}\n\n");
    let before: String = (1..=3).map(event).collect();
    let replay: String = (2..=4).map(event).collect();
    let origin = Origin::start(vec![
        Scene::ended(&format!("retry: 300\n\n{before}")),
        Scene::stream(&replay),
        Scene::stream(&event(99)),
    ])
    .await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    data(&engine, 4).await;
    engine.shutdown().await;
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).len() == 5).await;
    assert_eq!(words(&all), [Resumed::No, Resumed::Shown, Resumed::Shown]);
    assert_eq!(reasons(&all), []);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_replay_that_was_stored_twice_once_is_left_out_the_next_time() {
    let event = |n: usize| format!("id: {n}\ndata: {n}\n\n");
    let history: String = (1..=6).map(event).collect();
    let half: String = (1..=3).map(event).collect();
    let origin = Origin::start(vec![
        Scene::ended(&format!("retry: 300\n\n{history}")),
        // The server cuts its replay off halfway, so the events in it count as new.
        Scene::ended(&half),
        Scene::stream(&format!("{history}{}", event(7))),
    ])
    .await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).last().is_some_and(|last| last == "7")).await;
    assert!(data_of(&all).len() == 6 + 3 + 1, "{:?}", data_of(&all));
    assert_eq!(opened(&all).last().map(|open| open.resumed), Some(Resumed::Shown));
    assert_eq!(opened(&all).last().map(|open| open.repeated), Some(6));
    assert!(!reasons(&all).contains(&GapReason::NotACursor), "{:?}", reasons(&all));
    engine.shutdown().await;
}

#[tokio::test]
async fn one_alert_with_the_first_id_of_each_connection_is_never_taken_for_a_replay() {
    let full = "id: 1\nevent: alert\ndata: disk full\n\n";
    let scenes =
        vec![Scene::ended(&format!("retry: 300\n\n{full}")), Scene::stream(full), Scene::stream(full)];
    let origin = Origin::start(scenes).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    data(&engine, 2).await;
    engine.shutdown().await;
    let engine = world.start().await;
    data(&engine, 3).await;
    assert_eq!(world.ledger.shown(3).await.len(), 3);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_feed_that_resumes_by_a_query_is_asked_and_has_no_gap_row() {
    let scenes = vec![
        Scene::ended("retry: 300\n\nid: 1\ndata: a\n\nid: 2\ndata: b\n\n"),
        Scene::stream("id: 1\ndata: a\n\n"),
    ];
    let origin = Origin::start(scenes).await;
    let world =
        World::new(&format!("{}resume = {{ query = \"since\", cursor = \"id\" }}\n", one_feed(&origin)));
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).len() == 3).await;
    assert_eq!((words(&all)[1], reasons(&all)), (Resumed::Asked, vec![]));
    engine.shutdown().await;
}

#[tokio::test]
async fn one_id_for_all_events_of_a_connection_is_no_place() {
    let event = |id: &str, n: usize| format!("id: {id}\ndata: {n}\n\n");
    let first: String = (1..=3).map(|n| event("client-1", n)).collect();
    let scenes = vec![Scene::ended(&format!("retry: 300\n{first}")), Scene::stream(&event("client-2", 4))];
    let origin = Origin::start(scenes).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).len() == 4).await;
    assert_eq!(words(&all), [Resumed::No, Resumed::Cannot]);
    assert_eq!(reasons(&all), [GapReason::NotACursor]);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_hub_that_says_where_its_history_begins_is_shown_to_resume() {
    let hub = Scene::ended_with(&["Last-Event-ID: q"], "id: z\ndata: b\n\n");
    let scenes = vec![Scene::ended("retry: 300\nid: q\ndata: a\n\n"), hub, Scene::silence()];
    let origin = Origin::start(scenes).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).len() == 2).await;
    assert_eq!((words(&all)[1], reasons(&all)), (Resumed::Shown, vec![]));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_server_that_lost_its_history_says_so_with_a_reset() {
    let origin = Origin::start(vec![Scene::stream("event: stream-reset\ndata: {}\n\ndata: a\n\n")]).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).len() == 2).await;
    assert_eq!(reasons(&all), [GapReason::HistoryTooShort]);
    status(&engine, |status| status.feeds[0].connection.is_live()).await;
    engine.shutdown().await;
}

#[tokio::test]
async fn a_quiet_feed_is_judged_by_its_first_event_however_late() {
    for (id, word, said) in [
        ("10", Resumed::Asked, vec![GapReason::ResumeUnshown]),
        ("4", Resumed::Shown, vec![]),
        ("2", Resumed::Cannot, vec![GapReason::NotACursor]),
    ] {
        let before: String = (1..=3).map(|n| format!("id: {n}\ndata: {n}\n\n")).collect();
        let scenes = vec![Scene::ended(&format!("retry: 300\n\n{before}")), Scene::stream("")];
        let origin = Origin::start(scenes).await;
        let world = World::new(&one_feed(&origin));
        let engine = world.start().await;
        rows(&engine, |rows| opened(rows).len() == 2).await;
        status(&engine, |status| status.feeds[0].connection.is_live()).await;
        world.clock.sleep_through(Duration::from_secs(60));
        origin.send(&format!("id: {id}\ndata: late\n\n"));
        let all = rows(&engine, |rows| data_of(rows).len() == 4).await;
        assert_eq!((words(&all)[1], reasons(&all)), (word, said), "{id}");
        engine.shutdown().await;
    }
}
