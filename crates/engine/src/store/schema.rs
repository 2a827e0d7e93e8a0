//! The database's shape.

use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

/// The version of the shape, as `PRAGMA user_version`.
const VERSION: i64 = 1;

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
    /// There is none yet.
    #[error("there is no log at {}; start Bellwire or `bellwire run` first", .0.display())]
    Missing(PathBuf),
    /// SQLite refused.
    #[error("cannot open the log {}: {source}", path.display())]
    Sqlite {
        /// The database.
        path: PathBuf,
        /// What SQLite said.
        source: rusqlite::Error,
    },
}

/// Opens the database for its one writer and gives it its shape.
pub(crate) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let failed = |source| StoreError::Sqlite { path: path.to_owned(), source };
    private_file(path).map_err(|e| failed(rusqlite::Error::ToSqlConversionFailure(Box::new(e))))?;
    let connection = Connection::open(path).map_err(failed)?;
    let found = version(&connection).map_err(failed)?;
    if found > VERSION {
        return Err(StoreError::Newer { path: path.to_owned(), found });
    }
    // FULL: what was shown to a person stays in the log when the power fails; the group commit pays for it.
    connection
        .execute_batch("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY;")
        .map_err(failed)?;
    if found < VERSION {
        connection.execute_batch(SHAPE).map_err(failed)?;
    }
    Ok(connection)
}

/// Opens the database for reading beside its writer.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let failed = |source| StoreError::Sqlite { path: path.to_owned(), source };
    if !path.exists() {
        return Err(StoreError::Missing(path.to_owned()));
    }
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY | OpenFlags::SQLITE_OPEN_NO_MUTEX;
    let connection = Connection::open_with_flags(path, flags).map_err(failed)?;
    connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(failed)?;
    match version(&connection).map_err(failed)? {
        0 => Err(StoreError::Missing(path.to_owned())),
        found if found > VERSION => Err(StoreError::Newer { path: path.to_owned(), found }),
        _ => Ok(connection),
    }
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

fn private_file(path: &Path) -> std::io::Result<()> {
    let mut options = std::fs::OpenOptions::new();
    options.create(true).append(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    options.open(path).map(drop)
}

/// `log` is what people read. Everything that decides what happens next stands in tables of its own, so that
/// deleting history rewinds nothing.
const SHAPE: &str = "
BEGIN IMMEDIATE;
CREATE TABLE log (
    seq INTEGER PRIMARY KEY,
    rev INTEGER NOT NULL,
    feed TEXT NOT NULL,
    at INTEGER NOT NULL,
    kind INTEGER NOT NULL,
    event_type TEXT,
    last_event_id TEXT,
    explicit_id INTEGER,
    origin TEXT,
    replayed INTEGER,
    severity INTEGER,
    outcome INTEGER,
    rule TEXT,
    detail TEXT,
    data TEXT
);
CREATE UNIQUE INDEX log_rev ON log (rev);
CREATE INDEX log_feed ON log (feed, seq);
CREATE INDEX log_alerts ON log (feed, seq, severity) WHERE outcome > 0;
CREATE INDEX log_alerts_all ON log (seq) WHERE outcome > 0;
CREATE TABLE counter (name TEXT PRIMARY KEY, value INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE cursor (
    feed TEXT NOT NULL,
    url TEXT NOT NULL,
    last_event_id TEXT NOT NULL,
    has_ids INTEGER NOT NULL,
    retry_ms INTEGER,
    last_at INTEGER NOT NULL,
    PRIMARY KEY (feed, url)
) WITHOUT ROWID;
CREATE TABLE feed_state (
    feed TEXT PRIMARY KEY,
    row_count INTEGER NOT NULL,
    event_count INTEGER NOT NULL,
    alert_count INTEGER NOT NULL,
    read_seq INTEGER NOT NULL,
    flood TEXT NOT NULL,
    digest INTEGER
) WITHOUT ROWID;
CREATE TABLE delivery (
    id INTEGER PRIMARY KEY,
    feed TEXT NOT NULL,
    seq INTEGER NOT NULL,
    is_digest INTEGER NOT NULL,
    count INTEGER NOT NULL,
    counts TEXT NOT NULL,
    severity INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    last_at INTEGER NOT NULL,
    state INTEGER NOT NULL,
    attempts INTEGER NOT NULL,
    text TEXT,
    shown_at INTEGER
);
CREATE INDEX delivery_waiting ON delivery (id) WHERE state < 2;
CREATE INDEX delivery_shown ON delivery (shown_at) WHERE shown_at IS NOT NULL;
PRAGMA user_version = 1;
COMMIT;
";
