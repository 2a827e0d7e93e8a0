//! An origin with a history: it replays after Last-Event-ID and keeps a ledger of what it published.

use std::net::SocketAddr;
use std::sync::Arc;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// One published event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Published {
    /// Its id, as a client sends it back.
    pub id: String,
    /// Its block as it goes over the wire, blank line included.
    pub block: Vec<u8>,
}

/// The server. Events stay in its history for good.
pub struct History {
    address: SocketAddr,
    ledger: Arc<watch::Sender<Vec<Published>>>,
    connections: watch::Receiver<usize>,
    task: JoinHandle<()>,
}

impl History {
    /// Starts it on a free loopback port. `preface` opens every stream, such as a byte order mark or `retry:`.
    pub async fn start(preface: &[u8]) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let ledger = Arc::new(watch::Sender::new(Vec::new()));
        let (count, connections) = watch::channel(0);
        let (events, preface) = (Arc::clone(&ledger), preface.to_vec());
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                count.send_modify(|n| *n += 1);
                tokio::spawn(serve(stream, events.subscribe(), preface.clone()));
            }
        });
        Self { address, ledger, connections, task }
    }

    /// Where it listens.
    pub fn address(&self) -> SocketAddr {
        self.address
    }

    /// Publishes an event.
    pub fn publish(&self, id: &str, block: &[u8]) {
        let event = Published { id: id.to_owned(), block: block.to_vec() };
        self.ledger.send_modify(|all| all.push(event));
    }

    /// Publishes a named event whose data is this text.
    pub fn publish_text(&self, id: &str, event: &str, data: &str) {
        self.publish(id, format!("event: {event}\nid: {id}\ndata: {data}\n\n").as_bytes());
    }

    /// Everything published, in order.
    pub fn ledger(&self) -> Vec<Published> {
        self.ledger.borrow().clone()
    }

    /// How many connections were taken.
    pub fn connections(&self) -> usize {
        *self.connections.borrow()
    }
}

impl Drop for History {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn serve(mut stream: TcpStream, mut ledger: watch::Receiver<Vec<Published>>, preface: Vec<u8>) {
    let mut request = Vec::new();
    let mut buffer = [0; 4096];
    while !request.windows(4).any(|w| w == b"\r\n\r\n") {
        match stream.read(&mut buffer).await {
            Ok(n) if n > 0 => request.extend_from_slice(&buffer[..n]),
            _ => return,
        }
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
        let blocks: Vec<u8> =
            ledger.borrow_and_update()[next..].iter().flat_map(|e| e.block.clone()).collect();
        next = ledger.borrow().len().max(next);
        if stream.write_all(&blocks).await.is_err() {
            return;
        }
        // The client may go while nothing is published.
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
