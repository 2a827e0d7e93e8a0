//! A server that sends a quote every 200 ms, and one outage among them.

use std::net::SocketAddr;
use std::time::Duration;

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinHandle;

/// The number of quotes of a connection before its outage. It is more than a check counts.
pub const QUOTES: usize = 25;

/// The server, on loopback. Its events have ids.
pub struct Ticker {
    address: SocketAddr,
    task: JoinHandle<()>,
}

impl Ticker {
    /// Starts the server on a free port.
    pub async fn start() -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
        let address = listener.local_addr().expect("a bound listener has an address");
        let task = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream));
            }
        });
        Self { address, task }
    }

    /// Returns the URL of the stream.
    pub fn url(&self) -> String {
        format!("http://{}/quotes", self.address)
    }
}

impl Drop for Ticker {
    fn drop(&mut self) {
        self.task.abort();
    }
}

/// Sends events until the client is gone.
async fn serve(mut stream: TcpStream) {
    // The request fits into one read, and its content does not matter.
    if stream.read(&mut [0; 4096]).await.is_err() {
        return;
    }
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    let mut sent = stream.write_all(head.as_bytes()).await;
    let mut pace = tokio::time::interval(Duration::from_millis(200));
    let mut number = 0;
    while sent.is_ok() {
        pace.tick().await;
        let event_type = if number == QUOTES { "outage" } else { "quote" };
        let event = format!("event: {event_type}\nid: {number}\ndata: {event_type} {number}\n\n");
        sent = stream.write_all(event.as_bytes()).await;
        number += 1;
    }
}
