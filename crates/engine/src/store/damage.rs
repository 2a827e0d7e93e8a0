//! A damaged database: how it shows, and where it goes.

use std::io;
use std::path::{Path, PathBuf};
use std::time::SystemTime;

use rusqlite::{Error, ErrorCode};

use super::error::StoreError;
use crate::event::Millis;

/// What SQLite keeps beside a database.
const COMPANIONS: [&str; 3] = ["", "-wal", "-shm"];

/// Returns the error for a column that holds what this program never writes.
pub(super) fn unreadable(column: usize, name: &str) -> Error {
    Error::InvalidColumnType(column, name.into(), rusqlite::types::Type::Text)
}

/// Returns whether it is the index of the search that is damaged (`SQLITE_CORRUPT_VTAB`), not the log.
pub(crate) fn is_index_damage(error: &Error) -> bool {
    error.sqlite_error().is_some_and(|error| error.extended_code == rusqlite::ffi::SQLITE_CORRUPT_VTAB)
}

/// Returns whether SQLite itself reports damage.
pub(crate) fn is_corrupt(error: &Error) -> bool {
    !is_index_damage(error)
        && matches!(error.sqlite_error_code(), Some(ErrorCode::DatabaseCorrupt | ErrorCode::NotADatabase))
}

/// Whether the file itself is to blame: it is no database, its pages do not fit together, or it says what the
/// writer never wrote. A full disk, a lock or a failing device is not.
pub(crate) fn is_damage(error: &Error) -> bool {
    match error {
        _ if is_index_damage(error) => false,
        Error::SqliteFailure(failure, _) | Error::SqlInputError { error: failure, .. } => matches!(
            failure.code,
            ErrorCode::DatabaseCorrupt
                | ErrorCode::NotADatabase
                | ErrorCode::ConstraintViolation
                | ErrorCode::TypeMismatch
                | ErrorCode::Unknown
        ),
        Error::FromSqlConversionFailure(..)
        | Error::IntegralValueOutOfRange(..)
        | Error::InvalidColumnType(..)
        | Error::Utf8Error(..)
        | Error::QueryReturnedNoRows => true,
        _ => false,
    }
}

/// Whether a database that should hold something is empty: the writer never leaves one so.
pub(crate) fn is_emptied(path: &Path) -> bool {
    std::fs::symlink_metadata(path).is_ok_and(|file| file.is_file() && file.len() == 0)
}

/// When the database was last written; `now` when that is unknown or lies ahead.
pub(crate) fn last_written(path: &Path, now: Millis) -> Millis {
    let written = COMPANIONS.iter().filter_map(|ending| {
        let time = std::fs::metadata(with_ending(path, ending)).ok()?.modified().ok()?;
        Millis::try_from(time.duration_since(SystemTime::UNIX_EPOCH).ok()?.as_millis()).ok()
    });
    written.max().unwrap_or(now).min(now)
}

/// Moves the database and what belongs to it to a free name beside it that holds the date; that name.
pub(crate) fn quarantine(path: &Path, now: Millis) -> Result<PathBuf, StoreError> {
    let failed = |source| StoreError::Quarantine { path: path.to_owned(), source };
    let kept = free_name(path, now);
    // The database last: while it stands, another start finds the damage again.
    for ending in COMPANIONS.iter().rev() {
        match std::fs::rename(with_ending(path, ending), with_ending(&kept, ending)) {
            Err(error) if error.kind() != io::ErrorKind::NotFound => return Err(failed(error)),
            _ => {}
        }
    }
    Ok(kept)
}

fn free_name(path: &Path, now: Millis) -> PathBuf {
    let stem = path.file_stem().unwrap_or_default().to_string_lossy();
    let date = jiff::Timestamp::from_millisecond(now).unwrap_or_default().strftime("%Y-%m-%dT%H-%M-%SZ");
    let names = (1..).map(|n| match n {
        1 => path.with_file_name(format!("{stem}-damaged-{date}.db")),
        _ => path.with_file_name(format!("{stem}-damaged-{date}-{n}.db")),
    });
    names.into_iter().find(|name| !name.exists()).unwrap_or_else(|| path.with_extension("damaged"))
}

fn with_ending(path: &Path, ending: &str) -> PathBuf {
    let mut name = path.as_os_str().to_owned();
    name.push(ending);
    name.into()
}
