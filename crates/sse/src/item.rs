//! What a decoder hands out. Everything borrows from the decoder or the chunk: copy what must outlive the call.

use crate::received::Received;

/// One thing that the stream said, in the order it said it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Item<'a> {
    /// A blank line completed an event that has data.
    Event(Event<'a>),
    /// A block with an `id:` line and no data changed the last event ID to this value, and dispatches no event.
    Id(&'a str),
    /// The text of a comment line after its colon, leading space included.
    Comment(&'a str),
    /// A `retry:` line asked for this reconnection time in milliseconds, effective at once. A number beyond
    /// `u64` saturates; clamping to something sane is the caller's ([`crate::Backoff::set_retry`] does).
    Retry(u64),
    /// Something over [`crate::Limits::max_event`] was skipped to its end without being held.
    Oversize(Oversize<'a>),
}

/// An event as the standard dispatches it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Event<'a> {
    /// The event type; `message` where the block named none.
    pub event_type: &'a str,
    /// The data lines, joined by LF.
    pub data: &'a str,
    /// The last event ID after this block: this block's own, or the one that an earlier block or connection left.
    pub last_event_id: &'a str,
    /// Whether this very block carried an `id:` line that was accepted. An id that is merely carried over says
    /// nothing about the identity of the event.
    pub explicit_id: bool,
    /// Its lines as they came.
    pub received: Received<'a>,
    /// In how many chunks the block came, from 1.
    pub chunks: u32,
}

/// A report about something that was skipped because of its size.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Oversize<'a> {
    /// What was skipped: an event that is now lost, or a line that carried none.
    pub skipped: Skipped,
    /// How many bytes came: of all lines of the event's block, or of the line; line ends not counted.
    pub bytes: u64,
    /// The event type, `message` where the block named none; empty where the type itself was over the limit or
    /// only a line was skipped.
    pub event_type: &'a str,
    /// The last event ID after the skip. A skipped event commits the id it carried: if it did not, a server that
    /// replays after the last event ID would send the same event again after every reconnect.
    pub last_event_id: &'a str,
}

/// What an [`Oversize`] report is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Skipped {
    /// A whole event, reported at its blank line.
    Event,
    /// One comment, unknown field, `id`, `retry` or dataless `event` line; the event around it is unharmed.
    Line,
}
