//! Reading the log: pages around a place, and what changed since a revision.

use std::path::{Path, PathBuf};
use std::sync::{Mutex, PoisonError};

use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::codec::{self, Extent};
use super::damage::is_corrupt;
use super::error::StoreError;
use super::feed_index::{self, Between, Listed, Order};
use super::file_id::{FileId, file_id};
use super::queue::StoreHandle;
use super::schema::open_reader;
use crate::event::{FeedId, Outcome, Rev, Row, RowBody, Seq};
use crate::home::Home;

/// Which rows.
#[derive(Clone, Debug, PartialEq, Eq, Default)]
pub struct View {
    /// Only this feed's; `None` for all.
    pub feed: Option<FeedId>,
    /// Only events that alerted.
    pub notified: bool,
    /// Leaves control events out.
    pub hides_control: bool,
    /// How much of each event's data.
    pub extent: Extent,
}

/// How many bytes of data one answer holds at most, and one row more: an answer that would hold more ends early and says
/// that there are more rows.
const ANSWER_BYTES: usize = 8 * 1024 * 1024;

impl View {
    /// Returns what the index of rows lists for this view; `None` where the log itself is in its order.
    pub(super) fn listed(&self) -> Option<Listed<'_>> {
        match (&self.feed, self.hides_control) {
            // They have an index of their own, and are never control events.
            _ if self.notified => None,
            (None, false) => None,
            (None, true) => Some(Listed::WithoutControl),
            (Some(feed), false) => Some(Listed::Feed(feed)),
            (Some(feed), true) => Some(Listed::FeedWithoutControl(feed)),
        }
    }
}

/// Which end of a view, or which place in it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum At {
    /// The newest rows.
    Newest,
    /// The rows before this one.
    Before(Seq),
    /// The rows after this one.
    After(Seq),
    /// Half before, the row itself, half after.
    Around(Seq),
}

/// Neighbouring rows of a view, oldest first.
#[derive(Clone, Debug, PartialEq)]
pub struct Page {
    /// The rows.
    pub rows: Vec<Row>,
    /// Whether older ones exist.
    pub more_before: bool,
    /// Whether newer ones exist.
    pub more_after: bool,
    /// The newest revision of the log when this was read.
    pub rev: Rev,
    /// The rows in the whole view.
    pub total: u64,
    /// The control events of its feeds, also where the view leaves them out; 0 in a view of alerts.
    pub control: u64,
}

/// Rows of a view that are new or changed, in the order of their revisions.
#[derive(Clone, Debug, PartialEq)]
pub struct Changes {
    /// The rows.
    pub rows: Vec<Row>,
    /// The revision up to which this answers.
    pub rev: Rev,
    /// Whether to ask again from `rev`.
    pub more: bool,
    /// The rows in the whole view.
    pub total: u64,
    /// The control events of its feeds, also where the view leaves them out; 0 in a view of alerts.
    pub control: u64,
}

