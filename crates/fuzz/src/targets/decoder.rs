//! The decoder of event streams.

use std::collections::BTreeSet;
use std::ops::ControlFlow::Continue;

use bellwire_sse::{Decoder, Item, Layout, Limits, Received, Skipped};

use crate::chance::Chance;
use crate::target::{MIB, Target, magnitude, shape};

pub(super) const TARGET: Target = Target {
    name: "decoder",
    words: &[
        b"\r",
        b"\n",
        b"\r\n",
        b"\n\n",
        b"\r\r",
        b":",
        b" ",
        b"data",
        b"data: ",
        b"event: ",
        b"id: ",
        b"id:",
        b"retry: ",
        b"\0",
        b"\xef\xbb\xbf",
        b"\xff",
        b"\xc0\xaf",
        b"\xed\xa0\x80",
        "😀".as_bytes(),
        "\u{2028}".as_bytes(),
    ],
    // The items of the stream, three times, as values of their own.
    max_memory: 64 * MIB,
    run,
};

/// The byte order mark, which counts only at the start of a stream (WHATWG HTML 9.2.5).
const BOM: &[u8] = b"\xef\xbb\xbf";

/// An item, as a value of its own.
#[derive(Clone, Debug, PartialEq)]
enum Seen {
    Event { event_type: String, data: String, last_event_id: String, explicit_id: bool, received: Lines },
    Id(String),
    Comment(String),
    Retry(u64),
    Oversize { is_event: bool, bytes: u64, event_type: String, last_event_id: String },
}

/// The lines of an event, as they came.
#[derive(Clone, Debug, PartialEq)]
enum Lines {
    Plain(u16),
    Bytes(Vec<u8>),
    TooLarge,
}

/// The first two bytes choose the limits and how the rest is cut.
fn run(input: &[u8]) -> u64 {
    let Some((&[limit, seed], body)) = input.split_first_chunk() else { return 0 };
    let limits = match limit % 3 {
        0 => Limits::default(),
        1 => Limits { max_event: 64, max_id: 8, max_type: 16 },
        _ => Limits { max_event: 256 * usize::from(limit), max_id: 32, max_type: 40 },
    };
    let whole = decode(limits, [body]);
    compare(&whole, &decode(limits, body.chunks(1)), "byte by byte");
    compare(&whole, &decode(limits, cut(body, seed)), "in pieces");
    whole.iter().for_each(|seen| check(seen, limits, body));
    shape(whole.iter().map(kind).collect::<BTreeSet<_>>())
}

fn compare(whole: &[Seen], other: &[Seen], how: &str) {
    for (number, (seen, expected)) in other.iter().zip(whole).enumerate() {
        assert_eq!(seen, expected, "item {number}, {how}");
    }
    assert_eq!(other.len(), whole.len(), "items, {how}");
}

fn decode<'a>(limits: Limits, pieces: impl IntoIterator<Item = &'a [u8]>) -> Vec<Seen> {
    let mut decoder = Decoder::new(limits).with_last_event_id("before");
    let mut all = Vec::new();
    for piece in pieces {
        decoder.push(piece, |item| {
            all.push(own(item));
            Continue(())
        });
    }
    all
}

