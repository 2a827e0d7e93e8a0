//! What a stream brings, owned, so that it can leave the decoder.

use std::ops::ControlFlow;

use bellwire_sse::{Decoder, Item, Skipped};

/// One thing that a stream brought.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Incoming {
    /// An event.
    Event {
        /// Its type; `message` when the server named none.
        event_type: String,
        /// Its data.
        data: String,
        /// The last event ID string at dispatch.
        last_event_id: String,
        /// Whether this very event carried an `id:` line.
        explicit_id: bool,
    },
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

impl Incoming {
    /// About how much memory it holds, in bytes.
    pub(crate) fn size(&self) -> usize {
        let text = match self {
            Incoming::Event { event_type, data, last_event_id, .. } => {
                event_type.len() + data.len() + last_event_id.len()
            }
            Incoming::Id(text) | Incoming::Comment(text) => text.len(),
            Incoming::Oversize { last_event_id, .. } => last_event_id.len(),
            Incoming::Retry(_) => 0,
        };
        text + size_of::<Self>()
    }
}

/// Everything that a chunk completes.
pub(crate) fn decode(decoder: &mut Decoder, chunk: &[u8]) -> Vec<Incoming> {
    let mut items = Vec::new();
    decoder.push(chunk, |item| {
        items.push(own(item));
        ControlFlow::Continue(())
    });
    items
}

fn own(item: Item<'_>) -> Incoming {
    match item {
        Item::Event(event) => Incoming::Event {
            event_type: event.event_type.to_owned(),
            data: event.data.to_owned(),
            last_event_id: event.last_event_id.to_owned(),
            explicit_id: event.explicit_id,
        },
        Item::Id(id) => Incoming::Id(id.to_owned()),
        Item::Comment(text) => Incoming::Comment(text.to_owned()),
        Item::Retry(ms) => Incoming::Retry(ms),
        Item::Oversize(oversize) => Incoming::Oversize {
            last_event_id: oversize.last_event_id.to_owned(),
            is_event: oversize.skipped == Skipped::Event,
        },
    }
}
