//! The peer of the whole receiver: a simple client of reqwest-eventsource that logs to SQLite with the same durability.

use std::path::Path;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use futures_util::StreamExt;
use reqwest_eventsource::{Event, EventSource};
use reqwest_of_peer::Client;
use rusqlite::Connection;
use tokio::sync::mpsc;

use crate::words::value;

/// The capacity of the writer's queue, and so the maximum size of a batch.
const QUEUE: usize = 16_384;
/// The minimum time between the starts of two batches.
const PACE: Duration = Duration::from_millis(10);
const SCHEMA: &str = "
    CREATE TABLE event (
        seq INTEGER PRIMARY KEY,
        feed INTEGER NOT NULL,
        at INTEGER NOT NULL,
        event_type TEXT NOT NULL,
        id TEXT NOT NULL,
        data TEXT NOT NULL
    );
    CREATE INDEX event_feed ON event (feed, seq);
";

/// An event for the writer.
struct Received {
    feed: usize,
    at: i64,
    event_type: String,
    id: String,
    data: String,
}

/// Runs the child, `peer-log --port P --feeds N --log PATH`: receives until it is killed.
pub async fn run(words: &[String]) {
    let (port, feeds) = (value(words, "--port", 0_u16), value(words, "--feeds", 1));
    let path: String = value(words, "--log", "peer.db".to_owned());
    let connection = open(Path::new(&path)).expect("the peer's log");
    let (sender, queue) = mpsc::channel(QUEUE);
    let client = Client::new();
    for feed in 0..feeds {
        tokio::spawn(receive(
            client.clone(),
            format!("http://127.0.0.1:{port}/{feed}"),
            feed,
            sender.clone(),
        ));
    }
    drop(sender);
    let writer = tokio::task::spawn_blocking(move || write(connection, queue));
    writer.await.expect("the writer's thread").expect("the peer's log");
}

async fn receive(client: Client, url: String, feed: usize, queue: mpsc::Sender<Received>) {
    let mut source = EventSource::new(client.get(url)).expect("a request without a body");
    while let Some(next) = source.next().await {
        // The client reconnects by itself after an error.
        let Ok(Event::Message(message)) = next else { continue };
        let at = SystemTime::now().duration_since(UNIX_EPOCH).map_or(0, |time| time.as_millis() as i64);
        let event = Received { feed, at, event_type: message.event, id: message.id, data: message.data };
        if queue.send(event).await.is_err() {
            return;
        }
    }
}

fn open(path: &Path) -> rusqlite::Result<Connection> {
    let connection = Connection::open(path)?;
    connection.pragma_update(None, "journal_mode", "WAL")?;
    connection.pragma_update(None, "synchronous", "FULL")?;
    connection.execute_batch(SCHEMA)?;
    Ok(connection)
}

/// Commits the queued events, in one transaction per batch.
fn write(mut connection: Connection, mut queue: mpsc::Receiver<Received>) -> rusqlite::Result<()> {
    let mut batch = Vec::new();
    while queue.blocking_recv_many(&mut batch, QUEUE) > 0 {
        let start = Instant::now();
        let tx = connection.transaction()?;
        let mut insert = tx.prepare_cached(
            "INSERT INTO event (feed, at, event_type, id, data) VALUES (?1, ?2, ?3, ?4, ?5)",
        )?;
        for event in batch.drain(..) {
            insert.execute((event.feed, event.at, event.event_type, event.id, event.data))?;
        }
        drop(insert);
        tx.commit()?;
        std::thread::sleep(PACE.saturating_sub(start.elapsed()));
    }
    Ok(())
}