/// Why the log could not be read.
#[derive(Debug, thiserror::Error)]
#[error("cannot read the log: {0}")]
pub struct ReadError(#[from] rusqlite::Error);

/// Reads the log, also while another process writes it. Calls block; keep them off an async loop.
pub struct LogReader {
    path: PathBuf,
    open: Mutex<Open>,
    /// Whom to tell that the log is damaged.
    store: Option<StoreHandle>,
}

/// A connection, and which file it reads: the writer may set a damaged one aside.
struct Open {
    connection: Connection,
    file: Option<FileId>,
}

impl LogReader {
    /// Opens the log of a home.
    pub fn open(home: &Home) -> Result<Self, StoreError> {
        Self::open_path(home.database_path(), None)
    }

    pub(crate) fn open_path(path: &Path, store: Option<StoreHandle>) -> Result<Self, StoreError> {
        Ok(Self { path: path.to_owned(), open: Mutex::new(Open::at(path)?), store })
    }

    /// At most `limit` rows of a view at a place.
    pub fn page(&self, view: &View, at: At, limit: usize) -> Result<Page, ReadError> {
        self.read(|read| {
            let (rows, more_before, more_after) = match at {
                At::Newest => {
                    let (rows, more) = before(read, view, i64::MAX, limit)?;
                    (rows, more, false)
                }
                At::Before(Seq(seq)) => {
                    let (rows, more) = before(read, view, seq, limit)?;
                    (rows, more, true)
                }
                At::After(Seq(seq)) => {
                    let (rows, more) = after(read, view, seq, limit)?;
                    (rows, true, more)
                }
                At::Around(Seq(seq)) => {
                    let (mut rows, more_before) = before(read, view, seq, limit / 2)?;
                    let (newer, more_after) = after(read, view, seq - 1, limit - limit / 2)?;
                    rows.extend(newer);
                    (rows, more_before, more_after)
                }
            };
            let (total, control) = counts(read, view)?;
            Ok(Page { rows, more_before, more_after, rev: newest_rev(read)?, total, control })
        })
    }

    /// At most `limit` rows of a view whose revision is after `after`.
    pub fn changes(&self, view: &View, after: Rev, limit: usize) -> Result<Changes, ReadError> {
        let sql = format!(
            "SELECT {} FROM log WHERE rev > ?1 {} ORDER BY rev LIMIT {}",
            codec::columns(view.extent),
            condition(view, 2),
            limit + 1
        );
        self.read(|read| {
            let (rows, more) = query(read, &sql, after.0, view, limit)?;
            let rev = match rows.last() {
                Some(last) if more => last.rev,
                _ => newest_rev(read)?,
            };
            let (total, control) = counts(read, view)?;
            Ok(Changes { rows, rev, more, total, control })
        })
    }

    /// Returns at most `limit` rows about connections and gaps whose revision is after `after`, in the order of their
    /// revisions. However many events came meanwhile, they cost nothing.
    pub fn connection_changes(&self, after: Rev, limit: usize) -> Result<Vec<Row>, ReadError> {
        let sql = format!(
            "SELECT {} FROM log WHERE rev > ?1 AND kind > 0 ORDER BY rev LIMIT {limit}",
            codec::columns(Extent::Whole)
        );
        self.read(|read| Ok(query(read, &sql, after.0, &View::default(), limit)?.0))
    }

    /// Returns one row.
    pub fn row(&self, Seq(seq): Seq) -> Result<Option<Row>, ReadError> {
        let sql = format!("SELECT {} FROM log WHERE seq = ?1", codec::columns(Extent::Whole));
        self.read(|read| read.query_row(&sql, [seq], codec::row).optional())
    }

    /// Reads within one transaction, so that rows, revision and total fit together.
    pub(super) fn read<T>(
        &self,
        read: impl FnOnce(&Connection) -> rusqlite::Result<T>,
    ) -> Result<T, ReadError> {
        let mut open = self.open.lock().unwrap_or_else(PoisonError::into_inner);
        if open.file != file_id(&self.path)
            && let Ok(newer) = Open::at(&self.path)
        {
            *open = newer;
        }
        let done = open.connection.transaction().and_then(|tx| read(&tx));
        if let (Err(error), Some(store)) = (&done, &self.store)
            && is_corrupt(error)
        {
            store.report_damage(open.file);
        }
        Ok(done?)
    }
}

impl Open {
    fn at(path: &Path) -> Result<Self, StoreError> {
        // Asked before the file is opened: one that is replaced in between is opened again.
        let file = file_id(path);
        Ok(Self { connection: open_reader(path)?, file })
    }
}

fn before(read: &Connection, view: &View, seq: i64, limit: usize) -> rusqlite::Result<(Vec<Row>, bool)> {
    let between = Between { after: i64::MIN, before: seq };
    let (mut rows, more) = side(read, view, between, Order::Newest, limit)?;
    rows.reverse();
    Ok((rows, more))
}

fn after(read: &Connection, view: &View, seq: i64, limit: usize) -> rusqlite::Result<(Vec<Row>, bool)> {
    side(read, view, Between { after: seq, before: i64::MAX }, Order::Oldest, limit)
}

/// Returns at most `limit` rows of a view between two places, in this order, and whether there are more.
fn side(
    read: &Connection,
    view: &View,
    between: Between,
    order: Order,
    limit: usize,
) -> rusqlite::Result<(Vec<Row>, bool)> {
    let one_more = limit.saturating_add(1);
    match view.listed() {
        Some(listed) => {
            let places = feed_index::places(read, listed, between, order, one_more)?;
            let sql = format!("SELECT {} FROM log WHERE seq = ?1", codec::columns(view.extent));
            let mut statement = read.prepare_cached(&sql)?;
            let rows = places.iter().map(|seq| statement.query_row([seq], codec::row).optional());
            within(rows.filter_map(Result::transpose), limit)
        }
        None => {
            let (edge, comparison, direction) = match order {
                Order::Newest => (between.before, "<", "DESC"),
                Order::Oldest => (between.after, ">", "ASC"),
            };
            let sql = format!(
                "SELECT {} FROM log WHERE seq {comparison} ?1 {} ORDER BY seq {direction} LIMIT {one_more}",
                codec::columns(view.extent),
                condition(view, 2),
            );
            query(read, &sql, edge, view, limit)
        }
    }
}

/// Takes at most `limit` rows, within the bytes of one answer. Returns whether there are more.
pub(super) fn within(
    rows: impl Iterator<Item = rusqlite::Result<Row>>,
    limit: usize,
) -> rusqlite::Result<(Vec<Row>, bool)> {
    let (mut taken, mut bytes) = (Vec::new(), 0);
    for row in rows {
        if taken.len() == limit || bytes > ANSWER_BYTES {
            return Ok((taken, true));
        }
        let row = row?;
        if let RowBody::Event(event) = &row.body {
            bytes += event.data.len();
        }
        taken.push(row);
    }
    Ok((taken, false))
}

/// Returns the SQL condition of a view, with its feed as this parameter.
pub(super) fn condition(view: &View, parameter: usize) -> String {
    let feed = view.feed.as_ref().map(|_| format!("AND feed = ?{parameter} ")).unwrap_or_default();
    let control = codec::outcome_number(Outcome::Control);
    feed + &match (view.notified, view.hides_control) {
        (true, _) => "AND outcome > 0".to_owned(),
        (false, true) => format!("AND outcome IS NOT {control}"),
        (false, false) => String::new(),
    }
}

fn query(
    read: &Connection,
    sql: &str,
    first: i64,
    view: &View,
    limit: usize,
) -> rusqlite::Result<(Vec<Row>, bool)> {
    let mut statement = read.prepare_cached(sql)?;
    let mut parameters: Vec<rusqlite::types::Value> = vec![first.into()];
    parameters.extend(view.feed.as_ref().map(|feed| feed.to_string().into()));
    within(statement.query_map(params_from_iter(parameters), codec::row)?, limit)
}

fn newest_rev(read: &Connection) -> rusqlite::Result<Rev> {
    let value = read.query_row("SELECT value FROM counter WHERE name = 'rev'", [], |row| row.get(0));
    Ok(Rev(value.optional()?.unwrap_or(0)))
}

/// Returns the rows in a view, and the control events of its feeds.
fn counts(read: &Connection, view: &View) -> rusqlite::Result<(u64, u64)> {
    let sums = match (view.notified, view.hides_control) {
        (true, _) => "sum(alert_count), 0",
        (false, true) => "sum(row_count - control_count), sum(control_count)",
        (false, false) => "sum(row_count), sum(control_count)",
    };
    let feed = if view.feed.is_some() { "WHERE feed = ?1" } else { "" };
    let sql = format!("SELECT {sums} FROM feed_state {feed}");
    let parameters = params_from_iter(view.feed.as_ref().map(FeedId::as_str));
    read.query_row(&sql, parameters, |row| {
        let (total, control): (Option<u64>, Option<u64>) = (row.get(0)?, row.get(1)?);
        Ok((total.unwrap_or(0), control.unwrap_or(0)))
    })
}
