//! A client of event streams that the conformance cases and the benchmarks drive: Bellwire's own, or a peer.

use std::time::Duration;

use bellwire_engine::config::{Header, feed_url};
use bellwire_engine::event::Incoming;
use bellwire_engine::feed::{Activity, Spec, Subscribed};
use serde::Deserialize;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use super::peer;
use super::world::World;

/// A client that can be driven.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// Bellwire's subscription.
    Bellwire,
    /// reqwest-eventsource, used as its documentation shows: with its own retry policy and a default client.
    Peer,
}

/// The settings of a client.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// The URL.
    pub url: String,
    /// The last event ID of an earlier connection; empty for none.
    pub last_event_id: String,
    /// Additional request headers.
    pub headers: Vec<(&'static str, &'static str)>,
    /// The factor by which the client's time is faster; 0 counts as 1.
    pub speed: u32,
}

/// An event as dispatched by the standard (WHATWG HTML 9.2.6).
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Received {
    /// The event type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// The data.
    pub data: String,
    /// The last event ID.
    pub id: String,
}

/// A step that a client reports.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It sends a request.
    Asks,
    /// A stream is open.
    Open {
        /// The origin of the URL after redirects, if the client reports it.
        origin: Option<String>,
    },
    /// An event.
    Event(Received),
    /// The stream was lost or not opened; it retries after this time.
    Waits(Duration),
    /// It reports that a person must act, and retries after this time.
    Parks(Duration),
    /// It does not retry.
    Rests,
}

impl Client {
    /// Starts to receive.
    pub fn start(self, ask: Ask) -> Run {
        let (steps, heard) = mpsc::channel(1);
        let task = match self {
            Self::Bellwire => tokio::spawn(receive(ask, steps)),
            Self::Peer => tokio::spawn(peer::receive(ask, steps)),
        };
        Run { heard, task: Some(task) }
    }

    /// Returns whether the client rejects this URL before it sends a request.
    pub async fn refuses(self, address: &str) -> bool {
        match self {
            Self::Bellwire => feed_url(address).is_err(),
            Self::Peer => peer::refuses(address).await,
        }
    }

    /// Returns the minimum reconnection time that the client accepts from a server.
    pub fn least_retry(self) -> Duration {
        match self {
            Self::Bellwire => Duration::from_millis(250),
            Self::Peer => Duration::ZERO,
        }
    }

    /// Returns the client's delay after a stream that ended, after an event or without one, without a valid `retry`.
    pub fn own_delay(self, has_events: bool) -> Duration {
        match self {
            // Random numbers are always 0.5 here. A stream with an event is a poll: the middle of 1 s to 2.5 s.
            Self::Bellwire if has_events => Duration::from_millis(1750),
            // The middle of 0.25 s to 2.5 s.
            Self::Bellwire => Duration::from_millis(1375),
            Self::Peer => Duration::from_millis(300),
        }
    }
}

/// A running client. Dropping it stops it.
pub struct Run {
    heard: mpsc::Receiver<Step>,
    task: Option<JoinHandle<()>>,
}

/// How a client ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It returned.
    Done,
    /// It panicked.
    Panicked,
}

impl Run {
    /// Waits for the next step.
    ///
    /// # Errors
    /// [`End`] if the client has ended.
    pub async fn next(&mut self) -> Result<Step, End> {
        if let Some(step) = self.heard.recv().await {
            return Ok(step);
        }
        let Some(task) = self.task.take() else { return Err(End::Done) };
        match task.await {
            Err(error) if error.is_panic() => Err(End::Panicked),
            _ => Err(End::Done),
        }
    }
}

impl Drop for Run {
    fn drop(&mut self) {
        if let Some(task) = &self.task {
            task.abort();
        }
    }
}

/// Runs a subscription and sends its steps until the receiver is dropped.
async fn receive(ask: Ask, steps: mpsc::Sender<Step>) {
    let world = World::at_speed("", ask.speed.max(1));
    let headers = ask.headers.iter();
    let headers = headers.map(|(name, value)| Header { name: (*name).into(), value: (*value).into() });
    let spec = Spec {
        last_event_id: ask.last_event_id,
        headers: headers.collect(),
        ..Spec::at(ask.url.parse().expect("an address"))
    };
    let mut subscribed = Subscribed::start(spec, world.ports());
    while let Some(signal) = subscribed.next().await {
        let told: Vec<Step> = match signal {
            Activity::Connecting { .. } => vec![Step::Asks],
            Activity::Open { url, .. } => {
                vec![Step::Open { origin: Some(url.origin().ascii_serialization()) }]
            }
            Activity::Items { items, .. } => items.into_iter().filter_map(event).collect(),
            Activity::Waiting { delay, .. } => vec![Step::Waits(delay)],
            Activity::Parked { retry_in: Some(time), .. } => vec![Step::Parks(time)],
            Activity::Parked { retry_in: None, .. } | Activity::Ended { .. } => vec![Step::Rests],
            Activity::Slow { .. } | Activity::Bytes(_) => Vec::new(),
        };
        for step in told {
            if steps.send(step).await.is_err() {
                return;
            }
        }
    }
}

fn event(item: Incoming) -> Option<Step> {
    match item {
        Incoming::Event(event) => {
            let (event_type, data, id) = (event.event_type, event.data, event.last_event_id);
            Some(Step::Event(Received { event_type, data, id }))
        }
        _ => None,
    }
}
