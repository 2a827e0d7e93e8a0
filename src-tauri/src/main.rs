//! Bellwire's desktop app: connects tray, window and notifications with the engine; see `docs/architecture.md`.

mod app;
mod bridge;
mod clock;
mod commands;
mod controller;
mod demo;
mod dto;
mod handover;
mod options;
mod shell;
mod tray;
mod window;
mod words;

use std::io::Write;
use std::process::ExitCode;

use bellwire_engine::system;
use bellwire_engine::text::Shown;
use clap::Parser;
use tracing_subscriber::EnvFilter;

fn main() -> ExitCode {
    let options = options::Options::parse();
    let filter = EnvFilter::try_from_env("BELLWIRE_LOG").unwrap_or_else(|_| EnvFilter::new("warn"));
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| Shown(std::io::stderr())).init();
    system::forbid_core_dumps();
    match app::run(&options) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _ = writeln!(Shown(std::io::stderr()), "bellwire-desktop: {error}");
            ExitCode::from(error.exit_code())
        }
    }
}
