//! `cargo xtask test`: every test there is, the quick ones first.

use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Instant;

use crate::failure::Failure;
use crate::{servers, setup, step, window};

/// Sets up and runs all tests; stops at the first part that fails.
pub fn run() -> Result<(), Failure> {
    let start = Instant::now();
    setup::packages(&[&setup::BUILD, &setup::DESKTOP, &setup::TESTS])?;
    setup::node()?;
    servers::install()?;
    window::install()?;
    window::script("check the window's types", "check")?;
    window::script("test the window's units", "test")?;
    window::build()?;
    // The tests drive the real programs, which `cargo test` alone does not build.
    step::run("build the programs", &mut step::cargo(&["build", "--locked", "--workspace", "--bins"]))?;
    let counts = rust_tests()?;

    let seconds = start.elapsed().as_secs();
    step::say(&format!("all tests passed in {} min {} s:", seconds / 60, seconds % 60));
    step::detail("window: type check, units (their count is above)");
    step::detail("Rust: every crate's units, decoder conformance, documentation examples, and the desktop:");
    step::detail("the real app, tray, notifications and keychain on a virtual screen; together");
    println!("{} passed, {} failed", counts.passed, counts.failed);
    Ok(())
}

/// What the test programs' closing lines add up to.
#[derive(Debug, Default, PartialEq)]
struct Counts {
    passed: u64,
    failed: u64,
}

impl Counts {
    /// Adds a closing line such as `test result: ok. 8 passed; 0 failed; 0 ignored; …`; other lines count nothing.
    fn add(&mut self, line: &str) {
        let Some((_, counts)) = line.strip_prefix("test result: ").and_then(|rest| rest.split_once(". "))
        else {
            return;
        };
        for count in counts.split("; ") {
            match count.split_once(' ').map(|(number, word)| (number.parse::<u64>(), word)) {
                Some((Ok(number), "passed")) => self.passed += number,
                Some((Ok(number), "failed")) => self.failed += number,
                _ => {}
            }
        }
    }
}

/// Runs `cargo test`, shows its output as it comes and adds up its closing lines.
fn rust_tests() -> Result<Counts, Failure> {
    let lost = |error| Failure::new("`cargo test` was lost").because(error);
    let mut command = step::cargo(&["test", "--locked", "--workspace"]);
    step::say("test Rust: cargo test --locked --workspace");
    let mut cargo = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(lost)?;
    let mut counts = Counts::default();
    if let Some(stdout) = cargo.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            counts.add(&line);
        }
    }
    let status = cargo.wait().map_err(lost)?;
    if status.success() {
        return Ok(counts);
    }
    println!("{} passed, {} failed", counts.passed, counts.failed);
    Err(Failure::new("the Rust tests failed").because(status).next("the first failure is above"))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn closing_lines_add_up_and_nothing_else_counts() {
        let mut counts = Counts::default();
        for line in [
            "test result: ok. 8 passed; 0 failed; 0 ignored; 0 measured; 2 filtered out; finished in 0.13s",
            "test result: FAILED. 3 passed; 2 failed; 0 ignored; 0 measured; 0 filtered out; finished in 1s",
            "test one ... ok",
            "9 passed; 9 failed",
        ] {
            counts.add(line);
        }
        assert_eq!(counts, Counts { passed: 11, failed: 2 });
    }
}
