//! better-sse: HTTP/2 over TLS, batches, sign-in, and a silent connection.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use bellwire_engine::event::Reason;
use bellwire_engine::ports::Secrets;
use bellwire_engine::secrets::Secret;
use bellwire_engine::status::Connection;
use bellwire_tests::support::history_server::{HistoryServer, Library};
use bellwire_tests::support::proxy::{Fault, Proxy};
use bellwire_tests::support::trust;
use bellwire_tests::support::world::{World, data, data_of, feed, rows, status};

use crate::story;
use crate::table::{Column, saw as table_says};

fn saw(column: Column, what: &str) {
    table_says("better-sse", column, what);
}

fn server(certificates_dir: PathBuf) -> HistoryServer {
    HistoryServer::start(Library::BetterSse(certificates_dir))
}

fn one_feed(url: &str, more: &str) -> String {
    format!("[[feed]]\nid = \"ops\"\nurl = \"{url}\"\n{more}\n")
}

fn behind(proxy: &Proxy, more: &str) -> String {
    one_feed(&format!("https://localhost:{}/stream", proxy.port()), more)
}

async fn before(server: &HistoryServer, faults: &[Fault]) -> Proxy {
    Proxy::before_tls(SocketAddr::from(([127, 0, 0, 1], server.port())), faults).await
}

#[tokio::test]
async fn events_better_sse_published_while_away_are_stored_once_over_http_2() {
    let name = "better_sse::events_better_sse_published_while_away_are_stored_once_over_http_2";
    let Some(certificates_dir) = trust::certificates(name) else { return };
    let mut server = server(certificates_dir);
    let world = World::new(&one_feed(&server.url("/stream"), ""));
    let engine = world.start().await;
    let mut published = server.publish(10);
    data(&engine, 10).await;
    engine.shutdown().await;
    published.extend(server.publish(500));
    let engine = world.start().await;
    data(&engine, 510).await;
    published.extend(server.publish(500));
    let all = rows(&engine, |rows| data_of(rows).last() == published.last()).await;
    saw(Column::Http, &story::http(&all));
    saw(Column::Away, &story::complete(&all, &published));
    saw(Column::Form, &format!("batches of 500 events: {}", story::complete(&all, &published)));
    assert_eq!(server.asked()[1]["last-event-id"], "10");
    engine.shutdown().await;
}

#[tokio::test]
async fn cuts_and_resets_of_http_2_lose_and_duplicate_no_event() {
    let name = "better_sse::cuts_and_resets_of_http_2_lose_and_duplicate_no_event";
    let Some(certificates_dir) = trust::certificates(name) else { return };
    let mut server = server(certificates_dir);
    // Each forwards the handshake and one full frame of the replay (16 KiB), and cuts the next frame.
    let faults = [Fault::Cut(40_000), Fault::Reset(42_000), Fault::Cut(39_000), Fault::Reset(41_000)];
    let proxy = before(&server, &faults).await;
    let published = server.publish(4000);
    let world = World::at_speed(&behind(&proxy, ""), 4);
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).last() == published.last()).await;
    saw(Column::Cut, &story::complete(&all, &published));
    assert_eq!(server.asked().len(), 5, "each fault cost one connection");
    engine.shutdown().await;
}

