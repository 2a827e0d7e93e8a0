//! Why the log cannot be opened.

use std::path::PathBuf;

/// Why the log cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum StoreError {
    /// A newer program wrote it. It is left unharmed.
    #[error("{} was written by a newer Bellwire (format {found}); install that version, or choose another home", path.display())]
    Newer {
        /// The database.
        path: PathBuf,
        /// Its version.
        found: i64,
    },
    /// Another program's database has the log's name. It is left unharmed.
    #[error("{} is a database of another program; move it away, or choose another home with --home DIR", .0.display())]
    Foreign(PathBuf),
    /// What has the log's name is a link, or not a regular file.
    #[error("cannot open the log {}: {source}; move it away, or choose another home with --home DIR", path.display())]
    File {
        /// The path.
        path: PathBuf,
        /// What it is, or what the system said.
        source: std::io::Error,
    },
    /// There is none yet.
    #[error("there is no log at {}; start Bellwire or `bellwire run` first", .0.display())]
    Missing(PathBuf),
    /// There was none, and none could be made.
    #[error("cannot make the log {}: {source}; look at the folder's space and rights", path.display())]
    Create {
        /// The database.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// It is damaged and could not be moved away.
    #[error("the log {} is damaged and cannot be moved: {source}; move it away yourself", path.display())]
    Quarantine {
        /// The database.
        path: PathBuf,
        /// What the system said.
        source: std::io::Error,
    },
    /// SQLite refused.
    #[error("cannot use the log {}: {source}", path.display())]
    Sqlite {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
}
