//! Tests the demo server over real sockets.

#![expect(clippy::unwrap_used, clippy::expect_used, reason = "what cannot be read fails the test")]

use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::time::Duration;

use bellwire_demo::{Feed, Options, Pace, serve_at};
use serde_json::Value;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::task::JoinHandle;
use tokio::time::timeout;

/// The timeout of a wait: only a failing test reaches it, on any machine.
const PATIENCE: Duration = Duration::from_secs(90);

/// 2026-11-21, in milliseconds of wall time.
const START: u64 = 1_795_219_200_000;

struct Demo {
    port: u16,
    end: oneshot::Sender<()>,
    task: JoinHandle<Result<(), bellwire_demo::Error>>,
}

impl Demo {
    /// Starts a server whose clock starts at `START` plus `offset` and advances with tokio's.
    async fn start(pace: Pace, offset: Duration) -> Self {
        let origin = tokio::time::Instant::now();
        Self::with_clock(pace, move || Duration::from_millis(START) + offset + origin.elapsed()).await
    }

    async fn with_clock(pace: Pace, clock: impl Fn() -> Duration + Send + Sync + 'static) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let port = listener.local_addr().unwrap().port();
        let (end, ended) = oneshot::channel::<()>();
        let shutdown = async move {
            let _ = ended.await;
        };
        let task = tokio::spawn(serve_at(listener, Options { seed: 7, pace }, clock, shutdown));
        Self { port, end, task }
    }

    async fn get(&self, path: &str, last_event_id: Option<&str>) -> Subscriber {
        let mut socket = TcpStream::connect(("127.0.0.1", self.port)).await.unwrap();
        let id = last_event_id.map(|id| format!("Last-Event-ID: {id}\r\n")).unwrap_or_default();
        let request = format!("GET {path} HTTP/1.0\r\nHost: localhost\r\n{id}\r\n");
        socket.write_all(request.as_bytes()).await.unwrap();
        let mut subscriber = Subscriber { socket, received: String::new(), head: String::new() };
        subscriber.head = timeout(PATIENCE, subscriber.read_to("\r\n\r\n")).await.expect("no answer came");
        subscriber
    }

    async fn stop(self) {
        let _ = self.end.send(());
        timeout(PATIENCE, self.task).await.unwrap().unwrap().unwrap();
    }
}

/// A subscriber that uses HTTP/1.0, so that the body has no chunk framing and ends with the connection.
struct Subscriber {
    socket: TcpStream,
    received: String,
    head: String,
}

#[derive(Debug, Clone, PartialEq)]
struct Seen {
    id: String,
    event: String,
    data: Value,
}

impl Seen {
    fn n(&self) -> u64 {
        self.id.strip_prefix("7-").unwrap().parse().unwrap()
    }
}

impl Subscriber {
    async fn read_to(&mut self, mark: &str) -> String {
        loop {
            if let Some(at) = self.received.find(mark) {
                let rest = self.received.split_off(at + mark.len());
                return std::mem::replace(&mut self.received, rest);
            }
            assert!(self.read_more().await, "the connection ended; left: {:?}", self.received);
        }
    }

    async fn read_more(&mut self) -> bool {
        let mut buffer = vec![0; 65_536];
        let read = self.socket.read(&mut buffer).await.unwrap();
        self.received.push_str(std::str::from_utf8(&buffer[..read]).unwrap());
        read > 0
    }

    async fn rest(mut self) -> String {
        let reading = async { while self.read_more().await {} };
        timeout(PATIENCE, reading).await.expect("the connection did not end");
        self.received
    }

    /// Waits for the next event, skipping everything before it.
    async fn event(&mut self) -> Seen {
        timeout(PATIENCE, self.next_event()).await.expect("no event came")
    }

    async fn next_event(&mut self) -> Seen {
        loop {
            let block = self.read_to("\n\n").await;
            let field = |name: &str| block.lines().find_map(|line| line.strip_prefix(name));
            if let (Some(id), Some(event), Some(data)) = (field("id: "), field("event: "), field("data: ")) {
                let data = serde_json::from_str(data).unwrap();
                return Seen { id: id.into(), event: event.into(), data };
            }
        }
    }

    async fn events(&mut self, count: usize) -> Vec<Seen> {
        let mut events = Vec::new();
        while events.len() < count {
            events.push(self.event().await);
        }
        events
    }
}

fn numbers(events: &[Seen]) -> Vec<u64> {
    events.iter().map(Seen::n).collect()
}

#[tokio::test]
async fn each_feed_is_an_event_stream_of_its_own_events() {
    let demo = Demo::start(Pace::Times(20), Duration::ZERO).await;
    for (feed, types) in [
        (Feed::Quotes, &["quote"][..]),
        (Feed::Places, &["position"]),
        (Feed::Alerts, &["outage", "degraded", "resolved"]),
    ] {
        let mut subscriber = demo.get(feed.path(), None).await;
        let head = subscriber.head.to_ascii_lowercase();
        assert!(head.starts_with("http/1.0 200"), "{head}");
        assert!(head.contains("content-type: text/event-stream\r\n"), "{head}");
        assert!(head.contains("cache-control: no-store\r\n"), "{head}");
        assert_eq!(subscriber.read_to("\n\n").await, "retry: 150\n\n");
        for seen in subscriber.events(3).await {
            assert!(types.contains(&seen.event.as_str()), "{seen:?}");
            let expected = feed.event(7, seen.n());
            assert_eq!(seen.event, expected.event_type);
            assert_eq!(seen.data, serde_json::from_str::<Value>(&expected.data).unwrap());
        }
    }
    demo.stop().await;
}

