//! Measures a feed whose server sends its newest value, says `retry: 1000` and ends each connection.

use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::{Duration, Instant};

use bellwire_engine::event::{Millis, RowBody};
use bellwire_engine::ports::Clock;
use bellwire_engine::system::SystemClock;
use bellwire_engine::{At, EngineHandle, View};
use bellwire_tests::support::world::World;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpListener;

use crate::machine;
use crate::words::value;

/// The reconnection time that the server asks for, in milliseconds.
const RETRY: u64 = 1000;

/// How often the age of the newest value is looked at.
const PACE: Duration = Duration::from_millis(100);

/// Measures and prints the figure. `[--seconds S]` in `words` changes its length.
pub async fn run(words: &[String]) {
    let seconds = value(words, "--seconds", 600_u64);
    let (port, requests) = serve().await;
    let feed = format!("[[feed]]\nid = \"polled\"\nurl = \"http://127.0.0.1:{port}/now\"\n");
    let world = World::new(&feed);
    let engine = world.start().await;
    let clock = SystemClock::new();
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut ages = Vec::new();
    while Instant::now() < end {
        tokio::time::sleep(PACE).await;
        if let Some(made_at) = newest(&engine) {
            ages.push(clock.wall() - made_at);
        }
    }
    let rows = engine.reader().page(&View::default(), At::Newest, 1_000_000).expect("a log").rows;
    let events = rows.iter().filter(|row| matches!(row.body, RowBody::Event(_))).count();
    let run = rows.iter().rev().find_map(|row| match &row.body {
        RowBody::Polled(run) => Some(run.clone()),
        _ => None,
    });
    let connection = format!("{:?}", engine.status().borrow().feeds[0].connection);
    engine.shutdown().await;
    ages.sort_unstable();
    let part = |share: usize| {
        ages.get((ages.len() * share / 100).min(ages.len().saturating_sub(1))).copied().unwrap_or_default()
    };

    println!("## A server that ends each answer\n");
    println!("`retry: {RETRY}`, for {seconds} s; load average {}.\n", machine::load());
    println!("| | |\n|---|---|");
    println!("| requests | {} |", requests.load(Ordering::Relaxed));
    println!("| age of the newest value, p50, p95, highest | {}, {}, {} ms |", part(50), part(95), part(100));
    println!("| rows: events, others | {events}, {} |", rows.len() - events);
    println!("| polls in the folded row | {} |", run.map_or(0, |run| run.polls));
    println!("| state at the end | {connection} |");
}

/// Returns when the newest stored value was made.
fn newest(engine: &EngineHandle) -> Option<Millis> {
    let reader = engine.reader();
    let page = reader.page(&View::default(), At::Newest, 20).ok()?;
    page.rows.iter().rev().find_map(|row| match &row.body {
        RowBody::Event(event) => event.data.parse().ok(),
        _ => None,
    })
}

/// Starts the server. Returns its port, and the number of its requests.
async fn serve() -> (u16, Arc<AtomicUsize>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let port = listener.local_addr().expect("an address").port();
    let requests = Arc::new(AtomicUsize::new(0));
    let count = Arc::clone(&requests);
    tokio::spawn(async move {
        let clock = SystemClock::new();
        while let Ok((mut stream, _)) = listener.accept().await {
            let mut request = [0; 4096];
            let _ = stream.read(&mut request).await;
            count.fetch_add(1, Ordering::Relaxed);
            let now = clock.wall();
            let answer = format!(
                "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n\
                 retry: {RETRY}\n\ndata: {now}\n\n"
            );
            let _ = stream.write_all(answer.as_bytes()).await;
            let _ = stream.shutdown().await;
        }
    });
    (port, requests)
}
