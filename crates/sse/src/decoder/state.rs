//! The decoder's state between two chunks, and its public methods.

use std::ops::ControlFlow;

use crate::item::Item;
use crate::received::Recorder;

/// The capacity, in bytes, that a buffer keeps after an event. Most events fit in it, so they need no allocation; a
/// larger buffer is shrunk to it.
pub(super) const KEPT_CAPACITY: usize = 64 * 1024;

/// Bounds the memory that a stream can make the decoder use.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Limits {
    /// The maximum size, in bytes after decoding, of an event's type and data together, and of any other line.
    /// Anything larger is skipped and reported as [`Item::Oversize`]. 16 MiB by default. Values below 64 count as
    /// 64, so that a field name always fits.
    pub max_event: usize,
    /// The maximum size, in bytes after decoding, of an event id. An `id:` line with a longer id is ignored. 4096 by
    /// default, because common servers reject request headers over 8 KiB.
    pub max_id: usize,
    /// The maximum size, in bytes after decoding, of an event's type. A longer one is cut between two characters: the
    /// standard knows no limit, but a type is a name that is shown, counted and compared everywhere. 4096 by default.
    pub max_type: usize,
}

impl Default for Limits {
    fn default() -> Self {
        Self { max_event: 16 * 1024 * 1024, max_id: 4096, max_type: 4096 }
    }
}

/// Decodes the body of one connection, in chunks of any size, according to WHATWG HTML 9.2.5 and 9.2.6.
///
/// Time is linear in bytes, however the stream is cut into chunks. The decoder holds at most twice
/// [`Limits::max_event`] (an event's data and another line), three times while a buffer grows or invalid UTF-8 is
/// replaced, plus 1 MiB for lines that are not plain ([`crate::Received`]). Between small events it holds at most
/// 64 KiB for each buffer. Malformed input is not an error: the standard gives every byte sequence a meaning. A
/// block that is unfinished when the connection ends is discarded with the decoder, including its id.
#[derive(Debug)]
pub struct Decoder {
    pub(super) limits: Limits,
    pub(super) start: Start,
    /// Whether the last line ended with CR, so that an LF that follows belongs to it.
    pub(super) after_cr: bool,
    /// Whether a sink has stopped the decoder.
    pub(super) closed: bool,

    pub(super) line: Line,
    /// The bytes of the unfinished line that have arrived, while `line` is [`Line::Held`].
    pub(super) held: Vec<u8>,
    /// The size of the unfinished line, in bytes.
    pub(super) line_bytes: u64,

    /// The event type of the unfinished block; empty if it has none.
    pub(super) event_type: String,
    /// The data lines of the unfinished block, joined by LF.
    pub(super) data: Vec<u8>,
    /// Whether the unfinished block has a data line.
    pub(super) has_data: bool,
    /// The id of the unfinished block, if `has_id` is set.
    pub(super) id: String,
    pub(super) has_id: bool,
    /// Why the block is over the limit; `None` if it is not.
    pub(super) oversize: Option<Over>,
    /// The size of the unfinished block, in bytes without line ends.
    pub(super) block_bytes: u64,
    /// The number of chunks that the unfinished block has arrived in.
    pub(super) block_chunks: u32,
    pub(super) recorder: Recorder,

    pub(super) last_event_id: String,
}

/// Tracks the byte order mark at the start of the stream: how many of its bytes matched, or that it was passed.
#[derive(Debug, Clone, Copy)]
pub(super) enum Start {
    Bom(usize),
    Passed,
}

/// Where the bytes of the unfinished line are stored.
#[derive(Debug, Clone, Copy)]
pub(super) enum Line {
    /// In `held`; if that is empty, the line has not begun.
    Held,
    /// In `data`.
    Data,
    /// Nowhere: the line is over the limit. `report` is whether to report it at its end.
    Dropped { report: bool },
}

/// The part of the block that took its event over the limit.
#[derive(Debug, Clone, Copy, PartialEq)]
pub(super) enum Over {
    Data,
    Type,
}

impl Decoder {
    /// Creates a decoder for the start of a body, with an empty last event ID.
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

    /// Sets the last event ID that an earlier connection ended with.
    #[must_use]
    pub fn with_last_event_id(mut self, id: &str) -> Self {
        id.clone_into(&mut self.last_event_id);
        self
    }

    /// Returns the last event ID. The value of an `id:` line becomes the last event ID at the blank line of its
    /// block.
    pub fn last_event_id(&self) -> &str {
        &self.last_event_id
    }

    /// Returns whether an event or line over the limit is being skipped. If the connection ends meanwhile, no
    /// [`Item::Oversize`] reports the loss.
    pub fn is_skipping(&self) -> bool {
        self.oversize.is_some() || matches!(self.line, Line::Dropped { .. })
    }

    /// Returns the number of chunks that the unfinished block has arrived in; 0 if no block has begun.
    pub fn unfinished_chunks(&self) -> u32 {
        if self.block_bytes > 0 { self.block_chunks } else { 0 }
    }

    /// Returns whether a sink has stopped the decoder.
    pub fn is_closed(&self) -> bool {
        self.closed
    }

    /// Decodes a chunk of any size and calls `sink` for each item in order. When `sink` breaks, the rest of the
    /// chunk and every later chunk are ignored.
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
