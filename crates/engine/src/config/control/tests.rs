use std::time::Duration;

use super::*;
use crate::event::{Arrival, ReceivedLines};

fn read(reading: &EventReading, event_type: &str, data: &str) -> (String, bool) {
    let mut event = IncomingEvent {
        event_type: event_type.into(),
        data: data.into(),
        last_event_id: "7".into(),
        explicit_id: true,
        is_control: false,
        is_place: true,
        arrival: Arrival { lines: ReceivedLines::TooLarge, chunks: 1, took: Duration::ZERO },
    };
    reading.apply(&mut event);
    (event.event_type, event.is_control)
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
