//! Simulates 100,000 receivers that lose the same server at the same time, and measures when they reconnect.

use std::time::Duration;

use bellwire_sse::{Backoff, DropKind};

use crate::words::value;

const HOUR: Duration = Duration::from_secs(3600);
const SLOT: Duration = Duration::from_millis(100);
/// The reconnection time of the receiver that the others are compared with: it has no jitter.
const FIXED: Duration = Duration::from_secs(3);

/// The server's `retry`, and how the connections are lost.
struct Case {
    name: &'static str,
    drop: DropKind,
    retry_ms: Option<u64>,
}

/// Runs `arrivals [--receivers N] [--seed S]`.
pub fn run(words: &[String]) {
    let receivers: usize = value(words, "--receivers", 100_000);
    let seed: u64 = value(words, "--seed", 42);
    let cases = [
        Case { name: "stream ended", drop: DropKind::Ended, retry_ms: None },
        Case { name: "stream broke", drop: DropKind::Broken, retry_ms: None },
        Case { name: "ended, `retry: 3000` before", drop: DropKind::Ended, retry_ms: Some(3000) },
        Case { name: "broke, `retry: 3000` before", drop: DropKind::Broken, retry_ms: Some(3000) },
    ];
    let curves: Vec<Vec<Duration>> = cases.iter().map(|case| delays(case, receivers, seed)).collect();
    let fixed = vec![FIXED; receivers];

    println!("## {receivers} receivers after a restart of their server\n");
    println!("By the decision code itself; seed {seed}. The fixed receiver waits 3 s, as browsers do.\n");
    println!("| | most in 100 ms | fewer than fixed | first | last |\n|---|---|---|---|---|");
    let whole = cases.iter().map(|case| case.name).zip(&curves).chain([("fixed", &fixed)]);
    for (name, delays) in whole {
        let most = slots(delays).into_iter().max().unwrap_or(1);
        let first = delays.iter().min().copied().unwrap_or_default().as_secs_f64();
        let last = delays.iter().max().copied().unwrap_or_default().as_secs_f64();
        println!(
            "| {name} | {most} | {:.1} times | {first:.2} s | {last:.2} s |",
            receivers as f64 / most as f64
        );
    }
    let lone = [0.0, 0.5, 0.999_999].map(|chance| delay(&cases[1], chance).as_secs_f64());
    println!(
        "\nA lone receiver is back after {:.2} s, {:.2} s or {:.2} s: with the least, the middle and the greatest chance.\n",
        lone[0], lone[1], lone[2]
    );
    println!("Arrivals in each 100 ms:\n");
    let names: Vec<&str> = cases.iter().map(|case| case.name).collect();
    println!("| from | {} | fixed |\n|---|{}---|", names.join(" | "), "---|".repeat(names.len()));
    let columns: Vec<Vec<usize>> = curves.iter().chain([&fixed]).map(|delays| slots(delays)).collect();
    let rows = columns.iter().map(Vec::len).max().unwrap_or(0);
    for row in 0..rows {
        let counts: Vec<usize> = columns.iter().map(|column| column.get(row).copied().unwrap_or(0)).collect();
        if counts.iter().all(|count| *count == 0) {
            continue;
        }
        let counts: Vec<String> = counts.iter().map(usize::to_string).collect();
        println!("| {:.1} s | {} |", row as f64 / 10.0, counts.join(" | "));
    }
}

fn delays(case: &Case, receivers: usize, seed: u64) -> Vec<Duration> {
    let mut chance = seeded(seed);
    (0..receivers).map(|_| delay(case, chance())).collect()
}

/// Returns the delay of a receiver whose connection was healthy for an hour.
fn delay(case: &Case, chance: f64) -> Duration {
    let mut backoff = Backoff::new();
    backoff.connected(Duration::ZERO);
    if let Some(ms) = case.retry_ms {
        backoff.set_retry(ms);
    }
    backoff.event_seen(HOUR, 1);
    backoff.next_delay(case.drop, None, HOUR, chance)
}

fn slots(delays: &[Duration]) -> Vec<usize> {
    let mut slots = Vec::new();
    for delay in delays {
        let slot = usize::try_from(delay.as_nanos() / SLOT.as_nanos()).unwrap_or(usize::MAX);
        if slots.len() <= slot {
            slots.resize(slot + 1, 0);
        }
        slots[slot] += 1;
    }
    slots
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
