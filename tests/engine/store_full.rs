//! A full disk pauses reading; once there is room, everything is stored.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant};

use bellwire_engine::event::ProblemKind;
use bellwire_engine::event::RowBody;
use bellwire_engine::{At, Engine, EngineHandle, Home, LogReader, View};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::world::{World, data, feed, status};

fn config(origin: &Origin) -> String {
    format!("[[feed]]\nid = \"f\"\nurl = \"{}\"\n", origin.url("/"))
}

fn events(numbers: std::ops::Range<usize>) -> String {
    numbers.map(|n| format!("id: {n}\ndata: {n} {}\n\n", "x".repeat(2_000))).collect()
}

async fn start(world: &World, room: &Arc<AtomicU32>) -> EngineHandle {
    let home = Home::at(world.dir()).with_page_limit(Arc::clone(room));
    Engine::start(home, world.ports()).await.unwrap()
}

fn last_stored_id(world: &World) -> String {
    let reader = LogReader::open(&Home::at(world.dir())).unwrap();
    let rows = reader.page(&View::default(), At::Newest, 100_000).unwrap().rows;
    let ids = rows.into_iter().rev().find_map(|row| match row.body {
        RowBody::Event(event) => Some(event.last_event_id),
        _ => None,
    });
    ids.unwrap()
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the limit is in seconds of real time")]
async fn a_full_disk_pauses_reading_and_with_room_every_event_is_stored_once() {
    let origin = Origin::start(vec![Scene::stream(&events(0..100))]).await;
    let world = World::new(&config(&origin));
    let room = Arc::new(AtomicU32::new(u32::MAX - 1));
    let engine = start(&world, &room).await;
    data(&engine, 100).await;
    // The log must not grow by a page.
    room.store(1, Ordering::Relaxed);
    origin.send(&events(100..2_000));
    let told = status(&engine, |status| status.problem.is_some()).await;
    assert_eq!(told.problem.as_ref().unwrap().kind, ProblemKind::Disk);
    let cursor = told.feeds[0].last_event_id.clone();
    assert_eq!(cursor, last_stored_id(&world), "the cursor is the id of the last stored event");
    room.store(u32::MAX - 1, Ordering::Relaxed);
    let since = Instant::now();
    status(&engine, |status| status.problem.is_none()).await;
    assert!(since.elapsed() < Duration::from_secs(10));
    let all = data(&engine, 2_000).await;
    let numbers: Vec<usize> =
        all.iter().map(|data| data.split(' ').next().unwrap().parse().unwrap()).collect();
    assert_eq!(numbers, (0..2_000).collect::<Vec<_>>());
    engine.shutdown().await;
}

#[tokio::test]
#[expect(clippy::disallowed_methods, reason = "the limit is in seconds of real time")]
async fn a_restart_with_a_full_disk_resumes_where_the_log_ends() {
    let mut origin = Origin::start(vec![Scene::stream(&events(0..100)), Scene::stream("")]).await;
    let world = World::new(&config(&origin));
    let room = Arc::new(AtomicU32::new(u32::MAX - 1));
    let engine = start(&world, &room).await;
    data(&engine, 100).await;
    room.store(1, Ordering::Relaxed);
    // More than the queue holds, so that reading pauses.
    origin.send(&events(100..40_000));
    status(&engine, |status| status.problem.is_some()).await;
    let since = Instant::now();
    engine.shutdown().await;
    assert!(since.elapsed() < Duration::from_secs(2), "ended after {:?}", since.elapsed());
    let last = last_stored_id(&world);
    room.store(u32::MAX - 1, Ordering::Relaxed);
    let engine = start(&world, &room).await;
    feed(&engine, |feed| feed.connection.is_live()).await;
    assert_eq!(origin.asked(2).await[1].header("last-event-id"), Some(last.as_str()));
    engine.shutdown().await;
}
