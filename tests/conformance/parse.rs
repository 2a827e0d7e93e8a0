//! Runs every parse case with the body whole, cut as the case says, byte by byte, and cut at every position.

use std::ops::ControlFlow;

use bellwire_sse::{Decoder, Item, Limits};

use crate::cases::{self, Expected, Kind, ParseCase};

#[test]
fn the_file_holds_every_case() {
    let counts = [Kind::Parse, Kind::Http, Kind::Reconnect, Kind::ClientApi].map(cases::count);
    assert_eq!(counts, [72, 20, 22, 8]);
}

#[test]
fn every_parse_case_holds_however_it_is_cut() {
    let mut run = 0;
    let mut cuts = 0;
    for case in cases::parse_cases() {
        let body = case.bytes();
        for chunks in chunkings(&case, &body) {
            check(&case, &chunks);
            cuts += 1;
        }
        run += 1;
    }
    assert_eq!(run, 72, "cases");
    assert_eq!(cuts, 6_401, "ways of cutting");
}

fn chunkings<'a>(case: &ParseCase, body: &'a [u8]) -> Vec<Vec<&'a [u8]>> {
    let mut ways = vec![vec![body], body.chunks(1).collect()];
    ways.extend((0..=body.len()).map(|cut| vec![&body[..cut], &body[cut..]]));
    if let Some(size) = case.chunk_size {
        ways.push(body.chunks(size).collect());
    }
    if let Some(chunks) = &case.chunks {
        let mut rest = body;
        let cut = chunks.iter().map(|chunk| rest.split_off(..chunk.text.len()).unwrap());
        ways.push(cut.collect());
    }
    ways
}

fn check(case: &ParseCase, chunks: &[&[u8]]) {
    let close_at_first = match case.action.as_deref() {
        None => false,
        Some("close() inside first event handler") => true,
        Some(other) => panic!("{}: unknown action {other}", case.name),
    };
    let seed = case.initial_last_event_id.as_deref().unwrap_or_default();
    let mut decoder = Decoder::new(Limits::default()).with_last_event_id(seed);
    let (mut events, mut comments, mut retry) = (Vec::new(), Vec::new(), None);
    for chunk in chunks {
        decoder.push(chunk, |item| {
            match item {
                Item::Event(event) => {
                    events.push(Expected {
                        event_type: event.event_type.into(),
                        data: event.data.into(),
                        id: event.last_event_id.into(),
                    });
                    if close_at_first {
                        return ControlFlow::Break(());
                    }
                }
                Item::Comment(text) => comments.push(text.to_owned()),
                Item::Retry(milliseconds) => retry = Some(milliseconds),
                Item::Id(_) => {}
                Item::Oversize(oversize) => panic!("{}: {oversize:?}", case.name),
            }
            ControlFlow::Continue(())
        });
    }

    let context = || format!("{}, cut {:?}", case.name, chunks.iter().map(|c| c.len()).collect::<Vec<_>>());
    assert_eq!(events, case.expect, "{}", context());
    if let Some(expected) = &case.expect_comments {
        assert_eq!(&comments, expected, "{}", context());
    }
    if let Some(expected) = case.expect_retry_ms {
        assert_eq!(retry, expected, "{}", context());
    }
    if let Some(expected) = &case.expect_last_event_id {
        assert_eq!(decoder.last_event_id(), expected, "{}", context());
    }
}
