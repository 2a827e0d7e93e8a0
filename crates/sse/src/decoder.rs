//! Bytes to events, as WHATWG HTML 9.2.5 and 9.2.6 have it.

use std::borrow::Cow;
use std::mem;
use std::ops::ControlFlow::{self, Continue};

use crate::item::{Event, Item, Oversize, Skipped};
use crate::received::{Block, Field, Recorder};
use crate::scan::{decode, line_end, parse_retry, split_field};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// Long enough to tell a data line and the space after its colon.
const DATA_PREFIX: usize = b"data: ".len();

/// Buffers that grew beyond this give their memory back after the event.
const KEPT_CAPACITY: usize = 64 * 1024;

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
    limits: Limits,
    start: Start,
    /// The last line ended with CR, so an LF that follows belongs to it.
    after_cr: bool,
    closed: bool,

    line: Line,
    /// The bytes so far of an unfinished line, while `line` is [`Line::Held`].
    held: Vec<u8>,
    line_bytes: u64,

    event_type: String,
    data: Vec<u8>,
    has_data: bool,
    id: String,
    has_id: bool,
    oversize: Option<Over>,
    block_bytes: u64,
    block_chunks: u32,
    recorder: Recorder,

    last_event_id: String,
}

/// How much of a byte order mark the stream began with.
#[derive(Debug, Clone, Copy)]
enum Start {
    Bom(usize),
    Passed,
}

/// What happens to the bytes of the unfinished line.
#[derive(Debug, Clone, Copy)]
enum Line {
    /// They wait in `held`; nothing held means that the line has not begun.
    Held,
    /// They go on to `data`.
    Data,
    /// They are dropped: the line is over the limit; whether to say so at its end.
    Dropped { report: bool },
}

/// Why the block's event is over the limit.
#[derive(Debug, Clone, Copy, PartialEq)]
enum Over {
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

