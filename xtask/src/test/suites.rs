//! The suites by name, and what each needs before it can run.

use crate::setup::{self, Group};

/// A part of the tests that can run alone.
#[derive(Debug)]
pub(super) struct Suite {
    pub(super) name: &'static str,
    /// What it tests, for the list of suites.
    about: &'static str,
    pub(super) groups: &'static [&'static Group],
    /// The window's files must be built, because the app is compiled with them.
    pub(super) needs_window: bool,
    /// The npm and PyPI packages of the event servers must be installed.
    pub(super) needs_servers: bool,
    /// The programs that it drives, by package and name.
    pub(super) programs: &'static [(&'static str, &'static str)],
}

const COMMAND_LINE: (&str, &str) = ("bellwire-cli", "bellwire");
const CRASH_POINT: (&str, &str) = ("bellwire-tests", "crash-point");
const DESKTOP_APP: (&str, &str) = ("bellwire-desktop", "bellwire-desktop");

/// The suite of the crates' unit tests.
pub(super) const UNITS: &str = "units";

/// The suite of the window's own tests, which are not Rust.
pub(super) const WINDOW: &str = "window";

/// All suites, the quick ones first. All but [`UNITS`] and [`WINDOW`] are named in tests/Cargo.toml.
pub(super) const SUITES: &[Suite] = &[
    Suite { about: "the window's type check and unit tests", groups: &[], ..Suite::named(WINDOW) },
    Suite {
        about: "every crate's unit tests and documentation examples",
        groups: &[&setup::COMPILER, &setup::WEBVIEW],
        needs_window: true,
        ..Suite::named(UNITS)
    },
    Suite { about: "the decoder and the connection against public cases", ..Suite::named("conformance") },
    Suite { about: "the engine in one process, against servers of our own", ..Suite::named("engine") },
    Suite {
        about: "connections through proxies, broken networks and TLS",
        groups: &[&setup::COMPILER, &setup::NETWORK],
        programs: &[COMMAND_LINE],
        ..Suite::named("network")
    },
    Suite {
        about: "a keychain and a notification service that fail",
        groups: &[&setup::COMPILER, &setup::DESKTOP],
        programs: &[COMMAND_LINE],
        ..Suite::named("services")
    },
    Suite {
        about: "nchan, libraries for Python and Node, servers of tutorials; nginx, HAProxy, Caddy as proxies",
        groups: &[&setup::COMPILER, &setup::SERVERS],
        needs_servers: true,
        programs: &[COMMAND_LINE],
        ..Suite::named("real_servers")
    },
    Suite {
        about: "the virtual desktop and the servers that the other suites use",
        groups: &[&setup::COMPILER, &setup::DESKTOP, &setup::DESKTOP_TESTS, &setup::SERVERS],
        ..Suite::named("support")
    },
    Suite {
        about: "kills at every step, refused writes, signals",
        groups: &[&setup::COMPILER, &setup::DESKTOP],
        programs: &[COMMAND_LINE, CRASH_POINT],
        ..Suite::named("crash")
    },
    Suite {
        about: "the real app on a virtual desktop: tray, window, notifications",
        groups: &[&setup::COMPILER, &setup::WEBVIEW, &setup::DESKTOP, &setup::DESKTOP_TESTS, &setup::SERVERS],
        needs_window: true,
        programs: &[COMMAND_LINE, DESKTOP_APP],
        ..Suite::named("desktop")
    },
];

impl Suite {
    /// Returns whether it is a test program of tests/Cargo.toml.
    pub(super) fn is_integration(&self) -> bool {
        ![UNITS, WINDOW].contains(&self.name)
    }

    /// A suite that needs a compiler alone.
    const fn named(name: &'static str) -> Self {
        Self {
            name,
            about: "",
            groups: &[&setup::COMPILER],
            needs_window: false,
            needs_servers: false,
            programs: &[],
        }
    }
}

/// Returns the suites called `names`, in the order of the list and each once.
///
/// # Errors
///
/// A message with all names, when one of them is not a suite.
pub(super) fn by_name(names: &[&str]) -> Result<Vec<&'static Suite>, String> {
    if let Some(unknown) = names.iter().find(|name| SUITES.iter().all(|suite| suite.name != **name)) {
        return Err(format!("{unknown} is not a suite; there are:\n{}", list()));
    }
    Ok(SUITES.iter().filter(|suite| names.contains(&suite.name)).collect())
}

/// One line for each suite: its name and what it tests.
fn list() -> String {
    SUITES.iter().map(|suite| format!("  {:<13}{}\n", suite.name, suite.about)).collect()
}
