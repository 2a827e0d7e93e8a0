//! `cargo xtask bench [FIGURE …]`: measures, in a release build.

use crate::failure::Failure;
use crate::{setup, step};

/// Sets up, builds and runs it; `arguments` go to the program as they are.
pub fn run(arguments: &[&str]) -> Result<(), Failure> {
    setup::packages(&[&setup::BUILD])?;
    let program = ["--locked", "--release", "--package", "bellwire-tests", "--bin", "bench"];
    let build: Vec<&str> = ["build"].iter().chain(&program).copied().collect();
    step::run("build what is measured", &mut step::cargo(&build))?;
    let run: Vec<&str> = ["run"].iter().chain(&program).chain(&["--"]).chain(arguments).copied().collect();
    step::run("measure", &mut step::cargo(&run))
}
