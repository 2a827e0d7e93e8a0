//! `cargo xtask lint`: every check that needs no running program.

use std::net::{TcpStream, ToSocketAddrs};
use std::path::PathBuf;
use std::time::Duration;

use crate::failure::Failure;
use crate::{behaviour, boundaries, layers, setup, step, window};

/// The release that reads our deny.toml; a newer one may know other fields.
const CARGO_DENY: &str = "0.20.2";

/// Where the advisories of RustSec are kept, as deny.toml names it.
const ADVISORY_HOST: &str = "github.com:443";

/// Sets up and runs all checks; stops at the first that fails.
pub fn run() -> Result<(), Failure> {
    setup::packages(&[&setup::BUILD])?;
    setup::node()?;

    step::run("format", &mut step::cargo(&["fmt", "--all", "--check"]))?;
    step::run("fetch all platforms' crates", &mut step::cargo(&["fetch", "--locked"]))?;
    step::say("crate boundaries: no window under crates/, no dependency in crates/sse");
    boundaries::check(&step::workspace_dir())?;
    step::detail("they hold");
    step::say("structure: no two files import each other, the engine's layers hold");
    layers::check(&step::workspace_dir())?;
    step::detail("they do");
    step::say("docs/behaviour.md: each line's test exists");
    behaviour::check(&step::workspace_dir())?;
    step::detail("they do");
    deny()?;

    window::install()?;
    window::script("lint the window", "lint")?;
    window::script("check the window's types", "check")?;
    window::build()?;
    step::run(
        "Clippy",
        &mut step::cargo(&["clippy", "--locked", "--workspace", "--all-targets", "--", "--deny", "warnings"]),
    )?;
    step::say(
        "all checks passed: format, crate boundaries, structure, bans, licences, sources, window, Clippy",
    );
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

fn deny() -> Result<(), Failure> {
    let tools_dir = step::target_dir().join("tools");
    let program_path = cargo_deny(&tools_dir)?;
    let deny = |arguments: &[&str]| {
        let mut command = std::process::Command::new(&program_path);
        command.args(arguments).current_dir(step::workspace_dir());
        command
    };
    step::run(
        "bans, licences, sources",
        // Its warnings list every crate that is there in two versions: worth a look by hand, too many for here.
        &mut deny(&["--locked", "--offline", "--log-level", "error", "check", "bans", "licenses", "sources"]),
    )?;
    if !advisories_can_be_reached() {
        step::say("advisories: skipped, their database cannot be reached from here");
        return Ok(());
    }
    step::run("advisories", &mut deny(&["--locked", "check", "advisories"]))
}

/// The path of cargo-deny under `target/tools`, built there when it is missing or another version.
fn cargo_deny(tools_dir: &std::path::Path) -> Result<PathBuf, Failure> {
    let program_path = tools_dir.join("bin/cargo-deny");
    let version = step::output(std::process::Command::new(&program_path).arg("--version"));
    if version.is_some_and(|version| version.trim().ends_with(CARGO_DENY)) {
        return Ok(program_path);
    }
    let mut install = step::cargo(&["install", "--quiet", "--locked", "--debug", "--force", "cargo-deny"]);
    install.args(["--version", CARGO_DENY, "--root"]).arg(tools_dir);
    // A target folder of its own, so that its crates do not mix with the project's and can go afterwards.
    let build_dir = tools_dir.join("build");
    install.arg("--target-dir").arg(&build_dir);
    step::run("build cargo-deny (once, about a minute)", &mut install)?;
    std::fs::remove_dir_all(&build_dir)
        .map_err(|error| Failure::new(format!("{} cannot be removed", build_dir.display())).because(error))?;
    Ok(program_path)
}

fn advisories_can_be_reached() -> bool {
    let Ok(addresses) = ADVISORY_HOST.to_socket_addrs() else { return false };
    addresses.take(2).any(|address| TcpStream::connect_timeout(&address, Duration::from_secs(3)).is_ok())
}
