use std::ops::ControlFlow::{self, Continue};

use super::*;
use crate::item::{Event, Item, Oversize};
use crate::scan::tests::take_examined;

const SMALL: Limits = Limits { max_event: 64, max_id: 8, max_type: 64 };

/// Pushes a chunk and describes each item that it completes.
fn items(decoder: &mut Decoder, chunk: impl AsRef<[u8]>) -> Vec<String> {
    let mut lines = Vec::new();
    decoder.push(chunk.as_ref(), |item| {
        lines.push(match item {
            Item::Event(Event { event_type, data, last_event_id, explicit_id, .. }) => {
                let id = if explicit_id { "id" } else { "carried" };
                format!("{event_type} {data:?} {id} {last_event_id:?}")
            }
            Item::Id(id) => format!("id {id:?}"),
            Item::Comment(text) => format!("comment {text:?}"),
            Item::Retry(milliseconds) => format!("retry {milliseconds}"),
            Item::Oversize(Oversize { skipped, bytes, event_type, last_event_id }) => {
                format!("skipped {skipped:?} of {bytes}, type {event_type:?}, id {last_event_id:?}")
            }
        });
        Continue(())
    });
    lines
}

fn decoded(limits: Limits, body: impl AsRef<[u8]>) -> Vec<String> {
    let whole = items(&mut Decoder::new(limits), &body);
    let mut decoder = Decoder::new(limits);
    let bytewise: Vec<_> = body.as_ref().chunks(1).flat_map(|byte| items(&mut decoder, byte)).collect();
    assert_eq!(whole, bytewise, "whole and byte by byte");
    whole
}

