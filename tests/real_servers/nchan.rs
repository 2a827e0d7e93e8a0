//! nginx with nchan: history, ids with colons, a location with a password.

use std::net::SocketAddr;
use std::ops::Range;
use std::time::Duration;

use bellwire_engine::event::Reason;
use bellwire_engine::ports::{Clock, Secrets};
use bellwire_engine::secrets::Secret;
use bellwire_engine::status::Connection;
use bellwire_engine::system::SystemClock;
use bellwire_tests::support::nchan::{Nchan, USER};
use bellwire_tests::support::proxy::{Fault, Proxy};
use bellwire_tests::support::wait;
use bellwire_tests::support::world::{World, data, data_of, feed, rows};

use crate::story;
use crate::table::{Column, saw as table_says};

fn saw(column: Column, what: &str) {
    table_says("nchan", column, what);
}

fn one_feed(url: &str, more: &str) -> String {
    format!("[[feed]]\nid = \"ops\"\nurl = \"{url}\"\n{more}\n")
}

/// Publishes messages with these numbers to a location, and returns their data.
fn publish(nchan: &Nchan, target: &str, numbers: Range<usize>) -> Vec<String> {
    let data = numbers.map(|n| format!("message {n}"));
    data.inspect(|data| nchan.publish_to(target, Some("alert"), data)).collect()
}

#[tokio::test]
async fn events_nchan_published_while_away_are_stored_once_and_in_order() {
    let nchan = Nchan::start();
    let world = World::new(&format!("[[feed]]\nid = \"ops\"\nurl = \"{}\"\n", nchan.url("ops")));
    let engine = world.start().await;
    feed(&engine, |feed| feed.connection.is_live()).await;
    let mut expected = Vec::new();
    let mut publish = |n: u32| {
        nchan.publish("ops", n.is_multiple_of(2).then_some("alert"), &format!("message {n}"));
        expected.push(format!("message {n}"));
    };
    (0..20).for_each(&mut publish);
    data(&engine, 20).await;
    engine.shutdown().await;
    (20..60).for_each(&mut publish);

    let engine = world.start().await;
    data(&engine, 60).await;
    (60..70).for_each(&mut publish);
    assert_eq!(data(&engine, 70).await, expected);
    let all = rows(&engine, |_| true).await;
    saw(Column::Http, &story::http(&all));
    saw(Column::Away, &story::complete(&all, &expected));
    let found = feed(&engine, |feed| feed.count == 70).await;
    assert!(found.last_event_id.contains(':'), "{}", found.last_event_id);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_location_with_a_password_opens_with_the_secret_and_parks_the_feed_without_it() {
    let nchan = Nchan::start();
    let auth = format!("auth = {{ type = \"basic\", user = \"{}\", secret = \"nchan\" }}", USER.0);
    let world =
        World::new(&format!("[[feed]]\nid = \"ops\"\nurl = \"{}\"\n{auth}\n", nchan.protected_url("ops")));
    world.keychain.set("nchan", Secret::new("wrong")).await.unwrap();
    let engine = world.start().await;
    let parked = feed(&engine, |feed| matches!(feed.connection, Connection::Parked { .. })).await;
    world.keychain.set("nchan", Secret::new(USER.1)).await.unwrap();
    engine.reconnect(&parked.id).await;
    feed(&engine, |feed| feed.connection.is_live()).await;
    nchan.publish("ops", None, "inside");
    assert_eq!(data(&engine, 1).await, ["inside"]);
    let all = rows(&engine, |_| true).await;
    saw(Column::Answers, &format!("401: parked, {}, received with the right secret", story::why(&all)));
    engine.shutdown().await;
}

#[tokio::test]
async fn cuts_and_resets_in_front_of_nchan_lose_and_duplicate_no_event() {
    let nchan = Nchan::start();
    let faults = [Fault::Cut(300), Fault::Reset(400), Fault::Cut(501), Fault::Reset(350)];
    let mut proxy = Proxy::start(SocketAddr::from(([127, 0, 0, 1], nchan.port())), &faults).await;
    let published = publish(&nchan, "/pub/ops", 0..50);
    let world = World::at_speed(&one_feed(&proxy.url("/sub/ops"), ""), 4);
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).last() == published.last()).await;
    saw(Column::Cut, &story::complete(&all, &published));
    assert_eq!(proxy.connections(5).await, 5, "each fault cost one connection");
    engine.shutdown().await;
}

#[tokio::test]
async fn a_proxy_that_falls_silent_in_front_of_nchan_is_detected() {
    let nchan = Nchan::start();
    let proxy = Proxy::start(SocketAddr::from(([127, 0, 0, 1], nchan.port())), &[Fault::Silence(300)]).await;
    let published = publish(&nchan, "/pub/ops", 0..20);
    let world = World::at_speed(&one_feed(&proxy.url("/sub/ops"), "idle_timeout = \"10s\""), 10);
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).last() == published.last()).await;
    saw(Column::Silent, &story::complete(&all, &published));
    engine.shutdown().await;
}

