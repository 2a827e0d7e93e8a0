//! How an event came: its lines as received, and its times.

use bellwire_engine::event as domain;
use serde::Serialize;
use ts_rs::TS;

/// The most of an event's lines that the inspector shows, in bytes.
const MAX_BYTES: usize = 1 << 20;
/// The most lines that the inspector shows.
const MAX_LINES: usize = 1 << 16;
/// The longest encoding of a character (RFC 3629, section 3), in bytes.
const LONGEST_CHARACTER: usize = 4;

/// An event's lines and times.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct Trace {
    pub seq: i64,
    pub lines: Lines,
    pub timing: Timing,
}

/// The lines of an event, up to its blank line. They are cut at 1 MiB or 65,536 lines; `size` and `shown` are in bytes,
/// before and after the cut. `too-large`: they were not kept. `unknown`: stored by a version that kept none.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(strum::VariantNames), strum(serialize_all = "kebab-case"))]
pub enum Lines {
    AsReceived { lines: Vec<Line>, size: usize, shown: usize },
    TooLarge,
    Unknown,
}

/// One line. `parts`: text and bytes that are no UTF-8 by turns, text first; the bytes as `E2 82`. `end` is null where
/// the line is cut.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct Line {
    pub parts: Vec<String>,
    pub end: Option<LineEnd>,
}

/// The end of a line (WHATWG HTML 9.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(strum::VariantNames), strum(serialize_all = "kebab-case"))]
pub enum LineEnd {
    Lf,
    Crlf,
    Cr,
}

/// An event's times, `…At` in milliseconds since the epoch; null where they are not known. `tookUs`: from its first
/// read to its last, in microseconds. `storedAt`: when the group that holds it began to be written. `sinceLastMs`: the
/// time since the previous event of the feed.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Timing {
    pub arrived_at: i64,
    pub chunks: Option<u32>,
    pub took_us: Option<u64>,
    pub stored_at: Option<i64>,
    pub in_group: Option<u64>,
    pub shown_at: Option<i64>,
    pub since_last_ms: Option<u64>,
}

impl Trace {
    /// The trace of the event at `seq`; `previous_at` is when the event before it in its feed arrived.
    pub fn of(seq: domain::Seq, trace: domain::Trace, previous_at: Option<domain::Millis>) -> Self {
        Self { seq: seq.0, lines: trace.lines.into(), timing: Timing::of(&trace.timing, previous_at) }
    }
}

impl From<domain::Lines> for Lines {
    fn from(lines: domain::Lines) -> Self {
        match lines {
            domain::Lines::AsReceived(bytes) => as_received(&bytes),
            domain::Lines::TooLarge => Lines::TooLarge,
            domain::Lines::Unknown => Lines::Unknown,
        }
    }
}

impl Timing {
    fn of(timing: &domain::Timing, previous_at: Option<domain::Millis>) -> Self {
        // A clock that was set back between the two leaves no time that means anything.
        let since_last = previous_at.and_then(|at| u64::try_from(timing.arrived_at - at).ok());
        Self {
            arrived_at: timing.arrived_at,
            chunks: timing.chunks,
            took_us: timing.took.and_then(|took| u64::try_from(took.as_micros()).ok()),
            stored_at: timing.stored_at,
            in_group: timing.in_group,
            shown_at: timing.shown_at,
            since_last_ms: since_last,
        }
    }
}

fn as_received(bytes: &[u8]) -> Lines {
    let mut lines = Vec::new();
    let mut shown = 0;
    while shown < bytes.len().min(MAX_BYTES) && lines.len() < MAX_LINES {
        let rest = &bytes[shown..];
        let length = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')).unwrap_or(rest.len());
        if shown + length > MAX_BYTES {
            let room = whole_characters(rest, MAX_BYTES - shown);
            lines.push(Line { parts: parts(&rest[..room]), end: None });
            shown += room;
            break;
        }
        let (end, end_length) = match rest[length..] {
            [b'\r', b'\n', ..] => (Some(LineEnd::Crlf), 2),
            [b'\r', ..] => (Some(LineEnd::Cr), 1),
            [_, ..] => (Some(LineEnd::Lf), 1),
            [] => (None, 0),
        };
        lines.push(Line { parts: parts(&rest[..length]), end });
        shown += length + end_length;
    }
    Lines::AsReceived { lines, size: bytes.len(), shown }
}

/// The greatest length of at most `room` that splits no character.
fn whole_characters(bytes: &[u8], room: usize) -> usize {
    let starts_character = |at: &usize| !matches!(bytes[*at], 0x80..=0xBF);
    (room.saturating_sub(LONGEST_CHARACTER - 1)..=room).rev().find(starts_character).unwrap_or(room)
}

fn parts(line: &[u8]) -> Vec<String> {
    let mut parts = Vec::new();
    for chunk in line.utf8_chunks() {
        parts.push(chunk.valid().to_owned());
        if !chunk.invalid().is_empty() {
            let hex: Vec<_> = chunk.invalid().iter().map(|byte| format!("{byte:02X}")).collect();
            parts.push(hex.join(" "));
        }
    }
    parts
}

#[cfg(test)]
mod tests;
