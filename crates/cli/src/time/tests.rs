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
