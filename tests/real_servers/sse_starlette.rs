//! sse-starlette on uvicorn: line ends, pings, history, and responses without a stream.

use std::net::SocketAddr;

use bellwire_engine::event::{Reason, RowBody};
use bellwire_engine::ports::Secrets;
use bellwire_engine::secrets::Secret;
use bellwire_engine::status::Connection;
use bellwire_tests::support::history_server::{HistoryServer, Library};
use bellwire_tests::support::proxy::{Fault, Proxy};
use bellwire_tests::support::wait;
use bellwire_tests::support::world::{World, data, data_of, feed, rows, status};
use serde_json::json;

use crate::story;
use crate::table::{Column, saw as table_says};

fn saw(column: Column, what: &str) {
    table_says("sse-starlette", column, what);
}

fn server() -> HistoryServer {
    HistoryServer::start(Library::SseStarlette)
}

fn one_feed(url: &str, more: &str) -> String {
    format!("[[feed]]\nid = \"ops\"\nurl = \"{url}\"\n{more}\n")
}

#[tokio::test]
async fn events_sse_starlette_published_while_away_are_stored_once() {
    let mut server = server();
    let world = World::new(&one_feed(&server.url("/stream"), ""));
    let engine = world.start().await;
    let mut published = server.publish(10);
    data(&engine, 10).await;
    engine.shutdown().await;
    published.extend(server.publish(30));
    let engine = world.start().await;
    data(&engine, 40).await;
    published.extend(server.publish(1));
    let all = rows(&engine, |rows| data_of(rows).last() == published.last()).await;
    saw(Column::Http, &story::http(&all));
    saw(Column::Away, &story::complete(&all, &published));
    assert_eq!(server.asked()[1]["last-event-id"], "10");
    engine.shutdown().await;
}

#[tokio::test]
async fn cuts_and_resets_in_front_of_sse_starlette_lose_and_duplicate_no_event() {
    let mut server = server();
    let faults = [Fault::Cut(150), Fault::Reset(150), Fault::Cut(201), Fault::Reset(90)];
    let proxy = Proxy::start(SocketAddr::from(([127, 0, 0, 1], server.port())), &faults).await;
    let published = server.publish(30);
    let world = World::at_speed(&one_feed(&proxy.url("/stream"), ""), 4);
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).last() == published.last()).await;
    saw(Column::Cut, &story::complete(&all, &published));
    assert_eq!(server.asked().len(), 5, "each fault cost one connection");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_proxy_that_falls_silent_in_front_of_sse_starlette_is_detected() {
    let mut server = server();
    let proxy = Proxy::start(SocketAddr::from(([127, 0, 0, 1], server.port())), &[Fault::Silence(100)]).await;
    let published = server.publish(10);
    let world = World::at_speed(&one_feed(&proxy.url("/stream?ping=1"), "idle_timeout = \"40s\""), 20);
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).last() == published.last()).await;
    saw(Column::Silent, &story::complete(&all, &published));
    engine.shutdown().await;
}

#[tokio::test]
async fn sse_starlette_is_received_again_after_a_kill_and_restart() {
    let mut server = server();
    let world = World::at_speed(&one_feed(&server.url("/stream"), ""), 4);
    let engine = world.start().await;
    let mut published = server.publish(10);
    data(&engine, 10).await;
    server.die();
    feed(&engine, |feed| matches!(feed.connection, Connection::Waiting { reason: Reason::Refused, .. }))
        .await;
    server.come_back();
    published.extend(server.publish(10));
    let all = rows(&engine, |rows| data_of(rows).last() == published.last()).await;
    saw(Column::Killed, &story::complete(&all, &published));
    engine.shutdown().await;
}

#[tokio::test]
async fn streams_that_sse_starlette_ends_are_resumed() {
    let mut server = server();
    let world = World::at_speed(&one_feed(&server.url("/ends"), ""), 4);
    let published = server.publish(18);
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).last() == published.last()).await;
    saw(Column::Ends, &story::complete(&all, &published));
    let resumed: Vec<_> = server.asked().iter().map(|asked| asked["last-event-id"].clone()).collect();
    assert_eq!(resumed, [json!(null), json!("5"), json!("10"), json!("15")]);
    engine.shutdown().await;
}

