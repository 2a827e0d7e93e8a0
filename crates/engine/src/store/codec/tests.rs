use super::*;
use crate::event::{GapReason, ReasonCode};

#[test]
fn every_severity_and_outcome_comes_back_from_its_number() {
    for severity in Severity::VARIANTS {
        assert_eq!(super::severity(severity_number(*severity)), Ok(*severity));
    }
    for outcome in Outcome::VARIANTS {
        assert_eq!(super::outcome(outcome_number(*outcome)), Ok(*outcome));
    }
    assert!(super::severity(7).is_err() && super::outcome(-2).is_err());
}

#[test]
fn the_numbers_in_the_log_never_change() {
    let severities = [Severity::Info, Severity::Warning, Severity::Critical].map(severity_number);
    assert_eq!(severities, [0, 1, 2]);
    let outcomes = [Outcome::Control, Outcome::Log, Outcome::Notify, Outcome::Digest, Outcome::Muted];
    assert_eq!(outcomes.map(outcome_number), [-1, 0, 1, 2, 3]);
}

#[test]
fn every_reason_and_gap_reason_comes_back_from_its_row() {
    let bodies = ReasonCode::VARIANTS.iter().flat_map(|code| {
        let reason = Reason::from_parts(*code, Some(403), Some("detail"));
        [RowBody::Parked(reason.clone()), RowBody::Closed(Some(reason))]
    });
    let gaps = GapReason::VARIANTS
        .iter()
        .map(|reason| RowBody::Gap(Gap { from: 1, to: 2, reason: *reason, times: 1 }));
    for body in bodies.chain(gaps) {
        let (kind, detail) = lifecycle(&body).unwrap();
        assert_eq!(lifecycle_body(kind, &detail.to_string()), Some(body));
    }
}

#[test]
fn an_unknown_word_is_unreadable_and_never_another_reason() {
    let gap = json!({"from": 1, "to": 2, "reason": "of-a-later-version"}).to_string();
    assert_eq!(lifecycle_body(KIND_GAP, &gap), None);
    let parked = json!({"reason": {"code": "of-a-later-version"}}).to_string();
    assert_eq!(lifecycle_body(KIND_PARKED, &parked), None);
    let closed = json!({"reason": {"code": "of-a-later-version"}}).to_string();
    assert_eq!(lifecycle_body(KIND_CLOSED, &closed), None);
}
