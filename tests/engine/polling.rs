//! Servers that end each connection after an event, on purpose.

use bellwire_engine::event::{Polled, Reason, Row, RowBody};
use bellwire_engine::status::Connection as State;
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, data, data_of, feed, rows};
use rusqlite::Connection;

use crate::resume::{one_feed, opened};

/// Ends after one event with this number.
fn poll(number: usize) -> Scene {
    Scene::ended(&format!("retry: 300\nid: {number}\ndata: {number}\n\n"))
}

fn polled(rows: &[Row]) -> Vec<Polled> {
    let polled = rows.iter().filter_map(|row| match &row.body {
        RowBody::Polled(polled) => Some(polled.clone()),
        _ => None,
    });
    polled.collect()
}

fn waits(rows: &[Row]) -> Vec<Reason> {
    let waits = rows.iter().filter_map(|row| match &row.body {
        RowBody::Reconnecting(wait) => Some(wait.reason.clone()),
        _ => None,
    });
    waits.collect()
}

#[tokio::test]
async fn a_server_that_ends_each_connection_after_an_event_is_polled_in_one_row_and_live() {
    let polls = (1..=40).map(poll).chain([Scene::stream("id: 41\ndata: 41\n\n")]);
    let mut origin = Origin::start(polls.collect()).await;
    let world = World::at_speed(&one_feed(&origin), 20);
    let engine = world.start().await;
    let between = feed(&engine, |feed| feed.count >= 20).await;
    let State::Live { poll_ms, .. } = between.connection else { panic!("{:?}", between.connection) };
    assert_eq!(poll_ms, Some(300));
    let expected: Vec<String> = (1..=41).map(|number| number.to_string()).collect();
    assert_eq!(data(&engine, 41).await, expected);
    let all = rows(&engine, |rows| polled(rows).first().is_some_and(|run| run.polls == 41)).await;
    assert_eq!((opened(&all).len(), waits(&all).len(), polled(&all).len()), (3, 2, 1), "{all:#?}");
    let run = polled(&all).remove(0);
    assert_eq!((run.every_ms, run.resumed.is_asked(), run.repeated), (300, true, 0));
    assert!(run.since <= all[0].at + 1, "the run began with the first connection");
    let is_replayed = |row: &Row| matches!(&row.body, RowBody::Event(event) if event.replayed);
    assert!(!all.iter().any(is_replayed), "what a poll brings is new");
    let asked = origin.asked(41).await;
    assert_eq!(asked[40].header("last-event-id"), Some("40"));
    engine.shutdown().await;
}

#[tokio::test]
async fn polls_have_no_hourly_limit_and_a_clean_end_without_an_event_is_a_failure() {
    // Beyond the 30 attempts that may follow each other quickly.
    let polls = (1..=60).map(poll);
    let nothing_new = Scene::ended("retry: 300\n\n");
    let mut origin =
        Origin::start(polls.chain([nothing_new, Scene::ended(""), poll(61), Scene::stream("")]).collect())
            .await;
    let world = World::at_speed(&one_feed(&origin), 20);
    let engine = world.start().await;
    origin.asked(64).await;
    let all = rows(&engine, |rows| data_of(rows).len() == 61 && opened(rows).len() >= 5).await;
    let times: Vec<i64> =
        all.iter().filter(|row| matches!(row.body, RowBody::Event(_))).map(|row| row.at).collect();
    // 59 waits of 300 ms and a fifth, with much room for a slow machine: one a minute would be half an hour more.
    assert!(times[59] - times[0] < 10 * 60_000, "{} ms", times[59] - times[0]);
    assert_eq!(polled(&all).iter().map(|run| run.polls).collect::<Vec<_>>(), [62]);
    assert_eq!(waits(&all)[2..], [Reason::Ended, Reason::Ended], "after the run, each end is logged again");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_polled_server_that_fails_is_shown_as_failing_and_begins_another_run() {
    let scenes = (1..=6)
        .map(poll)
        .chain([Scene::status(503, &[])])
        .chain((7..=12).map(poll))
        .chain([Scene::stream("")]);
    let origin = Origin::start(scenes.collect()).await;
    let world = World::at_speed(&one_feed(&origin), 20);
    let engine = world.start().await;
    let all = rows(&engine, |rows| polled(rows).len() == 2 && polled(rows)[1].polls == 7).await;
    assert_eq!(polled(&all)[0].polls, 6);
    assert!(waits(&all).contains(&Reason::Status(503)));
    let expected: Vec<String> = (1..=12).map(|number| number.to_string()).collect();
    assert_eq!(data_of(&all), expected);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_polled_server_that_says_the_same_each_time_is_counted_in_the_row() {
    let same = Scene::ended("retry: 300\nid: 7\ndata: same\n\n");
    let scenes =
        vec![same.clone(), same.clone(), same.clone(), same.clone(), same.clone(), same, Scene::stream("")];
    let origin = Origin::start(scenes).await;
    let world = World::at_speed(&one_feed(&origin), 20);
    let engine = world.start().await;
    let all = rows(&engine, |rows| polled(rows).first().is_some_and(|run| run.polls == 7)).await;
    // Until it is known to be polled, the same id might count the events of each connection.
    assert_eq!(data_of(&all), ["same"; 3]);
    assert_eq!(polled(&all)[0].repeated, 3, "the fourth to the sixth connection");
    assert_eq!(polled(&all)[0].every_ms, 1000, "a server without news is asked once a second at most");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_run_of_polls_whose_row_was_deleted_gets_another_row() {
    let origin = Origin::start((1..=60).map(poll).chain([Scene::stream("")]).collect()).await;
    let world = World::at_speed(&one_feed(&origin), 20);
    let engine = world.start().await;
    rows(&engine, |rows| !polled(rows).is_empty()).await;
    let database = Connection::open(world.database_path()).unwrap();
    assert_eq!(database.execute("DELETE FROM log WHERE kind = 8", []).unwrap(), 1);
    let all = rows(&engine, |rows| polled(rows).first().is_some_and(|run| run.polls == 61)).await;
    assert_eq!(polled(&all).len(), 1, "one row again, which counts on");
    engine.shutdown().await;
}