#[tokio::test]
async fn better_sse_is_received_again_after_a_kill_and_restart() {
    let name = "better_sse::better_sse_is_received_again_after_a_kill_and_restart";
    let Some(certificates_dir) = trust::certificates(name) else { return };
    let mut server = server(certificates_dir);
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
async fn streams_that_end_with_a_goaway_are_resumed() {
    let name = "better_sse::streams_that_end_with_a_goaway_are_resumed";
    let Some(certificates_dir) = trust::certificates(name) else { return };
    let mut server = server(certificates_dir);
    let world = World::at_speed(&one_feed(&server.url("/stream"), ""), 4);
    let engine = world.start().await;
    let mut published = server.publish(10);
    data(&engine, 10).await;
    server.end().await;
    server.come_back();
    published.extend(server.publish(10));
    let all = rows(&engine, |rows| data_of(rows).last() == published.last()).await;
    let told = story::complete(&all, &published);
    // An attempt may or may not happen while the server is down.
    saw(Column::Ends, &told.replace(", “connection refused”", ""));
    engine.shutdown().await;
}

/// The HTTP/2 pings run on tokio's clock, which this test moves.
#[tokio::test]
async fn http_2_pings_detect_a_silent_connection_and_keep_a_live_one() {
    let name = "better_sse::http_2_pings_detect_a_silent_connection_and_keep_a_live_one";
    let Some(certificates_dir) = trust::certificates(name) else { return };
    let mut server = server(certificates_dir);
    let mut proxy = before(&server, &[Fault::Silence(8000)]).await;
    let world = World::new(&behind(&proxy, "idle_timeout = \"off\""));
    let engine = world.start().await;
    let mut published = server.publish(1);
    data(&engine, 1).await;
    for _ in 0..3 {
        pass(Duration::from_secs(31)).await;
        // The event arrives after the answer to the ping.
        published.extend(server.publish(1));
        data(&engine, published.len()).await;
        pass(Duration::from_secs(11)).await;
    }
    assert_eq!(proxy.connections(1).await, 1, "what answers its pings stays");

    published.extend(server.publish(500));
    pass(Duration::from_secs(31)).await;
    assert_eq!(proxy.connections(1).await, 1, "a ping without answer has ten seconds");
    pass(Duration::from_secs(11)).await;
    let all = rows(&engine, |rows| data_of(rows).last() == published.last()).await;
    assert_eq!(proxy.connections(2).await, 2);
    saw(Column::Silent, &format!("detected by an HTTP/2 ping: {}", story::complete(&all, &published)));
    engine.shutdown().await;
}

/// Moves tokio's clock.
async fn pass(time: Duration) {
    tokio::time::pause();
    tokio::time::advance(time).await;
    tokio::time::resume();
    // Lets the tasks run that waited for this time, and those that they wake.
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
}

#[tokio::test]
async fn a_secret_and_headers_are_sent_over_http_2_to_the_feeds_own_server() {
    let name = "better_sse::a_secret_and_headers_are_sent_over_http_2_to_the_feeds_own_server";
    let Some(certificates_dir) = trust::certificates(name) else { return };
    let mut server = server(certificates_dir);
    let more = "auth = { type = \"bearer\", secret = \"token\" }\nheaders = { X-Tenant = \"north\" }";
    let nowhere = format!("[[feed]]\nid = \"nowhere\"\nurl = \"{}\"\n", server.url("/nowhere"));
    let world = World::new(&format!("{}{nowhere}", one_feed(&server.url("/private"), more)));
    world.keychain.set("token", Secret::new("wrong")).await.unwrap();
    let engine = world.start().await;
    let found = status(&engine, |status| {
        matches!(status.feeds[0].connection, Connection::Parked { reason: Reason::SignInRefused(401), .. })
            && matches!(status.feeds[1].connection, Connection::Parked { reason: Reason::NotFound(404), .. })
    })
    .await;
    world.keychain.set("token", Secret::new("open-sesame")).await.unwrap();
    engine.reconnect(&found.feeds[0].id).await;
    feed(&engine, |feed| feed.connection.is_live()).await;
    let published = server.publish(1);
    assert_eq!(data(&engine, 1).await, published);
    let asked = server.asked();
    assert_eq!(asked[0]["authorization"], "Bearer open-sesame");
    assert_eq!(asked[0]["x-tenant"], "north");
    let all = rows(&engine, |_| true).await;
    let why = |id: &str| {
        let of_feed: Vec<_> = all.iter().filter(|row| row.feed.as_str() == id).cloned().collect();
        story::why(&of_feed)
    };
    let cell = format!(
        "401: parked, {}, received with the right secret; 404: parked, {}",
        why("ops"),
        why("nowhere")
    );
    saw(Column::Answers, &cell);
    engine.shutdown().await;
}
