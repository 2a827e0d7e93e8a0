//! `cargo xtask`: sets a machine up, shows the app, runs every test and check.
#![allow(
    clippy::print_stdout,
    clippy::print_stderr,
    reason = "a command-line tool speaks through its output"
)]

use std::process::ExitCode;

const HELP: &str = "\
cargo xtask COMMAND

  demo   opens Bellwire on a throwaway home with the three demo feeds; without a
         display it does so on a virtual one, prints what arrives, takes a picture
  test   runs everything: Rust, the window's units, the desktop tests
  lint   formatting, Clippy, the window's linters, licences and crate boundaries
  lint structure
         prints which files of a crate import each other and which modules of the
         engine use a layer that is not below them; fails when there are any
  torture [--minutes N] [--kills N] [--seed S]
         kills, stops and cuts off the receiver under load, again and again, while
         server, network and notification service fail, and compares the ledgers of
         the server, the log and the notifications; 10 minutes unless told
  bench [--write | FIGURE [SETTING N ...]]
         measures in a release build: line, feeds, burst, steady, load, bulk, notify,
         arrivals, store, peer, or all of them, about fifteen minutes; --write puts them
         into docs

Each first sets up what it needs: system packages on Debian and Ubuntu (as root or
with sudo), packages of npm and PyPI, tools of its own under target/.
BELLWIRE_SETUP=skip leaves the system packages alone.
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
