use std::collections::VecDeque;

use super::*;

const HOUR: Duration = Duration::from_secs(3600);

fn seconds(value: f64) -> Duration {
    Duration::from_secs_f64(value)
}

/// Returns the shortest and the longest delay after a first drop.
fn first_delay(retry: Option<u64>, drop: DropKind) -> (Duration, Duration) {
    let delay = |chance| {
        let mut backoff = Backoff::new();
        backoff.connected(Duration::ZERO);
        backoff.event_seen(Duration::ZERO, 1);
        if let Some(milliseconds) = retry {
            backoff.set_retry(milliseconds);
        }
        backoff.next_delay(drop, None, HOUR, chance)
    };
    (delay(0.0), delay(1.0))
}

#[test]
fn a_clean_end_reconnects_after_the_servers_retry_and_at_most_a_fifth_later() {
    assert_eq!(first_delay(Some(10_000), DropKind::Ended), (seconds(10.0), seconds(12.0)));
    assert_eq!(first_delay(Some(3000), DropKind::Ended), (seconds(3.0), seconds(3.6)));
    assert_eq!(first_delay(Some(200), DropKind::Ended), (seconds(0.25), seconds(0.3)));
    assert_eq!(first_delay(Some(3_600_000), DropKind::Ended), (HOUR, HOUR + seconds(30.0)));
}

#[test]
fn without_retry_the_first_attempt_comes_within_two_and_a_half_seconds() {
    for drop in [DropKind::Ended, DropKind::Broken] {
        assert_eq!(first_delay(None, drop), (seconds(0.25), seconds(2.5)));
    }
    assert_eq!(first_delay(None, DropKind::Failed), (seconds(0.25), seconds(1.0)));
}

#[test]
fn the_first_attempt_after_a_broken_stream_is_spread_even_if_retry_is_0() {
    assert_eq!(first_delay(Some(0), DropKind::Broken), (seconds(0.25), seconds(2.5)));
    assert_eq!(first_delay(Some(10_000), DropKind::Broken), (seconds(10.0), seconds(12.0)));
}

#[test]
fn retry_is_clamped_to_250_ms_and_1_h() {
    let mut backoff = Backoff::new();
    assert_eq!(backoff.reconnection_time(), seconds(1.0));
    for (asked, taken) in
        [(0, 0.25), (249, 0.25), (250, 0.25), (3000, 3.0), (99_999_999_999, 3600.0), (u64::MAX, 3600.0)]
    {
        backoff.set_retry(asked);
        assert_eq!(backoff.reconnection_time(), seconds(taken), "{asked}");
    }
}

#[test]
fn failures_double_from_one_second_to_sixty() {
    let mut backoff = Backoff::new();
    let mut now = Duration::ZERO;
    let mut delays = Vec::new();
    for _ in 0..9 {
        let delay = backoff.next_delay(DropKind::Failed, None, now, 1.0);
        now += delay;
        delays.push(delay.as_secs());
    }
    assert_eq!(delays, [1, 2, 4, 8, 16, 32, 60, 60, 60]);
    assert_eq!(backoff.attempt(), 9);
}

#[test]
fn failures_never_come_earlier_than_the_servers_retry() {
    let mut backoff = Backoff::new();
    backoff.set_retry(10_000);
    let earliest = backoff.next_delay(DropKind::Failed, None, Duration::ZERO, 0.0);
    let latest = backoff.next_delay(DropKind::Failed, None, seconds(10.0), 1.0);
    assert_eq!((earliest, latest), (seconds(10.0), seconds(12.0)));
    assert_eq!(first_delay(Some(10_000), DropKind::Failed), (seconds(10.0), seconds(12.0)));
}

