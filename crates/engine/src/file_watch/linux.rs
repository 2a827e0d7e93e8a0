//! inotify(7), with exactly the events that matter: a database in the same folder is written many times a second, and
//! none of that may wake the watch.

use std::ffi::OsString;
use std::io;
use std::path::{Path, PathBuf};

use futures_util::{FutureExt, StreamExt};
use inotify::{Event, EventMask, EventStream, Inotify, WatchDescriptor, WatchMask};

use super::trail::{Step, trail};

/// Room for several events, each with a name of up to 255 bytes.
const BUFFER: usize = 4096;

/// How often the way to the file is looked up while it changes; each change after that is an event.
const LOOKS: usize = 8;

/// One inotify instance: the folder of the file and of each link on the way to it for names that come, go and are
/// closed, the file itself for writes.
pub(super) struct Watch {
    events: EventStream<[u8; BUFFER]>,
    path: PathBuf,
    steps: Vec<Step>,
    /// The folders of the steps, each with a name to look out for.
    folders: Vec<(WatchDescriptor, OsString)>,
    file: Option<WatchDescriptor>,
}

impl Watch {
    pub fn start(path: &Path) -> io::Result<Self> {
        let events = Inotify::init()?.into_event_stream([0; BUFFER])?;
        let path = path.to_owned();
        let mut watch = Self { events, path, steps: Vec::new(), folders: Vec::new(), file: None };
        watch.follow()?;
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
        while let Some(Some(Ok(_))) = self.events.next().now_or_never() {}
        if let Err(error) = self.follow() {
            tracing::warn!(%error, path = %self.path.display(), "changes of the file may not be noticed");
        }
    }

    /// Returns whether an event is about the file, or about a link on the way to it.
    fn concerns(&self, event: &Event<OsString>) -> bool {
        if event.mask.contains(EventMask::Q_OVERFLOW) {
            return true;
        }
        match &event.name {
            Some(name) => self.folders.iter().any(|(wd, watched)| *wd == event.wd && watched == name),
            // Events of the file's own watch have no name.
            None => event.mask.contains(EventMask::MODIFY) && self.file.as_ref() == Some(&event.wd),
        }
    }

    /// Watches the way to the file as it is now.
    fn follow(&mut self) -> io::Result<()> {
        let names = WatchMask::CREATE | WatchMask::DELETE | WatchMask::MOVED_FROM | WatchMask::MOVED_TO;
        for _ in 0..LOOKS {
            let mut watches = self.events.watches();
            let steps = trail(&self.path);
            let mut folders = Vec::new();
            for (place, (dir, name)) in steps.iter().enumerate() {
                // Only the file itself, which is last, is written; a later mask for the same folder replaces this one.
                let mask = if place + 1 == steps.len() { names | WatchMask::CLOSE_WRITE } else { names };
                folders.push((watches.add(dir, mask)?, name.clone()));
            }
            // A file that is not there yet is followed once its name comes.
            let file = watches.add(&self.path, WatchMask::MODIFY).ok();
            let old = self.folders.drain(..).map(|(wd, _)| wd).chain(self.file.take());
            let is_kept = |wd: &WatchDescriptor| {
                folders.iter().any(|(kept, _)| kept == wd) || file.as_ref() == Some(wd)
            };
            let mut left: Vec<WatchDescriptor> = old.filter(|wd| !is_kept(wd)).collect();
            left.dedup();
            for wd in left {
                // It may have ended with its file or folder.
                let _ = watches.remove(wd);
            }
            (self.folders, self.file) = (folders, file);
            // What changed before its folder was watched gave no event.
            if steps == self.steps {
                break;
            }
            self.steps = steps;
        }
        Ok(())
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
