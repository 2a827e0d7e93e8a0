use std::time::Duration;

use strum::VariantArray;

use super::*;

fn of(types: &[(&str, u32, Advice)], ids: Ids) -> Seen {
    let types: Vec<_> = types
        .iter()
        .map(|(event_type, count, advice)| SeenType {
            event_type: (*event_type).into(),
            count: *count,
            opening: if *advice == Advice::Opening { *count } else { 0 },
            per_minute: (*count > 1 && *advice != Advice::Opening).then_some(count * 6),
            advice: *advice,
        })
        .collect();
    let events = types.iter().map(|seen| seen.count).sum();
    Seen { watched: Duration::from_secs(10), events, types, ids }
}

const TYPES: [(&str, u32, Advice); 5] = [
    ("outage", 1, Advice::Notify),
    ("quote", 12, Advice::Frequent),
    ("ping", 2, Advice::Control),
    ("message", 3, Advice::Unnamed),
    ("alert", 25, Advice::Opening),
];

#[test]
fn a_test_counts_the_events_by_type() {
    let lines = [
        "43 events in 10 s",
        "outage: 1 event",
        "quote: 12 events, 72 a minute",
        "ping: 2 events, 12 a minute; it looks like a control event",
        "unnamed messages: 3 events, 18 a minute",
        "alert: 25 events, all as the stream opened",
        "the events have ids to resume from",
    ];
    assert_eq!(counted(&of(&TYPES, Ids::Usable)), lines);
    assert_eq!(counted(&of(&[], Ids::Unknown)), ["no event within 10 s; the connection is open"]);
}

#[test]
fn each_type_has_its_choice_with_the_reason() {
    let lines = [
        "outage: seen once; it notifies",
        "quote: 12 events, 72 a minute; only logged",
        "ping: it looks like a control event; only logged",
        "unnamed messages: 3 events, 18 a minute; only logged",
        "alert: 25 events, all as the stream opened; it notifies",
        "types that did not come notify if they are named; config.toml has the rules",
        "no ids: events sent while Bellwire is away are not recovered",
    ];
    assert_eq!(chosen(&of(&TYPES, Ids::None), &[]), lines);
    assert_eq!(chosen(&of(&[], Ids::Unknown), &[]), ["no event came; the named ones notify"]);
}

#[test]
fn a_type_that_was_asked_for_notifies() {
    let lines = chosen(&of(&TYPES, Ids::Usable), &["quote".into(), "message".into()]);
    assert!(lines.contains(&"quote: 12 events, 72 a minute; it notifies, as asked".to_owned()), "{lines:?}");
    assert!(lines.contains(&"unnamed messages: 3 events, 18 a minute; it notifies, as asked".to_owned()));
}

#[test]
fn the_names_of_events_cannot_drive_the_terminal() {
    for advice in Advice::VARIANTS {
        let hostile = of(&[("a\u{1b}[2J", 2, *advice)], Ids::Fixed);
        let lines = [counted(&hostile), chosen(&hostile, &[])].concat();
        assert!(!lines.concat().contains('\u{1b}'), "{lines:?}");
        assert!(lines.contains(&"the ids do not change: the feed cannot resume".to_owned()));
    }
}
