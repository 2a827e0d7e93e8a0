use super::*;
use crate::event::{Arrival, ReceivedLines};

/// Returns an event; its last event ID is `id`.
fn event(event_type: &str, id: &str, data: &str) -> Incoming {
    let arrival = Arrival { lines: ReceivedLines::TooLarge, chunks: 1, took: Duration::ZERO };
    Incoming::Event(IncomingEvent {
        event_type: event_type.into(),
        data: data.into(),
        last_event_id: id.into(),
        explicit_id: !id.is_empty(),
        is_control: false,
        is_place: !id.is_empty(),
        part: None,
        arrival,
    })
}

/// Returns what is seen of these events, as (type, id, data), in ten seconds.
fn seen(events: &[(&str, &str, &str)]) -> Seen {
    let mut sample = Sample::opened(Duration::from_secs(100));
    sample.add(events.iter().map(|(event_type, id, data)| event(event_type, id, data)).collect());
    sample.seen(Duration::from_secs(110))
}

fn advice(events: &[(&str, &str, &str)]) -> Vec<(String, Advice)> {
    seen(events).types.into_iter().map(|seen| (seen.event_type, seen.advice)).collect()
}

fn of(advice: &[(&str, Advice)]) -> Vec<(String, Advice)> {
    advice.iter().map(|(event_type, advice)| ((*event_type).to_owned(), *advice)).collect()
}

#[test]
fn a_type_that_comes_twice_is_frequent_and_one_that_comes_once_notifies() {
    let events = [("outage", "1", "down"), ("quote", "2", "a"), ("quote", "3", "b")];
    assert_eq!(advice(&events), of(&[("outage", Advice::Notify), ("quote", Advice::Frequent)]));
    let seen = seen(&events);
    assert_eq!(seen.types[0].per_minute, None, "a single event has no rate");
    assert_eq!(seen.types[1].per_minute, Some(12));
}

#[test]
fn unnamed_messages_are_proposed_for_the_log_however_few() {
    assert_eq!(advice(&[("message", "", "a")]), of(&[("message", Advice::Unnamed)]));
    assert_eq!(advice(&[("message", "", "a"), ("message", "", "b")]), of(&[("message", Advice::Unnamed)]));
}

#[test]
fn signs_of_life_are_control_events_in_any_case() {
    for name in ["ping", "PONG", "KeepAlive", "keep-alive", "heartbeat", "hb", "Stream-Open", "endpoint"] {
        assert_eq!(advice(&[("outage", "1", "x"), (name, "", "data")])[1].1, Advice::Control, "{name}");
    }
    assert_eq!(advice(&[("pinged", "", "x")])[0].1, Advice::Notify);
}

#[test]
fn open_is_a_control_event_only_without_data_or_once_at_the_start() {
    assert_eq!(advice(&[("open", "", "{\"time\":1}")])[0].1, Advice::Control);
    assert_eq!(advice(&[("outage", "1", "x"), ("open", "", "")])[1].1, Advice::Control);
    assert_eq!(advice(&[("outage", "1", "x"), ("Open", "2", "front door")])[1].1, Advice::Notify);
    assert_eq!(advice(&[("open", "1", "front door"), ("open", "2", "back door")])[0].1, Advice::Frequent);
}

#[test]
fn ids_are_judged_by_all_events_but_control_events() {
    assert_eq!(seen(&[]).ids, Ids::Unknown);
    assert_eq!(seen(&[("ping", "", "")]).ids, Ids::Unknown);
    assert_eq!(seen(&[("a", "", "x"), ("b", "", "y")]).ids, Ids::None);
    assert_eq!(seen(&[("a", "7", "x")]).ids, Ids::Usable, "one id may change");
    assert_eq!(seen(&[("a", "7", "x"), ("b", "7", "y")]).ids, Ids::Fixed);
    assert_eq!(seen(&[("a", "7", "x"), ("b", "8", "y")]).ids, Ids::Usable);
    let control_first = [("heartbeat", "", ""), ("a", "7", "x"), ("heartbeat", "7", ""), ("a", "8", "y")];
    assert_eq!(seen(&control_first).ids, Ids::Usable);
    assert_eq!(seen(&[("heartbeat", "7", ""), ("a", "7", "x"), ("a", "7", "y")]).ids, Ids::Fixed);
}

#[test]
fn a_sample_is_full_with_twenty_events() {
    let mut sample = Sample::opened(Duration::ZERO);
    assert!(sample.add((0..19).map(|n| event("quote", &n.to_string(), "x")).collect()));
    assert!(!sample.is_full());
    assert!(sample.add(vec![event("quote", "19", "x"), event("late", "20", "x")]));
    assert!(sample.is_full());
    assert!(!sample.add(vec![event("late", "21", "x")]));
    let seen = sample.seen(Duration::from_secs(4));
    assert_eq!((seen.events, seen.types.len()), (20, 1));
    assert_eq!(seen.types[0].per_minute, Some(300));
}

#[test]
fn only_events_count_and_a_burst_is_taken_for_one_second() {
    let mut sample = Sample::opened(Duration::ZERO);
    assert!(!sample.add(vec![
        Incoming::Comment("ping".into()),
        Incoming::Retry(1),
        Incoming::Id("1".into())
    ]));
    sample.add(vec![event("quote", "1", "x"), event("quote", "2", "x")]);
    assert_eq!(sample.seen(Duration::from_millis(1)).types[0].per_minute, Some(120));
}

#[test]
fn the_proposal_has_every_type_that_was_seen() {
    let events = [("ping", "", ""), ("outage", "1", "x"), ("quote", "2", "x"), ("quote", "3", "x")];
    let proposal = seen(&events).proposal();
    let told: Vec<_> = proposal.iter().map(|choice| (choice.event_type.as_str(), choice.notify)).collect();
    assert_eq!(told, [("ping", false), ("outage", true), ("quote", false)]);
}