    fn skip_bom<'a>(&mut self, chunk: &'a [u8]) -> &'a [u8] {
        let Start::Bom(matched) = self.start else { return chunk };
        let rest = &BOM[matched..];
        let same = rest.iter().zip(chunk).take_while(|(want, got)| want == got).count();
        let matched = matched + same;
        if matched < BOM.len() && same == chunk.len() {
            self.start = Start::Bom(matched);
            return &[];
        }
        self.start = Start::Passed;
        if matched < BOM.len() {
            self.extend_line(&BOM[..matched]);
        } else {
            self.recorder.line(BOM, None, Block { event_type: "", id: "", data: b"" });
        }
        &chunk[same..]
    }

    fn read_lines<F>(&mut self, mut chunk: &[u8], sink: &mut F) -> ControlFlow<()>
    where
        F: FnMut(Item<'_>) -> ControlFlow<()>,
    {
        while !chunk.is_empty() {
            if mem::take(&mut self.after_cr) && chunk[0] == b'\n' {
                chunk = &chunk[1..];
                self.recorder.lf_followed();
                continue;
            }
            let Some(end) = line_end(chunk) else {
                self.extend_line(chunk);
                return Continue(());
            };
            let ending = chunk[end];
            self.after_cr = ending == b'\r';
            let piece = &chunk[..end];
            chunk = &chunk[end + 1..];
            if matches!(self.line, Line::Held) && self.held.is_empty() {
                self.count(piece);
                self.read_line(piece, sink)?;
            } else {
                self.extend_line(piece);
                self.end_line(sink)?;
            }
            if mem::take(&mut self.line_bytes) > 0 {
                self.recorder.line_ended(ending);
            }
        }
        Continue(())
    }

    fn count(&mut self, piece: &[u8]) {
        self.line_bytes = self.line_bytes.saturating_add(piece.len() as u64);
        self.block_bytes = self.block_bytes.saturating_add(piece.len() as u64);
    }

    /// Takes in a part of a line whose end has not been seen.
    fn extend_line(&mut self, mut piece: &[u8]) {
        self.count(piece);
        match self.line {
            Line::Data => {
                self.recorder.more(piece);
                return self.append_data(piece);
            }
            Line::Dropped { .. } => return,
            Line::Held => {}
        }
        if self.held.len() < DATA_PREFIX {
            let (prefix, rest) = piece.split_at(piece.len().min(DATA_PREFIX - self.held.len()));
            self.held.extend_from_slice(prefix);
            piece = rest;
            if self.held.len() < DATA_PREFIX {
                return;
            }
            if self.held.starts_with(b"data:") {
                self.line = Line::Data;
                let held = mem::take(&mut self.held);
                let has_space = held[5] == b' ';
                self.record(&held, Some((Field::Data, has_space)));
                self.recorder.more(piece);
                self.begin_data_line();
                if !has_space {
                    self.append_data(&held[5..]);
                }
                self.held = held;
                self.held.clear();
                return self.append_data(piece);
            }
        }
        if self.held.len() + piece.len() > self.limits.max_event {
            let is_type = self.held.starts_with(b"event:");
            if is_type {
                self.skip_event(Over::Type);
            }
            self.line = Line::Dropped { report: !is_type };
            self.held = Vec::new();
            self.recorder.give_up();
        } else {
            extend_within(&mut self.held, piece, self.limits.max_event);
        }
    }

    fn end_line<F>(&mut self, sink: &mut F) -> ControlFlow<()>
    where
        F: FnMut(Item<'_>) -> ControlFlow<()>,
    {
        match mem::replace(&mut self.line, Line::Held) {
            Line::Data | Line::Dropped { report: false } => Continue(()),
            Line::Dropped { report: true } => self.report_line(sink),
            Line::Held => {
                let mut held = mem::take(&mut self.held);
                let flow = self.read_line(&held, sink);
                held.clear();
                held.shrink_to(KEPT_CAPACITY);
                self.held = held;
                flow
            }
        }
    }

    /// Acts on a whole line.
    fn read_line<F>(&mut self, line: &[u8], sink: &mut F) -> ControlFlow<()>
    where
        F: FnMut(Item<'_>) -> ControlFlow<()>,
    {
        if line.is_empty() {
            return self.dispatch(sink);
        }
        let (name, value) = split_field(line);
        self.record(line, self.plain_field(line, name, value));
        if name == b"data" {
            self.begin_data_line();
            self.append_data(value);
            return Continue(());
        }
        let fits = line.len() <= self.limits.max_event;
        match name {
            b"event" if fits => self.set_type(value),
            b"event" => self.skip_event(Over::Type),
            _ if !fits => return self.report_line(sink),
            b"" => {
                return match decode(&line[1..], self.limits.max_event) {
                    Some(text) => sink(Item::Comment(&text)),
                    None => self.report_line(sink),
                };
            }
            b"id" => self.set_id(value),
            b"retry" => {
                if let Some(milliseconds) = parse_retry(value) {
                    return sink(Item::Retry(milliseconds));
                }
            }
            _ => {}
        }
        Continue(())
    }

    /// Which field a line is, where its value alone gives the line back.
    fn plain_field(&self, line: &[u8], name: &[u8], value: &[u8]) -> Option<(Field, bool)> {
        let field = match name {
            b"data" => Field::Data,
            b"event" if !value.is_empty() && str::from_utf8(value).is_ok() => Field::Event,
            b"id" if value.len() <= self.limits.max_id && !value.contains(&0) => {
                str::from_utf8(value).is_ok().then_some(Field::Id)?
            }
            _ => return None,
        };
        let after_colon = line.get(name.len() + 1..)?;
        Some((field, after_colon.starts_with(b" ")))
    }

    fn record(&mut self, line: &[u8], field: Option<(Field, bool)>) {
        let block = Block { event_type: &self.event_type, id: &self.id, data: &self.data };
        self.recorder.line(line, field, block);
    }

    fn begin_data_line(&mut self) {
        if mem::replace(&mut self.has_data, true) {
            self.append_data(b"\n");
        }
    }

    fn append_data(&mut self, bytes: &[u8]) {
        if self.oversize.is_some() {
            return;
        }
        let room = self.limits.max_event.saturating_sub(self.event_type.len());
        if self.data.len() + bytes.len() > room {
            return self.skip_event(Over::Data);
        }
        extend_within(&mut self.data, bytes, room);
    }

    fn set_type(&mut self, value: &[u8]) {
        match decode(value, self.limits.max_event - self.data.len()) {
            Some(text) => {
                self.event_type.clear();
                self.event_type.push_str(&text);
                if self.oversize == Some(Over::Type) {
                    self.oversize = Some(Over::Data);
                }
            }
            None => self.skip_event(Over::Type),
        }
    }

    fn set_id(&mut self, value: &[u8]) {
        if value.contains(&0) {
            return;
        }
        if let Some(text) = decode(value, self.limits.max_id) {
            self.id.clear();
            self.id.push_str(&text);
            self.has_id = true;
        }
    }

    /// From here to the blank line the block's data is let go as it comes.
    fn skip_event(&mut self, over: Over) {
        self.data = Vec::new();
        if over == Over::Type {
            self.event_type = String::new();
        }
        self.oversize = Some(over);
    }

    fn report_line<F>(&self, sink: &mut F) -> ControlFlow<()>
    where
        F: FnMut(Item<'_>) -> ControlFlow<()>,
    {
        sink(Item::Oversize(Oversize {
            skipped: Skipped::Line,
            bytes: self.line_bytes,
            event_type: "",
            last_event_id: &self.last_event_id,
        }))
    }

    /// A blank line: commits the id, hands out what the block held, and forgets the block.
    fn dispatch<F>(&mut self, sink: &mut F) -> ControlFlow<()>
    where
        F: FnMut(Item<'_>) -> ControlFlow<()>,
    {
        self.recorder.settle(Block { event_type: &self.event_type, id: &self.id, data: &self.data });
        let explicit_id = mem::take(&mut self.has_id);
        let moved = explicit_id && self.id != self.last_event_id;
        if moved {
            mem::swap(&mut self.id, &mut self.last_event_id);
        }
        let flow = self.deliver(explicit_id, moved, sink);

        self.event_type.clear();
        self.event_type.shrink_to(KEPT_CAPACITY);
        self.data.clear();
        self.data.shrink_to(KEPT_CAPACITY);
        self.has_data = false;
        self.oversize = None;
        self.block_bytes = 0;
        self.block_chunks = 1;
        self.recorder.reset(KEPT_CAPACITY);
        flow
    }

    fn deliver<F>(&self, explicit_id: bool, moved: bool, sink: &mut F) -> ControlFlow<()>
    where
        F: FnMut(Item<'_>) -> ControlFlow<()>,
    {
        let last_event_id = self.last_event_id.as_str();
        let event_type = if self.event_type.is_empty() { "message" } else { &self.event_type };
        if !self.has_data {
            if self.oversize.is_some() {
                let (skipped, bytes) = (Skipped::Line, self.block_bytes);
                sink(Item::Oversize(Oversize { skipped, bytes, event_type: "", last_event_id }))?;
            }
            return if moved { sink(Item::Id(last_event_id)) } else { Continue(()) };
        }
        let room = self.limits.max_event - self.event_type.len();
        let data = if self.oversize.is_some() { None } else { decode(&self.data, room) };
        match data {
            Some(data) => {
                let is_exact = matches!(data, Cow::Borrowed(_));
                let block = Block { event_type: &self.event_type, id: last_event_id, data: &self.data };
                let mut rebuilt = Vec::new();
                let received = self.recorder.received(is_exact, block, &mut rebuilt);
                let chunks = self.block_chunks;
                sink(Item::Event(Event {
                    event_type,
                    data: &data,
                    last_event_id,
                    explicit_id,
                    received,
                    chunks,
                }))
            }
            None => sink(Item::Oversize(Oversize {
                skipped: Skipped::Event,
                bytes: self.block_bytes,
                event_type: if self.oversize == Some(Over::Type) { "" } else { event_type },
                last_event_id,
            })),
        }
    }
}

/// Appends with amortised growth that never reserves beyond `limit`.
fn extend_within(buffer: &mut Vec<u8>, bytes: &[u8], limit: usize) {
    let needed = buffer.len() + bytes.len();
    if needed > buffer.capacity() {
        let capacity = (buffer.capacity() * 2).min(limit).max(needed);
        buffer.reserve_exact(capacity - buffer.len());
    }
    buffer.extend_from_slice(bytes);
}

#[cfg(test)]
mod tests;
