//! Opening the log, whatever state it is in.

use std::path::Path;

use rusqlite::Connection;
use rusqlite::config::DbConfig;

use super::damage::{is_damage, is_emptied};
use super::deliveries;
use super::error::StoreError;
use super::ledger::Ledger;
use super::schema::open_writer;

/// An opened log.
pub(crate) struct Opened {
    pub connection: Connection,
    pub ledger: Ledger,
    /// Whether it is to be quarantined; the ledger is then what could be read of it.
    pub is_damaged: bool,
}

/// Opens the log and reads what decides what happens next.
///
/// The whole file is not checked: on a million rows that takes seconds, and a page that nobody reads harms
/// nobody. Damage shows where it is read, then or later.
pub(crate) fn open(path: &Path) -> Result<Opened, StoreError> {
    let failed = |source| StoreError::Sqlite { path: path.to_owned(), source };
    if is_emptied(path) {
        tracing::error!("the log is an empty file");
        return damaged(Ledger::default()).map_err(failed);
    }
    let connection = match open_writer(path) {
        Ok(connection) => connection,
        Err(StoreError::Sqlite { source, .. }) if is_damage(&source) => {
            tracing::error!(error = %source, "the log is damaged");
            return damaged(Ledger::default()).map_err(failed);
        }
        Err(error) => return Err(error),
    };
    match deliveries::recover(&connection).and_then(|()| Ledger::load(&connection)) {
        Ok(ledger) => Ok(Opened { connection, ledger, is_damaged: false }),
        Err(error) if is_damage(&error) => {
            tracing::error!(%error, "the log is damaged");
            let ledger = Ledger::salvage(&connection);
            leave(connection).map_err(failed)?;
            damaged(ledger).map_err(failed)
        }
        Err(error) => Err(failed(error)),
    }
}

/// Closes a damaged log without another write to it.
pub(crate) fn leave(connection: Connection) -> rusqlite::Result<()> {
    connection.set_db_config(DbConfig::SQLITE_DBCONFIG_NO_CKPT_ON_CLOSE, true)?;
    connection.close().map_err(|(_, error)| error)
}

fn damaged(ledger: Ledger) -> rusqlite::Result<Opened> {
    Ok(Opened { connection: Connection::open_in_memory()?, ledger, is_damaged: true })
}
