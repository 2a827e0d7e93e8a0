//! An origin that follows a script and keeps a ledger of what it was asked.

use std::collections::VecDeque;
use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{mpsc, watch};
use tokio::task::JoinHandle;

/// What one connection does after its request was read.
#[derive(Clone, Debug)]
pub struct Scene {
    /// The whole answer, status line and headers included; empty to say nothing.
    pub answer: Vec<u8>,
    /// What happens then.
    pub then: Then,
}

/// The end of a scene.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Then {
    /// The connection stands, and takes what [`Origin::send`] sends.
    Hold,
    /// It is closed.
    Close,
}

impl Scene {
    /// An event stream that begins with this text and stands.
    pub fn stream(body: &str) -> Self {
        Self { answer: head(200, &["Content-Type: text/event-stream"], body), then: Then::Hold }
    }

    /// An event stream of this text that ends.
    pub fn ended(body: &str) -> Self {
        Self { then: Then::Close, ..Self::stream(body) }
    }

    /// An answer of this status with these header lines, and nothing more.
    pub fn status(status: u16, headers: &[&str]) -> Self {
        Self { answer: head(status, headers, ""), then: Then::Close }
    }

    /// An event stream with these header lines beside its content type, which ends after this text.
    pub fn ended_with(headers: &[&str], body: &str) -> Self {
        let headers = [&["Content-Type: text/event-stream"], headers].concat();
        Self { answer: head(200, &headers, body), then: Then::Close }
    }

    /// The connection is taken, and nothing is ever said.
    pub fn silence() -> Self {
        Self { answer: Vec::new(), then: Then::Hold }
    }
}

/// A request as it came.
#[derive(Clone, Debug)]
pub struct Asked {
    /// The request line.
    pub line: String,
    /// The headers, names in lower case.
    pub headers: Vec<(String, String)>,
}

impl Asked {
    /// The value of a header.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(n, _)| n == name).map(|(_, value)| value.as_str())
    }
}

/// The connections that stand, oldest first.
type Standing = Arc<Mutex<Vec<mpsc::UnboundedSender<Vec<u8>>>>>;

/// A server on loopback. Connections play the scenes in order; the last scene repeats.
pub struct Origin {
    address: SocketAddr,
    asked: watch::Receiver<Vec<Asked>>,
    live: Standing,
    task: JoinHandle<()>,
}

impl Origin {
    /// Starts it on a free port.
    pub async fn start(scenes: Vec<Scene>) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        Self::on(listener, scenes)
    }

    /// Starts it on this listener.
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

    /// An address on this origin.
    pub fn url(&self, path: &str) -> String {
        format!("http://{}{path}", self.address)
    }

    /// Its port.
    pub fn port(&self) -> u16 {
        self.address.port()
    }

    /// Sends to the newest connection that stands.
    pub fn send(&self, text: &str) {
        let live = self.live.lock().unwrap();
        live.last()
            .expect("a standing connection")
            .send(text.as_bytes().to_vec())
            .expect("an open connection");
    }

    /// Closes the newest connection that stands.
    pub fn cut(&self) {
        self.live.lock().unwrap().pop();
    }

    /// Every request so far, once there are at least so many.
    pub async fn asked(&mut self, at_least: usize) -> Vec<Asked> {
        self.asked.wait_for(|asked| asked.len() >= at_least).await.unwrap().clone()
    }

    /// How many requests came.
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
        // The answer stands even when the closing fails.
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
    Some(Asked { line, headers })
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