#[test]
fn thirty_seconds_of_life_reset_the_backoff_with_an_event_or_without() {
    let after = |event_at: Option<u64>, dropped_at: u64| {
        let mut backoff = Backoff::new();
        for _ in 0..5 {
            backoff.next_delay(DropKind::Failed, None, Duration::ZERO, 0.5);
        }
        backoff.connected(Duration::ZERO);
        if let Some(at) = event_at {
            backoff.event_seen(Duration::from_secs(at), 1);
        }
        backoff.next_delay(DropKind::Broken, None, Duration::from_secs(dropped_at), 0.5);
        backoff.attempt()
    };
    assert_eq!(after(Some(1), 30), 1, "healthy");
    assert_eq!(after(None, 30), 1, "healthy without an event");
    assert_eq!(after(Some(1), 29), 6, "too short");
    assert_eq!(after(None, 29), 6, "too short without an event");
}

#[test]
fn a_healthy_connection_resets_the_attempts_while_it_is_open() {
    let mut backoff = Backoff::new();
    backoff.next_delay(DropKind::Failed, None, Duration::ZERO, 0.0);
    backoff.connected(seconds(1.0));
    backoff.event_seen(seconds(2.0), 1);
    assert_eq!(backoff.attempt(), 1);
    backoff.event_seen(seconds(31.0), 2);
    assert_eq!(backoff.attempt(), 0);
}

#[test]
fn two_short_connections_are_two_drops() {
    let mut backoff = Backoff::new();
    backoff.connected(Duration::ZERO);
    backoff.event_seen(Duration::ZERO, 1);
    backoff.next_delay(DropKind::Broken, None, seconds(1.0), 0.0);
    backoff.connected(seconds(2.0));
    backoff.next_delay(DropKind::Broken, None, seconds(20.0), 0.0);
    assert_eq!(backoff.attempt(), 2);
}

#[test]
fn retry_after_is_a_minimum_up_to_a_day() {
    let delay = |retry_after: u64, chance| {
        let retry_after = Some(Duration::from_secs(retry_after));
        Backoff::new().next_delay(DropKind::Failed, retry_after, Duration::ZERO, chance)
    };
    assert_eq!(delay(0, 0.0), seconds(0.25));
    assert_eq!(delay(120, 0.0), seconds(120.0));
    assert!(delay(120, 1.0) > seconds(120.0), "receivers with the same `Retry-After` are spread");
    assert_eq!(delay(u64::MAX, 0.0), 24 * HOUR);
}

#[test]
fn a_parked_feed_is_tried_at_most_every_five_minutes() {
    assert_eq!(first_delay(None, DropKind::Parked), (seconds(300.0), seconds(360.0)));
    assert_eq!(first_delay(Some(u64::MAX), DropKind::Parked), (HOUR, HOUR + seconds(60.0)));
}

#[test]
fn an_invalid_chance_or_time_gives_a_delay_in_range() {
    let mut backoff = Backoff::new();
    for chance in [f64::NAN, f64::INFINITY, f64::NEG_INFINITY, -1.0, 2.0] {
        let delay = backoff.next_delay(DropKind::Failed, None, Duration::MAX, chance);
        assert!(delay >= MIN_RETRY && delay <= 24 * HOUR, "{delay:?}");
    }
    assert!(backoff.next_delay(DropKind::Broken, None, Duration::ZERO, 0.5) >= MIN_RETRY);
}

/// How a simulated server treats each connection.
#[derive(Debug, Clone, Copy)]
struct Server {
    retry: Option<u64>,
    opens: bool,
    event: bool,
    lives: f64,
    drop: DropKind,
    retry_after: Option<u64>,
}

const REFUSES: Server =
    Server { retry: None, opens: false, event: false, lives: 0.0, drop: DropKind::Failed, retry_after: None };

/// An attempt of a simulated day.
#[derive(Clone, Copy, Debug)]
struct Attempt {
    at: Duration,
    /// Whether the server opened no stream, or one that neither lived nor was a poll.
    failed: bool,
}

/// Returns the attempts of a simulated day, the first at zero.
fn day(server: impl Fn(usize) -> Server, mut chance: impl FnMut() -> f64) -> Vec<Attempt> {
    let mut backoff = Backoff::new();
    let mut now = Duration::ZERO;
    let mut attempts = Vec::new();
    while now < 24 * HOUR {
        let server = server(attempts.len());
        let is_poll = server.opens && server.event && server.drop == DropKind::Ended;
        let lived = server.opens && server.lives >= 30.0;
        attempts.push(Attempt { at: now, failed: !is_poll && !lived });
        if server.opens {
            backoff.connected(now);
            if let Some(milliseconds) = server.retry {
                backoff.set_retry(milliseconds);
            }
            if server.event {
                backoff.event_seen(now, attempts.len() as u64);
            }
            now += seconds(server.lives);
        }
        now += backoff.next_delay(server.drop, server.retry_after.map(Duration::from_secs), now, chance());
    }
    attempts
}