#[test]
fn a_lone_cr_ends_the_line_at_once_and_swallows_an_lf_of_the_next_chunk() {
    let mut decoder = Decoder::new(Limits::default());
    assert_eq!(items(&mut decoder, "data: a\r"), [""; 0]);
    assert_eq!(items(&mut decoder, "\r"), [r#"message "a" carried """#]);
    assert_eq!(items(&mut decoder, "\ndata: b\r\n"), [""; 0]);
    assert_eq!(items(&mut decoder, "\r"), [r#"message "b" carried """#]);
    assert_eq!(items(&mut decoder, "\n"), [""; 0]);
}

#[test]
fn an_id_becomes_the_last_event_id_at_the_blank_line() {
    let mut decoder = Decoder::new(Limits::default()).with_last_event_id("0");
    assert_eq!(items(&mut decoder, "id: 1\ndata: a\n"), [""; 0]);
    assert_eq!(decoder.last_event_id(), "0");
    assert_eq!(items(&mut decoder, "\n"), [r#"message "a" id "1""#]);
    assert_eq!(decoder.last_event_id(), "1");
    assert_eq!(items(&mut decoder, "data: b\n\n"), [r#"message "b" carried "1""#]);
    assert_eq!(items(&mut decoder, "id: 2\n\nid: 2\n\n"), [r#"id "2""#], "only a change is reported");
    assert_eq!(items(&mut decoder, "id\n\n"), [r#"id """#], "an empty id resets");
}

#[test]
fn the_last_accepted_id_of_a_block_wins() {
    let body = "id: 1\nid: 2\nid: no\0ne\nid: far too long\ndata: a\n\n";
    assert_eq!(decoded(SMALL, body), [r#"message "a" id "2""#]);
    assert_eq!(decoded(SMALL, "id: 123456789\ndata: a\n\n"), [r#"message "a" carried """#]);
    assert_eq!(
        decoded(SMALL, b"id: \xff\xff\xff\ndata: a\n\n"),
        [r#"message "a" carried """#],
        "9 bytes decoded"
    );
}

#[test]
fn retry_and_comments_are_reported_before_the_blank_line() {
    let mut decoder = Decoder::new(Limits::default());
    assert_eq!(items(&mut decoder, "retry: 3000\n"), ["retry 3000"]);
    assert_eq!(items(&mut decoder, "data: a\n: so\n"), [r#"comment " so""#]);
    assert_eq!(items(&mut decoder, "\n"), [r#"message "a" carried """#]);
}

#[test]
fn an_event_of_exactly_the_limit_is_delivered() {
    let body = format!("event: type\ndata: {}\ndata: {}\n\n", "a".repeat(30), "b".repeat(29));
    assert_eq!(decoded(SMALL, &body).len(), 1);
    assert!(decoded(SMALL, &body)[0].starts_with("type "), "4 + 30 + 1 + 29 = 64");
}

#[test]
fn an_event_over_the_limit_is_skipped_reported_once_and_commits_its_id() {
    let long = "a".repeat(65);
    let body = format!("data: x\nid: 5\nevent: big\ndata: {long}\ndata: y\n: c\n\ndata: next\n\n");
    let expected = [
        r#"comment " c""#.to_owned(),
        format!("skipped Event of {}, type \"big\", id \"5\"", 7 + 5 + 10 + 71 + 7 + 3),
        r#"message "next" carried "5""#.to_owned(),
    ];
    assert_eq!(decoded(SMALL, body), expected);
}

#[test]
fn many_small_lines_add_up_to_an_event_over_the_limit() {
    let items = decoded(SMALL, "data: 1234567\n".repeat(9) + "\n");
    assert_eq!(items, [r#"skipped Event of 117, type "message", id """#]);
    let items = decoded(SMALL, "data: an earlier one\n\n".to_owned() + &"data: 1234567\n".repeat(9) + "\n");
    assert_eq!(
        items[1], r#"skipped Event of 117, type "message", id """#,
        "an earlier event is not counted in"
    );
}

#[test]
fn an_event_that_only_decoding_makes_too_long_is_skipped() {
    let mut body = b"data: ".to_vec();
    body.extend([0xff; 22]);
    body.extend(b"\n\n");
    assert_eq!(decoded(SMALL, body), [r#"skipped Event of 28, type "message", id """#]);
}

#[test]
fn a_type_over_the_limit_skips_its_whole_event() {
    let long = "t".repeat(65);
    let items = decoded(SMALL, format!("event: {long}\ndata: a\n\n"));
    assert_eq!(items, [r#"skipped Event of 79, type "", id """#]);
    let items = decoded(SMALL, format!("event: {long}\ndata: a\nevent: short\n\n"));
    assert_eq!(items, [r#"skipped Event of 91, type "short", id """#]);
    let items = decoded(SMALL, format!("event: {long}\n\ndata: a\n\n"));
    assert_eq!(items, [r#"skipped Line of 72, type "", id """#, r#"message "a" carried """#]);
}

#[test]
fn a_line_over_the_limit_without_data_is_skipped_and_its_event_is_delivered() {
    for start in [":", "unknown: ", "unknown", "id: ", "retry: "] {
        let line = format!("{start}{}", "1".repeat(100));
        let bytes = line.len();
        let items = decoded(SMALL, format!("id: 1\n\ndata: a\n{line}\ndata: b\n\n"));
        let skipped = format!("skipped Line of {bytes}, type \"\", id \"1\"");
        assert_eq!(items, [r#"id "1""#, &skipped, r#"message "a\nb" carried "1""#], "{start}");
    }
}

#[test]
fn is_skipping_is_true_until_the_skipped_part_ends() {
    let mut decoder = Decoder::new(SMALL);
    items(&mut decoder, "data: ".to_owned() + &"a".repeat(64));
    assert!(!decoder.is_skipping());
    items(&mut decoder, "a");
    assert!(decoder.is_skipping());
    items(&mut decoder, "\n");
    assert!(decoder.is_skipping(), "the event is not complete");
    items(&mut decoder, "\n:".to_owned() + &"a".repeat(64));
    assert!(decoder.is_skipping(), "a comment");
    items(&mut decoder, "\n");
    assert!(!decoder.is_skipping());
}

#[test]
fn nothing_is_delivered_after_a_break() {
    let mut decoder = Decoder::new(Limits::default());
    let mut seen = 0;
    let mut stop = |_: Item<'_>| {
        seen += 1;
        ControlFlow::Break(())
    };
    decoder.push(b"id: 1\ndata: a\n\nid: 2\ndata: b\n\n", &mut stop);
    decoder.push(b"data: c\n\n", &mut stop);
    assert_eq!((seen, decoder.is_closed(), decoder.last_event_id()), (1, true, "1"));
}

#[test]
fn a_type_over_its_limit_is_cut_between_characters_and_its_line_is_kept() {
    let limits = Limits { max_event: 64, max_id: 8, max_type: 8 };
    let cases = [
        ("event: 12345678\ndata: a\n\n", "12345678"),
        ("event: 123456789\ndata: a\n\n", "12345678"),
        ("event: 1234567é\ndata: a\n\n", "1234567"),
        ("event: 😀😀😀\ndata: a\n\n", "😀😀"),
        ("data: a\nevent: 123456789\nevent: 12\n\n", "12"),
    ];
    for (text, expected) in cases {
        let seen = decoded(limits, text);
        assert_eq!(seen, [format!(r#"{expected} "a" carried """#)], "{text:?}");
    }
    // What does not fit as it came is skipped whatever its parts are cut to.
    let long = format!("event: {}\ndata: a\n\n", "x".repeat(64));
    assert!(decoded(limits, &long)[0].starts_with("skipped Event"), "{:?}", decoded(limits, &long));
}

#[test]
fn a_limit_below_64_counts_as_64() {
    let limits = Limits { max_event: 0, max_id: 0, max_type: 64 };
    assert_eq!(decoded(limits, "id: 1\ndata: a\n\n"), [r#"message "a" carried """#]);
}

#[test]
fn the_bytes_examined_grow_linearly_with_the_stream() {
    type Shape = fn(usize) -> Vec<u8>;
    let shapes: [(&str, Shape); 7] = [
        ("one event", |size| [&b"data: "[..], &vec![b'a'; size], b"\n\n"].concat()),
        ("invalid UTF-8", |size| [&b"data: "[..], &vec![0xff; size], b"\n\n"].concat()),
        ("many data lines", |size| [b"data: a\n".repeat(size / 8), b"\n".to_vec()].concat()),
        ("small events", |size| b"event: e\nid: 1\ndata: a\n\n".repeat(size / 24)),
        ("blank lines", |size| vec![b'\n'; size]),
        ("a comment", |size| [&b":"[..], &vec![b'a'; size], b"\n"].concat()),
        ("no line end", |size| vec![b'a'; size]),
    ];
    let size = 128 * 1024;
    for (name, shape) in shapes {
        for limits in [Limits::default(), Limits { max_event: size / 2, max_id: 64, max_type: 64 }] {
            for chunk in [1, 7, 64, 1460, 65_536, usize::MAX] {
                let examined = |size| {
                    let body = shape(size);
                    let mut decoder = Decoder::new(limits);
                    take_examined();
                    body.chunks(chunk.min(body.len()))
                        .for_each(|chunk| decoder.push(chunk, |_| Continue(())));
                    take_examined() as f64 / body.len() as f64
                };
                let (once, twice) = (examined(size), examined(2 * size));
                assert!(once < 100.0, "{name}, chunks of {chunk}: each byte was examined {once} times");
                assert!(
                    twice < once * 1.05,
                    "{name}, chunks of {chunk}: {once}, twice the size {twice} times a byte"
                );
            }
        }
    }
}
