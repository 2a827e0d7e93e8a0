//! Notices that a file changed, by the events of the file system.

#[cfg(not(target_os = "linux"))]
mod elsewhere;
#[cfg(target_os = "linux")]
mod linux;
mod trail;

use std::io;
use std::path::Path;

#[cfg(not(target_os = "linux"))]
use elsewhere::Watch;
#[cfg(target_os = "linux")]
use linux::Watch;

/// Reports changes of one file.
pub struct FileWatch(Watch);

/// The file system does not report changes.
#[derive(Debug, thiserror::Error)]
#[error("changes of this folder cannot be followed: {0}; check that it is yours to read")]
pub struct WatchError(#[from] io::Error);

impl FileWatch {
    /// Follows a file: writes into it, another file that takes its place, and another place that a link on the way to it
    /// gets. It need not exist.
    /// Must be called within the runtime.
    ///
    /// # Errors
    /// [`WatchError`] where the folder cannot be followed.
    pub fn start(path: &Path) -> Result<Self, WatchError> {
        Ok(Self(Watch::start(path)?))
    }

    /// Waits for the next change; for ever, once the watch has ended. Changes in between count as one.
    pub async fn changed(&mut self) {
        self.0.changed().await;
    }
}

#[cfg(test)]
mod tests;
