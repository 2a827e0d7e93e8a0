//! Examples of rows, whole events and traces.

use std::time::Duration;

use bellwire_engine::event::{
    self as domain, Decision, FeedId, Gap, GapReason, Opened, Outcome, Part, Polled, Reason, ReasonCode,
    Reconnecting, Resumed, Rev, Seq, Severity, StoredEvent,
};
use strum::VariantArray;

use super::AT;
use crate::dto::row::{Changes, EventDetail, Page, Row};
use crate::dto::trace::Trace;

pub fn rows() -> Vec<Row> {
    stored(events().chain(connections()).chain(gaps())).map(Row::from).collect()
}

pub fn pages() -> Vec<Page> {
    let page = |rows, more_before, more_after| bellwire_engine::Page {
        rows,
        more_before,
        more_after,
        rev: Rev(31),
        total: 32,
        control: 12,
    };
    let row = stored([domain::RowBody::Retry { ms: 3000, times: 1 }]).collect();
    vec![page(row, true, false).into(), page(Vec::new(), false, true).into()]
}

pub fn changes() -> Vec<Changes> {
    let changes =
        |rows, more, total| bellwire_engine::Changes { rows, rev: Rev(31), more, total, control: 13 };
    let bodies =
        [domain::RowBody::Retry { ms: 3000, times: 1 }, domain::RowBody::NoAnswer { after_ms: 10_000 }];
    let row = stored(bodies).skip(1).collect();
    vec![changes(row, true, 33).into(), changes(Vec::new(), false, 34).into()]
}

pub fn details() -> Vec<EventDetail> {
    stored(events()).filter_map(EventDetail::of).collect()
}

pub fn traces() -> Vec<Trace> {
    let known = domain::Timing {
        arrived_at: AT,
        chunks: Some(2),
        took: Some(Duration::from_micros(430)),
        stored_at: Some(AT + 18),
        in_group: Some(6),
        shown_at: Some(AT + 25),
    };
    let unknown = domain::Timing {
        arrived_at: AT,
        chunks: None,
        took: None,
        stored_at: None,
        in_group: None,
        shown_at: None,
    };
    let bytes = b"id: 1\r\n: \xE2\x82 a\n\rdata: \xE5\xAD\x97";
    let as_received = domain::Lines::AsReceived(bytes.to_vec());
    let trace = |lines, timing: &domain::Timing, previous_at| {
        Trace::of(Seq(7), domain::Trace { lines, timing: timing.clone() }, previous_at)
    };
    vec![
        trace(as_received, &known, Some(AT - 1500)),
        trace(domain::Lines::TooLarge, &known, None),
        trace(domain::Lines::Unknown, &unknown, None),
    ]
}

fn stored(bodies: impl IntoIterator<Item = domain::RowBody>) -> impl Iterator<Item = domain::Row> {
    bodies.into_iter().zip(1..).map(|(body, seq)| domain::Row {
        seq: Seq(seq),
        rev: Rev(seq + 100),
        feed: FeedId::parse("ops").unwrap(),
        at: AT + seq,
        body,
    })
}

/// An event for each severity, and one for each outcome.
fn events() -> impl Iterator<Item = domain::RowBody> {
    let severe = Severity::VARIANTS.iter().map(|severity| event(*severity, Outcome::Log, None));
    let decided = Outcome::VARIANTS.iter().map(|outcome| event(Severity::Info, *outcome, Some("all")));
    severe.chain(decided)
}

fn event(severity: Severity, outcome: Outcome, rule: Option<&str>) -> domain::RowBody {
    domain::RowBody::Event(StoredEvent {
        event_type: "alert".into(),
        data: "{\"text\": \"订单\",\n\"more\": \"https://example.com/runbook\"}".into(),
        size: 57,
        last_event_id: "41".into(),
        explicit_id: rule.is_some(),
        origin: "https://example.com".into(),
        replayed: severity == Severity::Critical,
        severity,
        part: rule.map(|_| Part { number: 2, of: 3 }),
        decision: Decision {
            outcome,
            rule: rule.map(Into::into),
            fault: rule.map(|_| "when: cannot be computed: tried to use + operator".into()),
        },
    })
}

/// What happens to a connection, with every reason.
fn connections() -> impl Iterator<Item = domain::RowBody> {
    let open = Opened {
        status: 200,
        http: "1.1".into(),
        after_ms: 2500,
        attempt: 3,
        resumed: Resumed::No,
        may_miss: false,
        repeated: 7,
    };
    let resumed = Resumed::VARIANTS.iter().map(|word| Opened { resumed: *word, ..open.clone() });
    let opened: Vec<_> = resumed.map(domain::RowBody::Open).collect();
    let others = [
        domain::RowBody::Polled(Polled {
            every_ms: 1000,
            polls: 600,
            since: AT - 600_000,
            resumed: Resumed::Shown,
            repeated: 2,
        }),
        domain::RowBody::NoAnswer { after_ms: 10_000 },
        domain::RowBody::Retry { ms: 3000, times: 1 },
        domain::RowBody::Parked(Reason::SignIn(401)),
        domain::RowBody::Closed(Some(Reason::NoContent)),
        domain::RowBody::Closed(None),
    ];
    let reasons = ReasonCode::VARIANTS.iter();
    let reconnecting = reasons.map(|code| reconnecting(Reason::from_parts(*code, Some(503), Some("detail"))));
    opened.into_iter().chain(others).chain(reconnecting)
}

fn reconnecting(reason: Reason) -> domain::RowBody {
    domain::RowBody::Reconnecting(Reconnecting {
        reason,
        in_ms: 4200,
        tries: 5,
        since: AT - 60_000,
        last_event_id: "41".into(),
    })
}

fn gaps() -> impl Iterator<Item = domain::RowBody> {
    let gap = |reason: &GapReason| {
        domain::RowBody::Gap(Gap { from: AT - 60_000, to: AT, reason: *reason, times: 1 })
    };
    GapReason::VARIANTS.iter().map(gap)
}
