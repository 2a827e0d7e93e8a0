use super::*;

const HOUR: Duration = Duration::from_secs(3600);
const DAY: Millis = 86_400_000;

#[test]
fn a_clock_set_ahead_is_doubted_for_a_day_and_then_believed() {
    let mut clock = BelievedClock::new(1_000, HOUR);
    assert_eq!(clock.now(1_000 + DAY, HOUR), 1_000);
    assert_eq!(clock.now(1_000 + DAY + 3_600_000, 2 * HOUR), 1_000 + 3_600_000);
    assert_eq!(clock.now(3 * DAY, 25 * HOUR), 3 * DAY);
}

#[test]
fn a_clock_set_ahead_and_back_was_never_believed() {
    let mut clock = BelievedClock::new(0, HOUR);
    assert_eq!(clock.now(DAY, HOUR), 0);
    assert_eq!(clock.now(600_000, HOUR + Duration::from_secs(600)), 600_000);
    assert_eq!(clock.now(DAY, HOUR + Duration::from_secs(600)), 600_000);
}

#[test]
fn a_clock_set_back_is_believed_at_once() {
    let mut clock = BelievedClock::new(DAY, HOUR);
    assert_eq!(clock.now(5, HOUR), 5);
}
