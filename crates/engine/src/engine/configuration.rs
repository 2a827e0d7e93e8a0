//! `config.toml` as it changes: read again, checked, put in force.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;

use super::core::Core;
use crate::config::{Config, ConfigError, ConfigFile};
use crate::event::{Problem, ProblemKind};
use crate::feed::Control;
use crate::file_watch::FileWatch;
use crate::home::Home;

/// How long a change of the configuration may go on before it is read: editors write in steps.
const SETTLE: Duration = Duration::from_millis(100);

/// The configuration cannot be read from the disk.
#[derive(Debug, thiserror::Error)]
#[error("cannot read {}: {source}; check that the file is yours to read", path.display())]
pub struct ReadConfigError {
    path: std::path::PathBuf,
    source: std::io::Error,
}

/// A text and what it means.
pub(super) type Loaded = (String, Result<Config, ConfigError>);

/// Reads the file and what it means.
///
/// # Errors
/// [`ReadConfigError`] where the system does not let us read it.
pub(super) fn read(file: &ConfigFile, home: &Home) -> Result<Loaded, ReadConfigError> {
    let failed = |source| ReadConfigError { path: home.config_path().to_owned(), source };
    let text = file.read().map_err(failed)?;
    let loaded = file.parse(&text);
    Ok((text, loaded))
}

/// Returns the problem that a person sees for an unusable configuration.
pub(super) fn problem(home: &Home, error: &ConfigError, kind: ProblemKind) -> Problem {
    let path = home.config_path().display();
    let lines: Vec<String> = error.problems.iter().map(|problem| format!("{path}: {problem}")).collect();
    Problem { kind, message: lines.join("\n") }
}

/// Puts every change of the file in force until the engine stops, and reports what is wrong with one that cannot be.
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

/// Puts an edit of our own in force; the watch then finds nothing new.
pub(super) async fn accept(core: &Core, text: &mut String, config: Config) {
    if let Ok(written) = core.file.read() {
        *text = written;
    }
    core.publisher.set_config_problem(None);
    put_in_force(core, Arc::new(config)).await;
}

/// Receives by this configuration from here on.
pub(super) async fn put_in_force(core: &Core, config: Arc<Config>) {
    let (done, applied) = oneshot::channel();
    if core.control.send(Control::Config(config, done)).await.is_ok() {
        let _ = applied.await;
    }
}

async fn reload(core: &Core) {
    let mut text = core.config_text.lock().await;
    let (read, loaded) = match read(&core.file, &core.home) {
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
    // An editor that empties the file before it writes, or a file that was moved away, is no wish to lose all feeds.
    if read.trim().is_empty() && !core.status.borrow().feeds.is_empty() {
        let path = core.home.config_path().display();
        let message = format!(
            "{path} is empty or gone. Write it again; a file that holds only `version = 1` means no feeds."
        );
        core.publisher.set_config_problem(Some(Problem { kind: ProblemKind::Config, message }));
        *text = read;
        return;
    }
    *text = read;
    // A file that cannot be used keeps the whole change out while a person is there to correct it; at the start it
    // parks its own feed and no other.
    match loaded.and_then(|config| config.check_files().map(|()| config)) {
        Ok(config) => {
            core.publisher.set_config_problem(None);
            put_in_force(core, Arc::new(config)).await;
        }
        Err(error) => {
            let problem = problem(&core.home, &error, problem_kind(core));
            tracing::warn!("{problem}");
            core.publisher.set_config_problem(Some(problem));
        }
    }
}

/// Returns the kind of a new problem: a configuration that was never good leaves nothing in force.
fn problem_kind(core: &Core) -> ProblemKind {
    let problem = core.status.borrow().problem.as_ref().map(|problem| problem.kind);
    if problem == Some(ProblemKind::ConfigAtStart) { ProblemKind::ConfigAtStart } else { ProblemKind::Config }
}
