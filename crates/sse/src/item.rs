//! The decoder's output. Items borrow from the decoder or the chunk: copy what must outlive the call of the sink.

use crate::received::Received;

/// One item of the stream.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item<'a> {
    /// A blank line completed an event that has data.
    Event(Event<'a>),
    /// A block with an `id:` line and no data changed the last event ID to this value. It dispatches no event.
    Id(&'a str),
    /// The text of a comment line after its colon, including a leading space.
    Comment(&'a str),
    /// A `retry:` line set this reconnection time in milliseconds, effective at once. A number beyond `u64`
    /// saturates. The decoder does not clamp it; [`crate::Backoff::set_retry`] does.
    Retry(u64),
    /// An event or line over [`crate::Limits::max_event`] was skipped to its end without being buffered.
    Oversize(Oversize<'a>),
}

/// An event as WHATWG HTML 9.2.6 dispatches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// The event type; `message` if the block has no `event:` line or an empty one.
    pub event_type: &'a str,
    /// The values of the data lines, joined by LF.
    pub data: &'a str,
    /// The last event ID after this block: the block's own id, or that of an earlier block or connection.
    pub last_event_id: &'a str,
    /// Whether this block contained an accepted `id:` line. An id of an earlier block does not identify this event.
    pub explicit_id: bool,
    /// The lines of the block as they were received.
    pub received: Received<'a>,
    /// The number of chunks that the block arrived in, from 1.
    pub chunks: u32,
}

/// Reports an event or line that was skipped because of its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Oversize<'a> {
    /// Whether an event is lost or only a line.
    pub skipped: Skipped,
    /// The size, in bytes without line ends, of all lines of the event's block, or of the line.
    pub bytes: u64,
    /// The event type, `message` if the block named none; empty if the type itself was over the limit or only a
    /// line was skipped.
    pub event_type: &'a str,
    /// The last event ID after the skip. A skipped event commits its id: otherwise a server that replays events after
    /// the last event ID would send the same event again after every reconnect.
    pub last_event_id: &'a str,
}

/// The part of the stream that an [`Oversize`] report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skipped {
    /// A whole event, reported at its blank line.
    Event,
    /// One comment, unknown field, `id` or `retry` line, or an `event` line in a block without data. The event around
    /// the line is still delivered.
    Line,
}
