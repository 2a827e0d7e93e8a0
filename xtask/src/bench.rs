//! `cargo xtask bench [FIGURE …]`: measures, in a release build.

use crate::failure::Failure;
use crate::{setup, step};

/// What the figure of the notifications needs.
const BUS: setup::Group =
    setup::Group { purpose: "a message bus that notifications go over", packages: &["dbus"] };

/// Sets up, builds and runs it; `arguments` go to the program as they are.
pub fn run(arguments: &[&str]) -> Result<(), Failure> {
    setup::unix("the benchmark")?;
    setup::packages(&[&setup::COMPILER, &BUS])?;
    // By itself: built with the suites, its libraries would have the features that only those ask for.
    let receiver = ["build", "--locked", "--release", "--package", "bellwire-cli"];
    step::run("build the receiver", &mut step::cargo(&receiver))?;
    let program = ["--locked", "--release", "--package", "bellwire-tests", "--bin", "bench"];
    let build: Vec<&str> = ["build"].iter().chain(&program).copied().collect();
    step::run("build what is measured", &mut step::cargo(&build))?;
    let run: Vec<&str> = ["run"].iter().chain(&program).chain(&["--"]).chain(arguments).copied().collect();
    step::run("measure", &mut step::cargo(&run))
}
