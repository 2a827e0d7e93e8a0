use super::*;

const LIMIT: FloodLimit = FloodLimit { burst: 5, per: std::time::Duration::from_secs(30) };

#[test]
fn five_in_thirty_seconds_have_notifications_of_their_own() {
    let mut flood = Flood::default();
    assert!((0..5).all(|n| flood.take(LIMIT, n * 1000)));
    assert!(!flood.take(LIMIT, 5_000));
}

#[test]
fn a_steady_storm_never_breaks_through() {
    let mut flood = Flood::default();
    let alone = (0..10_000).filter(|n| flood.take(LIMIT, n * 100)).count();
    assert_eq!(alone, 5);
}

#[test]
fn single_notifications_come_back_when_it_calms() {
    let mut flood = Flood::default();
    (0..100).for_each(|n| assert!(flood.take(LIMIT, n * 10) == (n < 5)));
    assert!(!flood.take(LIMIT, 29_000));
    assert!(flood.take(LIMIT, 31_000));
}

#[test]
fn a_clock_set_back_by_a_day_does_not_silence_the_feed() {
    let mut flood = Flood::default();
    (0..5).for_each(|n| assert!(flood.take(LIMIT, 86_400_000 + n)));
    assert!(flood.take(LIMIT, 0));
}
