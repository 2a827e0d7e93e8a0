//! What `cargo xtask` does, and the virtual desktop that it shares with the desktop tests.
//!
//! What needs process groups and a virtual screen is there on Unix only; elsewhere its commands say so.
#![allow(clippy::print_stdout, reason = "a command-line tool speaks through its output")]
#![allow(clippy::disallowed_methods, reason = "time limits on real processes need the real clock")]

pub mod behaviour;
pub mod bench;
pub mod bundle;
#[cfg(unix)]
pub mod demo;
#[cfg(unix)]
pub mod desktop;
pub mod failure;
pub mod fuzz;
pub mod layers;
pub mod lint;
pub mod npm;
#[cfg(unix)]
pub mod process_group;
pub mod sbom;
pub mod servers;
pub mod setup;
pub mod step;
pub mod test;
pub mod tools;
pub mod torture;
pub mod window;
