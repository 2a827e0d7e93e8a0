//! `cargo xtask lint`: every check that needs no running program.

use std::net::{TcpStream, ToSocketAddrs};
use std::time::Duration;

use crate::failure::Failure;
use crate::{behaviour, layers, setup, step, tools, window};

/// Where the advisories of RustSec are kept, as cargo-deny fetches them.
const ADVISORY_HOST: &str = "github.com:443";

/// Sets up and runs all checks; stops at the first that fails.
///
/// # Errors
///
/// When a check fails or its tool cannot be installed.
pub fn run() -> Result<(), Failure> {
    setup::packages(&[&setup::COMPILER, &setup::WEBVIEW])?;
    setup::node()?;

    step::run("format", &mut step::cargo(&["fmt", "--all", "--check"]))?;
    // Its output names file, line, column and the correction.
    step::run("spelling", tools::TYPOS.command()?.args(["--format", "brief"]))?;
    step::run("fetch all platforms' crates", &mut step::cargo(&["fetch", "--locked"]))?;
    step::say("structure: no two files import each other, the engine's layers hold");
    layers::check(&step::workspace_dir())?;
    step::detail("they do");
    step::say("docs/behaviour.md: each line's test exists");
    behaviour::check(&step::workspace_dir())?;
    step::detail("they do");
    dependencies()?;

    window::install()?;
    window::script("lint the window", "lint")?;
    window::script("check the window's types", "check")?;
    window::build()?;
    let mut clippy = step::cargo(&["clippy", "--locked", "--workspace", "--all-targets"]);
    if !cfg!(unix) {
        clippy.args(["--exclude", "bellwire-tests"]);
    }
    step::run("Clippy", clippy.args(["--", "--deny", "warnings"]))?;
    step::say("all checks passed: format, spelling, structure, dependencies, licences, window, Clippy");
    Ok(())
}

/// Checks only the structure inside the crates, and prints what violates it.
///
/// # Errors
///
/// When something does, or the sources cannot be read.
pub fn structure() -> Result<(), Failure> {
    layers::print(&step::workspace_dir())
}

/// Checks what the crates depend on: boundaries between them, bans, licences, sources, advisories.
fn dependencies() -> Result<(), Failure> {
    check_dependencies(
        "no window outside the app",
        &["--config", ".ci/deny-without-window.toml"],
        &["bans"],
    )?;
    let sse = ["--config", ".ci/deny-sse.toml", "--manifest-path", "crates/sse/Cargo.toml"];
    check_dependencies("crates/sse only computes", &sse, &["bans"])?;
    check_dependencies("bans, licences, sources", &[], &["bans", "licenses", "sources"])?;
    if !advisories_can_be_reached() {
        step::say("advisories: skipped, their database cannot be reached from here");
        return Ok(());
    }
    step::run("advisories", tools::CARGO_DENY.command()?.args(["--locked", "check", "advisories"]))
}

fn check_dependencies(what: &str, options: &[&str], checks: &[&str]) -> Result<(), Failure> {
    let mut command = tools::CARGO_DENY.command()?;
    // Its warnings list every crate that is there in two versions: worth a look by hand, too many for here.
    command.args(["--locked", "--offline", "--log-level", "error"]).args(options).arg("check").args(checks);
    step::run(what, &mut command)
}

fn advisories_can_be_reached() -> bool {
    let Ok(addresses) = ADVISORY_HOST.to_socket_addrs() else { return false };
    addresses.take(2).any(|address| TcpStream::connect_timeout(&address, Duration::from_secs(3)).is_ok())
}