fn cut(body: &[u8], seed: u8) -> Vec<&[u8]> {
    let mut chance = Chance::new(seed.into());
    let longest = 1 + chance.below(40);
    let (mut rest, mut pieces) = (body, Vec::new());
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(chance.below(longest + 1).min(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

fn own(item: Item<'_>) -> Seen {
    match item {
        Item::Event(event) => Seen::Event {
            event_type: event.event_type.into(),
            data: event.data.into(),
            last_event_id: event.last_event_id.into(),
            explicit_id: event.explicit_id,
            received: match event.received {
                Received::Plain(layout) => Lines::Plain(layout.code()),
                Received::Lines(lines) => Lines::Bytes(lines.to_vec()),
                Received::TooLarge => Lines::TooLarge,
            },
        },
        Item::Id(id) => Seen::Id(id.into()),
        Item::Comment(text) => Seen::Comment(text.into()),
        Item::Retry(ms) => Seen::Retry(ms),
        Item::Oversize(oversize) => Seen::Oversize {
            is_event: oversize.skipped == Skipped::Event,
            bytes: oversize.bytes,
            event_type: oversize.event_type.into(),
            last_event_id: oversize.last_event_id.into(),
        },
    }
}

/// Checks the limits, and that the lines of an event give the same event again.
fn check(seen: &Seen, limits: Limits, body: &[u8]) {
    let is_type = |text: &str| text.len() <= limits.max_type || text == "message";
    let is_id = |id: &str| id == "before" || id.len() <= limits.max_id && !id.contains(['\0', '\r', '\n']);
    match seen {
        Seen::Event { event_type, data, last_event_id, received, .. } => {
            assert!(data.len() <= limits.max_event, "the data is within the limit");
            assert!(is_type(event_type) && is_id(last_event_id), "type and id are within the limits");
            let lines = match received {
                Lines::Plain(code) => {
                    let Some(layout) = Layout::from_code(*code) else { panic!("{code} is no layout") };
                    layout.lines(event_type, last_event_id, data)
                }
                Lines::Bytes(lines) => lines.clone(),
                Lines::TooLarge => return,
            };
            let expected = [(event_type.as_str(), data.as_str())];
            // Where the stream begins with a byte order mark, so may the lines of its first event.
            if body.starts_with(BOM)
                && lines.starts_with(BOM)
                && texts(&again(limits, b"", &lines)) == expected
            {
                return;
            }
            // Within a stream, the mark is part of a field's name.
            let again = again(limits, b"\n", &lines);
            assert_eq!(texts(&again), expected, "the lines of an event give it again");
        }
        Seen::Id(id) => assert!(is_id(id), "the id is within the limit"),
        Seen::Comment(text) => assert!(text.len() <= limits.max_event, "the comment is within the limit"),
        Seen::Retry(_) => {}
        Seen::Oversize { event_type, last_event_id, .. } => {
            assert!(is_type(event_type) && is_id(last_event_id), "type and id are within the limits");
        }
    }
}

/// Decodes the lines of an event as a stream, after what came `before`.
fn again(limits: Limits, before: &[u8], lines: &[u8]) -> Vec<Seen> {
    // The blank line is CRLF, whatever ends the lines before it.
    decode(limits, [before, lines, b"\r\n", b"\r\n"])
}

/// Returns type and data of each event.
fn texts(all: &[Seen]) -> Vec<(&str, &str)> {
    all.iter()
        .filter_map(|seen| match seen {
            Seen::Event { event_type, data, .. } => Some((event_type.as_str(), data.as_str())),
            Seen::Id(_) | Seen::Comment(_) | Seen::Retry(_) | Seen::Oversize { .. } => None,
        })
        .collect()
}

fn kind(seen: &Seen) -> (u8, u32, u32) {
    match seen {
        Seen::Event { data, received: Lines::Plain(code), .. } => {
            (0, u32::from(*code), magnitude(data.len()))
        }
        Seen::Event { data, received: Lines::Bytes(lines), .. } => {
            (1, magnitude(data.len()), magnitude(lines.len()))
        }
        Seen::Event { data, received: Lines::TooLarge, .. } => (2, magnitude(data.len()), 0),
        Seen::Id(id) => (3, magnitude(id.len()), 0),
        Seen::Comment(text) => (4, magnitude(text.len()), 0),
        Seen::Retry(ms) => (5, u64::BITS - ms.leading_zeros(), 0),
        Seen::Oversize { is_event, bytes, .. } => {
            (6, u32::from(*is_event), u64::BITS - bytes.leading_zeros())
        }
    }
}