/// Returns the maximum number of failed attempts in any hour, both ends included.
fn busiest_hour(attempts: &[Attempt]) -> usize {
    let mut window = VecDeque::new();
    let mut most = 0;
    for &Attempt { at, .. } in attempts.iter().filter(|attempt| attempt.failed) {
        window.push_back(at);
        while at - window[0] > HOUR {
            window.pop_front();
        }
        most = most.max(window.len());
    }
    most
}

/// Returns a seeded generator of numbers in `[0, 1)` (SplitMix64).
fn seeded(mut state: u64) -> impl FnMut() -> f64 {
    move || {
        state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let mixed = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let mixed = (mixed ^ (mixed >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        ((mixed ^ (mixed >> 31)) >> 11) as f64 / (1_u64 << 53) as f64
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures of the simulation")]
fn no_server_gets_more_than_ninety_failed_attempts_in_any_hour_of_a_day() {
    let opens = Server { opens: true, drop: DropKind::Ended, ..REFUSES };
    let one_event = Server { event: true, ..opens };
    let healthy_then_dropped = Server { lives: 60.0, ..one_event };
    type Script = Box<dyn Fn(usize) -> Server>;
    let resets = Server { drop: DropKind::Broken, ..one_event };
    let servers: [(&str, Script); 11] = [
        ("refuses", Box::new(|_| REFUSES)),
        ("503, Retry-After 0", Box::new(|_| Server { retry_after: Some(0), ..REFUSES })),
        ("accepts, closes", Box::new(move |_| opens)),
        ("retry 0, closes", Box::new(move |_| Server { retry: Some(0), ..opens })),
        ("one event, resets", Box::new(move |_| resets)),
        ("retry 0, one event, resets", Box::new(move |_| Server { retry: Some(0), ..resets })),
        ("29 s, resets", Box::new(move |_| Server { lives: 29.0, ..resets })),
        ("29 s without an event, closes", Box::new(move |_| Server { lives: 29.0, ..opens })),
        ("a poll, then a refusal", Box::new(move |n| if n % 2 == 0 { one_event } else { REFUSES })),
        ("60 s, closes", Box::new(move |_| Server { retry: Some(0), ..healthy_then_dropped })),
        ("well, then a storm", Box::new(move |n| if n % 100 < 20 { healthy_then_dropped } else { resets })),
    ];
    for (name, server) in &servers {
        for seed in 0..20 {
            let attempts = day(server, seeded(seed));
            let busiest = busiest_hour(&attempts);
            assert!(busiest <= 90, "{name}, seed {seed}: {busiest} failed attempts in an hour");
            if seed == 0 {
                let tenth = attempts.get(10).map(|attempt| attempt.at).unwrap_or_default();
                println!(
                    "{name}: {busiest} in the busiest hour, {} in the day, tenth at {tenth:.1?}",
                    attempts.len()
                );
            }
        }
        for chance in [0.0, 1.0] {
            assert!(busiest_hour(&day(server, || chance)) <= 90, "{name}, chance {chance}");
        }
    }
}

/// Returns the delays between the attempts.
fn delays(attempts: &[Attempt]) -> Vec<Duration> {
    attempts.windows(2).map(|pair| pair[1].at - pair[0].at).collect()
}

#[test]
fn a_server_that_ends_each_connection_after_an_event_is_polled_by_its_retry_all_day() {
    let poll = Server { opens: true, event: true, drop: DropKind::Ended, ..REFUSES };
    let range = |retry: Option<u64>| {
        let delays = delays(&day(|_| Server { retry, ..poll }, seeded(7)));
        (delays.iter().min().copied().unwrap(), delays.iter().max().copied().unwrap())
    };
    for (retry, shortest, longest) in [
        (Some(1000), 1.0, 1.2),
        (Some(10_000), 10.0, 12.0),
        (Some(300), 0.3, 0.36),
        (Some(0), 0.25, 0.3),
        (None, 1.0, 2.5),
    ] {
        let (least, most) = range(retry);
        assert!(least >= seconds(shortest) && most <= seconds(longest), "{retry:?}: {least:?} to {most:?}");
    }
}

#[test]
fn a_server_that_says_the_same_on_each_connection_is_asked_once_a_second_at_most() {
    let mut backoff = Backoff::new();
    backoff.set_retry(250);
    let mut delay = |content: u64| {
        backoff.connected(Duration::ZERO);
        backoff.event_seen(Duration::ZERO, content);
        backoff.event_seen(Duration::ZERO, 7);
        backoff.next_delay(DropKind::Ended, None, Duration::ZERO, 0.0)
    };
    assert_eq!(
        [delay(1), delay(1), delay(2), delay(2)].map(|delay| delay.as_millis()),
        [250, 1000, 250, 1000]
    );
}

#[test]
fn a_clean_end_without_an_event_is_a_failure() {
    let closes = Server { opens: true, event: false, retry: Some(1000), drop: DropKind::Ended, ..REFUSES };
    let attempts = day(|_| closes, seeded(5));
    assert!(attempts.iter().all(|attempt| attempt.failed));
    assert!(busiest_hour(&attempts) <= 90);
}

#[test]
fn a_polled_server_that_has_nothing_to_tell_keeps_its_pace_if_it_says_its_retry() {
    let mut backoff = Backoff::new();
    let mut delay = |content: Option<u64>, retry: Option<u64>| {
        backoff.connected(Duration::ZERO);
        retry.into_iter().for_each(|ms| backoff.set_retry(ms));
        content.into_iter().for_each(|content| backoff.event_seen(Duration::ZERO, content));
        backoff.next_delay(DropKind::Ended, None, Duration::ZERO, 0.0).as_millis()
    };
    assert_eq!(delay(Some(1), Some(300)), 300);
    assert_eq!(
        [(); 200].map(|()| delay(None, Some(300))),
        [1000; 200],
        "nothing new is asked for once a second"
    );
    assert_eq!(delay(Some(1), Some(300)), 1000, "and what was said before is not new");
    assert_eq!(delay(Some(2), Some(300)), 300);
    delay(None, None);
    delay(None, Some(300));
    assert_eq!(backoff.attempt(), 2, "without its retry, it may be failing");
}

#[test]
fn a_proxy_that_ends_quiet_streams_every_minute_causes_no_backoff() {
    for event in [true, false] {
        for drop in [DropKind::Ended, DropKind::Broken] {
            let minute = Server { opens: true, event, lives: 60.0, drop, ..REFUSES };
            let delays = delays(&day(|_| minute, seeded(3)));
            assert!(delays.iter().all(|delay| *delay <= seconds(62.5)), "{event} {drop:?}");
        }
    }
}

#[test]
#[expect(clippy::print_stdout, reason = "the figures of the simulation")]
fn after_a_server_restart_reconnects_are_spread_over_less_than_three_seconds() {
    const RECEIVERS: usize = 100_000;
    let mut chance = seeded(42);
    for drop in [DropKind::Ended, DropKind::Broken] {
        let mut arrivals = [0_usize; 30];
        for _ in 0..RECEIVERS {
            let mut backoff = Backoff::new();
            backoff.connected(Duration::ZERO);
            backoff.event_seen(Duration::ZERO, 1);
            let delay = backoff.next_delay(drop, None, HOUR, chance());
            assert!(delay < seconds(3.0));
            arrivals[delay.as_millis() as usize / 100] += 1;
        }
        let peak = arrivals.iter().copied().max().unwrap();
        println!("{drop:?}: peak {peak} of {RECEIVERS} in 100 ms; a fixed retry has all of them in one");
        assert!(peak * 20 <= RECEIVERS, "{drop:?}: {peak} in 100 ms");
    }
}
