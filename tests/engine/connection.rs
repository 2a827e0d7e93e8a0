//! Connections: how they open, fail, wait and park.

use std::sync::Arc;

use bellwire_engine::event::{Reason, Row, RowBody};
use bellwire_engine::ports::Secrets;
use bellwire_engine::secrets::Secret;
use bellwire_engine::status::{Connection, FeedStatus};
use bellwire_engine::{Engine, EngineHandle, Home, Ports};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::steered::SteeredClock;
use bellwire_tests::support::world::{World, data, data_of, feed, rows, status};

fn feeds(urls: &[(&str, String)]) -> String {
    urls.iter().map(|(id, url)| format!("[[feed]]\nid = \"{id}\"\nurl = \"{url}\"\n")).collect()
}

async fn parked(scene: Scene) -> Reason {
    let origin = Origin::start(vec![scene]).await;
    let world = World::new(&feeds(&[("f", origin.url("/"))]));
    let engine = world.start().await;
    let found = feed(&engine, |feed| matches!(feed.connection, Connection::Parked { .. })).await;
    engine.shutdown().await;
    match found.connection {
        Connection::Parked { reason, .. } => reason,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn the_request_has_the_headers_of_the_standard() {
    let mut origin = Origin::start(vec![Scene::stream("")]).await;
    let config = format!("{}headers = {{ \"X-Site\" = \"bj-1\" }}\n", feeds(&[("f", origin.url("/a?b=c"))]));
    let world = World::new(&config);
    let engine = world.start().await;
    let asked = origin.asked(1).await.remove(0);
    assert_eq!(asked.line, "GET /a?b=c HTTP/1.1");
    assert_eq!(asked.header("accept"), Some("text/event-stream"));
    assert_eq!(asked.header("cache-control"), Some("no-cache"));
    assert_eq!(asked.header("accept-encoding"), Some("identity"));
    assert_eq!(asked.header("x-site"), Some("bj-1"));
    assert_eq!(asked.header("last-event-id"), None);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_feed_with_post_and_a_body_sends_both() {
    let mut origin = Origin::start(vec![Scene::stream("")]).await;
    let config = format!("{}method = \"POST\"\nbody = \"{{}}\"\n", feeds(&[("f", origin.url("/q"))]));
    let world = World::new(&config);
    let engine = world.start().await;
    let asked = origin.asked(1).await.remove(0);
    assert_eq!((asked.line.as_str(), asked.header("content-length")), ("POST /q HTTP/1.1", Some("2")));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_feed_with_a_proxy_connects_through_it() {
    let mut proxy = Origin::start(vec![Scene::stream("data: a\n\n")]).await;
    let config = feeds(&[("f", "http://feed.invalid/stream".into())]);
    let world = World::new(&format!("{config}proxy = \"{}\"\n", proxy.url("")));
    let engine = world.start().await;
    assert_eq!(data(&engine, 1).await, ["a"]);
    assert_eq!(proxy.asked(1).await[0].line, "GET http://feed.invalid/stream HTTP/1.1");
    engine.shutdown().await;
}

#[tokio::test]
async fn at_most_six_connections_to_one_host_are_made_at_once() {
    let mut origin = Origin::start(vec![Scene::silence()]).await;
    let urls: Vec<(String, String)> =
        (0..10).map(|n| (format!("f{n}"), origin.url(&format!("/{n}")))).collect();
    let urls: Vec<(&str, String)> = urls.iter().map(|(id, url)| (id.as_str(), url.clone())).collect();
    let world = World::at_speed(&feeds(&urls), 10);
    let engine = world.start().await;
    assert_eq!(origin.asked(6).await.len(), 6);
    // A server that does not answer releases its permits after 10.5 s.
    assert_eq!(origin.asked(10).await.len(), 10);
    let is_slow = |connection: &Connection| matches!(connection, Connection::Connecting { slow: true, .. });
    status(&engine, |status| status.feeds.iter().all(|feed| is_slow(&feed.connection))).await;
    engine.shutdown().await;
}

#[tokio::test]
async fn responses_that_need_a_person_park_the_feed() {
    assert_eq!(parked(Scene::status(404, &[])).await, Reason::NotFound(404));
    assert_eq!(parked(Scene::status(410, &[])).await, Reason::NotFound(410));
    assert_eq!(parked(Scene::status(401, &[])).await, Reason::SignIn(401));
    assert_eq!(parked(Scene::status(418, &[])).await, Reason::Unexpected(418));
    let html = Scene::status(200, &["Content-Type: text/html"]);
    assert_eq!(parked(html).await, Reason::WrongType("text/html".into()));
    let packed = Scene::status(200, &["Content-Type: text/event-stream", "Content-Encoding: gzip"]);
    assert_eq!(parked(packed).await, Reason::Encoding("gzip".into()));
}

#[tokio::test]
async fn statuses_that_pass_are_retried() {
    for status in [408, 409, 421, 423, 425, 429, 503] {
        let origin = Origin::start(vec![Scene::status(status, &[]), Scene::stream("data: a\n\n")]).await;
        let world = World::at_speed(&feeds(&[("f", origin.url("/"))]), 20);
        let engine = world.start().await;
        assert_eq!(data(&engine, 1).await, ["a"], "{status}");
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn a_content_encoding_that_codes_nothing_is_read() {
    for encoding in ["none", "identity", "", "utf-8", "charset=UTF-8"] {
        let scene = Scene::ended_with(&[&format!("Content-Encoding: {encoding}")], "data: a\n\n");
        let origin = Origin::start(vec![scene, Scene::stream("")]).await;
        let world = World::new(&feeds(&[("f", origin.url("/"))]));
        let engine = world.start().await;
        assert_eq!(data(&engine, 1).await, ["a"], "{encoding}");
        engine.shutdown().await;
    }
}

/// Returns the time to the next attempt of a parked feed, in seconds.
async fn parked_for(engine: &EngineHandle, reason: &Reason, after: i64) -> (i64, i64) {
    let feed = feed(engine, |feed| {
        matches!(&feed.connection, Connection::Parked { reason: found, retry_at: Some(_), since } if found == reason && *since > after)
    })
    .await;
    let Connection::Parked { since, retry_at: Some(at), .. } = feed.connection else { unreachable!() };
    (since, (at - since) / 1000)
}

#[tokio::test]
async fn a_refusal_of_a_feed_without_a_secret_passes_within_minutes() {
    for status in [401, 403] {
        let origin = Origin::start(vec![Scene::status(status, &[]), Scene::stream("data: a\n\n")]).await;
        let world = World::at_speed(&feeds(&[("f", origin.url("/"))]), 200);
        let engine = world.start().await;
        assert_eq!(data(&engine, 1).await, ["a"], "{status}");
        let all = rows(&engine, |_| true).await;
        let waited = all.last().unwrap().at - all[0].at;
        assert!((300_000..460_000).contains(&waited), "{status}: {waited} ms");
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn a_refused_secret_is_tried_after_five_minutes_and_then_hourly() {
    for part in ["type = \"bearer\"", "type = \"query\", name = \"key\"", "type = \"cookie\", name = \"key\""]
    {
        let origin = Origin::start(vec![Scene::status(401, &[])]).await;
        let auth = format!("auth = {{ {part}, secret = \"ops\" }}\n");
        let world = World::at_speed(&format!("{}{auth}", feeds(&[("f", origin.url("/"))])), 2000);
        world.keychain.set("ops", Secret::new("old")).await.unwrap();
        let engine = world.start().await;
        let mut since = 0;
        let mut waits = Vec::new();
        for _ in 0..3 {
            let (at, wait) = parked_for(&engine, &Reason::SignInRefused(401), since).await;
            since = at;
            waits.push(wait);
        }
        assert!((300..=360).contains(&waits[0]), "{waits:?}");
        assert!(waits[1..].iter().all(|wait| (3600..=3660).contains(wait)), "{waits:?}");
        engine.shutdown().await;
    }
}

#[tokio::test]
async fn without_an_idle_timeout_the_head_may_come_as_late_as_it_will() {
    let mut origin = Origin::start(vec![Scene::silence()]).await;
    let mut limited = Origin::start(vec![Scene::silence()]).await;
    let patient = format!("{}idle_timeout = \"off\"\n", feeds(&[("f", origin.url("/"))]));
    let limit = format!("{}idle_timeout = \"50m\"\n", feeds(&[("limited", limited.url("/"))]));
    let world = World::at_speed(&format!("{patient}{limit}"), 2000);
    let engine = world.start().await;
    origin.asked(1).await;
    // The other feed is given up after its 50 minutes, and asked again.
    limited.asked(2).await;
    assert_eq!(origin.count(), 1, "not given up after 50 minutes");
    origin.send("HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\n\r\ndata: late\n\n");
    assert_eq!(data(&engine, 1).await, ["late"]);
    engine.shutdown().await;
}

#[tokio::test]
async fn connections_that_are_cut_after_the_same_silence_show_the_limit_and_cause_no_backoff() {
    let quiet = || Scene::stream("id: 1\nevent: x\ndata: a\n\n");
    let mut origin = Origin::start(vec![quiet(), Scene::stream(":\n\n"), Scene::stream(":\n\n")]).await;
    let world = World::at_speed(&feeds(&[("f", origin.url("/"))]), 10);
    let engine = world.start().await;
    let clock = world.ports().clock;
    for cuts in 1..=2 {
        origin.asked(cuts).await;
        assert_eq!(feed(&engine, |feed| feed.connection.is_live()).await.quiet_limit_ms, None, "{cuts}");
        clock.sleep(std::time::Duration::from_secs(40)).await;
        origin.cut();
    }
    let known = feed(&engine, |feed| feed.quiet_limit_ms.is_some()).await.quiet_limit_ms.unwrap();
    assert!((38_000..=46_000).contains(&known), "{known} ms");
    let all = rows(&engine, |rows| waits(rows).len() == 2).await;
    assert!(waits(&all).iter().all(|in_ms| *in_ms <= 2500), "no backoff: {:?}", waits(&all));
    engine.shutdown().await;
}

/// Returns the waits before each further attempt, in milliseconds.
fn waits(rows: &[Row]) -> Vec<u64> {
    let waits = rows.iter().filter_map(|row| match &row.body {
        RowBody::Reconnecting(wait) => Some(wait.in_ms),
        _ => None,
    });
    waits.collect()
}

#[tokio::test]
async fn the_answer_to_a_post_is_complete_when_it_ends_and_asked_for_again_only_if_wanted() {
    let post = "method = \"POST\"\nbody = \"{}\"\n";
    let scenes =
        || vec![Scene::ended("retry: 300\ndata: a\n\n"), Scene::ended("data: b\n\n"), Scene::stream("")];
    let origin = Origin::start(scenes()).await;
    let world = World::at_speed(&format!("{}{post}", feeds(&[("f", origin.url("/"))])), 20);
    let engine = world.start().await;
    let off = feed(&engine, |feed| matches!(feed.connection, Connection::Off { .. })).await;
    assert_eq!(off.connection, Connection::Off { reason: Some(Reason::Complete) });
    world.ports().clock.sleep(std::time::Duration::from_secs(120)).await;
    assert_eq!(origin.count(), 1, "each request may cost money");
    engine.reconnect(&off.id).await;
    assert_eq!(data(&engine, 2).await, ["a", "b"]);
    engine.shutdown().await;

    let origin = Origin::start(scenes()).await;
    let keys = format!("{post}reconnect = \"always\"\n");
    let world = World::at_speed(&format!("{}{keys}", feeds(&[("f", origin.url("/"))])), 20);
    let engine = world.start().await;
    assert_eq!(data(&engine, 2).await, ["a", "b"]);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_complete_answer_is_not_asked_for_at_the_next_start_unless_the_request_is_another() {
    for (first, had) in [(Scene::ended("data: a\n\n"), 1), (Scene::status(204, &[]), 0)] {
        let scenes = vec![first, Scene::ended("data: b\n\n"), Scene::ended("data: c\n\n")];
        let origin = Origin::start(scenes).await;
        let post = |body: &str| {
            format!("{}method = \"POST\"\nbody = \"{body}\"\n", feeds(&[("f", origin.url("/"))]))
        };
        let world = World::at_speed(&post("one"), 20);
        let is_off = |feed: &FeedStatus| matches!(feed.connection, Connection::Off { .. });
        let engine = world.start().await;
        feed(&engine, is_off).await;
        engine.shutdown().await;

        let engine = world.start().await;
        let off = feed(&engine, is_off).await;
        assert_eq!(off.connection, Connection::Off { reason: Some(Reason::Complete) });
        world.ports().clock.sleep(std::time::Duration::from_secs(120)).await;
        assert_eq!(origin.count(), 1, "each request may cost money");
        engine.reconnect(&off.id).await;
        data(&engine, had + 1).await;
        feed(&engine, is_off).await;
        engine.shutdown().await;

        world.write_config(&post("two"));
        let engine = world.start().await;
        assert_eq!(data(&engine, had + 2).await.last().map(String::as_str), Some("c"));
        engine.shutdown().await;
        assert_eq!(origin.count(), 3);
    }
}

#[tokio::test]
async fn a_204_stops_the_feed_until_a_person_reconnects() {
    let mut origin = Origin::start(vec![Scene::status(204, &[]), Scene::stream("data: a\n\n")]).await;
    let world = World::at_speed(&feeds(&[("f", origin.url("/"))]), 50);
    let engine = world.start().await;
    let off = feed(&engine, |feed| matches!(feed.connection, Connection::Off { .. })).await;
    assert_eq!(off.connection, Connection::Off { reason: Some(Reason::NoContent) });
    assert_eq!(origin.asked(1).await.len(), 1);
    engine.reconnect(&off.id).await;
    assert_eq!(data(&engine, 1).await, ["a"]);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_server_that_never_answers_is_reported_while_other_feeds_run() {
    let silent = Origin::start(vec![Scene::silence()]).await;
    let lively = Origin::start(vec![Scene::stream("data: a\n\n")]).await;
    let config = feeds(&[("silent", silent.url("/")), ("lively", lively.url("/"))]);
    let world = World::at_speed(&config, 10);
    let engine = world.start().await;
    status(&engine, |status| {
        matches!(status.feeds[0].connection, Connection::Connecting { slow: true, .. })
            && status.feeds[1].connection.is_live()
    })
    .await;
    let all = rows(&engine, |rows| rows.iter().any(|row| matches!(row.body, RowBody::NoAnswer { .. }))).await;
    assert_eq!(all.iter().filter(|row| matches!(row.body, RowBody::NoAnswer { .. })).count(), 1);
    lively.send("data: b\n\n");
    assert_eq!(data(&engine, 2).await, ["a", "b"]);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_silent_connection_is_renewed_after_the_idle_timeout_and_comments_keep_it_open() {
    let mut origin = Origin::start(vec![Scene::stream("id: 1\ndata: a\n\n"), Scene::stream("")]).await;
    let world = World::at_speed(&format!("{}idle_timeout = \"20s\"\n", feeds(&[("f", origin.url("/"))])), 20);
    let engine = world.start().await;
    data(&engine, 1).await;
    let clock = world.ports().clock;
    for _ in 0..8 {
        clock.sleep(std::time::Duration::from_secs(5)).await;
        origin.send(":\n");
    }
    assert_eq!(origin.count(), 1, "twice the idle limit, and kept alive by comments");
    origin.asked(2).await;
    let all = rows(&engine, |rows| rows.iter().any(|row| matches!(row.body, RowBody::Reconnecting(_)))).await;
    let reasons: Vec<_> = all
        .iter()
        .filter_map(|row| match &row.body {
            RowBody::Reconnecting(wait) => Some(wait.reason.clone()),
            _ => None,
        })
        .collect();
    assert_eq!(reasons, [Reason::Idle]);
    engine.shutdown().await;
}

#[tokio::test]
async fn refused_and_unknown_hosts_are_retried_and_named() {
    let gone = Origin::start(vec![Scene::silence()]).await.url("/");
    let config = feeds(&[("gone", gone), ("nowhere", "http://nowhere.invalid/".into())]);
    let world = World::new(&config);
    let engine = world.start().await;
    let reason = |connection: &Connection| match connection {
        Connection::Waiting { reason, .. } => Some(reason.clone()),
        _ => None,
    };
    let both =
        status(&engine, |status| status.feeds.iter().all(|feed| reason(&feed.connection).is_some())).await;
    assert_eq!(reason(&both.feeds[0].connection), Some(Reason::Refused));
    assert_eq!(reason(&both.feeds[1].connection), Some(Reason::Dns));
    engine.shutdown().await;
}

#[tokio::test]
async fn switching_a_feed_off_and_on_is_written_to_the_file() {
    let mut origin = Origin::start(vec![Scene::stream("id: 1\ndata: a\n\n")]).await;
    let world = World::new(&format!("# mine\n{}", feeds(&[("f", origin.url("/"))])));
    let engine = world.start().await;
    let id = feed(&engine, |feed| feed.connection.is_live()).await.id;
    engine.set_enabled(&id, false).await.unwrap();
    feed(&engine, |feed| feed.connection == Connection::Off { reason: None }).await;
    assert!(world.config().contains("# mine") && world.config().contains("enabled = false"));
    engine.set_enabled(&id, true).await.unwrap();
    feed(&engine, |feed| feed.connection.is_live()).await;
    assert_eq!(origin.asked(2).await[1].header("last-event-id"), Some("1"));
    engine.shutdown().await;
}

#[tokio::test]
async fn rows_that_a_server_causes_without_events_are_few_a_minute() {
    let retries: String = (0..5_000).map(|n| format!("retry: {}\ndata: {n}\n\n", 1_000 + n)).collect();
    let huge = format!("data: {}\n\n", "x".repeat(2_000)).repeat(500);
    let resets = "event: stream-reset\ndata: x\n\n".repeat(100);
    let origin = Origin::start(vec![Scene::stream(&(retries + &huge + &resets)), Scene::stream("")]).await;
    let world = World::at_speed(&format!("{}max_event = \"1KiB\"\n", feeds(&[("f", origin.url("/"))])), 1);
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).len() == 5_100).await;
    let mut seen = Vec::new();
    for row in &all {
        match &row.body {
            RowBody::Retry { ms, times } => seen.push(("retry", *ms, *times)),
            RowBody::Gap(gap) => seen.push((gap.reason.code(), 0, gap.times)),
            _ => {}
        }
    }
    // Five of each kind a minute; they may fall into two minutes.
    assert!(seen.len() <= 30, "{seen:?}");
    let count =
        |kind: &str| seen.iter().filter(|(name, ..)| *name == kind).map(|(.., times)| times).sum::<u64>();
    assert_eq!((count("retry"), count("oversize"), count("history-too-short")), (5_000, 500, 100));
    assert_eq!(seen.iter().rfind(|(name, ..)| *name == "retry").map(|(_, ms, _)| *ms), Some(5_999));
    engine.shutdown().await;
}

#[tokio::test]
async fn after_five_rows_of_a_kind_the_last_is_shared_until_the_minute_is_over() {
    let set = |range: std::ops::Range<u64>| -> String {
        range.map(|n| format!("retry: {}\ndata: {n}\n\n", 1_000 + n)).collect()
    };
    let origin = Origin::start(vec![Scene::stream(&set(0..9))]).await;
    let world = World::new(&feeds(&[("f", origin.url("/"))]));
    let clock = Arc::new(SteeredClock::default());
    let ports = Ports { clock: Arc::clone(&clock) as _, ..world.ports() };
    let engine = Engine::start(Home::at(world.dir()), ports).await.unwrap();
    data(&engine, 9).await;
    clock.pass(std::time::Duration::from_secs(61));
    origin.send(&set(9..10));
    data(&engine, 10).await;
    let all = rows(&engine, |_| true).await;
    let set: Vec<_> = all
        .iter()
        .filter_map(|row| match row.body {
            RowBody::Retry { ms, times } => Some((ms, times)),
            _ => None,
        })
        .collect();
    assert_eq!(set, [(1_000, 1), (1_001, 1), (1_002, 1), (1_003, 1), (1_008, 5), (1_009, 1)]);
    engine.shutdown().await;
}
