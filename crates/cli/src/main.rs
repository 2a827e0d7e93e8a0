//! `bellwire`: the engine without a screen.

mod args;
mod check;
mod demo;
mod exit;
mod feed;
mod given;
mod log;
mod observe;
mod presets;
mod print;
mod run;
mod secret;
mod seen;
mod target;
mod text;
mod time;
mod watch;
mod wire;

use std::process::ExitCode;

use bellwire_engine::event::PROBLEM_LOG;
use bellwire_engine::system;
use bellwire_engine::text::Shown;
use clap::Parser;

use args::{Args, Command};
use exit::{Exit, Failure};

fn main() -> ExitCode {
    let args = Args::try_parse().unwrap_or_else(|error| args::without_values(error).exit());
    start_log(args.verbose);
    system::forbid_core_dumps();
    let outcome = match tokio::runtime::Builder::new_multi_thread().enable_all().build() {
        Ok(runtime) => {
            let outcome = runtime.block_on(dispatch(args));
            // A prompt that still waits for input must not keep the program from ending.
            runtime.shutdown_background();
            outcome
        }
        Err(error) => Err(Failure::failed(format!("cannot start the worker threads: {error}"))),
    };
    match outcome {
        Ok(exit) => exit.into(),
        Err(failure) => {
            print::error(&failure.message);
            failure.exit.into()
        }
    }
}

async fn dispatch(args: Args) -> Result<Exit, Failure> {
    let home = args.home.as_deref();
    match args.command {
        Command::Watch(options) => watch::run(home, options).await,
        Command::Run => run::run(home).await,
        Command::Log(options) => log::run(home, options).await,
        Command::Feed(command) => feed::run(home, command).await,
        Command::Secret(command) => secret::run(home, command).await,
        Command::Presets(options) => presets::run(&options),
        Command::Check => check::run(home),
        Command::Demo(options) => demo::run(options).await,
    }
}

/// Sends the program's own log to stderr; the variable `BELLWIRE_LOG` sets its level, for one module or for all.
fn start_log(verbose: bool) {
    let level = if verbose { "bellwire_engine=debug,info" } else { "warn" };
    let filter = tracing_subscriber::EnvFilter::try_from_env("BELLWIRE_LOG").unwrap_or_else(|_| level.into());
    // `run` prints these itself.
    let filter = match format!("{PROBLEM_LOG}=off").parse() {
        Ok(directive) => filter.add_directive(directive),
        Err(_) => filter,
    };
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(|| Shown(std::io::stderr())).init();
}
