//! Owned items, for comparisons.

use std::ops::ControlFlow;

use bellwire_sse::{Decoder, Item, Limits, Skipped};

/// An owned copy of [`Item`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Record {
    Event { event_type: String, data: String, last_event_id: String, explicit_id: bool },
    Id(String),
    Comment(String),
    Retry(u64),
    Oversize { event: bool, bytes: u64, event_type: String, last_event_id: String },
}

impl From<Item<'_>> for Record {
    fn from(item: Item<'_>) -> Self {
        match item {
            Item::Event(event) => Self::Event {
                event_type: event.event_type.into(),
                data: event.data.into(),
                last_event_id: event.last_event_id.into(),
                explicit_id: event.explicit_id,
            },
            Item::Id(id) => Self::Id(id.into()),
            Item::Comment(text) => Self::Comment(text.into()),
            Item::Retry(milliseconds) => Self::Retry(milliseconds),
            Item::Oversize(oversize) => Self::Oversize {
                event: oversize.skipped == Skipped::Event,
                bytes: oversize.bytes,
                event_type: oversize.event_type.into(),
                last_event_id: oversize.last_event_id.into(),
            },
        }
    }
}

/// Decodes chunks, and returns all items and the final last event ID.
pub fn decode<'a>(
    limits: Limits,
    last_event_id: &str,
    chunks: impl IntoIterator<Item = &'a [u8]>,
) -> (Vec<Record>, String) {
    let mut decoder = Decoder::new(limits).with_last_event_id(last_event_id);
    let mut records = Vec::new();
    for chunk in chunks {
        decoder.push(chunk, |item| {
            records.push(item.into());
            ControlFlow::Continue(())
        });
    }
    (records, decoder.last_event_id().to_owned())
}