#[tokio::test]
async fn a_stream_that_nchan_ends_is_resumed() {
    let nchan = Nchan::start();
    let world = World::at_speed(&one_feed(&nchan.address("/sub-2s/ops"), ""), 4);
    let engine = world.start().await;
    feed(&engine, |feed| feed.connection.is_live()).await;
    let mut published = publish(&nchan, "/pub/ops", 0..5);
    feed(&engine, |feed| matches!(feed.connection, Connection::Waiting { .. })).await;
    published.extend(publish(&nchan, "/pub/ops", 5..10));
    let all = rows(&engine, |rows| data_of(rows).last() == published.last()).await;
    saw(Column::Ends, &story::complete(&all, &published));
    engine.shutdown().await;
}

#[tokio::test]
async fn messages_that_expired_in_nchan_are_lost_without_a_sign_in_its_stream() {
    let nchan = Nchan::start();
    let world = World::new(&one_feed(&nchan.url("ops"), ""));
    let engine = world.start().await;
    feed(&engine, |feed| feed.connection.is_live()).await;
    let mut published = publish(&nchan, "/pub-1s/ops", 0..3);
    data(&engine, 3).await;
    engine.shutdown().await;
    published.extend(publish(&nchan, "/pub-1s/ops", 3..6));
    let clock = SystemClock::new();
    // nchan counts whole seconds, and a request for its state would keep it from deleting expired messages.
    let expired = clock.mono() + Duration::from_secs(3);
    wait::until("the messages to expire", async || (clock.mono() > expired).then_some(())).await;
    published.extend(publish(&nchan, "/pub/ops", 6..8));
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).last() == published.last()).await;
    assert_eq!(story::gaps(&all), None, "nothing in the stream shows it");
    assert!(story::is_unshown(&all), "and nothing shows that the server resumed");
    let fate = story::whatever(&all, &published);
    let cell = format!("continues with the oldest it has, without a sign; {fate}; gap row: resume not shown");
    saw(Column::Expired, &cell);
    engine.shutdown().await;
}

#[tokio::test]
async fn nchan_is_received_again_after_a_kill_and_restart() {
    let mut nchan = Nchan::start();
    let world = World::at_speed(&one_feed(&nchan.url("ops"), ""), 4);
    let engine = world.start().await;
    feed(&engine, |feed| feed.connection.is_live()).await;
    let mut published = publish(&nchan, "/pub/ops", 0..3);
    data(&engine, 3).await;
    let last_event_id = feed(&engine, |feed| feed.count == 3).await.last_event_id;
    nchan.die();
    feed(&engine, |feed| matches!(feed.connection, Connection::Waiting { reason: Reason::Refused, .. }))
        .await;
    // Its ids count within a second, so a restart in the second of the kill would repeat ids.
    let (second, _) = last_event_id.split_once(':').unwrap();
    let second: i64 = second.parse().unwrap();
    let clock = SystemClock::new();
    wait::until("the next second", async || (clock.wall() / 1000 > second).then_some(())).await;
    nchan.come_back();
    published.extend(publish(&nchan, "/pub/ops", 3..6));
    let all = rows(&engine, |rows| data_of(rows).last() == published.last()).await;
    saw(Column::Killed, &story::complete(&all, &published));
    engine.shutdown().await;
}

#[tokio::test]
async fn two_channels_of_nchan_in_one_stream_resume_with_an_id_of_both() {
    let nchan = Nchan::start();
    let world = World::new(&one_feed(&nchan.address("/both/ops/dev"), ""));
    let engine = world.start().await;
    feed(&engine, |feed| feed.connection.is_live()).await;
    let mut published = [Vec::new(), Vec::new()];
    let mut publish_to_both = |numbers: Range<usize>| {
        for n in numbers {
            published[n % 2].extend(publish(&nchan, ["/pub/ops", "/pub/dev"][n % 2], n..n + 1));
        }
    };
    publish_to_both(0..5);
    data(&engine, 5).await;
    engine.shutdown().await;
    publish_to_both(5..20);
    let engine = world.start().await;
    let all = rows(&engine, |rows| data_of(rows).len() >= 20).await;
    let found = feed(&engine, |feed| feed.count == 20).await;
    assert!(found.last_event_id.contains(",["), "an id of two places: {}", found.last_event_id);
    // In a replay, nchan keeps the order of each channel, but not the order between channels.
    let [ops, dev] = published.map(|published| story::complete(&all, &published));
    assert_eq!(ops, dev);
    saw(Column::Form, &format!("two channels in one stream: {ops} of each, in its own order"));
    engine.shutdown().await;
}
