//! Gap rows: when the log says that events may be missing, and why.

use bellwire_engine::event::{GapReason, RowBody};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, data, data_of, rows};

use crate::resume::{gaps, one_feed, opened};

#[tokio::test]
async fn a_feed_without_ids_gets_a_gap_row_when_it_reconnects() {
    let scenes = vec![Scene::ended("retry: 300\ndata: a\n\n"), Scene::stream("data: b\n\n")];
    let origin = Origin::start(scenes).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).len() == 2).await;
    let gap = all.iter().find_map(|row| match &row.body {
        RowBody::Gap(gap) => Some(gap.clone()),
        _ => None,
    });
    let gap = gap.expect("a gap row");
    assert_eq!(gap.reason, GapReason::NoIds);
    assert!(gap.from <= gap.to);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_feed_that_cannot_resume_gets_one_gap_row_and_later_connection_rows_show_it() {
    for resume in ["", "resume = \"none\"\n"] {
        let id = if resume.is_empty() { "" } else { "id: 1\n" };
        let ended = |n: usize| Scene::ended(&format!("retry: 300\n{id}data: {n}\n\n"));
        let origin = Origin::start(vec![ended(1), ended(2), ended(3), ended(4), Scene::stream("")]).await;
        let world = World::at_speed(&format!("{}{resume}", one_feed(&origin)), 20);
        let engine = world.start().await;
        data(&engine, 3).await;
        engine.shutdown().await;
        let engine = world.start().await;
        let all = rows(&engine, |rows| opened(rows).len() == 5).await;
        let gaps: Vec<_> = gaps(&all).into_iter().map(|gap| gap.reason).collect();
        let expected = if resume.is_empty() { GapReason::NoIds } else { GapReason::ResumeOff };
        assert_eq!(gaps, [expected]);
        let may_miss: Vec<bool> = opened(&all).iter().map(|open| open.may_miss).collect();
        assert_eq!(may_miss, [false, true, true, true, true]);
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn a_connection_lost_before_its_first_event_gives_no_event_as_the_gap_reason() {
    let scenes = vec![Scene::ended("retry: 300\n\n"), Scene::ended("id: 1\ndata: a\n\n"), Scene::stream("")];
    let origin = Origin::start(scenes).await;
    let world = World::at_speed(&one_feed(&origin), 20);
    let engine = world.start().await;
    let all = rows(&engine, |rows| opened(rows).len() == 3).await;
    assert_eq!(gaps(&all).into_iter().map(|gap| gap.reason).collect::<Vec<_>>(), [GapReason::NoEventYet]);
    assert_eq!(opened(&all).iter().map(|open| open.may_miss).collect::<Vec<_>>(), [false, true, false]);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_stop_before_the_first_event_gives_a_gap_row_at_the_next_start() {
    let origin =
        Origin::start(vec![Scene::stream(""), Scene::stream("data: a\n\n"), Scene::stream("")]).await;
    let world = World::at_speed(&one_feed(&origin), 20);
    let engine = world.start().await;
    rows(&engine, |rows| opened(rows).len() == 1).await;
    engine.shutdown().await;
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).len() == 1).await;
    assert_eq!(gaps(&all).into_iter().map(|gap| gap.reason).collect::<Vec<_>>(), [GapReason::NoEventYet]);
    assert_eq!(opened(&all).iter().map(|open| open.may_miss).collect::<Vec<_>>(), [false, true]);
    engine.shutdown().await;
}

#[tokio::test]
async fn an_id_that_cannot_be_sent_or_was_reset_gives_a_gap_row() {
    for last in ["id: 1\u{7f}\ndata: a\n\n", "id: 1\ndata: a\n\nid\ndata: bye\n\n"] {
        let scenes = vec![Scene::ended(&format!("retry: 300\n{last}")), Scene::stream("")];
        let mut origin = Origin::start(scenes).await;
        let world = World::at_speed(&one_feed(&origin), 20);
        let engine = world.start().await;
        let all = rows(&engine, |rows| opened(rows).len() == 2 && !gaps(rows).is_empty()).await;
        assert_eq!(origin.asked(2).await[1].header("last-event-id"), None);
        assert_eq!(gaps(&all)[0].reason, GapReason::NoUsableId);
        assert_eq!((opened(&all)[1].resumed.is_asked(), opened(&all)[1].may_miss), (false, true));
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn a_cursor_expression_without_a_result_is_the_gap_reason() {
    let scenes = vec![Scene::ended("retry: 300\ndata: {}\n\n"), Scene::stream("")];
    let origin = Origin::start(scenes).await;
    let resume = "resume = { query = \"since\", cursor = \"data.id\" }\n";
    let world = World::at_speed(&format!("{}{resume}", one_feed(&origin)), 20);
    let engine = world.start().await;
    let all = rows(&engine, |rows| opened(rows).len() == 2 && !gaps(rows).is_empty()).await;
    assert_eq!(gaps(&all)[0].reason, GapReason::NoCursor);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_hub_whose_history_is_too_short_gives_a_gap_row() {
    let hub = |place: &str, body: &str| {
        let mut scene = Scene::status(200, &["Content-Type: text/event-stream", place]);
        scene.answer.extend_from_slice(body.as_bytes());
        scene
    };
    let scenes = vec![
        Scene::ended("retry: 300\nid: 7\ndata: a\n\n"),
        hub("Last-Event-ID: 7", "id: 8\ndata: b\n\n"),
        hub("Last-Event-ID: earliest", "id: 90\ndata: c\n\n"),
        hub("Mercure-Last-Event-ID: 90", "id: 91\ndata: d\n\n"),
        hub("Mercure-Last-Event-ID: earliest", "id: 190\ndata: e\n\n"),
        Scene::stream(""),
    ];
    let mut origin = Origin::start(scenes).await;
    let world = World::at_speed(&one_feed(&origin), 20);
    let engine = world.start().await;
    assert_eq!(origin.asked(6).await[2].header("last-event-id"), Some("8"));
    let all = rows(&engine, |rows| data_of(rows).len() == 5 && gaps(rows).len() == 2).await;
    let gaps = gaps(&all);
    assert_eq!(gaps.iter().map(|gap| gap.reason).collect::<Vec<_>>(), [GapReason::HistoryTooShort; 2]);
    assert!(gaps[0].from <= gaps[0].to);
    engine.shutdown().await;
}

#[tokio::test]
async fn an_event_over_the_limit_is_skipped_and_leaves_a_gap() {
    let big = format!("id: 1\ndata: {}\n\nid: 2\ndata: after\n\n", "x".repeat(5000));
    let origin = Origin::start(vec![Scene::stream(&big)]).await;
    let world = World::new(&format!("{}max_event = \"2KiB\"\n", one_feed(&origin)));
    let engine = world.start().await;
    assert_eq!(data(&engine, 1).await, ["after"]);
    let all = rows(&engine, |rows| rows.len() >= 3).await;
    assert!(
        all.iter().any(|row| matches!(&row.body, RowBody::Gap(gap) if gap.reason == GapReason::Oversize))
    );
    engine.shutdown().await;
}
