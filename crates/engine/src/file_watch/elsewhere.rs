//! The system's own events, through the `notify` library.

use std::io;
use std::path::{Path, PathBuf};

use notify::{RecursiveMode, Watcher};
use tokio::sync::mpsc;

/// A watch of the file's folder: programs replace files rather than write into them.
pub(super) struct Watch {
    // Dropping the watcher ends the watch.
    _watcher: notify::RecommendedWatcher,
    rings: mpsc::Receiver<()>,
}

impl Watch {
    pub fn start(path: &Path) -> io::Result<Self> {
        let (ring, rings) = mpsc::channel(1);
        let name = path.file_name().map(ToOwned::to_owned);
        let concerns = move |event: &notify::Event| {
            let is_ours = |path: &PathBuf| path.file_name() == name.as_deref();
            !event.kind.is_access() && (event.paths.iter().any(is_ours) || event.need_rescan())
        };
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            // What the watcher could not report may have been about the file.
            if event.as_ref().map_or(true, &concerns) {
                // A full queue already holds a ring.
                let _ = ring.try_send(());
            }
        })
        .map_err(io::Error::other)?;
        let dir = path.parent().unwrap_or(Path::new("."));
        watcher.watch(dir, RecursiveMode::NonRecursive).map_err(io::Error::other)?;
        Ok(Self { _watcher: watcher, rings })
    }

    pub async fn changed(&mut self) {
        if self.rings.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}
