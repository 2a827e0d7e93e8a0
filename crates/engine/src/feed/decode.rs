//! Decodes the bytes of one read into owned items.

use std::ops::ControlFlow;
use std::time::Duration;

use bellwire_sse::{Decoder, Item, Received, Skipped};

use crate::event::{Arrival, Incoming, IncomingEvent, ReceivedLines};

/// Returns all items that a chunk completes. `since_begun` is the time since the first chunk of the block that was
/// unfinished before this one.
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
            is_control: false,
            is_place: event.explicit_id,
            part: None,
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
