//! The servers that tutorials show work unchanged.

use bellwire_engine::event::{Outcome, Row, RowBody};
use bellwire_engine::status::Connection;
use bellwire_tests::support::node::NodeServer;
use bellwire_tests::support::world::{World, data_of, rows, status};

fn events(rows: &[Row], feed: &str) -> Vec<(String, Outcome)> {
    let of_feed = rows.iter().filter(|row| row.feed.as_str() == feed);
    let events = of_feed.filter_map(|row| match &row.body {
        RowBody::Event(event) => Some((event.event_type.clone(), event.decision.outcome)),
        _ => None,
    });
    events.collect()
}

#[tokio::test]
async fn the_servers_of_tutorials_work_unchanged_side_by_side() {
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
        let retry =
            all.iter().any(|row| row.feed.as_str() == id && row.body == RowBody::Retry { ms: 10_000 });
        assert!(retry, "the server's reconnection time is a row");
    }
    assert!(events(&all, "sentence").iter().all(|event| *event == ("message".into(), Outcome::Log)));
    assert!(events(&all, "named").iter().all(|event| *event == ("timeMessage".into(), Outcome::Notify)));
    assert!(data_of(&all).iter().any(|data| data.starts_with("The server time is: ")));
    assert!(all.iter().any(|row| row.body == RowBody::Retry { ms: 6000 }));

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
