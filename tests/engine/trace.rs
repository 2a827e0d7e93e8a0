//! What the log keeps about an event: its received lines, and its times.

use std::time::Duration;

use bellwire_engine::EngineHandle;
use bellwire_engine::event::{Lines, Row, RowBody, Seq, Trace};
use bellwire_tests::support::origin::{Origin, Scene};
use bellwire_tests::support::wait;
use bellwire_tests::support::world::{World, data_of, rows};

fn one_feed(origin: &Origin) -> String {
    format!("[[feed]]\nid = \"ops\"\nurl = \"{}\"\n", origin.url("/stream"))
}

async fn events(engine: &EngineHandle, count: usize) -> Vec<Row> {
    let all = rows(engine, |rows| data_of(rows).len() >= count).await;
    all.into_iter().filter(|row| matches!(row.body, RowBody::Event(_))).collect()
}

fn trace(engine: &EngineHandle, row: &Row) -> Trace {
    engine.reader().trace(row.seq).unwrap().expect("an event's row has a trace")
}

#[tokio::test]
async fn an_events_lines_are_kept_byte_for_byte_also_across_a_restart() {
    let blocks: [&[u8]; 6] = [
        b"id: 1\nevent: x\ndata: a\ndata: b\n",
        b"data:crlf\r\nid:2\r\n",
        b": a comment\ndata: odd\n",
        b"retry: 1000\ndata: bad \xff utf-8\n",
        b"data: a\rdata: b\r",
        b"unknown\ndata: end\r\n",
    ];
    let ends: [&[u8]; 6] = [b"\n", b"\r\n", b"\n", b"\n", b"\r", b"\n"];
    let body: Vec<u8> = blocks.iter().zip(ends).flat_map(|(block, end)| [*block, end].concat()).collect();
    let mut scene = Scene::stream("");
    scene.answer.extend_from_slice(&body);
    let origin = Origin::start(vec![scene]).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    events(&engine, blocks.len()).await;
    engine.shutdown().await;
    let engine = world.start().await;
    let rows = events(&engine, blocks.len()).await;
    for (row, block) in rows.iter().zip(blocks) {
        assert_eq!(trace(&engine, row).lines, Lines::AsReceived(block.to_vec()));
    }
    engine.shutdown().await;
}

#[tokio::test]
async fn lines_over_1_mib_are_reported_as_too_large_unless_they_are_plain() {
    let large = "x".repeat(2 * 1024 * 1024);
    let body = format!(": c\ndata: {large}\n\ndata: {large}\n\n");
    let origin = Origin::start(vec![Scene::stream(&body)]).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let rows = events(&engine, 2).await;
    assert_eq!(trace(&engine, &rows[0]).lines, Lines::TooLarge);
    assert_eq!(trace(&engine, &rows[1]).lines, Lines::AsReceived(format!("data: {large}\n").into()));
    assert!(trace(&engine, &rows[0]).timing.chunks > Some(1));
    engine.shutdown().await;
}

#[tokio::test]
async fn an_events_times_are_kept_in_their_order() {
    let origin = Origin::start(vec![Scene::stream("event: x\ndata: a\n\n")]).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let first = events(&engine, 1).await.remove(0);
    let shown = async || trace(&engine, &first).timing.shown_at;
    let shown_at = wait::until("the notification is marked", shown).await;
    let timing = trace(&engine, &first).timing;
    let stored_at = timing.stored_at.expect("the time of storing");
    assert!(timing.arrived_at <= stored_at && stored_at <= shown_at, "{timing:?}");
    assert_eq!((timing.chunks, timing.took, timing.in_group), (Some(1), Some(Duration::ZERO), Some(1)));

    // An event in two chunks, without a notification. Its retry line takes effect at once, which shows that the
    // first chunk was read.
    origin.send("retry: 7777\ndata: b");
    rows(&engine, |rows| rows.iter().any(|row| row.body == RowBody::Retry { ms: 7777, times: 1 })).await;
    origin.send("c\n\n");
    let second = events(&engine, 2).await.remove(1);
    let timing = trace(&engine, &second).timing;
    assert_eq!((timing.chunks, timing.shown_at), (Some(2), None));
    assert!(timing.took > Some(Duration::ZERO), "{timing:?}");
    assert_eq!(engine.reader().trace(Seq(1)).unwrap(), None, "a row of a connection has no trace");
    engine.shutdown().await;
}

#[tokio::test]
async fn an_event_counted_by_a_digest_has_the_time_of_the_digest() {
    let storm: String = (0..30).map(|n| format!("event: x\ndata: {n}\n\n")).collect();
    let origin = Origin::start(vec![Scene::stream(&storm)]).await;
    let world = World::new(&one_feed(&origin));
    let engine = world.start().await;
    let rows = events(&engine, 30).await;
    for row in [&rows[0], &rows[10], &rows[29]] {
        let shown = async || trace(&engine, row).timing.shown_at;
        wait::until("the notification is marked", shown).await;
    }
    engine.shutdown().await;
}
