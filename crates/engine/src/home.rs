//! The folders of one home, and the lock that says who receives for it.

use std::fs::{self, File, OpenOptions, TryLockError};
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::AtomicU32;

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
    /// A folder cannot be made or made private.
    #[error("cannot prepare {}: {source}; check that it is a folder that you may write", path.display())]
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

    /// Written after each commit, for readers in other processes: they watch it.
    pub fn doorbell_path(&self) -> PathBuf {
        self.runtime_dir.join("bell")
    }

    /// The folder for the lock and the socket of the running process.
    pub fn runtime_dir(&self) -> &Path {
        &self.runtime_dir
    }

    /// Makes the folders, private to this user.
    pub fn prepare(&self) -> Result<(), HomeError> {
        let parents =
            [self.config_path.parent(), self.database_path.parent(), Some(self.runtime_dir.as_path())];
        for dir in parents.into_iter().flatten() {
            private_dir(dir).map_err(|source| HomeError::Folder { path: dir.to_owned(), source })?;
        }
        Ok(())
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

/// Opens a file for writing, private to this user, its content kept.
pub fn private_file(path: &Path) -> Result<File, HomeError> {
    let mut options = OpenOptions::new();
    options.create(true).truncate(false).write(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map_err(|source| HomeError::Folder { path: path.to_owned(), source })
}

fn private_dir(dir: &Path) -> io::Result<()> {
    fs::create_dir_all(dir)?;
    #[cfg(unix)]
    fs::set_permissions(dir, std::os::unix::fs::PermissionsExt::from_mode(0o700))?;
    Ok(())
}
