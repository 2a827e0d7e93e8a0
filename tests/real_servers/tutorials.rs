//! The unchanged servers of tutorials.

use std::net::SocketAddr;

use bellwire_engine::EngineHandle;
use bellwire_engine::event::{Outcome, Reason, Row, RowBody};
use bellwire_engine::status::Connection;
use bellwire_tests::support::node::NodeServer;
use bellwire_tests::support::proxy::{Fault, Proxy};
use bellwire_tests::support::world::{World, data_of, rows, status};

use crate::story;
use crate::table::{Column, saw};

/// The scripts, and the path of each one's stream.
const SCRIPTS: [(&str, &str); 3] =
    [("clock-stream.mjs", "/stream"), ("server-time.mjs", "/events"), ("time-message.mjs", "/sse")];

/// The number of body bytes of each server that contain its first event and little more.
const BEYOND_THE_FIRST_EVENT: [usize; 3] = [150, 60, 110];

fn of_feed(rows: &[Row], n: usize) -> Vec<Row> {
    rows.iter().filter(|row| row.feed.as_str() == format!("f{n}")).cloned().collect()
}

/// Waits until each feed has received events on this number of connections, and returns each feed's rows.
async fn received(engine: &EngineHandle, connections: usize) -> [Vec<Row>; 3] {
    let has_received = |rows: &[Row]| {
        let last = rows.iter().rposition(|row| matches!(row.body, RowBody::Open(_)));
        let opened = rows.iter().filter(|row| matches!(row.body, RowBody::Open(_))).count();
        opened >= connections && last.is_some_and(|at| !data_of(&rows[at..]).is_empty())
    };
    let all = rows(engine, |rows| (0..3).all(|n| has_received(&of_feed(rows, n)))).await;
    [0, 1, 2].map(|n| of_feed(&all, n))
}

/// Returns why the feed reconnected, and whether there are gap rows.
fn told(rows: &[Row]) -> String {
    format!("{}; {}", story::why(rows), story::gaps(rows).unwrap_or_else(|| "no gap row".into()))
}

fn feeds(urls: &[String]) -> String {
    let feed = |(n, url)| format!("[[feed]]\nid = \"f{n}\"\nurl = \"{url}\"\nidle_timeout = \"70s\"\n");
    urls.iter().enumerate().map(feed).collect()
}

fn events(rows: &[Row], feed: &str) -> Vec<(String, Outcome)> {
    let of_feed = rows.iter().filter(|row| row.feed.as_str() == feed);
    let events = of_feed.filter_map(|row| match &row.body {
        RowBody::Event(event) => Some((event.event_type.clone(), event.decision.outcome)),
        _ => None,
    });
    events.collect()
}

