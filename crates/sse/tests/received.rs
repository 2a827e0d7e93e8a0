//! Checks that the lines of every event are rebuilt byte for byte, however they are formatted and cut into chunks.

use std::ops::ControlFlow::Continue;

use bellwire_sse::{Decoder, Item, Layout, Limits, Received};

const LINES: [&[u8]; 18] = [
    b"data: a",
    b"data: b c",
    b"data:d",
    b"data:",
    b"data: ",
    b"data",
    b"data: \xe4\xb8\xad\xff",
    b"event: x",
    b"event:y",
    b"event:",
    b"event: \xc3",
    b"id: 1",
    b"id:2",
    b"id:",
    b"id: a\0b",
    b": comment",
    b"retry: 5",
    b"unknown: z",
];
const ENDS: [&[u8]; 3] = [b"\n", b"\r\n", b"\r"];

#[derive(Debug, PartialEq)]
struct Seen {
    lines: Vec<u8>,
    is_plain: bool,
    chunks: u32,
}

/// Decodes a stream in chunks of `size` bytes and returns each event's lines.
fn seen(body: &[u8], size: usize) -> Vec<Seen> {
    let mut decoder = Decoder::new(Limits::default());
    let mut seen = Vec::new();
    for chunk in body.chunks(size) {
        decoder.push(chunk, |item| {
            if let Item::Event(event) = item {
                let lines = match event.received {
                    Received::Plain(layout) => {
                        assert_eq!(Layout::from_code(layout.code()), Some(layout));
                        layout.lines(event.event_type, event.last_event_id, event.data)
                    }
                    Received::Lines(lines) => lines.to_vec(),
                    Received::TooLarge => b"(too large)".to_vec(),
                };
                let is_plain = matches!(event.received, Received::Plain(_));
                seen.push(Seen { lines, is_plain, chunks: event.chunks });
            }
            Continue(())
        });
    }
    seen
}

fn lines(body: impl AsRef<[u8]>) -> Vec<(String, bool)> {
    let seen = seen(body.as_ref(), usize::MAX);
    seen.into_iter().map(|seen| (String::from_utf8_lossy(&seen.lines).into_owned(), seen.is_plain)).collect()
}

/// Returns the lines of each block that has a data line, found without the decoder.
fn expected(body: &[u8]) -> Vec<Vec<u8>> {
    let mut blocks = vec![(Vec::new(), false)];
    let mut at = 0;
    while let Some(length) = body[at..].iter().position(|byte| matches!(byte, b'\r' | b'\n')) {
        let line = &body[at..at + length];
        let end = if body[at + length..].starts_with(b"\r\n") { 2 } else { 1 };
        at += length + end;
        if line.is_empty() {
            blocks.push((Vec::new(), false));
            continue;
        }
        if let Some((lines, has_data)) = blocks.last_mut() {
            lines.extend_from_slice(&body[at - length - end..at]);
            *has_data |= line == b"data" || line.starts_with(b"data:");
        }
    }
    blocks.pop();
    blocks.into_iter().filter(|(_, has_data)| *has_data).map(|(lines, _)| lines).collect()
}

#[test]
fn received_lines_are_rebuilt_byte_for_byte_however_the_stream_is_cut() {
    let mut state = 20_261_121_u64;
    let mut below = |n: usize| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % n
    };
    let (mut plain, mut kept) = (0, 0);
    for _ in 0..3000 {
        let mut body = if below(8) == 0 { b"\xef\xbb\xbf".to_vec() } else { Vec::new() };
        let usual = ENDS[below(3)];
        for _ in 0..below(5) {
            for _ in 0..below(6) {
                let end = if below(20) == 0 { ENDS[below(3)] } else { usual };
                body.extend_from_slice(LINES[below(LINES.len())]);
                body.extend_from_slice(end);
            }
            body.extend_from_slice(usual);
        }
        // A byte order mark belongs to the first block.
        let (bom, rest) = body.split_at(if body.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 });
        let mut expected = expected(rest);
        if let (Some(first), false) = (expected.first_mut(), bom.is_empty())
            && rest.starts_with(first)
        {
            first.splice(0..0, bom.iter().copied());
        }
        for size in [1, 2, 3, 7, usize::MAX] {
            let seen = seen(&body, size);
            let lines: Vec<&[u8]> = seen.iter().map(|seen| seen.lines.as_slice()).collect();
            assert_eq!(lines, expected, "{:?} in chunks of {size}", body.escape_ascii().to_string());
            plain += seen.iter().filter(|seen| seen.is_plain).count();
            kept += seen.iter().filter(|seen| !seen.is_plain).count();
        }
    }
    assert!(plain > 1000 && kept > 1000, "{plain} plain, {kept} kept");
}

