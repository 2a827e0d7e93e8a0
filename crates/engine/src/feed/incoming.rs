//! What a stream brings, owned, so that it can leave the decoder.

use std::ops::ControlFlow;
use std::time::Duration;

use bellwire_sse::{Decoder, Item, Received, Skipped};

/// One thing that a stream brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// An event.
    Event(IncomingEvent),
    /// An `id:` block without data moved the last event ID.
    Id(String),
    /// The server set the reconnection time, in milliseconds.
    Retry(u64),
    /// A comment line.
    Comment(String),
    /// Something over the limit was skipped to its end.
    Oversize {
        /// The last event ID after it.
        last_event_id: String,
        /// Whether an event was lost; else a line of no consequence.
        is_event: bool,
    },
}

/// An event, as the standard dispatches it, and how it came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct IncomingEvent {
    /// Its type; `message` when the server named none.
    pub event_type: String,
    /// Its data.
    pub data: String,
    /// The last event ID string at dispatch.
    pub last_event_id: String,
    /// Whether this very event carried an `id:` line.
    pub explicit_id: bool,
    /// How it came.
    pub arrival: Arrival,
}

/// How an event came.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Arrival {
    /// Its lines, up to the blank line.
    pub lines: ReceivedLines,
    /// In how many reads of the connection it came, from 1.
    pub chunks: u32,
    /// The time from the first of them to the last.
    pub took: Duration,
}

/// The lines of an event, as [`bellwire_sse::Received`] tells them.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ReceivedLines {
    /// To be rebuilt from the event by the [`bellwire_sse::Layout`] of this code.
    Layout(u16),
    /// As they came.
    Bytes(Vec<u8>),
    /// Too large to keep.
    TooLarge,
}

impl Incoming {
    /// About how much memory it holds, in bytes.
    pub(crate) fn size(&self) -> usize {
        let text = match self {
            Incoming::Event(event) => {
                let lines = match &event.arrival.lines {
                    ReceivedLines::Bytes(lines) => lines.len(),
                    ReceivedLines::Layout(_) | ReceivedLines::TooLarge => 0,
                };
                event.event_type.len() + event.data.len() + event.last_event_id.len() + lines
            }
            Incoming::Id(text) | Incoming::Comment(text) => text.len(),
            Incoming::Oversize { last_event_id, .. } => last_event_id.len(),
            Incoming::Retry(_) => 0,
        };
        text + size_of::<Self>()
    }
}

/// Everything that a chunk completes. `since_begun` is the time since the first chunk of a block that was unfinished.
pub(crate) fn decode(decoder: &mut Decoder, chunk: &[u8], since_begun: Duration) -> Vec<Incoming> {
    let mut items = Vec::new();
    decoder.push(chunk, |item| {
        items.push(own(item, since_begun));
        ControlFlow::Continue(())
    });
    items
}

fn own(item: Item<'_>, since_begun: Duration) -> Incoming {
    match item {
        Item::Event(event) => Incoming::Event(IncomingEvent {
            event_type: event.event_type.to_owned(),
            data: event.data.to_owned(),
            last_event_id: event.last_event_id.to_owned(),
            explicit_id: event.explicit_id,
            arrival: Arrival {
                lines: match event.received {
                    Received::Plain(layout) => ReceivedLines::Layout(layout.code()),
                    Received::Lines(lines) => ReceivedLines::Bytes(lines.to_vec()),
                    Received::TooLarge => ReceivedLines::TooLarge,
                },
                chunks: event.chunks,
                took: if event.chunks > 1 { since_begun } else { Duration::ZERO },
            },
        }),
        Item::Id(id) => Incoming::Id(id.to_owned()),
        Item::Comment(text) => Incoming::Comment(text.to_owned()),
        Item::Retry(ms) => Incoming::Retry(ms),
        Item::Oversize(oversize) => Incoming::Oversize {
            last_event_id: oversize.last_event_id.to_owned(),
            is_event: oversize.skipped == Skipped::Event,
        },
    }
}
