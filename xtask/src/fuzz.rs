//! `cargo xtask fuzz [TARGET …] [--for DURATION] [--seed N]`: the long form of the tests of crates/fuzz.

use crate::failure::Failure;
use crate::{setup, step};

/// Sets up, builds and runs it; `arguments` go to the program as they are.
///
/// # Errors
///
/// When it does not build, or finds something.
pub fn run(arguments: &[&str]) -> Result<(), Failure> {
    setup::packages(&[&setup::COMPILER])?;
    let run = ["run", "--locked", "--profile", "fuzz", "--package", "bellwire-fuzz", "--"];
    let words: Vec<&str> = run.iter().chain(arguments).copied().collect();
    step::run("fuzz", &mut step::cargo(&words))
}
