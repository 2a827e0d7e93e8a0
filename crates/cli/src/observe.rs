//! Watches an address for a few seconds.

use std::time::Duration;

use bellwire_engine::event::{Incoming, Reason};
use bellwire_engine::feed::{Activity, Spec, Subscribed};
use bellwire_engine::text::line;
use bellwire_engine::{Ports, Sample, Seen, WATCH};

use crate::exit::{Exit, Failure, explain, printable};
use crate::print;
use crate::text;

/// The longest time to wait for an answer: about as long as a person looks on.
const ANSWER: Duration = Duration::from_secs(15);

/// Why nothing was seen.
pub struct Unseen {
    /// Why the connection failed or is lost; `None` where no answer came in time.
    pub reason: Option<Reason>,
    /// The exit, with a message for people.
    pub failure: Failure,
}

impl From<Unseen> for Failure {
    fn from(unseen: Unseen) -> Self {
        unseen.failure
    }
}

/// Connects once, prints the server's answer and the first event, and counts the events until [`WATCH`] is over, the
/// sample is full or the stream ends. `target` is the address that is asked, or the feed's id.
///
/// # Errors
///
/// When the server does not answer in time, or the connection fails or ends before the first event.
pub async fn observe(spec: Spec, target: &str, ports: Ports) -> Result<Seen, Unseen> {
    let mut subscribed = Subscribed::start(spec, ports.clone());
    let mut end = ports.clock.sleep(ANSWER);
    let mut open: Option<Sample> = None;
    loop {
        let signal = tokio::select! {
            signal = subscribed.next() => signal,
            () = &mut end => None,
        };
        let reason = match signal {
            Some(Activity::Open { status, http, .. }) => {
                print::note(&format!("connected to an event stream: {status}, HTTP/{http}"));
                open = Some(Sample::opened(ports.clock.mono()));
                end = ports.clock.sleep(WATCH);
                continue;
            }
            Some(Activity::Items { items, .. }) => {
                let Some(sample) = &mut open else { continue };
                note_first(sample, &items);
                sample.add(items, ports.clock.mono());
                if !sample.is_full() {
                    continue;
                }
                None
            }
            Some(Activity::Slow { after_ms }) => {
                print::note(&text::no_answer(after_ms));
                continue;
            }
            Some(Activity::Connecting { .. } | Activity::Bytes(_)) => continue,
            Some(
                Activity::Waiting { reason, .. }
                | Activity::Parked { reason, .. }
                | Activity::Ended { reason },
            ) => Some(reason),
            None => None,
        };
        return conclude(open.map(|sample| sample.seen(ports.clock.mono())), reason, target);
    }
}

/// Prints the type of the first event of the stream, if it is among these items.
fn note_first(sample: &Sample, items: &[Incoming]) {
    let first = items.iter().find_map(|item| match item {
        Incoming::Event(event) => Some(&event.event_type),
        Incoming::Id(_) | Incoming::Retry(_) | Incoming::Comment(_) | Incoming::Oversize { .. } => None,
    });
    if let (0, Some(event_type)) = (sample.events(), first) {
        print::note(&format!("first event: {}", line(event_type)));
    }
}

/// Returns what was seen, or why nothing was. `reason` is why the connection is lost; `None` if it is not.
fn conclude(seen: Option<Seen>, reason: Option<Reason>, target: &str) -> Result<Seen, Unseen> {
    match (seen, reason) {
        (Some(seen), None) => Ok(seen),
        (Some(seen), Some(_)) if seen.events > 0 => Ok(seen),
        (_, Some(reason)) => {
            let failure = Failure { exit: Exit::of(&reason), message: explain(target, &reason) };
            Err(Unseen { reason: Some(reason), failure })
        }
        (None, None) => {
            let failure = Failure::failed(format!(
                "{}: no answer within {} s. Check the address, or try again later.",
                printable(target),
                ANSWER.as_secs()
            ));
            Err(Unseen { reason: None, failure })
        }
    }
}