#[tokio::test(start_paused = true)]
async fn at_real_pace_quotes_come_three_a_second_with_heartbeats_and_a_retry_of_three_seconds() {
    let demo = Demo::start(Pace::Real, Duration::ZERO).await;
    let mut subscriber = demo.get("/quotes", None).await;
    assert_eq!(subscriber.read_to("\n\n").await, "retry: 3000\n\n");
    let started = tokio::time::Instant::now();
    let mut blocks = Vec::new();
    while blocks.iter().filter(|block: &&String| block.as_str() == ": heartbeat\n\n").count() < 2 {
        blocks.push(subscriber.read_to("\n\n").await);
    }
    let seconds = started.elapsed().as_secs_f64();
    assert!((29.0..32.0).contains(&seconds), "two heartbeats in {seconds} s");
    assert!((85..=95).contains(&blocks.len()), "{} blocks in {seconds} s", blocks.len());
    demo.stop().await;
}

#[tokio::test(start_paused = true)]
async fn a_new_subscriber_gets_an_alert_within_three_seconds_and_a_returning_one_gets_none_twice() {
    let demo = Demo::start(Pace::Real, Duration::ZERO).await;
    let started = tokio::time::Instant::now();
    let mut fresh = demo.get("/alerts", None).await;
    let first = fresh.event().await;
    assert!(started.elapsed() < Duration::from_secs(3));
    let mut returning = demo.get("/alerts", Some(&first.id)).await;
    assert_eq!(numbers(&returning.events(2).await), [first.n() + 1, first.n() + 2]);
    assert_eq!(numbers(&fresh.events(2).await), [first.n() + 1, first.n() + 2]);
    demo.stop().await;
}

#[tokio::test]
async fn replay_covers_what_was_missed_even_across_a_restart_of_the_server() {
    let demo = Demo::start(Pace::Real, Duration::ZERO).await;
    let seen = demo.get("/quotes", None).await.event().await;
    demo.stop().await;

    let later = Demo::start(Pace::Real, Duration::from_secs(60)).await;
    let mut subscriber = later.get("/quotes", Some(&seen.id)).await;
    let missed = subscriber.events(150).await;
    assert_eq!(numbers(&missed), (seen.n() + 1..=seen.n() + 150).collect::<Vec<_>>());
    later.stop().await;
}

#[tokio::test]
async fn history_is_the_last_thousand_events() {
    let demo = Demo::start(Pace::Real, Duration::ZERO).await;
    let seen = demo.get("/places", None).await.event().await;
    demo.stop().await;

    let later = Demo::start(Pace::Real, Duration::from_secs(3600)).await;
    let live = later.get("/places", None).await.event().await.n();
    let oldest = later.get("/places", Some(&seen.id)).await.event().await.n();
    assert!((live - 1000..live - 990).contains(&oldest), "live {live}, oldest {oldest}");
    later.stop().await;
}

#[tokio::test]
async fn an_unknown_id_starts_live() {
    let demo = Demo::start(Pace::Real, Duration::ZERO).await;
    let live = demo.get("/quotes", None).await.event().await.n();
    for unknown in ["8-1", "abc", "7-999999999999", "7-"] {
        let first = demo.get("/quotes", Some(unknown)).await.event().await.n();
        assert!((live..live + 20).contains(&first), "{unknown}: {first} after {live}");
    }
    demo.stop().await;
}

#[tokio::test]
async fn a_clock_that_steps_back_repeats_nothing() {
    let offset = Arc::new(AtomicU64::new(START + 1000));
    let (reading, origin) = (Arc::clone(&offset), tokio::time::Instant::now());
    let clock = move || Duration::from_millis(reading.load(Ordering::SeqCst)) + origin.elapsed();
    let demo = Demo::with_clock(Pace::Times(20), clock).await;
    let mut subscriber = demo.get("/quotes", None).await;
    let before = numbers(&subscriber.events(20).await);
    offset.fetch_sub(500, Ordering::SeqCst);
    let after = numbers(&subscriber.events(20).await);
    let all: Vec<_> = before.into_iter().chain(after).collect();
    assert_eq!(all, (all[0]..all[0] + 40).collect::<Vec<_>>());
    demo.stop().await;
}

#[tokio::test]
async fn the_root_lists_the_feeds_and_other_paths_are_not_found() {
    let demo = Demo::start(Pace::Real, Duration::ZERO).await;
    let root = demo.get("/", None).await;
    assert!(root.head.starts_with("HTTP/1.0 200"), "{}", root.head);
    let text = root.rest().await;
    for feed in Feed::ALL {
        assert!(text.contains(feed.path()), "{text}");
    }
    assert!(demo.get("/other", None).await.head.starts_with("HTTP/1.0 404"));
    demo.stop().await;
}

#[tokio::test]
async fn the_server_misbehaves_as_the_query_asks() {
    let demo = Demo::start(Pace::Times(20), Duration::ZERO).await;
    assert!(demo.get("/quotes?status=503", None).await.head.starts_with("HTTP/1.0 503"));
    assert!(demo.get("/quotes?nonsense=1", None).await.head.starts_with("HTTP/1.0 400"));

    let ended = demo.get("/quotes?close_after=3", None).await.rest().await;
    assert_eq!(ended.matches("id: ").count(), 3, "{ended}");

    let silent = demo.get("/quotes?silent=1", None).await;
    assert!(silent.head.starts_with("HTTP/1.0 200"), "{}", silent.head);
    demo.stop().await;
    assert_eq!(silent.rest().await, "", "a silent stream sends nothing until the server ends");
}

#[tokio::test]
async fn a_shutdown_ends_open_streams() {
    let demo = Demo::start(Pace::Real, Duration::ZERO).await;
    let mut subscriber = demo.get("/quotes", None).await;
    subscriber.event().await;
    demo.stop().await;
    subscriber.rest().await;
}
