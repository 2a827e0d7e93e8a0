use std::time::Duration;

use super::*;
use crate::event::{Arrival, IncomingEvent, ReceivedLines};
use crate::expression::Expression;

fn by_query(expression: &str) -> ResumePoint {
    let cursor = Expression::parse(expression).unwrap();
    ResumePoint::new(Resume::Query { name: "since".into(), cursor }, String::new())
}

fn by_id(after: &str) -> ResumePoint {
    ResumePoint::new(Resume::LastEventId, after.into())
}

fn event(id: &str, data: &str) -> Incoming {
    Incoming::Event(IncomingEvent {
        event_type: "message".into(),
        data: data.into(),
        last_event_id: id.into(),
        explicit_id: true,
        is_control: false,
        is_place: true,
        part: None,
        arrival: Arrival { lines: ReceivedLines::TooLarge, chunks: 1, took: Duration::ZERO },
    })
}

fn url() -> Url {
    Url::parse("https://n.example/t/sse?poll=0&since=all").unwrap()
}

#[test]
fn a_feed_with_ids_resumes_by_the_header_after_the_newest_id() {
    let mut point = by_id("");
    assert!(!point.is_resuming() && point.header().is_none());
    point.take(vec![
        event("7", "x"),
        Incoming::Retry(5),
        Incoming::Id("8".into()),
        Incoming::Comment("c".into()),
    ]);
    assert_eq!((point.after(), point.decoder_id()), ("8", "8"));
    assert_eq!(point.header().unwrap(), "8");
    assert_eq!(point.address(&url()), url());
    assert!(point.is_resuming());
    point.take(vec![Incoming::Oversize { last_event_id: "9".into(), is_event: true }]);
    assert_eq!(point.after(), "9");
}

