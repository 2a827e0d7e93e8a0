//! Notices that `config.toml` changed, by the file system's own word.

use std::path::Path;

use notify::{RecursiveMode, Watcher};
use tokio::sync::mpsc;

/// Rings when something happened to the configuration file.
pub(crate) struct ConfigWatch {
    // Dropping the watcher ends the watch.
    _watcher: notify::RecommendedWatcher,
    rings: mpsc::Receiver<()>,
}

impl ConfigWatch {
    /// Watches the file's folder: editors replace files rather than write into them.
    pub fn start(config_path: &Path) -> notify::Result<Self> {
        let (ring, rings) = mpsc::channel(1);
        let name = config_path.file_name().map(ToOwned::to_owned);
        let mut watcher = notify::recommended_watcher(move |event: notify::Result<notify::Event>| {
            let concerns_us = match &event {
                Ok(event) if event.kind.is_access() => false,
                Ok(event) => {
                    event.paths.iter().any(|p| p.file_name() == name.as_deref()) || event.need_rescan()
                }
                Err(_) => true,
            };
            if concerns_us {
                // A full queue already holds a ring.
                let _ = ring.try_send(());
            }
        })?;
        let dir = config_path.parent().unwrap_or(Path::new("."));
        watcher.watch(dir, RecursiveMode::NonRecursive)?;
        Ok(Self { _watcher: watcher, rings })
    }

    /// Done at the next ring; never, once the watch has ended.
    pub async fn changed(&mut self) {
        if self.rings.recv().await.is_none() {
            std::future::pending::<()>().await;
        }
    }
}
