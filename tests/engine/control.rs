//! Control events, and event types that are in the data.

use bellwire_engine::event::{GapReason, Lines, Outcome, Row, RowBody, StoredEvent};
use bellwire_engine::status::Connection;
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, data, data_of, feed, rows};

use crate::resume::{gaps, one_feed, opened};

fn events(rows: &[Row]) -> Vec<StoredEvent> {
    let events = rows.iter().filter_map(|row| match &row.body {
        RowBody::Event(event) => Some(event.clone()),
        _ => None,
    });
    events.collect()
}

fn outcomes(rows: &[Row]) -> Vec<(String, Outcome)> {
    events(rows).into_iter().map(|event| (event.event_type, event.decision.outcome)).collect()
}

#[tokio::test]
async fn control_events_are_logged_and_never_notify_or_count_as_unread() {
    let stream =
        "event: Heartbeat\ndata: 1\n\nevent: ping\n\nevent: alert\ndata: down\n\nevent: empty\ndata\n\n";
    let origin = Origin::start(vec![Scene::stream(stream)]).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let all = rows(&engine, |rows| events(rows).len() == 3).await;
    let expected = [("Heartbeat", Outcome::Control), ("alert", Outcome::Notify), ("empty", Outcome::Log)];
    assert_eq!(outcomes(&all), expected.map(|(name, outcome)| (name.to_owned(), outcome)));
    let shown = world.ledger.shown(1).await;
    assert_eq!((shown.len(), feed(&engine, |feed| feed.count == 3).await.unread), (1, 1));
    engine.shutdown().await;
}

