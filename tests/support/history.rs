//! A server with a history: it replays the events after `Last-Event-ID`, and records what it published.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::watch;

use super::door::Door;

/// One published event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// The id, as a client sends it back.
    pub id: String,
    /// The block as it is sent, including the blank line.
    pub block: Vec<u8>,
}

/// A server that keeps all events.
pub struct History {
    door: Door,
    ledger: Arc<watch::Sender<Vec<Published>>>,
    connections: watch::Receiver<usize>,
    refusals: Arc<Mutex<VecDeque<u16>>>,
    ends: watch::Sender<()>,
}

impl History {
    /// Starts the server on a free loopback port. Every stream starts with `preface`: a byte order mark or
    /// `retry:`, for example.
    pub async fn start(preface: &[u8]) -> Self {
        let ledger = Arc::new(watch::Sender::new(Vec::new()));
        let (count, connections) = watch::channel(0);
        let refusals: Arc<Mutex<VecDeque<u16>>> = Arc::default();
        let ends = watch::Sender::new(());
        let door = Door::open({
            let (events, preface) = (Arc::clone(&ledger), preface.to_vec());
            let (refusals, ends) = (Arc::clone(&refusals), ends.clone());
            move |stream| {
                count.send_modify(|n| *n += 1);
                let refusal = refusals.lock().unwrap().pop_front();
                let (events, preface, mut ended) = (events.subscribe(), preface.clone(), ends.subscribe());
                tokio::spawn(async move {
                    tokio::select! {
                        () = serve(stream, events, preface, refusal) => {}
                        _ = ended.changed() => {}
                    }
                });
            }
        })
        .await;
        Self { door, ledger, connections, refusals, ends }
    }

    /// Returns the server's address.
    pub fn address(&self) -> SocketAddr {
        self.door.address()
    }

    /// Answers the next connections with these statuses and `Retry-After: 1`, instead of a stream.
    pub fn refuse_next(&self, statuses: &[u16]) {
        self.refusals.lock().unwrap().extend(statuses);
    }

    /// Closes every connection and refuses new ones until [`History::come_back`]. Events that are published
    /// meanwhile are replayed.
    pub fn go_away(&self) {
        self.door.set_open(false);
        self.ends.send_replace(());
    }

    /// Accepts connections again.
    pub fn come_back(&self) {
        self.door.set_open(true);
    }

    /// Publishes an event.
    pub fn publish(&self, id: &str, block: &[u8]) {
        let event = Published { id: id.to_owned(), block: block.to_vec() };
        self.ledger.send_modify(|all| all.push(event));
    }

    /// Publishes an event with this type and data.
    pub fn publish_text(&self, id: &str, event: &str, data: &str) {
        self.publish(id, format!("event: {event}\nid: {id}\ndata: {data}\n\n").as_bytes());
    }

    /// Returns all published events, in order.
    pub fn ledger(&self) -> Vec<Published> {
        self.ledger.borrow().clone()
    }

    /// Returns the id of the newest event; empty before the first.
    pub fn newest_id(&self) -> String {
        self.ledger.borrow().last().map(|event| event.id.clone()).unwrap_or_default()
    }

    /// Returns the number of accepted connections.
    pub fn connections(&self) -> usize {
        *self.connections.borrow()
    }
}

async fn serve(
    mut stream: TcpStream,
    mut ledger: watch::Receiver<Vec<Published>>,
    preface: Vec<u8>,
    refusal: Option<u16>,
) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|w| w == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(n) if n > 0 => request.extend_from_slice(&buffer[..n]),
            _ => return,
        }
    }
    if let Some(status) = refusal {
        let head = format!(
            "HTTP/1.1 {status} No\r\nRetry-After: 1\r\nContent-Length: 0\r\nConnection: close\r\n\r\n"
        );
        // The client may have disconnected.
        let _ = stream.write_all(head.as_bytes()).await;
        return;
    }
    let request = String::from_utf8_lossy(&request).into_owned();
    let wanted = request.lines().find_map(|line| {
        let (name, value) = line.split_once(": ")?;
        name.eq_ignore_ascii_case("last-event-id").then(|| value.to_owned())
    });
    let head = b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    let start = [head.as_slice(), &preface].concat();
    if stream.write_all(&start).await.is_err() {
        return;
    }
    let place = ledger.borrow().iter().position(|event| Some(&event.id) == wanted.as_ref());
    let mut next = place.map_or(0, |at| at + 1);
    loop {
        // Read once: an event that is published between two reads would be skipped.
        let blocks: Vec<u8> = {
            let all = ledger.borrow_and_update();
            let blocks = all[next..].iter().flat_map(|event| event.block.clone()).collect();
            next = all.len();
            blocks
        };
        if stream.write_all(&blocks).await.is_err() {
            return;
        }
        // The client may disconnect while nothing is published.
        let gone = async {
            let mut byte = [0; 1];
            stream.read(&mut byte).await
        };
        tokio::select! {
            changed = ledger.changed() => if changed.is_err() { return },
            _ = gone => return,
        }
    }
}
