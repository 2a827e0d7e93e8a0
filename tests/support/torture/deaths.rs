//! Deaths without warning, at random moments and at each step of an event's way.

use std::os::unix::process::ExitStatusExt;
use std::time::Duration;

use rustix::process::Signal;

use super::chance::Chance;
use super::outcome::Outcome;
use super::stage::{Load, Stage};
use crate::support::wait;

/// The steps at which a receiver is made to die, as `bellwire_engine::ports::Milestone` names them, and that death's name.
pub const STEPS: [(&str, &str); 5] = [
    ("Decoded", "killed: decoded"),
    ("Committed", "killed: committed"),
    ("Claimed", "killed: claimed"),
    ("Shown", "killed: shown"),
    ("Marked", "killed: marked"),
];

/// Within what a receiver that was killed receives again.
pub const RECEIVING_AGAIN: Duration = Duration::from_secs(2);

/// Deaths at random moments.
#[derive(Clone, Copy, Debug)]
pub struct Kills {
    /// How many.
    pub count: u32,
    /// Chooses the moments.
    pub seed: u64,
    /// What is published meanwhile.
    pub load: Load,
}

/// Kills a receiver again and again.
pub async fn at_random(plan: Kills) -> Outcome {
    let stage = Stage::start(plan.load).await;
    let mut chance = Chance::new(plan.seed);
    let mut outcome = Outcome::default();
    for _ in 0..plan.count {
        // Drawn first, so that what happens has no part in it.
        let (dies_early, lives_on) = (chance.below(10) == 0, chance.below(150));
        let before = stage.log().newest(None);
        let mut receiver = stage.receive();
        // Now and then it dies before it has done anything at all.
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

/// Lets a receiver die the first time it passes a step, the next one the second time, and so on.
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
    // In order, so that every repeat is a death's.
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
