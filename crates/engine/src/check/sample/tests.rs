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

/// Returns what is seen of these events, as (type, id, data), in ten seconds: one each 300 ms, from the second second.
fn seen(events: &[(&str, &str, &str)]) -> Seen {
    let mut sample = Sample::opened(Duration::from_secs(100));
    for ((event_type, id, data), n) in events.iter().zip(0..) {
        sample.add(vec![event(event_type, id, data)], Duration::from_millis(102_000 + n * 300));
    }
    sample.seen(Duration::from_secs(110))
}

/// Returns a sample of a stream that began with `count` alerts, `every` so often.
fn opening_with(count: u32, every: Duration) -> Sample {
    let mut sample = Sample::opened(Duration::ZERO);
    for n in 0..count {
        sample.add(vec![event("alert", &n.to_string(), "x")], every * (n + 1));
    }
    sample
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
    assert_eq!(seen.types[1].per_minute, Some(12), "in the ten seconds since the stream opened");
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
fn what_a_server_has_kept_is_no_rate() {
    let mut sample = opening_with(25, Duration::from_millis(5));
    sample.add(vec![event("alert", "live", "x")], Duration::from_secs(7));
    let alert = &sample.seen(Duration::from_secs(10)).types[0];
    assert_eq!((alert.count, alert.opening, alert.per_minute), (26, 25, None));
    assert_eq!(alert.advice, Advice::Opening, "old alerts do not mute the new ones");
    assert!(alert.advice.notifies());
    assert!(!sample.is_full(), "old events do not end the look at the new ones");
}

#[test]
fn what_comes_after_the_opening_has_its_rate() {
    let mut sample = opening_with(25, Duration::from_millis(5));
    for n in 0..3 {
        sample.add(vec![event("alert", &n.to_string(), "x")], Duration::from_secs(2 + n));
    }
    let alert = &sample.seen(Duration::from_millis(10_125)).types[0];
    assert_eq!((alert.count, alert.opening, alert.per_minute), (28, 25, Some(18)));
    assert_eq!(alert.advice, Advice::Frequent);
}

#[test]
fn a_stream_that_pours_for_longer_than_an_opening_has_a_rate() {
    let sample = opening_with(550, Duration::from_millis(10));
    let alert = &sample.seen(Duration::from_millis(5_500)).types[0];
    assert_eq!(alert.advice, Advice::Frequent);
    assert!(sample.is_full());
}

#[test]
fn a_steady_stream_is_no_opening() {
    let sample = opening_with(10, Duration::from_millis(200));
    let alert = &sample.seen(Duration::from_secs(2)).types[0];
    assert_eq!((alert.opening, alert.advice), (1, Advice::Frequent));
}

#[test]
fn a_sample_is_full_with_twenty_events_after_the_opening() {
    let mut sample = opening_with(1, Duration::from_millis(5));
    let second = Duration::from_secs(1);
    assert!(sample.add((0..19).map(|n| event("quote", &n.to_string(), "x")).collect(), second));
    assert!(!sample.is_full());
    assert!(sample.add(vec![event("quote", "19", "x"), event("late", "20", "x")], second));
    assert!(sample.is_full());
    assert!(!sample.add(vec![event("late", "21", "x")], second));
    let seen = sample.seen(Duration::from_millis(4_005));
    assert_eq!((seen.events, seen.types.len()), (21, 2));
    assert_eq!(seen.types[1].per_minute, Some(300));
}

#[test]
fn a_sample_keeps_twenty_types_and_twenty_ids_of_each() {
    let mut sample = Sample::opened(Duration::ZERO);
    for n in 0..1000 {
        let types = [format!("type {n}"), "same".into()];
        let items = types.iter().map(|event_type| event(event_type, &n.to_string(), "x")).collect();
        sample.add(items, Duration::from_millis(n));
    }
    assert_eq!(sample.seen(Duration::from_secs(1)).types.len(), 20);
    assert_eq!(sample.types[1].ids.len(), 20);
    assert_eq!(sample.events(), 2000);
}

#[test]
fn only_events_count_and_a_burst_is_taken_for_one_second() {
    let mut sample = Sample::opened(Duration::ZERO);
    let items = vec![Incoming::Comment("ping".into()), Incoming::Retry(1), Incoming::Id("1".into())];
    assert!(!sample.add(items, Duration::ZERO));
    let late = Duration::from_secs(3);
    sample.add(vec![event("quote", "1", "x"), event("quote", "2", "x")], late);
    let quote = &sample.seen(late).types[0];
    assert_eq!((quote.opening, quote.per_minute), (0, Some(40)));
}

#[test]
fn the_proposal_has_every_type_that_was_seen() {
    let events = [("ping", "", ""), ("outage", "1", "x"), ("quote", "2", "x"), ("quote", "3", "x")];
    let proposal = seen(&events).proposal();
    let told: Vec<_> = proposal.iter().map(|choice| (choice.event_type.as_str(), choice.notify)).collect();
    assert_eq!(told, [("ping", false), ("outage", true), ("quote", false)]);
}
