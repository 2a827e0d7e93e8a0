//! A wall clock that is set forward or back by a day.

use std::sync::Arc;
use std::time::Duration;

use bellwire_engine::event::RowBody;
use bellwire_engine::status::Connection;
use bellwire_engine::{Engine, EngineHandle, Home, Ports};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::steered::SteeredClock;
use bellwire_tests::support::wait::until;
use bellwire_tests::support::world::{World, data, feed, rows};

const DAY_MILLIS: i64 = 24 * 3600 * 1000;

async fn start(world: &World, clock: &Arc<SteeredClock>) -> EngineHandle {
    let ports = Ports { clock: Arc::clone(clock) as _, ..world.ports() };
    Engine::start(Home::at(world.dir()), ports).await.unwrap()
}

fn config(origin: &Origin) -> String {
    format!("[retention]\nmax_age = \"12h\"\n[[feed]]\nid = \"f\"\nurl = \"{}\"\n", origin.url("/"))
}

#[tokio::test]
async fn a_clock_set_by_a_day_changes_no_order_and_deletes_no_row() {
    let origin = Origin::start(vec![Scene::stream("id: 0\ndata: first\n\n"), Scene::stream("")]).await;
    let world = World::new(&config(&origin));
    let clock = Arc::new(SteeredClock::default());
    let engine = start(&world, &clock).await;
    data(&engine, 1).await;
    clock.set_by(-DAY_MILLIS);
    origin.send("id: 1\ndata: a day before\n\n");
    data(&engine, 2).await;
    clock.set_by(2 * DAY_MILLIS);
    origin.send("id: 2\ndata: a day after\n\n");
    let expected = ["first", "a day before", "a day after"];
    assert_eq!(data(&engine, 3).await, expected);
    let all = rows(&engine, |_| true).await;
    assert!(all.is_sorted_by_key(|row| row.seq));
    let times: Vec<_> =
        all.iter().filter(|row| matches!(row.body, RowBody::Event(_))).map(|row| row.at).collect();
    assert!(times[1] < times[0] && times[0] < times[2], "the clock really was set: {times:?}");
    // Retention runs after an hour of passed time.
    clock.pass(Duration::from_secs(3600));
    engine.shutdown().await;

    let engine = start(&world, &clock).await;
    assert_eq!(data(&engine, 3).await, expected);
    engine.shutdown().await;
}

#[tokio::test]
async fn a_clock_set_by_a_day_does_not_change_a_delay() {
    for days in [-1, 1] {
        let scenes = vec![Scene::status(503, &["Retry-After: 60"]), Scene::stream("data: a\n\n")];
        let mut origin = Origin::start(scenes).await;
        let world = World::new(&config(&origin));
        let clock = Arc::new(SteeredClock::default());
        let engine = start(&world, &clock).await;
        feed(&engine, |feed| matches!(feed.connection, Connection::Waiting { .. })).await;
        clock.set_by(days * DAY_MILLIS);
        clock.pass(Duration::from_secs(55));
        origin.asked(1).await;
        assert_eq!(origin.count(), 1);
        until("the next try", async || {
            clock.pass(Duration::from_secs(1));
            (origin.count() == 2).then_some(())
        })
        .await;
        engine.shutdown().await;
    }
}
