//! `cargo xtask torture`: kills the receiver for so many minutes and reports what the ledgers say.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool speaks through its output"
)]
#![allow(clippy::disallowed_methods, reason = "it runs for so many minutes of real time")]

use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bellwire_tests::support::torture::{Plan, run};

/// Kills of one round; each round has a home of its own.
const ROUND: u32 = 100;

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let value = |name: &str| {
        let at = words.iter().position(|word| word == name)?;
        words.get(at + 1)?.parse::<u64>().ok()
    };
    let minutes = value("--minutes").unwrap_or(3);
    let random = || SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |time| time.as_secs());
    let mut seed = value("--seed").unwrap_or_else(random);
    let rate = 1000;
    let end = Instant::now() + Duration::from_secs(60 * minutes);
    println!(
        "seed  kills  sent  stored  lost  doubled  out of order  alerts  untold  repeated  slowest start  integrity"
    );
    let mut kills = 0;
    loop {
        let report = run(Plan { kills: ROUND, seed, rate }).await;
        kills += report.kills;
        println!(
            "{}  {}  {}  {}  {}  {}  {}  {}  {}  {}  {} ms  {}",
            report.seed,
            report.kills,
            report.sent,
            report.stored,
            report.lost,
            report.doubled,
            report.out_of_order,
            report.alerts,
            report.untold,
            report.repeated,
            report.slowest_start_ms,
            report.integrity,
        );
        if !report.is_clean() {
            eprintln!("a promise was broken; run it again with --seed {seed}");
            return ExitCode::FAILURE;
        }
        if Instant::now() >= end {
            println!("{kills} kills, every promise kept");
            return ExitCode::SUCCESS;
        }
        seed = seed.wrapping_add(1);
    }
}
