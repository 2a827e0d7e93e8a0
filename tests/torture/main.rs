//! `cargo xtask torture`: runs the receiver under faults for a number of minutes, and reports lost and duplicate
//! events.
#![allow(clippy::print_stdout, clippy::print_stderr, reason = "a command-line tool prints its output")]
#![allow(clippy::disallowed_methods, reason = "it runs for a number of minutes of real time")]

use std::process::ExitCode;
use std::time::{Duration, Instant, SystemTime, UNIX_EPOCH};

use bellwire_tests::support::torture::deaths::{self, Kills, STEPS};
use bellwire_tests::support::torture::mixed;
use bellwire_tests::support::torture::outcome::Outcome;
use bellwire_tests::support::torture::plan::{lives, long_stop};
use bellwire_tests::support::torture::stage::Load;

/// One feed with a high rate.
const BURST: Load = Load { feeds: 1, rate: 1000, alert_every: 50 };
/// Several feeds, so that a fault of one that affects the others is noticed.
const SEVERAL: Load = Load { feeds: 3, rate: 200, alert_every: 50 };

/// The number of kills at random moments in a round. Each round uses new homes.
const KILLS: u32 = 250;
/// The number of kills at each step in a round.
const STEP_KILLS: u32 = 4;
/// The number of runs with mixed faults in a round.
const LIVES: u32 = 30;
/// The length of the one long stop, which simulates a sleep of the machine.
const LONG_STOP: Duration = Duration::from_secs(120);

struct Wish {
    minutes: u64,
    kills: u32,
    seed: u64,
}

#[tokio::main]
async fn main() -> ExitCode {
    let words: Vec<String> = std::env::args().skip(1).collect();
    let wish = match wish(&words) {
        Ok(wish) => wish,
        Err(error) => {
            eprintln!("error: {error}\nuse: torture [--minutes N] [--kills N] [--seed S]");
            return ExitCode::from(2);
        }
    };
    let sum = torment(&wish).await;
    println!("all, from seed {}:\n{sum}", wish.seed);
    if sum.is_clean() {
        println!("no event was lost or duplicated, and all time limits were met");
        return ExitCode::SUCCESS;
    }
    eprintln!("a requirement was not met; see the lines above");
    ExitCode::FAILURE
}

/// Runs whole rounds for at least the wanted minutes and kills. Stops after the first test that fails.
async fn torment(wish: &Wish) -> Outcome {
    let end = Instant::now() + Duration::from_secs(60 * wish.minutes);
    let mut sum = Outcome::default();
    let mut seed = wish.seed;
    loop {
        let mut take = |what: &str, outcome: Outcome| {
            println!("seed {seed}, {what}:\n{outcome}");
            sum.add(outcome);
            sum.is_clean()
        };
        let kills = Kills { count: KILLS, seed, load: BURST };
        let mut is_clean = take("deaths at random", deaths::at_random(kills).await);
        for step in STEPS {
            is_clean = is_clean && take(step.1, deaths::at_step(step, STEP_KILLS, BURST).await);
        }
        is_clean =
            is_clean && take("mixed faults", mixed::run(&lives(seed, LIVES, SEVERAL.feeds), SEVERAL).await);
        if seed == wish.seed {
            is_clean = is_clean && take("a long stop", mixed::run(&[long_stop(LONG_STOP)], SEVERAL).await);
        }
        if !is_clean || (Instant::now() >= end && sum.deaths >= wish.kills) {
            return sum;
        }
        seed = seed.wrapping_add(1);
    }
}

fn wish(words: &[String]) -> Result<Wish, String> {
    let seconds = SystemTime::now().duration_since(UNIX_EPOCH).map_or(1, |time| time.as_secs());
    let mut wish = Wish { minutes: 10, kills: 0, seed: seconds };
    for pair in words.chunks(2) {
        let [name, value] = pair else { return Err(format!("{} needs a number", pair[0])) };
        let number: u64 = value.parse().map_err(|_| format!("{name} needs a number, not {value}"))?;
        match name.as_str() {
            "--minutes" => wish.minutes = number,
            "--kills" => wish.kills = u32::try_from(number).map_err(|_| format!("{number} are too many"))?,
            "--seed" => wish.seed = number,
            _ => return Err(format!("{name} is unknown")),
        }
    }
    Ok(wish)
}
