//! A stream that is cut at every byte, or sent in single bytes, gives the same events.

use std::sync::Arc;

use bellwire_engine::event::Incoming;
use bellwire_engine::feed::{Activity, Spec, Subscribed};
use bellwire_tests::support::history::History;
use bellwire_tests::support::proxy::{Fault, Proxy};
use bellwire_tests::support::world::World;

/// The number of cuts that are tested at the same time.
const AT_ONCE: usize = 16;

/// Returns about 2 KiB of stream with every line end, a byte order mark, comments, multi-byte text and an id
/// without data, and its events.
fn fixture() -> (Vec<u8>, Vec<(String, Vec<u8>)>) {
    let preface = "\u{feff}: ready\r\nretry: 250\n\n".as_bytes().to_vec();
    let ends = ["\n", "\r\n", "\r"];
    let blocks = (1..=26).map(|n| {
        let end = ends[n % 3];
        let mut block =
            format!("event: alert{end}id: {n}:é{end}data: 北区支付网关 {n} 🔔{end}data: zweite Zeile{end}");
        if n % 5 == 0 {
            block.push_str(&format!(": keep-alive{end}unknown: x{end}"));
        }
        (format!("{n}:é"), (block + end).into_bytes())
    });
    (preface, blocks.collect())
}

async fn origin() -> (History, usize) {
    let (preface, blocks) = fixture();
    let history = History::start(&preface).await;
    for (id, block) in &blocks {
        history.publish(id, block);
    }
    (history, preface.len() + blocks.iter().map(|(_, block)| block.len()).sum::<usize>())
}

/// Receives until the last event of the fixture, and returns all events.
async fn receive(history: &History, fault: Fault) -> Vec<(String, String, String)> {
    let proxy = Proxy::start(history.address(), &[fault]).await;
    let world = World::at_speed("", 50);
    let spec = Spec::at(proxy.url("/stream").parse().unwrap());
    let mut subscribed = Subscribed::start(spec, world.ports());
    let mut events = Vec::new();
    while events.last().is_none_or(|(id, ..): &(String, String, String)| id != "26:é") {
        let Some(signal) = subscribed.next().await else { panic!("the subscription ended") };
        let Activity::Items { items, .. } = signal else { continue };
        for item in items {
            if let Incoming::Event(event) = item {
                events.push((event.last_event_id, event.event_type, event.data));
            }
        }
    }
    events
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_cut_at_any_byte_leaves_the_same_log() {
    let (history, length) = origin().await;
    assert!((2048..4096).contains(&length), "{length}");
    let whole = receive(&history, Fault::None).await;
    assert_eq!(whole.len(), 26);
    let history = Arc::new(history);
    let mut cuts = (0..=length).collect::<Vec<_>>().into_iter();
    let mut running = tokio::task::JoinSet::new();
    let mut done = 0;
    loop {
        while running.len() < AT_ONCE
            && let Some(at) = cuts.next()
        {
            let history = Arc::clone(&history);
            running.spawn(async move { (at, receive(&history, Fault::Cut(at)).await) });
        }
        let Some(finished) = running.join_next().await else { break };
        let (at, events) = finished.unwrap();
        assert_eq!(events, whole, "cut at byte {at}");
        done += 1;
    }
    assert_eq!(done, length + 1);
}

#[tokio::test]
async fn a_stream_in_single_bytes_gives_the_same_log_without_a_reconnect() {
    let (history, _) = origin().await;
    let whole = receive(&history, Fault::None).await;
    let before = history.connections();
    assert_eq!(receive(&history, Fault::Fragments).await, whole);
    assert_eq!(history.connections(), before + 1);
}
