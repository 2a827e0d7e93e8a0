//! Filling the index of the search, when there is time, and keeping it to what the log holds.

use std::fmt::Write;

use rusqlite::{Connection, OptionalExtension, Transaction};

use super::group::Group;
use super::needle::{self, grams};
use super::schema::SEARCH;

/// How the index is set up beyond its shape: merging few segments often is most of its cost.
const SETTINGS: &str = "INSERT INTO search (search, rank) VALUES ('automerge', 16);";

/// The most events of a slice.
const SLICE: usize = 256;
/// About how many bytes of data a slice takes.
const SLICE_BYTES: usize = 256 * 1024;
/// How many rows gather before they are indexed together; fewer are quickly looked through.
pub(crate) const WORTH_A_SLICE: i64 = 512;

/// Stands for an event whose data is too large to index, so that every search looks at it.
const LARGE_WORD: &str = "large";

/// Indexes one slice. Returns the place up to which everything is indexed then.
pub(super) fn fill(group: &Group<'_>) -> rusqlite::Result<i64> {
    let from = indexed_up_to(group.tx)?;
    let mut up_to = group.newest_seq();
    let mut statement = group
        .tx
        .prepare_cached("SELECT seq, data FROM log WHERE kind = 0 AND seq > ?1 ORDER BY seq LIMIT ?2")?;
    let mut insert = group.tx.prepare_cached("INSERT INTO search (rowid, grams) VALUES (?1, ?2)")?;
    let mut rows = statement.query((from, SLICE))?;
    let (mut count, mut bytes) = (0, 0);
    let mut words = String::new();
    while let Some(row) = rows.next()? {
        let seq: i64 = row.get(0)?;
        let data = String::from_utf8_lossy(row.get_ref(1)?.as_bytes()?);
        words_of(&data, &mut words);
        insert.execute((seq, &words))?;
        count += 1;
        bytes += data.len().min(needle::LARGE);
        if count == SLICE || bytes >= SLICE_BYTES {
            up_to = seq;
            break;
        }
    }
    group.write_counter("indexed", up_to)?;
    Ok(up_to)
}

/// Takes an event out of the index, if it is in it.
pub(super) fn remove(tx: &Transaction<'_>, seq: i64) -> rusqlite::Result<()> {
    tx.prepare_cached("DELETE FROM search WHERE rowid = ?1")?.execute([seq]).map(drop)
}

/// The place up to which all events are indexed.
pub(crate) fn indexed_up_to(connection: &Connection) -> rusqlite::Result<i64> {
    let sql = "SELECT value FROM counter WHERE name = 'indexed'";
    let found = connection.prepare_cached(sql)?.query_row([], |row| row.get(0)).optional()?;
    Ok(found.unwrap_or(0))
}

/// Empties a damaged index, to be filled again: it holds nothing that the log does not.
pub(crate) fn start_over(connection: &mut Connection) -> rusqlite::Result<()> {
    let tx = connection.transaction()?;
    tx.execute_batch("DROP TABLE IF EXISTS search; DELETE FROM counter WHERE name = 'indexed';")?;
    tx.execute_batch(SEARCH)?;
    tx.execute_batch(SETTINGS)?;
    tx.commit()
}

/// What the index is asked for, so that it answers with every event that may hold these grams.
pub(crate) fn question(grams: &[u64]) -> String {
    let words: Vec<String> = grams.iter().map(|gram| format!("\"{gram:x}\"")).collect();
    format!("({}) OR {LARGE_WORD}", words.join(" AND "))
}

fn words_of(data: &str, words: &mut String) {
    words.clear();
    if data.len() > needle::LARGE {
        words.push_str(LARGE_WORD);
        return;
    }
    for gram in grams(data) {
        // Writing to a string never fails.
        let _ = write!(words, "{gram:x} ");
    }
}
