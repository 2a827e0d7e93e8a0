use std::time::Duration;

use bellwire_engine::event::Seq;
use serde_json::json;

use super::*;

const TIMING: domain::Timing = domain::Timing {
    arrived_at: 10_000,
    chunks: Some(2),
    took: Some(Duration::from_micros(430)),
    stored_at: Some(10_018),
    in_group: Some(6),
    shown_at: None,
};

fn lines(bytes: impl Into<Vec<u8>>) -> Lines {
    Lines::from(domain::Lines::AsReceived(bytes.into()))
}

fn cut(bytes: impl Into<Vec<u8>>) -> (Vec<Line>, usize, usize) {
    let Lines::AsReceived { lines, size, shown } = lines(bytes) else {
        panic!("lines that are there are given")
    };
    (lines, size, shown)
}

#[test]
fn each_line_has_its_text_its_bad_bytes_and_its_end() {
    let bytes = b"id: 1\r\n: \xE2\x82 a\xFF\xFE\n\rdata: \xE6\x94\xAF\x00\n";
    assert_eq!(
        serde_json::to_value(lines(bytes)).unwrap(),
        json!({"kind": "as-received", "size": bytes.len(), "shown": bytes.len(), "lines": [
            {"parts": ["id: 1"], "end": "crlf"},
            {"parts": [": ", "E2 82", " a", "FF", "", "FE"], "end": "lf"},
            {"parts": [], "end": "cr"},
            {"parts": ["data: 支\u{0}"], "end": "lf"},
        ]})
    );
}

#[test]
fn lines_that_are_not_there_say_why() {
    let value = |lines: domain::Lines| serde_json::to_value(Lines::from(lines)).unwrap();
    assert_eq!(value(domain::Lines::TooLarge), json!({"kind": "too-large"}));
    assert_eq!(value(domain::Lines::Unknown), json!({"kind": "unknown"}));
}

#[test]
fn a_long_line_is_cut_at_a_mebibyte_and_between_two_characters() {
    let (lines, size, shown) = cut(format!("data: {}\n", "字".repeat(400_000)));
    assert_eq!((lines.len(), size, shown), (1, 1_200_007, 6 + ((1 << 20) - 6) / 3 * 3));
    assert_eq!((lines[0].parts.len(), lines[0].end), (1, None));
    assert_eq!(lines[0].parts[0].len(), shown);
}

#[test]
fn a_line_that_ends_at_the_cut_keeps_its_whole_end() {
    let (lines, size, shown) = cut([&[b'a'; 1 << 20][..], b"\r\nb\n"].concat());
    assert_eq!((lines.len(), size, shown), (1, (1 << 20) + 4, (1 << 20) + 2));
    assert_eq!(lines[0].end, Some(LineEnd::Crlf));
}

#[test]
fn many_lines_are_cut_too() {
    let (lines, size, shown) = cut(":\n".repeat(100_000));
    assert_eq!((lines.len(), size, shown), (65_536, 200_000, 131_072));
}

#[test]
fn no_bytes_panic_and_none_is_lost() {
    // Seeded by hand: xorshift64 from 7.
    let mut state = 7_u64;
    let mut next = || {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state
    };
    for _ in 0..2000 {
        let alphabet = b"a: \r\n\xE2\x82\xAC\xF0\x9F\x80\xFF";
        let bytes: Vec<u8> =
            (0..next() % 40).map(|_| alphabet[usize::try_from(next()).unwrap() % alphabet.len()]).collect();
        let (lines, _, shown) = cut(bytes.clone());
        assert_eq!(shown, bytes.len());
        assert_eq!(lines.iter().flat_map(bytes_of).collect::<Vec<_>>(), bytes);
    }
}

fn bytes_of(line: &Line) -> Vec<u8> {
    let mut bytes = Vec::new();
    for (place, part) in line.parts.iter().enumerate() {
        if place % 2 == 0 {
            bytes.extend_from_slice(part.as_bytes());
        } else {
            bytes.extend(part.split(' ').map(|hex| u8::from_str_radix(hex, 16).unwrap()));
        }
    }
    bytes.extend_from_slice(match line.end {
        Some(LineEnd::Lf) => b"\n",
        Some(LineEnd::Crlf) => b"\r\n",
        Some(LineEnd::Cr) => b"\r",
        None => b"",
    });
    bytes
}

#[test]
fn times_that_are_not_known_are_null() {
    let trace = domain::Trace { lines: domain::Lines::Unknown, timing: TIMING };
    assert_eq!(
        serde_json::to_value(Trace::of(Seq(7), trace, Some(8500))).unwrap(),
        json!({"seq": 7, "lines": {"kind": "unknown"}, "timing": {
            "arrivedAt": 10_000, "chunks": 2, "tookUs": 430, "storedAt": 10_018, "inGroup": 6,
            "shownAt": null, "sinceLastMs": 1500,
        }})
    );
}

#[test]
fn a_clock_set_back_makes_no_time_since_the_last_event() {
    assert_eq!(Timing::of(&TIMING, Some(10_001)).since_last_ms, None);
    assert_eq!(Timing::of(&TIMING, Some(10_000)).since_last_ms, Some(0));
    assert_eq!(Timing::of(&TIMING, None).since_last_ms, None);
}