#[test]
fn the_id_of_a_control_event_is_no_place() {
    let control = |id: &str| {
        let Incoming::Event(event) = event(id, "") else { unreachable!() };
        Incoming::Event(IncomingEvent { is_control: true, ..event })
    };
    let mut point = by_id("");
    let taken = point.take(vec![event("7", "x"), control("error")]);
    assert_eq!(point.after(), "7");
    let places: Vec<bool> =
        taken.iter().map(|item| matches!(item, Incoming::Event(event) if event.is_place)).collect();
    assert_eq!(places, [true, false]);
    // An event without an id carries the one before it, which stays no place.
    let Incoming::Event(carried) = event("error", "y") else { unreachable!() };
    point.take(vec![Incoming::Event(IncomingEvent { explicit_id: false, ..carried })]);
    assert_eq!(point.after(), "7");
    let mut point = by_query("data.id");
    assert_eq!(point.take(vec![event("7", r#"{"id":"a"}"#), control("8")]).len(), 3);
    assert_eq!(point.after(), "a");
}

#[test]
fn an_empty_id_or_one_that_is_not_a_header_value_is_not_sent() {
    let mut point = by_id("7");
    point.take(vec![Incoming::Id(String::new())]);
    assert!(!point.is_resuming() && point.header().is_none());
    point.take(vec![event("a\u{1}b", "x")]);
    assert_eq!(point.decoder_id(), "a\u{1}b");
    assert!(!point.is_resuming() && point.header().is_none());
}

#[test]
fn a_cursor_is_computed_from_each_event_and_replaces_the_query_parameter() {
    let mut point = by_query("data.id");
    assert!(!point.is_resuming());
    let taken = point.take(vec![
        event("7", r#"{"id":"a b"}"#),
        Incoming::Id("8".into()),
        event("9", r#"{"id":null}"#),
        event("9", "not json"),
    ]);
    assert_eq!(taken.len(), 4);
    assert_eq!(taken[1], Incoming::Id("a b".into()));
    assert_eq!((point.after(), point.decoder_id()), ("a b", ""));
    assert!(point.is_resuming() && point.header().is_none());
    assert_eq!(point.address(&url()).as_str(), "https://n.example/t/sse?poll=0&since=a+b");
}

#[test]
fn a_cursor_leaves_every_other_byte_of_the_query_as_it_is() {
    let mut point = by_query("data.id");
    point.take(vec![event("", r#"{"id":"9"}"#)]);
    let resumed = |query: &str| {
        let url = Url::parse(&format!("https://n.example/live{query}")).unwrap();
        point.address(&url).as_str().trim_start_matches("https://n.example/live").to_owned()
    };
    for (query, expected) in [
        ("?st=16~acl=/live/*~hmac=a%2Fb%ff&flag", "?st=16~acl=/live/*~hmac=a%2Fb%ff&flag&since=9"),
        ("?since=1&a=+%20b&since=2&c", "?a=+%20b&c&since=9"),
        ("?%73ince=1&a=%27x", "?a=%27x&since=9"),
        ("?&a=1&&b=", "?&a=1&&b=&since=9"),
        ("?", "?since=9"),
        ("", "?since=9"),
    ] {
        assert_eq!(resumed(query), expected, "{query}");
    }
}

#[test]
fn a_redirect_that_leaves_the_cursor_out_asks_for_nothing() {
    let mut point = by_query("data.id");
    point.take(vec![event("", r#"{"id":"a b"}"#)]);
    let at = |url: &str| point.was_asked_at(&Url::parse(url).unwrap());
    assert!(at("https://other.example/x?since=a%20b&y"));
    assert!(!at("https://other.example/x") && !at("https://other.example/x?since=a"));
    assert!(by_id("7").was_asked_at(&url()) && !by_id("").was_asked_at(&url()));
}

#[test]
fn a_cursor_that_is_empty_or_too_long_is_ignored() {
    let mut point = by_query("data");
    point.take(vec![event("", ""), event("", &"x".repeat(5000))]);
    assert_eq!(point.after(), "");
}

#[test]
fn a_feed_with_resume_off_sends_no_id_and_no_cursor() {
    let mut point = ResumePoint::new(Resume::Off, "7".into());
    point.take(vec![event("8", "x")]);
    assert!(!point.is_resuming() && point.header().is_none());
    assert_eq!((point.decoder_id(), point.address(&url())), ("", url()));
    assert!(!point.take_place("9") && !point.is_missed_by(Some("9")));
}

#[test]
fn the_id_in_the_servers_response_header_is_adopted_before_the_first_event() {
    let mut point = by_id("");
    assert!(!point.is_missed_by(Some("41")));
    assert!(!point.take_place(""));
    assert!(point.take_place("41"));
    assert_eq!(point.after(), "41");
    assert!(!point.take_place("42"));
    assert!(point.is_missed_by(Some("42")));
    assert!(!point.is_missed_by(Some("41")) && !point.is_missed_by(Some("")) && !point.is_missed_by(None));
}

#[test]
fn a_place_over_four_kibibytes_as_sent_is_not_kept_however_it_comes() {
    let (fits, exceeds) = ("x".repeat(4096), "x".repeat(4097));
    for (place, is_kept) in [(&fits, true), (&exceeds, false)] {
        assert_eq!(by_id(place).is_resuming(), is_kept, "from the log");
        let mut point = by_id("");
        assert_eq!((point.take_place(place), point.is_resuming()), (is_kept, is_kept), "from a response");
    }
    // Each of these characters takes nine bytes in a URL.
    for (count, is_kept) in [(455, true), (456, false)] {
        let cursor = "字".repeat(count);
        let mut point = by_query("data");
        point.take(vec![event("", &cursor)]);
        assert_eq!(point.is_resuming(), is_kept, "from an event");
        let Resume::Query { .. } = point.how.clone() else { unreachable!() };
        assert_eq!(ResumePoint::new(point.how.clone(), cursor).is_resuming(), is_kept, "from the log");
    }
}
