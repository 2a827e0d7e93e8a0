//! `config.toml` as it changes: read again, looked through, put in force.

use std::sync::Arc;
use std::time::Duration;

use tokio::sync::oneshot;
use tokio_util::sync::CancellationToken;

use super::{EngineHandle, StartError};
use crate::Home;
use crate::config::{Config, ConfigError, ConfigFile};
use crate::feed::Control;
use crate::status::{Problem, ProblemKind};
use crate::watch::FileWatch;

/// How long a change of the configuration may go on before it is read: editors write in steps.
const SETTLE: Duration = Duration::from_millis(100);

impl EngineHandle {
    /// Puts every change of the file in force, and says what is wrong with one that cannot be.
    pub(super) async fn follow_config(self, stop: CancellationToken) {
        let mut watch = match FileWatch::start(self.0.home.config_path()) {
            Ok(watch) => watch,
            Err(error) => {
                tracing::warn!(%error, "changes of config.toml are not noticed; restart to read them");
                return;
            }
        };
        loop {
            tokio::select! {
                () = watch.changed() => {}
                () = stop.cancelled() => return,
            }
            self.0.ports.clock.sleep(SETTLE).await;
            self.reload().await;
        }
    }

    async fn reload(&self) {
        let mut text = self.0.config_text.lock().await;
        let (read, loaded) = match read(&self.0.file, &self.0.home) {
            Ok(read) => read,
            Err(error) => {
                let problem = Problem { kind: self.problem_kind(), message: error.to_string() };
                self.0.board.set_problem(Some(problem), ProblemKind::Config);
                return;
            }
        };
        let names_files = loaded.as_ref().is_ok_and(Config::names_files);
        if read == *text && !names_files {
            return;
        }
        // An editor that empties the file before it writes, or a file that was moved away, is no wish to lose all feeds.
        if read.trim().is_empty() && !self.0.status.borrow().feeds.is_empty() {
            let path = self.0.home.config_path().display();
            let message = format!(
                "{path} is empty or gone. Write it again; a file that holds only `version = 1` means no feeds."
            );
            self.0
                .board
                .set_problem(Some(Problem { kind: ProblemKind::Config, message }), ProblemKind::Config);
            *text = read;
            return;
        }
        *text = read;
        // A file that cannot be used keeps the whole change out while a person is there to mend it; at the start it
        // parks its own feed and no other.
        match loaded.and_then(|config| config.check_files().map(|()| config)) {
            Ok(config) => {
                self.0.board.set_problem(None, ProblemKind::Config);
                self.put_in_force(Arc::new(config)).await;
            }
            Err(error) => {
                let problem = config_problem(&self.0.home, &error, self.problem_kind());
                tracing::warn!("{problem}");
                self.0.board.set_problem(Some(problem), ProblemKind::Config);
            }
        }
    }

    /// A configuration that was never good leaves nothing in force.
    fn problem_kind(&self) -> ProblemKind {
        let problem = self.0.status.borrow().problem.as_ref().map(|problem| problem.kind);
        if problem == Some(ProblemKind::ConfigAtStart) {
            ProblemKind::ConfigAtStart
        } else {
            ProblemKind::Config
        }
    }

    /// Puts an edit of our own in force; the watch then finds nothing new.
    pub(super) async fn accept(&self, text: &mut String, config: Config) {
        if let Ok(written) = self.0.file.read() {
            *text = written;
        }
        self.0.board.set_problem(None, ProblemKind::Config);
        self.put_in_force(Arc::new(config)).await;
    }

    pub(super) async fn put_in_force(&self, config: Arc<Config>) {
        let (done, applied) = oneshot::channel();
        if self.0.control.send(Control::Config(config, done)).await.is_ok() {
            let _ = applied.await;
        }
    }
}

pub(super) type Loaded = (String, Result<Config, ConfigError>);

pub(super) fn read(file: &ConfigFile, home: &Home) -> Result<Loaded, StartError> {
    let failed = |source| StartError::ReadConfig { path: home.config_path().to_owned(), source };
    let text = file.read().map_err(failed)?;
    let loaded = file.parse(&text);
    Ok((text, loaded))
}

pub(super) fn config_problem(home: &Home, error: &ConfigError, kind: ProblemKind) -> Problem {
    let path = home.config_path().display();
    let lines: Vec<String> = error.problems.iter().map(|problem| format!("{path}: {problem}")).collect();
    Problem { kind, message: lines.join("\n") }
}
