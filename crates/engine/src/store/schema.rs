//! The database's shape, and how an older one comes to have it.

use std::path::Path;

use rusqlite::config::DbConfig;
use rusqlite::functions::FunctionFlags;
use rusqlite::{Connection, ErrorCode, OpenFlags, TransactionBehavior};

use super::error::StoreError;
use super::identity;
use crate::config::text_hash;

/// The steps to the present shape: step n takes a database of version n - 1 to version n. One that was released
/// never changes; a change of the shape is another step.
const STEPS: [&str; 16] = [
    include_str!("steps/1_log.sql"),
    include_str!("steps/2_retention.sql"),
    include_str!("steps/3_away.sql"),
    SEARCH,
    include_str!("steps/5_received.sql"),
    include_str!("steps/6_rule_state.sql"),
    include_str!("steps/7_feed_index.sql"),
    include_str!("steps/8_polls_and_places.sql"),
    include_str!("steps/9_texts.sql"),
    include_str!("steps/10_resumed.sql"),
    include_str!("steps/11_parts.sql"),
    include_str!("steps/12_control_events.sql"),
    include_str!("steps/13_complete.sql"),
    include_str!("steps/14_byte_count.sql"),
    include_str!("steps/15_ready_at.sql"),
    include_str!("steps/16_place_hash.sql"),
];

/// The index of the search.
pub(crate) const SEARCH: &str = include_str!("steps/4_search.sql");

/// The version of the present shape, as `PRAGMA user_version`.
const VERSION: i64 = STEPS.len() as i64;

/// How many statements the writer keeps prepared: more than it has.
const STATEMENTS: usize = 64;

/// No version ever; a header that says so is damaged.
const NO_VERSION: i64 = 10_000;

/// Opens the database for its one writer and brings it to the present shape.
pub(crate) fn open_writer(path: &Path) -> Result<Connection, StoreError> {
    let failed = |source| StoreError::Sqlite { path: path.to_owned(), source };
    // Looked up without SQLite first: opening alone would touch the files of another or a newer program.
    if let Some(header) = identity::look(path)? {
        refuse_newer(path, header.version.into())?;
    }
    if !path.exists() {
        create(path)?;
    }
    let mut connection = identity::open(path, OpenFlags::SQLITE_OPEN_READ_WRITE).map_err(failed)?;
    // The header can be older than what waits in the write-ahead log, which closing would move into the file.
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true).map_err(failed)?;
    if identity::is_foreign(&connection).map_err(failed)? {
        return Err(StoreError::Foreign(path.to_owned()));
    }
    refuse_newer(path, version(&connection).map_err(failed)?)?;
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, false).map_err(failed)?;
    // 2,000 pages are 8 MiB: a page that many commits changed is moved into the file once, and a program that ends does
    // not wait long for it.
    // FULL: what was shown to a person stays in the log when the power fails; the group commit pays for it.
    connection
        .execute_batch(
            "PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL; PRAGMA temp_store = MEMORY; \
             PRAGMA wal_autocheckpoint = 2000;",
        )
        .map_err(failed)?;
    migrate(&mut connection).map_err(failed)?;
    identity::mark(&connection).map_err(failed)?;
    connection.set_prepared_statement_cache_capacity(STATEMENTS);
    Ok(connection)
}

/// A new log is made as a whole, so that a start that dies before it is done leaves none, and an empty file is
/// always a damaged log.
fn create(path: &Path) -> Result<(), StoreError> {
    let failed = |source| StoreError::Sqlite { path: path.to_owned(), source };
    let refused = |source| StoreError::Create { path: path.to_owned(), source };
    let dir = path.parent().unwrap_or(Path::new("."));
    // Private to its owner, as such files are made.
    let file =
        tempfile::Builder::new().prefix(".bellwire-").suffix(".db").tempfile_in(dir).map_err(refused)?;
    let mut connection = Connection::open(file.path()).map_err(failed)?;
    migrate(&mut connection).map_err(failed)?;
    identity::mark(&connection).map_err(failed)?;
    connection.close().map_err(|(_, source)| failed(source))?;
    // What is left of a log that somebody deleted would be taken for this one's.
    for companion in ["-wal", "-shm"] {
        let mut left = path.as_os_str().to_owned();
        left.push(companion);
        match std::fs::remove_file(left) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(refused(error)),
            _ => {}
        }
    }
    file.persist(path).map_err(|error| refused(error.error))?;
    std::fs::File::open(dir).and_then(|dir| dir.sync_all()).map_err(refused)
}