#[tokio::test]
async fn every_line_end_of_sse_starlette_is_decoded_alike_and_its_pings_keep_connections_open() {
    let server = server();
    let feeds: String = ["lf", "cr", "crlf"]
        .map(|end| {
            let url = server.url(&format!("/stream?sep={end}&ping=0.2"));
            format!("[[feed]]\nid = \"{end}\"\nurl = \"{url}\"\nidle_timeout = \"20s\"\n")
        })
        .concat();
    // 20 s of this clock are 2 s of the server's: without its pings, the connections would be renewed.
    let world = World::at_speed(&feeds, 10);
    let engine = world.start().await;
    let expected = ["one\nof two lines", "", "塔 🔔"];
    let events = expected
        .iter()
        .enumerate()
        .map(|(n, data)| json!({"id": n.to_string(), "event": "alert", "data": data}));
    server.publish_as_they_are(&events.collect::<Vec<_>>());
    let live_for = |from: i64, to: i64| to - from >= 45_000;
    let found = status(&engine, |status| status.event_count >= 9).await;
    wait::until("twice the idle limit", async || {
        live_for(found.since, world.ports().clock.wall()).then_some(())
    })
    .await;
    let all = rows(&engine, |_| true).await;
    for end in ["lf", "cr", "crlf"] {
        let of_feed: Vec<_> = all.iter().filter(|row| row.feed.as_str() == end).cloned().collect();
        assert_eq!(data_of(&of_feed), expected, "{end}");
        assert_eq!(story::why(&of_feed), "", "{end}: its pings keep the connection");
        assert!(of_feed.iter().any(|row| row.body == RowBody::Retry { ms: 300, times: 1 }), "{end}");
    }
    saw(Column::Form, "LF, CR and CRLF are decoded alike; pings keep the connection open");
    engine.shutdown().await;
}

#[tokio::test]
async fn responses_of_sse_starlette_without_a_stream_stop_park_or_delay_the_feed() {
    let mut server = server();
    let published = server.publish(3);
    let auth = "auth = { type = \"bearer\", secret = \"token\" }";
    let feeds = ["204", "401", "429"].map(|code| {
        format!("[[feed]]\nid = \"s{code}\"\nurl = \"{}\"\n", server.url(&format!("/status/{code}")))
    });
    let private = format!("[[feed]]\nid = \"private\"\nurl = \"{}\"\n{auth}\n", server.url("/private"));
    let world = World::new(&format!("{}{private}", feeds.concat()));
    world.keychain.set("token", Secret::new("wrong")).await.unwrap();
    let clock = world.ports().clock;
    let began = clock.mono();
    let engine = world.start().await;
    let found = status(&engine, |status| {
        let [ended, refused, early, private] = [0, 1, 2, 3].map(|n| &status.feeds[n].connection);
        matches!(ended, Connection::Off { reason: Some(Reason::NoContent) })
            && matches!(refused, Connection::Parked { reason: Reason::SignIn(401), retry_at: Some(_), .. })
            && matches!(
                private,
                Connection::Parked { reason: Reason::SignInRefused(401), retry_at: Some(_), .. }
            )
            && early.is_live()
    })
    .await;
    assert!(clock.mono() - began >= std::time::Duration::from_secs(2), "429 asked for two seconds");
    world.keychain.set("token", Secret::new("open-sesame")).await.unwrap();
    engine.reconnect(&found.feeds[3].id).await;
    let of = |rows: &[bellwire_engine::event::Row], id: &str| -> Vec<_> {
        rows.iter().filter(|row| row.feed.as_str() == id).cloned().collect()
    };
    let all =
        rows(&engine, |rows| ["s429", "private"].iter().all(|id| data_of(&of(rows, id)) == published)).await;
    let cell = format!(
        "204: stopped, {}; 401: parked, {}, received with the right secret; 429: {}, then received",
        story::why(&of(&all, "s204")),
        story::why(&of(&all, "private")),
        story::why(&of(&all, "s429")),
    );
    saw(Column::Answers, &cell);
    engine.shutdown().await;
}
