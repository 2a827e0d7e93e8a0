//! Interprets lines as fields, and a blank line as the end of a block.

use std::borrow::Cow;
use std::mem;
use std::ops::ControlFlow::{self, Continue};

use super::state::{Decoder, KEPT_CAPACITY, Over};
use crate::item::{Event, Item, Oversize, Skipped};
use crate::received::{Block, Field};
use crate::scan::{decode, extend_within, parse_retry, split_field};

impl Decoder {
    /// Processes a complete line, without its line end.
    pub(super) fn read_line<F>(&mut self, line: &[u8], sink: &mut F) -> ControlFlow<()>
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
        if !fits {
            // As for a line that arrives in pieces, of which nothing is kept.
            self.recorder.give_up();
        }
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

    /// Returns the line's field and whether a space follows its colon, if those and the value are enough to rebuild
    /// the line byte for byte.
    fn plain_field(&self, line: &[u8], name: &[u8], value: &[u8]) -> Option<(Field, bool)> {
        let field = match name {
            b"data" => Field::Data,
            b"event" if !value.is_empty() && value.len() <= self.limits.max_type => {
                str::from_utf8(value).is_ok().then_some(Field::Event)?
            }
            b"id" if value.len() <= self.limits.max_id && !value.contains(&0) => {
                str::from_utf8(value).is_ok().then_some(Field::Id)?
            }
            _ => return None,
        };
        let after_colon = line.get(name.len() + 1..)?;
        Some((field, after_colon.starts_with(b" ")))
    }

    /// Records a line, or its beginning, for [`Event::received`].
    pub(super) fn record(&mut self, line: &[u8], field: Option<(Field, bool)>) {
        let block = Block { event_type: &self.event_type, id: &self.id, data: &self.data };
        self.recorder.line(line, field, block);
    }

    /// Begins a data line: appends an LF to the data of the lines before it.
    pub(super) fn begin_data_line(&mut self) {
        if mem::replace(&mut self.has_data, true) {
            self.append_data(b"\n");
        }
    }

    /// Appends bytes to the data, unless the event is over the limit.
    pub(super) fn append_data(&mut self, bytes: &[u8]) {
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
        let room = self.limits.max_event - self.data.len();
        let text = decode(value, self.limits.max_event);
        match text.as_deref().map(|text| self.cut_type(text)).filter(|text| text.len() <= room) {
            Some(text) => {
                self.event_type.clear();
                self.event_type.push_str(text);
                if self.oversize == Some(Over::Type) {
                    self.oversize = Some(Over::Data);
                }
            }
            None => self.skip_event(Over::Type),
        }
    }

    fn cut_type<'t>(&self, text: &'t str) -> &'t str {
        let limit = self.limits.max_type;
        if text.len() <= limit {
            return text;
        }
        let end = (0..=limit).rev().find(|end| text.is_char_boundary(*end));
        &text[..end.unwrap_or(0)]
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

    /// Discards the block's data, both what is buffered and what arrives before the blank line.
    pub(super) fn skip_event(&mut self, over: Over) {
        self.data = Vec::new();
        if over == Over::Type {
            self.event_type = String::new();
        }
        self.oversize = Some(over);
    }

    /// Reports a line over the limit.
    pub(super) fn report_line<F>(&self, sink: &mut F) -> ControlFlow<()>
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

    /// Ends the block at a blank line: commits its id, passes its item to `sink`, and clears it.
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
