//! The folders of one home, and the lock that says who receives for it.

mod id;

use std::fs::{self, File, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

use crate::files;

pub(crate) use id::HomeId;

/// Where one Bellwire keeps its things.
#[derive(Clone, Debug)]
pub struct Home {
    config_path: PathBuf,
    database_path: PathBuf,
    runtime_dir: PathBuf,
    page_limit: Option<Arc<AtomicU32>>,
    value_limit: Option<i32>,
}

/// Why there is no home.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// The system names no home folder.
    #[error("the system names no home folder; say where with --home DIR or BELLWIRE_HOME")]
    NoHome,
    /// A folder cannot be made, or a file in it cannot be opened.
    #[error("cannot prepare {}: {source}; check that it is Bellwire's own and that you may write it", path.display())]
    Folder {
        /// The folder.
        path: PathBuf,
        /// What the system said.
        source: io::Error,
    },
}

/// Held by the one process that receives for a home; freed when dropped or when the process ends.
#[derive(Debug)]
pub struct HomeLock {
    _file: File,
}

impl Home {
    /// The platform's standard folders.
    pub fn standard() -> Result<Self, HomeError> {
        let dirs = directories::ProjectDirs::from("", "", "bellwire").ok_or(HomeError::NoHome)?;
        let data_dir = dirs.data_dir();
        Ok(Self {
            config_path: dirs.config_dir().join("config.toml"),
            database_path: data_dir.join("bellwire.db"),
            runtime_dir: data_dir.join("run"),
            page_limit: None,
            value_limit: None,
        })
    }

    /// Everything under one folder.
    pub fn at(dir: &Path) -> Self {
        Self {
            config_path: dir.join("config.toml"),
            database_path: dir.join("bellwire.db"),
            runtime_dir: dir.join("run"),
            page_limit: None,
            value_limit: None,
        }
    }

    /// The folder given, or the one that `BELLWIRE_HOME` names, or the standard ones.
    pub fn resolve(dir: Option<&Path>) -> Result<Self, HomeError> {
        if let Some(dir) = dir {
            return Ok(Self::at(dir));
        }
        match std::env::var_os("BELLWIRE_HOME").filter(|v| !v.is_empty()) {
            Some(dir) => Ok(Self::at(Path::new(&dir))),
            None => Self::standard(),
        }
    }

    /// The same home on a disk with room for so many pages of the log, looked up before each write: a full disk,
    /// for tests.
    pub fn with_page_limit(self, limit: Arc<AtomicU32>) -> Self {
        Self { page_limit: Some(limit), ..self }
    }

    /// The same home with a log that takes no row over so many bytes, for tests: SQLite's own limit is a billion.
    pub fn with_value_limit(self, limit: i32) -> Self {
        Self { value_limit: Some(limit), ..self }
    }

    pub(crate) fn value_limit(&self) -> Option<i32> {
        self.value_limit
    }

    pub(crate) fn page_limit(&self) -> Option<Arc<AtomicU32>> {
        self.page_limit.clone()
    }

    /// `config.toml`.
    pub fn config_path(&self) -> &Path {
        &self.config_path
    }

    /// The log's database.
    pub fn database_path(&self) -> &Path {
        &self.database_path
    }

    /// Returns the home's id; `None` where it has none yet.
    ///
    /// # Errors
    ///
    /// As for reading a file, or that the file holds something else.
    pub(crate) fn id(&self) -> io::Result<Option<HomeId>> {
        HomeId::read(&self.id_path())
    }

    /// Gives the home this id, unless it has one. Returns whether it now has this one.
    ///
    /// # Errors
    ///
    /// That of the system, where the file cannot be written.
    pub(crate) fn give_id(&self, id: &HomeId) -> io::Result<bool> {
        id.write(&self.id_path())
    }

    /// The file of the home's id, next to the log. Without it, the home's secrets are not found in the keychain.
    pub fn id_path(&self) -> PathBuf {
        self.database_path.with_file_name("home-id")
    }

    /// Written after each commit, for readers in other processes: they watch it.
    pub fn doorbell_path(&self) -> PathBuf {
        self.runtime_dir.join("bell")
    }

    /// The folder for the lock and the socket of the running process.
    pub fn runtime_dir(&self) -> &Path {
        &self.runtime_dir
    }

    /// Makes the folders that are missing, private to this user. A folder that exists stays as it is: it may be shared,
    /// or not to be written to, on purpose.
    pub fn prepare(&self) -> Result<(), HomeError> {
        for dir in self.folders() {
            private_dir(dir).map_err(|source| HomeError::Folder { path: dir.to_owned(), source })?;
        }
        // Made by the program, and never anything else's.
        let run = self.runtime_dir.as_path();
        if fs::symlink_metadata(run).is_ok_and(|found| found.is_symlink()) {
            let source = io::Error::other("it is a link; remove it");
            return Err(HomeError::Folder { path: run.to_owned(), source });
        }
        Ok(())
    }

    fn folders(&self) -> impl Iterator<Item = &Path> {
        let config_dir = self.config_path.parent();
        let data_dir = self.database_path.parent().filter(|dir| Some(*dir) != config_dir);
        [config_dir, data_dir, Some(self.runtime_dir.as_path())].into_iter().flatten()
    }

    /// Returns the folders in which other users may replace files: those that their group or everyone may write to.
    #[cfg(unix)]
    pub fn shared_folders(&self) -> Vec<&Path> {
        use std::os::unix::fs::PermissionsExt;

        const OTHERS_WRITE: u32 = 0o022;
        let is_shared =
            |dir: &&Path| fs::metadata(dir).is_ok_and(|dir| dir.permissions().mode() & OTHERS_WRITE != 0);
        self.folders().filter(is_shared).collect()
    }

    /// Returns no folder: who may write to one is not looked up on this system.
    #[cfg(not(unix))]
    pub fn shared_folders(&self) -> Vec<&Path> {
        Vec::new()
    }

    /// The lock, or `None` when another process receives for this home.
    pub fn lock(&self) -> Result<Option<HomeLock>, HomeError> {
        let path = self.runtime_dir.join("lock");
        let failed = |source| HomeError::Folder { path: path.clone(), source };
        let file = private_file(&path)?;
        match file.try_lock() {
            Ok(()) => Ok(Some(HomeLock { _file: file })),
            Err(TryLockError::WouldBlock) => Ok(None),
            Err(TryLockError::Error(source)) => Err(failed(source)),
        }
    }
}

/// Opens one of the program's own files for writing, private to this user if it is new, its content kept. A link or
/// anything but a regular file is refused.
pub fn private_file(path: &Path) -> Result<File, HomeError> {
    files::own(path).map_err(|source| HomeError::Folder { path: path.to_owned(), source })
}

fn private_dir(dir: &Path) -> io::Result<()> {
    let mut builder = fs::DirBuilder::new();
    #[cfg(unix)]
    std::os::unix::fs::DirBuilderExt::mode(&mut builder, 0o700);
    builder.recursive(true).create(dir)
}

#[cfg(all(test, unix))]
mod tests;