#[tokio::test]
async fn control_events_do_not_count_towards_the_rate_of_their_feed() {
    let stream = "event: ping\ndata: 1\n\nevent: alert\ndata: 2\n\nevent: heartbeat\ndata: 3\n\ndata: 4\n\n";
    let origin = Origin::start(vec![Scene::stream(stream)]).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let counted = feed(&engine, |feed| feed.count == 4).await;
    assert_eq!(counted.rate.iter().sum::<u32>(), 2, "{:?}", counted.rate);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_feeds_own_control_events_are_named_by_type_or_told_by_their_data() {
    let stream =
        "event: open\ndata: x\n\ndata: ping\n\nevent: heartbeat\ndata: x\n\nevent: sys.up\ndata: x\n\n";
    let origin = Origin::start(vec![Scene::stream(stream)]).await;
    let keys = "control = [\"open\", \"sys.*\"]\ncontrol_when = \"text == 'ping'\"\n";
    let rule = "[[feed.rule]]\nevent = \"sys.up\"\n";
    let world = World::new(&format!("{}{keys}{rule}", one_feed(&origin)));
    let engine = world.start().await;
    let all = rows(&engine, |rows| events(rows).len() == 4).await;
    let expected = [
        ("open", Outcome::Control),
        ("message", Outcome::Control),
        ("heartbeat", Outcome::Notify),
        ("sys.up", Outcome::Notify),
    ];
    assert_eq!(
        outcomes(&all),
        expected.map(|(name, outcome)| (name.to_owned(), outcome)),
        "a rule that names it wins"
    );
    engine.shutdown().await;
}

#[tokio::test]
async fn an_event_type_from_the_data_is_that_of_rules_and_log() {
    let stream =
        "data: {\"event_type\":\"state_changed\"}\n\ndata: {\"event_type\":\"ping\"}\n\ndata: {}\n\n";
    let origin = Origin::start(vec![Scene::stream(stream)]).await;
    let keys = "event_from = \"data.event_type\"\nseverity = { critical = [\"state_changed\"] }\n";
    let world = World::new(&format!("{}{keys}", one_feed(&origin)));
    let engine = world.start().await;
    let all = rows(&engine, |rows| events(rows).len() == 3).await;
    let expected =
        [("state_changed", Outcome::Notify), ("ping", Outcome::Control), ("message", Outcome::Log)];
    assert_eq!(outcomes(&all), expected.map(|(name, outcome)| (name.to_owned(), outcome)));
    assert!(feed(&engine, |feed| feed.unread == 1).await.unread_critical);
    let seq = all.iter().find(|row| matches!(row.body, RowBody::Event(_))).unwrap().seq;
    let trace = engine.reader().trace(seq).unwrap().unwrap();
    assert!(!format!("{trace:?}").contains("event: "), "the lines are those that came: {trace:?}");
    engine.shutdown().await;
}

#[tokio::test]
async fn the_id_of_a_control_event_is_no_place_to_resume_after() {
    let first = "retry: 300\nid: 7\ndata: a\n\nid: error\nevent: keepalive\ndata: x\n\ndata: b\n\n";
    let mut origin = Origin::start(vec![Scene::ended(first), Scene::stream("id: 8\ndata: c\n\n")]).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    data(&engine, 4).await;
    assert_eq!(origin.asked(2).await[1].header("last-event-id"), Some("7"));
    engine.shutdown().await;
    let engine = world.start().await;
    assert_eq!(origin.asked(3).await[2].header("last-event-id"), Some("8"), "also after a restart");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_server_that_only_greets_and_hangs_up_is_failing() {
    let greets = Scene::ended("retry: 300\nevent: ping\ndata: x\n\n");
    let scenes =
        vec![greets.clone(), greets.clone(), greets.clone(), greets.clone(), greets, Scene::stream("")];
    let origin = Origin::start(scenes).await;
    let world = World::at_speed(&one_feed(&origin), 20);
    let engine = world.start().await;
    let all = rows(&engine, |rows| opened(rows).len() == 6).await;
    assert!(!all.iter().any(|row| matches!(row.body, RowBody::Polled(_))));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_place_that_the_server_refuses_is_dropped_once_with_a_gap_row() {
    let scenes = vec![
        Scene::ended("retry: 300\nid: error\ndata: a\n\n"),
        Scene::status(400, &[]),
        Scene::ended("id: 9\ndata: b\n\n"),
        Scene::stream("id: 10\ndata: c\n\n"),
    ];
    let mut origin = Origin::start(scenes).await;
    let world = World::at_speed(&one_feed(&origin), 20);
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).len() == 3).await;
    let ids: Vec<_> = origin
        .asked(4)
        .await
        .iter()
        .map(|asked| asked.header("last-event-id").map(ToOwned::to_owned))
        .collect();
    assert_eq!(ids, [None, Some("error".into()), None, Some("9".into())]);
    assert_eq!(gaps(&all).iter().map(|gap| gap.reason).collect::<Vec<_>>(), [GapReason::PlaceRefused]);
    engine.shutdown().await;

    // A refusal that does not come from the place leaves the place alone.
    let scenes = vec![Scene::ended("retry: 300\nid: 7\ndata: a\n\n"), Scene::status(400, &[])];
    let mut origin = Origin::start(scenes).await;
    let world = World::at_speed(&one_feed(&origin), 20);
    let engine = world.start().await;
    let is_parked = |connection: &Connection| matches!(connection, Connection::Parked { .. });
    feed(&engine, |feed| is_parked(&feed.connection) && feed.last_event_id == "7").await;
    assert_eq!(origin.asked(3).await.len(), 3);
    engine.shutdown().await;
}

#[tokio::test]
async fn each_item_of_a_list_is_a_row_and_a_replay_of_the_list_is_left_out_whole() {
    let list = "id: 1\ndata: [{\"type\":\"motion\",\"n\":1},{\"type\":\"button\",\"n\":2},{\"type\":\"motion\",\"n\":3}]\n\n";
    let next = "id: 2\ndata: [{\"type\":\"button\",\"n\":4}]\n\n";
    let scenes =
        vec![Scene::ended(&format!("retry: 300\n\n{list}")), Scene::stream(&format!("{list}{next}"))];
    let origin = Origin::start(scenes).await;
    let keys =
        "each = \"data\"\nevent_from = \"data.type\"\n[[feed.rule]]\nevent = \"motion\"\nnotify = false\n";
    let world = World::new(&format!("{}{keys}", one_feed(&origin)));
    let engine = world.start().await;
    let all = rows(&engine, |rows| events(rows).len() == 4).await;
    let found: Vec<_> = events(&all)
        .iter()
        .map(|event| {
            (
                event.event_type.clone(),
                event.last_event_id.clone(),
                event.part.map(|part| (part.number, part.of)),
            )
        })
        .collect();
    let row = |name: &str, id: &str, part| (name.to_owned(), id.to_owned(), Some(part));
    assert_eq!(
        found,
        [
            row("motion", "1", (1, 3)),
            row("button", "1", (2, 3)),
            row("motion", "1", (3, 3)),
            row("button", "2", (1, 1))
        ]
    );
    assert_eq!(opened(&all)[1].repeated, 3);
    assert_eq!(gaps(&all), []);
    assert_eq!(world.ledger.shown(2).await.len(), 2);
    let last =
        all.iter().rfind(|row| matches!(&row.body, RowBody::Event(event) if event.last_event_id == "1"));
    let trace = engine.reader().trace(last.unwrap().seq).unwrap().unwrap();
    assert_eq!(
        trace.lines,
        Lines::AsReceived(list.trim_end().as_bytes().to_vec().into_iter().chain(*b"\n").collect())
    );
    engine.shutdown().await;
}
