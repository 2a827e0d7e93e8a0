//! What the cases need of a client, so that each can be driven through them; and Bellwire's own.

use std::time::Duration;

use bellwire_engine::config::feed_url;
use bellwire_engine::feed::{Incoming, Signal, Spec, Subscribed};
use bellwire_tests::support::world::World;
use tokio::sync::mpsc;
use tokio::task::JoinHandle;

use crate::cases::Expected;
use crate::peer;

/// How many times as fast time runs for a client.
pub const SPEED: u32 = 20;

/// A client that the cases drive.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Client {
    /// Bellwire's subscription.
    Bellwire,
    /// reqwest-eventsource, as its documentation shows it: its own retry policy, a plain client.
    Peer,
}

/// One step that a client tells.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Step {
    /// It asks.
    Asks,
    /// A stream is open; from where, if the client can say.
    Open { origin: Option<String> },
    /// An event.
    Event(Expected),
    /// It lost the stream or got none, and asks again after this time.
    Waits(Duration),
    /// It asks no more by itself.
    Rests,
}

impl Client {
    /// Begins to receive; `last_event_id` is what an earlier connection left.
    pub fn start(self, url: &str, last_event_id: &str) -> Run {
        let (steps, heard) = mpsc::channel(1);
        let (url, last_event_id) = (url.to_owned(), last_event_id.to_owned());
        let task = match self {
            Self::Bellwire => tokio::spawn(async move { receive(&url, last_event_id, steps).await }),
            Self::Peer => tokio::spawn(async move { peer::receive(&url, &last_event_id, steps).await }),
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
async fn receive(url: &str, last_event_id: String, steps: mpsc::Sender<Step>) {
    let world = World::at_speed("", SPEED);
    let address = url.parse().unwrap_or_else(|error| panic!("{url}: {error}"));
    let spec = Spec { last_event_id, ..Spec::at(address) };
    let mut subscribed = Subscribed::start(spec, world.ports());
    while let Some(signal) = subscribed.next().await {
        let told: Vec<Step> = match signal {
            Signal::Connecting { .. } => vec![Step::Asks],
            Signal::Open { url, .. } => vec![Step::Open { origin: Some(url.origin().ascii_serialization()) }],
            Signal::Items { items, .. } => items.into_iter().filter_map(event).collect(),
            Signal::Waiting { delay, .. } => vec![Step::Waits(delay)],
            Signal::Parked { .. } | Signal::Ended { .. } => vec![Step::Rests],
            Signal::Slow { .. } | Signal::Bytes(_) => Vec::new(),
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
            Some(Step::Event(Expected { event_type, data, id }))
        }
        _ => None,
    }
}
