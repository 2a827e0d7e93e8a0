//! What a stream brings.

use std::hash::{DefaultHasher, Hash, Hasher};
use std::time::Duration;

use bellwire_sse::Layout;

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
    /// Whether it is a control event: a sign of life, which never notifies.
    pub is_control: bool,
    /// Whether the feed can resume after its last event ID.
    pub is_place: bool,
    /// Which item of an event with a list it is; `None` for a whole event.
    pub part: Option<Part>,
    /// How it came.
    pub arrival: Arrival,
}

/// The place of an item in the list that its event carried.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Part {
    /// Its number, from 1.
    pub number: u32,
    /// How many items the list has.
    pub of: u32,
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
    /// Those of the event's first item.
    OfFirstItem,
}

impl IncomingEvent {
    /// Makes the kept lines independent of type and data, which may then change.
    pub fn fix_lines(&mut self) {
        if let ReceivedLines::Layout(code) = self.arrival.lines
            && let Some(layout) = Layout::from_code(code)
        {
            let lines = layout.lines(&self.event_type, &self.last_event_id, &self.data);
            self.arrival.lines = ReceivedLines::Bytes(lines);
        }
    }

    /// Returns a hash of type, data and last event ID.
    pub fn content_hash(&self) -> u64 {
        let mut hasher = DefaultHasher::new();
        (&self.event_type, &self.data, &self.last_event_id).hash(&mut hasher);
        hasher.finish()
    }
}

impl Incoming {
    /// Returns about how much memory it holds, in bytes.
    pub fn size(&self) -> usize {
        let text = match self {
            Incoming::Event(event) => {
                let lines = match &event.arrival.lines {
                    ReceivedLines::Bytes(lines) => lines.len(),
                    ReceivedLines::Layout(_) | ReceivedLines::TooLarge | ReceivedLines::OfFirstItem => 0,
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
