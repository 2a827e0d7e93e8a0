use std::collections::BTreeSet;
use std::fs;

use bellwire_engine::event::{
    Arrival, Decision, FeedId, Gap, IncomingEvent, Millis, Opened, Polled, ReasonCode, ReceivedLines,
    Reconnecting, Resumed, Rev, Seq, Severity,
};
use bellwire_engine::presets;
use serde_json::Value;
use strum::{VariantArray, VariantNames};

use super::*;

/// Set in the environment, this writes the golden file instead of only comparing it:
/// `BELLWIRE_WRITE_GOLDEN=1 cargo test -p bellwire-cli golden`
const WRITE: &str = "BELLWIRE_WRITE_GOLDEN";

const GOLDEN_FILE: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/src/wire/golden.ndjson");

/// 2026-11-21T06:35:31.482Z
const AT: Millis = 1_795_242_931_482;

#[test]
fn every_kind_of_line_is_as_in_the_golden_file() {
    let (log, watch) = (log_lines(), watch_lines());
    assert_eq!(kinds(&log), LogLine::VARIANTS.iter().copied().collect(), "kinds of line under log");
    assert_eq!(kinds(&watch), WatchLine::VARIANTS.iter().copied().collect(), "kinds of line under watch");
    let lines = [log, watch, preset_lines(), vec![feed_line()]].concat();
    if std::env::var_os(WRITE).is_some() {
        fs::write(GOLDEN_FILE, lines.iter().map(|line| format!("{line}\n")).collect::<String>()).unwrap();
    }
    let golden = fs::read_to_string(GOLDEN_FILE).unwrap();
    for (number, (line, expected)) in lines.iter().zip(golden.lines()).enumerate() {
        assert_eq!(line, expected, "line {} of golden.ndjson; run again with {WRITE}=1", number + 1);
    }
    assert_eq!(lines.len(), golden.lines().count(), "lines in golden.ndjson; run again with {WRITE}=1");
}

fn kinds(lines: &[String]) -> BTreeSet<&str> {
    lines.iter().map(|line| line.split('"').nth(3).unwrap()).collect()
}

fn log_lines() -> Vec<String> {
    let bodies = events().chain(connections()).chain(reasons().map(reconnecting)).chain(gaps()).chain(ends());
    let rows = bodies.zip(1..).map(|(body, seq)| Row {
        seq: Seq(seq),
        rev: Rev(seq),
        feed: FeedId::parse("ops").unwrap(),
        at: AT + seq,
        body,
    });
    rows.map(|row| serde_json::to_string(&LogLine::new(&row)).unwrap()).collect()
}

/// A service with a question, a default and a password, one with a named header, and one without a secret.
fn preset_lines() -> Vec<String> {
    let presets = ["couchdb", "hue", "stellar"].map(|name| presets::named(name).unwrap());
    presets.map(|preset| serde_json::to_string(&PresetLine::new(preset)).unwrap()).into()
}

fn feed_line() -> String {
    let text = "[[feed]]\nid = \"ops\"\nname = \"Operations\"\nurl = \"https://a.example/s?token=s3cret\"\nenabled = false\n";
    let config = bellwire_engine::config::parse(text).unwrap();
    serde_json::to_string(&FeedLine::new(&config.feeds[0])).unwrap()
}

/// An event for each reason that a decision can have, and one for each severity.
fn events() -> impl Iterator<Item = RowBody> {
    let rules = [None, Some("pages \"us\"")];
    let decisions = Outcome::VARIANTS.iter().flat_map(move |outcome| rules.map(|rule| (*outcome, rule)));
    let decided = decisions.map(|(outcome, rule)| {
        stored("alert", Severity::Info, Decision { outcome, rule: rule.map(Into::into), fault: None })
    });
    let severe = Severity::VARIANTS.iter().map(|severity| stored("message", *severity, Decision::default()));
    decided.chain(severe)
}

fn stored(event_type: &str, severity: Severity, decision: Decision) -> RowBody {
    RowBody::Event(StoredEvent {
        event_type: event_type.into(),
        data: "{\"text\": \"订单\"}\n\u{1b}second line".into(),
        size: 30,
        last_event_id: "41".into(),
        explicit_id: true,
        origin: "https://example.com".into(),
        replayed: severity == Severity::Critical,
        severity,
        part: None,
        decision,
    })
}

fn connections() -> impl Iterator<Item = RowBody> {
    let open = Opened {
        status: 200,
        http: "1.1".into(),
        after_ms: 2500,
        attempt: 3,
        resumed: Resumed::Asked,
        may_miss: false,
        repeated: 7,
    };
    let polled =
        Polled { every_ms: 1000, polls: 600, since: AT - 600_000, resumed: Resumed::Shown, repeated: 2 };
    [
        RowBody::Open(open),
        RowBody::Polled(polled),
        RowBody::NoAnswer { after_ms: 10_000 },
        RowBody::Retry { ms: 3000, times: 1 },
        RowBody::Retry { ms: 3000, times: 37 },
    ]
    .into_iter()
}

fn reasons() -> impl Iterator<Item = Reason> {
    ReasonCode::VARIANTS.iter().map(|code| Reason::from_parts(*code, Some(503), Some("detail")))
}

fn reconnecting(reason: Reason) -> RowBody {
    RowBody::Reconnecting(Reconnecting {
        reason,
        in_ms: 4200,
        tries: 5,
        since: AT - 60_000,
        last_event_id: "41".into(),
    })
}

fn gaps() -> impl Iterator<Item = RowBody> {
    let gap = |reason: &GapReason| RowBody::Gap(Gap { from: AT - 60_000, to: AT, reason: *reason, times: 1 });
    GapReason::VARIANTS.iter().map(gap)
}

fn ends() -> impl Iterator<Item = RowBody> {
    let parked = RowBody::Parked(Reason::SignIn(401));
    [parked, RowBody::Closed(Some(Reason::NoContent)), RowBody::Closed(None)].into_iter()
}

fn watch_lines() -> Vec<String> {
    let received_at = Utc(AT);
    let event = IncomingEvent {
        event_type: "message".into(),
        data: "{\"text\": \"订单\"}\nsecond line".into(),
        last_event_id: String::new(),
        explicit_id: false,
        is_control: false,
        is_place: false,
        part: None,
        arrival: Arrival { lines: ReceivedLines::Layout(0), chunks: 1, took: std::time::Duration::ZERO },
    };
    let reason = Reason::Status(503);
    let gap = Gap { from: AT - 60_000, to: AT, reason: GapReason::Oversize, times: 1 };
    let headers =
        ["content-type", "server"].map(|name| (name.to_owned(), Value::from("text"))).into_iter().collect();
    let lines = [
        WatchLine::event(&event, None, "https://example.com", AT, false),
        WatchLine::event(&event, Some("ops"), "https://example.com", AT, true),
        WatchLine::Open { status: 200, url: "https://example.com/ops", http: "2", headers, received_at },
        WatchLine::Reconnecting {
            reason: &reason,
            in_ms: 4200,
            attempt: 5,
            last_event_id: "41",
            received_at,
        },
        WatchLine::Retry { ms: 3000, received_at },
        WatchLine::gap(&gap, Some("ops"), AT),
        WatchLine::gap(&gap, None, AT),
        WatchLine::Comment { text: " keep-alive", received_at },
        WatchLine::Closed { reason: &Reason::NoContent, received_at },
    ];
    lines.iter().map(|line| serde_json::to_string(line).unwrap()).collect()
}
