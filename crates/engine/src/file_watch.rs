//! Notices that a file changed, by the file system's own word.

use std::path::Path;

use notify::{RecursiveMode, Watcher};
use tokio::sync::mpsc;

/// Rings when something happened to a file.
pub struct FileWatch {
    // Dropping the watcher ends the watch.
    _watcher: notify::RecommendedWatcher,
    rings: mpsc::Receiver<()>,
}

/// The file system does not tell of changes.
#[derive(Debug, thiserror::Error)]
#[error("changes of this folder are not told: {0}")]
pub struct WatchError(#[from] notify::Error);

impl FileWatch {
    /// Watches the file's folder: programs replace files rather than write into them.
    pub fn start(path: &Path) -> Result<Self, WatchError> {
        let (ring, rings) = mpsc::channel(1);
        let name = path.file_name().map(ToOwned::to_owned);
        let concerns = move |event: &notify::Event| {
            let is_ours = |path: &std::path::PathBuf| path.file_name() == name.as_deref();
            !event.kind.is_access() && (event.paths.iter().any(is_ours) || event.need_rescan())
        };
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // What the watcher could not tell may have concerned us.
            if event.as_ref().map_or(true, &concerns) {
                // A full queue already holds a ring.
                let _ = ring.try_send(());
            }
        })?;
        watcher.watch(path.parent().unwrap_or(Path::new(".")), RecursiveMode::NonRecursive)?;
        Ok(Self { _watcher: watcher, rings })
    }

    /// Done at the next ring; never, once the watch has ended.
    pub async fn changed(&mut self) {
        if self.rings.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}
