//! Searching the log, newest first, a bounded piece at a time.

use rusqlite::types::ValueRef;
use rusqlite::{Connection, OptionalExtension, params_from_iter};

use super::codec;
use super::damage::is_index_damage;
use super::feed_index::{self, Between, Listed, Order};
use super::index;
use super::needle::Needle;
use super::reader::{LogReader, ReadError, View, condition, within};
use crate::event::{FeedId, Row, Seq};

/// How many bytes of data one piece looks through at most, and how many events.
const PIECE_BYTES: usize = 64 * 1024 * 1024;
const PIECE_EVENTS: usize = 100_000;
/// How many events of the index's answer one piece looks at.
const PIECE_ANSWERS: usize = 20_000;
/// How many listed rows are asked for at a time.
const PLACES: usize = 1000;

/// What one piece of a search found.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchPage {
    /// The events, newest first.
    pub rows: Vec<Row>,
    /// From where to go on, when there may be more: ask again for what is before it.
    pub next: Option<Seq>,
}

impl LogReader {
    /// At most `limit` events of a view whose data holds the needle, newest first, before a place if one is given.
    ///
    /// One call is bounded in time: it may find less than `limit`, even nothing, and still name where to go on.
    pub fn search(
        &self,
        view: &View,
        needle: &Needle,
        before: Option<Seq>,
        limit: usize,
    ) -> Result<SearchPage, ReadError> {
        let before = before.map_or(i64::MAX, |seq| seq.0);
        self.read(|read| {
            let mut piece = Piece::new(read, view, needle, limit);
            match piece.by_index(before) {
                Err(error) if is_index_damage(&error) => {
                    tracing::warn!(%error, "the index of the search is damaged; looking through the log");
                    piece = Piece::new(read, view, needle, limit);
                    piece.look_through(0, before)?;
                }
                done => done?,
            }
            let found = piece.found.iter().map(|seq| piece.row(*seq)).filter_map(Result::transpose);
            let (rows, is_cut) = within(found, limit)?;
            let last = rows.last().map(|row| row.seq);
            Ok(SearchPage { next: if is_cut { last } else { piece.next.map(Seq) }, rows })
        })
    }
}

struct Piece<'a> {
    read: &'a Connection,
    view: &'a View,
    needle: &'a Needle,
    limit: usize,
    found: Vec<i64>,
    next: Option<i64>,
}

/// How much a piece has looked through.
#[derive(Default)]
struct Looked {
    events: usize,
    bytes: usize,
}

impl<'a> Piece<'a> {
    fn new(read: &'a Connection, view: &'a View, needle: &'a Needle, limit: usize) -> Self {
        Self { read, view, needle, limit, found: Vec::new(), next: None }
    }

    /// What is not indexed is looked through; for the rest the index says where to look.
    fn by_index(&mut self, before: i64) -> rusqlite::Result<()> {
        let grams = self.needle.grams();
        if grams.is_empty() {
            return self.look_through(0, before);
        }
        let indexed = index::indexed_up_to(self.read)?;
        self.look_through(indexed, before)?;
        if self.next.is_some() {
            return Ok(());
        }
        let sql = "SELECT rowid FROM search WHERE search MATCH ?1 AND rowid < ?2 ORDER BY rowid DESC";
        let mut statement = self.read.prepare_cached(sql)?;
        let mut answers =
            statement.query((index::question(&grams), before.min(indexed.saturating_add(1))))?;
        let sql = format!("SELECT data FROM log WHERE seq = ?1 AND kind = 0 {}", self.condition(2));
        let mut look = self.read.prepare_cached(&sql)?;
        let mut answered = 0;
        while let Some(answer) = answers.next()? {
            let seq: i64 = answer.get(0)?;
            let parameters = params_from_iter(self.parameters([seq]));
            let held = look.query_row(parameters, |row| Ok(self.holds(row.get_ref(0)?))).optional()?;
            answered += 1;
            if self.note(seq, held.unwrap_or(false)) || answered == PIECE_ANSWERS {
                self.next = Some(seq);
                break;
            }
        }
        Ok(())
    }

    fn look_through(&mut self, after: i64, before: i64) -> rusqlite::Result<()> {
        if let Some(listed) = self.view.listed() {
            return self.look_through_listed(listed, Between { after, before });
        }
        let sql = format!(
            "SELECT seq, data FROM log WHERE kind = 0 AND seq < ?1 AND seq > ?2 {} ORDER BY seq DESC",
            self.condition(3)
        );
        let mut statement = self.read.prepare_cached(&sql)?;
        let mut rows = statement.query(params_from_iter(self.parameters([before, after])))?;
        let mut looked = Looked::default();
        while let Some(row) = rows.next()? {
            if self.look(row.get(0)?, row.get_ref(1)?, &mut looked) {
                break;
            }
        }
        Ok(())
    }

    fn look_through_listed(&mut self, listed: Listed<'_>, mut between: Between) -> rusqlite::Result<()> {
        let mut data = self.read.prepare_cached("SELECT data FROM log WHERE seq = ?1 AND kind = 0")?;
        let mut looked = Looked::default();
        loop {
            let places = feed_index::places(self.read, listed, between, Order::Newest, PLACES)?;
            for seq in &places {
                let mut rows = data.query([seq])?;
                if let Some(row) = rows.next()?
                    && self.look(*seq, row.get_ref(0)?, &mut looked)
                {
                    return Ok(());
                }
            }
            match places.last() {
                Some(last) if places.len() == PLACES => between.before = *last,
                _ => return Ok(()),
            }
        }
    }

    /// Looks at one event. Returns whether the piece ends with it.
    fn look(&mut self, seq: i64, data: ValueRef<'_>, looked: &mut Looked) -> bool {
        looked.events += 1;
        looked.bytes += data.as_bytes().map_or(0, <[u8]>::len);
        let held = self.holds(data);
        let ends = self.note(seq, held) || looked.events == PIECE_EVENTS || looked.bytes >= PIECE_BYTES;
        if ends {
            self.next = Some(seq);
        }
        ends
    }

    fn holds(&self, data: ValueRef<'_>) -> bool {
        data.as_bytes().is_ok_and(|bytes| self.needle.is_in(&String::from_utf8_lossy(bytes)))
    }

    /// Takes a place that holds the needle; whether there are as many as asked for.
    fn note(&mut self, seq: i64, held: bool) -> bool {
        if held {
            self.found.push(seq);
        }
        self.found.len() >= self.limit
    }

    fn row(&self, seq: i64) -> rusqlite::Result<Option<Row>> {
        let sql = format!("SELECT {} FROM log WHERE seq = ?1", codec::columns(self.view.extent));
        self.read.prepare_cached(&sql)?.query_row([seq], codec::row).optional()
    }

    fn condition(&self, parameter: usize) -> String {
        condition(self.view, parameter)
    }

    fn parameters<const N: usize>(&self, first: [i64; N]) -> Vec<rusqlite::types::Value> {
        let feed = self.view.feed.as_ref().map(FeedId::to_string);
        first.into_iter().map(Into::into).chain(feed.map(Into::into)).collect()
    }
}
