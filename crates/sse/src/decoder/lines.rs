//! Splits chunks into lines and keeps the part of a line that has no end yet.

use std::mem;
use std::ops::ControlFlow::{self, Continue};

use super::state::{Decoder, KEPT_CAPACITY, Line, Over, Start};
use crate::item::Item;
use crate::received::{Block, Field};
use crate::scan::{extend_within, line_end};

const BOM: &[u8] = b"\xef\xbb\xbf";

/// The bytes needed to recognise a data line and the space after its colon.
const DATA_PREFIX: usize = b"data: ".len();

impl Decoder {
    /// Removes a byte order mark at the start of the stream, which may be cut into chunks (WHATWG HTML 9.2.5).
    pub(super) fn skip_bom<'a>(&mut self, chunk: &'a [u8]) -> &'a [u8] {
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

    /// Processes every line that the chunk completes, and keeps the rest.
    pub(super) fn read_lines<F>(&mut self, mut chunk: &[u8], sink: &mut F) -> ControlFlow<()>
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

    /// Adds a part of a line whose end has not arrived.
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
}