/// Opens the database for reading beside its writer.
pub(crate) fn open_reader(path: &Path) -> Result<Connection, StoreError> {
    let failed = |source| StoreError::Sqlite { path: path.to_owned(), source };
    identity::look(path)?;
    if !path.exists() {
        return Err(StoreError::Missing(path.to_owned()));
    }
    let connection = identity::open(path, OpenFlags::SQLITE_OPEN_READ_ONLY).map_err(failed)?;
    connection.busy_timeout(std::time::Duration::from_secs(5)).map_err(failed)?;
    let (connection, found) = match version(&connection) {
        Ok(found) => (connection, found),
        // SQLite wants files beside the log, which a folder that cannot be written refuses. Without a write-ahead log
        // the file is all there is.
        Err(error) if is_refused(&error) && is_whole(path) => {
            let connection = identity::open_unchanging(path).map_err(failed)?;
            let found = version(&connection).map_err(failed)?;
            (connection, found)
        }
        Err(error) => return Err(failed(error)),
    };
    match found {
        0 => Err(StoreError::Missing(path.to_owned())),
        found => refuse_newer(path, found).map(|()| connection),
    }
}

/// Each step is a transaction with its version, so that a crash leaves one shape or the next.
fn migrate(connection: &mut Connection) -> rusqlite::Result<()> {
    let found = version(connection)?;
    if found == VERSION {
        return Ok(());
    }
    let flags = FunctionFlags::SQLITE_UTF8 | FunctionFlags::SQLITE_DETERMINISTIC;
    connection.create_scalar_function("sha256", 1, flags, |row| Ok(text_hash(&row.get::<String>(0)?)))?;
    // What a step replaces is not to be read in the file's unused bytes.
    connection.pragma_update(None, "secure_delete", true)?;
    for (to, step) in (1..).zip(STEPS).skip_while(|(to, _)| *to <= found) {
        let tx = connection.transaction_with_behavior(TransactionBehavior::Immediate)?;
        tx.execute_batch(step)?;
        tx.pragma_update(None, "user_version", to)?;
        tx.commit()?;
        tracing::info!(version = to, "the log has a new shape");
    }
    connection.pragma_update(None, "secure_delete", false)?;
    // Nor in the write-ahead log. A reader that is there puts it off until the log is closed.
    if let Err(error) = connection.query_row("PRAGMA wal_checkpoint(TRUNCATE)", [], |_| Ok(())) {
        tracing::debug!(%error, "the write-ahead log stays beside the log");
    }
    Ok(())
}

fn refuse_newer(path: &Path, found: i64) -> Result<(), StoreError> {
    match found {
        ..0 | NO_VERSION.. => Err(StoreError::Sqlite {
            path: path.to_owned(),
            source: rusqlite::Error::IntegralValueOutOfRange(0, found),
        }),
        _ if found > VERSION => Err(StoreError::Newer { path: path.to_owned(), found }),
        _ => Ok(()),
    }
}

fn version(connection: &Connection) -> rusqlite::Result<i64> {
    connection.query_row("PRAGMA user_version", [], |row| row.get(0))
}

/// Returns whether the system refused SQLite a file beside the log.
fn is_refused(error: &rusqlite::Error) -> bool {
    matches!(error.sqlite_error_code(), Some(ErrorCode::CannotOpen | ErrorCode::ReadOnly))
}

/// Returns whether nothing of the log waits in a write-ahead log.
fn is_whole(path: &Path) -> bool {
    let mut beside = path.as_os_str().to_owned();
    beside.push("-wal");
    std::fs::metadata(beside).map_or(true, |file| file.len() == 0)
}
