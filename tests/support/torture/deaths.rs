//! Kills the receiver (SIGKILL), at random moments and at each step of an event's processing.

use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use rustix::process::Signal;

use super::chance::Chance;
use super::outcome::Outcome;
use super::stage::{Load, Stage};
use crate::support::wait;

/// The steps at which a receiver is killed, named as in `bellwire_engine::ports::Milestone`, and the names of these
/// kills in the report.
pub const STEPS: [(&str, &str); 5] = [
    ("Decoded", "killed: decoded"),
    ("Committed", "killed: committed"),
    ("Claimed", "killed: claimed"),
    ("Shown", "killed: shown"),
    ("Marked", "killed: marked"),
];

/// The maximum time from a start after a kill until the first row.
pub const RECEIVING_AGAIN: Duration = Duration::from_secs(2);

/// Settings of kills at random moments.
#[derive(Clone, Copy, Debug)]
pub struct Kills {
    /// The number of kills.
    pub count: u32,
    /// The seed of the moments.
    pub seed: u64,
    /// The load during the kills.
    pub load: Load,
}

/// Kills a receiver repeatedly at random moments.
pub async fn at_random(plan: Kills) -> Outcome {
    let stage = Stage::start(plan.load).await;
    let mut chance = Chance::new(plan.seed);
    let mut outcome = Outcome::default();
    for _ in 0..plan.count {
        // Drawn before the start, so that the numbers depend on the seed alone.
        let (dies_early, lives_on) = (chance.below(10) == 0, chance.below(150));
        let before = stage.log().newest(None);
        let mut receiver = stage.receive();
        // One in ten is killed before it has received anything.
        if !dies_early {
            note_start(&stage, before, &mut outcome).await;
        }
        tokio::time::sleep(Duration::from_millis(lives_on)).await;
        receiver.kill();
        outcome.count_death("killed: at random");
    }
    outcome.ledgers = stage.settle().await;
    outcome
}

/// Kills a receiver the first time that it reaches a step, the next one the second time, and so on.
pub async fn at_step((step, death): (&str, &'static str), deaths: u32, load: Load) -> Outcome {
    let stage = Stage::start(load).await;
    let mut outcome = Outcome::default();
    for nth in 1..=deaths {
        let mut receiver = stage.receive_until(step, nth);
        let status = receiver.ended(wait::LIMIT).await;
        let signal = status.unwrap_or_else(|| panic!("{step} was not passed {nth} times")).signal();
        assert_eq!(signal, Some(9), "it died at {step} by its own hand");
        outcome.count_death(death);
    }
    let before = stage.log().newest(None);
    let mut receiver = stage.receive();
    note_start(&stage, before, &mut outcome).await;
    // A clean end, so that every repeated notification is caused by a kill.
    receiver.end(Signal::TERM, wait::LIMIT).await.expect("it ends when asked");
    outcome.ledgers = stage.settle().await;
    outcome
}

async fn note_start(stage: &Stage, before: i64, outcome: &mut Outcome) {
    let Some(took) = stage.row_after(before, wait::LIMIT).await else {
        outcome.broken.push(format!("not receiving {} s after a start", wait::LIMIT.as_secs()));
        return;
    };
    outcome.slowest_start = outcome.slowest_start.max(took);
    if took > RECEIVING_AGAIN {
        outcome.broken.push(format!("receiving only {} ms after a start", took.as_millis()));
    }
}
