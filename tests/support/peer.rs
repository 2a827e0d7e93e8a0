//! reqwest-eventsource as a second client. Its delays are recorded and shortened.

use std::collections::VecDeque;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use futures_util::StreamExt;
use reqwest_eventsource::retry::{DEFAULT_RETRY, ExponentialBackoff, RetryPolicy};
use reqwest_eventsource::{Error, Event, EventSource, ReadyState};
use reqwest_of_peer as reqwest;
use tokio::sync::mpsc;

use super::client::{Ask, Received, Step};

/// Runs the client and sends its steps until it ends or the receiver is dropped.
pub async fn receive(ask: Ask, steps: mpsc::Sender<Step>) {
    let mut request = client().get(&ask.url);
    for (name, value) in ask.headers {
        request = request.header(name, value);
    }
    // The client can start with an id only by a header that the caller sets.
    if !ask.last_event_id.is_empty() {
        request = request.header("Last-Event-ID", &ask.last_event_id);
    }
    let mut source = EventSource::new(request).unwrap();
    let paced = Paced { policy: DEFAULT_RETRY, delays: Arc::default(), speed: ask.speed.max(1) };
    let delays = Arc::clone(&paced.delays);
    source.set_retry_policy(Box::new(paced));
    let say = async |step| steps.send(step).await.is_ok();
    if !say(Step::Asks).await {
        return;
    }
    // The first request has been reported; a later one is known only by its outcome.
    let mut is_told = true;
    while let Some(next) = source.next().await {
        let was_open = matches!(next, Ok(Event::Message(_)));
        if !was_open && !is_told && !say(Step::Asks).await {
            return;
        }
        is_told = true;
        let step = match next {
            Ok(Event::Open) => Step::Open { origin: None },
            Ok(Event::Message(message)) => {
                Step::Event(Received { event_type: message.event, data: message.data, id: message.id })
            }
            Err(_) if source.ready_state() == ReadyState::Closed => Step::Rests,
            Err(_) => {
                is_told = false;
                Step::Waits(delays.lock().unwrap().pop_front().unwrap_or_default())
            }
        };
        if !say(step).await {
            return;
        }
    }
}

/// Returns whether the client rejects this URL: at once, or by closing with its first step.
pub async fn refuses(address: &str) -> bool {
    let Ok(mut source) = EventSource::new(client().get(address)) else { return true };
    let first = source.next().await;
    matches!(first, Some(Err(_))) && source.ready_state() == ReadyState::Closed
}

fn client() -> reqwest::Client {
    reqwest::Client::builder().no_proxy().build().unwrap()
}

/// The client's default retry policy. Its delays are recorded, and divided by `speed`.
struct Paced {
    policy: ExponentialBackoff,
    delays: Arc<Mutex<VecDeque<Duration>>>,
    speed: u32,
}

impl RetryPolicy for Paced {
    fn retry(&self, error: &Error, last: Option<(usize, Duration)>) -> Option<Duration> {
        let last = last.map(|(number, shortened)| (number, shortened * self.speed));
        let delay = self.policy.retry(error, last)?;
        self.delays.lock().unwrap().push_back(delay);
        Some(delay / self.speed)
    }

    fn set_reconnection_time(&mut self, time: Duration) {
        self.policy.set_reconnection_time(time);
    }
}
