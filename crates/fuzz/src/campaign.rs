//! Runs a target over mutated inputs.

use std::collections::HashSet;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::time::{Duration, Instant};

use crate::chance::Chance;
use crate::memory::most_held;
use crate::mutation::mutated;
use crate::target::Target;

/// The longest that an input may take: far more than any takes on a loaded machine, and far less than work that grows with
/// the square of the largest input.
const MAX_TIME: Duration = Duration::from_secs(10);

/// The most inputs that are kept to be mutated further, and the largest of them, in bytes: large ones cost time.
const MAX_KEPT: usize = 5_000;
const MAX_KEPT_INPUT: usize = 4 * 1024;

/// Mutated inputs of one target, in an order that the seed decides.
pub struct Campaign {
    target: &'static Target,
    chance: Chance,
    inputs: Vec<Vec<u8>>,
    seen: HashSet<u64>,
}

/// An input for which something does not hold.
#[derive(Debug)]
pub struct Finding {
    /// The input.
    pub input: Vec<u8>,
    /// What does not hold.
    pub message: String,
}

impl Campaign {
    /// Begins with these inputs.
    pub fn new(target: &'static Target, inputs: Vec<Vec<u8>>, seed: u64) -> Self {
        Self { target, chance: Chance::new(seed), inputs, seen: HashSet::new() }
    }

    /// Returns the next input.
    pub fn next_input(&mut self) -> Vec<u8> {
        mutated(&mut self.chance, &self.inputs, self.target.words)
    }

    /// Runs the target on an input, and keeps the input if something new became of it.
    ///
    /// # Errors
    ///
    /// A [`Finding`] if something does not hold.
    pub fn run(&mut self, input: Vec<u8>) -> Result<(), Finding> {
        match outcome(self.target, &input) {
            Ok(shape) => {
                let is_new = self.seen.insert(shape);
                if is_new && self.inputs.len() < MAX_KEPT && input.len() <= MAX_KEPT_INPUT {
                    self.inputs.push(input);
                }
                Ok(())
            }
            Err(message) => Err(Finding { input, message }),
        }
    }

    /// Returns how many different things became of the inputs.
    pub fn outcomes(&self) -> usize {
        self.seen.len()
    }
}

/// Returns what became of an input, as a number that is the same for the same thing.
fn outcome(target: &Target, input: &[u8]) -> Result<u64, String> {
    let begun = Instant::now();
    let run = AssertUnwindSafe(|| (target.run)(input));
    let (done, held) = most_held(|| catch_unwind(run));
    let shape = done.map_err(|panic| {
        let text = panic.downcast_ref::<String>().map(String::as_str);
        text.or(panic.downcast_ref::<&str>().copied()).unwrap_or("a panic").to_owned()
    })?;
    let took = begun.elapsed();
    if took > MAX_TIME {
        return Err(format!("it took {} ms; {} are allowed", took.as_millis(), MAX_TIME.as_millis()));
    }
    if held > target.max_memory {
        return Err(format!("it held {held} bytes at once; {} are allowed", target.max_memory));
    }
    Ok(shape)
}
