use std::time::Duration;

use super::*;
use crate::event::{Arrival, ReceivedLines};

fn read(reading: &EventReading, event_type: &str, data: &str) -> (String, bool) {
    let event = reading.read(event(event_type, data)).remove(0);
    (event.event_type, event.is_control)
}

fn event(event_type: &str, data: &str) -> IncomingEvent {
    IncomingEvent {
        event_type: event_type.into(),
        data: data.into(),
        last_event_id: "7".into(),
        explicit_id: true,
        is_control: false,
        is_place: true,
        part: None,
        arrival: Arrival { lines: ReceivedLines::Layout(plain_layout()), chunks: 1, took: Duration::ZERO },
    }
}

/// The layout of `data:` and a space.
fn plain_layout() -> u16 {
    let mut decoder = bellwire_sse::Decoder::new(bellwire_sse::Limits::default());
    let mut code = None;
    decoder.push(b"data: x\n\n", |item| {
        if let bellwire_sse::Item::Event(event) = item
            && let bellwire_sse::Received::Plain(layout) = event.received
        {
            code = Some(layout.code());
        }
        std::ops::ControlFlow::Continue(())
    });
    code.unwrap()
}

#[test]
fn each_item_of_a_list_becomes_an_event_with_its_number_and_the_first_keeps_the_lines() {
    let reading = EventReading {
        each: expression("data"),
        event_from: expression("data.type"),
        control_when: expression("data.type == 'beat'"),
        ..EventReading::default()
    };
    let events = reading.read(event("message", r#"[{"type":"update","n":1},"plain",{"type":"beat"}]"#));
    let found: Vec<_> = events
        .iter()
        .map(|event| (event.event_type.as_str(), event.data.as_str(), event.is_control))
        .collect();
    let expected = [
        ("update", r#"{"type":"update","n":1}"#, false),
        ("message", "plain", false),
        ("beat", r#"{"type":"beat"}"#, true),
    ];
    assert_eq!(found, expected);
    assert_eq!(events[2].part, Some(Part { number: 3, of: 3 }));
    let whole = b"data: [{\"type\":\"update\",\"n\":1},\"plain\",{\"type\":\"beat\"}]\n".to_vec();
    assert_eq!(events[0].arrival.lines, ReceivedLines::Bytes(whole));
    assert_eq!(events[1].arrival.lines, ReceivedLines::OfFirstItem);
}

#[test]
fn an_event_without_a_list_or_with_too_long_a_one_stays_whole() {
    let reading = EventReading { each: expression("data.items"), ..EventReading::default() };
    let long = format!(r#"{{"items":[{}1]}}"#, "1,".repeat(10_000));
    for data in ["plain", "{}", r#"{"items":[]}"#, r#"{"items":"text"}"#, &long] {
        assert_eq!(reading.read(event("message", data)), [event("message", data)]);
    }
    let failing = EventReading { each: expression("data.a + 1"), ..EventReading::default() };
    assert_eq!(failing.read(event("message", r#"{"a":"x"}"#)).len(), 1);
}

#[test]
fn a_computed_type_leaves_the_lines_as_they_came() {
    let reading = EventReading { event_from: expression("data.type"), ..EventReading::default() };
    let read = reading.read(event("message", r#"{"type":"alert"}"#)).remove(0);
    assert_eq!(read.arrival.lines, ReceivedLines::Bytes(b"data: {\"type\":\"alert\"}\n".to_vec()));
}

fn expression(text: &str) -> Option<Expression> {
    Some(Expression::parse(text).unwrap())
}

#[test]
fn signs_of_life_are_control_events_in_any_case() {
    let reading = EventReading::default();
    for name in ["ping", "PONG", "keepalive", "Keep-Alive", "heartbeat", "HB", "stream-open", "endpoint"] {
        assert_eq!(read(&reading, name, "x"), (name.into(), true));
    }
    for name in ["message", "open", "pinged", "alert", ""] {
        assert!(!read(&reading, name, "").1, "{name}");
    }
}

#[test]
fn a_feeds_own_control_types_replace_the_usual_ones() {
    let control = control_types(&["open", "SYS.*"]);
    let reading = EventReading { control, ..EventReading::default() };
    assert!(read(&reading, "open", "").1 && read(&reading, "sys.tick", "").1);
    assert!(read(&reading, "Open", "").1 && !read(&reading, "ping", "").1);
    let none = EventReading { control: Vec::new(), ..EventReading::default() };
    assert!(!read(&none, "ping", "").1);
}

#[test]
fn control_events_are_told_by_their_data_where_a_service_says_it_there() {
    let reading = EventReading {
        control_when: expression("text == 'ping' or data.type == 'hb'"),
        ..EventReading::default()
    };
    assert!(read(&reading, "message", "ping").1 && read(&reading, "message", r#"{"type":"hb"}"#).1);
    assert!(!read(&reading, "message", r#"{"type":"alert"}"#).1);
    assert!(read(&reading, "heartbeat", "x").1, "the usual types stay");
    let failing = EventReading { control_when: expression("data.a < 1"), ..EventReading::default() };
    assert!(!read(&failing, "message", r#"{"a":"x"}"#).1, "an expression that fails silences nothing");
}

#[test]
fn the_type_is_taken_from_the_data_and_decides_about_control() {
    let reading = EventReading { event_from: expression("data.event_type"), ..EventReading::default() };
    assert_eq!(
        read(&reading, "message", r#"{"event_type":"state_changed"}"#),
        ("state_changed".into(), false)
    );
    assert_eq!(read(&reading, "message", r#"{"event_type":"ping"}"#), ("ping".into(), true));
    for data in ["no json", "{}", r#"{"event_type":null}"#, r#"{"event_type":""}"#] {
        assert_eq!(read(&reading, "message", data), ("message".into(), false), "{data}");
    }
    let long = format!(r#"{{"event_type":"{}"}}"#, "x".repeat(5000));
    assert_eq!(read(&reading, "message", &long).0, "message", "too long for a type");
}
