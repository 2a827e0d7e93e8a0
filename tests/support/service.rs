//! A server that plays a [`Scenario`]: it insists on the documented request, and keeps a history if the service does.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::sync::{mpsc, watch};
use url::form_urlencoded;

use super::door::Door;
use super::scenario::{PlaceIn, Scenario, Unknown};

/// The server, on loopback.
pub struct Service {
    door: Door,
    stage: Arc<Stage>,
}

/// What all connections share.
struct Stage {
    scenario: Scenario,
    inner: Mutex<Inner>,
    /// The number of connections that events flowed on.
    opened: watch::Sender<usize>,
    /// Why a request was refused.
    refused: watch::Sender<Option<String>>,
}

#[derive(Default)]
struct Inner {
    /// Published events, by their numbers in the scenario.
    history: Vec<usize>,
    connections: Vec<Connection>,
}

/// An open stream.
struct Connection {
    to: mpsc::UnboundedSender<String>,
    /// Whether events flow on it.
    is_subscribed: bool,
}

/// A received request.
struct Asked {
    method: String,
    path: String,
    query: String,
    headers: Vec<(String, String)>,
    body: String,
}

/// What a request is.
enum Kind {
    /// One for a stream.
    Stream,
    /// The one that subscribes the newest stream.
    Subscription,
}

impl Service {
    /// Starts the server on a free port.
    pub async fn start(scenario: Scenario) -> Self {
        let stage = Arc::new(Stage {
            scenario,
            inner: Mutex::default(),
            opened: watch::Sender::new(0),
            refused: watch::Sender::new(None),
        });
        let shared = Arc::clone(&stage);
        let door = Door::open(move |stream| drop(tokio::spawn(serve(Arc::clone(&shared), stream)))).await;
        Self { door, stage }
    }

    /// Returns the server's address.
    pub fn address(&self) -> SocketAddr {
        self.door.address()
    }

    /// Publishes the event with this number.
    pub fn publish(&self, event: usize) {
        let mut inner = self.stage.inner.lock().unwrap();
        inner.history.push(event);
        let block = block(&self.stage.scenario.event[event].wire);
        inner.send(&block);
    }

    /// Sends lines that are not part of the history.
    pub fn send(&self, wire: &str) {
        self.stage.inner.lock().unwrap().send(&block(wire));
    }

    /// Ends all streams.
    pub fn end(&self) {
        self.stage.inner.lock().unwrap().connections.clear();
    }

    /// Ends all streams and refuses connections until [`Service::come_back`].
    pub fn go_away(&self) {
        self.door.set_open(false);
        self.end();
    }

    /// Accepts connections again.
    pub fn come_back(&self) {
        self.door.set_open(true);
    }

    /// Waits until events have flowed on at least this number of connections. Panics if a request was refused.
    pub async fn opened(&self, at_least: usize) {
        let mut opened = self.stage.opened.subscribe();
        tokio::select! {
            waited = opened.wait_for(|count| *count >= at_least) => drop(waited.unwrap()),
            why = self.refusal() => panic!("{why}"),
        }
    }

    /// Waits until a request was refused, and returns why.
    pub async fn refusal(&self) -> String {
        let mut refused = self.stage.refused.subscribe();
        let why = refused.wait_for(Option::is_some).await.unwrap();
        why.clone().unwrap()
    }
}

impl Inner {
    fn send(&self, block: &str) {
        for connection in self.connections.iter().filter(|connection| connection.is_subscribed) {
            // The client may have gone.
            let _ = connection.to.send(block.to_owned());
        }
    }
}

impl Stage {
    /// Checks a request. Returns the status to refuse it with, and why.
    fn judge(&self, asked: &Asked) -> Result<Kind, (u16, String)> {
        if let Some(expected) = &self.scenario.subscription
            && (&expected.method, &expected.path) == (&asked.method, &asked.path)
        {
            return match expected.body_contains.iter().find(|part| !asked.body.contains(part.as_str())) {
                Some(part) => Err((400, format!("the body lacks {part}: {}", asked.body))),
                None => Ok(Kind::Subscription),
            };
        }
        let expected = &self.scenario.request;
        if (&expected.method, &expected.path) != (&asked.method, &asked.path) {
            return Err((404, format!("{} {} was asked for", asked.method, asked.path)));
        }
        if let Some(part) =
            expected.query.iter().find(|part| !asked.query.split('&').any(|own| own == **part))
        {
            return Err((404, format!("the query lacks {part}: {}", asked.query)));
        }
        let differs = |(name, value): &(&String, &String)| asked.header(name) != Some(value.as_str());
        if let Some((name, _)) = expected.headers.iter().find(differs) {
            return Err((400, format!("the header {name} is {:?}", asked.header(name))));
        }
        if !self.is_signed_in(asked) {
            return Err((401, format!("the secret is not where it belongs: {:?}", asked.headers)));
        }
        match &expected.body_contains {
            Some(part) if !asked.body.contains(part) => {
                Err((400, format!("the body lacks {part}: {}", asked.body)))
            }
            Some(_) | None => Ok(Kind::Stream),
        }
    }

