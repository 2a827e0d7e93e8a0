use super::*;

#[test]
fn times_for_scripts_are_utc_with_milliseconds() {
    assert_eq!(serde_json::to_string(&Utc(1_795_242_931_482)).unwrap(), "\"2026-11-21T06:35:31.482Z\"");
}

#[test]
fn since_takes_durations_and_times() {
    assert_eq!(parse_since("2m"), Ok(Since::Ago(120_000)));
    assert_eq!(parse_since("1970-01-01T00:00:01Z"), Ok(Since::At(1000)));
    assert!(parse_since("yesterday").is_err());
}

#[test]
fn a_time_of_another_day_has_its_date() {
    let zone = TimeZone::fixed(jiff::tz::offset(8));
    // 2026-11-21 14:35:31.482 at this offset.
    let at = 1_795_242_931_482;
    let hour = 3_600_000;
    assert_eq!(local_in(&zone, at, at + 9 * hour), "14:35:31.482");
    assert_eq!(local_in(&zone, at, at + 10 * hour), "2026-11-21 14:35:31.482", "after midnight there");
    assert_eq!(local_in(&zone, at, at - 15 * hour), "2026-11-21 14:35:31.482", "a clock that was set back");
    assert_eq!(local_in(&TimeZone::UTC, at, at + 10 * hour), "06:35:31.482");
}
