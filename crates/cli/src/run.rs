//! `bellwire run`: receives all configured feeds, without a screen.

use std::path::Path;

use bellwire_engine::event::ProblemKind;
use bellwire_engine::event::Rev;
use bellwire_engine::system;
use bellwire_engine::{Engine, EngineHandle, Home, StartError};

use crate::exit::{Exit, Failure};
use crate::print;
use crate::text;

/// How many rows are read at once.
const PAGE: usize = 500;

pub async fn run(home: Option<&Path>) -> Result<Exit, Failure> {
    let home = Home::resolve(home).map_err(Failure::usage)?;
    let ports = system::ports_in(&home);
    // Before anything is begun that must be ended in order.
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
    print::note(&format!("receiving {}; Ctrl C ends", text::count(first.feeds.len(), "feed")));
    let start = first.newest_rev;
    let exit = tokio::select! {
        result = tell(&engine, start) => result.map(|()| Exit::Failed)?,
        exit = signalled => exit,
    };
    engine.shutdown().await;
    Ok(exit)
}

/// Prints the rows about connections, and problems of the whole, as they come.
async fn tell(engine: &EngineHandle, start: Rev) -> Result<(), Failure> {
    let (mut bell, mut status) = (engine.bell(), engine.status());
    let mut seen = start;
    let mut problem = status.borrow_and_update().problem.clone();
    loop {
        seen = tell_rows(engine, seen).await?;
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

async fn tell_rows(engine: &EngineHandle, mut seen: Rev) -> Result<Rev, Failure> {
    loop {
        let reader = engine.reader();
        let read = tokio::task::spawn_blocking(move || reader.connection_changes(seen, PAGE)).await;
        let rows = read.map_err(Failure::failed)?.map_err(Failure::failed)?;
        for row in &rows {
            print::note(&text::row(row));
        }
        seen = rows.last().map_or(seen, |row| row.rev);
        if rows.len() < PAGE {
            return Ok(seen);
        }
    }
}

/// What the system asks for from here on, not only once this is awaited.
#[cfg(unix)]
fn signalled() -> impl Future<Output = Exit> {
    use tokio::signal::unix::{SignalKind, signal};

    let signals = (signal(SignalKind::interrupt()), signal(SignalKind::terminate()));
    async move {
        let (Ok(mut interrupt), Ok(mut terminate)) = signals else {
            // Without a handler the system's own ends the program.
            return std::future::pending().await;
        };
        tokio::select! {
            _ = interrupt.recv() => Exit::Interrupted,
            _ = terminate.recv() => Exit::Satisfied,
        }
    }
}

#[cfg(not(unix))]
async fn signalled() -> Exit {
    // Without a handler the system's own ends the program.
    let _ = tokio::signal::ctrl_c().await;
    Exit::Interrupted
}
