//! An event's lines as received, and its times.

use bellwire_engine::event as domain;
use serde::Serialize;
use ts_rs::TS;

/// The most of an event's lines that is sent to the window, in bytes.
const MAX_BYTES: usize = 1 << 20;
/// The most lines that are sent to the window: each costs far more there than its bytes.
const MAX_LINES: usize = 1 << 16;
/// The longest encoding of a character (RFC 3629, section 3), in bytes.
const LONGEST_CHARACTER: usize = 4;

/// An event's lines and times, as the inspector shows them.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct Trace {
    /// The number of the event's row.
    pub seq: i64,
    /// Its lines.
    pub lines: Lines,
    /// Its times.
    pub timing: Timing,
}

/// The lines of an event, up to its blank line.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
#[serde(tag = "kind", rename_all = "kebab-case")]
#[cfg_attr(test, derive(strum::VariantNames), strum(serialize_all = "kebab-case"))]
pub enum Lines {
    /// The lines as received.
    AsReceived {
        /// The lines, at most the first 1 MiB and 65,536 lines.
        lines: Vec<Line>,
        /// The size of all lines, in bytes.
        size: usize,
        /// The size of the lines in `lines`, in bytes.
        shown: usize,
    },
    /// They were too large to be stored.
    TooLarge,
    /// They were stored by a version that did not keep them.
    Unknown,
}

/// One line.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
pub struct Line {
    /// Text and bytes that are not UTF-8 in turn, text first. Bytes are in hexadecimal, such as `E2 82`.
    pub parts: Vec<String>,
    /// Its end; null where the line is cut.
    pub end: Option<LineEnd>,
}

/// The end of a line (WHATWG HTML 9.2.5).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "kebab-case")]
#[cfg_attr(test, derive(strum::VariantNames), strum(serialize_all = "kebab-case"))]
pub enum LineEnd {
    /// U+000A.
    Lf,
    /// U+000D U+000A.
    Crlf,
    /// U+000D.
    Cr,
}

/// An event's times; null where one is not known. Points in time are in milliseconds since the epoch.
#[derive(Debug, PartialEq, Eq, Serialize, TS)]
#[serde(rename_all = "camelCase")]
pub struct Timing {
    /// When its last byte was read.
    pub arrived_at: i64,
    /// The number of reads that it arrived in.
    pub chunks: Option<u32>,
    /// The time from the first of these reads to the last, in microseconds.
    pub took_us: Option<u64>,
    /// When the writing of its group started.
    pub stored_at: Option<i64>,
    /// The number of events in that group.
    pub in_group: Option<u64>,
    /// When the desktop accepted a notification for it, alone or with others.
    pub shown_at: Option<i64>,
    /// The time since the previous event of the feed, in milliseconds.
    pub since_last_ms: Option<u64>,
}

impl Trace {
    /// Returns the trace of the event at `seq`. `previous_at` is when the previous event of its feed arrived, in
    /// milliseconds since the epoch.
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
        // The clock was set back between the two: there is no meaningful time.
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

/// Splits the bytes of an event into lines, within the limits.
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

/// Returns the greatest length of at most `room` bytes that does not split a character.
fn whole_characters(bytes: &[u8], room: usize) -> usize {
    let starts_character = |at: &usize| !matches!(bytes[*at], 0x80..=0xBF);
    (room.saturating_sub(LONGEST_CHARACTER - 1)..=room).rev().find(starts_character).unwrap_or(room)
}

/// Returns text and bytes that are not UTF-8 in turn, text first.
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
