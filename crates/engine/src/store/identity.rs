//! Whose database a file is: another program's is refused before a byte of it changes.

use std::io::{self, Read};
use std::path::{Path, PathBuf};

use rusqlite::{Connection, OpenFlags};

use super::error::StoreError;
use crate::files;

/// The number in the header that marks a log, as `PRAGMA application_id`: "bell" in ASCII.
pub(super) const APPLICATION_ID: i32 = 0x6265_6c6c;

/// Tables that every version of the log has. Logs of older versions have no mark.
const TABLES: [&str; 3] = ["log", "cursor", "counter"];

/// What the header of a database says of it (SQLite file format, 1.3).
#[derive(Clone, Copy, Debug)]
pub(super) struct Header {
    pub version: i32,
    pub application_id: i32,
}

/// Looks at the file without SQLite, which would touch the files of another program. Returns its header; `None` where
/// there is no file, or none of SQLite's.
///
/// # Errors
///
/// [`StoreError::File`] for a link or what is not a regular file, [`StoreError::Foreign`].
pub(super) fn look(path: &Path) -> Result<Option<Header>, StoreError> {
    let mut bytes = [0; 100];
    let read = files::open_own(path).map(|mut file| file.read_exact(&mut bytes));
    match read {
        Ok(Ok(())) if bytes.starts_with(b"SQLite format 3\0") => {}
        // Not a database: a damaged log.
        Ok(_) => return Ok(None),
        Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(None),
        Err(source) => return Err(StoreError::File { path: path.to_owned(), source }),
    }
    let number = |at: usize| i32::from_be_bytes(bytes[at..].first_chunk().copied().unwrap_or_default());
    let header = Header { version: number(60), application_id: number(68) };
    if header.application_id != APPLICATION_ID {
        // The file as it is, without a journal or log beside it.
        let is_foreign = open_unchanging(path).and_then(|connection| is_foreign(&connection));
        // What cannot be read is damaged, unless another program has marked it.
        if is_foreign.unwrap_or(header.application_id != 0) {
            return Err(StoreError::Foreign(path.to_owned()));
        }
    }
    Ok(Some(header))
}

/// Returns whether the database holds something, and nothing of a log.
pub(super) fn is_foreign(connection: &Connection) -> rusqlite::Result<bool> {
    let number = |pragma: &str| connection.query_row(pragma, [], |row| row.get::<_, i64>(0));
    let application_id = number("PRAGMA application_id")?;
    if application_id == i64::from(APPLICATION_ID) {
        return Ok(false);
    }
    let mut tables = connection.prepare("SELECT name FROM sqlite_schema WHERE type = 'table'")?;
    let tables = tables.query_map([], |row| row.get(0))?.collect::<rusqlite::Result<Vec<String>>>()?;
    let is_log = TABLES.iter().all(|table| tables.iter().any(|found| found == table));
    let is_blank = tables.is_empty() && application_id == 0 && number("PRAGMA user_version")? == 0;
    Ok(!is_log && !is_blank)
}

/// Marks a log as ours.
pub(super) fn mark(connection: &Connection) -> rusqlite::Result<()> {
    let found: i32 = connection.query_row("PRAGMA application_id", [], |row| row.get(0))?;
    if found == APPLICATION_ID {
        return Ok(());
    }
    connection.pragma_update(None, "application_id", APPLICATION_ID)
}

/// Opens a database where its path is no link. Links among its folders are followed.
pub(super) fn open(path: &Path, flags: OpenFlags) -> rusqlite::Result<Connection> {
    let flags = flags | OpenFlags::SQLITE_OPEN_NO_MUTEX | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    Connection::open_with_flags(resolved(path), flags)
}

/// Opens a database that nobody writes to at present, without a file beside it: from a folder that cannot be written.
pub(super) fn open_unchanging(path: &Path) -> rusqlite::Result<Connection> {
    let path = std::path::absolute(resolved(path)).unwrap_or_else(|_| path.to_owned());
    let mut uri = url::Url::from_file_path(&path).map_err(|()| rusqlite::Error::InvalidPath(path))?;
    uri.set_query(Some("immutable=1"));
    let flags = OpenFlags::SQLITE_OPEN_READ_ONLY
        | OpenFlags::SQLITE_OPEN_URI
        | OpenFlags::SQLITE_OPEN_NO_MUTEX
        | OpenFlags::SQLITE_OPEN_NOFOLLOW;
    Connection::open_with_flags(uri.as_str(), flags)
}

/// SQLite refuses a link anywhere in the path, but a person may link the folder.
fn resolved(path: &Path) -> PathBuf {
    let (dir, name) = (path.parent(), path.file_name());
    let dir = dir.filter(|dir| !dir.as_os_str().is_empty()).unwrap_or(Path::new("."));
    match (cfg!(unix).then(|| dir.canonicalize()), name) {
        (Some(Ok(dir)), Some(name)) => dir.join(name),
        _ => path.to_owned(),
    }
}
