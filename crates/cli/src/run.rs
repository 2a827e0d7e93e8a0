//! `bellwire run`: receives all configured feeds, without a screen.

use std::path::Path;
use std::sync::Arc;

use bellwire_engine::event::{Millis, ProblemKind, Rev, Row};
use bellwire_engine::ports::Clock;
use bellwire_engine::system;
use bellwire_engine::{Engine, EngineHandle, Home, StartError};

use crate::exit::{Exit, Failure};
use crate::print;
use crate::text;

/// The number of rows in one read.
const PAGE: usize = 500;

pub async fn run(home: Option<&Path>) -> Result<Exit, Failure> {
    let home = Home::resolve(home).map_err(Failure::usage)?;
    let ports = system::ports_in(&home);
    let clock = Arc::clone(&ports.clock);
    // Installed before the engine starts, because a started engine must be shut down in order.
    let signalled = signalled();
    let engine = Engine::start(home, ports).await.map_err(|error| match error {
        StartError::AlreadyRunning | StartError::Home(_) => Failure::usage(error),
        StartError::Store(_) | StartError::ReadConfig { .. } => Failure::failed(error),
    })?;
    let first = engine.status().borrow().clone();
    match &first.problem {
        Some(problem) if problem.kind == ProblemKind::ConfigAtStart => {
            let message = problem.to_string();
            engine.shutdown().await;
            return Err(Failure::usage(message));
        }
        Some(problem) => print::error(&problem.to_string()),
        None => {}
    }
    print::note(&format!("receiving {}; press Ctrl+C to stop", text::count(first.feeds.len(), "feed")));
    let start = first.newest_rev;
    let exit = tokio::select! {
        result = report(&engine, &*clock, start) => result.map(|()| Exit::Failed)?,
        exit = signalled => exit,
    };
    engine.shutdown().await;
    Ok(exit)
}

/// Prints the rows about connections, and the problems of the whole program, until the engine ends.
async fn report(engine: &EngineHandle, clock: &dyn Clock, start: Rev) -> Result<(), Failure> {
    let (mut bell, mut status) = (engine.bell(), engine.status());
    let mut seen = start;
    let mut problem = status.borrow_and_update().problem.clone();
    loop {
        seen = report_rows(engine, clock, seen).await?;
        let changed = tokio::select! {
            changed = bell.changed() => changed,
            changed = status.changed() => changed,
        };
        if changed.is_err() {
            return Ok(());
        }
        let newest = status.borrow_and_update().problem.clone();
        if newest != problem {
            match &newest {
                Some(newest) => print::error(&newest.to_string()),
                None => print::note("the problem is solved"),
            }
            problem = newest;
        }
    }
}

/// Prints the rows about connections after revision `seen`, and returns the newest revision printed.
async fn report_rows(engine: &EngineHandle, clock: &dyn Clock, mut seen: Rev) -> Result<Rev, Failure> {
    loop {
        let reader = engine.reader();
        let read = tokio::task::spawn_blocking(move || reader.connection_changes(seen, PAGE)).await;
        let rows = read.map_err(Failure::failed)?.map_err(Failure::failed)?;
        print_rows(&rows, seen, clock.wall());
        seen = rows.last().map_or(seen, |row| row.rev);
        if rows.len() < PAGE {
            return Ok(seen);
        }
    }
}

/// Prints rows at `now`, in the order of their times: a new row has its own, and a changed one, of before revision `seen`,
/// the time at which it is printed again.
fn print_rows(rows: &[Row], seen: Rev, now: Millis) {
    let (changed, mut new): (Vec<&Row>, Vec<&Row>) = rows.iter().partition(|row| row.seq.0 <= seen.0);
    new.sort_by_key(|row| row.at);
    let lines = new.into_iter().map(|row| text::row(row, now));
    let lines = lines.chain(changed.into_iter().filter_map(|row| text::row_again(row, now)));
    lines.for_each(|line| print::note(&line));
}

/// Waits for a signal to end, and returns the exit that it asks for. Signals count from this call on, not from the
/// first await.
#[cfg(unix)]
fn signalled() -> impl Future<Output = Exit> {
    use tokio::signal::unix::{SignalKind, signal};

    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
            // No handler could be installed, so the system's default ends the program.
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => Exit::Interrupted,
            _ = terminate.recv() => Exit::Satisfied,
        }
    }
}

/// Waits for Ctrl+C, and returns the exit that it asks for.
#[cfg(not(unix))]
async fn signalled() -> Exit {
    // If no handler can be installed, the system's default ends the program.
    let _ = tokio::signal::ctrl_c().await;
    Exit::Interrupted
}
