use bellwire_engine::event::{
    Decision, FeedId, Gap, Opened, Outcome, Reason as DomainReason, Reconnecting, Resumed, Rev, Seq,
    StoredEvent,
};
use serde_json::json;

use super::*;

fn row(body: domain::RowBody) -> domain::Row {
    domain::Row { seq: Seq(7), rev: Rev(9), feed: FeedId::parse("ops").unwrap(), at: 1000, body }
}

fn event(data: &str) -> domain::Row {
    row(domain::RowBody::Event(StoredEvent {
        event_type: "outage".into(),
        data: data.into(),
        size: data.len(),
        last_event_id: "42".into(),
        explicit_id: true,
        origin: "https://a.example".into(),
        replayed: true,
        severity: domain::Severity::Critical,
        part: None,
        decision: Decision { outcome: Outcome::Notify, rule: Some("all".into()), fault: None },
    }))
}

fn sent(body: domain::RowBody) -> serde_json::Value {
    serde_json::to_value(Row::from(row(body))).unwrap()
}

#[test]
fn an_event_row_is_one_flat_object() {
    assert_eq!(
        serde_json::to_value(Row::from(event("{}"))).unwrap(),
        json!({
            "seq": 7, "rev": 9, "feed": "ops", "at": 1000, "kind": "event", "event": "outage", "id": "42",
            "preview": "{}", "size": 2, "severity": "critical", "decision": "notified", "replayed": true,
        })
    );
}

#[test]
fn lifecycle_rows_say_what_the_contract_says() {
    let reconnecting = Reconnecting {
        reason: DomainReason::Refused,
        in_ms: 812,
        tries: 3,
        since: 5,
        last_event_id: "41".into(),
    };
    let reason = json!({"code": "refused", "status": null, "detail": null});
    let base = json!({"seq": 7, "rev": 9, "feed": "ops", "at": 1000});
    let cases = [
        (
            domain::RowBody::Open(Opened {
                status: 200,
                http: "1.1".into(),
                after_ms: 24,
                attempt: 3,
                resumed: Resumed::Shown,
                may_miss: true,
                repeated: 2,
            }),
            json!({"kind": "open", "status": 200, "http": "1.1", "afterMs": 24, "attempt": 3,
                   "resumed": "shown", "mayMiss": true, "repeated": 2}),
        ),
        (
            domain::RowBody::Reconnecting(reconnecting),
            json!({"kind": "reconnecting", "reason": reason, "inMs": 812, "tries": 3, "since": 5, "lastId": "41"}),
        ),
        (domain::RowBody::NoAnswer { after_ms: 10 }, json!({"kind": "no-answer", "afterMs": 10})),
        (domain::RowBody::Retry { ms: 10_000, times: 2 }, json!({"kind": "retry", "ms": 10_000, "times": 2})),
        (
            domain::RowBody::Gap(Gap { from: 1, to: 2, reason: domain::GapReason::NoIds, times: 3 }),
            json!({"kind": "gap", "from": 1, "to": 2, "reason": "no-ids", "times": 3}),
        ),
        (domain::RowBody::Parked(DomainReason::Refused), json!({"kind": "parked", "reason": reason})),
        (domain::RowBody::Closed(None), json!({"kind": "closed", "reason": null})),
    ];
    for (body, mut expected) in cases {
        let parts = expected.as_object_mut().unwrap();
        parts.extend(base.as_object().unwrap().clone());
        assert_eq!(sent(body), expected);
    }
}

#[test]
fn a_preview_is_cut_at_a_character_and_the_size_is_in_bytes() {
    let Row { body: RowBody::Event { preview, size, .. }, .. } = Row::from(event(&"字".repeat(1000))) else {
        panic!("an event row says that it is one");
    };
    assert_eq!((preview.chars().count(), size), (600, 3000));
}

#[test]
fn a_detail_is_cut_at_a_mebibyte_and_says_so() {
    let detail = EventDetail::of(event(&"字".repeat(400_000))).unwrap();
    assert!(detail.cut);
    assert_eq!((detail.size, detail.data.len()), (1_200_000, (1 << 20) / 3 * 3));
    let short = EventDetail::of(event("a\nb\n")).unwrap();
    assert_eq!((short.cut, short.lines, short.size), (false, 3, 4));
}

#[test]
fn a_link_is_a_number_and_a_host_and_never_an_address() {
    let detail = EventDetail::of(event("see https://a.example/secret?x=1 or javascript:alert(1)")).unwrap();
    assert_eq!(detail.links, [Link { number: 1, host: "a.example".into() }]);
    assert_eq!(serde_json::to_value(&detail.links).unwrap(), json!([{"number": 1, "host": "a.example"}]));
}

#[test]
fn only_events_have_details() {
    assert_eq!(EventDetail::of(row(domain::RowBody::Retry { ms: 1, times: 1 })), None);
}

#[test]
fn a_view_of_no_feed_is_refused() {
    let view = View { feed: Some("../etc".into()), notified: false, hides_control: false };
    assert_eq!(bellwire_engine::View::try_from(view).unwrap_err().code, Word(ErrorCode::NoSuchFeed));
}
