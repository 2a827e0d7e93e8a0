//! inotify(7), with exactly the events that matter: a database in the same folder is written many times a second, and
//! none of that may wake the watch.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use futures_util::{FutureExt, StreamExt};
use inotify::{Event, EventMask, EventStream, Inotify, WatchMask};

/// Room for several events, each with a name of up to 255 bytes.
const BUFFER: usize = 4096;

/// One inotify instance: the folder for files that come, go and are closed, the file itself for writes.
pub(super) struct Watch {
    events: EventStream<[u8; BUFFER]>,
    path: PathBuf,
    name: OsString,
}

impl Watch {
    pub fn start(path: &Path) -> io::Result<Self> {
        let dir = path.parent().filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
        let inotify = Inotify::init()?;
        let folder = WatchMask::CREATE
            | WatchMask::DELETE
            | WatchMask::MOVED_FROM
            | WatchMask::MOVED_TO
            | WatchMask::CLOSE_WRITE;
        inotify.watches().add(dir, folder)?;
        let events = inotify.into_event_stream([0; BUFFER])?;
        let name = path.file_name().unwrap_or_default().to_owned();
        let watch = Self { events, path: path.to_owned(), name };
        watch.follow_writes();
        Ok(watch)
    }

    pub async fn changed(&mut self) {
        loop {
            match self.events.next().await {
                Some(Ok(event)) if self.concerns(&event) => break,
                Some(Ok(_)) => {}
                Some(Err(error)) => {
                    tracing::warn!(%error, path = %self.path.display(), "changes of the file are no longer noticed");
                    return std::future::pending().await;
                }
                None => return std::future::pending().await,
            }
        }
        // What is there already belongs to the same change.
        while let Some(Some(Ok(event))) = self.events.next().now_or_never() {
            self.concerns(&event);
        }
    }

    /// Returns whether an event is about the file, and follows the file that took its place.
    fn concerns(&self, event: &Event<OsString>) -> bool {
        if event.mask.contains(EventMask::Q_OVERFLOW) {
            return true;
        }
        // Events of the file's own watch have no name.
        let Some(name) = &event.name else { return event.mask.contains(EventMask::MODIFY) };
        let is_ours = *name == self.name;
        if is_ours && event.mask.intersects(EventMask::CREATE | EventMask::MOVED_TO) {
            self.follow_writes();
        }
        is_ours
    }

    /// Follows writes into the file that is there now. One that is not there yet is followed once it comes.
    fn follow_writes(&self) {
        // An older watch ended with its file.
        let _ = self.events.watches().add(&self.path, WatchMask::MODIFY);
    }
}

#[cfg(test)]
mod tests {
    use std::fs::{self, File};
    use std::io::Write;

    use super::*;

    #[tokio::test]
    async fn writes_into_a_database_beside_the_file_are_not_even_reported() {
        let dir = tempfile::tempdir().unwrap();
        let mut database = File::create(dir.path().join("bellwire.db")).unwrap();
        let mut watch = Watch::start(&dir.path().join("config.toml")).unwrap();
        for _ in 0..1000 {
            database.write_all(b"x").unwrap();
        }
        fs::write(dir.path().join("config.toml"), "").unwrap();
        let first = watch.events.next().await.unwrap().unwrap();
        assert_eq!(first.name.as_deref(), Some("config.toml".as_ref()));
    }
}
