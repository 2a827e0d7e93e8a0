//! nginx with nchan: history, ids with colons, a location behind a password.

use bellwire_engine::ports::Secrets;
use bellwire_engine::secrets::Secret;
use bellwire_engine::status::Connection;
use bellwire_tests::support::nchan::{Nchan, USER};
use bellwire_tests::support::world::{World, data, feed};

#[tokio::test]
async fn what_was_published_while_away_is_in_the_log_once_each_and_in_order() {
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
    let found = feed(&engine, |feed| feed.count == 70).await;
    assert!(found.last_event_id.contains(':'), "{}", found.last_event_id);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_location_behind_a_password_opens_with_the_secret_and_parks_without() {
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
    engine.shutdown().await;
}