#[test]
fn plain_events_are_recorded_as_a_layout() {
    let plain = [
        "data: a\n",
        "id: 1\nevent: x\ndata: a\ndata: b\n",
        "event: x\nid: 1\ndata: a\n",
        "event:x\ndata:a\nid:1\n",
        "data: {\"a\":1}\r\nid: 7\r\n",
        "data:\n",
        "data:  two spaces\n",
        "event: message\ndata: said outright\n",
        "id: \ndata: no id\n",
        "data: a\rdata: b\r",
        "event: \u{4e2d}\ndata: \u{6587}\n",
    ];
    for lines_of_event in plain {
        let end = if lines_of_event.ends_with("\r\n") {
            "\r\n"
        } else {
            &lines_of_event[lines_of_event.len() - 1..]
        };
        assert_eq!(lines(format!("{lines_of_event}{end}")), [(lines_of_event.to_owned(), true)]);
    }
}

#[test]
fn lines_that_cannot_be_rebuilt_from_the_event_are_kept_as_received() {
    let odd = [
        ": c\ndata: a\n",
        "retry: 10\nevent: x\ndata: a\n",
        "data: a\nid: 1\ndata: b\n",
        "id: 1\nid: 2\ndata: a\n",
        "data: a\ndata:b\n",
        "data\n",
        "event:\ndata: a\n",
        "data: a\nmore: 1\n",
        "data: a\r\ndata: b\n",
    ];
    for lines_of_event in odd {
        assert_eq!(lines(format!("{lines_of_event}\n")), [(lines_of_event.to_owned(), false)]);
    }
    assert_eq!(lines(": alone\n\ndata: a\n\n"), [("data: a\n".to_owned(), true)], "another block's comment");
}

#[test]
fn lines_over_1_mib_are_discarded_unless_they_are_plain() {
    let large = "x".repeat(2 * 1024 * 1024);
    assert_eq!(lines(format!(": c\ndata: {large}\n\n")), [("(too large)".to_owned(), false)]);
    assert_eq!(lines(format!("data: {large}\n\n")), [(format!("data: {large}\n"), true)]);
    // The next event is recorded again.
    assert_eq!(
        lines(format!(": c\ndata: {large}\n\n: c\ndata: a\n\n"))[1],
        (": c\ndata: a\n".to_owned(), false)
    );
}

#[test]
fn an_event_reports_the_number_of_chunks_it_arrived_in() {
    let body = b"data: a\n\ndata: bcdef\n\ndata: g\n\n";
    let chunks: Vec<u32> = seen(body, 12).into_iter().map(|seen| seen.chunks).collect();
    assert_eq!(chunks, [1, 2, 2]);
    assert_eq!(seen(body, 1)[1].chunks, 13);
}

#[test]
fn a_line_over_the_limit_leaves_an_event_without_lines_however_the_stream_is_cut() {
    let body = format!("data: a\n: {}\ndata: b\n\n", "c".repeat(100));
    for size in [1, 7, 64, 1000] {
        let mut decoder = Decoder::new(Limits { max_event: 64, ..Limits::default() });
        let mut received = Vec::new();
        for chunk in body.as_bytes().chunks(size) {
            decoder.push(chunk, |item| {
                if let Item::Event(event) = item {
                    received.push((event.data.to_owned(), event.received == Received::TooLarge));
                }
                Continue(())
            });
        }
        assert_eq!(received, [("a\nb".to_owned(), true)], "in chunks of {size}");
    }
}
