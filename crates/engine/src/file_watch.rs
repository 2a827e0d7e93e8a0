//! Notices that a file changed, by the events of the file system.

#[cfg_attr(target_os = "linux", path = "file_watch/linux.rs")]
#[cfg_attr(not(target_os = "linux"), path = "file_watch/elsewhere.rs")]
mod system;

use std::io;
use std::path::Path;

/// Reports changes of one file.
pub struct FileWatch(system::Watch);

/// The file system does not report changes.
#[derive(Debug, thiserror::Error)]
#[error("changes of this folder cannot be followed: {0}; check that it exists and is yours to read")]
pub struct WatchError(#[from] io::Error);

impl FileWatch {
    /// Follows a file: writes into it, and another file that takes its place. It need not exist, but its folder must.
    /// Must be called within the runtime.
    ///
    /// # Errors
    /// [`WatchError`] where the folder cannot be followed.
    pub fn start(path: &Path) -> Result<Self, WatchError> {
        Ok(Self(system::Watch::start(path)?))
    }

    /// Waits for the next change; for ever, once the watch has ended. Changes in between count as one.
    pub async fn changed(&mut self) {
        self.0.changed().await;
    }
}

#[cfg(test)]
mod tests;
