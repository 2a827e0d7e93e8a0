//! Follows changes of `config.toml`: reads the file again, checks it and applies it.

use std::io;
use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::core::Core;
use crate::config::{Config, ConfigError, ConfigFile};
use crate::event::{PROBLEM_LOG, Problem, ProblemKind};
use crate::feed::Control;
use crate::file_watch::FileWatch;
use crate::home::Home;

/// The delay between a change of the file and reading it, because editors write a file in several steps.
const SETTLE: Duration = Duration::from_millis(100);

/// The timeout for reading `config.toml` and the files that it names. A disk answers in far less, and a program that
/// starts must not wait for one that hangs.
const READ_DEADLINE: Duration = Duration::from_secs(10);

/// The error when `config.toml` cannot be read from the disk.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}: {source}; check that you may read the file", path.display())]
pub struct ReadConfigError {
    path: std::path::PathBuf,
    source: io::Error,
}

/// The text of the file and the result of parsing it.
pub(super) type Loaded = (String, Result<Config, ConfigError>);

/// Reads and parses the file, and the files that it names.
///
/// # Errors
/// [`ReadConfigError`] if the file cannot be read in time. A file that cannot be parsed is not an error here.
pub(super) async fn read(file: &ConfigFile, home: &Home) -> Result<Loaded, ReadConfigError> {
    let failed = |source| ReadConfigError { path: home.config_path().to_owned(), source };
    let file = file.clone();
    let reading = within(READ_DEADLINE, move || {
        let text = file.read()?;
        let loaded = file.parse(&text);
        Ok((text, loaded))
    });
    reading.await.map_err(failed)
}

/// Runs a call of the file system that may never return, as those to a network's disk, and gives it up after `deadline`
/// of real time.
async fn within<T: Send + 'static>(
    deadline: Duration,
    call: impl FnOnce() -> io::Result<T> + Send + 'static,
) -> io::Result<T> {
    match tokio::time::timeout(deadline, tokio::task::spawn_blocking(call)).await {
        Ok(done) => done.map_err(io::Error::other)?,
        Err(_) => Err(io::Error::other(format!("the disk did not answer within {} s", deadline.as_secs()))),
    }
}

/// Returns the problem to show for an invalid configuration: one line for each error.
pub(super) fn problem(home: &Home, error: &ConfigError, kind: ProblemKind) -> Problem {
    let path = home.config_path().display();
    let lines: Vec<String> = error.problems.iter().map(|problem| format!("{path}: {problem}")).collect();
    Problem { kind, message: lines.join("\n") }
}

/// Applies every change of the file until the engine stops. If a change is invalid, the previous configuration stays in
/// force and the status shows the problem.
pub(super) async fn follow(core: Arc<Core>) {
    let mut watch = match FileWatch::start(core.home.config_path()) {
        Ok(watch) => watch,
        Err(error) => {
            tracing::warn!(%error, "changes of config.toml are not noticed; restart to read them");
            return;
        }
    };
    while core.stop.run_until_cancelled(watch.changed()).await.is_some() {
        core.ports.clock.sleep(SETTLE).await;
        reload(&core).await;
    }
}

/// Applies an edit that the engine itself wrote to the file. It updates `text`, so that [`follow`] finds no change.
pub(super) async fn accept(core: &Core, text: &mut String, config: Config) {
    if let Ok(written) = core.file.read() {
        *text = written;
    }
    core.publisher.set_config_problem(None);
    put_in_force(core, Arc::new(config)).await;
}

/// Applies this configuration to feeds, store and status, and waits until that is done.
pub(super) async fn put_in_force(core: &Core, config: Arc<Config>) {
    let (done, applied) = oneshot::channel();
    if core.control.send(Control::Config(config, done)).await.is_ok() {
        let _ = applied.await;
    }
}

async fn reload(core: &Core) {
    let mut text = core.config_text.lock().await;
    let (read, loaded) = match read(&core.file, &core.home).await {
        Ok(read) => read,
        Err(error) => {
            let problem = Problem { kind: problem_kind(core), message: error.to_string() };
            core.publisher.set_config_problem(Some(problem));
            return;
        }
    };
    let names_files = loaded.as_ref().is_ok_and(Config::names_files);
    if read == *text && !names_files {
        return;
    }
    // An empty or missing file does not remove all feeds: an editor may have emptied it before it writes, or it was
    // moved.
    if read.trim().is_empty() && !core.status.borrow().feeds.is_empty() {
        let path = core.home.config_path().display();
        let message = format!(
            "{path} is empty or missing, so the feeds are unchanged. Restore it; to remove all feeds, write only \
             `version = 1`."
        );
        core.publisher.set_config_problem(Some(Problem { kind: ProblemKind::Config, message }));
        *text = read;
        return;
    }
    *text = read;
    // If a file that the configuration names cannot be used, the whole change is rejected, since a person is there to
    // correct it. At the start, such a file only parks its own feed.
    match loaded.and_then(|config| config.check_files().map(|()| config)) {
        Ok(config) => {
            core.publisher.set_config_problem(None);
            put_in_force(core, Arc::new(config)).await;
        }
        Err(error) => {
            let problem = problem(&core.home, &error, problem_kind(core));
            tracing::warn!(target: PROBLEM_LOG, "{problem}");
            core.publisher.set_config_problem(Some(problem));
        }
    }
}

/// Returns the kind of a new problem: [`ProblemKind::ConfigAtStart`] while no configuration has been valid since the
/// start, so that no feed is received.
fn problem_kind(core: &Core) -> ProblemKind {
    let problem = core.status.borrow().problem.as_ref().map(|problem| problem.kind);
    if problem == Some(ProblemKind::ConfigAtStart) { ProblemKind::ConfigAtStart } else { ProblemKind::Config }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_disk_that_does_not_answer_is_given_up() {
        let (answer, never) = std::sync::mpsc::channel::<()>();
        let call = move || never.recv().map_err(io::Error::other);
        let error = within(Duration::from_millis(1), call).await.unwrap_err();
        assert_eq!(error.to_string(), "the disk did not answer within 0 s");
        // Lets the blocked thread end.
        drop(answer);
    }
}
