//! What the decoder holds between two chunks, and its public face.

use std::ops::ControlFlow;

use crate::item::Item;
use crate::received::Recorder;

/// Buffers that grew beyond this give their memory back after the event.
pub(super) const KEPT_CAPACITY: usize = 64 * 1024;

/// Bounds on what a stream can make the decoder hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The most bytes, after decoding, of an event's type and data together, and of any other line. What is
    /// larger is skipped and reported as [`Item::Oversize`]. At least 64 (smaller values count as 64).
    pub max_event: usize,
    /// The most bytes, after decoding, of an event id. A longer one is not accepted, as though its `id:` line were
    /// not there.
    pub max_id: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_event: 16 * 1024 * 1024, max_id: 4096 }
    }
}

/// Decodes one connection's body, cut into chunks in any way.
///
/// Cost is linear in bytes whatever the chunks. At most twice [`Limits::max_event`] is held at any time (an event's
/// data and another line), three times while a buffer grows or invalid UTF-8 is replaced, 1 MiB of lines that are not
/// plain ([`crate::Received`]), and next to nothing between small events. Malformed input never fails: the standard gives every byte sequence a meaning. What is
/// unfinished at the end of the connection is discarded by dropping the decoder, its id included.
#[derive(Debug)]
pub struct Decoder {
    pub(super) limits: Limits,
    pub(super) start: Start,
    /// The last line ended with CR, so an LF that follows belongs to it.
    pub(super) after_cr: bool,
    pub(super) closed: bool,

    pub(super) line: Line,
    /// The bytes so far of an unfinished line, while `line` is [`Line::Held`].
    pub(super) held: Vec<u8>,
    pub(super) line_bytes: u64,

    pub(super) event_type: String,
    pub(super) data: Vec<u8>,
    pub(super) has_data: bool,
    pub(super) id: String,
    pub(super) has_id: bool,
    pub(super) oversize: Option<Over>,
    pub(super) block_bytes: u64,
    pub(super) block_chunks: u32,
    pub(super) recorder: Recorder,

    pub(super) last_event_id: String,
}

/// How much of a byte order mark the stream began with.
#[derive(Debug, Clone, Copy)]
pub(super) enum Start {
    Bom(usize),
    Passed,
}

/// What happens to the bytes of the unfinished line.
#[derive(Debug, Clone, Copy)]
pub(super) enum Line {
    /// They wait in `held`; nothing held means that the line has not begun.
    Held,
    /// They go on to `data`.
    Data,
    /// They are dropped: the line is over the limit; whether to say so at its end.
    Dropped { report: bool },
}

/// Why the block's event is over the limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Over {
    Data,
    Type,
}

impl Decoder {
    /// A decoder for the start of a body, with an empty last event ID.
    pub fn new(limits: Limits) -> Self {
        let limits = Limits { max_event: limits.max_event.max(64), ..limits };
        Self {
            limits,
            start: Start::Bom(0),
            after_cr: false,
            closed: false,
            line: Line::Held,
            held: Vec::new(),
            line_bytes: 0,
            event_type: String::new(),
            data: Vec::new(),
            has_data: false,
            id: String::new(),
            has_id: false,
            oversize: None,
            block_bytes: 0,
            block_chunks: 0,
            recorder: Recorder::new(),
            last_event_id: String::new(),
        }
    }

    /// Seeds the last event ID that an earlier connection left.
    #[must_use]
    pub fn with_last_event_id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.last_event_id);
        self
    }

    /// The last event ID string: an `id:` line's value counts from its block's blank line on.
    pub fn last_event_id(&self) -> &str {
        &self.last_event_id
    }

    /// Whether an event or line over the limit is being skipped. When the connection ends meanwhile, it is lost
    /// without a report.
    pub fn is_skipping(&self) -> bool {
        self.oversize.is_some() || matches!(self.line, Line::Dropped { .. })
    }

    /// In how many chunks the unfinished block has come so far; 0 where none has begun.
    pub fn unfinished_chunks(&self) -> u32 {
        if self.block_bytes > 0 { self.block_chunks } else { 0 }
    }

    /// Whether a sink has stopped the decoder.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Feeds a chunk of any size. `sink` is called for each item in order; when it breaks, the rest of the chunk and
    /// every later chunk are ignored: nothing is delivered after a close, even when it was already received.
    pub fn push<F>(&mut self, chunk: &[u8], mut sink: F)
    where
        F: FnMut(Item<'_>) -> ControlFlow<()>,
    {
        if self.closed {
            return;
        }
        self.block_chunks = self.unfinished_chunks().saturating_add(1);
        let chunk = self.skip_bom(chunk);
        if self.read_lines(chunk, &mut sink).is_break() {
            self.closed = true;
        }
    }
}