    fn is_signed_in(&self, asked: &Asked) -> bool {
        let Some(secret) = &self.scenario.request.secret else { return true };
        if let Some(name) = &secret.header {
            return asked.header(name) == Some(secret.value.as_str());
        }
        if let Some(name) = &secret.query {
            return asked.parameter(name).as_ref() == Some(&secret.value);
        }
        let cookie = format!("{}={}", secret.cookie.as_deref().unwrap_or_default(), secret.value);
        asked.header("cookie").is_some_and(|cookies| cookies.split("; ").any(|own| own == cookie))
    }

    /// Returns the numbers of the events that a request gets from the history; `None` where its place is refused.
    fn replayed(&self, asked: &Asked, history: &[usize]) -> Option<Vec<usize>> {
        let replay = &self.scenario.replay;
        let place = match replay.by {
            PlaceIn::None => None,
            PlaceIn::LastEventId => asked.header("last-event-id").map(str::to_owned),
            PlaceIn::Query => asked.parameter(replay.parameter.as_deref().unwrap_or_default()),
        };
        let Some(place) = place else { return Some(Vec::new()) };
        let known = history.iter().position(|event| self.scenario.event[*event].place == place);
        match (known, replay.unknown) {
            (Some(at), _) => Some(history[at + 1..].to_vec()),
            (None, Unknown::All) => Some(history.to_vec()),
            (None, Unknown::Nothing) => Some(Vec::new()),
            (None, Unknown::Refused) => None,
        }
    }

    /// Opens a stream. Returns its text so far and what follows; `None` where the place is refused.
    fn open(&self, asked: &Asked) -> Option<(String, mpsc::UnboundedReceiver<String>)> {
        // Held until the stream is on the list, so that no event is published in between.
        let mut inner = self.inner.lock().unwrap();
        let replayed = self.replayed(asked, &inner.history)?;
        let mut text: String = self.scenario.greeting.iter().map(|sign| block(&sign.wire)).collect();
        text.extend(replayed.into_iter().map(|event| block(&self.scenario.event[event].wire)));
        let is_subscribed = self.scenario.subscription.is_none();
        let (to, more) = mpsc::unbounded_channel();
        inner.connections.push(Connection { to, is_subscribed });
        Some((text, more))
    }

    fn subscribe(&self) {
        if let Some(newest) = self.inner.lock().unwrap().connections.last_mut() {
            newest.is_subscribed = true;
        }
    }
}

impl Asked {
    fn header(&self, name: &str) -> Option<&str> {
        self.headers.iter().find(|(own, _)| own == name).map(|(_, value)| value.as_str())
    }

    fn parameter(&self, name: &str) -> Option<String> {
        let mut pairs = form_urlencoded::parse(self.query.as_bytes());
        pairs.find(|(own, _)| own == name).map(|(_, value)| value.into_owned())
    }
}

async fn serve(stage: Arc<Stage>, mut stream: TcpStream) {
    let Some(asked) = read(&mut stream).await else { return };
    let refuse =
        |status: u16| format!("HTTP/1.1 {status} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    let kind = match stage.judge(&asked) {
        Ok(kind) => kind,
        Err((status, why)) => {
            stage.refused.send_replace(Some(why));
            let _ = stream.write_all(refuse(status).as_bytes()).await;
            return;
        }
    };
    let Kind::Stream = kind else {
        stage.subscribe();
        let _ = stream.write_all(refuse(204).as_bytes()).await;
        stage.opened.send_modify(|count| *count += 1);
        return;
    };
    let Some((text, mut more)) = stage.open(&asked) else {
        let _ = stream.write_all(refuse(400).as_bytes()).await;
        return;
    };
    let head = "HTTP/1.1 200 OK\r\nContent-Type: text/event-stream\r\nConnection: close\r\n\r\n";
    if stream.write_all(format!("{head}{text}").as_bytes()).await.is_err() {
        return;
    }
    if stage.scenario.subscription.is_none() {
        stage.opened.send_modify(|count| *count += 1);
    }
    while let Some(block) = more.recv().await {
        if stream.write_all(block.as_bytes()).await.is_err() {
            return;
        }
    }
    let _ = stream.shutdown().await;
}

async fn read(stream: &mut TcpStream) -> Option<Asked> {
    let mut bytes = Vec::new();
    let mut buffer = [0; 4096];
    let body_start = loop {
        if let Some(at) = bytes.windows(4).position(|end| end == b"\r\n\r\n") {
            break at + 4;
        }
        let n = stream.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
    };
    let head = String::from_utf8_lossy(&bytes[..body_start]).into_owned();
    let mut lines = head.split("\r\n");
    let mut words = lines.next()?.split(' ');
    let (method, target) = (words.next()?.to_owned(), words.next()?);
    let (path, query) = target.split_once('?').unwrap_or((target, ""));
    let (path, query) = (path.to_owned(), query.to_owned());
    let headers: Vec<(String, String)> = lines
        .filter_map(|line| line.split_once(": "))
        .map(|(name, value)| (name.to_ascii_lowercase(), value.to_owned()))
        .collect();
    let length = headers.iter().find(|(name, _)| name == "content-length");
    let length: usize = length.and_then(|(_, value)| value.parse().ok()).unwrap_or_default();
    while bytes.len() < body_start + length {
        let n = stream.read(&mut buffer).await.ok().filter(|n| *n > 0)?;
        bytes.extend_from_slice(&buffer[..n]);
    }
    let body = String::from_utf8_lossy(&bytes[body_start..]).into_owned();
    Some(Asked { method, path, query, headers, body })
}

fn block(wire: &str) -> String {
    format!("{wire}\n\n")
}
