//! Measures the speed of Bellwire's decoder and of the peer's.

use std::ops::ControlFlow::Continue;
use std::time::{Duration, Instant};

use bellwire_sse::{Decoder, Item, Limits};
use eventsource_stream::EventStream;
use futures_util::{StreamExt, stream};

/// A body, and the size of its chunks.
pub struct Body {
    /// The name.
    pub name: &'static str,
    bytes: Vec<u8>,
    chunk: usize,
    events: usize,
}

/// The number of measurements; their median is the result.
const TIMES: usize = 5;
/// A measurement that took longer than this is not repeated.
const LONG: Duration = Duration::from_secs(1);

/// Returns bodies for which the decoders differ.
pub fn bodies() -> Vec<Body> {
    let small = "event: quote\nid: 17\ndata: {\"symbol\": \"KITE\", \"price\": 17.25}\n\n";
    let of_small = |kib: usize| small.repeat(kib * 1024 / small.len());
    let large = |mib: usize| format!("data: {}\n\n", "x".repeat(mib * 1024 * 1024));
    let body =
        |name, text: String, chunk| Body { name, events: count(&text), bytes: text.into_bytes(), chunk };
    vec![
        body("64 KiB of small events in one chunk", of_small(64), usize::MAX),
        body("1 MiB of small events in one chunk", of_small(1024), usize::MAX),
        body("1 MiB of small events in chunks of 1 byte", of_small(1024), 1),
        body("1 MiB of small events in chunks of 1460 bytes", of_small(1024), 1460),
        body("one event of 1 MiB in chunks of 8 KiB", large(1), 8192),
        body("one event of 4 MiB in chunks of 8 KiB", large(4), 8192),
    ]
}

fn count(text: &str) -> usize {
    text.matches("\n\n").count()
}

impl Body {
    /// Measures Bellwire's decoder.
    pub fn ours(&self) -> Duration {
        middle(|| {
            let mut decoder = Decoder::new(Limits::default());
            let mut events = 0;
            for chunk in self.bytes.chunks(self.chunk) {
                decoder.push(chunk, |item| {
                    events += usize::from(matches!(item, Item::Event(_)));
                    Continue(())
                });
            }
            assert_eq!(events, self.events, "{}", self.name);
        })
    }

    /// Measures the peer's decoder.
    pub fn peer(&self) -> Duration {
        middle(|| {
            let chunks = self.bytes.chunks(self.chunk).map(Ok::<_, std::io::Error>);
            let events = EventStream::new(stream::iter(chunks));
            let events = at_once(events.count());
            assert_eq!(events, self.events, "{}", self.name);
        })
    }
}

/// Polls a future that never waits to its end.
fn at_once(future: impl Future<Output = usize>) -> usize {
    let mut future = std::pin::pin!(future);
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    match future.as_mut().poll(&mut context) {
        std::task::Poll::Ready(count) => count,
        std::task::Poll::Pending => unreachable!("everything is there from the beginning"),
    }
}

fn middle(mut work: impl FnMut()) -> Duration {
    let mut times = Vec::new();
    while times.len() < TIMES && times.last().is_none_or(|time| *time < LONG) {
        let start = Instant::now();
        work();
        times.push(start.elapsed());
    }
    times.sort_unstable();
    times[times.len() / 2]
}
