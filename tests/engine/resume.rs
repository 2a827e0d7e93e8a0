//! Resuming after drops and restarts of the program: no event is lost or stored twice.

use bellwire_engine::event::{Gap, GapReason, Opened, Reason, Row, RowBody, Seq};
use bellwire_engine::{At, Engine, Home, StartError, View};
use bellwire_tests::support::origin::{Origin, Scene, Then};
use bellwire_tests::support::world::{World, data, data_of, feed, rows, status};

/// Returns a configuration with one feed of this server.
pub fn one_feed(origin: &Origin) -> String {
    format!("[[feed]]\nid = \"ops\"\nurl = \"{}\"\n", origin.url("/stream"))
}

#[tokio::test]
async fn events_of_the_first_millisecond_are_stored_in_order() {
    let origin = Origin::start(vec![Scene::stream("id: 1\ndata: a\n\nid: 2\nevent: x\ndata: b\n\n")]).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    assert_eq!(data(&engine, 2).await, ["a", "b"]);
    origin.send("id: 3\ndata: c\n\n");
    assert_eq!(data(&engine, 3).await, ["a", "b", "c"]);
    assert_eq!(feed(&engine, |feed| feed.count == 3).await.last_event_id, "3");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_dropped_connection_resumes_after_the_last_event_id() {
    let scenes = vec![
        Scene::ended("retry: 300\nid: 1\ndata: a\n\nid: 2\ndata: unfinished"),
        Scene::stream("id: 2\ndata: b\n\n"),
    ];
    let mut origin = Origin::start(scenes).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    assert_eq!(data(&engine, 2).await, ["a", "b"]);
    let asked = origin.asked(2).await;
    assert_eq!(asked[0].header("last-event-id"), None);
    assert_eq!(asked[1].header("last-event-id"), Some("1"));
    let all = rows(&engine, |rows| rows.len() >= 6).await;
    assert!(
        !all.iter().any(|row| matches!(row.body, RowBody::Gap(_))),
        "a feed with ids has no gap: {all:#?}"
    );
    engine.shutdown().await;
}

#[tokio::test]
async fn a_restart_of_the_program_resumes_after_the_last_event_id() {
    let scenes = vec![Scene::stream("id: 1\ndata: a\n\nid: 2\n\n"), Scene::stream("id: 3\ndata: b\n\n")];
    let mut origin = Origin::start(scenes).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    feed(&engine, |feed| feed.last_event_id == "2").await;
    engine.shutdown().await;

    let engine = world.start().await;
    assert_eq!(data(&engine, 2).await, ["a", "b"]);
    assert_eq!(origin.asked(2).await[1].header("last-event-id"), Some("2"));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_service_without_ids_resumes_by_a_query_computed_from_the_data() {
    let scenes = vec![
        Scene::ended("retry: 300\ndata: {\"id\":\"a1\"}\n\ndata: no json\n\n"),
        Scene::stream("data: {\"id\":\"b 2\"}\n\n"),
        Scene::stream("data: last\n\n"),
    ];
    let mut origin = Origin::start(scenes).await;
    let url = origin.url("/t/sse?x=1");
    let resume = "resume = { query = \"since\", cursor = \"data.id\" }";
    let world = World::new(&format!("[[feed]]\nid = \"ops\"\nurl = \"{url}\"\n{resume}\n"));
    let engine = world.start().await;
    data(&engine, 3).await;
    engine.shutdown().await;
    let engine = world.start().await;
    data(&engine, 4).await;
    let asked = origin.asked(3).await;
    let lines: Vec<&str> = asked.iter().map(|asked| asked.line.as_str()).collect();
    let expected =
        ["GET /t/sse?x=1 HTTP/1.1", "GET /t/sse?x=1&since=a1 HTTP/1.1", "GET /t/sse?x=1&since=b+2 HTTP/1.1"];
    assert_eq!(lines, expected);
    assert!(asked.iter().all(|asked| asked.header("last-event-id").is_none()));
    let all = rows(&engine, |_| true).await;
    assert!(!all.iter().any(|row| matches!(row.body, RowBody::Gap(_))), "it can resume: {all:#?}");
    assert!(
        all.iter().all(|row| !matches!(&row.body, RowBody::Event(event) if !event.last_event_id.is_empty()))
    );
    engine.shutdown().await;
}

#[tokio::test]
async fn a_feed_with_resume_off_starts_live() {
    let mut origin =
        Origin::start(vec![Scene::ended("retry: 300\nid: 1\ndata: a\n\n"), Scene::stream("data: b\n\n")])
            .await;
    let world = World::new(&format!("{}resume = \"none\"\n", one_feed(&origin)));
    let engine = world.start().await;
    data(&engine, 2).await;
    assert_eq!(origin.asked(2).await[1].header("last-event-id"), None);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_feed_without_events_resumes_after_the_hubs_response_id() {
    let mut first = Scene::status(200, &["Content-Type: text/event-stream", "Last-Event-ID: urn:uuid:7"]);
    first.answer.extend_from_slice(b"retry: 300\n\n");
    let mut origin = Origin::start(vec![first, Scene::stream("data: b\n\n")]).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    data(&engine, 1).await;
    assert_eq!(origin.asked(2).await[1].header("last-event-id"), Some("urn:uuid:7"));
    engine.shutdown().await;
}

#[tokio::test]
async fn another_query_keeps_the_place_where_a_feed_resumes() {
    let mut origin =
        Origin::start(vec![Scene::stream("id: 1\ndata: a\n\n"), Scene::stream("id: 2\ndata: b\n\n")]).await;
    let at =
        |query: &str| format!("[[feed]]\nid = \"ops\"\nurl = \"{}\"\n", origin.url(&format!("/live{query}")));
    let (before, after) = (at("?access_token=old#top"), at("?access_token=new&topic=more"));
    let world = World::new(&before);
    let engine = world.start().await;
    feed(&engine, |feed| feed.last_event_id == "1").await;
    world.write_config(&after);
    let all = rows(&engine, |rows| data_of(rows).len() == 2).await;
    let asked = origin.asked(2).await;
    assert_eq!(asked[1].line, "GET /live?access_token=new&topic=more HTTP/1.1");
    assert_eq!(asked[1].header("last-event-id"), Some("1"));
    assert!(gaps(&all).is_empty());
    feed(&engine, |feed| feed.last_event_id == "2").await;
    engine.shutdown().await;
}

#[tokio::test]
async fn another_address_starts_fresh_and_one_gap_row_shows_it() {
    let origin = Origin::start(vec![Scene::stream("id: 1\ndata: a\n\n"), Scene::stream("")]).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    feed(&engine, |feed| feed.last_event_id == "1").await;
    let left_at = rows(&engine, |_| true).await.last().unwrap().at;
    world.write_config(&format!("[[feed]]\nid = \"ops\"\nurl = \"{}\"\n", origin.url("/other")));
    let mut all = rows(&engine, |rows| !gaps(rows).is_empty()).await;
    engine.shutdown().await;
    let gap = gaps(&all).remove(0);
    assert_eq!((gap.reason, opened(&all)[1].may_miss), (GapReason::AddressChanged, true));
    assert_eq!(gap.from, left_at, "since the last event of the other address");
    // The change is said once; what the new address sent during the next stop is missing for another reason.
    for _ in 0..2 {
        let engine = world.start().await;
        let connections = opened(&all).len() + 1;
        all = rows(&engine, |rows| opened(rows).len() == connections && gaps(rows).len() >= 2).await;
        engine.shutdown().await;
    }
    let reasons: Vec<_> = gaps(&all).into_iter().map(|gap| gap.reason).collect();
    assert_eq!(reasons, [GapReason::AddressChanged, GapReason::NoEventYet]);
}

#[tokio::test]
async fn a_redirect_that_leaves_the_cursor_out_gives_a_gap_row() {
    let mut other = Origin::start(vec![Scene::stream("data: {\"id\":2}\n\n")]).await;
    let location = format!("Location: {}", other.url("/there?x=1"));
    let scenes = vec![Scene::ended("retry: 300\ndata: {\"id\":1}\n\n"), Scene::status(307, &[&location])];
    let origin = Origin::start(scenes).await;
    let resume = "resume = { query = \"since\", cursor = \"data.id\" }\n";
    let world = World::at_speed(&format!("{}{resume}", one_feed(&origin)), 20);
    let engine = world.start().await;
    let all = rows(&engine, |rows| !gaps(rows).is_empty()).await;
    assert_eq!(gaps(&all)[0].reason, GapReason::CursorDropped);
    assert_eq!((opened(&all)[1].resumed.is_asked(), opened(&all)[1].may_miss), (false, true));
    assert_eq!(other.asked(1).await[0].line, "GET /there?x=1 HTTP/1.1");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_request_that_was_cut_off_before_its_answer_gives_one_gap_row() {
    let cut = Scene { answer: Vec::new(), then: Then::Close };
    let scenes = vec![cut.clone(), cut.clone(), Scene::stream("data: a\n\n")];
    let origin = Origin::start(scenes).await;
    let world = World::at_speed(&one_feed(&origin), 20);
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).len() == 1).await;
    assert_eq!(gaps(&all).iter().map(|gap| gap.reason).collect::<Vec<_>>(), [GapReason::NoHead]);
    engine.shutdown().await;

    // With an id the server is asked for them again, so none is missing.
    let scenes =
        vec![Scene::ended("retry: 300\nid: 1\ndata: a\n\n"), cut, Scene::stream("id: 2\ndata: b\n\n")];
    let origin = Origin::start(scenes).await;
    let world = World::at_speed(&one_feed(&origin), 20);
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).len() == 2).await;
    assert!(gaps(&all).is_empty());
    engine.shutdown().await;
}

