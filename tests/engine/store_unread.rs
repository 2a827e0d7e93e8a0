//! Unread events.

use bellwire_engine::event::Seq;
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, feed};

#[tokio::test]
async fn events_that_arrive_after_mark_read_are_unread() {
    let origin =
        Origin::start(vec![Scene::stream("event: alarm\nid: 1\ndata: a\n\n"), Scene::stream("")]).await;
    let world = World::new(&format!("[[feed]]\nid = \"f\"\nurl = \"{}\"\n", origin.url("/")));
    let engine = world.start().await;
    feed(&engine, |feed| feed.unread == 1).await;
    engine.mark_read(None, Seq(i64::MAX)).await;
    feed(&engine, |feed| feed.unread == 0).await;
    origin.send("event: alarm\nid: 2\ndata: b\n\n");
    feed(&engine, |feed| feed.unread == 1).await;
    engine.shutdown().await;
    let engine = world.start().await;
    assert_eq!(engine.status().borrow().feeds[0].unread, 1, "counted again it is the same");
    engine.shutdown().await;
}
