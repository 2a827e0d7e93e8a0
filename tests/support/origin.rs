//! A server that follows a script and records its requests.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// How the server handles one connection after it has read the request.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The whole response, including status line and headers; empty to send nothing.
    pub answer: Vec<u8>,
    /// What follows the response.
    pub then: Then,
}

/// What follows the response.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The connection stays open for [`Origin::send`].
    Hold,
    /// The connection is closed.
    Close,
}

impl Scene {
    /// Starts an event stream with this text and keeps it open.
    pub fn stream(body: &str) -> Self {
        Self { answer: head(200, &["Content-Type: text/event-stream"], body), then: Then::Hold }
    }

    /// Sends an event stream with this text and ends it.
    pub fn ended(body: &str) -> Self {
        Self { then: Then::Close, ..Self::stream(body) }
    }

    /// Responds with this status and these header lines, without a body.
    pub fn status(status: u16, headers: &[&str]) -> Self {
        Self { answer: head(status, headers, ""), then: Then::Close }
    }

    /// Sends an event stream with these additional header lines and this text, and ends it.
    pub fn ended_with(headers: &[&str], body: &str) -> Self {
        let headers = [&["Content-Type: text/event-stream"], headers].concat();
        Self { answer: head(200, &headers, body), then: Then::Close }
    }

    /// Accepts the connection and never responds.
    pub fn silence() -> Self {
        Self { answer: Vec::new(), then: Then::Hold }
    }
}

/// A received request.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The request line.
    pub line: String,
    /// The headers, with names in lower case.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: String,
}

impl Asked {
    /// Returns the value of a header. `name` is in lower case.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// The open connections, oldest first.
type Standing = Arc<Mutex<Vec<mpsc::UnboundedSender<Vec<u8>>>>>;

/// A server on loopback. Each connection plays the next scene; the last scene repeats.
pub struct Origin {
    address: SocketAddr,
    asked: watch::Receiver<Vec<Asked>>,
    live: Standing,
    task: JoinHandle<()>,
}

impl Origin {
    /// Starts the server on a free port.
    pub async fn start(scenes: Vec<Scene>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::on(listener, scenes)
    }

    /// Starts the server on this listener.
    pub fn on(listener: TcpListener, scenes: Vec<Scene>) -> Self {
        let address = listener.local_addr().unwrap();
        let (ledger, asked) = watch::channel(Vec::new());
        let live = Standing::default();
        let stage = Arc::clone(&live);
        let task = tokio::spawn(async move {
            let mut scenes = VecDeque::from(scenes);
            let ledger = Arc::new(ledger);
            while let Ok((stream, _)) = listener.accept().await {
                let scene = if scenes.len() > 1 { scenes.pop_front() } else { scenes.front().cloned() };
                let scene = scene.expect("a script has a scene");
                tokio::spawn(play(stream, scene, Arc::clone(&ledger), Arc::clone(&stage)));
            }
        });
        Self { address, asked, live, task }
    }

    /// Returns the URL of a path on this server.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Returns the server's port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Sends text on the newest open connection.
    pub fn send(&self, text: &str) {
        let live = self.live.lock().unwrap();
        live.last()
            .expect("a standing connection")
            .send(text.as_bytes().to_vec())
            .expect("an open connection");
    }

    /// Closes the newest open connection.
    pub fn cut(&self) {
        self.live.lock().unwrap().pop();
    }

    /// Waits for at least `at_least` requests, and returns all so far.
    pub async fn asked(&mut self, at_least: usize) -> Vec<Asked> {
        self.asked.wait_for(|asked| asked.len() >= at_least).await.unwrap().clone()
    }

    /// Returns the number of requests so far.
    pub fn count(&self) -> usize {
        self.asked.borrow().len()
    }
}

impl Drop for Origin {
    fn drop(&mut self) {
        self.task.abort();
    }
}

async fn play(mut stream: TcpStream, scene: Scene, ledger: Arc<watch::Sender<Vec<Asked>>>, stage: Standing) {
    let Some(asked) = read_request(&mut stream).await else { return };
    if stream.write_all(&scene.answer).await.is_err() {
        return;
    }
    if scene.then == Then::Close {
        // The response was sent even if closing fails.
        let _ = stream.shutdown().await;
        ledger.send_modify(|all| all.push(asked));
        return;
    }
    let (sender, mut more) = mpsc::unbounded_channel::<Vec<u8>>();
    stage.lock().unwrap().push(sender);
    ledger.send_modify(|all| all.push(asked));
    while let Some(bytes) = more.recv().await {
        if stream.write_all(&bytes).await.is_err() {
            return;
        }
    }
}

async fn read_request(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    while !bytes.windows(4).any(|w| w == b"\r\n\r\n") {
        let n = stream.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
    }
    let text = String::from_utf8_lossy(&bytes).into_owned();
    let mut lines = text.split("\r\n");
    let line = lines.next()?.to_owned();
    let headers = lines
        .take_while(|line| !line.is_empty())
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let mut asked = Asked { line, headers, body: String::new() };
    let length: usize = asked.header("content-length").map_or(0, |length| length.parse().unwrap());
    let start = bytes.windows(4).position(|w| w == b"\r\n\r\n")? + 4;
    while bytes.len() < start + length {
        let n = stream.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
    }
    asked.body = String::from_utf8_lossy(&bytes[start..]).into_owned();
    Some(asked)
}

fn head(status: u16, headers: &[&str], body: &str) -> Vec<u8> {
    let mut text = format!("HTTP/1.1 {status} Scripted\r\nConnection: close\r\n");
    for header in headers {
        text.push_str(header);
        text.push_str("\r\n");
    }
    text.push_str("\r\n");
    text.push_str(body);
    text.into_bytes()
}
