//! `cargo xtask`: sets a machine up, shows the app, runs every test and check.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool speaks through its output"
)]

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  demo
      Opens Bellwire on a temporary home with the three demo feeds. Without a display it
      uses a virtual one, prints what arrives, saves a screenshot and ends.
  test [SUITE ...] [-- WORD ...]
      Runs the suites, or all tests when no suite is named: window, units, conformance,
      engine, network, services, real_servers, support, crash, desktop. Words after --
      go to the test program, for example a part of a test's name.
  lint
      Checks format, spelling, dependencies, licences and the list of behaviour; runs
      the window's linters and Clippy.
  lint structure
      Lists files of one crate that import each other, and modules of the engine that
      use a layer that is not below their own. Fails if there are any.
  torture [--minutes N] [--kills N] [--seed S]
      Kills, stops and disconnects the receiver under load while the server, the network
      and the notification service fail, then compares what the server sent with the log
      and the notifications. Runs 10 minutes by default.
  fuzz [TARGET ...] [--for DURATION] [--seed N]
      Mutates inputs of decoder, config, expressions and links, a minute each by default,
      and keeps the first for which something does not hold under target/fuzz. The tests do
      the same for seconds.
  bench [--write | FIGURE [SETTING N ...]]
      Measures a release build: line, feeds, burst, steady, arrivals, store, peer, or all
      of these (about eight minutes); or polled (ten minutes). --write updates the figures
      in docs.
  bundle
      Builds both programs as a release into target/bundle, with their licences, a bill of
      materials (CycloneDX) and SHA-256 sums.

Each command first installs what it needs: system packages on Debian and Ubuntu (as root
or with sudo), npm and PyPI packages, and tools under target/. Set BELLWIRE_SETUP=skip if
the system packages are already installed.
";

#[cfg(unix)]
fn demo() -> Result<(), xtask::failure::Failure> {
    xtask::demo::run()
}

#[cfg(not(unix))]
fn demo() -> Result<(), xtask::failure::Failure> {
    xtask::setup::unix("the demo")
}

fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let words: Vec<&str> = arguments.iter().map(String::as_str).collect();
    let done = match words.as_slice() {
        [] | ["help" | "--help" | "-h"] => {
            print!("{HELP}");
            return ExitCode::SUCCESS;
        }
        ["demo"] => demo(),
        ["test", arguments @ ..] => match xtask::test::Request::parse(arguments) {
            Ok(request) => request.run(),
            Err(message) => {
                eprint!("error: {message}");
                return ExitCode::from(2);
            }
        },
        ["lint"] => xtask::lint::run(),
        ["lint", "structure"] => xtask::lint::structure(),
        ["bench", arguments @ ..] => xtask::bench::run(arguments),
        ["bundle"] => xtask::bundle::run(),
        ["fuzz", arguments @ ..] => xtask::fuzz::run(arguments),
        ["torture", arguments @ ..] => xtask::torture::run(arguments),
        _ => {
            eprintln!("error: unknown: {}\n\n{HELP}", words.join(" "));
            return ExitCode::from(2);
        }
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(failure) => {
            eprintln!("error: {failure}");
            ExitCode::FAILURE
        }
    }
}