#[tokio::test]
async fn another_url_starts_without_a_cursor() {
    let mut origin = Origin::start(vec![Scene::stream("id: 1\ndata: a\n\n")]).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    feed(&engine, |feed| feed.last_event_id == "1").await;
    world.write_config(&format!("[[feed]]\nid = \"ops\"\nurl = \"{}\"\n", origin.url("/other")));
    let asked = origin.asked(2).await;
    assert!(asked[1].line.starts_with("GET /other "));
    assert_eq!(asked[1].header("last-event-id"), None);
    engine.shutdown().await;
}

#[tokio::test]
async fn retries_of_one_kind_fold_into_one_row() {
    let scenes = vec![
        Scene::status(503, &[]),
        Scene::status(503, &[]),
        Scene::status(503, &[]),
        Scene::stream("data: a\n\n"),
    ];
    let origin = Origin::start(scenes).await;
    let world = World::at_speed(&one_feed(&origin), 20);
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).len() == 1).await;
    let waits: Vec<_> = all
        .iter()
        .filter_map(|row| match &row.body {
            RowBody::Reconnecting(wait) => Some(wait.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(waits.len(), 1);
    assert_eq!((waits[0].tries, &waits[0].reason), (3, &Reason::Status(503)));
    engine.shutdown().await;
}

#[tokio::test]
async fn changes_return_new_and_rewritten_rows_once() {
    let scenes = vec![Scene::status(503, &[]), Scene::status(503, &[]), Scene::stream("data: a\n\n")];
    let origin = Origin::start(scenes).await;
    let world = World::at_speed(&one_feed(&origin), 20);
    let engine = world.start().await;
    rows(&engine, |rows| data_of(rows).len() == 1).await;
    let reader = engine.reader();
    let view = View::default();
    let mut seen = std::collections::HashMap::new();
    let mut rev = bellwire_engine::event::Rev(0);
    loop {
        let changes = reader.changes(&view, rev, 1).unwrap();
        for row in &changes.rows {
            assert!(row.rev > rev);
            seen.insert(row.seq, row.clone());
        }
        rev = changes.rev;
        if !changes.more {
            break;
        }
    }
    let mut pulled: Vec<_> = seen.into_values().collect();
    pulled.sort_by_key(|row| row.seq);
    assert_eq!(pulled, reader.page(&view, At::Newest, 100).unwrap().rows);
    engine.shutdown().await;
}

#[tokio::test]
async fn consecutive_pages_have_no_overlap_and_no_gap() {
    let body: String = (1..=57).map(|n| format!("id: {n}\nevent: e\ndata: {n}\n\n")).collect();
    let origin = Origin::start(vec![Scene::stream(&body)]).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    data(&engine, 57).await;
    let reader = engine.reader();
    let view = View { notified: true, ..View::default() };
    let newest = reader.page(&view, At::Newest, 10).unwrap();
    assert!(newest.more_before && !newest.more_after);
    assert_eq!(newest.total, 57);
    let older = reader.page(&view, At::Before(newest.rows[0].seq), 100).unwrap();
    assert!(!older.more_before);
    assert_eq!(older.rows.len() + newest.rows.len(), 57);
    let middle = older.rows[20].seq;
    let around = reader.page(&view, At::Around(middle), 11).unwrap();
    assert!(around.rows.iter().any(|row| row.seq == middle));
    assert_eq!(around.rows.len(), 11);
    let after = reader.page(&view, At::After(Seq(0)), 5).unwrap();
    assert_eq!(data_of(&after.rows), ["1", "2", "3", "4", "5"]);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_second_engine_for_a_home_is_refused() {
    let origin = Origin::start(vec![Scene::stream("")]).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let second = Engine::start(Home::at(world.dir()), world.ports()).await;
    assert!(matches!(second.err(), Some(StartError::AlreadyRunning)));
    engine.shutdown().await;
    world.start().await.shutdown().await;
}

#[tokio::test]
async fn removing_a_feed_deletes_its_cursor_and_its_rows_only_if_asked() {
    let mut origin = Origin::start(vec![Scene::stream("id: 1\nevent: e\ndata: a\n\n")]).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    data(&engine, 1).await;
    let id = engine.status().borrow().feeds[0].id.clone();
    engine.remove_feed(&id, false).await.unwrap();
    assert!(status(&engine, |status| status.feeds.is_empty()).await.event_count == 1);
    world.write_config(&one_feed(&origin));
    data(&engine, 2).await;
    assert_eq!(origin.asked(2).await[1].header("last-event-id"), None);
    engine.remove_feed(&id, true).await.unwrap();
    status(&engine, |status| status.event_count == 0).await;
    assert!(engine.reader().page(&View::default(), At::Newest, 10).unwrap().rows.is_empty());
    engine.shutdown().await;
}

/// Returns the gaps, oldest first.
pub fn gaps(rows: &[Row]) -> Vec<Gap> {
    let gaps = rows.iter().filter_map(|row| match &row.body {
        RowBody::Gap(gap) => Some(gap.clone()),
        _ => None,
    });
    gaps.collect()
}

/// Returns the opened connections, oldest first.
pub fn opened(rows: &[Row]) -> Vec<Opened> {
    let opened = rows.iter().filter_map(|row| match &row.body {
        RowBody::Open(open) => Some(open.clone()),
        _ => None,
    });
    opened.collect()
}
