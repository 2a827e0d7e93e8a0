//! The system's own events, through the `notify` library.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::{Arc, Mutex, PoisonError};

use notify::{RecursiveMode, Watcher};
use tokio::sync::mpsc;

use super::trail::{Step, trail};

/// How often the way to the file is looked up while it changes; each change after that is an event.
const LOOKS: usize = 8;

/// A watch of the folder of the file and of each link on the way to it: programs replace files rather than write into
/// them.
pub(super) struct Watch {
    // Dropping the watcher ends the watch.
    watcher: notify::RecommendedWatcher,
    rings: mpsc::Receiver<()>,
    path: PathBuf,
    steps: Vec<Step>,
    /// The names to look out for.
    names: Arc<Mutex<Vec<OsString>>>,
}

impl Watch {
    pub fn start(path: &Path) -> io::Result<Self> {
        let (ring, rings) = mpsc::channel(1);
        let names = Arc::new(Mutex::new(Vec::new()));
        let watched = Arc::clone(&names);
        let concerns = move |event: &notify::Event| {
            let names: &Vec<OsString> = &watched.lock().unwrap_or_else(PoisonError::into_inner);
            let is_ours = |path: &PathBuf| {
                path.file_name().is_some_and(|name| names.iter().any(|watched| watched == name))
            };
            !event.kind.is_access() && (event.paths.iter().any(is_ours) || event.need_rescan())
        };
        let watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // What the watcher could not report may have been about the file.
            if event.as_ref().map_or(true, &concerns) {
                // A full queue already holds a ring.
                let _ = ring.try_send(());
            }
        })
        .map_err(io::Error::other)?;
        let mut watch = Self { watcher, rings, path: path.to_owned(), steps: Vec::new(), names };
        watch.follow()?;
        Ok(watch)
    }

    pub async fn changed(&mut self) {
        if self.rings.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
        if let Err(error) = self.follow() {
            tracing::warn!(%error, path = %self.path.display(), "changes of the file may not be noticed");
        }
    }

    /// Watches the way to the file as it is now.
    fn follow(&mut self) -> io::Result<()> {
        for _ in 0..LOOKS {
            let steps = trail(&self.path);
            if steps == self.steps {
                break;
            }
            *self.names.lock().unwrap_or_else(PoisonError::into_inner) =
                steps.iter().map(|(_, name)| name.clone()).collect();
            let is_in = |dir: &PathBuf, steps: &[Step]| steps.iter().any(|(other, _)| other == dir);
            for (dir, _) in steps.iter().filter(|(dir, _)| !is_in(dir, &self.steps)) {
                self.watcher.watch(dir, RecursiveMode::NonRecursive).map_err(io::Error::other)?;
            }
            for (dir, _) in self.steps.iter().filter(|(dir, _)| !is_in(dir, &steps)) {
                // It may have ended with its folder.
                let _ = self.watcher.unwatch(dir);
            }
            // What changed before its folder was watched gave no event, so the way is looked up again.
            self.steps = steps;
        }
        Ok(())
    }
}
