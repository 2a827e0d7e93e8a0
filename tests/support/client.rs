//! A client of event streams as the conformance cases and the figures drive it: Bellwire's own, or a peer.

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
    /// reqwest-eventsource, as its documentation shows it: its own retry policy, a plain client.
    Peer,
}

/// What a client is asked for.
#[derive(Debug, Clone, Default)]
pub struct Ask {
    /// The address.
    pub url: String,
    /// What an earlier connection left; empty for nothing.
    pub last_event_id: String,
    /// Further headers.
    pub headers: Vec<(&'static str, &'static str)>,
    /// How many times as fast time runs for it; 0 counts as 1.
    pub speed: u32,
}

/// An event as the standard dispatches it.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Received {
    /// Its type.
    #[serde(rename = "type")]
    pub event_type: String,
    /// Its data.
    pub data: String,
    /// The last event ID string.
    pub id: String,
}

/// One step that a client tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It asks.
    Asks,
    /// A stream is open; from where, if the client can say.
    Open {
        /// The origin of the final address.
        origin: Option<String>,
    },
    /// An event.
    Event(Received),
    /// It lost the stream or got none, and asks again after this time.
    Waits(Duration),
    /// It says that a person is needed, and asks again after this time all the same.
    Parks(Duration),
    /// It asks no more by itself.
    Rests,
}

impl Client {
    /// Begins to receive.
    pub fn start(self, ask: Ask) -> Run {
        let (steps, heard) = mpsc::channel(1);
        let task = match self {
            Self::Bellwire => tokio::spawn(receive(ask, steps)),
            Self::Peer => tokio::spawn(peer::receive(ask, steps)),
        };
        Run { heard, task: Some(task) }
    }

    /// Whether it says, before anything is asked, that this is no address for it.
    pub async fn refuses(self, address: &str) -> bool {
        match self {
            Self::Bellwire => feed_url(address).is_err(),
            Self::Peer => peer::refuses(address).await,
        }
    }

    /// The least reconnection time it takes from a server.
    pub fn least_retry(self) -> Duration {
        match self {
            Self::Bellwire => Duration::from_millis(250),
            Self::Peer => Duration::ZERO,
        }
    }

    /// How long it waits after a stream that ended without a `retry` that counts.
    pub fn own_delay(self) -> Duration {
        match self {
            // The middle of 0.25 s to 2.5 s: chance is always its middle here.
            Self::Bellwire => Duration::from_millis(1375),
            Self::Peer => Duration::from_millis(300),
        }
    }
}

/// A client at work; dropping it ends it.
pub struct Run {
    heard: mpsc::Receiver<Step>,
    task: Option<JoinHandle<()>>,
}

/// How a client came to its end.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// It said its last step.
    Done,
    /// It panicked.
    Panicked,
}

impl Run {
    /// The next step, or how it ended.
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

/// Runs a subscription and tells its steps until nobody listens.
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
