//! Random streams in random chunks. A failure prints the seed that reproduces it.

use bellwire_sse::Limits;

use crate::record::{self, Record};
use crate::reference;

const TOKENS: &[&[u8]] = &[
    b"\r",
    b"\n",
    b"\r\n",
    b"\n\n",
    b"\r\r",
    b"\r\n\r\n",
    b":",
    b" ",
    b"data",
    b"event",
    b"id",
    b"retry",
    b"data:",
    b"data: ",
    b"event: ",
    b"id: ",
    b"retry: ",
    b"Data: ",
    b"0",
    b"17",
    b"99999999999999999999999",
    b"abc",
    b"\0",
    b"\t",
    b"\x0b",
    b"\xef\xbb\xbf",
    b"\xef\xbb",
    b"\xef",
    b"\xff",
    b"\xc0\xaf",
    b"\xe4\xb8",
    b"\xf0\x9f\x98",
    b"\xed\xa0\x80",
    "事件".as_bytes(),
    "é".as_bytes(),
    "😀".as_bytes(),
    "\u{2028}".as_bytes(),
    "\u{85}".as_bytes(),
    b"a rather longer run of text so that blocks of thirty-two bytes are crossed",
];

#[test]
fn any_stream_in_any_chunks_is_decoded_as_the_standard_says() {
    let mut events = 0;
    for seed in 0..30_000 {
        let mut chance = Chance(seed);
        let body = body(&mut chance);
        let initial = if chance.below(2) == 0 { "" } else { "earlier" };
        let expected = reference::decode(initial, &body);
        events += expected.0.iter().filter(|record| matches!(record, Record::Event { .. })).count();
        let pieces = cut(&mut chance, &body);
        assert_eq!(record::decode(Limits::default(), initial, pieces), expected, "seed {seed}: {body:?}");
    }
    assert!(events > 30_000, "only {events} events in all");
}

#[test]
fn limits_give_the_same_result_however_the_stream_is_cut() {
    let limits = Limits { max_event: 64, max_id: 8, max_type: 16 };
    let (mut skipped_events, mut skipped_lines) = (0, 0);
    for seed in 0..30_000 {
        let mut chance = Chance(seed);
        let body = body(&mut chance);
        let whole = record::decode(limits, "", [&body[..]]);
        for record in &whole.0 {
            match record {
                Record::Event { event_type, data, last_event_id, .. } => {
                    let type_bytes = if event_type == "message" { 0 } else { event_type.len() };
                    assert!(
                        type_bytes + data.len() <= 64 && last_event_id.len() <= 8 && type_bytes <= 16,
                        "seed {seed}"
                    );
                }
                Record::Comment(text) => assert!(text.len() <= 64, "seed {seed}"),
                Record::Oversize { event, .. } => {
                    *if *event { &mut skipped_events } else { &mut skipped_lines } += 1
                }
                Record::Id(_) | Record::Retry(_) => {}
            }
        }
        let pieces = cut(&mut chance, &body);
        assert_eq!(record::decode(limits, "", pieces), whole, "seed {seed}: {body:?}");
        assert_eq!(record::decode(limits, "", body.chunks(1)), whole, "seed {seed}: {body:?}");
    }
    assert!(
        skipped_events > 1_000 && skipped_lines > 1_000,
        "{skipped_events} events, {skipped_lines} lines"
    );
}

fn body(chance: &mut Chance) -> Vec<u8> {
    let mut body = Vec::new();
    for _ in 0..chance.below(60) {
        match chance.below(8) {
            0 => body.push(chance.next() as u8),
            1 => body.extend_from_slice(b"\ndata: x"),
            2 => body.extend_from_slice(b"\n\n"),
            _ => body.extend_from_slice(TOKENS[chance.below(TOKENS.len())]),
        }
    }
    body
}

fn cut<'a>(chance: &mut Chance, body: &'a [u8]) -> Vec<&'a [u8]> {
    let longest = 1 + chance.below(40);
    let mut rest = body;
    let mut pieces = Vec::new();
    while !rest.is_empty() {
        let (piece, after) = rest.split_at(chance.below(longest + 1).min(rest.len()));
        pieces.push(piece);
        rest = after;
    }
    pieces
}

/// A seeded random number generator (SplitMix64).
struct Chance(u64);

impl Chance {
    fn next(&mut self) -> u64 {
        self.0 = self.0.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (self.0 ^ (self.0 >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        mixed ^ (mixed >> 31)
    }

    fn below(&mut self, bound: usize) -> usize {
        (self.next() % bound as u64) as usize
    }
}