#[tokio::test]
async fn the_servers_of_tutorials_work_unchanged_at_the_same_time() {
    let clock = NodeServer::start("clock-stream.mjs", &[0, 0]);
    let sentence = NodeServer::start("server-time.mjs", &[0]);
    let named = NodeServer::start("time-message.mjs", &[0]);
    let second = format!("http://127.0.0.1:{}/stream", clock.ports()[1]);
    let feeds = [
        ("clock", clock.url("/stream")),
        ("clock2", second),
        ("sentence", sentence.url("/events")),
        ("named", named.url("/sse")),
        ("unknown", clock.url("/nowhere")),
    ];
    let config: String =
        feeds.iter().map(|(id, url)| format!("[[feed]]\nid = \"{id}\"\nurl = \"{url}\"\n")).collect();
    let world = World::at_speed(&config, 4);
    let engine = world.start().await;

    let all = rows(&engine, |rows| {
        feeds[..3].iter().all(|(id, _)| events(rows, id).len() >= 3) && events(rows, "named").len() >= 2
    })
    .await;
    for id in ["clock", "clock2"] {
        let found = events(&all, id);
        assert_eq!(found[0], ("connecttime".into(), Outcome::Notify));
        assert!(found[1..].iter().all(|event| *event == ("message".into(), Outcome::Log)), "{found:?}");
        let retry = all
            .iter()
            .any(|row| row.feed.as_str() == id && row.body == RowBody::Retry { ms: 10_000, times: 1 });
        assert!(retry, "the server's reconnection time is a row");
    }
    assert!(events(&all, "sentence").iter().all(|event| *event == ("message".into(), Outcome::Log)));
    assert!(events(&all, "named").iter().all(|event| *event == ("timeMessage".into(), Outcome::Notify)));
    assert!(data_of(&all).iter().any(|data| data.starts_with("The server time is: ")));
    assert!(all.iter().any(|row| row.body == RowBody::Retry { ms: 6000, times: 1 }));

    let is_told = |connection: &Connection| matches!(connection, Connection::Connecting { slow: true, .. });
    let found = status(&engine, |status| is_told(&status.feeds[4].connection)).await;
    assert!(
        found.feeds[..4].iter().all(|feed| feed.connection.is_live()),
        "the other feeds run: {:#?}",
        found.feeds
    );
    let titles: Vec<String> = world.ledger.shown(3).await.into_iter().map(|shown| shown.title).collect();
    for title in ["clock · connecttime", "clock2 · connecttime", "named · timeMessage"] {
        assert!(titles.iter().any(|shown| shown == title), "{title} in {titles:?}");
    }
    engine.shutdown().await;
}

#[tokio::test]
async fn a_cut_and_a_silence_in_front_of_a_tutorials_server_each_give_a_gap_row() {
    tokio::join!(fault(Column::Cut, |_| Fault::None), fault(Column::Silent, Fault::Silence));
}

/// Runs a fault on each server's first connection, and compares the log with the table.
async fn fault(column: Column, fault: impl Fn(usize) -> Fault) {
    let servers = SCRIPTS.map(|(script, _)| NodeServer::start(script, &[0]));
    let mut proxies = Vec::new();
    for (server, bytes) in servers.iter().zip(BEYOND_THE_FIRST_EVENT) {
        let upstream = SocketAddr::from(([127, 0, 0, 1], server.ports()[0]));
        proxies.push(Proxy::start(upstream, &[fault(bytes)]).await);
    }
    let urls: Vec<String> =
        proxies.iter().zip(SCRIPTS).map(|(proxy, (_, target))| proxy.url(target)).collect();
    let world = World::at_speed(&feeds(&urls), 20);
    let engine = world.start().await;
    received(&engine, 1).await;
    if column == Column::Cut {
        proxies.iter().for_each(Proxy::cut_all);
    }
    for ((script, _), rows) in SCRIPTS.iter().zip(received(&engine, 2).await) {
        saw(script, Column::Http, &story::http(&rows));
        saw(script, column, &told(&rows));
    }
    engine.shutdown().await;
}

#[tokio::test]
async fn a_kill_and_restart_of_a_tutorials_server_gives_a_gap_row() {
    let servers = SCRIPTS.map(|(script, _)| NodeServer::start(script, &[0]));
    let ports = servers.each_ref().map(|server| server.ports()[0]);
    let urls: Vec<String> =
        servers.iter().zip(SCRIPTS).map(|(server, (_, target))| server.url(target)).collect();
    let world = World::at_speed(&feeds(&urls), 20);
    let engine = world.start().await;
    received(&engine, 1).await;
    drop(servers);
    let is_refused =
        |connection: &Connection| matches!(connection, Connection::Waiting { reason: Reason::Refused, .. });
    status(&engine, |status| status.feeds.iter().all(|feed| is_refused(&feed.connection))).await;
    let _servers: Vec<NodeServer> =
        SCRIPTS.iter().zip(ports).map(|((script, _), port)| NodeServer::start(script, &[port])).collect();
    for ((script, _), rows) in SCRIPTS.iter().zip(received(&engine, 2).await) {
        saw(script, Column::Killed, &told(&rows));
    }
    engine.shutdown().await;
}
