//! `cargo xtask torture [--minutes N] [--kills N] [--seed S]`: the long form of the crash suite.

use crate::failure::Failure;
use crate::{setup, step};

/// Sets up, builds and runs it; `arguments` go to the program as they are.
pub fn run(arguments: &[&str]) -> Result<(), Failure> {
    setup::unix("the torture")?;
    setup::packages(&[&setup::COMPILER, &setup::DESKTOP])?;
    let build = ["build", "--locked", "--package", "bellwire-cli", "--package", "bellwire-tests", "--bins"];
    step::run("build the receiver and its tormentor", &mut step::cargo(&build))?;
    let run = ["run", "--locked", "--package", "bellwire-tests", "--bin", "torture", "--"];
    let words: Vec<&str> = run.iter().chain(arguments).copied().collect();
    step::run("torment it", &mut step::cargo(&words))
}
