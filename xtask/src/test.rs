//! `cargo xtask test [SUITE …] [-- WORD …]`: every test there is, or the suites that are named; the quick ones first.

mod counts;
mod suites;

#[cfg(test)]
mod tests;

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader};
use std::process::Stdio;
use std::time::Instant;

use crate::failure::Failure;
use crate::setup::{self, Group};
use crate::{servers, step, window};
use counts::Counts;
use suites::{SUITES, Suite};

/// Which tests to run, and how.
#[derive(Debug)]
pub struct Request<'a> {
    suites: Vec<&'static Suite>,
    /// Words for the test harness, such as a part of a test's name.
    harness_words: &'a [&'a str],
    is_everything: bool,
}

impl<'a> Request<'a> {
    /// Reads names of suites and, after `--`, words for the test harness. No name at all means everything.
    ///
    /// # Errors
    ///
    /// A message with all names, when one of them is not a suite.
    pub fn parse(arguments: &'a [&'a str]) -> Result<Self, String> {
        let dashes = arguments.iter().position(|word| *word == "--");
        let (names, harness_words) = match dashes {
            Some(at) => (&arguments[..at], &arguments[at + 1..]),
            None => (arguments, &[][..]),
        };
        let is_everything = names.is_empty();
        let suites = if is_everything { SUITES.iter().collect() } else { suites::by_name(names)? };
        Ok(Self { suites, harness_words, is_everything })
    }

    /// Sets up what the suites need and runs them; stops at the first part that fails.
    ///
    /// # Errors
    ///
    /// When the set-up or a test fails.
    pub fn run(&self) -> Result<(), Failure> {
        let start = Instant::now();
        if let Some(suite) = self.suites.iter().find(|suite| suite.is_integration()) {
            setup::unix(&format!("the suite {}", suite.name))?;
        }
        self.set_up()?;
        if self.contains(suites::WINDOW) {
            window::script("check the window's types", "check")?;
            step::run(
                "test the window's units",
                window::npm(&["run", "test", "--"]).args(self.harness_words),
            )?;
        }
        if let Some(build) = self.build_command() {
            // The tests drive the real programs, which `cargo test` alone does not build.
            step::run("build the programs", &mut step::cargo(&build))?;
        }
        let mut counts = Counts::default();
        for command in self.cargo_commands() {
            if let Err(failure) = rust_tests(&command, &mut counts) {
                println!("{counts}");
                return Err(failure);
            }
        }
        let seconds = start.elapsed().as_secs();
        let names: Vec<&str> = self.suites.iter().map(|suite| suite.name).collect();
        step::say(&format!("all passed in {} min {} s: {}", seconds / 60, seconds % 60, names.join(", ")));
        if self.contains(suites::WINDOW) {
            step::detail("the window's tests are counted in their own output above");
        }
        if counts != Counts::default() {
            println!("{counts}");
        }
        Ok(())
    }

    fn set_up(&self) -> Result<(), Failure> {
        let is_wanted = |group: &&&Group| {
            self.suites.iter().any(|suite| suite.groups.iter().any(|needed| needed.purpose == group.purpose))
        };
        let groups: Vec<&Group> = setup::GROUPS.iter().filter(is_wanted).copied().collect();
        if !groups.is_empty() {
            setup::packages(&groups)?;
        }
        let needs_servers = self.suites.iter().any(|suite| suite.needs_servers);
        let needs_window = self.suites.iter().any(|suite| suite.needs_window);
        if needs_servers || needs_window || self.contains(suites::WINDOW) {
            setup::node()?;
        }
        if needs_servers {
            servers::install()?;
        }
        if needs_window || self.contains(suites::WINDOW) {
            window::install()?;
        }
        if needs_window {
            window::build()?;
        }
        Ok(())
    }

    fn contains(&self, name: &str) -> bool {
        self.suites.iter().any(|suite| suite.name == name)
    }

    /// The words after `cargo` that build the programs, or `None` where the suites drive none.
    fn build_command(&self) -> Option<Vec<&'static str>> {
        if self.is_everything {
            return Some(vec!["build", "--locked", "--workspace", "--bins"]);
        }
        let programs = self.suites.iter().flat_map(|suite| suite.programs);
        let (packages, names): (BTreeSet<&str>, BTreeSet<&str>) = programs.copied().unzip();
        if names.is_empty() {
            return None;
        }
        let packages = packages.into_iter().flat_map(|package| ["--package", package]);
        let names = names.into_iter().flat_map(|name| ["--bin", name]);
        Some(["build", "--locked"].into_iter().chain(packages).chain(names).collect())
    }

    /// The words after `cargo` of each run of Rust tests.
    fn cargo_commands(&self) -> Vec<Vec<&str>> {
        let mut commands = Vec::new();
        if self.is_everything {
            commands.push(vec!["test", "--locked", "--workspace"]);
        } else {
            if self.contains(suites::UNITS) {
                commands.push(vec!["test", "--locked", "--workspace", "--exclude", "bellwire-tests"]);
            }
            let suites = self.suites.iter().filter(|suite| suite.is_integration());
            let names: Vec<&str> = suites.map(|suite| suite.name).collect();
            if !names.is_empty() {
                let mut command = vec!["test", "--locked", "--package", "bellwire-tests"];
                command.extend(names.into_iter().flat_map(|name| ["--test", name]));
                commands.push(command);
            }
        }
        if !self.harness_words.is_empty() {
            for command in &mut commands {
                command.push("--");
                command.extend(self.harness_words);
            }
        }
        commands
    }
}

/// Runs one `cargo test`, shows its output as it comes and adds its closing lines to `counts`.
fn rust_tests(words: &[&str], counts: &mut Counts) -> Result<(), Failure> {
    let lost = |error| Failure::new("`cargo test` was lost").because(error);
    step::say(&format!("test Rust: cargo {}", words.join(" ")));
    let mut command = step::cargo(words);
    let mut cargo = command.stdin(Stdio::null()).stdout(Stdio::piped()).spawn().map_err(lost)?;
    if let Some(stdout) = cargo.stdout.take() {
        for line in BufReader::new(stdout).split(b'\n').map_while(Result::ok) {
            let line = String::from_utf8_lossy(&line);
            println!("{line}");
            counts.add(&line);
        }
    }
    let status = cargo.wait().map_err(lost)?;
    if status.success() {
        return Ok(());
    }
    Err(Failure::new("the Rust tests failed").because(status).next("the first failure is above"))
}
